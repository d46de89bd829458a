//! One set of permissions: commands, keys, channels.
//!
//! Rule: a selector is changed only by rules, one at a time, and can be described by rules that would make it again.
//! Mirrors `aclSelector`, `ACLSetSelector`, `ACLSelectorCheckCmd` and `ACLDescribeSelectorCommandRules` (acl.c).

use super::{Denial, RuleError};
use crate::node::facts::{CATEGORIES, Facts, KeyUse};
use crate::node::glob;
use crate::wire::Bytes;

/// A bit for each line of the table of facts; the last one stands for commands that are not there yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CommandSet([u64; 6]);

const FUTURE: usize = 6 * 64 - 1;

impl CommandSet {
    const NONE: CommandSet = CommandSet([0; 6]);
    const ALL: CommandSet = CommandSet([u64::MAX; 6]);

    pub fn has(&self, id: usize) -> bool {
        self.0.get(id / 64).is_some_and(|word| word & (1 << (id % 64)) != 0)
    }

    fn put(&mut self, id: usize, allow: bool) {
        let Some(word) = self.0.get_mut(id / 64) else { return };
        match allow {
            true => *word |= 1 << (id % 64),
            false => *word &= !(1 << (id % 64)),
        }
    }

    /// A command, and with a container its subcommands (`ACLChangeSelectorPerm`).
    fn put_command(&mut self, facts: Facts, allow: bool) {
        self.put(facts.id, allow);
        for sub in Facts::all().filter(|sub| sub.is_subcommand_of(facts.name)) {
            self.put(sub.id, allow);
        }
    }

    fn put_category(&mut self, category: usize, allow: bool) {
        for facts in Facts::all().filter(|facts| facts.categories & (1 << category) != 0) {
            self.put_command(facts, allow);
        }
    }

    /// How many of a category are in the set, and how many are not.
    fn count(&self, category: usize) -> (usize, usize) {
        let members = Facts::all().filter(|facts| facts.categories & (1 << category) != 0);
        members.fold((0, 0), |(on, off), facts| if self.has(facts.id) { (on + 1, off) } else { (on, off + 1) })
    }
}

/// A pattern of keys, and what may be done with them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct KeyPattern {
    pattern: Bytes,
    reads: bool,
    writes: bool,
}

/// Permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    all_keys: bool,
    pub(super) all_channels: bool,
    all_commands: bool,
    commands: CommandSet,
    /// First arguments of commands that are not allowed otherwise: the command's id, the argument.
    first_args: Vec<(usize, Bytes)>,
    keys: Vec<KeyPattern>,
    pub(super) channels: Vec<Bytes>,
}

impl Selector {
    /// Nothing is allowed, but all channels if so wanted.
    pub fn new(all_channels: bool) -> Selector {
        Selector {
            all_keys: false,
            all_channels,
            all_commands: false,
            commands: CommandSet::NONE,
            first_args: vec![],
            keys: vec![],
            channels: vec![],
        }
    }

    /// Applies one rule.
    pub fn apply(&mut self, rule: &[u8]) -> Result<(), RuleError> {
        match rule.to_ascii_lowercase().as_slice() {
            b"allkeys" | b"~*" => (self.all_keys, self.keys) = (true, vec![]),
            b"resetkeys" => (self.all_keys, self.keys) = (false, vec![]),
            b"allchannels" | b"&*" => (self.all_channels, self.channels) = (true, vec![]),
            b"resetchannels" => (self.all_channels, self.channels) = (false, vec![]),
            b"allcommands" | b"+@all" => {
                (self.all_commands, self.commands, self.first_args) = (true, CommandSet::ALL, vec![]);
            }
            b"nocommands" | b"-@all" => {
                (self.all_commands, self.commands, self.first_args) = (false, CommandSet::NONE, vec![]);
            }
            _ => return self.apply_sign(rule),
        }
        Ok(())
    }

    fn apply_sign(&mut self, rule: &[u8]) -> Result<(), RuleError> {
        match rule {
            [b'~' | b'%', ..] => self.add_keys(rule),
            [b'&', pattern @ ..] => self.add_channel(pattern),
            [sign @ (b'+' | b'-'), b'@', name @ ..] => {
                let category = CATEGORIES.iter().position(|known| name.eq_ignore_ascii_case(known.as_bytes()));
                let category = category.ok_or(RuleError::Unknown)?;
                self.commands.put_category(category, *sign == b'+');
                self.all_commands &= *sign == b'+';
                self.first_args.retain(|(id, _)| {
                    Facts::all().nth(*id).is_none_or(|facts| facts.categories & (1 << category) == 0)
                });
                Ok(())
            }
            [b'+', name @ ..] => self.allow(name),
            [b'-', name @ ..] => {
                let facts = Facts::find(name).ok_or(RuleError::Unknown)?;
                self.put(facts, false);
                self.all_commands = false;
                Ok(())
            }
            _ => Err(RuleError::Syntax),
        }
    }

