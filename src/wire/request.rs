//! What a server reads: commands, as RESP arrays of bulk strings or as inline text.
//!
//! Rule: bytes come in any pieces, and no piece is looked at twice to no purpose. What Redis refuses is refused with
//! Redis' words; after that the decoder stays in error, as the connection is about to be closed.
//! Mirrors `processInputBuffer`, `processInlineBuffer` and `processMultibulkBuffer` (networking.c).

use super::decimal::decimal;
use super::incoming::Incoming;
use super::inline::split_words;
use super::{Bytes, ProtocolError, ProtocolErrorKind, Span};

/// `PROTO_INLINE_MAX_SIZE`: the most bytes in which the end of a line is not found, yet waited for. Redis looks only when
/// bytes have come, so it lets a longer line pass if its end comes with the last of them; here the pieces do not matter.
const LINE_MAX: usize = 64 * 1024;
/// `proto-max-bulk-len`: the longest argument, bytes.
const BULK_MAX: i64 = 512 << 20;
/// The most arguments: `INT_MAX` (before 7.0 it was 1,048,576).
const ARGS_MAX: i64 = i32::MAX as i64;
/// Room made for arguments before they are there, whatever their number is said to be.
const ARGS_ROOM: i64 = 64;

/// One command. Without arguments it is an empty line, which a master takes from a replica as a sign of life, or an
/// array of none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub span: Span,
    pub args: Vec<Arg>,
}

/// An argument; the span covers its own bytes, without header and line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    pub span: Span,
    pub bytes: Bytes,
}

/// Reads commands from a connection.
#[derive(Clone, Debug, Default)]
pub struct RequestDecoder {
    incoming: Incoming,
    /// The array being read.
    array: Option<Array>,
    /// Length of the argument whose header was read.
    bulk: Option<usize>,
    failed: Option<ProtocolError>,
}

#[derive(Clone, Debug)]
struct Array {
    start: u64,
    lacking: i64,
    args: Vec<Arg>,
}

impl RequestDecoder {
    pub fn push(&mut self, bytes: &[u8]) {
        self.incoming.push(bytes);
    }

