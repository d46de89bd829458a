//! A user: may it enter, with which passwords, and what may it do.
//!
//! Rule: all rules of one ACL SETUSER change a user, or none does. Mirrors `user`, `ACLSetUser`,
//! `ACLStringSetUser` and `ACLDescribeUser` (acl.c).

use super::selector::Selector;
use super::sha256::sha256_hex;
use super::{Denial, RuleError};
use crate::node::facts::Facts;
use crate::wire::{Bytes, split_words};

/// A user's passwords and permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub is_on: bool,
    /// Any password will do.
    pub needs_no_password: bool,
    /// `skip-sanitize-payload` or `sanitize-payload`, where one was said.
    skips_sanitizing: Option<bool>,
    /// SHA-256, hexadecimal.
    pub passwords: Vec<String>,
    pub root: Selector,
    pub selectors: Vec<Selector>,
    /// What it was made with, which is what `reset` goes back to.
    all_channels: bool,
}

impl User {
    /// Off, without passwords and permissions, but for all channels if `acl-pubsub-default` gives them.
    pub fn new(all_channels: bool) -> User {
        User {
            is_on: false,
            needs_no_password: false,
            skips_sanitizing: None,
            passwords: vec![],
            root: Selector::new(all_channels),
            selectors: vec![],
            all_channels,
        }
    }

    /// The user whom everybody is at first; it may do everything.
    pub fn default_user() -> User {
        let mut user = User::new(false);
        if !crate::node::COMPLETE {
            // The small program asks nobody who they are.
            return User { is_on: true, needs_no_password: true, ..user };
        }
        for rule in ["+@all", "~*", "&*", "on", "nopass"] {
            // These rules are known.
            let _ = user.apply(rule.as_bytes());
        }
        user
    }

    /// `acl-pubsub-default` as it is now.
    pub fn with_default(self, all_channels: bool) -> User {
        User { all_channels, ..self }
    }

    /// The rules of ACL SETUSER, in order. The error names the rule at fault, as Redis words it, without `ERR `.
    pub fn apply_all(&mut self, rules: &[Bytes]) -> Result<(), Vec<u8>> {
        for rule in join_selectors(rules)? {
            self.apply(&rule).map_err(|error| {
                [b"Error in ACL SETUSER modifier '", &rule[..], b"': ", error.text().as_bytes()].concat()
            })?;
        }
        Ok(())
    }

    fn apply(&mut self, rule: &[u8]) -> Result<(), RuleError> {
        match rule.to_ascii_lowercase().as_slice() {
            b"" => {}
            b"on" => self.is_on = true,
            b"off" => self.is_on = false,
            b"skip-sanitize-payload" => self.skips_sanitizing = Some(true),
            b"sanitize-payload" => self.skips_sanitizing = Some(false),
            b"nopass" => (self.needs_no_password, self.passwords) = (true, vec![]),
            b"resetpass" => (self.needs_no_password, self.passwords) = (false, vec![]),
            b"clearselectors" => self.selectors.clear(),
            b"reset" => *self = User { skips_sanitizing: Some(false), ..User::new(self.all_channels) },
            _ => match rule {
                [b'>', password @ ..] => self.add_password(sha256_hex(password)),
                [b'#', hash @ ..] => self.add_password(checked_hash(hash)?),
                [b'<', password @ ..] => self.remove_password(&sha256_hex(password))?,
                [b'!', hash @ ..] => self.remove_password(&checked_hash(hash)?)?,
                [b'(', rules @ .., b')'] => self.add_selector(rules)?,
                _ => self.root.apply(rule)?,
            },
        }
        Ok(())
    }

    fn add_password(&mut self, hash: String) {
        if !self.passwords.contains(&hash) {
            self.passwords.push(hash);
        }
        self.needs_no_password = false;
    }

    fn remove_password(&mut self, hash: &str) -> Result<(), RuleError> {
        let at = self.passwords.iter().position(|known| known == hash).ok_or(RuleError::NoSuchPassword)?;
        self.passwords.remove(at);
        Ok(())
    }

    fn add_selector(&mut self, rules: &[u8]) -> Result<(), RuleError> {
        let mut selector = Selector::new(self.all_channels);
        for rule in split_words(rules, 0).unwrap_or_default() {
            selector.apply(&rule.bytes)?;
        }
        self.selectors.push(selector);
        Ok(())
    }

