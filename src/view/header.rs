//! The bar at the top: where the reader is, and what can be done with it.

use super::browser;
use super::element::{El, el};
use super::icon::{Icon, icon};
use super::opening;
use super::words;
use web_sys::Event;
use yew::Callback;

/// How long it is said that a link was copied.
#[cfg(not(feature = "complete"))]
const SAID_MS: u32 = 2_500;

/// What a lesson adds to the bar.
pub struct Place {
    /// `5 · Losing the link`.
    pub name: String,
    pub shelf: &'static str,
    /// Where the same run can be changed.
    pub experiment: Option<String>,
    /// Takes this moment along, if it can be.
    pub share: Option<Callback<Event>>,
}

/// The bar; `place` is none on the start page.
pub fn header(place: Option<Place>) -> El {
    let turn = Callback::from(|_: Event| browser::set_theme(if browser::is_dark() { "light" } else { "dark" }));
    let theme = el("button").class("tool").button("Light or dark", turn).child(icon(Icon::Theme));
    let bar = el("header").class("header").child(el("a").class("home").attr("href", "#/").text("replscope"));
    let tools = el("div").class("header-tools");
    let open = Callback::from(|_: Event| opening::ask());
    let open = el("button").class("tool").button("Open a recording", open).child(icon(Icon::Open));
    let Some(place) = place else { return bar.child(tools.child(open).child(theme)) };
    let share = place.share.map(|share| {
        let share = el("button").class("tool labelled share").button("Share", share);
        let share = share.child(icon(Icon::Share)).child(el("span").class("share-word").text("Share"));
        [share, el("span").class("unseen share-told").attr("aria-live", "polite").text("")]
    });
    let name = el("p").class("place").child(el("span").class("shelf").text(place.shelf)).text(place.name);
    let experiment = place.experiment.map(|href| {
        let way = el("a").class("tool labelled experiment").attr("href", href).attr("aria-label", words::EXPERIMENT);
        way.attr("title", words::EXPERIMENT).child(icon(Icon::Bolt)).child(el("span").text(words::EXPERIMENT))
    });
    bar.child(name).child(tools.children(experiment).children(share.into_iter().flatten()).child(open).child(theme))
}

/// Copies the link and says so, or says what to copy: all that the small program does.
#[cfg(not(feature = "complete"))]
pub fn copy_link(link: &Callback<(), String>, complain: &Callback<String>) -> Callback<Event> {
    let (link, complain) = (link.clone(), complain.clone());
    Callback::from(move |_| {
        let (link, complain) = (link.emit(()), complain.clone());
        let text = link.clone();
        browser::copy(&text, move |worked| {
            if worked {
                browser::say_for(
                    SAID_MS,
                    &[(".share-word", "Link copied", "Share"), (".share-told", "Link copied", "")],
                );
            } else {
                complain.emit(format!("The browser does not let this page copy. The link is {link}"));
            }
        });
    })
}
