//! A row of tabs, one of which is shown: arrow keys, Home and End move between them.

use super::browser;
use super::element::el;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

#[derive(Properties, PartialEq)]
pub struct TabsProps {
    pub names: [&'static str; 4],
    pub chosen: &'static str,
    pub choose: Callback<&'static str>,
    /// The chosen tab's.
    pub content: Html,
}

#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let row = use_node_ref();
    let at = props.names.iter().position(|&n| n == props.chosen).unwrap_or(0);
    let tabs = props.names.iter().enumerate().map(|(i, &name)| {
        el("button")
            .attr("type", "button")
            .attr("role", "tab")
            .attr("id", format!("tab-{name}"))
            .attr("aria-controls", "inspector")
            .attr("aria-selected", if i == at { "true" } else { "false" })
            .attr("tabindex", if i == at { "0" } else { "-1" })
            .on(ListenerKind::onclick, props.choose.reform(move |_| name))
            .text(name)
    });
    let tabs = el("div").class("tabs").attr("role", "tablist").attr("aria-label", "Inspector").reference(&row).children(tabs);
    let content = el("div")
        .class("inspector")
        .attr("role", "tabpanel")
        .attr("id", "inspector")
        .attr("aria-labelledby", format!("tab-{}", props.chosen))
        .attr("tabindex", "0")
        .child(props.content.clone());
    el("div").child(tabs.on(ListenerKind::onkeydown, move_by_key(props, at, row))).child(content).into()
}

fn move_by_key(props: &TabsProps, at: usize, row: NodeRef) -> Callback<Event> {
    let (names, choose) = (props.names, props.choose.clone());
    Callback::from(move |event: Event| {
        let last = names.len() - 1;
        let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
        let to = match key.as_deref() {
            Some("ArrowRight" | "ArrowDown") => if at == last { 0 } else { at + 1 },
            Some("ArrowLeft" | "ArrowUp") => at.checked_sub(1).unwrap_or(last),
            Some("Home") => 0,
            Some("End") => last,
            _ => return,
        };
        event.prevent_default();
        // These keys are the tabs', not the player's.
        event.stop_propagation();
        choose.emit(names[to]);
        if let Some(tab) = row.cast::<Element>().and_then(|r| r.children().item(to as u32)) {
            browser::focus(&tab);
        }
    })
}
