//! A snapshot on its way to a replica.
//!
//! Rule: it leaves in pieces, each when the one before has left. What goes straight to sockets cannot leave before the
//! child has written it: a child that is slow (`rdb-key-save-delay`) hands over what fills its buffer.
//! Mirrors `sendBulkToSlave`, `rdbPipeReadHandler` (replication.c) and `rdbSaveRioWithEOFMark` (rdb.c).

use super::io::ConnId;
use super::master::Bulk;
use super::{Node, Output};
use crate::time::Time;
use crate::wire::{Bytes, Preamble};
use std::time::Duration;

/// What a child gathers before it writes (`PROTO_IOBUF_LEN`).
const CHILD_BUFFER: u64 = 16 * 1024;

impl Node {
    /// Diskless: `$EOF:<mark>`, then the snapshot as the child writes it, then the mark again.
    pub(super) fn queue_bulk(&mut self, conn: ConnId, now: Time) {
        let Some((bytes, mark)) = self.snapshot.as_ref().and_then(|s| Some((s.bytes.clone(), s.mark?))) else {
            return;
        };
        let framed: Bytes = [&bytes[..], &mark].concat().into();
        if let Some(replica) = self.replica_mut(conn) {
            replica.bulk = Some(Bulk { bytes: framed, sent: 0, mark: Some(mark), is_announced: false, handed_at: now });
        }
        self.announce_bulk(conn, now);
    }

    /// The first line leaves with the first bytes of the child.
    fn announce_bulk(&mut self, conn: ConnId, now: Time) {
        let written = self.written(now);
        let Some(bulk) = self.replica_mut(conn).and_then(|replica| replica.bulk.as_mut()) else { return };
        let Some(mark) = bulk.mark.filter(|_| !bulk.is_announced && written > 0) else { return };
        bulk.is_announced = true;
        self.send(conn, &Preamble::Eof { mark }.encode());
    }

    /// How many bytes of a snapshot for sockets are there to be sent.
    fn written(&self, now: Time) -> u64 {
        match &self.snapshot {
            Some(s) if s.mark.is_some() && !s.writing.is_zero() && now < s.started + s.writing => {
                let passed = now.since(s.started).as_micros();
                let written = u128::from(s.bytes.len() as u64) * passed / s.writing.as_micros().max(1);
                written as u64 / CHILD_BUFFER * CHILD_BUFFER
            }
            _ => u64::MAX,
        }
    }

    /// When the child will have filled its buffer again.
    pub(super) fn next_written(&self, now: Time) -> Time {
        let written = self.written(now);
        match &self.snapshot {
            Some(s) if written != u64::MAX => {
                let next = u128::from(written + CHILD_BUFFER) * s.writing.as_micros();
                let next_us = next.div_ceil(u128::from(s.bytes.len().max(1) as u64)).min(s.writing.as_micros());
                s.started + Duration::from_micros(next_us as u64)
            }
            _ => Time::NEVER,
        }
    }

    /// Hands over the next piece of a snapshot; the rest waits until it has left.
    pub(super) fn send_bulk(&mut self, conn: ConnId, now: Time) {
        self.announce_bulk(conn, now);
        let (chunk, written) = (self.config.snapshot_chunk.max(1), self.written(now));
        let Some(replica) = self.clients.get_mut(conn).and_then(|c| c.replica.as_mut()) else {
            return;
        };
        let Some(bulk) = replica.bulk.as_mut().filter(|bulk| !bulk.is_sent()) else {
            return;
        };
        let end = (bulk.sent + chunk).min(bulk.bytes.len() as u64).min(written);
        if replica.wants_write || end <= bulk.sent {
            return;
        }
        let bytes: Bytes = bulk.bytes[bulk.sent as usize..end as usize].into();
        (bulk.sent, bulk.handed_at) = (end, now);
        replica.unsent += bytes.len() as u64;
        replica.wants_write = true;
        self.stats.repl_output += bytes.len() as u64;
        self.outputs.push_back(Output::Send { conn, bytes });
        self.outputs.push_back(Output::WantWrite { conn });
    }
}