    fn put(&mut self, facts: Facts, allow: bool) {
        self.commands.put_command(facts, allow);
        self.first_args.retain(|(id, _)| *id != facts.id);
    }

    fn allow(&mut self, name: &[u8]) -> Result<(), RuleError> {
        let Some(bar) = name.iter().rposition(|byte| *byte == b'|') else {
            self.put(Facts::find(name).ok_or(RuleError::Unknown)?, true);
            return Ok(());
        };
        let (command, arg) = (&name[..bar], &name[bar + 1..]);
        let facts = Facts::find(command).ok_or(RuleError::Unknown)?;
        if facts.is_subcommand() {
            return Err(RuleError::FirstArgOfSubcommand);
        }
        if arg.is_empty() {
            return Err(RuleError::Syntax);
        }
        if Facts::all().any(|sub| sub.is_subcommand_of(facts.name)) {
            self.put(Facts::find(name).ok_or(RuleError::Unknown)?, true);
        } else if !self.first_args.iter().any(|(id, known)| *id == facts.id && known.eq_ignore_ascii_case(arg)) {
            self.first_args.push((facts.id, arg.into()));
        }
        Ok(())
    }

    /// `~pattern`, `%R~pattern`, `%RW~pattern`.
    fn add_keys(&mut self, rule: &[u8]) -> Result<(), RuleError> {
        if self.all_keys {
            return Err(RuleError::KeysAfterAll);
        }
        let (mut reads, mut writes) = (false, false);
        let pattern = match rule {
            [b'%', rest @ ..] => {
                let tilde = rest.iter().position(|byte| *byte == b'~');
                for letter in &rest[..tilde.unwrap_or(rest.len())] {
                    match letter.to_ascii_uppercase() {
                        b'R' if !reads => reads = true,
                        b'W' if !writes => writes = true,
                        _ => return Err(RuleError::Syntax),
                    }
                }
                &rest[tilde.map_or(rest.len(), |at| at + 1)..]
            }
            _ => {
                (reads, writes) = (true, true);
                &rule[1..]
            }
        };
        check_no_spaces(pattern)?;
        match self.keys.iter_mut().find(|known| *known.pattern == *pattern) {
            Some(known) => (known.reads, known.writes) = (known.reads || reads, known.writes || writes),
            None => self.keys.push(KeyPattern { pattern: pattern.into(), reads, writes }),
        }
        Ok(())
    }

    fn add_channel(&mut self, pattern: &[u8]) -> Result<(), RuleError> {
        if self.all_channels {
            return Err(RuleError::ChannelsAfterAll);
        }
        check_no_spaces(pattern)?;
        if !self.channels.iter().any(|known| **known == *pattern) {
            self.channels.push(pattern.into());
        }
        Ok(())
    }

    pub(super) fn allows_all(&self) -> bool {
        self.all_keys && self.all_channels && self.all_commands
    }

    /// May this command run with these arguments? The error says why not, and which argument is to blame.
    pub fn check(&self, facts: Facts, args: &[Bytes]) -> Result<(), (Denial, usize)> {
        if !self.all_commands && !facts.has_flag("no_auth") && !self.commands.has(facts.id) {
            let arg = args.get(if facts.is_subcommand() { 2 } else { 1 });
            let is_first = |(id, first): &(usize, Bytes)| {
                *id == facts.id && arg.is_some_and(|arg| arg.eq_ignore_ascii_case(first))
            };
            if !self.first_args.iter().any(is_first) {
                return Err((Denial::Command, 0));
            }
        }
        if !self.all_keys && facts.has_keys() {
            for key in facts.keys(args).unwrap_or_default() {
                if !args.get(key.at).is_some_and(|name| self.allows_key(name, key)) {
                    return Err((Denial::Key, key.at));
                }
            }
        }
        if !self.all_channels {
            for (at, is_pattern) in channels(facts.name, args.len()) {
                if !args.get(at).is_some_and(|name| self.allows_channel(name, is_pattern)) {
                    return Err((Denial::Channel, at));
                }
            }
        }
        Ok(())
    }

