//! A message to the reader that stays until it is dismissed.

use super::element::{El, el};
use super::icon::{Icon, icon};
use super::words;
use yew::Callback;

/// The message; `dismiss` is told when it was read.
pub fn banner(text: &str, dismiss: &Callback<()>) -> El {
    let close = el("button").class("tool").button(words::DISMISS, dismiss.reform(|_| ())).child(icon(Icon::Close));
    el("div").class("banner").attr("role", "alert").child(el("p").text(text.to_owned())).child(close)
}
