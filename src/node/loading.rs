//! Loading takes time, and meanwhile this node answers almost nobody.
//!
//! Rule: from the moment at which loading begins the old dataset is gone, and so are the node's own replicas; when it is
//! over, everything of the new one is there at once. What the master sends meanwhile waits, and a line feed a second
//! tells it that this node lives. How long it takes is a setting: Redis' own `key-load-delay`, for each key.
//! Mirrors `startLoading`, `loadingProgress` and `rdbLoadProgressCallback` (rdb.c).

use super::keyspace::Keyspace;
use super::replica::Transfer;
use super::{LostReason, Node};
use crate::time::Time;
use std::time::Duration;

/// A snapshot that is being read.
#[derive(Clone, Debug)]
pub struct Loading {
    pub started: Time,
    /// When it will have been read.
    pub done: Time,
    pub total_bytes: u64,
    pub(super) transfer: Transfer,
    pub(super) keyspace: Keyspace,
    pub(super) stream_db: u8,
    /// What the master sent behind the snapshot.
    pub(super) rest: Vec<u8>,
    /// The old dataset is served meanwhile (`async_loading`).
    pub(super) is_beside: bool,
    /// The master closed the connection; that is noticed when loading is over.
    pub(super) is_closed: bool,
}

impl Loading {
    /// Bytes read so far.
    pub fn loaded_bytes(&self, now: Time) -> u64 {
        let (passed, whole) = (now.since(self.started).as_micros(), self.done.since(self.started).as_micros().max(1));
        (u128::from(self.total_bytes) * passed.min(whole) / whole) as u64
    }
}

impl Node {
    /// The snapshot that is being loaded, if one is.
    pub fn loading(&self) -> Option<&Loading> {
        self.loading.as_ref()
    }

    /// Does this node load a snapshot? Then: is the old dataset served meanwhile? What is read straight from the socket
    /// is loaded while it comes.
    pub(super) fn loads_beside(&self) -> Option<bool> {
        if let Some(loading) = &self.loading {
            return Some(loading.is_beside);
        }
        let transfer = self.master.as_ref()?.transfer.as_ref()?;
        let comes = transfer.end.is_some() && self.loads_straight() && !self.is_rebuilt();
        comes.then(|| self.swaps() && transfer.id == self.history.id)
    }

    /// How long it takes to load so many keys.
    pub(super) fn loading_time(&self, keys: u64) -> Duration {
        let delay_us = self.config.key_load_delay_us;
        match u64::try_from(delay_us) {
            Ok(each) => Duration::from_micros(keys.saturating_mul(each)),
            // Negative: so many keys take a microsecond.
            Err(_) => Duration::from_micros(keys / delay_us.unsigned_abs()),
        }
    }

    /// Once a second while it loads, and at its end.
    pub(super) fn go_on_loading(&mut self, now: Time) {
        let Some(loading) = self.loading.take_if(|loading| loading.done <= now) else {
            if self.loading.is_some() {
                self.show_life(now);
            }
            return;
        };
        let is_closed = loading.is_closed;
        self.finish_loading(loading, now);
        if is_closed {
            self.master_gone(LostReason::Closed, now);
        }
    }

    /// The master closed the connection while this node was loading: true if that is to be noticed later.
    pub(super) fn closed_while_loading(&mut self) -> bool {
        self.loading.as_mut().map(|loading| loading.is_closed = true).is_some()
    }
}
