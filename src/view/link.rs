//! Draws the line between two nodes.

use crate::scene::geometry::{Point, px, translate};
use crate::scene::stage::{LinkLine, LinkLook};
use yew::prelude::*;

/// The line, its sign if it is broken, and what there is to say of it.
pub fn link(link: &LinkLine, words: bool) -> Html {
    let middle = link.curve.along(0.5);
    html! {
        <g key={link.data.clone()} class={link.look.class()} data-link={link.data.clone()} role="img" aria-label={link.name.clone()}>
            <path d={link.curve.path()} />
            if words {
                { sign(link.look, middle) }
                if !link.note.is_empty() {
                    <text class="link-note" text-anchor="middle" x={px(link.note_at.x)} y={px(link.note_at.y)}>{ &link.note }</text>
                }
            }
        </g>
    }
}

fn sign(look: LinkLook, at: Point) -> Html {
    let mark = match look {
        LinkLook::Cut => html! { <path d="M-5 -5 L5 5 M-5 5 L5 -5" /> },
        LinkLook::BlackHole => html! { <circle class="hole" r="6" /> },
        LinkLook::Open | LinkLook::Idle => return Html::default(),
    };
    html! {
        <g class="sign" transform={translate(at)}>
            <circle r="15" />
            { mark }
        </g>
    }
}
