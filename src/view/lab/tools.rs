//! What can be done to a node and its links: each button is an act of the laboratory, at the moment that is shown.

use super::super::browser;
use super::super::element::{El, el};
use super::super::run::Run;
use super::super::words;
use super::bench::Bench;
use crate::node::Role;
use crate::sim::{Action, NodeId, World};
use crate::story::{Load, display_name};
use crate::time::Time;
use crate::wire::Bytes;
use std::rc::Rc;
use std::time::Duration;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// What a slow link gets.
const SLOW: Duration = Duration::from_millis(500);

#[derive(Properties, PartialEq)]
pub struct ToolsProps {
    pub bench: Rc<Bench>,
    /// `None`: there is no node.
    pub node: Option<NodeId>,
    pub at: Time,
    /// So that another run is drawn anew.
    pub run: Rc<Run>,
}

#[component]
pub fn Tools(props: &ToolsProps) -> Html {
    let other = use_state_eq(|| None::<NodeId>);
    let rate = use_state_eq(|| 20_u32);
    let world = props.run.world(props.at);
    let add = {
        let (bench, at, node) = (props.bench.clone(), props.at, props.node);
        button(words::ADD_NODE, move || bench.add(at, node))
    };
    let row = el("div").class("tools-row").attr("role", "group").attr("aria-label", words::ACTS);
    let Some(node) = props.node else { return row.child(add).into() };
    let name = |id: NodeId| world.host(id).map_or_else(String::new, |host| display_name(&host.name));
    let act = |word: &'static str, action: Action| {
        let (bench, at) = (props.bench.clone(), props.at);
        button(word, move || bench.act(at, action.clone()))
    };
    let others: Vec<NodeId> =
        world.node_ids().filter(|id| *id != node && world.host(*id).is_some_and(|host| host.is_there)).collect();
    let chosen = other.filter(|id| others.contains(id)).or_else(|| nearest(&world, node, &others));
    let choose = {
        let (other, others) = (other.clone(), others.clone());
        browser::on_choice(move |n| other.set(others.get(n).copied()))
    };
    let options =
        others.iter().map(|id| el("option").maybe("selected", (Some(*id) == chosen).then_some("")).text(name(*id)));
    let list = el("select").class("tool").attr("aria-label", words::OTHER_NODE).on(ListenerKind::onchange, choose);
    let with_other = chosen.map(|b| {
        let follow = follow(&world, node, b).map(|action| act(words::FOLLOW, action));
        let group = el("span").class("tools-group").child(el("span").class("tools-label").text(words::AND));
        group.child(list.children(options)).children(follow).children(link_acts(&world, node, b, &act))
    });
    let rate_field = el("input").class("tool rate").attr("type", "number").attr("min", "1").attr("max", "1000");
    let rate_field = rate_field.attr("value", rate.to_string()).attr("aria-label", words::RATE);
    let rate_field = rate_field.on(ListenerKind::onchange, {
        let rate = rate.clone();
        browser::on_value(move |text| rate.set(text.parse().unwrap_or(20).clamp(1, 1000)))
    });
    let load = |word: &'static str, per_second: u32| {
        let (bench, at) = (props.bench.clone(), props.at);
        button(word, move || bench.load(at, Load { to: Duration::from_secs(3_600), ..Load::new(node, per_second) }))
    };
    let loads =
        el("span").class("tools-group").child(el("span").class("tools-label").text(words::LOAD)).child(rate_field);
    let loads = loads.child(load(words::START, *rate)).child(load(words::STOP, 0));
    let node_acts =
        el("span").class("tools-group").child(el("strong").text(name(node))).children(acts(&world, node, &act));
    row.child(node_acts).children(with_other).child(loads).child(add).into()
}

fn button(word: &'static str, pressed: impl Fn() + 'static) -> El {
    let pressed = Callback::from(move |_: Event| pressed());
    el("button").class("tool small").attr("type", "button").on(ListenerKind::onclick, pressed).text(word)
}

/// What is sent to a node as a command.
pub fn command(node: NodeId, words: &[&str]) -> Action {
    Action::Command { node, args: words.iter().map(|word| Bytes::from(word.as_bytes())).collect() }
}

/// What can be done to the process.
fn acts(world: &World, node: NodeId, act: &impl Fn(&'static str, Action) -> El) -> Vec<El> {
    let Some(host) = world.host(node) else { return vec![] };
    let Some(process) = &host.node else {
        return vec![
            act(words::RESTART, Action::Restart { node, keep_rdb: true }),
            act(words::RESTART_EMPTY, Action::Restart { node, keep_rdb: false }),
            act(words::REMOVE, Action::Remove { node }),
        ];
    };
    let mut acts = vec![];
    if host.paused {
        acts.push(act(words::RESUME, Action::Resume { node }));
    } else {
        acts.push(act(words::PAUSE, Action::Pause { node }));
    }
    acts.push(act(words::CRASH, Action::Crash { node }));
    if process.role() == Role::Replica {
        acts.push(act(words::PROMOTE, command(node, &["REPLICAOF", "NO", "ONE"])));
    }
    acts.push(act(words::REMOVE, Action::Remove { node }));
    acts
}

/// The other node that is closest: its master, or a replica of its own.
fn nearest(world: &World, node: NodeId, others: &[NodeId]) -> Option<NodeId> {
    let master_of = |id: NodeId| world.find(&world.host(id)?.node.as_ref()?.master_link()?.addr);
    let master = master_of(node).filter(|id| others.contains(id));
    master.or_else(|| others.iter().copied().find(|id| master_of(*id) == Some(node))).or(others.first().copied())
}

/// To follow another node, unless that is so already.
fn follow(world: &World, node: NodeId, other: NodeId) -> Option<Action> {
    let port = world.host(other)?.addr.port;
    let follows = world.host(node)?.node.as_ref()?.master_link().is_some_and(|link| link.addr.port == port);
    (!follows).then(|| command(node, &["REPLICAOF", "127.0.0.1", &port.to_string()]))
}

fn link_acts(world: &World, a: NodeId, b: NodeId, act: &impl Fn(&'static str, Action) -> El) -> Vec<El> {
    let is_faulty = world.links().any(|link| link.joins(a, b) && link.condition != crate::sim::LinkCondition::Up);
    if is_faulty {
        return vec![act(words::HEAL, Action::Heal { a, b })];
    }
    vec![
        act(words::CUT, Action::Cut { a, b }),
        act(words::BLACK_HOLE, Action::BlackHole { a, b }),
        act(words::SLOW, Action::Slow { a, b, latency: SLOW, bandwidth: None }),
    ]
}
