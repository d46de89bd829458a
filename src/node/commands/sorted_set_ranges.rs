//! Ranges of a sorted set, by rank, by score, by name: ZRANGE and its relatives, counted, stored or removed.
//!
//! Rule: every range becomes a window of ranks; what follows is the same for all. By name, all scores must be equal, or
//! nobody knows what is found. Mirrors `zrangeGenericCommand`, `zremrangeGenericCommand`, `zslParseRange` and
//! `zslParseLexRange` (t_zset.c).

use super::sorted_sets::{members_reply, remove};
use super::{Answer, int, store};
use crate::node::call::{Call, CommandError};
use crate::node::value::{Limits, Member, SortedSet, Value};
use crate::wire::Bytes;
use crate::wire::double;
use std::ops::Range;
use std::sync::Arc;

/// What a range goes by.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Rank,
    Score,
    Name,
}

/// One end of a range by name: `-` and `+` are beyond all names.
enum NameEnd {
    Least,
    Greatest,
    Name { name: Bytes, exclusive: bool },
}

/// A range, before it is known how long the set is.
enum Bounds {
    Ranks { start: i64, end: i64 },
    Scores { min: (f64, bool), max: (f64, bool) },
    Names { min: NameEnd, max: NameEnd },
}

/// A score, `(` before it if it is not in the range itself.
fn score_end(text: &[u8]) -> Option<(f64, bool)> {
    let exclusive = text.first() == Some(&b'(');
    let read = double::strtod(&text[usize::from(exclusive)..]);
    (read.rest.is_empty() && !read.number.is_nan()).then_some((read.number, exclusive))
}

fn name_end(text: &[u8]) -> Option<NameEnd> {
    match text {
        b"-" => Some(NameEnd::Least),
        b"+" => Some(NameEnd::Greatest),
        [mark @ (b'[' | b'('), name @ ..] => Some(NameEnd::Name { name: name.into(), exclusive: *mark == b'(' }),
        _ => None,
    }
}

impl Bounds {
    fn read(call: &Call, by: By, min: usize, max: usize) -> Result<Bounds, CommandError> {
        let (low, high) = (call.arg(min), call.arg(max));
        match by {
            By::Rank => Ok(Bounds::Ranks { start: call.int(min)?, end: call.int(max)? }),
            By::Score => {
                let ends = score_end(&low).zip(score_end(&high));
                let (min, max) = ends.ok_or(CommandError::new("ERR min or max is not a float"))?;
                Ok(Bounds::Scores { min, max })
            }
            By::Name => {
                let ends = name_end(&low).zip(name_end(&high));
                let (min, max) = ends.ok_or(CommandError::new("ERR min or max not valid string range item"))?;
                Ok(Bounds::Names { min, max })
            }
        }
    }

    /// The ranks in this range; ranks that are bounds count from the end if `reverse`.
    fn window(&self, set: &SortedSet, reverse: bool) -> Range<u64> {
        match self {
            Bounds::Ranks { start, end } => {
                let len = set.len() as i64;
                let from_end = |n: i64| if n < 0 { n.saturating_add(len) } else { n };
                let (start, end) = (from_end(*start).max(0), from_end(*end).min(len - 1));
                if start > end {
                    return 0..0;
                }
                let (start, end) = (start as u64, end as u64 + 1);
                if reverse { set.len() - end..set.len() - start } else { start..end }
            }
            Bounds::Scores { min, max } => {
                let start = set.count_before(&|m| m.score < min.0 || (min.1 && m.score == min.0));
                let end = set.count_before(&|m| m.score < max.0 || (!max.1 && m.score == max.0));
                start..end.max(start)
            }
            Bounds::Names { min, max } => {
                let start = set.count_before(&|m| match min {
                    NameEnd::Least => false,
                    NameEnd::Greatest => true,
                    NameEnd::Name { name, exclusive } => m.name < *name || (*exclusive && m.name == *name),
                });
                let end = set.count_before(&|m| match max {
                    NameEnd::Least => false,
                    NameEnd::Greatest => true,
                    NameEnd::Name { name, exclusive } => m.name < *name || (!*exclusive && m.name == *name),
                });
                start..end.max(start)
            }
        }
    }
}

/// What part of a window LIMIT leaves. A negative offset leaves nothing, a negative count everything behind it.
fn limited(window: Range<u64>, (offset, count): (i64, i64), reverse: bool) -> Range<u64> {
    let len = window.end - window.start;
    let skipped = u64::try_from(offset).map_or(len, |offset| offset.min(len));
    let taken = u64::try_from(count).map_or(len, |count| count.min(len)).min(len - skipped);
    if reverse {
        window.end - skipped - taken..window.end - skipped
    } else {
        window.start + skipped..window.start + skipped + taken
    }
}

/// What the arguments of a range say.
struct Query {
    key: Bytes,
    by: By,
    bounds: Bounds,
    reverse: bool,
    with_scores: bool,
    limit: (i64, i64),
}

