//! Connections: calls, bytes, and their ends.
//!
//! Rule: a connection delivers what was sent, in order, or is reset. The kernel answers for a process that stands still.

use super::{Due, World};
use crate::node::{Addr, ConnId, Input};
#[cfg(feature = "complete")]
use crate::sim::connection::Talking;
use crate::sim::connection::{Connection, End, Segment};
use crate::sim::link::{Link, LinkCondition};
use crate::sim::{NodeId, What};
use crate::wire::Bytes;

impl World {
    pub(super) fn connection_of(&self, id: NodeId, conn: ConnId) -> Option<(u64, bool)> {
        let connection = *self.host(id)?.conns.get(conn)?;
        let ends = self.connections.get(connection)?;
        Some((connection, ends.dialler.host == id && ends.dialler.conn == conn))
    }

    pub(super) fn link_mut(&mut self, a: NodeId, b: NodeId) -> &mut Link {
        let setup = self.default_link;
        self.links.get_or_insert_with((a.min(b), a.max(b)), || Link::new(a, b, setup))
    }

    pub(super) fn dial(&mut self, from: NodeId, conn: ConnId, to: &Addr) {
        let Some(to) = self.find(to) else {
            return self.schedule(self.now + self.default_link.latency, Due::Refused { host: from, conn });
        };
        self.note(from, What::Dialled { to });
        let latency = self.link_mut(from, to).setup.latency;
        let connection = self.next_id;
        self.next_id += 1;
        let dialler = End { host: from, conn, open: true };
        let acceptor = End { host: to, conn: ConnId::Accepted(0), open: false };
        self.connections.insert(connection, Connection::new(connection, dialler, acceptor));
        if let Some(host) = self.hosts.get_mut(from.index()) {
            host.conns.insert(conn, connection);
        }
        self.schedule(self.now + latency, Due::Call { connection });
    }

    /// The kernel answers a call even for a process that stands still; for one that is gone it refuses.
    pub(super) fn call_arrives(&mut self, connection: u64) {
        let Some(ends) = self.connections.get(connection) else {
            return;
        };
        let (dialler, to) = (ends.dialler, ends.acceptor.host);
        let link = self.link_mut(dialler.host, to).clone();
        if matches!(link.condition, LinkCondition::BlackHole { .. }) {
            return;
        }
        let answers = link.is_up() && self.host(to).is_some_and(|host| host.node.is_some());
        if !dialler.open {
            self.connections.remove(connection);
            return;
        }
        if !answers {
            self.connections.remove(connection);
            if let Some(host) = self.hosts.get_mut(dialler.host.index()) {
                host.conns.remove(dialler.conn);
            }
            return self
                .schedule(self.now + link.setup.latency, Due::Refused { host: dialler.host, conn: dialler.conn });
        }
        let conn = self.accept(to, connection);
        if let Some(ends) = self.connections.get_mut(connection) {
            ends.acceptor = End { host: to, conn, open: true };
        }
        let host =
            |id| self.host(id).map(|host| host.addr.clone()).unwrap_or_else(|| Addr { host: String::new(), port: 0 });
        let peer = Addr { port: caller_port(connection), ..host(dialler.host) };
        let local = host(to);
        self.schedule(self.now + link.setup.latency, Due::Connected { connection });
        self.give(to, Input::Accepted { conn, peer, local });
    }

    /// The caller learns that the connection stands.
    pub(super) fn call_answered(&mut self, connection: u64) {
        let Some(ends) = self.connections.get(connection).filter(|ends| ends.dialler.open) else {
            return;
        };
        let End { host, conn, .. } = ends.dialler;
        if matches!(self.condition(host, ends.acceptor.host), LinkCondition::BlackHole { .. }) {
            return;
        }
        if let Some(ends) = self.connections.get_mut(connection) {
            ends.is_known = true;
        }
        self.give(host, Input::Connected { conn });
    }

    pub(super) fn accept(&mut self, to: NodeId, connection: u64) -> ConnId {
        let Some(host) = self.hosts.get_mut(to.index()) else {
            return ConnId::Accepted(0);
        };
        host.next_accept += 1;
        let conn = ConnId::Accepted(host.next_accept);
        host.conns.insert(conn, connection);
        conn
    }

