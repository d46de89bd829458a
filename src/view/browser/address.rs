//! The address of the page, and its parts.
//!
//! Rule: where scripts may not touch the history, as in some frames, the address stays as it was.

use wasm_bindgen::prelude::*;

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

/// Puts another query into the address, likewise.
#[cfg(feature = "complete")]
pub fn replace_query(query: &str) {
    // An address without a query is the page's own path.
    let path = web_sys::window().and_then(|w| w.location().pathname().ok()).unwrap_or_default();
    replace_hash(&format!("{path}{query}{}", hash()));
}

/// Goes to another hash, with a new entry in the history.
pub fn set_hash(hash: &str) {
    if let Some(window) = web_sys::window() {
        // Refused where scripts may not navigate, as in some frames: the address then stays as it was.
        let _ = window.location().set_hash(hash);
    }
}
