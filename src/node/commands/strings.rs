//! Strings: SET and its relatives, counters, APPEND.
//!
//! Rule: what is propagated is the effect, at an absolute time: `SET k v EX 10` becomes `SET k v PXAT <ms>`,
//! INCRBYFLOAT becomes the SET of its result. Mirrors t_string.c.

use super::{Answer, bulk, bulk_or_nil, int, ok};
use crate::node::call::{Call, CommandError};
use crate::node::keyspace::Entry;
use crate::node::long_double::{self, SumError};
use crate::node::value::Value;
use crate::wire::{Bytes, Reply, decimal};

/// Redis' `proto-max-bulk-len`: no string grows beyond it.
const STRING_MAX: usize = 512 << 20;

pub fn get(call: &mut Call) -> Answer {
    let key = call.arg(1);
    bulk_or_nil(call.lookup_string(&key)?)
}

pub fn strlen(call: &mut Call) -> Answer {
    let key = call.arg(1);
    int(call.lookup_string(&key)?.map_or(0, |text| text.len() as i64))
}

/// What follows `SET key value`.
#[derive(Default)]
struct SetOptions {
    only_if_absent: bool,
    only_if_present: bool,
    return_old: bool,
    keep_ttl: bool,
    expiry: Option<Expiry>,
}

/// EX, PX, EXAT or PXAT with its number.
#[derive(Clone, Copy)]
struct Expiry {
    amount: i64,
    in_seconds: bool,
    absolute: bool,
}

pub fn set(call: &mut Call) -> Answer {
    let options = set_options(call)?;
    let (key, value) = (call.arg(1), call.arg(2));
    let expire_at = options.expiry.map(|e| deadline(e, call.now.millis(), "set")).transpose()?;
    let old = call.lookup(&key).cloned();
    let old_reply = |old: Option<Entry>| old?.value.as_string().map(Reply::bulk);
    if options.return_old {
        // Only GET minds what the key holds.
        call.lookup_string(&key)?;
    }
    if (options.only_if_absent && old.is_some()) || (options.only_if_present && old.is_none()) {
        let reply = if options.return_old { old_reply(old) } else { None };
        return Ok(Some(reply.unwrap_or(Reply::NullBulk)));
    }
    let kept = old.as_ref().and_then(|entry| entry.expire_at_ms).filter(|_| options.keep_ttl);
    call.set(key.clone(), value.clone(), expire_at.or(kept));
    propagate_set(call, &options, expire_at);
    if options.return_old {
        return Ok(Some(old_reply(old).unwrap_or(Reply::NullBulk)));
    }
    ok()
}

fn set_options(call: &Call) -> Result<SetOptions, CommandError> {
    let mut options = SetOptions::default();
    let mut n = 3;
    while n < call.args.len() {
        let has_next = n + 1 < call.args.len();
        match call.option(n).as_slice() {
            b"NX" if !options.only_if_present => options.only_if_absent = true,
            b"XX" if !options.only_if_absent => options.only_if_present = true,
            b"GET" => options.return_old = true,
            b"KEEPTTL" if options.expiry.is_none() => options.keep_ttl = true,
            unit @ (b"EX" | b"PX" | b"EXAT" | b"PXAT") if has_next && options.expiry.is_none() && !options.keep_ttl => {
                n += 1;
                let (in_seconds, absolute) = (unit.starts_with(b"E"), unit.ends_with(b"AT"));
                options.expiry = Some(Expiry { amount: call.int(n)?, in_seconds, absolute });
            }
            _ => return Err(CommandError::SYNTAX),
        }
        n += 1;
    }
    Ok(options)
}

/// The moment (Unix time, ms) that an option names; it must be positive and fit.
fn deadline(expiry: Expiry, now_ms: i64, command: &str) -> Result<i64, CommandError> {
    let invalid = || CommandError::new(format!("ERR invalid expire time in '{command}' command"));
    if expiry.amount <= 0 {
        return Err(invalid());
    }
    let ms = if expiry.in_seconds { expiry.amount.checked_mul(1000).ok_or_else(invalid)? } else { expiry.amount };
    if expiry.absolute { Ok(ms) } else { ms.checked_add(now_ms).ok_or_else(invalid) }
}

/// With an expiry the stream gets `SET k v PXAT ms`; without, what was typed, less GET, which a replica need not answer.
fn propagate_set(call: &mut Call, options: &SetOptions, expire_at: Option<i64>) {
    let (key, value) = (call.arg(1), call.arg(2));
    if let Some(at) = expire_at {
        return propagate_set_at(call, &key, &value, at);
    }
    if options.return_old {
        let args = call.args.clone();
        let kept: Vec<&[u8]> = args
            .iter()
            .enumerate()
            .filter(|(n, a)| *n < 3 || !a.eq_ignore_ascii_case(b"GET"))
            .map(|(_, a)| &a[..])
            .collect();
        call.propagate_instead(&kept);
    }
}

