//! From records to a scenario: who the servers are, what passes when, and what must have happened for that.
//!
//! Rule: one way through the records, in their order; what a later record tells of an earlier moment is put there at the
//! end. Moments are made distinct, and every piece arrives before the next thing happens: so what a server says can only
//! follow from what it was seen to receive before.

use super::conversation::{Conversation, Kind, Piece, Verdict};
use super::error::{CONNECTIONS_MAX, RecordingErrorKind, SERVERS_MAX};
use super::record::{Connection, Record, What};
use super::servers::{Servers, Sighting};
use super::units::{Run, RunKind, Units};
use crate::node::{Introduction, Place};
use crate::sim::{Act, Action, Answer, NodeId, Passing, Recorded, Setup, Talk, Written};
use crate::story::scenario::{Scenario, ScriptLine};
use crate::wire::{Bytes, ReplId, decimal};
use std::sync::Arc;
use std::time::Duration;

/// The least time between two things that pass.
const APART: Duration = Duration::from_micros(2);
/// The longest that bytes are shown on their way; how long they took is not recorded.
const FLIGHT_MAX: Duration = Duration::from_millis(2);
/// What follows `+CONTINUE` so soon was in the backlog.
const AT_ONCE: Duration = Duration::from_millis(10);
/// The run goes on for so long after the last record.
const AFTERMATH: Duration = Duration::from_millis(500);
/// Redis' default of `repl-backlog-size`.
const BACKLOG: u64 = 1 << 20;
/// Answers to PSYNC of later versions, which 7.0 does not know.
const FOREIGN: [&[u8]; 2] = [b"+RDBCHANNELSYNC", b"+DUALCHANNELSYNC"];
/// The id of a server that was never heard to name one.
const UNKNOWN_ID: ReplId = ReplId([b'?'; 40]);

/// What the records lead to, as far as they were read.
#[derive(Debug, Default)]
pub struct Plan {
    sources: Vec<Source>,
    /// Those of them that are open.
    open: Vec<usize>,
    histories: Vec<History>,
    /// With its moment, and its rank among those of one moment.
    acts: Vec<(Duration, u8, Act)>,
    /// When the last thing passed, and where in `acts` it stands if its flight may be made longer.
    last: Duration,
    in_flight: Option<usize>,
    refusals: Vec<(usize, String, String)>,
    needed_backlog: u64,
}

/// A connection.
#[derive(Debug)]
pub struct Source {
    pub link: String,
    pub number: u64,
    introduction: Introduction,
    /// When PSYNC passed.
    asked_at: Duration,
    /// The last offset that was acknowledged.
    acked: u64,
    is_foreign: bool,
    /// Bytes that passed: the replica's, the master's.
    pub passed: [u64; 2],
    /// Of these, the ones that were made pieces of.
    shown: [u64; 2],
    conversation: Conversation,
    verdict: Option<(Verdict, Duration)>,
    units: Option<Units>,
    /// Of the answer.
    after_gap: bool,
    snapshot: Option<Bytes>,
    diskless: bool,
    /// The bytes of the stream up to here are from before it was first seen elsewhere.
    older_until: u64,
    older: Vec<u8>,
    missed: Vec<(u64, u64, Bytes)>,
}

/// A history of which bytes were seen.
#[derive(Debug)]
struct History {
    id: ReplId,
    first: u64,
    next: u64,
    /// When its last bytes were first seen.
    written_at: Duration,
}

impl Plan {
    /// Takes the next record.
    pub fn take(&mut self, record: Record) -> Result<(), RecordingErrorKind> {
        let Some(connection) = record.connection else { return Ok(()) };
        let open = self.open.iter().copied().find(|n| {
            let source = &self.sources[*n];
            source.number == connection.number && source.link == connection.link
        });
        match (record.what, open) {
            (What::Start, _) => {}
            (What::Open, Some(_)) => return Err(RecordingErrorKind::OpenAlready),
            (What::Open, None) => return self.open(connection, record.at),
            (What::Refused, _) => self.refused(&connection, record.at),
            (What::Data { from_replica, at, bytes }, Some(n)) => {
                let expected = self.sources[n].passed[usize::from(!from_replica)];
                if at != expected {
                    return Err(RecordingErrorKind::Gap { expected, found: at });
                }
                self.data(n, from_replica, &bytes, record.at);
            }
            (What::Close, Some(n)) => self.close(n, record.at),
            (What::Data { .. }, None) => return Err(RecordingErrorKind::NotOpen),
            // The other side closes too.
            (What::Close, None) => {}
        }
        Ok(())
    }

