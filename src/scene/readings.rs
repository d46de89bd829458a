//! Every node's offset over the whole run, and how far each replica was behind its master.
//!
//! Rule: a reading for each moment at which one of a node's numbers changed; filled once, while the run is computed.

use super::topology;
use crate::sim::{NodeId, World};
use crate::time::Time;
use crate::wire::ReplId;

/// A node's numbers, from a moment on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    pub at: Time,
    pub node: NodeId,
    /// None while its process does not run.
    pub offset: Option<u64>,
    /// The history that the offset counts in.
    pub id: Option<ReplId>,
    /// Bytes that its master has and it has not; of a replica in its master's history.
    pub behind: Option<u64>,
}

/// The most readings that are remembered; a longer run is not drawn further.
const READINGS_MAX: usize = 200_000;

/// The run's readings, in the order of time.
#[derive(Clone, Debug, Default)]
pub struct Readings {
    all: Vec<Reading>,
    /// The last one of each node.
    last: Vec<Reading>,
}

impl Readings {
    /// Takes note of the world after one moment.
    pub fn note(&mut self, world: &World) {
        for node in world.node_ids() {
            let reading = read(world, node);
            let last = self.last.iter().position(|other| other.node == node);
            let is_same = |old: &Reading| Reading { at: old.at, ..reading } == *old;
            if last.is_some_and(|n| is_same(&self.last[n])) || self.all.len() >= READINGS_MAX {
                continue;
            }
            match last {
                Some(n) => self.last[n] = reading,
                None => self.last.push(reading),
            }
            self.all.push(reading);
        }
    }

    pub fn all(&self) -> &[Reading] {
        &self.all
    }
}

fn read(world: &World, id: NodeId) -> Reading {
    let node_of = |id: NodeId| world.host(id).and_then(|host| host.node.as_ref());
    let node = node_of(id);
    let master = topology::master_of(world, id).and_then(node_of);
    let behind = node.zip(master).filter(|(node, master)| node.history().id == master.history().id);
    Reading {
        at: world.now(),
        node: id,
        offset: node.map(|node| node.offset()),
        id: node.map(|node| node.history().id),
        behind: behind.map(|(node, master)| master.offset().saturating_sub(node.offset())),
    }
}
