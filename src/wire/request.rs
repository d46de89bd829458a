//! What a server reads: commands, as RESP arrays of bulk strings or as inline text.
//!
//! Rule: bytes come in any pieces, and no piece is looked at twice to no purpose. What Redis refuses is refused with
//! Redis' words; after that the decoder stays in error, as the connection is about to be closed.
//! Mirrors `processInputBuffer`, `processInlineBuffer` and `processMultibulkBuffer` (networking.c) and `sdssplitargs`.

use super::{Bytes, Span};
use std::fmt;

/// `PROTO_INLINE_MAX_SIZE`: the longest line, bytes.
const LINE_MAX: usize = 64 * 1024;
/// `proto-max-bulk-len`: the longest argument, bytes.
const BULK_MAX: i64 = 512 << 20;
/// The most arguments (`INT_MAX`; it was 1,048,576 before 7.0).
const ARGS_MAX: i64 = i32::MAX as i64;

/// One command. Without arguments it is an empty line, which a master takes from a replica as a sign of life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub span: Span,
    pub args: Vec<Arg>,
}

/// An argument; the span covers its own bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    pub span: Span,
    pub bytes: Bytes,
}

/// What was wrong with the bytes, and where they stand in the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolError {
    pub at: u64,
    pub kind: ProtocolErrorKind,
}

/// Displayed as Redis words it, without `-ERR Protocol error: `.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtocolErrorKind {
    TooBigInline,
    UnbalancedQuotes,
    TooBigCount,
    InvalidCount,
    TooBigBulkCount,
    ExpectedDollar { got: u8 },
    InvalidBulkLength,
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Protocol error: ")?;
        match self.kind {
            ProtocolErrorKind::TooBigInline => f.write_str("too big inline request"),
            ProtocolErrorKind::UnbalancedQuotes => f.write_str("unbalanced quotes in request"),
            ProtocolErrorKind::TooBigCount => f.write_str("too big mbulk count string"),
            ProtocolErrorKind::InvalidCount => f.write_str("invalid multibulk length"),
            ProtocolErrorKind::TooBigBulkCount => f.write_str("too big bulk count string"),
            ProtocolErrorKind::ExpectedDollar { got } => {
                write!(f, "expected '$', got '{}'", char::from(got))
            }
            ProtocolErrorKind::InvalidBulkLength => f.write_str("invalid bulk length"),
        }
    }
}

impl std::error::Error for ProtocolError {}

/// Reads commands from a connection.
#[derive(Clone, Debug, Default)]
pub struct RequestDecoder {
    buffer: Vec<u8>,
    /// Bytes at the front of `buffer` that are consumed.
    used: usize,
    /// Stream position of the front of `buffer`.
    base: u64,
    /// Up to where the buffer was searched for the end of a line.
    searched: usize,
    /// The array being read.
    array: Option<Array>,
    failed: Option<ProtocolError>,
}

#[derive(Clone, Debug)]
struct Array {
    start: u64,
    lacking: i64,
    /// Length of the argument whose header was read.
    bulk: Option<usize>,
    args: Vec<Arg>,
}

