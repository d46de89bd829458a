//! Two branches at the same moment: what differs, as rows of a table.
//!
//! Rule: only what differs is a row. Nodes are the same by number, which is the same name on every branch.

use super::narration::display_name;
use crate::node::{Entry, LinkState, Node};
use crate::sim::{Host, NodeId, World};
use crate::wire::{printable, quoted};
use std::collections::BTreeSet;

/// So many keys of a node are compared one by one; more are one row.
const KEYS_MAX: usize = 50;
/// So many characters of a value are shown.
const VALUE_MAX: usize = 60;

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// Whether the node is there, and its process runs.
    There,
    /// Whose replica it is, and whether its link is up.
    Role,
    /// `master_repl_offset`.
    Offset,
    /// `master_replid`.
    Id,
    /// `master_replid2`, and up to which byte.
    SecondId,
    /// The value of a key.
    Key { db: u8, key: Vec<u8> },
    /// How many more keys differ.
    MoreKeys,
}

impl Point {
    /// The heading of the row.
    pub fn text(&self) -> String {
        match self {
            Point::There => "process".into(),
            Point::Role => "role".into(),
            Point::Offset => "offset".into(),
            Point::Id => "replication id".into(),
            Point::SecondId => "second id".into(),
            Point::Key { db: 0, key } => printable(key),
            Point::Key { db, key } => format!("db{db} {}", printable(key)),
            Point::MoreKeys => "more keys".into(),
        }
    }
}

/// One row: a node, what differs, and how it is in each. Empty where there is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub node: NodeId,
    /// As the page calls it.
    pub name: String,
    pub point: Point,
    pub a: String,
    pub b: String,
}

/// What differs between two worlds, by node.
pub fn compare(a: &World, b: &World) -> Vec<Difference> {
    let ids: BTreeSet<NodeId> = a.node_ids().chain(b.node_ids()).collect();
    let mut found = vec![];
    for id in ids {
        let sides = [a, b].map(|world| world.host(id).filter(|host| host.is_there));
        let name = sides.iter().flatten().next().map(|host| display_name(&host.name)).unwrap_or_default();
        let mut row = |point: Point, [a, b]: [String; 2]| {
            if a != b {
                found.push(Difference { node: id, name: name.clone(), point, a, b });
            }
        };
        row(Point::There, sides.map(presence));
        let nodes = sides.map(|host| host.and_then(|host| host.node.as_ref()));
        let ([Some(of_a), Some(of_b)], [in_a, in_b]) = (nodes, [a, b]) else { continue };
        row(Point::Role, [role(in_a, of_a), role(in_b, of_b)]);
        let each = |text: fn(&Node) -> String| [text(of_a), text(of_b)];
        row(Point::Offset, each(|node| node.offset().to_string()));
        row(Point::Id, each(|node| node.history().id.to_string()));
        row(Point::SecondId, each(second_id));
        keys(of_a, of_b, &mut row);
    }
    found
}

fn presence(host: Option<&Host>) -> String {
    match host {
        None => "is not there",
        Some(host) if host.node.is_none() => "is not running",
        Some(host) if host.paused => "stands still",
        Some(_) => "runs",
    }
    .into()
}

fn role(world: &World, node: &Node) -> String {
    let Some(link) = node.master_link() else { return "master".into() };
    let master = world.find(&link.addr).and_then(|id| world.host(id));
    let name = master.map_or_else(|| link.addr.to_string(), |host| display_name(&host.name));
    let state = if link.state == LinkState::Connected { "up" } else { "down" };
    format!("replica of {name}, link {state}")
}

fn second_id(node: &Node) -> String {
    let history = node.history();
    history.second_offset.map(|offset| format!("{} up to {offset}", history.id2)).unwrap_or_default()
}

fn keys(a: &Node, b: &Node, row: &mut impl FnMut(Point, [String; 2])) {
    let (a, b) = (a.keyspace(), b.keyspace());
    let mut more = 0_usize;
    let mut shown = 0;
    for db in 0..a.databases().max(b.databases()) {
        let all: BTreeSet<&[u8]> = a.iter(db).chain(b.iter(db)).map(|(key, _)| &**key).collect();
        for key in all {
            let entries = [a.get(db, key), b.get(db, key)];
            if entries[0] == entries[1] {
                continue;
            }
            if shown == KEYS_MAX {
                more += 1;
                continue;
            }
            shown += 1;
            let mut texts = entries.map(|entry| entry.map(value).unwrap_or_default());
            if texts[0] == texts[1] {
                // As long, and not the same: DEBUG DIGEST-VALUE tells them apart.
                let digests = [a, b].map(|space| space.value_digest(db, key));
                texts.iter_mut().zip(digests).for_each(|(text, digest)| *text += &format!(" · {digest}"));
            }
            row(Point::Key { db, key: key.to_vec() }, texts);
        }
    }
    if more > 0 {
        row(Point::MoreKeys, [more.to_string(), String::new()]);
    }
}

fn value(entry: &Entry) -> String {
    let text = entry.value.as_string().map_or_else(|| entry.value.to_string(), |bytes| quoted(bytes));
    let mut short: String = text.chars().take(VALUE_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    match entry.expire_at_ms {
        Some(at_ms) => format!("{short}, expires at {at_ms}"),
        None => short,
    }
}
