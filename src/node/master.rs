//! The master's side of replication: the replicas it serves and the stream it feeds them.
//!
//! | state | waits for | INFO calls it |
//! |---|---|---|
//! | WaitBgsaveStart | a snapshot to be started | `wait_bgsave` |
//! | WaitBgsaveEnd | the snapshot to be complete; writes gather behind it | `wait_bgsave` |
//! | SendBulk | the snapshot's bytes to leave | `send_bulk` |
//! | Online | nothing: it gets every write, and acknowledges once a second | `online` |
//!
//! Rule: a replica is a cursor into the one stream that all share. Nothing is copied for it; what it has not read yet
//! stays in the backlog's blocks. Mirrors `replicationFeedSlaves`, `feedReplicationBuffer`, `putSlaveOnline` and the
//! master's half of `replicationCron` (replication.c).

use super::backlog::Block;
use super::client::Client;
use super::decisions::{Decision, PutOnline, Silence, Trim};
use super::io::{Addr, ConnId};
use super::{Event, LostReason, Node, Output, Role};
use crate::time::Time;
use crate::wire::{Bytes, encode_command};

/// Where a replica stands, on its master's side (`SLAVE_STATE_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicaState {
    WaitBgsaveStart,
    WaitBgsaveEnd,
    SendBulk,
    Online,
}

impl ReplicaState {
    /// As `INFO replication` spells it (`replstateToString`).
    pub fn name(self) -> &'static str {
        match self {
            ReplicaState::WaitBgsaveStart | ReplicaState::WaitBgsaveEnd => "wait_bgsave",
            ReplicaState::SendBulk => "send_bulk",
            ReplicaState::Online => "online",
        }
    }
}

/// What a master knows of one replica.
#[derive(Clone, Debug)]
pub struct ReplicaClient {
    pub conn: ConnId,
    pub addr: Addr,
    pub state: ReplicaState,
    /// The offset of the last `REPLCONF ACK`; 0 before the first.
    pub ack_offset: u64,
    pub ack_time: Time,
    /// The offset that was announced with `+FULLRESYNC`: the snapshot holds everything up to it.
    pub initial_offset: u64,
    /// The next byte of the stream that this replica gets.
    pub cursor: u64,
    /// The snapshot on its way to this replica.
    pub bulk: Option<Bulk>,
    /// SYNC, not PSYNC: gets no `+FULLRESYNC` line and sends no acknowledgements (`CLIENT_PRE_PSYNC`).
    pub pre_psync: bool,
    /// After a diskless snapshot the stream waits for the first ACK (`repl_start_cmd_stream_on_ack`).
    pub stream_on_ack: bool,
    /// Bytes handed to the connection since it was last known to be empty.
    pub unsent: u64,
    /// Since when it has held more than the soft limit of its output buffer.
    pub over_soft_since: Option<Time>,
    /// We asked to be told when the connection is empty again.
    pub wants_write: bool,
}

/// A snapshot being sent to one replica, with what frames it.
#[derive(Clone, Debug)]
pub struct Bulk {
    pub bytes: Bytes,
    pub sent: u64,
    /// Of `sent` and `bytes`, what is not the snapshot itself: the mark at the end of a diskless one.
    pub mark: Option<[u8; 40]>,
    /// The line before it was sent.
    pub is_announced: bool,
    /// When the last piece was handed to the connection.
    pub handed_at: Time,
}

impl Bulk {
    pub fn is_sent(&self) -> bool {
        self.sent == self.bytes.len() as u64
    }
}

impl Node {
    /// The replicas, in the order in which they came (`server.slaves`).
    pub fn replicas(&self) -> impl Iterator<Item = &ReplicaClient> {
        self.replica_order.iter().filter_map(|conn| self.clients.get(*conn)?.replica.as_ref())
    }

    pub(super) fn replica_mut(&mut self, conn: ConnId) -> Option<&mut ReplicaClient> {
        self.clients.get_mut(conn)?.replica.as_mut()
    }

    /// Moves a replica to another state and says so.
    pub(super) fn set_replica_state(&mut self, conn: ConnId, to: ReplicaState) {
        let Some(replica) = self.replica_mut(conn) else {
            return;
        };
        let from = std::mem::replace(&mut replica.state, to);
        let addr = replica.addr.clone();
        self.emit(Event::ReplicaStateChanged { conn, addr, from: Some(from), to });
    }

    /// Takes a client into the list of replicas.
    pub(super) fn add_replica(&mut self, conn: ConnId, replica: ReplicaClient) {
        let (addr, to) = (replica.addr.clone(), replica.state);
        if let Some(client) = self.clients.get_mut(conn) {
            client.replica = Some(replica);
            self.replica_order.push(conn);
            self.emit(Event::ReplicaStateChanged { conn, addr, from: None, to });
        }
    }

    /// What a replica is called in INFO and ROLE: what it announced, or else where it calls from.
    pub(super) fn replica_addr(client: &Client) -> Addr {
        let said = &client.capabilities;
        Addr { host: said.announced_ip.clone().unwrap_or_else(|| client.peer.host.clone()), port: said.listening_port }
    }

