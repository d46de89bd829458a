//! Reading what a server answers.
//!
//! Rule: bytes come in any pieces, and what was read is kept: an array is not begun again when its rest comes. Nesting,
//! lines and sizes have limits. Mirrors hiredis' `redisReaderGetReply`.

use super::decimal::decimal;
use super::incoming::Incoming;
use super::{Reply, Span};
use std::fmt;

/// Arrays deeper than this are refused; COMMAND, the deepest reply of Redis, has seven levels.
const DEPTH_MAX: usize = 32;
/// The longest simple string, error or number, bytes.
const LINE_MAX: usize = 64 * 1024;
/// `proto-max-bulk-len`, bytes.
const BULK_MAX: i64 = 512 << 20;
/// The most elements of an array.
const ITEMS_MAX: i64 = 1 << 20;
/// Room made for elements before they are there, whatever their number is said to be.
const ITEMS_ROOM: i64 = 64;

/// Bytes that are no reply, and where the bad element begins in the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyError {
    pub at: u64,
    pub kind: ReplyErrorKind,
}

/// The kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyErrorKind {
    UnknownType { byte: u8 },
    TooLongLine,
    LineEndWithoutCr,
    InvalidInteger,
    InvalidBulkLength,
    BulkWithoutEnd,
    InvalidArrayLength,
    TooDeep,
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: ", self.at)?;
        match self.kind {
            ReplyErrorKind::UnknownType { byte } => {
                write!(f, "a reply begins with one of + - : $ *, not with {byte:#04x}")
            }
            ReplyErrorKind::TooLongLine => write!(f, "no line end within {LINE_MAX} bytes"),
            ReplyErrorKind::LineEndWithoutCr => write!(f, "a line that ends with LF alone instead of CR LF"),
            ReplyErrorKind::InvalidInteger => write!(f, "an integer must be decimal and fit 64 bits"),
            ReplyErrorKind::InvalidBulkLength => write!(f, "a string's length must be -1 to {BULK_MAX}"),
            ReplyErrorKind::BulkWithoutEnd => write!(f, "a string that is not followed by CR LF"),
            ReplyErrorKind::InvalidArrayLength => write!(f, "an array's length must be -1 to {ITEMS_MAX}"),
            ReplyErrorKind::TooDeep => write!(f, "arrays are nested deeper than {DEPTH_MAX}"),
        }
    }
}

impl std::error::Error for ReplyError {}

/// Reads replies from a connection.
#[derive(Clone, Debug, Default)]
pub struct ReplyDecoder {
    incoming: Incoming,
    /// Where the reply being read begins.
    start: u64,
    /// Arrays that are not complete, the outermost first.
    open: Vec<OpenArray>,
    /// Length of the bulk string whose header was read.
    bulk: Option<usize>,
    failed: Option<ReplyError>,
}

#[derive(Clone, Debug)]
struct OpenArray {
    lacking: i64,
    items: Vec<Reply>,
}

/// What a line, or the bytes announced by it, mean.
enum Element {
    Reply(Reply),
    /// Elements follow, at least one.
    Array(i64),
    /// A string of so many bytes follows.
    Bulk(usize),
}

impl ReplyDecoder {
    pub fn push(&mut self, bytes: &[u8]) {
        self.incoming.push(bytes);
    }

