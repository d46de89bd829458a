//! The small program gives way to the whole one.
//!
//! Rule: the page starts as a program that knows the lessons' commands and no more, because a reader waits for it. What
//! asks for more fetches the whole program; until that is here everything stays as it is, and if it does not come, that
//! is said. The start script of the published page (`xtask/src/start.js`) does the fetching; a page that Trunk builds by
//! itself is the whole program from the beginning.

use super::browser;
use super::words;
use crate::node::{COMPLETE, find_command};
use crate::story::Lesson;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use yew::AppHandle;

thread_local! {
    static SHOWN: RefCell<Option<AppHandle<super::App>>> = const { RefCell::new(None) };
}

/// The looks of what only the whole program shows.
#[cfg(feature = "complete")]
const STYLES: &str = include_str!("../../static/whole.css");

/// Adds the styles that the page does not load: only the whole program has any.
pub fn adopt_styles() {
    #[cfg(feature = "complete")]
    browser::adopt(STYLES);
}

/// Remembers what is on screen, so that it can go.
pub fn keep(handle: AppHandle<super::App>) {
    SHOWN.set(Some(handle));
}

/// Can this program run the lesson as the whole one would?
pub fn is_here_for(lesson: &Lesson) -> bool {
    let scenario = &lesson.scenario;
    let asks_passwords = scenario.setup.hosts.iter().any(|host| !host.config.requirepass.is_empty());
    COMPLETE || (!asks_passwords && scenario.commands().all(|name| find_command(name).is_some()))
}

/// Fetches the whole program, which then opens the page's address; `failed` is told why it did not come.
pub fn start(failed: impl FnOnce(String) + 'static) {
    let leave = Closure::once_into_js(|| {
        if let Some(handle) = SHOWN.take() {
            handle.destroy();
        }
    });
    let failed = Closure::once_into_js(move |_: JsValue| {
        failed(words::NO_WHOLE.into());
    });
    browser::call("replscopeWhole", &leave, &failed);
}

/// Fetches the whole program for something that only it has, at the address as it is.
#[cfg(not(feature = "complete"))]
pub fn wish(what: &str, failed: impl FnOnce(String) + 'static) {
    note_wish(what);
    start(failed);
}

/// Tells the whole program, when it comes, what to begin with.
pub fn note_wish(what: &str) {
    browser::leave(&name_of(what), &JsValue::TRUE);
}

/// Whether the small program left this to the whole one.
pub fn was_wished(what: &str) -> bool {
    COMPLETE && browser::left(&name_of(what)).is_some()
}

/// The name under which a wish waits in the window.
fn name_of(wish: &str) -> String {
    "replscopeWish".to_owned() + wish
}
