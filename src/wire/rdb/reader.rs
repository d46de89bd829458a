//! Reading a snapshot, item by item. Mirrors `rdbLoadRioWithLoadingCtx` (rdb.c).

use super::error::{RdbError, RdbErrorKind};
use super::length::Cursor;
use super::{Item, VERSION_MAX, Value, opcode};
use crate::wire::{Span, crc64};

/// An iterator over the items of a file. It ends after [`Item::End`] or the first error.
pub struct Reader<'a> {
    cursor: Cursor<'a>,
    version: Option<u32>,
    over: bool,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader {
            cursor: Cursor { bytes, at: 0 },
            version: None,
            over: false,
        }
    }

    /// Bytes read so far; after the end, the length of the snapshot.
    pub fn consumed(&self) -> u64 {
        self.cursor.at as u64
    }

    fn header(&mut self) -> Result<(), RdbErrorKind> {
        let header = self.cursor.array::<9>()?;
        if !header.starts_with(b"REDIS") {
            return Err(RdbErrorKind::BadMagic);
        }
        let digits = String::from_utf8_lossy(&header[5..]).into_owned();
        let version = digits
            .parse::<u32>()
            .ok()
            .filter(|version| (1..=VERSION_MAX).contains(version));
        self.version = Some(version.ok_or(RdbErrorKind::UnsupportedVersion { found: digits })?);
        Ok(())
    }

    fn item(&mut self) -> Result<Item, RdbErrorKind> {
        let mut expire_at_ms = None;
        loop {
            let byte = self.cursor.byte()?;
            match byte {
                opcode::EXPIRE_MS => expire_at_ms = Some(i64::from_le_bytes(self.cursor.array()?)),
                opcode::EXPIRE_SECS => {
                    expire_at_ms = Some(i64::from(i32::from_le_bytes(self.cursor.array()?)) * 1000)
                }
                opcode::IDLE => drop(self.cursor.plain_length()?),
                opcode::FREQ => drop(self.cursor.byte()?),
                opcode::AUX => {
                    return Ok(Item::Aux {
                        key: self.cursor.string()?,
                        value: self.cursor.string()?,
                    });
                }
                opcode::SELECT_DB => return Ok(Item::SelectDb(self.cursor.plain_length()?)),
                opcode::RESIZE_DB => {
                    return Ok(Item::ResizeDb {
                        keys: self.cursor.plain_length()?,
                        expires: self.cursor.plain_length()?,
                    });
                }
                opcode::EOF => return self.end(),
                0 => {
                    let key = self.cursor.string()?;
                    return Ok(Item::Entry {
                        key,
                        value: Value::String(self.cursor.string()?),
                        expire_at_ms,
                    });
                }
                _ => {
                    return Err(
                        name_of(byte).map_or(RdbErrorKind::UnknownType { byte }, |name| {
                            RdbErrorKind::Unsupported { byte, name }
                        }),
                    );
                }
            }
        }
    }

    fn end(&mut self) -> Result<Item, RdbErrorKind> {
        self.over = true;
        if self.version.is_some_and(|version| version < 5) {
            return Ok(Item::End { checksum: 0 });
        }
        let computed = crc64(0, &self.cursor.bytes[..self.cursor.at]);
        let stored = u64::from_le_bytes(self.cursor.array()?);
        if stored != 0 && stored != computed {
            return Err(RdbErrorKind::Checksum { stored, computed });
        }
        Ok(Item::End { checksum: stored })
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<(Span, Item), RdbError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            let count = (self.cursor.bytes.len() - self.cursor.at) as u64;
            self.cursor.bytes = &self.cursor.bytes[..self.cursor.at];
            return (count > 0).then(|| {
                Err(RdbError {
                    at: self.cursor.at as u64,
                    kind: RdbErrorKind::TrailingBytes { count },
                })
            });
        }
        let header = if self.version.is_none() {
            self.header()
        } else {
            Ok(())
        };
        let start = self.cursor.at as u64;
        let result = header.and_then(|()| self.item());
        Some(match result {
            Ok(item) => Ok((Span::new(start, self.cursor.at as u64), item)),
            Err(kind) => {
                self.over = true;
                let at = self.cursor.at as u64;
                self.cursor.bytes = &self.cursor.bytes[..self.cursor.at];
                Err(RdbError { at, kind })
            }
        })
    }
}

/// What Redis 7.0 calls a type or section that the model does not have.
fn name_of(byte: u8) -> Option<&'static str> {
    Some(match byte {
        1 | 10 | 14 | 18 => "a list",
        2 | 11 => "a set",
        3 | 5 | 12 | 17 => "a sorted set",
        4 | 9 | 13 | 16 => "a hash",
        6 | 7 => "a module's value",
        15 | 19 => "a stream",
        0xF6 | opcode::FUNCTION2 => "a function library",
        opcode::MODULE_AUX => "a module's data",
        _ => return None,
    })
}
