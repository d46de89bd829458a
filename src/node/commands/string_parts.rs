//! Strings, a part at a time: ranges, bits; several strings at once; GETEX.
//!
//! Rule: what changes nothing is not propagated; GETEX is propagated as what it does to the time of expiry. Mirrors
//! t_string.c and bitops.c.

use super::strings::{STRING_MAX, deadline, options};
use super::{Answer, bulk, int};
use crate::node::Role;
use crate::node::call::{Call, CommandError};
use crate::node::keyspace::Entry;
use crate::node::value::Value;
use crate::wire::{Bytes, Reply, decimal};
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
    bulk(&text[window(start, end, text.len())])
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
    let expire_at_ms = call.lookup(&key).and_then(|entry| entry.expire_at_ms);
    call.put(call.db, key, Entry { value: Value::Raw(text.into()), expire_at_ms });
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
    } else if let Some(text) = old {
        // What is there was made ready to be changed, though it is not.
        call.modify(&key, &mut |value| *value = Value::Raw(text.clone()));
    }
    int(i64::from(was & mask != 0))
}

pub fn getbit(call: &mut Call) -> Answer {
    let (byte, mask) = bit_place(call)?;
    let key = call.arg(1);
    let text = call.lookup_string(&key)?;
    int(i64::from(text.and_then(|text| text.get(byte)).is_some_and(|byte| byte & mask != 0)))
}

/// From the first to the last of so many, both in; below zero counts from the end.
fn window(first: i64, last: i64, len: usize) -> Range<usize> {
    let len = len as i64;
    if first < 0 && last < 0 && first > last {
        return 0..0;
    }
    let from_end = |n: i64| if n < 0 { n.saturating_add(len).max(0) } else { n };
    let (first, last) = (from_end(first), from_end(last).min(len - 1));
    if first > last { 0..0 } else { first as usize..last as usize + 1 }
}

pub fn bitcount(call: &mut Call) -> Answer {
    let key = call.arg(1);
    let Some(text) = call.lookup_string(&key)?.cloned() else {
        return int(0);
    };
    let bits = match call.args.len() {
        2 => 0..text.len() * 8,
        n @ (4 | 5) => {
            let (first, last) = (call.int(2)?, call.int(3)?);
            let unit = match call.option(4).as_slice() {
                // Crossed ends are seen before the unit is looked at.
                _ if n == 4 || (first < 0 && last < 0 && first > last) => 8,
                b"BYTE" => 8,
                b"BIT" => 1,
                _ => return Err(CommandError::SYNTAX),
            };
            let units = window(first, last, text.len() * 8 / unit);
            units.start * unit..units.end * unit
        }
        _ => return Err(CommandError::SYNTAX),
    };
    let ones = |n: usize| match text.get(n).copied().unwrap_or(0) {
        byte if bits.start <= n * 8 && n * 8 + 8 <= bits.end => i64::from(byte.count_ones()),
        byte => (0..8).filter(|bit| byte & (0x80 >> bit) != 0 && bits.contains(&(n * 8 + bit))).count() as i64,
    };
    int((bits.start / 8..bits.end.div_ceil(8)).map(ones).sum())
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
            call.propagate_instead(&[b"DEL", &key]);
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
