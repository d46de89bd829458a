//! What a node went through: the states of its link to its master, and those of each replica on its side.
//!
//! Rule: the states and their moments are those of the run's events; an attempt begins when the master is called
//! (`connectWithMaster`). Mirrors `server.repl_state` and `client.replstate` (server.h).

use super::blocks;
use super::ledger::{Ledger, Move, Moved};
use super::nodes::name_of;
use super::panel::{Attempt, Chain, ChainLink, NodePanel, NodePast, PassedState};
use super::states;
use super::text::clock;
use crate::node::{LinkState, Node, ReplicaClient};
use crate::sim::{NodeId, World};
use crate::time::Time;

/// Attempts that are shown.
const ATTEMPTS_SHOWN: usize = 4;

/// The panel with the node's past, up to the moment of `now`.
pub fn told(mut panel: NodePanel, now: &World, ledger: &Ledger, id: NodeId, start: Time) -> NodePanel {
    let Some(node) = now.host(id).and_then(|host| host.node.as_ref()) else { return panel };
    let moves = ledger.moves(id, now.now());
    let mut attempts = attempts(&moves, start);
    if let Some(current) = attempts.last().filter(|_| node.master_link().is_some()) {
        for row in &mut panel.states {
            let entered = current.states.iter().rfind(|state| state.name == row.name);
            row.entered = entered.map_or(String::new(), |state| state.clock.clone());
        }
    }
    if let Some(last) = attempts.last_mut().and_then(|attempt| attempt.states.last_mut()) {
        last.current = node.master_link().is_some();
    }
    let earlier = attempts.len().saturating_sub(ATTEMPTS_SHOWN);
    attempts.drain(..earlier);
    let replicas = node.replicas().map(|replica| chain(now, replica, &moves, start)).collect();
    panel.past = NodePast { attempts, earlier, replicas, blocks: blocks(now, node, &moves) };
    panel
}

fn attempts(moves: &[&Moved], start: Time) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for moved in moves {
        let Move::Link(state) = moved.what else { continue };
        let passed = PassedState {
            name: states::name(state),
            at: moved.at,
            clock: clock(moved.at.since(start).as_micros() as u64),
            current: false,
        };
        match attempts.last_mut() {
            Some(attempt) if state != LinkState::Connecting => attempt.states.push(passed),
            _ => attempts.push(Attempt { states: vec![passed] }),
        }
    }
    attempts
}

fn chain(world: &World, replica: &ReplicaClient, moves: &[&Moved], start: Time) -> Chain {
    let entered = |wanted| {
        let of = |moved: &&&Moved| moved.what == Move::Replica { conn: replica.conn, state: wanted };
        let at = moves.iter().rfind(of)?.at;
        Some((at, clock(at.since(start).as_micros() as u64)))
    };
    let links = states::ON_MASTER.map(|state| ChainLink {
        name: states::name_on_master(state),
        entered: entered(state),
        current: state == replica.state,
    });
    let name = world.find(&replica.addr).map_or_else(|| replica.addr.to_string(), |id| name_of(world, id));
    Chain { name, links: links.to_vec() }
}

/// The backlog's blocks, after those that have left it last.
fn blocks(world: &World, node: &Node, moves: &[&Moved]) -> Option<super::panel::Blocks> {
    let created = moves.iter().rposition(|moved| moved.what == Move::BacklogCreated).unwrap_or(0);
    let trimmed = moves[created..].iter().filter_map(|moved| match moved.what {
        Move::Trimmed { from, first } => Some((from, first)),
        _ => None,
    });
    blocks::lay_out(world, node, &trimmed.collect::<Vec<_>>())
}
