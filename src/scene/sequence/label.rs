//! The words on the arrows.
//!
//! Rule: a label stands above its arrow in the gap between two lines that is next to the sender, or in a later one where
//! another label stands. What one sender says to several at once is written once. Where there is no room a label is left
//! out, and the arrow's name still says it.

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

/// What stands where already.
#[derive(Default)]
pub struct Labels {
    /// Middle, baseline, half the width.
    taken: Vec<(f64, f64, f64)>,
    /// Where each label's arrow begins and whether it leads to the right, with the label.
    said: Vec<((f64, f64), bool, String)>,
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

    /// A label for an arrow, and the middle of its baseline. `stops`: the lines that it passes, with both of its ends.
    pub fn place(&mut self, said: &str, from: (f64, f64), to: (f64, f64), stops: &[f64]) -> (String, (f64, f64)) {
        let is_right = to.0 > from.0;
        let is_same =
            |(at, right, label): &((f64, f64), bool, String)| *at == from && *right == is_right && label == said;
        if self.said.iter().rev().take(LOOK_BACK).any(is_same) {
            return (String::new(), from);
        }
        // What is held for long falls steeply: its label stands where it leaves.
        if (to.1 - from.1).abs() > (to.0 - from.0).abs() / 2.0 {
            let label = text::fit(said, Face::Mono, LABEL, 140.0);
            let half = text::width(&label, Face::Mono, LABEL) / 2.0;
            let at = (if is_right { from.0 + half + 8.0 } else { from.0 - half - 8.0 }, from.1 - 4.0);
            self.taken.push((at.0, at.1, half));
            self.said.push((from, is_right, said.to_owned()));
            return (label, at);
        }
        for gap in stops.windows(2) {
            let middle = (gap[0] + gap[1]) / 2.0;
            let label = text::fit(said, Face::Mono, LABEL, (gap[1] - gap[0]).abs() - 26.0);
            let half = text::width(&label, Face::Mono, LABEL) / 2.0;
            let slack = ((gap[1] - gap[0]).abs() / 2.0 - half - 13.0).max(0.0);
            for aside in [0.0, slack.min(60.0), -slack.min(60.0), slack, -slack] {
                let x = middle + aside;
                let part = (x - from.0) / (to.0 - from.0);
                // Above the whole of the line below it, also at its higher end.
                let rise = ((to.1 - from.1) / (to.0 - from.0) * half).abs().min(9.0);
                let at = (x, from.1 + (to.1 - from.1) * part - 4.0 - rise);
                let is_free = self
                    .taken
                    .iter()
                    .rev()
                    .take(LOOK_BACK)
                    .all(|(x, y, other)| (at.1 - y).abs() >= HIGH || (at.0 - x).abs() >= half + other + 4.0);
                if is_free {
                    self.taken.push((at.0, at.1, half));
                    self.said.push((from, is_right, said.to_owned()));
                    return (label, at);
                }
            }
        }
        (String::new(), from)
    }
}
