//! The replica's side: the link to its master, and what survives when the link does not.
//!
//! | state | waits for |
//! |---|---|
//! | None | nothing: this node has no master |
//! | Connect | the next second's cron, to dial (again) |
//! | Connecting | the connection to stand; then says PING |
//! | ReceivePingReply | `+PONG`, or an error that only asks for a password |
//! | SendHandshake | nothing: AUTH and the REPLCONFs leave together, in one go |
//! | ReceiveAuthReply, ReceivePortReply, ReceiveIpReply, ReceiveCapaReply | one line each, for what was sent |
//! | SendPsync | nothing: PSYNC leaves |
//! | ReceivePsyncReply | `+FULLRESYNC`, `+CONTINUE`, or an error |
//! | Transfer | the snapshot's first line, then its bytes |
//! | Connected | the stream; acknowledges once a second |
//!
//! Rule: the place in the history (id, offset) is only given up when another dataset has arrived whole. Until then it is
//! kept as the cached master, and every new PSYNC asks to continue from it.
//! Read next: `handshake.rs`, `transfer.rs`, `follow.rs`. Mirrors `connectWithMaster`, `replicationCacheMaster`,
//! `replicationSetMaster`, `replicationUnsetMaster` and the replica's half of `replicationCron` (replication.c).

use super::decisions::{Decision, Silence};
use super::io::{Addr, ConnId};
use super::{Event, LostReason, Node, Output, Role};
use crate::time::Time;
use crate::wire::{Bytes, ReplId, Request, RequestDecoder};
use std::sync::Arc;

/// Where the link to the master stands (`server.repl_state`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkState {
    None,
    Connect,
    Connecting,
    ReceivePingReply,
    SendHandshake,
    ReceiveAuthReply,
    ReceivePortReply,
    ReceiveIpReply,
    ReceiveCapaReply,
    SendPsync,
    ReceivePsyncReply,
    Transfer,
    Connected,
}

impl LinkState {
    /// Every state, in the order in which a link passes them.
    pub const ALL: [LinkState; 13] = [
        LinkState::None,
        LinkState::Connect,
        LinkState::Connecting,
        LinkState::ReceivePingReply,
        LinkState::SendHandshake,
        LinkState::ReceiveAuthReply,
        LinkState::ReceivePortReply,
        LinkState::ReceiveIpReply,
        LinkState::ReceiveCapaReply,
        LinkState::SendPsync,
        LinkState::ReceivePsyncReply,
        LinkState::Transfer,
        LinkState::Connected,
    ];

    /// `slaveIsInHandshakeState`.
    pub fn is_handshake(self) -> bool {
        (LinkState::ReceivePingReply..=LinkState::ReceivePsyncReply).contains(&self)
    }

    /// As ROLE names it (`roleCommand`).
    pub fn role_name(self) -> &'static str {
        match self {
            LinkState::None => "none",
            LinkState::Connect => "connect",
            LinkState::Connecting => "connecting",
            LinkState::Transfer => "sync",
            LinkState::Connected => "connected",
            _ => "handshake",
        }
    }
}

/// A place in a history, kept to continue from (`server.cached_master`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cached {
    pub id: ReplId,
    pub offset: u64,
    /// The database that the stream was in.
    pub db: u8,
}

/// A snapshot being received.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// From `+FULLRESYNC`.
    pub id: ReplId,
    pub offset: u64,
    /// `None` until the first line came.
    pub end: Option<TransferEnd>,
    pub received: Arc<Vec<u8>>,
    /// Came after SYNC: the master will not understand PSYNC later.
    pub old_sync: bool,
}

/// How the end of the snapshot will be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferEnd {
    After(u64),
    Mark([u8; 40]),
}

impl Transfer {
    pub fn received_bytes(&self) -> u64 {
        self.received.len() as u64
    }

    /// Bytes of the whole snapshot, where they are known beforehand.
    pub fn total_bytes(&self) -> Option<u64> {
        match self.end {
            Some(TransferEnd::After(bytes)) => Some(bytes),
            _ => None,
        }
    }
}

