//! What a note, a question or a claim waits for: something that happens, not a step's number.
//!
//! Rule: a condition is matched against journal entries, one at a time, so it means the same whatever else goes on.
//!
//! ```text
//! start                                the beginning of the run
//! a runs SET cart:9                    a client's command, by its first words
//! a refuses SET cart:9                 a client's command is answered with an error
//! a propagates SELECT                  a command enters the stream
//! c applies SET cart:9                 a replica applies it
//! b sends PSYNC [to a]                 bytes leave; their first words, or the first line of a reply
//! b receives +FULLRESYNC [from a]      bytes arrive
//! a answers PSYNC from c [partial|full]
//! b link connect|connecting|handshake|transfer|connected
//! b forks | saves | sent snapshot | loads | trims | expires KEY | creates backlog
//! a puts b online
//! a loses b                            either side notices that the link is gone
//! b is promoted
//! cut a b, heal a b, blackhole a b, slow a b, pause a, resume a, crash a, restart a, add a, remove a
//! ```
//! A number before it (`2nd b sends REPLCONF ACK`) waits for that occurrence.

#[cfg(feature = "complete")]
use super::source::written;
use super::source::{LessonError, Word, Words, problem};
use crate::node::{Event, FullReason, LinkState, PsyncVerdict, ReplicaState, Role};
use crate::sim::{Action, Cargo, Entry, NodeId, Segment, What, World};
use crate::wire::Bytes;

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The first, the second …
    pub nth: u32,
    kind: Kind,
    #[cfg(feature = "complete")]
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Start,
    Runs { node: NodeId, words: Vec<String> },
    Refuses { node: NodeId, words: Vec<String> },
    Propagates { node: NodeId, words: Vec<String> },
    Applies { node: NodeId, words: Vec<String> },
    Sends { node: NodeId, words: Vec<String>, to: Option<NodeId> },
    Receives { node: NodeId, words: Vec<String>, from: Option<NodeId> },
    Answers { node: NodeId, from: NodeId, partial: Option<bool> },
    Link { node: NodeId, states: &'static [LinkState] },
    Forks { node: NodeId },
    Saves { node: NodeId },
    SentSnapshot { node: NodeId },
    Loads { node: NodeId },
    Trims { node: NodeId },
    CreatesBacklog { node: NodeId },
    Expires { node: NodeId, key: String },
    PutsOnline { node: NodeId, replica: NodeId },
    Loses { node: NodeId, other: NodeId },
    Promoted { node: NodeId },
    Fault { word: &'static str, nodes: Vec<NodeId> },
}

const VERBS: &str = "runs, refuses, propagates, applies, sends, receives, answers, link, forks, saves, loads, trims, creates backlog, expires, puts … online, loses, is promoted";
const LINK_STATES: &str = "connect, connecting, handshake, transfer or connected";
const FAULTS: [&str; 10] = ["cut", "heal", "blackhole", "slow", "pause", "resume", "crash", "restart", "add", "remove"];

impl Condition {
    /// Reads the rest of a line. `node` finds a node by its name.
    pub fn parse(
        words: &mut Words,
        node: &dyn Fn(&Words, &Word) -> Result<NodeId, LessonError>,
    ) -> Result<Condition, LessonError> {
        #[cfg(feature = "complete")]
        let text = written(words.clone());
        let nth = words.peek().and_then(ordinal);
        if nth.is_some() {
            words.next();
        }
        let first = words.expect("start, a node's name, or a fault")?;
        let kind = if first.text == "start" {
            Kind::Start
        } else if let Some(word) = FAULTS.into_iter().find(|fault| *fault == first.text) {
            let mut nodes = vec![];
            while let Some(name) = words.next() {
                nodes.push(node(words, &name)?);
            }
            nodes.sort_unstable();
            Kind::Fault { word, nodes }
        } else {
            let subject = node(words, &first)?;
            Kind::parse(words, subject, node)?
        };
        words.finish("the end of the condition")?;
        Ok(Condition {
            nth: nth.unwrap_or(1),
            kind,
            #[cfg(feature = "complete")]
            text,
        })
    }

    /// As it is written.
    #[cfg(feature = "complete")]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Is this condition met before anything happened?
    pub fn is_start(&self) -> bool {
        self.kind == Kind::Start
    }

    /// Does this entry match? `world` tells who is behind an address.
    pub fn matches(&self, entry: &Entry, world: &World) -> bool {
        self.kind.matches(entry, world)
    }
}

fn ordinal(word: &str) -> Option<u32> {
    let digits = ["st", "nd", "rd", "th"].into_iter().find_map(|suffix| word.strip_suffix(suffix))?;
    digits.parse().ok().filter(|n| *n > 0)
}

impl Kind {
    fn parse(
        words: &mut Words,
        subject: NodeId,
        node: &dyn Fn(&Words, &Word) -> Result<NodeId, LessonError>,
    ) -> Result<Kind, LessonError> {
        let verb = words.expect(VERBS)?;
        let name = |words: &mut Words| -> Result<NodeId, LessonError> {
            let word = words.expect("a node's name")?;
            node(words, &word)
        };
        Ok(match verb.text.as_str() {
            "runs" => Kind::Runs { node: subject, words: upper(words.rest()) },
            "refuses" => Kind::Refuses { node: subject, words: upper(words.rest()) },
            "propagates" => Kind::Propagates { node: subject, words: upper(words.rest()) },
            "applies" => Kind::Applies { node: subject, words: upper(words.rest()) },
            "sends" if words.take_if("snapshot") => Kind::SentSnapshot { node: subject },
            "sends" => {
                let (said, to) = split_at(words, "to", node)?;
                Kind::Sends { node: subject, words: said, to }
            }
            "receives" => {
                let (said, from) = split_at(words, "from", node)?;
                Kind::Receives { node: subject, words: said, from }
            }
            "answers" => {
                words.take_if("PSYNC");
                words.take_if("from");
                let from = name(words)?;
                let partial =
                    if words.take_if("partial") { Some(true) } else { words.take_if("full").then_some(false) };
                Kind::Answers { node: subject, from, partial }
            }
            "link" => {
                let state = words.expect(LINK_STATES)?;
                let states: &[LinkState] = match state.text.as_str() {
                    "connect" => &[LinkState::Connect],
                    "connecting" => &[LinkState::Connecting],
                    "handshake" => &[LinkState::ReceivePingReply],
                    "transfer" => &[LinkState::Transfer],
                    "connected" => &[LinkState::Connected],
                    _ => {
                        return Err(words.wrong(
                            &state,
                            problem!("'{}' is not a state of a link", state.text),
                            LINK_STATES,
                        ));
                    }
                };
                Kind::Link { node: subject, states }
            }
            "forks" => Kind::Forks { node: subject },
            "saves" => Kind::Saves { node: subject },
            "loads" => Kind::Loads { node: subject },
            "trims" => Kind::Trims { node: subject },
            "creates" if words.take_if("backlog") => Kind::CreatesBacklog { node: subject },
            "expires" => Kind::Expires { node: subject, key: words.expect("a key")?.text },
            "puts" => {
                let replica = name(words)?;
                words.take_if("online");
                Kind::PutsOnline { node: subject, replica }
            }
            "loses" => Kind::Loses { node: subject, other: name(words)? },
            "is" if words.take_if("promoted") => Kind::Promoted { node: subject },
            _ => {
                return Err(words.wrong(&verb, problem!("'{}' is not something a node does", verb.text), VERBS));
            }
        })
    }

    fn matches(&self, entry: &Entry, world: &World) -> bool {
        match (&entry.what, self) {
            // What is refused before it runs is only seen by its answer.
            (What::Answered { args, reply, .. }, Kind::Refuses { node, words }) => {
                entry.node == *node && reply.starts_with(b"-") && begins(args, words)
            }
            (What::Event(event), kind) => kind.matches_event(entry.node, event, world),
            (What::Sent(segment), Kind::Sends { node, words, to }) => {
                entry.node == *node && to.is_none_or(|to| segment.to == to) && says(segment, words)
            }
            (What::Arrived(segment), Kind::Receives { node, words, from }) => {
                entry.node == *node && from.is_none_or(|from| segment.from == from) && says(segment, words)
            }
            (What::Fault(action), Kind::Fault { word, nodes }) => {
                let mut concerned = action.nodes();
                concerned.sort_unstable();
                fault_word(action) == *word && concerned == *nodes
            }
            _ => false,
        }
    }

    fn matches_event(&self, at: NodeId, event: &Event, world: &World) -> bool {
        let host_of = |addr: &crate::node::Addr| world.find(addr);
        match (event, self) {
            (Event::CommandRun { args, reply_is_error: false, .. }, Kind::Runs { node, words }) => {
                at == *node && begins(args, words)
            }
            (Event::Propagated { args, .. }, Kind::Propagates { node, words }) => at == *node && begins(args, words),
            (Event::Applied { args, .. }, Kind::Applies { node, words }) => at == *node && begins(args, words),
            (Event::PsyncDecided(decision), Kind::Answers { node, from, partial }) => {
                let is_partial = matches!(decision.verdict, PsyncVerdict::Partial { .. });
                at == *node
                    && host_of(&decision.replica) == Some(*from)
                    && partial.is_none_or(|wanted| wanted == is_partial)
            }
            (Event::LinkStateChanged { to, .. }, Kind::Link { node, states }) => at == *node && states.contains(to),
            (Event::SnapshotStarted { .. }, Kind::Forks { node }) => at == *node,
            (Event::SnapshotSaved { .. }, Kind::Saves { node }) => at == *node,
            (Event::SnapshotSent { .. }, Kind::SentSnapshot { node }) => at == *node,
            (Event::SnapshotLoaded { .. }, Kind::Loads { node }) => at == *node,
            (Event::BacklogTrimmed { .. }, Kind::Trims { node }) => at == *node,
            (Event::BacklogCreated { .. }, Kind::CreatesBacklog { node }) => at == *node,
            (Event::KeyExpired { key, .. }, Kind::Expires { node, key: wanted }) => {
                at == *node && **key == *wanted.as_bytes()
            }
            (Event::ReplicaStateChanged { addr, to: ReplicaState::Online, .. }, Kind::PutsOnline { node, replica }) => {
                at == *node && host_of(addr) == Some(*replica)
            }
            (Event::ReplicaLost { addr, .. }, Kind::Loses { node, other }) => {
                at == *node && host_of(addr) == Some(*other)
            }
            (Event::LinkLost { .. }, Kind::Loses { node, other }) => {
                let master = world
                    .host(at)
                    .and_then(|host| host.node.as_ref()?.master_link())
                    .and_then(|link| host_of(&link.addr));
                at == *node && master == Some(*other)
            }
            (Event::RoleChanged { to: Role::Master, .. }, Kind::Promoted { node }) => at == *node,
            _ => false,
        }
    }
}

/// Words up to a preposition, and the node behind it.
fn split_at(
    words: &mut Words,
    preposition: &str,
    node: &dyn Fn(&Words, &Word) -> Result<NodeId, LessonError>,
) -> Result<(Vec<String>, Option<NodeId>), LessonError> {
    let mut said = words.rest();
    let Some(at) = said.iter().position(|word| word.text == preposition) else {
        return Ok((upper(said), None));
    };
    let mut behind = said.split_off(at).into_iter().skip(1);
    let name = behind.next().map_or_else(|| words.expect("a node's name"), Ok)?;
    match behind.next() {
        Some(word) => Err(words.unexpected(&word, "the end of the condition")),
        None => Ok((upper(said), Some(node(words, &name)?))),
    }
}

fn upper(words: Vec<Word>) -> Vec<String> {
    words.into_iter().map(|word| word.text).collect()
}

/// Do the arguments begin with these words? The first one, the command's name, in any case.
fn begins(args: &[Bytes], words: &[String]) -> bool {
    words.len() <= args.len()
        && words.iter().zip(args).enumerate().all(|(n, (word, arg))| match n {
            0 => word.as_bytes().eq_ignore_ascii_case(arg),
            _ => word.as_bytes() == &**arg,
        })
}

/// Do the bytes of a segment begin with these words?
fn says(segment: &Segment, words: &[String]) -> bool {
    if matches!(segment.cargo, Cargo::Snapshot { .. }) {
        return false;
    }
    super::speech::commands(&segment.bytes).iter().any(|args| begins(args, words)) || {
        let line = segment.bytes.split(|b| matches!(b, b'\r' | b'\n')).next().unwrap_or_default();
        let said: Vec<Bytes> = line.split(|b| *b == b' ').map(Bytes::from).collect();
        begins(&said, words)
    }
}

/// The word by which a lesson calls a fault.
pub fn fault_word(action: &Action) -> &'static str {
    match action {
        Action::Command { .. } => "command",
        Action::Cut { .. } => "cut",
        Action::BlackHole { .. } => "blackhole",
        Action::Heal { .. } => "heal",
        Action::Slow { .. } => "slow",
        Action::Pause { .. } => "pause",
        Action::Resume { .. } => "resume",
        Action::Crash { .. } => "crash",
        Action::Restart { .. } => "restart",
        #[cfg(feature = "complete")]
        Action::Add { .. } => "add",
        #[cfg(feature = "complete")]
        Action::Remove { .. } => "remove",
        Action::Recorded(_) => "recorded",
    }
}

/// Why a full resynchronization was needed, in a few plain words.
pub fn reason_text(reason: FullReason) -> &'static str {
    match reason {
        FullReason::Asked => "the replica has nothing to continue from",
        FullReason::OldSync => "SYNC knows no other answer",
        FullReason::IdMismatch => "the replica follows another history",
        FullReason::BeyondSecondId => "the replica went on after the histories parted",
        FullReason::NoBacklog => "the master has no backlog",
        FullReason::BeforeBacklog => "the first missing byte has left the backlog",
        FullReason::AfterBacklog => "the byte it asks for does not exist yet",
    }
}
