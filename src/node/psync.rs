//! PSYNC and SYNC: may this replica continue, or must it start over?
//!
//! Rule: the decision is a pure function of the request and the master's state, made once in [`Node::decide`]; what
//! follows from it is done after. Guards come first, in Redis' order.
//! Mirrors `syncCommand` and `masterTryPartialResynchronization` (replication.c).

use super::backlog::Backlog;
use super::call::{Call, CommandError};
use super::io::ConnId;
use super::master::{ReplicaClient, ReplicaState};
use super::replica::LinkState;
use super::{Event, FullReason, Node, PsyncDecision, PsyncVerdict, Role};
use crate::time::Time;
use crate::wire::{Bytes, PsyncReply, Reply};

/// `PSYNC <id> <offset>`, `SYNC`. Answers by making the client a replica; a reply is only an error.
pub(super) fn sync(call: &mut Call) -> Result<Option<Reply>, CommandError> {
    let (conn, now) = (call.conn, call.now);
    let node = &mut *call.node;
    let Some(client) = node.clients.get(conn) else {
        return Ok(None);
    };
    if client.replica.is_some() {
        return Ok(None);
    }
    let has_pending_output = !client.out.is_empty();
    if let [_, id, _, option] = call.args.as_slice()
        && option.eq_ignore_ascii_case(b"failover")
    {
        if node.role() == Role::Master {
            return Err(CommandError::new("ERR PSYNC FAILOVER can't be sent to a master."));
        }
        if !node.history.id.matches(id) {
            return Err(CommandError::new("ERR PSYNC FAILOVER replid must match my replid."));
        }
        node.become_master(now);
    }
    if node.failover.is_some() {
        return Err(CommandError::new("NOMASTERLINK Can't SYNC while failing over"));
    }
    if node.master.as_ref().is_some_and(|link| link.state != LinkState::Connected) {
        return Err(CommandError::new("NOMASTERLINK Can't SYNC while not connected with my master"));
    }
    if has_pending_output {
        return Err(CommandError::new("ERR SYNC and PSYNC are invalid with pending output"));
    }
    let asked = match call.args.as_slice() {
        [_, id, offset, ..] => {
            let offset = crate::wire::decimal(offset).ok_or(CommandError::NOT_AN_INTEGER)?;
            Some((id.clone(), offset))
        }
        _ => None,
    };
    let decision = node.decide(conn, asked);
    let verdict = decision.verdict;
    let asked_offset = decision.asked_offset;
    node.emit(Event::PsyncDecided(Box::new(decision)));
    match verdict {
        PsyncVerdict::Partial { .. } => node.accept_partial(conn, asked_offset as u64, now),
        PsyncVerdict::Full { reason } => node.begin_full(conn, reason, now),
    }
    Ok(None)
}

impl Node {
    /// What PSYNC with this id and first missing byte would be answered now.
    pub fn would_answer(&self, id: &[u8], offset: i64) -> PsyncVerdict {
        match self.check_id(id, offset).and_then(|()| self.check_window(offset)) {
            Ok(()) => PsyncVerdict::Partial { bytes: (self.history.offset as i64 + 1 - offset) as u64 },
            Err(reason) => PsyncVerdict::Full { reason },
        }
    }

    /// Weighs a request against ids and backlog. `asked`: id and first missing byte, or `None` for SYNC.
    fn decide(&self, conn: ConnId, asked: Option<(Bytes, i64)>) -> PsyncDecision {
        let (asked_id, asked_offset) = asked.map_or((None, -1), |(id, offset)| (Some(id), offset));
        let verdict = match asked_id.as_deref() {
            None => PsyncVerdict::Full { reason: FullReason::OldSync },
            Some(id) => self.would_answer(id, asked_offset),
        };
        PsyncDecision {
            replica: self.clients.get(conn).map(Node::replica_addr).unwrap_or_else(|| self.addr()),
            asked_id,
            asked_offset,
            id: self.history.id,
            id2: self.history.id2,
            second_offset: self.history.second_offset,
            backlog: self.backlog.as_ref().map(|b| (b.first(), b.len())),
            master_offset: self.history.offset,
            verdict,
        }
    }

    /// First condition: the id is one of ours, and for the second one the offset lies before the histories part.
    fn check_id(&self, id: &[u8], offset: i64) -> Result<(), FullReason> {
        if self.history.id.matches(id) {
            return Ok(());
        }
        match self.history.second_offset {
            Some(second) if self.history.id2.matches(id) && offset <= second as i64 => Ok(()),
            Some(_) if self.history.id2.matches(id) => Err(FullReason::BeyondSecondId),
            _ if id.first() == Some(&b'?') => Err(FullReason::Asked),
            _ => Err(FullReason::IdMismatch),
        }
    }

    /// Second condition: the first missing byte is still in the backlog, or is the very next one.
    fn check_window(&self, offset: i64) -> Result<(), FullReason> {
        let backlog = self.backlog.as_ref().ok_or(FullReason::NoBacklog)?;
        match u64::try_from(offset) {
            Ok(offset) if backlog.covers(offset) => Ok(()),
            Ok(offset) if offset > backlog.first() => Err(FullReason::AfterBacklog),
            _ => Err(FullReason::BeforeBacklog),
        }
    }

    fn accept_partial(&mut self, conn: ConnId, from: u64, now: Time) {
        let Some(client) = self.clients.get(conn) else {
            return;
        };
        let id = client.capabilities.psync2.then_some(self.history.id);
        let mut replica = new_replica(conn, client, ReplicaState::Online, now);
        replica.cursor = from;
        self.add_replica(conn, replica);
        self.stats.sync_partial_ok += 1;
        self.send(conn, &PsyncReply::Continue { id }.encode());
    }

    fn begin_full(&mut self, conn: ConnId, reason: FullReason, now: Time) {
        let Some(client) = self.clients.get(conn) else {
            return;
        };
        let mut replica = new_replica(conn, client, ReplicaState::WaitBgsaveStart, now);
        replica.pre_psync = reason == FullReason::OldSync;
        self.stats.sync_full += 1;
        if !matches!(reason, FullReason::OldSync | FullReason::Asked) {
            self.stats.sync_partial_err += 1;
        }
        self.add_replica(conn, replica);
        if self.replica_order.len() == 1 && self.backlog.is_none() {
            self.begin_history();
        }
        self.join_or_start_snapshot(conn, now);
    }

    /// The first replica attaches: the stream starts here, under an id that nobody has seen. On a master that once had
    /// a backlog a new id is needed, because what it wrote without one was not counted.
    fn begin_history(&mut self) {
        let new_id = (self.role() == Role::Master).then(|| {
            self.history.rename(&mut self.rng);
            self.history.id
        });
        self.create_backlog(new_id);
        self.note_ids();
    }

    /// `createReplicationBacklog`: empty, and its first byte is the next one.
    pub(super) fn create_backlog(&mut self, new_id: Option<crate::wire::ReplId>) {
        let first = self.history.offset + 1;
        self.backlog = Some(Backlog::new(first, self.config.repl_backlog_size, self.config.backlog_block));
        self.emit(Event::BacklogCreated { first, new_id });
    }
}

fn new_replica(conn: ConnId, client: &super::client::Client, state: ReplicaState, now: Time) -> ReplicaClient {
    ReplicaClient {
        conn,
        addr: Node::replica_addr(client),
        state,
        ack_offset: 0,
        ack_time: now,
        initial_offset: 0,
        cursor: 0,
        bulk: None,
        pre_psync: false,
        stream_on_ack: false,
        unsent: 0,
        wants_write: false,
        over_soft_since: None,
    }
}
