//! Draws the sequence diagram, and its table for those who read.

use super::element::{Anchor, El, el, group, path, text as words};
use super::pick::Pick;
use super::stage::canvas;
use super::words as say;
use crate::scene::geometry::{Size, px};
use crate::scene::sequence::{Arrow, Sequence};
use yew::Callback;

/// The diagram, and its table.
pub fn sequence_tab(sequence: &Sequence, pick: &Callback<Pick>) -> El {
    let rows = sequence.arrows.iter().map(|arrow| el("li").text(arrow.name.clone()));
    let list = el("ol").children(rows);
    let list = el("details").child(el("summary").text(say::AS_A_LIST)).child(list);
    let more =
        |count: usize, said: fn(usize) -> String| (count > 0).then(|| el("p").class("nothing").text(said(count)));
    el("div")
        .class("sequence-tab")
        .children(more(sequence.earlier, say::earlier_messages))
        .child(diagram(sequence, pick))
        .children(more(sequence.later, say::later_messages))
        .child(list)
}

/// The diagram; choosing a message goes to the moment at which it left.
pub fn diagram(sequence: &Sequence, pick: &Callback<Pick>) -> El {
    let size = Size { width: sequence.width, height: sequence.height };
    let lines = sequence.lifelines.iter().map(|line| {
        let stem = el("line").at("x1", line.x).at("x2", line.x).at("y1", 22.0).at("y2", sequence.height);
        let name = words("lifeline-name", Anchor::Middle, line.x, 14.0, line.name.clone());
        group(format!("lifeline {}", line.hue.class())).child(stem).child(name)
    });
    let y = sequence.now_y;
    let now = el("line").class("now").at("x1", 0.0).at("x2", sequence.width).at("y1", y).at("y2", y);
    canvas("sequence", size)
        .attr("role", "group")
        .attr("aria-label", say::SEQUENCE)
        .child(group("lifelines").children(lines))
        .child(now)
        .child(group("arrows").children(sequence.arrows.iter().map(|arrow| self::arrow(arrow, pick))))
}

fn arrow(arrow: &Arrow, pick: &Callback<Pick>) -> El {
    let ((x, y), (to_x, to_y)) = (arrow.from, arrow.to);
    let mut class = format!("arrow {}", arrow.kind.class());
    for (word, holds) in [
        (" lost", arrow.is_lost),
        (" held", arrow.is_held),
        (" ahead", arrow.is_ahead),
        (" selected", arrow.is_selected),
    ] {
        if holds {
            class.push_str(word);
        }
    }
    let line = path("line", format!("M{} {} L{} {}", px(x), px(y), px(to_x), px(to_y)));
    // A cross where it was lost, else a tip that points the way it goes.
    let back = if to_x < x { 7.0 } else { -7.0 };
    let tip = match arrow.is_lost {
        _ if arrow.is_held => String::new(),
        true => format!("M{0} {1} l8 8 m0 -8 l-8 8", px(to_x - 4.0), px(to_y - 4.0)),
        false => format!("M{} {} l{} -4 v8 z", px(to_x), px(to_y), px(back)),
    };
    let (anchor, label_x) = if to_x < x { (Anchor::End, x - 7.0) } else { (Anchor::Start, x + 7.0) };
    group(class)
        .key(arrow.segment)
        .attr("data-segment", arrow.segment.to_string())
        .picks(pick, Pick::Moment(arrow.sent), arrow.name.clone())
        .child(el("title").text(arrow.name.clone()))
        .child(line)
        .child(path("tip", tip))
        .child(words("words", anchor, label_x, y - 3.0, arrow.label.clone()))
}
