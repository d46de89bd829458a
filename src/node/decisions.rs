//! The choices that a node makes, with the numbers that each was made of. PSYNC has a file of its own: `decision.rs`.
//!
//! Rule: a decision is emitted where it is made, with the values that were compared and nothing that is computed for it
//! alone; conditions and words are made from it in `scene/decision`. The small program says nothing of these.

use super::failover::FailoverState;
use super::io::{Addr, ConnId};
use super::master::{ReplicaClient, ReplicaState};
use super::replica::LinkState;
use super::{Event, Node, Role};
use crate::time::Time;
use crate::wire::{Bytes, ReplId};

/// A rule that was applied. Offsets and sizes in bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// May the oldest block leave the backlog? (`incrementalTrimReplicationBacklog`)
    Trim(Trim),
    /// May a new replica share the snapshot that is being made? (`syncCommand`)
    Attach(Attach),
    /// Has the last byte of a replica's snapshot left? (`sendBulkToSlave`, `updateSlavesWaitingBgsave`)
    PutOnline(PutOnline),
    /// May the stream follow a diskless snapshot? (`replicaStartCommandStream`)
    StartStream { replica: Addr, acked: u64, held: u64 },
    /// Up to which byte is the old id answered after a promotion? (`shiftReplicationId`)
    Shift { old: ReplId, new: ReplId, offset: u64, second_offset: u64 },
    /// What becomes of a key whose time has passed? (`expireIfNeeded`)
    Expiry(Expiry),
    /// How many replicas have what a client wrote? (`waitCommand`)
    Wait(Wait),
    /// Are there enough good replicas to write? (`checkGoodReplicasStatus`) Said only when not.
    TooFewReplicas(TooFewReplicas),
    /// May a client read while the link to the master is down? (`processCommand`)
    Stale(Stale),
    /// A write came to a replica that takes none (`processCommand`).
    ReadOnly { command: &'static str },
    /// How does FAILOVER go on? (`failoverCommand`, `updateFailoverStatus`)
    Failover(FailoverStep),
    /// Does a replica hold back too much? (`checkClientOutputBufferLimits`) Said when it is over a limit.
    Buffer(Buffer),
    /// The other side was silent for too long (`replicationCron`).
    Silence(Silence),
}

/// The oldest block, weighed.
#[derive(Clone, Debug, PartialEq)]
pub struct Trim {
    /// `repl_backlog_histlen` before, and `repl_backlog_size`.
    pub len: u64,
    pub size: u64,
    /// Blocks before.
    pub blocks: u64,
    /// The oldest block: its first byte, and how many it holds.
    pub first: u64,
    pub bytes: u64,
    /// Replicas whose next byte lies in it.
    pub readers: Vec<Addr>,
    /// How many blocks left. Only the first of them is told of.
    pub left: u64,
}

/// A new replica, and the snapshot that is being made.
#[derive(Clone, Debug, PartialEq)]
pub struct Attach {
    pub replica: Addr,
    /// What it understands: the mark at the end of a diskless snapshot, and another id in `+CONTINUE`.
    pub eof: bool,
    pub psync2: bool,
    /// The snapshot under way: does it go straight to sockets, and which offset does it belong to?
    pub running: Option<(bool, u64)>,
    /// The first replica that waits for it, and what that one understands.
    pub other: Option<(Addr, bool, bool)>,
    /// `repl-diskless-sync` and `repl-diskless-sync-delay`, seconds.
    pub diskless: bool,
    pub delay_secs: u64,
    pub verdict: AttachVerdict,
}

/// Which snapshot a new replica gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachVerdict {
    /// That under way.
    Shares,
    /// The one after that under way.
    WaitsForNext,
    /// The cron starts one once the delay is over.
    WaitsForOthers,
    /// One is started now.
    Starts,
}

/// A replica's snapshot has left.
#[derive(Clone, Debug, PartialEq)]
pub struct PutOnline {
    pub replica: Addr,
    pub sent: u64,
    pub total: u64,
    pub diskless: bool,
    /// Bytes of the stream that wait behind the snapshot.
    pub held: u64,
}

