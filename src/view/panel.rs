//! The panel: what happened, and the tabs to look closer.

use super::decision_tab::decision_tab;
use super::info_tab::info_tab;
use super::node_tab::node_tab;
use super::prose::inline;
use super::tabs::Tabs;
use super::wire_tab::WireTab;
use crate::scene::Scene;
use crate::story::Narration;
use yew::prelude::*;

pub const WIRE: &str = "Wire";
pub const NODE: &str = "Node";
pub const INFO: &str = "INFO";
pub const DECISION: &str = "Decision";

/// The panel with one of its tabs chosen.
pub fn panel(scene: &Scene, narration: &Narration, tab: &'static str, choose: &Callback<&'static str>) -> Html {
    let content = match (tab, &scene.decision) {
        (NODE, _) => node_tab(&scene.node),
        (INFO, _) => info_tab(&scene.info),
        (DECISION, Some(decision)) => decision_tab(decision),
        (DECISION, None) => html! { <p class="nothing">{ "No replica has asked to synchronize yet." }</p> },
        _ => html! { <WireTab wire={scene.wire.clone()} figures={scene.figures.clone()} /> },
    };
    html! {
        <aside class="panel" aria-label="What happens">
            <p class="eyebrow">{ &narration.eyebrow }</p>
            <h1>{ &narration.title }</h1>
            <p class="prose">{ inline(&narration.body) }</p>
            <Tabs names={vec![WIRE, NODE, INFO, DECISION]} chosen={tab} choose={choose.clone()}>
                { content }
            </Tabs>
        </aside>
    }
}
