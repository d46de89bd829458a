//! Strings, a part at a time; several strings at once; GETEX.
//!
//! Rule: what changes nothing is not propagated; GETEX is propagated as what it does to the time of expiry. Mirrors
//! t_string.c.

use super::strings::{STRING_MAX, deadline, options};
use super::{Answer, bulk, int};
use crate::node::Role;
use crate::node::call::{Call, CommandError};
use crate::node::keyspace::Entry;
use crate::node::value::Value;
use crate::wire::{Bytes, Reply};
use std::ops::Range;

const TOO_LONG: &str = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

pub fn mget(call: &mut Call) -> Answer {
    let keys: Vec<Bytes> = call.args.iter().skip(1).cloned().collect();
    let values = keys.iter().map(|key| {
        let text = call.lookup(key).and_then(|entry| entry.value.as_string());
        text.map_or(Reply::NullBulk, Reply::bulk)
    });
    Ok(Some(Reply::Array(values.collect())))
}

pub fn msetnx(call: &mut Call) -> Answer {
    if call.args.len().is_multiple_of(2) {
        return Err(super::wrong_arity(call.command.name));
    }
    for n in (1..call.args.len()).step_by(2) {
        if call.lookup(&call.arg(n)).is_some() {
            return int(0);
        }
    }
    super::strings::mset(call)?;
    int(1)
}

pub fn getrange(call: &mut Call) -> Answer {
    let (key, start, end) = (call.arg(1), call.int(2)?, call.int(3)?);
    let text = call.lookup_string(&key)?.cloned().unwrap_or_default();
    bulk(if is_crossed(start, end) { &[] } else { &text[window(start, end, text.len())] })
}

pub fn setrange(call: &mut Call) -> Answer {
    let (key, offset, part) = (call.arg(1), call.int(2)?, call.arg(3));
    if offset < 0 {
        return Err(CommandError::new("ERR offset is out of range"));
    }
    let text = call.lookup_string(&key)?.cloned().unwrap_or_default();
    if part.is_empty() {
        return int(text.len() as i64);
    }
    let end = (offset as u64).saturating_add(part.len() as u64);
    if end > STRING_MAX as u64 {
        return Err(CommandError::new(TOO_LONG));
    }
    let mut changed = text.to_vec();
    changed.resize(text.len().max(end as usize), 0);
    changed[offset as usize..end as usize].copy_from_slice(&part);
    let len = changed.len() as i64;
    replace(call, key, changed);
    int(len)
}

/// Another string in the place of one, which keeps its time of expiry.
pub(super) fn replace(call: &mut Call, key: Bytes, text: Vec<u8>) {
    let expire_at_ms = call.lookup(&key).and_then(|entry| entry.expire_at_ms);
    call.put(call.db, key, Entry { value: Value::Raw(text.into()), expire_at_ms });
}

/// From the first to the last of so many, both in; below zero counts from the end.
pub(super) fn window(first: i64, last: i64, len: usize) -> Range<usize> {
    let len = len as i64;
    let from_end = |n: i64| if n < 0 { n.saturating_add(len).max(0) } else { n };
    let (first, last) = (from_end(first), from_end(last).min(len - 1));
    if first > last { 0..0 } else { first as usize..last as usize + 1 }
}

/// Both ends count from the end, and the first is behind the last: nothing, even where both lie before the beginning.
pub(super) fn is_crossed(first: i64, last: i64) -> bool {
    first < 0 && last < 0 && first > last
}

pub fn getex(call: &mut Call) -> Answer {
    let options = options(call, 2, false)?;
    let key = call.arg(1);
    let Some(text) = call.lookup_string(&key)?.cloned() else {
        return Ok(Some(Reply::NullBulk));
    };
    if let Some(expiry) = options.expiry {
        let at = deadline(call, expiry)?;
        if expiry.absolute && at <= call.now.millis() && call.node.role() == Role::Master {
            call.delete(&key);
            call.propagate_instead(&[call.node.config.deletion("lazyfree-lazy-expire"), &key]);
        } else {
            call.expire(&key, Some(at));
            call.propagate_instead(&[b"PEXPIREAT", &key, at.to_string().as_bytes()]);
        }
    } else if options.persist && call.lookup(&key).is_some_and(|entry| entry.expire_at_ms.is_some()) {
        call.expire(&key, None);
        call.propagate_instead(&[b"PERSIST", &key]);
    }
    bulk(text)
}
