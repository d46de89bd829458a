//! COMMAND: what a server says of its commands. Mirrors server.c (`commandCommand` and its subcommands).

use super::{Answer, array, help, int};
use crate::node::call::{Call, CommandError};
use crate::node::command::{Command, TABLE, find};
use crate::node::dispatch::lookup_args;
use crate::node::facts::{CATEGORIES, Facts};
use crate::node::glob;
use crate::wire::{Bytes, Reply};

/// Flags as COMMAND spells them, in its order; others are not told.
const FLAGS: [&str; 18] = [
    "write",
    "readonly",
    "denyoom",
    "admin",
    "pubsub",
    "noscript",
    "blocking",
    "loading",
    "stale",
    "skip_monitor",
    "skip_slowlog",
    "asking",
    "fast",
    "no_auth",
    "no_mandatory_keys",
    "no_async_loading",
    "no_multi",
    "allow_busy",
];

pub fn command(_: &mut Call) -> Answer {
    Ok(Some(Reply::Array(TABLE.iter().map(describe).collect())))
}

pub fn count(_: &mut Call) -> Answer {
    int(TABLE.len() as i64)
}

pub fn info(call: &mut Call) -> Answer {
    if call.args.len() == 2 {
        return command(call);
    }
    let rows = call.args.iter().skip(2).map(|name| find_full(name).map_or(Reply::NullBulk, describe));
    Ok(Some(Reply::Array(rows.collect())))
}

/// A command, or a subcommand by its full name.
fn find_full(name: &[u8]) -> Option<&'static Command> {
    match name.iter().position(|byte| *byte == b'|') {
        None => find(name),
        Some(bar) => find(&name[..bar])?.find_subcommand(&name[bar + 1..]),
    }
}

/// The texts are not modelled; redis-cli does without its hints.
pub fn docs(_: &mut Call) -> Answer {
    array(vec![])
}

pub fn list(call: &mut Call) -> Answer {
    let all = || TABLE.iter().map(|row| row.name);
    let with_subcommands =
        || TABLE.iter().flat_map(|row| std::iter::once(row.name).chain(row.subcommands.iter().map(|sub| sub.name)));
    let names: Vec<&str> = match (call.args.len(), call.option(2).as_slice(), call.option(3).as_slice()) {
        (2, ..) => all().collect(),
        (5, b"FILTERBY", b"MODULE") => vec![],
        (5, b"FILTERBY", b"ACLCAT") => {
            let category = CATEGORIES.iter().position(|known| call.arg(4).eq_ignore_ascii_case(known.as_bytes()));
            let is_in = |name: &&str| {
                Facts::find(name.as_bytes())
                    .is_some_and(|facts| category.is_some_and(|category| facts.categories & (1 << category) != 0))
            };
            with_subcommands().filter(is_in).collect()
        }
        (5, b"FILTERBY", b"PATTERN") => {
            let pattern = call.arg(4);
            with_subcommands().filter(|name| glob::matches_ignoring_case(&pattern, name.as_bytes())).collect()
        }
        _ => return Err(CommandError::SYNTAX),
    };
    Ok(Some(Reply::Array(names.into_iter().map(Reply::bulk).collect())))
}

pub fn getkeys(call: &mut Call) -> Answer {
    let keys = keys(call)?;
    array(keys.into_iter().map(|(key, _)| key).collect())
}

pub fn getkeysandflags(call: &mut Call) -> Answer {
    let keys = keys(call)?.into_iter().map(|(key, flags)| Reply::Array(vec![Reply::Bulk(key), key_flags(flags)]));
    Ok(Some(Reply::Array(keys.collect())))
}

fn keys(call: &Call) -> Result<Vec<(Bytes, &'static str)>, CommandError> {
    let args = &call.args[2..];
    let invalid = CommandError::from_text("ERR Invalid command specified");
    let row = match lookup_args(args) {
        Err(None) => return Err(invalid),
        Err(Some(_)) => Err(CommandError::from_text("ERR Invalid number of arguments specified for command")),
        Ok(row) => Ok(row),
    };
    let name = args.first().and_then(|name| find(name)).map_or("", |row| row.name);
    let facts = Facts::find(row.as_ref().map_or(name, |row| row.name).as_bytes()).ok_or(invalid)?;
    if !facts.has_keys() {
        return Err(CommandError::from_text("ERR The command has no key arguments"));
    }
    row?;
    match facts.keys(args) {
        Some(found) if !found.is_empty() => {
            Ok(found.iter().filter_map(|key| Some((args.get(key.at)?.clone(), key.flags))).collect())
        }
        _ if facts.has_flag("no_mandatory_keys") => Ok(vec![]),
        _ => Err(CommandError::from_text("ERR Invalid arguments specified for command")),
    }
}

