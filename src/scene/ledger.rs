//! What a whole run tells and no single moment does: who drew which replication id, who ever followed whom, and which
//! decisions were taken.
//!
//! Rule: filled once, while the run is computed; then only read.

use super::paint::Hue;
use super::topology;
use crate::node::{Event, PsyncDecision};
use crate::sim::{Entry, NodeId, What, World};
use crate::time::Time;
use crate::wire::ReplId;

/// A master's answer to PSYNC.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    pub at: Time,
    pub node: NodeId,
    pub decision: PsyncDecision,
}

/// From a moment on, a node replicates from another.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Followed {
    at: Time,
    replica: NodeId,
    master: NodeId,
}

/// Facts of a whole run.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Who drew an id.
    owners: Vec<(ReplId, NodeId)>,
    followed: Vec<Followed>,
    decisions: Vec<Decided>,
}

#[cfg(feature = "complete")]
impl crate::story::Witness for Ledger {
    fn note(&mut self, entries: &[Entry], world: &World) {
        Ledger::note(self, entries, world);
    }
}

impl Ledger {
    /// Takes note of one moment: what happened, and the world after it. To be called in order of time.
    pub fn note(&mut self, entries: &[Entry], world: &World) {
        for entry in entries {
            match &entry.what {
                What::Event(Event::IdChanged { id, .. }) => self.note_owner(*id, entry.node),
                What::Event(Event::PsyncDecided(decision)) => {
                    self.decisions.push(Decided { at: entry.at, node: entry.node, decision: (**decision).clone() });
                }
                _ => {}
            }
        }
        for id in world.node_ids() {
            // Ids that were drawn without a word, at the start of a process: whoever has them first drew them.
            if let Some(node) = world.host(id).and_then(|host| host.node.as_ref()) {
                self.note_owner(node.history().id, id);
            }
            if let Some(master) = topology::master_of(world, id) {
                let last = self.followed.iter().rev().find(|f| f.replica == id);
                if last.is_none_or(|f| f.master != master) {
                    self.followed.push(Followed { at: world.now(), replica: id, master });
                }
            }
        }
    }

    fn note_owner(&mut self, id: ReplId, node: NodeId) {
        if !self.owners.iter().any(|(known, _)| *known == id) {
            self.owners.push((id, node));
        }
    }

    /// The colour of the node that drew this id.
    pub fn owner(&self, id: &ReplId) -> Hue {
        let owner = self.owners.iter().find(|(known, _)| known == id);
        owner.map_or(Hue::None, |(_, node)| Hue::of(node.index()))
    }

    /// Whom a node followed last before a moment, or else will follow first after it.
    pub fn master_around(&self, replica: NodeId, at: Time) -> Option<NodeId> {
        let mine = || self.followed.iter().filter(|f| f.replica == replica);
        mine().rev().find(|f| f.at <= at).or_else(|| mine().next()).map(|f| f.master)
    }

    /// The last decision taken at or before a moment.
    pub fn decision(&self, at: Time) -> Option<&Decided> {
        self.decisions[..self.decisions.partition_point(|d| d.at <= at)].last()
    }
}
