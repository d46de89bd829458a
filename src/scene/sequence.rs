//! The sequence diagram: time downwards, a lifeline for each node, every message from where it left to where it arrived.
//!
//! Rule: `plan` gives every moment of the run its place, once; of it only a window is laid out, so that the longest run
//! costs the same. What was lost ends where it died: as far along its way as it had come, with a cross.

mod label;
mod plan;
mod table;

use super::ledger::{Flight, Ledger};
use super::marks::{Mark, Stay};
use super::nodes::name_of;
use super::order;
use super::paint::{Hue, Kind};
use super::text::{self, Face};
use crate::sim::{NodeId, World};
use crate::time::Time;
use label::Labels;
use plan::Bundle;
pub use plan::Plan;
pub use table::{Row, Table, table};

/// From this width on, the names of phases have a column of their own, px.
const WIDE: f64 = 640.0;
/// Room at the left: with names of phases and without.
const LEFT: f64 = 136.0;
const LEFT_NARROW: f64 = 52.0;
/// Room at the right of the last line.
const RIGHT: f64 = 128.0;
const RIGHT_NARROW: f64 = 52.0;
/// The least distance of two lines.
const PITCH_MIN: f64 = 92.0;
/// Size of a label, px.
const LABEL: f64 = 12.0;
/// Height of a line of words, px.
const LINE: f64 = 14.0;
/// Half the width of what a node is busy in.
const HALF_STAY: f64 = 29.0;

/// What the reader has chosen, and when it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    pub at: Time,
    /// When the run began.
    pub start: Time,
    pub node: Option<NodeId>,
    pub message: Option<u64>,
    /// The part that is seen, px from the top.
    pub top: f64,
    pub bottom: f64,
}

/// A part of the diagram.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// Of the whole diagram.
    pub width: f64,
    pub height: f64,
    pub lifelines: Vec<Lifeline>,
    pub bands: Vec<Band>,
    pub stays: Vec<StayBox>,
    pub marks: Vec<MarkLabel>,
    pub silences: Vec<Silence>,
    pub arrows: Vec<Arrow>,
    /// Where the moment is, and what it is.
    pub now: f64,
    pub now_label: String,
    /// Right end of the line of the moment.
    pub right: f64,
}

/// A node's line.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifeline {
    pub node: NodeId,
    pub name: String,
    pub x: f64,
    /// Of the box with its name.
    pub width: f64,
    pub hue: Hue,
    pub is_selected: bool,
}

/// A phase, at the left edge.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    pub name: &'static str,
    pub from: f64,
    pub to: f64,
    /// The name has room beside it.
    pub is_named: bool,
    pub is_ahead: bool,
}

/// A node is busy.
#[derive(Clone, Debug, PartialEq)]
pub struct StayBox {
    pub x: f64,
    /// Left end of its words: beside it, where there is room.
    pub words_x: f64,
    pub from: f64,
    pub to: f64,
    pub words: &'static str,
    pub is_ahead: bool,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkLabel {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub words: String,
    pub is_good: bool,
    pub is_ahead: bool,
}

/// Nothing happened for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Silence {
    pub y: f64,
    pub words: String,
}

/// A message, from where it left to where it arrived or got lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// Its number in the run.
    pub segment: u64,
    pub sent: Time,
    pub from: (f64, f64),
    pub to: (f64, f64),
    /// Shortened to the room between two lines; empty where there is none.
    pub label: String,
    pub label_at: (f64, f64),
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