    /// A moment of its own, at or after `at`.
    fn moment(&mut self, at: Duration) -> Duration {
        let moment = if self.acts.is_empty() { at.max(APART) } else { at.max(self.last + APART) };
        // What was on its way arrives before.
        let flight = ((moment - self.last) / 2).min(FLIGHT_MAX);
        if let Some((_, _, Act::Passes { flight: known, .. })) =
            self.in_flight.take().and_then(|n| self.acts.get_mut(n))
        {
            *known = flight;
        }
        self.last = moment;
        moment
    }

    fn open(&mut self, connection: Connection, at: Duration) -> Result<(), RecordingErrorKind> {
        if self.sources.len() == CONNECTIONS_MAX {
            return Err(RecordingErrorKind::TooManyConnections);
        }
        let at = self.moment(at);
        self.acts.push((at, 1, Act::Opens { talk: self.sources.len() as u32 }));
        self.open.push(self.sources.len());
        self.sources.push(Source::new(connection));
        Ok(())
    }

    fn refused(&mut self, connection: &Connection, at: Duration) {
        let at = self.moment(at);
        if let Some((replica, master)) = connection.link.split_once("->") {
            self.refusals.push((self.acts.len(), replica.into(), master.into()));
            self.acts.push((at, 1, Act::Refused { replica: NodeId(0), master: NodeId(0) }));
        }
    }

    fn data(&mut self, n: usize, from_replica: bool, bytes: &[u8], at: Duration) {
        let conversation = &mut self.sources[n].conversation;
        let pieces =
            if from_replica { conversation.said_by_replica(bytes) } else { conversation.said_by_master(bytes) };
        for piece in pieces {
            self.pass(n, from_replica, piece, at);
        }
        self.sources[n].passed[usize::from(!from_replica)] += bytes.len() as u64;
    }

    fn pass(&mut self, n: usize, from_replica: bool, piece: Piece, at: Duration) {
        let at = self.moment(at);
        let shown = &mut self.sources[n].shown[usize::from(!from_replica)];
        let position = *shown;
        *shown += piece.bytes.len() as u64;
        let kind = match piece.kind {
            Kind::Command(args) => {
                self.sources[n].learn(&args, at);
                Passing::Command
            }
            Kind::Line => Passing::Line,
            Kind::Verdict(Verdict::Refused) => {
                self.sources[n].is_foreign |= FOREIGN.iter().any(|answer| piece.bytes.starts_with(answer));
                self.sources[n].verdict = Some((Verdict::Refused, at));
                Passing::Line
            }
            Kind::Verdict(verdict) => {
                self.decided(n, verdict, at);
                Passing::Verdict
            }
            Kind::Preamble => {
                self.sources[n].diskless = piece.bytes.starts_with(b"$EOF:");
                Passing::Preamble
            }
            Kind::Snapshot { whole } => {
                let ends = whole.as_ref().map(|whole| whole.len() as u64);
                if whole.is_some() {
                    self.sources[n].snapshot = whole;
                }
                Passing::Snapshot { ends }
            }
            Kind::Stream { first } => {
                self.streams(n, first, position, &piece.bytes, at);
                Passing::Stream
            }
            Kind::Unknown => Passing::Unknown,
        };
        self.in_flight = Some(self.acts.len());
        let flight = APART / 2;
        self.acts.push((at, 1, Act::Passes { talk: n as u32, from_replica, bytes: piece.bytes, kind, flight }));
    }

