//! Writing a snapshot. Mirrors `rdbSaveRio` and `rdbSaveKeyValuePair` (rdb.c).

use super::encode::Encoder;
use super::{VERSION_MAX, Value, opcode};
use crate::wire::crc64;

/// Writes a file from front to end; the caller keeps Redis' order of sections.
#[derive(Clone, Debug)]
pub struct Writer {
    encoder: Encoder,
}

impl Default for Writer {
    fn default() -> Writer {
        Writer::new()
    }
}

impl Writer {
    /// With Redis' defaults.
    pub fn new() -> Writer {
        Writer::with_compression(true)
    }

    /// Are long strings compressed where that makes them shorter (`rdbcompression`)?
    pub fn with_compression(compresses: bool) -> Writer {
        let header = format!("REDIS{VERSION_MAX:04}").into_bytes();
        Writer { encoder: Encoder::new(header, compresses) }
    }

    pub fn aux(&mut self, key: &[u8], value: &[u8]) {
        self.encoder.byte(opcode::AUX);
        self.encoder.string(key);
        self.encoder.string(value);
    }

    pub fn select_db(&mut self, number: u64) {
        self.encoder.byte(opcode::SELECT_DB);
        self.encoder.length(number);
    }

    pub fn resize_db(&mut self, keys: u64, expires: u64) {
        self.encoder.byte(opcode::RESIZE_DB);
        self.encoder.length(keys);
        self.encoder.length(expires);
    }

    pub fn entry(&mut self, key: &[u8], value: &Value, expire_at_ms: Option<i64>) {
        if let Some(at) = expire_at_ms {
            self.encoder.byte(opcode::EXPIRE_MS);
            self.encoder.raw(&at.to_le_bytes());
        }
        self.encoder.byte(value.type_byte());
        self.encoder.string(key);
        value.write(&mut self.encoder);
    }

    /// The whole file, with its checksum.
    pub fn finish(self) -> Vec<u8> {
        let mut out = self.finish_unchecked();
        let body = out.len() - 8;
        let checksum = crc64(0, &out[..body]);
        out[body..].copy_from_slice(&checksum.to_le_bytes());
        out
    }

    /// The whole file with a zero in the place of its checksum, which says that there is none (`rdbchecksum no`).
    pub fn finish_unchecked(self) -> Vec<u8> {
        let mut out = self.encoder.out;
        out.push(opcode::EOF);
        out.extend_from_slice(&[0; 8]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Item, ListNode, Reader};
    use super::*;
    use crate::wire::{Bytes, Span};
    use proptest::prelude::*;

    const STRINGS: &[u8] = include_bytes!("../../../tests/rdb/strings-7.0.15.rdb");

    fn write(writer: &mut Writer, item: &Item) {
        match item {
            Item::Aux { key, value } => writer.aux(key, value),
            Item::SelectDb(number) => writer.select_db(*number),
            Item::ResizeDb { keys, expires } => writer.resize_db(*keys, *expires),
            Item::Entry { key, value, expire_at_ms } => writer.entry(key, value, *expire_at_ms),
            Item::End { .. } => {}
        }
    }

    /// What is written for one item.
    fn written(item: &Item) -> Vec<u8> {
        let mut writer = Writer::new();
        let header = writer.encoder.out.len();
        write(&mut writer, item);
        writer.encoder.out.split_off(header)
    }

    /// The bytes that Redis wrote for an item, without those that say how long a key was idle: 0 seconds.
    fn without_idle_time(span: Span) -> Vec<u8> {
        let bytes = &STRINGS[span.start as usize..span.end as usize];
        match bytes {
            [opcode::IDLE, 0, rest @ ..] => rest.to_vec(),
            [opcode::EXPIRE_MS, ..] if bytes[9] == opcode::IDLE => [&bytes[..9], &bytes[11..]].concat(),
            _ => bytes.to_vec(),
        }
    }

    #[test]
    fn each_item_is_written_as_redis_wrote_it() {
        let mut compared = 0;
        for read in Reader::new(STRINGS) {
            let (span, item) = read.unwrap();
            // The writer closes a file by itself.
            if !matches!(item, Item::End { .. }) {
                assert_eq!(written(&item), without_idle_time(span), "{item:?}");
                compared += 1;
            }
        }
        assert_eq!(compared, 5 + 3 + 3 + 26);
    }

    fn bytes() -> impl Strategy<Value = Bytes> {
        let number = any::<i64>().prop_map(|n| n.to_string().into_bytes());
        let small = any::<i16>().prop_map(|n| n.to_string().into_bytes());
        prop_oneof![prop::collection::vec(any::<u8>(), 0..70), number, small].prop_map(Bytes::from)
    }

    fn item() -> impl Strategy<Value = Item> {
        // Redis' -1 means "does not expire"; no key expires then.
        let expiry = prop::option::of(any::<i64>().prop_filter("is none to Redis", |at| *at != -1));
        prop_oneof![
            (bytes(), bytes()).prop_map(|(key, value)| Item::Aux { key, value }),
            any::<u64>().prop_map(Item::SelectDb),
            (any::<u64>(), any::<u64>()).prop_map(|(keys, expires)| Item::ResizeDb { keys, expires }),
            (bytes(), value(), expiry).prop_map(|(key, value, expire_at_ms)| Item::Entry { key, value, expire_at_ms }),
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let many = || prop::collection::vec(bytes(), 1..8);
        let named =
            || prop::collection::btree_map(bytes(), bytes(), 1..8).prop_map(|pairs| pairs.into_iter().collect());
        let score = prop_oneof![any::<i32>().prop_map(f64::from), prop::num::f64::NORMAL, Just(f64::INFINITY)];
        let members =
            || prop::collection::btree_map(bytes(), score.clone(), 1..8).prop_map(|pairs| pairs.into_iter().collect());
        let plain = bytes().prop_filter("is never packed as none", |element| !element.is_empty());
        let node = prop_oneof![plain.prop_map(ListNode::Plain), many().prop_map(ListNode::Packed)];
        prop_oneof![
            bytes().prop_map(Value::String),
            prop::collection::vec(node, 1..4).prop_map(Value::List),
            prop::collection::btree_set(any::<i64>(), 1..9).prop_map(|set| Value::IntSet(set.into_iter().collect())),
            prop::collection::btree_set(bytes(), 1..9).prop_map(|set| Value::Set(set.into_iter().collect())),
            named().prop_map(Value::HashListpack),
            named().prop_map(Value::Hash),
            members().prop_map(Value::SortedSetListpack),
            members().prop_map(Value::SortedSet),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(items in prop::collection::vec(item(), 0..12), compresses: bool) {
            let mut writer = Writer::with_compression(compresses);
            items.iter().for_each(|item| write(&mut writer, item));
            let bytes = writer.finish();
            let read: Result<Vec<Item>, _> = Reader::new(&bytes).map(|item| Ok::<_, super::super::RdbError>(item?.1)).collect();
            let mut read = read.unwrap();
            let end_is_read = matches!(read.pop(), Some(Item::End { checksum }) if checksum != 0);
            prop_assert!(end_is_read);
            prop_assert_eq!(read, items);
        }
    }
}
