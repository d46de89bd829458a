//! Draws the tape: the replication stream by byte offset.

#[cfg(feature = "complete")]
use super::asking::Guess;
use super::element::{Anchor, El, el, group, path, text as words};
use super::pick::Pick;
use super::stage::canvas;
use super::words;
use crate::scene::geometry::px;
use crate::scene::tape::{Bracket, Caret, Fork, MarginNote, PROMOTION, Segment, Tape};
use crate::scene::text::{self, Face, grouped};
use std::rc::Rc;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

#[derive(Properties, PartialEq)]
pub struct TapeProps {
    pub tape: Rc<Tape>,
    pub pick: Callback<Pick>,
    /// The caret of a question.
    #[cfg(feature = "complete")]
    #[prop_or_default]
    pub guess: Option<Guess>,
}

#[component]
pub fn TapeView(props: &TapeProps) -> Html {
    let pointed = use_state_eq(|| None::<String>);
    let point = {
        let pointed = pointed.setter();
        Callback::from(move |said| pointed.set(said))
    };
    let said = Said { hint: Some(words::HINTS), pointed: pointed.as_deref() };
    let drawn = tape(&props.tape, said, &props.pick, &point);
    #[cfg(feature = "complete")]
    let drawn = drawn.children(props.guess.as_ref().map(|guess| super::guess::guess(guess, &props.tape)));
    drawn.into()
}

/// What stands in the line that is for the reader.
pub struct Said<'a> {
    /// What can be done, in long and in short; nothing can be done with a picture that stands alone.
    pub hint: Option<[&'static str; 2]>,
    /// The command that is pointed at.
    pub pointed: Option<&'a str>,
}

/// The tape; pointing at a command emits what there is to say of it.
pub fn tape(tape: &Tape, said: Said, pick: &Callback<Pick>, point: &Callback<Option<String>>) -> El {
    let heading_x = tape.left + text::width(words::STREAM, Face::Bold, 13.5) + 7.0;
    let right = tape.size.width - tape.left;
    let first_of = |texts: [&str; 2], room: f64| {
        let [long, short] = texts;
        let chosen = if text::width(long, Face::Sans, 12.0) <= room { long } else { short };
        text::fit(chosen, Face::Sans, 12.0, room)
    };
    let Said { hint, pointed } = said;
    let (said, heading) = match (pointed, tape.hint_y) {
        (Some(said), None) => (None, said),
        (said, _) => (said, tape.heading.as_str()),
    };
    let heading = first_of([heading, words::BY_OFFSET], right - heading_x);
    let hint = tape.hint_y.zip(hint).filter(|_| !tape.segments.is_empty()).map(|(y, hints)| {
        let hint = said.map_or_else(
            || first_of(hints, right - tape.left),
            |said| text::fit(said, Face::Sans, 12.0, right - tape.left),
        );
        words("tape-hint", Anchor::Start, tape.left, y, hint)
    });
    let earlier = tape.earlier.map(|(count, x, y)| {
        words("earlier", Anchor::Start, x, y + 4.0, "…").child(el("title").text(words::earlier_commands(count)))
    });
    canvas("tape", tape.size)
        .attr("role", "group")
        .attr("aria-label", words::STREAM)
        .child(words("tape-title", Anchor::Start, tape.left, tape.heading_y, words::STREAM))
        .child(words("tape-heading", Anchor::Start, heading_x, tape.heading_y, heading))
        .children(tape.bracket.as_ref().map(bracket))
        .children(earlier)
        .children(tape.empty.map(|r| {
            let said = words("words", Anchor::Middle, r.centre().x, r.centre().y + 4.0, words::STREAM_EMPTY);
            group("empty").child(el("rect").rect(r.x, r.y, r.width, r.height, 6.0)).child(said)
        }))
        .child(group("segments").children(tape.segments.iter().map(|s| segment(s, pick, point))))
        .children(tape.fork.as_ref().map(fork))
        .child(group("notes").children(tape.notes.iter().map(margin_note)))
        .child(group("carets").children(tape.carets.iter().map(caret)))
        .children(hint)
}

