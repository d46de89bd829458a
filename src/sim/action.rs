//! What is done to a world from outside: commands of clients, and faults.

use super::{Act, NodeId};
use crate::wire::Bytes;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One act of the script, of a learner, or of a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// A client of this node sends one command.
    Command {
        node: NodeId,
        args: Vec<Bytes>,
    },
    /// The link is cut: what stands is reset, what is called is refused.
    Cut {
        a: NodeId,
        b: NodeId,
    },
    /// The link swallows everything without a word; TCP delivers it once the link is healed.
    BlackHole {
        a: NodeId,
        b: NodeId,
    },
    /// The link is whole again.
    Heal {
        a: NodeId,
        b: NodeId,
    },
    /// The link gets another latency or bandwidth (bytes a second; `None`: no limit).
    Slow {
        a: NodeId,
        b: NodeId,
        latency: Duration,
        bandwidth: Option<u64>,
    },
    /// The process stands still (SIGSTOP): its connections stay, it does nothing.
    Pause {
        node: NodeId,
    },
    Resume {
        node: NodeId,
    },
    /// The process is killed (kill -9). Its RDB file stays.
    Crash {
        node: NodeId,
    },
    /// The process starts again, with the RDB file it left behind or without it.
    Restart {
        node: NodeId,
        keep_rdb: bool,
    },
    /// A machine joins, with a process that has the settings of [`Setup::newcomer`](super::Setup). Its number is one that no
    /// other has or had.
    #[cfg(feature = "complete")]
    Add {
        node: NodeId,
        name: String,
        port: u16,
        replicaof: Option<NodeId>,
    },
    /// The machine is taken away for good: its process is killed, its file is gone.
    #[cfg(feature = "complete")]
    Remove {
        node: NodeId,
    },
    /// Something that a recording shows. Never part of a link.
    #[serde(skip)]
    Recorded(Act),
}

impl Action {
    /// The nodes it concerns.
    pub fn nodes(&self) -> Vec<NodeId> {
        match *self {
            Action::Command { node, .. }
            | Action::Pause { node }
            | Action::Resume { node }
            | Action::Crash { node }
            | Action::Restart { node, .. } => {
                vec![node]
            }
            Action::Cut { a, b } | Action::BlackHole { a, b } | Action::Heal { a, b } | Action::Slow { a, b, .. } => {
                vec![a, b]
            }
            #[cfg(feature = "complete")]
            Action::Add { node, .. } | Action::Remove { node } => vec![node],
            Action::Recorded(_) => vec![],
        }
    }
}
