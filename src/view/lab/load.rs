//! The load of a node: what its clients send, how often, and how it is mixed.

use super::super::element::el;
use super::super::run::Run;
use super::super::words;
use super::bench::Bench;
use crate::sim::NodeId;
use crate::story::{Load, LoadCommand};
use crate::time::Time;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// A load that nobody stops goes on for so long.
const LONG: Duration = Duration::from_secs(3_600);
const RATE_MAX: u32 = 1_000;

#[derive(Properties, PartialEq)]
pub struct LoadTabProps {
    pub bench: Rc<Bench>,
    pub node: Option<NodeId>,
    pub at: Time,
    pub run: Rc<Run>,
}

#[component]
pub fn LoadTab(props: &LoadTabProps) -> Html {
    let root = use_node_ref();
    let Some(node) = props.node else { return el("p").class("nothing").text(words::NO_NODE).into() };
    let (bench, name) = (&props.bench, props.bench.name(node));
    let running = bench.loads(node);
    let shown = running.last().cloned().unwrap_or_else(|| Load::new(node, 20));
    let start = {
        let (bench, root) = (bench.clone(), root.clone());
        Callback::from(move |event: Event| {
            event.prevent_default();
            bench.load(read(&root, node));
        })
    };
    let stop = {
        let bench = bench.clone();
        Callback::from(move |_: Event| bench.load(Load::new(node, 0)))
    };
    let said = running.iter().map(|load| el("li").text(words::load_runs(load, props.run.start)));
    let said = match running.is_empty() {
        true => el("p").class("how").text(words::no_load(&name)),
        false => el("ul").class("loads").attr("aria-label", words::RUNNING).children(said),
    };
    let number = |name: &'static str, word: &'static str, value: u64, max: u64| {
        let input = el("input").attr("type", "number").attr("name", name).attr("required", "").attr("min", "1");
        el("label")
            .child(el("span").text(word))
            .child(input.attr("max", max.to_string()).attr("value", value.to_string()))
    };
    let weight = |command: LoadCommand| {
        let found = shown.mix.iter().find(|(other, _)| *other == command).map(|(_, weight)| *weight);
        let weight = found.unwrap_or(u32::from(shown.mix.is_empty() && command == LoadCommand::Set));
        let input =
            el("input").attr("type", "number").attr("name", command.name()).attr("min", "0").attr("max", "1000");
        el("label").child(el("span").text(command.name())).child(input.attr("value", weight.to_string()))
    };
    let mix = el("fieldset").class("mix").child(el("legend").text(words::MIX)).children(LoadCommand::ALL.map(weight));
    let buttons = el("p")
        .class("ways")
        .child(el("button").class("tool first").attr("type", "submit").text(if running.is_empty() {
            words::START
        } else {
            words::CHANGE
        }))
        .child(el("span").children((!running.is_empty()).then(|| {
            el("button").class("tool").attr("type", "button").on(ListenerKind::onclick, stop).text(words::STOP)
        })));
    el("form")
        .class("load-tab")
        .key(format!("{} {}", node.0, words::load_key(&shown)))
        .attr("aria-label", words::load_of(&name))
        .reference(&root)
        .on(ListenerKind::onsubmit, start)
        .child(said)
        .child(number("rate", words::RATE, u64::from(shown.rate.max(1)), u64::from(RATE_MAX)))
        .child(number("keys", words::KEY_COUNT, u64::from(shown.keys), 100_000))
        .child(number("size", words::VALUE_SIZE, shown.value_bytes, Load::VALUE_MAX))
        .child(mix)
        .child(buttons)
        .into()
}

/// What stands in the form.
fn read(root: &NodeRef, node: NodeId) -> Load {
    let value = |name: &str| {
        let field = root.cast::<Element>()?.query_selector(&format!("[name={name}]")).ok()??;
        field.dyn_into::<HtmlInputElement>().ok()?.value().parse::<u64>().ok()
    };
    let small =
        |name: &str, usual: u32, max: u32| value(name).and_then(|n| u32::try_from(n).ok()).unwrap_or(usual).min(max);
    let mix = LoadCommand::ALL.map(|command| (command, small(command.name(), 0, 1_000)));
    let mut mix: Vec<(LoadCommand, u32)> = mix.into_iter().filter(|(_, weight)| *weight > 0).collect();
    if matches!(mix.as_slice(), [] | [(LoadCommand::Set, _)]) {
        mix.clear();
    }
    let usual = Load::new(node, small("rate", 20, RATE_MAX).max(1));
    let value_bytes = value("size").unwrap_or(usual.value_bytes).min(Load::VALUE_MAX);
    Load { keys: small("keys", usual.keys, 100_000).max(1), value_bytes, mix, to: LONG, ..usual }
}
