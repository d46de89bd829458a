//! Lengths, and the strings that begin with them. Mirrors `rdbLoadLenByRef` and `rdbGenericLoadStringObject`.

use super::error::RdbErrorKind;
use crate::wire::{Bytes, lzf};

/// A length, or the announcement of a string in a special encoding.
pub(super) enum Length {
    Plain(u64),
    Encoded(u8),
}

/// A place in a file.
pub(super) struct Cursor<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

/// Strings longer than this are refused (`proto-max-bulk-len`).
const STRING_MAX: u64 = 512 << 20;

impl<'a> Cursor<'a> {
    pub fn take(&mut self, count: u64) -> Result<&'a [u8], RdbErrorKind> {
        let left = (self.bytes.len() - self.at) as u64;
        if count > left {
            return Err(RdbErrorKind::Truncated {
                wanted: count - left,
            });
        }
        let taken = &self.bytes[self.at..self.at + count as usize];
        self.at += count as usize;
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], RdbErrorKind> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64)?);
        Ok(array)
    }

    pub fn byte(&mut self) -> Result<u8, RdbErrorKind> {
        Ok(self.array::<1>()?[0])
    }

    pub fn length(&mut self) -> Result<Length, RdbErrorKind> {
        let first = self.byte()?;
        Ok(match first >> 6 {
            0 => Length::Plain(u64::from(first & 0x3f)),
            1 => Length::Plain(u64::from(first & 0x3f) << 8 | u64::from(self.byte()?)),
            3 => Length::Encoded(first & 0x3f),
            _ if first == 0x80 => Length::Plain(u64::from(u32::from_be_bytes(self.array()?))),
            _ if first == 0x81 => Length::Plain(u64::from_be_bytes(self.array()?)),
            _ => return Err(RdbErrorKind::BadLength { byte: first }),
        })
    }

    pub fn plain_length(&mut self) -> Result<u64, RdbErrorKind> {
        match self.length()? {
            Length::Plain(length) => Ok(length),
            Length::Encoded(kind) => Err(RdbErrorKind::BadLength { byte: 0xC0 | kind }),
        }
    }

    pub fn string(&mut self) -> Result<Bytes, RdbErrorKind> {
        let number: i64 = match self.length()? {
            Length::Plain(length) => return Ok(self.take(length)?.into()),
            Length::Encoded(0) => i64::from(i8::from_le_bytes(self.array()?)),
            Length::Encoded(1) => i64::from(i16::from_le_bytes(self.array()?)),
            Length::Encoded(2) => i64::from(i32::from_le_bytes(self.array()?)),
            Length::Encoded(3) => return self.compressed(),
            Length::Encoded(kind) => return Err(RdbErrorKind::BadLength { byte: 0xC0 | kind }),
        };
        Ok(number.to_string().into_bytes().into())
    }

    fn compressed(&mut self) -> Result<Bytes, RdbErrorKind> {
        let (packed, length) = (self.plain_length()?, self.plain_length()?);
        let packed = self.take(packed)?;
        if length > STRING_MAX {
            return Err(RdbErrorKind::BadLzf);
        }
        lzf::decompress(packed, length as usize)
            .map(Bytes::from)
            .ok_or(RdbErrorKind::BadLzf)
    }
}

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

/// `rdbSaveRawString`, without compression: a short canonical integer as such, anything else as it is.
pub(super) fn push_string(out: &mut Vec<u8>, text: &[u8]) {
    let number = std::str::from_utf8(text)
        .ok()
        .filter(|text| text.len() <= 11)
        .and_then(|text| text.parse::<i32>().ok());
    match number.filter(|number| number.to_string().as_bytes() == text) {
        Some(number) if i8::try_from(number).is_ok() => {
            out.extend_from_slice(&[0xC0, number as u8])
        }
        Some(number) if i16::try_from(number).is_ok() => {
            out.push(0xC1);
            out.extend_from_slice(&(number as i16).to_le_bytes());
        }
        Some(number) => {
            out.push(0xC2);
            out.extend_from_slice(&number.to_le_bytes());
        }
        None => {
            push_length(out, text.len() as u64);
            out.extend_from_slice(text);
        }
    }
}
