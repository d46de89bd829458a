//! A collection in a line of text: `[a, b]` for a list, `{a, b}` for a set, `{field: value}` for a hash, `{member: 1.5}`
//! for a sorted set. Rule: enough is shown to fill a card, never all of a large value.

use super::Value;
use crate::node::COMPLETE;
use crate::wire::printable;
use std::fmt;

/// Elements shown at most.
const SHOWN_MAX: usize = 32;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::String(text) | Value::Raw(text) | Value::Computed(text) => f.write_str(&printable(text)),
            _ if !COMPLETE => Ok(()),
            Value::List(list) => row(f, ["[", "]"], &mut list.iter().map(|element| printable(element))),
            Value::Set(set) => row(f, ["{", "}"], &mut set.iter().map(|member| printable(&member))),
            Value::Hash(hash) => {
                let pairs = hash.iter();
                row(f, ["{", "}"], &mut pairs.map(|(field, value)| printable(field) + ": " + &printable(value)))
            }
            Value::SortedSet(set) => {
                let pairs = set.iter();
                row(
                    f,
                    ["{", "}"],
                    &mut pairs.map(|(member, score)| printable(member) + ": " + &crate::wire::double::print(score)),
                )
            }
        }
    }
}

fn row(f: &mut fmt::Formatter<'_>, ends: [&str; 2], elements: &mut dyn Iterator<Item = String>) -> fmt::Result {
    f.write_str(ends[0])?;
    for (n, element) in elements.enumerate() {
        if n == SHOWN_MAX {
            f.write_str(", …")?;
            break;
        }
        f.write_str(if n > 0 { ", " } else { "" })?;
        f.write_str(&element)?;
    }
    f.write_str(ends[1])
}
