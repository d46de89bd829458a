//! The rule by which a master answers PSYNC, with the numbers that it was applied to.
//!
//! Rule: conditions are weighed in order; the first that fails decides, and those after it are not reached. The value
//! keeps every number, so that the page can show the arithmetic instead of claiming it.
//! Mirrors `masterTryPartialResynchronization` (replication.c).

use super::io::Addr;
use crate::wire::{Bytes, ReplId};

/// A request for synchronization and the state of the master that weighed it.
#[derive(Clone, Debug, PartialEq)]
pub struct PsyncDecision {
    pub replica: Addr,
    /// What the replica sent as id: 40 characters, or `?`. `None` for the old SYNC command.
    pub asked_id: Option<Bytes>,
    /// The first byte the replica lacks; -1 with `?`.
    pub asked_offset: i64,
    pub id: ReplId,
    pub id2: ReplId,
    /// Up to which byte `id2` is answered; `None` while there is no second id (INFO shows -1).
    pub second_offset: Option<u64>,
    /// The window of the backlog: its first byte and how many follow; `None` while there is no backlog.
    pub backlog: Option<(u64, u64)>,
    pub master_offset: u64,
    pub verdict: PsyncVerdict,
}

/// What the master decided, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PsyncVerdict {
    /// `+CONTINUE`, and this many bytes of the backlog.
    Partial { bytes: u64 },
    /// `+FULLRESYNC`, for this reason.
    Full { reason: FullReason },
}

/// Which condition sent the replica to a full resynchronization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FullReason {
    /// The replica said `PSYNC ? -1`: it has no history to continue.
    Asked,
    /// SYNC, the command of replicas before 2.8, knows no other answer.
    OldSync,
    /// The id is neither of ours.
    IdMismatch,
    /// The id is our second one, but the offset lies beyond the point where the histories part.
    BeyondSecondId,
    /// No backlog to take bytes from.
    NoBacklog,
    /// The byte has left the backlog.
    BeforeBacklog,
    /// The byte does not exist yet.
    AfterBacklog,
}