/// A key whose time has passed, and who looked at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Expiry {
    pub key: Bytes,
    /// Unix time, ms.
    pub at_ms: i64,
    pub now_ms: i64,
    pub role: Role,
    /// The command that looked, and where it came from; `None`: the cycle that looks ten times a second.
    pub command: Option<&'static str>,
    pub from_master: bool,
    /// A write on a replica that takes writes deletes all the same.
    pub writes_here: bool,
    pub paused: bool,
    pub verdict: ExpiryVerdict,
}

/// What becomes of a key whose time has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiryVerdict {
    /// The command sees it: it comes from the master.
    Seen,
    /// It stays, and is not shown.
    Hidden,
    Deleted,
}

/// A replica, and what it has acknowledged.
#[derive(Clone, Debug, PartialEq)]
pub struct Acked {
    pub replica: Addr,
    pub state: ReplicaState,
    pub offset: u64,
}

/// WAIT, counted once.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    pub conn: ConnId,
    /// What the client's last write ended at.
    pub offset: u64,
    pub wanted: i64,
    pub have: i64,
    pub replicas: Vec<Acked>,
    pub verdict: WaitVerdict,
}

/// What came of counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitVerdict {
    /// Enough: the client is answered.
    Met,
    /// Too few, and the client waits.
    Blocks,
    /// Too few, and EXEC does not wait.
    InTransaction,
    /// Too few, and the time is over.
    TimedOut,
}

/// A write was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct TooFewReplicas {
    pub command: &'static str,
    /// `min-replicas-to-write`, and `min-replicas-max-lag`, seconds.
    pub wanted: u64,
    pub max_lag_secs: u64,
    /// As counted last.
    pub good: u64,
    /// Each replica, and for how many seconds it has been silent by now.
    pub replicas: Vec<(Addr, ReplicaState, i64)>,
}

/// A command came while the link to the master is down.
#[derive(Clone, Debug, PartialEq)]
pub struct Stale {
    pub command: &'static str,
    pub link: LinkState,
    /// `replica-serve-stale-data`.
    pub serves: bool,
    /// The command needs no data (`CMD_STALE`).
    pub needs_no_data: bool,
}

/// FAILOVER goes on, or ends.
#[derive(Clone, Debug, PartialEq)]
pub struct FailoverStep {
    pub from: Option<FailoverState>,
    pub to: Option<FailoverState>,
    /// The replica that was named, or that was found.
    pub target: Option<Addr>,
    pub force: bool,
    pub until: Option<Time>,
    pub now: Time,
    /// `master_repl_offset`, and what each replica has acknowledged.
    pub offset: u64,
    pub replicas: Vec<Acked>,
    /// It ends with everything as it was.
    pub aborted: Option<&'static str>,
}

/// A replica's output, and its limits; 0 is no limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Buffer {
    pub replica: Addr,
    pub used: u64,
    /// As configured, and as it holds: never below the backlog's size.
    pub hard_set: u64,
    pub hard: u64,
    pub soft: u64,
    pub soft_secs: u64,
    /// For how long it has been over the soft limit; `None`: it is not.
    pub over_secs: Option<i64>,
    pub closed: bool,
}

/// Nothing was heard for longer than `repl-timeout`.
#[derive(Clone, Debug, PartialEq)]
pub struct Silence {
    pub peer: Addr,
    pub silent_secs: i64,
    pub limit_secs: u64,
    /// What the link waited for; `None`: the master's side, which waits for acknowledgements.
    pub link: Option<LinkState>,
}

impl Node {
    /// Says what was decided, in the program that can show it.
    pub(super) fn decided(&mut self, decision: impl FnOnce(&Node) -> Decision) {
        if super::COMPLETE {
            let decision = decision(self);
            self.emit(Event::Decided(Box::new(decision)));
        }
    }

    /// How far each replica has come.
    pub(super) fn acked(&self) -> Vec<Acked> {
        let acked = |r: &ReplicaClient| Acked { replica: r.addr.clone(), state: r.state, offset: r.ack_offset };
        self.replicas().map(acked).collect()
    }
}
