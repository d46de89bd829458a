//! Listpacks: how Redis packs small collections into one string, in memory and in snapshots.
//!
//! Rule: an element that is a canonical integer is stored as one, so it comes back as the same text. Reading checks what
//! Redis checks with `sanitize-dump-payload yes`: every length, and the length behind each element by which it could be
//! read backwards. Mirrors listpack.c (`lpAppend`, `lpValidateIntegrity`).
//!
//! ```text
//! total bytes, u32 LE · elements, u16 LE (65535: not counted) · (encoding and data · their length)* · FF
//! ```

use super::{Bytes, decimal};

/// Before the first element.
const HEADER: usize = 6;
const END: u8 = 0xFF;
/// More elements than the header can count.
const UNCOUNTED: usize = 0xFFFF;

/// Packs elements.
pub fn encode<'a>(elements: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = vec![0; HEADER];
    let mut count = 0_usize;
    for element in elements {
        push(&mut out, element);
        count += 1;
    }
    out.push(END);
    let total = (out.len() as u32).to_le_bytes();
    let count = (count.min(UNCOUNTED) as u16).to_le_bytes();
    out[..4].copy_from_slice(&total);
    out[4..HEADER].copy_from_slice(&count);
    out
}

/// Bytes that an element takes in a listpack.
pub fn entry_size(element: &[u8]) -> usize {
    let length = match decimal(element) {
        Some(number) => {
            let mut out = Vec::with_capacity(9);
            push_integer(&mut out, number);
            out.len()
        }
        None => text_header(element.len()) + element.len(),
    };
    length + back_length_size(length)
}

/// Appends one element: encoding and data, then their length.
fn push(out: &mut Vec<u8>, element: &[u8]) {
    let start = out.len();
    match decimal(element) {
        Some(number) => push_integer(out, number),
        None => push_text(out, element),
    }
    push_back_length(out, out.len() - start);
}

fn push_integer(out: &mut Vec<u8>, number: i64) {
    let bytes = number.to_le_bytes();
    match number {
        0..=0x7F => out.push(number as u8),
        -0x1000..=0xFFF => {
            let bits = number as u16 & 0x1FFF;
            out.extend([0xC0 | (bits >> 8) as u8, bits as u8]);
        }
        _ if i16::try_from(number).is_ok() => {
            out.push(0xF1);
            out.extend_from_slice(&bytes[..2]);
        }
        -0x80_0000..=0x7F_FFFF => {
            out.push(0xF2);
            out.extend_from_slice(&bytes[..3]);
        }
        _ if i32::try_from(number).is_ok() => {
            out.push(0xF3);
            out.extend_from_slice(&bytes[..4]);
        }
        _ => {
            out.push(0xF4);
            out.extend_from_slice(&bytes);
        }
    }
}

fn push_text(out: &mut Vec<u8>, text: &[u8]) {
    let len = text.len();
    match text_header(len) {
        1 => out.push(0x80 | len as u8),
        2 => out.extend([0xE0 | (len >> 8) as u8, len as u8]),
        _ => {
            out.push(0xF0);
            out.extend_from_slice(&(len as u32).to_le_bytes());
        }
    }
    out.extend_from_slice(text);
}

/// Bytes before a text of this length.
fn text_header(length: usize) -> usize {
    match length {
        0..0x40 => 1,
        0x40..0x1000 => 2,
        _ => 5,
    }
}

/// Redis takes a byte more than needed for the last number of each size but the first.
fn back_length_size(length: usize) -> usize {
    match length {
        0..=0x7F => 1,
        0x80..0x3FFF => 2,
        0x3FFF..0x1F_FFFF => 3,
        0x1F_FFFF..0xFFF_FFFF => 4,
        _ => 5,
    }
}

/// Seven bits a byte, the highest first; all but the first have the top bit set (`lpEncodeBacklen`).
fn push_back_length(out: &mut Vec<u8>, length: usize) {
    let bytes = back_length_size(length);
    for n in (0..bytes).rev() {
        let bits = (length >> (7 * n)) as u8 & 0x7F;
        out.push(if n == bytes - 1 { bits } else { bits | 0x80 });
    }
}

/// The length of the element that these bytes end with, behind it (`lpDecodeBacklen`).
fn back_length(bytes: &[u8]) -> Option<usize> {
    let mut length = 0;
    for (n, byte) in bytes.iter().rev().take(5).enumerate() {
        length |= usize::from(byte & 0x7F) << (7 * n);
        if byte & 0x80 == 0 {
            return Some(length);
        }
    }
    None
}

/// The elements of a listpack, or what is wrong with it.
pub fn decode(bytes: &[u8]) -> Result<Vec<Bytes>, &'static str> {
    let header: [u8; HEADER] = bytes.first_chunk().copied().ok_or("a listpack without a header")?;
    let total = u32::from_le_bytes([header[0], header[1], header[2], header[3]]);
    let count = usize::from(u16::from_le_bytes([header[4], header[5]]));
    if total as usize != bytes.len() {
        return Err("a listpack of another length than it says");
    }
    let mut at = HEADER;
    let mut elements = vec![];
    while bytes.get(at).ok_or("a listpack without its end")? != &END {
        let (element, length) = entry(&bytes[at..]).ok_or("an element of a listpack that cannot be read")?;
        at += length + back_length_size(length);
        if bytes.get(..at).and_then(back_length) != Some(length) {
            return Err("a listpack that cannot be read backwards");
        }
        elements.push(element);
    }
    match at + 1 == bytes.len() && (count == UNCOUNTED || count == elements.len()) {
        true => Ok(elements),
        false => Err("a listpack with another number of elements than it says"),
    }
}

