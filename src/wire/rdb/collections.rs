//! Reading collections: the bodies behind their type bytes, as 7.0 and the versions before it wrote them.
//!
//! Rule: a damaged body is refused where Redis would with `sanitize-dump-payload yes`: counts, lengths both ways, order of
//! integers, names that are in twice. Mirrors `rdbLoadObject` (rdb.c).

use super::cursor::Cursor;
use super::error::{RdbError, RdbErrorKind};
use super::value::{ListNode, PACKED, PLAIN, Value, type_byte};
use crate::wire::{Bytes, double, listpack, ziplist};
use std::collections::BTreeSet;

/// Bytes of a score in a listpack that are looked at.
const SCORE_MAX: usize = 127;

const NO_NUMBER: &str = "a score that is no number";

/// Reads the body of what this byte announces.
pub(super) fn read(cursor: &mut Cursor, byte: u8) -> Result<Value, RdbError> {
    let at = cursor.position();
    let broken = |what: &'static str| RdbError { at, kind: RdbErrorKind::BadValue { what } };
    let mut packed = |read: fn(&[u8]) -> Result<Vec<Bytes>, &'static str>| read(&cursor.string()?).map_err(broken);
    let value = match byte {
        type_byte::LIST_ZIPLIST => Value::Elements(packed(ziplist::decode_ziplist)?),
        type_byte::ZSET_ZIPLIST => Value::SortedSetListpack(scored(packed(ziplist::decode_ziplist)?).map_err(broken)?),
        type_byte::ZSET_LISTPACK => Value::SortedSetListpack(scored(packed(listpack::decode)?).map_err(broken)?),
        type_byte::HASH_ZIPLIST => Value::HashListpack(pairs(packed(ziplist::decode_ziplist)?).map_err(broken)?),
        type_byte::HASH_LISTPACK => Value::HashListpack(pairs(packed(listpack::decode)?).map_err(broken)?),
        // Its texts may be long, so it is not taken for packed.
        type_byte::HASH_ZIPMAP => {
            Value::Hash(distinct(ziplist::decode_zipmap(&cursor.string()?).map_err(broken)?).map_err(broken)?)
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
        type_byte::LIST_QUICKLIST_2 => Value::List(without_empty(many(cursor, list_node)?)),
        _ => return Err(RdbError { at, kind: RdbErrorKind::not_modelled(byte) }),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::rdb::{Item, Reader, Writer, fields};
    use crate::wire::{crc64, quoted};
    use expect_test::expect;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::fmt::Write;

    /// The `dump.rdb` of `redis-server --enable-debug-command yes --list-max-listpack-size 20 --set-max-intset-entries 3
    /// --hash-max-listpack-entries 2 --zset-max-listpack-entries 3`, version 7.0.15, after
    /// `redis-cli < collections-7.0.15.txt` and `redis-cli SAVE`.
    const COLLECTIONS: &[u8] = include_bytes!("../../../tests/rdb/collections-7.0.15.rdb");

    fn entries(bytes: &[u8]) -> BTreeMap<Bytes, (Value, Vec<u8>)> {
        let mut entries = BTreeMap::new();
        for item in Reader::new(bytes) {
            if let (span, Item::Entry { key, value, .. }) = item.unwrap() {
                entries.insert(key, (value, bytes[span.start as usize..span.end as usize].to_vec()));
            }
        }
        entries
    }

    fn shown(value: &Value) -> String {
        let texts = |texts: &[Bytes]| texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(" ");
        let pairs = |pairs: &[(Bytes, Bytes)]| {
            pairs.iter().map(|(f, v)| format!("{}={}", quoted(f), quoted(v))).collect::<Vec<_>>().join(" ")
        };
        let scores = |members: &[(Bytes, f64)]| {
            members.iter().map(|(m, score)| format!("{}={score}", quoted(m))).collect::<Vec<_>>().join(" ")
        };
        let node = |node: &ListNode| match node {
            ListNode::Plain(element) => format!("plain {}", quoted(element)),
            ListNode::Packed(elements) => format!("packed {}", texts(elements)),
        };
        match value {
            Value::String(text) => quoted(text),
            Value::List(nodes) => format!("list: {}", nodes.iter().map(node).collect::<Vec<_>>().join(", ")),
            Value::Elements(elements) => format!("elements: {}", texts(elements)),
            Value::IntSet(numbers) => format!("intset: {numbers:?}"),
            Value::Set(members) => format!("set: {}", texts(members)),
            Value::HashListpack(p) => format!("packed hash: {}", pairs(p)),
            Value::Hash(p) => format!("hash: {}", pairs(p)),
            Value::SortedSetListpack(m) => format!("packed sorted set: {}", scores(m)),
            Value::SortedSet(m) => format!("sorted set: {}", scores(m)),
        }
    }

    #[test]
    fn a_file_of_redis_with_collections_is_read() {
        let mut out = String::new();
        for (key, (value, _)) in entries(COLLECTIONS) {
            writeln!(out, "{} {}", quoted(&key), shown(&value)).unwrap();
        }
        expect![[r#"
            "hash" packed hash: "f"="v" "g"="42"
            "hash:long" hash: "f"="vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv"
            "hash:table" hash: "f"="v" "h"="-1" "g"="42"
            "list" list: packed "a" "b" "1" "-2" "300" "70000" "-9000000" "5000000000" ""
            "list:packed" list: packed "abababababababababababababababababababababababababababababababababababababababab"
            "list:plain" list: packed "before", plain "pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp", packed "after"
            "list:two-nodes" list: packed "1" "2" "3" "4" "5" "6" "7" "8" "9" "10" "11" "12" "13" "14" "15" "16" "17" "18" "19" "20", packed "21" "22"
            "set" set: "3" "b" "a"
            "set:16-bit" intset: [-2, 1, 300]
            "set:32-bit" intset: [1, 70000]
            "set:64-bit" intset: [1, 5000000000]
            "zset" packed sorted set: "c"=-300000000000000000000 "a"=1 "b"=2.5
            "zset:skiplist" sorted set: "c"=inf "b"=2.5 "a"=1 "d"=-inf
        "#]].assert_eq(&out);
    }

    #[test]
    fn collections_are_written_as_redis_wrote_them() {
        let read = entries(COLLECTIONS);
        assert_eq!(read.len(), 13);
        for (key, (value, bytes)) in read {
            let mut writer = Writer::new();
            writer.entry(&key, &value, None);
            let file = writer.finish();
            assert_eq!(file[9..file.len() - 9], bytes, "{}", quoted(&key));
        }
    }

    #[test]
    fn a_collection_that_is_cut_off_is_refused_where_it_ends() {
        for end in 0..COLLECTIONS.len() {
            let error = Reader::new(&COLLECTIONS[..end]).find_map(Result::err).unwrap();
            assert!(matches!(error.kind, RdbErrorKind::Truncated { .. }), "{end}: {error}");
            assert_eq!(error.at, end as u64);
        }
    }

    proptest! {
        /// The checksum is made right again, so that what is inside is read.
        #[test]
        fn a_damaged_file_is_read_or_refused_in_place_and_explained_whole(
            harms in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..4),
        ) {
            let mut bytes = COLLECTIONS[..COLLECTIONS.len() - 8].to_vec();
            for (at, byte, harm) in harms {
                let at = at.index(bytes.len());
                match harm {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    _ => drop(bytes.remove(at)),
                }
            }
            let checksum = crc64(0, &bytes);
            bytes.extend_from_slice(&checksum.to_le_bytes());
            let mut at = 0;
            for item in Reader::new(&bytes) {
                let next = item.map_or_else(|error| error.at, |(span, _)| span.end);
                prop_assert!(at <= next && next <= bytes.len() as u64);
                at = next;
            }
            let mut end = 0;
            for field in fields(&bytes) {
                prop_assert_eq!(field.span.start, end);
                end = field.span.end;
            }
            prop_assert_eq!(end, bytes.len() as u64);
        }
    }
}
