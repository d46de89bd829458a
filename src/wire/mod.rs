//! Bytes ⇄ meaning. This floor knows no node.
//!
//! - `request`: what a server reads: commands as RESP arrays or inline, in any pieces;
//! - `reply`: what a client reads; `command`: how commands are written; `quoting`: how bytes are shown;
//! - `handshake`: what a master answers to PSYNC, and the line before a snapshot;
//! - `rdb`: snapshots, version 10, with `crc64` and `lzf`;
//! - `replid`: the name of a history.
//!
//! Rule: readers take any bytes, never panic, and have limits. Every value keeps the span of bytes it was read from, so
//! that the page can explain it field by field.

mod command;
mod crc64;
mod handshake;
mod lzf;
mod quoting;
pub mod rdb;
mod replid;
mod reply;
mod request;

pub use command::encode_command;
pub use crc64::crc64;
pub use handshake::{HandshakeError, Preamble, PsyncReply};
pub use quoting::{printable, quoted};
pub use replid::ReplId;
pub use reply::{Reply, ReplyDecoder, ReplyError};
pub use request::{Arg, ProtocolError, ProtocolErrorKind, Request, RequestDecoder};

use serde::{Deserialize, Serialize};

/// Shared, immutable bytes: keys, values, arguments, what is on a wire.
pub type Bytes = std::sync::Arc<[u8]>;

/// Positions `start..end` in one direction of a connection, or in a file; bytes.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
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
