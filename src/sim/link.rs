//! A link: how long bytes take between two hosts, and whether they come through.

use super::NodeId;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How a link behaves while it is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkSetup {
    /// One way.
    pub latency: Duration,
    /// Bytes a second in each direction; `None`: no limit.
    pub bandwidth: Option<u64>,
}

impl Default for LinkSetup {
    fn default() -> LinkSetup {
        LinkSetup { latency: Duration::from_millis(2), bandwidth: None }
    }
}

/// What is wrong with a link, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkCondition {
    Up,
    Cut { since: Time },
    BlackHole { since: Time },
}

/// The link between two hosts; `a` is the one named first in the setup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub a: NodeId,
    pub b: NodeId,
    pub setup: LinkSetup,
    pub condition: LinkCondition,
}

impl Link {
    pub fn new(a: NodeId, b: NodeId, setup: LinkSetup) -> Link {
        Link { a: a.min(b), b: a.max(b), setup, condition: LinkCondition::Up }
    }

    /// Is it the link between these two?
    pub fn joins(&self, a: NodeId, b: NodeId) -> bool {
        (self.a, self.b) == (a.min(b), a.max(b))
    }

    /// How long `bytes` bytes occupy the link.
    pub fn transmission(&self, bytes: u64) -> Duration {
        self.setup
            .bandwidth
            .map_or(Duration::ZERO, |rate| Duration::from_micros(bytes.saturating_mul(1_000_000) / rate.max(1)))
    }

    pub fn is_up(&self) -> bool {
        self.condition == LinkCondition::Up
    }
}