/// A replica's link to its master.
#[derive(Clone, Debug)]
pub struct MasterLink {
    pub addr: Addr,
    pub state: LinkState,
    pub conn: Option<ConnId>,
    /// Its number among the clients, once it is one; 0 before.
    pub client_id: u64,
    pub connected_at: Time,
    /// When something was last heard, or the last attempt began.
    pub last_io: Time,
    /// Since when the link is down; `None` if it never stood.
    pub down_since: Option<Time>,
    pub cached: Option<Cached>,
    pub transfer: Option<Transfer>,
    /// Bytes that came before the stream, not yet understood.
    pub(super) unread: Vec<u8>,
    pub(super) follow: Follow,
}

/// Reading the stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Follow {
    pub decoder: RequestDecoder,
    /// Bytes read from the master and not yet applied: passed on unchanged once they are.
    pub unapplied: Vec<u8>,
    pub db: u8,
    pub multi: Option<Vec<Request>>,
    /// The master understood PSYNC, so it wants acknowledgements.
    pub acks: bool,
}

impl MasterLink {
    fn new(addr: Addr, now: Time) -> MasterLink {
        MasterLink {
            addr,
            state: LinkState::Connect,
            conn: None,
            client_id: 0,
            connected_at: now,
            last_io: now,
            down_since: None,
            cached: None,
            transfer: None,
            unread: vec![],
            follow: Follow::default(),
        }
    }

    /// The database that the stream is in, while there is a stream to speak of.
    pub(super) fn stream_db(&self) -> Option<u8> {
        match self.state {
            LinkState::Connected => Some(self.follow.db),
            _ => self.cached.map(|cached| cached.db),
        }
    }

    /// Bytes of the stream that were read but not yet applied.
    pub fn unapplied_bytes(&self) -> u64 {
        self.follow.unapplied.len() as u64
    }
}

impl Node {
    /// The link to this node's master, if it is a replica.
    pub fn master_link(&self) -> Option<&MasterLink> {
        self.master.as_ref()
    }

    pub(super) fn set_link_state(&mut self, to: LinkState) {
        let Some(link) = &mut self.master else { return };
        let from = std::mem::replace(&mut link.state, to);
        if to == LinkState::Connected && (from == LinkState::Transfer || link.client_id == 0) {
            self.last_client_id += 1;
            (link.client_id, link.connected_at) = (self.last_client_id, link.last_io);
        }
        if from != to {
            self.emit(Event::LinkStateChanged { from, to });
        }
    }

    /// `REPLICAOF host port`: from now on a replica of that node.
    pub(super) fn become_replica(&mut self, addr: Addr, now: Time) {
        let was_master = self.role() == Role::Master;
        let cached = if was_master { Some(self.cache_myself()) } else { self.place_in_history() };
        self.end_link(LostReason::Ended);
        self.unblock_all();
        self.config.replicaof = Some(addr.clone());
        let mut link = MasterLink::new(addr, now);
        link.cached = cached;
        link.down_since = Some(now).filter(|_| !was_master);
        self.master = Some(link);
        if was_master {
            self.emit(Event::RoleChanged { from: Role::Master, to: Role::Replica });
        }
        self.dial_master(now);
    }

    /// A process whose configuration names a master. It asks to continue only if its file named a place in a history.
    pub(super) fn start_as_replica(&mut self, addr: Addr, cached: Option<Cached>, now: Time) {
        let mut link = MasterLink::new(addr, now);
        link.cached = cached;
        self.master = Some(link);
    }

    /// A master that becomes a replica offers its own history to continue (`replicationCacheMasterUsingMyself`).
    fn cache_myself(&mut self) -> Cached {
        let cached = Cached { id: self.history.id, offset: self.history.offset, db: self.stream_db.unwrap_or(0) };
        self.emit(Event::MasterCached { id: cached.id, offset: cached.offset });
        cached
    }

    /// `REPLICAOF NO ONE`: the node goes on as a master, under a new id; the old one stays valid up to here.
    pub(super) fn become_master(&mut self, now: Time) {
        if self.master.is_none() {
            return;
        }
        self.end_link(LostReason::Ended);
        self.config.replicaof = None;
        self.master = None;
        let (id, old) = (ReplId::random(&mut self.rng), self.history.id);
        self.history.shift_to(id);
        self.note_ids();
        self.decided(|node| Decision::Shift {
            old,
            new: id,
            offset: node.history.offset,
            second_offset: node.history.offset + 1,
        });
        self.disconnect_replicas();
        self.stream_db = None;
        self.no_replicas_since = now;
        self.emit(Event::RoleChanged { from: Role::Replica, to: Role::Master });
    }

