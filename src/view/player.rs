//! The player: a lesson on its stage, with panel and transport.

use super::clock::{self, Live};
use super::element::{El, el};
use super::header::Header;
use super::help::Help;
use super::keys::{self, Key};
use super::panel::{self, panel};
use super::pick::Pick;
use super::playback::{Action, Motion, Playback};
use super::run::Run;
use super::stage::stage;
use super::tape::TapeView;
use super::track::TrackView;
use super::transport::{Transport, transport};
use super::{browser, sizes};
use crate::scene::geometry::Size;
use crate::scene::{Focus, Room, text};
use crate::time::Time;
use gloo_timers::callback::Timeout;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

#[derive(Properties, PartialEq)]
pub struct PlayerProps {
    pub run: Rc<Run>,
    /// The moment to open at; another one moves the player there.
    pub at: Time,
    #[prop_or_default]
    pub embed: bool,
    /// The picture's room until the browser has told the real one.
    #[prop_or(Size { width: 1044.0, height: 730.0 })]
    pub first_room: Size,
    /// Makes the hash of a moment.
    pub hash_of: Callback<Time, String>,
    pub complain: Callback<String>,
}

/// A hash is written this long after the last move, so that holding an arrow key does not flood the browser.
const HASH_DELAY_MS: u32 = 250;
/// The picture's height where the page scrolls.
const SCROLLING_HEIGHT: f64 = 620.0;

