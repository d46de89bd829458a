//! The master's snapshots: BGSAVE for replicas.
//!
//! Rule: the snapshot is the dataset at one instant, the fork; its offset is announced at that same instant. Writes that
//! come later go on into the stream and follow the snapshot. The fork costs nothing here because the dataset is
//! copy-on-write, as Redis' is by the kernel's pages. How long the child takes is a setting, not a measurement.
//! Read next: `bulk.rs`. Mirrors `startBgsaveForReplication`, `replicationSetupSlaveForFullResync`,
//! `updateSlavesWaitingBgsave` (replication.c), `rdbSaveRio` (rdb.c).

use super::client::Capabilities;
use super::decisions::{Attach, AttachVerdict, Decision};
use super::io::ConnId;
use super::master::{Bulk, ReplicaClient, ReplicaState};
use super::{Event, LostReason, Node, Output, Role};
use crate::time::Time;
use crate::wire::{Bytes, Preamble, PsyncReply, rdb};
use std::time::Duration;

/// The most keys for which [`Node::snapshot_len`] writes a snapshot.
const WEIGHED_KEYS: u64 = 200;

/// A child process that writes a snapshot.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The offset that its dataset belongs to.
    pub offset: u64,
    pub started: Time,
    /// When the child will have ended and the parent will have noticed.
    pub done: Time,
    pub bytes: Bytes,
    pub keys: u64,
    /// For how long the child writes; the rest of its time it takes to end. Zero: all of it is there at once.
    pub(super) writing: Duration,
    /// For a snapshot that goes straight to sockets, the mark at its end; `None` for one on disk.
    pub mark: Option<[u8; 40]>,
    /// FLUSHALL killed the child; the parent has not noticed yet that it is gone.
    pub is_killed: bool,
}

