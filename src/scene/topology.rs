//! Who replicates from whom in the picture.
//!
//! Rule: the relation that holds now; for a node without one, the relation that it had or will have, so that cards stay
//! where they are when a process dies, a replica is promoted, or has not been told yet.

use super::ledger::Ledger;
use crate::node::Node;
use crate::sim::{NodeId, World};

/// The master of each node in the picture; both by their places among the hosts that are there.
pub fn parents(world: &World, ledger: &Ledger) -> Vec<Option<usize>> {
    let ids: Vec<NodeId> = world.node_ids().collect();
    let place = |master: NodeId| ids.iter().position(|id| *id == master);
    let mut parents: Vec<Option<usize>> = ids.iter().map(|id| master_of(world, *id).and_then(place)).collect();
    for (n, id) in ids.iter().enumerate() {
        // Who serves others now stands for itself.
        if parents[n].is_none() && !parents.contains(&Some(n)) {
            parents[n] = ledger.master_around(*id, world.now()).and_then(place);
        }
    }
    parents
}

/// The node that this one replicates from, if it is on screen.
pub fn master_of(world: &World, id: NodeId) -> Option<NodeId> {
    let link = world.host(id)?.node.as_ref().and_then(Node::master_link)?;
    world.find(&link.addr)
}
