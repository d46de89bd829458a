//! Where the reader is in a run, and whether it plays.
//!
//! Rule: every change of time is one [`Action`]; nothing else moves the moment shown. Between two steps only messages
//! move, so the state changes when a step is reached, not on every frame of the screen.

use crate::time::Time;
use std::rc::Rc;
use std::time::Duration;
use yew::Reducible;

/// Whether the clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    Paused,
    Running,
}

/// How fast, in quarters of the usual pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed(pub u32);

impl Speed {
    pub const USUAL: Speed = Speed(4);
    /// All that can be chosen, and what they are called.
    pub const ALL: [(Speed, &'static str); 5] =
        [(Speed(1), "0.25×"), (Speed(2), "0.5×"), (Speed(4), "1×"), (Speed(8), "2×"), (Speed(16), "4×")];

    pub fn factor(self) -> f64 {
        f64::from(self.0) / 4.0
    }
}

/// Where a question is asked: time does not go on from here by itself, nor by a step, before it is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// The last step before that which would be the answer.
    pub step: usize,
    /// Which of the run's questions.
    pub question: usize,
}

/// The moments of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    /// Of each step, ascending; never empty.
    pub steps: Vec<Time>,
    /// The first step of each phase, ascending.
    pub phases: Vec<usize>,
    /// Ascending; without any where nothing is asked.
    pub gates: Vec<Gate>,
    pub end: Time,
}

impl Moments {
    /// The last step that is not after `at`.
    pub fn step_at(&self, at: Time) -> usize {
        self.steps.partition_point(|&step| step <= at).saturating_sub(1)
    }

    fn time_of(&self, step: usize) -> Time {
        self.steps.get(step).or(self.steps.last()).copied().unwrap_or_default()
    }
}

/// The reader's place.
#[derive(Clone, Debug, PartialEq)]
pub struct Playback {
    pub moments: Rc<Moments>,
    pub at: Time,
    pub step: usize,
    pub motion: Motion,
    pub speed: Speed,
    /// The last change came from the reader, not from the clock: it is announced.
    pub by_hand: bool,
    /// Questions that were answered or skipped.
    pub settled: Vec<usize>,
    /// How often the reader wanted to go on and was held by a question.
    pub held: u32,
}

/// A change of time, or of how it runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Play,
    /// Stop where the clock is.
    Pause(Time),
    NextStep,
    PreviousStep,
    NextPhase,
    PreviousPhase,
    First,
    Last,
    /// A quarter of the way to the next step, forwards or backwards.
    Nudge {
        forwards: bool,
    },
    /// To a moment chosen by the reader or a link; stops.
    Seek(Time),
    /// The clock has come to this moment.
    Reach(Time),
    /// A question was answered or skipped.
    Settle(usize),
    /// The run has become another one, or longer; the moment stays.
    Run(Rc<Moments>),
    SetSpeed(Speed),
}

impl Playback {
    /// Paused at `at`.
    pub fn new(moments: Rc<Moments>, at: Time) -> Playback {
        let step = moments.step_at(at);
        let (motion, speed) = (Motion::Paused, Speed::USUAL);
        Playback { moments, at, step, motion, speed, by_hand: false, settled: vec![], held: 0 }
    }

    /// The question that is open at this moment.
    pub fn asking(&self) -> Option<usize> {
        self.gate_from(self.step).filter(|gate| gate.step == self.step).map(|gate| gate.question)
    }

    /// Is everything told? Behind the last step nothing more is, so who goes by steps has come to the end there.
    pub fn is_told(&self) -> bool {
        self.step + 1 >= self.moments.steps.len() && self.asking().is_none()
    }

    /// The first open question at a step or later.
    fn gate_from(&self, step: usize) -> Option<Gate> {
        self.moments.gates.iter().copied().find(|gate| gate.step >= step && !self.settled.contains(&gate.question))
    }

    /// A way forwards to a moment, as far as questions let it go.
    fn onwards(&self, to: Time) -> Result<Time, Time> {
        match self.gate_from(self.step).map(|gate| self.moments.time_of(gate.step + 1)) {
            Some(answer) if to >= answer => Err(Time(answer.0.saturating_sub(1))),
            _ => Ok(to),
        }
    }

