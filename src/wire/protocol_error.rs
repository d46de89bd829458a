//! What a server refuses to read, in Redis' words.

use super::Reply;
use std::fmt;

/// What was wrong with the bytes, and where they stand in the connection: at the beginning of the line or command that
/// could not be read. Displayed as Redis words it, without `ERR `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolError {
    pub at: u64,
    pub kind: ProtocolErrorKind,
}

/// The kinds of faults (`processInlineBuffer`, `processMultibulkBuffer`).
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
            ProtocolErrorKind::ExpectedDollar { got } => write!(f, "expected '$', got '{}'", char::from(got)),
            ProtocolErrorKind::InvalidBulkLength => f.write_str("invalid bulk length"),
        }
    }
}

impl std::error::Error for ProtocolError {}

impl ProtocolError {
    /// The error as it goes out: what was got instead of `$` is one raw byte, whatever it is.
    pub fn to_reply(&self) -> Reply {
        match self.kind {
            ProtocolErrorKind::ExpectedDollar { got } => {
                Reply::error([b"ERR Protocol error: expected '$', got '", [got].as_slice(), b"'"].concat())
            }
            _ => Reply::error(format!("ERR {self}")),
        }
    }
}
