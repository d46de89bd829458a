//! Clients that wait: for acknowledgements, for a key, for the end of a pause.
//!
//! Rule: what a waiting client sends stays unread until it is answered; then it is read at the end of the same turn. A
//! command that waits for a key is run again when the key is there, in the order in which clients came, each as a unit
//! of its own. Mirrors blocked.c (`handleClientsBlockedOnKeys`, `processUnblockedClients`,
//! `disconnectAllBlockedClients`) and `waitCommand` (replication.c).

use super::call::Call;
use super::command::Command;
use super::decisions::{Decision, Wait, WaitVerdict};
use super::io::ConnId;
use super::master::ReplicaState;
use super::value::Value;
use super::{Event, Node};
use crate::time::Time;
use crate::wire::{Bytes, Reply, Request};

/// What a client waits for.
#[derive(Clone, Debug)]
pub enum Blocked {
    /// WAIT: so many replicas that have everything up to this offset.
    Acks { offset: u64, replicas: i64 },
    /// BLPOP and its relatives: one of these keys.
    Keys { keys: Vec<Bytes>, command: &'static Command, args: Vec<Bytes> },
    /// SHUTDOWN: replicas have to catch up.
    Shutdown,
    /// The request is run when the pause ends.
    Postponed(Box<Request>),
}

/// A waiting client's place.
#[derive(Clone, Debug)]
pub struct Block {
    pub on: Blocked,
    /// When it is told that nothing came; [`Time::NEVER`]: it waits for ever.
    pub until: Time,
    /// Who came first is served first.
    number: u64,
}

impl Node {
    /// Does this client wait for something, so that its answer comes later?
    pub fn is_waiting(&self, conn: ConnId) -> bool {
        self.clients.get(conn).is_some_and(|client| client.blocked.is_some())
    }

    /// From now on this client waits.
    pub(super) fn block(&mut self, conn: ConnId, on: Blocked, until: Time) {
        self.last_block += 1;
        let block = Block { on, until, number: self.last_block };
        if let Some(client) = self.clients.get_mut(conn) {
            client.blocked = Some(block);
        }
    }

    /// It waits no longer; what it sent meanwhile is read at the end of this turn.
    fn unblock(&mut self, conn: ConnId, reply: Option<Reply>) {
        let Some(client) = self.clients.get_mut(conn) else { return };
        client.blocked = None;
        if let Some(reply) = reply {
            reply.encode(&mut client.out);
        }
        self.unblocked.push(conn);
    }

    /// Reads what clients sent while they waited. They may wait again, or let others go on.
    pub(super) fn read_unblocked(&mut self, now: Time) {
        while !self.unblocked.is_empty() {
            for conn in std::mem::take(&mut self.unblocked) {
                self.read_from_client(conn, &[], now);
            }
        }
    }

    /// The waiting clients, first come first.
    fn blocked(&self) -> Vec<(ConnId, &Block)> {
        let mut blocked: Vec<_> =
            self.clients.iter().filter_map(|(conn, client)| Some((conn, client.blocked.as_ref()?))).collect();
        blocked.sort_unstable_by_key(|(_, block)| block.number);
        blocked
    }

    pub(super) fn next_block_end(&self) -> Time {
        let ends = self.clients.values().filter_map(|client| client.blocked.as_ref());
        ends.map(|block| block.until).fold(Time::NEVER, Time::min)
    }

    /// Whose time is over is told so (`replyToBlockedClientOnTimeout`).
    pub(super) fn end_blocks(&mut self, now: Time) {
        let over: Vec<ConnId> =
            self.blocked().into_iter().filter(|(_, block)| block.until <= now).map(|(conn, _)| conn).collect();
        over.into_iter().for_each(|conn| self.give_up_waiting(conn));
    }

    fn give_up_waiting(&mut self, conn: ConnId) {
        let reply = match self.clients.get(conn).and_then(|client| client.blocked.as_ref()).map(|block| &block.on) {
            Some(&Blocked::Acks { offset, replicas }) => {
                self.note_wait(conn, offset, replicas, WaitVerdict::TimedOut);
                Reply::int(self.replicas_at(offset))
            }
            _ => Reply::NullArray,
        };
        self.unblock(conn, Some(reply));
    }

    /// CLIENT UNBLOCK: false if that client does not wait for anything that can be cut short.
    pub(super) fn unblock_on_request(&mut self, id: u64, with_error: bool) -> bool {
        let found =
            self.clients.iter().find(|(_, client)| client.id == id).map(|(conn, client)| (conn, &client.blocked));
        let Some((conn, Some(Block { on: Blocked::Acks { .. } | Blocked::Keys { .. }, .. }))) = found else {
            return false;
        };
        match with_error {
            true => self.unblock(conn, Some(Reply::error(b"UNBLOCKED client unblocked via CLIENT UNBLOCK"))),
            false => self.give_up_waiting(conn),
        }
        true
    }

    /// This node becomes a replica: who waits is sent away.
    pub(super) fn unblock_all(&mut self) {
        const WHY: &[u8] =
            b"UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)";
        let waiting: Vec<ConnId> = self
            .blocked()
            .into_iter()
            .filter(|(_, block)| !matches!(block.on, Blocked::Postponed(_) | Blocked::Shutdown))
            .map(|(conn, _)| conn)
            .collect();
        for conn in waiting {
            self.unblock(conn, Some(Reply::error(WHY)));
            if let Some(client) = self.clients.get_mut(conn) {
                client.close_after_reply = true;
            }
        }
    }