    /// Goes forwards to a moment, or to the question before it.
    fn go_on(&self, to: Time) -> Playback {
        match self.onwards(to) {
            Ok(at) => self.stop_at(at),
            // At the question itself nothing moves: it is to be answered.
            Err(_) if self.asking().is_some() => self.hold(),
            Err(_) => self.stop_at_step(self.gate_from(self.step).map_or(self.step, |gate| gate.step)),
        }
    }

    fn hold(&self) -> Playback {
        Playback { motion: Motion::Paused, held: self.held + 1, ..self.clone() }
    }

    /// The first step of the phase that `step` belongs to, and of the next one.
    fn phase_around(&self) -> (usize, Option<usize>) {
        let phases = &self.moments.phases;
        let next = phases.partition_point(|&first| first <= self.step);
        (next.checked_sub(1).map_or(0, |i| phases[i]), phases.get(next).copied())
    }

    fn stop_at(&self, at: Time) -> Playback {
        let at = at.min(self.moments.end);
        Playback { at, step: self.moments.step_at(at), motion: Motion::Paused, by_hand: true, ..self.clone() }
    }

    fn stop_at_step(&self, step: usize) -> Playback {
        let step = step.min(self.moments.steps.len().saturating_sub(1));
        self.stop_at(self.moments.time_of(step))
    }

    fn nudged(&self, forwards: bool) -> Time {
        let m = &self.moments;
        let quarter = |step: usize| {
            let to = m.steps.get(step + 1).copied().unwrap_or(m.end);
            Duration::from_micros((to.since(m.time_of(step)).as_micros() as u64 / 4).max(1))
        };
        let start = m.time_of(self.step);
        if forwards {
            let next = m.steps.get(self.step + 1).copied().unwrap_or(m.end);
            let at = self.at + quarter(self.step);
            // The last quarter may be rounded short of the next step.
            if at + Duration::from_micros(4) >= next { next } else { at }
        } else if self.at > start {
            (self.at - quarter(self.step)).max(start)
        } else {
            let before = self.step.saturating_sub(1);
            (self.at - quarter(before)).max(m.time_of(before))
        }
    }

    fn after(&self, action: Action) -> Playback {
        match action {
            Action::Play if self.asking().is_some() => self.hold(),
            Action::Play => {
                // At the end, play starts over.
                let from = if self.at >= self.moments.end { self.moments.time_of(0) } else { self.at };
                let step = self.moments.step_at(from);
                Playback { at: from, step, motion: Motion::Running, by_hand: false, ..self.clone() }
            }
            Action::Pause(at) => self.stop_at(at),
            Action::NextStep => self.go_on(self.moments.time_of(self.step + 1)),
            // Between two steps, back is to the one just passed.
            Action::PreviousStep if self.at > self.moments.time_of(self.step) => self.stop_at_step(self.step),
            Action::PreviousStep => self.stop_at_step(self.step.saturating_sub(1)),
            Action::NextPhase => self.go_on(self.moments.time_of(self.phase_around().1.unwrap_or(usize::MAX))),
            Action::PreviousPhase => {
                let (first, _) = self.phase_around();
                if self.step > first {
                    return self.stop_at_step(first);
                }
                let before = Playback { step: first.saturating_sub(1), ..self.clone() };
                self.stop_at_step(before.phase_around().0)
            }
            Action::First => self.stop_at_step(0),
            Action::Last => self.stop_at(self.moments.end),
            Action::Nudge { forwards: true } => self.go_on(self.nudged(true)),
            Action::Nudge { forwards: false } => self.stop_at(self.nudged(false)),
            Action::Seek(at) => self.stop_at(at.max(self.moments.time_of(0))),
            Action::Reach(at) if self.onwards(at).is_err() => {
                Playback { by_hand: false, ..self.stop_at(self.onwards(at).unwrap_or_else(|before| before)) }
            }
            Action::Run(moments) => {
                let at = self.at.min(moments.end);
                Playback { at, step: moments.step_at(at), moments, ..self.clone() }
            }
            Action::Settle(question) => {
                let mut settled = self.settled.clone();
                settled.push(question);
                Playback { settled, ..self.clone() }
            }
            Action::Reach(at) if at >= self.moments.end => Playback { by_hand: false, ..self.stop_at(at) },
            Action::Reach(at) => Playback { at, step: self.moments.step_at(at), by_hand: false, ..self.clone() },
            Action::SetSpeed(speed) => Playback { speed, ..self.clone() },
        }
    }
}

