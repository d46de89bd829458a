//! What is done to one element: the focus, its place and size, opening and pressing it.
//!
//! Rule: styles are set by script one property at a time, which the strictest policy lets.

use super::document;
#[cfg(feature = "complete")]
use gloo_timers::callback::Timeout;
#[cfg(feature = "complete")]
use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
#[cfg(feature = "complete")]
use web_sys::{CssStyleSheet, SvgElement};
use web_sys::{Element, HtmlDialogElement, HtmlElement};
#[cfg(feature = "complete")]
use yew::NodeRef;

/// Presses the element with this id.
pub fn press(id: &str) {
    if let Some(element) = document().and_then(|d| d.get_element_by_id(id)?.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}

/// Adds a style sheet to the page. Made by script, it is none that the page's policy forbids.
#[cfg(feature = "complete")]
pub fn adopt(css: &str) {
    let (Some(document), Ok(sheet)) = (document(), CssStyleSheet::new()) else { return };
    if sheet.replace_sync(css).is_ok() {
        // A document takes a list of sheets.
        let _ = Reflect::set(&document, &"adoptedStyleSheets".into(), &Array::of1(&sheet));
    }
}

/// Makes an element this large, px. Set by script, a style is none that the page's policy forbids.
#[cfg(feature = "complete")]
pub fn set_size(node: &NodeRef, width: u32, height: u32) {
    let Some(style) = node.cast::<HtmlElement>().map(|element| element.style()) else { return };
    for (name, length) in [("width", width), ("height", height)] {
        // Fails only for a name that is none.
        let _ = style.set_property(name, &format!("{length}px"));
    }
}

/// Opens the dialog of this class before everything else on the page, or closes it.
pub fn set_dialog(class: &str, open: bool) {
    let found = document().and_then(|d| d.query_selector(&format!("dialog.{class}")).ok().flatten());
    let Some(dialog) = found.and_then(|d| d.dyn_into::<HtmlDialogElement>().ok()) else { return };
    match open {
        // Shown already is as good as shown.
        true => drop(dialog.show_modal()),
        false => dialog.close(),
    }
}

/// Gives the focus to an element.
pub fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // An element that cannot take the focus leaves it where it is.
        let _ = element.focus();
    }
    #[cfg(feature = "complete")]
    if let Some(element) = element.dyn_ref::<SvgElement>() {
        // As above.
        let _ = element.focus();
    }
}

/// Gives the focus to the first element that a selector finds, once what is changed now is on screen.
#[cfg(feature = "complete")]
pub fn focus_soon(selector: &str) {
    once_drawn(selector, || true);
}

/// Gives the focus back to the first element that a selector finds, if what had it is gone when what is changed now is on
/// screen. Who has gone on meanwhile is not led back.
#[cfg(feature = "complete")]
pub fn focus_back(selector: &str) {
    once_drawn(selector, || {
        let focused = document().and_then(|d| d.active_element());
        focused.is_none_or(|element| element.local_name() == "body")
    });
}

#[cfg(feature = "complete")]
fn once_drawn(selector: &str, is_wanted: fn() -> bool) {
    let selector = selector.to_owned();
    // It ends by itself. Two rounds: what was asked for may be drawn by a change that the first one makes.
    Timeout::new(30, move || {
        let found = document().and_then(|d| d.query_selector(&selector).ok().flatten());
        found.iter().filter(|_| is_wanted()).for_each(focus);
    })
    .forget();
}

/// Left, top, width and height of an element, px of the window.
#[cfg(feature = "complete")]
pub fn box_of(element: &Element) -> (f64, f64, f64, f64) {
    let rect = element.get_bounding_client_rect();
    (rect.left(), rect.top(), rect.width(), rect.height())
}

/// The element at a point of the window.
#[cfg(feature = "complete")]
pub fn element_at((x, y): (f64, f64)) -> Option<Element> {
    document()?.element_from_point(x as f32, y as f32)
}

/// Puts what is fixed to the window at a point, or as near to it as it is seen whole. The style sheet reads the place.
#[cfg(feature = "complete")]
pub fn place(element: &Element, (x, y): (f64, f64)) {
    const EDGE: f64 = 8.0;
    let Some(html) = element.dyn_ref::<HtmlElement>() else { return };
    let room = web_sys::window().map(|window| {
        let number = |value: Result<JsValue, JsValue>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
        (number(window.inner_width()), number(window.inner_height()))
    });
    let (wide, high) = room.unwrap_or_default();
    let (width, height) = (f64::from(html.offset_width()), f64::from(html.offset_height()));
    let fit = |at: f64, size: f64, room: f64| at.min(room - size - EDGE).max(EDGE);
    for (name, value) in [("--x", fit(x, width, wide)), ("--y", fit(y, height, high))] {
        // Fails only for a name that is none.
        let _ = html.style().set_property(name, &format!("{value}px"));
    }
}