fn propagate_set_at(call: &mut Call, key: &[u8], value: &[u8], at_ms: i64) {
    call.propagate_instead(&[b"SET", key, value, b"PXAT", at_ms.to_string().as_bytes()]);
}

pub fn setnx(call: &mut Call) -> Answer {
    let key = call.arg(1);
    if call.lookup(&key).is_some() {
        return int(0);
    }
    call.set(key, call.arg(2), None);
    int(1)
}

pub fn setex(call: &mut Call) -> Answer {
    set_with_expiry(call, true, "setex")
}

pub fn psetex(call: &mut Call) -> Answer {
    set_with_expiry(call, false, "psetex")
}

fn set_with_expiry(call: &mut Call, in_seconds: bool, name: &str) -> Answer {
    let (key, value) = (call.arg(1), call.arg(3));
    let expiry = Expiry { amount: call.int(2)?, in_seconds, absolute: false };
    let at = deadline(expiry, call.now.millis(), name)?;
    call.lookup(&key);
    call.set(key.clone(), value.clone(), Some(at));
    propagate_set_at(call, &key, &value, at);
    ok()
}

pub fn getset(call: &mut Call) -> Answer {
    let (key, value) = (call.arg(1), call.arg(2));
    let old = call.lookup_string(&key)?.cloned();
    call.set(key.clone(), value.clone(), None);
    call.propagate_instead(&[b"SET", &key, &value]);
    bulk_or_nil(old)
}

pub fn getdel(call: &mut Call) -> Answer {
    let key = call.arg(1);
    let old = call.lookup_string(&key)?.cloned();
    if call.delete(&key) {
        call.propagate_instead(&[b"DEL", &key]);
    }
    bulk_or_nil(old)
}

pub fn mset(call: &mut Call) -> Answer {
    if call.args.len().is_multiple_of(2) {
        return Err(super::wrong_arity("mset"));
    }
    for n in (1..call.args.len()).step_by(2) {
        call.lookup(&call.arg(n));
        call.set(call.arg(n), call.arg(n + 1), None);
    }
    ok()
}

pub fn append(call: &mut Call) -> Answer {
    let (key, more) = (call.arg(1), call.arg(2));
    let Some(text) = call.lookup_string(&key)?.cloned() else {
        let len = more.len() as i64;
        call.set(key, more, None);
        return int(len);
    };
    let expire_at_ms = call.lookup(&key).and_then(|entry| entry.expire_at_ms);
    if text.len() + more.len() > STRING_MAX {
        return Err(CommandError::new("ERR string exceeds maximum allowed size (proto-max-bulk-len)"));
    }
    let joined: Bytes = [&text[..], &more[..]].concat().into();
    let len = joined.len() as i64;
    call.put(call.db, key, Entry { value: Value::Raw(joined), expire_at_ms });
    int(len)
}

pub fn incr(call: &mut Call) -> Answer {
    add(call, 1)
}

pub fn decr(call: &mut Call) -> Answer {
    add(call, -1)
}

pub fn incrby(call: &mut Call) -> Answer {
    let by = call.int(2)?;
    add(call, by)
}

pub fn decrby(call: &mut Call) -> Answer {
    let by = call.int(2)?;
    let negated = by.checked_neg().ok_or(CommandError::new("ERR decrement would overflow"))?;
    add(call, negated)
}

fn add(call: &mut Call, by: i64) -> Answer {
    let key = call.arg(1);
    let number = match call.lookup_string(&key)? {
        None => 0,
        Some(text) => decimal(text).ok_or(CommandError::NOT_AN_INTEGER)?,
    };
    let expire_at = call.lookup(&key).and_then(|entry| entry.expire_at_ms);
    let sum = number.checked_add(by).ok_or(CommandError::new("ERR increment or decrement would overflow"))?;
    call.set(key, sum.to_string().into_bytes().into(), expire_at);
    int(sum)
}

pub fn incrbyfloat(call: &mut Call) -> Answer {
    let (key, by) = (call.arg(1), call.arg(2));
    let number = call.lookup_string(&key)?.cloned().unwrap_or_else(|| b"0"[..].into());
    let expire_at_ms = call.lookup(&key).and_then(|entry| entry.expire_at_ms);
    let sum = long_double::add(&number, &by).map_err(|error| match error {
        SumError::NotANumber => CommandError::new("ERR value is not a valid float"),
        SumError::Infinite => CommandError::new("ERR increment would produce NaN or Infinity"),
    })?;
    call.put(call.db, key.clone(), Entry { value: Value::Computed(sum.as_bytes().into()), expire_at_ms });
    call.propagate_instead(&[b"SET", &key, sum.as_bytes(), b"KEEPTTL"]);
    bulk(sum)
}