/// Lays out the part of a run between `view.top` and `view.bottom`, `width` px wide; more nodes than fit make it wider.
pub fn lay_out(plan: &Plan, ledger: &Ledger, world: &World, view: &View, width: f64) -> Sequence {
    let lanes = Lanes::new(world, view, width);
    let is_seen = |from: f64, to: f64| to >= view.top && from <= view.bottom;
    let (marks, now) = (ledger.marks(), plan.y(view.at));
    let mut labels = Labels::default();
    let marks_shown: Vec<MarkLabel> = marks
        .marks
        .iter()
        .filter_map(|mark| lanes.mark(mark, plan.row_of(mark.at), view.at))
        .filter(|mark| is_seen(mark.y, mark.y))
        .collect();
    marks_shown.iter().for_each(|mark| labels.take(mark.x, mark.y + 4.0, mark.width));
    let stays = marks.stays.iter().filter_map(|stay| lanes.stay(stay, plan, view.at));
    let stays: Vec<StayBox> = stays.filter(|stay| is_seen(stay.from, stay.to)).collect();
    stays.iter().for_each(|stay| {
        let wide = text::width(stay.words, Face::Sans, LABEL);
        labels.take(stay.words_x + wide / 2.0, stay.words_y(), wide);
    });
    // Of what one sends to several at once, the furthest is drawn first: its line runs above the others, and its label too.
    let mut seen: Vec<&Bundle> = plan.bundles.iter().filter(|bundle| is_seen(bundle.from, bundle.to)).collect();
    let reach = |bundle: &Bundle| {
        let first = &ledger.flights()[bundle.flights[0]];
        lanes.x(first.from).zip(lanes.x(first.to)).map_or(0, |(from, to)| (to - from).abs() as u64)
    };
    order::by_key(&mut seen, |bundle| ((bundle.from * 10.0) as u64, u64::MAX - reach(bundle), bundle.flights[0]));
    let arrows =
        seen.into_iter().map(|bundle| lanes.arrow(bundle, ledger.flights(), world, view, plan.is_dense(), &mut labels));
    let arrows = arrows.collect();
    let bands = plan.bands.iter().filter(|band| is_seen(band.from, band.to)).map(|band| Band {
        name: band.phase.name(),
        from: band.from,
        to: band.to,
        is_named: lanes.is_wide,
        is_ahead: band.from > now,
    });
    let silences = plan.moments.iter().filter(|moment| is_seen(moment.top, moment.top)).filter_map(|moment| {
        let words = text::duration(moment.silence?.as_micros() as u64);
        let y = moment.top - 9.0;
        // The words beside the line of the present stand there.
        ((y - (now - 5.0)).abs() >= LINE).then_some(Silence { y, words })
    });
    Sequence {
        width: lanes.width,
        height: plan.height,
        bands: bands.collect(),
        stays,
        marks: marks_shown,
        silences: silences.collect(),
        arrows,
        now,
        now_label: format!("now {}", text::clock(view.at.since(view.start).as_micros() as u64)),
        right: lanes.width - 24.0,
        lifelines: lanes.lines,
    }
}

impl StayBox {
    /// Baseline of its words.
    pub fn words_y(&self) -> f64 {
        (self.from + self.to) / 2.0 + 4.0
    }
}

/// The nodes' lines, side by side.
struct Lanes {
    lines: Vec<Lifeline>,
    width: f64,
    is_wide: bool,
}

impl Lanes {
    fn new(world: &World, view: &View, width: f64) -> Lanes {
        let is_wide = width >= WIDE;
        let (left, right) = if is_wide { (LEFT, RIGHT) } else { (LEFT_NARROW, RIGHT_NARROW) };
        let nodes: Vec<NodeId> = world.node_ids().collect();
        let gaps = nodes.len().saturating_sub(1).max(1) as f64;
        let pitch = ((width - left - right) / gaps).max(PITCH_MIN);
        let width = width.max(left + right + pitch * (nodes.len().saturating_sub(1)) as f64);
        let line = |(n, &node): (usize, &NodeId)| {
            let name = text::fit(&name_of(world, node), Face::Bold, 13.0, PITCH_MIN - 20.0);
            Lifeline {
                node,
                x: (left + pitch * n as f64).round(),
                width: (text::width(&name, Face::Bold, 13.0) + 36.0).clamp(64.0, PITCH_MIN - 6.0),
                name,
                hue: Hue::of(node.index()),
                is_selected: view.node == Some(node),
            }
        };
        Lanes { lines: nodes.iter().enumerate().map(line).collect(), width, is_wide }
    }

    fn x(&self, node: NodeId) -> Option<f64> {
        self.lines.iter().find(|line| line.node == node).map(|line| line.x)
    }

