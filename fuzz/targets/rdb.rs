//! Snapshots.
//!
//! Holds: items follow each other; what was read, written again, is read as the same and written as the same bytes; the
//! bytes are explained to the last one; a node that starts on the file takes it if and only if it can be read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use replscope::node::{Config, DATABASES, Node};
use replscope::sim::EPOCH;
use replscope::wire::rdb::{Item, ListNode, RdbError, Reader, Value, Writer};
use replscope::wire::{Stream, anatomy, crc64};

fuzz_target!(|data: &[u8]| {
    check(data);
    // What is inside is read only if the checksum is right.
    if let Some(body) = data.len().checked_sub(8).map(|end| &data[..end]) {
        check(&[body, &crc64(0, body).to_le_bytes()].concat());
    }
});

fn check(file: &[u8]) {
    let mut at = 0;
    for field in anatomy(file, Stream::Snapshot) {
        assert_eq!(field.span.start, at);
        at = field.span.end;
    }
    assert_eq!(at, file.len() as u64);

    let read = items(file);
    let started = Node::new(Config::default(), 1, EPOCH, Some(file.into()));
    let Ok(items) = read else {
        assert!(started.is_err());
        return;
    };
    let is_database = |item: &Item| !matches!(item, Item::SelectDb(n) if *n >= u64::from(DATABASES));
    assert_eq!(started.is_ok(), items.iter().all(is_database));
    for compresses in [true, false] {
        let written = write(&items, compresses);
        let again = self::items(&written).expect("what was written is read");
        assert_eq!(again.len(), items.len());
        for (again, item) in again.iter().zip(&items).filter(|(_, item)| !matches!(item, Item::End { .. })) {
            assert_eq!(*again, as_written(item.clone()));
        }
        assert_eq!(write(&again, compresses), written);
    }
}

fn items(file: &[u8]) -> Result<Vec<Item>, RdbError> {
    let mut at = 0;
    let mut items = vec![];
    for item in Reader::new(file) {
        let (span, item) = item.inspect_err(|error| assert!(at <= error.at && error.at <= file.len() as u64))?;
        assert!(at <= span.start && span.start < span.end && span.end <= file.len() as u64);
        at = span.end;
        items.push(item);
    }
    Ok(items)
}

fn write(items: &[Item], compresses: bool) -> Vec<u8> {
    let mut writer = Writer::with_compression(compresses);
    for item in items {
        match item {
            Item::Aux { key, value } => writer.aux(key, value),
            Item::SelectDb(number) => writer.select_db(*number),
            Item::ResizeDb { keys, expires } => writer.resize_db(*keys, *expires),
            Item::Entry { key, value, expire_at_ms } => writer.entry(key, value, *expire_at_ms),
            Item::End { .. } => {}
        }
    }
    writer.finish()
}

/// A list without nodes is written as one.
fn as_written(item: Item) -> Item {
    match item {
        Item::Entry { key, value: Value::Elements(elements), expire_at_ms } => {
            Item::Entry { key, value: Value::List(vec![ListNode::Packed(elements)]), expire_at_ms }
        }
        item => item,
    }
}
