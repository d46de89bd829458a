//! Makes the links and the messages on them.

use super::card::Card;
use super::geometry::{Curve, Flow, Point};
use super::message::MessagePill;
use super::nodes::name_of;
use super::order;
use super::paint::Kind;
use super::stage::{LinkLine, LinkLook};
use super::text::{self, Face};
use super::topology;
use crate::node::LinkState;
use crate::sim::{Cargo, Link, LinkCondition, NodeId, Segment, World};
use crate::story::first_words;

/// Vertical room between two links that leave the same card.
const SPREAD: f64 = 70.0;

/// A way shorter than this has no room for a note beside its messages, px.
const SHORT: f64 = 50.0;

/// One line for each pair that belongs together in the picture, or that has something on the wire.
pub fn links(
    world: &World,
    cards: &[Card],
    parents: &[Option<usize>],
    flow: Flow,
    width: f64,
    latency: bool,
) -> Vec<LinkLine> {
    let mut pairs: Vec<(usize, usize)> = parents.iter().enumerate().filter_map(|(n, p)| p.map(|p| (p, n))).collect();
    #[cfg(not(feature = "complete"))]
    let place = |id: NodeId| cards.iter().position(|card| card.node == id);
    #[cfg(feature = "complete")]
    let place = |id: NodeId| cards.iter().position(|card| card.node == id || card.members.contains(&id));
    for segment in world.in_flight() {
        let (Some(from), Some(to)) = (place(segment.from), place(segment.to)) else { continue };
        if from != to && !pairs.contains(&(from, to)) && !pairs.contains(&(to, from)) {
            pairs.push((to, from));
        }
    }
    order::by_key(&mut pairs, |p| *p);
    pairs
        .iter()
        .filter_map(|&(up, down)| {
            let siblings: Vec<usize> = pairs.iter().filter(|p| p.0 == up).map(|p| p.1).collect();
            let place = siblings.iter().position(|&s| s == down).unwrap_or(0);
            let (upper, lower) = (cards.get(up)?, cards.get(down)?);
            let mut curve = curve(upper, lower, place, siblings.len(), flow);
            let tail_x = curve.to.x;
            curve.to.x = first_in_row(cards, &curve);
            let line = line(world, upper.node, lower.node, curve, width, latency);
            #[cfg(feature = "complete")]
            let line = of_many(line, upper, lower);
            Some(LinkLine { tail_x, ..line })
        })
        .collect()
}

/// The line to nodes that stand together speaks of all of them.
#[cfg(feature = "complete")]
fn of_many(line: LinkLine, up: &Card, down: &Card) -> LinkLine {
    if up.members.is_empty() && down.members.is_empty() {
        return line;
    }
    let name = line.name.split_once(": ").map_or("", |(_, state)| state);
    let name = format!("links from {} to {}: {name}", up.name, down.name);
    let data = format!("{} of many", line.data);
    LinkLine { ups: up.members.clone(), downs: down.members.clone(), name, data, ..line }
}

/// From the card `up` to the card `down`, as the `place`-th of `of` links that leave `up`.
fn curve(up: &Card, down: &Card, place: usize, of: usize, flow: Flow) -> Curve {
    let (u, d) = (up.rect, down.rect);
    let shift = |extent: f64| {
        let pitch = SPREAD.min((extent - 24.0) / of as f64);
        pitch * (place as f64 - (of as f64 - 1.0) / 2.0)
    };
    let beside = d.x >= u.right();
    let behind = d.right() <= u.x;
    match flow {
        Flow::Right if beside => Curve {
            from: Point { x: u.right(), y: u.centre().y + shift(u.height) },
            to: Point { x: d.x, y: d.centre().y },
            flow,
        },
        Flow::Right if behind => Curve {
            from: Point { x: u.x, y: u.centre().y + shift(u.height) },
            to: Point { x: d.right(), y: d.centre().y },
            flow,
        },
        _ => {
            let (from, to) = if u.bottom() <= d.y { (u.bottom(), d.y) } else { (u.y, d.bottom()) };
            Curve {
                from: Point { x: u.centre().x + shift(u.width), y: from },
                to: Point { x: d.centre().x, y: to },
                flow: Flow::Down,
            }
        }
    }
}

/// Where the first card on the way of a link to the right stands: messages travel no further, or they would cover it.
fn first_in_row(cards: &[Card], curve: &Curve) -> f64 {
    let (from, to) = (curve.from.x, curve.to.x);
    let on_way =
        |c: &&Card| c.rect.x >= from && c.rect.x < to && c.rect.y <= curve.to.y && curve.to.y <= c.rect.bottom();
    if curve.flow == Flow::Down { to } else { cards.iter().filter(on_way).map(|c| c.rect.x).fold(to, f64::min) }
}

