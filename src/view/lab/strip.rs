//! What stands below the laboratory's stage: what can be done to the chosen node, its console, and the branches.

use super::super::element::{El, el};
use super::super::playback::Action;
use super::bench::Bench;
use super::branches::branches;
use super::console::Console;
use super::tools::Tools;
use crate::sim::NodeId;
use crate::time::Time;
use std::rc::Rc;
use yew::prelude::*;

/// The strip at a moment; `node` is the one that is looked at.
pub fn strip(bench: &Rc<Bench>, node: NodeId, at: Time, seek: &Callback<Action>) -> El {
    let world = bench.run().world(at);
    let there: Vec<NodeId> = world.node_ids().filter(|id| world.host(*id).is_some_and(|host| host.is_there)).collect();
    let node = if there.contains(&node) { Some(node) } else { there.first().copied() };
    let tools = html! { <Tools bench={bench.clone()} {node} {at} run={bench.run()} /> };
    let console =
        node.map(|node| html! { <Console key={node.index()} bench={bench.clone()} {node} {at} run={bench.run()} /> });
    let bottom = el("div").class("bench-row").nodes(console).child(branches(bench, at, seek));
    el("div").class("bench").child(tools).child(bottom)
}
