//! The snapshot arrives, and takes the place of the dataset.
//!
//! Rule: nothing is given up before the last byte is here and could be read, but for a snapshot that is read straight from
//! the socket: it costs the old place at its first byte. Given up are, in this order: the old place in the
//! history, our own replicas, the backlog, the dataset; and the new one begins at the offset of `+FULLRESYNC`.
//! Simplified: a snapshot that cannot be read leaves the old dataset in place, where Redis
//! has flushed it by then and ends the process.
//! Mirrors `readSyncBulkPayload` and `replicationAttachToNewMaster` (replication.c), `rdbLoadRio` (rdb.c).

use super::config::{Config, DisklessLoad};
use super::keyspace::{Entry, Keyspace};
use super::rebuilt::is_damage;
use super::replica::{LinkState, Transfer, TransferEnd};
use super::value::Value;
use super::{Event, Loading, LostReason, Node, Output};
use crate::time::Time;
use crate::wire::{Bytes, Preamble, rdb};
use std::sync::Arc;

/// A dataset read from a snapshot, with the place in the history that it names.
pub(super) struct Loaded {
    pub keyspace: Keyspace,
    pub stream_db: u8,
    pub place: Option<(crate::wire::ReplId, u64)>,
}

impl Loaded {
    pub fn empty(databases: u8) -> Loaded {
        Loaded { keyspace: Keyspace::new(databases), stream_db: 0, place: None }
    }
}

/// A snapshot larger than this is refused instead of held in memory: 1 GiB.
const SNAPSHOT_MAX: u64 = 1 << 30;

impl Node {
    /// Takes from `unread` what belongs to the snapshot.
    pub(super) fn read_transfer(&mut self, now: Time) {
        while let Some(link) = &mut self.master
            && let Some(transfer) = &mut link.transfer
        {
            match transfer.end {
                None => {
                    let Some(line) = super::handshake::take_line(&mut link.unread) else {
                        return;
                    };
                    self.read_preamble(&line, now);
                }
                Some(end) => {
                    let Some(rest) = take_snapshot(transfer, &mut link.unread, end) else {
                        if transfer.received_bytes() > SNAPSHOT_MAX {
                            self.fail_sync(format!("the snapshot is larger than {SNAPSHOT_MAX} bytes"), now);
                        }
                        return;
                    };
                    return self.load_snapshot(&rest, now);
                }
            }
        }
    }

    fn read_preamble(&mut self, line: &[u8], now: Time) {
        let end = match Preamble::parse(line) {
            Ok(Preamble::KeepAlive) => return,
            Ok(Preamble::Length(bytes)) if bytes > SNAPSHOT_MAX => {
                return self.fail_sync(
                    format!("the master announced a snapshot of {bytes} bytes; at most {SNAPSHOT_MAX} are taken"),
                    now,
                );
            }
            Ok(Preamble::Length(bytes)) => TransferEnd::After(bytes),
            Ok(Preamble::Eof { mark }) => TransferEnd::Mark(mark),
            Ok(Preamble::Aborted) => {
                return self.fail_sync(
                    format!("MASTER aborted replication with an error: {}", String::from_utf8_lossy(line)),
                    now,
                );
            }
            Err(error) => return self.fail_sync(error.to_string(), now),
        };
        if let Some(transfer) = self.master.as_mut().and_then(|link| link.transfer.as_mut()) {
            transfer.end = Some(end);
            let bytes = transfer.total_bytes();
            self.emit(Event::SnapshotAnnounced { bytes });
            if self.loads_straight() && !self.swaps() {
                self.attach_to_new_master(now);
            }
        }
    }

