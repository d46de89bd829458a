//! The bar at the top: where the reader is, and what can be done with it.

use super::browser;
use super::icon::{Icon, icon};
use gloo_timers::callback::Timeout;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct HeaderProps {
    /// `4 · Losing the link`; none on the start page.
    #[prop_or_default]
    pub place: Option<AttrValue>,
    /// Gives the link to this moment.
    #[prop_or_default]
    pub link: Option<Callback<(), String>>,
    /// What cannot be done is said here.
    pub complain: Callback<String>,
}

#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let copied = use_state_eq(|| false);
    {
        let again = copied.clone();
        use_effect_with(*copied, move |&shown| {
            let timeout = shown.then(|| Timeout::new(2_500, move || again.set(false)));
            move || drop(timeout)
        });
    }
    let share = props.link.clone().map(|link| {
        let (copied, complain) = (copied.clone(), props.complain.clone());
        Callback::from(move |_: MouseEvent| {
            let link = link.emit(());
            let (copied, complain, shown) = (copied.clone(), complain.clone(), link.clone());
            browser::copy(&link, move |worked| {
                if worked { copied.set(true) } else { complain.emit(format!("The browser does not let this page copy. The link is {shown}")) }
            });
        })
    });
    // None until the reader chooses: the system's setting holds.
    let dark = use_state_eq(|| None::<bool>);
    let turn = Callback::from(move |_: MouseEvent| {
        let next = !dark.unwrap_or_else(browser::is_dark);
        browser::set_theme(if next { "dark" } else { "light" });
        dark.set(Some(next));
    });
    html! {
        <header class="header">
            <a class="home" href="#/">{ "replscope" }</a>
            if let Some(place) = &props.place {
                <p class="place"><span class="shelf">{ "Lessons / " }</span>{ place.clone() }</p>
            }
            <div class="header-tools">
                if let Some(onclick) = share {
                    <button type="button" class="tool labelled share" aria-label="Share" {onclick}>
                        { icon(Icon::Share) }<span>{ if *copied { "Link copied" } else { "Share" } }</span>
                    </button>
                    <span class="unseen" aria-live="polite">{ if *copied { "Link copied" } else { "" } }</span>
                }
                <button type="button" class="tool" aria-label="Light or dark" title="Light or dark" onclick={turn}>{ icon(Icon::Theme) }</button>
            </div>
        </header>
    }
}
