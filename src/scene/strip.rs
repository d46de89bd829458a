//! Reads from the world what the tape shows: the stream of the history in force, its backlog, and who is where on it.
//!
//! Rule: the history is that of the node that most others follow; what a replica or an old master holds of the same
//! bytes lies on the same strip, what only an old master holds lies on a branch of its own.

use super::nodes::name_of;
use super::paint::Hue;
use super::tape::{Pin, Split, TapeSource, Window, Written};
use crate::node::{LinkState, Node, Role};
use crate::sim::{NodeId, World};
use crate::story::speech::typed;
use crate::wire::ReplId;

/// Bytes of one argument that are shown on the tape.
const WORD_MAX: usize = 40;

/// What to lay out; nothing if no process runs.
pub fn source(world: &World, owner: &dyn Fn(&ReplId) -> Hue) -> TapeSource {
    let Some((head, node)) = head(world) else { return TapeSource::default() };
    let history = node.history();
    let ours: Vec<Written> = written(world, &history.id);
    // The second id tells what came before a promotion; a history that goes on by itself has none.
    let before = history.second_offset.map(|first| (first, written(world, &history.id2)));
    let (trunk, split) = match before {
        Some((first, old)) if !old.is_empty() || !ours.is_empty() => {
            let (shared, rest): (Vec<_>, Vec<_>) = old.into_iter().partition(|w| w.end < first);
            let alone = holders(world, &history.id2, first);
            let alone_on = alone.first().map_or_else(String::new, |&id| name_of(world, id));
            let split = Split {
                first,
                id: history.id.short(),
                hue: owner(&history.id),
                written: ours,
                // Bytes that no process holds any more are not on the tape.
                alone: if alone.is_empty() { Vec::new() } else { rest },
                alone_on,
                alone_hue: alone.first().map_or(Hue::None, |id| Hue::of(id.index())),
            };
            (shared, Some(split))
        }
        _ => (ours, None),
    };
    let window = node.backlog().map(|b| Window { first: b.first(), len: b.len(), size: b.size() });
    TapeSource { trunk, split, window, pins: pins(world, head, node) }
}

/// The node whose stream is shown: the master with the most replicas, and among equals the one furthest on.
fn head(world: &World) -> Option<(NodeId, &Node)> {
    let running = world.node_ids().filter_map(|id| Some((id, world.host(id)?.node.as_ref()?)));
    let rank = |node: &Node| (node.role() == Role::Master, node.replicas().count(), node.backlog().is_some(), node.offset());
    running.max_by_key(|(id, node)| (rank(node), std::cmp::Reverse(*id)))
}

fn written(world: &World, id: &ReplId) -> Vec<Written> {
    let commands = world.stream(id);
    commands
        .map(|c| Written { start: c.start, end: c.end, words: typed(&c.args, WORD_MAX), at: c.at })
        .collect()
}

/// Nodes that stand in history `id` at or after byte `first`.
fn holders(world: &World, id: &ReplId, first: u64) -> Vec<NodeId> {
    let holds = |node: &Node| node.history().id == *id && node.offset() >= first;
    world.node_ids().filter(|&n| world.host(n).and_then(|h| h.node.as_ref()).is_some_and(holds)).collect()
}

fn pins(world: &World, head: NodeId, of: &Node) -> Vec<Pin> {
    let history = of.history();
    let mut pins = Vec::new();
    for id in world.node_ids() {
        let Some(node) = world.host(id).and_then(|h| h.node.as_ref()) else { continue };
        let theirs = node.history();
        let same = theirs.id == history.id;
        let old = history.second_offset.filter(|_| theirs.id == history.id2);
        // Of two empty histories nothing can be said.
        if id != head && !same && old.is_none() || node.backlog().is_none() && node.offset() == 0 && id != head {
            continue;
        }
        let waits = node.master_link().is_some_and(|link| link.state < LinkState::Transfer && link.cached.is_some());
        pins.push(Pin {
            node: id,
            name: name_of(world, id),
            hue: Hue::of(id.index()),
            offset: node.offset(),
            cut_off: id != head && waits && of.backlog().is_some(),
            alone: old.is_some_and(|first| node.offset() >= first),
        });
    }
    pins
}
