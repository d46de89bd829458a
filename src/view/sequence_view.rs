//! The sequence diagram in its frame: it scrolls, zooms, keeps the moment in sight, and turns into a table.
//!
//! Rule: only what is in sight, and a little around it, is laid out and drawn; so a run of many thousand messages
//! scrolls as one of ten.

use super::browser;
use super::element::{El, el};
use super::pick::Pick;
use super::run::Run;
use super::sequence::{HEADS, diagram, heads, table};
use super::sizes::use_size;
use super::words;
use crate::scene::Focus;
use crate::scene::geometry::Size;
use crate::scene::sequence::View;
use crate::time::Time;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

#[derive(Properties, PartialEq)]
pub struct SequenceProps {
    pub run: Rc<Run>,
    pub at: Time,
    pub focus: Focus,
    pub pick: Callback<Pick>,
    /// The frame's size until the browser has told.
    pub first: Size,
}

/// How much room a row has.
const ZOOMS: [f64; 5] = [0.4, 0.7, 1.0, 1.5, 2.2];
const USUAL: usize = 2;
/// Drawn beyond the edges, so that a quick hand sees no bare lines; and how far it is scrolled before it is drawn anew.
const MARGIN: f64 = 500.0;
const STRIDE: f64 = 150.0;
/// Messages in the table, before the moment and behind it.
const ROWS: (usize, usize) = (60, 30);

#[component]
pub fn SequenceView(props: &SequenceProps) -> Html {
    let zoom = use_state_eq(|| USUAL);
    let as_table = use_state_eq(|| false);
    let plan = use_memo((props.run.clone(), *zoom), |(run, zoom)| run.plan(ZOOMS[*zoom]));
    let (frame, size) = use_size(props.first);
    let now = plan.y(props.at);
    let top = {
        let height = props.first.height;
        use_state_eq(move || (now - height * 0.6).max(0.0))
    };
    use_in_sight(&frame, (now, size.height, *zoom, *as_table));
    let scrolled = {
        let (top, frame) = (top.setter(), frame.clone());
        Callback::from(move |_: Event| {
            let at = frame.cast::<Element>().map_or(0.0, |frame| f64::from(frame.scroll_top()));
            top.set((at / STRIDE).floor() * STRIDE);
        })
    };
    let content = if *as_table {
        vec![table(&props.run.sequence_table(props.at, props.focus.message, ROWS), &props.pick)]
    } else {
        let view = View {
            at: props.at,
            start: props.run.start,
            node: props.focus.node,
            message: props.focus.message,
            top: *top - MARGIN,
            bottom: *top + size.height.max(props.first.height) + MARGIN,
        };
        let sequence = props.run.sequence(&plan, &view, size.width);
        let go = go_there(&props.pick, {
            let plan = plan.clone();
            move |_, y| plan.moment(y)
        });
        let diagram = diagram(&sequence, &props.pick).on(ListenerKind::onclick, go);
        vec![heads(&sequence, &props.pick), diagram.on(ListenerKind::onkeydown, Callback::from(step_by_key))]
    };
    let zoom_to = |by: i32, name: &'static str, sign: &'static str| {
        let to = zoom.checked_add_signed(by as isize).filter(|to| *to < ZOOMS.len() && !*as_table);
        let setter = zoom.setter();
        let press = Callback::from(move |_: Event| to.into_iter().for_each(|to| setter.set(to)));
        el("button").class("tool").button(name, press).maybe("aria-disabled", to.is_none().then_some("true")).text(sign)
    };
    let corner = el("div")
        .class("corner")
        .attr("role", "group")
        .attr("aria-label", words::SEQUENCE_TOOLS)
        .child(zoom_to(-1, words::ZOOM_OUT, "−"))
        .child(zoom_to(1, words::ZOOM_IN, "+"))
        .child(table_switch(&as_table));
    let scroller = el("div").class("scroller").reference(&frame).on(ListenerKind::onscroll, scrolled);
    el("div").class("big-view sequence-view").child(scroller.children(content)).child(corner).into()
}

/// Turns a picture into its table and back.
pub fn table_switch(as_table: &UseStateHandle<bool>) -> El {
    let turn = {
        let as_table = as_table.clone();
        Callback::from(move |_: Event| as_table.set(!*as_table))
    };
    el("button")
        .class("tool")
        .attr("type", "button")
        .attr("aria-pressed", if **as_table { "true" } else { "false" })
        .on(ListenerKind::onclick, turn)
        .text(words::AS_TABLE)
}

/// Goes to the moment that stands where the pointer is, unless a thing is there that can be chosen.
pub fn go_there(pick: &Callback<Pick>, moment: impl Fn(f64, f64) -> Option<Time> + 'static) -> Callback<Event> {
    let pick = pick.clone();
    Callback::from(move |event: Event| {
        let Some(pointer) = event.dyn_ref::<PointerEvent>() else { return };
        let Some(target) = event.target().and_then(browser::element) else { return };
        let closest = |selector: &str| target.closest(selector).ok().flatten();
        let Some(picture) = closest("svg").filter(|_| closest("[role=button]").is_none()) else { return };
        let place = picture.get_bounding_client_rect();
        // On a projector it is drawn larger than it was laid out.
        let height = picture.get_attribute("height").and_then(|height| height.parse::<f64>().ok());
        let scale = height.filter(|_| place.height() > 0.0).map_or(1.0, |height| height / place.height());
        let (x, y) = (f64::from(pointer.client_x()) - place.left(), f64::from(pointer.client_y()) - place.top());
        let (x, y) = (x * scale, y * scale);
        moment(x, y).into_iter().for_each(|at| pick.emit(Pick::Moment(at)));
    })
}

/// From message to message.
fn step_by_key(event: Event) {
    let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
    let arrow = event.target().and_then(browser::element).and_then(|e| e.closest(".arrow").ok().flatten());
    let Some(arrow) = arrow else { return };
    let next = match key.as_deref() {
        Some("ArrowDown") => arrow.next_element_sibling(),
        Some("ArrowUp") => arrow.previous_element_sibling(),
        _ => return,
    };
    event.prevent_default();
    next.iter().for_each(browser::focus);
}

/// Scrolls so that the moment is in sight whenever it, the frame or the scale has changed.
#[hook]
fn use_in_sight(frame: &NodeRef, what: (f64, f64, usize, bool)) {
    let frame = frame.clone();
    use_effect_with(what, move |&(now, height, _, as_table)| {
        let Some(frame) = frame.cast::<Element>().filter(|_| !as_table) else { return };
        let seen = f64::from(frame.scroll_top());
        if now + HEADS < seen + HEADS + 70.0 || now + HEADS > seen + height * 0.86 {
            frame.set_scroll_top((now - height * 0.6).max(0.0) as i32);
        }
    });
}
