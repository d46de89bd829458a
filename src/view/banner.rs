//! A message to the reader that stays until it is dismissed.

use super::icon::{Icon, icon};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct BannerProps {
    pub text: AttrValue,
    pub dismiss: Callback<()>,
}

#[component]
pub fn Banner(props: &BannerProps) -> Html {
    html! {
        <div class="banner" role="alert">
            <p>{ props.text.clone() }</p>
            <button type="button" class="tool" aria-label="Dismiss" onclick={props.dismiss.reform(|_| ())}>{ icon(Icon::Close) }</button>
        </div>
    }
}
