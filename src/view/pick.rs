//! What a reader can point at in the picture.

use crate::sim::NodeId;
use crate::time::Time;
use web_sys::KeyboardEvent;
use yew::Callback;

/// A thing chosen by click or key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pick {
    Node(NodeId),
    /// A segment on its way, by its number in the world.
    Message(u64),
    /// A moment: that of a command on the tape.
    Moment(Time),
}

/// Enter and space choose what has the focus, as they do on a button.
pub fn on_key(pick: &Callback<Pick>, what: Pick) -> Callback<KeyboardEvent> {
    let pick = pick.clone();
    Callback::from(move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
            pick.emit(what);
        }
    })
}
