//! SCAN and its relatives for sets, sorted sets and hashes.
//!
//! Rule: members are visited in the order of a hash of their names, and the cursor is the hash of the next. So whatever
//! is there from the first call to the last is seen, though others come and go between the calls, and no call has to be
//! remembered. A collection in a small encoding is answered whole. Mirrors `scanGenericCommand` (db.c).

use super::Answer;
use crate::node::call::{Call, CommandError};
use crate::node::glob;
use crate::wire::double;
use crate::wire::{Bytes, Reply};
use std::ops::RangeInclusive;

/// What follows the cursor.
struct Options {
    count: usize,
    pattern: Option<Bytes>,
    type_name: Option<Bytes>,
}

impl Options {
    fn matches(&self, name: &[u8]) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| glob::matches(pattern, name))
    }
}

/// `strtoul`, all of the argument.
fn cursor(call: &Call, n: usize) -> Result<u64, CommandError> {
    let arg = call.arg(n);
    let (negative, digits) = match &arg[..] {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    let is_number = digits.iter().all(u8::is_ascii_digit) && (!digits.is_empty() || arg.is_empty());
    let text = std::str::from_utf8(digits).ok().filter(|_| is_number);
    let number = text.and_then(|text| if text.is_empty() { Some(0) } else { text.parse::<u64>().ok() });
    let number = number.ok_or(CommandError::new("ERR invalid cursor"))?;
    Ok(if negative { number.wrapping_neg() } else { number })
}

fn options(call: &Call, first: usize, takes_type: bool) -> Result<Options, CommandError> {
    let mut options = Options { count: 10, pattern: None, type_name: None };
    for n in (first..call.args.len()).step_by(2) {
        match call.option(n).as_slice() {
            _ if n + 1 == call.args.len() => return Err(CommandError::SYNTAX),
            b"COUNT" => match call.int(n + 1)? {
                count @ 1.. => options.count = usize::try_from(count).unwrap_or(usize::MAX),
                _ => return Err(CommandError::SYNTAX),
            },
            b"MATCH" => options.pattern = Some(call.arg(n + 1)),
            b"TYPE" if takes_type => options.type_name = Some(call.arg(n + 1)),
            _ => return Err(CommandError::SYNTAX),
        }
    }
    Ok(options)
}

fn place(name: &[u8]) -> u64 {
    crate::node::value::fingerprint(&[name])
}

/// Which places one call visits from the cursor on, and the next cursor: 0 at the end. Names whose places are equal are
/// visited together.
fn window(names: &mut dyn Iterator<Item = Bytes>, cursor: u64, count: usize) -> (RangeInclusive<u64>, u64) {
    let mut places: Vec<u64> = names.map(|name| place(&name)).filter(|place| *place >= cursor).collect();
    if count >= places.len() {
        return (cursor..=u64::MAX, 0);
    }
    let (_, next, _) = places.select_nth_unstable(count);
    // A first place that more than `count` names have: all of them are visited.
    if *next == cursor {
        let beyond = places.iter().copied().filter(|place| *place > cursor).min();
        return beyond.map_or((cursor..=u64::MAX, 0), |next| (cursor..=next - 1, next));
    }
    (cursor..=*next - 1, *next)
}

fn answer(cursor: u64, found: Vec<Bytes>) -> Answer {
    let found = Reply::Array(found.into_iter().map(Reply::Bulk).collect());
    Ok(Some(Reply::Array(vec![Reply::bulk(cursor.to_string()), found])))
}

pub fn scan(call: &mut Call) -> Answer {
    let cursor = cursor(call, 1)?;
    let options = options(call, 2, true)?;
    let names = || call.node.keyspace.iter(call.db).map(|(key, _)| key.clone());
    let (places, next) = window(&mut names(), cursor, options.count);
    let visited: Vec<Bytes> = names().filter(|key| places.contains(&place(key)) && options.matches(key)).collect();
    let is_wanted = |call: &mut Call, key: &Bytes| {
        let found = call.lookup(key).map(|entry| entry.value.type_name());
        let wanted = options.type_name.as_ref();
        found.is_some_and(|name| wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(name.as_bytes())))
    };
    let found = visited.into_iter().filter(|key| is_wanted(call, key)).collect();
    answer(next, found)
}

/// The part that is the same for every collection. `members`: name, and what is told with it; `whole`: the collection
/// is small, and answered at once.
fn scan_members(call: &Call, whole: bool, cursor: u64, members: Vec<(Bytes, Option<Bytes>)>) -> Answer {
    let options = options(call, 3, false)?;
    let (places, next) = match whole {
        true => (0..=u64::MAX, 0),
        false => window(&mut members.iter().map(|(name, _)| name.clone()), cursor, options.count),
    };
    let is_visited = |name: &Bytes| places.contains(&place(name)) && options.matches(name);
    let visited = members.into_iter().filter(|(name, _)| is_visited(name));
    answer(next, visited.flat_map(|(name, with)| [Some(name), with]).flatten().collect())
}

pub fn sscan(call: &mut Call) -> Answer {
    let (key, cursor) = (call.arg(1), cursor(call, 2)?);
    let Some(set) = call.lookup_set(&key)? else {
        return answer(0, vec![]);
    };
    let (whole, members) = (set.is_intset(), set.iter().map(|name| (name, None)).collect());
    scan_members(call, whole, cursor, members)
}

pub fn hscan(call: &mut Call) -> Answer {
    let (key, cursor) = (call.arg(1), cursor(call, 2)?);
    let Some(hash) = call.lookup_hash(&key)? else {
        return answer(0, vec![]);
    };
    let members = hash.iter().map(|(field, value)| (field.clone(), Some(value.clone()))).collect();
    let whole = hash.is_listpack();
    scan_members(call, whole, cursor, members)
}

pub fn zscan(call: &mut Call) -> Answer {
    let (key, cursor) = (call.arg(1), cursor(call, 2)?);
    let Some(set) = call.lookup_sorted_set(&key)? else {
        return answer(0, vec![]);
    };
    let whole = set.is_listpack();
    let print = if whole { double::print_packed } else { double::print };
    let members = set.iter().map(|(name, score)| (name.clone(), Some(print(score).into_bytes().into()))).collect();
    scan_members(call, whole, cursor, members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn name(n: u16) -> Bytes {
        n.to_string().into_bytes().into()
    }

    proptest! {
        #[test]
        fn what_stays_is_seen_once_though_others_come_and_go(
            stay in prop::collection::btree_set(0..500_u16, 0..200),
            others in prop::collection::vec(prop::collection::btree_set(500..1000_u16, 0..30), 1..30),
            count in 1..40_usize,
        ) {
            let (mut cursor, mut seen, mut calls) = (0, vec![], 0);
            loop {
                let there: BTreeSet<u16> = stay.union(&others[calls % others.len()]).copied().collect();
                let (places, next) = window(&mut there.iter().map(|n| name(*n)), cursor, count);
                seen.extend(there.into_iter().filter(|n| places.contains(&place(&name(*n)))));
                calls += 1;
                prop_assert!(next == 0 || next > cursor, "the cursor goes on");
                if next == 0 {
                    break;
                }
                cursor = next;
            }
            seen.retain(|n| *n < 500);
            seen.sort_unstable();
            prop_assert!(seen.into_iter().eq(stay));
        }
    }
}
