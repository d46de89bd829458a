//! Sorted sets, and sets with scores of 1, combined: ZUNION, ZINTER, ZDIFF, stored or counted.
//!
//! Rule: inputs are taken from the smallest to the largest, because the order of a sum shows in its last digits. Infinity
//! less infinity is 0. Mirrors `zunionInterDiffGenericCommand` (t_zset.c).

use super::sorted_sets::{float, members_reply};
use super::{Answer, int, int_within, store};
use crate::node::call::{Call, CommandError};
use crate::node::value::{Limits, Member, Set, SortedSet, Value};
use std::sync::Arc;

#[derive(Clone, Copy, PartialEq)]
enum Operation {
    Union,
    Intersection,
    Difference,
}

#[derive(Clone, Copy)]
enum Aggregate {
    Sum,
    Min,
    Max,
}

impl Aggregate {
    fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Aggregate::Sum => zero_if_nan(a + b),
            Aggregate::Min => {
                if b < a {
                    b
                } else {
                    a
                }
            }
            Aggregate::Max => {
                if b > a {
                    b
                } else {
                    a
                }
            }
        }
    }
}

fn zero_if_nan(score: f64) -> f64 {
    if score.is_nan() { 0.0 } else { score }
}

/// One input.
struct Source {
    set: Arc<Set>,
    sorted: Option<Arc<SortedSet>>,
    weight: f64,
}

impl Source {
    fn len(&self) -> u64 {
        self.sorted.as_ref().map_or(self.set.len(), |set| set.len())
    }

    fn score(&self, name: &[u8]) -> Option<f64> {
        match &self.sorted {
            Some(set) => set.score(name),
            None => self.set.contains(name).then_some(1.0),
        }
    }

    fn members(&self) -> Vec<Member> {
        match &self.sorted {
            Some(set) => set.iter().map(|(name, score)| Member { name: name.clone(), score }).collect(),
            None => self.set.iter().map(|name| Member { name, score: 1.0 }).collect(),
        }
    }

    /// The members with their scores weighted.
    fn weighted(&self) -> Vec<Member> {
        let weigh = |member: Member| Member { score: zero_if_nan(member.score * self.weight), ..member };
        self.members().into_iter().map(weigh).collect()
    }
}

/// What the arguments say.
struct Query {
    sources: Vec<Source>,
    aggregate: Aggregate,
    with_scores: bool,
    limit: i64,
}

/// What may be asked for behind the keys.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Answered,
    Stored,
    Counted,
}

fn sources(call: &mut Call, first: usize, count: usize) -> Result<Vec<Source>, CommandError> {
    let mut sources = vec![];
    for n in first..first + count {
        let key = call.arg(n);
        let (set, sorted) = match call.lookup(&key).map(|entry| &entry.value) {
            None => (Arc::default(), None),
            Some(Value::Set(set)) => (set.clone(), None),
            Some(Value::SortedSet(sorted)) => (Arc::default(), Some(sorted.clone())),
            Some(_) => return Err(CommandError::WRONG_TYPE),
        };
        sources.push(Source { set, sorted, weight: 1.0 });
    }
    Ok(sources)
}

