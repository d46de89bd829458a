//! The panel: what happened, and the tabs to look closer.

use super::decision_tab::decision_tab;
use super::element::{El, el};
use super::info_tab::info_tab;
use super::node_tab::node_tab;
use super::pick::Pick;
use super::tabs::tabs;
use super::wire_tab::WireTab;
use super::words;
use crate::scene::Scene;
use crate::story::{Narration, Panels};
use yew::{Callback, Html, html};

pub const WIRE: &str = "Wire";
pub const NODE: &str = "Node";
pub const INFO: &str = "INFO";
pub const DECISION: &str = "Decision";
#[cfg(feature = "complete")]
pub const SEQUENCE: &str = "Sequence";
#[cfg(feature = "complete")]
pub const WHAT_IF: &str = "What-if";
#[cfg(feature = "complete")]
pub const SETTINGS: &str = "Settings";
#[cfg(feature = "complete")]
pub const LOAD: &str = "Load";
#[cfg(feature = "complete")]
pub const TEXT: &str = "Text";

/// The tab that an address' query asks for; what is none is left aside.
pub fn asked(query: &str) -> Option<&'static str> {
    #[cfg(feature = "complete")]
    const ALL: &[&str] = &[WIRE, NODE, INFO, DECISION, SEQUENCE, WHAT_IF, SETTINGS, LOAD, TEXT];
    #[cfg(not(feature = "complete"))]
    const ALL: &[&str] = &[WIRE, NODE, INFO, DECISION];
    let asked = query.trim_start_matches('?').split('&').find_map(|switch| switch.strip_prefix("tab="));
    ALL.iter().copied().find(|tab| asked.is_some_and(|asked| tab.eq_ignore_ascii_case(asked)))
}

/// What the panel is made from.
pub struct Inside<'a> {
    pub scene: &'a Scene,
    pub narration: &'a Narration,
    /// What holds for the whole run.
    pub remarks: &'a [String],
    /// What stands between the words and the tabs.
    pub after: &'a [Html],
    pub pick: &'a Callback<Pick>,
    /// More tabs: their names, and what is in them.
    pub more: Vec<(&'static str, Html)>,
}

/// A laboratory's own question comes first.
#[cfg(feature = "complete")]
fn in_order(names: &mut Vec<&'static str>) {
    if let Some(place) = names.iter().position(|name| *name == WHAT_IF) {
        let first = names.remove(place);
        names.insert(0, first);
    }
}

/// The panel with one of its tabs chosen.
pub fn panel(inside: Inside, tab: &'static str, choose: &Callback<&'static str>) -> El {
    let Inside { scene, narration, remarks, after, pick, more } = inside;
    let inspector = inspect(scene, more, pick, None, tab, choose);
    el("aside")
        .class("panel")
        .attr("aria-label", words::WHAT_HAPPENS)
        .child(el("p").class("eyebrow").text(narration.eyebrow.clone()))
        .child(el("h1").text(narration.title.clone()))
        .child(el("p").class("prose").prose(&narration.body))
        .nodes(after.iter().cloned())
        .children(inspector)
        .children(remarks.iter().map(|remark| el("p").class("remark").text(remark.clone())))
}

/// The tabs, or those of them at these places, with one chosen.
pub fn inspect(
    scene: &Scene,
    more: Vec<(&'static str, Html)>,
    pick: &Callback<Pick>,
    only: Option<Panels>,
    tab: &'static str,
    choose: &Callback<&'static str>,
) -> [El; 2] {
    let names = [WIRE, NODE, INFO, DECISION].into_iter().chain(more.iter().map(|(name, _)| *name));
    let mut names: Vec<&'static str> = names.collect();
    #[cfg(feature = "complete")]
    in_order(&mut names);
    if let Some(only) = only {
        let mut place = 0;
        names.retain(|_| {
            place += 1;
            only.tabs() >> (place - 1) & 1 == 1
        });
    }
    let tab = if names.contains(&tab) { tab } else { names.first().copied().unwrap_or(WIRE) };
    let found = more.into_iter().find(|(name, _)| *name == tab);
    let content: Html = match tab {
        _ if found.is_some() => found.map_or_else(Html::default, |(_, content)| content),
        NODE => node_tab(&scene.node, pick).into(),
        INFO => info_tab(&scene.info).into(),
        DECISION => decision_tab(scene, pick).into(),
        _ => html! { <WireTab wire={scene.wire.clone()} figures={scene.figures.clone()} /> },
    };
    tabs(&names, tab, choose, content)
}
