//! The invariants of replication, checked from outside while a run goes on.
//!
//! Rule: a checker only reads the journal and the world; it never helps a node. It is fed every entry once, in order.
//!
//! 1. A replica's dataset at offset *n* equals its master's when its offset was *n*, in the same history.
//! 2. An offset never goes back within one history, and the same (history, offset) is the same command everywhere.
//! 3. `+CONTINUE` is sent only for a byte that is in the backlog, under an id that the master answers to; and for such a
//!    byte nothing else is.
//! 4. After faults stop, every connected replica reaches its master's offset and digest: [`Checks::settled`].
//! 5. A write that was acknowledged to a client and is in no surviving history is reported as lost.
//!
//! A replica that takes writes of its own leaves the guarantee of the first: from then on it is not checked, and neither
//! is a history into which it brings its dataset, by a snapshot or as a master.

#[cfg(feature = "complete")]
use super::Action;
use super::{Entry, NodeId, What, World};
use crate::node::{Event, LinkState, Node, PsyncDecision, PsyncVerdict, Role};
use crate::time::Time;
use crate::vec_map::VecMap;
use crate::wire::{Bytes, ReplId};
use std::collections::VecDeque;

/// How many offsets, and how many writes, of each history are remembered at the most.
const REMEMBERED: usize = 4096;

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    pub at: Time,
    pub node: NodeId,
    pub rule: u8,
    pub what: String,
}

/// A write that a client was told had succeeded, and that no node holds any more.
#[derive(Clone, Debug, PartialEq)]
pub struct LostWrite {
    pub at: Time,
    pub node: NodeId,
    pub id: ReplId,
    pub offset: u64,
    pub args: Vec<Bytes>,
}

/// What is known of one history.
#[derive(Clone, Debug, Default)]
struct Line {
    /// Where it branched off, if it did: the history before, and its last common offset.
    parent: Option<(ReplId, u64)>,
    /// A node that took writes of its own brought them into it.
    is_tainted: bool,
    datasets: VecMap<u64, u64>,
    commands: VecMap<u64, (u64, Vec<Bytes>)>,
    /// Acknowledged writes by the offset of their last byte; those of clients only.
    writes: VecDeque<(u64, NodeId, Time, Vec<Bytes>)>,
}

/// What is known of one node.
#[derive(Clone, Debug, Default)]
struct Standing {
    /// The history it is in, and its offset there.
    place: Option<(ReplId, u64)>,
    /// The history whose dataset it holds at its offset. A master without a backlog holds that of none: it writes, and
    /// its offset stands still.
    in_step: Option<ReplId>,
    is_replica: bool,
    /// It took writes of its own as a replica.
    is_diverged: bool,
}

/// The checker of a run.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    lines: VecMap<ReplId, Line>,
    nodes: VecMap<NodeId, Standing>,
    violations: Vec<Violation>,
    lost: Vec<LostWrite>,
}

impl Checks {
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Acknowledged writes that are in no surviving history.
    pub fn lost_writes(&self) -> &[LostWrite] {
        &self.lost
    }

    /// Takes note of one thing that happened.
    pub fn observe(&mut self, entry: &Entry) {
        #[cfg(feature = "complete")]
        if let What::Fault(Action::Remove { node }) = &entry.what {
            self.removed(entry.at, *node);
        }
        let What::Event(event) = &entry.what else {
            return;
        };
        match event {
            Event::Started { id, offset, id2, second_offset } => {
                self.branch(*id, *id2, *second_offset);
                let node = self.node(entry.node);
                let now =
                    Standing { place: Some((*id, *offset)), is_diverged: node.is_diverged, ..Standing::default() };
                if let Some((was_id, was_offset)) = std::mem::replace(node, now).place {
                    self.lose(entry.at, was_id, was_offset);
                }
            }
            Event::Propagated { id, start, end, args, injected } => {
                self.command(entry, *id, *start, *end, args);
                self.line(*id).is_tainted |= self.node(entry.node).is_diverged;
                if !injected {
                    let writes = &mut self.line(*id).writes;
                    writes.push_back((*end, entry.node, entry.at, args.clone()));
                    if writes.len() > REMEMBERED {
                        writes.pop_front();
                    }
                }
            }
            // Who got its dataset by SYNC does not know which history it is; there may be many without a name.
            Event::Applied { id, .. } | Event::DatasetAt { id, .. } if *id == ReplId::ZERO => {}
            Event::Applied { id, start, end, args } => {
                self.command(entry, *id, *start, *end, args);
                #[cfg(feature = "complete")]
                self.holds(*id, *start, *end);
            }
            Event::DatasetAt { id, offset, fingerprint } => self.dataset(entry, *id, *offset, *fingerprint),
            Event::IdChanged { id, id2, second_offset } => {
                self.branch(*id, *id2, *second_offset);
                let node = self.node(entry.node);
                node.place = Some((*id, node.place.map_or(0, |(_, offset)| offset)));
            }
            Event::SnapshotStarted { .. } => {
                let node = self.node(entry.node);
                node.in_step = node.place.map(|(id, _)| id);
                if let Some(id) = node.in_step.filter(|_| node.is_diverged) {
                    self.line(id).is_tainted = true;
                }
            }
            Event::SnapshotLoaded { id, offset, was_id, was_offset, .. } => {
                *self.node(entry.node) = Standing {
                    place: Some((*id, *offset)),
                    in_step: Some(*id),
                    is_replica: true,
                    ..Standing::default()
                };
                self.lose(entry.at, *was_id, *was_offset);
                #[cfg(feature = "complete")]
                self.holds(*id, 0, *offset);
            }
            Event::PsyncDecided(decision) => self.decision(entry, decision),
            Event::RoleChanged { to, .. } => self.node(entry.node).is_replica = *to == Role::Replica,
            Event::LinkStateChanged { .. } => self.node(entry.node).is_replica = true,
            Event::CommandRun { reply_is_error: false, args, .. } => self.local_write(entry.node, args),
            _ => {}
        }
    }

