//! Makes the cards: one for each process of the world.

use super::card::{Card, CardRole, IdChip, KeyRow};
use super::layout::{Detail, Layout};
use super::paint::{Hue, Tone};
use super::text::{self, Face};
use super::{order, states, topology};
use crate::node::{Entry, LinkState, MasterLink, Node, ReplicaState, Role};
use crate::sim::{Host, NodeId, World};
use crate::story::display_name;
use crate::wire::{ReplId, printable, quoted};

/// Ports from here on are real.
const UNTOLD: u16 = 100;

/// The cards of these nodes. `before` is the world before the step: what differs from it is marked.
pub fn cards(
    before: &World,
    now: &World,
    layout: &Layout,
    ids: &[NodeId],
    chosen: Option<NodeId>,
    owner: &dyn Fn(&ReplId) -> Hue,
) -> Vec<Card> {
    let hosts = ids.iter().filter_map(|id| Some((*id, now.host(*id)?)));
    hosts
        .zip(&layout.places)
        .map(|((id, host), &rect)| {
            let anatomy = layout.detail.anatomy(rect.height);
            let (statuses, tone) = status(now, id, host);
            let room = rect.width - 2.0 * anatomy.pad - 13.0;
            let progress = progress(host);
            let rows = anatomy.key_rows.saturating_sub(usize::from(progress.is_some()));
            let was = before.host(id).and_then(|h| h.node.as_ref());
            let key_room = rect.width - 2.0 * anatomy.pad;
            let (keys, more_keys) =
                host.node.as_ref().map_or_else(Default::default, |node| keys(node, was, rows, key_room));
            Card {
                node: id,
                name: display_name(&host.name),
                port: port(host),
                role: role(host),
                hue: Hue::of(id.index()),
                offset: host.node.as_ref().map(Node::offset),
                id: host.node.as_ref().map(|node| chip(node, layout.detail, rect.width, owner)),
                link: link(host),
                keys,
                more_keys,
                status: fitting(statuses, room),
                tone,
                progress,
                rect,
                detail: layout.detail,
                selected: chosen == Some(id),
                #[cfg(feature = "complete")]
                members: vec![],
            }
        })
        .collect()
}

/// The name of the node with this id.
pub fn name_of(world: &World, id: NodeId) -> String {
    world.host(id).map_or_else(String::new, |host| display_name(&host.name))
}

/// Nothing for a server of a recording whose port was not told: a number that no server has stands for it.
fn port(host: &Host) -> String {
    if host.addr.port < UNTOLD { String::new() } else { format!(":{}", host.addr.port) }
}

fn link(host: &Host) -> Option<&'static str> {
    let link = host.node.as_ref()?.master_link()?;
    Some(if link.state == LinkState::Connected { "up" } else { "down" })
}

fn role(host: &Host) -> CardRole {
    match host.node.as_ref().map(Node::role) {
        Some(Role::Master) => CardRole::Master,
        Some(Role::Replica) => CardRole::Replica,
        None => CardRole::Down,
    }
}

fn chip(node: &Node, detail: Detail, width: f64, owner: &dyn Fn(&ReplId) -> Hue) -> IdChip {
    let id = node.history().id;
    let anatomy = detail.anatomy(0.0);
    let offset = text::width(&text::grouped(node.offset()), Face::Mono, anatomy.offset_size);
    let mut short = id.short();
    // Next to a long offset on a narrow card the first characters must do.
    if offset + text::width(&short, Face::Mono, 12.0) + 36.0 > width - 2.0 * anatomy.pad {
        short = short.chars().take_while(|c| *c != '…').chain(['…']).collect();
    }
    IdChip { short, full: id.to_string(), hue: owner(&id) }
}

/// The first of the texts, longest first, that fits.
fn fitting(texts: Vec<String>, room: f64) -> String {
    let last = texts.len().saturating_sub(1);
    let fits = |(i, t): &(usize, String)| *i == last || text::width(t, Face::Sans, 12.0) <= room;
    texts.into_iter().enumerate().find(fits).map_or_else(String::new, |(_, t)| t)
}