/// The first element, and the bytes that encoding and data take.
fn entry(bytes: &[u8]) -> Option<(Bytes, usize)> {
    let first = *bytes.first()?;
    let text = |header: usize, length: usize| {
        let end = header.checked_add(length)?;
        Some((bytes.get(header..end)?.into(), end))
    };
    let integer = |width: usize| {
        let data = bytes.get(1..1 + width)?;
        let mut wide = [if data.last()? & 0x80 == 0 { 0 } else { 0xFF }; 8];
        wide[..width].copy_from_slice(data);
        Some((number(i64::from_le_bytes(wide)), 1 + width))
    };
    let second = || bytes.get(1).map(|byte| usize::from(*byte));
    match first {
        0x00..0x80 => Some((number(i64::from(first)), 1)),
        0x80..0xC0 => text(1, usize::from(first & 0x3F)),
        0xC0..0xE0 => {
            let bits = i64::from(first & 0x1F) << 8 | second()? as i64;
            Some((number(if bits < 0x1000 { bits } else { bits - 0x2000 }), 2))
        }
        0xE0..0xF0 => text(2, usize::from(first & 0x0F) << 8 | second()?),
        0xF0 => {
            let length = bytes.get(1..5)?.try_into().ok()?;
            text(5, u32::from_le_bytes(length) as usize)
        }
        0xF1 => integer(2),
        0xF2 => integer(3),
        0xF3 => integer(4),
        0xF4 => integer(8),
        _ => None,
    }
}

fn number(number: i64) -> Bytes {
    number.to_string().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elements_are_packed_as_redis_packs_them() {
        // From a snapshot of redis-server 7.0.15: the list a b c 1 -2 300.
        let packed = b"\x18\0\0\0\x06\0\x81a\x02\x81b\x02\x81c\x02\x01\x01\xdf\xfe\x02\xc1\x2c\x02\xff";
        let elements: Vec<&[u8]> = vec![b"a", b"b", b"c", b"1", b"-2", b"300"];
        assert_eq!(encode(elements.iter().copied()), packed);
        assert_eq!(decode(packed), Ok(elements.into_iter().map(Bytes::from).collect()));
    }

    /// Redis reads a length backwards until a byte says that it is the first one, wherever that is.
    #[test]
    fn a_length_is_read_backwards_to_its_first_byte() {
        assert_eq!(back_length(b"\x48"), Some(72));
        assert_eq!(back_length(b"\x80\xc8"), None);
        assert_eq!(back_length(b"\x01\xc8"), Some(200));
        // The last byte of the data, 0, is taken for the highest of the length.
        let element = [&[0xE0, 198][..], &[b'x'; 197], b"\0"].concat();
        let packed = |back: &[u8]| {
            let total = (HEADER + element.len() + back.len() + 1) as u32;
            [&total.to_le_bytes()[..], b"\x01\0", &element, back, &[END]].concat()
        };
        assert_eq!(decode(&packed(b"\x01\xc8")), Ok(vec![element[2..].into()]));
        assert_eq!(decode(&packed(b"\x81\xc8")), Ok(vec![element[2..].into()]));
        assert!(decode(&packed(b"\x82\xc8")).is_err());
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (bytes, why) in [
            (&b"\x07\0\0"[..], "header"),
            (b"\x08\0\0\0\0\0\xff", "another length"),
            (b"\x07\0\0\0\x01\0\xff", "number of elements"),
            (b"\x08\0\0\0\0\0\xff\xff", "number of elements"),
            (b"\x09\0\0\0\x01\0\x81a\x02", "its end"),
            (b"\x0a\0\0\0\x01\0\x81a\x03\xff", "backwards"),
            (b"\x09\0\0\0\x01\0\x85a\xff", "cannot be read"),
            (b"\x09\0\0\0\x01\0\xf5\x01\xff", "cannot be read"),
        ] {
            assert!(decode(bytes).is_err_and(|error| error.contains(why)), "{bytes:x?}: {:?}", decode(bytes));
        }
    }

    fn elements() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let number = prop_oneof![
            any::<i8>().prop_map(i64::from),
            any::<i16>().prop_map(i64::from),
            any::<i64>(),
            -0x90_0000..0x90_0000_i64
        ];
        let text = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..70),
            (0..20_000_usize).prop_map(|len| vec![b'x'; len]),
            number.prop_map(|n| n.to_string().into_bytes()),
        ];
        prop::collection::vec(text, 0..20)
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_back(elements in elements()) {
            let packed = encode(elements.iter().map(|e| &e[..]));
            let sizes: usize = elements.iter().map(|e| entry_size(e)).sum();
            prop_assert_eq!(packed.len(), HEADER + sizes + 1);
            let expected: Vec<Bytes> = elements.into_iter().map(Bytes::from).collect();
            prop_assert_eq!(decode(&packed), Ok(expected));
        }

        #[test]
        fn any_bytes_are_read_or_refused(elements in elements(), at: prop::sample::Index, byte: u8, cut: prop::sample::Index) {
            let mut packed = encode(elements.iter().map(|e| &e[..]));
            let at = at.index(packed.len());
            packed[at] = byte;
            if let Ok(elements) = decode(&packed) {
                prop_assert!(elements.len() <= packed.len());
            }
            let _ = decode(&packed[..cut.index(packed.len())]);
        }
    }
}
