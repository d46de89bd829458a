//! The button that turns the page from light to dark and back.

use super::browser;
use super::icon::{Icon, icon};
use yew::prelude::*;

#[component]
pub fn ThemeButton() -> Html {
    // None until the reader chooses: the system's setting holds.
    let chosen = use_state_eq(|| None::<bool>);
    let onclick = {
        let chosen = chosen.clone();
        Callback::from(move |_: MouseEvent| {
            let dark = !chosen.unwrap_or_else(browser::prefers_dark);
            browser::set_theme(if dark { "dark" } else { "light" });
            chosen.set(Some(dark));
        })
    };
    html! { <button type="button" class="tool" aria-label="Light or dark" title="Light or dark" {onclick}>{ icon(Icon::Theme) }</button> }
}
