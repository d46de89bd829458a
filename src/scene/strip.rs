//! Reads from the world what the tape shows: the stream of the history in force, its backlog, and who is where on it.
//!
//! Rule: the history is that of the node that most others follow; what a replica or an old master holds of the same
//! bytes lies on the same strip, what only an old master holds lies on a branch of its own.

use super::nodes::name_of;
use super::paint::Hue;
use crate::node::{LinkState, Node, Role};
use crate::sim::{NodeId, World};
use crate::story::speech::typed;
use crate::time::Time;
use crate::wire::{Bytes, ReplId};

/// Bytes of one argument that are shown on the tape.
const WORD_MAX: usize = 40;

/// What is to be laid out, read from the world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TapeSource {
    /// The stream up to where histories part, or all of it; oldest first.
    pub trunk: Vec<Written>,
    pub split: Option<Split>,
    pub window: Option<Window>,
    pub pins: Vec<Pin>,
}

impl TapeSource {
    /// What was written after the histories parted: under the new id, and where only an old master has it.
    pub fn branches(&self) -> (&[Written], &[Written]) {
        self.split.as_ref().map_or((&[], &[]), |s| (&s.written, &s.alone))
    }
}

/// A command of the stream: its bytes are `start..=end`.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub start: u64,
    pub end: u64,
    pub words: String,
    pub at: Time,
}

impl Written {
    /// How many bytes it takes.
    pub fn len(&self) -> u64 {
        self.end + 1 - self.start
    }
}

/// A promotion: from byte `first` on, the stream has a new id.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    pub first: u64,
    /// The new id, shortened, its colour, and what was written under it.
    pub id: String,
    pub hue: Hue,
    pub written: Vec<Written>,
    /// What the old history still got after that point, where it exists, and its colour.
    pub alone: Vec<Written>,
    /// How many of these a client asked for, and was answered.
    pub alone_writes: u64,
    pub alone_on: String,
    pub alone_hue: Hue,
}

/// The backlog: `len` bytes from offset `first`, of `size` at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub first: u64,
    pub len: u64,
    pub size: u64,
}

/// A node on the stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin {
    pub node: NodeId,
    pub name: String,
    pub hue: Hue,
    pub offset: u64,
    /// It has lost its master and will ask for the byte after `offset`.
    pub cut_off: bool,
    /// It is on the branch that only the old master has.
    pub alone: bool,
}

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
                alone_writes: world.stream(&history.id2).filter(|c| c.end >= first && is_write(&c.args)).count() as u64,
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
pub fn head(world: &World) -> Option<(NodeId, &Node)> {
    let running = world.node_ids().filter_map(|id| Some((id, world.host(id)?.node.as_ref()?)));
    let rank =
        |node: &Node| (node.role() == Role::Master, node.replicas().count(), node.backlog().is_some(), node.offset());
    running.max_by_key(|(id, node)| (rank(node), std::cmp::Reverse(*id)))
}

fn written(world: &World, id: &ReplId) -> Vec<Written> {
    let commands = world.stream(id);
    commands.map(|c| Written { start: c.start, end: c.end, words: typed(&c.args, WORD_MAX), at: c.at }).collect()
}

/// Did a client ask for this command of the stream, or a script or transaction of one? The rest is the master's own.
pub fn is_write(args: &[Bytes]) -> bool {
    let name = args.first().map(|name| name.to_ascii_lowercase());
    !matches!(name.as_deref(), None | Some(b"select" | b"ping" | b"replconf" | b"multi" | b"exec"))
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
        // A node that was promoted has left this history; it stands where it left it.
        let left = theirs.second_offset.filter(|_| theirs.id2 == history.id && !same);
        // Of two empty histories nothing can be said.
        let is_empty = node.backlog().is_none() && node.offset() == 0;
        if id != head && (is_empty || !(same || old.is_some() || left.is_some())) {
            continue;
        }
        let waits = node.master_link().is_some_and(|link| link.state < LinkState::Transfer && link.cached.is_some());
        pins.push(Pin {
            node: id,
            name: name_of(world, id),
            hue: Hue::of(id.index()),
            offset: left.map_or(node.offset(), |first| node.offset().min(first - 1)),
            cut_off: id != head && waits && of.backlog().is_some(),
            alone: old.is_some_and(|first| node.offset() >= first),
        });
    }
    pins
}
