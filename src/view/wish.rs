//! A wish to see a lesson play at once: whoever presses play to get to a lesson does not press it twice.

use super::playback::{Action, Playback};
use std::cell::Cell;
use yew::prelude::*;

thread_local! {
    static WANTED: Cell<bool> = const { Cell::new(false) };
}

/// The next lesson that is opened is to play.
pub fn want() {
    WANTED.set(true);
}

/// Plays at once where the reader asked for that on the way here.
#[hook]
pub fn use_wish(playback: &UseReducerHandle<Playback>) {
    let dispatch = playback.dispatcher();
    use_effect_with((), move |()| {
        if WANTED.take() {
            dispatch.dispatch(Action::Play);
        }
    });
}
