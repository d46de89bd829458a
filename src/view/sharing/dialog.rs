//! The dialog for taking a moment along: its link, as text and as a code for phones; a file of it, or of the whole run.
//!
//! Rule: it shows the moment at which it was opened; nothing is made before it is asked for, and nothing leaves the device
//! but by the reader's own hand.

use super::super::browser;
use super::super::download::{self, Ready};
use super::super::element::{El, el, path};
use super::super::exporting::{Wanted, export};
use super::super::icon::{Icon, icon};
use super::super::picture::{Part, Shot};
use super::super::run::Run;
use super::super::words::{self, sharing as say};
use crate::export::{Backdrop, Colours, Format, QR_MAX, qr};
use crate::scene::{Focus, text};
use crate::time::Time;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// The class by which the browser finds the dialog.
const CLASS: &str = "sharing";
/// How long it is said that the link was copied.
const SAID_MS: u32 = 2_500;
/// Made in the page: an animation is too large a thing to make there.
const FORMATS: [(Format, &str); 8] = [
    (Format::Png, say::FORMAT_PNG),
    (Format::Svg, say::FORMAT_SVG),
    (Format::Html, say::FORMAT_HTML),
    (Format::Markdown, say::FORMAT_MARKDOWN),
    (Format::Mermaid, say::FORMAT_MERMAID),
    (Format::Csv, say::FORMAT_CSV),
    (Format::Json, say::FORMAT_JSON),
    (Format::Pcap, say::FORMAT_PCAP),
];
const PARTS: [(Part, &str); 3] =
    [(Part::Stage, say::PART_STAGE), (Part::Tape, say::PART_TAPE), (Part::Sequence, say::PART_SEQUENCE)];

/// What the dialog was opened on.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// None where a link leads nowhere for others.
    pub link: Option<String>,
    pub at: Time,
    pub focus: Focus,
}

#[derive(Properties, PartialEq)]
pub struct DialogProps {
    pub run: Rc<Run>,
    pub moment: Moment,
    pub closed: Callback<()>,
}

#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let format = use_state_eq(|| Format::Png);
    let part = use_state_eq(|| Part::Stage);
    let colours = use_state_eq(|| None::<Colours>);
    let is_bare = use_state_eq(|| false);
    let told = use_state_eq(String::new);
    use_effect_with((), |()| browser::set_dialog(CLASS, true));
    let hide = Callback::from(|_| browser::set_dialog(CLASS, false));
    let close = el("button").class("tool").button(words::CLOSE, hide).child(icon(Icon::Close));
    let heading = el("div").class("sharing-heading").child(el("h2").text(words::SHARE)).child(close);
    // Its keys are not the player's.
    let own_keys = Callback::from(|event: Event| event.stop_propagation());
    let dialog = el("dialog").class(CLASS).attr("aria-label", words::SHARE).on(ListenerKind::onkeydown, own_keys);
    let dialog = dialog.on(ListenerKind::onclose, props.closed.reform(|_: Event| ()));
    let moment = &props.moment;
    let save = {
        let (run, moment, told) = (props.run.clone(), moment.clone(), told.setter());
        let (format, part, colours, is_bare) = (*format, *part, *colours, *is_bare);
        Callback::from(move |_: Event| {
            let is_dark = colours.map_or_else(browser::is_dark, |colours| colours == Colours::Dark);
            let wanted = Wanted {
                format,
                shot: Shot { focus: moment.focus, ..Shot::new(part, moment.at) },
                colours: if is_dark { Colours::Dark } else { Colours::Light },
                backdrop: if is_bare { Backdrop::Transparent } else { Backdrop::Opaque },
                from: run.start,
                to: run.moments.end,
            };
            save(&run, &wanted, told.clone());
        })
    };
    let fields = el("div")
        .class("sharing-fields")
        .child(choice(say::FORMAT, &FORMATS, &format))
        .children(format.is_picture().then(|| choice(say::PART, &PARTS, &part)))
        .children(format.is_picture().then(|| theme(&colours)))
        .children(format.is_picture().then(|| ground(&is_bare)));
    let button = el("button").class("tool first").attr("type", "button").on(ListenerKind::onclick, save);
    let file = el("section")
        .attr("aria-label", say::AS_FILE)
        .child(el("h3").text(say::AS_FILE))
        .child(fields)
        .child(el("p").class("how").text(if format.is_picture() { say::OF_THE_MOMENT } else { say::OF_THE_RUN }))
        .child(el("p").class("ways").child(button.text(say::SAVE)))
        .child(el("p").class("how").attr("role", "status").text((*told).clone()));
    let link = moment.link.as_ref().map(|link| link_section(link));
    dialog.child(heading).children(link).child(file).children(whole_page()).into()
}

