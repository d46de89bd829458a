//! The few things that are asked of the browser.
//!
//! Rule: every call may fail, and then the page goes on without; only effects and event handlers call these, so that
//! components also render where there is no browser.

use crate::scene::geometry::Size;
use gloo_timers::callback::Timeout;
#[cfg(feature = "complete")]
use js_sys::Array;
use js_sys::{Function, Promise, Reflect, Uint8Array};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{
    Blob, Clipboard, DragEvent, Element, Event, EventTarget, File, HtmlDialogElement, HtmlElement, HtmlInputElement,
    ResizeObserver,
};
#[cfg(feature = "complete")]
use web_sys::{CssStyleSheet, HtmlAnchorElement, HtmlSelectElement, HtmlTextAreaElement, SvgElement, Url};
use yew::NodeRef;

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

/// The address' hash, with the `#`.
pub fn hash() -> String {
    web_sys::window().and_then(|w| w.location().hash().ok()).unwrap_or_default()
}

/// The address' query, with the `?`.
pub fn query() -> String {
    web_sys::window().and_then(|w| w.location().search().ok()).unwrap_or_default()
}

/// The page's address without query and hash.
pub fn base() -> String {
    let location = web_sys::window().map(|w| w.location());
    let part = |f: fn(&web_sys::Location) -> Result<String, JsValue>| {
        location.as_ref().and_then(|l| f(l).ok()).unwrap_or_default()
    };
    let origin = part(web_sys::Location::origin);
    // A page opened from a file has no origin worth copying.
    if origin == "null" || origin.is_empty() {
        let href = part(web_sys::Location::href);
        return href.split(['?', '#']).next().unwrap_or_default().to_owned();
    }
    origin + &part(web_sys::Location::pathname)
}

