//! Words for what happened: from a lesson's note, or from the events where no note speaks.
//!
//! Rule: every number in a sentence comes out of an event or the node that it speaks of. Of the things that happened in
//! a step, the most telling one is put into words; the inspector shows them all.

use super::condition::reason_text;
use super::lesson::{Lesson, Note};
use super::speech::{commands, typed};
use super::timeline::Frame;
use crate::node::{Addr, Event, LinkState, LostReason, PsyncVerdict, ReplicaState, find_command};
use crate::sim::{Action, Cargo, Entry, NodeId, Segment, What, World};

/// A piece of text with its emphasis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    Text(String),
    Strong(String),
    Code(String),
}

/// What is said beside the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narration {
    /// `link lost · step 31 of 54`
    pub eyebrow: String,
    pub title: String,
    pub body: Vec<Inline>,
}

impl Narration {
    /// Title and text without emphasis, for those who listen.
    pub fn spoken(&self) -> String {
        let body = self.body.iter().map(|part| match part {
            Inline::Text(text) | Inline::Strong(text) | Inline::Code(text) => text.as_str(),
        });
        format!(
            "{}. {}",
            self.title.trim_end_matches('.'),
            body.collect::<String>()
        )
    }
}

/// How a node is called on the page: `a` is `node-a`.
pub fn display_name(name: &str) -> String {
    if name.chars().count() == 1 {
        format!("node-{name}")
    } else {
        name.into()
    }
}

/// Reads inline markup: `**bold**` and `` `code` ``. What is not closed is plain text.
pub fn markup(text: &str) -> Vec<Inline> {
    let mut parts = vec![];
    let mut rest = text;
    while let Some((at, mark)) = [("**", rest.find("**")), ("`", rest.find('`'))]
        .into_iter()
        .filter_map(|(m, at)| Some((at?, m)))
        .min()
    {
        let behind = &rest[at + mark.len()..];
        let Some(end) = behind.find(mark) else { break };
        if at > 0 {
            parts.push(Inline::Text(rest[..at].into()));
        }
        let inner = behind[..end].to_string();
        parts.push(if mark == "`" {
            Inline::Code(inner)
        } else {
            Inline::Strong(inner)
        });
        rest = &behind[end + mark.len()..];
    }
    if !rest.is_empty() {
        parts.push(Inline::Text(rest.into()));
    }
    parts
}

pub(super) fn from_note(eyebrow: String, note: &Note) -> Narration {
    Narration {
        eyebrow,
        title: note.title.clone(),
        body: markup(&note.body),
    }
}

pub(super) fn from_events(eyebrow: String, frame: &Frame, lesson: &Lesson) -> Narration {
    let teller = Teller { world: &frame.now };
    let told = frame
        .entries
        .iter()
        .filter_map(|entry| Some((rank(entry)?, entry)))
        .min_by_key(|(rank, _)| *rank);
    let (title, body) = match told.and_then(|(_, entry)| teller.tell(entry)) {
        Some(words) => words,
        None if frame.step == 0 => (lesson.title.clone(), lesson.summary.clone()),
        None => (
            "Time passes".into(),
            "Nothing that changes a dataset or an offset happens here.".into(),
        ),
    };
    Narration {
        eyebrow,
        title,
        body: markup(&body),
    }
}

/// How telling an entry is; lower is more. `None`: not worth words of its own.
fn rank(entry: &Entry) -> Option<u8> {
    Some(match &entry.what {
        What::Fault(_) => 0,
        What::Event(event) => match event {
            Event::SyncFailed { .. } => 1,
            Event::RoleChanged { .. } => 2,
            Event::SnapshotLoaded { .. } => 3,
            Event::PsyncDecided(_) => 4,
            Event::PartialAccepted { .. } | Event::FullResync { .. } => 5,
            Event::LinkLost {
                reason: LostReason::Refused,
            } => 21,
            Event::LinkLost { .. } => 6,
            Event::ReplicaLost { .. } => 7,
            Event::SnapshotSaved { .. } => 8,
            Event::ReplicaStateChanged {
                to: ReplicaState::Online,
                ..
            } => 9,
            Event::SnapshotStarted { .. } => 10,
            Event::KeyExpired { .. } => 11,
            Event::BacklogTrimmed { .. } => 12,
            Event::CommandRun { .. } => 13,
            Event::Propagated { .. } => 14,
            Event::Applied { .. } => 15,
            Event::SnapshotAnnounced { .. } => 16,
            Event::Acked { .. } => 19,
            Event::LinkStateChanged { .. } => 22,
            _ => return None,
        },
        What::Sent(segment) if segment.cargo == Cargo::Ack => 18,
        What::Sent(_) => 17,
        What::Arrived(_) => 20,
        What::Refused { .. } => 21,
        What::Dialled { .. } => 23,
        What::Lost(_) | What::Answered { .. } => return None,
    })
}

