//! What is waited for: a size that changes, the next frame of the screen, an event of the window.
//!
//! Rule: whoever waits holds a value, and the waiting ends when that is dropped.

use super::{left_file, now_ms};
use crate::scene::geometry::Size;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{DragEvent, Event, File, HtmlElement, ResizeObserver};
use yew::NodeRef;

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
