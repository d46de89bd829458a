//! Draws the sequence diagram, and its table for those who read.

use super::element::{Anchor, El, el, group, path, text as words};
use super::pick::Pick;
use super::stage::canvas;
use super::words as say;
use crate::scene::geometry::{Size, px};
use crate::scene::sequence::{Arrow, Band, Lifeline, MarkLabel, Row, Sequence, StayBox, Table};
use yew::Callback;

/// Height of the nodes' names above the diagram, px.
pub const HEADS: f64 = 50.0;

/// The names of the nodes; choosing one chooses the node everywhere.
pub fn heads(sequence: &Sequence, pick: &Callback<Pick>) -> El {
    let head = |line: &Lifeline| {
        let class = if line.is_selected { "head selected" } else { "head" };
        group(format!("{class} {}", line.hue.class()))
            .attr("aria-pressed", if line.is_selected { "true" } else { "false" })
            .picks(pick, Pick::Node(line.node), line.name.clone())
            .child(el("rect").rect(line.x - line.width / 2.0, 10.0, line.width, 30.0, 7.0))
            .child(words("head-name", Anchor::Middle, line.x, 29.5, line.name.clone()))
    };
    canvas("sequence-heads", Size { width: sequence.width, height: HEADS })
        .attr("role", "group")
        .attr("aria-label", say::NODES)
        .children(sequence.lifelines.iter().map(head))
}

/// The diagram; choosing a message chooses it everywhere, and goes to the moment at which it left.
pub fn diagram(sequence: &Sequence, pick: &Callback<Pick>) -> El {
    let lines = sequence.lifelines.iter().map(|line| {
        let class = if line.is_selected { "lifeline selected" } else { "lifeline" };
        let stem = el("line").at("x1", line.x).at("x2", line.x).at("y1", 0.0).at("y2", sequence.height);
        group(format!("{class} {}", line.hue.class())).child(stem)
    });
    let y = sequence.now;
    let now = group("now")
        .child(el("line").at("x1", 16.0).at("x2", sequence.right).at("y1", y).at("y2", y))
        .child(el("circle").at("cx", 16.0).at("cy", y).attr("r", "5"))
        .child(words("now-label", Anchor::End, sequence.right, y - 5.0, sequence.now_label.clone()));
    let stop = sequence.arrows.iter().rposition(|arrow| arrow.is_selected);
    let stop = stop.or_else(|| sequence.arrows.iter().rposition(|arrow| !arrow.is_ahead)).unwrap_or(0);
    let arrows = sequence.arrows.iter().enumerate().map(|(n, arrow)| self::arrow(arrow, n == stop, pick));
    let silences = sequence
        .silences
        .iter()
        .map(|silence| words("silence", Anchor::Start, sequence.right - 78.0, silence.y, say::silence(&silence.words)));
    canvas("sequence", Size { width: sequence.width, height: sequence.height })
        .attr("role", "group")
        .attr("aria-label", say::SEQUENCE)
        .child(group("bands").children(sequence.bands.iter().map(band)))
        .child(group("lifelines").children(lines))
        .child(group("silences").children(silences))
        .child(now)
        .child(group("arrows").children(arrows))
        .child(group("stays").children(sequence.stays.iter().map(stay)))
        .child(group("marks").children(sequence.marks.iter().map(mark)))
}

fn band(band: &Band) -> El {
    let class = format!("band phase-{}", band.name.replace(' ', "-"));
    let name = band.is_named.then(|| words("band-name", Anchor::Start, 38.0, band.from + 12.0, band.name));
    let bar = el("rect").rect(13.0, band.from, 6.0, (band.to - band.from).max(6.0), 3.0);
    let bar = group(if band.is_ahead { class + " ahead" } else { class }).child(bar);
    bar.child(el("title").text(band.name)).children(name)
}

fn stay(stay: &StayBox) -> El {
    group(if stay.is_ahead { "stay ahead" } else { "stay" })
        .child(el("rect").rect(stay.x - 29.0, stay.from, 58.0, stay.to - stay.from, 6.0))
        .child(words("stay-name", Anchor::Start, stay.words_x, stay.words_y(), stay.words))
}

