//! SORT and SORT_RO: the elements of a list, set or sorted set, ordered by themselves or by what other keys hold.
//!
//! Rule: without an order (BY a constant) a list and a sorted set keep theirs; a set that is stored is sorted by its
//! bytes, so that every replica stores the same. Mirrors sort.c.

use super::{Answer, store};
use crate::node::call::{Call, CommandError};
use crate::node::value::{List, Value};
use crate::wire::double;
use crate::wire::{Bytes, Reply};
use std::cmp::Ordering;
use std::sync::Arc;

/// What follows the key.
struct Options {
    descending: bool,
    alpha: bool,
    limit: (i64, i64),
    by: Option<Bytes>,
    get: Vec<Bytes>,
    store: Option<Bytes>,
}

impl Options {
    fn read(call: &Call, may_store: bool) -> Result<Options, CommandError> {
        let mut options =
            Options { descending: false, alpha: false, limit: (0, -1), by: None, get: vec![], store: None };
        let mut n = 2;
        while n < call.args.len() {
            let rest = call.args.len() - n - 1;
            match call.option(n).as_slice() {
                b"ASC" => options.descending = false,
                b"DESC" => options.descending = true,
                b"ALPHA" => options.alpha = true,
                b"LIMIT" if rest >= 2 => {
                    options.limit = (call.int(n + 1)?, call.int(n + 2)?);
                    n += 2;
                }
                name @ (b"STORE" | b"BY" | b"GET") if rest >= 1 && (may_store || name != b"STORE") => {
                    n += 1;
                    match name {
                        b"STORE" => options.store = Some(call.arg(n)),
                        b"BY" => options.by = Some(pattern(call, n, "BY")?),
                        _ => options.get.push(pattern(call, n, "GET")?),
                    }
                }
                _ => return Err(CommandError::SYNTAX),
            }
            n += 1;
        }
        Ok(options)
    }
}

/// What BY or GET names may be any key, so whoever says it must be allowed to read all.
fn pattern(call: &Call, n: usize, option: &str) -> Result<Bytes, CommandError> {
    let pattern = call.arg(n);
    let is_constant = option == "BY" && !pattern.contains(&b'*');
    if is_constant || call.may_read_all() {
        return Ok(pattern);
    }
    Err(CommandError::new(format!("ERR {option} option of SORT denied due to insufficient ACL permissions.")))
}

/// An element with what it is sorted by.
struct Row {
    element: Bytes,
    score: f64,
    text: Option<Bytes>,
}

pub fn sort(call: &mut Call) -> Answer {
    run(call, true)
}

pub fn sort_ro(call: &mut Call) -> Answer {
    run(call, false)
}

fn run(call: &mut Call, may_store: bool) -> Answer {
    let mut options = Options::read(call, may_store)?;
    let (elements, is_set) = elements(call)?;
    let mut is_sorted = options.by.as_ref().is_none_or(|pattern| star(pattern).is_some());
    if !is_sorted && is_set && options.store.is_some() {
        (is_sorted, options.alpha, options.by) = (true, true, None);
    }
    let mut elements = elements;
    if is_sorted {
        elements = sorted(call, elements, &options)?;
    } else if options.descending && !is_set {
        elements.reverse();
    }
    let (start, count) = window(options.limit, elements.len());
    let chosen = elements.into_iter().skip(start).take(count);
    let mut found = vec![];
    for element in chosen {
        if options.get.is_empty() {
            found.push(Some(element));
            continue;
        }
        for pattern in &options.get {
            found.push(lookup_pattern(call, pattern, &element));
        }
    }
    let Some(key) = options.store else {
        return Ok(Some(Reply::Array(found.into_iter().map(|e| e.map_or(Reply::NullBulk, Reply::Bulk)).collect())));
    };
    let len = found.len() as u64;
    let list = List::from_elements(found.into_iter().map(Option::unwrap_or_default).collect(), &call.node.config);
    call.changed(len.saturating_sub(1));
    store(call, key, Value::List(Arc::new(list)))
}

/// What the key holds, in its order, and whether that is a set. A sorted set that was asked for becomes a skip list, and
/// stays one.
fn elements(call: &mut Call) -> Result<(Vec<Bytes>, bool), CommandError> {
    let key = call.arg(1);
    let found = match call.lookup(&key).map(|entry| &entry.value) {
        None => (vec![], false),
        Some(Value::List(list)) => (list.iter().cloned().collect(), false),
        Some(Value::Set(set)) => (set.iter().collect(), true),
        Some(Value::SortedSet(set)) => {
            let (elements, is_listpack) = (set.iter().map(|(name, _)| name.clone()).collect(), set.is_listpack());
            if is_listpack {
                call.modify(&key, &mut |value| {
                    if let Some(set) = value.as_sorted_set_mut() {
                        set.become_skiplist();
                    }
                });
            }
            (elements, false)
        }
        Some(_) => return Err(CommandError::WRONG_TYPE),
    };
    Ok(found)
}

/// Where the elements begin that LIMIT leaves, and how many they are.
fn window((offset, count): (i64, i64), len: usize) -> (usize, usize) {
    let start = usize::try_from(offset).unwrap_or(if offset < 0 { 0 } else { len }).min(len);
    (start, usize::try_from(count).unwrap_or(len).min(len - start))
}

fn sorted(call: &mut Call, elements: Vec<Bytes>, options: &Options) -> Result<Vec<Bytes>, CommandError> {
    let (mut rows, mut is_number) = (vec![], true);
    for element in elements {
        let by = match &options.by {
            None => Some(element.clone()),
            Some(pattern) => lookup_pattern(call, pattern, &element),
        };
        let mut row = Row { element, score: 0.0, text: None };
        match by {
            Some(by) if !options.alpha => {
                let read = double::strtod(&by);
                is_number &= read.rest.is_empty() && !read.out_of_range && !read.number.is_nan();
                row.score = read.number;
            }
            by => row.text = by,
        }
        rows.push(row);
    }
    if !is_number {
        return Err(CommandError::new("ERR One or more scores can't be converted into double"));
    }
    rows.sort_by(|a, b| {
        let order = match options.alpha {
            true => a.text.cmp(&b.text),
            false => a.score.partial_cmp(&b.score).unwrap_or(Ordering::Equal).then_with(|| a.element.cmp(&b.element)),
        };
        if options.descending { order.reverse() } else { order }
    });
    Ok(rows.into_iter().map(|row| row.element).collect())
}

/// The place of the first `*` of a pattern, which a NUL would end.
fn star(pattern: &[u8]) -> Option<usize> {
    pattern.iter().take_while(|byte| **byte != 0).position(|byte| *byte == b'*')
}

/// What the key holds whose name is the pattern with the element in place of its `*`; with `->` behind that, the field of
/// a hash; `#` is the element itself (`lookupKeyByPattern`).
fn lookup_pattern(call: &mut Call, pattern: &[u8], element: &Bytes) -> Option<Bytes> {
    if pattern == b"#" {
        return Some(element.clone());
    }
    let star = star(pattern)?;
    let (before, after) = (&pattern[..star], &pattern[star + 1..]);
    let arrow = after.windows(2).position(|two| two == b"->").filter(|n| after.len() > n + 2);
    let (after, field) = match arrow {
        Some(n) => (&after[..n], Some(&after[n + 2..])),
        None => (after, None),
    };
    let key = [before, element, after].concat();
    match (call.lookup(&key).map(|entry| &entry.value)?, field) {
        (value, None) => value.as_string().cloned(),
        (Value::Hash(hash), Some(field)) => hash.get(field).cloned(),
        _ => None,
    }
}
