//! The bar at the top: where the reader is, and what can be done with it.

use super::browser;
use super::element::{El, el};
use super::icon::{Icon, icon};
use super::opening;
use super::words;
use crate::story::Page;
use web_sys::Event;
use yew::Callback;

/// What a lesson adds to the bar.
pub struct Place {
    /// `5 · Losing the link`.
    pub name: String,
    pub shelf: &'static str,
    /// Where the same run can be changed.
    pub experiment: Option<String>,
    /// Takes this moment along.
    pub share: Callback<Event>,
    /// Opens the dialog that writes what to put into another page.
    pub embed: Option<Callback<()>>,
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
    let share = el("button").class("tool labelled share").button(words::SHARE, place.share);
    let share = share.child(icon(Icon::Share)).child(el("span").text(words::SHARE));
    let embed = place.embed.map(|open| {
        let embed = el("button").class("tool labelled").button("Embed", open.reform(|_| ()));
        embed.child(icon(Icon::Frame)).child(el("span").text("Embed"))
    });
    let name = el("p").class("place").child(el("span").class("shelf").text(place.shelf)).text(place.name);
    let experiment = place.experiment.map(|href| {
        let way = el("a").class("tool labelled experiment").attr("href", href).attr("aria-label", words::EXPERIMENT);
        way.attr("title", words::EXPERIMENT).child(icon(Icon::Bolt)).child(el("span").text(words::EXPERIMENT))
    });
    bar.child(name).child(tools.children(experiment).children(embed).child(share).child(open).child(theme))
}
