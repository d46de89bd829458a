//! The clock that plays: on every frame of the screen it moves what is between two steps.
//!
//! Rule: it sets the transforms of the messages and of the thumb, and the clock's text, straight on the elements; a new
//! step is an [`Action::Reach`], and then the page is rendered anew.

use super::browser::{self, Frames};
use super::playback::{Action, Playback};
use super::run::Run;
use super::track;
use crate::scene::geometry::translate;
use crate::scene::stage::Stage;
use crate::scene::text;
use crate::scene::track::Track;
use crate::time::Time;
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::Element;
use yew::{NodeRef, UseReducerDispatcher};

/// What is on screen now, for the next frame.
pub struct Live {
    pub run: Rc<Run>,
    pub stage: Rc<Stage>,
    pub track: Rc<Track>,
    pub step: usize,
    /// Where the clock is, milliseconds of play.
    pub play_ms: f64,
    pub speed: f64,
}

impl Live {
    /// The moment that the clock shows.
    pub fn at(&self) -> Time {
        self.run.pace.to_virtual(self.play_ms)
    }

    /// Draws a moment, which stands at `play_ms` of play, into the player under `root`.
    pub fn paint(&self, root: &NodeRef, at: Time, play_ms: f64) {
        let Some(root) = root.cast::<Element>() else { return };
        let find = |selector: &str| root.query_selector(selector).ok().flatten();
        if let Some(messages) = find(".stage .messages") {
            let pills = messages.children();
            for (i, pill) in self.stage.messages.iter().enumerate() {
                if let Some(element) = pills.item(i as u32) {
                    set(&element, "transform", &translate(pill.place(at)));
                }
            }
        }
        if let Some(thumb) = find(".track .thumb") {
            set(&thumb, "transform", &track::thumb(&self.track, play_ms));
        }
        if let Some(clock) = find(".clock") {
            clock.set_text_content(Some(&text::clock(at.since(self.run.start).as_micros() as u64)));
        }
    }
}

fn set(element: &Element, name: &str, value: &str) {
    // Fails only for a name that is none.
    let _ = element.set_attribute(name, value);
}

/// Lets the clock run until dropped.
pub fn play(live: Rc<RefCell<Live>>, root: NodeRef, dispatch: UseReducerDispatcher<Playback>) -> Frames {
    let by_steps = browser::reduced_motion();
    Frames::run(move |passed_ms| {
        let mut live = live.borrow_mut();
        live.play_ms += passed_ms * live.speed;
        let at = live.at();
        let moments = &live.run.moments;
        let step = moments.step_at(at);
        let over = at >= moments.end;
        if step != live.step || over {
            live.step = step;
            dispatch.dispatch(Action::Reach(at));
        }
        if !by_steps {
            live.paint(&root, at, live.play_ms);
        }
    })
}