/// The keys that have room, those that changed first of all; and how many have none.
fn keys(node: &Node, was: Option<&Node>, rows: usize, width: f64) -> (Vec<KeyRow>, usize) {
    let space = node.keyspace();
    let all = (0..space.databases()).flat_map(|db| space.iter(db).map(move |(key, entry)| (db, key, entry)));
    let mut found: Vec<KeyRow> = all
        .map(|(db, key, entry)| {
            let changed = was.is_some_and(|was| was.keyspace().get(db, key) != Some(entry));
            let name = printable(key);
            let name = if db == 0 { name } else { format!("db{db} {name}") };
            let name = text::fit(&name, Face::Mono, 12.5, width * 0.6);
            let left = width - text::width(&name, Face::Mono, 12.5) - 12.0;
            KeyRow { name, value: text::fit(&value(entry), Face::Mono, 12.5, left), changed }
        })
        .collect();
    let total = found.len();
    if total > rows {
        // One row says how many are not shown.
        order::by_key(&mut found, |row| !row.changed);
        found.truncate(rows.saturating_sub(1));
    }
    let more = total - found.len();
    (found, if rows == 0 { 0 } else { more })
}

fn value(entry: &Entry) -> String {
    match entry.value.as_string() {
        Some(bytes) => quoted(bytes),
        None => entry.value.to_string(),
    }
}

fn progress(host: &Host) -> Option<f64> {
    let transfer = host.node.as_ref()?.master_link()?.transfer.as_ref()?;
    let total = transfer.total_bytes().filter(|&t| t > 0)?;
    Some((transfer.received_bytes() as f64 / total as f64).min(1.0))
}

/// What the node is doing: the same in fewer and fewer words.
fn status(world: &World, id: NodeId, host: &Host) -> (Vec<String>, Tone) {
    let Some(node) = &host.node else {
        return (vec!["the process is not running".into(), "not running".into()], Tone::Off);
    };
    if host.paused {
        return (vec!["stands still (SIGSTOP)".into(), "stands still".into()], Tone::Off);
    }
    match node.master_link() {
        Some(link) => replica_status(world, id, node, link),
        None => (master_status(node), Tone::Good),
    }
}

fn master_status(node: &Node) -> Vec<String> {
    let attached = node.replicas().count();
    let online = node.replicas().filter(|r| r.state == ReplicaState::Online).count();
    let plural = if attached == 1 { "replica" } else { "replicas" };
    match (attached, online) {
        (0, _) => vec!["no replicas".into()],
        _ if attached == online => vec![format!("{attached} {plural} online"), format!("{attached} online")],
        _ => vec![format!("{attached} {plural} attached · {online} online"), format!("{online} of {attached} online")],
    }
}

fn replica_status(world: &World, id: NodeId, node: &Node, link: &MasterLink) -> (Vec<String>, Tone) {
    match link.state {
        LinkState::Connected => online(world, id, node),
        LinkState::Transfer => (transfer(link), Tone::Busy),
        LinkState::None | LinkState::Connect => {
            let next = match &link.cached {
                Some(cached) => format!("link down · next PSYNC {} {}", cached.id.short(), cached.offset + 1),
                None => "link down · next PSYNC ? -1".to_owned(),
            };
            (vec![next, "link down".into()], Tone::Trouble)
        }
        LinkState::Connecting => (vec![format!("dials {}", link.addr), "dials".into()], Tone::Off),
        state => (vec![format!("handshake · {}", states::waits_for(state)), "handshake".into()], Tone::Off),
    }
}

fn online(world: &World, id: NodeId, node: &Node) -> (Vec<String>, Tone) {
    let below = node.replicas().count();
    let master = topology::master_of(world, id).and_then(|m| world.host(m)).and_then(|h| h.node.as_ref());
    let behind =
        master.filter(|m| m.history().id == node.history().id).map_or(0, |m| m.offset().saturating_sub(node.offset()));
    let mut words = Vec::new();
    if behind > 0 {
        let behind = format!(
            "{} behind",
            if behind == 1 { "1 byte".to_owned() } else { format!("{} bytes", text::grouped(behind)) }
        );
        words.push(format!("online · {behind}"));
        words.push(behind);
    } else if below > 0 {
        words.push(format!("online · serves {below} below"));
    }
    words.push("online".to_owned());
    (words, Tone::Good)
}

fn transfer(link: &MasterLink) -> Vec<String> {
    let short = "full resync".to_owned();
    let Some(transfer) = &link.transfer else { return vec!["full resync · waits for the snapshot".into(), short] };
    let got = transfer.received_bytes();
    match transfer.total_bytes() {
        Some(total) if total > 0 => {
            let percent = got * 100 / total;
            vec![
                format!("full resync · {percent}% of {}", text::bytes(total)),
                format!("{percent}% of {}", text::bytes(total)),
            ]
        }
        _ if got > 0 => vec![format!("full resync · {}", text::bytes(got)), short],
        _ => vec!["full resync · waits for the snapshot".into(), short],
    }
}
