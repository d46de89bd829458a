//! The clock that plays: on every frame of the screen it moves what is between two steps.
//!
//! Rule: it sets the places of the messages and of the thumb, and the clock's text, straight on the elements; a new
//! step is an [`Action::Reach`], and then the page is rendered anew.

use super::browser::{self, Frames};
use super::message::display;
use super::playback::{Action, Motion, Playback};
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
use yew::prelude::*;

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
    fn paint(&self, root: &NodeRef, at: Time, play_ms: f64) {
        let Some(root) = root.cast::<Element>() else { return };
        let find = |selector: &str| root.query_selector(selector).ok().flatten();
        if let Some(messages) = find(".stage .messages") {
            let pills = messages.children();
            for (i, pill) in self.stage.messages.iter().enumerate() {
                if let Some(element) = pills.item(i as u32) {
                    set(&element, "transform", &translate(pill.place(at)));
                    set(&element, "display", display(pill, at));
                }
            }
        }
        for (class, name, value) in track::marks(&self.track, play_ms) {
            if let Some(element) = find(&format!(".track .{class}")) {
                set(&element, name, &value);
            }
        }
        if let Some(clock) = find(".clock") {
            clock.set_text_content(Some(&text::clock(at.since(self.run.start).as_micros() as u64)));
        }
    }

    /// Goes on by what has passed; true at a new step or at the end.
    fn advance(&mut self, passed_ms: f64) -> bool {
        self.play_ms += passed_ms * self.speed;
        let at = self.at();
        let moments = &self.run.moments;
        let step = moments.step_at(at);
        let is_new = step != self.step || at >= moments.end;
        self.step = step;
        is_new
    }
}

fn set(element: &Element, name: &str, value: &str) {
    // Fails only for a name that is none.
    let _ = element.set_attribute(name, value);
}

/// Keeps the elements under `root` at the moment that `playback` shows, and lets the clock run while it plays and is seen.
#[hook]
pub fn use_clock(
    run: &Rc<Run>,
    stage: &Rc<Stage>,
    track: &Rc<Track>,
    playback: &UseReducerHandle<Playback>,
    root: &NodeRef,
    seen: bool,
) -> Rc<RefCell<Live>> {
    let play_ms = run.pace.to_play_ms(playback.at);
    let (step, speed) = (playback.step, playback.speed.factor());
    let now = || Live { run: run.clone(), stage: stage.clone(), track: track.clone(), step, play_ms, speed };
    let live = use_mut_ref(now);
    {
        let mut live = live.borrow_mut();
        // While it plays, the clock is further on than the last step.
        let at = if playback.motion == Motion::Running { live.play_ms } else { play_ms };
        *live = Live { play_ms: at, ..now() };
    }
    {
        let (live, root, paused) = (live.clone(), root.clone(), playback.motion == Motion::Paused);
        let at = playback.at;
        use_effect(move || {
            let live = live.borrow();
            live.paint(&root, if paused { at } else { live.at() }, live.play_ms);
        });
    }
    {
        let (live, root, dispatch) = (live.clone(), root.clone(), playback.dispatcher());
        use_effect_with((playback.motion, seen), move |&(motion, seen)| {
            let frames = (motion == Motion::Running && seen).then(|| {
                live.borrow_mut().play_ms = play_ms;
                play(live, root, dispatch)
            });
            move || drop(frames)
        });
    }
    live
}

/// Lets the clock run until dropped.
fn play(live: Rc<RefCell<Live>>, root: NodeRef, dispatch: UseReducerDispatcher<Playback>) -> Frames {
    let by_steps = browser::reduced_motion();
    Frames::run(move |passed_ms| {
        let is_new = live.borrow_mut().advance(passed_ms);
        let live = live.borrow();
        if is_new {
            dispatch.dispatch(Action::Reach(live.at()));
        }
        if !by_steps {
            live.paint(&root, live.at(), live.play_ms);
        }
    })
}
