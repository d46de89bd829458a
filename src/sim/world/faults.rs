//! What is done to a world: commands, and faults on links and processes.

use super::{Action, Due, Entry, NodeId, World};
#[cfg(feature = "complete")]
use crate::node::Config;
use crate::node::Input;
use crate::sim::link::LinkSetup;
#[cfg(feature = "complete")]
use crate::sim::{Host, HostSetup};
use crate::sim::{LinkCondition, What};
use crate::time::Time;
use crate::vec_map::VecMap;
use std::collections::VecDeque;
use std::time::Duration;

impl World {
    /// Does one act, now.
    pub fn act(&mut self, action: &Action) {
        if let Action::Command { node, args } = action {
            return self.say(*node, 0, args.clone());
        }
        if let Action::Recorded(act) = action {
            return self.play_back(act);
        }
        if let Some(node) = action.nodes().first() {
            self.journal.push(Entry { at: self.now, node: *node, what: What::Fault(action.clone()) });
        }
        match *action {
            Action::Command { .. } | Action::Recorded(_) => {}
            Action::Cut { a, b } => self.cut(a, b),
            Action::BlackHole { a, b } => {
                let since = self.now;
                self.link_mut(a, b).condition = LinkCondition::BlackHole { since };
            }
            Action::Heal { a, b } => self.heal(a, b),
            Action::Slow { a, b, latency, bandwidth } => self.link_mut(a, b).setup = LinkSetup { latency, bandwidth },
            Action::Pause { node } => self.set_paused(node, true),
            Action::Resume { node } => self.resume(node),
            Action::Crash { node } => self.crash(node),
            Action::Restart { node, keep_rdb } => self.restart(node, keep_rdb),
            #[cfg(feature = "complete")]
            Action::Add { node, ref name, port, replicaof } => self.add(node, name, port, replicaof),
            #[cfg(feature = "complete")]
            Action::Remove { node } => self.remove(node),
        }
    }

    /// Every connection over the link is reset: both sides learn it at once, what was on its way is lost.
    fn cut(&mut self, a: NodeId, b: NodeId) {
        let since = self.now;
        self.link_mut(a, b).condition = LinkCondition::Cut { since };
        let over: Vec<u64> = self.connections.iter().filter(|(_, c)| c.joins(a, b)).map(|(id, _)| id).collect();
        for connection in over {
            let Some(ends) = self.connections.remove(connection) else {
                continue;
            };
            for segment in ends.segments() {
                self.note(segment.to, What::Lost(segment.clone()));
            }
            for end in [ends.dialler, ends.acceptor].into_iter().filter(|end| end.open) {
                if let Some(host) = self.hosts.get_mut(end.host.index()) {
                    host.conns.remove(end.conn);
                }
                self.give(end.host, Input::Closed { conn: end.conn });
            }
        }
    }

    /// What the black hole held comes through: TCP sends it again.
    fn heal(&mut self, a: NodeId, b: NodeId) {
        let now = self.now;
        let link = self.link_mut(a, b);
        let was = std::mem::replace(&mut link.condition, LinkCondition::Up);
        let latency = link.setup.latency;
        if !matches!(was, LinkCondition::BlackHole { .. }) {
            return;
        }
        let over: Vec<u64> = self.connections.iter().filter(|(_, c)| c.joins(a, b)).map(|(id, _)| id).collect();
        self.queue.retain(|due| due.connection().is_none_or(|connection| !over.contains(&connection)));
        for connection in over {
            self.resend(connection, now + latency);
        }
    }

    fn resend(&mut self, connection: u64, earliest: Time) {
        let Some(ends) = self.connections.get_mut(connection) else {
            return;
        };
        let mut due = vec![];
        for (end, from_dialler) in [(ends.dialler, true), (ends.acceptor, false)] {
            if std::mem::take(&mut ends.outgoing(from_dialler).0.wants_write) {
                due.push((earliest, Due::Writable { host: end.host, conn: end.conn }));
            }
        }
        if ends.dialler.open && !ends.acceptor.open && ends.to_dialler.fin.is_none() {
            due.push((earliest, Due::Call { connection }));
        } else if !ends.is_known {
            due.push((earliest, Due::Connected { connection }));
        }
        for to_dialler in [true, false] {
            let pipe = ends.incoming(to_dialler);
            for segment in &mut pipe.segments {
                segment.due = segment.due.max(earliest);
                due.push((segment.due, Due::Deliver { connection, to_dialler }));
            }
            if let Some(at) = pipe.fin {
                due.push((at.max(earliest), Due::Fin { connection, to_dialler }));
            }
        }
        due.into_iter().for_each(|(at, due)| self.schedule(at, due));
    }

