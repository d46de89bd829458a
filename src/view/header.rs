//! The bar at the top: where the reader is, and what can be done with it.

use super::browser;
use super::element::{El, el};
use super::icon::{Icon, icon};
use super::opening;
use super::words;
use crate::story::Page;
use web_sys::Event;
use yew::Callback;

/// How long it is said that a link was copied.
const SAID_MS: u32 = 2_500;

/// What a lesson adds to the bar.
pub struct Place<'a> {
    /// `5 · Losing the link`.
    pub name: String,
    pub shelf: &'static str,
    /// Where the same run can be changed.
    pub experiment: Option<String>,
    /// Gives the link to this moment, if there is one for others.
    pub link: Option<&'a Callback<(), String>>,
    /// What stands before the ways to share: a laboratory's own tools.
    pub tools: Vec<El>,
    /// Opens the dialog that writes what to put into another page.
    pub embed: Option<Callback<()>>,
    /// What cannot be done is said here.
    pub complain: &'a Callback<String>,
}

/// The bar; `place` is none on the start page.
pub fn header(place: Option<Place>) -> El {
    let turn = Callback::from(|_: Event| browser::set_theme(if browser::is_dark() { "light" } else { "dark" }));
    let theme = el("button").class("tool").button(words::LIGHT_OR_DARK, turn).child(icon(Icon::Theme));
    let bar = el("header").class("header").child(el("a").class("home").attr("href", "#/").text("replscope"));
    let tools = el("div").class("header-tools");
    let open = Callback::from(|_: Event| opening::ask());
    let open = el("button").class("tool").button(words::OPEN_FILE, open).child(icon(Icon::Open));
    let glossary = el("a").class("to-glossary").attr("href", Page::Glossary.hash()).text(words::GLOSSARY);
    let tools = tools.child(glossary);
    let Some(place) = place else {
        let lab = el("a").attr("href", Page::Lab { name: None, at: None }.hash()).text(words::LABORATORY);
        return bar.child(tools.child(lab).child(open).child(theme));
    };
    let share = place.link.map(|link| {
        let share = el("button").class("tool labelled share").button(words::SHARE, share(link, place.complain));
        let share = share.child(icon(Icon::Share)).child(el("span").class("share-word").text(words::SHARE));
        [share, el("span").class("unseen share-told").attr("aria-live", "polite").text("")]
    });
    let embed = place.embed.map(|open| {
        let embed = el("button").class("tool labelled").button(words::EMBED, open.reform(|_| ()));
        embed.child(icon(Icon::Frame)).child(el("span").text(words::EMBED))
    });
    let name = el("p").class("place").child(el("span").class("shelf").text(place.shelf)).text(place.name);
    let experiment = place.experiment.map(|href| {
        let way = el("a").class("tool labelled experiment").attr("href", href).attr("aria-label", words::EXPERIMENT);
        way.attr("title", words::EXPERIMENT).child(icon(Icon::Bolt)).child(el("span").text(words::EXPERIMENT))
    });
    let own = (!place.tools.is_empty()).then(|| el("div").class("lab-tools").children(place.tools));
    bar.child(name).children(own).child(
        tools.children(experiment).children(embed).children(share.into_iter().flatten()).child(open).child(theme),
    )
}

/// Copies the link and says so, or says what to copy.
fn share(link: &Callback<(), String>, complain: &Callback<String>) -> Callback<Event> {
    let (link, complain) = (link.clone(), complain.clone());
    Callback::from(move |_| {
        let (link, complain) = (link.emit(()), complain.clone());
        let text = link.clone();
        browser::copy(&text, move |worked| {
            if worked {
                browser::say_for(
                    SAID_MS,
                    &[(".share-word", words::LINK_COPIED, words::SHARE), (".share-told", words::LINK_COPIED, "")],
                );
            } else {
                complain.emit(words::cannot_copy(&link));
            }
        });
    })
}