    /// May every key be read?
    pub(super) fn reads_all_keys(&self) -> bool {
        self.all_keys || self.keys.iter().any(|known| known.reads && *known.pattern == *b"*")
    }

    fn allows_key(&self, name: &[u8], key: KeyUse) -> bool {
        let is_enough = |known: &&KeyPattern| (known.reads || !key.reads()) && (known.writes || !key.writes());
        self.keys.iter().filter(is_enough).any(|known| glob::matches(&known.pattern, name))
    }

    /// A pattern of PSUBSCRIBE must be among the channels as it is.
    pub(super) fn allows_channel(&self, name: &[u8], is_pattern: bool) -> bool {
        let fits = |known: &Bytes| if is_pattern { **known == *name } else { glob::matches(known, name) };
        self.all_channels || self.channels.iter().any(fits)
    }

    /// The rules that would make these keys, separated by spaces.
    pub fn describe_keys(&self) -> Vec<u8> {
        if self.all_keys {
            return b"~*".to_vec();
        }
        let rules = self.keys.iter().map(|known| {
            let sign: &[u8] = match (known.reads, known.writes) {
                (true, true) => b"~",
                (true, false) => b"%R~",
                _ => b"%W~",
            };
            [sign, &known.pattern].concat()
        });
        rules.collect::<Vec<_>>().join(&b' ')
    }

    /// The rules that would make these channels, separated by spaces.
    pub fn describe_channels(&self) -> Vec<u8> {
        if self.all_channels {
            return b"&*".to_vec();
        }
        self.channels.iter().map(|name| [b"&", &name[..]].concat()).collect::<Vec<_>>().join(&b' ')
    }

    /// The rules that would make this set of commands: everything or nothing, then the categories that come nearest,
    /// then single commands.
    pub fn describe_commands(&self) -> String {
        let adds = !self.commands.has(FUTURE);
        let mut rules = vec![String::from(if adds { "-@all" } else { "+@all" })];
        let mut made = if adds { CommandSet::NONE } else { CommandSet::ALL };
        let sign = if adds { "+" } else { "-" };
        for category in self.nearest_categories(adds) {
            made.put_category(category, adds);
            rules.push(format!("{sign}@{}", CATEGORIES[category]));
        }
        for facts in Facts::all() {
            let is_allowed = self.commands.has(facts.id);
            if is_allowed != made.has(facts.id) {
                made.put_command(facts, is_allowed);
                rules.push(format!("{}{}", if is_allowed { "+" } else { "-" }, facts.name));
            }
            for (_, arg) in self.first_args.iter().filter(|(id, _)| *id == facts.id && !is_allowed) {
                rules.push(format!("+{}|{}", facts.name, String::from_utf8_lossy(arg)));
            }
        }
        rules.join(" ")
    }

    /// The categories that have more in common with this set than not, the best first; each is taken out before the next
    /// is sought.
    fn nearest_categories(&self, adds: bool) -> Vec<usize> {
        let mut left = self.commands;
        let mut taken: Vec<usize> = vec![];
        loop {
            let mut best: Option<(usize, usize, usize)> = None;
            for category in (0..CATEGORIES.len()).filter(|category| !taken.contains(category)) {
                let (on, off) = left.count(category);
                let (same, different) = if adds { (on, off) } else { (off, on) };
                let is_better =
                    best.is_none_or(|(_, least, most)| different < least || (different == least && same > most));
                if same > different && is_better {
                    best = Some((category, different, same));
                }
            }
            let Some((category, ..)) = best else { return taken };
            left.put_category(category, !adds);
            taken.push(category);
        }
    }
}

fn check_no_spaces(pattern: &[u8]) -> Result<(), RuleError> {
    let is_space = |byte: &u8| byte.is_ascii_whitespace() || matches!(*byte, 0 | 0x0b);
    if pattern.iter().any(is_space) { Err(RuleError::Syntax) } else { Ok(()) }
}

/// Which arguments of a command are channels, and whether they are patterns (`commands_with_channels`).
fn channels(name: &str, args: usize) -> impl Iterator<Item = (usize, bool)> {
    let range = match name {
        "publish" | "spublish" => 1..2,
        "subscribe" | "ssubscribe" | "psubscribe" => 1..args,
        _ => 0..0,
    };
    range.map(move |at| (at, name == "psubscribe"))
}
