//! The world: hosts, links, connections, and what is due next.
//!
//! Rule: [`World::advance`] gives one input to one node, the one that is due first; among equals, in the order in which
//! they were scheduled. Nothing else moves time. Faults in `faults.rs` below change what is due, never what was.

use super::connection::{Connection, End, Segment};
use super::link::{Link, LinkSetup};
use super::{Action, Entry, NodeId, What};
use crate::node::{Addr, Config, ConnId, Event, Input, Node, Output};
use crate::rng::Rng;
use crate::time::Time;
use crate::wire::{Bytes, ReplId, encode_command};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

mod faults;

/// When every run begins: midnight of 1 January 2026, UTC. Expiry times in the stream are absolute, so a run needs a date.
pub const EPOCH: Time = Time(1_767_225_600_000_000);

/// How many of the last commands of a history are remembered for the tape.
const TAPE_COMMANDS: usize = 64;

/// A node of a setup.
#[derive(Clone, Debug, PartialEq)]
pub struct HostSetup {
    pub name: String,
    pub config: Config,
}

/// What a world is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setup {
    pub seed: u64,
    pub hosts: Vec<HostSetup>,
    /// Links that differ from `default_link`.
    pub links: Vec<(NodeId, NodeId, LinkSetup)>,
    pub default_link: LinkSetup,
}

/// A machine with one Redis process on it.
#[derive(Clone, Debug)]
pub struct Host {
    pub name: String,
    pub addr: Addr,
    /// `None` after a crash.
    pub node: Option<Node>,
    pub paused: bool,
    /// The RDB file.
    pub disk: Option<Bytes>,
    config: Config,
    wake: Time,
    conns: BTreeMap<ConnId, u64>,
    next_accept: u64,
    /// Inputs that wait for a paused process.
    held: VecDeque<Input>,
    console: Option<ConnId>,
    /// Commands of the console that are not answered yet.
    asked: VecDeque<Vec<Bytes>>,
}

/// A command of a replication stream, for the tape.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamCommand {
    pub start: u64,
    pub end: u64,
    pub at: Time,
    pub args: Vec<Bytes>,
}

/// What is due at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// A call reaches the other host.
    Call {
        connection: u64,
    },
    /// The caller learns that the connection stands, or that it does not.
    Connected {
        connection: u64,
    },
    Refused {
        host: NodeId,
        conn: ConnId,
    },
    Deliver {
        connection: u64,
        to_dialler: bool,
    },
    Fin {
        connection: u64,
        to_dialler: bool,
    },
    Writable {
        host: NodeId,
        conn: ConnId,
    },
}

/// Hosts and the network between them, at one moment.
#[derive(Clone, Debug)]
pub struct World {
    now: Time,
    hosts: Vec<Host>,
    links: BTreeMap<(NodeId, NodeId), Link>,
    default_link: LinkSetup,
    connections: BTreeMap<u64, Connection>,
    queue: BTreeMap<(Time, u64), Due>,
    next_id: u64,
    rng: Rng,
    streams: BTreeMap<ReplId, Arc<VecDeque<Arc<StreamCommand>>>>,
    journal: Vec<Entry>,
}

impl World {
    pub fn new(setup: &Setup) -> World {
        let mut rng = Rng::new(setup.seed);
        let hosts = setup.hosts.iter().enumerate().map(|(n, host)| Host::new(host, n, rng.next_u64())).collect();
        let link = |(a, b, setup): &(NodeId, NodeId, LinkSetup)| ((*a.min(b), *a.max(b)), Link::new(*a, *b, *setup));
        World {
            now: EPOCH,
            hosts,
            links: setup.links.iter().map(link).collect(),
            default_link: setup.default_link,
            connections: BTreeMap::new(),
            queue: BTreeMap::new(),
            next_id: 1,
            rng,
            streams: BTreeMap::new(),
            journal: vec![],
        }
    }

