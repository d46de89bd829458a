//! Times of expiry: EXPIRE and its relatives, PERSIST, TTL.
//!
//! Rule: the stream carries the moment, never the duration: every form becomes `PEXPIREAT k <ms>` with its conditions,
//! and a moment that has passed becomes `DEL k`. A replica does not judge time: told a passed moment by its master, it
//! keeps the key. Mirrors expire.c.

use super::{Answer, int};
use crate::node::Role;
use crate::node::call::{Call, CommandError};
use crate::wire::Bytes;

pub fn expire(call: &mut Call) -> Answer {
    expire_at(call, call.now.millis(), true, "expire")
}

pub fn pexpire(call: &mut Call) -> Answer {
    expire_at(call, call.now.millis(), false, "pexpire")
}

pub fn expireat(call: &mut Call) -> Answer {
    expire_at(call, 0, true, "expireat")
}

pub fn pexpireat(call: &mut Call) -> Answer {
    expire_at(call, 0, false, "pexpireat")
}

/// NX, XX, GT, LT.
#[derive(Default)]
struct Conditions {
    only_if_none: bool,
    only_if_some: bool,
    only_if_later: bool,
    only_if_sooner: bool,
}

fn conditions(call: &Call) -> Result<Conditions, CommandError> {
    let mut found = Conditions::default();
    for n in 3..call.args.len() {
        match call.option(n).as_slice() {
            b"NX" => found.only_if_none = true,
            b"XX" => found.only_if_some = true,
            b"GT" => found.only_if_later = true,
            b"LT" => found.only_if_sooner = true,
            _ => {
                return Err(CommandError::quoting("ERR Unsupported option ", &call.arg(n), ""));
            }
        }
    }
    if found.only_if_none && (found.only_if_some || found.only_if_later || found.only_if_sooner) {
        return Err(CommandError::new("ERR NX and XX, GT or LT options at the same time are not compatible"));
    }
    if found.only_if_later && found.only_if_sooner {
        return Err(CommandError::new("ERR GT and LT options at the same time are not compatible"));
    }
    Ok(found)
}

/// `expireGenericCommand`.
fn expire_at(call: &mut Call, base_ms: i64, in_seconds: bool, name: &str) -> Answer {
    let conditions = conditions(call)?;
    let amount = call.int(2)?;
    let invalid = || CommandError::new(format!("ERR invalid expire time in '{name}' command"));
    let ms = if in_seconds { amount.checked_mul(1000).ok_or_else(invalid)? } else { amount };
    let at = ms.checked_add(base_ms).ok_or_else(invalid)?;

    let key = call.arg(1);
    let Some(entry) = call.lookup(&key) else {
        return int(0);
    };
    let current = entry.expire_at_ms;
    let is_refused = (conditions.only_if_none && current.is_some())
        || (conditions.only_if_some && current.is_none())
        || (conditions.only_if_later && current.is_none_or(|now| at <= now))
        || (conditions.only_if_sooner && current.is_some_and(|now| at >= now));
    if is_refused {
        return int(0);
    }
    let has_passed = at <= call.now.millis() && call.node.role() == Role::Master;
    if has_passed {
        call.delete(&key);
        call.propagate_instead(&[call.node.config.deletion("lazyfree-lazy-expire"), &key]);
    } else {
        call.expire(&key, Some(at));
        // Its conditions go along, and so does the client's spelling of the command that it becomes.
        let typed = call.arg(0);
        let at = at.to_string();
        let instead: &[u8] = if name == "pexpireat" { &typed } else { b"PEXPIREAT" };
        let conditions: Vec<Bytes> = call.args.iter().skip(3).cloned().collect();
        let mut args: Vec<&[u8]> = vec![instead, &key, at.as_bytes()];
        args.extend(conditions.iter().map(|condition| &**condition));
        call.propagate_instead(&args);
    }
    int(1)
}

pub fn persist(call: &mut Call) -> Answer {
    let key = call.arg(1);
    if call.lookup(&key).is_none_or(|entry| entry.expire_at_ms.is_none()) {
        return int(0);
    }
    call.expire(&key, None);
    int(1)
}

pub fn ttl(call: &mut Call) -> Answer {
    let ms = remaining(call);
    int(if ms < 0 { ms } else { (ms + 500) / 1000 })
}

pub fn pttl(call: &mut Call) -> Answer {
    let ms = remaining(call);
    int(ms)
}

pub fn expiretime(call: &mut Call) -> Answer {
    let at_ms = moment(call);
    int(if at_ms < 0 { at_ms } else { (at_ms + 500) / 1000 })
}

pub fn pexpiretime(call: &mut Call) -> Answer {
    let at_ms = moment(call);
    int(at_ms)
}

/// When the key expires, Unix time in ms; -1 without expiry, -2 without the key.
fn moment(call: &mut Call) -> i64 {
    let key = call.arg(1);
    call.lookup(&key).map_or(-2, |entry| entry.expire_at_ms.unwrap_or(-1))
}

/// Milliseconds to live; -1 without expiry, -2 without the key.
fn remaining(call: &mut Call) -> i64 {
    let key = call.arg(1);
    let now = call.now.millis();
    call.lookup(&key).map_or(-2, |entry| entry.expire_at_ms.map_or(-1, |at| (at - now).max(0)))
}
