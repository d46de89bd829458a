//! Which question is asked at the moment that is shown, and the caret that answers one about a byte of the stream.
//!
//! Rule: what is asked here waits in the panel; where the answer is a byte, the same byte is a caret on the tape, and
//! either moves the other. Only the whole program asks.

use super::browser;
use super::playback::{Action, Playback};
use super::player::PlayerProps;
use super::question::{Outcome, Question};
use super::record::Record;
use super::run::Run;
use crate::node::COMPLETE;
use crate::sim::NodeId;
use crate::story::{Answer, AskKind, Truth};
use web_sys::Element;
use yew::prelude::*;

/// The caret of a question that is answered with a byte of the stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// The byte that it stands at; at most `most`.
    pub byte: u64,
    pub most: u64,
    /// What is right, once an answer was given.
    pub truth: Option<u64>,
    /// Moves it, until then.
    pub moved: Option<Callback<u64>>,
}

/// What was asked in this run, and what is being answered.
#[derive(Clone)]
pub struct Asking {
    pub record: UseStateHandle<Record>,
    /// The question whose answer is being read.
    reading: UseStateHandle<Option<usize>>,
    /// The question that the caret was moved for, and where it stands.
    moved: UseStateHandle<Option<(usize, u64)>>,
}

#[hook]
pub fn use_asking() -> Asking {
    Asking { record: use_state_eq(Record::default), reading: use_state_eq(|| None), moved: use_state_eq(|| None) }
}

impl Asking {
    /// The question of this moment, if one is open or was answered here.
    fn shown(&self, playback: &Playback) -> Option<usize> {
        let here = || playback.moments.gates.iter().filter(|gate| gate.step == playback.step).map(|gate| gate.question);
        let was_answered = |number: &usize| matches!(self.record.of(*number), Some(Outcome::Answered { .. }));
        // What was just answered stays until the reader goes on, also where another question waits.
        let read = self.reading.filter(|number| here().any(|other| other == *number));
        read.or(playback.asking()).or_else(|| here().filter(was_answered).last())
    }

    /// The caret, if the question of this moment is answered with one; `last_byte`: of the stream that anybody has.
    pub fn guess(&self, run: &Run, playback: &Playback, last_byte: u64) -> Option<Guess> {
        if !COMPLETE {
            return None;
        }
        let number = self.shown(playback)?;
        let kind = run.question(number)?.kind;
        if !matches!(kind, AskKind::OffsetOf { .. } | AskKind::ByteSent { .. }) {
            return None;
        }
        let Some(Truth::Byte(truth)) = run.truth(number) else { return None };
        let given = match self.record.of(number) {
            Some(Outcome::Answered { answer: Answer::Byte(byte), .. }) => Some(byte),
            _ => None,
        };
        let moved = self.moved.filter(|(other, _)| *other == number).map(|(_, byte)| byte);
        let set = self.moved.setter();
        Some(Guess {
            byte: given.or(moved).unwrap_or(last_byte / 2),
            // Beyond the right place there is as much room again, so that the end is no hint.
            most: (truth.unwrap_or(0).max(last_byte) + 100).next_multiple_of(50),
            truth: given.and(truth),
            moved: given.is_none().then(|| Callback::from(move |byte| set.set(Some((number, byte))))),
        })
    }

    /// The question, to be shown in the panel.
    pub fn question(
        &self,
        props: &PlayerProps,
        playback: &UseReducerHandle<Playback>,
        root: &NodeRef,
        pointed: Option<NodeId>,
        guess: Option<Guess>,
    ) -> Option<Html> {
        if !COMPLETE {
            return None;
        }
        let number = self.shown(playback)?;
        let (settle, go_on) = (self.settle(number, playback, root), self.go_on(playback, root));
        let (run, outcome, held) = (props.run.clone(), self.record.of(number), playback.held);
        Some(html! { <Question key={number} {run} {number} {guess} {pointed} {outcome} {held} {settle} {go_on} /> })
    }

    fn go_on(&self, playback: &UseReducerHandle<Playback>, root: &NodeRef) -> Callback<()> {
        let (dispatch, root, reading) = (playback.dispatcher(), root.clone(), self.reading.setter());
        let is_last = playback.asking().is_none();
        Callback::from(move |()| {
            reading.set(None);
            root.cast::<Element>().iter().for_each(browser::focus);
            if is_last {
                dispatch.dispatch(Action::NextStep);
            }
        })
    }

    fn settle(&self, number: usize, playback: &UseReducerHandle<Playback>, root: &NodeRef) -> Callback<Outcome> {
        let (dispatch, root) = (playback.dispatcher(), root.clone());
        let (record, reading) = (self.record.clone(), self.reading.setter());
        Callback::from(move |outcome| {
            record.set(record.with(number, outcome));
            dispatch.dispatch(Action::Settle(number));
            reading.set(Some(number));
            if outcome == Outcome::Skipped {
                reading.set(None);
                root.cast::<Element>().iter().for_each(browser::focus);
                // As far as the next question, if it is asked here too.
                dispatch.dispatch(Action::NextStep);
            }
        })
    }
}