fn mark(mark: &MarkLabel) -> El {
    let class = if mark.is_good { "mark-label good" } else { "mark-label bad" };
    group(if mark.is_ahead { format!("{class} ahead") } else { class.to_owned() })
        .child(el("rect").rect(mark.x - mark.width / 2.0, mark.y - 9.0, mark.width, 18.0, 9.0))
        .child(words("mark-words", Anchor::Middle, mark.x, mark.y + 4.0, mark.words.clone()))
}

fn arrow(arrow: &Arrow, is_stop: bool, pick: &Callback<Pick>) -> El {
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
    let d = format!("M{} {} L{} {}", px(x), px(y), px(to_x), px(to_y));
    let label = (!arrow.label.is_empty())
        .then(|| words("words", Anchor::Middle, arrow.label_at.0, arrow.label_at.1, arrow.label.clone()));
    group(class)
        .key(arrow.segment)
        .attr("data-segment", arrow.segment.to_string())
        .attr("aria-pressed", if arrow.is_selected { "true" } else { "false" })
        .picks(pick, Pick::Flight(arrow.segment, arrow.sent), arrow.name.clone())
        // One stop for tab; the arrow keys go from message to message.
        .attr("tabindex", if is_stop { "0" } else { "-1" })
        .child(el("title").text(arrow.name.clone()))
        // What is easier to hit than a line.
        .child(path("reach", d.clone()))
        .child(path("line", d))
        .child(path("tip", tip(arrow)))
        .children(label)
}

/// A cross where it was lost, else a tip that points the way it goes.
fn tip(arrow: &Arrow) -> String {
    let ((x, y), (to_x, to_y)) = (arrow.from, arrow.to);
    if arrow.is_held {
        return String::new();
    }
    if arrow.is_lost {
        return format!("M{} {} l10 10 m0 -10 l-10 10", px(to_x - 5.0), px(to_y - 5.0));
    }
    let (dx, dy) = (to_x - x, to_y - y);
    let long = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / long * 10.0, dy / long * 10.0);
    let corner = |side: f64| (to_x - ux - uy * 0.42 * side, to_y - uy + ux * 0.42 * side);
    let ((ax, ay), (bx, by)) = (corner(1.0), corner(-1.0));
    format!("M{} {} L{} {} L{} {} z", px(to_x), px(to_y), px(ax), px(ay), px(bx), px(by))
}

/// The same as a table; choosing a row does what choosing its arrow does.
pub fn table(table: &Table, pick: &Callback<Pick>) -> El {
    let heads = say::SEQUENCE_COLUMNS.map(|name| el("th").attr("scope", "col").text(name));
    let rows = table.rows.iter().map(|row| self::row(row, pick));
    let more =
        |count: usize, said: fn(usize) -> String| (count > 0).then(|| el("p").class("nothing").text(said(count)));
    let caption = el("caption").class("unseen").text(say::SEQUENCE);
    let rows =
        el("table").child(caption).child(el("thead").child(el("tr").children(heads))).child(el("tbody").children(rows));
    el("div")
        .class("view-table")
        .children(more(table.earlier, say::earlier_messages))
        .child(rows)
        .children(more(table.later, say::later_messages))
}

fn row(row: &Row, pick: &Callback<Pick>) -> El {
    let class = match (row.is_selected, row.is_ahead) {
        (true, _) => "selected",
        (_, true) => "ahead",
        _ => "",
    };
    let go = pick.reform({
        let what = Pick::Flight(row.segment, row.sent);
        move |_: web_sys::Event| what
    });
    let go = el("button").class("go").attr("type", "button").on(yew::virtual_dom::ListenerKind::onclick, go);
    let cells = [&row.from, &row.to, &row.what, &row.bytes, &row.fate].map(|text| el("td").text(text.clone()));
    el("tr")
        .class(class)
        .key(row.segment)
        .child(el("th").attr("scope", "row").child(go.text(row.clock.clone())))
        .children(cells)
}
