//! The bar at the top: where the reader is, and what can be done with it.

use super::browser;
use super::element::el;
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
        Callback::from(move |_: Event| {
            let link = link.emit(());
            let (copied, complain, shown) = (copied.clone(), complain.clone(), link.clone());
            browser::copy(&link, move |worked| {
                if worked {
                    copied.set(true)
                } else {
                    complain.emit(format!("The browser does not let this page copy. The link is {shown}"))
                }
            });
        })
    });
    // None until the reader chooses: the system's setting holds.
    let dark = use_state_eq(|| None::<bool>);
    let turn = Callback::from(move |_: Event| {
        let next = !dark.unwrap_or_else(browser::is_dark);
        browser::set_theme(if next { "dark" } else { "light" });
        dark.set(Some(next));
    });
    let place = props
        .place
        .clone()
        .map(|place| el("p").class("place").child(el("span").class("shelf").text("Lessons / ")).text(place));
    let share = share.map(|pressed| {
        let word = if *copied { "Link copied" } else { "Share" };
        el("button")
            .class("tool labelled share")
            .button("Share", pressed)
            .child(icon(Icon::Share))
            .child(el("span").text(word))
    });
    let told = el("span").class("unseen").attr("aria-live", "polite").text(if *copied { "Link copied" } else { "" });
    let theme = el("button").class("tool").button("Light or dark", turn).child(icon(Icon::Theme));
    el("header")
        .class("header")
        .child(el("a").class("home").attr("href", "#/").text("replscope"))
        .children(place)
        .child(el("div").class("header-tools").children(share).child(told).child(theme))
        .into()
}
