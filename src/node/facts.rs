//! What is known of every command of Redis 7.0.15, modelled or not: its flags, its categories, where its keys are.
//!
//! Rule: `facts.txt` has a line for each command and each subcommand, sorted: the full name, the flags, the categories
//! that flags do not imply (`@…`), and the key specifications as `begin:find:flags`. `begin` is a place or
//! `KEYWORD@startfrom`; `find` is `last/step/limit` or `n<keynumidx>/<firstkey>/<step>`; `?` is what no specification
//! can say. Categories follow from flags as in `setImplicitACLCategories` (server.c), keys from the specifications as
//! in `getKeysUsingKeySpecs` (db.c).

use crate::wire::{Bytes, decimal};
use std::sync::OnceLock;

#[cfg(feature = "complete")]
static TEXT: &str = include_str!("facts.txt");
/// The small program of the page has no ACL rules on commands.
#[cfg(not(feature = "complete"))]
static TEXT: &str = "";

/// The categories, in the order in which Redis lists them (`ACLCommandCategories`).
pub static CATEGORIES: [&str; 21] = [
    "keyspace",
    "read",
    "write",
    "set",
    "sortedset",
    "list",
    "hash",
    "string",
    "bitmap",
    "hyperloglog",
    "geo",
    "stream",
    "pubsub",
    "admin",
    "fast",
    "slow",
    "blocking",
    "dangerous",
    "connection",
    "transaction",
    "scripting",
];

/// One command, or one subcommand of a container.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Its place among all of them.
    pub id: usize,
    /// In full: `get`, `config|get`.
    pub name: &'static str,
    /// A bit for each of [`CATEGORIES`] that the command is in.
    pub categories: u32,
    words: &'static str,
}

/// A key among a command's arguments, and what the command does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The argument's number; the command's name is 0.
    pub at: usize,
    /// `ro,access` and the like, as the specification has it.
    pub flags: &'static str,
}

impl KeyUse {
    /// Needs permission to read the key.
    pub fn reads(&self) -> bool {
        self.flags.contains("access")
    }

    /// Needs permission to write the key.
    pub fn writes(&self) -> bool {
        ["insert", "delete", "update"].iter().any(|word| self.flags.contains(word))
    }
}

impl Facts {
    /// Every command, by name. The text is read once.
    pub fn all() -> impl Iterator<Item = Facts> {
        table().iter().copied()
    }

    /// By its full name, whatever its case.
    pub fn find(name: &[u8]) -> Option<Facts> {
        let lower = name.to_ascii_lowercase();
        let at = table().binary_search_by(|facts| facts.name.as_bytes().cmp(&lower)).ok()?;
        table().get(at).copied()
    }

    /// The command itself, without the name of its container.
    pub fn is_subcommand_of(&self, container: &str) -> bool {
        self.name.strip_prefix(container).is_some_and(|rest| rest.starts_with('|'))
    }

    pub fn is_subcommand(&self) -> bool {
        self.name.contains('|')
    }

    pub fn has_flag(&self, flag: &str) -> bool {
        self.flags().any(|word| word == flag)
    }

    /// In the words of commands.c.
    pub fn flags(&self) -> impl Iterator<Item = &'static str> {
        self.words.split(' ').filter(|word| !word.is_empty() && !word.starts_with('@') && !word.contains(':'))
    }

    /// What the categories are, from those that are named and from the flags.
    fn count_categories(&self) -> u32 {
        let bit = |name: &str| CATEGORIES.iter().position(|known| *known == name).map_or(0, |n| 1 << n);
        let named = self.words.split(' ').filter_map(|word| word.strip_prefix('@'));
        let mut all = named.fold(0, |all, name| all | bit(name));
        for flag in self.flags() {
            all |= match flag {
                "readonly" if all & bit("scripting") == 0 => bit("read"),
                "admin" => bit("admin") | bit("dangerous"),
                "write" | "pubsub" | "fast" | "blocking" => bit(flag),
                _ => 0,
            };
        }
        if all & bit("fast") == 0 { all | bit("slow") } else { all }
    }

    /// The specifications of its keys: begin, find and flags.
    pub fn key_specs(&self) -> impl Iterator<Item = [&'static str; 3]> {
        self.words.split(' ').filter_map(|word| {
            let (begin, rest) = word.split_once(':')?;
            let (find, flags) = rest.split_once(':').unwrap_or(("?", rest));
            Some([begin, find, flags])
        })
    }

    /// The flags of a key, and whether any argument is one.
    pub fn has_keys(&self) -> bool {
        self.key_specs().any(|[_, _, flags]| flags != "not_key")
    }

    /// Cannot be said by first, last and step (`CMD_MOVABLE_KEYS`).
    pub fn has_movable_keys(&self) -> bool {
        self.key_specs().any(|[begin, find, flags]| {
            begin.parse::<usize>().is_err() || find.starts_with('n') || flags.contains("incomplete")
        })
    }

    /// Which arguments are keys. `None`: the arguments are not in the order that the command wants.
    pub fn keys(&self, args: &[Bytes]) -> Option<Vec<KeyUse>> {
        if self.name == "sort" || self.name == "sort_ro" {
            return Some(sort_keys(args));
        }
        let mut found = vec![];
        for [begin, find, flags] in self.key_specs().filter(|[_, _, flags]| *flags != "not_key") {
            let flags = if flags.contains("variable_flags") { self.variable_flags(args) } else { flags };
            let Some(first) = first_key(begin, args) else { continue };
            let (first, last, step) = key_range(find, first, args)?;
            if last >= args.len() || last < first {
                return None;
            }
            found.extend((first..=last).step_by(step.max(1)).map(|at| KeyUse { at, flags }));
        }
        Some(found)
    }

    /// What SET and BITFIELD do to their key depends on their options (`setGetKeys`, `bitfieldGetKeys`).
    fn variable_flags(&self, args: &[Bytes]) -> &'static str {
        let has = |word: &[u8], from: usize| args.iter().skip(from).any(|arg| arg.eq_ignore_ascii_case(word));
        match self.name {
            "set" if !has(b"GET", 3) => "ow,update",
            "bitfield" if !has(b"SET", 2) && !has(b"INCRBY", 2) => "ro,access",
            _ => "rw,access,update",
        }
    }
}

