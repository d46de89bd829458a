//! The world: hosts, links, connections, and what is due next.
//!
//! Rule: [`World::advance`] gives one input to one node, the one that is due first; among equals, in the order in which
//! they were scheduled. Nothing else moves time. Faults in `faults.rs` below change what is due, never what was.

use super::connection::{Connection, Segment};
use super::host::Console;
use super::link::{Link, LinkCondition, LinkSetup};
use super::{Action, Entry, Host, HostSetup, NodeId, Recorded, What};
use crate::node::{Addr, Config, ConnId, Event, Input, Node, Output};
use crate::rng::Rng;
use crate::time::Time;
use crate::vec_map::VecMap;
use crate::wire::{Bytes, ReplId, encode_command};
use std::collections::VecDeque;
use std::sync::Arc;

mod faults;
mod network;
mod playback;

use playback::Playback;

/// When every run begins: midnight of 1 January 2026, UTC. Expiry times in the stream are absolute, so a run needs a date.
pub const EPOCH: Time = Time(1_767_225_600_000_000);

/// How many of the last commands of a history are remembered for the tape.
const TAPE_COMMANDS: usize = 64;

/// What a world is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setup {
    pub seed: u64,
    pub hosts: Vec<HostSetup>,
    /// Links that differ from `default_link`.
    pub links: Vec<(NodeId, NodeId, LinkSetup)>,
    pub default_link: LinkSetup,
    /// The settings of hosts that are added later.
    pub newcomer: Config,
    /// The recording that is played back, if it is one.
    pub recorded: Option<Arc<Recorded>>,
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
    /// A process that stands still since then by its own wish goes on.
    Awake {
        host: NodeId,
        since: Time,
    },
}

impl Due {
    /// The connection that it happens on, and that a black hole can hold up.
    fn connection(self) -> Option<u64> {
        match self {
            Due::Call { connection }
            | Due::Connected { connection }
            | Due::Deliver { connection, .. }
            | Due::Fin { connection, .. } => Some(connection),
            Due::Refused { .. } | Due::Writable { .. } | Due::Awake { .. } => None,
        }
    }
}

/// Hosts and the network between them, at one moment.
#[derive(Clone, Debug)]
pub struct World {
    now: Time,
    hosts: Vec<Host>,
    links: VecMap<(NodeId, NodeId), Link>,
    default_link: LinkSetup,
    #[cfg(feature = "complete")]
    newcomer: Arc<Config>,
    connections: VecMap<u64, Connection>,
    queue: VecMap<(Time, u64), Due>,
    next_id: u64,
    rng: Rng,
    streams: VecMap<ReplId, Arc<VecDeque<Arc<StreamCommand>>>>,
    journal: Vec<Entry>,
    playback: Option<Playback>,
}

impl World {
    pub fn new(setup: &Setup) -> World {
        let mut rng = Rng::new(setup.seed);
        let hosts = setup.hosts.iter().enumerate().map(|(n, host)| Host::new(host, n, rng.next_u64())).collect();
        let mut links = VecMap::new();
        for (a, b, setup) in &setup.links {
            links.insert((*a.min(b), *a.max(b)), Link::new(*a, *b, *setup));
        }
        World {
            now: EPOCH,
            hosts,
            links,
            default_link: setup.default_link,
            #[cfg(feature = "complete")]
            newcomer: Arc::new(setup.newcomer.clone()),
            connections: VecMap::new(),
            queue: VecMap::new(),
            next_id: 1,
            rng,
            streams: VecMap::new(),
            journal: vec![],
            playback: setup.recorded.clone().map(Playback::new),
        }
    }

    pub fn now(&self) -> Time {
        self.now
    }

    /// Every host that was ever there, by number; see [`Host::is_there`].
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    pub fn host(&self, id: NodeId) -> Option<&Host> {
        self.hosts.get(id.index())
    }

    /// Is this host there now: added already, and not removed?
    pub fn has(&self, id: NodeId) -> bool {
        self.host(id).is_some_and(|host| host.is_there)
    }