type Words = (String, String);

/// Knows who is behind an address.
struct Teller<'a> {
    world: &'a World,
}

impl Teller<'_> {
    fn name(&self, id: NodeId) -> String {
        self.world
            .host(id)
            .map_or_else(|| "a node".into(), |host| display_name(&host.name))
    }

    fn at(&self, addr: &Addr) -> String {
        self.world
            .find(addr)
            .map_or_else(|| addr.to_string(), |id| self.name(id))
    }

    fn master_of(&self, id: NodeId) -> String {
        let addr = self
            .world
            .host(id)
            .and_then(|host| host.node.as_ref()?.master_link())
            .map(|link| link.addr.clone());
        addr.map_or_else(|| "its master".into(), |addr| self.at(&addr))
    }

    fn tell(&self, entry: &Entry) -> Option<Words> {
        let me = self.name(entry.node);
        match &entry.what {
            What::Event(event) => self.tell_event(entry.node, &me, event),
            What::Sent(segment) => Some(self.tell_sent(&me, segment)),
            What::Arrived(segment) => Some(self.tell_arrived(&me, segment)),
            What::Fault(action) => Some(self.tell_fault(action)),
            What::Refused { .. } => Some((format!("{me} is refused"), "Nobody answers there. It will try again at the next tick of its cron, in at most a second.".into())),
            What::Dialled { to } => Some((format!("{me} calls {}", self.name(*to)), "A TCP connection is being made; the first word comes when it stands.".into())),
            _ => None,
        }
    }

    fn tell_event(&self, id: NodeId, me: &str, event: &Event) -> Option<Words> {
        Some(match event {
            Event::SyncFailed { why } => (format!("{me} cannot follow"), format!("{why}. It keeps the data it has and will try again.")),
            Event::RoleChanged { to: crate::node::Role::Master, .. } => {
                let history = self.world.host(id)?.node.as_ref()?.history().clone();
                (
                    format!("{me} is a master now"),
                    format!("It takes the new replication id `{}` and keeps `{}` as its second one, valid up to byte {}.", history.id.short(), history.id2.short(), history.second_offset.unwrap_or(0)),
                )
            }
            Event::RoleChanged { .. } => (format!("{me} becomes a replica of {}", self.master_of(id)), "It offers its own history first: as a master it had an id and an offset, and perhaps they can be continued.".into()),
            Event::SnapshotLoaded { id: history, offset, keys, .. } => (
                format!("{me} loads the snapshot"),
                format!("What it held is gone; now it holds {keys} keys, as its master did at offset {offset} of history `{}`. From here on it follows the stream.", history.short()),
            ),
            Event::PsyncDecided(decision) => self.tell_decision(me, decision),
            Event::PartialAccepted { offset, new_id, .. } => (
                format!("{me} may continue"),
                match new_id {
                    Some(new_id) => format!("The history goes on under the name `{}`; byte {} comes next.", new_id.short(), offset + 1),
                    None => format!("`+CONTINUE`: nothing is thrown away, byte {} comes next.", offset + 1),
                },
            ),
            Event::FullResync { id: history, offset } => {
                (format!("{me} will get a snapshot"), format!("`+FULLRESYNC {} {offset}`: it keeps what it has until all of the snapshot is here.", history.short()))
            }
            Event::LinkLost { reason: LostReason::Refused } => (format!("{me} is refused"), "Nobody answers there. It will try again at the next tick of its cron, in at most a second.".into()),
            Event::LinkLost { reason } => (format!("{me} loses its master"), format!("{} It remembers id and offset, to ask for the rest later.", reason_of(*reason))),
            Event::ReplicaLost { addr, reason, .. } => (format!("{me} loses {}", self.at(addr)), format!("{} The master goes on alone; the backlog remembers the bytes.", reason_of(*reason))),
            Event::SnapshotStarted { offset, keys } => (
                format!("{me} forks to save a snapshot"),
                format!("The child writes {keys} keys as they are at offset {offset}. Writes that come now go into the stream, behind the snapshot."),
            ),
            Event::SnapshotSaved { bytes } => (format!("{me} has the snapshot on disk"), format!("{bytes} bytes. They go out now, with their length in front.")),
            Event::ReplicaStateChanged { addr, to: ReplicaState::Online, .. } => {
                (format!("{me} puts {} online", self.at(addr)), "Everything it needs has left; from now on it gets each write as it happens. It may still be loading.".into())
            }
            Event::KeyExpired { key, .. } => {
                let key = String::from_utf8_lossy(key).into_owned();
                (format!("{key} expires on {me}"), "The master deletes the key and tells the stream: `DEL`. A replica never decides this by itself.".into())
            }
            Event::BacklogTrimmed { from, first } => (
                format!("The backlog of {me} lets go of its oldest bytes"),
                format!("Bytes {from} – {} are gone. A replica that needs one of them can no longer continue.", first - 1),
            ),
            Event::CommandRun { args, reply_is_error, .. } => self.tell_command(id, me, args, *reply_is_error),
            Event::Propagated { start, end, args, .. } => {
                (format!("{me} adds {} to the stream", typed(args, 24)), format!("Bytes {start} – {end}. No client sent this: the master did, and it counts like any other command."))
            }
            Event::Applied { start, end, args, .. } => {
                (format!("{me} applies {}", typed(args, 24)), format!("Its offset moves `{} → {end}`: {} bytes, counted by both sides alike.", start - 1, end + 1 - start))
            }
            Event::SnapshotAnnounced { bytes: Some(bytes) } => (format!("{me} learns the length"), format!("{bytes} bytes of snapshot follow.")),
            Event::SnapshotAnnounced { bytes: None } => (format!("{me} learns how the snapshot will end"), "It is written straight to the socket, so its length is not known; a mark of 40 characters will end it.".into()),
            Event::Acked { offset, .. } => (format!("{me} hears an acknowledgement"), format!("Everything up to byte {offset} is applied over there.")),
            Event::LinkStateChanged { to: LinkState::Connect, .. } => (format!("{me} waits"), "Its cron will call the master again within a second.".into()),
            _ => return None,
        })
    }

    fn tell_command(
        &self,
        id: NodeId,
        me: &str,
        args: &[crate::wire::Bytes],
        is_error: bool,
    ) -> Words {
        let command = typed(args, 24);
        if is_error {
            return (
                format!("{me} refuses {command}"),
                "The client gets an error; nothing changes.".into(),
            );
        }
        let offset = self
            .world
            .host(id)
            .and_then(|host| host.node.as_ref())
            .map_or(0, |node| node.offset());
        let is_write = args
            .first()
            .and_then(|name| find_command(name))
            .is_some_and(|row| row.flags.has(crate::node::Flags::WRITE));
        let body = if is_write {
            format!(
                "A client wrote here. The command runs, then its effect joins the stream; the offset is {offset}."
            )
        } else {
            "A client asked. A command that changes nothing is not propagated.".to_string()
        };
        (format!("{me} runs {command}"), body)
    }

    fn tell_decision(&self, me: &str, decision: &crate::node::PsyncDecision) -> Words {
        let replica = self.at(&decision.replica);
        match decision.verdict {
            PsyncVerdict::Partial { bytes } => (
                format!("{me} lets {replica} continue"),
                format!(
                    "It asked for byte {} on. The id is known and the byte is in the backlog: `+CONTINUE`, and {bytes} bytes.",
                    decision.asked_offset
                ),
            ),
            PsyncVerdict::Full { reason } => (
                format!("{me} cannot let {replica} continue"),
                format!(
                    "A full resynchronization is needed: {}.",
                    reason_text(reason)
                ),
            ),
        }
    }

    fn tell_sent(&self, me: &str, segment: &Segment) -> Words {
        let to = self.name(segment.to);
        let what = first_words(segment);
        match segment.cargo {
            Cargo::Ack => (
                format!("{me} acknowledges"),
                format!(
                    "`{what}`: everything up to this byte is applied. {to} does not answer that."
                ),
            ),
            Cargo::Handshake => (
                format!("{me} says {what}"),
                format!("{} bytes to {to}.", segment.bytes.len()),
            ),
            Cargo::Reply => (
                format!("{me} answers {what}"),
                format!(
                    "{} bytes to {to}; they are not part of the stream.",
                    segment.bytes.len()
                ),
            ),
            Cargo::Preamble => (
                format!("{me} announces the snapshot"),
                format!("`{what}`: what follows are not commands."),
            ),
            Cargo::Snapshot { from, total } => {
                let end = from + segment.bytes.len() as u64;
                let of = total.map_or_else(String::new, |total| format!(" of {total}"));
                (
                    format!("{me} sends the snapshot"),
                    format!("Bytes {} – {end}{of} are on their way to {to}.", from + 1),
                )
            }
            Cargo::Stream { start, end } => (
                format!("{me} sends {what}"),
                format!("Bytes {start} – {end} of the stream, to {to}."),
            ),
            Cargo::Keepalive => (
                format!("{me} shows that it lives"),
                "A lone line feed; it does not count.".into(),
            ),
        }
    }

    fn tell_arrived(&self, me: &str, segment: &Segment) -> Words {
        let from = self.name(segment.from);
        match segment.cargo {
            Cargo::Snapshot { .. } => (
                format!("{me} receives the snapshot"),
                format!("{} bytes from {from}.", segment.bytes.len()),
            ),
            _ => (
                format!("{me} receives {}", first_words(segment)),
                format!("{} bytes from {from}.", segment.bytes.len()),
            ),
        }
    }

    fn tell_fault(&self, action: &Action) -> Words {
        let name = |id: &NodeId| self.name(*id);
        match action {
            Action::Cut { a, b } => (
                format!("The link between {} and {} is cut", name(a), name(b)),
                "Both sides see the connection reset. What was on its way is lost.".into(),
            ),
            Action::BlackHole { a, b } => (
                format!(
                    "Nothing passes between {} and {} any more",
                    name(a),
                    name(b)
                ),
                "No reset, only silence: neither side can know yet. `repl-timeout` will tell them."
                    .into(),
            ),
            Action::Heal { a, b } => (
                format!(
                    "The link between {} and {} is whole again",
                    name(a),
                    name(b)
                ),
                "The replica will notice at its next attempt.".into(),
            ),
            Action::Slow { a, b, latency, .. } => (
                format!("The link between {} and {} changes", name(a), name(b)),
                format!("It takes {} ms now, one way.", latency.as_millis()),
            ),
            Action::Pause { node } => (
                format!("{} stands still", name(node)),
                "The process is stopped; its connections stay open.".into(),
            ),
            Action::Resume { node } => (
                format!("{} goes on", name(node)),
                "It handles what has waited for it.".into(),
            ),
            Action::Crash { node } => (
                format!("{} is killed", name(node)),
                "Its memory is gone. What its RDB file holds stays.".into(),
            ),
            Action::Restart { node, keep_rdb } => (
                format!("{} starts again", name(node)),
                if *keep_rdb {
                    "It loads the RDB file it finds.".into()
                } else {
                    "It finds no file and is empty.".into()
                },
            ),
            Action::Command { node, args } => (
                format!("{} is asked {}", name(node), typed(args, 24)),
                String::new(),
            ),
        }
    }
}

