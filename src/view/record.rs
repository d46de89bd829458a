//! What a reader predicted in the lesson that is open, and how far they came in the course.
//!
//! Rule: kept on the reader's device, under one name, and nowhere else; where nothing may be kept, it lasts as long as
//! the page.

use super::browser;
use super::playback::Playback;
use super::question::Outcome;
use crate::node::COMPLETE;
use crate::story::{Lesson, Mark, Progress};
use yew::prelude::*;

/// The name under which it is kept.
const KEPT: &str = "replscope-progress";

/// What came of the questions of the lesson that is open, by their numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    outcomes: Vec<(usize, Outcome)>,
}

impl Record {
    pub fn of(&self, question: usize) -> Option<Outcome> {
        self.outcomes.iter().find(|(number, _)| *number == question).map(|(_, outcome)| *outcome)
    }

    /// The same with one more.
    pub fn with(&self, question: usize, outcome: Outcome) -> Record {
        let others = self.outcomes.iter().copied().filter(|(number, _)| *number != question);
        Record { outcomes: others.chain([(question, outcome)]).collect() }
    }

    /// What came of the question that was settled last.
    pub fn last(&self) -> Option<(usize, Outcome)> {
        self.outcomes.last().copied()
    }

    /// How many were predicted right.
    pub fn right(&self) -> usize {
        self.outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Answered { right: true, .. })).count()
    }
}

/// What is kept of the whole course.
pub fn progress() -> Progress {
    browser::kept(KEPT).map_or_else(Progress::default, |text| Progress::parse(&text))
}

/// Forgets it.
pub fn clear() {
    browser::keep(KEPT, "");
}

/// Keeps what comes of a lesson of the course, and tells how far the reader has come in it.
#[hook]
pub fn use_kept(
    lesson: &Lesson,
    playback: &UseReducerHandle<Playback>,
    record: &UseStateHandle<Record>,
    is_kept: bool,
) -> UseStateHandle<Progress> {
    let known = use_state_eq(Progress::default);
    let is_done = playback.is_told();
    let asked = playback.moments.gates.len();
    let (is_course, lesson, right) = (lesson.number > 0, lesson.name.clone(), record.right());
    let is_begun = is_done || !record.outcomes.is_empty();
    let told = known.setter();
    use_effect_with((is_done, right, is_begun), move |_| {
        // The end of a lesson is kept by the program that shows it.
        if !COMPLETE {
            return;
        }
        let mut progress = progress();
        if is_begun && is_course && is_kept {
            progress.note(&lesson, Mark { done: is_done, right: right as u32, asked: asked as u32 });
            browser::keep(KEPT, &progress.to_string());
        }
        told.set(progress);
    });
    known
}
