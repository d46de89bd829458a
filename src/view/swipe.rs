//! A finger that sweeps over the picture goes a step: to the left onwards, to the right back.
//!
//! Rule: only where the browser leaves the movement to the page; what scrolls sideways keeps it.

use super::browser;
use super::element::El;
use super::playback::Action;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::PointerEvent;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// How far a finger must go, and how far it may stray, px.
const FAR: i32 = 48;
const ASTRAY: i32 = 40;

/// Where a finger came down.
pub type Down = Rc<Cell<Option<(i32, i32)>>>;

impl El {
    /// Steps by sweeping over the element.
    pub fn swipes(self, down: &Down, act: &Callback<Action>) -> El {
        let (begun, ended, act) = (down.clone(), down.clone(), act.clone());
        let begin = Callback::from(move |event: Event| begun.set(touch(&event)));
        let end = Callback::from(move |event: Event| {
            let Some(((x, y), (to_x, to_y))) = ended.take().zip(touch(&event)) else { return };
            if (to_y - y).abs() < ASTRAY && (to_x - x).abs() >= FAR {
                act.emit(if to_x < x { Action::NextStep } else { Action::PreviousStep });
            }
        });
        self.on(ListenerKind::onpointerdown, begin).on(ListenerKind::onpointerup, end)
    }
}

fn touch(event: &Event) -> Option<(i32, i32)> {
    let pointer = event.dyn_ref::<PointerEvent>().filter(|pointer| pointer.pointer_type() == "touch")?;
    // A finger that carries something sweeps nothing.
    let target = event.target().and_then(browser::element);
    if target.is_some_and(|target| target.closest(".carrying, .guess").ok().flatten().is_some()) {
        return None;
    }
    Some((pointer.client_x(), pointer.client_y()))
}
