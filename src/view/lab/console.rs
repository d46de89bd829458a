//! The console: a redis-cli to one node. What is typed is a client's command at the moment that is shown.

use super::super::element::el;
use super::super::run::Run;
use super::super::words;
use super::bench::Bench;
use crate::node::TABLE;
use crate::sim::{Action, NodeId};
use crate::time::Time;
use crate::wire::{Bytes, printable, typed_words};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// So many lines are shown, the last ones.
const SHOWN: usize = 60;

#[derive(Properties, PartialEq)]
pub struct ConsoleProps {
    pub bench: Rc<Bench>,
    pub node: NodeId,
    pub at: Time,
    pub run: Rc<Run>,
}

#[component]
pub fn Console(props: &ConsoleProps) -> Html {
    let complaint = use_state_eq(String::new);
    let (field, lines) = (use_node_ref(), use_node_ref());
    let back = use_mut_ref(|| 0_usize);
    let answers = props.bench.answers(props.node, props.at);
    let prompt = {
        let world = props.run.world(props.at);
        world.host(props.node).map_or_else(String::new, |host| format!("{}:{}>", host.name, host.addr.port))
    };
    {
        let lines = lines.clone();
        use_effect_with(answers.len(), move |_| {
            if let Some(lines) = lines.cast::<Element>() {
                lines.set_scroll_top(lines.scroll_height());
            }
        });
    }
    let typed: Vec<String> = answers.iter().map(|answer| line(&answer.args)).collect();
    let send = {
        let (bench, node, at) = (props.bench.clone(), props.node, props.at);
        let (field, complaint, back) = (field.clone(), complaint.clone(), back.clone());
        Callback::from(move |event: Event| {
            event.prevent_default();
            let Some(input) = field.cast::<HtmlInputElement>() else { return };
            match typed_words(input.value().as_bytes()) {
                None => complaint.set(words::UNBALANCED.into()),
                Some(args) if args.is_empty() => {}
                Some(args) => {
                    complaint.set(String::new());
                    input.set_value("");
                    *back.borrow_mut() = 0;
                    bench.act(at, Action::Command { node, args });
                }
            }
        })
    };
    let recall = {
        let (field, typed) = (field.clone(), typed.clone());
        Callback::from(move |event: Event| {
            let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
            let mut back = back.borrow_mut();
            *back = match key.as_deref() {
                Some("ArrowUp") => (*back + 1).min(typed.len()),
                Some("ArrowDown") => back.saturating_sub(1),
                _ => return,
            };
            event.prevent_default();
            if let Some(input) = field.cast::<HtmlInputElement>() {
                let text = typed.len().checked_sub(*back).and_then(|n| typed.get(n)).map_or("", String::as_str);
                input.set_value(text);
            }
        })
    };
    let shown = answers.iter().zip(&typed).skip(answers.len().saturating_sub(SHOWN)).map(|(answer, typed)| {
        let asked = el("span").class("asked").text(format!("{prompt} ")).child(el("b").text(typed.clone()));
        el("div").child(asked).child(el("pre").text(answer.text()))
    });
    let list = el("datalist").attr("id", "commands");
    let list = list.children(TABLE.iter().map(|row| el("option").attr("value", row.name.to_ascii_uppercase())));
    let input = el("input")
        .attr("type", "text")
        .attr("aria-label", words::console_of(&prompt))
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("list", "commands")
        .attr("placeholder", words::TRY)
        .reference(&field)
        .on(ListenerKind::onkeydown, recall);
    let ask =
        el("form").class("ask").on(ListenerKind::onsubmit, send).child(el("span").text(prompt.clone())).child(input);
    let said = el("p").class("bad").attr("role", "alert").text((*complaint).clone());
    el("section")
        .class("console")
        .attr("aria-label", words::CONSOLE)
        .child(el("h3").text(words::CONSOLE))
        .child(
            el("div")
                .class("console-lines")
                .attr("role", "log")
                .attr("tabindex", "0")
                .reference(&lines)
                .children(shown),
        )
        .child(said)
        .child(ask)
        .child(list)
        .into()
}

/// A command as it would be typed.
fn line(args: &[Bytes]) -> String {
    let word = |arg: &Bytes| {
        let text = printable(arg);
        if arg.is_empty() || text.contains([' ', '"', '\'']) {
            format!("\"{}\"", text.replace('"', "\\\""))
        } else {
            text
        }
    };
    args.iter().map(word).collect::<Vec<_>>().join(" ")
}
