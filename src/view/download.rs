//! Gives a file to the browser, which asks its reader where to put it.
//!
//! Rule: the bytes stay on the device; they go to the browser as an object of the page, under the page's own policy.

use super::browser;
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement, HtmlImageElement, Url,
};

/// Is told how many bytes a file has, or that there is none.
type Done = Box<dyn FnOnce(Option<u64>)>;

/// Pixels of a PNG for each CSS pixel: for screens that have as many.
const SCALE: f64 = 2.0;

/// A file.
pub struct Ready {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// Saves a file; `done` is told its size, or none if it cannot be saved.
pub fn save(file: &Ready, done: impl FnOnce(Option<u64>)) {
    let options = BlobPropertyBag::new();
    options.set_type(file.media_type);
    let parts = Array::of1(&Uint8Array::from(file.bytes.as_slice()));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok();
    done(blob.and_then(|blob| hand_over(&blob, &file.name)));
}

fn hand_over(blob: &Blob, name: &str) -> Option<u64> {
    let address = Url::create_object_url_with_blob(blob).ok()?;
    let link: HtmlAnchorElement = browser::document()?.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    let size = blob.size() as u64;
    // The browser holds the file by now; a moment later nobody needs the address any more.
    gloo_timers::callback::Timeout::new(60_000, move || drop(Url::revoke_object_url(&address))).forget();
    Some(size)
}

/// Paints an SVG by a canvas and saves it as PNG.
pub fn png(name: String, svg: &str, done: impl FnOnce(Option<u64>) + 'static) {
    let done: Rc<RefCell<Option<Done>>> = Rc::new(RefCell::new(Some(Box::new(done))));
    let say = {
        let done = done.clone();
        move |size| {
            if let Some(done) = done.take() {
                done(size);
            }
        }
    };
    let Ok(image) = HtmlImageElement::new() else { return say(None) };
    let loaded = {
        let (image, say) = (image.clone(), say.clone());
        Closure::once_into_js(move |_: JsValue| match paint(&image) {
            None => say(None),
            Some(canvas) => {
                let say_done = say.clone();
                let made = Closure::once_into_js(move |blob: JsValue| {
                    say_done(blob.dyn_into::<Blob>().ok().and_then(|blob| hand_over(&blob, &name)));
                });
                if canvas.to_blob(made.unchecked_ref()).is_err() {
                    say(None);
                }
            }
        })
    };
    let failed = Closure::once_into_js(move |_: JsValue| say(None));
    image.set_onload(Some(loaded.unchecked_ref()));
    image.set_onerror(Some(failed.unchecked_ref()));
    image.set_src(&format!("data:image/svg+xml;charset=utf-8,{}", js_sys::encode_uri_component(svg)));
}

fn paint(image: &HtmlImageElement) -> Option<HtmlCanvasElement> {
    let (width, height) = (f64::from(image.natural_width()) * SCALE, f64::from(image.natural_height()) * SCALE);
    let canvas: HtmlCanvasElement = browser::document()?.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width, height).ok()?;
    Some(canvas)
}
