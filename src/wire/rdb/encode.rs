//! How lengths and strings are written.
//!
//! Mirrors `rdbSaveLen`, `rdbSaveRawString`, `rdbEncodeInteger` and `rdbSaveLzfStringObject` (rdb.c).

use crate::wire::{decimal, lzf};

/// Longer strings are not looked at for an integer.
const INTEGER_MAX: usize = 11;

/// Shorter strings are not worth compressing.
const COMPRESSED_MIN: usize = 21;

/// What is written, and how.
#[derive(Clone, Debug)]
pub(super) struct Encoder {
    pub out: Vec<u8>,
    /// `rdbcompression`.
    compresses: bool,
}

impl Encoder {
    pub fn new(out: Vec<u8>, compresses: bool) -> Encoder {
        Encoder { out, compresses }
    }

    pub fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// `rdbSaveLen`.
    pub fn length(&mut self, length: u64) {
        match length {
            0..0x40 => self.byte(length as u8),
            0x40..0x4000 => self.raw(&(0x4000 | length as u16).to_be_bytes()),
            0x4000..=0xFFFF_FFFF => {
                self.byte(0x80);
                self.raw(&(length as u32).to_be_bytes());
            }
            _ => {
                self.byte(0x81);
                self.raw(&length.to_be_bytes());
            }
        }
    }

    /// `rdbSaveRawString`: a short canonical integer as such, a long string compressed if that makes it shorter by more
    /// than what frames it, anything else as it is.
    pub fn string(&mut self, text: &[u8]) {
        let number = decimal(text).filter(|_| text.len() <= INTEGER_MAX).and_then(|number| i32::try_from(number).ok());
        match number {
            Some(number) if i8::try_from(number).is_ok() => self.raw(&[0xC0, number as u8]),
            Some(number) if i16::try_from(number).is_ok() => {
                self.byte(0xC1);
                self.raw(&(number as i16).to_le_bytes());
            }
            Some(number) => {
                self.byte(0xC2);
                self.raw(&number.to_le_bytes());
            }
            None => match self.packed(text) {
                Some(packed) => {
                    self.byte(0xC3);
                    self.length(packed.len() as u64);
                    self.length(text.len() as u64);
                    self.raw(&packed);
                }
                None => {
                    self.length(text.len() as u64);
                    self.raw(text);
                }
            },
        }
    }

    fn packed(&self, text: &[u8]) -> Option<Vec<u8>> {
        if self.compresses && text.len() >= COMPRESSED_MIN { lzf::compress(text, text.len() - 4) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cursor::Cursor;
    use super::*;
    use proptest::prelude::*;

    fn encoded(text: &str) -> Vec<u8> {
        let mut encoder = Encoder::new(vec![], true);
        encoder.string(text.as_bytes());
        encoder.out
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
            let mut encoder = Encoder::new(vec![], true);
            encoder.length(*length);
            assert_eq!(encoder.out, *expected);
            assert_eq!(Cursor::new(&encoder.out).length(), Ok(*length));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            text in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), any::<i64>().prop_map(|n| n.to_string().into_bytes()), any::<i16>().prop_map(|n| n.to_string().into_bytes())],
            length: u64,
            compresses: bool,
        ) {
            let mut encoder = Encoder::new(vec![], compresses);
            encoder.string(&text);
            encoder.length(length);
            let mut cursor = Cursor::new(&encoder.out);
            prop_assert_eq!(cursor.string(), Ok(text.into()));
            prop_assert_eq!(cursor.length(), Ok(length));
            prop_assert_eq!(cursor.rest(), b"");
        }
    }
}
