//! Draws a message on its way.

use super::pick::{Pick, on_key};
use crate::scene::geometry::{px, translate};
use crate::scene::message::MessagePill;
use crate::time::Time;
use yew::prelude::*;

/// The pill at the place where it is at the moment `at`; choosing it emits its segment.
pub fn message(pill: &MessagePill, at: Time, words: bool, pick: &Callback<Pick>) -> Html {
    let what = Pick::Message(pill.segment);
    let (x, y) = (px(-pill.width / 2.0), px(-pill.height / 2.0));
    let face = html! {
        <rect {x} {y} width={px(pill.width)} height={px(pill.height)} rx={px(pill.height / 2.0)} />
    };
    if !words {
        return html! {
            <g key={pill.segment} class={classes!("message", "mark", pill.kind.class())} transform={translate(pill.place(at))}>{ face }</g>
        };
    }
    html! {
        <g key={pill.segment} transform={translate(pill.place(at))} role="button" tabindex="0"
            class={classes!("message", pill.kind.class(), pill.held.then_some("held"), pill.selected.then_some("selected"))}
            aria-label={pill.name.clone()} aria-pressed={pill.selected.to_string()} data-segment={pill.segment.to_string()}
            onclick={pick.reform(move |_| what)} onkeydown={on_key(pick, what)}>
            <title>{ &pill.name }</title>
            { face }
            <text text-anchor="middle" y="4.5">{ &pill.label }</text>
        </g>
    }
}