    /// The snapshot is complete; `rest` is the beginning of the stream.
    fn load_snapshot(&mut self, rest: &[u8], now: Time) {
        let Some(transfer) = self.master.as_mut().and_then(|link| link.transfer.take()) else {
            return;
        };
        let (loaded, error) = match self.is_rebuilt() {
            true => self.read_known(&transfer.received),
            false => self.read_all(&transfer.received),
        };
        if let Some(error) = error
            && (!self.is_rebuilt() || is_damage(&error))
        {
            let is_unknown = matches!(error.kind, rdb::RdbErrorKind::Unsupported { .. });
            let reason = if is_unknown { LostReason::NotModelled } else { LostReason::Ended };
            return self.give_up(format!("Failed trying to load the MASTER synchronization DB: {error}"), reason, now);
        }
        let (straight, swaps) = (self.loads_straight(), self.swaps());
        // A file that a child is about to put in the place of the one that came would be an old one.
        self.kill_snapshot(now);
        if !straight {
            self.outputs.push_back(Output::SaveRdb { bytes: Bytes::from(transfer.received.as_slice()) });
            if self.config.rdb_del_sync_files && self.config.save.is_empty() {
                self.outputs.push_back(Output::RemoveRdb);
            }
        }
        // A dataset that is swapped for another is emptied in the background.
        if !self.keyspace.is_empty() && !swaps {
            self.show_life(now);
        }
        if !swaps {
            self.disconnect_replicas();
        }
        let keys = (0..loaded.keyspace.databases()).map(|db| loaded.keyspace.len(db)).sum();
        let (time, loading_id) = (self.loading_time(keys), transfer.id);
        let loading = Loading {
            started: now,
            done: now + time,
            total_bytes: transfer.received_bytes(),
            transfer,
            keyspace: loaded.keyspace,
            stream_db: loaded.stream_db,
            rest: rest.to_vec(),
            // The same history at another moment: that may be read meanwhile.
            is_beside: swaps && loading_id == self.history.id,
            is_closed: false,
        };
        if time.is_zero() {
            return self.finish_loading(loading, now);
        }
        if !swaps {
            self.keyspace = Keyspace::new(self.keyspace.databases());
            self.attach_to_new_master(now);
        }
        if let Some(link) = &mut self.master {
            link.transfer = Some(loading.transfer.clone());
        }
        self.loading = Some(loading);
        self.emit(Event::LoadingStarted { keys });
    }

    /// Everything is read: this is the dataset now, at this place in the history.
    pub(super) fn finish_loading(&mut self, loading: Loading, now: Time) {
        let Loading { transfer, keyspace, stream_db, rest, .. } = loading;
        let diskless = matches!(transfer.end, Some(TransferEnd::Mark(_)));
        let (was_id, was_offset) = (self.history.id, self.history.offset);
        (0..self.keyspace.databases()).for_each(|db| self.touch_db(db, None, now));
        // Where the datasets are swapped, those below were served from the old one until now.
        self.disconnect_replicas();
        self.keyspace = keyspace;
        self.count_loaded(false, now);
        self.own_expiring.clear();
        self.history.adopt(transfer.id, transfer.offset);
        self.create_backlog(None);
        if let Some(link) = &mut self.master {
            link.cached = None;
            link.transfer = None;
            link.last_io = now;
            link.follow.db = stream_db;
            link.follow.acks = !transfer.old_sync;
        }
        let keys = (0..self.keyspace.databases()).map(|db| self.keyspace.len(db)).sum();
        self.emit(Event::SnapshotLoaded { id: transfer.id, offset: transfer.offset, keys, was_id, was_offset });
        self.note_ids();
        self.note_dataset();
        self.set_link_state(LinkState::Connected);
        if diskless {
            self.send_ack();
        }
        self.read_stream(&rest, now);
    }

    /// Is the snapshot read from the socket, without a file (`useDisklessLoad`)?
    pub fn loads_straight(&self) -> bool {
        match self.config.repl_diskless_load {
            DisklessLoad::Disabled => false,
            DisklessLoad::OnEmptyDb => self.keyspace.is_empty(),
            DisklessLoad::SwapDb => true,
        }
    }

