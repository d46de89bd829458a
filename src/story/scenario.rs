//! A scenario: nodes, links, and a script of timed acts. Everything a run depends on.

use super::load::Load;
use crate::node::{BlockSize, Config};
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

    /// The names of the commands that clients send.
    pub fn commands(&self) -> impl Iterator<Item = &[u8]> {
        self.script.iter().filter_map(|line| match &line.action {
            Action::Command { args, .. } => args.first().map(|name| &name[..]),
            _ => None,
        })
    }

    /// Which of Redis' constants are scaled down so that a picture of them fits on a screen, in words.
    pub fn scale(&self) -> Option<String> {
        let redis = Config::default();
        let scaled =
            self.setup.hosts.iter().map(|host| &host.config).find(|c| c.backlog_block != redis.backlog_block)?;
        let BlockSize::Scaled(block) = scaled.backlog_block else { return None };
        Some(format!(
            "Scaled down to fit the picture: a backlog of {} bytes in blocks of {block}; Redis has 1 MiB in blocks of 20,440.",
            scaled.repl_backlog_size
        ))
    }
}
