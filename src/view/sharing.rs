//! Taking a moment along: what the button does, and the dialog while it is open.
//!
//! Rule: the dialog is the whole program's. The small one gives way to it and leaves a word, so that it opens at once.

#[cfg(feature = "complete")]
mod dialog;

use super::browser;
use super::clock::Live;
use super::player::PlayerProps;
#[cfg(not(feature = "complete"))]
use super::whole;
use crate::scene::Focus;
#[cfg(feature = "complete")]
use dialog::{Dialog, Moment};
use std::cell::RefCell;
use std::rc::Rc;
#[cfg(not(feature = "complete"))]
use wasm_bindgen::JsValue;
use yew::prelude::*;

/// The word that the small program leaves.
const WORD: &str = "replscopeSharing";

/// What is taken along.
pub struct Taking<'a> {
    pub props: &'a PlayerProps,
    pub focus: Focus,
    pub live: &'a Rc<RefCell<Live>>,
    /// Gives the link to the moment shown.
    pub link: &'a Callback<(), String>,
}

/// What the button does, and the dialog while it is open.
#[cfg(feature = "complete")]
#[hook]
pub fn use_sharing(taking: Taking<'_>) -> (Callback<Event>, Option<Html>) {
    let Taking { props, focus, live, link } = taking;
    let taken = use_state_eq(|| None::<Moment>);
    let take = {
        let (taken, link, live, is_shared) = (taken.setter(), link.clone(), live.clone(), props.shared);
        Callback::from(move |()| {
            let (link, at) = (is_shared.then(|| link.emit(())), live.borrow().at());
            taken.set(Some(Moment { link, at, focus }));
        })
    };
    {
        let (take, is_embedded) = (take.clone(), props.embed);
        use_effect_with((), move |()| {
            if !is_embedded && browser::left(WORD).is_some() {
                take.emit(());
            }
        });
    }
    let dialog = (*taken).clone().map(|moment| {
        let closed = taken.setter();
        html! { <Dialog run={props.run.clone()} {moment} closed={Callback::from(move |()| closed.set(None))} /> }
    });
    (take.reform(|_: Event| ()), dialog)
}

/// What the button does.
#[cfg(not(feature = "complete"))]
#[hook]
pub fn use_sharing(taking: Taking<'_>) -> (Callback<Event>, Option<Html>) {
    let Taking { props, live, .. } = taking;
    let (hash_of, live, complain) = (props.hash_of.clone(), live.clone(), props.complain.clone());
    let share = Callback::from(move |_: Event| {
        browser::replace_hash(&hash_of.emit(live.borrow().at()));
        browser::leave(WORD, &JsValue::TRUE);
        let complain = complain.clone();
        whole::start(move |why| complain.emit(why));
    });
    (share, None)
}
