//! A TCP connection between two hosts, and the segments on their way in it.

use super::NodeId;
use super::cargo::{Cargo, Listener};
use super::link::Link;
use crate::node::ConnId;
use crate::time::Time;
use crate::wire::Bytes;
use std::collections::VecDeque;

/// Bytes that one write put on the wire. Its place is a function of `sent`, `due` and the moment asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Unique in a run, in the order of sending.
    pub id: u64,
    pub from: NodeId,
    pub to: NodeId,
    pub sent: Time,
    pub due: Time,
    pub bytes: Bytes,
    pub cargo: Cargo,
    /// Who called: the replica, as a rule.
    pub dialler: NodeId,
    /// The number of its connection.
    pub connection: u64,
    /// Position of its first byte in this direction of the connection.
    pub at: u64,
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub host: NodeId,
    pub conn: ConnId,
    /// The process here still has it open.
    pub open: bool,
}

/// One direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Pipe {
    pub segments: VecDeque<Segment>,
    /// Until when what was sent occupies the link.
    pub busy_until: Time,
    pub sent_bytes: u64,
    /// The sender closed: the receiver learns it after everything else has arrived.
    pub fin: Option<Time>,
    /// The sender waits until what it sent has left, which a black hole does not let it.
    pub wants_write: bool,
}

/// A connection that stands, or is being made.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub number: u64,
    pub dialler: End,
    pub acceptor: End,
    pub to_acceptor: Pipe,
    pub to_dialler: Pipe,
    pub listener: Listener,
    /// The caller knows that the connection stands.
    pub is_known: bool,
}

/// A connection as somebody sees it who listens on the wire.
#[cfg(feature = "complete")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Talking {
    /// Unique in a run.
    pub number: u64,
    /// Who called and who was called, and their ports.
    pub ends: [(NodeId, u16); 2],
    /// The call was answered, and the caller knows.
    pub is_answered: bool,
    pub is_known: bool,
    /// Who has closed its end.
    pub has_closed: [bool; 2],
}

impl Connection {
    pub fn new(number: u64, dialler: End, acceptor: End) -> Connection {
        Connection {
            number,
            dialler,
            acceptor,
            to_acceptor: Pipe::default(),
            to_dialler: Pipe::default(),
            listener: Listener::default(),
            is_known: false,
        }
    }

    /// The direction that leaves from this end, and the other end.
    pub fn outgoing(&mut self, from_dialler: bool) -> (&mut Pipe, End) {
        if from_dialler { (&mut self.to_acceptor, self.acceptor) } else { (&mut self.to_dialler, self.dialler) }
    }

    pub fn incoming(&mut self, to_dialler: bool) -> &mut Pipe {
        if to_dialler { &mut self.to_dialler } else { &mut self.to_acceptor }
    }

    pub fn joins(&self, a: NodeId, b: NodeId) -> bool {
        (self.dialler.host, self.acceptor.host) == (a, b) || (self.dialler.host, self.acceptor.host) == (b, a)
    }

    pub fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.to_acceptor.segments.iter().chain(&self.to_dialler.segments)
    }

    /// Puts bytes on the wire and says when they arrive.
    pub fn send(&mut self, id: u64, from_dialler: bool, bytes: Bytes, now: Time, link: &Link) -> Segment {
        let cargo =
            if from_dialler { self.listener.said_by_replica(&bytes) } else { self.listener.said_by_master(&bytes) };
        let (from, dialler) = (if from_dialler { self.dialler.host } else { self.acceptor.host }, self.dialler.host);
        let connection = self.number;
        let (pipe, to) = self.outgoing(from_dialler);
        let departs = pipe.busy_until.max(now) + link.transmission(bytes.len() as u64);
        let due = departs + link.setup.latency;
        // A link that became faster does not let later bytes overtake earlier ones.
        let due = pipe.segments.back().map_or(due, |last| due.max(last.due));
        pipe.busy_until = departs;
        let at = pipe.sent_bytes;
        pipe.sent_bytes += bytes.len() as u64;
        let segment = Segment { id, from, to: to.host, sent: now, due, bytes, cargo, dialler, connection, at };
        pipe.segments.push_back(segment.clone());
        segment
    }
}
