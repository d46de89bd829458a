//! The identity of a replication stream: two ids and an offset.
//!
//! Rule: a byte of the stream is named by (id, offset); the same name is the same byte on every node. An offset counts
//! the bytes produced so far: byte number `offset` is the last one, the next will be `offset + 1`.
//! Mirrors `changeReplicationId`, `clearReplicationId2` and `shiftReplicationId` (replication.c).

use crate::rng::Rng;
use crate::wire::ReplId;

/// Which history a node follows, and how far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// `master_replid`: the history that this node writes or follows.
    pub id: ReplId,
    /// `master_replid2`: the history it followed before its promotion; 40 zeros if there is none.
    pub id2: ReplId,
    /// `second_repl_offset`: the first byte that is no longer common with `id2`. `None` is shown as -1.
    pub second_offset: Option<u64>,
    /// `master_repl_offset`.
    pub offset: u64,
}

impl History {
    /// A history with a name that nobody else has, and no bytes yet (`initServerConfig`).
    pub fn new(rng: &mut Rng) -> History {
        History { id: ReplId::random(rng), id2: ReplId::ZERO, second_offset: None, offset: 0 }
    }

    /// Takes a new name without keeping the old one: nobody can continue from before.
    pub fn rename(&mut self, rng: &mut Rng) {
        *self = History { offset: self.offset, ..History::new(rng) };
    }

    /// Keeps the name so far as the second one, valid up to the next byte, and goes on under `id`.
    /// This is what a promotion does, and what a replica does when its master's history got another name.
    pub fn shift_to(&mut self, id: ReplId) {
        self.id2 = self.id;
        self.second_offset = Some(self.offset + 1);
        self.id = id;
    }

    /// Follows another history from `offset`, after a full resynchronization.
    pub fn adopt(&mut self, id: ReplId, offset: u64) {
        *self = History { id, id2: ReplId::ZERO, second_offset: None, offset };
    }
}
