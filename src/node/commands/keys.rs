//! Keys whatever they hold: DEL, EXISTS, RENAME, COPY, MOVE, KEYS, and whole databases emptied or swapped. Mirrors db.c.

use super::{Answer, array, bulk, database, db_index, int, int32, ok};
use crate::node::call::{Call, CommandError};
use crate::node::keyspace::Entry;
use crate::wire::{Bytes, Reply};

/// How often RANDOMKEY looks for a key whose time has not passed, where it may not delete the others.
const RANDOM_TRIES: u32 = 100;
const SAME_OBJECT: &str = "ERR source and destination objects are the same";

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
    rename_to(call, true)?;
    ok()
}

pub fn renamenx(call: &mut Call) -> Answer {
    int(i64::from(rename_to(call, false)?))
}

/// True if the key has its new name, which it had not before.
fn rename_to(call: &mut Call, replace: bool) -> Result<bool, CommandError> {
    let (from, to) = (call.arg(1), call.arg(2));
    let entry = call.lookup(&from).cloned().ok_or(CommandError::NO_SUCH_KEY)?;
    if from == to || (call.lookup(&to).is_some() && !replace) {
        return Ok(false);
    }
    call.delete(&from);
    call.put(call.db, to, entry);
    Ok(true)
}

/// What a key of another database holds.
fn lookup_in(call: &mut Call, db: u8, key: &[u8]) -> Option<Entry> {
    let here = std::mem::replace(&mut call.db, db);
    let entry = call.lookup(key).cloned();
    call.db = here;
    entry
}

pub fn copy(call: &mut Call) -> Answer {
    let (from, to) = (call.arg(1), call.arg(2));
    let (mut db, mut replace) = (call.db, false);
    let mut n = 3;
    while n < call.args.len() {
        match call.option(n).as_slice() {
            b"REPLACE" => replace = true,
            b"DB" if n + 1 < call.args.len() => {
                n += 1;
                db = db_index(call, n)?;
            }
            _ => return Err(CommandError::SYNTAX),
        }
        n += 1;
    }
    if db == call.db && from == to {
        return Err(CommandError::new(SAME_OBJECT));
    }
    let Some(entry) = call.lookup(&from).cloned() else {
        return int(0);
    };
    if lookup_in(call, db, &to).is_some() && !replace {
        return int(0);
    }
    call.put(db, to, entry);
    int(1)
}

pub fn move_(call: &mut Call) -> Answer {
    let (key, db) = (call.arg(1), db_index(call, 2)?);
    if db == call.db {
        return Err(CommandError::new(SAME_OBJECT));
    }
    let Some(entry) = call.lookup(&key).cloned() else {
        return int(0);
    };
    if lookup_in(call, db, &key).is_some() {
        return int(0);
    }
    call.delete(&key);
    call.put(db, key, entry);
    int(1)
}

pub fn swapdb(call: &mut Call) -> Answer {
    let a = int32(call, 1, "ERR invalid first DB index")?;
    let b = int32(call, 2, "ERR invalid second DB index")?;
    let (a, b) = (database(call, a)?, database(call, b)?);
    call.node.touch_db(a, Some(b), call.now);
    call.node.touch_db(b, Some(a), call.now);
    call.node.keyspace.swap(a, b);
    for db in [a, b] {
        let keys: Vec<Bytes> = call.node.keyspace.iter(db).map(|(key, _)| key.clone()).collect();
        keys.iter().for_each(|key| call.node.key_is_ready(db, key));
    }
    call.changed(1);
    ok()
}

pub fn randomkey(call: &mut Call) -> Answer {
    for tries in 1.. {
        let n = call.node.rng.below(call.node.keyspace.len(call.db)) as usize;
        let Some(key) = call.node.keyspace.iter(call.db).nth(n).map(|(key, _)| key.clone()) else {
            break;
        };
        if call.lookup(&key).is_some() || tries == RANDOM_TRIES {
            return bulk(key);
        }
    }
    Ok(Some(Reply::NullBulk))
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
    array(found)
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
    call.node.touch_db(call.db, None, call.now);
    let removed = call.node.keyspace.len(call.db);
    call.node.keyspace.clear(call.db);
    emptied(call, removed);
    ok()
}

/// As many changes as there were keys; it goes down the stream even if there was none (`forceCommandPropagation`).
fn emptied(call: &mut Call, removed: u64) {
    call.changed(removed);
    if removed == 0 {
        let args = call.args.clone();
        call.propagate_also(&args.iter().map(|arg| &arg[..]).collect::<Vec<_>>());
    }
}

pub fn flushall(call: &mut Call) -> Answer {
    check_flush_option(call)?;
    let mut removed = 0;
    for db in 0..call.node.keyspace.databases() {
        call.node.touch_db(db, None, call.now);
        removed += call.node.keyspace.len(db);
        call.node.keyspace.clear(db);
    }
    call.node.kill_snapshot(call.now);
    // Who keeps files keeps an empty one at once (`flushAllDataAndResetRDB`).
    if !call.node.config().save.is_empty() {
        call.node.save_now(call.now);
        removed = 0;
    }
    emptied(call, removed);
    ok()
}