fn segment(s: &Segment, pick: &Callback<Pick>, point: &Callback<Option<String>>) -> El {
    let said =
        format!("{} · bytes {} – {} · {}", s.words, grouped(s.start), grouped(s.end), text::bytes(s.end + 1 - s.start));
    let hue = s.hue.map_or("", |h| h.class());
    let r = s.rect;
    let (over, out) = (point.clone(), point.clone());
    let shown = Some(said.clone());
    let over = Callback::from(move |_: Event| over.emit(shown.clone()));
    let out = Callback::from(move |_: Event| out.emit(None));
    let is_parted = s.kept_x > r.x && s.kept_x < r.right();
    let parted = if is_parted { "parted " } else { "" };
    let chosen = if s.is_selected { " selected" } else { "" };
    let mut shape = group(format!("segment {} {parted}{hue}{chosen}", s.age.class()))
        .key(format!("{}{hue}", s.start))
        .attr("data-start", s.start.to_string())
        .attr("data-end", s.end.to_string())
        .picks(pick, Pick::Moment(s.at), words::go_to_writer(&said))
        .on(ListenerKind::onpointerenter, over.clone())
        .on(ListenerKind::onpointerleave, out.clone())
        .on(ListenerKind::onfocus, over)
        .on(ListenerKind::onblur, out)
        .child(el("rect").class("all").rect(r.x, r.y, r.width, r.height, 4.0));
    if is_parted {
        let wide = (r.right() - s.kept_x - 4.0).max(0.0);
        let down = px(r.height - 8.0);
        let d = format!(
            "M{} {} h{} a4 4 0 0 1 4 4 v{down} a4 4 0 0 1 -4 4 h{} z",
            px(s.kept_x),
            px(r.y),
            px(wide),
            px(-wide)
        );
        shape = shape.child(path("kept-part", d));
    }
    shape.child(words("words", Anchor::Middle, r.centre().x, r.centre().y + 4.0, s.label.clone()))
}

fn bracket(b: &Bracket) -> El {
    let (from, to, y, foot) = (px(b.from), px(b.to), px(b.y), px(b.y + 9.0));
    // Where the old end is beyond the edge, the line has no foot there.
    let mut d = if b.open { format!("M{from} {y}") } else { format!("M{from} {foot} V{y}") };
    // The label interrupts the line where it stands on it.
    let (gap_from, gap_to) = (b.gap.0.max(b.from), b.gap.1.min(b.to));
    if gap_from > b.from {
        d += &format!(" H{}", px(gap_from));
    }
    if gap_to < b.to {
        d += &format!(" M{} {y} H{to}", px(gap_to));
    }
    d += &format!(" M{to} {y} V{foot}");
    group("bracket").child(path("line", d)).child(words("label", Anchor::Middle, b.label_x, b.y + 4.5, b.label.clone()))
}

fn caret(c: &Caret) -> El {
    let (x, y) = (px(c.x), c.y);
    let hue = c.labels.first().map_or("", |l| l.hue.class());
    let top = c.labels.first().map_or(y, |l| l.y) - 14.0;
    let mut shape = group(format!("caret {hue}")).key(c.offset);
    if top - y > 20.0 {
        shape = shape.child(path("caret-stem", format!("M{x} {} V{}", px(y + 10.0), px(top))));
    }
    let tip = if c.before {
        format!("M{} {} l10 -6 v12 z", px(c.x - 6.0), px(y + 6.0))
    } else {
        format!("M{x} {} l6.5 11 h-13 z", px(y))
    };
    let labels = c.labels.iter().map(|l| {
        words("caret-name", Anchor::Start, l.x, l.y, l.name.clone())
            .class(format!("caret-name {}{}", l.hue.class(), if l.is_selected { " selected" } else { "" }))
            .attr("data-caret", l.name.clone())
            .attr("data-at", c.offset.to_string())
    });
    let offset = words("caret-offset", Anchor::Middle, c.label_x, c.offset_y, grouped(c.offset));
    shape.child(path("caret-tip", tip)).children(labels).child(offset)
}

fn margin_note(n: &MarginNote) -> El {
    let edge = px(n.edge);
    let d = format!("M{edge} {} V{} M{edge} {} H{}", px(n.top), px(n.y + 2.0), px(n.y - 4.0), px(n.caret));
    let anchor = if n.left { Anchor::End } else { Anchor::Start };
    let y = if n.below { n.y + 12.0 } else { n.y };
    group(format!("margin-note {}", n.hue.class())).child(path("line", d)).child(words(
        "words",
        anchor,
        n.text_x,
        y,
        n.text.clone(),
    ))
}

fn fork(f: &Fork) -> El {
    let line = el("line").class("fork-line").at("x1", f.x).at("x2", f.x).at("y1", f.top).at("y2", f.bottom);
    let branches = f.branches.iter().map(|b| {
        let ((x, y), (to_x, to_y)) = (b.from, b.to);
        let bend = px((x + to_x) / 2.0);
        let d = format!("M{} {} C{bend} {} {bend} {} {} {}", px(x), px(y), px(y), px(to_y), px(to_x), px(to_y));
        group(format!("branch {}", b.hue.class()))
            .child(path("line", d))
            .child(words("branch-title", Anchor::Start, b.label_x, b.label_y, b.title.clone()))
            .child(words("branch-note", Anchor::Start, b.label_x, b.label_y + 16.0, b.note.clone()))
    });
    let (anchor, note_x, note_y) = match f.stacked {
        true => (Anchor::End, f.label_x, f.label_y + 16.0),
        false => (Anchor::Start, f.label_x + PROMOTION, f.label_y),
    };
    group("fork")
        .child(line)
        .child(words("fork-title", anchor, f.label_x, f.label_y, "promotion"))
        .child(words("fork-note", anchor, note_x, note_y, f.note.clone()))
        .children(branches)
}
