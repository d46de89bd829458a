//! SHUTDOWN and SIGTERM: the process ends, but not before its replicas have everything.
//!
//! Rule: nobody may write while replicas are waited for; after `shutdown-timeout` the process ends without them. It saves
//! its dataset if it was asked to, or if there are save points and it was not asked not to. Mirrors
//! `prepareForShutdown`, `isReadyToShutdown`, `finishShutdown` and `cancelShutdown` (server.c), `shutdownCommand` (db.c).

use super::pause::{PauseKind, PausePurpose};
use super::{Event, Node, Output};
use crate::time::Time;
use crate::wire::{Bytes, decimal};
use std::time::Duration;

/// How the process is to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HowToEnd {
    /// Save the dataset, or do not; `None`: if there are save points.
    pub save: Option<bool>,
    /// Wait for nobody.
    pub now: bool,
}

/// An end that is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    how: HowToEnd,
    until: Time,
}

impl Node {
    /// Does this node wait for its replicas to end?
    pub fn is_shutting_down(&self) -> bool {
        self.ending.is_some()
    }

    pub(super) fn next_ending(&self) -> Time {
        self.ending.map_or(Time::NEVER, |ending| ending.until.min(self.tick_after(self.woke, super::EXPIRE_PERIOD)))
    }

    /// What SIGTERM means (`shutdown-on-sigterm`).
    pub(super) fn how_to_terminate(&self) -> HowToEnd {
        let words = self.config.kept.get("shutdown-on-sigterm").map_or("", String::as_str);
        let says = |word: &str| words.split_whitespace().any(|other| other == word);
        let save = [("save", true), ("nosave", false)].into_iter().find(|(word, _)| says(word));
        HowToEnd { save: save.map(|(_, save)| save), now: says("now") }
    }

    /// Ends at once if there is nothing to wait for.
    pub(super) fn shut_down(&mut self, how: HowToEnd, now: Time) {
        if self.ending.is_some() {
            return;
        }
        let timeout_secs =
            self.config.kept.get("shutdown-timeout").and_then(|text| decimal(text.as_bytes())).unwrap_or(10);
        if how.now || timeout_secs <= 0 || self.replicas_have_all() {
            return self.end(how, now);
        }
        self.ending = Some(Ending { how, until: now + Duration::from_secs(timeout_secs as u64) });
        // While clients are paused nothing may be added to the stream.
        if self.paused(now).is_none() {
            let words: [&[u8]; 3] = [b"REPLCONF", b"GETACK", b"*"];
            self.feed(None, &words.map(Bytes::from), true);
            self.note_dataset();
        }
        self.pause(PausePurpose::Shutdown, PauseKind::Write, Time::NEVER);
        self.emit(Event::ShutdownWaits);
    }

    /// The cron's part.
    pub(super) fn end_if_ready(&mut self, now: Time) {
        if let Some(ending) = self.ending.filter(|ending| ending.until <= now || self.replicas_have_all()) {
            self.end(ending.how, now);
        }
    }

    /// SHUTDOWN ABORT: false if nothing was to end.
    pub(super) fn stay(&mut self, now: Time) -> bool {
        let was_ending = self.ending.take().is_some();
        if was_ending {
            self.unpause(PausePurpose::Shutdown, now);
            self.tell_who_asked_to_end();
            self.emit(Event::ShutdownAborted);
        }
        was_ending
    }

    fn replicas_have_all(&self) -> bool {
        self.replicas().all(|replica| replica.ack_offset == self.history.offset)
    }

    /// How long replicas will still be waited for, in ms (INFO).
    pub(super) fn ends_in_ms(&self, now: Time) -> Option<u64> {
        Some(self.ending?.until.since(now).as_millis() as u64)
    }

    fn end(&mut self, how: HowToEnd, now: Time) {
        self.ending = None;
        self.kill_snapshot(now);
        if how.save.unwrap_or(!self.config.save.is_empty()) && self.loading.is_none() {
            self.save_now(now);
        }
        self.flush_replicas(now);
        let lacks = |replica: &&super::ReplicaClient| replica.ack_offset != self.history.offset;
        let lagging = self.replicas().filter(lacks).map(|replica| replica.addr.clone()).collect();
        self.emit(Event::Ended { replicas: self.replica_order.len() as u64, lagging });
        self.outputs.push_back(Output::Exit);
    }
}
