//! A message to the reader that stays until it is dismissed.

use super::element::{El, el};
use super::icon::{Icon, icon};
use super::words;
use web_sys::Event;
use yew::Callback;

/// The message; `dismiss` is told when it was read.
pub fn banner(text: &str, dismiss: &Callback<()>) -> El {
    let close = el("button").class("tool").button(words::DISMISS, dismiss.reform(|_| ())).child(icon(Icon::Close));
    el("div").class("banner").attr("role", "alert").child(el("p").text(text.to_owned())).child(close)
}

/// A new version is there: offered, not forced.
pub fn update(reload: Callback<Event>, dismiss: &Callback<()>) -> El {
    let reload = el("button").class("tool labelled").button(words::RELOAD, reload).text(words::RELOAD);
    let close = el("button").class("tool").button(words::DISMISS, dismiss.reform(|_| ())).child(icon(Icon::Close));
    let said = el("p").text(words::NEW_VERSION);
    el("div").class("banner").attr("role", "status").child(said).child(reload).child(close)
}
