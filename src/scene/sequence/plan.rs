//! Where on the way down every moment of a run stands.
//!
//! Rule: rows are in the order of time and not to its scale, so that nothing lies on anything: what arrives at a moment
//! stands above what leaves then, and messages of one pair below each other. A long silence gets a little more room, and
//! a new phase room for its name. Made once for a run; a window of it is drawn.

use super::super::ledger::{Flight, Ledger};
use super::super::order;
use crate::sim::NodeId;
use crate::story::{Phase, PhaseRun};
use crate::time::Time;
use std::time::Duration;

/// Height of a row, px.
pub const ROW: f64 = 15.0;
/// Above the first row, and below the last.
const TOP: f64 = 18.0;
const FOOT: f64 = 40.0;
/// Before a phase's first row.
const PHASE_GAP: f64 = 16.0;
/// A silence from this length on is said.
const SILENCE: Duration = Duration::from_millis(400);
/// Messages that left together and arrive together are one arrow, up to so many.
const TOGETHER_MAX: usize = 16;

/// The run, laid out downwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub height: f64,
    pub(super) moments: Vec<Moment>,
    pub(super) bundles: Vec<Bundle>,
    pub(super) bands: Vec<PhaseBand>,
    row: f64,
}

/// A moment's rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    pub at: Time,
    pub top: f64,
    pub bottom: f64,
    /// How long nothing happened before it, where that is said.
    pub silence: Option<Duration>,
}

/// What left together for the same node and arrives together: places in the ledger's list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bundle {
    pub flights: Vec<usize>,
    pub from: f64,
    pub to: f64,
}

/// A phase from its first row to its last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PhaseBand {
    pub phase: Phase,
    pub from: f64,
    pub to: f64,
}

/// Something that wants a row: when, a bundle's arrival before a bundle's departure before a mark, which.
type Wish = (Time, Kind, usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Arrival,
    Departure,
    Other,
}

impl Plan {
    /// `zoom`: 1 is what can be read.
    pub fn new(ledger: &Ledger, runs: &[PhaseRun], zoom: f64) -> Plan {
        let flights = ledger.flights();
        let mut plan = Plan { bundles: bundles(flights), row: ROW * zoom, ..Plan::default() };
        let wishes = plan.wishes(ledger);
        let mut y = TOP;
        let mut run = 0;
        for group in wishes.chunk_by(|a, b| a.0 == b.0) {
            let at = group[0].0;
            let silence = plan.moments.last().map(|last| at.since(last.at)).filter(|gap| *gap >= SILENCE);
            let begins = runs[run..].iter().take_while(|run| run.from <= at).count();
            run += begins;
            y += if begins > 0 { PHASE_GAP } else { 0.0 } + if silence.is_some() { plan.row } else { 0.0 };
            let bottom = plan.place(flights, group, y);
            plan.moments.push(Moment { at, top: y, bottom, silence });
            y = bottom + plan.row;
        }
        plan.height = y + FOOT;
        plan.bands = plan.bands(runs);
        plan
    }

    /// Everything that wants a row, in the order of time.
    fn wishes(&self, ledger: &Ledger) -> Vec<Wish> {
        let flights = ledger.flights();
        let ends = self.bundles.iter().enumerate().flat_map(|(n, bundle)| {
            let first = &flights[bundle.flights[0]];
            [(end(first), Kind::Arrival, n), (first.sent, Kind::Departure, n)]
        });
        let marks = ledger.marks();
        let stays = marks.stays.iter().flat_map(|stay| [Some(stay.from), stay.to].into_iter().flatten());
        let others = marks.marks.iter().map(|mark| mark.at).chain(stays).map(|at| (at, Kind::Other, 0));
        let mut wishes: Vec<Wish> = ends.chain(others).collect();
        order::by_key(&mut wishes, |wish| *wish);
        wishes
    }

    /// Gives the wishes of one moment their rows from `top` on; the last one's place.
    fn place(&mut self, flights: &[Flight], group: &[Wish], top: f64) -> f64 {
        let mut bottom = top;
        let mut start = top;
        for kind in [Kind::Arrival, Kind::Departure] {
            let mut pairs: Vec<(NodeId, NodeId)> = Vec::new();
            for &(_, _, n) in group.iter().filter(|wish| wish.1 == kind) {
                let first = &flights[self.bundles[n].flights[0]];
                let pair = (first.from, first.to);
                let before = pairs.iter().filter(|other| **other == pair).count();
                pairs.push(pair);
                let y = start + before as f64 * self.row;
                bottom = bottom.max(y);
                match kind {
                    Kind::Arrival => self.bundles[n].to = y,
                    _ => self.bundles[n].from = y,
                }
            }
            start = if pairs.is_empty() { top } else { bottom + self.row * 0.5 };
        }
        bottom
    }

    fn bands(&self, runs: &[PhaseRun]) -> Vec<PhaseBand> {
        let first_at = |at: Time| self.moments.partition_point(|moment| moment.at < at);
        let bands = runs.iter().enumerate().filter_map(|(n, run)| {
            let from = first_at(run.from);
            let to = runs.get(n + 1).map_or(self.moments.len(), |next| first_at(next.from));
            let rows = self.moments.get(from..to).filter(|rows| !rows.is_empty())?;
            Some(PhaseBand { phase: run.phase, from: rows[0].top - 9.0, to: rows[rows.len() - 1].bottom + 9.0 })
        });
        bands.collect()
    }

    /// Where a moment stands: below everything that has happened by then.
    pub fn y(&self, at: Time) -> f64 {
        let next = self.moments.partition_point(|moment| moment.at <= at);
        let Some(last) = next.checked_sub(1).map(|n| self.moments[n]) else { return TOP - 6.0 };
        let Some(next) = self.moments.get(next) else { return last.bottom + self.row };
        let passed = at.since(last.at).as_micros() as f64 / next.at.since(last.at).as_micros().max(1) as f64;
        last.bottom + (next.top - last.bottom) * (0.35 + 0.55 * passed)
    }

    /// The row of the first thing that happens at a moment.
    pub(super) fn row_of(&self, at: Time) -> f64 {
        let n = self.moments.partition_point(|moment| moment.at < at);
        self.moments.get(n).map_or(self.height - FOOT, |moment| moment.top)
    }

    /// Which moment stands at a place.
    pub fn moment(&self, y: f64) -> Option<Time> {
        let n = self.moments.partition_point(|moment| moment.top <= y);
        self.moments.get(n.saturating_sub(1)).map(|moment| moment.at)
    }

    pub(super) fn is_dense(&self) -> bool {
        self.row < 11.0
    }
}

/// When a message came, was lost, or would have come.
fn end(flight: &Flight) -> Time {
    flight.lost.or(flight.arrived).unwrap_or(flight.due)
}

fn bundles(flights: &[Flight]) -> Vec<Bundle> {
    let mut bundles: Vec<Bundle> = Vec::with_capacity(flights.len());
    for (n, flight) in flights.iter().enumerate() {
        let with = bundles.iter_mut().rev().take(TOGETHER_MAX).find(|bundle| {
            let first = &flights[bundle.flights[0]];
            let same = |f: &Flight| (f.from, f.to, f.sent, end(f), f.lost.is_some());
            same(first) == same(flight) && bundle.flights.len() < TOGETHER_MAX
        });
        match with {
            Some(bundle) => bundle.flights.push(n),
            None => bundles.push(Bundle { flights: vec![n], from: 0.0, to: 0.0 }),
        }
    }
    bundles
}
