//! Maps the bytes of the stream to places.
//!
//! Rule: what is newest is shown; of the trunk, as much as fits in front of the branches.

use super::super::strip::{TapeSource, Written};
use super::{FORK_Y, SEGMENT_Y};

/// Px for one byte: at most, so that a short stream does not look long; at least, so that words can be read.
const SCALE: (f64, f64) = (4.05, 2.7);
const LEAST_WIDTH: f64 = 38.0;
/// Left of the segments, when older ones are left out.
const STUB: f64 = 26.0;
/// Between the trunk and a branch.
pub const FORK_GAP: f64 = 28.0;
/// Kept free behind the branches for what is said of them.
const BRANCH_LABEL: f64 = 190.0;

/// Where the bytes `start..=end` of a command stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    pub start: u64,
    pub end: u64,
    pub x: f64,
    pub width: f64,
}

/// Maps offsets to places: proportional inside a command, so that any byte has one.
pub struct Ruler {
    /// Commands of the main line: the trunk's, then those of the history in force.
    pub marks: Vec<Mark>,
    /// Commands that only an old master has.
    pub alone: Vec<Mark>,
    /// How many of `marks` are the trunk's.
    pub trunk: usize,
    /// Commands too old to be shown.
    pub hidden: usize,
    /// Where the histories part.
    pub fork_x: f64,
    /// Top of the uppermost segments.
    pub top: f64,
    left: f64,
}

impl Ruler {
    /// Fits the newest commands into `room` px from `left` on.
    pub fn new(source: &TapeSource, left: f64, room: f64) -> Ruler {
        let (ours, alone) = source.branches();
        let forked = !alone.is_empty();
        let room = if forked { (room - FORK_GAP - BRANCH_LABEL).max(room * 0.5) } else { room };
        let total: u64 = source.trunk.iter().chain(ours).map(Written::len).sum();
        let scale = (room / total.max(1) as f64).clamp(SCALE.1, SCALE.0);
        let wide = |w: &Written| (w.len() as f64 * scale).clamp(LEAST_WIDTH, room * 0.4);
        let (newest, of_ours) = newest_that_fit(ours, room - STUB, wide);
        let branch = newest.max(alone.iter().map(wide).sum());
        let whole = source.trunk.iter().map(wide).sum::<f64>() + branch <= room + 0.01 && of_ours == ours.len();
        let (_, of_trunk) =
            if whole { (0.0, source.trunk.len()) } else { newest_that_fit(&source.trunk, room - branch - STUB, wide) };
        let hidden = source.trunk.len() - of_trunk + ours.len() - of_ours;
        let left = left + if hidden > 0 { STUB } else { 0.0 };
        let (mut marks, fork_x) = lay(&source.trunk[source.trunk.len() - of_trunk..], left, wide);
        let from = fork_x + if forked { FORK_GAP } else { 0.0 };
        marks.extend(lay(&ours[ours.len() - of_ours..], from, wide).0);
        let top = if forked { FORK_Y } else { SEGMENT_Y };
        Ruler { marks, alone: lay(alone, from, wide).0, trunk: of_trunk, hidden, fork_x, top, left }
    }

    /// The right edge of byte `offset` on the main line; and whether it is older than anything drawn.
    pub fn x(&self, offset: u64) -> (f64, bool) {
        let Some(first) = self.marks.first() else { return (self.left, false) };
        if offset + 1 < first.start {
            return (first.x, true);
        }
        let mut x = first.x;
        for mark in self.marks.iter().take_while(|m| m.start <= offset) {
            let share = (offset.min(mark.end) + 1 - mark.start) as f64 / (mark.end + 1 - mark.start) as f64;
            x = mark.x + mark.width * share;
        }
        (x, false)
    }
}

/// How wide the newest commands are that fit into `room`, and how many; at least one, if there is any.
fn newest_that_fit(commands: &[Written], room: f64, wide: impl Fn(&Written) -> f64) -> (f64, usize) {
    let mut used = 0.0;
    for (count, command) in commands.iter().rev().enumerate() {
        if count > 0 && used + wide(command) > room + 0.01 {
            return (used, count);
        }
        used += wide(command);
    }
    (used, commands.len())
}

/// One command after the other from `x` on, and where the last one ends.
fn lay(commands: &[Written], mut x: f64, wide: impl Fn(&Written) -> f64) -> (Vec<Mark>, f64) {
    let marks = commands
        .iter()
        .map(|w| {
            let mark = Mark { start: w.start, end: w.end, x, width: wide(w) };
            x += mark.width;
            mark
        })
        .collect();
    (marks, x)
}