fn line(world: &World, up: NodeId, down: NodeId, curve: Curve, width: f64, latency: bool) -> LinkLine {
    let link = world.links().find(|l| (l.a, l.b) == (up.min(down), up.max(down)));
    let look = look(world, up, down, link);
    let note = match (look, link.map(|l| l.condition)) {
        (LinkLook::Cut, Some(LinkCondition::Cut { since })) => match world.now().since(since).as_micros() as u64 {
            0 => "cut now".to_owned(),
            ago => format!("cut {} ago", text::duration(ago)),
        },
        (LinkLook::BlackHole, Some(LinkCondition::BlackHole { since })) => {
            format!("silent for {}", text::duration(world.now().since(since).as_micros() as u64))
        }
        _ => link.filter(|_| latency).map(describe).unwrap_or_default(),
    };
    let broken = matches!(look, LinkLook::Cut | LinkLook::BlackHole);
    let middle = curve.along(if broken { 0.5 } else { 0.76 });
    let note_at = match (curve.flow, broken) {
        // Below what the black hole holds.
        (Flow::Right, true) => Point { x: middle.x, y: middle.y + if look == LinkLook::Cut { 34.0 } else { 46.0 } },
        (Flow::Right, false) => Point { x: middle.x, y: middle.y - 16.0 },
        (Flow::Down, _) => {
            let half = text::width(&note, Face::Sans, 12.0) / 2.0 + 22.0;
            // On the outer side, where no other link runs.
            let right = middle.x + 2.0 * half <= width && (middle.x > width / 2.0 || middle.x < 2.0 * half);
            Point { x: if right { middle.x + half } else { middle.x - half }, y: middle.y + 4.0 }
        }
    };
    let (a, b) = (name_of(world, up), name_of(world, down));
    let state = match look {
        LinkLook::Open => "connected",
        LinkLook::Idle => "not connected",
        LinkLook::Cut | LinkLook::BlackHole => note.as_str(),
    };
    let name = format!("link from {a} to {b}: {state}");
    // On a short way downwards a message would cover it, and between near cards it would cover them.
    let room = if curve.flow == Flow::Down { SHORT } else { text::width(&note, Face::Sans, 12.0) - 8.0 };
    let note = if curve.span() < room { String::new() } else { note };
    let data = |id: NodeId| world.host(id).map_or("", |h| h.name.as_str());
    let data = format!("{}-{}", data(up), data(down));
    LinkLine {
        a: up,
        b: down,
        data,
        curve,
        tail_x: curve.to.x,
        look,
        name,
        note,
        note_at,
        #[cfg(feature = "complete")]
        ups: vec![],
        #[cfg(feature = "complete")]
        downs: vec![],
    }
}

fn describe(link: &Link) -> String {
    let latency = text::duration(link.setup.latency.as_micros() as u64);
    match link.setup.bandwidth {
        Some(rate) => format!("{latency} · {}/s", text::bytes(rate)),
        None => latency,
    }
}

fn look(world: &World, up: NodeId, down: NodeId, link: Option<&Link>) -> LinkLook {
    match link.map(|l| l.condition) {
        Some(LinkCondition::Cut { .. }) => return LinkLook::Cut,
        Some(LinkCondition::BlackHole { .. }) => return LinkLook::BlackHole,
        Some(LinkCondition::Up) | None => {}
    }
    let stands = |replica: NodeId, master: NodeId| {
        let link = world.host(replica).and_then(|h| h.node.as_ref()).and_then(|n| n.master_link());
        let open = link.is_some_and(|l| l.conn.is_some() && l.state > LinkState::Connecting);
        open && topology::master_of(world, replica) == Some(master)
    };
    if stands(down, up) || stands(up, down) { LinkLook::Open } else { LinkLook::Idle }
}

/// How many pills one direction of a link shows at once.
const MOST_PILLS: usize = 6;