fn reason_of(reason: LostReason) -> &'static str {
    match reason {
        LostReason::Closed => "The connection was reset.",
        LostReason::Timeout => "Nothing was heard for `repl-timeout` seconds.",
        LostReason::Refused => "Nobody answered.",
        LostReason::Ended => "The connection was closed on purpose.",
    }
}

/// The first command, or the first line, of what a segment carries.
pub fn first_words(segment: &Segment) -> String {
    if let Cargo::Snapshot { from, total } = segment.cargo {
        let end = from + segment.bytes.len() as u64;
        return total.map_or_else(
            || format!("RDB {end} B"),
            |total| format!("RDB {end} of {total} B"),
        );
    }
    let commands = commands(&segment.bytes);
    if commands.is_empty() {
        let line = segment
            .bytes
            .split(|byte| matches!(byte, b'\r' | b'\n'))
            .next()
            .unwrap_or_default();
        return shorten_ids(&crate::wire::printable(line));
    }
    let words: Vec<String> = commands
        .iter()
        .map(|args| shorten_ids(&typed(args, 40)))
        .collect();
    words.join(" · ")
}

/// A replication id in a line is shown by its ends.
fn shorten_ids(text: &str) -> String {
    let words = text
        .split(' ')
        .map(|word| match crate::wire::ReplId::parse(word.as_bytes()) {
            Some(id) => id.short(),
            None => word.to_string(),
        });
    words.collect::<Vec<_>>().join(" ")
}
