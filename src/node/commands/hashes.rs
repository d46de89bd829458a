//! Hashes: fields set, counted, asked for, deleted.
//!
//! Rule: HINCRBYFLOAT is propagated as the HSET of its result, because a replica may add otherwise. Mirrors t_hash.c.

use super::{Answer, array, bulk, bulk_or_nil, int, ok, random};
use crate::node::call::{Call, CommandError};
use crate::node::keyspace::Entry;
use crate::node::long_double::{self, SumError};
use crate::node::value::{Hash, HashLimits, Value};
use crate::wire::{Bytes, Reply, decimal};
use std::sync::Arc;

/// Changes the hash under a key, or a new one if there is none. Counts no change.
fn edit(call: &mut Call, key: &Bytes, change: &mut dyn FnMut(&mut Hash)) {
    if call.lookup(key).is_some() {
        return call.modify(key, &mut |value| value.as_hash_mut().into_iter().for_each(&mut *change));
    }
    let mut hash = Hash::default();
    change(&mut hash);
    call.put(call.db, key.clone(), Entry { value: Value::Hash(Arc::new(hash)), expire_at_ms: None });
    call.set_changes(call.changes() - 1);
}

/// Sets pairs of field and value; how many fields are new.
fn set_pairs(call: &mut Call, name: &str) -> Result<i64, CommandError> {
    if !call.args.len().is_multiple_of(2) {
        return Err(super::wrong_arity(name));
    }
    let key = call.arg(1);
    call.lookup_hash(&key)?;
    let pairs = call.args[2..].to_vec();
    let (mut new, limits) = (0, HashLimits::of(&call.node.config));
    edit(call, &key, &mut |hash| {
        hash.make_room_for(&pairs, limits);
        for pair in pairs.chunks_exact(2) {
            new += i64::from(hash.set(pair[0].clone(), pair[1].clone(), limits));
        }
    });
    call.changed(pairs.len() as u64 / 2);
    Ok(new)
}

pub fn hset(call: &mut Call) -> Answer {
    int(set_pairs(call, "hset")?)
}

pub fn hmset(call: &mut Call) -> Answer {
    set_pairs(call, "hmset")?;
    ok()
}

/// Gives one field a value. One change.
fn set_one(call: &mut Call, key: &Bytes, field: &Bytes, value: &Bytes) {
    let limits = HashLimits::of(&call.node.config);
    edit(call, key, &mut |hash| {
        hash.set(field.clone(), value.clone(), limits);
    });
    call.changed(1);
}

pub fn hsetnx(call: &mut Call) -> Answer {
    let (key, field, value) = (call.arg(1), call.arg(2), call.arg(3));
    if call.lookup_hash(&key)?.is_some_and(|hash| hash.get(&field).is_some()) {
        return int(0);
    }
    set_one(call, &key, &field, &value);
    int(1)
}

pub fn hget(call: &mut Call) -> Answer {
    let (key, field) = (call.arg(1), call.arg(2));
    bulk_or_nil(call.lookup_hash(&key)?.and_then(|hash| hash.get(&field)))
}

pub fn hmget(call: &mut Call) -> Answer {
    let (key, fields) = (call.arg(1), call.args[2..].to_vec());
    let hash = call.lookup_hash(&key)?;
    let value = |field: &Bytes| hash.and_then(|hash| hash.get(field)).map_or(Reply::NullBulk, Reply::bulk);
    Ok(Some(Reply::Array(fields.iter().map(value).collect())))
}

/// Of each field what `part` takes of field and value.
fn all(call: &mut Call, part: fn(&Bytes, &Bytes) -> Vec<Bytes>) -> Answer {
    let key = call.arg(1);
    let hash = call.lookup_hash(&key)?;
    array(hash.map_or(vec![], |hash| hash.iter().flat_map(|(field, value)| part(field, value)).collect()))
}

pub fn hgetall(call: &mut Call) -> Answer {
    all(call, |field, value| vec![field.clone(), value.clone()])
}

pub fn hkeys(call: &mut Call) -> Answer {
    all(call, |field, _| vec![field.clone()])
}

