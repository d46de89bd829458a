//! Lists: elements pushed, popped, asked for, moved from one list to another.
//!
//! Rule: a list that is left empty goes with its key, and nothing is propagated for that. A command that takes from the
//! first list that has something is propagated as what it did there. Mirrors t_list.c.

use super::{Answer, array, bulk_or_nil, int, int_within, ok, positive};
use crate::node::call::{Call, CommandError};
use crate::node::keyspace::Entry;
use crate::node::value::{End, List, Value};
use crate::wire::{Bytes, Reply};
use std::sync::Arc;

const RANK_ZERO: &str = "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list";

/// Changes the list under a key, which must be there.
fn edit(call: &mut Call, key: &Bytes, change: &mut dyn FnMut(&mut List)) {
    call.modify(key, &mut |value| value.as_list_mut().into_iter().for_each(&mut *change));
}

/// Pushes elements to a list, which is made if there is none.
pub(super) fn push_all(call: &mut Call, key: &Bytes, end: End, elements: &[Bytes]) {
    let plain_min = call.node.config.list_plain_min;
    let mut push = |list: &mut List| elements.iter().for_each(|element| list.push(end, element.clone(), plain_min));
    if call.lookup(key).is_some() {
        edit(call, key, &mut push);
        call.changed(elements.len() as u64);
    } else {
        let mut list = List::new(&call.node.config);
        push(&mut list);
        call.put(call.db, key.clone(), Entry { value: Value::List(Arc::new(list)), expire_at_ms: None });
        call.changed(elements.len() as u64 - 1);
    }
}

fn push(call: &mut Call, end: End, only_if_there: bool) -> Answer {
    let (key, elements) = (call.arg(1), call.args[2..].to_vec());
    if call.lookup_list(&key)?.is_some() || !only_if_there {
        push_all(call, &key, end, &elements);
    }
    llen(call)
}

pub fn lpush(call: &mut Call) -> Answer {
    push(call, End::Left, false)
}

pub fn rpush(call: &mut Call) -> Answer {
    push(call, End::Right, false)
}

pub fn lpushx(call: &mut Call) -> Answer {
    push(call, End::Left, true)
}

pub fn rpushx(call: &mut Call) -> Answer {
    push(call, End::Right, true)
}

/// Takes up to `count` elements from an end of a list, the outermost first.
pub(super) fn take(call: &mut Call, key: &Bytes, end: End, count: u64) -> Vec<Bytes> {
    let mut taken = vec![];
    edit(call, key, &mut |list| {
        taken = (0..count.min(list.len())).filter_map(|_| list.pop(end)).collect();
    });
    call.changed(taken.len() as u64);
    taken
}

fn pop(call: &mut Call, end: End, name: &str) -> Answer {
    let count = match call.args.len() {
        2 => None,
        3 => Some(positive(call, 2)? as u64),
        _ => return Err(super::wrong_arity(name)),
    };
    let key = call.arg(1);
    if call.lookup_list(&key)?.is_none() {
        return Ok(Some(if count.is_some() { Reply::NullArray } else { Reply::NullBulk }));
    }
    let taken = if count == Some(0) { vec![] } else { take(call, &key, end, count.unwrap_or(1)) };
    if count.is_some() { array(taken) } else { bulk_or_nil(taken.first()) }
}

pub fn lpop(call: &mut Call) -> Answer {
    pop(call, End::Left, "lpop")
}

pub fn rpop(call: &mut Call) -> Answer {
    pop(call, End::Right, "rpop")
}

pub fn llen(call: &mut Call) -> Answer {
    let key = call.arg(1);
    int(call.lookup_list(&key)?.map_or(0, |list| list.len() as i64))
}

/// The index that a number means: from the end if it is negative.
fn index(number: i64, len: u64) -> Option<u64> {
    let index = if number < 0 { number.checked_add(len as i64)? } else { number };
    u64::try_from(index).ok().filter(|index| *index < len)
}

/// First index and how many, of a range whose ends are included; none if it is empty.
fn range(start: i64, stop: i64, len: u64) -> Option<(u64, u64)> {
    let from_end = |number: i64| if number < 0 { number.saturating_add(len as i64) } else { number };
    let (start, stop) = (from_end(start).max(0), from_end(stop).min(len as i64 - 1));
    (start <= stop).then(|| (start as u64, (stop - start + 1) as u64))
}

pub fn lindex(call: &mut Call) -> Answer {
    let key = call.arg(1);
    if call.lookup_list(&key)?.is_none() {
        return Ok(Some(Reply::NullBulk));
    }
    let number = call.int(2)?;
    let list = call.lookup_list(&key)?;
    bulk_or_nil(list.and_then(|list| list.iter().nth(index(number, list.len())? as usize)))
}

