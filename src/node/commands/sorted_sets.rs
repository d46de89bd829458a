//! Sorted sets: members added with scores, removed, asked for.
//!
//! Rule: a score is never NaN; an increment that would make it one is refused. Mirrors t_zset.c (`zaddGenericCommand`).

use super::{Answer, bulk, int, random};
use crate::node::call::{Call, CommandError};
use crate::node::keyspace::Entry;
use crate::node::value::{Limits, Member, SortedSet, Value};
use crate::wire::double;
use crate::wire::{Bytes, Reply};
use std::sync::Arc;

/// A score as RESP2 tells it.
pub(super) fn score_reply(score: f64) -> Reply {
    Reply::bulk(double::print(score))
}

/// Names, each with its score behind it if that is wanted.
pub(super) fn members_reply(members: Vec<&Member>, with_scores: bool) -> Reply {
    let parts = members
        .into_iter()
        .flat_map(|member| [Some(Reply::Bulk(member.name.clone())), with_scores.then(|| score_reply(member.score))]);
    Reply::Array(parts.flatten().collect())
}

/// A score, or a weight, which an argument must be.
pub(super) fn float(call: &Call, n: usize, why: &'static str) -> Result<f64, CommandError> {
    double::parse(&call.arg(n)).ok_or(CommandError::new(why))
}

/// NX, XX, GT, LT, CH, INCR.
#[derive(Clone, Copy, Default)]
struct Options {
    only_if_new: bool,
    only_if_there: bool,
    only_if_greater: bool,
    only_if_less: bool,
    count_changes: bool,
    increment: bool,
}

impl Options {
    /// From place 2 on; also the place behind the last.
    fn read(call: &Call, increment: bool) -> Result<(Options, usize), CommandError> {
        let mut options = Options { increment, ..Options::default() };
        let mut n = 2;
        while n < call.args.len() {
            match call.option(n).as_slice() {
                b"NX" => options.only_if_new = true,
                b"XX" => options.only_if_there = true,
                b"GT" => options.only_if_greater = true,
                b"LT" => options.only_if_less = true,
                b"CH" => options.count_changes = true,
                b"INCR" => options.increment = true,
                _ => break,
            }
            n += 1;
        }
        let rest = call.args.len() - n;
        if rest == 0 || !rest.is_multiple_of(2) {
            return Err(CommandError::SYNTAX);
        }
        options.check(rest / 2)?;
        Ok((options, n))
    }

    fn check(&self, pairs: usize) -> Result<(), CommandError> {
        let refusal = if self.only_if_new && self.only_if_there {
            "ERR XX and NX options at the same time are not compatible"
        } else if [self.only_if_greater, self.only_if_less, self.only_if_new].into_iter().filter(|on| *on).count() > 1 {
            "ERR GT, LT, and/or NX options at the same time are not compatible"
        } else if self.increment && pairs > 1 {
            "ERR INCR option supports a single increment-element pair"
        } else {
            return Ok(());
        };
        Err(CommandError::new(refusal))
    }

    /// The member's new score; `None` if it is left alone (`zsetAdd`).
    fn apply(&self, current: Option<f64>, given: f64) -> Result<Option<f64>, CommandError> {
        let Some(current) = current else {
            return Ok((!self.only_if_there).then_some(given));
        };
        if self.only_if_new {
            return Ok(None);
        }
        let score = if self.increment { current + given } else { given };
        if score.is_nan() {
            return Err(CommandError::new("ERR resulting score is not a number (NaN)"));
        }
        let is_refused = (self.only_if_less && score >= current) || (self.only_if_greater && score <= current);
        Ok((!is_refused).then_some(score))
    }
}

/// What happened to the members.
#[derive(Default)]
struct Outcome {
    added: u64,
    updated: u64,
    /// The last score that was set, or found to be what it should be.
    score: Option<f64>,
}

pub fn zadd(call: &mut Call) -> Answer {
    add(call, false)
}

pub fn zincrby(call: &mut Call) -> Answer {
    add(call, true)
}

fn add(call: &mut Call, increment: bool) -> Answer {
    let (options, first) = Options::read(call, increment)?;
    let mut pairs = vec![];
    for n in (first..call.args.len()).step_by(2) {
        pairs.push((float(call, n, "ERR value is not a valid float")?, call.arg(n + 1)));
    }
    let (key, limits) = (call.arg(1), Limits::of(&call.node.config));
    let set = call.lookup_sorted_set(&key)?;
    let outcome = match (set.is_some(), pairs.first()) {
        (false, Some((_, name))) if !options.only_if_there => {
            let mut set = SortedSet::for_member(name, limits);
            let outcome = add_all(&mut set, &pairs, options, limits)?;
            call.put(call.db, key, Entry { value: Value::SortedSet(Arc::new(set)), expire_at_ms: None });
            call.changed(outcome.added + outcome.updated - 1);
            outcome
        }
        (true, _) => {
            let mut outcome = Ok(Outcome::default());
            call.modify(&key, &mut |value| {
                if let Some(set) = value.as_sorted_set_mut() {
                    outcome = add_all(set, &pairs, options, limits);
                }
            });
            let outcome = outcome?;
            call.changed(outcome.added + outcome.updated);
            outcome
        }
        _ => Outcome::default(),
    };
    if options.increment {
        return Ok(Some(outcome.score.map_or(Reply::NullBulk, score_reply)));
    }
    int((outcome.added + if options.count_changes { outcome.updated } else { 0 }) as i64)
}