    pub(super) fn send(&mut self, from: NodeId, conn: ConnId, bytes: Bytes) {
        if let Some(client) = self.host(from).and_then(|host| host.client_of(conn)) {
            return self.answered(from, client, bytes);
        }
        let Some((connection, from_dialler)) = self.connection_of(from, conn) else {
            return;
        };
        let (now, id) = (self.now, self.next_id);
        self.next_id += 1;
        let Some(ends) = self.connections.get(connection) else {
            return;
        };
        let link = self.link_mut(ends.dialler.host, ends.acceptor.host).clone();
        let Some(ends) = self.connections.get_mut(connection) else {
            return;
        };
        let segment = ends.send(id, from_dialler, bytes, now, &link);
        self.schedule(segment.due, Due::Deliver { connection, to_dialler: !from_dialler });
        self.note(from, What::Sent(segment));
    }

    pub(super) fn deliver(&mut self, connection: u64, to_dialler: bool) {
        let now = self.now;
        let Some(ends) = self.connections.get(connection) else {
            return;
        };
        if matches!(self.condition(ends.dialler.host, ends.acceptor.host), LinkCondition::BlackHole { .. }) {
            return;
        }
        let Some(ends) = self.connections.get_mut(connection) else {
            return;
        };
        let end = if to_dialler { ends.dialler } else { ends.acceptor };
        let Some(segment) = ends.incoming(to_dialler).segments.pop_front_if(|segment| segment.due <= now) else {
            return;
        };
        if !end.open {
            return self.note(end.host, What::Lost(segment));
        }
        let bytes = segment.bytes.clone();
        self.note(end.host, What::Arrived(segment));
        self.give(end.host, Input::Data { conn: end.conn, bytes });
    }

    /// This process closes its end; the other learns it when everything sent before has arrived.
    pub(super) fn close(&mut self, id: NodeId, conn: ConnId) {
        if let Some(host) = self.hosts.get_mut(id.index())
            && let Some(client) = host.client_of(conn)
        {
            host.consoles.remove(client);
            return;
        }
        let Some((connection, from_dialler)) = self.connection_of(id, conn) else {
            return;
        };
        if let Some(host) = self.hosts.get_mut(id.index()) {
            host.conns.remove(conn);
        }
        let Some(ends) = self.connections.get(connection) else {
            return;
        };
        let latency = self.link_mut(ends.dialler.host, ends.acceptor.host).setup.latency;
        let now = self.now;
        let Some(ends) = self.connections.get_mut(connection) else {
            return;
        };
        if from_dialler {
            ends.dialler.open = false
        } else {
            ends.acceptor.open = false
        }
        let (pipe, _) = ends.outgoing(from_dialler);
        let at = pipe.segments.back().map_or(now + latency, |last| last.due.max(now + latency));
        pipe.fin = Some(at);
        self.schedule(at, Due::Fin { connection, to_dialler: !from_dialler });
    }

    pub(super) fn fin(&mut self, connection: u64, to_dialler: bool) {
        let Some(ends) = self.connections.get(connection) else {
            return;
        };
        if matches!(self.condition(ends.dialler.host, ends.acceptor.host), LinkCondition::BlackHole { .. }) {
            return;
        }
        let end = if to_dialler { ends.dialler } else { ends.acceptor };
        let lost: Vec<Segment> = ends.segments().cloned().collect();
        self.connections.remove(connection);
        lost.into_iter().for_each(|segment| self.note(segment.to, What::Lost(segment)));
        if end.open {
            if let Some(host) = self.hosts.get_mut(end.host.index()) {
                host.conns.remove(end.conn);
            }
            self.give(end.host, Input::Closed { conn: end.conn });
        }
    }

    /// The connections that stand, or are being made.
    #[cfg(feature = "complete")]
    pub fn connections(&self) -> impl Iterator<Item = Talking> {
        self.connections.iter().map(|(number, ends)| {
            let port = |id| self.host(id).map_or(0, |host| host.addr.port);
            let (caller, called) = (ends.dialler, ends.acceptor);
            // Its end is open from when it answered; a recorded one is known at once.
            let is_answered = called.conn != ConnId::Accepted(0) || ends.is_known;
            Talking {
                number,
                ends: [(caller.host, caller_port(number)), (called.host, port(called.host))],
                is_answered,
                is_known: ends.is_known,
                has_closed: [ends.to_acceptor.fin.is_some(), ends.to_dialler.fin.is_some()],
            }
        })
    }

    pub(super) fn condition(&self, a: NodeId, b: NodeId) -> LinkCondition {
        self.links.get((a.min(b), a.max(b))).map_or(LinkCondition::Up, |link| link.condition)
    }
}

/// The port that a caller's end has: one of those that systems give out for a while.
pub(super) fn caller_port(connection: u64) -> u16 {
    32_768 + (connection % 28_232) as u16
}
