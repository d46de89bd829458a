//! Lists popped from by clients who would wait for an element: BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH.
//!
//! Rule: what is there is taken at once, and the stream gets what was done: LPOP or RPOP, LMOVE or RPOPLPUSH. Mirrors
//! `blockingPopGenericCommand` and `blmoveGenericCommand` (t_list.c).

use super::lists::{end, move_one, mpop_arguments, mpop_reply, take_first};
use super::sorted_set_pops::check_timeout;
use super::{Answer, bulk_or_nil};
use crate::node::call::Call;
use crate::node::value::End;
use crate::wire::{Bytes, Reply};

/// What one pop from this end is called in the stream.
fn pop_name(from: End) -> &'static [u8] {
    if from == End::Left { b"LPOP" } else { b"RPOP" }
}

fn pop(call: &mut Call, from: End) -> Answer {
    let timeout = call.args.len() - 1;
    check_timeout(call, timeout)?;
    let Some((key, taken)) = take_first(call, &call.args[1..timeout].to_vec(), from, 1)? else {
        return Ok(Some(Reply::NullArray));
    };
    call.propagate_instead(&[pop_name(from), &key]);
    let pair = [Some(key), taken.into_iter().next()];
    Ok(Some(Reply::Array(pair.into_iter().flatten().map(Reply::Bulk).collect())))
}

pub fn blpop(call: &mut Call) -> Answer {
    pop(call, End::Left)
}

pub fn brpop(call: &mut Call) -> Answer {
    pop(call, End::Right)
}

pub fn blmpop(call: &mut Call) -> Answer {
    let (keys, from, count) = mpop_arguments(call, 2)?;
    check_timeout(call, 1)?;
    let Some((key, taken)) = take_first(call, &keys, from, count)? else {
        return Ok(Some(Reply::NullArray));
    };
    call.propagate_instead(&[pop_name(from), &key, taken.len().to_string().as_bytes()]);
    Ok(Some(mpop_reply((key, taken))))
}

pub fn blmove(call: &mut Call) -> Answer {
    let (from, to) = (end(call, 3)?, end(call, 4)?);
    check_timeout(call, 5)?;
    let moved = move_one(call, from, to)?;
    propagate(call, b"LMOVE", 5);
    bulk_or_nil(moved)
}

pub fn brpoplpush(call: &mut Call) -> Answer {
    check_timeout(call, 3)?;
    let moved = move_one(call, End::Right, End::Left)?;
    propagate(call, b"RPOPLPUSH", 3);
    bulk_or_nil(moved)
}

/// The command without its timeout.
fn propagate(call: &mut Call, name: &'static [u8], len: usize) {
    let args: Vec<Bytes> = call.args[1..len].to_vec();
    let args: Vec<&[u8]> = std::iter::once(name).chain(args.iter().map(|arg| &arg[..])).collect();
    call.propagate_instead(&args);
}
