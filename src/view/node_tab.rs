//! One node from inside: the state of its link to its master, its replicas, its backlog.

use super::element::{El, el};
use super::figures::figures;
use crate::scene::panel::{NodePanel, ReplicaRow, StateRow};

/// The node's panel.
pub fn node_tab(panel: &NodePanel) -> El {
    let section = |title: &'static str, content: El| [el("h3").text(title), content];
    let states = (!panel.states.is_empty()).then(|| el("ol").class("states").children(panel.states.iter().map(state)));
    let replicas = (!panel.replicas.is_empty()).then(|| replicas(&panel.replicas));
    el("div")
        .child(el("p").class("wire-heading").text(panel.heading.clone()))
        .children(panel.note.as_ref().map(|note| el("p").class("nothing").text(note.clone())))
        .children(states.map(|s| section("Link to its master", s)).into_iter().flatten())
        .children(replicas.map(|r| section("Its replicas", r)).into_iter().flatten())
        .children(figures(&panel.backlog).map(|f| section("Its backlog", f)).into_iter().flatten())
}

fn state(s: &StateRow) -> El {
    let waits = s.current.then(|| el("span").text(s.waits_for));
    let row =
        el("li").class(if s.current { "current" } else { "other" }).maybe("aria-current", s.current.then_some("step"));
    row.child(el("code").text(s.name)).children(waits)
}

fn replicas(rows: &[ReplicaRow]) -> El {
    let head = ["replica", "state", "acknowledged", "lag"].map(|name| el("th").attr("scope", "col").text(name));
    let row = |r: &ReplicaRow| {
        let cells = [r.state.to_owned(), r.offset.clone(), r.lag.clone()].map(|cell| el("td").text(cell));
        el("tr").child(el("th").attr("scope", "row").text(r.name.clone())).children(cells)
    };
    let head = el("thead").child(el("tr").children(head));
    el("table").class("replicas").child(head).child(el("tbody").children(rows.iter().map(row)))
}
