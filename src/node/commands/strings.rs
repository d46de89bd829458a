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
pub(super) const STRING_MAX: usize = 512 << 20;

pub fn get(call: &mut Call) -> Answer {
    let key = call.arg(1);
    bulk_or_nil(call.lookup_string(&key)?)
}

pub fn strlen(call: &mut Call) -> Answer {
    let key = call.arg(1);
    int(call.lookup_string(&key)?.map_or(0, |text| text.len() as i64))
}

/// What follows `SET key value` or `GETEX key`.
#[derive(Default)]
pub(super) struct Options {
    only_if_absent: bool,
    only_if_present: bool,
    return_old: bool,
    keep_ttl: bool,
    pub persist: bool,
    pub expiry: Option<Expiry>,
}

/// EX, PX, EXAT or PXAT.
#[derive(Clone, Copy)]
pub(super) struct Expiry {
    in_seconds: bool,
    pub absolute: bool,
    /// Where its number is.
    place: usize,
}

pub fn set(call: &mut Call) -> Answer {
    let options = options(call, 3, true)?;
    let (key, value) = (call.arg(1), call.arg(2));
    let expire_at = options.expiry.map(|expiry| deadline(call, expiry)).transpose()?;
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

/// The options from place `n` on, of SET or of GETEX (`parseExtendedStringArgumentsOrReply`). An option may be repeated,
/// and then the last one counts.
pub(super) fn options(call: &Call, n: usize, is_set: bool) -> Result<Options, CommandError> {
    let mut options = Options::default();
    let mut n = n;
    while n < call.args.len() {
        let has_next = n + 1 < call.args.len();
        match call.option(n).as_slice() {
            b"NX" if is_set && !options.only_if_present => options.only_if_absent = true,
            b"XX" if is_set && !options.only_if_absent => options.only_if_present = true,
            b"GET" if is_set => options.return_old = true,
            b"KEEPTTL" if is_set && options.expiry.is_none() => options.keep_ttl = true,
            b"PERSIST" if !is_set && options.expiry.is_none() => options.persist = true,
            unit @ (b"EX" | b"PX" | b"EXAT" | b"PXAT") if has_next && !options.keep_ttl && !options.persist => {
                n += 1;
                let expiry = Expiry { in_seconds: unit.starts_with(b"E"), absolute: unit.ends_with(b"AT"), place: n };
                let kind = |expiry: Expiry| (expiry.in_seconds, expiry.absolute);
                if options.expiry.is_some_and(|other| kind(other) != kind(expiry)) {
                    return Err(CommandError::SYNTAX);
                }
                options.expiry = Some(expiry);
            }
            _ => return Err(CommandError::SYNTAX),
        }
        n += 1;
    }
    Ok(options)
}

/// The moment (Unix time, ms) that an option names; it must be positive and fit.
pub(super) fn deadline(call: &Call, expiry: Expiry) -> Result<i64, CommandError> {
    let amount = call.int(expiry.place)?;
    let ms = if expiry.in_seconds { amount.checked_mul(1000) } else { Some(amount) };
    let ms = ms.filter(|_| amount > 0);
    let at = if expiry.absolute { ms } else { ms.and_then(|ms| ms.checked_add(call.now.millis())) };
    at.ok_or_else(|| CommandError::new(format!("ERR invalid expire time in '{}' command", call.command.name)))
}

/// With an expiry the stream gets `SET k v PXAT ms`; without, what was typed, less GET, which a replica need not answer.
fn propagate_set(call: &mut Call, options: &Options, expire_at: Option<i64>) {
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
    set_with_expiry(call, true)
}

pub fn psetex(call: &mut Call) -> Answer {
    set_with_expiry(call, false)
}

fn set_with_expiry(call: &mut Call, in_seconds: bool) -> Answer {
    let (key, value) = (call.arg(1), call.arg(3));
    let at = deadline(call, Expiry { in_seconds, absolute: false, place: 2 })?;
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
        call.propagate_instead(&[call.node.config.deletion("lazyfree-lazy-user-del"), &key]);
    }
    bulk_or_nil(old)
}

pub fn mset(call: &mut Call) -> Answer {
    if call.args.len().is_multiple_of(2) {
        return Err(super::wrong_arity(call.command.name));
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