impl RequestDecoder {
    pub fn push(&mut self, bytes: &[u8]) {
        if self.used > 0 && self.used == self.buffer.len() {
            self.base += self.used as u64;
            self.buffer.clear();
            (self.used, self.searched) = (0, 0);
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next complete command; `None` if more bytes are needed.
    #[allow(clippy::should_implement_trait)] // It is no iterator: after `None` it goes on once more bytes are pushed.
    pub fn next(&mut self) -> Result<Option<Request>, ProtocolError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let result = self.read();
        self.compact();
        result.map_err(|kind| {
            let error = ProtocolError {
                at: self.position(),
                kind,
            };
            self.failed = Some(error.clone());
            error
        })
    }

    /// Bytes consumed since the connection began.
    pub fn position(&self) -> u64 {
        self.base + self.used as u64
    }

    /// Bytes that were pushed and not consumed.
    pub fn buffered(&self) -> usize {
        self.buffer.len() - self.used
    }

    fn read(&mut self) -> Result<Option<Request>, ProtocolErrorKind> {
        if self.array.is_none() {
            match self.buffer.get(self.used) {
                None => return Ok(None),
                Some(b'*') => {
                    let start = self.position();
                    let Some(line) = self.line(ProtocolErrorKind::TooBigCount)? else {
                        return Ok(None);
                    };
                    let count = number(&self.buffer[line.0 + 1..line.1])
                        .filter(|n| *n <= ARGS_MAX)
                        .ok_or(ProtocolErrorKind::InvalidCount)?;
                    self.consume(line.2);
                    if count <= 0 {
                        return Ok(Some(Request {
                            span: Span::new(start, self.position()),
                            args: vec![],
                        }));
                    }
                    self.array = Some(Array {
                        start,
                        lacking: count,
                        bulk: None,
                        args: Vec::with_capacity(count.min(64) as usize),
                    });
                }
                Some(_) => return self.inline(),
            }
        }
        self.arguments()
    }

    /// Reads arguments until the array is complete or bytes are lacking.
    fn arguments(&mut self) -> Result<Option<Request>, ProtocolErrorKind> {
        while let Some(array) = &self.array {
            let len = match array.bulk {
                Some(len) => len,
                None => {
                    let Some(line) = self.line(ProtocolErrorKind::TooBigBulkCount)? else {
                        return Ok(None);
                    };
                    let header = &self.buffer[line.0..line.1];
                    match header.first() {
                        Some(b'$') => {}
                        got => {
                            return Err(ProtocolErrorKind::ExpectedDollar {
                                got: got.copied().unwrap_or(b'\r'),
                            });
                        }
                    }
                    let len = number(&header[1..])
                        .filter(|n| (0..=BULK_MAX).contains(n))
                        .ok_or(ProtocolErrorKind::InvalidBulkLength)?;
                    self.consume(line.2);
                    len as usize
                }
            };
            let Some(array) = &mut self.array else { break };
            array.bulk = Some(len);
            if self.buffer.len() - self.used < len + 2 {
                return Ok(None);
            }
            let start = self.base + self.used as u64;
            let bytes = Bytes::from(&self.buffer[self.used..self.used + len]);
            array.args.push(Arg {
                span: Span::new(start, start + len as u64),
                bytes,
            });
            array.bulk = None;
            array.lacking -= 1;
            let is_complete = array.lacking == 0;
            // Redis does not look at the two bytes behind an argument either.
            self.consume(len + 2);
            if is_complete && let Some(array) = self.array.take() {
                return Ok(Some(Request {
                    span: Span::new(array.start, self.position()),
                    args: array.args,
                }));
            }
        }
        Ok(None)
    }

    fn inline(&mut self) -> Result<Option<Request>, ProtocolErrorKind> {
        let start = self.position();
        let Some(end) = self.find(b'\n') else {
            return if self.buffered() > LINE_MAX {
                Err(ProtocolErrorKind::TooBigInline)
            } else {
                Ok(None)
            };
        };
        let mut line = &self.buffer[self.used..end];
        if let [rest @ .., b'\r'] = line {
            line = rest;
        }
        let args = split_args(line, start).ok_or(ProtocolErrorKind::UnbalancedQuotes)?;
        self.consume(end + 1 - self.used);
        Ok(Some(Request {
            span: Span::new(start, self.position()),
            args,
        }))
    }

    /// A line that ends with CR LF: where it begins, where its text ends, and how many bytes it takes up.
    fn line(
        &mut self,
        too_long: ProtocolErrorKind,
    ) -> Result<Option<(usize, usize, usize)>, ProtocolErrorKind> {
        match self.find(b'\r') {
            // The LF must have come too; it is skipped unseen.
            Some(end) if end + 1 < self.buffer.len() => {
                Ok(Some((self.used, end, end + 2 - self.used)))
            }
            Some(_) => Ok(None),
            None if self.buffered() > LINE_MAX => Err(too_long),
            None => Ok(None),
        }
    }

    /// Where the next such byte stands. Redis looks for it with `strchr`, which goes no further than a NUL: a line with
    /// one in it never ends.
    fn find(&mut self, wanted: u8) -> Option<usize> {
        let from = self.used.max(self.searched);
        let stop = self.buffer[from..].iter().position(|byte| *byte == wanted || *byte == 0);
        self.searched = stop.map_or(self.buffer.len(), |n| n + from);
        stop.map(|n| n + from).filter(|at| self.buffer[*at] == wanted)
    }

    fn consume(&mut self, bytes: usize) {
        self.used += bytes;
        self.searched = self.used;
    }

    /// Lets go of what was consumed, once it is the larger part, so that each byte is moved a bounded number of times.
    fn compact(&mut self) {
        if self.used > 4096 && self.used * 2 > self.buffer.len() {
            self.buffer.drain(..self.used);
            self.base += self.used as u64;
            self.searched = self.searched.saturating_sub(self.used);
            self.used = 0;
        }
    }
}

/// A decimal number in the one spelling that `string2ll` takes.
fn number(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let is_canonical = text == b"0"
        || matches!(digits, [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit));
    if is_canonical {
        std::str::from_utf8(text).ok()?.parse().ok()
    } else {
        None
    }
}

/// Splits an inline command as a shell would (`sdssplitargs`); `None` if a quote is not closed or text follows one.
fn split_args(line: &[u8], base: u64) -> Option<Vec<Arg>> {
    let mut args = vec![];
    let mut at = 0;
    loop {
        while line.get(at).is_some_and(|byte| is_space(*byte)) {
            at += 1;
        }
        if at >= line.len() {
            return Some(args);
        }
        let start = at;
        let mut word = vec![];
        while let Some(byte) = line
            .get(at)
            .copied()
            .filter(|byte| !is_space(*byte))
        {
            match byte {
                b'"' | b'\'' => {
                    at = quoted_part(line, at, &mut word)?;
                    if line.get(at).is_some_and(|next| !is_space(*next)) {
                        return None;
                    }
                }
                _ => {
                    word.push(byte);
                    at += 1;
                }
            }
        }
        args.push(Arg {
            span: Span::new(base + start as u64, base + at as u64),
            bytes: word.into(),
        });
    }
}

/// Reads from an opening quote to behind the closing one.
fn quoted_part(line: &[u8], open: usize, word: &mut Vec<u8>) -> Option<usize> {
    let quote = line[open];
    let mut at = open + 1;
    loop {
        match (quote, &line[at..]) {
            (_, []) => return None,
            (b'"', [b'\\', b'x', high, low, ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                word.push(hex(*high) << 4 | hex(*low));
                at += 4;
            }
            (b'"', [b'\\', escaped, ..]) => {
                word.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 0x08,
                    b'a' => 0x07,
                    other => *other,
                });
                at += 2;
            }
            (b'\'', [b'\\', b'\'', ..]) => {
                word.push(b'\'');
                at += 2;
            }
            (_, [byte, ..]) if *byte == quote => return Some(at + 1),
            (_, [byte, ..]) => {
                word.push(*byte);
                at += 1;
            }
        }
    }
}

fn hex(digit: u8) -> u8 {
    char::from(digit).to_digit(16).unwrap_or(0) as u8
}

/// C's `isspace`.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}
