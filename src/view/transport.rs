//! The bar at the bottom: buttons, speed, clock, and the timeline.

use super::controls::Controls;
use super::element::{El, el};
use super::help;
use super::icon::{Icon, icon};
use super::playback::{Action, Motion, Speed};
use super::track::{TrackView, track};
use super::words;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlSelectElement};
use yew::virtual_dom::ListenerKind;
use yew::{Callback, NodeRef};

/// What the transport is drawn from, and whom it tells.
pub struct Transport<'a> {
    pub motion: Motion,
    pub speed: Speed,
    /// `00:07.214`; while playing the clock sets it between renders.
    pub clock: String,
    pub track: TrackView<'a>,
    pub controls: &'a Controls,
    /// Stands on the element that the timeline has for itself.
    pub track_room: NodeRef,
    /// What can be chosen to stand in the middle.
    #[cfg(feature = "complete")]
    pub views: Option<El>,
    /// To the same moment on the whole page; only in the embedded form.
    pub full_link: Option<String>,
}

/// The bar.
pub fn transport(bar: Transport) -> El {
    let tools = tools(&bar);
    #[cfg(feature = "complete")]
    let tools = tools.children(bar.views);
    let count = format!("{} / {}", bar.track.step + 1, bar.track.steps);
    let link = bar.full_link.clone().map(full_link);
    el("footer")
        .class("transport")
        .child(tools)
        .child(el("output").class("clock").text(bar.clock))
        .child(hints())
        .child(el("div").class("track-room").reference(&bar.track_room).child(track(bar.track)))
        .child(el("p").class("count").text(count))
        .children(link)
}

/// The way to the whole page; where there is little room it is only a sign.
pub fn full_link(href: String) -> El {
    let link = el("a").class("open-full").attr("href", href).attr("target", "_blank").attr("rel", "noopener");
    let link = link.attr("title", words::OPEN_FULL).attr("aria-label", words::OPEN_FULL);
    link.child(el("span").text(words::OPEN_FULL)).child(icon(Icon::Leave))
}

fn tools(bar: &Transport) -> El {
    let button = |class: &'static str, name: &'static str, sign: Icon, action: Action| {
        el("button").class(class).button(name, bar.controls.act.reform(move |_| action.clone())).child(icon(sign))
    };
    let (name, sign) = match bar.motion {
        Motion::Paused => (words::PLAY, Icon::Play),
        Motion::Running => (words::PAUSE_PLAY, Icon::Pause),
    };
    let play = el("button").class("tool play").button(name, bar.controls.toggle.reform(|_| ())).child(icon(sign));
    el("div")
        .class("tools")
        .attr("role", "group")
        .attr("aria-label", words::PLAYBACK)
        .child(button("tool phase", words::PREVIOUS_PHASE, Icon::PreviousPhase, Action::PreviousPhase))
        .child(button("tool", words::PREVIOUS_STEP, Icon::Previous, Action::PreviousStep))
        .child(play)
        .child(button("tool", words::NEXT_STEP, Icon::Next, Action::NextStep))
        .child(button("tool phase", words::NEXT_PHASE, Icon::NextPhase, Action::NextPhase))
        .child(speed(bar))
}

fn speed(bar: &Transport) -> El {
    let chosen = bar.speed;
    let options =
        Speed::ALL.map(|(speed, name)| el("option").maybe("selected", (speed == chosen).then_some("")).text(name));
    let choose = bar.controls.act.reform(|event: Event| {
        let list = event.target().and_then(|t| t.dyn_into::<HtmlSelectElement>().ok());
        let index = list.and_then(|l| usize::try_from(l.selected_index()).ok());
        let speed = index.and_then(|i| Speed::ALL.get(i)).map_or(Speed::USUAL, |s| s.0);
        Action::SetSpeed(speed)
    });
    let list = el("select").class("tool speed").attr("aria-label", "Speed").attr("title", "Speed");
    list.on(ListenerKind::onchange, choose).children(options)
}

fn hints() -> El {
    let key = |name: &'static str| el("kbd").text(name);
    let all =
        el("button").class("hint").attr("type", "button").on(ListenerKind::onclick, Callback::from(|_| help::show()));
    el("p")
        .class("hints")
        .child(key("←"))
        .child(key("→"))
        .text(" step ")
        .child(key("space"))
        .text(" play ")
        .child(key("shift →"))
        .text(" next phase ")
        .child(all.child(key("?")).text(" all keys"))
}
