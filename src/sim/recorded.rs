//! What a recording shows, as acts of a world that plays it back.
//!
//! Rule: an act is something that the wire showed, or what must have happened for it to be shown. It names no state of
//! a node: what follows from it, the nodes say themselves, and `world/playback.rs` compares.

use super::NodeId;
use crate::node::{Introduction, Place};
use crate::wire::{Bytes, ReplId};
use std::time::Duration;

/// A connection, from its beginning to its end: what is decided on it is known before it is decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Talk {
    pub replica: NodeId,
    pub master: NodeId,
    /// Id and first missing byte, as PSYNC named them.
    pub asked: Option<(Bytes, i64)>,
    pub answer: Option<Answer>,
    pub introduction: Introduction,
    /// The last byte of the stream that reached the replica, where it shows later that more did not.
    pub reached: Option<u64>,
    /// Only shown, not given to the nodes: it speaks a protocol that the model does not.
    pub is_foreign: bool,
}

/// The master's answer to PSYNC, with what the rest of the recording tells of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Full {
        id: ReplId,
        offset: u64,
        /// Bytes before `offset` were never seen.
        after_gap: bool,
        /// If it came whole.
        snapshot: Option<Bytes>,
        /// Its end was a mark.
        diskless: bool,
    },
    Partial {
        id: Option<ReplId>,
        /// The first byte that follows.
        from: u64,
        after_gap: bool,
        /// Of what follows, the bytes that were in the backlog and were not seen before.
        older: Bytes,
        /// What followed at once, and so was in the backlog: position in the connection, offset, bytes
        /// of whole commands.
        missed: Vec<(u64, u64, Bytes)>,
    },
    Refused,
}

/// Everything that is known of the whole recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    pub talks: Vec<Talk>,
    /// Of each history, the last bytes of commands outside transactions: where a replica can stand. Ascending.
    pub ends: Vec<(ReplId, Vec<u64>)>,
}

impl Recorded {
    /// Can a replica stand here?
    pub fn is_end(&self, id: &ReplId, offset: u64) -> bool {
        let of = self.ends.iter().filter(|(known, _)| known == id);
        of.into_iter().any(|(_, ends)| ends.binary_search(&offset).is_ok())
    }
}

/// One act of a recording.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// What is known of a process from what it says later.
    Stands {
        node: NodeId,
        place: Place,
        snapshot: Option<Bytes>,
    },
    /// The replica's call was answered.
    Opens {
        talk: u32,
    },
    /// The replica's call was refused.
    Refused {
        replica: NodeId,
        master: NodeId,
    },
    /// These bytes joined the master's stream: at position `at` of this connection they were first seen.
    Wrote {
        talk: u32,
        at: u64,
        id: ReplId,
        first: u64,
        bytes: Bytes,
        written: Written,
    },
    /// Bytes pass. How long they take is not recorded: `flight` is made so that nothing overtakes anything.
    Passes {
        talk: u32,
        from_replica: bool,
        bytes: Bytes,
        kind: Passing,
        flight: Duration,
    },
    Closed {
        talk: u32,
    },
}

/// What bytes of the stream are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Commands,
    /// A command whose end is not in the recording.
    Cut,
    /// No commands.
    Nonsense,
}

/// What passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    /// A command of the replica, or its line feed.
    Command,
    /// An answer of the master, or its line feed.
    Line,
    Verdict,
    Preamble,
    /// `ends`: this is the end of a snapshot of so many bytes.
    Snapshot {
        ends: Option<u64>,
    },
    Stream,
    Unknown,
}

/// What the model would have said in the place of what was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub talk: u32,
    pub from_replica: bool,
    /// Position in this direction of the connection.
    pub at: u64,
    pub expected: String,
    pub found: String,
}

/// What cannot be told from the wire, and was taken from the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// Where a server stood when it was first seen.
    Beginning,
    /// Bytes of the stream that passed on no recorded connection.
    Gap,
    /// A server came back with another place in a history: it was restarted, or was somebody else's replica.
    Return,
    /// A replica became a master.
    Promotion,
    /// How much a master keeps in its backlog.
    Backlog,
    /// A master refused for a reason of its own.
    Refusal,
    /// What only servers of another version, or another setting, say.
    Setting,
}

impl Trust {
    pub fn words(self) -> &'static str {
        match self {
            Trust::Beginning => "where a server stood when it was first seen",
            Trust::Gap => "bytes of a stream that passed on no recorded connection",
            Trust::Return => "the place in a history that a server came back with",
            Trust::Promotion => "the moment of a promotion, and the new id",
            Trust::Backlog => "how far back a backlog reached",
            Trust::Refusal => "an error by which a master refused",
            Trust::Setting => "what a setting or another version made a server say",
        }
    }
}
