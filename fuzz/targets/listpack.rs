//! What small collections are packed into: listpacks, and what was before them.
//!
//! Holds: a listpack that was read, packed again, is read as the same and is as long as its entries say; a value in any
//! kind of packing, written again, is read as the same contents.

#![no_main]

use libfuzzer_sys::fuzz_target;
use replscope::wire::rdb::{Item, ListNode, Reader, Value, Writer};
use replscope::wire::{Bytes, listpack};

/// Zipmap, list, set of integers, sorted set and hash in a ziplist; hash and sorted set in a listpack.
const PACKED: [u8; 7] = [9, 10, 11, 12, 13, 16, 17];

fuzz_target!(|data: &[u8]| {
    let Some((kind, packed)) = data.split_first() else { return };
    if let Ok(elements) = listpack::decode(packed) {
        let again = listpack::encode(elements.iter().map(|element| &element[..]));
        let sizes: usize = elements.iter().map(|element| listpack::entry_size(element)).sum();
        assert_eq!(again.len(), 6 + sizes + 1);
        assert_eq!(listpack::decode(&again), Ok(elements));
    }
    let kind = PACKED[usize::from(*kind) % PACKED.len()];
    let length = [&[0x80][..], &(packed.len() as u32).to_be_bytes()].concat();
    if let Some(value) = value(&[b"REDIS0010", &[kind][..], b"\x00", &length, packed].concat()) {
        let mut writer = Writer::with_compression(false);
        writer.entry(b"", &value, None);
        let again = self::value(&writer.finish()).expect("what was written is read");
        assert_eq!(elements(again), elements(value));
    }
});

fn value(file: &[u8]) -> Option<Value> {
    match Reader::new(file).next()? {
        Ok((span, Item::Entry { value, .. })) if span.start == 9 => Some(value),
        _ => None,
    }
}

/// The elements in order, scores as their bits.
fn elements(value: Value) -> Vec<(Bytes, Bytes)> {
    let alone = |element: Bytes| (element, Bytes::from([]));
    match value {
        Value::String(text) => vec![alone(text)],
        Value::List(nodes) => {
            let elements = nodes.into_iter().flat_map(|node| match node {
                ListNode::Plain(element) => vec![element],
                ListNode::Packed(elements) => elements,
            });
            elements.map(alone).collect()
        }
        Value::Elements(elements) | Value::Set(elements) => elements.into_iter().map(alone).collect(),
        Value::IntSet(numbers) => numbers.into_iter().map(|n| alone(n.to_le_bytes()[..].into())).collect(),
        Value::HashListpack(pairs) | Value::Hash(pairs) => pairs,
        Value::SortedSetListpack(members) | Value::SortedSet(members) => {
            // 0 and -0 are the same score.
            members.into_iter().map(|(name, score)| (name, (score + 0.0).to_le_bytes()[..].into())).collect()
        }
    }
}
