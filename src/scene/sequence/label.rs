//! The words on the arrows.
//!
//! Rule: a label stands above the middle of its arrow, or nearer to one of its ends where another label stands; where
//! there is no room it is left out, and the arrow's name still says it.

use super::super::ledger::Flight;
use super::super::paint::Kind;
use super::super::text::{self, Face};
use super::LABEL;

/// What is said of messages that travel together: of a snapshot's pieces only the last.
pub fn words(flights: &[&Flight]) -> String {
    let is_piece = |flight: &Flight| flight.kind == Kind::Snapshot && flight.label.starts_with("RDB ");
    let last_piece = flights.iter().rposition(|flight| is_piece(flight));
    let said = flights.iter().enumerate().filter(|(n, flight)| !is_piece(flight) || Some(*n) == last_piece);
    said.map(|(_, flight)| flight.label.as_str()).collect::<Vec<_>>().join(" · ")
}

/// Where labels stand already: middle, baseline, half the width.
#[derive(Default)]
pub struct Labels {
    taken: Vec<(f64, f64, f64)>,
}

/// Height of a label, px.
const HIGH: f64 = 12.5;
/// How many labels are looked back at: those further up are far away.
const LOOK_BACK: usize = 60;

impl Labels {
    /// Keeps a place free of labels.
    pub fn take(&mut self, x: f64, y: f64, width: f64) {
        self.taken.push((x, y, width / 2.0));
    }

    /// A label for an arrow, and the middle of its baseline.
    pub fn place(&mut self, said: &str, from: (f64, f64), to: (f64, f64)) -> (String, (f64, f64)) {
        let room = (to.0 - from.0).abs() - 26.0;
        let label = text::fit(said, Face::Mono, LABEL, room.max(54.0));
        let half = text::width(&label, Face::Mono, LABEL) / 2.0;
        let slack = (0.5 - (half + 13.0) / (to.0 - from.0).abs().max(1.0)).max(0.0);
        for part in [0.5, 0.5 - slack.min(0.2), 0.5 + slack.min(0.2), 0.5 - slack, 0.5 + slack] {
            let at = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part - 4.0);
            let is_free = self.taken.iter().rev().take(LOOK_BACK).all(|(x, y, other)| {
                (at.1 - y).abs() >= HIGH || (at.0 - x).abs() >= half + other + 4.0
            });
            if is_free {
                self.taken.push((at.0, at.1, half));
                return (label, at);
            }
        }
        (String::new(), from)
    }
}
