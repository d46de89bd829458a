//! The exact text of INFO replication, with what this step changed.

use crate::scene::panel::InfoPanel;
use yew::prelude::*;

/// The text, line by line.
pub fn info_tab(panel: &InfoPanel) -> Html {
    html! {
        <>
            <p class="wire-heading">{ &panel.heading }</p>
            <div class="info">
                { for panel.lines.iter().map(|line| html! {
                    <p class={line.was.is_some().then_some("changed")}>
                        <span class="info-field">{ &line.field }</span>
                        if let Some(value) = &line.value {
                            { ":" }
                            if let Some(was) = line.was.as_ref().filter(|w| !w.is_empty()) {
                                <span class="was">{ was }{ " → " }</span>
                            }
                            <span class="info-value">{ value }</span>
                        }
                    </p>
                }) }
            </div>
        </>
    }
}
