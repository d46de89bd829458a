//! The sequence diagram: time downwards, a lifeline for each node, every message from where it left to where it arrived.
//!
//! Rule: a window of the run around the moment that is shown, so that the longest run costs the same. Rows are in the order
//! of time and not to its scale: each departure and each arrival has a row of its own, so that nothing overlaps. A message
//! that was lost ends halfway, with a cross.

use super::ledger::{Flight, Ledger};
use super::nodes::name_of;
use super::paint::{Hue, Kind};
use super::text::{self, Face};
use crate::sim::{NodeId, World};
use crate::time::Time;

/// Messages shown before and behind the moment.
const BEFORE: usize = 12;
const BEHIND: usize = 8;
/// Height of a row, and of the names at the top, px.
const ROW: f64 = 15.0;
const TOP: f64 = 30.0;
/// Room at the sides for half a name, px.
const SIDE: f64 = 34.0;
/// Size of a label, px.
const LABEL: f64 = 12.0;

/// The diagram around a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    pub width: f64,
    pub height: f64,
    pub lifelines: Vec<Lifeline>,
    pub arrows: Vec<Arrow>,
    /// Where the moment is.
    pub now_y: f64,
    /// Messages that are not shown, before and behind.
    pub earlier: usize,
    pub later: usize,
}

/// A node's line.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifeline {
    pub name: String,
    pub x: f64,
    pub hue: Hue,
}

/// A message, from where it left to where it arrived or got lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// Its number in the run.
    pub segment: u64,
    pub sent: Time,
    pub from: (f64, f64),
    pub to: (f64, f64),
    /// Shortened to the room between two lines.
    pub label: String,
    /// The whole of it in words: `00:01.040 node-b → node-a PSYNC ? -1, 30 B`.
    pub name: String,
    pub kind: Kind,
    pub is_lost: bool,
    /// A silent link holds it.
    pub is_held: bool,
    /// It has not left yet at the moment that is shown.
    pub is_ahead: bool,
    pub is_selected: bool,
}

/// Lays out the messages around `at`. `start`: when the run began; `selected`: the message that is looked at.
pub fn lay_out(ledger: &Ledger, world: &World, at: Time, start: Time, width: f64, selected: Option<u64>) -> Sequence {
    let flights = ledger.flights();
    let now = flights.partition_point(|flight| flight.sent <= at);
    let (first, last) = (now.saturating_sub(BEFORE), (now + BEHIND).min(flights.len()));
    let window = &flights[first..last];
    let rows = rows(window);
    let y_of = |flight: usize, is_arrival: bool| {
        let row = rows.iter().position(|(_, n, arrives)| (*n, *arrives) == (flight, is_arrival)).unwrap_or(0);
        TOP + (row as f64 + 1.5) * ROW
    };
    let lines = lifelines(world, window, width);
    let x_of = |id: NodeId| lines.iter().find(|(known, _)| *known == id).map_or(SIDE, |(_, line)| line.x);
    let gap = lines.get(1).map_or(width, |(_, line)| line.x - lines[0].1.x);
    let arrows = window.iter().enumerate().map(|(n, flight)| {
        let (from, to) = ((x_of(flight.from), y_of(n, false)), (x_of(flight.to), y_of(n, true)));
        let is_lost = flight.lost.is_some();
        // A silent link holds it: it is due, and does not arrive.
        let is_held = !is_lost && flight.arrived.is_none() && flight.due <= at;
        let halfway = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        let room = ((to.0 - from.0).abs() - 14.0).max(gap - 14.0);
        let moment = text::clock(flight.sent.since(start).as_micros() as u64);
        let [sender, receiver] = [flight.from, flight.to].map(|id| name_of(world, id));
        let fate = match (is_lost, is_held) {
            (true, _) => ", lost",
            (_, true) => ", held",
            _ => "",
        };
        Arrow {
            segment: flight.id,
            sent: flight.sent,
            from,
            to: if is_lost || is_held { halfway } else { to },
            label: text::fit(&flight.label, Face::Mono, LABEL, room),
            name: format!("{moment} {sender} → {receiver} {}, {}{fate}", flight.label, text::bytes(flight.bytes)),
            kind: flight.kind,
            is_lost,
            is_held,
            is_ahead: flight.sent > at,
            is_selected: selected == Some(flight.id),
        }
    });
    let passed = rows.iter().take_while(|(time, ..)| *time <= at).count();
    Sequence {
        width,
        height: TOP + (rows.len() as f64 + 2.0) * ROW,
        arrows: arrows.collect(),
        now_y: TOP + (passed as f64 + 1.0) * ROW,
        earlier: first,
        later: flights.len() - last,
        lifelines: lines.into_iter().map(|(_, line)| line).collect(),
    }
}

/// A row for each departure and arrival: when, whose, and which of the two.
fn rows(window: &[Flight]) -> Vec<(Time, usize, bool)> {
    let ends = window.iter().enumerate();
    let mut rows: Vec<(Time, usize, bool)> = ends
        .flat_map(|(n, flight)| {
            [(flight.sent, n, false), (flight.lost.or(flight.arrived).unwrap_or(flight.due), n, true)]
        })
        .collect();
    super::order::by_key(&mut rows, |row| *row);
    rows
}

/// The lines of the nodes that speak in the window; of all nodes, if there is room for them.
fn lifelines(world: &World, window: &[Flight], width: f64) -> Vec<(NodeId, Lifeline)> {
    let speaks = |id: NodeId| window.iter().any(|flight| flight.from == id || flight.to == id);
    let all: Vec<NodeId> = world.node_ids().collect();
    let shown: Vec<NodeId> = if all.len() <= 4 { all } else { all.into_iter().filter(|id| speaks(*id)).collect() };
    let pitch = (width - 2.0 * SIDE) / shown.len().saturating_sub(1).max(1) as f64;
    let line = |(n, id): (usize, NodeId)| {
        (id, Lifeline { name: name_of(world, id), x: (SIDE + pitch * n as f64).round(), hue: Hue::of(id.index()) })
    };
    shown.into_iter().enumerate().map(line).collect()
}
