//! The steps of a run, told: what the formats of words and numbers are made from.

use crate::node::{LinkState, Role};
use crate::sim::{Cargo, NodeId, What, World};
use crate::story::{Inline, Telling, display_name, first_words};
use crate::time::Time;
use std::time::Duration;

/// The most steps that are told at once; [`Steps::more`] says how many there are besides.
pub const STEPS_MAX: usize = 20_000;

/// The steps of a part of a run.
#[derive(Clone, Debug)]
pub struct Steps {
    pub title: String,
    pub summary: String,
    pub told: Vec<Step>,
    /// Steps behind those told.
    pub more: usize,
    /// What a reader must know about the whole run.
    pub remarks: Vec<String>,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// From 1.
    pub number: usize,
    /// From the beginning of the run.
    pub after: Duration,
    pub at: Time,
    pub phase: &'static str,
    pub title: String,
    pub body: Vec<Inline>,
    pub messages: Vec<Message>,
    pub nodes: Vec<NodeState>,
}

/// Bytes that left in this step, or that were lost in it.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: u64,
    pub from: NodeId,
    pub to: NodeId,
    /// Their first words.
    pub words: String,
    pub kind: &'static str,
    pub bytes: usize,
    /// Which bytes of the replication stream they are.
    pub stream: Option<(u64, u64)>,
    pub is_lost: bool,
}

/// A node after the step.
#[derive(Clone, Debug)]
pub struct NodeState {
    pub id: NodeId,
    pub name: String,
    pub role: &'static str,
    /// Offset and replication id, while its process runs.
    pub stands: Option<(u64, String)>,
    /// Of a replica: `up` or `down`.
    pub link: Option<&'static str>,
}

impl Step {
    /// Title and text without emphasis.
    pub fn text(&self) -> String {
        let parts = self.body.iter().map(|part| match part {
            Inline::Text(text) | Inline::Strong(text) | Inline::Code(text) => text.as_str(),
        });
        parts.collect()
    }

    /// How a node is called.
    pub fn name(&self, id: NodeId) -> String {
        self.nodes.iter().find(|node| node.id == id).map_or_else(|| format!("node {}", id.0), |node| node.name.clone())
    }
}

/// Tells the steps from one moment to another, both included.
pub fn steps(telling: &mut Telling, from: Time, to: Time) -> Steps {
    let start = telling.timeline.start();
    let all: Vec<(usize, Time)> = telling.timeline.steps().iter().map(|step| step.at).enumerate().collect();
    let wanted: Vec<(usize, Time)> = all.into_iter().filter(|(_, at)| (from..=to).contains(at)).collect();
    let more = wanted.len().saturating_sub(STEPS_MAX);
    let told = wanted.into_iter().take(STEPS_MAX).map(|(number, at)| {
        let frame = telling.timeline.frame(at);
        let narration = telling.narration(&frame);
        Step {
            number: number + 1,
            after: at.since(start),
            at,
            phase: frame.phase.name(),
            title: narration.title,
            body: narration.body,
            messages: frame.entries.iter().filter_map(|entry| message(&entry.what)).collect(),
            nodes: nodes(&frame.now),
        }
    });
    let told = told.collect();
    let lesson = &telling.lesson;
    Steps { title: lesson.title.clone(), summary: lesson.summary.clone(), told, more, remarks: telling.remarks() }
}

fn message(what: &What) -> Option<Message> {
    let (segment, is_lost) = match what {
        What::Sent(segment) => (segment, false),
        What::Lost(segment) => (segment, true),
        _ => return None,
    };
    let (kind, stream) = match segment.cargo {
        Cargo::Handshake => ("handshake", None),
        Cargo::Reply => ("reply", None),
        Cargo::Preamble | Cargo::Snapshot { .. } => ("snapshot", None),
        Cargo::Stream { start, end } => ("stream", Some((start, end))),
        Cargo::Ack => ("ack", None),
        Cargo::Keepalive => ("keepalive", None),
    };
    let words = if segment.cargo == Cargo::Keepalive { "\\n".to_owned() } else { first_words(segment) };
    let (id, from, to) = (segment.id, segment.from, segment.to);
    Some(Message { id, from, to, words, kind, bytes: segment.bytes.len(), stream, is_lost })
}

fn nodes(world: &World) -> Vec<NodeState> {
    let state = |id: NodeId| {
        let host = world.host(id)?;
        let node = host.node.as_ref();
        let role = match node.map(|node| node.role()) {
            None => "down",
            Some(Role::Master) => "master",
            Some(Role::Replica) => "replica",
        };
        let link = node.and_then(|node| node.master_link());
        Some(NodeState {
            id,
            name: display_name(&host.name),
            role,
            stands: node.map(|node| (node.offset(), node.history().id.to_string())),
            link: link.map(|link| if link.state == LinkState::Connected { "up" } else { "down" }),
        })
    };
    world.node_ids().filter_map(state).collect()
}