    /// What this node alone held is gone with it.
    #[cfg(feature = "complete")]
    fn removed(&mut self, at: Time, node: NodeId) {
        if let Some((id, offset)) = self.node(node).place.take() {
            self.lose(at, id, offset);
        }
    }

    fn line(&mut self, id: ReplId) -> &mut Line {
        self.lines.get_or_insert_with(id, Line::default)
    }

    fn node(&mut self, id: NodeId) -> &mut Standing {
        self.nodes.get_or_insert_with(id, Standing::default)
    }

    /// A history goes on under another name. The first who says so is the one who branched it off.
    fn branch(&mut self, id: ReplId, id2: ReplId, second_offset: Option<u64>) {
        if let Some(second) = second_offset.filter(|_| id != id2) {
            self.line(id).parent.get_or_insert((id2, second - 1));
        }
    }

    fn violation(&mut self, entry: &Entry, rule: u8, what: String) {
        self.violations.push(Violation { at: entry.at, node: entry.node, rule, what });
    }

    /// Rule 2.
    fn command(&mut self, entry: &Entry, id: ReplId, start: u64, end: u64, args: &[Bytes]) {
        let node = self.node(entry.node);
        node.in_step = Some(id);
        let place = node.place.replace((id, end));
        if let Some((was, offset)) = place.filter(|(was, offset)| *was == id && start != offset + 1) {
            self.violation(entry, 2, format!("history {}: byte {start} follows byte {offset}", was.short()));
        }
        let known = self.line(id).commands.get(end).cloned();
        match known {
            // A transaction is one step for a replica and several commands for its master.
            Some((known_start, known_args)) if known_start == start && known_args != args => {
                self.violation(entry, 2, format!("history {}: two commands end at byte {end}", id.short()));
            }
            Some(_) => {}
            None => {
                let commands = &mut self.line(id).commands;
                commands.insert(end, (start, args.to_vec()));
                if commands.len() > REMEMBERED {
                    commands.forget_first(REMEMBERED / 2);
                }
            }
        }
    }

    /// Rule 1.
    fn dataset(&mut self, entry: &Entry, id: ReplId, offset: u64, fingerprint: u64) {
        let node = self.node(entry.node);
        let (is_diverged, is_in_step) = (node.is_diverged, node.in_step == Some(id));
        let line = self.line(id);
        if is_diverged || !is_in_step || line.is_tainted {
            return;
        }
        let datasets = &mut line.datasets;
        let known = *datasets.get_or_insert_with(offset, || fingerprint);
        if datasets.len() > REMEMBERED {
            datasets.forget_first(REMEMBERED / 2);
        }
        if known != fingerprint {
            self.violation(entry, 1, format!("another dataset at offset {offset} of history {}", id.short()));
        }
    }

    /// Rule 3.
    fn decision(&mut self, entry: &Entry, decision: &PsyncDecision) {
        let asked = u64::try_from(decision.asked_offset).unwrap_or(0);
        let in_backlog = decision.backlog.is_some_and(|(first, len)| first <= asked && asked <= first + len);
        let id = decision.asked_id.as_deref().unwrap_or_default();
        let is_first = decision.id.matches(id);
        let is_second = decision.id2.matches(id) && decision.second_offset.is_some_and(|second| asked <= second);
        let can_continue = in_backlog && (is_first || is_second);
        let continues = matches!(decision.verdict, PsyncVerdict::Partial { .. });
        if continues && !can_continue {
            self.violation(entry, 3, format!("+CONTINUE for byte {asked}, which is not there to be continued"));
        }
        if can_continue && !continues {
            self.violation(entry, 3, format!("+FULLRESYNC for byte {asked}, which is there to be continued"));
        }
    }

