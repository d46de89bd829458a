//! The menu of a node or a link, opened on the thing itself: what can be done to it now.
//!
//! Rule: arrow keys move, letters choose, Escape closes; the focus goes back to where the menu was opened.

use super::super::browser;
use super::super::element::{El, el};
use super::super::words;
use super::Thing;
use super::acts::{DELETE, Doing, Item, follow, items, to_follow};
use super::bench::Bench;
use crate::scene::text::duration;
use crate::sim::{Action, NodeId};
use crate::story::Cost;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// For so many nodes it is computed beforehand what following each would cost.
const COMPUTED: usize = 8;

#[derive(Properties, PartialEq)]
pub struct MenuProps {
    pub bench: Rc<Bench>,
    pub thing: Thing,
    /// Where it opens, px of the window.
    pub x: f64,
    pub y: f64,
    /// Goes to the menu of another thing, or closes this one.
    pub go: Callback<Option<Thing>>,
}

/// What the menu asks now.
#[derive(Clone, PartialEq)]
enum Sheet {
    Items,
    Follow(NodeId),
    Slow(NodeId, NodeId),
}

#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let sheet = use_state_eq(|| Sheet::Items);
    let root = use_node_ref();
    {
        let (root, place) = (root.clone(), (props.x, props.y));
        use_effect_with(((*sheet).clone(), props.thing.clone()), move |_| {
            let Some(menu) = root.cast::<Element>() else { return };
            browser::place(&menu, place);
            let first = menu.query_selector("input, [role=menuitem]").ok().flatten();
            first.iter().for_each(browser::focus);
        });
    }
    let close = props.go.reform(|_: Event| None);
    let content = match &*sheet {
        Sheet::Items => list(props, &sheet, &root),
        Sheet::Follow(node) => followed(props, *node, &root),
        Sheet::Slow(a, b) => slow(props, *a, *b, &root),
    };
    // What is pressed beside it closes it, and does nothing else.
    let away = {
        let close = close.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            close.emit(event);
        })
    };
    let layer = el("div").class("menu-layer").on(ListenerKind::onclick, close).on(ListenerKind::oncontextmenu, away);
    el("div").class("menu-room").child(layer).child(content).into()
}

/// Does what an item says; some ask for more.
pub fn perform(bench: &Rc<Bench>, doing: &Doing) {
    match doing {
        Doing::Act(action) => bench.act(action.clone()),
        Doing::Add(node) => bench.add(Some(*node)),
        Doing::Load(node) => bench.show_tab(*node, super::LOAD_TAB),
        Doing::Settings(node) => bench.show_settings(*node),
        Doing::Console(node) => {
            bench.pick(super::super::pick::Pick::Node(*node));
            browser::focus_soon(".console input");
        }
        Doing::Follow(_) | Doing::Slow(..) | Doing::Menu(_) => {}
    }
}

fn list(props: &MenuProps, sheet: &UseStateHandle<Sheet>, root: &NodeRef) -> El {
    let all = items(&props.bench, &props.thing);
    let choose = {
        let (bench, go, sheet) = (props.bench.clone(), props.go.clone(), sheet.clone());
        Callback::from(move |doing: Doing| match doing {
            Doing::Follow(node) => sheet.set(Sheet::Follow(node)),
            Doing::Slow(a, b) => sheet.set(Sheet::Slow(a, b)),
            Doing::Menu(thing) => go.emit(Some(thing)),
            doing => {
                go.emit(None);
                perform(&bench, &doing);
            }
        })
    };
    let rows = all.iter().map(|item| {
        let (choose, doing) = (choose.clone(), item.doing.clone());
        row(&item.word, Some(item.key), None, Callback::from(move |_: Event| choose.emit(doing.clone())))
    });
    let rows: Vec<El> = rows.collect();
    let nothing = rows.is_empty().then(|| el("p").class("menu-title").text(words::NOTHING_TO_DO));
    let keys = {
        let all = all.clone();
        move |key: &str| {
            if let Some(item) = with_key(&all, key) {
                choose.emit(item.doing.clone());
            }
        }
    };
    menu(props.thing.name(&props.bench), root, props, keys).children(rows).children(nothing)
}

/// The item that a key chooses.
pub fn with_key<'a>(items: &'a [Item], key: &str) -> Option<&'a Item> {
    let mut letters = key.chars();
    let key = match (letters.next(), letters.next()) {
        (Some(letter), None) => letter.to_ascii_lowercase(),
        _ if key == "Delete" => DELETE,
        _ => return None,
    };
    items.iter().find(|item| item.key == key)
}

