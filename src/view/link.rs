//! Draws the line between two nodes.

use super::element::{Anchor, El, el, group, path, text};
use crate::scene::geometry::{px, translate};
use crate::scene::stage::{LinkLine, LinkLook};

/// The line, its sign if it is broken, and what there is to say of it. One that can be acted on is a button, as wide as
/// a thumb.
pub fn link(link: &LinkLine, words: bool, can_act: bool) -> El {
    let d = format!("{} H{}", link.curve.path(), px(link.tail_x));
    let line = group(link.look.class())
        .key(link.data.clone())
        .attr("data-between", link.data.clone())
        .attr("role", if can_act { "button" } else { "img" })
        .maybe("tabindex", can_act.then_some("0"))
        .maybe("aria-haspopup", can_act.then_some("menu"))
        .attr("aria-label", link.name.clone())
        .children(can_act.then(|| path("hit", d.clone())))
        .child(path("line", d));
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