fn query(call: &mut Call, operation: Operation, kind: Kind) -> Result<Query, CommandError> {
    let first = if kind == Kind::Stored { 3 } else { 2 };
    let count = call.int(first - 1)?;
    if count < 1 {
        let name = call.command.name;
        return Err(CommandError::new(format!("ERR at least 1 input key is needed for '{name}' command")));
    }
    let count = usize::try_from(count).ok().filter(|count| *count <= call.args.len() - first);
    let count = count.ok_or(CommandError::SYNTAX)?;
    let mut query =
        Query { sources: sources(call, first, count)?, aggregate: Aggregate::Sum, with_scores: false, limit: 0 };
    let may_weigh = operation != Operation::Difference && kind != Kind::Counted;
    let mut n = first + count;
    while n < call.args.len() {
        let rest = call.args.len() - n;
        match call.option(n).as_slice() {
            b"WEIGHTS" if may_weigh && rest > count => {
                for source in &mut query.sources {
                    n += 1;
                    source.weight = float(call, n, "ERR weight value is not a float")?;
                }
            }
            b"AGGREGATE" if may_weigh && rest >= 2 => {
                n += 1;
                query.aggregate = match call.option(n).as_slice() {
                    b"SUM" => Aggregate::Sum,
                    b"MIN" => Aggregate::Min,
                    b"MAX" => Aggregate::Max,
                    _ => return Err(CommandError::SYNTAX),
                };
            }
            b"WITHSCORES" if kind == Kind::Answered => query.with_scores = true,
            b"LIMIT" if kind == Kind::Counted && rest >= 2 => {
                n += 1;
                query.limit = int_within(call, n, 0, i64::MAX, "ERR LIMIT can't be negative")?;
            }
            _ => return Err(CommandError::SYNTAX),
        }
        n += 1;
    }
    Ok(query)
}

impl Query {
    fn members(mut self, operation: Operation) -> Vec<Member> {
        if operation != Operation::Difference {
            self.sources.sort_by_key(Source::len);
        }
        let Some((first, others)) = self.sources.split_first() else {
            return vec![];
        };
        match operation {
            Operation::Union => union(&self.sources, self.aggregate),
            Operation::Intersection => intersection(first, others, self.aggregate),
            Operation::Difference => {
                let is_left = |member: &Member| !others.iter().any(|source| source.score(&member.name).is_some());
                first.members().into_iter().filter(is_left).collect()
            }
        }
    }
}

fn union(sources: &[Source], aggregate: Aggregate) -> Vec<Member> {
    let mut all: Vec<Member> = sources.iter().flat_map(Source::weighted).collect();
    // Stable: the scores of one name stay in the order of the sources.
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.dedup_by(|next, kept| {
        let is_same = next.name == kept.name;
        if is_same {
            kept.score = aggregate.of(kept.score, next.score);
        }
        is_same
    });
    all
}

fn intersection(first: &Source, others: &[Source], aggregate: Aggregate) -> Vec<Member> {
    let in_all = |member: Member| {
        let score = others.iter().try_fold(member.score, |score, source| {
            Some(aggregate.of(score, source.score(&member.name)? * source.weight))
        })?;
        Some(Member { score, ..member })
    };
    first.weighted().into_iter().filter_map(in_all).collect()
}

fn answer(call: &mut Call, operation: Operation) -> Answer {
    let query = query(call, operation, Kind::Answered)?;
    let with_scores = query.with_scores;
    let result = SortedSet::from_members(query.members(operation), Limits::NONE);
    Ok(Some(members_reply(result.slice(0..result.len()), with_scores)))
}

fn store_result(call: &mut Call, operation: Operation) -> Answer {
    let members = query(call, operation, Kind::Stored)?.members(operation);
    let result = SortedSet::from_members(members, Limits::of(&call.node.config));
    store(call, call.arg(1), Value::SortedSet(Arc::new(result)))
}

pub fn zunion(call: &mut Call) -> Answer {
    answer(call, Operation::Union)
}

pub fn zinter(call: &mut Call) -> Answer {
    answer(call, Operation::Intersection)
}

pub fn zdiff(call: &mut Call) -> Answer {
    answer(call, Operation::Difference)
}

pub fn zunionstore(call: &mut Call) -> Answer {
    store_result(call, Operation::Union)
}

pub fn zinterstore(call: &mut Call) -> Answer {
    store_result(call, Operation::Intersection)
}

pub fn zdiffstore(call: &mut Call) -> Answer {
    store_result(call, Operation::Difference)
}

pub fn zintercard(call: &mut Call) -> Answer {
    let query = query(call, Operation::Intersection, Kind::Counted)?;
    let limit = query.limit;
    let found = query.members(Operation::Intersection).len() as i64;
    int(if limit > 0 { found.min(limit) } else { found })
}
