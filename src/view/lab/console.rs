//! The console: a redis-cli to one node. What is typed is a client's command at the moment that is shown.
//!
//! Rule: only commands reach the node and the text of the laboratory. Help, and what redis-cli says by itself, is printed
//! here and kept nowhere else.

use super::super::browser;
use super::super::element::{El, el};
use super::super::pick::Pick;
use super::super::run::Run;
use super::super::words;
use super::bench::Bench;
use super::log::Line;
use crate::node::manual;
use crate::sim::{Action, NodeId};
use crate::time::Time;
use crate::wire::typed_words;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// So many lines are shown, the last ones; so many completions; so many nodes as buttons.
const SHOWN: usize = 60;
const COMPLETIONS: usize = 6;
const BUTTONS: usize = 7;

#[derive(Properties, PartialEq)]
pub struct ConsoleProps {
    pub bench: Rc<Bench>,
    /// `None`: there is no node.
    pub node: Option<NodeId>,
    pub at: Time,
    pub run: Rc<Run>,
}

/// What stands in the field.
#[derive(Clone, Default, PartialEq)]
struct Typing {
    text: String,
    /// The line begun when Tab was pressed first, and how often it was.
    completing: Option<(String, usize)>,
    /// How many lines back in the history.
    back: usize,
    /// Escape was pressed: no completions before something is typed.
    is_quiet: bool,
}

impl Typing {
    fn of(text: String) -> Typing {
        Typing { text, ..Typing::default() }
    }

    /// The completions of what was begun.
    fn offers(&self) -> Vec<String> {
        let begun = self.completing.as_ref().map_or(&self.text, |(begun, _)| begun);
        if self.is_quiet { vec![] } else { manual::completions(begun) }
    }

    /// The next or the one before; none if there is nothing to complete.
    fn completed(&self, is_back: bool) -> Option<Typing> {
        let (begun, count) = self.completing.clone().unwrap_or_else(|| (self.text.clone(), 0));
        let offers = self.offers();
        let count = match (self.completing.is_some(), is_back) {
            (false, _) => 0,
            (true, false) => count + 1,
            (true, true) => count + offers.len().max(1) - 1,
        } % offers.len().max(1);
        let text = offers.get(count)?.clone();
        Some(Typing { text, completing: Some((begun, count)), ..Typing::default() })
    }
}

#[component]
pub fn Console(props: &ConsoleProps) -> Html {
    let typing = use_state_eq(Typing::default);
    let lines = use_node_ref();
    let all = props.node.map_or(vec![], |node| props.bench.lines(node, props.at));
    {
        let lines = lines.clone();
        use_effect_with((all.len(), props.node), move |_| {
            if let Some(lines) = lines.cast::<Element>() {
                lines.set_scroll_top(lines.scroll_height());
            }
        });
    }
    let world = props.run.world(props.at);
    let host = props.node.and_then(|node| world.host(node));
    let prompt = host.map_or_else(String::new, |host| format!("{}:{}>", host.name, host.addr.port));
    let is_down = host.is_none_or(|host| host.node.is_none());
    let address = host.map_or_else(String::new, |host| host.addr.to_string());
    let shown = all.iter().skip(all.len().saturating_sub(SHOWN)).map(|line| {
        let asked = el("span").class("asked").text(format!("{prompt} ")).child(el("b").text(line.typed.clone()));
        let printed = match &line.printed {
            Some(printed) => el("pre").text(printed.clone()),
            None if is_down => el("pre").class("bad").text(words::could_not_connect(&address)),
            None => el("pre").class("waits").text(words::NO_REPLY_YET),
        };
        el("div").child(asked).child(printed)
    });
    let log =
        el("div").class("console-lines").attr("role", "log").attr("aria-label", words::REPLIES).attr("tabindex", "0");
    el("section")
        .class("console")
        .attr("aria-label", words::CONSOLE)
        .child(nodes(props))
        .child(log.reference(&lines).children(shown))
        .children(props.node.map(|node| prompt_line(props, node, &prompt, &typing, &all)))
        .children(props.node.is_none().then(|| el("p").class("nothing").text(words::NO_NODE)))
        .into()
}

/// Whose console it is, and the way to another's.
fn nodes(props: &ConsoleProps) -> El {
    let world = props.run.world(props.at);
    let ids: Vec<NodeId> = world.node_ids().collect();
    let heading = el("div").class("console-heading").child(el("h3").text(words::CONSOLE));
    if ids.len() > BUTTONS {
        let (bench, all) = (props.bench.clone(), ids.clone());
        let choose = browser::on_choice(move |n| all.get(n).into_iter().for_each(|node| bench.pick(Pick::Node(*node))));
        let options = ids.iter().map(|id| {
            el("option").maybe("selected", (Some(*id) == props.node).then_some("")).text(props.bench.name(*id))
        });
        let list = el("select").class("tool small").attr("aria-label", words::CONSOLE_OF).children(options);
        return heading.child(list.on(ListenerKind::onchange, choose));
    }
    let button = |id: NodeId| {
        let bench = props.bench.clone();
        let choose = Callback::from(move |_: Event| bench.pick(Pick::Node(id)));
        el("button")
            .attr("type", "button")
            .attr("aria-pressed", if Some(id) == props.node { "true" } else { "false" })
            .on(ListenerKind::onclick, choose)
            .text(props.bench.name(id))
    };
    let group = el("div").attr("role", "group").attr("aria-label", words::CONSOLE_OF);
    heading.child(group.children(ids.into_iter().map(button)))
}

