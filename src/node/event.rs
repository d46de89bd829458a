//! What a node says it did, in the field's words.
//!
//! Rule: an event is a value, never a sentence. Narration, the journal, the decisions panel and the checkers are made
//! from these; nothing is parsed back out of text. Where Redis writes a log line for the same thing, the variant says so.

use super::config::Role;
use super::decision::PsyncDecision;
use super::decisions::Decision;
use super::io::{Addr, ConnId};
use super::master::ReplicaState;
use super::replica::LinkState;
use crate::wire::{Bytes, ReplId};

/// Something that happened inside a node while it handled one input.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The process is up, with what its file told it of its place in a history.
    Started {
        id: ReplId,
        offset: u64,
        id2: ReplId,
        second_offset: Option<u64>,
    },
    /// A client's command ran (`call()`); `reply_is_error` as the client saw it.
    CommandRun {
        conn: ConnId,
        db: u8,
        args: Vec<Bytes>,
        reply_is_error: bool,
    },
    /// The master appended a command to its replication stream: bytes `start..=end` of history `id`.
    /// `injected` marks SELECT, PING and GETACK, which no client sent.
    Propagated {
        id: ReplId,
        start: u64,
        end: u64,
        args: Vec<Bytes>,
        injected: bool,
    },
    /// The replica applied a command of the stream; its offset is now `end`.
    Applied {
        id: ReplId,
        start: u64,
        end: u64,
        args: Vec<Bytes>,
    },
    /// The dataset is in the state that belongs to `offset`; equal states have equal fingerprints.
    DatasetAt {
        id: ReplId,
        offset: u64,
        fingerprint: u64,
    },
    /// A master deleted a key whose time had come.
    KeyExpired {
        db: u8,
        key: Bytes,
    },

    /// The backlog was made; its first byte will be `first`. `new_id` if a fresh id was drawn for it.
    BacklogCreated {
        first: u64,
        new_id: Option<ReplId>,
    },
    /// The oldest block left the backlog: bytes before `first` can no longer be asked for.
    BacklogTrimmed {
        from: u64,
        first: u64,
    },

    /// A replica's request was weighed (`masterTryPartialResynchronization`).
    PsyncDecided(Box<PsyncDecision>),
    /// Another rule was applied. What follows from it has events of its own.
    Decided(Box<Decision>),
    /// The snapshot was taken (`rdbSaveBackground`, the fork): it holds the dataset at `offset`.
    SnapshotStarted {
        offset: u64,
        keys: u64,
    },
    /// The snapshot is complete on disk (`backgroundSaveDoneHandler`).
    SnapshotSaved {
        bytes: u64,
    },
    /// All bytes of the snapshot were handed to the replica's connection (`sendBulkToSlave`).
    SnapshotSent {
        conn: ConnId,
        bytes: u64,
    },
    /// A replica moved to another state on its master's side.
    ReplicaStateChanged {
        conn: ConnId,
        addr: Addr,
        from: Option<ReplicaState>,
        to: ReplicaState,
    },
    /// The replica's connection is gone from the master's list (`freeClient`).
    ReplicaLost {
        conn: ConnId,
        addr: Addr,
        reason: LostReason,
    },
    /// `REPLCONF ACK`: the replica says it has applied everything up to `offset`.
    Acked {
        conn: ConnId,
        offset: u64,
    },

    /// The replica's side of the link moved (`server.repl_state`).
    LinkStateChanged {
        from: LinkState,
        to: LinkState,
    },
    /// The link to the master is gone, after it had stood or while it was being made.
    LinkLost {
        reason: LostReason,
    },
    /// The replica kept its master's id and offset, to ask for a partial resynchronization later (`replicationCacheMaster`).
    MasterCached {
        id: ReplId,
        offset: u64,
    },
    /// The master answered `+CONTINUE`: only the missing bytes follow. `new_id` if the history got another name.
    PartialAccepted {
        id: ReplId,
        offset: u64,
        new_id: Option<ReplId>,
    },
    /// The master answered `+FULLRESYNC`: a snapshot follows.
    FullResync {
        id: ReplId,
        offset: u64,
    },
    /// The length of the snapshot is known (`None`: diskless, its end is a mark).
    SnapshotAnnounced {
        bytes: Option<u64>,
    },
    /// The dataset that was here is gone; a snapshot of so many keys is being read (`startLoading`).
    LoadingStarted {
        keys: u64,
    },
    /// The dataset was written and read again (DEBUG RELOAD): values may be packed otherwise.
    Reloaded,
    /// A replica's output buffer holds more than its limit, so its connection is closed
    /// (`closeClientOnOutputBufferLimitReached`). Bytes.
    BufferExceeded {
        conn: ConnId,
        used: u64,
        limit: u64,
    },
    /// The snapshot is loaded; the dataset that was here before is gone.
    SnapshotLoaded {
        id: ReplId,
        offset: u64,
        keys: u64,
        was_id: ReplId,
        was_offset: u64,
    },
    /// What arrived could not be followed; the link is closed and what the node holds is kept.
    SyncFailed {
        why: String,
    },

    RoleChanged {
        from: Role,
        to: Role,
    },
    /// The replication id changed (`changeReplicationId`, `shiftReplicationId`).
    IdChanged {
        id: ReplId,
        id2: ReplId,
        second_offset: Option<u64>,
    },
    /// A recording shows something that the model does not know; it is passed over. Said once for each kind.
    NotModelled {
        what: String,
    },
    /// In the place of what was recorded from byte `start` of the stream on, the model would have written this.
    WouldHaveWritten {
        start: u64,
        bytes: Bytes,
    },
    /// The recorded snapshot holds another dataset than the stream had led to.
    WouldHaveSaved {
        offset: u64,
    },
    /// WAIT was answered: so many replicas have everything that its client wrote.
    WaitCounted {
        conn: ConnId,
        replicas: u64,
    },
    /// FAILOVER began: nobody may write until it ends.
    FailoverStarted,
    /// The replica that takes over has everything, or is made to without (`failover-in-progress`).
    FailingOver {
        to: Addr,
        /// The time was over, and it lacks something.
        forced: bool,
    },
    /// The process is to end, and waits for replicas that lack something (`prepareForShutdown`).
    ShutdownWaits,
    ShutdownAborted,
    /// The process ends (`finishShutdown`); these of its replicas lack something.
    Ended {
        replicas: u64,
        lagging: Vec<Addr>,
    },
    /// The failover ended with everything as it was.
    FailoverAborted {
        why: &'static str,
    },
    /// A client broke the protocol and was closed.
    ProtocolViolation {
        conn: ConnId,
        error: String,
    },
}

/// Why a connection between master and replica ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostReason {
    /// The connection was closed or reset by the other side or the network.
    Closed,
    /// Nothing was heard for `repl-timeout`.
    Timeout,
    /// It held back more than its output buffer may.
    BufferLimit,
    /// The connection attempt was refused.
    Refused,
    /// We ended it: REPLICAOF, a failed synchronization, a changed history.
    Ended,
    /// What the master sent is not modelled. Redis would have gone on; this node tries again at its next tick.
    NotModelled,
}
