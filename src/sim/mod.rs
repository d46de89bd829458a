//! Many nodes, one virtual clock, and the network between them.
//!
//! Rule: everything here is a value. The same setup, seed and actions give the same run, and a clone of a [`World`] goes
//! on alike. TCP neither loses nor reorders bytes inside a connection, so neither does a link; its faults are those that
//! operators meet: a reset, silence, slowness, a stopped or killed process.

mod action;
mod cargo;
mod checks;
mod connection;
mod host;
mod journal;
mod link;
mod recorded;
mod world;

pub use action::Action;
pub use cargo::Cargo;
pub use checks::{Checks, LostWrite, Violation};
pub use connection::Segment;
#[cfg(feature = "complete")]
pub use connection::Talking;
pub use host::{Host, HostSetup};
pub use journal::{Entry, What};
pub use link::{Link, LinkCondition, LinkSetup};
pub use recorded::{Act, Answer, Difference, Passing, Recorded, Talk, Trust, Written};
pub use world::{EPOCH, Setup, StreamCommand, World};

use serde::{Deserialize, Serialize};

/// A node by the order in which the setup names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(pub u8);

impl NodeId {
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}
