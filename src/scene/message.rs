//! A message on its way: a pill with its first words, at the place where it is at a given moment.
//!
//! Rule: the place is computed from when the message was sent and when it is due, for the moment asked for. Play, scrub,
//! step back and a static picture all draw the same thing.

use super::geometry::{Curve, Flow, Point};
use super::paint::Kind;
use crate::sim::NodeId;
use crate::time::Time;

/// A message, ready to be drawn around [`MessagePill::place`].
#[derive(Clone, Debug, PartialEq)]
pub struct MessagePill {
    /// The segment of the world that it stands for; the first one if it stands for several sent together.
    pub segment: u64,
    /// Its first words, shortened to the pill.
    pub label: String,
    /// What it is, from whom and to whom, for those who do not see it.
    pub name: String,
    pub kind: Kind,
    pub from: NodeId,
    pub to: NodeId,
    pub sent: Time,
    pub due: Time,
    pub curve: Curve,
    /// It travels against the direction in which the curve is drawn.
    pub upstream: bool,
    pub width: f64,
    pub height: f64,
    /// The link swallows it: it comes no further than halfway.
    pub held: bool,
    /// Its bytes are in the panel.
    pub selected: bool,
}

/// Between a pill and the card it leaves or reaches, px.
const CLEAR: f64 = 6.0;

impl MessagePill {
    /// Whether it is no longer on its way at the moment `at`.
    pub fn has_arrived(&self, at: Time) -> bool {
        at >= self.due && !self.held
    }

    /// Where its middle is at the moment `at`: just outside the sender's card when it is sent, just outside the
    /// receiver's when it is due.
    pub fn place(&self, at: Time) -> Point {
        let flight = self.due.since(self.sent).as_micros() as f64;
        let gone = at.since(self.sent).as_micros() as f64;
        let share = if flight > 0.0 { (gone / flight).min(1.0) } else { 1.0 };
        let share = if self.held { share.min(0.5) } else { share };
        let half = if self.curve.flow == Flow::Right { self.width } else { self.height } / 2.0 + CLEAR;
        let edge = (half / self.curve.span().max(1.0)).min(0.5);
        let share = if self.upstream { 1.0 - share } else { share };
        let p = self.curve.along(edge + (1.0 - 2.0 * edge) * share);
        // Two lanes, so that what goes up does not hide what comes down.
        match (self.curve.flow, self.upstream) {
            (Flow::Right, true) => Point { x: p.x, y: p.y - self.height / 2.0 - 1.0 },
            (Flow::Right, false) => Point { x: p.x, y: p.y + self.height / 2.0 + 1.0 },
            (Flow::Down, _) => p,
        }
    }
}