    /// Is the old dataset kept until the new one is whole?
    pub(super) fn swaps(&self) -> bool {
        self.config.repl_diskless_load == DisklessLoad::SwapDb
    }

    /// From here on there is no way back to the old place in the history (`replicationAttachToNewMaster`).
    fn attach_to_new_master(&mut self, now: Time) {
        self.disconnect_replicas();
        self.kill_snapshot(now);
        self.backlog = None;
        if let Some(link) = &mut self.master {
            link.cached = None;
        }
    }

    fn read_all(&self, bytes: &[u8]) -> (Loaded, Option<rdb::RdbError>) {
        let mut loaded = Loaded::empty(self.keyspace.databases());
        let error = read_rdb(&mut loaded, bytes, &self.config).err();
        (loaded, error)
    }

    /// A line feed, so that the master does not take the time that emptying the dataset needs for silence; no more than
    /// one in a second (`replicationSendNewlineToMaster`).
    pub(super) fn show_life(&mut self, now: Time) {
        if let Some(conn) = self.master.as_ref().and_then(|link| link.conn).filter(|_| self.life_shown < now.secs()) {
            self.life_shown = now.secs();
            self.send(conn, b"\n");
        }
    }
}

/// Moves bytes from `unread` to the snapshot; at its end, returns what came behind it.
fn take_snapshot(transfer: &mut Transfer, unread: &mut Vec<u8>, end: TransferEnd) -> Option<Vec<u8>> {
    let received = Arc::make_mut(&mut transfer.received);
    match end {
        TransferEnd::After(total) => {
            let lacking = (total - received.len() as u64).min(unread.len() as u64) as usize;
            received.extend(unread.drain(..lacking));
            (received.len() as u64 == total).then(|| std::mem::take(unread))
        }
        TransferEnd::Mark(mark) => {
            // The master sends nothing behind the mark until the first ACK, so the mark ends what has come.
            received.append(unread);
            let body = received.len().checked_sub(mark.len())?;
            let is_end = received.ends_with(&mark);
            is_end.then(|| {
                received.truncate(body);
                vec![]
            })
        }
    }
}

/// Reads a whole snapshot into a keyspace of so many databases, for a node with these settings.
pub(super) fn load_rdb(bytes: &[u8], databases: u8, config: &Config) -> Result<Loaded, rdb::RdbError> {
    let mut loaded = Loaded::empty(databases);
    read_rdb(&mut loaded, bytes, config).map(|()| loaded)
}

/// Reads a snapshot; after an error, what stands before it was read.
pub(super) fn read_rdb(loaded: &mut Loaded, bytes: &[u8], config: &Config) -> Result<(), rdb::RdbError> {
    let databases = loaded.keyspace.databases();
    let (mut db, mut id, mut offset) = (0, None, None);
    for item in rdb::Reader::new(bytes) {
        let (span, item) = item?;
        match item {
            rdb::Item::SelectDb(n) if n >= u64::from(databases) => {
                return Err(rdb::RdbError::database_out_of_range(span.start, n));
            }
            rdb::Item::SelectDb(n) => db = n as u8,
            rdb::Item::Entry { key, value, expire_at_ms } => {
                let value = Value::from_rdb(value, config);
                loaded.keyspace.insert(db, key, Entry { value, expire_at_ms });
            }
            rdb::Item::Aux { key, value } => match &*key {
                b"repl-stream-db" => {
                    let db = crate::wire::decimal(&value).and_then(|n| u8::try_from(n).ok()).unwrap_or(0);
                    loaded.stream_db = db.min(databases - 1);
                }
                b"repl-id" => id = crate::wire::ReplId::parse(&value),
                b"repl-offset" => offset = crate::wire::decimal(&value).and_then(|n| u64::try_from(n).ok()),
                _ => {}
            },
            rdb::Item::ResizeDb { .. } | rdb::Item::End { .. } => {}
        }
        loaded.place = id.zip(offset);
    }
    Ok(())
}
