//! A branch of a lesson: what is done otherwise from a moment on.
//!
//! Rule: a past is never edited. Up to its fork a branch is what its parent is; what a learner did on the parent later is
//! not part of it. A lesson's trunk goes on in its branches, because it is what the lesson is about; the trunk of a
//! laboratory is a learner's own doing and does not.
//!
//! ```text
//! branch "small backlog" at 7s
//! at 7.2s a> CONFIG SET repl-backlog-size 16kb
//! branch "c is cut off" of "small backlog" at 9s
//! at 9s cut a c
//! ```

use super::lesson::{AFTERMATH, Lesson};
use super::load::Load;
use super::scenario::{Scenario, ScriptLine};
use crate::sim::{Action, NodeId};
use std::time::Duration;

/// The most branches of a lesson.
pub(super) const BRANCHES_MAX: usize = 64;
/// For how long a laboratory is computed ahead.
pub(super) const HORIZON: Duration = Duration::from_secs(10);

/// What is done otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Unlike those of all others.
    pub name: String,
    /// The branch that it leaves; `None`: the trunk. Always one that stands above it.
    pub parent: Option<usize>,
    /// When it leaves it, from the beginning of the run.
    pub at: Duration,
    /// What is done on this branch, in order of time; nothing before `at`.
    pub script: Vec<ScriptLine>,
    pub loads: Vec<Load>,
}

impl Lesson {
    /// What is run on a branch, or on the trunk: everything that was inherited, then the branch's own lines.
    pub fn scenario_of(&self, branch: Option<usize>) -> Scenario {
        let trunk = &self.scenario;
        let Some(own) = branch.and_then(|n| self.branches.get(n)) else { return trunk.clone() };
        let (mut script, mut loads) = self.inherited(own.parent, own.at);
        script.extend(own.script.iter().cloned());
        script.sort_by_key(|line| line.after);
        loads.extend(own.loads.iter().cloned());
        let length = self.length_of(&script, &loads).max(own.at + HORIZON);
        let length = if self.is_laboratory { length } else { length.max(trunk.length) };
        Scenario { setup: trunk.setup.clone(), script, loads, length }
    }

    /// The lesson with a branch in the place of its trunk.
    pub fn on_branch(&self, branch: Option<usize>) -> Lesson {
        Lesson { scenario: self.scenario_of(branch), ..self.clone() }
    }

    /// What a branch that leaves `parent` at `fork` takes over.
    pub(super) fn inherited(&self, parent: Option<usize>, fork: Duration) -> (Vec<ScriptLine>, Vec<Load>) {
        let Some(parent) = parent.and_then(|n| self.branches.get(n)) else {
            let stays = |at: Duration| !self.is_laboratory || at <= fork;
            let script = self.scenario.script.iter().filter(|line| stays(line.after)).cloned();
            let loads = self.scenario.loads.iter().filter(|load| stays(load.from)).cloned();
            return (script.collect(), loads.collect());
        };
        let (mut script, mut loads) = self.inherited(parent.parent, parent.at);
        script.extend(parent.script.iter().filter(|line| line.after <= fork).cloned());
        loads.extend(parent.loads.iter().filter(|load| load.from <= fork).cloned());
        (script, loads)
    }

    /// The names of all nodes, by number: those declared, then those that are added on the trunk or on any branch.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.scenario.setup.hosts.iter().map(|host| host.name.as_str()).collect();
        let branches = self.branches.iter().flat_map(|branch| &branch.script);
        for line in self.scenario.script.iter().chain(branches) {
            if let Action::Add { node, name, .. } = &line.action
                && node.index() == names.len()
            {
                names.push(name);
            }
        }
        names
    }

    /// The node of this name, declared or added on any branch.
    pub fn node_id(&self, name: &str) -> Option<NodeId> {
        self.names().iter().position(|known| *known == name).map(|n| NodeId(n as u8))
    }

    /// How long the trunk's run is without an `end`.
    pub(super) fn usual_length(&self) -> Duration {
        self.length_of(&self.scenario.script, &self.scenario.loads)
    }

    /// A run without an `end` goes on for a while after the last thing that is done. A learner may go on longer, so a
    /// laboratory does not wait for the end of a load.
    pub(super) fn length_of(&self, script: &[ScriptLine], loads: &[Load]) -> Duration {
        let last = script.iter().map(|line| line.after).max().unwrap_or_default();
        let loads = Load::ended(loads).into_iter().map(|load| if self.is_laboratory { load.from } else { load.to });
        loads.fold(last, Duration::max) + if self.is_laboratory { HORIZON } else { AFTERMATH }
    }
}
