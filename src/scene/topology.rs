//! Who replicates from whom in the picture.
//!
//! Rule: the relation that holds now; for a node without one, the relation that it had or will have, so that cards stay
//! where they are when a process dies, a replica is promoted, or has not been told yet.

use super::ledger::Ledger;
use crate::node::Node;
use crate::sim::{NodeId, World};

/// The master of each node in the picture, by index.
pub fn parents(world: &World, ledger: &Ledger) -> Vec<Option<usize>> {
    let mut parents: Vec<Option<usize>> = world.node_ids().map(|id| master_of(world, id).map(NodeId::index)).collect();
    for id in world.node_ids() {
        // Who serves others now stands for itself.
        if parents[id.index()].is_none() && !parents.contains(&Some(id.index())) {
            parents[id.index()] = ledger.master_around(id, world.now()).map(NodeId::index);
        }
    }
    parents
}

/// The node that this one replicates from, if it is on screen.
pub fn master_of(world: &World, id: NodeId) -> Option<NodeId> {
    let link = world.host(id)?.node.as_ref().and_then(Node::master_link)?;
    world.find(&link.addr)
}
