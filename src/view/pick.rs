//! What a reader can point at in the picture.

use super::element::El;
#[cfg(feature = "complete")]
use crate::scene::Spread;
use crate::sim::NodeId;
use crate::time::Time;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};
use yew::Callback;
use yew::virtual_dom::ListenerKind;

/// A thing chosen by click or key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pick {
    Node(NodeId),
    /// A segment on its way, by its number in the world.
    Message(u64),
    /// A moment: that of a command on the tape.
    Moment(Time),
    /// A message of the run, by its number, and the moment at which it left.
    #[cfg(feature = "complete")]
    Flight(u64, Time),
    /// A decision of the run, by its number, and its moment.
    #[cfg(feature = "complete")]
    Decision(usize, Time),
    /// Nodes that stand together, by one of them: they are to stand one by one.
    #[cfg(feature = "complete")]
    Group(NodeId),
    /// How nodes share the stage.
    #[cfg(feature = "complete")]
    Spread(Spread),
    /// Nothing yet, but something will be done: the clock stops.
    #[cfg(feature = "complete")]
    Halt,
}

impl El {
    /// Makes the element a button that chooses `what`: by click, or by enter and space when it has the focus.
    pub fn picks(self, pick: &Callback<Pick>, what: Pick, name: String) -> El {
        let (by_click, by_key) = (pick.clone(), pick.clone());
        let by_key = Callback::from(move |event: Event| {
            let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
            if matches!(key.as_deref(), Some("Enter" | " ")) {
                event.prevent_default();
                by_key.emit(what);
            }
        });
        let by_click = Callback::from(move |_: Event| by_click.emit(what));
        let element = self.attr("role", "button").attr("tabindex", "0").attr("aria-label", name);
        element.on(ListenerKind::onclick, by_click).on(ListenerKind::onkeydown, by_key)
    }
}