#[component]
pub fn Player(props: &PlayerProps) -> Html {
    let run = &props.run;
    let playback = {
        let (moments, at) = (run.moments.clone(), props.at);
        use_reducer(move || Playback::new(moments, at))
    };
    let focus = use_state_eq(Focus::default);
    let tab = use_state_eq(|| panel::WIRE);
    let help = use_state_eq(|| false);
    let root = use_node_ref();
    let (picture, picture_size) = sizes::use_size(props.first_room);
    let (track_room, track_size) = sizes::use_size(Size { width: if props.embed { 380.0 } else { 1400.0 }, height: 56.0 });

    let stacked = picture_size.width < 860.0 && !props.embed && picture_size.height != props.first_room.height;
    let height = if stacked { SCROLLING_HEIGHT } else { picture_size.height };
    let room = Room { width: picture_size.width, height, tape: !props.embed || picture_size.height > 560.0 };
    let shot = {
        let run = run.clone();
        use_memo((run.clone(), playback.step, *focus, room), move |(_, step, focus, room)| {
            let at = run.moments.steps.get(*step).copied().unwrap_or(run.start);
            let (scene, narration) = run.shot(at, focus, room);
            (Rc::new(scene), narration)
        })
    };
    let (scene, narration) = &*shot;
    let track = {
        let run = run.clone();
        use_memo((run.clone(), track_size.width, props.embed), move |(_, width, embed)| Rc::new(run.track(*width, !embed && *width > 500.0)))
    };
    let play_ms = run.pace.to_play_ms(playback.at);

    // What the clock draws on, brought up to date by every render.
    let live = use_mut_ref(|| Live { run: run.clone(), stage: scene.stage.clone(), track: (*track).clone(), step: playback.step, play_ms, speed: 1.0 });
    {
        let mut live = live.borrow_mut();
        (live.run, live.stage, live.track) = (run.clone(), scene.stage.clone(), (*track).clone());
        (live.step, live.speed) = (playback.step, playback.speed.factor());
        if playback.motion == Motion::Paused {
            live.play_ms = play_ms;
        }
    }
    {
        let (live, root, at, paused) = (live.clone(), root.clone(), playback.at, playback.motion == Motion::Paused);
        use_effect(move || {
            let live = live.borrow();
            let (at, play_ms) = if paused { (at, live.play_ms) } else { (live.at(), live.play_ms) };
            live.paint(&root, at, play_ms);
        });
    }
    {
        let (live, root, dispatch) = (live.clone(), root.clone(), playback.dispatcher());
        use_effect_with(playback.motion, move |&motion| {
            let frames = (motion == Motion::Running).then(|| {
                live.borrow_mut().play_ms = play_ms;
                clock::play(live, root, dispatch)
            });
            move || drop(frames)
        });
    }
    // The keys work at once, but not in a page that this one is only a part of.
    {
        let (root, embed) = (root.clone(), props.embed);
        use_effect_with((), move |()| {
            if let Some(player) = root.cast::<Element>().filter(|_| !embed) {
                browser::focus(&player);
            }
        });
    }
    // A link followed while the player is open moves it.
    {
        let dispatch = playback.dispatcher();
        let first = use_mut_ref(|| true);
        use_effect_with(props.at, move |&at| {
            if !first.replace(false) {
                dispatch.dispatch(Action::Seek(at));
            }
        });
    }
    {
        let hash_of = props.hash_of.clone();
        use_effect_with((playback.at, playback.motion, playback.by_hand), move |&(at, motion, by_hand)| {
            let write = (motion == Motion::Paused && by_hand)
                .then(|| Timeout::new(HASH_DELAY_MS, move || browser::replace_hash(&hash_of.emit(at))));
            move || drop(write)
        });
    }

    let toggle = {
        let (live, dispatch, motion) = (live.clone(), playback.dispatcher(), playback.motion);
        Callback::from(move |()| {
            dispatch.dispatch(match motion {
                Motion::Paused => Action::Play,
                Motion::Running => Action::Pause(live.borrow().at()),
            })
        })
    };
    let act = {
        let dispatch = playback.dispatcher();
        Callback::from(move |action| dispatch.dispatch(action))
    };
    let seek = {
        let (run, act) = (run.clone(), act.clone());
        Callback::from(move |play_ms| act.emit(Action::Seek(run.pace.to_virtual(play_ms))))
    };
    let pick = {
        let (focus, tab, act, live) = (focus.clone(), tab.clone(), act.clone(), live.clone());
        let running = playback.motion == Motion::Running;
        Callback::from(move |pick| {
            if running {
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
                Pick::Moment(at) => act.emit(Action::Seek(at)),
            }
        })
    };
    let onkeydown = {
        let (act, toggle, seek, help, total) = (act.clone(), toggle.clone(), seek.clone(), help.clone(), track.total);
        Callback::from(move |event: Event| {
            let Some(key) = event.dyn_ref().and_then(keys::read) else { return };
            event.prevent_default();
            match key {
                Key::Act(action) => act.emit(action),
                Key::Toggle => toggle.emit(()),
                Key::Tenth(tenth) => seek.emit(total * f64::from(tenth) / 10.0),
                Key::Help => help.set(true),
            }
        })
    };
    let show_help = {
        let help = help.clone();
        Callback::from(move |()| help.set(true))
    };
    let close_help = {
        let help = help.clone();
        Callback::from(move |()| help.set(false))
    };
    let choose_tab = {
        let tab = tab.clone();
        Callback::from(move |name| tab.set(name))
    };
    let link = {
        let (live, hash_of) = (live.clone(), props.hash_of.clone());
        Callback::from(move |()| browser::base() + &hash_of.emit(live.borrow().at()))
    };

    let clock_text = text::clock(playback.at.since(run.start).as_micros() as u64);
    let sentence = format!("{}: {}", narration.eyebrow, narration.title);
    let announced = if playback.by_hand && playback.motion == Motion::Paused { sentence.clone() } else { String::new() };
    let lesson = &run.lesson;
    let bar = Transport {
        motion: playback.motion,
        speed: playback.speed,
        clock: clock_text,
        track: TrackView { track: &track, play_ms, step: playback.step, steps: run.moments.steps.len(), sentence: &sentence, seek: &seek },
        act: &act,
        toggle: &toggle,
        help: &show_help,
        track_room,
        full_link: props.embed.then(|| format!("?{}", props.hash_of.emit(playback.at))),
    };
    let top: Html = if props.embed {
        let title = el("strong").text(format!("{}. ", narration.title.trim_end_matches('.')));
        el("div").class("caption").child(el("p").child(title).prose(&narration.body)).into()
    } else {
        let place = if lesson.number > 0 { format!("{} · {}", lesson.number, lesson.title) } else { lesson.title.clone() };
        html! { <Header {place} {link} complain={props.complain.clone()} /> }
    };
    let tape = room.tape.then(|| html! { <TapeView tape={scene.tape.clone()} pick={pick.clone()} /> });
    let picture = el("div").class("picture").reference(&picture).child(stage(&scene.stage, playback.at, &pick));
    let picture = tape.into_iter().fold(picture, El::child);
    let panel = (!props.embed).then(|| panel(scene, narration, *tab, &choose_tab));
    el("div")
        .class(if props.embed { "player embed" } else { "player" })
        .reference(&root)
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", format!("Lesson: {}", lesson.title))
        .on(ListenerKind::onkeydown, onkeydown)
        .child(top)
        .child(el("div").class("body").child(picture).children(panel))
        .child(transport(bar))
        .child(el("p").class("unseen").attr("aria-live", "polite").text(announced))
        .child(html! { <Help open={*help} close={close_help} /> })
        .into()
}
