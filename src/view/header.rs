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
    /// What stands before the ways to share: a laboratory's own tools.
    pub tools: Vec<El>,
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
    let open = el("button").class("tool open-recording").button(words::OPEN_FILE, open).child(icon(Icon::Open));
    let glossary = Page::Glossary.hash();
    let Some(place) = place else {
        let lab = el("a").attr("href", Page::Lab { name: None, at: None }.hash()).text(words::LABORATORY);
        let glossary = el("a").attr("href", glossary).text(words::GLOSSARY);
        return bar.child(tools.child(lab).child(glossary).child(open).child(theme));
    };
    let glossary = labelled("tool labelled", glossary, words::GLOSSARY, Icon::Book);
    let share = el("button").class("tool labelled share").button(words::SHARE, place.share);
    let share = share.child(icon(Icon::Share)).child(el("span").text(words::SHARE));
    let embed = place.embed.map(|open| {
        let embed = el("button").class("tool labelled").button(words::EMBED, open.reform(|_| ()));
        embed.child(icon(Icon::Frame)).child(el("span").text(words::EMBED))
    });
    let name = el("p").class("place").child(el("span").class("shelf").text(place.shelf)).text(place.name);
    let experiment =
        place.experiment.map(|href| labelled("tool labelled experiment", href, words::EXPERIMENT, Icon::Bolt));
    let own = (!place.tools.is_empty()).then(|| el("div").class("lab-tools").children(place.tools));
    let tools = tools.children(experiment).child(glossary).children(embed).child(share);
    bar.child(name).children(own).child(tools.child(open).child(theme))
}

/// A way that keeps its sign where there is no room for its word.
fn labelled(class: &'static str, href: String, name: &'static str, sign: Icon) -> El {
    let way = el("a").class(class).attr("href", href).attr("aria-label", name).attr("title", name);
    way.child(icon(sign)).child(el("span").text(name))
}