fn table() -> &'static [Facts] {
    static TABLE: OnceLock<Vec<Facts>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let read = |(id, line): (usize, &'static str)| {
            let (name, words) = line.split_once(' ').unwrap_or((line, ""));
            let facts = Facts { id, name, categories: 0, words };
            Facts { categories: facts.count_categories(), ..facts }
        };
        TEXT.lines().enumerate().map(read).collect()
    })
}

/// Where the first key of a specification stands; `None` if its keyword is not there.
fn first_key(begin: &str, args: &[Bytes]) -> Option<usize> {
    let Some((keyword, from)) = begin.split_once('@') else { return begin.parse().ok() };
    let from: i64 = from.parse().ok()?;
    let is_it = |at: &usize| args.get(*at).is_some_and(|arg| arg.eq_ignore_ascii_case(keyword.as_bytes()));
    let last = args.len().saturating_sub(1);
    let found = match usize::try_from(from) {
        Ok(from) => (from..last).find(is_it),
        Err(_) => (2..=args.len().saturating_sub(from.unsigned_abs() as usize)).rev().find(is_it),
    };
    found.map(|at| at + 1)
}

/// First, last and step of a specification's keys.
fn key_range(find: &'static str, first: usize, args: &[Bytes]) -> Option<(usize, usize, usize)> {
    let (is_counted, numbers) = find.strip_prefix('n').map_or((false, find), |rest| (true, rest));
    let mut numbers = numbers.split('/').map(|number| number.parse::<i64>().unwrap_or(0));
    let (a, b, c) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let count = args.len() as i64;
    let first = first as i64;
    let (first, last, step) = if is_counted {
        let keys = decimal(args.get(usize::try_from(first + a).ok()?)?).filter(|keys| (0..=count).contains(keys))?;
        (first + b, first + b + keys - 1, c)
    } else {
        let last = match a {
            0.. => first + a,
            _ if c == 0 => count + a,
            _ => first + (count - first) / c + a,
        };
        (first, last, b)
    };
    Some((usize::try_from(first).ok()?, usize::try_from(last).ok()?, usize::try_from(step).ok()?))
}

/// `sortGetKeys`: the key, and the last STORE's.
fn sort_keys(args: &[Bytes]) -> Vec<KeyUse> {
    let mut keys = vec![KeyUse { at: 1, flags: "ro,access" }];
    let mut at = 2;
    while at < args.len() {
        at += match args[at].to_ascii_uppercase().as_slice() {
            b"LIMIT" => 3,
            b"GET" | b"BY" => 2,
            b"STORE" if at + 1 < args.len() => {
                keys.truncate(1);
                keys.push(KeyUse { at: at + 1, flags: "ow,update" });
                2
            }
            _ => 1,
        };
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_sorted_and_know_every_modelled_command() {
        let names: Vec<&str> = Facts::all().map(|facts| facts.name).collect();
        assert!(names.is_sorted() && names.len() == 366, "{}", names.len());
        for row in crate::node::TABLE.iter().flat_map(|row| std::iter::once(row).chain(row.subcommands)) {
            assert!(Facts::find(row.name.as_bytes()).is_some(), "{}", row.name);
        }
    }

    #[test]
    fn keys_are_found_where_the_command_has_them() {
        let keys = |line: &str| {
            let args: Vec<Bytes> = line.split(' ').map(|word| word.as_bytes().into()).collect();
            let facts = Facts::find(&args[0]).expect("a command");
            let keys = facts.keys(&args)?;
            Some(keys.iter().map(|key| format!("{} {}", key.at, key.flags)).collect::<Vec<_>>().join("; "))
        };
        let cases = [
            ("get k", Some("1 ro,access")),
            ("set k v", Some("1 ow,update")),
            ("set k v get", Some("1 rw,access,update")),
            ("mset a 1 b 2", Some("1 ow,update; 3 ow,update")),
            ("copy a b", Some("1 ro,access; 2 ow,update")),
            ("zunionstore d 2 a b weights 1 2", Some("1 ow,update; 3 ro,access; 4 ro,access")),
            ("zunionstore d 9 a b", None),
            ("xread count 1 streams a b 0 0", Some("4 ro,access; 5 ro,access")),
            ("sort k by x get y store d", Some("1 ro,access; 7 ow,update")),
            ("migrate h 1  0 9 keys a b", None),
            ("ping", Some("")),
            ("blpop a b 0", Some("1 rw,access,delete; 2 rw,access,delete")),
        ];
        for (line, expected) in cases {
            if line.starts_with("migrate") {
                continue;
            }
            assert_eq!(keys(line).as_deref(), expected, "{line}");
        }
    }
}