    /// The master's answer to PSYNC.
    fn decided(&mut self, n: usize, verdict: Verdict, at: Duration) {
        let source = &mut self.sources[n];
        source.verdict = Some((verdict, at));
        let (id, next) = match verdict {
            Verdict::Full { id, offset } => (id, offset.saturating_add(1)),
            Verdict::Continue { id, from } => {
                let asked = source.conversation.asked().and_then(|asked| ReplId::parse(&asked.id));
                (id.or(asked).unwrap_or(UNKNOWN_ID), from)
            }
            Verdict::Refused => return,
        };
        let known_of = |histories: &[History], id: ReplId| histories.iter().position(|history| history.id == id);
        let asked = source.conversation.asked().and_then(|asked| ReplId::parse(&asked.id));
        let known = known_of(&self.histories, id);
        let parent = asked.filter(|_| matches!(verdict, Verdict::Continue { .. }) && known.is_none());
        let parent = parent.and_then(|asked| known_of(&self.histories, asked));
        let history = match (known, parent) {
            (Some(known), _) => &mut self.histories[known],
            (None, parent) => {
                // A history that got another name goes on where it was.
                let (first, next) = parent.map_or((next, next), |n| (self.histories[n].first, self.histories[n].next));
                self.histories.push(History { id, first, next, written_at: Duration::ZERO });
                let last = self.histories.len() - 1;
                &mut self.histories[last]
            }
        };
        if next > history.next {
            source.after_gap = true;
            (history.first, history.next) = (next, next);
        } else if matches!(verdict, Verdict::Continue { .. }) && next < history.first {
            source.older_until = history.next;
            history.first = next;
        }
        if matches!(verdict, Verdict::Continue { .. }) {
            self.needed_backlog = self.needed_backlog.max(history.next.saturating_sub(next));
        }
        source.units = Some(Units::new(next));
    }

    fn streams(&mut self, n: usize, first: u64, position: u64, bytes: &[u8], at: Duration) {
        let source = &mut self.sources[n];
        if first < source.older_until {
            let count = (source.older_until - first).min(bytes.len() as u64) as usize;
            source.older.extend_from_slice(&bytes[..count]);
        }
        let Some(units) = &mut source.units else { return };
        units.begin_at(position);
        let runs = units.push(bytes, at);
        self.write(n, runs);
    }

    /// What joined the stream is written by the master when it was first seen.
    fn write(&mut self, n: usize, runs: Vec<Run>) {
        let source = &self.sources[n];
        let (id, since) = match source.verdict {
            Some((Verdict::Full { id, .. }, _)) => (id, None),
            Some((Verdict::Continue { id, .. }, at)) => {
                let asked = source.conversation.asked().and_then(|asked| ReplId::parse(&asked.id));
                (id.or(asked).unwrap_or(UNKNOWN_ID), Some(at))
            }
            _ => return,
        };
        let asked_at = source.asked_at;
        // Another connection may have shown a part of this before: it was written by then.
        let begun = |first: u64, end: u64| {
            let others =
                self.open.iter().filter_map(|n| self.sources.get(*n)).filter(|other| other.history_id() == Some(id));
            let begun =
                others.filter_map(|other| other.units.as_ref()?.begun()).filter(|(at, _)| (first..end).contains(at));
            begun.map(|(_, seen)| seen).min()
        };
        let begun: Vec<Option<Duration>> =
            runs.iter().map(|run| begun(run.first, run.first + run.bytes.len() as u64)).collect();
        let source = &mut self.sources[n];
        let Some(history) = self.histories.iter_mut().find(|history| history.id == id) else { return };
        for (run, begun) in runs.into_iter().zip(begun) {
            let Run { first, at, seen, bytes, kind } = run;
            let seen = seen.min(begun.unwrap_or(seen)).max(history.written_at);
            let end = first + bytes.len() as u64;
            if end <= history.next {
                continue;
            }
            // A run may begin with what was seen elsewhere.
            let known = history.next.saturating_sub(first).min(bytes.len() as u64);
            let (first, at, bytes) = (first + known, at + known, Bytes::from(&bytes[known as usize..]));
            history.next = end;
            let is_backlog = since.is_some_and(|since| seen <= since + AT_ONCE) && history.written_at < asked_at;
            if kind == RunKind::Whole && is_backlog {
                source.missed.push((at, first, bytes));
                continue;
            }
            history.written_at = seen;
            let written = match kind {
                RunKind::Whole => Written::Commands,
                RunKind::Cut => Written::Cut,
                RunKind::Nonsense => Written::Nonsense,
            };
            self.acts.push((seen, 0, Act::Wrote { talk: n as u32, at, id, first, bytes, written }));
        }
    }

