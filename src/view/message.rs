//! Draws a message on its way.

use super::element::{Anchor, El, el, group, text};
use super::pick::Pick;
use crate::scene::geometry::translate;
use crate::scene::message::MessagePill;
use crate::time::Time;
use yew::Callback;

/// What has arrived is not shown: not every arrival is a step, so a picture may outlive its messages.
pub fn display(pill: &MessagePill, at: Time) -> &'static str {
    if pill.has_arrived(at) { "none" } else { "inline" }
}

/// The pill at the place where it is at the moment `at`; choosing it emits its segment.
pub fn message(pill: &MessagePill, at: Time, words: bool, pick: &Callback<Pick>) -> El {
    let mut class = format!("message {}", pill.kind.class());
    for (word, holds) in [(" held", pill.held), (" selected", pill.selected), (" mark", !words)] {
        if holds {
            class.push_str(word);
        }
    }
    let (width, height) = (pill.width, pill.height);
    let face = el("rect").rect(-width / 2.0, -height / 2.0, width, height, height / 2.0);
    let shape =
        group(class).key(pill.segment).attr("transform", translate(pill.place(at))).attr("display", display(pill, at));
    if !words {
        return shape.child(face);
    }
    shape
        .attr("data-segment", pill.segment.to_string())
        .attr("aria-pressed", if pill.selected { "true" } else { "false" })
        .picks(pick, Pick::Message(pill.segment), pill.name.clone())
        .child(el("title").text(pill.name.clone()))
        .child(face)
        .child(text("words", Anchor::Middle, 0.0, 4.5, pill.label.clone()))
}
