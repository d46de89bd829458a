//! The laboratory's text beside its picture: to read, to change, to save and to open.

use super::super::browser;
use super::super::element::el;
use super::super::run::Run;
use super::super::words;
use super::bench::Bench;
use crate::story::{Carried, Lesson, LessonError, Page};
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
    let fault = use_state_eq(|| None::<LessonError>);
    let field = use_node_ref();
    let text = props.bench.text();
    {
        let field = field.clone();
        use_effect_with(text.clone(), move |text| {
            if let Some(area) = field.cast::<HtmlTextAreaElement>() {
                area.set_value(text);
            }
        });
    }
    let value = {
        let field = field.clone();
        move || field.cast::<HtmlTextAreaElement>().map(|area| area.value()).unwrap_or_default()
    };
    let check = {
        let (fault, value) = (fault.clone(), value.clone());
        Callback::from(move |_: Event| fault.set(Lesson::parse("laboratory.txt", &value()).err()))
    };
    let open = {
        let (fault, field) = (fault.clone(), field.clone());
        Callback::from(move |_: Event| {
            let text = value();
            match Lesson::parse("laboratory.txt", &text) {
                // The address carries it, and what the address says is opened.
                Ok(lesson) => {
                    fault.set(None);
                    let carried = Carried { file: "laboratory.txt".into(), text, lesson };
                    browser::set_hash(&Page::Carried { lesson: Box::new(carried), at: None }.hash());
                }
                Err(error) => {
                    field.cast::<Element>().iter().for_each(browser::focus);
                    fault.set(Some(error));
                }
            }
        })
    };
    // Always there: what is inserted between others would have the text made anew.
    let said = el("p").class("bad").attr("role", "alert");
    let said = said.text(fault.as_ref().map_or_else(String::new, |error| error.to_string()));
    let area = el("textarea")
        .attr("aria-label", words::TEXT)
        .attr("spellcheck", "false")
        .attr("rows", "18")
        .reference(&field)
        .maybe("aria-invalid", fault.as_ref().map(|_| "true"))
        .on(ListenerKind::oninput, check);
    el("div")
        .class("editor")
        .child(el("p").class("how").text(words::TEXT_IS_ALL))
        .child(area)
        .child(said)
        .child(
            el("button")
                .class("tool first")
                .attr("type", "button")
                .on(ListenerKind::onclick, open)
                .text(words::OPEN_TEXT),
        )
        .into()
}
