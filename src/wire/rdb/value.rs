//! The values of a snapshot: which type byte stands for which, and their bodies.
//!
//! Rule: written as Redis 7.0 writes each encoding; read also as older versions wrote them. Whether what was read is small
//! enough to stay packed is for whoever loads it to decide. A duplicate where none may be is refused; a collection
//! without elements is read as such, and its key is left out by the reader, as Redis does.
//! Mirrors `rdbLoadObject`, `rdbSaveObjectType` and `rdbSaveObject` (rdb.c).

use super::cursor::Cursor;
use super::encode::Encoder;
use super::error::{RdbError, RdbErrorKind};
use crate::wire::{Bytes, double, listpack, ziplist};
use std::collections::BTreeSet;

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
mod type_byte {
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
const PLAIN: u64 = 1;
const PACKED: u64 = 2;

/// Bytes of a score in a listpack that are looked at.
const SCORE_MAX: usize = 127;

const NO_NUMBER: &str = "a score that is no number";

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
            _ => read_collection(cursor, byte)?,
        };
        Ok(Some(value).filter(|value| value.elements() > 0))
    }

    /// Writes the body.
    pub(super) fn write(&self, to: &mut Encoder) {
        match self {
            Value::String(text) => to.string(text),
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

/// The small program of the page reads none.
#[cfg(not(feature = "complete"))]
fn read_collection(cursor: &mut Cursor, byte: u8) -> Result<Value, RdbError> {
    Err(cursor.error_here(RdbErrorKind::not_modelled(byte)))
}

#[cfg(feature = "complete")]
fn read_collection(cursor: &mut Cursor, byte: u8) -> Result<Value, RdbError> {
    let at = cursor.position();
    let broken = |what: &'static str| RdbError { at, kind: RdbErrorKind::BadValue { what } };
    let mut packed = |read: fn(&[u8]) -> Result<Vec<Bytes>, &'static str>| read(&cursor.string()?).map_err(broken);
    let value = match byte {
        type_byte::LIST_ZIPLIST => Value::Elements(packed(ziplist::decode_ziplist)?),
        type_byte::ZSET_ZIPLIST => Value::SortedSetListpack(scored(packed(ziplist::decode_ziplist)?).map_err(broken)?),
        type_byte::ZSET_LISTPACK => Value::SortedSetListpack(scored(packed(listpack::decode)?).map_err(broken)?),
        type_byte::HASH_ZIPLIST => Value::HashListpack(pairs(packed(ziplist::decode_ziplist)?).map_err(broken)?),
        type_byte::HASH_LISTPACK => Value::HashListpack(pairs(packed(listpack::decode)?).map_err(broken)?),
        type_byte::HASH_ZIPMAP => {
            Value::HashListpack(distinct(ziplist::decode_zipmap(&cursor.string()?).map_err(broken)?).map_err(broken)?)
        }
        type_byte::SET_INTSET => Value::IntSet(ziplist::decode_intset(&cursor.string()?).map_err(broken)?),
        type_byte::LIST => Value::Elements(many(cursor, Cursor::string)?),
        type_byte::SET => Value::Set(distinct(many(cursor, Cursor::string)?).map_err(broken)?),
        type_byte::HASH => {
            let read = many(cursor, |cursor| Ok((cursor.string()?, cursor.string()?)))?;
            Value::Hash(distinct(read).map_err(broken)?)
        }
        type_byte::ZSET => Value::SortedSet(members(cursor, text_score).and_then(|m| distinct(m).map_err(broken))?),
        type_byte::ZSET_2 => Value::SortedSet(members(cursor, binary_score).and_then(|m| distinct(m).map_err(broken))?),
        type_byte::LIST_QUICKLIST => {
            let nodes = many(cursor, Cursor::string)?;
            let nodes = nodes.iter().map(|node| ziplist::decode_ziplist(node).map_err(broken));
            Value::List(without_empty(nodes.map(|node| node.map(ListNode::Packed)).collect::<Result<_, _>>()?))
        }
        _ => Value::List(without_empty(many(cursor, list_node)?)),
    };
    Ok(value)
}

/// So many things as a length says, one after the other.
fn many<'a, T>(
    cursor: &mut Cursor<'a>,
    mut read: impl FnMut(&mut Cursor<'a>) -> Result<T, RdbError>,
) -> Result<Vec<T>, RdbError> {
    let count = cursor.length()?;
    let mut all = vec![];
    for _ in 0..count {
        all.push(read(cursor)?);
    }
    Ok(all)
}

fn members(
    cursor: &mut Cursor,
    score: fn(&mut Cursor) -> Result<f64, RdbError>,
) -> Result<Vec<(Bytes, f64)>, RdbError> {
    let at = cursor.position();
    let members = many(cursor, |cursor| Ok((cursor.string()?, score(cursor)?)))?;
    match members.iter().any(|(_, score)| score.is_nan()) {
        true => Err(RdbError { at, kind: RdbErrorKind::BadValue { what: NO_NUMBER } }),
        false => Ok(members),
    }
}

fn binary_score(cursor: &mut Cursor) -> Result<f64, RdbError> {
    cursor.array().map(f64::from_le_bytes)
}

/// `rdbLoadDoubleValue`: the length of a text, or a byte for what has none.
fn text_score(cursor: &mut Cursor) -> Result<f64, RdbError> {
    let at = cursor.position();
    match cursor.byte()? {
        253 => Ok(f64::NAN),
        254 => Ok(f64::INFINITY),
        255 => Ok(f64::NEG_INFINITY),
        length => {
            let text = cursor.take(u64::from(length))?;
            let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
            let read = double::strtod(&text[..end]);
            let is_number = read.rest.len() < end;
            is_number.then_some(read.number).ok_or(RdbError { at, kind: RdbErrorKind::BadValue { what: NO_NUMBER } })
        }
    }
}

fn list_node(cursor: &mut Cursor) -> Result<ListNode, RdbError> {
    let at = cursor.position();
    let broken = |what: &'static str| RdbError { at, kind: RdbErrorKind::BadValue { what } };
    match cursor.length()? {
        PLAIN => match cursor.string()? {
            element if element.is_empty() => Err(broken("a plain list node without its element")),
            element => Ok(ListNode::Plain(element)),
        },
        PACKED => Ok(ListNode::Packed(listpack::decode(&cursor.string()?).map_err(broken)?)),
        _ => Err(broken("a list node that is neither plain nor packed")),
    }
}

fn without_empty(nodes: Vec<ListNode>) -> Vec<ListNode> {
    nodes.into_iter().filter(|node| !matches!(node, ListNode::Packed(elements) if elements.is_empty())).collect()
}

fn pairs(elements: Vec<Bytes>) -> Result<Vec<(Bytes, Bytes)>, &'static str> {
    if !elements.len().is_multiple_of(2) {
        return Err("a field without a value");
    }
    distinct(elements.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect())
}

/// As Redis does: text that is no number is 0 (`zzlStrtod`, t_zset.c).
fn scored(elements: Vec<Bytes>) -> Result<Vec<(Bytes, f64)>, &'static str> {
    let score = |text: &Bytes| double::strtod(&text[..text.len().min(SCORE_MAX)]).number;
    let members: Vec<_> = pairs(elements)?.into_iter().map(|(member, text)| (member, score(&text))).collect();
    if members.iter().any(|(_, score)| score.is_nan()) { Err(NO_NUMBER) } else { Ok(members) }
}

/// What something is called within its collection.
trait Named {
    fn name(&self) -> &Bytes;
}

impl Named for Bytes {
    fn name(&self) -> &Bytes {
        self
    }
}

impl<T> Named for (Bytes, T) {
    fn name(&self) -> &Bytes {
        &self.0
    }
}

fn distinct<T: Named>(things: Vec<T>) -> Result<Vec<T>, &'static str> {
    let mut names: BTreeSet<&Bytes> = BTreeSet::new();
    if things.iter().all(|thing| names.insert(thing.name())) { Ok(things) } else { Err("something that is in twice") }
}
