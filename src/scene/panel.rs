//! What the panel's tabs show, ready to be drawn.
//!
//! Rule: texts are those of the wire and of INFO, unchanged; explanations stand beside them.

use super::paint::Kind;
#[cfg(feature = "complete")]
use crate::time::Time;

/// The bytes of one message.
#[derive(Clone, Debug, PartialEq)]
pub struct WirePanel {
    /// `node-a → node-b · 38 bytes`.
    pub heading: String,
    pub kind: Kind,
    pub rows: Vec<WireRow>,
    /// Rows that are not shown because the message is long.
    pub hidden_rows: usize,
}

/// One line of the bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct WireRow {
    /// Offset of its first byte: in the stream if it is part of it, else in the message.
    pub offset: u64,
    pub fields: Vec<WireField>,
}

/// Bytes that mean one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct WireField {
    pub text: String,
    pub look: FieldLook,
    pub meaning: String,
}

/// How the bytes of a field are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldLook {
    /// Type and length marks.
    Frame,
    /// What the message says.
    Value,
    /// `\r\n`.
    Ending,
    /// Bytes that no reader understands.
    Unknown,
}

/// A number of INFO, and what it was before this step.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub name: String,
    pub was: Option<String>,
    pub now: String,
}

/// One node from inside.
#[derive(Clone, Debug, PartialEq)]
pub struct NodePanel {
    pub heading: String,
    /// The replica's states in order; empty for a node that has no master.
    pub states: Vec<StateRow>,
    pub replicas: Vec<ReplicaRow>,
    pub backlog: Vec<Figure>,
    /// Said instead, if the process is down.
    pub note: Option<String>,
}

/// One state of the replica's side of the link.
#[derive(Clone, Debug, PartialEq)]
pub struct StateRow {
    /// Redis' name, without `REPL_STATE_`.
    pub name: &'static str,
    /// What it waits for.
    pub waits_for: &'static str,
    pub current: bool,
}

/// One line of the master's list of replicas.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicaRow {
    pub name: String,
    pub state: &'static str,
    pub offset: String,
    pub lag: String,
}

/// The text of INFO replication.
#[derive(Clone, Debug, PartialEq)]
pub struct InfoPanel {
    pub heading: String,
    pub lines: Vec<InfoLine>,
}

/// One line of INFO.
#[derive(Clone, Debug, PartialEq)]
pub struct InfoLine {
    /// What stands before the colon; the whole line if there is none.
    pub field: String,
    pub value: Option<String>,
    /// What the value was before this step, if this step changed it; empty if the line is new.
    pub was: Option<String>,
}

/// A rule, with the numbers put in.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionPanel {
    pub question: String,
    pub conditions: Vec<Condition>,
    /// What was counted or compared, one by one.
    pub each: Vec<Condition>,
    /// The first words of the answer.
    pub answer: String,
    /// What follows it.
    pub then: String,
    pub tone: Tone,
    /// The function of Redis that holds the rule, and its file.
    pub mirrors: &'static str,
}

/// What an answer means for whoever waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A snapshot.
    Full,
    Good,
    Bad,
    /// Nothing yet.
    Waits,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Tone::Full => "full",
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Waits => "waits",
        }
    }
}

/// The decision that a step shows.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionPage {
    /// When it was taken, if not in this step.
    pub when: Option<String>,
    pub panel: DecisionPanel,
}

/// The ways to other decisions of the run.
#[cfg(feature = "complete")]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecisionTurns {
    /// `decision 3 of 7`.
    pub place: String,
    /// Number and moment of the one before, and of the next.
    pub previous: Option<(usize, Time)>,
    pub next: Option<(usize, Time)>,
}

/// What it would cost a node to come back now.
#[cfg(feature = "complete")]
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    pub name: String,
    /// `full · 214 B · loses 1 write`.
    pub text: String,
    pub tone: Tone,
}

/// One condition of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub outcome: Outcome,
    pub text: String,
    /// The same with numbers.
    pub numbers: String,
}

/// What came of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Yes,
    No,
    NotReached,
}
