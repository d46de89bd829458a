//! The list of keys.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct HelpProps {
    pub open: bool,
    pub close: Callback<()>,
}

const KEYS: [(&str, &str); 9] = [
    ("space", "play or pause"),
    ("← →", "one step back, one step on"),
    ("shift ← →", "one phase back, one phase on"),
    (", .", "a quarter of a step back, a quarter on: messages between two nodes"),
    ("Home End", "the first moment, the last moment"),
    ("0 – 9", "tenths of the whole"),
    ("tab, enter", "go to a node, a message or a command of the stream, and choose it"),
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
    html! {
        <dialog class="help" ref={dialog} aria-label="Keys" onclose={props.close.reform(|_: Event| ())}>
            <h2>{ "Keys" }</h2>
            <p>{ "They work while the player has the focus; click it, or reach it with tab." }</p>
            <dl>
                { for KEYS.iter().map(|(keys, what)| html! { <div><dt>{ for keys.split(' ').map(|k| html! { <kbd>{ k }</kbd> }) }</dt><dd>{ *what }</dd></div> }) }
            </dl>
            <button type="button" class="tool" onclick={props.close.reform(|_: MouseEvent| ())}>{ "Close" }</button>
        </dialog>
    }
}
