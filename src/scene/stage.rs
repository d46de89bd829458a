//! The stage: cards, the links between them, and what is on its way.
//!
//! Rule: a link is drawn for every pair of nodes that replicate one from the other, now or at any moment of the scenario.

use super::card::Card;
use super::geometry::{Curve, Flow, Point, Size};
use super::message::MessagePill;
use crate::sim::NodeId;

/// The picture of the nodes at one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    pub size: Size,
    pub flow: Flow,
    pub cards: Vec<Card>,
    pub links: Vec<LinkLine>,
    pub messages: Vec<MessagePill>,
}

/// A link, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkLine {
    pub a: NodeId,
    pub b: NodeId,
    /// `a-b`.
    pub data: String,
    pub curve: Curve,
    /// Where the line really ends, if cards stand between: it runs on straight behind them.
    pub tail_x: f64,
    pub look: LinkLook,
    /// What it is like (`2 ms · 1 MB/s`), or what happened to it (`cut 4.2 s ago`); empty if there is nothing to say.
    pub note: String,
    pub note_at: Point,
    /// The whole of it in words.
    pub name: String,
    /// Those that stand together at either end; empty for one node.
    #[cfg(feature = "complete")]
    pub ups: Vec<NodeId>,
    #[cfg(feature = "complete")]
    pub downs: Vec<NodeId>,
}

#[cfg(feature = "complete")]
impl LinkLine {
    /// Does what a node sends or gets travel on this line, at the end that `end` stands for?
    pub fn carries(&self, end: NodeId, node: NodeId) -> bool {
        let many = if end == self.a { &self.ups } else { &self.downs };
        end == node || many.contains(&node)
    }

    pub fn is_of_many(&self) -> bool {
        !self.ups.is_empty() || !self.downs.is_empty()
    }
}

/// How the line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkLook {
    /// A connection stands.
    Open,
    /// The network is fine, nobody uses it.
    Idle,
    /// The network is cut: connections are reset.
    Cut,
    /// The network swallows everything in silence.
    BlackHole,
}

impl LinkLook {
    pub fn class(self) -> &'static str {
        match self {
            LinkLook::Open => "link open",
            LinkLook::Idle => "link idle",
            LinkLook::Cut => "link cut",
            LinkLook::BlackHole => "link black-hole",
        }
    }
}
