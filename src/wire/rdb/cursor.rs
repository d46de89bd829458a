//! A place in a snapshot, and what can be read there: bytes, lengths, strings.
//!
//! Rule: an error names the first byte of what could not be read; a snapshot that ends too early, its end.
//! Mirrors `rdbLoadLenByRef`, `rdbGenericLoadStringObject`, `rdbLoadIntegerObject` and `rdbLoadLzfStringObject` (rdb.c).

use super::VERSION_MAX;
use super::error::{RdbError, RdbErrorKind};
use crate::wire::{Bytes, lzf, printable};

/// A compressed string that says it is longer than this is refused (`proto-max-bulk-len`), bytes.
const STRING_MAX: u64 = 512 << 20;

#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A length, or the announcement of a string in a special encoding.
enum Length {
    Plain(u64),
    Encoded(u8),
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { bytes, at: 0 }
    }

    pub fn position(&self) -> u64 {
        self.at as u64
    }

    /// What was read.
    pub fn taken(&self) -> &'a [u8] {
        &self.bytes[..self.at]
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub fn error_here(&self, kind: RdbErrorKind) -> RdbError {
        RdbError { at: self.position(), kind }
    }

    pub fn take(&mut self, count: u64) -> Result<&'a [u8], RdbError> {
        let left = self.rest().len() as u64;
        if count > left {
            let kind = RdbErrorKind::Truncated { wanted: count - left };
            return Err(RdbError { at: self.bytes.len() as u64, kind });
        }
        let taken = &self.rest()[..count as usize];
        self.at += taken.len();
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], RdbError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64)?);
        Ok(array)
    }

    pub fn byte(&mut self) -> Result<u8, RdbError> {
        Ok(self.array::<1>()?[0])
    }

    /// The line that names the format: its version.
    pub fn header(&mut self) -> Result<u32, RdbError> {
        if !self.rest().iter().zip(b"REDIS").all(|(found, wanted)| found == wanted) {
            return Err(self.error_here(RdbErrorKind::BadMagic));
        }
        self.take(5)?;
        let start = self.clone();
        let digits = self.array::<4>()?;
        let version = digits
            .iter()
            .try_fold(0, |version, digit| digit.is_ascii_digit().then(|| version * 10 + u32::from(digit - b'0')));
        version
            .filter(|version| (1..=VERSION_MAX).contains(version))
            .ok_or_else(|| start.error_here(RdbErrorKind::UnsupportedVersion { found: printable(&digits) }))
    }

    /// A number that is not a string's special encoding.
    pub fn length(&mut self) -> Result<u64, RdbError> {
        let start = self.clone();
        match self.any_length()? {
            Length::Plain(length) => Ok(length),
            Length::Encoded(kind) => Err(start.error_here(RdbErrorKind::BadLength { byte: 0xC0 | kind })),
        }
    }

    fn any_length(&mut self) -> Result<Length, RdbError> {
        let start = self.clone();
        let first = self.byte()?;
        let low = u64::from(first & 0x3F);
        Ok(match (first >> 6, first) {
            (0, _) => Length::Plain(low),
            (1, _) => Length::Plain(low << 8 | u64::from(self.byte()?)),
            (2, 0x80) => Length::Plain(u64::from(u32::from_be_bytes(self.array()?))),
            (2, 0x81) => Length::Plain(u64::from_be_bytes(self.array()?)),
            (2, _) => return Err(start.error_here(RdbErrorKind::BadLength { byte: first })),
            (_, _) => Length::Encoded(first & 0x3F),
        })
    }

    pub fn string(&mut self) -> Result<Bytes, RdbError> {
        let start = self.clone();
        let number = match self.any_length()? {
            Length::Plain(length) => return Ok(self.take(length)?.into()),
            Length::Encoded(0) => i32::from(i8::from_le_bytes(self.array()?)),
            Length::Encoded(1) => i32::from(i16::from_le_bytes(self.array()?)),
            Length::Encoded(2) => i32::from_le_bytes(self.array()?),
            Length::Encoded(3) => {
                let expanded = self.compressed()?;
                return expanded.map(Bytes::from).ok_or_else(|| start.error_here(RdbErrorKind::BadLzf));
            }
            Length::Encoded(kind) => return Err(start.error_here(RdbErrorKind::BadLength { byte: 0xC0 | kind })),
        };
        Ok(number.to_string().into_bytes().into())
    }

    /// `None` if the bytes do not expand to the length that is announced.
    fn compressed(&mut self) -> Result<Option<Vec<u8>>, RdbError> {
        let (packed_len, len) = (self.length()?, self.length()?);
        let packed = self.take(packed_len)?;
        if len == 0 {
            // Redis takes the 0 that means a fault for the length it wanted.
            return Ok(Some(vec![]));
        }
        let len = usize::try_from(len).ok().filter(|len| *len as u64 <= STRING_MAX);
        Ok(len.and_then(|len| lzf::decompress(packed, len)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_in_all_their_encodings() {
        let cases: &[(&[u8], &[u8])] = &[
            (b"\x00", b""),
            (b"\x02ab", b"ab"),
            (b"\x40\x02ab", b"ab"),
            (b"\x80\0\0\0\x02ab", b"ab"),
            (b"\x81\0\0\0\0\0\0\0\x02ab", b"ab"),
            (b"\xc0\x80", b"-128"),
            (b"\xc1\x39\x30", b"12345"),
            (b"\xc2\0\0\0\x80", b"-2147483648"),
            (b"\xc3\x04\x04\x00a\x20\x00", b"aaaa"),
            (b"\xc3\x02\x00\x20\x00", b""),
        ];
        for (bytes, text) in cases {
            let mut cursor = Cursor::new(bytes);
            assert_eq!(cursor.string().as_deref(), Ok(*text));
            assert_eq!(cursor.rest(), b"");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_place() {
        use RdbErrorKind::*;
        let cases: &[(&[u8], u64, RdbErrorKind)] = &[
            (b"", 0, Truncated { wanted: 1 }),
            (b"\x03ab", 3, Truncated { wanted: 1 }),
            (b"\x81\xff\xff\xff\xff\xff\xff\xff\xffab", 11, Truncated { wanted: u64::MAX - 2 }),
            (b"\xc2\x01", 2, Truncated { wanted: 3 }),
            (b"\x82", 0, BadLength { byte: 0x82 }),
            (b"\xc4", 0, BadLength { byte: 0xC4 }),
            (b"\xc3\xc0\x01", 1, BadLength { byte: 0xC0 }),
            (b"\xc3\x04\x05\x00a\x20\x00", 0, BadLzf),
            (b"\xc3\x02\x81\xff\xff\xff\xff\xff\xff\xff\xff\x00a", 0, BadLzf),
        ];
        for (bytes, at, kind) in cases {
            assert_eq!(Cursor::new(bytes).string(), Err(RdbError { at: *at, kind: kind.clone() }), "{bytes:x?}");
        }
    }
}
