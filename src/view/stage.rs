//! Draws the stage: links below, cards, messages above.

use super::card::card;
use super::element::{El, el, group};
use super::link::link;
use super::message::message;
use super::pick::Pick;
use super::words;
use crate::scene::Detail;
use crate::scene::geometry::{Size, px};
use crate::scene::stage::Stage;
use crate::time::Time;
use yew::Callback;

/// The stage, with messages where they are at the moment `at`.
pub fn stage(stage: &Stage, at: Time, pick: &Callback<Pick>) -> El {
    let words = stage.cards.iter().all(|c| c.detail != Detail::Mark);
    canvas("stage", stage.size)
        .attr("role", "group")
        .attr("aria-label", words::STAGE)
        .maybe("aria-hidden", (!words).then_some("true"))
        .child(group("links").children(stage.links.iter().map(|l| link(l, words))))
        .child(group("cards").children(stage.cards.iter().map(|c| card(c, pick))))
        .child(group("messages").children(stage.messages.iter().map(|m| message(m, at, words, pick))))
}

/// An SVG picture of this size, one unit to a pixel.
pub fn canvas(class: &'static str, size: Size) -> El {
    let (width, height) = (px(size.width), px(size.height));
    el("svg").class(class).attr("viewBox", format!("0 0 {width} {height}")).attr("width", width).attr("height", height)
}
