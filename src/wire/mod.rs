//! Bytes ⇄ meaning. This floor knows no node.
//!
//! - `request`: what a server reads: commands as RESP arrays or `inline`, in any pieces; `protocol_error`: what it refuses;
//! - `reply` and `reply_decoder`: what it answers, written and read; `command`: how commands are written;
//! - `incoming`: what both decoders read from; `decimal`: how both read numbers; `quoting`: how bytes are shown;
//! - `handshake`: what a master answers to PSYNC, and the line before a snapshot;
//! - `rdb`: snapshots, version 10, with `crc64` and `lzf`, and what collections are packed into: `listpack`, and before it
//!   `ziplist`; `double`: scores as text;
//! - `replid`: the name of a history;
//! - `anatomy`: any bytes, cut into fields and explained.
//!
//! Rule: readers take any bytes, never panic, and have limits. Every value keeps the span of bytes it was read from, so
//! that the page can explain it field by field.

mod anatomy;
mod command;
mod crc64;
mod decimal;
pub mod double;
mod handshake;
mod incoming;
mod inline;
pub mod listpack;
mod lzf;
mod protocol_error;
mod quoting;
pub mod rdb;
mod replid;
mod reply;
mod reply_decoder;
mod request;
mod ziplist;

pub use anatomy::{Field, FieldKind, Stream, anatomy, lines};
pub use command::encode_command;
pub use crc64::crc64;
pub use decimal::decimal;
pub use handshake::{HandshakeError, Preamble, PsyncReply};
pub(crate) use inline::split_words;
#[cfg(feature = "complete")]
pub use inline::typed_words;
pub use protocol_error::{ProtocolError, ProtocolErrorKind};
pub use quoting::{printable, quoted};
pub use replid::ReplId;
pub use reply::Reply;
pub use reply_decoder::{ReplyDecoder, ReplyError, ReplyErrorKind};
pub use request::{Arg, Request, RequestDecoder};

use serde::{Deserialize, Serialize};

/// Shared, immutable bytes: keys, values, arguments, what is on a wire.
pub type Bytes = std::sync::Arc<[u8]>;

/// Positions `start..end` in one direction of a connection, or in a file; bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    pub start: u64,
    pub end: u64,
}

impl Span {
    pub fn new(start: u64, end: u64) -> Span {
        Span { start, end }
    }

    pub fn len(self) -> u64 {
        self.end - self.start
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}