    /// The hosts that are there.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> {
        (0..self.hosts.len() as u8).map(NodeId).filter(|id| self.has(*id))
    }

    /// The links that the setup names, that were used, or that have a fault; between hosts that are there.
    pub fn links(&self) -> impl Iterator<Item = &Link> {
        self.links.values().filter(|link| self.has(link.a) && self.has(link.b))
    }

    /// The host that answers at an address. Hosts differ by port.
    pub fn find(&self, addr: &Addr) -> Option<NodeId> {
        self.hosts.iter().position(|host| host.is_there && host.addr.port == addr.port).map(|n| NodeId(n as u8))
    }

    /// Everything that was sent and has not arrived.
    pub fn in_flight(&self) -> impl Iterator<Item = &Segment> {
        self.connections.values().flat_map(Connection::segments)
    }

    /// The last commands of a history, oldest first.
    pub fn stream(&self, id: &ReplId) -> impl Iterator<Item = &StreamCommand> {
        self.streams.get(*id).into_iter().flat_map(|commands| commands.iter().map(|command| &**command))
    }

    /// What happened since this was last called.
    pub fn take_journal(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.journal)
    }

    /// When the next thing is due; [`Time::NEVER`] if nothing is.
    pub fn next_due(&self) -> Time {
        let queued = self.queue.first().map_or(Time::NEVER, |((at, _), _)| at);
        let awake = self.hosts.iter().filter(|host| !host.paused && !self.plays_back());
        awake.map(|host| host.wake).fold(queued, Time::min)
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
        match self.queue.first() {
            Some(((due_at, id), &due)) if due_at <= at => {
                self.queue.remove((due_at, id));
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
            Due::Connected { connection } => self.call_answered(connection),
            Due::Refused { host, conn } => {
                self.note(host, What::Refused { to: None });
                self.give(host, Input::Refused { conn });
            }
            Due::Deliver { connection, to_dialler } if self.plays_back() => {
                self.deliver_recorded(connection, to_dialler)
            }
            Due::Deliver { connection, to_dialler } => self.deliver(connection, to_dialler),
            Due::Fin { connection, to_dialler } => self.fin(connection, to_dialler),
            Due::Writable { host, conn } => self.give(host, Input::Writable { conn }),
            Due::Awake { host, since } => {
                if self.host(host).is_some_and(|host| host.paused && host.paused_at == since) {
                    self.resume(host);
                }
            }
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
            self.compare_event(&event);
            self.note(id, What::Event(event));
        }
        while let Some(host) = self.hosts.get_mut(id.index()).filter(|host| !host.paused)
            && let Some(output) = host.node.as_mut().and_then(Node::poll_output)
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
        let commands = Arc::make_mut(self.streams.get_or_insert_with(*id, Arc::default));
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
        let output = match self.hold_against_recording(id, output) {
            Some(output) => output,
            None => return,
        };
        match output {
            Output::Connect { conn, to } => self.dial(id, conn, &to),
            Output::Send { conn, bytes } => self.send(id, conn, bytes),
            Output::WantWrite { conn } => {
                if let Some(at) = self.leaves_at(id, conn) {
                    self.schedule(at.max(self.now), Due::Writable { host: id, conn });
                }
            }
            Output::Close { conn } => self.close(id, conn),
            Output::StandStill { time } => self.sleep(id, time),
            Output::Exit => self.crash(id),
            Output::SaveRdb { bytes } => self.put_on_disk(id, Some(bytes)),
            Output::RemoveRdb => self.put_on_disk(id, None),
            // A machine starts its process with the settings that the lesson gave it.
            Output::SaveConfig { .. } => {}
        }
    }

    fn put_on_disk(&mut self, id: NodeId, file: Option<Bytes>) {
        if let Some(host) = self.hosts.get_mut(id.index()) {
            host.disk = file;
        }
    }

    /// When what was sent on a connection will have left; `None` while a black hole keeps it.
    fn leaves_at(&mut self, id: NodeId, conn: ConnId) -> Option<Time> {
        let Some((connection, from_dialler)) = self.connection_of(id, conn) else {
            return Some(self.now);
        };
        let ends = self.connections.get(connection)?;
        let is_held = matches!(self.condition(ends.dialler.host, ends.acceptor.host), LinkCondition::BlackHole { .. });
        let (pipe, _) = self.connections.get_mut(connection)?.outgoing(from_dialler);
        pipe.wants_write = is_held;
        (!is_held).then_some(pipe.busy_until)
    }

    /// A client on the same machine sends one command; clients of a node differ by number.
    pub fn say(&mut self, id: NodeId, client: u8, args: Vec<Bytes>) {
        let bytes = encode_command(&args);
        let Some(host) = self.hosts.get_mut(id.index()) else {
            return;
        };
        if host.node.is_none() {
            return self.note(id, What::Refused { to: Some(id) });
        }
        let conn = match host.consoles.get_mut(client) {
            Some(console) => {
                console.asked.push_back(args);
                console.conn
            }
            None => {
                host.next_accept += 1;
                let conn = ConnId::Accepted(host.next_accept);
                host.consoles.insert(client, Console { conn, asked: [args].into() });
                let local = host.addr.clone();
                let peer = Addr { port: network::caller_port(host.next_accept), ..local.clone() };
                self.give(id, Input::Accepted { conn, peer, local });
                conn
            }
        };
        self.give(id, Input::Data { conn, bytes: bytes.into() });
        if let Some(host) = self.hosts.get_mut(id.index()).filter(|host| !host.paused)
            && let Some(console) = host.consoles.get_mut(client)
        {
            // A command that was not answered by now (REPLCONF ACK) never will be, unless the client waits.
            if !host.node.as_ref().is_some_and(|node| node.is_waiting(console.conn)) {
                console.asked.clear();
            }
        }
    }

    /// A client closes its connection.
    pub fn hang_up(&mut self, id: NodeId, client: u8) {
        let console = self.hosts.get_mut(id.index()).and_then(|host| host.consoles.remove(client));
        if let Some(Console { conn, .. }) = console {
            self.give(id, Input::Closed { conn });
        }
    }

    fn answered(&mut self, id: NodeId, client: u8, reply: Bytes) {
        let console = self.hosts.get_mut(id.index()).and_then(|host| host.consoles.get_mut(client));
        let args = console.and_then(|console| console.asked.pop_front()).unwrap_or_default();
        self.note(id, What::Answered { client, args, reply });
    }
}