    fn set_paused(&mut self, node: NodeId, paused: bool) {
        let now = self.now;
        if let Some(host) = self.hosts.get_mut(node.index()) {
            host.paused = paused && host.node.is_some();
            host.paused_at = now;
        }
    }

    /// The process asked to stand still: what it asked for after that leaves when it goes on.
    pub(super) fn sleep(&mut self, node: NodeId, time: Duration) {
        self.set_paused(node, true);
        self.schedule(self.now + time, Due::Awake { host: node, since: self.now });
    }

    pub(super) fn resume(&mut self, node: NodeId) {
        let stopped =
            self.hosts.get(node.index()).filter(|host| host.paused).map(|host| self.now.since(host.paused_at));
        self.set_paused(node, false);
        if let Some(time) = stopped {
            self.give(node, Input::StoodStill { time });
        }
        let held = self.hosts.get_mut(node.index()).map(|host| std::mem::take(&mut host.held)).unwrap_or_default();
        held.into_iter().for_each(|input| self.give(node, input));
    }

    /// The process is gone; the kernel closes its connections.
    pub(super) fn crash(&mut self, node: NodeId) {
        let Some(host) = self.hosts.get_mut(node.index()) else {
            return;
        };
        let conns: Vec<_> = host.conns.iter().map(|(conn, _)| conn).collect();
        (host.node, host.wake, host.paused) = (None, Time::NEVER, false);
        (host.held, host.consoles) = (VecDeque::new(), VecMap::new());
        conns.into_iter().for_each(|conn| self.close(node, conn));
        // The next process counts its calls from 1 again: what was to be told to this one is not for that one.
        self.queue
            .retain(|due| !matches!(due, Due::Refused { host, .. } | Due::Writable { host, .. } if *host == node));
    }

    /// Hosts keep their numbers: one whose turn has not come is an empty place, one that was removed stays one.
    #[cfg(feature = "complete")]
    fn add(&mut self, node: NodeId, name: &str, port: u16, replicaof: Option<NodeId>) {
        let (seed, now, count) = (self.rng.next_u64(), self.now, self.hosts.len());
        let is_free = self.host(node).is_none_or(|host| !host.is_there && host.name.is_empty());
        if !is_free || usize::from(u8::MAX) == node.index() {
            return;
        }
        let replicaof = replicaof.and_then(|master| self.host(master)).map(|master| master.addr.clone());
        let config = Config { port, replicaof, ..(*self.newcomer).clone() };
        let empty = HostSetup { name: String::new(), config: Config::default() };
        let places = (node.index() + 1).saturating_sub(count);
        self.hosts.extend((0..places).map(|_| Host { is_there: false, ..Host::empty(&empty) }));
        if let Some(place) = self.hosts.get_mut(node.index()) {
            *place = Host::empty(&HostSetup { name: name.into(), config });
            place.start(seed, now, None);
        }
    }

    #[cfg(feature = "complete")]
    fn remove(&mut self, node: NodeId) {
        self.crash(node);
        if let Some(host) = self.hosts.get_mut(node.index()) {
            (host.is_there, host.disk) = (false, None);
        }
    }

    fn restart(&mut self, node: NodeId, keep_rdb: bool) {
        let (seed, now) = (self.rng.next_u64(), self.now);
        let Some(host) = self.hosts.get_mut(node.index()).filter(|host| host.is_there) else {
            return;
        };
        if host.node.is_none() {
            host.disk = host.disk.take_if(|_| keep_rdb);
            let rdb = host.disk.clone();
            host.start(seed, now, rdb);
        }
    }
}
