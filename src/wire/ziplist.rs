//! What small collections were packed into before listpacks: ziplists, zipmaps and intsets.
//!
//! Rule: only read, because Redis 7.0 writes none of the first two; sets of integers it still packs as it did. Every
//! length is checked, also the one before each element of a ziplist by which it could be read backwards.
//! Mirrors ziplist.c (`ziplistValidateIntegrity`), zipmap.c and intset.c.

use super::Bytes;

const END: u8 = 0xFF;
/// Before the first element of a ziplist: total bytes, offset of the last element, number of elements.
const HEADER: usize = 10;
/// More fields than the first byte of a zipmap can count.
const UNCOUNTED: u8 = 0xFE;

/// The elements of a ziplist, or what is wrong with it.
pub fn decode_ziplist(bytes: &[u8]) -> Result<Vec<Bytes>, &'static str> {
    let header = bytes.first_chunk::<HEADER>().ok_or("a ziplist without a header")?;
    let [a, b, c, d, e, f, g, h, ..] = *header;
    let (total, tail) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    let count = usize::from(u16::from_le_bytes([header[8], header[9]]));
    if total as usize != bytes.len() {
        return Err("a ziplist of another length than it says");
    }
    let (mut at, mut before) = (HEADER, 0);
    let mut elements = vec![];
    while *bytes.get(at).ok_or("a ziplist without its end")? != END {
        let (element, length) =
            ziplist_entry(&bytes[at..], before).ok_or("an element of a ziplist that cannot be read")?;
        (at, before) = (at + length, length);
        elements.push(element);
    }
    let last = tail as usize;
    if at + 1 != bytes.len() || (count != 0xFFFF && count != elements.len()) {
        Err("a ziplist with another number of elements than it says")
    } else if last > at || (!elements.is_empty() && last != at - before) {
        Err("a ziplist whose last element is not where it says")
    } else {
        Ok(elements)
    }
}

/// The first element and its length; `before`: the length of the one before it.
fn ziplist_entry(bytes: &[u8], before: usize) -> Option<(Bytes, usize)> {
    let (said, at) = match *bytes.first()? {
        0xFE => (u32::from_le_bytes(bytes.get(1..5)?.try_into().ok()?) as usize, 5),
        length => (usize::from(length), 1),
    };
    if said != before {
        return None;
    }
    let (first, rest) = bytes.get(at..)?.split_first()?;
    let text = |header: usize, length: usize| {
        Some((rest.get(header..header.checked_add(length)?)?.into(), at + 1 + header + length))
    };
    let integer = |width: usize| {
        let data = rest.get(..width)?;
        let mut wide = [if data.last()? & 0x80 == 0 { 0 } else { 0xFF }; 8];
        wide[..width].copy_from_slice(data);
        Some((number(i64::from_le_bytes(wide)), at + 1 + width))
    };
    match *first {
        0x00..0x40 => text(0, usize::from(*first)),
        0x40..0x80 => text(1, usize::from(first & 0x3F) << 8 | usize::from(*rest.first()?)),
        0x80..0xC0 => text(4, u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize),
        0xC0 => integer(2),
        0xD0 => integer(4),
        0xE0 => integer(8),
        0xF0 => integer(3),
        0xFE => integer(1),
        0xF1..=0xFD => Some((number(i64::from(first & 0x0F) - 1), at + 1)),
        _ => None,
    }
}

/// Fields and values of a zipmap.
pub fn decode_zipmap(bytes: &[u8]) -> Result<Vec<(Bytes, Bytes)>, &'static str> {
    const BROKEN: &str = "a zipmap that cannot be read";
    let (count, mut rest) = bytes.split_first().ok_or(BROKEN)?;
    let mut pairs = vec![];
    while rest != [END] {
        let (field, after) = zipmap_text(rest, false).ok_or(BROKEN)?;
        let (value, after) = zipmap_text(after, true).ok_or(BROKEN)?;
        pairs.push((field, value));
        rest = after;
    }
    match !pairs.is_empty() && (*count == UNCOUNTED || usize::from(*count) == pairs.len()) {
        true => Ok(pairs),
        false => Err("a zipmap with another number of fields than it says"),
    }
}

/// A text and what follows it. Values have free bytes behind them, and say how many.
fn zipmap_text(bytes: &[u8], is_value: bool) -> Option<(Bytes, &[u8])> {
    let (length, rest) = match *bytes.first()? {
        END if !is_value => return None,
        0xFE.. => (u32::from_le_bytes(bytes.get(1..5)?.try_into().ok()?) as usize, &bytes[5..]),
        length => (usize::from(length), &bytes[1..]),
    };
    let (free, rest) = match is_value {
        true => (usize::from(*rest.first()?), &rest[1..]),
        false => (0, rest),
    };
    Some((rest.get(..length)?.into(), rest.get(length.checked_add(free)?..)?))
}