impl Query {
    /// The key is at place `key`. `by` and `reverse` may be left to the options.
    fn read(call: &Call, key: usize, by: Option<By>, reverse: Option<bool>) -> Result<Query, CommandError> {
        let stored = key == 2;
        let (mut chosen_by, mut chosen_reverse) = (by, reverse);
        let (mut with_scores, mut limit) = (false, (0, -1));
        let mut n = key + 3;
        while n < call.args.len() {
            match call.option(n).as_slice() {
                b"WITHSCORES" if !stored => with_scores = true,
                b"LIMIT" if n + 2 < call.args.len() => {
                    limit = (call.int(n + 1)?, call.int(n + 2)?);
                    n += 2;
                }
                b"REV" if chosen_reverse.is_none() => chosen_reverse = Some(true),
                b"BYLEX" if chosen_by.is_none() => chosen_by = Some(By::Name),
                b"BYSCORE" if chosen_by.is_none() => chosen_by = Some(By::Score),
                _ => return Err(CommandError::SYNTAX),
            }
            n += 1;
        }
        let (by, reverse) = (chosen_by.unwrap_or(By::Rank), chosen_reverse.unwrap_or(false));
        if limit.1 != -1 && by == By::Rank {
            return Err(CommandError::new(
                "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
            ));
        }
        if with_scores && by == By::Name {
            return Err(CommandError::new("ERR syntax error, WITHSCORES not supported in combination with BYLEX"));
        }
        // Backwards, scores and names are given the other way round.
        let (min, max) = if reverse && by != By::Rank { (key + 2, key + 1) } else { (key + 1, key + 2) };
        let bounds = Bounds::read(call, by, min, max)?;
        Ok(Query { key: call.arg(key), by, bounds, reverse, with_scores, limit })
    }

    fn members<'a>(&self, set: &'a SortedSet) -> Vec<&'a Member> {
        let window = self.bounds.window(set, self.reverse);
        let window = if self.by == By::Rank { window } else { limited(window, self.limit, self.reverse) };
        let mut members = set.slice(window);
        if self.reverse {
            members.reverse();
        }
        members
    }
}

fn range(call: &mut Call, by: Option<By>, reverse: Option<bool>) -> Answer {
    let query = Query::read(call, 1, by, reverse)?;
    let members = call.lookup_sorted_set(&query.key)?.map(|set| query.members(set)).unwrap_or_default();
    Ok(Some(members_reply(members, query.with_scores)))
}

pub fn zrange(call: &mut Call) -> Answer {
    range(call, None, None)
}

pub fn zrevrange(call: &mut Call) -> Answer {
    range(call, Some(By::Rank), Some(true))
}

pub fn zrangebyscore(call: &mut Call) -> Answer {
    range(call, Some(By::Score), Some(false))
}

pub fn zrevrangebyscore(call: &mut Call) -> Answer {
    range(call, Some(By::Score), Some(true))
}

pub fn zrangebylex(call: &mut Call) -> Answer {
    range(call, Some(By::Name), Some(false))
}

pub fn zrevrangebylex(call: &mut Call) -> Answer {
    range(call, Some(By::Name), Some(true))
}

pub fn zrangestore(call: &mut Call) -> Answer {
    let query = Query::read(call, 2, None, None)?;
    let limits = Limits::of(&call.node.config);
    let found = call.lookup_sorted_set(&query.key)?.map(|set| query.members(set)).unwrap_or_default();
    // Only of ranks is it known beforehand how many there will be.
    let is_long = query.by == By::Rank && !limits.allow(found.len() as u64);
    let mut result = if is_long { SortedSet::skiplist() } else { SortedSet::listpack() };
    for member in found {
        result.put(&member.name, member.score, limits);
    }
    store(call, call.arg(1), Value::SortedSet(Arc::new(result)))
}

/// ZCOUNT and ZLEXCOUNT.
fn count(call: &mut Call, by: By) -> Answer {
    let (key, bounds) = (call.arg(1), Bounds::read(call, by, 2, 3)?);
    let window = call.lookup_sorted_set(&key)?.map_or(0..0, |set| bounds.window(set, false));
    int((window.end - window.start) as i64)
}

pub fn zcount(call: &mut Call) -> Answer {
    count(call, By::Score)
}

pub fn zlexcount(call: &mut Call) -> Answer {
    count(call, By::Name)
}

fn remove_range(call: &mut Call, by: By) -> Answer {
    let (key, bounds) = (call.arg(1), Bounds::read(call, by, 2, 3)?);
    let Some(set) = call.lookup_sorted_set(&key)? else {
        return int(0);
    };
    let members = set.slice(bounds.window(set, false));
    let names: Vec<Bytes> = members.into_iter().map(|member| member.name.clone()).collect();
    int(remove(call, &key, &names) as i64)
}

pub fn zremrangebyrank(call: &mut Call) -> Answer {
    remove_range(call, By::Rank)
}

pub fn zremrangebyscore(call: &mut Call) -> Answer {
    remove_range(call, By::Score)
}

pub fn zremrangebylex(call: &mut Call) -> Answer {
    remove_range(call, By::Name)
}
