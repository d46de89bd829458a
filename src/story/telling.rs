//! A lesson being told: its run, where each note speaks, and the words of every step.

use super::key::{self, Cue};
use super::lesson::Lesson;
use super::narration::{Narration, from_events, from_note};
use super::pace::Pace;
use super::share::At;
use super::timeline::{Frame, INPUTS_MAX, Timeline};
use crate::sim::{Entry, World};
use crate::time::Time;
use std::fmt;
use std::rc::Rc;

/// A lesson with its run.
#[derive(Clone, Debug)]
pub struct Telling {
    pub lesson: Rc<Lesson>,
    pub timeline: Timeline,
    pub pace: Pace,
    /// When each note speaks; in order of time. A note whose condition never came is not here.
    cues: Vec<(Time, usize)>,
    /// When each question is due, in order of time; one whose condition never came is not here.
    questions: Vec<Cue>,
    /// How often the condition of each note, and of each question, was met so far.
    seen: Vec<u32>,
    asked: Vec<u32>,
    /// What there is to say of a recording.
    found: Vec<String>,
}

/// A link's moment that this run does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSuchMoment {
    PastTheEnd { asked: String, end: String },
    NoSuchNote { asked: String, known: Vec<String> },
}

impl fmt::Display for NoSuchMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoSuchMoment::PastTheEnd { asked, end } => {
                write!(f, "The link names the moment {asked}, but this run ends at {end}. It is opened at its end.")
            }
            NoSuchMoment::NoSuchNote { asked, known } => {
                write!(
                    f,
                    "The link names the note “{asked}”, which this lesson does not have. It has: {}. It is opened at its beginning.",
                    known.join(", ")
                )
            }
        }
    }
}

impl Telling {
    pub fn new(lesson: Lesson) -> Telling {
        Telling::watch(lesson, |_, _| {})
    }

    /// As [`Telling::new`]; `see` is shown what happened at each moment, and the world after it.
    pub fn watch(lesson: Lesson, see: impl FnMut(&[Entry], &World)) -> Telling {
        let mut telling = Telling::begin(lesson);
        telling.go_on(Time::NEVER, see);
        telling
    }

    /// Nothing is computed yet but the beginning.
    pub(super) fn begin(lesson: Lesson) -> Telling {
        let start = lesson.scenario.start();
        let at_start = lesson.notes.iter().enumerate().filter(|(_, note)| note.when.is_start());
        let timeline = Timeline::begin(lesson.scenario.clone());
        Telling {
            pace: Pace::new(timeline.steps(), timeline.end()),
            timeline,
            cues: at_start.map(|(n, _)| (start, n)).collect(),
            questions: vec![],
            seen: vec![0; lesson.notes.len()],
            asked: vec![0; lesson.asks.len()],
            found: vec![],
            lesson: Rc::new(lesson),
        }
    }

    /// Goes on up to a moment, and leaves what happens at it for later.
    pub(super) fn go_on(&mut self, before: Time, mut see: impl FnMut(&[Entry], &World)) {
        let Telling { lesson, timeline, cues, questions, seen, asked, .. } = self;
        timeline.compute_until(before, &mut |entries, world| {
            see(entries, world);
            let mut speaks = false;
            for (n, note) in lesson.notes.iter().enumerate() {
                let times = entries.iter().filter(|entry| note.when.matches(entry, world)).count() as u32;
                if seen[n] < note.when.nth && seen[n] + times >= note.when.nth {
                    cues.push((world.now(), n));
                    speaks = true;
                }
                seen[n] += times;
            }
            for (n, ask) in lesson.asks.iter().enumerate() {
                let times = entries.iter().filter(|entry| ask.before.matches(entry, world)).count() as u32;
                let before = asked[n];
                asked[n] += times;
                if before < ask.before.nth && asked[n] >= ask.before.nth {
                    questions.push(Cue { ask: n, at: world.now(), partial: key::answered(ask, entries, world) });
                    speaks = true;
                }
            }
            speaks
        });
        self.pace = Pace::new(timeline.steps(), timeline.end());
    }

    /// Goes on with another lesson, whose run has to be the same one as far as was computed.
    #[cfg(feature = "complete")]
    pub(super) fn change(&mut self, lesson: Lesson) {
        self.timeline.change(lesson.scenario.clone());
        self.lesson = Rc::new(lesson);
    }

    /// A recording that was rebuilt; `found` is what a reader must know of it.
    pub fn of_recording(lesson: Lesson, timeline: Timeline, found: Vec<String>) -> Telling {
        let pace = Pace::new(timeline.steps(), timeline.end());
        Telling {
            lesson: Rc::new(lesson),
            timeline,
            pace,
            cues: vec![],
            questions: vec![],
            seen: vec![],
            asked: vec![],
            found,
        }
    }

    /// The words of a step: a note's, or made from what happened.
    pub fn narration(&self, frame: &Frame) -> Narration {
        let steps = self.timeline.steps();
        let eyebrow = format!("{} · step {} of {}", frame.phase.name(), frame.step + 1, steps.len());
        let cue = self.cues.iter().rev().find(|(at, _)| *at == frame.at);
        match cue.and_then(|(_, n)| self.lesson.notes.get(*n)) {
            Some(note) => from_note(eyebrow, note),
            None => from_events(eyebrow, frame, &self.lesson),
        }
    }

    /// What a reader must know about the whole run: what is scaled down, what was lost, what broke.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = self.found.clone();
        if let Some(scale) = self.lesson.scenario.scale() {
            remarks.push(scale);
        }
        let checks = self.timeline.checks();
        let lost = checks.lost_writes().len();
        if lost > 0 {
            remarks.push(format!("Acknowledged writes that no server holds any more at the end of this run: {lost}."));
        }
        if let Some(broken) = checks.violations().first() {
            let at = At::of(broken.at, self.timeline.start());
            remarks.push(format!(
                "Invariant {} of replication broke at {at}: {}. This is a fault of the model.",
                broken.rule, broken.what
            ));
        }
        if self.timeline.is_cut_short() {
            remarks.push(format!("The run asked for more than {INPUTS_MAX} inputs and was ended there."));
        }
        remarks
    }

    /// The questions that come up in this run, in order of time.
    pub fn questions(&self) -> &[Cue] {
        &self.questions
    }

    /// Moments at which a note speaks, with its name.
    pub fn cues(&self) -> impl Iterator<Item = (Time, &str)> {
        self.cues.iter().filter_map(|(at, n)| Some((*at, self.lesson.notes.get(*n)?.name.as_str())))
    }

    /// The moment that a link names. An error comes with the moment to open instead.
    pub fn moment(&self, at: &At) -> Result<Time, (Time, NoSuchMoment)> {
        let (start, end) = (self.timeline.start(), self.timeline.end());
        match at {
            At::End => Ok(end),
            At::After(after) if start + *after <= end => Ok(start + *after),
            At::After(after) => {
                let shown = |time: Time| Time(time.since(start).as_micros() as u64).to_string();
                Err((end, NoSuchMoment::PastTheEnd { asked: shown(start + *after), end: shown(end) }))
            }
            At::Note(name) => match self.cues().find(|(_, cue)| cue == name) {
                Some((time, _)) => Ok(time),
                None => {
                    let known = self.cues().map(|(_, name)| name.to_string()).collect();
                    Err((start, NoSuchMoment::NoSuchNote { asked: name.clone(), known }))
                }
            },
        }
    }
}
