//! What the bytes of one direction of a connection are: handshake, snapshot, stream, acknowledgement.
//!
//! Rule: told from the bytes alone, in the order in which they pass, as somebody would who listens on the wire. So the
//! same reading serves a recording of real servers.

use crate::wire::decimal;
use crate::wire::{Preamble, PsyncReply};

/// What a segment carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cargo {
    /// A replica introduces itself or asks: PING, REPLCONF, PSYNC.
    Handshake,
    /// The master's answer to that.
    Reply,
    /// `$<length>` or `$EOF:<mark>`, before a snapshot.
    Preamble,
    /// Bytes of a snapshot, from `from` on, of `total` if that is known.
    Snapshot { from: u64, total: Option<u64> },
    /// Bytes `start..=end` of the replication stream.
    Stream { start: u64, end: u64 },
    /// `REPLCONF ACK`.
    Ack,
    /// A lone line feed that says: I am still here.
    Keepalive,
}

/// Reads along one connection.
#[derive(Clone, Debug, Default)]
pub struct Listener {
    asked: Option<u64>,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Handshake,
    AwaitsSnapshot {
        next: u64,
    },
    Snapshot {
        sent: u64,
        total: Option<u64>,
        mark: Option<[u8; 40]>,
        next: u64,
    },
    Stream {
        next: u64,
    },
}

impl Listener {
    /// Bytes from the replica to the master.
    pub fn said_by_replica(&mut self, bytes: &[u8]) -> Cargo {
        let words = words(bytes);
        match words.as_slice() {
            [b"REPLCONF", b"ACK", ..] => Cargo::Ack,
            [b"PSYNC", _, offset, ..] => {
                self.asked = decimal(offset).and_then(|n| u64::try_from(n).ok());
                Cargo::Handshake
            }
            _ if bytes == b"\n" => Cargo::Keepalive,
            _ => Cargo::Handshake,
        }
    }

    /// Bytes from the master to the replica. One segment is of one kind: the nodes hand them over so.
    pub fn said_by_master(&mut self, bytes: &[u8]) -> Cargo {
        match self.phase {
            Phase::Snapshot { sent, total, mark, next } => {
                let now = sent + bytes.len() as u64;
                let is_over =
                    total.map_or_else(|| mark.is_some_and(|mark| bytes.ends_with(&mark)), |total| now >= total);
                self.phase =
                    if is_over { Phase::Stream { next } } else { Phase::Snapshot { sent: now, total, mark, next } };
                Cargo::Snapshot { from: sent, total }
            }
            Phase::Stream { next } => {
                let end = next + bytes.len() as u64;
                self.phase = Phase::Stream { next: end };
                Cargo::Stream { start: next, end: end - 1 }
            }
            _ if bytes == b"\n" => Cargo::Keepalive,
            Phase::AwaitsSnapshot { next } => self.preamble(bytes, next),
            Phase::Handshake => self.reply(bytes),
        }
    }

    fn preamble(&mut self, bytes: &[u8], next: u64) -> Cargo {
        let (total, mark) = match Preamble::parse(bytes.trim_ascii_end()) {
            Ok(Preamble::Length(total)) => (Some(total), None),
            Ok(Preamble::Eof { mark }) => (None, Some(mark)),
            _ => return Cargo::Reply,
        };
        self.phase = Phase::Snapshot { sent: 0, total, mark, next };
        Cargo::Preamble
    }

    fn reply(&mut self, bytes: &[u8]) -> Cargo {
        self.phase = match (PsyncReply::parse(bytes.trim_ascii_end()), self.asked) {
            (Ok(PsyncReply::FullResync { offset, .. }), _) => Phase::AwaitsSnapshot { next: offset + 1 },
            (Ok(PsyncReply::Continue { .. }), Some(asked)) => Phase::Stream { next: asked },
            _ => Phase::Handshake,
        };
        Cargo::Reply
    }
}

/// The arguments of the first command in a segment of the handshake.
fn words(bytes: &[u8]) -> Vec<&[u8]> {
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.trim_ascii_end());
    lines.filter(|line| !line.is_empty() && !matches!(line[0], b'*' | b'$')).collect()
}
