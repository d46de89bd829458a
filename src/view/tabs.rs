//! A row of tabs, one of which is shown: arrow keys, Home and End move between them.

use super::browser;
use super::element::{El, el};
use super::words;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};
use yew::virtual_dom::ListenerKind;
use yew::{Callback, Html};

/// Tabs with these names above the content of the chosen one.
pub fn tabs(names: &[&'static str], chosen: &'static str, choose: &Callback<&'static str>, content: Html) -> [El; 2] {
    let at = names.iter().position(|&n| n == chosen).unwrap_or(0);
    let tab = |(i, &name): (usize, &&'static str)| {
        el("button")
            .attr("type", "button")
            .attr("role", "tab")
            .attr("id", format!("tab-{name}"))
            .attr("aria-controls", "inspector")
            .attr("aria-selected", if i == at { "true" } else { "false" })
            .attr("tabindex", if i == at { "0" } else { "-1" })
            .on(ListenerKind::onclick, choose.reform(move |_| name))
            .text(name)
    };
    let row = el("div")
        .class("tabs")
        .attr("role", "tablist")
        .attr("aria-label", words::INSPECTOR)
        .on(ListenerKind::onkeydown, move_by_key(names.to_vec(), at, choose.clone()))
        .children(names.iter().enumerate().map(tab));
    let content = el("div")
        .class("inspector")
        .attr("role", "tabpanel")
        .attr("id", "inspector")
        .attr("aria-labelledby", format!("tab-{chosen}"))
        .attr("tabindex", "0")
        .child(content);
    [row, content]
}

fn move_by_key(names: Vec<&'static str>, at: usize, choose: Callback<&'static str>) -> Callback<Event> {
    Callback::from(move |event: Event| {
        let last = names.len() - 1;
        let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
        let to = match key.as_deref() {
            Some("ArrowRight" | "ArrowDown") => (at + 1) % names.len(),
            Some("ArrowLeft" | "ArrowUp") => at.checked_sub(1).unwrap_or(last),
            Some("Home") => 0,
            Some("End") => last,
            _ => return,
        };
        event.prevent_default();
        // These keys are the tabs', not the player's.
        event.stop_propagation();
        choose.emit(names[to]);
        let row = event.target().and_then(browser::element).and_then(|tab| tab.parent_element());
        if let Some(tab) = row.and_then(|row| row.children().item(to as u32)) {
            browser::focus(&tab);
        }
    })
}
