//! Who replicates from whom in the picture.
//!
//! Rule: the relation that holds now; for a node without one, the relation that the scenario's links stand for, so that
//! cards stay where they are when a link is lost, a process dies, or a replica has not been told yet.

use crate::node::Node;
use crate::sim::{NodeId, World};

/// The master of each node in the picture, by index.
pub fn parents(world: &World) -> Vec<Option<usize>> {
    let mut parents: Vec<Option<usize>> = world.node_ids().map(|id| master_of(world, id).map(NodeId::index)).collect();
    let serves = |parents: &[Option<usize>], n: usize| parents.contains(&Some(n));
    for n in 0..parents.len() {
        if parents[n].is_some() || serves(&parents, n) {
            continue;
        }
        let others = world.links().filter_map(|link| other_end(link.a, link.b, n));
        parents[n] = others.filter(|&o| serves(&parents, o) || o < n).min_by_key(|&o| (!serves(&parents, o), o));
    }
    parents
}

/// The node that this one replicates from, if it is on screen.
pub fn master_of(world: &World, id: NodeId) -> Option<NodeId> {
    let link = world.host(id)?.node.as_ref().and_then(Node::master_link)?;
    world.find(&link.addr)
}

fn other_end(a: NodeId, b: NodeId, n: usize) -> Option<usize> {
    match (a.index(), b.index()) {
        (x, y) if x == n => Some(y),
        (x, y) if y == n => Some(x),
        _ => None,
    }
}