/// The members of an intset, in order.
pub fn decode_intset(bytes: &[u8]) -> Result<Vec<i64>, &'static str> {
    let header = bytes.first_chunk::<8>().ok_or("an intset without a header")?;
    let width = u32::from_le_bytes([header[0], header[1], header[2], header[3]]) as usize;
    let count = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
    let data = &bytes[8..];
    if !matches!(width, 2 | 4 | 8) || count.checked_mul(width) != Some(data.len()) {
        return Err("an intset of another length than it says");
    }
    let wide = |bytes: &[u8]| match bytes {
        [a, b] => i64::from(i16::from_le_bytes([*a, *b])),
        [a, b, c, d] => i64::from(i32::from_le_bytes([*a, *b, *c, *d])),
        _ => bytes.try_into().map_or(0, i64::from_le_bytes),
    };
    let numbers: Vec<i64> = data.chunks_exact(width).map(wide).collect();
    if numbers.is_empty() {
        Err("an intset without members")
    } else if !numbers.is_sorted_by(|a, b| a < b) {
        Err("an intset that is not in order")
    } else {
        Ok(numbers)
    }
}

/// Packs a set of integers, in order, as narrow as the widest of them allows.
pub fn encode_intset(numbers: &[i64]) -> Vec<u8> {
    let fits = |least: i64, most: i64| numbers.iter().all(|number| (least..=most).contains(number));
    let width: usize = if fits(i16::MIN.into(), i16::MAX.into()) {
        2
    } else if fits(i32::MIN.into(), i32::MAX.into()) {
        4
    } else {
        8
    };
    let mut out = [(width as u32).to_le_bytes(), (numbers.len() as u32).to_le_bytes()].concat();
    numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()[..width]));
    out
}

fn number(number: i64) -> Bytes {
    number.to_string().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(texts: &[&str]) -> Vec<Bytes> {
        texts.iter().map(|text| text.as_bytes().into()).collect()
    }

    #[test]
    fn ziplists_are_read_in_all_their_encodings() {
        let entries: &[(&[u8], &str)] = &[
            (b"\x02ab", "ab"),
            (b"\x40\x03abc", "abc"),
            (b"\x80\0\0\0\x01z", "z"),
            (b"\xc0\x39\x30", "12345"),
            (b"\xd0\0\0\0\x80", "-2147483648"),
            (b"\xe0\xff\xff\xff\xff\xff\xff\xff\x7f", "9223372036854775807"),
            (b"\xf0\0\0\x80", "-8388608"),
            (b"\xfe\x80", "-128"),
            (b"\xf1", "0"),
            (b"\xfd", "12"),
        ];
        let mut body = vec![];
        let mut before = 0_u8;
        for (entry, _) in entries {
            let start = body.len();
            body.push(before);
            body.extend_from_slice(entry);
            before = (body.len() - start) as u8;
        }
        let total = (HEADER + body.len() + 1) as u32;
        let last = total - 1 - u32::from(before);
        let packed = [&total.to_le_bytes()[..], &last.to_le_bytes(), &[10, 0], &body, &[END]].concat();
        let expected: Vec<&str> = entries.iter().map(|(_, text)| *text).collect();
        assert_eq!(decode_ziplist(&packed), Ok(texts(&expected)));
        for end in 0..packed.len() {
            assert!(decode_ziplist(&packed[..end]).is_err());
        }
        for (at, byte, why) in [(0, 1, "another length"), (4, 1, "last element"), (8, 1, "number of elements")] {
            let mut broken = packed.clone();
            broken[at] ^= byte;
            assert!(decode_ziplist(&broken).is_err_and(|error| error.contains(why)));
        }
    }

    #[test]
    fn zipmaps_are_read() {
        let packed = b"\x02\x03foo\x03\x00bar\x05hello\x05\x02world..\xff";
        let [foo, bar, hello, world] = ["foo", "bar", "hello", "world"].map(|text| Bytes::from(text.as_bytes()));
        assert_eq!(decode_zipmap(packed), Ok(vec![(foo, bar), (hello, world)]));
        for broken in [&b""[..], b"\0\xff", b"\x01\x03foo\xff", b"\x01\x01a\x01\x00b", b"\x02\x01a\x01\x00b\xff"] {
            assert!(decode_zipmap(broken).is_err(), "{broken:x?}");
        }
    }

    proptest! {
        #[test]
        fn intsets_are_packed_and_read_back(numbers in prop::collection::btree_set(prop_oneof![any::<i64>(), -9..9_i64], 1..40)) {
            let numbers: Vec<i64> = numbers.into_iter().collect();
            prop_assert_eq!(decode_intset(&encode_intset(&numbers)), Ok(numbers));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(prop_oneof![Just(0xFF), Just(0xFE), any::<u8>(), 0..4_u8], 0..60)) {
            let _ = (decode_zipmap(&bytes), decode_intset(&bytes));
            let total = (HEADER + bytes.len()) as u32;
            let _ = decode_ziplist(&[&total.to_le_bytes()[..], &[0; 4], &[0xFF, 0xFF], &bytes].concat());
        }
    }
}