/// Name, arity, flags, first key, last key, step, categories, tips, specifications of keys, subcommands. Tips are not
/// modelled.
fn describe(row: &Command) -> Reply {
    let (first, last, step) = row.keys;
    let mut parts = vec![Reply::bulk(row.name), Reply::int(i64::from(row.arity))];
    let Some(facts) = Facts::find(row.name.as_bytes()) else { return Reply::Array(parts) };
    let mut flags: Vec<&str> = FLAGS.into_iter().filter(|flag| facts.has_flag(flag)).collect();
    if facts.has_movable_keys() {
        let before = flags.iter().position(|flag| *flag == "allow_busy").unwrap_or(flags.len());
        flags.insert(before, "movablekeys");
    }
    parts.push(Reply::Array(flags.into_iter().map(Reply::simple).collect()));
    parts.extend([first, last, step].map(|n| Reply::int(i64::from(n))));
    let categories = CATEGORIES.iter().enumerate().filter(|(n, _)| facts.categories & (1 << n) != 0);
    parts.push(Reply::Array(categories.map(|(_, name)| Reply::simple(&format!("@{name}"))).collect()));
    parts.push(Reply::Array(vec![]));
    parts.push(Reply::Array(facts.key_specs().map(key_spec).collect()));
    parts.push(Reply::Array(row.subcommands.iter().map(describe).collect()));
    Reply::Array(parts)
}

fn key_spec([begin, find, flags]: [&'static str; 3]) -> Reply {
    let number = |text: &str| Reply::int(text.parse().unwrap_or(0));
    let begin = match begin.split_once('@') {
        _ if begin == "?" => typed("unknown", vec![]),
        Some((keyword, from)) => {
            typed("keyword", vec![Reply::bulk("keyword"), Reply::bulk(keyword), Reply::bulk("startfrom"), number(from)])
        }
        None => typed("index", vec![Reply::bulk("index"), number(begin)]),
    };
    let named = |names: [&str; 3], numbers: &str| {
        names.into_iter().zip(numbers.split('/')).flat_map(|(name, n)| [Reply::bulk(name), number(n)]).collect()
    };
    let find = match find.strip_prefix('n') {
        _ if find == "?" => typed("unknown", vec![]),
        Some(numbers) => typed("keynum", named(["keynumidx", "firstkey", "keystep"], numbers)),
        None => typed("range", named(["lastkey", "keystep", "limit"], find)),
    };
    let parts = [("flags", key_flags(flags)), ("begin_search", begin), ("find_keys", find)];
    Reply::Array(parts.into_iter().flat_map(|(name, part)| [Reply::bulk(name), part]).collect())
}

fn typed(kind: &str, spec: Vec<Reply>) -> Reply {
    Reply::Array(vec![Reply::bulk("type"), Reply::bulk(kind), Reply::bulk("spec"), Reply::Array(spec)])
}

/// `RO`, `access`: the first in capitals, in the order of server.h.
fn key_flags(flags: &str) -> Reply {
    let order =
        ["ro", "rw", "ow", "rm", "access", "update", "insert", "delete", "not_key", "incomplete", "variable_flags"];
    let has = |word: &&str| flags.split(',').any(|flag| flag == *word);
    let spelled = order
        .into_iter()
        .filter(has)
        .map(|flag| Reply::simple(&if flag.len() == 2 { flag.to_ascii_uppercase() } else { flag.to_string() }));
    Reply::Array(spelled.collect())
}

pub fn command_help(_: &mut Call) -> Answer {
    help(
        "COMMAND",
        &[
            "(no subcommand)",
            "    Return details about all Redis commands.",
            "COUNT",
            "    Return the total number of commands in this Redis server.",
            "LIST",
            "    Return a list of all commands in this Redis server.",
            "INFO [<command-name> ...]",
            "    Return details about multiple Redis commands.",
            "    If no command names are given, documentation details for all",
            "    commands are returned.",
            "DOCS [<command-name> ...]",
            "    Return documentation details about multiple Redis commands.",
            "    If no command names are given, documentation details for all",
            "    commands are returned.",
            "GETKEYS <full-command>",
            "    Return the keys from a full Redis command.",
            "GETKEYSANDFLAGS <full-command>",
            "    Return the keys and the access flags from a full Redis command.",
        ],
    )
}
