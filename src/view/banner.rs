//! A message to the reader that stays until it is dismissed.

use super::icon::{Icon, icon};
use yew::prelude::*;

/// The message; `dismiss` is told when it was read.
pub fn banner(text: &str, dismiss: &Callback<()>) -> Html {
    html! {
        <div class="banner" role="alert">
            <p>{ text }</p>
            <button type="button" class="tool" aria-label="Dismiss" onclick={dismiss.reform(|_| ())}>{ icon(Icon::Close) }</button>
        </div>
    }
}