    /// `requirepass`: one password, or none needed (`ACLUpdateDefaultUserPassword`).
    pub fn require(&mut self, password: &[u8]) {
        self.passwords.clear();
        self.needs_no_password = password.is_empty();
        if !password.is_empty() {
            self.add_password(sha256_hex(password));
        }
    }

    /// May somebody enter as this user with this password? (`ACLCheckUserCredentials`)
    pub fn admits(&self, password: &[u8]) -> bool {
        self.is_on && (self.needs_no_password || self.passwords.contains(&sha256_hex(password)))
    }

    fn all_selectors(&self) -> impl Iterator<Item = &Selector> {
        std::iter::once(&self.root).chain(&self.selectors)
    }

    /// May the user run this? If no selector lets it, the error is that of the one which came furthest
    /// (`ACLCheckAllUserCommandPerm`).
    pub fn check(&self, facts: Facts, args: &[Bytes]) -> Result<(), (Denial, usize)> {
        let mut worst = (Denial::Command, 0);
        for selector in self.all_selectors() {
            match selector.check(facts, args) {
                Ok(()) => return Ok(()),
                Err(denial) => worst = worst.max(denial),
            }
        }
        Err(worst)
    }

    /// May the user run this and read any key besides? (`ACLUserCheckCmdWithUnrestrictedKeyAccess`)
    pub fn may_read_all(&self, facts: Facts, args: &[Bytes]) -> bool {
        self.all_selectors().any(|selector| selector.reads_all_keys() && selector.check(facts, args).is_ok())
    }

    /// Everything is allowed, without a look at the command.
    pub fn may_do_all(&self) -> bool {
        !crate::node::COMPLETE || self.all_selectors().any(Selector::allows_all)
    }

    /// May the user listen to this channel, or with this pattern? `None`: to all of them.
    pub fn channels(&self) -> Option<Vec<&Bytes>> {
        let has_all = self.all_selectors().any(|selector| selector.all_channels);
        (!has_all).then(|| self.all_selectors().flat_map(|selector| &selector.channels).collect())
    }

    /// The flags that ACL LIST and GETUSER show.
    pub fn flags(&self) -> impl Iterator<Item = &'static str> {
        let sanitizing =
            self.skips_sanitizing.map(|skips| if skips { "skip-sanitize-payload" } else { "sanitize-payload" });
        let state = if self.is_on { "on" } else { "off" };
        [Some(state), self.needs_no_password.then_some("nopass"), sanitizing].into_iter().flatten()
    }

    /// The rules that would make this user.
    pub fn describe(&self) -> Vec<u8> {
        let mut text = vec![];
        for flag in self.flags() {
            text.extend_from_slice(flag.as_bytes());
            text.push(b' ');
        }
        for hash in &self.passwords {
            text.extend_from_slice(format!("#{hash} ").as_bytes());
        }
        text.extend(describe(&self.root));
        for selector in &self.selectors {
            text.extend([b" (", &describe(selector)[..], b")"].concat());
        }
        text
    }
}

fn describe(selector: &Selector) -> Vec<u8> {
    let mut text = selector.describe_keys();
    if !text.is_empty() {
        text.push(b' ');
    }
    if !selector.all_channels {
        text.extend_from_slice(b"resetchannels ");
    }
    let channels = selector.describe_channels();
    text.extend_from_slice(&channels);
    if !channels.is_empty() {
        text.push(b' ');
    }
    text.extend_from_slice(selector.describe_commands().as_bytes());
    text
}

fn checked_hash(hash: &[u8]) -> Result<String, RuleError> {
    let is_hash = hash.len() == 64 && hash.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_hash { Ok(String::from_utf8_lossy(hash).into_owned()) } else { Err(RuleError::BadHash) }
}

/// A selector may be spread over several arguments (`ACLMergeSelectorArguments`).
fn join_selectors(rules: &[Bytes]) -> Result<Vec<Vec<u8>>, Vec<u8>> {
    let mut joined = vec![];
    let mut open: Option<(&Bytes, Vec<u8>)> = None;
    for rule in rules {
        open = match open {
            None if rule.starts_with(b"(") && !rule.ends_with(b")") => Some((rule, rule.to_vec())),
            None => {
                joined.push(rule.to_vec());
                None
            }
            Some((start, text)) => {
                let text = [&text[..], b" ", rule].concat();
                if rule.ends_with(b")") {
                    joined.push(text);
                    None
                } else {
                    Some((start, text))
                }
            }
        };
    }
    match open {
        None => Ok(joined),
        Some((start, _)) => Err([b"Unmatched parenthesis in acl selector starting at '", &start[..], b"'."].concat()),
    }
}
