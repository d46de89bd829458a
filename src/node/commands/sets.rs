//! Sets: members added, removed, moved, asked for, drawn at random.
//!
//! Rule: what was drawn at random is propagated by name: SPOP becomes SREM, or DEL if nothing is left. Mirrors t_set.c.

use super::{Answer, array, bulk_or_nil, int, positive, random};
use crate::node::call::{Call, CommandError};
use crate::node::keyspace::Entry;
use crate::node::value::{Set, Value};
use crate::wire::{Bytes, Reply};
use std::sync::Arc;

/// When more than this many times the members that stay are taken, the members that stay are drawn instead
/// (`SPOP_MOVE_STRATEGY_MUL`).
const POP_MANY: u64 = 5;

/// Changes the set under a key, or a new one if there is none; counts and returns how many members came or went.
fn edit(call: &mut Call, key: &Bytes, change: &mut dyn FnMut(&mut Set) -> u64) -> u64 {
    let mut changes = 0;
    if call.lookup(key).is_some() {
        call.modify(key, &mut |value| changes = value.as_set_mut().map_or(0, &mut *change));
        call.changed(changes);
    } else {
        let mut set = Set::default();
        changes = change(&mut set);
        if changes > 0 {
            call.put(call.db, key.clone(), Entry { value: Value::Set(Arc::new(set)), expire_at_ms: None });
            call.changed(changes - 1);
        }
    }
    changes
}

pub fn sadd(call: &mut Call) -> Answer {
    let (key, members) = (call.arg(1), call.args[2..].to_vec());
    let intset_max = call.node.config.set_max_intset_entries;
    call.lookup_set(&key)?;
    let mut add = |set: &mut Set| members.iter().filter(|member| set.add(member, intset_max)).count() as u64;
    int(edit(call, &key, &mut add) as i64)
}

pub fn srem(call: &mut Call) -> Answer {
    let key = call.arg(1);
    if call.lookup_set(&key)?.is_none() {
        return int(0);
    }
    let members = call.args[2..].to_vec();
    let removed = edit(call, &key, &mut |set| members.iter().filter(|member| set.remove(member)).count() as u64);
    int(removed as i64)
}

pub fn smove(call: &mut Call) -> Answer {
    let (from, to, member) = (call.arg(1), call.arg(2), call.arg(3));
    if call.lookup(&from).is_none() {
        call.lookup(&to);
        return int(0);
    }
    let is_in = call.lookup_set(&from)?.is_some_and(|set| set.contains(&member));
    call.lookup_set(&to)?;
    if is_in && from != to {
        let intset_max = call.node.config.set_max_intset_entries;
        edit(call, &from, &mut |set| u64::from(set.remove(&member)));
        edit(call, &to, &mut |set| u64::from(set.add(&member, intset_max)));
    }
    int(i64::from(is_in))
}

pub fn sismember(call: &mut Call) -> Answer {
    let (key, member) = (call.arg(1), call.arg(2));
    int(i64::from(call.lookup_set(&key)?.is_some_and(|set| set.contains(&member))))
}

pub fn smismember(call: &mut Call) -> Answer {
    let (key, members) = (call.arg(1), call.args[2..].to_vec());
    let set = call.lookup_set(&key)?;
    let is_in = |member: &Bytes| Reply::int(i64::from(set.is_some_and(|set| set.contains(member))));
    Ok(Some(Reply::Array(members.iter().map(is_in).collect())))
}

pub fn scard(call: &mut Call) -> Answer {
    let key = call.arg(1);
    int(call.lookup_set(&key)?.map_or(0, |set| set.len() as i64))
}

pub fn srandmember(call: &mut Call) -> Answer {
    let key = call.arg(1);
    let count = match call.args.len() {
        2 => None,
        3 => Some(random::count(call)?),
        _ => return Err(CommandError::SYNTAX),
    };
    let len = call.lookup_set(&key)?.map_or(0, Set::len);
    let ranks = random::ranks(&mut call.node.rng, count.unwrap_or(1), len);
    let set = call.lookup_set(&key)?;
    let members: Vec<Bytes> = ranks.into_iter().filter_map(|rank| set?.nth(rank)).collect();
    if count.is_some() { array(members) } else { bulk_or_nil(members.first()) }
}

pub fn spop(call: &mut Call) -> Answer {
    match call.args.len() {
        2 => pop_one(call),
        3 => pop_many(call),
        _ => Err(CommandError::SYNTAX),
    }
}

fn pop_one(call: &mut Call) -> Answer {
    let key = call.arg(1);
    let len = call.lookup_set(&key)?.map_or(0, Set::len);
    let rank = call.node.rng.below(len);
    let Some(member) = call.lookup_set(&key)?.and_then(|set| set.nth(rank)) else {
        return Ok(Some(Reply::NullBulk));
    };
    edit(call, &key, &mut |set| u64::from(set.remove(&member)));
    call.propagate_instead(&[b"SREM", &key, &member]);
    bulk_or_nil(Some(member))
}

/// `spopWithCountCommand`.
fn pop_many(call: &mut Call) -> Answer {
    let (key, count) = (call.arg(1), positive(call, 2)? as u64);
    let Some(set) = call.lookup_set(&key)?.cloned() else {
        return array(vec![]);
    };
    let len = set.len();
    if count == 0 {
        return array(vec![]);
    }
    if count >= len {
        call.delete(&key);
        call.changed(len - 1);
        call.propagate_instead(&[b"DEL", &key]);
        return array(set.iter().collect());
    }
    let stay = len - count;
    let few = stay * POP_MANY > count;
    let drawn = random::distinct(&mut call.node.rng, if few { count } else { stay }, len);
    let drawn: Vec<Bytes> = drawn.into_iter().filter_map(|rank| set.nth(rank)).collect();
    let mut rest = set;
    for member in &drawn {
        rest.remove(member);
    }
    let (popped, left) = if few {
        (drawn, rest)
    } else {
        let intset_max = call.node.config.set_max_intset_entries;
        (rest.iter().collect(), Set::from_members(drawn, intset_max))
    };
    let left = Arc::new(left);
    call.modify(&key, &mut |value| *value = Value::Set(left.clone()));
    for member in &popped {
        call.propagate_also(&[b"SREM", &key, member]);
    }
    array(popped)
}