fn prompt_line(props: &ConsoleProps, node: NodeId, prompt: &str, typing: &UseStateHandle<Typing>, all: &[Line]) -> El {
    let offers: Vec<String> = typing.offers();
    let begun = typing.completing.as_ref().map(|(_, n)| *n);
    // A line that is complete already needs no list.
    let is_open =
        !offers.is_empty() && (begun.is_some() || !offers.iter().any(|offer| offer.eq_ignore_ascii_case(&typing.text)));
    let first = begun.map_or(0, |n| n.saturating_sub(COMPLETIONS - 1));
    let listed: Vec<(usize, &String)> =
        offers.iter().enumerate().skip(first).take(COMPLETIONS).filter(|_| is_open).collect();
    let option = |(n, offer): (usize, &String)| {
        let (typing, text) = (typing.clone(), offer.clone());
        let choose = Callback::from(move |event: Event| {
            event.prevent_default();
            typing.set(Typing { is_quiet: true, ..Typing::of(format!("{text} ")) });
            browser::focus_soon(".console input");
        });
        el("li")
            .attr("role", "option")
            .attr("id", format!("offer-{n}"))
            .attr("aria-selected", if Some(n) == begun { "true" } else { "false" })
            .on(ListenerKind::onpointerdown, choose)
            .text(offer.clone())
    };
    let list =
        el("ul").class("offers").attr("role", "listbox").attr("id", "offers").attr("aria-label", words::COMMANDS);
    let list = list.maybe("hidden", (!is_open).then_some("")).children(listed.into_iter().map(option));
    let hint = manual::hint(&typing.text).unwrap_or_default();
    let changed = {
        let typing = typing.clone();
        browser::on_value(move |text| typing.set(Typing::of(text)))
    };
    let input = el("input")
        .attr("type", "text")
        .attr("role", "combobox")
        .attr("aria-label", words::console_of(prompt))
        .attr("aria-autocomplete", "list")
        .attr("aria-expanded", if is_open { "true" } else { "false" })
        .attr("aria-controls", "offers")
        .maybe("aria-activedescendant", begun.map(|n| format!("offer-{n}")))
        .attr("aria-describedby", "console-hint")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("placeholder", words::TRY)
        .value(typing.text.clone())
        .on(ListenerKind::oninput, changed)
        .on(ListenerKind::onkeydown, keys(typing, all));
    let ghost = el("span").class("ghost").attr("aria-hidden", "true");
    let ghost = ghost.child(el("span").class("typed").text(typing.text.clone())).child(el("span").text(hint.clone()));
    let spoken = el("span").class("unseen").attr("id", "console-hint").text(hint);
    let field = el("div").class("ask-field").child(ghost).child(input).child(spoken).child(list);
    el("form")
        .class("ask")
        .on(ListenerKind::onsubmit, send(props, node, typing))
        .child(el("span").class("prompt").text(prompt.to_owned()))
        .child(field)
}

/// History by the arrow keys, completion by Tab. Escape gives Tab back to the page.
fn keys(typing: &UseStateHandle<Typing>, all: &[Line]) -> Callback<Event> {
    let (typing, typed): (_, Vec<String>) = (typing.clone(), all.iter().map(|line| line.typed.clone()).collect());
    Callback::from(move |event: Event| {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        let recall = |back: usize| {
            let text = typed.len().checked_sub(back).and_then(|n| typed.get(n)).cloned().unwrap_or_default();
            Typing { back, is_quiet: true, ..Typing::of(text) }
        };
        let next = match key.key().as_str() {
            "ArrowUp" => Some(recall((typing.back + 1).min(typed.len()))),
            "ArrowDown" => Some(recall(typing.back.saturating_sub(1))),
            "Tab" => typing.completed(key.shift_key()),
            "Escape" if !typing.is_quiet => Some(Typing { is_quiet: true, completing: None, ..(*typing).clone() }),
            _ => None,
        };
        if let Some(next) = next {
            event.prevent_default();
            typing.set(next);
        }
    })
}

fn send(props: &ConsoleProps, node: NodeId, typing: &UseStateHandle<Typing>) -> Callback<Event> {
    let (bench, at, typing) = (props.bench.clone(), props.at, typing.clone());
    Callback::from(move |event: Event| {
        event.prevent_default();
        let line = typing.text.trim().to_owned();
        let print = |text: String| {
            let behind = bench.lines(node, at).len();
            bench.prints.borrow_mut().push((node, behind, Line { typed: line.clone(), printed: Some(text) }));
            bench.redraw();
        };
        match typed_words(line.as_bytes()) {
            Some(args) if args.is_empty() => return,
            None => print(words::UNBALANCED.into()),
            Some(args) => match manual::help(&line) {
                Some(help) => print(help),
                None => bench.act(Action::Command { node, args }),
            },
        }
        typing.set(Typing::default());
    })
}
