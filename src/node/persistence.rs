//! Saving the dataset for its own sake: SAVE, BGSAVE, and the points at which it happens by itself.
//!
//! Rule: a child that writes a file for this node and one that writes it for replicas are the same child; there is one at
//! a time. What it wrote becomes the host's file with [`Output::SaveRdb`]. Mirrors `saveCommand`, `bgsaveCommand`,
//! `rdbSaveBackground` (rdb.c), `serverCron`'s look at the save points (server.c) and `appendServerSaveParams` (config.c).

use super::transfer::load_rdb;
use super::{Event, Node, Output};
use crate::time::Time;
use crate::wire::{decimal, rdb::RdbError};
use std::time::Duration;

/// `serverCron` looks ten times a second.
const LOOK_PERIOD: Duration = Duration::from_millis(100);

/// After so many seconds, if so many changes were made, the dataset is saved (`saveparam`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavePoint {
    pub secs: u64,
    pub changes: u64,
}

impl SavePoint {
    /// Reads `3600 1 300 100`. The error is the second half of Redis' message.
    pub fn parse_all(text: &str) -> Result<Vec<SavePoint>, String> {
        let numbers: Option<Vec<i64>> = text.split_whitespace().map(|word| decimal(word.as_bytes())).collect();
        let numbers = numbers.filter(|numbers| numbers.len().is_multiple_of(2));
        let is_point = |pair: &[i64]| pair[0] >= 1 && pair[1] >= 0;
        match numbers {
            Some(numbers) if numbers.chunks_exact(2).all(is_point) => {
                let point = |pair: &[i64]| SavePoint { secs: pair[0] as u64, changes: pair[1] as u64 };
                Ok(numbers.chunks_exact(2).map(point).collect())
            }
            _ => Err("Invalid save parameters".into()),
        }
    }

    /// As CONFIG GET shows them.
    pub fn print_all(points: &[SavePoint]) -> String {
        let points = points.iter().map(|point| format!("{} {}", point.secs, point.changes));
        points.collect::<Vec<_>>().join(" ")
    }
}

/// What is known of saving so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Saving {
    /// Changes of the dataset since it was last saved (`server.dirty`).
    pub changes: u64,
    /// Changes when the running child was forked: it saves those.
    pub changes_at_fork: u64,
    /// When it was last saved, or the process started; Unix time, seconds.
    pub last_save_secs: i64,
    /// The file was written for replicas, and for nothing else since.
    pub for_replicas: bool,
    /// Files written.
    pub saves: u64,
    /// How long the last child took.
    pub last_bgsave_secs: Option<u64>,
    /// Of the file that was loaded last: keys that had expired by then, which a master leaves out, and the others.
    pub loaded_expired: u64,
    pub loaded_keys: u64,
}

impl Node {
    /// SAVE: at once, while everybody waits.
    pub(super) fn save_now(&mut self, now: Time) {
        let bytes = self.encode_rdb(now);
        self.outputs.push_back(Output::SaveRdb { bytes: bytes.into() });
        (self.saving.changes, self.saving.changes_at_fork) = (0, 0);
        self.saving.last_save_secs = now.secs();
        self.saving.saves += 1;
    }

    /// Writes the dataset and reads it again (DEBUG RELOAD). The place in the history stays.
    pub(super) fn reload(&mut self, save: bool, now: Time) -> Result<(), RdbError> {
        if save {
            self.save_now(now);
        }
        let bytes = self.encode_rdb(now);
        self.keyspace = load_rdb(&bytes, self.keyspace.databases(), &self.config)?.keyspace;
        let is_master = self.role() == super::Role::Master;
        self.count_loaded(is_master, now);
        if is_master {
            self.drop_expired(now);
        }
        self.emit(Event::Reloaded);
        Ok(())
    }

    /// Counts the keys of the file that was just loaded; a master leaves out those that have expired.
    pub(super) fn count_loaded(&mut self, is_master: bool, now: Time) {
        let databases = 0..self.keyspace.databases();
        let all: u64 = databases.clone().map(|db| self.keyspace.len(db)).sum();
        let has_expired = |entry: &super::Entry| entry.expire_at_ms.is_some_and(|at| now.millis() > at);
        let expired = databases.flat_map(|db| self.keyspace.iter(db)).filter(|(_, entry)| has_expired(entry)).count();
        self.saving.loaded_expired = if is_master { expired as u64 } else { 0 };
        self.saving.loaded_keys = all - self.saving.loaded_expired;
    }

    /// A master that loads a file leaves out what has expired, and tells nobody.
    pub(super) fn drop_expired(&mut self, now: Time) {
        while let Some((_, db, key)) = self.keyspace.first_to_expire().filter(|(at, _, _)| now.millis() > *at) {
            self.keyspace.remove(db, &key);
        }
    }

    /// The time at which a save point may be met, if nothing more happens.
    pub(super) fn next_save(&self) -> Time {
        let points = self.config.save.iter().filter(|point| self.saving.changes >= point.changes.max(1));
        let soonest = points.map(|point| point.secs).min().filter(|_| self.snapshot.is_none());
        soonest.map_or(Time::NEVER, |secs| {
            let due_secs = (self.saving.last_save_secs.max(0) as u64).saturating_add(secs + 1);
            self.tick_after(Time::from_millis(due_secs.saturating_mul(1000)), LOOK_PERIOD)
        })
    }

    /// Saves in the background if a save point is met.
    pub(super) fn save_if_due(&mut self, now: Time) {
        if self.next_save() <= now {
            self.start_snapshot(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SavePoint;

    #[test]
    fn save_points_are_read_and_shown_as_redis_does() {
        let shown = |text: &str| SavePoint::parse_all(text).map(|points| SavePoint::print_all(&points));
        assert_eq!(shown("3600 1  300 100"), Ok("3600 1 300 100".into()));
        assert_eq!(shown(""), Ok(String::new()));
        for wrong in ["1", "x 1", "0 1", "1 -1", "1 2 3"] {
            assert!(shown(wrong).is_err(), "{wrong}");
        }
    }
}
