//! Phases: what a stretch of a run is about.
//!
//! Rule: told from the state of the nodes, the most telling one first, so that the same moment always has the same phase.

use crate::node::{LinkState, Node, ReplicaState};
use crate::sim::{Cargo, Entry, What, World};

/// What a stretch of a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Nodes live for themselves; nobody is anybody's replica yet.
    Alone,
    Connect,
    Handshake,
    FullResync,
    Propagate,
    LinkLost,
    CatchUp,
    Online,
}

impl Phase {
    pub fn name(self) -> &'static str {
        match self {
            Phase::Alone => "alone",
            Phase::Connect => "connect",
            Phase::Handshake => "handshake",
            Phase::FullResync => "full resync",
            Phase::Propagate => "propagate",
            Phase::LinkLost => "link lost",
            Phase::CatchUp => "catch-up",
            Phase::Online => "online",
        }
    }

    /// The phase of a step, from the world after it, what it did, and the phase before.
    pub fn of(world: &World, entries: &[Entry], before: Phase) -> Phase {
        let nodes = || world.hosts().iter().filter_map(|host| host.node.as_ref());
        let links = || nodes().filter_map(Node::master_link);
        if nodes().any(is_sending_snapshot) || links().any(|link| link.state == LinkState::Transfer) {
            return Phase::FullResync;
        }
        if links().any(|link| link.state.is_handshake()) {
            return Phase::Handshake;
        }
        let is_down = |state: LinkState| matches!(state, LinkState::Connect | LinkState::Connecting);
        if links().any(|link| is_down(link.state) && link.down_since.is_some()) {
            return Phase::LinkLost;
        }
        if links().any(|link| is_down(link.state)) {
            return Phase::Connect;
        }
        if links().next().is_none() {
            return Phase::Alone;
        }
        let moves_stream = entries.iter().any(|entry| match &entry.what {
            What::Sent(segment) | What::Arrived(segment) => {
                matches!(segment.cargo, Cargo::Stream { .. })
            }
            _ => false,
        });
        let was_behind = matches!(before, Phase::LinkLost | Phase::Handshake | Phase::CatchUp);
        match (before, moves_stream) {
            _ if was_behind && is_behind(world) => Phase::CatchUp,
            (_, true) if was_behind => Phase::CatchUp,
            (_, true) => Phase::Propagate,
            (Phase::Propagate, false) => Phase::Propagate,
            _ => Phase::Online,
        }
    }
}

fn is_sending_snapshot(node: &Node) -> bool {
    node.replicas().any(|replica| replica.state != ReplicaState::Online)
}

/// Does a replica whose link stands lack bytes that its master has?
fn is_behind(world: &World) -> bool {
    let nodes = || world.hosts().iter().filter_map(|host| host.node.as_ref());
    nodes().filter_map(|node| Some((node, node.master_link()?))).any(|(node, link)| {
        let master = world.find(&link.addr).and_then(|id| world.host(id)?.node.as_ref());
        master.is_some_and(|master| master.offset() > node.offset())
    })
}
