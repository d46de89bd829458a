//! What stands beside the messages of a run: how long a node was busy with a snapshot, and what was done to nodes and links.
//!
//! Rule: made from the journal's entries alone, once, while the run is computed.

use crate::node::{Event, Role};
use crate::sim::{Action, Entry, NodeId, What};
use crate::time::Time;

/// A time in which a node has something to do that is no message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stay {
    pub node: NodeId,
    pub from: Time,
    /// None as long as it lasts.
    pub to: Option<Time>,
    pub busy: Busy,
}

/// What a node is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// A child process writes the snapshot (`rdbSaveBackground`).
    Fork,
    /// The dataset is replaced by the snapshot (`rdbLoadRio`).
    Load,
}

impl Busy {
    pub fn words(self) -> &'static str {
        match self {
            Busy::Fork => "fork · BGSAVE",
            Busy::Load => "flush, load RDB",
        }
    }
}

/// Something that was done to a node, or to the link between two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    pub at: Time,
    pub node: NodeId,
    /// The link's other end.
    pub other: Option<NodeId>,
    pub words: &'static str,
    /// It is mended, not broken.
    pub is_good: bool,
}

/// The most marks that are remembered.
const MARKS_MAX: usize = 20_000;

/// The run's marks, in the order of time.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    pub stays: Vec<Stay>,
    pub marks: Vec<Mark>,
}

impl Marks {
    pub fn note(&mut self, entry: &Entry) {
        match &entry.what {
            What::Event(Event::SnapshotStarted { .. }) => self.begin(entry, Busy::Fork),
            What::Event(Event::LoadingStarted { .. }) => self.begin(entry, Busy::Load),
            What::Event(Event::SnapshotSaved { .. }) => self.end(entry, Some(Busy::Fork)),
            What::Event(Event::SnapshotLoaded { .. }) => self.end_of_load(entry),
            What::Event(Event::SyncFailed { .. }) => self.end(entry, Some(Busy::Load)),
            What::Event(Event::Started { .. }) => self.end(entry, None),
            What::Event(Event::RoleChanged { from: Role::Replica, to: Role::Master }) => {
                self.mark(entry, entry.node, None, "promoted", true);
            }
            What::Fault(action) => self.note_fault(entry, action),
            _ => {}
        }
    }

    fn note_fault(&mut self, entry: &Entry, action: &Action) {
        let (node, other, words, is_good) = match *action {
            Action::Cut { a, b } => (a, Some(b), "link cut", false),
            Action::BlackHole { a, b } => (a, Some(b), "link silent", false),
            Action::Heal { a, b } => (a, Some(b), "link healed", true),
            Action::Slow { a, b, .. } => (a, Some(b), "link changed", true),
            Action::Pause { node } => (node, None, "paused", false),
            Action::Resume { node } => (node, None, "resumed", true),
            Action::Crash { node } => (node, None, "crashed", false),
            Action::Restart { node, .. } => (node, None, "restarted", true),
            Action::Add { node, .. } => (node, None, "joined", true),
            Action::Remove { node } => (node, None, "removed", false),
            Action::Command { .. } | Action::Recorded(_) => return,
        };
        if matches!(action, Action::Crash { .. } | Action::Remove { .. }) {
            self.end_of(node, entry.at, None);
        }
        self.mark(entry, node, other, words, is_good);
    }

    fn mark(&mut self, entry: &Entry, node: NodeId, other: Option<NodeId>, words: &'static str, is_good: bool) {
        let mark = Mark { at: entry.at, node, other, words, is_good };
        // A fault of a link is an entry of both its ends.
        let is_new = self.marks.iter().rev().take_while(|m| m.at == entry.at).all(|m| *m != mark);
        if is_new && self.marks.len() < MARKS_MAX {
            self.marks.push(mark);
        }
    }

    fn begin(&mut self, entry: &Entry, busy: Busy) {
        self.end(entry, Some(busy));
        if self.stays.len() < MARKS_MAX {
            self.stays.push(Stay { node: entry.node, from: entry.at, to: None, busy });
        }
    }

    /// A small dataset is loaded within one moment, of which no beginning is told.
    fn end_of_load(&mut self, entry: &Entry) {
        let lasts = |stay: &Stay| stay.node == entry.node && stay.to.is_none() && stay.busy == Busy::Load;
        if !self.stays.iter().any(lasts) {
            self.begin(entry, Busy::Load);
        }
        self.end(entry, Some(Busy::Load));
    }

    fn end(&mut self, entry: &Entry, busy: Option<Busy>) {
        self.end_of(entry.node, entry.at, busy);
    }

    /// Ends what the node is busy with: this, or everything.
    fn end_of(&mut self, node: NodeId, at: Time, busy: Option<Busy>) {
        let lasts = |stay: &&mut Stay| stay.node == node && stay.to.is_none() && busy.is_none_or(|b| b == stay.busy);
        self.stays.iter_mut().filter(lasts).for_each(|stay| stay.to = Some(at));
    }
}