impl Reducible for Playback {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(self.after(action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn playback(at: u64) -> Playback {
        let moments = Moments {
            steps: [10, 20, 30, 70, 80].map(Time).to_vec(),
            phases: vec![0, 2, 4],
            gates: vec![],
            end: Time(100),
        };
        Playback::new(Rc::new(moments), Time(at))
    }

    #[track_caller]
    fn check(at: u64, actions: &[Action], want: u64) {
        let end = actions.iter().fold(playback(at), |p, a| p.after(a.clone()));
        assert_eq!((end.at, end.step), (Time(want), end.moments.step_at(Time(want))), "{actions:?}");
    }

    #[test]
    fn every_way_to_move() {
        use Action::*;
        check(10, &[NextStep], 20);
        check(80, &[NextStep], 80);
        check(25, &[PreviousStep], 20);
        check(20, &[PreviousStep], 10);
        check(10, &[PreviousStep], 10);
        check(10, &[NextPhase], 30);
        check(80, &[NextPhase], 80);
        check(70, &[PreviousPhase], 30);
        check(30, &[PreviousPhase], 10);
        check(30, &[Last], 100);
        check(30, &[First], 10);
        check(30, &[Seek(Time(5))], 10);
        check(30, &[Seek(Time(500))], 100);
        check(30, &[Nudge { forwards: true }], 40);
        check(30, &[const { Nudge { forwards: true } }; 4], 70);
        check(30, &[Nudge { forwards: false }], 28);
        check(40, &[Nudge { forwards: false }], 30);
        check(20, &[Play, Reach(Time(33))], 33);
        check(100, &[Play], 10);
    }

    #[test]
    fn a_question_holds_time_until_it_is_settled() {
        use Action::*;
        let mut p = playback(10);
        let gates = vec![Gate { step: 2, question: 0 }];
        p.moments = Rc::new(Moments { gates, ..(*p.moments).clone() });
        let held = p.after(NextPhase).after(NextStep).after(Play);
        assert_eq!((held.at, held.asking(), held.held, held.motion), (Time(30), Some(0), 2, Motion::Paused));
        // The clock stops at the last moment before the answer.
        let played = p.after(Play).after(Reach(Time(75)));
        assert_eq!((played.at, played.step, played.motion), (Time(69), 2, Motion::Paused));
        assert_eq!(p.after(NextPhase).after(Nudge { forwards: true }).at, Time(40));
        assert_eq!(p.after(Nudge { forwards: true }).at, Time(12));
        // Who goes there on purpose may.
        assert_eq!((p.after(Last).at, p.after(Last).asking()), (Time(100), None));
        let settled = held.after(Settle(0));
        assert_eq!((settled.asking(), settled.after(NextStep).at), (None, Time(70)));
    }

    #[test]
    fn all_is_told_at_the_last_step() {
        let p = playback(70);
        assert!(!p.is_told() && p.after(Action::NextStep).is_told() && p.after(Action::Last).is_told());
    }

    #[test]
    fn a_reader_who_moves_stops_the_clock_and_the_end_does_too() {
        let p = playback(10).after(Action::Play);
        assert_eq!(p.motion, Motion::Running);
        assert_eq!(p.after(Action::NextStep).motion, Motion::Paused);
        assert_eq!(p.after(Action::Reach(Time(50))).motion, Motion::Running);
        assert_eq!(p.after(Action::Reach(Time(100))).motion, Motion::Paused);
        assert_eq!(p.after(Action::SetSpeed(Speed(8))).motion, Motion::Running);
    }
}
