//! Keys whatever they hold: DEL, EXISTS, RENAME, KEYS, and emptying databases. Mirrors db.c.

use super::{Answer, int, ok};
use crate::node::call::{Call, CommandError};
use crate::wire::{Bytes, Reply};

/// DEL and UNLINK: the same here, where freeing memory takes no time.
pub fn del(call: &mut Call) -> Answer {
    let mut deleted = 0;
    for n in 1..call.args.len() {
        let key = call.arg(n);
        // An expired key is gone before it can be deleted, and does not count.
        if call.lookup(&key).is_some() && call.delete(&key) {
            deleted += 1;
        }
    }
    int(deleted)
}

pub fn exists(call: &mut Call) -> Answer {
    let found = (1..call.args.len()).filter(|n| call.lookup(&call.arg(*n)).is_some()).count();
    int(found as i64)
}

pub fn type_(call: &mut Call) -> Answer {
    let key = call.arg(1);
    let name = call.lookup(&key).map_or("none", |entry| entry.value.type_name());
    Ok(Some(Reply::simple(name)))
}

pub fn rename(call: &mut Call) -> Answer {
    let (from, to) = (call.arg(1), call.arg(2));
    let Some(entry) = call.lookup(&from).cloned() else {
        return Err(CommandError::NO_SUCH_KEY);
    };
    if from != to {
        call.lookup(&to);
        call.delete(&from);
        call.put(call.db, to, entry);
    }
    ok()
}

pub fn keys(call: &mut Call) -> Answer {
    let (pattern, now) = (call.arg(1), call.now.millis());
    let found: Vec<Bytes> = call
        .node
        .keyspace
        .iter(call.db)
        .filter(|(key, entry)| {
            entry.expire_at_ms.is_none_or(|at| now <= at) && crate::node::glob::matches(&pattern, key)
        })
        .map(|(key, _)| key.clone())
        .collect();
    Ok(Some(Reply::Array(found.into_iter().map(Reply::Bulk).collect())))
}

pub fn dbsize(call: &mut Call) -> Answer {
    int(call.node.keyspace.len(call.db) as i64)
}

/// FLUSHDB and FLUSHALL take ASYNC or SYNC and nothing else. They are propagated even when there was nothing to flush.
fn check_flush_option(call: &Call) -> Result<(), CommandError> {
    match call.args.len() {
        1 => Ok(()),
        2 if matches!(call.option(1).as_slice(), b"ASYNC" | b"SYNC") => Ok(()),
        _ => Err(CommandError::SYNTAX),
    }
}

pub fn flushdb(call: &mut Call) -> Answer {
    check_flush_option(call)?;
    call.node.keyspace.clear(call.db);
    call.changed(1);
    ok()
}

pub fn flushall(call: &mut Call) -> Answer {
    check_flush_option(call)?;
    for db in 0..call.node.keyspace.databases() {
        call.node.keyspace.clear(db);
    }
    call.changed(1);
    ok()
}