    /// The next complete command; `None` if more bytes are needed.
    #[allow(clippy::should_implement_trait)] // It is no iterator: after `None` it goes on once more bytes are pushed.
    pub fn next(&mut self) -> Result<Option<Request>, ProtocolError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.read().map_err(|kind| {
            let error = ProtocolError { at: self.position(), kind };
            self.failed = Some(error.clone());
            error
        })
    }

    /// Bytes consumed since the connection began. Inside an array it stands behind the last complete argument or header.
    pub fn position(&self) -> u64 {
        self.incoming.position()
    }

    /// Bytes that were pushed and not consumed.
    pub fn buffered(&self) -> usize {
        self.incoming.rest().len()
    }

    fn read(&mut self) -> Result<Option<Request>, ProtocolErrorKind> {
        if self.array.is_none() {
            match self.incoming.rest().first() {
                None => return Ok(None),
                Some(b'*') => {}
                Some(_) => return self.inline(),
            }
            let start = self.position();
            let Some(lacking) = self.count()? else { return Ok(None) };
            if lacking <= 0 {
                return Ok(Some(Request { span: Span::new(start, self.position()), args: vec![] }));
            }
            self.array = Some(Array { start, lacking, args: Vec::with_capacity(lacking.min(ARGS_ROOM) as usize) });
        }
        self.arguments()
    }

    fn inline(&mut self) -> Result<Option<Request>, ProtocolErrorKind> {
        let start = self.position();
        let Some(end) = self.line_end(b'\n', ProtocolErrorKind::TooBigInline)? else { return Ok(None) };
        let line = &self.incoming.rest()[..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let args = split_words(line, start).ok_or(ProtocolErrorKind::UnbalancedQuotes)?;
        self.incoming.consume(end + 1);
        Ok(Some(Request { span: Span::new(start, self.position()), args }))
    }

    /// `*<n>`: how many arguments follow.
    fn count(&mut self) -> Result<Option<i64>, ProtocolErrorKind> {
        let Some(header) = self.header(ProtocolErrorKind::TooBigCount)? else { return Ok(None) };
        let used = header.len() + 2;
        let count = decimal(&header[1..]).filter(|n| *n <= ARGS_MAX).ok_or(ProtocolErrorKind::InvalidCount)?;
        self.incoming.consume(used);
        Ok(Some(count))
    }

    /// Reads arguments until the array is complete or bytes are lacking.
    fn arguments(&mut self) -> Result<Option<Request>, ProtocolErrorKind> {
        while let Some(arg) = self.argument()?
            && let Some(array) = &mut self.array
        {
            array.args.push(arg);
            array.lacking -= 1;
            if let Some(done) = self.array.take_if(|array| array.lacking == 0) {
                return Ok(Some(Request { span: Span::new(done.start, self.position()), args: done.args }));
            }
        }
        Ok(None)
    }

    fn argument(&mut self) -> Result<Option<Arg>, ProtocolErrorKind> {
        if self.bulk.is_none() {
            self.bulk = self.bulk_length()?;
        }
        let start = self.position();
        // Redis does not look at the two bytes behind an argument either.
        let Some(len) = self.bulk.take_if(|len| self.incoming.rest().len() >= *len + 2) else { return Ok(None) };
        let bytes = Bytes::from(&self.incoming.rest()[..len]);
        self.incoming.consume(len + 2);
        Ok(Some(Arg { span: Span::new(start, start + len as u64), bytes }))
    }

    /// `$<len>`: how long the next argument is.
    fn bulk_length(&mut self) -> Result<Option<usize>, ProtocolErrorKind> {
        let Some(header) = self.header(ProtocolErrorKind::TooBigBulkCount)? else { return Ok(None) };
        let used = header.len() + 2;
        let length = match header {
            [b'$', length @ ..] => decimal(length),
            [got, ..] => return Err(ProtocolErrorKind::ExpectedDollar { got: *got }),
            [] => return Err(ProtocolErrorKind::ExpectedDollar { got: b'\r' }),
        };
        let length = length.filter(|n| (0..=BULK_MAX).contains(n)).ok_or(ProtocolErrorKind::InvalidBulkLength)?;
        self.incoming.consume(used);
        Ok(Some(length as usize))
    }

    /// The text before CR LF, once both are there. Of the LF Redis asks only that some byte be there.
    fn header(&mut self, too_long: ProtocolErrorKind) -> Result<Option<&[u8]>, ProtocolErrorKind> {
        let end = self.line_end(b'\r', too_long)?;
        let rest = self.incoming.rest();
        Ok(end.filter(|end| end + 1 < rest.len()).map(|end| &rest[..end]))
    }

    /// Where the byte stands that ends this line. Redis looks for it with `strchr`, which goes no further than a NUL: a
    /// line with one in it never ends, and is too long in the end.
    fn line_end(&mut self, wanted: u8, too_long: ProtocolErrorKind) -> Result<Option<usize>, ProtocolErrorKind> {
        let stop = self.incoming.find(LINE_MAX + 1, |byte| byte == wanted || byte == 0);
        let rest = self.incoming.rest();
        match stop.filter(|at| rest[*at] == wanted) {
            None if rest.len() > LINE_MAX => Err(too_long),
            end => Ok(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::encode_command;
    use proptest::prelude::*;

    /// Everything that a connection's bytes hold, and the error or the position at the end.
    type Reading = (Vec<Request>, Result<u64, ProtocolError>);

    fn read(pieces: &[&[u8]]) -> Reading {
        let mut decoder = RequestDecoder::default();
        let mut requests = vec![];
        for piece in pieces {
            decoder.push(piece);
            loop {
                match decoder.next() {
                    Ok(Some(request)) => requests.push(request),
                    Ok(None) => break,
                    Err(error) => {
                        assert_eq!(decoder.next(), Err(error.clone()), "the decoder stays in error");
                        return (requests, Err(error));
                    }
                }
            }
        }
        (requests, Ok(decoder.position()))
    }

    fn words(request: &Request) -> String {
        request.args.iter().map(|arg| crate::wire::printable(&arg.bytes)).collect::<Vec<_>>().join(" ")
    }

    fn args(requests: &[Request]) -> Vec<Vec<Vec<u8>>> {
        requests.iter().map(|request| request.args.iter().map(|arg| arg.bytes.to_vec()).collect()).collect()
    }

    /// Requests as `start..end words`, then the error if there is one.
    fn check(bytes: &[u8], expected: &[&str]) {
        let (requests, end) = read(&[bytes]);
        let mut shown: Vec<String> = requests
            .iter()
            .map(|request| format!("{}..{} {}", request.span.start, request.span.end, words(request)))
            .collect();
        shown.extend(end.err().map(|error| format!("{} {error}", error.at)));
        assert_eq!(shown, expected, "{}", &bytes[..bytes.len().min(60)].escape_ascii());
    }

    #[test]
    fn commands_are_read_with_their_spans() {
        check(b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$4\r\nPING\r\n", &["0..20 GET k", "20..34 PING"]);
        check(b"PING\r\nGET k\nSYNC\r\n", &["0..6 PING", "6..12 GET k", "12..18 SYNC"]);
        check(b"*2\r\n$3\r\nGET\r\n$1\r\n", &[]);
        // The bytes at the end of an argument and of a header are not looked at.
        check(b"*1\r_$4\r_PING__PING\r\n", &["0..14 PING", "14..20 PING"]);
        let (requests, _) = read(&[b"*2\r\n$3\r\nGET\r\n$0\r\n\r\n"]);
        assert_eq!(
            requests[0].args.iter().map(|arg| arg.span).collect::<Vec<_>>(),
            [Span::new(8, 11), Span::new(17, 17)]
        );
    }

    #[test]
    fn empty_lines_and_arrays_of_none_are_requests_without_arguments() {
        check(b"\n\r\n \r\n*0\r\n*-1\r\n", &["0..1 ", "1..3 ", "3..6 ", "6..10 ", "10..15 "]);
    }

    #[test]
    fn what_redis_refuses_is_refused_in_its_words() {
        check(b"PING\r\n*1\r\n:4\r\n", &["0..6 PING", "10 Protocol error: expected '$', got ':'"]);
        check(b"*x\r\n", &["0 Protocol error: invalid multibulk length"]);
        check(b"*\r\n", &["0 Protocol error: invalid multibulk length"]);
        check(b"*2147483648\r\n", &["0 Protocol error: invalid multibulk length"]);
        check(b"*2147483647\r\n", &[]);
        check(b"*1\r\n$-1\r\n", &["4 Protocol error: invalid bulk length"]);
        check(b"*1\r\n$\r\n", &["4 Protocol error: invalid bulk length"]);
        check(b"*1\r\n$536870913\r\n", &["4 Protocol error: invalid bulk length"]);
        check(b"*1\r\n$536870912\r\n", &[]);
        check(b"SET \"k\r\n", &["0 Protocol error: unbalanced quotes in request"]);
        let long = |prefix: &[u8], bytes: usize| [prefix, &vec![b'1'; bytes - prefix.len()]].concat();
        check(&long(b"", 65_536), &[]);
        check(&long(b"", 65_537), &["0 Protocol error: too big inline request"]);
        check(&long(b"*", 65_537), &["0 Protocol error: too big mbulk count string"]);
        check(&[b"*1\r\n", &*long(b"$", 65_537)].concat(), &["4 Protocol error: too big bulk count string"]);
        check(&[b"a\0b\r\n", &*long(b"", 65_532)].concat(), &["0 Protocol error: too big inline request"]);
    }

    #[test]
    fn a_large_argument_in_small_pieces_costs_what_it_is_long() {
        let value = vec![b'v'; 8 << 20];
        let bytes = encode_command(&[b"SET".as_slice(), b"k", &value]);
        // Looking at all that is there for each of these pieces would take hours.
        let pieces: Vec<&[u8]> = bytes.chunks(16).collect();
        let (requests, end) = read(&pieces);
        assert_eq!((requests.len(), end), (1, Ok(bytes.len() as u64)));
        assert_eq!(*requests[0].args[2].bytes, *value);
    }

    /// Bytes that are often nearly commands.
    fn nearly_commands() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            Just(b"*2\r\n".to_vec()),
            Just(b"$3\r\n".to_vec()),
            Just(b"$0\r\n".to_vec()),
            Just(b"*0\r\n".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"abc\r\n".to_vec()),
            Just(b"\"a b\" 'c'\n".to_vec()),
            prop::collection::vec(any::<u8>(), 0..6),
        ];
        prop::collection::vec(part, 0..20).prop_map(|parts| parts.concat())
    }

    fn cut<'a>(bytes: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        places.extend([0, bytes.len()]);
        places.sort_unstable();
        places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
    }

    proptest! {
        #[test]
        fn the_pieces_do_not_matter(bytes in nearly_commands(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
            let whole = read(&[&bytes]);
            prop_assert_eq!(&read(&cut(&bytes, &cuts)), &whole);
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            prop_assert_eq!(&read(&single), &whole);
        }

        #[test]
        fn requests_follow_each_other_without_gaps(bytes in nearly_commands()) {
            let (requests, end) = read(&[&bytes]);
            let mut at = 0;
            for request in requests {
                prop_assert_eq!(request.span.start, at);
                prop_assert!(request.args.iter().all(|arg| at <= arg.span.start && arg.span.end <= request.span.end));
                at = request.span.end;
            }
            let end = end.unwrap_or_else(|error| error.at);
            prop_assert!(at <= end && end <= bytes.len() as u64);
        }

        #[test]
        fn what_is_encoded_is_read_back(
            commands in prop::collection::vec(prop::collection::vec(prop::collection::vec(any::<u8>(), 0..30), 1..5), 0..6),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
        ) {
            let bytes = commands.iter().map(|command| encode_command(command)).collect::<Vec<_>>().concat();
            let (requests, end) = read(&cut(&bytes, &cuts));
            prop_assert_eq!(args(&requests), commands);
            prop_assert_eq!(end, Ok(bytes.len() as u64));
        }
    }
}
