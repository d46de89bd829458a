//! Who may do what: users, and what was denied to them.
//!
//! Rule: there is always a user `default`, whom every connection is at first. A command of the master is never denied.
//! Mirrors acl.c.

mod selector;
mod sha256;
mod user;

pub use selector::Selector;
pub use user::User;

use crate::node::Config;
use crate::time::Time;
use crate::wire::Bytes;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// The name of the user whom every connection is at first.
pub const DEFAULT: &[u8] = b"default";

/// Two denials are one entry of the log if no more time than this is between them, ms.
const GROUPING_MS: i64 = 60_000;
/// Entries of the log among which an equal one is sought.
const GROUPING_ENTRIES: usize = 10;

/// Why something was denied; the later, the further the check came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Denial {
    Command,
    Key,
    Auth,
    Channel,
}

/// Why a rule was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleError {
    Syntax,
    Unknown,
    KeysAfterAll,
    ChannelsAfterAll,
    NoSuchPassword,
    BadHash,
    FirstArgOfSubcommand,
}

impl RuleError {
    /// As Redis words it (`ACLSetUserStringError`).
    pub fn text(self) -> &'static str {
        match self {
            RuleError::Syntax => "Syntax error",
            RuleError::Unknown => "Unknown command or category name in ACL",
            RuleError::KeysAfterAll => {
                "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns"
            }
            RuleError::ChannelsAfterAll => {
                "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. Try 'resetchannels' to start with an empty list of channels"
            }
            RuleError::NoSuchPassword => "The password you are trying to remove from the user does not exist",
            RuleError::BadHash => {
                "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters"
            }
            RuleError::FirstArgOfSubcommand => "Allowing first-arg of a subcommand is not supported",
        }
    }
}

/// Something that was denied (`ACLLogEntry`).
#[derive(Clone, Debug)]
pub struct LogEntry {
    pub count: u64,
    pub reason: Denial,
    pub in_multi: bool,
    /// The command, key, channel or AUTH.
    pub object: Bytes,
    pub user: Bytes,
    pub at: Time,
    pub client: String,
}

/// The users of a node.
#[derive(Clone, Debug)]
pub struct Acl {
    users: Arc<BTreeMap<Bytes, User>>,
    pub log: VecDeque<LogEntry>,
}

impl Acl {
    /// The default user, with its password if there is one, and those of the configuration file, whose
    /// rules `Config::add_user` has tried.
    pub fn new(config: &Config) -> Acl {
        let all_channels = config.has_all_channels();
        let mut all: BTreeMap<Bytes, User> = BTreeMap::from([(DEFAULT.into(), User::default_user())]);
        for (name, rules) in config.users.iter().filter(|_| super::COMPLETE) {
            let user = all.entry(name.as_bytes().into()).or_insert_with(|| User::new(all_channels));
            let rules = rules.iter().map(|rule| rule.as_bytes().into());
            // The user that there is anyway begins anew (`ACLLoadConfiguredUsers`).
            let reset = (name.as_bytes() == DEFAULT).then(|| Bytes::from(&b"reset"[..]));
            let _ = user.apply_all(&reset.into_iter().chain(rules).collect::<Vec<Bytes>>());
        }
        let mut acl = Acl { users: Arc::new(all), log: VecDeque::new() };
        if !config.requirepass.is_empty() {
            acl.require(&config.requirepass);
        }
        acl
    }

    pub fn user(&self, name: &[u8]) -> Option<&User> {
        self.users.get(name)
    }

    /// The users, by name.
    pub fn users(&self) -> impl Iterator<Item = (&Bytes, &User)> {
        self.users.iter()
    }

    pub fn put(&mut self, name: Bytes, user: User) {
        Arc::make_mut(&mut self.users).insert(name, user);
    }

