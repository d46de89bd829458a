//! The first or last members of a sorted set, taken out: ZPOPMIN, ZPOPMAX, ZMPOP, and the forms that wait.
//!
//! Rule: the stream gets ZPOPMIN or ZPOPMAX, with a count if there was one to choose. Mirrors `genericZpopCommand`,
//! `zmpopGenericCommand` and `blockingGenericZpopCommand` (t_zset.c).

use super::sorted_sets::{members_reply, remove, score_reply};
use super::waiting::{seconds, wait_for};
use super::{Answer, int_within, positive};
use crate::node::call::{Call, CommandError};
use crate::node::value::Member;
use crate::wire::{Bytes, Reply};
use std::ops::Range;

#[derive(Clone, Copy, PartialEq)]
enum End {
    Min,
    Max,
}

/// Takes up to `count` members out of the set, and returns them.
fn pop(call: &mut Call, key: &[u8], end: End, count: u64) -> Result<Vec<Member>, CommandError> {
    let Some(set) = call.lookup_sorted_set(key)? else {
        return Ok(vec![]);
    };
    let (len, count) = (set.len(), count.min(set.len()));
    let window = if end == End::Min { 0..count } else { len - count..len };
    let mut popped: Vec<Member> = set.slice(window).into_iter().cloned().collect();
    if end == End::Max {
        popped.reverse();
    }
    let names: Vec<Bytes> = popped.iter().map(|member| member.name.clone()).collect();
    remove(call, key, &names);
    Ok(popped)
}

fn pop_one_key(call: &mut Call, end: End) -> Answer {
    let count = match call.args.len() {
        2 => 1,
        3 => positive(call, 2)?,
        _ => return Err(CommandError::SYNTAX),
    };
    let popped = pop(call, &call.arg(1), end, count as u64)?;
    Ok(Some(members_reply(popped.iter().collect(), true)))
}

pub fn zpopmin(call: &mut Call) -> Answer {
    pop_one_key(call, End::Min)
}

pub fn zpopmax(call: &mut Call) -> Answer {
    pop_one_key(call, End::Max)
}

/// The first of these keys that exists, which must hold a sorted set.
fn first_key(call: &mut Call, keys: Range<usize>) -> Result<Option<Bytes>, CommandError> {
    for n in keys {
        let key = call.arg(n);
        if call.lookup_sorted_set(&key)?.is_some() {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Pops from the first key that has something. `count`: of ZMPOP and BZMPOP.
fn pop_first(call: &mut Call, keys: Range<usize>, end: End, count: Option<u64>) -> Answer {
    let Some(key) = first_key(call, keys)? else {
        return Ok(Some(Reply::NullArray));
    };
    let popped = pop(call, &key, end, count.unwrap_or(1))?;
    let name: &[u8] = if end == End::Min { b"ZPOPMIN" } else { b"ZPOPMAX" };
    let pair = |member: &Member| [Reply::Bulk(member.name.clone()), score_reply(member.score)];
    let mut reply = vec![Reply::Bulk(key.clone())];
    if count.is_some() {
        call.propagate_instead(&[name, &key, popped.len().to_string().as_bytes()]);
        reply.push(Reply::Array(popped.iter().map(|member| Reply::Array(pair(member).into())).collect()));
    } else {
        call.propagate_instead(&[name, &key]);
        reply.extend(popped.iter().flat_map(pair));
    }
    Ok(Some(Reply::Array(reply)))
}

/// The keys, the end and the count of ZMPOP and BZMPOP; the number of keys is at place `n`.
fn many_keys(call: &Call, n: usize) -> Result<(Range<usize>, End, u64), CommandError> {
    let keys = int_within(call, n, 1, i64::MAX, "ERR numkeys should be greater than 0")?;
    let place = usize::try_from(keys).ok().and_then(|keys| keys.checked_add(n + 1));
    let place = place.filter(|place| *place < call.args.len()).ok_or(CommandError::SYNTAX)?;
    let end = match call.option(place).as_slice() {
        b"MIN" => End::Min,
        b"MAX" => End::Max,
        _ => return Err(CommandError::SYNTAX),
    };
    let count = match call.args.len() - place {
        1 => 1,
        2 => return Err(CommandError::SYNTAX),
        rest => {
            if call.option(place + 1) != b"COUNT" {
                return Err(CommandError::SYNTAX);
            }
            let count = int_within(call, place + 2, 1, i64::MAX, "ERR count should be greater than 0")?;
            if rest > 3 {
                return Err(CommandError::SYNTAX);
            }
            count
        }
    };
    Ok((n + 1..place, end, count as u64))
}

pub fn zmpop(call: &mut Call) -> Answer {
    let (keys, end, count) = many_keys(call, 1)?;
    pop_first(call, keys, end, Some(count))
}

/// Pops, or waits for one of the keys; the timeout stands at place `timeout`.
fn pop_or_wait(call: &mut Call, keys: Range<usize>, timeout: usize, end: End, count: Option<u64>) -> Answer {
    let until = seconds(call, timeout)?;
    if first_key(call, keys.clone())?.is_some() {
        return pop_first(call, keys, end, count);
    }
    let keys = call.args[keys].to_vec();
    wait_for(call, keys, until, Reply::NullArray)
}

pub fn bzpopmin(call: &mut Call) -> Answer {
    let last = call.args.len() - 1;
    pop_or_wait(call, 1..last, last, End::Min, None)
}

pub fn bzpopmax(call: &mut Call) -> Answer {
    let last = call.args.len() - 1;
    pop_or_wait(call, 1..last, last, End::Max, None)
}

pub fn bzmpop(call: &mut Call) -> Answer {
    let (keys, end, count) = many_keys(call, 2)?;
    pop_or_wait(call, keys, 1, end, Some(count))
}