impl Node {
    /// The running snapshot, if there is one.
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.snapshot.as_ref()
    }

    /// A new replica waits: it can share a snapshot on disk that others wait for; else one is started, now or by the cron.
    pub(super) fn join_or_start_snapshot(&mut self, conn: ConnId, now: Time) {
        if self.is_rebuilt() {
            return;
        }
        let Some((own, replica)) = self.clients.get(conn).and_then(|c| Some((&c.capabilities, c.replica.as_ref()?)))
        else {
            return;
        };
        let running = self.snapshot.as_ref().map(|running| (running.mark.is_some(), running.offset));
        let other = self.first_to_share_with(own).filter(|_| running.is_some());
        let has_all = |other: &Capabilities| (own.eof || !other.eof) && (own.psync2 || !other.psync2);
        let delay_secs = self.config.repl_diskless_sync_delay_secs;
        let verdict = match running {
            Some((false, _)) if other.is_some_and(|(_, other)| has_all(other)) => AttachVerdict::Shares,
            Some(_) => AttachVerdict::WaitsForNext,
            None if self.config.repl_diskless_sync && own.eof && delay_secs > 0 => AttachVerdict::WaitsForOthers,
            None => AttachVerdict::Starts,
        };
        let attach = super::COMPLETE.then(|| Attach {
            replica: replica.addr.clone(),
            eof: own.eof,
            psync2: own.psync2,
            running,
            other: other.map(|(other, said)| (other.addr.clone(), said.eof, said.psync2)),
            diskless: self.config.repl_diskless_sync,
            delay_secs,
            verdict,
        });
        if let Some(attach) = attach {
            self.decided(|_| Decision::Attach(attach));
        }
        match (verdict, running) {
            (AttachVerdict::Shares, Some((_, offset))) => self.announce_full(conn, offset),
            (AttachVerdict::Starts, _) => self.start_snapshot(now),
            _ => {}
        }
    }

    /// The first replica that waits for the snapshot under way, and what it understands. One that wants no stream
    /// gathers none that somebody else could share.
    fn first_to_share_with(&self, own: &Capabilities) -> Option<(&ReplicaClient, &Capabilities)> {
        let clients = self.replica_order.iter().filter_map(|conn| self.clients.get(*conn));
        let replicas = clients.filter_map(|client| Some((client.replica.as_ref()?, &client.capabilities)));
        let mut waiting = replicas.filter(|(replica, _)| replica.state == ReplicaState::WaitBgsaveEnd);
        waiting.find(|(_, said)| said.without_data == own.without_data && (own.rdb_only || !said.rdb_only))
    }

    /// The cron's part: starts the snapshot that replicas wait for, diskless ones once the delay has passed.
    pub(super) fn start_waiting_snapshot(&mut self, now: Time) {
        let waiting = self.waiting_replicas();
        if self.snapshot.is_some() || waiting.is_empty() {
            return;
        }
        let idle_secs = |conn: &ConnId| self.clients.get(*conn).map_or(0, |c| now.secs() - c.last_interaction.secs());
        let longest_secs = waiting.iter().map(idle_secs).max().unwrap_or(0);
        let config = &self.config;
        let enough = config.repl_diskless_sync_max_replicas;
        let are_enough = enough > 0 && waiting.len() as u64 >= enough;
        let are_late = longest_secs >= config.repl_diskless_sync_delay_secs as i64;
        if !config.repl_diskless_sync || are_enough || are_late {
            self.start_snapshot(now);
        }
    }

    /// Those who wait for a snapshot, as far as they want the same as the first of them.
    fn waiting_replicas(&self) -> Vec<ConnId> {
        let waiting = self.replicas().filter(|r| r.state == ReplicaState::WaitBgsaveStart).map(|r| r.conn);
        let mut waiting: Vec<ConnId> = waiting.collect();
        if let Some(first) = waiting.first().copied() {
            waiting.retain(|conn| self.wants_no_data(*conn) == self.wants_no_data(first));
        }
        waiting
    }

    fn wants_no_data(&self, conn: ConnId) -> bool {
        self.clients.get(conn).is_some_and(|client| client.capabilities.without_data)
    }

    /// Straight to sockets only if every one of these replicas can find the end of it.
    fn diskless_for(&self, waiting: &[ConnId]) -> bool {
        (self.config.repl_diskless_sync || waiting.iter().any(|conn| self.wants_no_data(*conn)))
            && waiting.iter().all(|conn| self.clients.get(*conn).is_some_and(|c| c.capabilities.eof))
    }

    /// A child is made: for the replicas that wait, or for nobody but the file.
    pub(super) fn start_snapshot(&mut self, now: Time) {
        let waiting = self.waiting_replicas();
        let diskless = !waiting.is_empty() && self.diskless_for(&waiting);
        let without_data = waiting.first().is_some_and(|conn| self.wants_no_data(*conn));
        let rdb = if without_data { self.encode_databases(0..0, now) } else { self.encode_rdb(now) };
        // The child draws it, so what the parent would draw next stays the same, and so does the mark of the next child.
        let mark = diskless.then(|| self.rng.clone().hex_chars::<40>());
        let rate = self.config.snapshot_bytes_per_sec.max(1);
        let keys = (0..self.keyspace.databases()).map(|db| self.keyspace.len(db)).sum();
        let writing = self.saving_time(keys);
        let done =
            now + self.config.snapshot_time + Duration::from_micros(rdb.len() as u64 * 1_000_000 / rate) + writing;
        self.saving.changes_at_fork = self.saving.changes;
        let offset = self.history.offset;
        self.snapshot =
            Some(Snapshot { offset, started: now, done, bytes: rdb.into(), keys, writing, mark, is_killed: false });
        self.stats.forks += 1;
        self.emit(Event::SnapshotStarted { offset, keys });
        self.note_dataset();
        for conn in waiting {
            self.announce_full(conn, offset);
            if mark.is_some() {
                self.queue_bulk(conn, now);
            }
        }
    }

    /// What `rdb-key-save-delay` adds for so many keys.
    fn saving_time(&self, keys: u64) -> Duration {
        let delay_us = self.config.rdb_key_save_delay_us;
        match u64::try_from(delay_us) {
            Ok(each) => Duration::from_micros(keys.saturating_mul(each)),
            Err(_) => Duration::from_micros(keys / delay_us.unsigned_abs()),
        }
    }

    /// `+FULLRESYNC`: from here on the replica's stream gathers, beginning with a SELECT.
    pub(super) fn announce_full(&mut self, conn: ConnId, offset: u64) {
        self.stream_db = None;
        let id = self.history.id;
        let Some(replica) = self.replica_mut(conn) else {
            return;
        };
        replica.initial_offset = offset;
        replica.cursor = offset + 1;
        let pre_psync = replica.pre_psync;
        self.set_replica_state(conn, ReplicaState::WaitBgsaveEnd);
        if !pre_psync {
            self.send(conn, &PsyncReply::FullResync { id, offset }.encode());
        }
    }

    /// The child has ended (`backgroundSaveDoneHandler`): those who wait for a snapshot on disk get it now.
    pub(super) fn finish_snapshot(&mut self, now: Time) {
        let Some(done) = self.snapshot.take_if(|s| s.done <= now) else {
            return;
        };
        if done.is_killed {
            self.close_waiting();
            return self.start_waiting_snapshot(now);
        }
        self.emit(Event::SnapshotSaved { bytes: done.bytes.len() as u64 });
        self.saving.last_bgsave_secs = Some((now.secs() - done.started.secs()).max(0) as u64);
        if done.mark.is_some() {
            self.finish_diskless(now);
        } else {
            self.outputs.push_back(Output::SaveRdb { bytes: done.bytes.clone() });
            self.saving.changes -= self.saving.changes_at_fork.min(self.saving.changes);
            self.saving.last_save_secs = now.secs();
            self.saving.saves += 1;
            let is_awaited = self.replicas().any(|r| r.state == ReplicaState::WaitBgsaveEnd);
            self.saving.for_replicas |= is_awaited;
            for conn in self.replica_order.clone() {
                let Some(replica) = self.replica_mut(conn) else {
                    continue;
                };
                if replica.state == ReplicaState::WaitBgsaveEnd {
                    replica.bulk = Some(Bulk {
                        bytes: done.bytes.clone(),
                        sent: 0,
                        mark: None,
                        is_announced: true,
                        handed_at: now,
                    });
                    self.set_replica_state(conn, ReplicaState::SendBulk);
                    self.send(conn, &Preamble::Length(done.bytes.len() as u64).encode());
                }
            }
        }
        self.start_waiting_snapshot(now);
    }

    /// FLUSHALL: what the child writes is of no use any more (`killRDBChild`). `serverCron` will notice its end.
    pub(super) fn kill_snapshot(&mut self, now: Time) {
        let noticed = self.tick_after(now, super::EXPIRE_PERIOD);
        if let Some(snapshot) = &mut self.snapshot {
            (snapshot.is_killed, snapshot.done) = (true, noticed);
        }
    }

    /// A snapshot failed: who waited for it comes again.
    fn close_waiting(&mut self) {
        for conn in self.replica_order.clone() {
            let waits = |replica: &mut super::ReplicaClient| replica.state == ReplicaState::WaitBgsaveEnd;
            if self.replica_mut(conn).is_some_and(waits) {
                self.close_client(conn, LostReason::Ended);
            }
        }
    }

    /// The child that fed the sockets ends when the last socket has everything; until then the snapshot runs on.
    fn finish_diskless(&mut self, now: Time) {
        for conn in self.replica_order.clone() {
            let Some(replica) = self.replica_mut(conn) else {
                continue;
            };
            if replica.bulk.as_ref().is_some_and(|b| b.mark.is_some() && b.is_sent()) {
                replica.stream_on_ack = true;
                self.put_online(conn, now);
            }
        }
    }

    /// After a piece has left: was it the last one?
    pub(super) fn bulk_written(&mut self, conn: ConnId, now: Time) {
        let Some(replica) = self.replica_mut(conn) else {
            return;
        };
        let Some(bulk) = replica.bulk.as_ref().filter(|bulk| bulk.is_sent()) else {
            return;
        };
        let (bytes, on_disk) = (bulk.bytes.len() as u64, bulk.mark.is_none());
        if on_disk {
            self.emit(Event::SnapshotSent { conn, bytes });
            self.put_online(conn, now);
        } else if self.snapshot.is_none() {
            self.finish_diskless(now);
        }
    }

    /// How many bytes a snapshot of the dataset has now; `None` if it is too large to be written for the asking.
    pub fn snapshot_len(&self, now: Time) -> Option<u64> {
        let keys: u64 = (0..self.keyspace.databases()).map(|db| self.keyspace.len(db)).sum();
        (keys <= WEIGHED_KEYS).then(|| self.encode_rdb(now).len() as u64)
    }

    /// The dataset as an RDB file of version 10, with the fields that 7.0.15 writes in its order.
    pub(super) fn encode_rdb(&self, now: Time) -> Vec<u8> {
        self.encode_databases(0..self.keyspace.databases(), now)
    }

    fn encode_databases(&self, databases: std::ops::Range<u8>, now: Time) -> Vec<u8> {
        let mut rdb = rdb::Writer::with_compression(self.config.rdbcompression);
        rdb.aux(b"redis-ver", b"7.0.15");
        rdb.aux(b"redis-bits", b"64");
        rdb.aux(b"ctime", now.secs().to_string().as_bytes());
        rdb.aux(b"used-mem", self.used_memory().to_string().as_bytes());
        if let Some(db) = self.saved_stream_db() {
            rdb.aux(b"repl-stream-db", db.to_string().as_bytes());
            rdb.aux(b"repl-id", &self.history.id.0);
            rdb.aux(b"repl-offset", self.history.offset.to_string().as_bytes());
        }
        rdb.aux(b"aof-base", b"0");
        for db in databases.filter(|db| self.keyspace.len(*db) > 0) {
            rdb.select_db(u64::from(db));
            rdb.resize_db(self.keyspace.len(db), self.keyspace.expiring_len(db));
            for (key, entry) in self.keyspace.iter(db) {
                rdb.entry(key, &entry.value.to_rdb(), entry.expire_at_ms);
            }
        }
        if self.config.rdbchecksum { rdb.finish() } else { rdb.finish_unchecked() }
    }

    /// A replica leaves. A child that works for nobody any more is killed: one that feeds sockets
    /// (`rdbPipeWriteHandlerConnRemoved`), and one that writes a file nobody asked for (`freeClient`).
    pub(super) fn kill_useless_snapshot(&mut self, left: ReplicaState, now: Time) {
        let Some(snapshot) = self.snapshot.as_ref().filter(|_| left == ReplicaState::WaitBgsaveEnd) else { return };
        let is_of_use = self.replicas().any(|replica| replica.state == ReplicaState::WaitBgsaveEnd)
            || (snapshot.mark.is_none() && !self.config.save.is_empty());
        if !is_of_use {
            self.kill_snapshot(now);
        }
    }

    /// The file of a snapshot for replicas goes again once they have it, where nothing else is to be kept on disk
    /// (`removeRDBUsedToSyncReplicas`).
    pub(super) fn remove_sync_file(&mut self) {
        let is_wanted = self.config.rdb_del_sync_files;
        self.saving.for_replicas &= is_wanted;
        let is_read = |r: &ReplicaClient| !matches!(r.state, ReplicaState::Online);
        if self.saving.for_replicas && self.config.save.is_empty() && !self.replicas().any(is_read) {
            self.saving.for_replicas = false;
            self.outputs.push_back(Output::RemoveRdb);
        }
    }

    /// `rdbPopulateSaveInfo`: the database that the stream is in, if the file is to carry a place in a history at all.
    fn saved_stream_db(&self) -> Option<u8> {
        match (self.role(), &self.master) {
            (Role::Replica, Some(link)) => link.stream_db(),
            _ => self.backlog.as_ref().map(|_| self.stream_db.unwrap_or(0)),
        }
    }

    /// What INFO and a snapshot say of memory. There is no allocator to ask: a megabyte, and what keys and values hold.
    pub(super) fn used_memory(&self) -> u64 {
        let held = (0..self.keyspace.databases())
            .flat_map(|db| self.keyspace.iter(db))
            .map(|(key, entry)| entry.held_bytes(key));
        (1 << 20) + held.sum::<u64>()
    }
}