    /// True if there was such a user. The default user stays.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        name != DEFAULT && self.users.contains_key(name) && Arc::make_mut(&mut self.users).remove(name).is_some()
    }

    /// `requirepass` was set.
    pub fn require(&mut self, password: &str) {
        if super::COMPLETE
            && let Some(user) = Arc::make_mut(&mut self.users).get_mut(DEFAULT)
        {
            user.require(password.as_bytes());
        }
    }

    /// May a connection do something before it has said who it is?
    pub fn is_open(&self) -> bool {
        self.user(DEFAULT).is_some_and(|user| user.is_on && user.needs_no_password)
    }

    /// Remembers a denial; one that is like a recent one only counts (`addACLLogEntry`).
    pub fn note(&mut self, entry: LogEntry, max: usize) {
        let is_same = |known: &LogEntry| {
            (known.reason, known.in_multi, &known.object, &known.user)
                == (entry.reason, entry.in_multi, &entry.object, &entry.user)
                && entry.at.millis() - known.at.millis() <= GROUPING_MS
        };
        let known = self.log.iter().take(GROUPING_ENTRIES).position(is_same).and_then(|at| self.log.remove(at));
        let count = known.map_or(1, |known| known.count + 1);
        self.log.push_front(LogEntry { count, ..entry });
        self.log.truncate(max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::facts::Facts;
    use proptest::prelude::*;

    fn made(rules: &str) -> Result<User, String> {
        let mut user = User::new(false);
        let rules: Vec<Bytes> = rules.split(' ').map(|rule| rule.as_bytes().into()).collect();
        user.apply_all(&rules).map_err(|error| String::from_utf8_lossy(&error).into_owned())?;
        Ok(user)
    }

    #[test]
    fn users_are_described_as_redis_does() {
        let cases = [
            ("on nopass ~* &* +@all", "on nopass ~* &* +@all"),
            ("", "off resetchannels -@all"),
            (
                "on >pw +psync +replconf +ping",
                "on #30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4 resetchannels -@all +ping +psync +replconf",
            ),
            ("allkeys allcommands -@write +set", "off ~* resetchannels +@all -@write +set"),
            ("%R~a* %W~a* %W~b &x &x +@string", "off ~a* %W~b resetchannels &x -@all +@string"),
            ("reset +select|1", "off sanitize-payload resetchannels -@all +select|1"),
            (
                "(+get ~a) (+set %W~b &c)",
                "off resetchannels -@all (~a resetchannels -@all +get) (%W~b resetchannels &c -@all +set)",
            ),
            ("+@all -config|set", "off resetchannels +@all -config|set"),
        ];
        for (rules, expected) in cases {
            let user = made(rules).expect("rules that Redis takes");
            assert_eq!(String::from_utf8_lossy(&user.describe()), expected, "{rules}");
            let again = made(expected).expect("its own description");
            assert_eq!(again, user, "{rules}");
        }
    }

    #[test]
    fn rules_are_refused_as_redis_does() {
        for (rules, error) in [
            ("+nosuch", RuleError::Unknown),
            ("+@nosuch", RuleError::Unknown),
            ("nosuch", RuleError::Syntax),
            ("~* ~a", RuleError::KeysAfterAll),
            ("&* &a", RuleError::ChannelsAfterAll),
            ("%X~a", RuleError::Syntax),
            ("#abc", RuleError::BadHash),
            ("<pw", RuleError::NoSuchPassword),
            ("+config|get|x", RuleError::FirstArgOfSubcommand),
            ("+select|", RuleError::Syntax),
        ] {
            let said = made(rules).expect_err(rules);
            assert!(said.ends_with(error.text()), "{rules}: {said}");
        }
        assert_eq!(made("(+get ~a").expect_err("open"), "Unmatched parenthesis in acl selector starting at '(+get'.");
    }

    #[test]
    fn what_is_denied_is_what_came_furthest() {
        let user =
            made("on nopass %R~a* %W~b* +get +set +psync +subscribe +psubscribe &news.* (+get ~z)").expect("rules");
        let check = |line: &str| {
            let args: Vec<Bytes> = line.split(' ').map(|word| word.as_bytes().into()).collect();
            user.check(Facts::find(&args[0]).expect("a command"), &args)
        };
        for (line, expected) in [
            ("get a1", Ok(())),
            ("get z", Ok(())),
            ("get b1", Err((Denial::Key, 1))),
            ("set b1 v", Ok(())),
            ("set b1 v get", Err((Denial::Key, 1))),
            ("del b1", Err((Denial::Command, 0))),
            ("psync ? -1", Ok(())),
            ("auth x", Ok(())),
            ("subscribe news.x", Ok(())),
            ("subscribe news.x other", Err((Denial::Channel, 2))),
            ("psubscribe news.*", Ok(())),
            ("psubscribe news.x", Err((Denial::Channel, 1))),
        ] {
            assert_eq!(check(line), expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_rules_end_in_a_user_that_its_description_makes(words in prop::collection::vec("[-+~&%<>#!@()a-z|* ]{0,8}|[-+]@[a-z]{3,10}|[-+](get|set|config|config.set|acl)", 0..6)) {
            let mut user = User::new(false);
            let rules: Vec<Bytes> = words.iter().map(|word| word.as_bytes().into()).collect();
            if user.apply_all(&rules).is_ok() {
                let text = String::from_utf8(user.describe()).expect("text");
                let again = made(&text);
                prop_assert!(again.is_ok(), "{text}: {again:?}");
            }
        }
    }
}