pub fn lset(call: &mut Call) -> Answer {
    let (key, element) = (call.arg(1), call.arg(3));
    let len = call.lookup_list(&key)?.ok_or(CommandError::NO_SUCH_KEY)?.len();
    let index = index(call.int(2)?, len).ok_or(CommandError::new("ERR index out of range"))?;
    let plain_min = call.node.config.list_plain_min;
    edit(call, &key, &mut |list| list.set(index, element.clone(), plain_min));
    call.changed(1);
    ok()
}

pub fn lrange(call: &mut Call) -> Answer {
    let (key, start, stop) = (call.arg(1), call.int(2)?, call.int(3)?);
    let list = call.lookup_list(&key)?;
    let (first, count) = list.and_then(|list| range(start, stop, list.len())).unwrap_or((0, 0));
    let elements = list.into_iter().flat_map(List::iter).skip(first as usize).take(count as usize);
    array(elements.cloned().collect())
}

pub fn ltrim(call: &mut Call) -> Answer {
    let (key, start, stop) = (call.arg(1), call.int(2)?, call.int(3)?);
    let Some(len) = call.lookup_list(&key)?.map(List::len) else {
        return ok();
    };
    let (first, count) = range(start, stop, len).unwrap_or((len, 0));
    edit(call, &key, &mut |list| {
        (0..first).for_each(|_| drop(list.pop(End::Left)));
        (first + count..len).for_each(|_| drop(list.pop(End::Right)));
    });
    call.changed(len - count);
    ok()
}

/// The indices of the elements that are equal to one, from an end.
fn matches<'a>(list: &'a List, element: &'a [u8], from: End) -> Box<dyn Iterator<Item = u64> + 'a> {
    let all = (0..list.len()).zip(list.iter());
    let found = move |(index, other): (u64, &Bytes)| (other[..] == *element).then_some(index);
    match from {
        End::Left => Box::new(all.filter_map(found)),
        End::Right => {
            let back = (0..list.len()).rev().zip(list.iter().rev());
            Box::new(back.filter_map(found))
        }
    }
}

pub fn lrem(call: &mut Call) -> Answer {
    let (key, count, element) = (call.arg(1), call.int(2)?, call.arg(3));
    let Some(list) = call.lookup_list(&key)? else {
        return int(0);
    };
    let all = list.iter().filter(|other| **other == element).count() as u64;
    let removed = if count == 0 { all } else { all.min(count.unsigned_abs()) };
    let which = if count < 0 { all - removed..all } else { 0..removed };
    if removed > 0 {
        edit(call, &key, &mut |list| list.remove_equal(&element, which.clone()));
        call.changed(removed);
    }
    int(removed as i64)
}

pub fn linsert(call: &mut Call) -> Answer {
    let side = match call.option(2).as_slice() {
        b"BEFORE" => End::Left,
        b"AFTER" => End::Right,
        _ => return Err(CommandError::SYNTAX),
    };
    let (key, pivot, element) = (call.arg(1), call.arg(3), call.arg(4));
    let Some(list) = call.lookup_list(&key)? else {
        return int(0);
    };
    let Some(index) = matches(list, &pivot, End::Left).next() else {
        return int(-1);
    };
    let plain_min = call.node.config.list_plain_min;
    edit(call, &key, &mut |list| list.insert(index, side, element.clone(), plain_min));
    call.changed(1);
    llen(call)
}

pub fn lpos(call: &mut Call) -> Answer {
    let (mut rank, mut count, mut most) = (1, None, 0);
    for n in (3..call.args.len()).step_by(2) {
        match call.option(n).as_slice() {
            _ if n + 1 == call.args.len() => return Err(CommandError::SYNTAX),
            b"RANK" => match call.int(n + 1)? {
                0 => return Err(CommandError::new(RANK_ZERO)),
                number => rank = number,
            },
            b"COUNT" => count = Some(int_within(call, n + 1, 0, i64::MAX, "ERR COUNT can't be negative")?),
            b"MAXLEN" => most = int_within(call, n + 1, 0, i64::MAX, "ERR MAXLEN can't be negative")?,
            _ => return Err(CommandError::SYNTAX),
        }
    }
    let (key, element) = (call.arg(1), call.arg(2));
    let from = if rank < 0 { End::Right } else { End::Left };
    let list = call.lookup_list(&key)?;
    let looked_at =
        |list: &List, index: u64| most == 0 || (if rank < 0 { list.len() - 1 - index } else { index }) < most as u64;
    let wanted = match count {
        None => 1,
        Some(0) => usize::MAX,
        Some(count) => count as usize,
    };
    let found: Vec<u64> = list.map_or(vec![], |list| {
        let found = matches(list, &element, from).take_while(|index| looked_at(list, *index));
        found.skip(rank.unsigned_abs() as usize - 1).take(wanted).collect()
    });
    let mut found = found.into_iter().map(|index| Reply::int(index as i64));
    Ok(Some(match count {
        Some(_) => Reply::Array(found.collect()),
        None => found.next().unwrap_or(Reply::NullBulk),
    }))
}