/// A pill for everything that is on its way; what was sent together is one pill.
pub fn messages(world: &World, links: &[LinkLine], chosen: Option<u64>, small: bool) -> Vec<MessagePill> {
    let mut pills = Vec::new();
    for link in links {
        for (from, to) in [(link.a, link.b), (link.b, link.a)] {
            #[cfg(not(feature = "complete"))]
            let mut way: Vec<&Segment> = world.in_flight().filter(|s| s.from == from && s.to == to).collect();
            #[cfg(feature = "complete")]
            let mut way: Vec<&Segment> =
                world.in_flight().filter(|s| link.carries(from, s.from) && link.carries(to, s.to)).collect();
            order::by_key(&mut way, |s| (s.due, s.id));
            let together = |a: &&Segment, b: &&Segment| match (a.cargo, b.cargo) {
                (Cargo::Snapshot { .. } | Cargo::Preamble, Cargo::Snapshot { .. }) => true,
                (Cargo::Snapshot { .. }, _) | (_, Cargo::Snapshot { .. }) => false,
                _ => a.sent == b.sent && a.due == b.due,
            };
            for group in way.chunk_by(together).take(MOST_PILLS) {
                pills.push(pill(world, link, group, chosen, small));
            }
        }
    }
    // What was sent last is drawn on top.
    order::by_key(&mut pills, |p: &MessagePill| (p.sent, p.segment));
    pills
}

fn pill(world: &World, link: &LinkLine, group: &[&Segment], chosen: Option<u64>, small: bool) -> MessagePill {
    let first = group[0];
    let room = match link.curve.flow {
        Flow::Right => (link.curve.span() - 24.0).clamp(60.0, 196.0),
        Flow::Down => 150.0,
    };
    let words: Vec<String> = group.iter().map(|s| words(s)).collect();
    // The same words to many are said once.
    #[cfg(feature = "complete")]
    let words = if link.is_of_many() { said_once(words) } else { words };
    // A snapshot comes in many pieces, which are one thing.
    let pieces = group.iter().filter(|s| matches!(s.cargo, Cargo::Snapshot { .. })).count();
    let all = words[..words.len().saturating_sub(pieces.saturating_sub(1)).max(1)].join(" · ");
    // Every acknowledgement begins with the same word, which is the first to go.
    let short = all.strip_prefix("REPLCONF ").filter(|_| text::width(&all, Face::Mono, 12.0) > room - 22.0);
    let label = text::fit(short.unwrap_or(&all), Face::Mono, 12.0, room - 22.0);
    #[cfg(not(feature = "complete"))]
    let upstream = first.from == link.b;
    #[cfg(feature = "complete")]
    let upstream = link.carries(link.b, first.from);
    let bytes: u64 = group.iter().map(|s| s.bytes.len() as u64).sum();
    let name =
        format!("{all}, {} from {} to {}", text::bytes(bytes), name_of(world, first.from), name_of(world, first.to));
    MessagePill {
        segment: first.id,
        width: if small { 34.0 } else { text::width(&label, Face::Mono, 12.0) + 22.0 },
        height: if small { 11.0 } else { 26.0 },
        label,
        name,
        kind: kind(group.iter().max_by_key(|s| telling(s)).unwrap_or(&first)),
        from: first.from,
        to: first.to,
        sent: first.sent,
        due: first.due,
        curve: link.curve,
        upstream,
        held: link.look == LinkLook::BlackHole,
        selected: group.iter().any(|s| Some(s.id) == chosen),
    }
}

#[cfg(feature = "complete")]
fn said_once(mut words: Vec<String>) -> Vec<String> {
    words.dedup();
    words
}

fn words(segment: &Segment) -> String {
    if segment.cargo == Cargo::Keepalive { "\\n".to_owned() } else { first_words(segment) }
}

/// The colour of a segment.
pub fn kind(segment: &Segment) -> Kind {
    match segment.cargo {
        Cargo::Handshake => Kind::Handshake,
        Cargo::Reply if segment.bytes.starts_with(b"+FULLRESYNC") => Kind::Snapshot,
        Cargo::Reply if segment.bytes.starts_with(b"+CONTINUE") => Kind::Ack,
        Cargo::Reply | Cargo::Keepalive => Kind::Reply,
        Cargo::Preamble | Cargo::Snapshot { .. } => Kind::Snapshot,
        Cargo::Stream { .. } => Kind::Stream,
        Cargo::Ack => Kind::Ack,
    }
}

/// How much a segment tells: the most telling one of a step is shown first.
pub fn telling(segment: &Segment) -> u8 {
    match segment.cargo {
        Cargo::Keepalive => 0,
        Cargo::Ack => 1,
        Cargo::Reply if kind(segment) == Kind::Reply => 2,
        Cargo::Handshake => 3,
        Cargo::Stream { .. } => 4,
        Cargo::Preamble => 5,
        Cargo::Snapshot { .. } => 6,
        Cargo::Reply => 7,
    }
}