    pub fn now(&self) -> Time {
        self.now
    }

    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    pub fn host(&self, id: NodeId) -> Option<&Host> {
        self.hosts.get(id.index())
    }

    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.hosts.len() as u8).map(NodeId)
    }

    /// The links that the setup names, that were used, or that have a fault.
    pub fn links(&self) -> impl Iterator<Item = &Link> {
        self.links.values()
    }

    /// The host that answers at an address. Hosts differ by port.
    pub fn find(&self, addr: &Addr) -> Option<NodeId> {
        self.hosts.iter().position(|host| host.addr.port == addr.port).map(|n| NodeId(n as u8))
    }

    /// Everything that was sent and has not arrived.
    pub fn in_flight(&self) -> impl Iterator<Item = &Segment> {
        self.connections.values().flat_map(Connection::segments)
    }

    /// The last commands of a history, oldest first.
    pub fn stream(&self, id: &ReplId) -> impl Iterator<Item = &StreamCommand> {
        self.streams.get(id).into_iter().flat_map(|commands| commands.iter().map(|command| &**command))
    }

    /// What happened since this was last called.
    pub fn take_journal(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.journal)
    }

    /// When the next thing is due; [`Time::NEVER`] if nothing is.
    pub fn next_due(&self) -> Time {
        let queued = self.queue.first_key_value().map_or(Time::NEVER, |((at, _), _)| *at);
        self.hosts.iter().filter(|host| !host.paused).map(|host| host.wake).fold(queued, Time::min)
    }

    /// Lets time pass without anything happening. Never beyond what is due, never back.
    pub fn wait_until(&mut self, at: Time) {
        self.now = self.now.max(at.min(self.next_due()));
    }

    /// Does the next thing that is due: at most one input to one node.
    pub fn advance(&mut self) {
        let at = self.next_due();
        if at == Time::NEVER {
            return;
        }
        self.now = self.now.max(at);
        match self.queue.first_key_value() {
            Some((&(due_at, id), &due)) if due_at <= at => {
                self.queue.remove(&(due_at, id));
                self.happen(due);
            }
            _ => {
                let due = self.hosts.iter().position(|host| !host.paused && host.wake <= at);
                if let Some(n) = due {
                    self.give(NodeId(n as u8), Input::Wake);
                }
            }
        }
    }

    fn happen(&mut self, due: Due) {
        match due {
            Due::Call { connection } => self.call_arrives(connection),
            Due::Connected { connection } => {
                if let Some(c) = self.connections.get(&connection).filter(|c| c.dialler.open) {
                    let End { host, conn, .. } = c.dialler;
                    self.give(host, Input::Connected { conn });
                }
            }
            Due::Refused { host, conn } => {
                self.note(host, What::Refused { to: None });
                self.give(host, Input::Refused { conn });
            }
            Due::Deliver { connection, to_dialler } => self.deliver(connection, to_dialler),
            Due::Fin { connection, to_dialler } => self.fin(connection, to_dialler),
            Due::Writable { host, conn } => self.give(host, Input::Writable { conn }),
        }
    }

    /// One input to one process, and everything it asks for.
    fn give(&mut self, id: NodeId, input: Input) {
        let now = self.now;
        let Some(host) = self.hosts.get_mut(id.index()) else {
            return;
        };
        let Some(node) = &mut host.node else { return };
        if host.paused {
            host.held.push_back(input);
            return;
        }
        node.handle(now, input);
        while let Some(host) = self.hosts.get_mut(id.index())
            && let Some(node) = &mut host.node
            && let Some(event) = node.poll_event()
        {
            self.remember(&event);
            self.note(id, What::Event(event));
        }
        while let Some(node) = self.hosts.get_mut(id.index()).and_then(|host| host.node.as_mut())
            && let Some(output) = node.poll_output()
        {
            self.serve(id, output);
        }
        if let Some(host) = self.hosts.get_mut(id.index()) {
            host.wake = host.node.as_ref().map_or(Time::NEVER, Node::next_timeout);
        }
    }

    fn remember(&mut self, event: &Event) {
        let Event::Propagated { id, start, end, args, .. } = event else {
            return;
        };
        let command = StreamCommand { start: *start, end: *end, at: self.now, args: args.clone() };
        let commands = Arc::make_mut(self.streams.entry(*id).or_default());
        commands.push_back(Arc::new(command));
        if commands.len() > TAPE_COMMANDS {
            commands.pop_front();
        }
    }

    fn note(&mut self, node: NodeId, what: What) {
        self.journal.push(Entry { at: self.now, node, what });
    }

    fn schedule(&mut self, at: Time, due: Due) {
        self.queue.insert((at, self.next_id), due);
        self.next_id += 1;
    }

    /// What a process asks of its machine.
    fn serve(&mut self, id: NodeId, output: Output) {
        match output {
            Output::Connect { conn, to } => self.dial(id, conn, &to),
            Output::Send { conn, bytes } => self.send(id, conn, bytes),
            Output::WantWrite { conn } => {
                let at = self.connection_of(id, conn).map_or(self.now, |(connection, from_dialler)| {
                    self.connections.get_mut(&connection).map_or(Time(0), |c| c.outgoing(from_dialler).0.busy_until)
                });
                self.schedule(at.max(self.now), Due::Writable { host: id, conn });
            }
            Output::Close { conn } => self.close(id, conn),
            Output::SaveRdb { bytes } => {
                if let Some(host) = self.hosts.get_mut(id.index()) {
                    host.disk = Some(bytes);
                }
            }
        }
    }

    fn connection_of(&self, id: NodeId, conn: ConnId) -> Option<(u64, bool)> {
        let connection = *self.host(id)?.conns.get(&conn)?;
        let ends = self.connections.get(&connection)?;
        Some((connection, ends.dialler.host == id && ends.dialler.conn == conn))
    }

    fn link_mut(&mut self, a: NodeId, b: NodeId) -> &mut Link {
        let setup = self.default_link;
        self.links.entry((a.min(b), a.max(b))).or_insert_with(|| Link::new(a, b, setup))
    }

    fn dial(&mut self, from: NodeId, conn: ConnId, to: &Addr) {
        let Some(to) = self.find(to) else {
            return self.schedule(self.now + self.default_link.latency, Due::Refused { host: from, conn });
        };
        self.note(from, What::Dialled { to });
        let latency = self.link_mut(from, to).setup.latency;
        let connection = self.next_id;
        self.next_id += 1;
        let dialler = End { host: from, conn, open: true };
        let acceptor = End { host: to, conn: ConnId::Accepted(0), open: false };
        self.connections.insert(connection, Connection::new(dialler, acceptor));
        if let Some(host) = self.hosts.get_mut(from.index()) {
            host.conns.insert(conn, connection);
        }
        self.schedule(self.now + latency, Due::Call { connection });
    }

    /// The kernel answers a call even for a process that stands still; for one that is gone it refuses.
    fn call_arrives(&mut self, connection: u64) {
        let Some(ends) = self.connections.get(&connection) else {
            return;
        };
        let (dialler, to) = (ends.dialler, ends.acceptor.host);
        let link = self.link_mut(dialler.host, to).clone();
        if matches!(link.condition, super::LinkCondition::BlackHole { .. }) {
            return;
        }
        let answers = link.is_up() && self.host(to).is_some_and(|host| host.node.is_some());
        if !answers || !dialler.open {
            self.connections.remove(&connection);
            if let Some(host) = self.hosts.get_mut(dialler.host.index()) {
                host.conns.remove(&dialler.conn);
            }
            return self
                .schedule(self.now + link.setup.latency, Due::Refused { host: dialler.host, conn: dialler.conn });
        }
        let conn = self.accept(to, connection);
        if let Some(ends) = self.connections.get_mut(&connection) {
            ends.acceptor = End { host: to, conn, open: true };
        }
        let peer_host = self.host(dialler.host).map(|host| host.addr.host.clone()).unwrap_or_default();
        self.schedule(self.now + link.setup.latency, Due::Connected { connection });
        self.give(to, Input::Accepted { conn, peer_host });
    }

    fn accept(&mut self, to: NodeId, connection: u64) -> ConnId {
        let Some(host) = self.hosts.get_mut(to.index()) else {
            return ConnId::Accepted(0);
        };
        host.next_accept += 1;
        let conn = ConnId::Accepted(host.next_accept);
        host.conns.insert(conn, connection);
        conn
    }

    fn send(&mut self, from: NodeId, conn: ConnId, bytes: Bytes) {
        if self.host(from).is_some_and(|host| host.console == Some(conn)) {
            return self.console_answer(from, bytes);
        }
        let Some((connection, from_dialler)) = self.connection_of(from, conn) else {
            return;
        };
        let (now, id) = (self.now, self.next_id);
        self.next_id += 1;
        let Some(ends) = self.connections.get(&connection) else {
            return;
        };
        let link = self.link_mut(ends.dialler.host, ends.acceptor.host).clone();
        let Some(ends) = self.connections.get_mut(&connection) else {
            return;
        };
        let segment = ends.send(id, from_dialler, bytes, now, &link);
        self.schedule(segment.due, Due::Deliver { connection, to_dialler: !from_dialler });
        self.note(from, What::Sent(segment));
    }

    fn deliver(&mut self, connection: u64, to_dialler: bool) {
        let now = self.now;
        let Some(ends) = self.connections.get(&connection) else {
            return;
        };
        if matches!(self.condition(ends.dialler.host, ends.acceptor.host), super::LinkCondition::BlackHole { .. }) {
            return;
        }
        let Some(ends) = self.connections.get_mut(&connection) else {
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
    fn close(&mut self, id: NodeId, conn: ConnId) {
        let Some((connection, from_dialler)) = self.connection_of(id, conn) else {
            return;
        };
        if let Some(host) = self.hosts.get_mut(id.index()) {
            host.conns.remove(&conn);
        }
        let Some(ends) = self.connections.get(&connection) else {
            return;
        };
        let latency = self
            .links
            .get(&(ends.dialler.host.min(ends.acceptor.host), ends.dialler.host.max(ends.acceptor.host)))
            .map_or(Duration::ZERO, |l| l.setup.latency);
        let now = self.now;
        let Some(ends) = self.connections.get_mut(&connection) else {
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

    fn fin(&mut self, connection: u64, to_dialler: bool) {
        let Some(ends) = self.connections.get(&connection) else {
            return;
        };
        if matches!(self.condition(ends.dialler.host, ends.acceptor.host), super::LinkCondition::BlackHole { .. }) {
            return;
        }
        let end = if to_dialler { ends.dialler } else { ends.acceptor };
        let lost: Vec<Segment> = ends.segments().cloned().collect();
        self.connections.remove(&connection);
        lost.into_iter().for_each(|segment| self.note(segment.to, What::Lost(segment)));
        if end.open {
            if let Some(host) = self.hosts.get_mut(end.host.index()) {
                host.conns.remove(&end.conn);
            }
            self.give(end.host, Input::Closed { conn: end.conn });
        }
    }

    fn condition(&self, a: NodeId, b: NodeId) -> super::LinkCondition {
        self.links.get(&(a.min(b), a.max(b))).map_or(super::LinkCondition::Up, |link| link.condition)
    }

    /// A client on the same machine sends one command.
    fn console(&mut self, id: NodeId, args: Vec<Bytes>) {
        let bytes = encode_command(&args);
        let Some(host) = self.hosts.get_mut(id.index()) else {
            return;
        };
        if host.node.is_none() {
            return self.note(id, What::Refused { to: Some(id) });
        }
        host.asked.push_back(args);
        let conn = match host.console {
            Some(conn) => conn,
            None => {
                host.next_accept += 1;
                let conn = ConnId::Accepted(host.next_accept);
                host.console = Some(conn);
                let peer_host = host.addr.host.clone();
                self.give(id, Input::Accepted { conn, peer_host });
                conn
            }
        };
        self.give(id, Input::Data { conn, bytes: bytes.into() });
    }

    fn console_answer(&mut self, id: NodeId, reply: Bytes) {
        let Some(args) = self.hosts.get_mut(id.index()).and_then(|host| host.asked.pop_front()) else {
            return;
        };
        self.note(id, What::Answered { args, reply });
    }
}

impl Host {
    fn new(setup: &HostSetup, n: usize, seed: u64) -> Host {
        // Servers are not started in the same instant: their crons tick at different parts of a second.
        let booted = EPOCH - Duration::from_millis(1000 - (n as u64 * 137) % 1000);
        let addr = Addr { host: "127.0.0.1".into(), port: setup.config.port };
        let mut host = Host {
            name: setup.name.clone(),
            addr,
            node: None,
            paused: false,
            disk: None,
            config: setup.config.clone(),
            wake: Time::NEVER,
            conns: BTreeMap::new(),
            next_accept: 0,
            held: VecDeque::new(),
            console: None,
            asked: VecDeque::new(),
        };
        host.start(seed, booted, None);
        host
    }

    /// Starts the process. With a file that cannot be read it does not start, as Redis would not.
    fn start(&mut self, seed: u64, at: Time, rdb: Option<Bytes>) {
        self.node = Node::new(self.config.clone(), seed, at, rdb).ok();
        self.wake = self.node.as_ref().map_or(Time::NEVER, Node::next_timeout);
    }
}
