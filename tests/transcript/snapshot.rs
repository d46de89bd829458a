//! A snapshot in lines, read by an eye of its own: the bytes of each value as they are, so that encodings are compared.
//!
//! Rule: what this cannot read is shown as bytes. Nothing here uses the reader that the model has.

use super::wire::Line;
use replscope::wire::{crc64, printable};

/// Where reading is.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A length, or the kind of a string's special encoding.
enum Length {
    Plain(usize),
    Encoded(u8),
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn length(&mut self) -> Option<Length> {
        let first = self.byte()?;
        Some(match (first >> 6, first) {
            (0, _) => Length::Plain(usize::from(first)),
            (1, _) => Length::Plain(usize::from(first & 0x3f) << 8 | usize::from(self.byte()?)),
            (_, 0x80) => Length::Plain(u32::from_be_bytes(self.take(4)?.try_into().ok()?) as usize),
            (_, 0x81) => Length::Plain(u64::from_be_bytes(self.take(8)?.try_into().ok()?) as usize),
            (3, _) => Length::Encoded(first & 0x3f),
            _ => return None,
        })
    }

    fn count(&mut self) -> Option<usize> {
        match self.length()? {
            Length::Plain(count) => Some(count),
            Length::Encoded(_) => None,
        }
    }

    /// A string with its length or encoding, as it stands in the file.
    fn string(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        match self.length()? {
            Length::Plain(len) => self.take(len)?,
            Length::Encoded(kind @ 0..=2) => self.take(1 << kind)?,
            Length::Encoded(_) => {
                let compressed = self.count()?;
                self.count()?;
                self.take(compressed)?
            }
        };
        Some(&self.bytes[start..self.at])
    }

    /// The value of a key, in parts; those of an encoding without order, sorted.
    fn value(&mut self, kind: u8) -> Option<Vec<String>> {
        let (parts, is_ordered) = match kind {
            // Strings; and intset, hash and sorted set as listpacks.
            0 | 0x0b | 0x10 | 0x11 => (vec![self.string()?], true),
            // Set and hash as hash tables.
            2 => (self.parts(|cursor| cursor.string().map(|_| ()))?, false),
            4 => (self.parts(|cursor| cursor.string().and_then(|_| cursor.string()).map(|_| ()))?, false),
            // Sorted set with scores of eight bytes; it has an order.
            5 => (self.parts(|cursor| cursor.string().and_then(|_| cursor.take(8)).map(|_| ()))?, true),
            // A list of nodes, each with its kind of container.
            0x12 => (self.parts(|cursor| cursor.count().and_then(|_| cursor.string()).map(|_| ()))?, true),
            _ => return None,
        };
        let mut parts: Vec<String> = parts.into_iter().map(printable).collect();
        if !is_ordered {
            parts.sort_unstable();
        }
        Some(parts)
    }

    fn parts(&mut self, mut part: impl FnMut(&mut Cursor<'a>) -> Option<()>) -> Option<Vec<&'a [u8]>> {
        let count = self.count()?;
        let mut parts = vec![];
        for _ in 0..count {
            let start = self.at;
            part(self)?;
            parts.push(&self.bytes[start..self.at]);
        }
        Some(parts)
    }
}

/// What an item is: a key, or something that stands between keys.
enum Item {
    Key(String),
    Other(String),
}

fn item(cursor: &mut Cursor) -> Option<Item> {
    let mut expiry = String::new();
    Some(loop {
        match cursor.byte()? {
            0xfa => {
                let (key, value) = (cursor.string()?, cursor.string()?);
                let varies = is_varying(key);
                let value = if varies { "*".into() } else { printable(value) };
                break Item::Other(format!("aux {} {value}", printable(&key[1..])));
            }
            0xfb => break Item::Other(format!("resize {} {}", cursor.count()?, cursor.count()?)),
            0xfc => expiry = format!(" expires {}", i64::from_le_bytes(cursor.take(8)?.try_into().ok()?)),
            0xfe => break Item::Other(format!("database {}", cursor.count()?)),
            0xff => {
                let whole = crc64(0, &cursor.bytes[..cursor.at]);
                let checksum = match u64::from_le_bytes(cursor.take(8)?.try_into().ok()?) {
                    0 => "no",
                    found if found == whole => "a right",
                    _ => "a wrong",
                };
                break Item::Other(format!("end, {checksum} checksum"));
            }
            kind => {
                let key = printable(cursor.string()?);
                let value = cursor.value(kind)?.join(" ");
                break Item::Key(format!("key {key}{expiry} type {kind:#04x}: {value}"));
            }
        }
    })
}

fn is_varying(key: &[u8]) -> bool {
    matches!(key, b"\x05ctime" | b"\x08used-mem")
}

/// An item a line; the keys of a database in order.
pub fn lines(bytes: &[u8]) -> Vec<Line> {
    let mut cursor = Cursor { bytes, at: 0 };
    let (mut lines, mut keys): (Vec<Line>, Vec<Line>) = (vec![], vec![]);
    if let Some(header) = cursor.take(9) {
        lines.push(Line::whole(0, printable(header)));
    }
    while cursor.at < bytes.len() {
        let at = cursor.at;
        match item(&mut cursor) {
            Some(Item::Key(text)) => keys.push(Line::whole(at, text)),
            Some(Item::Other(text)) => {
                keys.sort_unstable_by(|a, b| a.text.cmp(&b.text));
                lines.append(&mut keys);
                lines.push(Line::whole(at, text));
            }
            None => {
                lines.append(&mut keys);
                lines.push(Line::whole(at, format!("unread: {}", printable(&bytes[at..]))));
                break;
            }
        }
    }
    lines.append(&mut keys);
    lines
}

/// Bytes of the snapshot whose number no two runs need to share: those of the time and the memory.
pub fn varying_len(bytes: &[u8]) -> usize {
    let mut cursor = Cursor { bytes, at: bytes.len().min(9) };
    let mut varying = 0;
    while cursor.byte() == Some(0xfa)
        && let Some(key) = cursor.string()
        && let Some(value) = cursor.string()
    {
        varying += if is_varying(key) { value.len() } else { 0 };
    }
    varying
}
