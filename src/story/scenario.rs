//! A scenario: nodes, links, and a script of timed acts. Everything a run depends on.

use super::load::Load;
use crate::sim::{Action, EPOCH, Setup};
use crate::time::Time;
use std::time::Duration;

/// One act of a script.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptLine {
    /// From the beginning of the run.
    pub after: Duration,
    pub action: Action,
}

/// Setup and script. The same scenario is the same run, on every machine, in every release.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    pub setup: Setup,
    /// In order of time.
    pub script: Vec<ScriptLine>,
    pub loads: Vec<Load>,
    /// How long the run lasts.
    pub length: Duration,
}

impl Scenario {
    pub fn start(&self) -> Time {
        EPOCH
    }

    pub fn end(&self) -> Time {
        EPOCH + self.length
    }

    /// Are constants of Redis scaled down, so that a picture of them fits on a screen?
    pub fn is_scaled(&self) -> bool {
        self.setup.hosts.iter().any(|host| host.config.backlog_block != crate::node::BlockSize::Redis)
    }
}
