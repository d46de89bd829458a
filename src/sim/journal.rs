//! What happened in a run, in order.
//!
//! Rule: an entry is a value made where the thing happens; whoever wants words makes them from it.

use super::connection::Segment;
use super::{Action, Difference, NodeId, Trust};
use crate::node::Event;
use crate::time::Time;
use crate::wire::Bytes;

/// One thing that happened, at one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub at: Time,
    pub node: NodeId,
    pub what: What,
}

/// The kinds of things that happen.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The node says it did something.
    Event(Event),
    /// Bytes left this node.
    Sent(Segment),
    /// Bytes reached this node.
    Arrived(Segment),
    /// Bytes that were on their way to this node will never come.
    Lost(Segment),
    /// This node called another, and was answered or refused.
    Dialled {
        to: NodeId,
    },
    Refused {
        to: Option<NodeId>,
    },
    /// A client of this node got an answer: RESP bytes.
    Answered {
        client: u8,
        args: Vec<Bytes>,
        reply: Bytes,
    },
    /// A fault was made or mended.
    Fault(Action),
    /// The recording that is played back shows something else than the model would do.
    Differs(Box<Difference>),
    /// It shows something that cannot be told from the wire, and was believed.
    Trusted(Trust),
}

impl Entry {
    /// Is there anything in it that a watcher should stop at? Book-keeping is not.
    pub fn is_visible(&self) -> bool {
        match &self.what {
            What::Event(event) => {
                !matches!(event, Event::Started { .. } | Event::DatasetAt { .. } | Event::IdChanged { .. })
            }
            What::Trusted(_) => false,
            _ => true,
        }
    }
}
