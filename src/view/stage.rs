//! Draws the stage: links below, cards, messages above.

use super::card::card;
use super::element::{El, el, group};
use super::link::link;
use super::message::message;
use super::pick::Pick;
use super::words;
use crate::scene::Detail;
use crate::scene::geometry::{Size, px};
use crate::scene::stage::{LinkLine, Stage};
use crate::time::Time;
use yew::Callback;

/// The stage, with messages where they are at the moment `at`.
pub fn stage(stage: &Stage, at: Time, pick: &Callback<Pick>) -> El {
    draw(stage, at, pick, |_| false)
}

/// The same for a laboratory: links can be acted on, too.
#[cfg(feature = "complete")]
pub fn workbench(stage: &Stage, at: Time, pick: &Callback<Pick>) -> El {
    draw(stage, at, pick, |link| !link.is_of_many())
}

fn draw(stage: &Stage, at: Time, pick: &Callback<Pick>, can_act: fn(&LinkLine) -> bool) -> El {
    let words = stage.cards.iter().all(|c| c.detail != Detail::Mark);
    canvas("stage", stage.size)
        .attr("role", "group")
        .attr("aria-label", words::STAGE)
        .maybe("aria-hidden", (!words).then_some("true"))
        .child(group("links").children(stage.links.iter().map(|l| link(l, words, can_act(l)))))
        .child(group("cards").children(stage.cards.iter().map(|c| card(c, pick))))
        .child(group("messages").children(stage.messages.iter().map(|m| message(m, at, words, pick))))
}

/// An SVG picture of this size, one unit to a pixel.
pub fn canvas(class: &'static str, size: Size) -> El {
    let (width, height) = (px(size.width), px(size.height));
    el("svg").class(class).attr("viewBox", format!("0 0 {width} {height}")).attr("width", width).attr("height", height)
}
