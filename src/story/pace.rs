//! How fast a run is shown: flights are stretched until they can be seen, idle times squeezed.
//!
//! Rule: play has its own time, milliseconds at normal speed. Between two steps it runs evenly; how long it takes there
//! depends on the virtual time between them, by little. So a message that takes 2 ms and a minute of silence can both
//! be watched, and a moment of play is always the same moment of the run.

use super::timeline::Step;
use crate::time::Time;
use std::time::Duration;

/// Shortest time between two steps of a short run, ms.
const STEP_MS: f64 = 650.0;
/// A run with more steps than this is played faster, so that it ends.
const UNHURRIED_STEPS: f64 = 240.0;
/// Even the longest run gives each step a frame.
const STEP_MIN_MS: f64 = 16.0;
/// Silence from here on is said to be squeezed.
const SQUEEZED_FROM: Duration = Duration::from_secs(2);

/// The two times of a run, and the way between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// Virtual time and play time of each step, then of the end.
    marks: Vec<(Time, f64)>,
    /// Stretches of silence that are shown much shorter than they were.
    squeezed: Vec<(Time, Time)>,
}

impl Pace {
    pub fn new(steps: &[Step], end: Time) -> Pace {
        let step_ms = (STEP_MS * (UNHURRIED_STEPS / steps.len().max(1) as f64).min(1.0)).max(STEP_MIN_MS);
        let mut marks = Vec::with_capacity(steps.len() + 1);
        let mut squeezed = vec![];
        let mut play_ms = 0.0;
        let ends = steps.iter().skip(1).map(|step| step.at).chain([end]);
        for (step, next) in steps.iter().zip(ends) {
            marks.push((step.at, play_ms));
            let gap = next.since(step.at);
            // Ten times the silence is shown by as much longer as one step takes.
            play_ms += step_ms * (1.0 + (gap.as_secs_f64() * 10.0 + 1.0).log10() / 2.0);
            if gap >= SQUEEZED_FROM {
                squeezed.push((step.at, next));
            }
        }
        marks.push((end, play_ms));
        Pace { marks, squeezed }
    }

    /// How long the whole run plays at normal speed, ms.
    pub fn length_ms(&self) -> f64 {
        self.marks.last().map_or(0.0, |(_, ms)| *ms)
    }

    pub fn squeezed(&self) -> &[(Time, Time)] {
        &self.squeezed
    }

    /// The moment of the run that is shown at a moment of play.
    pub fn to_virtual(&self, ms: f64) -> Time {
        let after = self.marks.partition_point(|(_, mark)| *mark <= ms);
        let (Some(&(from, from_ms)), Some(&(to, to_ms))) =
            (self.marks.get(after.wrapping_sub(1)), self.marks.get(after))
        else {
            let clamped = if after == 0 { self.marks.first() } else { self.marks.last() };
            return clamped.map_or(Time(0), |(at, _)| *at);
        };
        let part = (ms - from_ms) / (to_ms - from_ms).max(f64::EPSILON);
        Time(from.0 + (to.since(from).as_micros() as f64 * part) as u64)
    }

    /// The moment of play at which a moment of the run is shown.
    pub fn to_play_ms(&self, at: Time) -> f64 {
        let after = self.marks.partition_point(|(mark, _)| *mark <= at);
        let (Some(&(from, from_ms)), Some(&(to, to_ms))) =
            (self.marks.get(after.wrapping_sub(1)), self.marks.get(after))
        else {
            let clamped = if after == 0 { self.marks.first() } else { self.marks.last() };
            return clamped.map_or(0.0, |(_, ms)| *ms);
        };
        let part = at.since(from).as_micros() as f64 / to.since(from).as_micros().max(1) as f64;
        from_ms + (to_ms - from_ms) * part
    }
}