    /// The lines from one to another, both with them, in the order of the way.
    fn stops(&self, from: f64, to: f64) -> Vec<f64> {
        let (least, most) = (from.min(to), from.max(to));
        let inner = self.lines.iter().map(|line| line.x).filter(|x| *x > least && *x < most);
        let mut stops: Vec<f64> = [least].into_iter().chain(inner).chain([most]).collect();
        if from > to {
            stops.reverse();
        }
        stops
    }

    fn mark(&self, mark: &Mark, y: f64, at: Time) -> Option<MarkLabel> {
        let x = self.x(mark.node)?;
        let x = mark.other.and_then(|other| self.x(other)).map_or(x, |other| (x + other) / 2.0);
        let width = text::width(mark.words, Face::Sans, LABEL) + 16.0;
        let x = x.max(width / 2.0 + 12.0).min(self.width - width / 2.0 - 4.0);
        Some(MarkLabel { x, y, width, words: mark.words.to_owned(), is_good: mark.is_good, is_ahead: mark.at > at })
    }

    fn stay(&self, stay: &Stay, plan: &Plan, at: Time) -> Option<StayBox> {
        let (from, to) = (plan.row_of(stay.from), stay.to.map_or(plan.y(at), |to| plan.row_of(to)));
        let (from, is_ahead) = (from + 7.0, stay.from > at);
        let (x, words) = (self.x(stay.node)?, stay.busy.words());
        let (wide, right) = (text::width(words, Face::Sans, LABEL), x + HALF_STAY + 6.0);
        let words_x = if right + wide <= self.width { right } else { x - HALF_STAY - 6.0 - wide };
        Some(StayBox { x, words_x, from, to: to.max(from + 16.0), words, is_ahead })
    }

    fn arrow(
        &self,
        bundle: &Bundle,
        flights: &[Flight],
        world: &World,
        view: &View,
        is_dense: bool,
        labels: &mut Labels,
    ) -> Arrow {
        let first = &flights[bundle.flights[0]];
        let all = || bundle.flights.iter().filter_map(|&n| flights.get(n));
        // A node that is gone has no line any more: its messages end at the edge.
        let [x, end] = [first.from, first.to].map(|node| self.x(node).unwrap_or(self.width - 8.0));
        let part = part_of_way(first, view.at);
        let to_x = x + (end - x) * part.unwrap_or(1.0);
        let said = label::words(&all().collect::<Vec<_>>());
        let is_lost = first.lost.is_some();
        let (from, to) = ((x, bundle.from), (to_x, bundle.to));
        let is_selected = view.message.is_some_and(|id| all().any(|flight| flight.id == id));
        let (label, label_at) = match is_dense && !is_selected {
            true => (String::new(), from),
            false => labels.place(&said, from, to, &self.stops(x, to_x)),
        };
        let moment = text::clock(first.sent.since(view.start).as_micros() as u64);
        let [sender, receiver] = [first.from, first.to].map(|id| name_of(world, id));
        let bytes = text::bytes(all().map(|flight| flight.bytes).sum());
        let fate = match (is_lost, part) {
            (true, _) => ", lost on the way",
            (false, Some(_)) => ", held by a silent link",
            _ => "",
        };
        Arrow {
            segment: first.id,
            sent: first.sent,
            from,
            to,
            label,
            label_at,
            name: format!("{moment} {sender} → {receiver} {said}, {bytes}{fate}"),
            kind: first.kind,
            is_lost,
            is_held: !is_lost && part.is_some(),
            is_ahead: first.sent > view.at,
            is_selected,
        }
    }
}

/// Which part of its way a message has behind it when it does not arrive.
fn part_of_way(flight: &Flight, at: Time) -> Option<f64> {
    match (flight.lost, flight.arrived) {
        (Some(lost), _) if lost < flight.due => {
            let way = flight.due.since(flight.sent).as_micros().max(1) as f64;
            Some((lost.since(flight.sent).as_micros() as f64 / way).clamp(0.12, 0.94))
        }
        // A silent link had held it.
        (Some(_), _) => Some(0.5),
        (None, None) if flight.due <= at => Some(0.5),
        _ => None,
    }
}
