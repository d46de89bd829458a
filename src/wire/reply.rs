//! What a client reads: RESP2 replies.
//!
//! Rule: the decoder takes any pieces; nesting and sizes have limits. An error's text begins with its code.
//! Mirrors what networking.c writes (`addReply…`) and what hiredis reads.

use super::command::push_header;
use super::{Bytes, Span};
use std::fmt::{self, Write};

/// A reply of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Simple(Bytes),
    Error(Bytes),
    Integer(i64),
    Bulk(Bytes),
    NullBulk,
    Array(Vec<Reply>),
    NullArray,
}

impl Reply {
    pub fn ok() -> Reply {
        Reply::simple("OK")
    }

    pub fn simple(text: &str) -> Reply {
        Reply::Simple(text.as_bytes().into())
    }

    /// `text` begins with the code: `ERR …`. Line breaks would end the reply early, so they become spaces, as in Redis.
    pub fn error(text: impl AsRef<[u8]>) -> Reply {
        let one_line = |byte: &u8| if matches!(byte, b'\r' | b'\n') { b' ' } else { *byte };
        Reply::Error(text.as_ref().iter().map(one_line).collect())
    }

    pub fn bulk(bytes: impl AsRef<[u8]>) -> Reply {
        Reply::Bulk(bytes.as_ref().into())
    }

    pub fn int(number: i64) -> Reply {
        Reply::Integer(number)
    }

    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Reply::Simple(text) => push_line(out, b'+', text),
            Reply::Error(text) => push_line(out, b'-', text),
            Reply::Integer(number) => push_line(out, b':', number.to_string().as_bytes()),
            Reply::NullBulk => out.extend_from_slice(b"$-1\r\n"),
            Reply::NullArray => out.extend_from_slice(b"*-1\r\n"),
            Reply::Bulk(bytes) => {
                push_header(out, b'$', bytes.len() as u64);
                out.extend_from_slice(bytes);
                out.extend_from_slice(b"\r\n");
            }
            Reply::Array(items) => {
                push_header(out, b'*', items.len() as u64);
                items.iter().for_each(|item| item.encode(out));
            }
        }
    }

    /// As redis-cli prints it on a terminal.
    pub fn redis_cli_text(&self) -> String {
        let mut text = String::new();
        self.print(0, &mut text);
        text
    }

    fn print(&self, indent: usize, text: &mut String) {
        // Writing to a String cannot fail.
        let _ = match self {
            Reply::Simple(line) => write!(text, "{}", String::from_utf8_lossy(line)),
            Reply::Error(line) => write!(text, "(error) {}", String::from_utf8_lossy(line)),
            Reply::Integer(number) => write!(text, "(integer) {number}"),
            Reply::Bulk(bytes) => write!(text, "{}", super::quoted(bytes)),
            Reply::NullBulk | Reply::NullArray => write!(text, "(nil)"),
            Reply::Array(items) if items.is_empty() => write!(text, "(empty array)"),
            Reply::Array(items) => {
                let width = items.len().to_string().len();
                for (n, item) in items.iter().enumerate() {
                    let margin = if n == 0 { 0 } else { indent };
                    let _ = write!(text, "{:margin$}{:>width$}) ", "", n + 1);
                    item.print(indent + width + 2, text);
                    if n + 1 < items.len() {
                        text.push('\n');
                    }
                }
                Ok(())
            }
        };
    }
}

fn push_line(out: &mut Vec<u8>, kind: u8, text: &[u8]) {
    out.push(kind);
    out.extend_from_slice(text);
    out.extend_from_slice(b"\r\n");
}

/// Arrays deeper than this are refused; COMMAND, the deepest reply of Redis, has seven levels.
const DEPTH_MAX: u32 = 32;
const LINE_MAX: usize = 64 * 1024;
const BULK_MAX: i64 = 512 << 20;
const ITEMS_MAX: i64 = 1 << 20;

/// Bytes that are no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyError {
    /// Position in the connection.
    pub at: u64,
    pub problem: &'static str,
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.at, self.problem)
    }
}

impl std::error::Error for ReplyError {}

