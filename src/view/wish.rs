//! A wish to see a lesson play at once: whoever presses play to get to a lesson does not press it twice, and whoever plays
//! while the whole program arrives does not either.

use super::browser;
use super::playback::{Action, Motion, Playback};
use super::player::PlayerProps;
use super::whole;
use crate::node::COMPLETE;
use std::cell::Cell;
use yew::prelude::*;

thread_local! {
    static WANTED: Cell<bool> = const { Cell::new(false) };
}

/// What the whole program is told by the small one if that played.
const PLAY: &str = "play";

/// The next lesson that is opened is to play.
pub fn want() {
    WANTED.set(true);
}

/// Plays at once where the reader asked for that on the way here.
#[hook]
pub fn use_wish(playback: &UseReducerHandle<Playback>) {
    let dispatch = playback.dispatcher();
    use_effect_with((), move |()| {
        if WANTED.take() || whole::was_wished(PLAY) {
            dispatch.dispatch(Action::Play);
        }
    });
}

/// When the small program gives way, the address says where the reader is by then, and the whole one goes on from there.
#[hook]
pub fn use_giving_way(props: &PlayerProps, playback: &UseReducerHandle<Playback>) {
    let last = use_mut_ref(Default::default);
    {
        let (last, hash_of) = (last.clone(), props.hash_of.clone());
        use_effect_with((props.visit, playback.at, playback.motion), move |&(_, at, motion)| {
            *last.borrow_mut() = (browser::hash(), hash_of.emit(at), motion == Motion::Running);
        });
    }
    use_effect_with((), move |()| {
        move || {
            let (address, here, plays): &(String, String, bool) = &last.borrow();
            // Who has gone elsewhere is not led back.
            if !COMPLETE && browser::hash() == *address {
                browser::replace_hash(here);
                if *plays {
                    whole::note_wish(PLAY);
                }
            }
        }
    });
}
