//! A lesson being shown: its telling, its facts, and its moments.
//!
//! Rule: computed once when the lesson is opened; the same one as long as it stays open.

use super::playback::{Gate, Moments};
use crate::scene::geometry::Size;
use crate::scene::order;
use crate::scene::stage::Stage;
use crate::scene::track::Track;
use crate::scene::{self, Focus, Ledger, Room, Scene};
#[cfg(feature = "complete")]
use crate::scene::{chart, sequence};
#[cfg(feature = "complete")]
use crate::sim::{NodeId, World};
use crate::story::{Ask, At, Lesson, Narration, NoSuchMoment, Pace, Telling, Truth};
use crate::time::Time;
use std::cell::RefCell;
use std::rc::Rc;

/// A lesson with everything needed to show any moment of it.
pub struct Run {
    pub lesson: Rc<Lesson>,
    pub pace: Pace,
    pub moments: Rc<Moments>,
    pub start: Time,
    /// What a reader must know about the whole run.
    pub remarks: Vec<String>,
    ledger: Ledger,
    /// Behind a cell because it keeps frames ready.
    telling: RefCell<Telling>,
}

impl PartialEq for Run {
    fn eq(&self, other: &Run) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Run {
    /// Runs the lesson's scenario to its end.
    pub fn new(lesson: Lesson) -> Run {
        let mut ledger = Ledger::default();
        let telling = Telling::watch(lesson, |entries, world| ledger.note(entries, world));
        Run::of(telling, ledger)
    }

    /// What was run already, with the facts that were gathered meanwhile.
    pub fn of(telling: Telling, ledger: Ledger) -> Run {
        let timeline = &telling.timeline;
        let moments = Moments {
            steps: timeline.steps().iter().map(|s| s.at).collect(),
            phases: timeline.runs().iter().map(|r| r.first).collect(),
            gates: gates(&telling),
            end: timeline.end(),
        };
        Run {
            lesson: telling.lesson.clone(),
            pace: telling.pace.clone(),
            moments: Rc::new(moments),
            start: timeline.start(),
            remarks: telling.remarks(),
            ledger,
            telling: RefCell::new(telling),
        }
    }

    /// The picture and the words of the step that `at` belongs to.
    pub fn shot(&self, at: Time, focus: &Focus, room: &Room) -> (Scene, Narration) {
        let mut telling = self.telling.borrow_mut();
        let frame = telling.timeline.frame(at);
        (scene::compose(&frame, &self.ledger, self.start, focus, room), telling.narration(&frame))
    }

    /// Has something made of the whole run.
    #[cfg(feature = "complete")]
    pub fn tell<T>(&self, tell: impl FnOnce(&mut Telling) -> T) -> T {
        tell(&mut self.telling.borrow_mut())
    }

    /// One of the run's questions.
    pub fn question(&self, number: usize) -> Option<Ask> {
        let telling = self.telling.borrow();
        let cue = telling.questions().get(number)?;
        telling.lesson.asks.get(cue.ask).cloned()
    }

    /// The key to one of the run's questions.
    pub fn truth(&self, number: usize) -> Option<Truth> {
        let mut telling = self.telling.borrow_mut();
        let cue = telling.questions().get(number)?.clone();
        Some(telling.truth(&cue))
    }

    /// The message that carries what was written at a moment.
    #[cfg(feature = "complete")]
    pub fn written_at(&self, at: Time) -> Option<u64> {
        self.ledger.stream_at(at)
    }

    /// Where every moment of the run stands in its sequence diagram.
    #[cfg(feature = "complete")]
    pub fn plan(&self, zoom: f64) -> sequence::Plan {
        sequence::Plan::new(&self.ledger, self.telling.borrow().timeline.runs(), zoom)
    }

    /// A part of the sequence diagram.
    #[cfg(feature = "complete")]
    pub fn sequence(&self, plan: &sequence::Plan, view: &sequence::View, width: f64) -> sequence::Sequence {
        sequence::lay_out(plan, &self.ledger, &self.world(view.at), view, width)
    }

    /// The messages around a moment: so many before it and behind it.
    #[cfg(feature = "complete")]
    pub fn sequence_table(&self, at: Time, selected: Option<u64>, around: (usize, usize)) -> sequence::Table {
        sequence::table(&self.ledger, &self.world(at), (self.start, at), selected, around)
    }

    /// Everybody's offset over the whole run.
    #[cfg(feature = "complete")]
    pub fn chart(&self, at: Time, node: Option<NodeId>, size: Size) -> chart::Chart {
        let view = self.chart_view(at, node, size);
        chart::lay_out(&self.ledger, &self.world(at), &view)
    }

    /// The same in numbers, so many moments before and behind.
    #[cfg(feature = "complete")]
    pub fn chart_table(&self, at: Time, around: usize) -> chart::Table {
        let view = self.chart_view(at, None, Size::default());
        chart::table(&self.ledger, &self.world(at), &view, around)
    }

    #[cfg(feature = "complete")]
    fn chart_view(&self, at: Time, node: Option<NodeId>, size: Size) -> chart::View {
        let Size { width, height } = size;
        chart::View { at, start: self.start, end: self.moments.end, node, width, height }
    }

    /// The world of the step that a moment belongs to.
    #[cfg(feature = "complete")]
    pub fn world(&self, at: Time) -> Rc<World> {
        self.telling.borrow_mut().timeline.frame(at).now.clone()
    }

    /// A picture of the stage alone: with words, or as small as a stamp.
    pub fn still(&self, at: Time, size: Size, words: bool) -> Stage {
        let frame = self.telling.borrow_mut().timeline.frame(at);
        scene::still(&frame, &self.ledger, size, words)
    }

    /// The moment that a link names. An error comes with the moment to open instead.
    pub fn moment(&self, at: &At) -> Result<Time, (Time, NoSuchMoment)> {
        self.telling.borrow().moment(at)
    }

    /// A moment to show of the whole lesson: where its middle note speaks, or one near it, with a message halfway.
    pub fn showpiece(&self) -> Time {
        let mut telling = self.telling.borrow_mut();
        let cues: Vec<Time> = telling.cues().map(|(at, _)| at).collect();
        let middle = cues.len() / 2;
        let mut near: Vec<usize> = (0..cues.len()).collect();
        order::by_key(&mut near, |&n| n.abs_diff(middle));
        let halfway = |n: usize| {
            let frame = telling.timeline.frame(cues[n]);
            frame.now.in_flight().map(|s| s.sent + s.due.since(s.sent) / 2).max().map(|at| at.max(frame.at))
        };
        near.into_iter().find_map(halfway).unwrap_or(self.start)
    }

    /// The timeline's picture.
    pub fn track(&self, width: f64, labels: bool) -> Track {
        scene::track_of(&self.telling.borrow().timeline, &self.pace, width, labels)
    }
}

/// Questions are asked at the step before their answer; what is answered by the first step cannot be asked.
fn gates(telling: &Telling) -> Vec<Gate> {
    let step_before = |at| telling.timeline.step_at(at).checked_sub(1);
    let gates = telling.questions().iter().enumerate();
    gates.filter_map(|(question, cue)| Some(Gate { step: step_before(cue.at)?, question })).collect()
}
