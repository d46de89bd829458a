//! The Embed dialog: what to write into another page so that it shows this moment, and how that will look.
//!
//! Rule: the preview is the embedded form itself, drawn in the dialog at the chosen size. A frame of this page would do the
//! same, but the policy that the page keeps lets it load none.

use super::browser;
use super::element::{El, el};
use super::player::Player;
use super::run::Run;
use super::words;
use crate::story::{Snippet, Theme, Tool};
use crate::time::Time;
use std::rc::Rc;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// The class by which the browser finds the dialog.
const CLASS: &str = "embedding";
/// What can be chosen, px, and what is chosen first.
const WIDTHS: [u32; 3] = [320, 1200, 720];
const HEIGHTS: [u32; 3] = [240, 800, 440];
/// How long it is said that the text was copied.
const SAID_MS: u32 = 2_500;
const THEMES: [(Theme, &str); 3] =
    [(Theme::Auto, words::THEME_AUTO), (Theme::Light, words::THEME_LIGHT), (Theme::Dark, words::THEME_DARK)];

#[derive(Properties, PartialEq)]
pub struct EmbeddingProps {
    pub run: Rc<Run>,
    pub at: Time,
    /// The hash of the moment, and what makes one of any moment.
    pub hash: String,
    pub hash_of: Callback<Time, String>,
    pub closed: Callback<()>,
    pub complain: Callback<String>,
}

#[component]
pub fn Embedding(props: &EmbeddingProps) -> Html {
    let tool = use_state_eq(Tool::default);
    let theme = use_state_eq(Theme::default);
    let questions = use_state_eq(|| false);
    let size = use_state_eq(|| (WIDTHS[2], HEIGHTS[2]));
    let (frame, field) = (use_node_ref(), use_node_ref());
    use_effect_with((), |()| browser::set_dialog(CLASS, true));
    {
        let frame = frame.clone();
        use_effect_with(*size, move |(width, height)| browser::set_size(&frame, *width, *height));
    }
    let lesson = &props.run.lesson;
    let snippet = Snippet {
        base: browser::base(),
        hash: props.hash.clone(),
        title: words::embedded_title(&lesson.title),
        lesson: (lesson.number > 0 && props.hash.starts_with("#/lesson/")).then(|| lesson.name.clone()),
        theme: *theme,
        questions: *questions,
        width: size.0,
        height: size.1,
    };
    let text = snippet.text(*tool);
    {
        let field = field.clone();
        use_effect_with(text.clone(), move |text| {
            field.cast::<HtmlTextAreaElement>().iter().for_each(|area| area.set_value(text));
        });
    }
    let length = |name, [least, most, _]: [u32; 3], value: u32, set: Callback<u32>| {
        let moved = browser::on_value(move |text| set.emit(text.parse().unwrap_or(value)));
        let range = el("input").attr("type", "range").attr("min", least.to_string()).attr("max", most.to_string());
        let range = range.attr("value", value.to_string()).on(ListenerKind::oninput, moved);
        let said = el("output").text(format!("{value} px"));
        el("label").class("row").child(el("span").text(name)).child(range.attr("step", "10")).child(said)
    };
    let (by_width, by_height) = (size.clone(), size.clone());
    let settings = el("div")
        .class("embed-form")
        .child(list(words::TOOL, &Tool::ALL, &tool))
        .child(list(words::THEME, &THEMES, &theme))
        .child(length(words::WIDTH, WIDTHS, size.0, Callback::from(move |width| by_width.set((width, by_width.1)))))
        .child(length(
            words::HEIGHT,
            HEIGHTS,
            size.1,
            Callback::from(move |height| by_height.set((by_height.0, height))),
        ))
        .child(checkbox(words::ASK_THERE, &questions));
    let area = el("textarea").class("snippet").attr("readonly", "").attr("rows", "8").attr("spellcheck", "false");
    let area = area.attr("aria-label", words::SNIPPET).reference(&field);
    let copy =
        el("button").class("tool first").attr("type", "button").on(ListenerKind::onclick, copy(text, &props.complain));
    let copy = copy.child(el("span").class("copy-word").text(words::COPY));
    let told = el("span").class("unseen copy-told").attr("aria-live", "polite").text("");
    let close = el("button").class("tool").attr("type", "button").text(words::CLOSE);
    let close = close.on(ListenerKind::onclick, Callback::from(|_| browser::set_dialog(CLASS, false)));
    let buttons = el("div").class("ways").child(copy).child(told).child(close);
    let closed = props.closed.reform(|_: Event| ());
    let dialog = el("dialog").class(CLASS).attr("aria-label", words::EMBED).on(ListenerKind::onclose, closed);
    let words = el("div").child(el("h2").text(words::EMBED)).child(settings).child(area).child(buttons);
    let preview = el("div").class(match *theme {
        Theme::Auto => "preview",
        Theme::Light => "preview in-light",
        Theme::Dark => "preview in-dark",
    });
    let preview = preview.reference(&frame).nodes([player(props, *questions)]);
    let preview = el("div").class("preview-room").attr("tabindex", "0").attr("role", "group").child(preview);
    dialog.child(words).child(preview.attr("aria-label", words::PREVIEW)).into()
}

fn player(props: &EmbeddingProps, asks: bool) -> Html {
    let EmbeddingProps { run, at, hash_of, complain, .. } = props;
    html! {
        <Player key={u32::from(asks)} run={run.clone()} at={*at} visit=0 embed=true preview=true {asks} shared=true still=false hash_of={hash_of.clone()} complain={complain.clone()} />
    }
}

fn list<T: Copy + PartialEq + 'static>(
    name: &'static str,
    all: &'static [(T, &'static str)],
    chosen: &UseStateHandle<T>,
) -> El {
    let set = chosen.setter();
    let choose = browser::on_choice(move |n| all.get(n).into_iter().for_each(|(one, _)| set.set(*one)));
    let options =
        all.iter().map(|(one, word)| el("option").maybe("selected", (*one == **chosen).then_some("")).text(*word));
    let list = el("select").class("tool").on(ListenerKind::onchange, choose).children(options);
    el("label").class("row").child(el("span").text(name)).child(list)
}

fn checkbox(name: &'static str, state: &UseStateHandle<bool>) -> El {
    let (is, set) = (**state, state.setter());
    let turn = Callback::from(move |_: Event| set.set(!is));
    let field = el("input").attr("type", "checkbox").on(ListenerKind::onchange, turn);
    el("label").class("row").child(el("span").text(name)).child(field)
}

/// Copies the snippet and says so, or says that it cannot.
fn copy(text: String, complain: &Callback<String>) -> Callback<Event> {
    let complain = complain.clone();
    Callback::from(move |_: Event| {
        let complain = complain.clone();
        browser::copy(&text, move |worked| {
            if worked {
                browser::say_for(
                    SAID_MS,
                    &[(".copy-word", words::COPIED, words::COPY), (".copy-told", words::COPIED, "")],
                );
            } else {
                complain.emit(words::CANNOT_COPY.into());
            }
        });
    })
}
