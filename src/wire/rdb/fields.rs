//! The fields of a snapshot, for people.
//!
//! Rule: fields cover every byte, in order. The first thing that the reader would refuse becomes one field with all that
//! follows it, and says why. To load a snapshot, see `reader`.

use super::cursor::Cursor;
use super::error::{RdbError, RdbErrorKind};
use super::value::{self, Value};
use super::{VERSION_WITH_CHECKSUM, opcode};
use crate::wire::anatomy::{Field, FieldKind, size};
use crate::wire::{Span, crc64, printable};

/// Bytes of a key or a fact that a note repeats.
const SHOWN_MAX: usize = 60;

/// Cuts a snapshot, or the beginning of one, into fields.
pub fn fields(bytes: &[u8]) -> Vec<Field> {
    let mut fields = Fields { cursor: Cursor::new(bytes), done: vec![] };
    let read = fields.read();
    let mut done = fields.done;
    let span = Span::new(done.last().map_or(0, |field| field.span.end), bytes.len() as u64);
    if let (Err(error), false) = (read, span.is_empty()) {
        done.push(Field { span, kind: FieldKind::Unknown, note: format!("not read further: {error}") });
    }
    done
}

struct Fields<'a> {
    cursor: Cursor<'a>,
    done: Vec<Field>,
}

/// What a field is, and the sentence about it.
type Meaning = (FieldKind, String);

impl<'a> Fields<'a> {
    /// Reads one field.
    fn field(&mut self, read: impl FnOnce(&mut Cursor<'a>) -> Result<Meaning, RdbError>) -> Result<(), RdbError> {
        let start = self.cursor.position();
        let (kind, note) = read(&mut self.cursor)?;
        self.done.push(Field { span: Span::new(start, self.cursor.position()), kind, note });
        Ok(())
    }

    fn read(&mut self) -> Result<(), RdbError> {
        let mut version = 0;
        self.field(|cursor| {
            version = cursor.header()?;
            Ok((FieldKind::RdbMagic, format!("REDIS, and the version of the format: {version}")))
        })?;
        loop {
            match self.cursor.rest().first() {
                Some(&opcode::EOF) => break,
                Some(byte) if value::is_value(*byte) => {
                    self.field(key)?;
                    self.field(|cursor| body(cursor, *byte))?;
                }
                _ => self.field(announcement)?,
            }
        }
        self.end(version)
    }

    fn end(&mut self, version: u32) -> Result<(), RdbError> {
        self.field(|cursor| cursor.byte().map(|_| (FieldKind::RdbEnd, "the end of the snapshot".to_owned())))?;
        if version >= VERSION_WITH_CHECKSUM {
            self.field(checksum)?;
        }
        match self.cursor.rest().len() as u64 {
            0 => Ok(()),
            count => Err(self.cursor.error_here(RdbErrorKind::TrailingBytes { count })),
        }
    }
}

/// What begins with an opcode.
fn announcement(cursor: &mut Cursor) -> Result<Meaning, RdbError> {
    let start = cursor.clone();
    let expiry = |ms: i64| format!("the next key expires at {ms} ms of Unix time");
    Ok(match cursor.byte()? {
        opcode::AUX => {
            let (name, value) = (cursor.string()?, cursor.string()?);
            (FieldKind::RdbAux, format!("a fact about the file: {} is {}", shown(&name), shown(&value)))
        }
        opcode::SELECT_DB => {
            (FieldKind::RdbSelectDb, format!("the keys that follow are in database {}", cursor.length()?))
        }
        opcode::RESIZE_DB => {
            let (keys, expires) = (cursor.length()?, cursor.length()?);
            (FieldKind::RdbResizeDb, format!("keys in this database: {keys}; keys that expire: {expires}"))
        }
        opcode::EXPIRE_MS => (FieldKind::RdbExpiry, expiry(i64::from_le_bytes(cursor.array()?))),
        opcode::EXPIRE_SECS => (FieldKind::RdbExpiry, expiry(i64::from(i32::from_le_bytes(cursor.array()?)) * 1000)),
        opcode::IDLE => (FieldKind::RdbUse, format!("the next key was not used for {} s", cursor.length()?)),
        opcode::FREQ => (FieldKind::RdbUse, format!("the next key's counter of uses is {}", cursor.byte()?)),
        byte => return Err(start.error_here(RdbErrorKind::not_modelled(byte))),
    })
}

fn key(cursor: &mut Cursor) -> Result<Meaning, RdbError> {
    let byte = cursor.byte()?;
    let (name, note) = string(cursor)?;
    let (kind, length) = (value::collection(byte).unwrap_or("string"), size(name.len() as u64));
    Ok((FieldKind::RdbKey, format!("type {byte}, a {kind}; its key, {length}{note}: {}", shown(&name))))
}

/// The value behind a key.
fn body(cursor: &mut Cursor, byte: u8) -> Result<Meaning, RdbError> {
    if value::collection(byte).is_none() {
        let (text, note) = string(cursor)?;
        return Ok((FieldKind::RdbValue, format!("its value, {}{note}", size(text.len() as u64))));
    }
    let start = cursor.position();
    let elements = Value::read(cursor, byte)?.map_or(0, |value| value.elements());
    let length = size(cursor.position() - start);
    let s = if elements == 1 { "" } else { "s" };
    Ok((FieldKind::RdbValue, format!("its value, {elements} element{s} in {length}")))
}

fn checksum(cursor: &mut Cursor) -> Result<Meaning, RdbError> {
    let computed = crc64(0, cursor.taken());
    let stored = u64::from_le_bytes(cursor.array()?);
    let verdict = match stored {
        0 => "none was computed".to_owned(),
        _ if stored == computed => format!("{stored:016x}, which they give"),
        _ => format!("{stored:016x}, but they give {computed:016x}"),
    };
    Ok((FieldKind::RdbChecksum, format!("the checksum of all bytes before it (CRC-64): {verdict}")))
}

/// A string, and how it is written if not as it is.
fn string(cursor: &mut Cursor) -> Result<(crate::wire::Bytes, &'static str), RdbError> {
    let note = match cursor.rest().first() {
        Some(0xC0) => " written as an 8-bit integer",
        Some(0xC1) => " written as a 16-bit integer",
        Some(0xC2) => " written as a 32-bit integer",
        Some(0xC3) => " written compressed (LZF)",
        _ => "",
    };
    Ok((cursor.string()?, note))
}

fn shown(text: &[u8]) -> String {
    printable(&text[..text.len().min(SHOWN_MAX)])
}