    /// The next complete reply; `None` if more bytes are needed.
    #[allow(clippy::should_implement_trait)] // It is no iterator: after `None` it goes on once more bytes are pushed.
    pub fn next(&mut self) -> Result<Option<(Reply, Span)>, ReplyError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.read().map_err(|kind| {
            let error = ReplyError { at: self.position(), kind };
            self.failed = Some(error.clone());
            error
        })
    }

    /// Bytes consumed since the connection began. Inside an array it stands behind the last complete element or header.
    pub fn position(&self) -> u64 {
        self.incoming.position()
    }

    /// Bytes that were pushed and not consumed.
    pub fn buffered(&self) -> usize {
        self.incoming.rest().len()
    }

    fn read(&mut self) -> Result<Option<(Reply, Span)>, ReplyErrorKind> {
        loop {
            let element = match self.bulk {
                Some(len) => self.bulk(len)?.map(Element::Reply),
                None => self.line()?,
            };
            match element {
                None => return Ok(None),
                Some(Element::Bulk(len)) => self.bulk = Some(len),
                Some(Element::Array(lacking)) => {
                    let items = Vec::with_capacity(lacking.min(ITEMS_ROOM) as usize);
                    self.open.push(OpenArray { lacking, items });
                }
                Some(Element::Reply(reply)) => {
                    if let Some(reply) = self.close_arrays(reply) {
                        let span = Span::new(self.start, self.position());
                        self.start = span.end;
                        return Ok(Some((reply, span)));
                    }
                }
            }
        }
    }

    /// Puts an element where it belongs; the whole reply, if that completes it.
    fn close_arrays(&mut self, mut reply: Reply) -> Option<Reply> {
        while let Some(mut array) = self.open.pop() {
            array.items.push(reply);
            array.lacking -= 1;
            if array.lacking > 0 {
                self.open.push(array);
                return None;
            }
            reply = Reply::Array(array.items);
        }
        Some(reply)
    }

    fn line(&mut self) -> Result<Option<Element>, ReplyErrorKind> {
        let end = self.incoming.find(LINE_MAX, |byte| byte == b'\n');
        let rest = self.incoming.rest();
        let Some((kind, _)) = rest.split_first() else { return Ok(None) };
        if !b"+-:$*".contains(kind) {
            return Err(ReplyErrorKind::UnknownType { byte: *kind });
        }
        let Some(end) = end else {
            return if rest.len() >= LINE_MAX { Err(ReplyErrorKind::TooLongLine) } else { Ok(None) };
        };
        let text = rest[1..end].strip_suffix(b"\r").ok_or(ReplyErrorKind::LineEndWithoutCr)?;
        let element = element(*kind, text, self.open.len() < DEPTH_MAX)?;
        self.incoming.consume(end + 1);
        Ok(Some(element))
    }

    /// The string whose length is known.
    fn bulk(&mut self, len: usize) -> Result<Option<Reply>, ReplyErrorKind> {
        let rest = self.incoming.rest();
        let Some(end) = rest.get(len..len + 2) else { return Ok(None) };
        if end != b"\r\n" {
            return Err(ReplyErrorKind::BulkWithoutEnd);
        }
        let reply = Reply::bulk(&rest[..len]);
        self.incoming.consume(len + 2);
        self.bulk = None;
        Ok(Some(reply))
    }
}