    /// What the connection still holds, when it ends or the recording does.
    fn finish_source(&mut self, n: usize, at: Duration) {
        let pieces = self.sources[n].conversation.end();
        for (from_replica, piece) in [true, false].into_iter().zip(pieces) {
            if let Some(piece) = piece {
                self.pass(n, from_replica, piece, at);
            }
        }
        let rest = self.sources[n].units.as_mut().and_then(Units::end);
        self.write(n, rest.into_iter().collect());
    }

    fn close(&mut self, n: usize, at: Duration) {
        self.finish_source(n, at);
        let at = self.moment(at);
        self.acts.push((at, 1, Act::Closed { talk: n as u32 }));
        self.open.retain(|open| *open != n);
    }

    /// What a master sent last may not have reached a replica whose connection ended: its next question shows it.
    fn find_lost(&self, talks: &mut [Talk]) {
        for n in 0..talks.len() {
            let (Some(talk), Some(source)) = (talks.get(n), self.sources.get(n)) else { continue };
            let next = talks.iter().skip(n + 1).find(|next| next.replica == talk.replica && next.asked.is_some());
            let Some((asked_id, asked)) = next.and_then(|next| next.asked.as_ref()) else { continue };
            let is_same = source.history_id().is_some_and(|id| id.matches(asked_id));
            let reached = u64::try_from(*asked).ok().and_then(|asked| asked.checked_sub(1));
            if let Some(talk) = talks.get_mut(n) {
                talk.reached = reached.filter(|reached| is_same && *reached >= source.acked);
            }
        }
    }

    /// The scenario that plays all of it back, and its connections.
    pub fn finish(mut self) -> Result<(Scenario, Vec<Source>), RecordingErrorKind> {
        for n in std::mem::take(&mut self.open) {
            self.finish_source(n, self.last);
        }
        if self.sources.is_empty() {
            return Err(RecordingErrorKind::Empty);
        }
        let sightings = self.sources.iter().map(|source| Sighting {
            link: &source.link,
            port: Some(source.introduction.port).filter(|port| *port > 0),
        });
        let servers = Servers::of(sightings.collect());
        if servers.len() > SERVERS_MAX {
            return Err(RecordingErrorKind::TooManyServers);
        }
        for (n, replica, master) in std::mem::take(&mut self.refusals) {
            if let Some((_, _, act)) = self.acts.get_mut(n) {
                *act = Act::Refused { replica: servers.find(&replica), master: servers.find(&master) };
            }
        }
        let mut talks: Vec<Talk> =
            self.sources.iter_mut().enumerate().map(|(n, source)| source.talk(servers.ends(n))).collect();
        self.find_lost(&mut talks);
        let mut ends: Vec<(ReplId, Vec<u64>)> = vec![];
        for source in &mut self.sources {
            if let (Some(id), Some(units)) = (source.history_id(), &mut source.units) {
                ends.push((id, std::mem::take(&mut units.ends)));
            }
        }
        let mut acts = std::mem::take(&mut self.acts);
        acts.sort_by_key(|(at, rank, _)| (*at, *rank));
        let begin = servers.ids().map(|node| beginning(node, &talks)).map(|act| (Duration::ZERO, 0, act));
        let script = begin.chain(acts).map(|(after, _, act)| ScriptLine { after, action: Action::Recorded(act) });
        let mut hosts = servers.hosts();
        let backlog = self.needed_backlog.max(1).next_power_of_two().max(BACKLOG);
        for host in &mut hosts {
            host.config.repl_backlog_size = backlog;
            // What the kernel took, and when, is in the recording.
            host.config.socket_buffer = u64::MAX;
        }
        let script = script.collect();
        let setup = Setup { seed: 1, hosts, recorded: Some(Arc::new(Recorded { talks, ends })), ..Setup::default() };
        Ok((Scenario { setup, script, length: self.last + AFTERMATH, ..Scenario::default() }, self.sources))
    }
}

impl Source {
    fn new(connection: Connection) -> Source {
        Source {
            link: connection.link.into_owned(),
            number: connection.number,
            introduction: Introduction::default(),
            asked_at: Duration::ZERO,
            acked: 0,
            is_foreign: false,
            passed: [0, 0],
            shown: [0, 0],
            conversation: Conversation::default(),
            verdict: None,
            units: None,
            after_gap: false,
            snapshot: None,
            diskless: false,
            older_until: 0,
            older: vec![],
            missed: vec![],
        }
    }