    /// Calls the master (`connectWithMaster`).
    pub(super) fn dial_master(&mut self, now: Time) {
        let conn = ConnId::Dialled(self.next_dial);
        let Some(link) = &mut self.master else { return };
        self.next_dial += 1;
        link.conn = Some(conn);
        link.last_io = now;
        let to = link.addr.clone();
        self.outputs.push_back(Output::Connect { conn, to });
        self.set_link_state(LinkState::Connecting);
    }

    /// The connection to the master ended. What was reached is kept, and the master is called again at once;
    /// if that fails too, once a second (`replicationHandleMasterDisconnection`).
    pub(super) fn master_gone(&mut self, reason: LostReason, now: Time) {
        let Some(link) = &mut self.master else { return };
        let (state, had_conn) = (link.state, link.conn.take());
        if let Some(conn) = had_conn.filter(|_| !matches!(reason, LostReason::Closed | LostReason::Refused)) {
            self.outputs.push_back(Output::Close { conn });
        }
        if state == LinkState::Connected {
            self.cache_master(now);
        }
        self.forget_connection();
        self.emit(Event::LinkLost { reason });
        self.set_link_state(LinkState::Connect);
        let was_underway = matches!(state, LinkState::Connected | LinkState::Transfer);
        if (was_underway && reason != LostReason::NotModelled) || reason == LostReason::Timeout {
            self.dial_master(now);
        }
    }

    fn cache_master(&mut self, now: Time) {
        let place = self.place_in_history();
        let Some(link) = &mut self.master else { return };
        link.cached = place;
        link.down_since = Some(now);
        if let Some(cached) = place {
            self.emit(Event::MasterCached { id: cached.id, offset: cached.offset });
        }
    }

    /// Where a replica stands: with a link that stands, what it has applied; else what it kept.
    fn place_in_history(&self) -> Option<Cached> {
        let link = self.master.as_ref()?;
        match link.state {
            LinkState::Connected => {
                Some(Cached { id: self.history.id, offset: self.history.offset, db: link.follow.db })
            }
            _ => link.cached,
        }
    }

    /// Ends the link on our own account.
    fn end_link(&mut self, reason: LostReason) {
        let Some(link) = &mut self.master else { return };
        if let Some(conn) = link.conn.take() {
            self.outputs.push_back(Output::Close { conn });
            self.emit(Event::LinkLost { reason });
        }
        self.forget_connection();
    }

    fn forget_connection(&mut self) {
        if let Some(link) = &mut self.master {
            link.unread.clear();
            link.transfer = None;
            link.follow = Follow::default();
        }
    }

    /// During a failover a refused call is repeated ten times a second.
    pub(super) fn redial_while_failing_over(&mut self, now: Time) {
        if self.is_failing_over() && self.master.as_ref().is_some_and(|link| link.state == LinkState::Connect) {
            self.dial_master(now);
        }
    }

    /// Once a second: acknowledge, dial, or give up on a master that is silent for `repl-timeout`.
    pub(super) fn replica_cron(&mut self, now: Time) {
        let timeout_secs = self.config.repl_timeout_secs as i64;
        let Some(link) = &self.master else { return };
        let is_silent = now.secs() - link.last_io.secs() > timeout_secs;
        match link.state {
            LinkState::None => {}
            LinkState::Connect => self.dial_master(now),
            state if is_silent => {
                let (peer, silent_secs) = (link.addr.clone(), now.secs() - link.last_io.secs());
                self.decided(|node| {
                    let limit_secs = node.config.repl_timeout_secs;
                    Decision::Silence(Silence { peer, silent_secs, limit_secs, link: Some(state) })
                });
                self.master_gone(LostReason::Timeout, now);
            }
            LinkState::Connected if link.follow.acks => self.send_ack(),
            _ => {}
        }
    }

    /// `REPLCONF ACK <offset>`: everything up to this byte is applied.
    pub(super) fn send_ack(&mut self) {
        let Some(conn) = self.master.as_ref().and_then(|link| link.conn) else {
            return;
        };
        let offset = self.history.offset.to_string();
        let bytes: Bytes = crate::wire::encode_command(&[b"REPLCONF".as_slice(), b"ACK", offset.as_bytes()]).into();
        self.outputs.push_back(Output::Send { conn, bytes });
    }
}
