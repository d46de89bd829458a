//! What it would cost each node to come back to the master now, if its link broke at this moment.
//!
//! Rule: the same function answers as for a real PSYNC (`masterTryPartialResynchronization`); nothing is guessed.

use super::super::nodes::name_of;
use super::super::panel::{Cost, Tone};
use super::super::strip;
use super::super::text::bytes;
use super::count;
use crate::node::{Node, PsyncVerdict};
use crate::sim::{NodeId, World};

/// Each node beside the master that most follow; none if it has no backlog.
pub fn costs(world: &World) -> Vec<Cost> {
    let Some((head, master)) = strip::head(world).filter(|(_, node)| node.backlog().is_some()) else {
        return Vec::new();
    };
    let others = world.node_ids().filter(|id| *id != head);
    others.filter_map(|id| Some(cost(world, id, world.host(id)?.node.as_ref()?, master))).collect()
}

fn cost(world: &World, id: NodeId, node: &Node, master: &Node) -> Cost {
    let name = name_of(world, id);
    let history = node.history();
    match master.would_answer(&history.id.0, history.offset as i64 + 1) {
        PsyncVerdict::Partial { bytes: n } => Cost { name, text: format!("partial · {}", bytes(n)), tone: Tone::Good },
        PsyncVerdict::Full { .. } => {
            let snapshot = master.snapshot_len(world.now()).map_or(String::new(), |len| format!(" · {}", bytes(len)));
            let lost = lost_writes(world, node, master);
            let loses = if lost == 0 { String::new() } else { format!(" · loses {}", count(lost, "write")) };
            Cost { name, text: format!("full{snapshot}{loses}"), tone: if lost > 0 { Tone::Bad } else { Tone::Full } }
        }
    }
}

/// Writes of clients that this node holds, behind the point where the master's history left its own.
fn lost_writes(world: &World, node: &Node, master: &Node) -> u64 {
    let (theirs, ours) = (node.history(), master.history());
    let Some(first) = ours.second_offset.filter(|_| ours.id2 == theirs.id) else { return 0 };
    let beyond = world.stream(&theirs.id).filter(|c| c.end >= first && c.start <= theirs.offset);
    beyond.filter(|c| strip::is_write(&c.args)).count() as u64
}
