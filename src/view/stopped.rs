//! What the page says when its program cannot: when it ended by a mistake of its own, and when it did not start.
//!
//! Rule: made when the page is built, and kept in it as templates that the start script (`xtask/src/start.js`) shows.

use super::words::stopped as words;
use yew::{Html, LocalServerRenderer, component};

/// The templates, as HTML.
pub fn stopped() -> String {
    super::prerender::block_on(LocalServerRenderer::<Stopped>::new().hydratable(false).render())
}

#[component]
fn Stopped() -> Html {
    use super::element::el;
    let dialog =
        |title: &'static str| el("dialog").class("help stopped").attr("aria-label", title).child(el("h2").text(title));
    let on = |text| el("button").class("tool first crash-on").attr("type", "button").text(text);
    let start = el("a").class("tool crash-start").attr("href", "#/").text(words::TO_START);
    let link = el("a").class("crash-link").attr("href", "#/").text("");
    let crashed = dialog(words::CRASHED)
        .child(el("p").text(words::CRASHED_WHY))
        .child(el("p").text(words::CRASHED_LINK).child(link))
        .child(el("p").class("ways").child(on(words::GO_ON)).child(start));
    let not_started = dialog(words::NOT_STARTED)
        .child(el("p").text(words::NOT_STARTED_WHY))
        .child(el("p").class("ways").child(on(words::TRY_AGAIN)));
    let template = |id: &'static str, dialog| el("template").attr("id", id).child(dialog);
    el("div").children([template("crashed", crashed), template("not-started", not_started)]).into()
}
