//! The few things that are asked of the browser.
//!
//! Rule: every call may fail, and then the page goes on without; only effects and event handlers call these, so that
//! components also render where there is no browser.
//!
//! - `address`: the address of the page;
//! - `elements`: the focus, places and sizes;
//! - `keeping`: files, the device's storage, what one program leaves to the next;
//! - `watching`: sizes, frames and events.

mod address;
mod elements;
mod keeping;
mod watching;

pub use address::*;
pub use elements::*;
pub use keeping::*;
pub use watching::*;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Clipboard, Element, Event, EventTarget, HtmlInputElement};
#[cfg(feature = "complete")]
use web_sys::{HtmlSelectElement, HtmlTextAreaElement};

/// The element that an event came from.
pub fn element(target: EventTarget) -> Option<Element> {
    target.dyn_into().ok()
}

/// Did the event happen in a field?
pub fn is_field(event: &Event) -> bool {
    event.target().is_some_and(|target| target.has_type::<HtmlInputElement>())
}

/// Calls `chosen` with the place of what is chosen in a list.
#[cfg(feature = "complete")]
pub fn on_choice(chosen: impl Fn(usize) + 'static) -> yew::Callback<Event> {
    yew::Callback::from(move |event: Event| {
        let list = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        list.and_then(|list| usize::try_from(list.selected_index()).ok()).into_iter().for_each(&chosen);
    })
}

/// Calls `changed` with what stands in a field of several lines.
#[cfg(feature = "complete")]
pub fn on_text(changed: impl Fn(String) + 'static) -> yew::Callback<Event> {
    yew::Callback::from(move |event: Event| {
        let field = event.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
        field.into_iter().for_each(|field| changed(field.value()));
    })
}

/// Calls `changed` with what stands in a field.
#[cfg(feature = "complete")]
pub fn on_value(changed: impl Fn(String) + 'static) -> yew::Callback<Event> {
    yew::Callback::from(move |event: Event| {
        let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        field.map(|field| field.value()).into_iter().for_each(&changed);
    })
}

/// Milliseconds of a clock that never goes back.
pub fn now_ms() -> f64 {
    web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
}

/// Whether the reader asked for less movement.
pub fn reduced_motion() -> bool {
    matches("(prefers-reduced-motion: reduce)")
}

/// Whether the page is shown in dark colours: as chosen, or else as the system is set.
pub fn is_dark() -> bool {
    let chosen = document().and_then(|d| d.document_element()).and_then(|root| root.get_attribute("data-theme"));
    chosen.map_or_else(|| matches("(prefers-color-scheme: dark)"), |theme| theme == "dark")
}

fn matches(query: &str) -> bool {
    web_sys::window().and_then(|w| w.match_media(query).ok().flatten()).is_some_and(|m| m.matches())
}

/// Can the browser hand a link on to another program of the device, as phones do?
#[cfg(feature = "complete")]
pub fn can_share() -> bool {
    // Only asked while a dialog is shown, which needs a browser.
    cfg!(target_arch = "wasm32")
        && web_sys::window().and_then(|w| get(&w.navigator(), "share")).is_some_and(|share| share.is_function())
}

/// Hands a link on.
#[cfg(feature = "complete")]
pub fn share(link: &str) {
    let Some(navigator) = web_sys::window().map(|w| w.navigator()) else { return };
    let what = js_sys::Object::new();
    // An object takes any property.
    let _ = Reflect::set(&what, &"url".into(), &link.into());
    if let Some(share) = get(&navigator, "share").and_then(|share| share.dyn_into::<Function>().ok())
        && let Ok(promise) = share.call1(&navigator, &what)
        && let Ok(promise) = promise.dyn_into::<Promise>()
    {
        // Whether the reader went through with it is theirs.
        when(&promise, |_| {});
    }
}

/// Copies `text`; `done` is told whether it worked.
pub fn copy(text: &str, done: impl Fn(bool) + 'static) {
    let Some(clipboard) =
        web_sys::window().and_then(|w| get(&w.navigator(), "clipboard")?.dyn_into::<Clipboard>().ok())
    else {
        // A page that was not served over HTTPS has no clipboard.
        return done(false);
    };
    when(&clipboard.write_text(text), move |value| done(value.is_some()));
}

/// Calls `done` with what a promise gives, or none if it fails.
fn when(promise: &Promise, done: impl FnOnce(Option<JsValue>) + 'static) {
    let done = Rc::new(Cell::new(Some(done)));
    let called = move |done: &Cell<Option<_>>, value| {
        if let Some(done) = done.take() {
            let done: Box<dyn FnOnce(Option<JsValue>)> = Box::new(done);
            done(value);
        }
    };
    let (yes, no) = (done.clone(), done);
    let yes = Closure::once_into_js(move |value: JsValue| called(&yes, Some(value)));
    let no = Closure::once_into_js(move |_: JsValue| called(&no, None));
    if let Some(then) = get(promise, "then").and_then(|t| t.dyn_into::<Function>().ok()) {
        // `then` of a promise does not throw.
        let _ = then.call2(promise, &yes, &no);
    }
}

/// Calls a function of the page's start script.
pub fn call(name: &str, a: &JsValue, b: &JsValue) {
    let found = web_sys::window().and_then(|w| get(&w, name)?.dyn_into::<Function>().ok());
    if let Some(function) = found {
        // It reports what fails by itself.
        let _ = function.call2(&JsValue::NULL, a, b);
    }
}

/// The text that an event brings along.
pub fn detail(event: &Event) -> Option<String> {
    get(event, "detail")?.as_string()
}

/// Whether the page's scripts have left something under this name.
pub fn has(name: &str) -> bool {
    web_sys::window().and_then(|w| get(&w, name)).is_some_and(|value| !value.is_undefined())
}

fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok()
}

/// Sets the theme of the whole page: `light` or `dark`.
pub fn set_theme(theme: &str) {
    if let Some(root) = document().and_then(|d| d.document_element()) {
        // Fails only for a name that is none.
        let _ = root.set_attribute("data-theme", theme);
    }
}

/// The document, where there is one.
pub fn document() -> Option<web_sys::Document> {
    web_sys::window().and_then(|w| w.document())
}

/// Notes a moment for the start script, which names it if the program ends: `data-trying` or `data-good`.
pub fn note(name: &str, moment: &str) {
    if let Some(root) = app_root() {
        // Fails only for a name that is none.
        let _ = root.set_attribute(name, moment);
    }
}

/// The element that the page lives in.
pub fn app_root() -> Option<Element> {
    document().and_then(|d| d.get_element_by_id("app"))
}

/// Puts other words into elements (a selector, the words, the words after `ms`) for a while.
pub fn say_for(ms: u32, what: &'static [(&'static str, &'static str, &'static str)]) {
    for (selector, now, _) in what {
        say(selector, now);
    }
    let back = Timeout::new(ms, move || what.iter().for_each(|(selector, _, after)| say(selector, after)));
    // It ends by itself.
    back.forget();
}

fn say(selector: &str, words: &str) {
    if let Some(element) = document().and_then(|d| d.query_selector(selector).ok().flatten()) {
        element.set_text_content(Some(words));
    }
}

/// Sets the title of the window.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}
