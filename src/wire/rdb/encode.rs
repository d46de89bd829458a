//! How lengths and strings are written.
//!
//! Mirrors `rdbSaveLen`, `rdbSaveRawString`, `rdbEncodeInteger` and `rdbSaveLzfStringObject` (rdb.c).

use crate::wire::lzf;

/// Shorter strings are not worth compressing.
const COMPRESSED_MIN: usize = 21;

/// `rdbSaveLen`.
pub(super) fn push_length(out: &mut Vec<u8>, length: u64) {
    match length {
        0..0x40 => out.push(length as u8),
        0x40..0x4000 => out.extend_from_slice(&(0x4000 | length as u16).to_be_bytes()),
        0x4000..=0xFFFF_FFFF => {
            out.push(0x80);
            out.extend_from_slice(&(length as u32).to_be_bytes());
        }
        _ => {
            out.push(0x81);
            out.extend_from_slice(&length.to_be_bytes());
        }
    }
}

/// `rdbSaveRawString`: a short canonical integer as such, a long string compressed if that makes it shorter by more than
/// what frames it, anything else as it is.
pub(super) fn push_string(out: &mut Vec<u8>, text: &[u8]) {
    let number =
        std::str::from_utf8(text).ok().filter(|text| text.len() <= 11).and_then(|text| text.parse::<i32>().ok());
    match number.filter(|number| number.to_string().as_bytes() == text) {
        Some(number) if i8::try_from(number).is_ok() => out.extend_from_slice(&[0xC0, number as u8]),
        Some(number) if i16::try_from(number).is_ok() => {
            out.push(0xC1);
            out.extend_from_slice(&(number as i16).to_le_bytes());
        }
        Some(number) => {
            out.push(0xC2);
            out.extend_from_slice(&number.to_le_bytes());
        }
        None => match packed(text) {
            Some(packed) => {
                out.push(0xC3);
                push_length(out, packed.len() as u64);
                push_length(out, text.len() as u64);
                out.extend_from_slice(&packed);
            }
            None => {
                push_length(out, text.len() as u64);
                out.extend_from_slice(text);
            }
        },
    }
}

fn packed(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() < COMPRESSED_MIN { None } else { lzf::compress(text, text.len() - 4) }
}

#[cfg(test)]
mod tests {
    use super::super::cursor::Cursor;
    use super::*;
    use proptest::prelude::*;

    fn encoded(text: &str) -> Vec<u8> {
        let mut out = vec![];
        push_string(&mut out, text.as_bytes());
        out
    }

    #[test]
    fn canonical_integers_of_32_bits_are_written_as_such() {
        assert_eq!(encoded("0"), b"\xc0\x00");
        assert_eq!(encoded("-128"), b"\xc0\x80");
        assert_eq!(encoded("128"), b"\xc1\x80\x00");
        assert_eq!(encoded("-32768"), b"\xc1\x00\x80");
        assert_eq!(encoded("32768"), b"\xc2\x00\x80\x00\x00");
        assert_eq!(encoded("-2147483648"), b"\xc2\x00\x00\x00\x80");
        for text in ["", "-", "-0", "007", "+1", "1x", "2147483648", "-2147483649", "12345678901"] {
            assert_eq!(encoded(text), [&[text.len() as u8], text.as_bytes()].concat(), "{text}");
        }
    }

    #[test]
    fn lengths_take_as_few_bytes_as_they_can() {
        let cases: &[(u64, &[u8])] = &[
            (0x3F, b"\x3f"),
            (0x40, b"\x40\x40"),
            (0x3FFF, b"\x7f\xff"),
            (0x4000, b"\x80\x00\x00\x40\x00"),
            (0xFFFF_FFFF, b"\x80\xff\xff\xff\xff"),
            (0x1_0000_0000, b"\x81\x00\x00\x00\x01\x00\x00\x00\x00"),
        ];
        for (length, expected) in cases {
            let mut out = vec![];
            push_length(&mut out, *length);
            assert_eq!(out, *expected);
            assert_eq!(Cursor::new(&out).length(), Ok(*length));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            text in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), any::<i64>().prop_map(|n| n.to_string().into_bytes()), any::<i16>().prop_map(|n| n.to_string().into_bytes())],
            length: u64,
        ) {
            let mut out = vec![];
            push_string(&mut out, &text);
            push_length(&mut out, length);
            let mut cursor = Cursor::new(&out);
            prop_assert_eq!(cursor.string(), Ok(text.into()));
            prop_assert_eq!(cursor.length(), Ok(length));
            prop_assert_eq!(cursor.rest(), b"");
        }
    }
}
