//! A row of tabs, one of which is shown: arrow keys, Home and End move between them.

use super::browser;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct TabsProps {
    pub names: Vec<&'static str>,
    pub chosen: &'static str,
    pub choose: Callback<&'static str>,
    /// The chosen tab's content.
    pub children: Html,
}

#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let row = use_node_ref();
    let at = props.names.iter().position(|&n| n == props.chosen).unwrap_or(0);
    let onkeydown = {
        let (names, choose, row) = (props.names.clone(), props.choose.clone(), row.clone());
        Callback::from(move |event: KeyboardEvent| {
            let last = names.len().saturating_sub(1);
            let to = match event.key().as_str() {
                "ArrowRight" | "ArrowDown" => if at == last { 0 } else { at + 1 },
                "ArrowLeft" | "ArrowUp" => at.checked_sub(1).unwrap_or(last),
                "Home" => 0,
                "End" => last,
                _ => return,
            };
            event.prevent_default();
            // These keys are the tabs', not the player's.
            event.stop_propagation();
            choose.emit(names[to]);
            let tab = row.cast::<HtmlElement>().and_then(|r| r.children().item(to as u32));
            if let Some(tab) = tab {
                browser::focus(&tab);
            }
        })
    };
    html! {
        <>
            <div class="tabs" role="tablist" aria-label="Inspector" ref={row} {onkeydown}>
                { for props.names.iter().enumerate().map(|(i, &name)| {
                    let onclick = props.choose.reform(move |_| name);
                    html! {
                        <button key={name} type="button" role="tab" id={format!("tab-{name}")} aria-controls="inspector"
                            aria-selected={(i == at).to_string()} tabindex={if i == at { "0" } else { "-1" }} {onclick}>{ name }</button>
                    }
                }) }
            </div>
            <div class="inspector" role="tabpanel" id="inspector" aria-labelledby={format!("tab-{}", props.chosen)} tabindex="0">
                { props.children.clone() }
            </div>
        </>
    }
}
