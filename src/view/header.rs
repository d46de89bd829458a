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
    let open = el("button").class("tool open-recording").button(words::OPEN_FILE, open).child(icon(Icon::Open));
    let glossary = Page::Glossary.hash();
    let Some(place) = place else {
        let lab = el("a").attr("href", Page::Lab { name: None, at: None }.hash()).text(words::LABORATORY);
        let glossary = el("a").attr("href", glossary).text(words::GLOSSARY);
        return bar.child(tools.child(lab).child(glossary).child(open).child(theme));
    };
    let glossary = labelled("tool labelled", glossary, words::GLOSSARY, Icon::Book);
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
    let experiment =
        place.experiment.map(|href| labelled("tool labelled experiment", href, words::EXPERIMENT, Icon::Bolt));
    let own = (!place.tools.is_empty()).then(|| el("div").class("lab-tools").children(place.tools));
    let tools = tools.children(experiment).child(glossary).children(embed).children(share.into_iter().flatten());
    bar.child(name).children(own).child(tools.child(open).child(theme))
}

/// A way that keeps its sign where there is no room for its word.
fn labelled(class: &'static str, href: String, name: &'static str, sign: Icon) -> El {
    let way = el("a").class(class).attr("href", href).attr("aria-label", name).attr("title", name);
    way.child(icon(sign)).child(el("span").text(name))
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
