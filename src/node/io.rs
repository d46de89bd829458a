//! What goes into a node and what comes out: the whole of its contact with the world.
//!
//! Rule: both are plain values, so a run is a list of them: it can be logged, replayed, fuzzed and shared.
//! A host gives one [`Input`], then drains every [`Output`] and every [`Event`](super::Event), then gives the next.
//! These stand where Redis has its event loop (`ae.c`), its sockets (`connection.c`) and its files (`rio.c`).

use crate::wire::Bytes;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// One TCP connection, as its node knows it. Numbers are never used twice by one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ConnId {
    /// The node asked for it with [`Output::Connect`] (a replica calls its master); the node chose the number.
    Dialled(u64),
    /// Somebody called the node; the host chose the number.
    Accepted(u64),
}

/// Where a node can be reached, as text the way INFO and REPLICAOF spell it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Addr {
    pub host: String,
    pub port: u16,
}

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// What happens to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The moment that [`Node::next_timeout`](super::Node::next_timeout) named has come.
    Wake,
    /// A client or a replica called us from `peer`, at `local`.
    Accepted { conn: ConnId, peer: Addr, local: Addr },
    /// The connection asked for by [`Output::Connect`] stands.
    Connected { conn: ConnId },
    /// The connection asked for by [`Output::Connect`] was refused.
    Refused { conn: ConnId },
    /// Bytes arrived, in order, in any pieces.
    Data { conn: ConnId, bytes: Bytes },
    /// All that was handed over on a connection that asked with [`Output::WantWrite`] has left.
    Writable { conn: ConnId },
    /// The process stood still for so long (SIGSTOP and SIGCONT, DEBUG SLEEP). Its cron counts turns, so it ticks later by that.
    StoodStill { time: Duration },
    /// The operator asks the process to end (SIGTERM).
    Terminate,
    /// The other side closed, or the connection was reset. Nothing more comes from it.
    Closed { conn: ConnId },
    /// A recording shows what this process did of its own accord. Only for nodes that are rebuilt from one.
    Told(super::Told),
}

/// What a node asks of its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Open a connection; answer with [`Input::Connected`] or [`Input::Refused`].
    Connect { conn: ConnId, to: Addr },
    /// Write these bytes. The host may not drop or reorder them.
    Send { conn: ConnId, bytes: Bytes },
    /// Tell me with [`Input::Writable`] when what I handed over on this connection has left.
    WantWrite { conn: ConnId },
    /// Close after what was sent has left. The host reports nothing more about it.
    Close { conn: ConnId },
    /// Do nothing for so long, neither what follows nor give an input; then give [`Input::StoodStill`] (DEBUG SLEEP).
    StandStill { time: Duration },
    /// End the process, once everything that was sent has left.
    Exit,
    /// Replace the RDB file on disk by these bytes.
    SaveRdb { bytes: Bytes },
    /// Remove the RDB file.
    RemoveRdb,
    /// Write the settings into the file that the process was started with; `users`: its lines that define users.
    SaveConfig { users: Vec<Bytes> },
}
