//! Many nodes on one stage: replicas of one master that are alike stand as one card, or only what is around the chosen
//! node is spread out.
//!
//! Rule: nothing is left out. Whoever has no card of its own is counted on one; a node in trouble is not alike those that
//! are well, so it stands out; and the chosen node always has its own card.

use super::card::Card;
use super::layout::{self, Detail};
use super::nodes::name_of;
use super::paint::Tone;
use super::{order, text, topology};
use crate::node::LinkState;
use crate::sim::{LinkCondition, NodeId, World};

/// How nodes share the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spread {
    /// Those that are alike stand together if all of them would be too small to read.
    #[default]
    Together,
    /// Every node has its own card.
    All,
    /// The chosen node, its masters and its replicas; all others stand together.
    Around,
}

/// Fewer nodes than this have a card each, however small.
const MANY: usize = 7;

/// The fewest nodes that stand together.
const FEWEST: usize = 3;

/// What stands on the stage: places of the nodes that are there, and for each thing the one that it hangs on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gathering {
    /// One node, or those that stand together.
    pub things: Vec<Vec<usize>>,
    pub parents: Vec<Option<usize>>,
}

/// What makes replicas alike: the link's state and the network's, and whether the process runs.
type Likeness = (Option<LinkState>, bool, bool, bool);

/// Puts nodes together; `parents` as `topology::parents` has them, `open` is one of those that shall stand one by one.
pub fn gather(
    world: &World,
    parents: &[Option<usize>],
    size: super::geometry::Size,
    spread: Spread,
    chosen: Option<NodeId>,
    open: Option<NodeId>,
) -> Gathering {
    let ids: Vec<NodeId> = world.node_ids().collect();
    let place = |id: Option<NodeId>| ids.iter().position(|other| Some(*other) == id);
    let alone = || Gathering { things: (0..parents.len()).map(|n| vec![n]).collect(), parents: parents.to_vec() };
    match (spread, place(chosen)) {
        (Spread::All, _) => alone(),
        (Spread::Around, Some(chosen)) => around(parents, chosen),
        _ if parents.len() < MANY || is_readable(parents, size) => alone(),
        (_, chosen) => match place(open).and_then(|n| parents[n]) {
            Some(master) => around(parents, master),
            None => together(world, &ids, parents, chosen),
        },
    }
}

/// Do all cards have room, with what their processes say of themselves?
fn is_readable(parents: &[Option<usize>], size: super::geometry::Size) -> bool {
    let layout = layout::place(parents, size, Detail::READABLE);
    layout.detail < Detail::Tiny
}

fn together(world: &World, ids: &[NodeId], parents: &[Option<usize>], chosen: Option<usize>) -> Gathering {
    let mut of: Vec<usize> = (0..parents.len()).collect();
    for master in 0..ids.len() {
        let mut groups: Vec<(Likeness, Vec<usize>)> = vec![];
        let leaves = (0..parents.len()).filter(|n| parents[*n] == Some(master) && !parents.contains(&Some(*n)));
        for leaf in leaves.filter(|n| Some(*n) != chosen) {
            let like = likeness(world, ids[leaf], ids[master]);
            match groups.iter_mut().find(|(other, _)| *other == like) {
                Some((_, members)) => members.push(leaf),
                None => groups.push((like, vec![leaf])),
            }
        }
        for (_, members) in groups.into_iter().filter(|(_, members)| members.len() >= FEWEST) {
            members.iter().for_each(|member| of[*member] = members[0]);
        }
    }
    gathered(parents, &of)
}

fn likeness(world: &World, replica: NodeId, master: NodeId) -> Likeness {
    let host = world.host(replica);
    let link = host.and_then(|host| host.node.as_ref()).and_then(|node| node.master_link()).map(|link| link.state);
    let broken = world.links().any(|link| link.joins(replica, master) && link.condition != LinkCondition::Up);
    (link, broken, host.is_some_and(|host| host.paused), host.is_some_and(|host| host.node.is_none()))
}

/// The chosen node, those above it and those below it have cards; others are put together with whom they hang on.
fn around(parents: &[Option<usize>], chosen: usize) -> Gathering {
    let above = |mut n: usize| {
        let mut path = vec![n];
        while let Some(up) = parents[n].filter(|up| !path.contains(up)) {
            path.push(up);
            n = up;
        }
        path
    };
    let spine = above(chosen);
    let is_shown = |n: usize| spine.contains(&n) || parents[n] == Some(chosen);
    let of: Vec<usize> = (0..parents.len())
        .map(|n| {
            if is_shown(n) {
                return n;
            }
            // The last one on the way up that is not shown, and which of them is the first below the same.
            let path = above(n);
            let top = path.iter().copied().take_while(|up| !is_shown(*up)).last().unwrap_or(n);
            let first = |other: &usize| !is_shown(*other) && parents[*other] == parents[top];
            (0..parents.len()).find(first).unwrap_or(top)
        })
        .collect();
    gathered(parents, &of)
}

/// `of`: the one that stands for each.
fn gathered(parents: &[Option<usize>], of: &[usize]) -> Gathering {
    let mut heads: Vec<usize> = of.to_vec();
    order::by_key(&mut heads, |head| *head);
    heads.dedup();
    let thing = |head: usize| heads.iter().position(|other| *other == head);
    let things: Vec<Vec<usize>> =
        heads.iter().map(|head| (0..of.len()).filter(|n| of[*n] == *head).collect()).collect();
    let parents = heads.iter().map(|head| parents[*head].and_then(|up| thing(of[up]))).collect();
    Gathering { things, parents }
}

/// The card of several nodes, made from that of the first: how many there are, and how far the last of them is.
pub fn card(world: &World, first: Card, members: &[NodeId]) -> Card {
    let offset = |id: &NodeId| world.host(*id).and_then(|host| host.node.as_ref()).map(|node| node.offset());
    let offsets: Vec<u64> = members.iter().filter_map(offset).collect();
    let (least, most) = (offsets.iter().min().copied(), offsets.iter().max().copied());
    let master = topology::master_of(world, members[0]).map(|id| name_of(world, id));
    let state = first.status.split(" · ").next().unwrap_or_default().to_owned();
    let status = match (least, most) {
        (Some(least), Some(most)) if least < most => format!("{state} · up to {}", text::grouped(most)),
        _ => state,
    };
    let direct = members.iter().all(|id| topology::master_of(world, *id) == topology::master_of(world, members[0]));
    let name = match master.filter(|_| direct) {
        Some(_) => format!("{} replicas", members.len()),
        None => format!("{} nodes", members.len()),
    };
    let tone = if first.tone == Tone::Good && !direct { Tone::Off } else { first.tone };
    let status = if direct { status } else { "elsewhere".into() };
    Card {
        name,
        port: String::new(),
        offset: least,
        id: None,
        keys: vec![],
        more_keys: 0,
        progress: None,
        status,
        tone,
        selected: false,
        members: members.to_vec(),
        ..first
    }
}
