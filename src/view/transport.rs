//! The bar at the bottom: buttons, speed, clock, and the timeline.

use super::icon::{Icon, icon};
use super::playback::{Action, Motion, Speed};
use super::track::{TrackView, track};
use crate::scene::track::Track;
use std::rc::Rc;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// What the transport is drawn from, and whom it tells.
pub struct Transport<'a> {
    pub motion: Motion,
    pub speed: Speed,
    pub step: usize,
    pub steps: usize,
    /// `00:07.214`; while playing the clock sets it between renders.
    pub clock: String,
    pub track: &'a Rc<Track>,
    pub play_ms: f64,
    pub sentence: &'a str,
    pub act: &'a Callback<Action>,
    pub toggle: &'a Callback<()>,
    pub seek: &'a Callback<f64>,
    pub help: &'a Callback<()>,
    /// Stands on the element that the timeline has for itself.
    pub track_room: NodeRef,
    /// To the same moment on the whole page; only in the embedded form.
    pub full_link: Option<String>,
}

/// The bar.
pub fn transport(props: Transport) -> Html {
    let button = |name: &'static str, sign: Icon, action: Action, class: &'static str| {
        let onclick = props.act.reform(move |_| action);
        html! { <button type="button" class={classes!("tool", class)} aria-label={name} title={name} {onclick}>{ icon(sign) }</button> }
    };
    let (play_name, play_icon) = match props.motion {
        Motion::Paused => ("Play", Icon::Play),
        Motion::Running => ("Pause", Icon::Pause),
    };
    let choose_speed = props.act.reform(|event: Event| {
        let index = event.target_dyn_into::<HtmlSelectElement>().map_or(-1, |s| s.selected_index());
        let chosen = usize::try_from(index).ok().and_then(|i| Speed::ALL.get(i));
        Action::SetSpeed(chosen.map_or(Speed::USUAL, |s| s.0))
    });
    html! {
        <footer class="transport">
            <div class="tools" role="group" aria-label="Playback">
                { button("Previous phase", Icon::PreviousPhase, Action::PreviousPhase, "phase") }
                { button("Previous step", Icon::Previous, Action::PreviousStep, "") }
                <button type="button" class="tool play" aria-label={play_name} title={play_name} onclick={props.toggle.reform(|_| ())}>{ icon(play_icon) }</button>
                { button("Next step", Icon::Next, Action::NextStep, "") }
                { button("Next phase", Icon::NextPhase, Action::NextPhase, "phase") }
                <select class="tool speed" aria-label="Speed" title="Speed" onchange={choose_speed}>
                    { for Speed::ALL.iter().map(|&(speed, name)| html! { <option selected={speed == props.speed}>{ name }</option> }) }
                </select>
            </div>
            <output class="clock">{ props.clock }</output>
            <p class="hints">
                <kbd>{ "←" }</kbd><kbd>{ "→" }</kbd>{ " step " }
                <kbd>{ "space" }</kbd>{ " play " }
                <kbd>{ "shift →" }</kbd>{ " next phase " }
                <button type="button" class="hint" onclick={props.help.reform(|_| ())}><kbd>{ "?" }</kbd>{ " all keys" }</button>
            </p>
            <div class="track-room" ref={props.track_room}>
                { track(TrackView { track: props.track, play_ms: props.play_ms, step: props.step, steps: props.steps, sentence: props.sentence, seek: props.seek }) }
            </div>
            <p class="count">{ format!("{}/{}", props.step + 1, props.steps) }</p>
            if let Some(href) = props.full_link {
                <a class="open-full" {href} target="_blank" rel="noopener">{ "open in replscope" }</a>
            }
        </footer>
    }
}