/// LEFT or RIGHT.
pub(super) fn end(call: &Call, n: usize) -> Result<End, CommandError> {
    match call.option(n).as_slice() {
        b"LEFT" => Ok(End::Left),
        b"RIGHT" => Ok(End::Right),
        _ => Err(CommandError::SYNTAX),
    }
}

/// Moves an element between the lists under the first two arguments. `None`: there is nothing to move.
pub(super) fn move_one(call: &mut Call, from: End, to: End) -> Result<Option<Bytes>, CommandError> {
    let (source, target) = (call.arg(1), call.arg(2));
    if call.lookup_list(&source)?.is_none() {
        return Ok(None);
    }
    call.lookup_list(&target)?;
    let mut moved = None;
    let plain_min = call.node.config.list_plain_min;
    if source == target {
        edit(call, &source, &mut |list| {
            moved = list.pop(from);
            moved.iter().for_each(|element| list.push(to, element.clone(), plain_min));
        });
        call.changed(1);
    } else {
        moved = take(call, &source, from, 1).pop();
        let before = call.changes();
        push_all(call, &target, to, &moved.clone().into_iter().collect::<Vec<_>>());
        call.set_changes(before);
    }
    Ok(moved)
}

pub fn lmove(call: &mut Call) -> Answer {
    let (from, to) = (end(call, 3)?, end(call, 4)?);
    bulk_or_nil(move_one(call, from, to)?)
}

pub fn rpoplpush(call: &mut Call) -> Answer {
    bulk_or_nil(move_one(call, End::Right, End::Left)?)
}

/// What follows `LMPOP numkeys key… LEFT|RIGHT [COUNT n]`, from argument `first` on: the keys, the end, how many.
pub(super) fn mpop_arguments(call: &Call, first: usize) -> Result<(Vec<Bytes>, End, u64), CommandError> {
    let keys = int_within(call, first, 1, i64::MAX, "ERR numkeys should be greater than 0")?;
    let side = usize::try_from(keys).ok().and_then(|keys| keys.checked_add(first + 1));
    let side = side.filter(|n| *n < call.args.len()).ok_or(CommandError::SYNTAX)?;
    let from = end(call, side)?;
    let count = match call.args.len() - side {
        1 => 1,
        3 if call.option(side + 1) == b"COUNT" => {
            int_within(call, side + 2, 1, i64::MAX, "ERR count should be greater than 0")?
        }
        _ => return Err(CommandError::SYNTAX),
    };
    Ok((call.args[first + 1..side].to_vec(), from, count as u64))
}

/// Takes from the first list that has something; key and elements.
pub(super) fn take_first(
    call: &mut Call,
    keys: &[Bytes],
    from: End,
    count: u64,
) -> Result<Option<(Bytes, Vec<Bytes>)>, CommandError> {
    for key in keys {
        if call.lookup_list(key)?.is_some() {
            return Ok(Some((key.clone(), take(call, key, from, count))));
        }
    }
    Ok(None)
}

/// The stream gets LPOP or RPOP with the number of what was taken.
pub(super) fn propagate_mpop(call: &mut Call, from: End, (key, taken): &(Bytes, Vec<Bytes>)) {
    let name: &[u8] = if from == End::Left { b"LPOP" } else { b"RPOP" };
    call.propagate_instead(&[name, key, taken.len().to_string().as_bytes()]);
}

pub fn lmpop(call: &mut Call) -> Answer {
    let (keys, from, count) = mpop_arguments(call, 1)?;
    let taken = take_first(call, &keys, from, count)?;
    if let Some(taken) = &taken {
        propagate_mpop(call, from, taken);
    }
    Ok(Some(taken.map_or(Reply::NullArray, mpop_reply)))
}

/// The key, and what was taken from it.
pub(super) fn mpop_reply((key, taken): (Bytes, Vec<Bytes>)) -> Reply {
    Reply::Array(vec![Reply::Bulk(key), Reply::Array(taken.into_iter().map(Reply::Bulk).collect())])
}
