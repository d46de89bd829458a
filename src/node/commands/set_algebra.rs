//! Sets combined: SINTER, SUNION, SDIFF, stored or counted.
//!
//! Rule: the smallest set leads an intersection, and the cheaper of two ways a difference, because both show: in the
//! order of integers, and in the encoding of what is stored. Mirrors `sinterGenericCommand` and
//! `sunionDiffGenericCommand` (t_set.c).

use super::{Answer, array, int, int_within, store};
use crate::node::call::{Call, CommandError};
use crate::node::value::{Set, Value};
use crate::wire::Bytes;
use std::ops::Range;
use std::sync::Arc;

#[derive(Clone, Copy)]
enum Operation {
    Intersection,
    Union,
    Difference,
}

/// The sets under these arguments' keys; one that does not exist is empty.
fn operands(call: &mut Call, keys: Range<usize>) -> Result<Vec<Arc<Set>>, CommandError> {
    let mut sets = vec![];
    for n in keys {
        let key = call.arg(n);
        sets.push(match call.lookup(&key).map(|entry| &entry.value) {
            None => Arc::default(),
            Some(Value::Set(set)) => set.clone(),
            Some(_) => return Err(CommandError::WRONG_TYPE),
        });
    }
    Ok(sets)
}

fn combine(operation: Operation, sets: Vec<Arc<Set>>, intset_max: u64) -> Set {
    match operation {
        Operation::Intersection => Set::from_members(intersection(sets), intset_max),
        Operation::Union => Set::from_members(sets.iter().flat_map(|set| set.iter()), intset_max),
        Operation::Difference => difference(sets, intset_max),
    }
}

/// In the order of the smallest set.
fn intersection(mut sets: Vec<Arc<Set>>) -> Vec<Bytes> {
    sets.sort_by_key(|set| set.len());
    let Some((smallest, others)) = sets.split_first() else {
        return vec![];
    };
    smallest.iter().filter(|member| others.iter().all(|set| set.contains(member))).collect()
}

fn difference(sets: Vec<Arc<Set>>, intset_max: u64) -> Set {
    let Some((first, others)) = sets.split_first() else {
        return Set::default();
    };
    let total: u64 = sets.iter().map(|set| set.len()).sum();
    let present = sets.iter().filter(|set| set.len() > 0).count() as u64;
    if first.len() * present / 2 <= total {
        let is_left = |member: &Bytes| !others.iter().any(|set| set.contains(member));
        return Set::from_members(first.iter().filter(is_left), intset_max);
    }
    let mut left = Set::from_members(first.iter(), intset_max);
    for member in others.iter().flat_map(|set| set.iter()) {
        left.remove(&member);
    }
    left
}

fn answer(call: &mut Call, operation: Operation) -> Answer {
    let sets = operands(call, 1..call.args.len())?;
    if let Operation::Intersection = operation {
        return array(intersection(sets));
    }
    array(combine(operation, sets, call.node.config.set_max_intset_entries).iter().collect())
}

fn store_result(call: &mut Call, operation: Operation) -> Answer {
    let sets = operands(call, 2..call.args.len())?;
    let result = combine(operation, sets, call.node.config.set_max_intset_entries);
    store(call, call.arg(1), Value::Set(Arc::new(result)))
}

/// SINTER, and SMEMBERS of one key.
pub fn sinter(call: &mut Call) -> Answer {
    answer(call, Operation::Intersection)
}

pub fn sunion(call: &mut Call) -> Answer {
    answer(call, Operation::Union)
}

pub fn sdiff(call: &mut Call) -> Answer {
    answer(call, Operation::Difference)
}

pub fn sinterstore(call: &mut Call) -> Answer {
    store_result(call, Operation::Intersection)
}

pub fn sunionstore(call: &mut Call) -> Answer {
    store_result(call, Operation::Union)
}

pub fn sdiffstore(call: &mut Call) -> Answer {
    store_result(call, Operation::Difference)
}

pub fn sintercard(call: &mut Call) -> Answer {
    let keys = int_within(call, 1, 1, i64::MAX, "ERR numkeys should be greater than 0")?;
    let first_option = usize::try_from(keys).ok().and_then(|keys| keys.checked_add(2));
    let Some(first_option) = first_option.filter(|n| *n <= call.args.len()) else {
        return Err(CommandError::new("ERR Number of keys can't be greater than number of args"));
    };
    let mut limit = 0;
    for n in (first_option..call.args.len()).step_by(2) {
        if call.option(n) != b"LIMIT" || n + 1 == call.args.len() {
            return Err(CommandError::SYNTAX);
        }
        limit = int_within(call, n + 1, 0, i64::MAX, "ERR LIMIT can't be negative")?;
    }
    let found = intersection(operands(call, 2..first_option)?).len() as i64;
    int(if limit > 0 { found.min(limit) } else { found })
}
