//! Strings, a part at a time: ranges, bits; several strings at once; GETEX.
//!
//! Rule: what changes nothing is not propagated; GETEX is propagated as what it does to the time of expiry. Mirrors
//! t_string.c and bitops.c.

use super::strings::{Expiry, STRING_MAX, deadline};
use super::{Answer, bulk, bulk_or_nil, int};
use crate::node::Role;
use crate::node::call::{Call, CommandError};
use crate::node::value::Value;
use crate::wire::{Bytes, Reply, decimal};

const TOO_LONG: &str = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

pub fn mget(call: &mut Call) -> Answer {
    let keys: Vec<Bytes> = call.args.iter().skip(1).cloned().collect();
    let values = keys.iter().map(|key| match call.lookup(key).map(|entry| &entry.value) {
        Some(Value::String(text)) => Reply::bulk(text),
        _ => Reply::NullBulk,
    });
    Ok(Some(Reply::Array(values.collect())))
}

pub fn msetnx(call: &mut Call) -> Answer {
    if call.args.len().is_multiple_of(2) {
        return Err(super::wrong_arity("msetnx"));
    }
    for n in (1..call.args.len()).step_by(2) {
        if call.lookup(&call.arg(n)).is_some() {
            return int(0);
        }
    }
    for n in (1..call.args.len()).step_by(2) {
        call.set(call.arg(n), call.arg(n + 1), None);
    }
    int(1)
}

pub fn getrange(call: &mut Call) -> Answer {
    let (key, start, end) = (call.arg(1), call.int(2)?, call.int(3)?);
    let text = call.lookup_string(&key)?.cloned().unwrap_or_default();
    let len = text.len() as i64;
    if start < 0 && end < 0 && start > end {
        return bulk("");
    }
    let from_end = |n: i64| if n < 0 { n.saturating_add(len).max(0) } else { n };
    let (start, end) = (from_end(start), from_end(end).min(len - 1));
    bulk(text.get(start as usize..(end + 1) as usize).unwrap_or_default())
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
fn replace(call: &mut Call, key: Bytes, text: Vec<u8>) {
    let expire_at = call.lookup(&key).and_then(|entry| entry.expire_at_ms);
    call.set(key, text.into(), expire_at);
}

/// The byte and the mask of a bit; the first bit is the highest of the first byte.
fn bit_place(call: &Call) -> Result<(usize, u8), CommandError> {
    let wrong = || CommandError::new("ERR bit offset is not an integer or out of range");
    let offset = decimal(&call.arg(2)).filter(|n| (0..(STRING_MAX as i64) << 3).contains(n)).ok_or_else(wrong)?;
    Ok(((offset >> 3) as usize, 0x80 >> (offset & 7)))
}

pub fn setbit(call: &mut Call) -> Answer {
    let (byte, mask) = bit_place(call)?;
    let wrong = || CommandError::new("ERR bit is not an integer or out of range");
    let on = decimal(&call.arg(3)).filter(|bit| matches!(bit, 0 | 1)).ok_or_else(wrong)? == 1;
    let key = call.arg(1);
    let old = call.lookup_string(&key)?.cloned();
    let was = old.as_ref().and_then(|text| text.get(byte)).copied().unwrap_or(0);
    if (was & mask != 0) != on || old.as_ref().is_none_or(|text| text.len() <= byte) {
        let mut text = old.unwrap_or_default().to_vec();
        text.resize(text.len().max(byte + 1), 0);
        text[byte] = if on { was | mask } else { was & !mask };
        replace(call, key, text);
    }
    int(i64::from(was & mask != 0))
}

pub fn getbit(call: &mut Call) -> Answer {
    let (byte, mask) = bit_place(call)?;
    let key = call.arg(1);
    let text = call.lookup_string(&key)?;
    int(i64::from(text.and_then(|text| text.get(byte)).is_some_and(|byte| byte & mask != 0)))
}

/// What GETEX does to the time of expiry.
enum Change {
    Keep,
    Persist,
    Expire(Expiry),
}

fn change(call: &Call) -> Result<Change, CommandError> {
    match (call.option(2).as_slice(), call.args.len()) {
        (_, 2) => Ok(Change::Keep),
        (b"PERSIST", 3) => Ok(Change::Persist),
        (unit @ (b"EX" | b"PX" | b"EXAT" | b"PXAT"), 4) => {
            let (in_seconds, absolute) = (unit.starts_with(b"E"), unit.ends_with(b"AT"));
            Ok(Change::Expire(Expiry { amount: call.int(3)?, in_seconds, absolute }))
        }
        _ => Err(CommandError::SYNTAX),
    }
}

pub fn getex(call: &mut Call) -> Answer {
    let change = change(call)?;
    let key = call.arg(1);
    let Some(text) = call.lookup_string(&key)?.cloned() else {
        return bulk_or_nil(None::<Bytes>);
    };
    match change {
        Change::Keep => {}
        Change::Persist => {
            if call.lookup(&key).is_some_and(|entry| entry.expire_at_ms.is_some()) {
                call.expire(&key, None);
                call.propagate_instead(&[b"PERSIST", &key]);
            }
        }
        Change::Expire(expiry) => {
            let at = deadline(expiry, call.now.millis(), "getex")?;
            if expiry.absolute && at <= call.now.millis() && call.node.role() == Role::Master {
                call.delete(&key);
                call.propagate_instead(&[b"DEL", &key]);
            } else {
                call.expire(&key, Some(at));
                call.propagate_instead(&[b"PEXPIREAT", &key, at.to_string().as_bytes()]);
            }
        }
    }
    bulk(text)
}