/// Reads replies from a connection.
#[derive(Clone, Debug, Default)]
pub struct ReplyDecoder {
    buffer: Vec<u8>,
    base: u64,
    failed: Option<ReplyError>,
    /// Not before so many bytes are here is it worth trying again.
    wanted: usize,
}

/// Why no reply was read yet.
enum Stop {
    More(usize),
    Bad(usize, &'static str),
}

impl ReplyDecoder {
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next complete reply; `None` if more bytes are needed.
    #[allow(clippy::should_implement_trait)] // It is no iterator: after `None` it goes on once more bytes are pushed.
    pub fn next(&mut self) -> Result<Option<(Reply, Span)>, ReplyError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        if self.buffer.len() < self.wanted.max(1) {
            return Ok(None);
        }
        match read(&self.buffer, 0, DEPTH_MAX) {
            Ok((reply, used)) => {
                let span = Span::new(self.base, self.base + used as u64);
                self.buffer.drain(..used);
                (self.base, self.wanted) = (span.end, 0);
                Ok(Some((reply, span)))
            }
            Err(Stop::More(wanted)) => {
                self.wanted = wanted;
                Ok(None)
            }
            Err(Stop::Bad(at, problem)) => {
                let error = ReplyError {
                    at: self.base + at as u64,
                    problem,
                };
                self.failed = Some(error.clone());
                Err(error)
            }
        }
    }

    pub fn position(&self) -> u64 {
        self.base
    }

    pub fn buffered(&self) -> usize {
        self.buffer.len()
    }
}

fn read(bytes: &[u8], at: usize, depth: u32) -> Result<(Reply, usize), Stop> {
    let rest = &bytes[at..];
    let Some(line_len) = rest.iter().position(|byte| *byte == b'\n') else {
        return Err(if rest.len() > LINE_MAX {
            Stop::Bad(at, "a line without an end")
        } else {
            Stop::More(bytes.len() + 1)
        });
    };
    let Some((kind, text)) = rest[..line_len]
        .strip_suffix(b"\r")
        .and_then(<[u8]>::split_first)
    else {
        return Err(Stop::Bad(
            at,
            "a line that does not end with CR LF, or is empty",
        ));
    };
    let after = at + line_len + 1;
    let number = || {
        std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse::<i64>().ok())
    };
    let reply = match kind {
        b'+' => Reply::Simple(text.into()),
        b'-' => Reply::Error(text.into()),
        b':' => Reply::Integer(number().ok_or(Stop::Bad(at, "not an integer"))?),
        b'$' => return read_bulk(bytes, at, after, number()),
        b'*' => return read_array(bytes, at, after, number(), depth),
        _ => return Err(Stop::Bad(at, "a reply begins with one of + - : $ *")),
    };
    Ok((reply, after))
}

fn read_bulk(
    bytes: &[u8],
    at: usize,
    after: usize,
    len: Option<i64>,
) -> Result<(Reply, usize), Stop> {
    match len {
        Some(-1) => Ok((Reply::NullBulk, after)),
        Some(len @ 0..=BULK_MAX) => {
            let end = after + len as usize;
            match bytes.get(end..end + 2) {
                Some(b"\r\n") => Ok((Reply::Bulk(bytes[after..end].into()), end + 2)),
                Some(_) => Err(Stop::Bad(end, "a bulk string that does not end with CR LF")),
                None => Err(Stop::More(end + 2)),
            }
        }
        _ => Err(Stop::Bad(at, "an invalid bulk length")),
    }
}

fn read_array(
    bytes: &[u8],
    at: usize,
    after: usize,
    count: Option<i64>,
    depth: u32,
) -> Result<(Reply, usize), Stop> {
    match count {
        Some(-1) => Ok((Reply::NullArray, after)),
        Some(_) if depth == 0 => Err(Stop::Bad(at, "arrays nested too deep")),
        Some(count @ 0..=ITEMS_MAX) => {
            let mut items = Vec::with_capacity(count.min(64) as usize);
            let mut next = after;
            for _ in 0..count {
                let (item, end) = read(bytes, next, depth - 1)?;
                items.push(item);
                next = end;
            }
            Ok((Reply::Array(items), next))
        }
        _ => Err(Stop::Bad(at, "an invalid array length")),
    }
}