/// Puts another hash into the address without a new entry in the history.
pub fn replace_hash(hash: &str) {
    if let Some(history) = web_sys::window().and_then(|w| w.history().ok()) {
        // Refused where scripts may not touch the history, as in some frames: the address then stays as it was.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(hash));
    }
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

/// Puts another query into the address, likewise.
#[cfg(feature = "complete")]
pub fn replace_query(query: &str) {
    // An address without a query is the page's own path.
    let path = web_sys::window().and_then(|w| w.location().pathname().ok()).unwrap_or_default();
    replace_hash(&format!("{path}{query}{}", hash()));
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

/// Reads a part of a file; `done` gets the bytes, or none if it cannot be read.
pub fn read_slice(file: &Blob, from: u64, to: u64, done: impl FnOnce(Option<Vec<u8>>) + 'static) {
    match file.slice_with_f64_and_f64(from as f64, to as f64) {
        Ok(slice) => {
            when(&slice.array_buffer(), move |buffer| done(buffer.map(|buffer| Uint8Array::new(&buffer).to_vec())))
        }
        Err(_) => done(None),
    }
}

/// The file that was chosen in a field; the field is emptied, so that the same file can be chosen again.
pub fn chosen_file(event: &Event) -> Option<File> {
    let field: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = field.files()?.get(0);
    field.set_value("");
    file
}

/// Leaves something under a name for the program that takes the place of this one.
pub fn leave(name: &str, what: &JsValue) {
    if let Some(window) = web_sys::window() {
        // A window takes any property.
        let _ = Reflect::set(&window, &name.into(), what);
    }
}

/// What the program before this one left, once.
pub fn left(name: &str) -> Option<JsValue> {
    let window = web_sys::window()?;
    let what = get(&window, name).filter(|what| !what.is_undefined())?;
    let _ = Reflect::delete_property(&window, &name.into());
    Some(what)
}

/// The name under which a file waits for the program that can open it. The page's scripts leave one there too, when the
/// system opens it with this page.
const FILE: &str = "replscopeFile";

pub fn leave_file(file: &File) {
    leave(FILE, file);
}

pub fn left_file() -> Option<File> {
    left(FILE)?.dyn_into().ok()
}

/// Presses the element with this id.
pub fn press(id: &str) {
    if let Some(element) = document().and_then(|d| d.get_element_by_id(id)?.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}

/// Goes to another hash, with a new entry in the history.
pub fn set_hash(hash: &str) {
    if let Some(window) = web_sys::window() {
        // Refused where scripts may not navigate, as in some frames: the address then stays as it was.
        let _ = window.location().set_hash(hash);
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

/// What is kept on this device under a name. None where nothing may be kept, as in some frames.
pub fn kept(name: &str) -> Option<String> {
    web_sys::window()?.local_storage().ok()??.get_item(name).ok()?
}

/// Keeps a text on this device; an empty one is forgotten.
pub fn keep(name: &str, text: &str) {
    if let Some(storage) = web_sys::window().and_then(|w| w.local_storage().ok().flatten()) {
        // A device that is full, or lets nothing be kept: then the page goes on without.
        let _ = if text.is_empty() { storage.remove_item(name) } else { storage.set_item(name, text) };
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
    let selector = selector.to_owned();
    // It ends by itself. Two rounds: what was asked for may be drawn by a change that the first one makes.
    Timeout::new(30, move || {
        let found = document().and_then(|d| d.query_selector(&selector).ok().flatten());
        found.iter().for_each(focus);
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

/// Lets the browser save a text as a file.
#[cfg(feature = "complete")]
pub fn save(name: &str, text: &str) {
    let parts = js_sys::Array::of1(&text.into());
    let Some(url) = Blob::new_with_str_sequence(&parts).ok().and_then(|b| Url::create_object_url_with_blob(&b).ok())
    else {
        return;
    };
    let link = document().and_then(|d| d.create_element("a").ok()?.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // It was made above.
    let _ = Url::revoke_object_url(&url);
}

/// Watches the inner size of an element until dropped.
pub struct Sizes {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl Sizes {
    /// Calls `changed` with the size now and whenever it changes. None if the browser cannot watch.
    pub fn watch(node: &NodeRef, changed: impl Fn(Size) + 'static) -> Option<Sizes> {
        let element = node.cast::<HtmlElement>()?;
        let watched = element.clone();
        let callback = Closure::<dyn FnMut()>::new(move || {
            let size = Size { width: f64::from(watched.client_width()), height: f64::from(watched.client_height()) };
            if size.width > 0.0 {
                changed(size);
            }
        });
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(&element);
        Some(Sizes { observer, _callback: callback })
    }
}

impl Drop for Sizes {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Calls back on every frame of the screen until dropped.
pub struct Frames {
    stopped: Rc<Cell<bool>>,
}

impl Frames {
    /// `each` gets the milliseconds since the frame before.
    pub fn run(each: impl FnMut(f64) + 'static) -> Frames {
        let stopped = Rc::new(Cell::new(false));
        next_frame(stopped.clone(), now_ms(), Box::new(each));
        Frames { stopped }
    }
}

fn next_frame(stopped: Rc<Cell<bool>>, last: f64, mut each: Box<dyn FnMut(f64)>) {
    let Some(window) = web_sys::window() else { return };
    let callback = Closure::once_into_js(move |now: f64| {
        if !stopped.get() {
            // A page that was hidden does not catch up.
            each((now - last).clamp(0.0, 100.0));
            next_frame(stopped, now, each);
        }
    });
    // Without frames the picture stands still.
    let _ = window.request_animation_frame(callback.unchecked_ref());
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.stopped.set(true);
    }
}

/// Listens to events of the window until dropped.
pub struct Listening {
    names: &'static [&'static str],
    callback: Closure<dyn FnMut(Event)>,
}

impl Listening {
    pub fn to_window(names: &'static [&'static str], heard: impl Fn(Event) + 'static) -> Option<Listening> {
        let callback = Closure::<dyn FnMut(Event)>::new(heard);
        let window = web_sys::window()?;
        for name in names {
            window.add_event_listener_with_callback(name, callback.as_ref().unchecked_ref()).ok()?;
        }
        Some(Listening { names, callback })
    }

    /// Listens to files being dropped on the page, without which the browser would leave the page to show them, and to
    /// those that the system opens with it.
    pub fn to_files(given: impl Fn(File) + 'static) -> Option<Listening> {
        Listening::to_window(&["dragover", "drop", "replscope-file"], move |event| {
            event.prevent_default();
            let transfer = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
            let file = transfer.filter(|_| event.type_() == "drop").and_then(|transfer| transfer.files()?.get(0));
            file.or_else(left_file).into_iter().for_each(&given);
        })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let Some(window) = web_sys::window() else { return };
        for name in self.names {
            // It was added under this name.
            let _ = window.remove_event_listener_with_callback(name, self.callback.as_ref().unchecked_ref());
        }
    }
}