fn element(kind: u8, text: &[u8], may_nest: bool) -> Result<Element, ReplyErrorKind> {
    Ok(match (kind, decimal(text)) {
        (b'+', _) => Element::Reply(Reply::Simple(text.into())),
        (b'-', _) => Element::Reply(Reply::Error(text.into())),
        (b':', number) => Element::Reply(Reply::Integer(number.ok_or(ReplyErrorKind::InvalidInteger)?)),
        (b'$', Some(-1)) => Element::Reply(Reply::NullBulk),
        (b'$', Some(len @ 0..=BULK_MAX)) => Element::Bulk(len as usize),
        (b'$', _) => return Err(ReplyErrorKind::InvalidBulkLength),
        (_, Some(-1)) => Element::Reply(Reply::NullArray),
        (_, Some(0)) => Element::Reply(Reply::Array(vec![])),
        (_, Some(1..=ITEMS_MAX)) if !may_nest => return Err(ReplyErrorKind::TooDeep),
        (_, Some(count @ 1..=ITEMS_MAX)) => Element::Array(count),
        (_, _) => return Err(ReplyErrorKind::InvalidArrayLength),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Reading = (Vec<(Reply, Span)>, Result<u64, ReplyError>);

    fn read(pieces: &[&[u8]]) -> Reading {
        let mut decoder = ReplyDecoder::default();
        let mut replies = vec![];
        for piece in pieces {
            decoder.push(piece);
            loop {
                match decoder.next() {
                    Ok(Some(reply)) => replies.push(reply),
                    Ok(None) => break,
                    Err(error) => {
                        assert_eq!(decoder.next(), Err(error.clone()), "the decoder stays in error");
                        return (replies, Err(error));
                    }
                }
            }
        }
        (replies, Ok(decoder.position()))
    }

    #[test]
    fn what_is_no_reply_is_refused_with_its_place() {
        use ReplyErrorKind::*;
        let cases: &[(&[u8], u64, ReplyErrorKind)] = &[
            (b"+OK\r\nOK\r\n", 5, UnknownType { byte: b'O' }),
            (b"\r\n", 0, UnknownType { byte: b'\r' }),
            (b"+OK\n", 0, LineEndWithoutCr),
            (b"*2\r\n:1\r\n:x\r\n", 8, InvalidInteger),
            (b":+1\r\n", 0, InvalidInteger),
            (b"$-2\r\n", 0, InvalidBulkLength),
            (b"$536870913\r\n", 0, InvalidBulkLength),
            (b"$1\r\nab\r\n", 4, BulkWithoutEnd),
            (b"*-2\r\n", 0, InvalidArrayLength),
            (b"*1048577\r\n", 0, InvalidArrayLength),
            (&[b'+'; LINE_MAX], 0, TooLongLine),
            (&b"*1\r\n".repeat(33), 128, TooDeep),
        ];
        for (bytes, at, kind) in cases {
            assert_eq!(read(&[bytes]).1, Err(ReplyError { at: *at, kind: *kind }));
        }
        assert_eq!(read(&[&b"*1\r\n".repeat(32)]).1, Ok(128));
    }

    #[test]
    fn a_large_array_in_small_pieces_costs_what_it_is_long() {
        let reply = Reply::Array((0..200_000).map(Reply::int).collect());
        let mut bytes = vec![];
        reply.encode(&mut bytes);
        let pieces: Vec<&[u8]> = bytes.chunks(16).collect();
        assert_eq!(read(&pieces).0, [(reply, Span::new(0, bytes.len() as u64))]);
    }

    fn reply() -> impl Strategy<Value = Reply> {
        let line =
            || prop::collection::vec(any::<u8>().prop_filter("no line end", |byte| !b"\r\n".contains(byte)), 0..10);
        let leaf = prop_oneof![
            line().prop_map(|text| Reply::Simple(text.into())),
            line().prop_map(|text| Reply::Error(text.into())),
            any::<i64>().prop_map(Reply::Integer),
            prop::collection::vec(any::<u8>(), 0..20).prop_map(Reply::bulk),
            Just(Reply::NullBulk),
            Just(Reply::NullArray),
        ];
        leaf.prop_recursive(4, 20, 5, |inner| prop::collection::vec(inner, 0..5).prop_map(Reply::Array))
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back_in_any_pieces(replies in prop::collection::vec(reply(), 0..4), size in 1usize..20) {
            let mut bytes = vec![];
            replies.iter().for_each(|reply| reply.encode(&mut bytes));
            let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
            let (read, end) = read(&pieces);
            prop_assert_eq!(end, Ok(bytes.len() as u64));
            prop_assert!(read.windows(2).all(|pair| pair[0].1.end == pair[1].1.start));
            prop_assert_eq!(read.into_iter().map(|(reply, _)| reply).collect::<Vec<_>>(), replies);
        }

        #[test]
        fn the_pieces_do_not_matter(
            parts in prop::collection::vec(prop_oneof![
                Just(b"*2\r\n".to_vec()),
                Just(b"$1\r\n".to_vec()),
                Just(b"a\r\n".to_vec()),
                Just(b":1\r\n".to_vec()),
                prop::collection::vec(any::<u8>(), 0..4),
            ], 0..20),
        ) {
            let bytes = parts.concat();
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            let (replies, end) = read(&single);
            prop_assert_eq!(read(&[&bytes]), (replies, end.clone()));
            prop_assert!(end.unwrap_or_else(|error| error.at) <= bytes.len() as u64);
        }
    }
}
