//! What a reader can do with a player: by button, key, drag, or by pointing at the picture.

use super::browser;
use super::clock::Live;
use super::help;
use super::keys::{self, Key};
use super::panel;
use super::pick::Pick;
use super::playback::{Action, Motion, Playback};
use super::run::Run;
use crate::scene::Focus;
#[cfg(feature = "complete")]
use crate::scene::Spread;
#[cfg(feature = "complete")]
use crate::story::Presentation;
use crate::time::Time;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Where everything that a reader does ends up.
pub struct Controls {
    pub act: Callback<Action>,
    pub toggle: Callback<()>,
    /// To a moment of play, milliseconds.
    pub seek: Callback<f64>,
    pub pick: Callback<Pick>,
    pub choose_tab: Callback<&'static str>,
    pub key: Callback<Event>,
    /// Gives the link to the moment shown.
    pub link: Callback<(), String>,
}

/// What the controls set.
pub struct Handles<'a> {
    pub run: &'a Rc<Run>,
    pub live: &'a Rc<RefCell<Live>>,
    pub playback: &'a UseReducerHandle<Playback>,
    pub focus: &'a UseStateHandle<Focus>,
    pub tab: &'a UseStateHandle<&'static str>,
    pub hash_of: &'a Callback<Time, String>,
}

impl Controls {
    pub fn new(on: Handles) -> Controls {
        let act = {
            let dispatch = on.playback.dispatcher();
            Callback::from(move |action| dispatch.dispatch(action))
        };
        let toggle = {
            let (live, act, motion) = (on.live.clone(), act.clone(), on.playback.motion);
            Callback::from(move |()| {
                act.emit(if motion == Motion::Paused { Action::Play } else { Action::Pause(live.borrow().at()) });
            })
        };
        let seek = {
            let run = on.run.clone();
            act.reform(move |play_ms| Action::Seek(run.pace.to_virtual(play_ms)))
        };
        let choose_tab = {
            let tab = on.tab.setter();
            Callback::from(move |name| tab.set(name))
        };
        let link = {
            let (live, hash_of) = (on.live.clone(), on.hash_of.clone());
            let tab = **on.tab;
            Callback::from(move |()| {
                let look = Presentation::look(&browser::query(), (tab != panel::WIRE).then_some(tab));
                browser::base() + &look + &hash_of.emit(live.borrow().at())
            })
        };
        let pick = pick(&on, &act);
        let key = key(&act, &toggle, &seek, on.run.pace.length_ms());
        Controls { act, toggle, seek, pick, choose_tab, key, link }
    }
}

/// Choosing something stops the clock: it is to be looked at.
fn pick(on: &Handles, act: &Callback<Action>) -> Callback<Pick> {
    let (focus, tab, live, act) = (on.focus.clone(), on.tab.clone(), on.live.clone(), act.clone());
    let is_running = on.playback.motion == Motion::Running;
    #[cfg(feature = "complete")]
    let run = on.run.clone();
    Callback::from(move |pick| {
        if is_running {
            act.emit(Action::Pause(live.borrow().at()));
        }
        match pick {
            Pick::Node(node) => {
                focus.set(Focus { node: Some(node), ..*focus });
                if matches!(*tab, panel::WIRE | panel::DECISION) {
                    tab.set(panel::NODE);
                }
            }
            Pick::Message(message) => {
                focus.set(Focus { message: Some(message), ..*focus });
                tab.set(panel::WIRE);
            }
            Pick::Moment(at) => {
                // What was written then is what is looked at, in every view.
                #[cfg(feature = "complete")]
                if let Some(message) = run.written_at(at) {
                    focus.set(Focus { message: Some(message), ..*focus });
                }
                act.emit(Action::Seek(at));
            }
            #[cfg(feature = "complete")]
            Pick::Flight(message, at) => {
                focus.set(Focus { message: Some(message), ..*focus });
                act.emit(Action::Seek(at));
            }
            #[cfg(feature = "complete")]
            Pick::Decision(number, at) => {
                focus.set(Focus { decision: Some(number), ..*focus });
                act.emit(Action::Seek(at));
            }
            #[cfg(feature = "complete")]
            Pick::Group(node) => match focus.spread {
                Spread::Around => focus.set(Focus { node: Some(node), ..*focus }),
                _ => focus.set(Focus { open: Some(node), ..*focus }),
            },
            #[cfg(feature = "complete")]
            Pick::Spread(spread) => focus.set(Focus { spread, open: None, ..*focus }),
            #[cfg(feature = "complete")]
            Pick::Halt => {}
        }
    })
}

fn key(act: &Callback<Action>, toggle: &Callback<()>, seek: &Callback<f64>, length_ms: f64) -> Callback<Event> {
    let (act, toggle, seek) = (act.clone(), toggle.clone(), seek.clone());
    Callback::from(move |event: Event| {
        let Some(key) = event.dyn_ref().and_then(keys::read) else { return };
        event.prevent_default();
        match key {
            Key::Act(action) => act.emit(action),
            Key::Toggle => toggle.emit(()),
            Key::Tenth(tenth) => seek.emit(length_ms * f64::from(tenth) / 10.0),
            Key::Help => help::show(),
        }
    })
}
