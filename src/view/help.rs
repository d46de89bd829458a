//! The list of keys.

use super::browser;
use super::element::{El, el};
use super::words;
use yew::Callback;
use yew::virtual_dom::ListenerKind;

/// The class by which the browser finds the list.
const CLASS: &str = "help";

/// The list, closed; [`show`] opens it.
pub fn help() -> El {
    let hide = Callback::from(|_| browser::set_dialog(CLASS, false));
    let close = el("button").attr("type", "button").class("tool").text(words::CLOSE).on(ListenerKind::onclick, hide);
    el("dialog")
        .class(CLASS)
        .attr("aria-label", words::KEYS)
        .child(el("h2").text(words::KEYS))
        .child(el("p").text(words::KEYS_WORK))
        .child(el("dl").children(words::HELP_KEYS.map(row)))
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
