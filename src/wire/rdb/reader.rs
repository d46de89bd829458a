//! Reading a snapshot, item by item.
//!
//! Rule: an item is yielded with the bytes it was read from; what stands before a key (its expiry, how long it was idle)
//! belongs to it. Stricter than Redis in one thing: a string's special encoding where a length must stand is refused;
//! Redis takes its low six bits for the length. Mirrors `rdbLoadRioWithLoadingCtx` (rdb.c).

use super::cursor::Cursor;
use super::error::{RdbError, RdbErrorKind};
use super::value::is_value;
use super::{Item, VERSION_WITH_CHECKSUM, Value, opcode};
use crate::wire::{Span, crc64};

/// An iterator over the items of a file. After [`Item::End`] it ends, or says how many bytes follow that should not;
/// after an error it ends.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    cursor: Cursor<'a>,
    stage: Stage,
    version: u32,
    /// An expiry was read; the next key has it (`expiretime`; Redis' -1 is none).
    expire_at_ms: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Awaits the line that names the format.
    Header,
    /// Awaits items, up to the end.
    Items,
    /// The end was read: nothing may follow.
    End,
    /// Nothing more to say.
    Over,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { cursor: Cursor::new(bytes), stage: Stage::Header, version: 0, expire_at_ms: None }
    }

    /// Bytes read so far; after [`Item::End`], the length of the snapshot.
    pub fn consumed(&self) -> u64 {
        self.cursor.position()
    }

    fn header(&mut self) -> Result<(), RdbError> {
        self.version = self.cursor.header()?;
        self.stage = Stage::Items;
        Ok(())
    }

    fn item(&mut self) -> Result<(Span, Item), RdbError> {
        let mut start = self.cursor.position();
        let item = loop {
            let at = self.cursor.position();
            match self.cursor.byte()? {
                opcode::EXPIRE_MS => self.expire_at_ms = Some(i64::from_le_bytes(self.cursor.array()?)),
                opcode::EXPIRE_SECS => {
                    self.expire_at_ms = Some(i64::from(i32::from_le_bytes(self.cursor.array()?)) * 1000)
                }
                opcode::IDLE => drop(self.cursor.length()?),
                opcode::FREQ => drop(self.cursor.byte()?),
                opcode::AUX => break Item::Aux { key: self.cursor.string()?, value: self.cursor.string()? },
                opcode::SELECT_DB => break Item::SelectDb(self.cursor.length()?),
                opcode::RESIZE_DB => {
                    break Item::ResizeDb { keys: self.cursor.length()?, expires: self.cursor.length()? };
                }
                opcode::EOF => break self.end()?,
                byte => match self.entry(byte, at)? {
                    Some(item) => break item,
                    None => start = self.cursor.position(),
                },
            }
        };
        Ok((Span::new(start, self.cursor.position()), item))
    }

    /// A key with its value. `None`: a collection without elements, which Redis leaves out.
    fn entry(&mut self, byte: u8, at: u64) -> Result<Option<Item>, RdbError> {
        if !is_value(byte) {
            return Err(RdbError { at, kind: RdbErrorKind::not_modelled(byte) });
        }
        let key = self.cursor.string()?;
        let value = Value::read(&mut self.cursor, byte)?;
        let expire_at_ms = self.expire_at_ms.take().filter(|at| *at != -1);
        Ok(value.map(|value| Item::Entry { key, value, expire_at_ms }))
    }

    fn end(&mut self) -> Result<Item, RdbError> {
        self.stage = Stage::End;
        if self.version < VERSION_WITH_CHECKSUM {
            return Ok(Item::End { checksum: 0 });
        }
        let at = self.cursor.position();
        let computed = crc64(0, self.cursor.taken());
        let stored = u64::from_le_bytes(self.cursor.array()?);
        if stored != 0 && stored != computed {
            return Err(RdbError { at, kind: RdbErrorKind::Checksum { stored, computed } });
        }
        Ok(Item::End { checksum: stored })
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<(Span, Item), RdbError>;

    fn next(&mut self) -> Option<Self::Item> {
        let result = match self.stage {
            Stage::Header => self.header().and_then(|()| self.item()),
            Stage::Items => self.item(),
            Stage::End => match self.cursor.rest().len() as u64 {
                0 => return None,
                count => Err(self.cursor.error_here(RdbErrorKind::TrailingBytes { count })),
            },
            Stage::Over => return None,
        };
        if result.is_err() {
            self.stage = Stage::Over;
        }
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::rdb::ListNode;
    use std::collections::BTreeMap;

    /// A `dump.rdb` of redis-server 7.0.15 with `maxmemory-policy allkeys-lru`, so that each key says how long it was idle.
    const STRINGS: &[u8] = include_bytes!("../../../tests/rdb/strings-7.0.15.rdb");
    /// A snapshot of redis-server 7.0.15 as it came over a replication link; it holds every type of value.
    const ALL_TYPES: &[u8] = include_bytes!("../../../tests/rdb/a-fullsync.rdb");

    fn items(bytes: &[u8]) -> Result<Vec<Item>, RdbError> {
        Reader::new(bytes).map(|item| Ok(item?.1)).collect()
    }

    fn text(text: &str) -> crate::wire::Bytes {
        text.as_bytes().into()
    }

    /// Value and expiry of each key, by database and key.
    type Dataset = BTreeMap<(u64, Vec<u8>), (Vec<u8>, Option<i64>)>;

    fn dataset(items: &[Item]) -> Dataset {
        let mut db = 0;
        let mut dataset = Dataset::new();
        for item in items {
            match item {
                Item::SelectDb(number) => db = *number,
                Item::Entry { key, value: Value::String(value), expire_at_ms } => {
                    dataset.insert((db, key.to_vec()), (value.to_vec(), *expire_at_ms));
                }
                _ => {}
            }
        }
        dataset
    }

    #[test]
    fn a_file_of_redis_with_strings_is_read() {
        let every_byte: Vec<u8> = (0..=255).collect();
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
        let forever: &[(&[u8], &[u8])] = &[
            (b"int8", b"12"),
            (b"int8min", b"-128"),
            (b"int16", b"12345"),
            (b"int16min", b"-32768"),
            (b"int32", b"-2147483648"),
            (b"int32max", b"2147483647"),
            (b"int33", b"2147483648"),
            (b"int64", b"-9223372036854775808"),
            (b"zero", b"0"),
            (b"notint:-0", b"-0"),
            (b"notint:007", b"007"),
            (b"notint:+1", b"+1"),
            (b"empty", b""),
            (b"", b"empty key"),
            (b"42", b"an integer as key"),
            (b"bin\0\xff\r\n", &every_byte),
            (b"len63", letters.as_bytes()),
            (b"len64", &[letters.as_bytes(), b"!"].concat()),
            (b"lzf:100", &b"a".repeat(100)),
            (b"lzf:20000", &b"ab".repeat(10_000)),
            (b"lzf:text", &b"the quick brown fox jumps over the lazy dog; ".repeat(8)),
        ];
        let mut expected: Dataset = forever.iter().map(|(k, v)| ((0, k.to_vec()), (v.to_vec(), None))).collect();
        let mut add = |db, key: &[u8], value: &[u8], at| expected.insert((db, key.to_vec()), (value.to_vec(), at));
        add(0, b"expires", b"v", Some(4_102_444_800_000));
        add(0, b"expires:ms", b"v", Some(4_102_444_800_123));
        add(3, b"other", b"db3", None);
        add(3, b"expires", b"42", Some(4_102_444_800_000));
        add(15, b"last", b"x", None);

        let items = items(STRINGS).unwrap();
        assert_eq!(dataset(&items), expected);
        assert_eq!(items[0], Item::Aux { key: text("redis-ver"), value: text("7.0.15") });
        assert_eq!(items[1], Item::Aux { key: text("redis-bits"), value: text("64") });
        let hints: Vec<&Item> = items.iter().filter(|item| matches!(item, Item::ResizeDb { .. })).collect();
        assert_eq!(*hints[0], Item::ResizeDb { keys: 23, expires: 2 });
        assert_eq!(items.last(), Some(&Item::End { checksum: 0x15F7_571B_C368_EF48 }));
    }

    #[test]
    fn spans_follow_each_other_from_the_header_to_the_end() {
        let mut reader = Reader::new(STRINGS);
        let mut at = 9;
        for item in reader.by_ref() {
            let span = item.unwrap().0;
            assert_eq!(span.start, at);
            at = span.end;
        }
        assert_eq!((at, reader.consumed()), (STRINGS.len() as u64, STRINGS.len() as u64));
    }

    #[test]
    fn a_value_that_is_not_modelled_is_named() {
        let mut reader = Reader::new(ALL_TYPES);
        let read: Vec<Item> = reader.by_ref().map_while(Result::ok).map(|(_, item)| item).collect();
        assert_eq!(
            read[5],
            Item::Aux { key: text("repl-id"), value: text("cfd66c765e9213df0f860926d3d1742f44e3c3e8") }
        );
        assert_eq!(read[8..10], [Item::SelectDb(0), Item::ResizeDb { keys: 15, expires: 1 }]);
        assert_eq!(read.len(), 10 + 13, "everything before the stream is read");
        let error = items(ALL_TYPES).unwrap_err();
        assert_eq!(
            error.to_string(),
            "at byte 455: a stream (RDB_TYPE_STREAM_LISTPACKS_2), type 0x13, is not modelled"
        );
        assert!(reader.next().is_none());
    }

    #[test]
    fn collections_are_read_as_redis_packed_them() {
        let value = |key: &str| {
            Reader::new(ALL_TYPES).find_map(|item| match item {
                Ok((_, Item::Entry { key: found, value, .. })) if found == text(key) => Some(value),
                _ => None,
            })
        };
        let texts = |texts: &[&str]| texts.iter().map(|t| text(t)).collect::<Vec<_>>();
        assert_eq!(value("k:iset16"), Some(Value::IntSet(vec![1, 1000])));
        assert_eq!(value("k:set"), Some(Value::Set(texts(&["x"]))));
        assert_eq!(value("k:zset"), Some(Value::SortedSetListpack(vec![(text("a"), 1.0), (text("b"), 2.5)])));
        let pairs = vec![(text("f1"), text("v1")), (text("f2"), text("42"))];
        assert_eq!(value("k:hash"), Some(Value::HashListpack(pairs)));
        let node = ListNode::Packed(texts(&["a", "b", "c", "1", "-2", "300"]));
        assert_eq!(value("k:list"), Some(Value::List(vec![node])));
    }

    #[test]
    fn collections_of_older_versions_are_read() {
        // Type, body; then what is read. Small ones of each, as versions before 7.0 wrote them.
        let listpack = |elements: &[&str]| texts_of(elements);
        let cases: Vec<(u8, Vec<u8>, Value)> = vec![
            (1, b"\x02\x01a\xc0\x07".to_vec(), Value::Elements(listpack(&["a", "7"]))),
            (
                3,
                b"\x02\x01a\x031.5\x01b\xff".to_vec(),
                Value::SortedSet(vec![(text("a"), 1.5), (text("b"), f64::NEG_INFINITY)]),
            ),
            (9, b"\x0c\x01\x03foo\x03\x01bar.\xff".to_vec(), Value::Hash(vec![(text("foo"), text("bar"))])),
            (10, ziplist(), Value::Elements(listpack(&["a", "2"]))),
            (12, ziplist(), Value::SortedSetListpack(vec![(text("a"), 2.0)])),
            (13, ziplist(), Value::HashListpack(vec![(text("a"), text("2"))])),
            (14, [&b"\x01"[..], &ziplist()].concat(), Value::List(vec![ListNode::Packed(listpack(&["a", "2"]))])),
        ];
        for (byte, body, wanted) in cases {
            let file = [&b"REDIS0010"[..], &[byte], b"\x03key", &body, &[opcode::EOF; 1], &[0; 8]].concat();
            let read = items(&file).unwrap_or_else(|error| panic!("type {byte}: {error}"));
            assert_eq!(read[0], Item::Entry { key: text("key"), value: wanted, expire_at_ms: None });
        }
    }

    fn texts_of(texts: &[&str]) -> Vec<crate::wire::Bytes> {
        texts.iter().map(|t| text(t)).collect()
    }

    /// A string with a ziplist in it: a, 2.
    fn ziplist() -> Vec<u8> {
        b"\x10\x10\0\0\0\x0d\0\0\0\x02\0\x00\x01a\x03\xf3\xff".to_vec()
    }

    #[test]
    fn what_redis_refuses_is_refused_and_what_is_empty_left_out() {
        let file = |rest: &[u8]| [&b"REDIS0010"[..], rest, &[opcode::EOF], &[0; 8]].concat();
        let error = items(&file(b"\x02\x03key\x02\x01a\x01a")).unwrap_err();
        assert_eq!(error.to_string(), "at byte 14: something that is in twice");
        for score in [&b"\x01x"[..], b"\x00", b"\x02\x007", b"\x02-\x00", b"\xfd"] {
            let error = items(&file(&[b"\x03\x03key\x01\x01a", score].concat())).unwrap_err();
            assert!(error.to_string().ends_with("a score that is no number"), "{score:x?}: {error}");
        }
        let error = items(&file(b"\x12\x03key\x01\x01\x00")).unwrap_err();
        assert_eq!(error.to_string(), "at byte 15: a plain list node without its element");
        let empty = items(&file(b"\xfc\x01\0\0\0\0\0\0\0\x02\x03key\x00\x00\x03key\x011")).unwrap();
        let kept = Item::Entry { key: text("key"), value: Value::String(text("1")), expire_at_ms: None };
        assert_eq!(empty, [kept, Item::End { checksum: 0 }], "its expiry goes with it");
    }

    #[test]
    fn a_file_that_is_cut_off_says_where_it_ends() {
        for end in 0..STRINGS.len() {
            let error = items(&STRINGS[..end]).unwrap_err();
            assert!(matches!(error.kind, RdbErrorKind::Truncated { .. }), "{end}: {error}");
            assert_eq!(error.at, end as u64);
        }
    }

    #[test]
    fn a_byte_that_was_changed_is_noticed() {
        let whole = items(STRINGS).unwrap();
        for at in 0..STRINGS.len() {
            for flip in [0x01, 0x10, 0x80, 0xFF] {
                let mut bytes = STRINGS.to_vec();
                bytes[at] ^= flip;
                match items(&bytes) {
                    Ok(items) => assert_eq!(items, whole, "byte {at} flipped by {flip:#04x}"),
                    Err(error) => assert!(error.at <= bytes.len() as u64, "{error}"),
                }
            }
        }
    }

    /// A file of this version with this body and without a checksum.
    fn file(version: &str, body: &[u8]) -> Vec<u8> {
        let checksum: &[u8] = if version < "0005" { b"" } else { &[0; 8] };
        [b"REDIS", version.as_bytes(), body, b"\xff", checksum].concat()
    }

    #[test]
    fn what_older_servers_wrote_before_a_key_is_read() {
        let cases: &[(&[u8], Option<i64>)] = &[
            (b"", None),
            (b"\xfd\x00\x00\x00\x01", Some(16_777_216_000)),
            (b"\xfd\xff\xff\xff\xff", Some(-1000)),
            (b"\xfc\x01\0\0\0\0\0\0\0", Some(1)),
            (b"\xfc\xff\xff\xff\xff\xff\xff\xff\xff", None),
            (b"\xfc\x01\0\0\0\0\0\0\0\xf9\x07", Some(1)),
            (b"\xf8\x40\x64\xfc\x01\0\0\0\0\0\0\0", Some(1)),
        ];
        for (before, expire_at_ms) in cases {
            let bytes = file("0003", &[*before, b"\x00\x01k\x01v\x00\x01l\x01w"].concat());
            let entry = |key, value, expire_at_ms| Item::Entry {
                key: text(key),
                value: Value::String(text(value)),
                expire_at_ms,
            };
            let expected = vec![entry("k", "v", *expire_at_ms), entry("l", "w", None), Item::End { checksum: 0 }];
            assert_eq!(items(&bytes), Ok(expected));
        }
    }

    #[test]
    fn what_is_no_snapshot_is_refused_with_its_place() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(items(bytes).unwrap_err().to_string(), expected);
        check(b"", "at byte 0: the snapshot ends here, 5 more bytes were expected");
        check(b"<html>", "at byte 0: not a snapshot: it must begin with REDIS and four digits");
        check(&file("0000", b""), "at byte 5: RDB version 0000; versions 1 to 10 are read");
        check(&file("0011", b""), "at byte 5: RDB version 0011; versions 1 to 10 are read");
        check(&file("00\x0010", b""), "at byte 5: RDB version 00\\x001; versions 1 to 10 are read");
        check(&file("0010", b"\xf4"), "at byte 9: 0xf4 is no type that Redis 7.0 knows");
        check(
            &file("0010", b"\xf5\x00"),
            "at byte 9: a function library (RDB_OPCODE_FUNCTION2), type 0xf5, is not modelled",
        );
        check(&file("0010", b"\xfe\xc0"), "at byte 10: 0xc0 does not begin a length");
        check(&[file("0010", b""), b"more".to_vec()].concat(), "at byte 18: 4 bytes follow the end");
        let mut bytes = file("0010", b"");
        bytes[10] = 1;
        check(&bytes, "at byte 10: the checksum is 0000000000000001, the bytes give eb7ea789fe37fda9");
        assert_eq!(items(&file("0010", b"")), Ok(vec![Item::End { checksum: 0 }]));
        assert_eq!(items(&file("0004", b"")), Ok(vec![Item::End { checksum: 0 }]));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_in_place(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..80)) {
            let bytes = [b"REDIS0010", &body[..]].concat();
            for bytes in [&bytes[..], &body[..]] {
                let mut at = 0;
                for item in Reader::new(bytes) {
                    let next = item.map_or_else(|error| error.at, |(span, _)| span.end);
                    proptest::prop_assert!(at <= next && next <= bytes.len() as u64);
                    at = next;
                }
            }
        }
    }
}