pub fn hvals(call: &mut Call) -> Answer {
    all(call, |_, value| vec![value.clone()])
}

pub fn hdel(call: &mut Call) -> Answer {
    let (key, fields) = (call.arg(1), call.args[2..].to_vec());
    if call.lookup_hash(&key)?.is_none() {
        return int(0);
    }
    let mut removed = 0;
    edit(call, &key, &mut |hash| removed = fields.iter().filter(|field| hash.remove(field)).count() as u64);
    call.changed(removed);
    int(removed as i64)
}

pub fn hexists(call: &mut Call) -> Answer {
    let (key, field) = (call.arg(1), call.arg(2));
    int(i64::from(call.lookup_hash(&key)?.is_some_and(|hash| hash.get(&field).is_some())))
}

pub fn hlen(call: &mut Call) -> Answer {
    let key = call.arg(1);
    int(call.lookup_hash(&key)?.map_or(0, |hash| hash.len() as i64))
}

pub fn hstrlen(call: &mut Call) -> Answer {
    let (key, field) = (call.arg(1), call.arg(2));
    let value = call.lookup_hash(&key)?.and_then(|hash| hash.get(&field));
    int(value.map_or(0, |value| value.len() as i64))
}

pub fn hincrby(call: &mut Call) -> Answer {
    let (key, field, by) = (call.arg(1), call.arg(2), call.int(3)?);
    let number = match call.lookup_hash(&key)?.and_then(|hash| hash.get(&field)) {
        None => 0,
        Some(text) => decimal(text).ok_or(CommandError::new("ERR hash value is not an integer"))?,
    };
    let sum = number.checked_add(by).ok_or(CommandError::new("ERR increment or decrement would overflow"))?;
    set_one(call, &key, &field, &sum.to_string().into_bytes().into());
    int(sum)
}

pub fn hincrbyfloat(call: &mut Call) -> Answer {
    let (key, field, by) = (call.arg(1), call.arg(2), call.arg(3));
    long_double::add(b"0", &by).map_err(|error| match error {
        SumError::NotANumber => CommandError::new("ERR value is not a valid float"),
        SumError::Infinite => CommandError::new("ERR value is NaN or Infinity"),
    })?;
    let number = call.lookup_hash(&key)?.and_then(|hash| hash.get(&field)).cloned();
    let sum = long_double::add(number.as_deref().unwrap_or(b"0"), &by).map_err(|error| match error {
        SumError::NotANumber => CommandError::new("ERR hash value is not a float"),
        SumError::Infinite => CommandError::new("ERR increment would produce NaN or Infinity"),
    })?;
    set_one(call, &key, &field, &sum.as_bytes().into());
    call.propagate_instead(&[b"HSET", &key, &field, sum.as_bytes()]);
    bulk(sum)
}

pub fn hrandfield(call: &mut Call) -> Answer {
    let count = if call.args.len() > 2 { Some(random::count(call)?) } else { None };
    let with_values = match call.args.len() {
        2 | 3 => false,
        4 if call.option(3) == b"WITHVALUES" => true,
        _ => return Err(CommandError::SYNTAX),
    };
    if with_values && count.is_some_and(|count| count.unsigned_abs() > i64::MAX as u64 / 2) {
        return Err(CommandError::new("ERR value is out of range"));
    }
    let key = call.arg(1);
    let len = call.lookup_hash(&key)?.map_or(0, Hash::len);
    let ranks = random::ranks(&mut call.node.rng, count.unwrap_or(1), len);
    let all: Vec<(&Bytes, &Bytes)> = call.lookup_hash(&key)?.into_iter().flat_map(Hash::iter).collect();
    let drawn = ranks.into_iter().filter_map(|rank| all.get(rank as usize));
    let parts = drawn.flat_map(|(field, value)| [Some(*field), Some(*value).filter(|_| with_values)]);
    let found: Vec<Bytes> = parts.flatten().cloned().collect();
    if count.is_some() { array(found) } else { bulk_or_nil(found.first()) }
}
