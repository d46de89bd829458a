//! The timeline under the stage: phases as coloured runs, a tick for each step, and the thumb.
//!
//! Rule: places are proportional to the time of play, in which flights are stretched and idle times squeezed, so the
//! thumb moves evenly while it plays.

use super::geometry::Size;
use super::text::{self, Face};

/// A run of steps of one phase, in milliseconds of play.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The phase, as words.
    pub name: &'static str,
    pub from: f64,
    pub to: f64,
}

/// The timeline, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    pub size: Size,
    pub bars: Vec<Bar>,
    /// Places of the steps.
    pub ticks: Vec<f64>,
    /// Play time of the whole, milliseconds.
    pub total: f64,
}

/// One run.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub x: f64,
    pub width: f64,
    pub name: &'static str,
    /// The name fits below it.
    pub labelled: bool,
}

/// Ticks closer than this are not drawn.
const TICK_PITCH: f64 = 6.0;

/// Lays out `runs` and the play times of the steps in `width` px. `labels`: whether names stand below the runs.
pub fn lay_out(runs: &[Run], steps: &[f64], total: f64, width: f64, labels: bool) -> Track {
    let mut track = Track {
        size: Size { width, height: if labels { 56.0 } else { 32.0 } },
        bars: Vec::new(),
        ticks: Vec::new(),
        total: total.max(1.0),
    };
    let mut free = f64::NEG_INFINITY;
    for (i, run) in runs.iter().enumerate() {
        let x = track.x(run.from);
        let end = runs.get(i + 1).map_or(track.x(total), |next| track.x(next.from));
        let wide = text::width(run.name, Face::Sans, 12.0);
        let fits = x + 5.0 >= free && x + 5.0 + wide <= end.max(x + wide.min(40.0)).min(width);
        let labelled = labels && fits && end - x + 4.0 >= wide;
        if labelled {
            free = x + 5.0 + wide + 8.0;
        }
        track.bars.push(Bar { x, width: (end - x - 2.0).max(1.5), name: run.name, labelled });
    }
    let mut last = f64::NEG_INFINITY;
    for &step in steps {
        let x = track.x(step);
        if x - last >= TICK_PITCH {
            track.ticks.push(x);
            last = x;
        }
    }
    track
}

impl Track {
    /// Where a moment of play stands.
    pub fn x(&self, play_ms: f64) -> f64 {
        self.size.width * (play_ms / self.total).clamp(0.0, 1.0)
    }

    /// Which moment of play stands at `x`.
    pub fn play_ms(&self, x: f64) -> f64 {
        (x / self.size.width.max(1.0)).clamp(0.0, 1.0) * self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_and_its_moment_are_the_same_thing() {
        let runs = [Run { name: "connect", from: 0.0, to: 900.0 }, Run { name: "handshake", from: 1000.0, to: 4000.0 }];
        let track = lay_out(&runs, &[0.0, 500.0, 1000.0, 4000.0], 4000.0, 1000.0, true);
        for ms in [0.0, 1.0, 999.0, 4000.0] {
            assert!((track.play_ms(track.x(ms)) - ms).abs() < 0.001);
        }
        assert!(track.bars[0].x + track.bars[0].width <= track.bars[1].x);
        assert!(track.bars.iter().all(|b| b.labelled));
    }
}
