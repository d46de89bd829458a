//! The list of keys.

use super::browser;
use super::element::{El, el};
use yew::Callback;
use yew::virtual_dom::ListenerKind;

const KEYS: [(&str, &str); 9] = [
    ("space", "play or pause"),
    ("← →", "one step back, one step on"),
    ("shift ← →", "one phase back, one phase on"),
    (", .", "a quarter of a step back or on, to see messages on their way"),
    ("Home End", "the first moment, the last moment"),
    ("0 – 9", "tenths of the whole"),
    ("tab enter", "go to a node, a message or a command of the stream, and choose it"),
    ("?", "this list"),
    ("esc", "close it"),
];

/// The class by which the browser finds the list.
const CLASS: &str = "help";

/// The list, closed; [`show`] opens it.
pub fn help() -> El {
    let hide = Callback::from(|_| browser::set_dialog(CLASS, false));
    let close = el("button").attr("type", "button").class("tool").text("Close").on(ListenerKind::onclick, hide);
    el("dialog")
        .class(CLASS)
        .attr("aria-label", "Keys")
        .child(el("h2").text("Keys"))
        .child(el("p").text("They work while the player has the focus; click it, or reach it with tab."))
        .child(el("dl").children(KEYS.map(row)))
        .child(close)
}

/// Opens the list.
pub fn show() {
    browser::set_dialog(CLASS, true);
}

fn row((keys, what): (&'static str, &'static str)) -> El {
    let keys = el("dt").children(keys.split(' ').map(|key| el("kbd").text(key)));
    el("div").child(keys).child(el("dd").text(what))
}