    /// SHUTDOWN was aborted.
    pub(super) fn tell_who_asked_to_end(&mut self) {
        let asked = |block: &Block| matches!(block.on, Blocked::Shutdown);
        let waiting: Vec<ConnId> =
            self.blocked().into_iter().filter(|(_, block)| asked(block)).map(|(conn, _)| conn).collect();
        for conn in waiting {
            self.unblock(conn, Some(Reply::error(b"ERR Errors trying to SHUTDOWN. Check logs.")));
        }
    }

    /// A pause is over: what was postponed is run.
    pub(super) fn resume_postponed(&mut self, now: Time) {
        let postponed: Vec<(ConnId, Request)> = self
            .blocked()
            .into_iter()
            .filter_map(|(conn, block)| match &block.on {
                Blocked::Postponed(request) => Some((conn, (**request).clone())),
                _ => None,
            })
            .collect();
        for (conn, request) in postponed {
            self.unblock(conn, None);
            self.process(conn, request, now);
        }
    }

    /// How many replicas have acknowledged everything up to this offset (`replicationCountAcksByOffset`).
    pub(super) fn replicas_at(&self, offset: u64) -> i64 {
        self.replicas().filter(|r| r.state == ReplicaState::Online && r.ack_offset >= offset).count() as i64
    }

    /// WAIT was counted.
    pub(super) fn note_wait(&mut self, conn: ConnId, offset: u64, wanted: i64, verdict: WaitVerdict) {
        self.decided(|node| {
            let (have, replicas) = (node.replicas_at(offset), node.acked());
            Decision::Wait(Wait { conn, offset, wanted, have, replicas, verdict })
        });
    }

    /// Whoever waits for acknowledgements that have come by now goes on (`processClientsWaitingReplicas`).
    pub(super) fn count_acks(&mut self) {
        let met: Vec<(ConnId, u64, i64, i64)> = self
            .blocked()
            .into_iter()
            .filter_map(|(conn, block)| match block.on {
                Blocked::Acks { offset, replicas } => Some((conn, offset, self.replicas_at(offset), replicas)),
                _ => None,
            })
            .filter(|(_, _, count, wanted)| count >= wanted)
            .collect();
        for (conn, offset, count, wanted) in met {
            self.note_wait(conn, offset, wanted, WaitVerdict::Met);
            self.emit(Event::WaitCounted { conn, replicas: count as u64 });
            self.unblock(conn, Some(Reply::int(count)));
        }
    }

    /// Asks all replicas how far they are, once for all who wait.
    pub(super) fn ask_for_acks(&mut self, now: Time) {
        if self.wants_acks && self.paused(now).is_none() {
            self.wants_acks = false;
            let words: [&[u8]; 3] = [b"REPLCONF", b"GETACK", b"*"];
            self.feed(None, &words.map(Bytes::from), true);
            self.note_dataset();
        }
    }

    /// A key came to be, or holds another value: somebody may wait for it (`signalKeyAsReady`).
    pub(super) fn key_is_ready(&mut self, db: u8, key: &Bytes) {
        let waits = |client: &super::Client| matches!(&client.blocked, Some(Block { on: Blocked::Keys { .. }, .. }));
        if self.clients.values().any(waits) {
            self.ready_keys.push((db, key.clone()));
        }
    }

    /// Serves those who wait for the keys that came to be.
    pub(super) fn serve_ready_keys(&mut self, now: Time) {
        while !self.ready_keys.is_empty() {
            for (db, key) in std::mem::take(&mut self.ready_keys) {
                self.serve_key(db, &key, now);
            }
        }
    }

    fn serve_key(&mut self, db: u8, key: &Bytes, now: Time) {
        let waiting: Vec<(ConnId, &'static Command, Vec<Bytes>)> = self
            .blocked()
            .into_iter()
            .filter_map(|(conn, block)| match &block.on {
                Blocked::Keys { keys, command, args } if keys.contains(key) => {
                    Some((conn, *command, only(args, keys, key)))
                }
                _ => None,
            })
            .filter(|(conn, ..)| self.clients.get(*conn).is_some_and(|client| client.db == db))
            .collect();
        for (conn, command, args) in waiting {
            let holds = self.keyspace.get(db, key).map(|entry| &entry.value);
            let is_right = match holds {
                Some(Value::List(_)) => !command.name.starts_with("bz"),
                Some(Value::SortedSet(_)) => command.name.starts_with("bz"),
                _ => false,
            };
            if !is_right {
                continue;
            }
            let mut call = Call::new(self, now, conn, db, args, command);
            call.may_block = false;
            if call.lookup(key).is_none() {
                // Its time has passed: it goes, and everybody waits on.
                self.propagate_unit();
                continue;
            }
            let reply = call.run();
            self.propagate_unit();
            self.unblock(conn, reply);
        }
    }
}

/// The same command for one of its keys: what is before the keys, the key, and what is behind them. A number of keys
/// before them becomes 1.
fn only(args: &[Bytes], keys: &[Bytes], key: &Bytes) -> Vec<Bytes> {
    let is_counted = args.first().is_some_and(|name| name.to_ascii_lowercase().ends_with(b"mpop"));
    let moves = args.first().is_some_and(|name| !name.to_ascii_lowercase().ends_with(b"pop") && !is_counted)
        || args.first().is_some_and(|name| name.eq_ignore_ascii_case(b"brpoplpush"));
    if moves {
        return args.to_vec();
    }
    match (is_counted, args) {
        (true, [name, timeout, _, rest @ ..]) => {
            let one: Bytes = b"1"[..].into();
            let behind = rest.get(keys.len()..).unwrap_or_default();
            [&[name.clone(), timeout.clone(), one, key.clone()], behind].concat()
        }
        (false, [name, .., timeout]) => vec![name.clone(), key.clone(), timeout.clone()],
        _ => args.to_vec(),
    }
}
