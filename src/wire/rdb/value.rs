//! The values of a snapshot: which type byte stands for which, and how their bodies are written.
//!
//! Rule: written as Redis 7.0 writes each encoding; read (`collections`) also as older versions wrote them. Whether what
//! was read is small enough to stay packed is for whoever loads it to decide. A collection without elements is read as
//! such, and its key is left out by the reader, as Redis does. Mirrors `rdbSaveObjectType` and `rdbSaveObject` (rdb.c).

use super::cursor::Cursor;
use super::encode::Encoder;
use super::error::RdbError;
use crate::wire::{Bytes, double, listpack, ziplist};

/// The values that are modelled, as they are packed.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    String(Bytes),
    /// A quicklist, by nodes.
    List(Vec<ListNode>),
    /// A list as versions before 7.0 wrote it, whose nodes are to be made anew.
    Elements(Vec<Bytes>),
    /// Integers in order.
    IntSet(Vec<i64>),
    Set(Vec<Bytes>),
    HashListpack(Vec<(Bytes, Bytes)>),
    Hash(Vec<(Bytes, Bytes)>),
    /// In ascending order.
    SortedSetListpack(Vec<(Bytes, f64)>),
    /// In the file's order; Redis writes the highest score first.
    SortedSet(Vec<(Bytes, f64)>),
}

/// A node of a quicklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListNode {
    /// One element that is too large to be packed.
    Plain(Bytes),
    Packed(Vec<Bytes>),
}

/// What stands where a value's type is read (`RDB_TYPE_…`, rdb.h).
pub(super) mod type_byte {
    pub const STRING: u8 = 0;
    pub const LIST: u8 = 1;
    pub const SET: u8 = 2;
    pub const ZSET: u8 = 3;
    pub const HASH: u8 = 4;
    pub const ZSET_2: u8 = 5;
    pub const HASH_ZIPMAP: u8 = 9;
    pub const LIST_ZIPLIST: u8 = 10;
    pub const SET_INTSET: u8 = 11;
    pub const ZSET_ZIPLIST: u8 = 12;
    pub const HASH_ZIPLIST: u8 = 13;
    pub const LIST_QUICKLIST: u8 = 14;
    pub const HASH_LISTPACK: u8 = 16;
    pub const ZSET_LISTPACK: u8 = 17;
    pub const LIST_QUICKLIST_2: u8 = 18;
}

/// `QUICKLIST_NODE_CONTAINER_PLAIN` and `…_PACKED`.
pub(super) const PLAIN: u64 = 1;
pub(super) const PACKED: u64 = 2;

/// The collection that a type byte announces; none for a string and for what is not modelled.
pub(super) fn collection(byte: u8) -> Option<&'static str> {
    match byte {
        type_byte::LIST | type_byte::LIST_ZIPLIST | type_byte::LIST_QUICKLIST | type_byte::LIST_QUICKLIST_2 => {
            Some("list")
        }
        type_byte::SET | type_byte::SET_INTSET => Some("set"),
        type_byte::ZSET | type_byte::ZSET_2 | type_byte::ZSET_ZIPLIST | type_byte::ZSET_LISTPACK => Some("sorted set"),
        type_byte::HASH | type_byte::HASH_ZIPMAP | type_byte::HASH_ZIPLIST | type_byte::HASH_LISTPACK => Some("hash"),
        _ => None,
    }
}

/// Does this byte announce a value that can be read?
pub(super) fn is_value(byte: u8) -> bool {
    byte == type_byte::STRING || (cfg!(feature = "complete") && collection(byte).is_some())
}

impl Value {
    /// The byte that announces the value (`rdbSaveObjectType`).
    pub(super) fn type_byte(&self) -> u8 {
        match self {
            Value::String(_) => type_byte::STRING,
            Value::List(_) | Value::Elements(_) => type_byte::LIST_QUICKLIST_2,
            Value::IntSet(_) => type_byte::SET_INTSET,
            Value::Set(_) => type_byte::SET,
            Value::HashListpack(_) => type_byte::HASH_LISTPACK,
            Value::Hash(_) => type_byte::HASH,
            Value::SortedSetListpack(_) => type_byte::ZSET_LISTPACK,
            Value::SortedSet(_) => type_byte::ZSET_2,
        }
    }

    /// Elements of a collection, pairs of a hash, members of a sorted set; 1 for a string.
    pub(super) fn elements(&self) -> usize {
        let of_node = |node: &ListNode| if let ListNode::Packed(elements) = node { elements.len() } else { 1 };
        match self {
            Value::String(_) => 1,
            Value::List(nodes) => nodes.iter().map(of_node).sum(),
            Value::Elements(elements) | Value::Set(elements) => elements.len(),
            Value::IntSet(numbers) => numbers.len(),
            Value::HashListpack(pairs) | Value::Hash(pairs) => pairs.len(),
            Value::SortedSetListpack(members) | Value::SortedSet(members) => members.len(),
        }
    }

    /// Reads the body that follows a type byte and a key. `None`: a collection without elements.
    pub(super) fn read(cursor: &mut Cursor, byte: u8) -> Result<Option<Value>, RdbError> {
        let value = match byte {
            type_byte::STRING => Value::String(cursor.string()?),
            #[cfg(feature = "complete")]
            _ => super::collections::read(cursor, byte)?,
            // The small program of the page reads none.
            #[cfg(not(feature = "complete"))]
            _ => return Err(cursor.error_here(super::RdbErrorKind::not_modelled(byte))),
        };
        Ok(Some(value).filter(|value| value.elements() > 0))
    }

    /// Writes the body.
    pub(super) fn write(&self, to: &mut Encoder) {
        match self {
            Value::String(text) => to.string(text),
            // The small program of the page has no collections.
            _ if cfg!(not(feature = "complete")) => {}
            Value::List(nodes) => {
                to.length(nodes.len() as u64);
                nodes.iter().for_each(|node| node.write(to));
            }
            Value::Elements(elements) => Value::List(vec![ListNode::Packed(elements.clone())]).write(to),
            Value::IntSet(numbers) => to.string(&ziplist::encode_intset(numbers)),
            Value::Set(members) => {
                to.length(members.len() as u64);
                members.iter().for_each(|member| to.string(member));
            }
            Value::HashListpack(pairs) => {
                let elements = pairs.iter().flat_map(|(field, value)| [&field[..], &value[..]]);
                to.string(&listpack::encode(&mut elements.into_iter()));
            }
            Value::Hash(pairs) => {
                to.length(pairs.len() as u64);
                pairs.iter().flat_map(|(field, value)| [field, value]).for_each(|text| to.string(text));
            }
            Value::SortedSetListpack(members) => {
                let scores: Vec<String> = members.iter().map(|(_, score)| double::print_packed(*score)).collect();
                let pairs = members.iter().zip(&scores);
                let elements = pairs.flat_map(|((member, _), score)| [&member[..], score.as_bytes()]);
                to.string(&listpack::encode(&mut elements.into_iter()));
            }
            Value::SortedSet(members) => {
                to.length(members.len() as u64);
                for (member, score) in members {
                    to.string(member);
                    to.raw(&score.to_le_bytes());
                }
            }
        }
    }
}

impl ListNode {
    fn write(&self, to: &mut Encoder) {
        match self {
            ListNode::Plain(element) => {
                to.length(PLAIN);
                to.string(element);
            }
            ListNode::Packed(elements) => {
                to.length(PACKED);
                to.string(&listpack::encode(&mut elements.iter().map(|element| &element[..])));
            }
        }
    }
}
