//! What a whole run tells and no single moment does: who drew which replication id, and which decisions were taken.
//!
//! Rule: filled once, while the run is computed; then only read.

use super::paint::Hue;
use crate::node::{Event, PsyncDecision};
use crate::sim::{Entry, NodeId, What, World};
use crate::time::Time;
use crate::wire::ReplId;
use std::collections::BTreeMap;

/// A master's answer to PSYNC.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    pub at: Time,
    pub node: NodeId,
    pub decision: PsyncDecision,
}

/// Facts of a whole run.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    owners: BTreeMap<ReplId, NodeId>,
    decisions: Vec<Decided>,
}

impl Ledger {
    /// Takes note of one moment: what happened, and the world after it. To be called in order of time.
    pub fn note(&mut self, entries: &[Entry], world: &World) {
        for entry in entries {
            match &entry.what {
                What::Event(Event::IdChanged { id, .. }) => drop(self.owners.entry(*id).or_insert(entry.node)),
                What::Event(Event::PsyncDecided(decision)) => {
                    self.decisions.push(Decided { at: entry.at, node: entry.node, decision: (**decision).clone() });
                }
                _ => {}
            }
        }
        // Ids that were drawn without a word, at the start of a process: whoever has them first drew them.
        for (id, host) in world.node_ids().zip(world.hosts()) {
            if let Some(node) = &host.node {
                self.owners.entry(node.history().id).or_insert(id);
            }
        }
    }

    /// The colour of the node that drew this id.
    pub fn owner(&self, id: &ReplId) -> Hue {
        self.owners.get(id).map_or(Hue::None, |node| Hue::of(node.index()))
    }

    /// The last decision taken at or before a moment.
    pub fn decision(&self, at: Time) -> Option<&Decided> {
        self.decisions[..self.decisions.partition_point(|d| d.at <= at)].last()
    }
}