    /// Appends one command to the stream, with a SELECT before it if it is for another database than the last one.
    /// Without a backlog nobody ever listened, and nothing is counted (7.0; from 7.2 on the offset moves all the same).
    pub(super) fn feed(&mut self, db: Option<u8>, args: &[Bytes], injected: bool) {
        if self.role() == Role::Replica || self.backlog.is_none() {
            return;
        }
        if let Some(db) = db.filter(|db| self.stream_db != Some(*db)) {
            self.stream_db = Some(db);
            self.feed_raw(&[Bytes::from(&b"SELECT"[..]), db.to_string().into_bytes().into()], true);
        }
        self.feed_raw(args, injected);
    }

    fn feed_raw(&mut self, args: &[Bytes], injected: bool) {
        let bytes = encode_command(args);
        let start = self.history.offset + 1;
        self.append_to_stream(&bytes);
        let (id, end) = (self.history.id, self.history.offset);
        self.emit(Event::Propagated { id, start, end, args: args.to_vec(), injected });
    }

    /// The stream grows by these bytes: the master's own, or what a replica passes on unchanged.
    pub(super) fn append_to_stream(&mut self, bytes: &[u8]) {
        self.history.offset += bytes.len() as u64;
        if let Some(backlog) = &mut self.backlog {
            self.has_new_block |= backlog.append(bytes);
        }
        self.trim_backlog();
    }

    pub(super) fn trim_backlog(&mut self) {
        let cursors: Vec<u64> =
            self.replicas().filter(|r| r.state != ReplicaState::WaitBgsaveStart).map(|r| r.cursor).collect();
        let Some(backlog) = &mut self.backlog else {
            return;
        };
        let from = backlog.first();
        let weighed =
            backlog.oldest_in_question().cloned().map(|block| (block, backlog.len(), backlog.blocks().count()));
        backlog.trim(&cursors);
        let (first, left) = (backlog.first(), backlog.blocks().count());
        if first != from {
            self.emit(Event::BacklogTrimmed { from, first });
        }
        if let Some((block, len, blocks)) = weighed {
            self.note_trim(&block, len, (blocks - left) as u64, blocks as u64);
        }
    }

    /// Says of the oldest block that it left or, once, that replicas which read it keep it.
    fn note_trim(&mut self, block: &Block, len: u64, left: u64, blocks: u64) {
        if left == 0 && self.kept_block.replace(block.first()) == Some(block.first()) {
            return;
        }
        self.decided(|node| {
            let reads = |r: &&ReplicaClient| {
                r.state != ReplicaState::WaitBgsaveStart && (block.first()..block.end()).contains(&r.cursor)
            };
            Decision::Trim(Trim {
                len,
                size: node.config.repl_backlog_size,
                blocks,
                first: block.first(),
                bytes: block.end() - block.first(),
                readers: node.replicas().filter(reads).map(|r| r.addr.clone()).collect(),
                left,
            })
        });
    }

    /// Hands to each replica what it has not read yet, as far as its connection takes it.
    pub(super) fn flush_replicas(&mut self, now: Time) {
        for conn in self.replica_order.clone() {
            self.send_bulk(conn, now);
            self.send_stream(conn);
        }
    }

    fn send_stream(&mut self, conn: ConnId) {
        let Some(replica) = self.clients.get_mut(conn).and_then(|c| c.replica.as_mut()) else {
            return;
        };
        let Some(backlog) = &self.backlog else { return };
        if replica.state != ReplicaState::Online || replica.stream_on_ack || replica.wants_write {
            return;
        }
        let mut bytes = vec![];
        let room = self.config.socket_buffer.saturating_sub(replica.unsent);
        while (bytes.len() as u64) < room {
            let more = backlog.read(replica.cursor, room - bytes.len() as u64);
            if more.is_empty() {
                break;
            }
            replica.cursor += more.len() as u64;
            bytes.extend_from_slice(more);
        }
        replica.unsent += bytes.len() as u64;
        let is_full = replica.unsent >= self.config.socket_buffer;
        replica.wants_write |= is_full;
        if !bytes.is_empty() {
            self.stats.repl_output += bytes.len() as u64;
            self.stats.writes += 1;
            self.outputs.push_back(Output::Send { conn, bytes: bytes.into() });
        }
        if is_full {
            self.outputs.push_back(Output::WantWrite { conn });
        }
    }

    /// The connection took everything that was handed over.
    pub(super) fn replica_writable(&mut self, conn: ConnId) {
        if let Some(replica) = self.replica_mut(conn) {
            replica.unsent = 0;
            replica.wants_write = false;
        }
    }

    /// `REPLCONF ACK`: how far the replica has come. Acknowledgements never go back.
    pub(super) fn acknowledged(&mut self, conn: ConnId, offset: u64, now: Time) {
        let Some(replica) = self.replica_mut(conn) else {
            return;
        };
        replica.ack_offset = replica.ack_offset.max(offset);
        replica.ack_time = now;
        let starts = std::mem::take(&mut replica.stream_on_ack);
        let (addr, cursor) = (replica.addr.clone(), replica.cursor);
        self.emit(Event::Acked { conn, offset });
        if starts {
            self.decided(|node| Decision::StartStream {
                replica: addr,
                acked: offset,
                held: (node.history.offset + 1).saturating_sub(cursor),
            });
        }
    }