fn add_all(
    set: &mut SortedSet,
    pairs: &[(f64, Bytes)],
    options: Options,
    limits: Limits,
) -> Result<Outcome, CommandError> {
    let mut outcome = Outcome::default();
    for (given, name) in pairs {
        let current = set.score(name);
        let Some(score) = options.apply(current, *given)? else {
            continue;
        };
        outcome.score = Some(score);
        if current != Some(score) {
            set.put(name, score, limits);
            *(if current.is_some() { &mut outcome.updated } else { &mut outcome.added }) += 1;
        }
    }
    Ok(outcome)
}

/// Removes members by name, and counts those that were in.
pub(super) fn remove(call: &mut Call, key: &[u8], names: &[Bytes]) -> u64 {
    let mut removed = 0;
    call.modify(key, &mut |value| {
        if let Some(set) = value.as_sorted_set_mut() {
            removed = names.iter().filter(|name| set.remove(name)).count() as u64;
        }
    });
    call.changed(removed);
    removed
}

pub fn zrem(call: &mut Call) -> Answer {
    let (key, names) = (call.arg(1), call.args[2..].to_vec());
    if call.lookup_sorted_set(&key)?.is_none() {
        return int(0);
    }
    int(remove(call, &key, &names) as i64)
}

pub fn zcard(call: &mut Call) -> Answer {
    let key = call.arg(1);
    int(call.lookup_sorted_set(&key)?.map_or(0, |set| set.len() as i64))
}

pub fn zscore(call: &mut Call) -> Answer {
    let (key, name) = (call.arg(1), call.arg(2));
    let score = call.lookup_sorted_set(&key)?.and_then(|set| set.score(&name));
    Ok(Some(score.map_or(Reply::NullBulk, score_reply)))
}

pub fn zmscore(call: &mut Call) -> Answer {
    let (key, names) = (call.arg(1), call.args[2..].to_vec());
    let set = call.lookup_sorted_set(&key)?;
    let score = |name: &Bytes| set.and_then(|set| set.score(name)).map_or(Reply::NullBulk, score_reply);
    Ok(Some(Reply::Array(names.iter().map(score).collect())))
}

pub fn zrank(call: &mut Call) -> Answer {
    rank(call, false)
}

pub fn zrevrank(call: &mut Call) -> Answer {
    rank(call, true)
}

fn rank(call: &mut Call, reverse: bool) -> Answer {
    let (key, name) = (call.arg(1), call.arg(2));
    let found = call.lookup_sorted_set(&key)?.and_then(|set| {
        let rank = set.rank(&name)?;
        Some(if reverse { set.len() - 1 - rank } else { rank })
    });
    found.map_or(Ok(Some(Reply::NullBulk)), |rank| int(rank as i64))
}

pub fn zrandmember(call: &mut Call) -> Answer {
    let key = call.arg(1);
    let mut count = None;
    let mut with_scores = false;
    if call.args.len() > 2 {
        let wanted = random::count(call)?;
        with_scores = call.args.len() == 4 && call.option(3) == b"WITHSCORES";
        if call.args.len() > 3 && !with_scores {
            return Err(CommandError::SYNTAX);
        }
        if with_scores && wanted.unsigned_abs() > (i64::MAX / 2) as u64 {
            return Err(CommandError::new("ERR value is out of range"));
        }
        count = Some(wanted);
    }
    let len = call.lookup_sorted_set(&key)?.map_or(0, SortedSet::len);
    let mut ranks = random::ranks(&mut call.node.rng, count.unwrap_or(1), len);
    if count.is_some_and(|count| count > 1 && count as u64 >= len) {
        // Redis walks a sorted set from its end.
        ranks.reverse();
    }
    let set = call.lookup_sorted_set(&key)?;
    let drawn: Vec<&Member> =
        ranks.into_iter().flat_map(|rank| set.map(|set| set.slice(rank..rank + 1))).flatten().collect();
    match (count, drawn.first()) {
        (None, None) => Ok(Some(Reply::NullBulk)),
        (None, Some(member)) => bulk(&member.name),
        _ => Ok(Some(members_reply(drawn, with_scores))),
    }
}
