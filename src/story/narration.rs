//! What is said beside the picture: a lesson's note, or words made from what happened where no note speaks.
//!
//! Rule: of the things that happened in a step, the most telling one is put into words; the inspector shows them all.
//! The sentences themselves are in `teller.rs`.

use super::lesson::{Lesson, Note};
use super::teller::Teller;
use super::timeline::Frame;
use crate::node::{Event, LostReason, ReplicaState, Role};
use crate::sim::{Cargo, Entry, What, World};

/// A piece of text with its emphasis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    Text(String),
    Strong(String),
    Code(String),
}

/// So few bytes say too little for themselves.
const SHORT: usize = 40;

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
        format!("{}. {}", self.title.trim_end_matches(['.', '?']), body.collect::<String>())
    }

    /// The first sentence of the body, or the first ones, if those are short.
    pub fn gist(&self) -> Vec<Inline> {
        let mut gist = vec![];
        let mut bytes = 0;
        for part in &self.body {
            let (Inline::Text(text) | Inline::Strong(text) | Inline::Code(text)) = part;
            if let Inline::Text(text) = part {
                for (end, _) in text.match_indices(". ") {
                    if bytes + end > SHORT {
                        gist.push(Inline::Text(text[..=end].into()));
                        return gist;
                    }
                }
            }
            bytes += text.len();
            gist.push(part.clone());
        }
        gist
    }
}

/// How a node is called on the page: `a` is `node-a`.
pub fn display_name(name: &str) -> String {
    if name.chars().count() == 1 { format!("node-{name}") } else { name.into() }
}

/// Reads inline markup: `**bold**` and `` `code` ``. What is not closed is plain text.
pub fn markup(text: &str) -> Vec<Inline> {
    let mut parts = vec![];
    let mut rest = text;
    while let Some((at, mark)) = first_mark(rest) {
        let behind = &rest[at + mark.len()..];
        let Some(end) = behind.find(mark) else { break };
        if at > 0 {
            parts.push(Inline::Text(rest[..at].into()));
        }
        let inner = behind[..end].to_string();
        parts.push(if mark == "`" { Inline::Code(inner) } else { Inline::Strong(inner) });
        rest = &behind[end + mark.len()..];
    }
    if !rest.is_empty() {
        parts.push(Inline::Text(rest.into()));
    }
    parts
}

fn first_mark(text: &str) -> Option<(usize, &'static str)> {
    ["**", "`"].into_iter().filter_map(|mark| Some((text.find(mark)?, mark))).min()
}

pub(super) fn from_note(eyebrow: String, note: &Note) -> Narration {
    Narration { eyebrow, title: note.title.clone(), body: markup(&note.body) }
}

pub(super) fn from_events(eyebrow: String, frame: &Frame, lesson: &Lesson) -> Narration {
    let teller = Teller { world: &frame.now, entries: &frame.entries };
    let ranked = frame.entries.iter().filter_map(|entry| Some((rank(entry, &frame.now)?, entry)));
    let told = ranked.min_by_key(|(rank, _)| *rank).and_then(|(_, entry)| teller.tell(entry));
    let (title, body) = match told {
        Some(words) => words,
        None if frame.step == 0 => (lesson.title.clone(), lesson.summary.clone()),
        None => ("Time passes".into(), "No dataset and no offset changes here.".into()),
    };
    Narration { eyebrow, title, body: markup(&body) }
}

/// How telling an entry is; lower is more. `None`: not worth words of its own.
fn rank(entry: &Entry, world: &World) -> Option<u8> {
    Some(match &entry.what {
        What::Fault(_) | What::Differs(_) => 0,
        What::Event(event) => return rank_event(event, entry, world),
        What::Sent(segment) => match segment.cargo {
            Cargo::Reply => 16,
            Cargo::Ack => 19,
            _ => 18,
        },
        What::Arrived(_) => 21,
        What::Refused { .. } => 22,
        What::Dialled { .. } => 23,
        What::Answered { .. } => 25,
        What::Lost(_) | What::Trusted(_) => return None,
    })
}

fn rank_event(event: &Event, entry: &Entry, world: &World) -> Option<u8> {
    let is_master =
        world.host(entry.node).and_then(|host| host.node.as_ref()).is_some_and(|node| node.role() == Role::Master);
    Some(match event {
        Event::SyncFailed { .. } | Event::NotModelled { .. } => 1,
        Event::RoleChanged { .. } => 2,
        Event::SnapshotLoaded { .. } => 3,
        Event::PsyncDecided(_) => 4,
        Event::PartialAccepted { .. } | Event::FullResync { .. } => 5,
        Event::LinkLost { reason: LostReason::Refused } => 22,
        Event::LinkLost { .. } => 6,
        Event::ReplicaLost { .. } => 7,
        Event::SnapshotSaved { .. } => 8,
        Event::ReplicaStateChanged { to: ReplicaState::Online, .. } => 9,
        Event::SnapshotStarted { .. } => 10,
        Event::KeyExpired { .. } => 11,
        Event::CommandRun { args, .. } if is_introduction(args) => return None,
        Event::CommandRun { .. } => 12,
        Event::Propagated { .. } => 13,
        Event::BacklogTrimmed { .. } if is_master => 14,
        Event::Applied { .. } => 15,
        Event::SnapshotAnnounced { .. } => 17,
        Event::Acked { .. } => 20,
        Event::LinkStateChanged { .. } => 24,
        _ => return None,
    })
}

/// A replica's part of the handshake: what is told of it is the answer.
fn is_introduction(args: &[crate::wire::Bytes]) -> bool {
    args.first().is_some_and(|name| name.eq_ignore_ascii_case(b"PING") || name.eq_ignore_ascii_case(b"REPLCONF"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gist_is_made_of_whole_sentences() {
        let gist = |text| {
            let narration = Narration { eyebrow: String::new(), title: "Both met".into(), body: markup(text) };
            Narration { body: narration.gist(), ..narration }.spoken()
        };
        assert_eq!(
            gist("The **id** is mine. The byte is in my `backlog`, as can be seen. So: `+CONTINUE`."),
            "Both met. The id is mine. The byte is in my backlog, as can be seen."
        );
        assert_eq!(gist("The id is `mine`."), "Both met. The id is mine.");
    }
}