    /// Puts a replica whose snapshot has left online (`replicaPutOnline`).
    /// One that wanted no more than the snapshot is done.
    pub(super) fn put_online(&mut self, conn: ConnId, now: Time) {
        if self.clients.get(conn).is_some_and(|client| client.capabilities.rdb_only) {
            return self.close_client(conn, LostReason::Ended);
        }
        let Some(replica) = self.replica_mut(conn) else { return };
        let bulk = replica.bulk.take();
        replica.ack_time = now;
        let (addr, cursor) = (replica.addr.clone(), replica.cursor);
        if let Some(bulk) = bulk {
            self.decided(|node| {
                let mark = bulk.mark.map_or(0, |mark| mark.len() as u64);
                Decision::PutOnline(PutOnline {
                    replica: addr,
                    sent: bulk.sent - mark.min(bulk.sent),
                    total: bulk.bytes.len() as u64 - mark,
                    diskless: bulk.mark.is_some(),
                    held: (node.history.offset + 1).saturating_sub(cursor),
                })
            });
        }
        self.set_replica_state(conn, ReplicaState::Online);
        self.count_good_replicas(now);
    }

    /// Once a second: pings, newlines for those who wait, and an end for those who are silent.
    pub(super) fn master_cron(&mut self, loops: u64, now: Time) {
        let is_top = self.role() == Role::Master;
        // While a failover with a deadline goes on the stream must stand still.
        let stands_still = self.failover.as_ref().is_some_and(|f| f.until.is_some()) && self.paused(now).is_some();
        if is_top
            && !stands_still
            && !self.replica_order.is_empty()
            && loops.is_multiple_of(self.config.repl_ping_replica_period_secs.max(1))
        {
            self.feed(None, &[Bytes::from(&b"ping"[..])], true);
            self.note_dataset();
        }
        let disk_snapshot = self.snapshot.as_ref().is_some_and(|s| s.mark.is_none());
        for conn in self.replica_order.clone() {
            let Some(replica) = self.replica_mut(conn) else {
                continue;
            };
            match replica.state {
                ReplicaState::WaitBgsaveStart => self.send(conn, b"\n"),
                ReplicaState::WaitBgsaveEnd if disk_snapshot => self.send(conn, b"\n"),
                // It takes nothing more of a snapshot that others may wait for.
                ReplicaState::WaitBgsaveEnd if replica.wants_write => {
                    let handed_at = replica.bulk.as_ref().map_or(now, |bulk| bulk.handed_at);
                    if now.secs() - handed_at.secs() > self.config.repl_timeout_secs as i64 {
                        self.close_client(conn, LostReason::Timeout);
                    }
                }
                ReplicaState::Online if !replica.pre_psync => {
                    let silent_secs = now.secs() - replica.ack_time.secs();
                    let replica_addr = replica.addr.clone();
                    if silent_secs > self.config.repl_timeout_secs as i64 {
                        let peer = replica_addr;
                        self.decided(|node| {
                            let limit_secs = node.config.repl_timeout_secs;
                            Decision::Silence(Silence { peer, silent_secs, limit_secs, link: None })
                        });
                        self.close_client(conn, LostReason::Timeout);
                    }
                }
                _ => {}
            }
        }
        self.start_waiting_snapshot(now);
        self.remove_sync_file();
        self.expire_backlog(now);
        self.count_good_replicas(now);
    }

    /// Closes every replica's connection, so that they come back and ask anew (`disconnectSlaves`).
    pub(super) fn disconnect_replicas(&mut self) {
        for conn in self.replica_order.clone() {
            self.close_client(conn, LostReason::Ended);
        }
    }

    /// A master without replicas for `repl-backlog-ttl` frees the backlog and takes a new id: nobody may continue.
    fn expire_backlog(&mut self, now: Time) {
        let ttl_secs = self.config.repl_backlog_ttl_secs as i64;
        let idle_secs = now.secs() - self.no_replicas_since.secs();
        if self.role() == Role::Master
            && self.replica_order.is_empty()
            && self.backlog.is_some()
            && ttl_secs > 0
            && idle_secs > ttl_secs
        {
            self.history.rename(&mut self.rng);
            self.backlog = None;
            self.note_ids();
        }
    }

    /// Good replicas for `min-replicas-to-write`: online, and heard of within `min-replicas-max-lag` seconds.
    /// Counted once a second and when one comes or goes, not when one is asked for (`refreshGoodSlavesCount`).
    pub(super) fn count_good_replicas(&mut self, now: Time) {
        let max_lag = self.config.min_replicas_max_lag_secs as i64;
        let good = |r: &&ReplicaClient| r.state == ReplicaState::Online && now.secs() - r.ack_time.secs() <= max_lag;
        self.good_replicas = self.replicas().filter(good).count() as u64;
    }
}
