//! The laboratory's stage: nodes can be dragged, and everything on it has a menu.
//!
//! Rule: what can be dragged can also be chosen from a menu, by pointer, finger and key. Events are heard on the whole
//! stage and asked which thing they met; the picture itself knows nothing of it.

use super::super::browser::{self, Listening};
use super::super::element::{Anchor, El, el, group, path, text as svg_text};
use super::super::pick::Pick;
use super::super::stage::{canvas, workbench};
use super::super::words;
use super::acts::{self, Doing};
use super::beginnings::beginnings;
use super::bench::Bench;
use super::hand::{Carried, Carrying, Dropped, Hand, Over, REST_MS};
use super::menu::{perform, with_key};
use super::{Thing, carry};
use crate::scene::geometry::{Rect, px};
use crate::scene::stage::Stage;
use crate::scene::{Focus, Spread};
use crate::sim::{Action, NodeId};
use crate::time::Time;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, MouseEvent, PointerEvent};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// From so many nodes on it is asked how they share the stage.
const MANY: usize = 7;

#[derive(Properties, PartialEq)]
pub struct BoardProps {
    pub bench: Rc<Bench>,
    pub stage: Rc<Stage>,
    pub at: Time,
    pub focus: Focus,
    pub pick: Callback<Pick>,
}

/// What the handlers of the window share.
#[derive(Default)]
struct Shared {
    hand: Hand,
    rest: Option<Timeout>,
    /// The click that follows a drop means nothing.
    skips_click: bool,
    stage: Rc<RefCell<Option<Rc<Stage>>>>,
}

#[component]
pub fn Board(props: &BoardProps) -> Html {
    let carrying = use_state_eq(|| None::<Carrying>);
    let shared = use_mut_ref(Shared::default);
    let root = use_node_ref();
    shared.borrow().stage.replace(Some(props.stage.clone()));
    use_hand(props, &shared, &carrying, &root);
    let asked = carrying.map(|carrying| (carrying.what, carrying.over));
    let note = use_memo((asked, props.bench.run()), |(asked, _)| {
        asked.map_or_else(String::new, |(what, over)| carry::note(&props.bench, what, over))
    });
    let click = {
        let (bench, shared, stage) = (props.bench.clone(), shared.clone(), props.stage.clone());
        Callback::from(move |event: Event| {
            if std::mem::take(&mut shared.borrow_mut().skips_click) {
                return;
            }
            let point =
                event.dyn_ref::<MouseEvent>().map(|mouse| (f64::from(mouse.client_x()), f64::from(mouse.client_y())));
            if let Some(met) = meet(&stage, &event) {
                let place = if matches!(met.thing, Thing::Link(..)) { point.unwrap_or(met.beside) } else { met.beside };
                bench.open_menu(met.thing, place, met.back);
            }
        })
    };
    let context = {
        let (bench, shared, stage) = (props.bench.clone(), shared.clone(), props.stage.clone());
        Callback::from(move |event: Event| {
            let Some(met) = meet(&stage, &event) else { return };
            event.prevent_default();
            // A finger that rests carries; it gets the menu when it lets go.
            if shared.borrow().hand.carrying().is_some() || shared.borrow().rest.is_some() {
                return;
            }
            let mouse = event.dyn_ref::<MouseEvent>().filter(|mouse| mouse.button() == 2);
            let place = mouse.map(|mouse| (f64::from(mouse.client_x()), f64::from(mouse.client_y())));
            bench.open_menu(met.thing, place.unwrap_or(met.beside), met.back);
        })
    };
    let touch = {
        let shared = shared.clone();
        Callback::from(move |event: Event| {
            if shared.borrow().hand.carrying().is_some() {
                event.prevent_default();
            }
        })
    };
    let picture = el("div")
        .class("board-picture")
        .on(ListenerKind::onclick, click)
        .on(ListenerKind::oncontextmenu, context)
        .on(ListenerKind::onkeydown, keys(props))
        .on(ListenerKind::ontouchmove, touch)
        .child(match props.stage.cards.is_empty() {
            true => el("div").class("board-empty").child(beginnings(&props.bench)),
            false => workbench(&props.stage, props.at, &props.pick),
        });
    let carried = carrying.filter(|carrying| carrying.at != (0.0, 0.0));
    let bin = carrying.filter(|carrying| matches!(carrying.what, Carried::Node(_))).map(|carrying| {
        let class = if carrying.over == Over::Bin { "bin over" } else { "bin" };
        el("div").class(class).attr("data-bin", "").text(words::REMOVE)
    });
    el("div")
        .class(if carrying.is_some() { "board carrying" } else { "board" })
        .reference(&root)
        .child(el("div").class("spreads-room").children(spreads(props)))
        .child(picture)
        // In an element of its own, so that the stage stays as it is.
        .child(el("div").class("carried").children(carried.map(|carrying| overlay(props, carrying))).children(bin))
        .child(el("p").class("carry-note").attr("role", "status").text((*note).clone()))
        .into()
}