fn row(word: &str, key: Option<char>, note: Option<(&'static str, String)>, chosen: Callback<Event>) -> El {
    let sign = key.map(|key| {
        let said = if key == DELETE { "Del".to_owned() } else { key.to_uppercase().to_string() };
        el("kbd").attr("aria-hidden", "true").text(said)
    });
    let shortcut = key.map(|key| if key == DELETE { "Delete".to_owned() } else { key.to_uppercase().to_string() });
    let note = note.map(|(class, note)| el("small").class(class).text(note));
    el("button")
        .attr("type", "button")
        .attr("role", "menuitem")
        .attr("tabindex", "-1")
        .maybe("aria-keyshortcuts", shortcut)
        .on(ListenerKind::onclick, chosen)
        .child(el("span").text(word.to_owned()))
        .children(note)
        .children(sign)
}

/// Which node is to be followed, and what it would cost.
fn followed(props: &MenuProps, node: NodeId, root: &NodeRef) -> El {
    let bench = &props.bench;
    let world = bench.world();
    let others: Vec<NodeId> = to_follow(&world, node).collect();
    let rows: Vec<El> = others
        .iter()
        .filter_map(|&master| {
            let action = follow(&world, node, master)?;
            let (bench, go) = (bench.clone(), props.go.clone());
            let note = (others.len() <= COMPUTED).then(|| cost_note(&bench.would_follow(node, master)));
            let name = bench.name(master);
            let chosen = Callback::from(move |_: Event| {
                go.emit(None);
                bench.act(action.clone());
            });
            Some(row(&name, None, note, chosen))
        })
        .collect();
    menu(words::follows_which(&bench.name(node)), root, props, |_| {}).children(rows)
}

/// A cost in short, and its class.
pub fn cost_note(cost: &Cost) -> (&'static str, String) {
    match cost {
        Cost::Partial { .. } => ("good", words::cost(cost)),
        Cost::Full { .. } | Cost::None(_) => ("bad", words::cost(cost)),
    }
}

/// A menu with its title; `keys` hears what is no key of every menu.
fn menu(title: String, root: &NodeRef, props: &MenuProps, keys: impl Fn(&str) + 'static) -> El {
    let go = props.go.clone();
    let moved = Callback::from(move |event: Event| {
        let Some(key) =
            event.dyn_ref::<KeyboardEvent>().filter(|key| !key.ctrl_key() && !key.alt_key() && !key.meta_key())
        else {
            return;
        };
        let key = key.key();
        let to = match key.as_str() {
            "Escape" | "Tab" => {
                event.prevent_default();
                return go.emit(None);
            }
            "ArrowDown" => Step::By(1),
            "ArrowUp" => Step::By(-1),
            "Home" => Step::First,
            "End" => Step::Last,
            "Enter" | " " => return,
            other => {
                // A letter chooses: it is not typed into the field that what it chose may open.
                if other.chars().count() == 1 {
                    event.prevent_default();
                }
                return keys(other);
            }
        };
        event.prevent_default();
        step(&event, to);
    });
    el("div")
        .class("menu")
        .attr("role", "menu")
        .attr("aria-label", title.clone())
        .attr("tabindex", "-1")
        .reference(root)
        .on(ListenerKind::onkeydown, moved)
        .child(el("p").class("menu-title").attr("role", "presentation").text(title))
}

#[derive(Clone, Copy)]
enum Step {
    By(isize),
    First,
    Last,
}

/// Moves the focus among the items of the menu that an event happened in.
fn step(event: &Event, to: Step) {
    let target = event.target().and_then(browser::element);
    let Some(menu) = target.as_ref().and_then(|target| target.closest("[role=menu]").ok().flatten()) else { return };
    let Ok(rows) = menu.query_selector_all("[role=menuitem]") else { return };
    let rows: Vec<Element> = (0..rows.length()).filter_map(|n| rows.item(n)?.dyn_into().ok()).collect();
    let count = rows.len() as isize;
    let now = rows.iter().position(|row| Some(row) == target.as_ref());
    let next = match (to, now) {
        (Step::First, _) | (Step::By(1), None) => 0,
        (Step::Last, _) | (Step::By(_), None) => count - 1,
        (Step::By(by), Some(now)) => (now as isize + by).rem_euclid(count.max(1)),
    };
    usize::try_from(next).ok().and_then(|next| rows.get(next)).into_iter().for_each(browser::focus);
}

/// How slow a link is to be.
fn slow(props: &MenuProps, a: NodeId, b: NodeId, root: &NodeRef) -> El {
    let bench = &props.bench;
    let setup = bench.world().links().find(|link| link.joins(a, b)).map_or(bench.usual_link(a, b), |link| link.setup);
    let title = words::slow_link(&bench.name(a), &bench.name(b), &duration(setup.latency.as_micros() as u64));
    let submit = {
        let (bench, go, root) = (bench.clone(), props.go.clone(), root.clone());
        Callback::from(move |event: Event| {
            event.prevent_default();
            let value = |name: &str| {
                let form = root.cast::<Element>()?;
                let field =
                    form.query_selector(&format!("[name={name}]")).ok()??.dyn_into::<HtmlInputElement>().ok()?;
                field.value().parse::<u64>().ok()
            };
            let latency = Duration::from_millis(value("latency").unwrap_or(500));
            let bandwidth = value("bandwidth").filter(|bytes| *bytes > 0);
            go.emit(None);
            bench.act(Action::Slow { a, b, latency, bandwidth });
        })
    };
    let escape = {
        let go = props.go.clone();
        Callback::from(move |event: Event| {
            if event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == "Escape") {
                go.emit(None);
            }
        })
    };
    let field = |name: &'static str, word: &'static str, value: &str, max: &'static str| {
        let input = el("input").attr("type", "number").attr("name", name).attr("min", "0").attr("max", max);
        el("label").child(el("span").text(word)).child(input.attr("value", value.to_owned()))
    };
    el("form")
        .class("menu")
        .attr("role", "dialog")
        .attr("aria-label", title.clone())
        .reference(root)
        .on(ListenerKind::onsubmit, submit)
        .on(ListenerKind::onkeydown, escape)
        .child(el("p").class("menu-title").text(title))
        .child(field("latency", words::LATENCY, "500", "60000"))
        .child(field("bandwidth", words::BANDWIDTH, "", "1000000000"))
        .child(el("button").class("tool first").attr("type", "submit").text(words::SLOW_DOWN))
}
