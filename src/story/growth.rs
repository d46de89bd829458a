//! Reading what a laboratory's text has beyond a lesson's: nodes that join and leave, and branches.
//!
//! Rule: a name is a node for good. The first `add` of a name gives it the next number, and every branch that adds the
//! same name means the same node; a run in which it was added once cannot add it again.

use super::branch::{BRANCHES_MAX, Branch};
use super::lesson::Reading;
use super::share::At;
use super::source::{LessonError, Word, Words};
use crate::sim::{Action, NodeId};
use std::time::Duration;

/// The longest name of a branch, characters.
const NAME_MAX: usize = 40;

/// A node that joins.
#[derive(Clone, Copy, Debug)]
struct Joined {
    node: NodeId,
    at: Duration,
    port: u16,
}

/// Which nodes join, as far as was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Growth {
    /// By number, behind the nodes that are declared.
    names: Vec<String>,
    /// Those of the branch that is being read, and of what it inherits.
    joined: Vec<Joined>,
    /// When the last one joined by a line of this branch itself.
    last: Duration,
}

impl Growth {
    /// Refuses what has to stand above the first `add`.
    pub fn not_yet(&self, words: &Words, word: &Word) -> Result<(), LessonError> {
        match self.names.first() {
            None => Ok(()),
            Some(name) => {
                Err(words.wrong(word, format!("'{name}' was added above"), "nodes and links above the first add"))
            }
        }
    }

    /// The number behind the declared nodes.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// How many other names were given.
    pub fn others(&self, name: &str) -> usize {
        self.names.iter().filter(|known| *known != name).count()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    pub fn has_port(&self, port: u16) -> bool {
        self.joined.iter().any(|joined| joined.port == port)
    }
}

impl Reading {
    fn declared(&self) -> usize {
        self.lesson.scenario.setup.hosts.len()
    }

    /// When a node is there first; the declared ones from the beginning.
    fn joins_at(&self, node: NodeId) -> Option<Duration> {
        if node.index() < self.declared() {
            return Some(Duration::ZERO);
        }
        self.growth.joined.iter().find(|joined| joined.node == node).map(|joined| joined.at)
    }

    /// Has this node joined by then?
    pub(super) fn is_there(
        &self,
        node: NodeId,
        after: Duration,
        words: &Words,
        word: &Word,
    ) -> Result<(), LessonError> {
        match self.joins_at(node) {
            Some(at) if at <= after => Ok(()),
            Some(at) => Err(words.wrong(word, "the node has not joined yet", format!("a time from {} on", said(at)))),
            None => Err(words.wrong(word, "the node does not join on this branch", "add NAME PORT above")),
        }
    }

    /// Does the line stand in the time of this branch?
    pub(super) fn is_mine(&self, after: Duration, words: &Words, word: &Word) -> Result<(), LessonError> {
        match self.lesson.branches.last().filter(|branch| after < branch.at) {
            None => Ok(()),
            Some(branch) => Err(words.wrong(
                word,
                format!("this branch begins at {}, and nothing before that can be changed", said(branch.at)),
                format!("a time from {} on", said(branch.at)),
            )),
        }
    }

    /// `add NAME PORT [replicaof NAME]`, behind its time.
    pub(super) fn add(&mut self, after: Duration, words: &mut Words) -> Result<Action, LessonError> {
        let name = words.expect("a name, then a port")?;
        let (port, replicaof) = self.newcomer(&name, words)?;
        if after < self.growth.last {
            let accepted = format!("a time from {} on", said(self.growth.last));
            return Err(words.wrong(&name, "nodes are added in order of time", accepted));
        }
        let known = self.growth.find(&name.text);
        let number = self.declared() + known.unwrap_or(self.growth.names.len());
        if let Some(master) = replicaof {
            self.is_there(master, after, words, &name)?;
        }
        if known.is_none() {
            self.growth.names.push(name.text.clone());
        }
        let node = NodeId(number as u8);
        self.growth.joined.push(Joined { node, at: after, port });
        self.growth.last = after;
        Ok(Action::Add { node, name: name.text, port, replicaof })
    }

    /// Has this run a node of this name already?
    pub(super) fn has_joined(&self, name: &str) -> bool {
        let number = self.growth.find(name).map(|n| self.declared() + n);
        number.is_some_and(|number| self.growth.joined.iter().any(|joined| joined.node.index() == number))
    }

    /// `laboratory`
    pub(super) fn laboratory(&mut self, keyword: &Word, mut words: Words) -> Result<(), LessonError> {
        if !self.lesson.branches.is_empty() {
            return Err(words.wrong(keyword, "there is a branch above", "laboratory, above all branches"));
        }
        self.lesson.is_laboratory = true;
        words.finish("the end of the line")
    }

    /// `branch NAME [of PARENT] at TIME`: the lines below belong to it.
    pub(super) fn branch(&mut self, mut words: Words) -> Result<(), LessonError> {
        const ACCEPTED: &str = "of PARENT, or at TIME";
        let name = words.expect("a name, then at TIME")?;
        let branches = &self.lesson.branches;
        if name.text.is_empty() || name.text.chars().count() > NAME_MAX {
            return Err(words.wrong(&name, "this cannot be a branch's name", format!("1 to {NAME_MAX} characters")));
        }
        if branches.iter().any(|branch| branch.name == name.text) {
            return Err(words.wrong(&name, format!("there is a branch '{}' already", name.text), "another name"));
        }
        if branches.len() == BRANCHES_MAX {
            return Err(words.wrong(&name, "there are too many branches", format!("at most {BRANCHES_MAX}")));
        }
        let mut parent = None;
        if words.take_if("of") {
            let of = words.expect("the name of a branch above")?;
            parent = branches.iter().position(|branch| branch.name == of.text);
            if parent.is_none() {
                let names: Vec<&str> = branches.iter().map(|branch| branch.name.as_str()).collect();
                let accepted = if names.is_empty() { "a branch above".into() } else { names.join(", ") };
                return Err(words.wrong(&of, format!("there is no branch '{}'", of.text), accepted));
            }
        }
        let word = words.expect(ACCEPTED)?;
        if word.text != "at" {
            return Err(words.unexpected(&word, ACCEPTED));
        }
        let at = words.duration()?;
        words.finish("the end of the line")?;
        if let Some(parent) = parent.and_then(|n| branches.get(n)).filter(|parent| at < parent.at) {
            let begins = said(parent.at);
            let problem = format!("its parent begins at {begins}");
            return Err(words.wrong(&word, problem, format!("a time from {begins} on")));
        }
        self.lesson.scenario.script.sort_by_key(|line| line.after);
        let (script, _) = self.lesson.inherited(parent, at);
        self.growth.joined = script.iter().filter_map(|line| joined(&line.action, line.after)).collect();
        self.growth.last = Duration::ZERO;
        self.lesson.branches.push(Branch { name: name.text, parent, at, script: vec![], loads: vec![] });
        Ok(())
    }

    /// Puts a lesson's branches in order, after everything was read.
    pub(super) fn finish_branches(&mut self) {
        self.lesson.branches.iter_mut().for_each(|branch| branch.script.sort_by_key(|line| line.after));
    }
}

fn joined(action: &Action, at: Duration) -> Option<Joined> {
    match action {
        Action::Add { node, port, .. } => Some(Joined { node: *node, at, port: *port }),
        _ => None,
    }
}

fn said(at: Duration) -> String {
    At::After(at).to_string()
}