/// A thing that an event met, where its menu stands, and what finds it again.
struct Met {
    thing: Thing,
    beside: (f64, f64),
    back: String,
}

fn meet(stage: &Stage, event: &Event) -> Option<Met> {
    let target = event.target().and_then(browser::element)?;
    let found = target.closest("[data-node], [data-between]").ok().flatten()?;
    let (x, y, width, _) = browser::box_of(&found);
    if let Some(name) = found.get_attribute("data-node") {
        let card = stage.cards.iter().find(|card| card.name == name)?;
        let back = format!(".board [data-node=\"{name}\"]");
        return Some(Met { thing: Thing::Node(card.node), beside: (x + width + 8.0, y), back });
    }
    let data = found.get_attribute("data-between")?;
    let link = stage.links.iter().find(|link| link.data == data && !link.is_of_many())?;
    let back = format!(".board [data-between=\"{data}\"]");
    // In the middle of what is drawn.
    let (x, y, width, height) = browser::box_of(&found);
    Some(Met { thing: Thing::Link(link.a, link.b), beside: (x + width / 2.0, y + height / 2.0 + 14.0), back })
}

/// Enter and the menu key open the menu; its letters work without it.
fn keys(props: &BoardProps) -> Callback<Event> {
    let (bench, stage) = (props.bench.clone(), props.stage.clone());
    Callback::from(move |event: Event| {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        if key.ctrl_key() || key.alt_key() || key.meta_key() {
            return;
        }
        let Some(met) = meet(&stage, &event) else { return };
        let (key, shift) = (key.key(), key.shift_key());
        if key == "Enter" || key == "ContextMenu" || (key == "F10" && shift) {
            event.prevent_default();
            return bench.open_menu(met.thing, met.beside, met.back);
        }
        let all = acts::items(&bench, &met.thing);
        let Some(item) = with_key(&all, &key) else { return };
        event.prevent_default();
        match &item.doing {
            Doing::Follow(_) | Doing::Slow(..) => bench.open_menu(met.thing, met.beside, met.back),
            doing => {
                perform(&bench, doing);
                // What is drawn anew has the same focus.
                browser::focus_back(if matches!(doing, Doing::Act(_) | Doing::Add(_)) { &met.back } else { "" });
            }
        }
    })
}

/// Listens to the pointer on the whole window, so that a carried card may leave the stage.
#[hook]
fn use_hand(
    props: &BoardProps,
    shared: &Rc<RefCell<Shared>>,
    carrying: &UseStateHandle<Option<Carrying>>,
    root: &NodeRef,
) {
    let (bench, shared, shown, root) = (props.bench.clone(), shared.clone(), carrying.setter(), root.clone());
    use_effect_with((), move |()| {
        const NAMES: &[&str] = &["pointerdown", "pointermove", "pointerup", "pointercancel", "keydown"];
        let heard = Listening::to_window(NAMES, move |event| match event.type_().as_str() {
            "keydown" => {
                let is_escape = event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == "Escape");
                if is_escape && shared.borrow_mut().hand.put_back() {
                    shown.set(None);
                    bench.say(words::PUT_BACK.into());
                }
            }
            name => {
                if let Some(pointer) = event.dyn_ref::<PointerEvent>() {
                    pointed(name, pointer, &bench, &shared, &shown, &root);
                }
            }
        });
        move || drop(heard)
    });
}

