//! One node from inside: the state of its link to its master, its replicas, its backlog.

use super::figures::figures;
use crate::scene::panel::NodePanel;
use yew::prelude::*;

/// The node's panel.
pub fn node_tab(panel: &NodePanel) -> Html {
    html! {
        <>
            <p class="wire-heading">{ &panel.heading }</p>
            if let Some(note) = &panel.note {
                <p class="nothing">{ note }</p>
            }
            if !panel.states.is_empty() {
                <h3>{ "Link to its master" }</h3>
                <ol class="states">
                    { for panel.states.iter().map(|s| html! {
                        <li key={s.name} class={s.current.then_some("current")} aria-current={s.current.then_some("step")}>
                            <code>{ s.name }</code>
                            if s.current {
                                <span>{ s.waits_for }</span>
                            }
                        </li>
                    }) }
                </ol>
            }
            if !panel.replicas.is_empty() {
                <h3>{ "Its replicas" }</h3>
                <table class="replicas">
                    <thead><tr><th scope="col">{ "replica" }</th><th scope="col">{ "state" }</th><th scope="col">{ "acknowledged" }</th><th scope="col">{ "lag" }</th></tr></thead>
                    <tbody>
                        { for panel.replicas.iter().map(|r| html! {
                            <tr key={r.name.clone()}><th scope="row">{ &r.name }</th><td>{ r.state }</td><td>{ &r.offset }</td><td>{ &r.lag }</td></tr>
                        }) }
                    </tbody>
                </table>
            }
            if !panel.backlog.is_empty() {
                <h3>{ "Its backlog" }</h3>
                { figures(&panel.backlog) }
            }
        </>
    }
}
