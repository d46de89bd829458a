//! Commands, replies and the lines before a snapshot, cut into fields.
//!
//! Rule: cutting stops at the first thing that the decoder would refuse, or that has not come whole; the rest is one
//! field. Follows `request`, `reply_decoder` and `handshake`.

use super::{Field, FieldKind};
use crate::wire::decimal::decimal;
use crate::wire::{HandshakeError, Preamble, PsyncReply, Span, printable, rdb};

/// Fields being cut from the front of the bytes.
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
    done: Vec<Field>,
}

impl<'a> Fields<'a> {
    pub fn new(bytes: &'a [u8]) -> Fields<'a> {
        Fields { bytes, at: 0, done: vec![] }
    }

    /// All fields; should the cutting have stopped early, the last has what is left.
    pub fn finish(mut self) -> Vec<Field> {
        self.rest(FieldKind::Unknown, "what follows cannot be told apart");
        self.done
    }

    fn left(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// The next bytes, of which there may be fewer; none make no field.
    fn push(&mut self, len: usize, kind: FieldKind, note: impl Into<String>) {
        let end = self.at + len.min(self.left().len());
        if end > self.at {
            self.done.push(Field { span: Span::new(self.at as u64, end as u64), kind, note: note.into() });
            self.at = end;
        }
    }

    fn rest(&mut self, kind: FieldKind, note: &str) {
        self.push(self.left().len(), kind, note);
    }

    /// The text of this line and the length of its end; without an end, all that is there becomes one field.
    fn line(&mut self) -> Option<(&'a [u8], usize)> {
        let left = self.left();
        let Some(end) = left.iter().position(|byte| *byte == b'\n') else {
            self.rest(FieldKind::Unknown, "a line whose end has not come");
            return None;
        };
        Some(left[..end].strip_suffix(b"\r").map_or((&left[..end], 1), |text| (text, 2)))
    }

    fn line_end(&mut self, len: usize) {
        let note = if len == 2 { "CR LF ends the line" } else { "LF alone ends the line" };
        self.push(len, FieldKind::LineEnd, note);
    }

    fn keep_alive(&mut self, len: usize) {
        self.push(len, FieldKind::KeepAlive, "an empty line: a sign of life");
    }

    pub fn commands(&mut self) {
        while self.at < self.bytes.len() {
            let Some((text, end)) = self.line() else { return };
            match text {
                [] => self.keep_alive(end),
                [b'*', count @ ..] => {
                    let count = decimal(count);
                    self.push(text.len(), FieldKind::ArrayHeader, command_note(count));
                    self.line_end(end);
                    if !self.arguments(count.unwrap_or(0)) {
                        return;
                    }
                }
                _ => {
                    let note = format!("an inline command: {} of text", size(text.len() as u64));
                    self.push(text.len(), FieldKind::Inline, note);
                    self.line_end(end);
                }
            }
        }
    }

    /// Whether they were all there.
    fn arguments(&mut self, count: i64) -> bool {
        for n in 0..count {
            if self.left().first().is_some_and(|byte| *byte != b'$') {
                self.rest(FieldKind::Unknown, "no argument: an argument begins with $");
            }
            let name = if n == 0 { "the command's name".to_owned() } else { format!("argument {n}") };
            if !self.bulk(&name) {
                return false;
            }
        }
        true
    }

    /// A header and the string that it announces. Whether it was all there.
    fn bulk(&mut self, name: &str) -> bool {
        if self.left().is_empty() {
            return false;
        }
        let Some((text, end)) = self.line() else { return false };
        let length = decimal(&text[1..]);
        let note = match length {
            Some(-1) => "no string at all (null)".to_owned(),
            Some(0) => format!("no bytes follow: {name} is empty"),
            Some(1) => format!("the next byte is {name}"),
            Some(n) if n > 0 => format!("the next {n} bytes are {name}"),
            _ => "a string's length that cannot be read".to_owned(),
        };
        self.push(text.len(), FieldKind::BulkHeader, note);
        self.line_end(end);
        let Some(length) = length.and_then(|n| usize::try_from(n).ok()) else { return length == Some(-1) };
        let here = self.left().len().min(length);
        let note = if here == length {
            name.to_owned()
        } else {
            format!("{name}: the first {here} of {}", size(length as u64))
        };
        self.push(length, FieldKind::BulkData, note);
        let is_ended = self.left().starts_with(b"\r\n");
        if is_ended {
            self.push(2, FieldKind::LineEnd, "CR LF ends the string; the length does not count it");
        }
        is_ended
    }

    pub fn replies(&mut self) {
        while self.at < self.bytes.len() {
            if self.left().starts_with(b"$") {
                if !self.bulk("the string") {
                    return;
                }
                continue;
            }
            let Some((text, end)) = self.line() else { return };
            let Some((kind, note)) = reply_line(text) else { return self.keep_alive(end) };
            if kind == FieldKind::Unknown {
                return self.rest(kind, &note);
            }
            self.push(text.len(), kind, note);
            self.line_end(end);
        }
    }

    pub fn preamble(&mut self) {
        while self.at < self.bytes.len() {
            let Some((text, end)) = self.line() else { return };
            let parsed = Preamble::parse(text);
            if parsed == Ok(Preamble::KeepAlive) {
                self.keep_alive(end);
                continue;
            }
            let (kind, note) = preamble_line(&parsed);
            self.push(text.len(), kind, note);
            self.line_end(end);
            match parsed {
                Ok(Preamble::Length(_)) => return self.snapshot(0),
                Ok(Preamble::Eof { mark }) if self.left().ends_with(&mark) => {
                    self.snapshot(mark.len());
                    return self.rest(FieldKind::EofMark, "the mark: here the snapshot has ended");
                }
                Ok(Preamble::Eof { .. }) => return self.snapshot(0),
                _ => {}
            }
        }
    }

    /// What is left, but for so many bytes at its end.
    pub fn snapshot(&mut self, without: usize) {
        let offset = self.at as u64;
        let left = self.left();
        for field in rdb::fields(&left[..left.len() - without]) {
            self.at += field.span.len() as usize;
            let span = Span::new(field.span.start + offset, field.span.end + offset);
            self.done.push(Field { span, ..field });
        }
    }
}

fn preamble_line(line: &Result<Preamble, HandshakeError>) -> (FieldKind, String) {
    match line {
        Ok(Preamble::Length(length)) => {
            let note = format!("a snapshot of {} follows; nothing but its length ends it", size(*length));
            (FieldKind::SnapshotLength, note)
        }
        Ok(Preamble::Eof { .. }) => {
            let note = "a snapshot of unknown length follows; these 40 characters, sent again, end it";
            (FieldKind::EofMark, note.to_owned())
        }
        Err(error) => (FieldKind::Unknown, error.to_string()),
        Ok(_) => (FieldKind::Error, "an error: the master sends no snapshot".to_owned()),
    }
}

fn command_note(count: Option<i64>) -> String {
    match count {
        Some(1) => "an array of 1 element: a command without arguments".to_owned(),
        Some(2) => "an array of 2 elements: a command and its argument".to_owned(),
        Some(n) if n > 2 => format!("an array of {n} elements: a command and its {} arguments", n - 1),
        Some(_) => "an array of no elements: no command".to_owned(),
        None => "an array's length that cannot be read".to_owned(),
    }
}

/// What a line of a reply is; `None` for an empty one.
fn reply_line(text: &[u8]) -> Option<(FieldKind, String)> {
    let (kind, rest) = text.split_first()?;
    Some(match (kind, decimal(rest)) {
        (b'+', _) => (FieldKind::Simple, simple_note(text)),
        (b'-', _) => (FieldKind::Error, "an error: its code, then what is wrong".to_owned()),
        (b':', Some(n)) => (FieldKind::Integer, format!("the integer {n}")),
        (b'*', Some(-1)) => (FieldKind::ArrayHeader, "no array at all (null)".to_owned()),
        (b'*', Some(1)) => (FieldKind::ArrayHeader, "an array of 1 element follows".to_owned()),
        (b'*', Some(n)) if n >= 0 => (FieldKind::ArrayHeader, format!("an array of {n} elements follows")),
        _ => (FieldKind::Unknown, "no reply: a reply begins with one of + - : $ *".to_owned()),
    })
}

fn simple_note(text: &[u8]) -> String {
    match PsyncReply::parse(text) {
        Ok(PsyncReply::FullResync { id, offset }) => {
            format!("full resynchronization: a snapshot follows, of history {} at offset {offset}", id.short())
        }
        Ok(PsyncReply::Continue { id: Some(id) }) => {
            format!(
                "partial resynchronization: the missing bytes follow, and the history is {} from here on",
                id.short()
            )
        }
        Ok(PsyncReply::Continue { id: None }) => "partial resynchronization: the missing bytes follow".to_owned(),
        Err(error) => error.to_string(),
        Ok(_) => format!("the line {}", printable(&text[1..text.len().min(60)])),
    }
}

/// `1 byte`, `6 bytes`.
pub(in crate::wire) fn size(bytes: u64) -> String {
    if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") }
}