fn pointed(
    name: &str,
    event: &PointerEvent,
    bench: &Rc<Bench>,
    shared: &Rc<RefCell<Shared>>,
    shown: &UseStateSetter<Option<Carrying>>,
    root: &NodeRef,
) {
    let point = (f64::from(event.client_x()), f64::from(event.client_y()));
    let Some(board) = root.cast::<Element>() else { return };
    let (left, top, ..) = browser::box_of(&board);
    let inside = (point.0 - left, point.1 - top);
    let stage = shared.borrow().stage.borrow().clone();
    let node_of = |element: &Element| {
        let name = element.get_attribute("data-node")?;
        stage.as_ref()?.cards.iter().find(|card| card.name == name).map(|card| card.node)
    };
    let closest = |element: &Element, what: &str| element.closest(what).ok().flatten();
    match name {
        "pointerdown" if event.button() == 0 => {
            let Some(target) = event.target().and_then(browser::element) else { return };
            let what = match closest(&target, ".board [data-node]").as_ref().and_then(node_of) {
                Some(node) => Carried::Node(node),
                None if closest(&target, "[data-new-node]").is_some() => Carried::New,
                None => return,
            };
            let is_finger = event.pointer_type() == "touch";
            let mut all = shared.borrow_mut();
            all.skips_click = false;
            all.hand.press(what, inside, is_finger);
            all.rest = is_finger.then(|| {
                let (shared, shown) = (shared.clone(), shown.clone());
                Timeout::new(REST_MS, move || {
                    shared.borrow_mut().hand.rest();
                    shown.set(shared.borrow().hand.carrying());
                })
            });
        }
        "pointermove" => {
            let over = || {
                let Some(element) = browser::element_at(point) else { return Over::Nothing };
                if let Some(node) = closest(&element, ".board [data-node]").as_ref().and_then(node_of) {
                    return Over::Node(node);
                }
                match () {
                    () if closest(&element, "[data-bin]").is_some() => Over::Bin,
                    () if closest(&element, ".board").is_some() => Over::Stage,
                    () => Over::Nothing,
                }
            };
            let carries = shared.borrow_mut().hand.go(inside, over);
            let carrying = shared.borrow().hand.carrying();
            if carries {
                shown.set(carrying);
            } else if carrying.is_none() {
                // It scrolls, or has not moved yet.
                let moved = event.pointer_type() == "touch" && event.movement_x().abs() + event.movement_y().abs() > 4;
                shared.borrow_mut().rest.take_if(|_| moved);
            }
        }
        "pointerup" => {
            let dropped = {
                let mut all = shared.borrow_mut();
                all.rest = None;
                let dropped = all.hand.release();
                all.skips_click = dropped.is_some();
                dropped
            };
            shown.set(None);
            dropped.into_iter().for_each(|dropped| drop_it(bench, dropped, point));
        }
        "pointercancel" => {
            shared.borrow_mut().rest = None;
            shared.borrow_mut().hand.put_back();
            shown.set(None);
        }
        _ => {}
    }
}

fn drop_it(bench: &Rc<Bench>, dropped: Dropped, point: (f64, f64)) {
    match dropped {
        Dropped::Follow { node, master } => {
            let action = acts::follow(&bench.world(), node, master);
            action.into_iter().for_each(|action| bench.act(action));
        }
        Dropped::Join { master } => bench.add(master),
        Dropped::Remove(node) => bench.act(Action::Remove { node }),
        Dropped::Menu(node) => {
            let back = format!(".board [data-node=\"{}\"]", bench.name(node));
            bench.open_menu(Thing::Node(node), point, back);
        }
        Dropped::Nothing => bench.say(words::PUT_BACK.into()),
    }
}

/// What is carried: a line from where it stands, its name under the hand, and a frame around where it would go.
fn overlay(props: &BoardProps, carrying: Carrying) -> El {
    let (x, y) = carrying.at;
    let card = |node: NodeId| props.stage.cards.iter().find(|card| card.node == node);
    let (name, from) = match carrying.what {
        Carried::Node(node) => (props.bench.name(node), card(node).map(|card| card.rect.centre())),
        Carried::New => (words::NEW_NODE.to_owned(), None),
    };
    let over = match carrying.over {
        Over::Node(node) if carrying.what != Carried::Node(node) => card(node).map(|card| card.rect),
        _ => None,
    };
    let frame = over.map(|Rect { x, y, width, height }| {
        el("rect").class("carry-target").rect(x - 4.0, y - 4.0, width + 8.0, height + 8.0, 14.0)
    });
    let line = from.map(|from| path("carry-line", format!("M{} {} L{} {}", px(from.x), px(from.y), px(x), px(y))));
    let ghost = group("carry-ghost").child(el("rect").rect(x - 56.0, y - 17.0, 112.0, 34.0, 8.0)).child(svg_text(
        "name",
        Anchor::Middle,
        x,
        y + 4.5,
        name,
    ));
    canvas("carry", props.stage.size).attr("aria-hidden", "true").children(line).children(frame).child(ghost)
}

/// How many nodes share the stage.
fn spreads(props: &BoardProps) -> Option<El> {
    let members = |card: &crate::scene::card::Card| card.members.len().max(1);
    let count: usize = props.stage.cards.iter().map(members).sum();
    let chosen = props.focus.node.map(|node| props.bench.name(node));
    let all = [
        (Spread::Together, words::TOGETHER.to_owned()),
        (Spread::All, words::EACH_ITS_CARD.to_owned()),
        (Spread::Around, words::around(chosen.as_deref())),
    ];
    let button = |(spread, word): (Spread, String)| {
        let pick = props.pick.clone();
        let choose = Callback::from(move |_: Event| pick.emit(Pick::Spread(spread)));
        let is_it = props.focus.spread == spread && (spread != Spread::Together || props.focus.open.is_none());
        el("button")
            .class("tool small")
            .attr("type", "button")
            .attr("aria-pressed", if is_it { "true" } else { "false" })
            .on(ListenerKind::onclick, choose)
            .text(word)
    };
    (count >= MANY).then(|| {
        // What is higher than its room scrolls, and begins below.
        let class = if props.focus.spread == Spread::All { "spreads flows" } else { "spreads" };
        let row = el("div").class(class).attr("role", "group").attr("aria-label", words::SPREADS);
        row.child(el("span").text(words::nodes(count))).children(all.map(button))
    })
}
