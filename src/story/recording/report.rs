//! What was found in a recording: what passed, what was compared and held, what was believed, what differs.

use super::error::RecordingError;
use super::plan::Source;
use crate::node::Event;
use crate::sim::{Answer, Cargo, Difference, Entry, Trust, What, World};
use crate::story::scenario::Scenario;
use crate::story::timeline::Timeline;
use crate::wire::{printable, rdb};

/// More differences are counted and not kept.
const DIFFERENCES_MAX: usize = 1_000;
/// The most names of commands that are counted apart.
const NAMES_MAX: usize = 500;

/// One connection.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionReport {
    pub link: String,
    pub number: u64,
    /// Bytes that passed: the replica's, the master's.
    pub bytes: [u64; 2],
    /// Id and first missing byte, as PSYNC named them.
    pub asked: Option<(String, i64)>,
    pub answer: Option<Answer>,
    /// `redis-ver` of the snapshot that passed.
    pub version: Option<String>,
    /// It speaks a protocol that the model does not; nothing of it was compared.
    pub is_foreign: bool,
    /// `REPLCONF ACK`s that were checked.
    pub acks: u64,
}

/// A server at the end of the recording.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerReport {
    pub name: String,
    pub is_replica: bool,
    pub id: String,
    pub offset: u64,
    /// Does the page's dataset lack what came before the recording, or is not modelled?
    pub lacks_data: bool,
}

/// A whole recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    pub connections: Vec<ConnectionReport>,
    pub servers: Vec<ServerReport>,
    /// Commands of the streams by name, each byte of a history counted once.
    pub commands: Vec<(String, u64)>,
    /// In the order in which they were met; [`Report::differences_count`] tells of more.
    pub differences: Vec<Difference>,
    pub differences_count: u64,
    /// What could not be told from the wire, and how often.
    pub trusted: Vec<(Trust, u64)>,
    /// What the model does not know.
    pub unknown: Vec<String>,
    /// Why the file was not read to its end.
    pub fault: Option<RecordingError>,
}

impl Report {
    pub(super) fn new(scenario: &Scenario, sources: &[Source], fault: Option<RecordingError>) -> Report {
        let talks = scenario.setup.recorded.iter().flat_map(|recorded| &recorded.talks);
        let connections = sources.iter().zip(talks).map(|(source, talk)| ConnectionReport {
            link: source.link.clone(),
            number: source.number,
            bytes: source.passed,
            asked: talk.asked.as_ref().map(|(id, offset)| (printable(id), *offset)),
            version: match &talk.answer {
                Some(Answer::Full { snapshot: Some(snapshot), .. }) => version(snapshot),
                _ => None,
            },
            answer: talk.answer.clone(),
            is_foreign: talk.is_foreign,
            acks: 0,
        });
        Report { connections: connections.collect(), fault, ..Report::default() }
    }

    pub(super) fn note(&mut self, entry: &Entry, world: &World) {
        match &entry.what {
            What::Differs(difference) => {
                self.differences_count += 1;
                if self.differences.len() < DIFFERENCES_MAX {
                    self.differences.push((**difference).clone());
                }
            }
            What::Trusted(trust) => match self.trusted.iter_mut().find(|(known, _)| known == trust) {
                Some((_, count)) => *count += 1,
                None => self.trusted.push((*trust, 1)),
            },
            What::Event(Event::NotModelled { what }) if !self.unknown.contains(what) => self.unknown.push(what.clone()),
            What::Event(Event::Propagated { args, .. }) => self.count(args.first().map_or(&[], |name| name)),
            What::Sent(segment) if segment.cargo == Cargo::Ack => {
                let talk = world.talk_of(segment);
                if let Some(connection) = talk.and_then(|talk| self.connections.get_mut(talk as usize)) {
                    connection.acks += 1;
                }
            }
            _ => {}
        }
    }

    fn count(&mut self, name: &[u8]) {
        let known = self.commands.iter_mut().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name));
        if let Some((_, count)) = known {
            *count += 1;
        } else if self.commands.len() < NAMES_MAX {
            self.commands.push((printable(&name[..name.len().min(64)]).to_ascii_uppercase(), 1));
        }
    }

    pub(super) fn finish(&mut self, timeline: &Timeline) {
        let world = timeline.last_world();
        self.servers = world
            .hosts()
            .iter()
            .filter_map(|host| {
                let node = host.node.as_ref()?;
                Some(ServerReport {
                    name: host.name.clone(),
                    is_replica: node.master_link().is_some(),
                    id: node.history().id.to_string(),
                    offset: node.offset(),
                    lacks_data: node.lacks_data(),
                })
            })
            .collect();
    }

    /// What the recording is, in a sentence.
    pub fn summary(&self) -> String {
        let bytes: u64 = self.connections.iter().flat_map(|connection| connection.bytes).sum();
        format!(
            "A recording of {} servers: {} connections, {bytes} bytes. What is shown passed on a real network; the nodes are rebuilt from it.",
            self.servers.len(),
            self.connections.len()
        )
    }

    /// What a reader must know of the recording.
    pub(super) fn remarks(&self) -> Vec<String> {
        let mut remarks = vec![];
        if let Some(fault) = &self.fault {
            remarks.push(format!("The file could not be read to its end: {fault}. What came before is shown."));
        }
        remarks.push(match self.differences.first() {
            None => "Every byte that Redis 7.0.15 would determine is as it would send it.".into(),
            Some(first) => format!(
                "{} differences from what Redis 7.0.15 would send; the first at byte {} of what {} said: expected `{}`, found `{}`.",
                self.differences_count,
                first.at,
                self.speaker(first),
                first.expected,
                first.found
            ),
        });
        if !self.unknown.is_empty() {
            remarks.push(format!("Not modelled, and shown as bytes: {}.", self.unknown.join("; ")));
        }
        if !self.trusted.is_empty() {
            let words: Vec<&str> = self.trusted.iter().map(|(trust, _)| trust.words()).collect();
            remarks.push(format!("Taken from the recording, because the wire does not tell: {}.", words.join("; ")));
        }
        remarks
    }

    /// Which side of which connection said what differs.
    pub fn speaker(&self, difference: &Difference) -> String {
        let side = if difference.from_replica { "the replica" } else { "the master" };
        match self.connections.get(difference.talk as usize) {
            Some(connection) => format!("{side} on {} connection {}", connection.link, connection.number),
            None => side.into(),
        }
    }
}

/// The version of the server that wrote a snapshot.
fn version(snapshot: &[u8]) -> Option<String> {
    let aux = rdb::Reader::new(snapshot).map_while(Result::ok).map_while(|(_, item)| match item {
        rdb::Item::Aux { key, value } => Some((key, value)),
        _ => None,
    });
    let mut versions = aux.filter(|(key, _)| &**key == b"redis-ver" || &**key == b"valkey-ver");
    versions.next().map(|(_, value)| printable(&value))
}