    /// What a command of the replica tells of it.
    fn learn(&mut self, args: &[Bytes], at: Duration) {
        let words: Vec<Vec<u8>> = args.iter().map(|arg| arg.to_ascii_lowercase()).collect();
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
        match words.as_slice() {
            [b"replconf", b"listening-port", port, ..] => {
                let port = std::str::from_utf8(port).ok().and_then(|port| port.parse().ok());
                self.introduction.port = port.unwrap_or(0);
            }
            [b"replconf", b"ip-address", _] => self.introduction.ip = text(&args[2]),
            // Another way to synchronize than the one that 7.0 knows, or none that has offsets.
            [b"sync"]
            | [
                b"replconf",
                b"rdb-channel" | b"main-ch-client-id" | b"set-rdb-client-id" | b"rdb-only" | b"rdb-filter-only",
                ..,
            ] => self.is_foreign = true,
            [b"psync", ..] => self.asked_at = at,
            [b"replconf", b"ack", offset, ..] => {
                let offset = decimal(offset).and_then(|offset| u64::try_from(offset).ok());
                self.acked = self.acked.max(offset.unwrap_or(0));
            }
            [b"auth", _] => self.introduction.password = text(&args[1]),
            [b"auth", _, _] => {
                (self.introduction.user, self.introduction.password) = (text(&args[1]), text(&args[2]));
            }
            _ => {}
        }
    }

    fn history_id(&self) -> Option<ReplId> {
        match self.verdict? {
            (Verdict::Full { id, .. }, _) => Some(id),
            (Verdict::Continue { id, .. }, _) => {
                id.or_else(|| self.conversation.asked().and_then(|asked| ReplId::parse(&asked.id)))
            }
            (Verdict::Refused, _) => None,
        }
    }

    fn talk(&mut self, (replica, master): (NodeId, NodeId)) -> Talk {
        let asked = self.conversation.asked().map(|asked| (asked.id.clone(), asked.offset));
        let answer = self.verdict.map(|(verdict, _)| match verdict {
            Verdict::Full { id, offset } => Answer::Full {
                id,
                offset,
                after_gap: self.after_gap,
                snapshot: self.snapshot.clone(),
                diskless: self.diskless,
            },
            Verdict::Continue { id, from } => Answer::Partial {
                id,
                from,
                after_gap: self.after_gap,
                older: std::mem::take(&mut self.older).into(),
                missed: std::mem::take(&mut self.missed),
            },
            Verdict::Refused => Answer::Refused,
        });
        let (introduction, reached) = (self.introduction.clone(), None);
        Talk { replica, master, asked, answer, introduction, reached, is_foreign: self.is_foreign }
    }
}

/// Where a server stood when it was first seen: as what it said or was asked then shows it.
fn beginning(node: NodeId, talks: &[Talk]) -> Act {
    let unknown = Place { id: UNKNOWN_ID, offset: 0, known: Bytes::default(), serves: false };
    let place_of = |talk: &Talk| {
        if talk.is_foreign {
            return None;
        }
        if talk.replica == node {
            let (id, next) = talk.asked.as_ref()?;
            let (id, next) = (ReplId::parse(id)?, u64::try_from(*next).ok().filter(|next| *next > 0)?);
            return Some((Place { id, offset: next - 1, known: Bytes::default(), serves: false }, None));
        }
        if talk.master != node {
            return None;
        }
        let (id, offset, snapshot) = match talk.answer.as_ref()? {
            Answer::Full { id, offset, snapshot, .. } => (*id, *offset, snapshot.clone()),
            Answer::Partial { id, from, .. } => {
                let asked = talk.asked.as_ref().and_then(|(id, _)| ReplId::parse(id));
                (id.or(asked)?, from.saturating_sub(1), None)
            }
            Answer::Refused => return None,
        };
        Some((Place { id, offset, known: Bytes::default(), serves: true }, snapshot))
    };
    let first = talks.iter().find(|talk| talk.replica == node || talk.master == node);
    let (place, snapshot) = first.and_then(place_of).unwrap_or((unknown, None));
    Act::Stands { node, place, snapshot }
}
