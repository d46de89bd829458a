//! What would come of letting go of a carried card here, in words.
//!
//! Rule: nothing is guessed: the cost of following another node is that of a copy of the world run ahead.

use super::super::words;
use super::acts::master_of;
use super::bench::Bench;
use super::hand::{Carried, Over};
use crate::sim::NodeId;

/// The sentence shown while something is carried.
pub fn note(bench: &Bench, what: Carried, over: Over) -> String {
    match (what, over) {
        (Carried::Node(node), Over::Node(master)) if node != master => would_follow(bench, node, master),
        (Carried::Node(node), Over::Bin) => words::would_go(&bench.name(node)),
        (Carried::Node(node), _) => words::carry_to(&bench.name(node)),
        (Carried::New, Over::Node(master)) => words::would_join(Some(&bench.name(master))),
        (Carried::New, Over::Stage) => words::would_join(None),
        (Carried::New, _) => words::CARRY_NEW.into(),
    }
}

fn would_follow(bench: &Bench, node: NodeId, master: NodeId) -> String {
    let world = bench.world();
    let (name, other) = (bench.name(node), bench.name(master));
    if master_of(&world, node) == Some(master) {
        return words::follows_already(&name, &other);
    }
    // Whoever follows somebody below itself follows itself.
    let mut up = Some(master);
    for _ in world.node_ids() {
        up = up.and_then(|id| master_of(&world, id));
        if up == Some(node) {
            return words::would_ring(&name, &other);
        }
    }
    words::would_follow(&name, &other, &words::cost(&bench.would_follow(node, master)))
}
