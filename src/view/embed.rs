//! The embedded form: what is different in it, and what passes between it and the page that it is a part of.
//!
//! Rule: it is told by events of its own window and tells by attributes of the player. `static/protocol.js`, which only
//! an embedded page loads, checks messages and passes them on, so that no program has to carry that.

use super::browser::{self, Listening};
use super::clock::Live;
use super::controls::Controls;
use super::element::{El, el};
#[cfg(feature = "complete")]
use super::embedding::Embedding;
use super::panel::inspect;
use super::playback::{Action, Motion, Playback};
use super::player::PlayerProps;
use super::question::Outcome;
use super::record::Record;
use super::run::Run;
use super::whole;
use super::words;
use crate::node::COMPLETE;
use crate::scene::geometry::Size;
use crate::scene::{Room, Scene};
use crate::story::{At, Narration, Panels};
use crate::time::Time;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// What the window may be told. The last two: the frame was scrolled out of sight, or into it.
const ORDERS: &[&str] = &[
    "replscope-play",
    "replscope-pause",
    "replscope-next",
    "replscope-previous",
    "replscope-seek",
    "replscope-hide",
    "replscope-show",
];

/// From this height on the tape is shown too, and the height that it needs if it is asked for, px.
const TAPE_FROM: f64 = 560.0;
const TAPE_NEEDS: f64 = 280.0;
/// How much larger large texts are; the style sheet has the same number.
const LARGE: f64 = 1.25;

/// Does what the embedding page asks for; true once it does.
#[hook]
pub fn use_orders(
    props: &PlayerProps,
    live: &Rc<RefCell<Live>>,
    playback: &UseReducerHandle<Playback>,
    seen: &UseStateHandle<bool>,
) -> bool {
    let hears = use_state_eq(|| false);
    let set_hears = hears.setter();
    let (live, dispatch, seen) = (live.clone(), playback.dispatcher(), seen.setter());
    let (run, complain) = (props.run.clone(), props.complain.clone());
    use_effect_with((props.embed, playback.motion, run.clone()), move |&(embed, motion, _)| {
        let told = move |event: Event| {
            let order = event.type_();
            let order = ORDERS.iter().position(|name| *name == order);
            if let Some(5 | 6) = order {
                seen.set(order == Some(6));
            }
            let at = live.borrow().at();
            let action = match (order, motion) {
                (Some(0), Motion::Paused) => Action::Play,
                (Some(1), Motion::Running) => Action::Pause(at),
                (Some(2), _) => Action::NextStep,
                (Some(3), _) => Action::PreviousStep,
                (Some(4), _) => {
                    let named = browser::detail(&event).and_then(|text| At::parse(&text));
                    let Some(named) = named else { return };
                    let found = run.moment(&named);
                    Action::Seek(found.unwrap_or_else(|(at, error)| {
                        complain.emit(error.to_string());
                        at
                    }))
                }
                // It goes on from here when it is seen again.
                (Some(5), Motion::Running) => Action::Reach(at),
                _ => return,
            };
            dispatch.dispatch(action);
        };
        let told = if embed { Listening::to_window(ORDERS, told) } else { None };
        set_hears.set(embed);
        move || drop(told)
    });
    *hears
}

/// The room to lay the picture out in; large texts are those of a picture that is laid out smaller.
pub fn room(size: Size, panels: Option<Panels>, large: bool) -> Room {
    let scale = if large { LARGE } else { 1.0 };
    let (width, height) = (size.width / scale, size.height / scale);
    let tape = match panels {
        None => height > TAPE_FROM,
        Some(panels) => panels.has(Panels::TAPE) && height > TAPE_NEEDS,
    };
    Room { width, height, tape, framed: true }
}

/// Where the reader is, as attributes. They are there once the player does what it is told.
pub fn tell(player: El, run: &Run, playback: &Playback, narration: &Narration, record: &Record) -> El {
    let answer = record.last().filter(|_| COMPLETE).map(|(question, outcome)| {
        let outcome = match outcome {
            Outcome::Skipped => "skipped",
            Outcome::Answered { right: true, .. } => "right",
            Outcome::Answered { right: false, .. } => "wrong",
        };
        (question + 1).to_string() + " " + outcome
    });
    player
        .attr("data-lesson", run.lesson.name.clone())
        .attr("data-at", At::of(playback.at, run.start).to_string())
        .attr("data-step", (playback.step + 1).to_string())
        .attr("data-steps", playback.moments.steps.len().to_string())
        .attr("data-title", narration.title.clone())
        .maybe("data-playing", (playback.motion == Motion::Running).then_some(""))
        .maybe("data-ended", (playback.at >= playback.moments.end).then_some(""))
        .maybe("data-answer", answer)
}

/// What happens, in a sentence.
pub fn caption(narration: &Narration, panels: Option<Panels>) -> El {
    let caption = el("div").class("caption");
    if panels.is_some_and(|panels| !panels.has(Panels::NARRATION)) {
        return caption;
    }
    let title = el("strong").text(format!("{}. ", narration.title.trim_end_matches('.')));
    caption.child(el("p").child(title).child(el("span").prose(&narration.gist())))
}

/// What stands beside the picture: the question of this moment, or else the tabs that the address names.
pub fn side(
    question: Option<Html>,
    panels: Option<Panels>,
    scene: &Scene,
    more: Vec<(&'static str, Html)>,
    tab: &'static str,
    controls: &Controls,
) -> Option<El> {
    let side = el("aside").class("panel").key("side");
    match (question, panels) {
        (Some(question), _) => Some(side.nodes([question])),
        (None, Some(only)) if COMPLETE && only.tabs() > 0 => {
            Some(side.children(inspect(scene, more, &controls.pick, Some(only), tab, &controls.choose_tab)))
        }
        _ => None,
    }
}

/// What opens the Embed dialog, and the dialog while it is open. The small program gives way to the whole one for it.
#[hook]
pub fn use_dialog(props: &PlayerProps, at: Time) -> (Option<Callback<()>>, Option<Html>) {
    let PlayerProps { hash_of, complain, .. } = props.clone();
    #[cfg(feature = "complete")]
    {
        let opened_at = use_state_eq(|| None::<Time>);
        let (open, wished, close) = (opened_at.setter(), opened_at.setter(), opened_at.setter());
        use_effect_with((), move |()| {
            if whole::was_wished(words::EMBED) {
                wished.set(Some(at));
            }
        });
        let dialog = opened_at.map(|at| {
            let (run, hash) = (props.run.clone(), hash_of.emit(at));
            let closed = Callback::from(move |()| close.set(None));
            html! { <Embedding {run} {at} {hash} {hash_of} {closed} {complain} /> }
        });
        (Some(Callback::from(move |()| open.set(Some(at)))), dialog)
    }
    #[cfg(not(feature = "complete"))]
    {
        let open = move |()| {
            browser::replace_hash(&hash_of.emit(at));
            let complain = complain.clone();
            whole::wish(words::EMBED, move |why| complain.emit(why));
        };
        (Some(Callback::from(open)), None)
    }
}
