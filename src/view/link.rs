//! Draws the line between two nodes.

use super::element::{Anchor, El, el, group, path, text};
use crate::scene::geometry::{px, translate};
use crate::scene::stage::{LinkLine, LinkLook};

/// The line, its sign if it is broken, and what there is to say of it.
pub fn link(link: &LinkLine, words: bool) -> El {
    let line = group(link.look.class())
        .key(link.data.clone())
        .attr("data-between", link.data.clone())
        .attr("role", "img")
        .attr("aria-label", link.name.clone())
        .child(path("line", format!("{} H{}", link.curve.path(), px(link.tail_x))));
    if !words {
        return line;
    }
    let mark = match link.look {
        LinkLook::Cut => Some(path("mark", "M-5 -5 L5 5 M-5 5 L5 -5")),
        LinkLook::BlackHole => Some(el("circle").class("hole").attr("r", "6")),
        LinkLook::Open | LinkLook::Idle => None,
    };
    let line = match mark {
        Some(mark) => {
            let sign = group("sign").attr("transform", translate(link.curve.along(0.5)));
            line.child(sign.child(el("circle").attr("r", "15")).child(mark))
        }
        None => line,
    };
    if link.note.is_empty() {
        return line;
    }
    line.child(text("link-note", Anchor::Middle, link.note_at.x, link.note_at.y, link.note.clone()))
}
