//! The list of keys.

use super::element::{El, el};
use web_sys::HtmlDialogElement;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

#[derive(Properties, PartialEq)]
pub struct HelpProps {
    pub open: bool,
    pub close: Callback<()>,
}

const KEYS: [(&str, &str); 9] = [
    ("space", "play or pause"),
    ("← →", "one step back, one step on"),
    ("shift ← →", "one phase back, one phase on"),
    (", .", "a quarter of a step back or on, to see messages on their way"),
    ("Home End", "the first moment, the last moment"),
    ("0 – 9", "tenths of the whole"),
    ("tab enter", "go to a node, a message or a command of the stream, and choose it"),
    ("?", "this list"),
    ("esc", "close it"),
];

#[component]
pub fn Help(props: &HelpProps) -> Html {
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with(props.open, move |&open| {
            let Some(dialog) = dialog.cast::<HtmlDialogElement>() else { return };
            match open {
                // Shown already is as good as shown.
                true => drop(dialog.show_modal()),
                false => dialog.close(),
            }
        });
    }
    let close = el("button").attr("type", "button").class("tool").text("Close").on(ListenerKind::onclick, props.close.reform(|_| ()));
    el("dialog")
        .class("help")
        .attr("aria-label", "Keys")
        .reference(&dialog)
        .on(ListenerKind::onclose, props.close.reform(|_| ()))
        .child(el("h2").text("Keys"))
        .child(el("p").text("They work while the player has the focus; click it, or reach it with tab."))
        .child(el("dl").children(KEYS.map(row)))
        .child(close)
        .into()
}

fn row((keys, what): (&'static str, &'static str)) -> El {
    let keys = el("dt").children(keys.split(' ').map(|key| el("kbd").text(key)));
    el("div").child(keys).child(el("dd").text(what))
}
