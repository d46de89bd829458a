//! The laboratory's text beside its picture: to read, to change, to save and to open.
//!
//! Rule: a mistake is marked on its line while it is typed, and what is on screen stays until the text can be read.

use super::super::browser;
use super::super::element::{El, el};
use super::super::opening;
use super::super::run::Run;
use super::super::words;
use super::bench::{Bench, FILE};
use crate::story::{At, Carried, Lesson, LessonError, Page};
use std::rc::Rc;
use web_sys::{Element, HtmlTextAreaElement};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

#[derive(Properties, PartialEq)]
pub struct EditorProps {
    pub bench: Rc<Bench>,
    pub run: Rc<Run>,
}

#[component]
pub fn Editor(props: &EditorProps) -> Html {
    let field = use_node_ref();
    let whole = props.bench.text();
    // What was typed, as long as the laboratory is what it was then.
    let typed = use_state_eq(|| None::<(String, String)>);
    let text = typed.as_ref().filter(|(of, _)| *of == whole).map_or(whole.clone(), |(_, text)| text.clone());
    let fault = Lesson::parse(FILE, &text).err();
    let wrong = fault.as_ref().map(line_of);
    let is_changed = text != whole;
    let change = {
        let (typed, whole) = (typed.setter(), whole.clone());
        browser::on_text(move |text| typed.set(Some((whole.clone(), text))))
    };
    let open = {
        let (bench, text, field) = (props.bench.clone(), text.clone(), field.clone());
        Callback::from(move |_: Event| match Lesson::parse(FILE, &text) {
            Ok(lesson) => show(&bench, text.clone(), lesson),
            Err(error) => select_line(&field, &text, line_of(&error)),
        })
    };
    let save = {
        let text = text.clone();
        Callback::from(move |_: Event| browser::save(FILE, &text))
    };
    let count = text.split('\n').count();
    let is_wrong = |n: usize| wrong == Some(n);
    let numbers = (1..=count).map(|n| {
        let number = el("span").class(if is_wrong(n) { "wrong" } else { "line" });
        number.text(if is_wrong(n) { format!("✕ {n}") } else { n.to_string() })
    });
    let area = el("textarea")
        .attr("aria-label", words::TEXT)
        .attr("aria-describedby", "text-fault")
        .attr("spellcheck", "false")
        .attr("wrap", "off")
        .attr("rows", count.to_string())
        .reference(&field)
        .value(text.clone())
        .maybe("aria-invalid", fault.as_ref().map(|_| "true"))
        .on(ListenerKind::oninput, change);
    // Behind the text, so that the line is marked where it stands.
    let marks = (1..=count).map(|n| el("span").class(if is_wrong(n) { "wrong" } else { "line" }));
    let paper = el("div").class("paper").child(el("div").class("marks").attr("aria-hidden", "true").children(marks));
    let sheet =
        el("div").class("sheet").child(el("div").class("numbers").attr("aria-hidden", "true").children(numbers));
    el("div")
        .class("editor")
        .child(el("p").class("how").text(words::TEXT_IS_ALL))
        .child(sheet.child(paper.child(area)))
        .child(fault_line(fault.as_ref(), &text, &field))
        .child(buttons(open, save, is_changed))
        .into()
}

/// The mistake with its place, and the way there.
fn fault_line(fault: Option<&LessonError>, text: &str, field: &NodeRef) -> El {
    let way = fault.map(|error| {
        let (field, text, line) = (field.clone(), text.to_owned(), line_of(error));
        let go = Callback::from(move |_: Event| select_line(&field, &text, line));
        let button = el("button").class("quiet").attr("type", "button").on(ListenerKind::onclick, go);
        button.text(words::go_to_line(line))
    });
    // Always there: what is inserted between others would have the text made anew.
    let said = el("span").attr("role", "alert").attr("id", "text-fault");
    let said = said.text(fault.map_or_else(String::new, |error| error.to_string()));
    el("p").class("bad").child(said).child(el("span").children(way))
}

fn buttons(open: Callback<Event>, save: Callback<Event>, is_changed: bool) -> El {
    let button = |class: &'static str, word: &'static str, pressed: Callback<Event>| {
        el("button").class(class).attr("type", "button").on(ListenerKind::onclick, pressed).text(word)
    };
    let file = Callback::from(|_: Event| opening::ask());
    let class = if is_changed { "tool first" } else { "tool" };
    el("p")
        .class("ways")
        .child(button(class, words::OPEN_TEXT, open))
        .child(button("tool", words::SAVE, save))
        .child(button("tool", words::FROM_FILE, file))
}

/// The address carries it, and what the address says is opened; the moment stays.
fn show(bench: &Bench, text: String, lesson: Lesson) {
    let at = Some(At::of(bench.at(), bench.run().start));
    let carried = Carried { file: FILE.into(), text, lesson };
    browser::set_hash(&Page::Carried { lesson: Box::new(carried), at }.hash());
}

/// From 1.
fn line_of(error: &LessonError) -> usize {
    error.line as usize
}

/// Puts the caret on a line, from 1.
fn select_line(field: &NodeRef, text: &str, line: usize) {
    let Some(area) = field.cast::<HtmlTextAreaElement>() else { return };
    // The browser counts in UTF-16.
    let units = |text: &str| text.encode_utf16().count() as u32;
    let start: u32 = text.split('\n').take(line.saturating_sub(1)).map(|line| units(line) + 1).sum();
    let length = text.split('\n').nth(line.saturating_sub(1)).map_or(0, units);
    field.cast::<Element>().iter().for_each(browser::focus);
    // Fails only where a field has no selection.
    let _ = area.set_selection_range(start, start + length);
}