/// The way to the page that is one file, where there is one beside this page.
fn whole_page() -> Option<El> {
    if !browser::base().starts_with("http") {
        return None;
    }
    let link = el("a").attr("href", "./replscope.html").attr("download", "").text(say::TAKE_IT);
    let words = el("p").class("how").text(say::IN_ONE_FILE).child(link);
    Some(el("section").attr("aria-label", say::ALL_OF_IT).child(el("h3").text(say::ALL_OF_IT)).child(words))
}

/// The link, what it is, and the ways to hand it on.
fn link_section(link: &str) -> El {
    let length = link.chars().count();
    let said = if link.contains("#v1:") { say::link_carries(length) } else { say::link_names(length) };
    let field =
        el("input").class("sharing-link").attr("type", "text").attr("readonly", "").attr("value", link.to_owned());
    let field = field.attr("aria-label", say::LINK).on(ListenerKind::onfocus, Callback::from(select_all));
    let copy = {
        let link = link.to_owned();
        Callback::from(move |_: Event| {
            browser::copy(&link, |worked| {
                let said = if worked { &say::COPIED } else { &say::NOT_COPIED };
                browser::say_for(SAID_MS, said);
            });
        })
    };
    let copy = el("button").class("tool first").attr("type", "button").on(ListenerKind::onclick, copy);
    let copy = copy.child(el("span").class("copy-word").text(say::COPY_LINK));
    let hand_on = browser::can_share().then(|| {
        let link = link.to_owned();
        let share = Callback::from(move |_: Event| browser::share(&link));
        el("button").class("tool").attr("type", "button").on(ListenerKind::onclick, share).text(say::HAND_ON)
    });
    let code = match qr(link) {
        Some(code) => {
            let side = code.side.to_string();
            let ground = el("rect").class("qr-ground").attr("width", side.clone()).attr("height", side.clone());
            el("svg")
                .class("qr")
                .attr("viewBox", format!("0 0 {side} {side}"))
                .attr("role", "img")
                .attr("aria-label", say::QR)
                .child(ground)
                .child(path("qr-squares", code.path))
        }
        None => el("p").class("how").text(say::no_qr(link.len(), QR_MAX)),
    };
    let ways = el("p").class("ways").child(copy).children(hand_on);
    let told = el("span").class("unseen copy-told").attr("aria-live", "polite").text("");
    let words = el("div").child(el("p").class("how").text(said)).child(field).child(ways).child(told);
    el("section")
        .attr("aria-label", say::LINK)
        .child(el("h3").text(say::LINK))
        .child(el("div").class("sharing-link-row").child(words).child(code))
}

/// Selects all of a field that got the focus.
fn select_all(event: Event) {
    if let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
        field.select();
    }
}

/// A list to choose one of.
fn choice<T: Copy + PartialEq + 'static>(
    label: &'static str,
    all: &'static [(T, &'static str)],
    chosen: &UseStateHandle<T>,
) -> El {
    let choose = {
        let chosen = chosen.setter();
        browser::on_choice(move |n| all.get(n).into_iter().for_each(|(value, _)| chosen.set(*value)))
    };
    let options =
        all.iter().map(|(value, name)| el("option").maybe("selected", (*value == **chosen).then_some("")).text(*name));
    let list = el("select").class("tool").on(ListenerKind::onchange, choose).children(options);
    el("label").child(el("span").text(label)).child(list)
}

fn theme(colours: &UseStateHandle<Option<Colours>>) -> El {
    const ALL: [(Option<Colours>, &str); 3] =
        [(None, say::AS_SHOWN), (Some(Colours::Light), say::LIGHT), (Some(Colours::Dark), say::DARK)];
    choice(say::THEME, &ALL, colours)
}

fn ground(is_bare: &UseStateHandle<bool>) -> El {
    const ALL: [(bool, &str); 2] = [(false, say::GROUND), (true, say::NO_GROUND)];
    choice(say::BEHIND, &ALL, is_bare)
}

/// Makes the file and gives it to the browser; what came of it is said.
fn save(run: &Run, wanted: &Wanted, told: UseStateSetter<String>) {
    let name = file_name(run, wanted);
    let bytes = export(run, wanted);
    let done = {
        let name = name.clone();
        move |size: Option<u64>| match size {
            Some(size) => told.set(say::saved(&name, &text::bytes(size))),
            None => told.set(say::NOT_SAVED.to_owned()),
        }
    };
    match wanted.format {
        Format::Png => download::png(name, &String::from_utf8_lossy(&bytes), done),
        format => download::save(&Ready { name, media_type: format.media_type(), bytes }, done),
    }
}

/// `losing-the-link-5.81s-tape.svg`
fn file_name(run: &Run, wanted: &Wanted) -> String {
    let title = if run.lesson.name.is_empty() { &run.lesson.title } else { &run.lesson.name };
    let letters = title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    let mut name: String = letters.take(60).collect();
    if wanted.format.is_picture() {
        name += &format!("-{}-{}", crate::story::At::of(wanted.shot.at, run.start), wanted.shot.part.name());
    }
    format!("{name}.{}", wanted.format.ending())
}
