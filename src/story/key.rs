//! The key to a question: what the model answers, found by running ahead.
//!
//! Rule: a key is computed from the very run that is shown, never written down.

use super::ask::{Answer, Ask, AskKind, Key};
use super::claim::Claim;
use super::telling::Telling;
use crate::node::Role;
use crate::sim::{Cargo, Entry, NodeId, What, World};
use crate::time::Time;

/// A caret that is so many bytes off is where it should be.
const NEAR_BYTES: u64 = 8;

/// A question of a run: when it is asked, and what the run has to say to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// Its number in the lesson.
    pub ask: usize,
    /// When that happens which it is asked before.
    pub at: Time,
    /// How a PSYNC was answered then, if one was.
    pub(super) partial: Option<bool>,
}

/// What is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Of each choice whether it is right. Perhaps none is, in a run that a learner has changed.
    Choices(Vec<bool>),
    Nodes(Vec<NodeId>),
    /// `None`: it sends nothing more.
    Byte(Option<u64>),
}

impl Truth {
    /// Does the answer fit?
    pub fn is_met_by(&self, answer: Answer) -> bool {
        match (self, answer) {
            (Truth::Choices(right), Answer::Choice(n)) => right.get(n) == Some(&true),
            (Truth::Nodes(nodes), Answer::Node(node)) => nodes.contains(&node),
            (Truth::Byte(Some(byte)), Answer::Byte(said)) => byte.abs_diff(said) <= NEAR_BYTES,
            _ => false,
        }
    }
}

/// How the entries of a moment answer a PSYNC that the question is about.
pub(super) fn answered(ask: &Ask, entries: &[Entry], world: &World) -> Option<bool> {
    use crate::node::{Event, PsyncVerdict};
    entries.iter().filter(|entry| ask.before.matches(entry, world)).find_map(|entry| match &entry.what {
        What::Event(Event::PsyncDecided(decision)) => Some(matches!(decision.verdict, PsyncVerdict::Partial { .. })),
        _ => None,
    })
}

impl Telling {
    /// The key to one of [`Telling::questions`].
    pub fn truth(&mut self, cue: &Cue) -> Truth {
        let lesson = self.lesson.clone();
        let Some(ask) = lesson.asks.get(cue.ask) else { return Truth::Choices(vec![]) };
        let before = self.timeline.frame(cue.at).before.clone();
        match &ask.kind {
            AskKind::Choices(choices) => {
                let claims: Vec<Claim> = choices
                    .iter()
                    .filter_map(|choice| match &choice.key {
                        Key::If(claim) => Some(claim.clone()),
                        Key::Partial(_) => None,
                    })
                    .collect();
                let mut verdicts = match claims.is_empty() {
                    true => vec![],
                    false => Claim::check_all(&claims, self.timeline.scenario()).0,
                }
                .into_iter();
                let holds = |key: &Key| match key {
                    Key::If(_) => verdicts.next().is_some_and(|verdict| verdict.found.is_none()),
                    Key::Partial(partial) => cue.partial == Some(*partial),
                };
                Truth::Choices(choices.iter().map(|choice| &choice.key).map(holds).collect())
            }
            AskKind::NodeAhead => Truth::Nodes(ahead(&before)),
            AskKind::OffsetOf { node, when } => {
                let at = when.of(self.timeline.scenario());
                let now = self.timeline.frame(at).now.clone();
                Truth::Byte(now.host(*node).and_then(|host| host.node.as_ref()).map(|node| node.offset()))
            }
            AskKind::ByteSent { node } => Truth::Byte(self.next_byte(*node, cue.at)),
        }
    }

    /// The first byte of the stream that a node sends at a moment or later.
    fn next_byte(&mut self, node: NodeId, from: Time) -> Option<u64> {
        let steps: Vec<Time> = self.timeline.steps().iter().map(|step| step.at).filter(|at| *at >= from).collect();
        steps.into_iter().find_map(|at| {
            self.timeline.frame(at).entries.iter().find_map(|entry| match &entry.what {
                What::Sent(segment) if segment.from == node => match segment.cargo {
                    Cargo::Stream { start, .. } => Some(start),
                    _ => None,
                },
                _ => None,
            })
        })
    }
}

/// The running replicas that have most of the stream.
fn ahead(world: &World) -> Vec<NodeId> {
    let replicas = world.node_ids().filter_map(|id| {
        let node = world.host(id)?.node.as_ref()?;
        (node.role() == Role::Replica).then(|| (id, node.offset()))
    });
    let replicas: Vec<(NodeId, u64)> = replicas.collect();
    let most = replicas.iter().map(|(_, offset)| *offset).max();
    replicas.into_iter().filter(|(_, offset)| Some(*offset) == most).map(|(id, _)| id).collect()
}
