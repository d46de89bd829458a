//! What stands below the laboratory's stage: the console of the chosen node, and the branches.

use super::super::element::{El, el};
use super::bench::Bench;
use super::branches::Branches;
use super::console::Console;
use crate::sim::NodeId;
use crate::time::Time;
use std::rc::Rc;
use yew::prelude::*;

/// The node that is looked at, if it is there at this moment; else the first one.
pub fn looked_at(bench: &Bench, node: Option<NodeId>, at: Time) -> Option<NodeId> {
    let world = bench.run().world(at);
    let chosen = node.filter(|id| world.has(*id));
    chosen.or_else(|| world.node_ids().next())
}

/// The strip at a moment.
pub fn strip(bench: &Rc<Bench>, node: Option<NodeId>, at: Time) -> El {
    let console = html! { <Console bench={bench.clone()} {node} {at} run={bench.run()} /> };
    let branches = html! { <Branches bench={bench.clone()} {at} run={bench.run()} /> };
    let said = el("p").class("unseen").attr("aria-live", "polite").attr("id", "lab-said").text(bench.said());
    el("div").class("bench").child(console).child(branches).child(said)
}