    /// A replica that runs a write of its own client is no longer its master's copy.
    fn local_write(&mut self, node: NodeId, args: &[Bytes]) {
        let writes = args
            .first()
            .and_then(|name| crate::node::find_command(name))
            .is_some_and(|c| c.flags.has(crate::node::Flags::WRITE));
        let standing = self.node(node);
        standing.is_diverged |= writes && standing.is_replica;
    }

    /// Rule 5: a node gave up a history; what it alone held is lost.
    fn lose(&mut self, at: Time, id: ReplId, offset: u64) {
        let Some(line) = self.lines.get(id) else {
            return;
        };
        let gone: Vec<_> =
            line.writes.iter().filter(|(end, ..)| *end <= offset && !self.survives(id, *end)).cloned().collect();
        for (end, node, _, args) in gone {
            let is_known = self.lost.iter().any(|lost| lost.id == id && lost.offset == end);
            if !is_known {
                self.lost.push(LostWrite { at, node, id, offset: end, args });
            }
        }
    }

    /// A node has these bytes after all: they were on their way when whoever sent them was taken away.
    #[cfg(feature = "complete")]
    fn holds(&mut self, id: ReplId, from: u64, to: u64) {
        self.lost.retain(|lost| lost.id != id || lost.offset < from || lost.offset > to);
    }

    /// Does any node stand in a history that contains this byte?
    fn survives(&self, id: ReplId, offset: u64) -> bool {
        self.nodes.values().filter_map(|node| node.place).any(|place| self.contains(place, id, offset))
    }

    /// Does a node that stands here have this byte?
    fn contains(&self, (mut line, mut reach): (ReplId, u64), id: ReplId, offset: u64) -> bool {
        // Histories branch off one another no more often than there are histories.
        for _ in 0..=self.lines.len() {
            if line == id {
                return offset <= reach;
            }
            match self.lines.get(line).and_then(|l| l.parent) {
                Some((parent, fork)) => (line, reach) = (parent, fork.min(reach)),
                None => return false,
            }
        }
        false
    }

    /// The acknowledged writes that would be gone if all went on from where one node stands: those of its master, and
    /// those of the history that it follows, whose master may be down. By their bytes; `at`: what came later is left aside.
    #[cfg(feature = "complete")]
    pub fn would_lose(&self, keeper: (ReplId, u64), master: Option<(ReplId, u64)>, at: Time) -> Vec<LostWrite> {
        let is_at_stake =
            |id: ReplId, end: u64| id == keeper.0 || master.is_some_and(|master| self.contains(master, id, end));
        let is_lost =
            |id: ReplId, end: u64| self.lost.iter().any(|lost| (lost.id, lost.offset) == (id, end) && lost.at <= at);
        let mut found = vec![];
        for (id, line) in self.lines.iter() {
            for (offset, node, written, args) in &line.writes {
                let goes = *written <= at && is_at_stake(id, *offset) && !self.contains(keeper, id, *offset);
                if goes && !is_lost(id, *offset) {
                    found.push(LostWrite { at: *written, node: *node, id, offset: *offset, args: args.clone() });
                }
            }
        }
        found.sort_by_key(|write| (write.at, write.offset));
        found
    }

    /// Rule 4, for a world that was left alone long enough: every replica whose link stands holds what its master holds.
    pub fn settled(world: &World) -> Vec<Violation> {
        let mut violations = vec![];
        for id in world.node_ids() {
            let Some((node, master)) = replica_and_master(world, id) else {
                continue;
            };
            let said = |what: &str| Violation { at: world.now(), node: id, rule: 4, what: what.into() };
            if node.offset() != master.offset() {
                violations.push(said(&format!("offset {} where the master has {}", node.offset(), master.offset())));
            } else if node.keyspace().digest() != master.keyspace().digest() {
                violations.push(said("same offset as the master, another digest"));
            }
        }
        violations
    }
}

fn replica_and_master(world: &World, id: NodeId) -> Option<(&Node, &Node)> {
    let node = world.host(id)?.node.as_ref().filter(|node| node.role() == Role::Replica)?;
    let link = node.master_link().filter(|link| link.state == LinkState::Connected)?;
    let master = world.host(world.find(&link.addr)?)?.node.as_ref()?;
    Some((node, master))
}
