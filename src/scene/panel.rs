//! What the panel's tabs show, ready to be drawn.
//!
//! Rule: texts are those of the wire and of INFO, unchanged; explanations stand beside them.

#[cfg(feature = "complete")]
use super::geometry::{Rect, Size};
#[cfg(feature = "complete")]
use super::paint::Hue;
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
    #[cfg(feature = "complete")]
    pub past: NodePast,
}

/// What the node went through, and the blocks of its backlog.
#[cfg(feature = "complete")]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodePast {
    /// The attempts to reach its master, oldest first, as many as are shown; and how many came before them.
    pub attempts: Vec<Attempt>,
    pub earlier: usize,
    pub replicas: Vec<Chain>,
    pub blocks: Option<Blocks>,
}

/// One way through the states of the link.
#[cfg(feature = "complete")]
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    pub states: Vec<PassedState>,
}

/// A state that was entered.
#[cfg(feature = "complete")]
#[derive(Clone, Debug, PartialEq)]
pub struct PassedState {
    pub name: &'static str,
    pub at: Time,
    pub clock: String,
    pub current: bool,
}

/// A replica's states on its master's side.
#[cfg(feature = "complete")]
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    pub name: String,
    pub links: Vec<ChainLink>,
}

/// One of these states; when it was entered, if it was.
#[cfg(feature = "complete")]
#[derive(Clone, Debug, PartialEq)]
pub struct ChainLink {
    pub name: &'static str,
    pub entered: Option<(Time, String)>,
    pub current: bool,
}

/// The backlog's blocks as a small picture.
#[cfg(feature = "complete")]
#[derive(Clone, Debug, PartialEq)]
pub struct Blocks {
    pub size: Size,
    /// `5 blocks, 141 B of 128 B`.
    pub heading: String,
    pub cells: Vec<BlockCell>,
    /// Blocks in the middle that are not drawn, and where to say so.
    pub hidden: Option<(usize, Rect)>,
    /// Every block in words, drawn or not, as far as there are not too many.
    pub text: Vec<String>,
}

/// One block.
#[cfg(feature = "complete")]
#[derive(Clone, Debug, PartialEq)]
pub struct BlockCell {
    pub rect: Rect,
    /// Width of what is filled.
    pub filled: f64,
    pub first: String,
    pub bytes: String,
    /// Who refers to it: a name and its colour.
    pub pins: Vec<(String, Hue)>,
    /// It has left the backlog.
    pub trimmed: bool,
    pub title: String,
}

/// One state of the replica's side of the link.
#[derive(Clone, Debug, PartialEq)]
pub struct StateRow {
    /// Redis' name, without `REPL_STATE_`.
    pub name: &'static str,
    /// What it waits for.
    pub waits_for: &'static str,
    pub current: bool,
    /// When the attempt under way entered it; empty in the small program.
    pub entered: String,
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
