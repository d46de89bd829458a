//! What stays when something goes: on this device, in a file, or in the window for the program that comes next.
//!
//! Rule: nothing kept here leaves the device; where nothing may be kept the page goes on without.

use super::{document, get, when};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, Event, File, HtmlInputElement};
#[cfg(feature = "complete")]
use web_sys::{HtmlAnchorElement, Url};

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
