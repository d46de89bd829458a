//! A caret on the tape that a reader moves to say where something will be.
//!
//! Rule: it says the same as the field in the question, and either moves the other; the field is for keys and for those
//! who do not see the tape.

use super::asking::Guess;
use super::browser;
use super::element::{Anchor, El, el, group, path, text as words};
use crate::scene::geometry::px;
use crate::scene::tape::Tape;
use crate::scene::text::{self, Face, grouped};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::PointerEvent;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// Top, height and half the least width of the sign that is dragged; its line goes this far below the segments.
const SIGN: (f64, f64, f64) = (20.5, 18.0, 18.0);
const FOOT: f64 = 6.0;

/// The reader's caret, and the right one beside it once an answer was given.
pub fn guess(guess: &Guess, tape: &Rc<Tape>) -> El {
    let right = guess.truth.filter(|truth| *truth != guess.byte);
    let right = right.map(|byte| sign("guess is-right", &format!("✓ {}", grouped(byte)), tape, byte));
    let class = match (&guess.moved, guess.truth) {
        (Some(_), _) => "guess is-open",
        (None, Some(truth)) if truth == guess.byte => "guess is-right",
        _ => "guess is-wrong",
    };
    let mark = match class {
        "guess is-open" => "?",
        "guess is-right" => "✓",
        _ => "✗",
    };
    let mine = sign(class, &format!("{mark} {}", grouped(guess.byte)), tape, guess.byte);
    let mine = match &guess.moved {
        Some(moved) => drags(mine, moved, tape, guess.most),
        None => mine,
    };
    group("guesses").attr("aria-hidden", "true").children(right).child(mine)
}

fn sign(class: &'static str, label: &str, tape: &Tape, byte: u64) -> El {
    let x = tape.x_of(byte);
    let (top, height, least) = SIGN;
    let half = (text::width(label, Face::Mono, 12.0) / 2.0 + 9.0).max(least);
    let centre = x.max(tape.left + half).min(tape.size.width - tape.left - half);
    // The words of the backlog stay readable.
    let words_below = tape.bracket.as_ref().filter(|bracket| (bracket.gap.0..bracket.gap.1).contains(&x));
    let from = words_below.map_or(top + height, |bracket| bracket.y + 10.0);
    let line = format!("M{} {} V{}", px(x), px(from), px(tape.segments_bottom() + FOOT));
    group(class)
        .child(path("guess-line", line))
        .child(el("rect").class("hold").rect(x - 22.0, top - 6.0, 44.0, tape.segments_bottom() - top + 12.0, 0.0))
        .child(el("rect").class("sign").rect(centre - half, top, 2.0 * half, height, height / 2.0))
        .child(words("words", Anchor::Middle, centre, top + 13.0, label.to_owned()))
}

/// Follows a pointer that is held down on it.
fn drags(sign: El, moved: &Callback<u64>, tape: &Rc<Tape>, most: u64) -> El {
    let hold = Callback::from(|event: Event| {
        let held = event.dyn_ref::<PointerEvent>().zip(event.target().and_then(browser::element));
        if let Some((pointer, element)) = held {
            event.prevent_default();
            // A pointer that is gone already drags nothing.
            let _ = element.set_pointer_capture(pointer.pointer_id());
        }
    });
    let (moved, tape) = (moved.clone(), tape.clone());
    let drag = Callback::from(move |event: Event| {
        let element = event.target().and_then(browser::element);
        let Some((pointer, element)) = event.dyn_ref::<PointerEvent>().zip(element) else { return };
        let is_held = element.has_pointer_capture(pointer.pointer_id());
        let canvas = element.closest("svg").ok().flatten().filter(|_| is_held);
        if let Some((left, _, width, _)) = canvas.map(|canvas| browser::box_of(&canvas)) {
            let x = (f64::from(pointer.client_x()) - left) * tape.size.width / width.max(1.0);
            moved.emit(tape.byte_at(x).min(most));
        }
    });
    sign.on(ListenerKind::onpointerdown, hold).on(ListenerKind::onpointermove, drag)
}
