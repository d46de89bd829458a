//! What can be done to a node or a link at this moment: the items of its menu.
//!
//! Rule: an item is there only if it would change something; its letter works in the menu and on the thing itself.

use super::super::words;
use super::Thing;
use super::bench::Bench;
use crate::node::Role;
use crate::sim::{Action, LinkCondition, LinkSetup, NodeId, World};
use crate::wire::Bytes;

/// An item of a menu.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub word: String,
    /// In lower case; the key Delete is `\u{7f}`.
    pub key: char,
    pub doing: Doing,
}

/// What an item does.
#[derive(Clone, Debug, PartialEq)]
pub enum Doing {
    Act(Action),
    /// Asks which node is to be followed.
    Follow(NodeId),
    /// Asks how slow.
    Slow(NodeId, NodeId),
    /// A replica of this node joins.
    Add(NodeId),
    Load(NodeId),
    Settings(NodeId),
    Console(NodeId),
    Menu(Thing),
}

/// The key Delete.
pub const DELETE: char = '\u{7f}';

/// What a client of a node sends.
pub fn command(node: NodeId, words: &[&str]) -> Action {
    Action::Command { node, args: words.iter().map(|word| Bytes::from(word.as_bytes())).collect() }
}

/// A node is told to follow another.
pub fn follow(world: &World, node: NodeId, master: NodeId) -> Option<Action> {
    let addr = &world.host(master)?.addr;
    Some(command(node, &["REPLICAOF", &addr.host, &addr.port.to_string()]))
}

/// The menu of a thing.
pub fn items(bench: &Bench, thing: &Thing) -> Vec<Item> {
    let world = bench.world();
    let world = &*world;
    match *thing {
        Thing::Node(node) => of_node(world, node),
        Thing::Link(a, b) => of_link(world, bench.usual_link(a, b), a, b),
        Thing::Faults(node) => {
            let mut items = of_node(world, node);
            items.retain(|item| matches!(item.doing, Doing::Act(_)));
            let letters = ('1'..='9').chain("bdghijknquvwxy".chars());
            let name = |id: NodeId| bench.name(id);
            let links =
                world.links().filter(|link| world.has(link.a) && world.has(link.b) && is_used(world, link.a, link.b));
            let links = links.zip(letters).map(|(link, key)| {
                item(&words::link_of(&name(link.a), &name(link.b)), key, Doing::Menu(Thing::Link(link.a, link.b)))
            });
            items.extend(links);
            items
        }
    }
}

fn item(word: &str, key: char, doing: Doing) -> Item {
    Item { word: word.to_owned(), key, doing }
}

fn of_node(world: &World, node: NodeId) -> Vec<Item> {
    let Some(host) = world.host(node).filter(|host| host.is_there) else { return vec![] };
    let remove = item(words::REMOVE, DELETE, Doing::Act(Action::Remove { node }));
    let Some(process) = &host.node else {
        return vec![
            item(words::RESTART, 'r', Doing::Act(Action::Restart { node, keep_rdb: true })),
            item(words::RESTART_EMPTY, 'e', Doing::Act(Action::Restart { node, keep_rdb: false })),
            remove,
        ];
    };
    let mut items = vec![];
    if to_follow(world, node).next().is_some() {
        items.push(item(words::FOLLOW, 'f', Doing::Follow(node)));
    }
    if process.role() == Role::Replica {
        items.push(item(words::PROMOTE, 'p', Doing::Act(command(node, &["REPLICAOF", "NO", "ONE"]))));
    } else if process.replicas().next().is_some() {
        items.push(item(words::FAILOVER, 'o', Doing::Act(command(node, &["FAILOVER"]))));
    }
    items.push(item(words::ADD_REPLICA, 'a', Doing::Add(node)));
    items.push(match host.paused {
        true => item(words::RESUME, 'z', Doing::Act(Action::Resume { node })),
        false => item(words::PAUSE, 'z', Doing::Act(Action::Pause { node })),
    });
    items.push(item(words::CRASH, 'c', Doing::Act(Action::Crash { node })));
    items.push(item(words::LOAD, 'l', Doing::Load(node)));
    items.push(item(words::SETTINGS, 's', Doing::Settings(node)));
    items.push(item(words::TYPE_COMMAND, 't', Doing::Console(node)));
    items.push(remove);
    items
}

fn of_link(world: &World, usual: LinkSetup, a: NodeId, b: NodeId) -> Vec<Item> {
    let link = world.links().find(|link| link.joins(a, b));
    let is_usual = link.is_none_or(|link| link.setup == usual);
    let condition = link.map_or(LinkCondition::Up, |link| link.condition);
    let mut items = vec![];
    if condition != LinkCondition::Up {
        items.push(item(words::HEAL, 'h', Doing::Act(Action::Heal { a, b })));
    }
    if !matches!(condition, LinkCondition::Cut { .. }) {
        items.push(item(words::CUT, 'c', Doing::Act(Action::Cut { a, b })));
    }
    items.push(item(words::SLOW, 's', Doing::Slow(a, b)));
    if !is_usual {
        let as_before = Action::Slow { a, b, latency: usual.latency, bandwidth: usual.bandwidth };
        items.push(item(words::AS_BEFORE, 'u', Doing::Act(as_before)));
    }
    if !matches!(condition, LinkCondition::BlackHole { .. }) {
        items.push(item(words::BLACK_HOLE, 'b', Doing::Act(Action::BlackHole { a, b })));
    }
    items
}

/// Does one of the two follow the other?
fn is_used(world: &World, a: NodeId, b: NodeId) -> bool {
    master_of(world, a) == Some(b) || master_of(world, b) == Some(a)
}

/// Whom a node could follow: all but itself, and whom it follows already.
pub fn to_follow(world: &World, node: NodeId) -> impl Iterator<Item = NodeId> {
    let master = master_of(world, node);
    world.node_ids().filter(move |id| *id != node && Some(*id) != master)
}

/// Whom a node follows.
pub fn master_of(world: &World, node: NodeId) -> Option<NodeId> {
    world.find(&world.host(node)?.node.as_ref()?.master_link()?.addr)
}
