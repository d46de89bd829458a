//! OBJECT and MEMORY USAGE: how a value is kept. Mirrors object.c (`objectCommand`, `memoryCommand`).

use super::{Answer, bulk, int};
use crate::node::call::{Call, CommandError};
use crate::node::keyspace::Entry;
use crate::node::value::Value;
use crate::wire::{Reply, decimal};

/// Small integers are one object for all keys, and its count of references is this (`OBJ_SHARED_REFCOUNT`).
const SHARED_REFERENCES: i64 = i32::MAX as i64;
/// `OBJ_SHARED_INTEGERS`.
const SHARED_INTEGERS: i64 = 10_000;

const HELP: [&str; 14] = [
    "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "ENCODING <key>",
    "    Return the kind of internal representation used in order to store the value",
    "    associated with a <key>.",
    "FREQ <key>",
    "    Return the access frequency index of the <key>. The returned integer is",
    "    proportional to the logarithm of the recent access frequency of the key.",
    "IDLETIME <key>",
    "    Return the idle time of the <key>, that is the approximated number of",
    "    seconds elapsed since the last access to the key.",
    "REFCOUNT <key>",
    "    Return the number of references of the value associated with the specified",
    "    <key>.",
    "HELP",
];

pub fn help(_: &mut Call) -> Answer {
    let lines = HELP.iter().chain(&["    Prints this help."]);
    Ok(Some(Reply::Array(lines.map(|line| Reply::simple(line)).collect())))
}

/// What is told of an entry; nil if there is none.
fn tell(call: &mut Call, tell: fn(&Entry) -> Answer) -> Answer {
    let key = call.arg(2);
    call.lookup(&key).map_or(Ok(Some(Reply::NullBulk)), tell)
}

pub fn encoding(call: &mut Call) -> Answer {
    tell(call, |entry| bulk(entry.value.encoding()))
}

pub fn refcount(call: &mut Call) -> Answer {
    tell(call, |entry| {
        let number = match &entry.value {
            Value::String(text) => decimal(text),
            _ => None,
        };
        int(if number.is_some_and(|n| (0..SHARED_INTEGERS).contains(&n)) { SHARED_REFERENCES } else { 1 })
    })
}

/// There is no allocator to ask: the sizes of the parts, added up. `SAMPLES` changes nothing, for every part is counted.
pub fn memory_usage(call: &mut Call) -> Answer {
    for n in (3..call.args.len()).step_by(2) {
        if call.option(n) != b"SAMPLES" || n + 1 == call.args.len() || call.int(n + 1)? < 0 {
            return Err(CommandError::SYNTAX);
        }
    }
    let key = call.arg(2);
    let entry = call.node.keyspace.get(call.db, &key);
    Ok(Some(entry.map_or(Reply::NullBulk, |entry| Reply::int(entry.held_bytes(&key) as i64))))
}

/// Simplified: when a key was last asked for is not kept, so each was asked for just now.
pub fn idletime(call: &mut Call) -> Answer {
    tell(call, |_| int(0))
}

pub fn freq(call: &mut Call) -> Answer {
    tell(call, |_| {
        Err(CommandError::new(
            "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
        ))
    })
}
