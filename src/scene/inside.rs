//! One node from inside: INFO, the state of its link, its replicas, its backlog.

use super::nodes::name_of;
use super::panel::{Figure, InfoLine, InfoPanel, NodePanel, ReplicaRow, StateRow};
use super::states;
use super::text::duration;
use crate::node::{LinkState, Node};
use crate::sim::{NodeId, World};

/// Lines of INFO replication as field and value; a heading has no value.
fn info_lines(world: &World, id: NodeId) -> Vec<(String, Option<String>)> {
    let Some(node) = world.host(id).and_then(|h| h.node.as_ref()) else { return Vec::new() };
    let text = node.info(world.now(), "replication");
    let line = |line: &str| match line.split_once(':') {
        Some((field, value)) => (field.to_owned(), Some(value.to_owned())),
        None => (line.to_owned(), None),
    };
    text.lines().filter(|l| !l.is_empty()).map(line).collect()
}

/// The text of INFO, and what the step changed in it.
pub fn info(before: &World, now: &World, id: NodeId) -> InfoPanel {
    let was = info_lines(before, id);
    let lines = info_lines(now, id);
    let stopped = lines.is_empty();
    let lines = lines
        .into_iter()
        .map(|(field, value)| {
            let before = was.iter().find(|(f, _)| *f == field).map(|(_, v)| v.clone());
            let changed = !was.is_empty() && before.as_ref() != Some(&value);
            InfoLine { was: changed.then(|| before.flatten().unwrap_or_default()), field, value }
        })
        .collect();
    let heading = if stopped { "is not running" } else { "redis-cli INFO replication" };
    InfoPanel { heading: format!("{} · {heading}", name_of(now, id)), lines }
}

/// Numbers of INFO, in this order, as far as the node has them.
pub fn figures(before: &World, now: &World, id: NodeId, names: &[&str]) -> Vec<Figure> {
    let info = info(before, now, id);
    let figure = |name: &&str| {
        let line = info.lines.iter().find(|l| l.field == **name)?;
        Some(Figure {
            name: (*name).to_owned(),
            was: line.was.clone().filter(|w| !w.is_empty()),
            now: line.value.clone()?,
        })
    };
    names.iter().filter_map(figure).collect()
}

/// The node's side of replication.
pub fn node(before: &World, now: &World, id: NodeId) -> NodePanel {
    let name = name_of(now, id);
    let Some(node) = now.host(id).and_then(|h| h.node.as_ref()) else {
        let note = Some("The process is not running: there is nothing to look at.".to_owned());
        return NodePanel {
            heading: name,
            states: Vec::new(),
            replicas: Vec::new(),
            backlog: Vec::new(),
            note,
            #[cfg(feature = "complete")]
            past: Default::default(),
        };
    };
    let backlog = [
        "master_repl_offset",
        "second_repl_offset",
        "repl_backlog_active",
        "repl_backlog_size",
        "repl_backlog_first_byte_offset",
        "repl_backlog_histlen",
    ];
    let heading = match node.master_link() {
        Some(link) => format!("{name} · replica of {}", link.addr),
        None => format!("{name} · master"),
    };
    NodePanel {
        heading,
        states: states_of(node),
        replicas: replicas(now, node),
        backlog: figures(before, now, id, &backlog),
        note: None,
        #[cfg(feature = "complete")]
        past: Default::default(),
    }
}

fn states_of(node: &Node) -> Vec<StateRow> {
    let Some(link) = node.master_link() else { return Vec::new() };
    let row = |state: LinkState| StateRow {
        name: states::name(state),
        waits_for: states::waits_for(state),
        current: state == link.state,
        entered: String::new(),
    };
    LinkState::ALL.into_iter().filter(|s| *s != LinkState::None).map(row).collect()
}

fn replicas(world: &World, node: &Node) -> Vec<ReplicaRow> {
    node.replicas()
        .map(|replica| ReplicaRow {
            name: world.find(&replica.addr).map_or_else(|| replica.addr.to_string(), |id| name_of(world, id)),
            state: replica.state.name(),
            offset: replica.ack_offset.to_string(),
            lag: duration(world.now().since(replica.ack_time).as_micros() as u64),
        })
        .collect()
}
