//! A node that is rebuilt from a recording: what the wire shows of a process whose clients, clock and files it does not.
//!
//! Rule: what a process says because of what it heard, this node says by itself, as any other. What it did because of
//! its clients, its clock or its machine it is told here, at the moment when the wire first shows it; and it compares
//! what it would have made of that with what was recorded. It goes on from what was recorded, so that one difference
//! does not lead to others. It is never woken: its cron is the recording.
//!
//! Nothing has expired here: when a key expired, the recorded stream says so with a DEL.

use super::backlog::Backlog;
use super::call::{Call, Pending};
use super::master::ReplicaState;
use super::replica::{Cached, LinkState};
use super::transfer::{Loaded, read_rdb};
use super::{Addr, BlockSize, ConnId, Event, History, Node, Role, find_command};
use crate::time::Time;
use crate::wire::rdb::{RdbError, RdbErrorKind};
use crate::wire::{Bytes, ReplId, Reply, Request, RequestDecoder, decimal, printable};
use std::sync::Arc;

/// Is the rebuilding of nodes part of this program? The page starts as a small one without it.
pub const REBUILDS: bool = cfg!(any(feature = "complete", not(target_arch = "wasm32")));

/// The most kinds of things that are not modelled and named.
const UNKNOWN_MAX: usize = 100;

/// What the wire shows of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It stands at this place of this history.
    Stands { place: Place, snapshot: Option<Bytes> },
    /// It calls this master. `asks`: it has a place to continue from.
    Calls { to: Addr, asks: bool, introduction: Introduction },
    /// Its history goes on under another name: it was promoted, or its master was.
    Renamed { id: ReplId },
    /// These bytes joined its stream; `is_whole`: commands, none cut off.
    Wrote { bytes: Bytes, is_whole: bool },
    /// It began a snapshot for this replica, as of this offset.
    Forked { conn: ConnId, offset: u64, snapshot: Option<Bytes> },
    /// The snapshot begins to leave; its length, if that is known.
    SendsSnapshot { conn: ConnId, bytes: Option<u64> },
    /// The last byte of the snapshot left. After one without a length the stream waits for an ACK.
    SentSnapshot { conn: ConnId, bytes: u64, waits: bool },
}

/// How a replica introduces itself: settings that the wire shows. Empty, or 0: not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Introduction {
    pub user: String,
    pub password: String,
    pub ip: String,
    pub port: u16,
}

/// A place in a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub id: ReplId,
    pub offset: u64,
    /// The bytes before it that are known: the backlog.
    pub known: Bytes,
    /// Is the node a master that serves its stream? Else it only remembers where it was.
    pub serves: bool,
}

/// What this node is told, and what it cannot know.
#[derive(Clone, Debug, Default)]
pub(super) struct Rebuilt {
    /// It holds more than the model knows of: what came before the recording, or what is not modelled.
    lacks_data: bool,
    /// It was not seen in which database its stream is.
    unknown_db: bool,
    /// What is not modelled and was named.
    named: Arc<Vec<String>>,
}

impl Node {
    /// Is this node rebuilt from a recording?
    pub fn is_rebuilt(&self) -> bool {
        REBUILDS && self.rebuilt.is_some()
    }

    /// Does its dataset lack what the recording does not show, or the model does not know?
    pub fn lacks_data(&self) -> bool {
        self.rebuilt.as_ref().is_some_and(|rebuilt| rebuilt.lacks_data)
    }

    pub(super) fn is_told(&mut self, told: Told, now: Time) {
        if !REBUILDS {
            return;
        }
        let _ = self.rebuilt.get_or_insert_default();
        match told {
            Told::Stands { place, snapshot } => self.stand(place, snapshot, now),
            Told::Calls { to, asks, introduction } => {
                let Introduction { user, password, ip, port } = introduction;
                (self.config.masteruser, self.config.masterauth) = (user, password);
                (self.config.replica_announce_ip, self.config.replica_announce_port) = (ip, port);
                self.call(to, asks, now);
            }
            Told::Renamed { id } => self.renamed(id, now),
            Told::Wrote { bytes, is_whole } => self.wrote(&bytes, is_whole),
            Told::Forked { conn, offset, snapshot } => self.forked(conn, offset, snapshot),
            Told::SendsSnapshot { conn, bytes } => {
                if let Some(bytes) = bytes {
                    self.emit(Event::SnapshotSaved { bytes });
                    self.set_replica_state(conn, ReplicaState::SendBulk);
                }
            }
            Told::SentSnapshot { conn, bytes, waits } => {
                self.emit(Event::SnapshotSent { conn, bytes });
                if let Some(replica) = self.replica_mut(conn) {
                    replica.stream_on_ack = waits;
                }
                self.put_online(conn, now);
            }
        }
    }

    fn stand(&mut self, place: Place, snapshot: Option<Bytes>, now: Time) {
        if self.role() == Role::Replica {
            self.become_master(now);
        }
        let Place { id, offset, known, serves } = place;
        self.history = History { id, id2: ReplId::ZERO, second_offset: None, offset };
        self.stream_db = None;
        let keeps_data = serves && snapshot.is_none() && self.backlog.is_some();
        self.set_unknown_db(true);
        self.set_lacks_data(snapshot.is_none());
        self.backlog = serves.then(|| {
            let first = (offset + 1).saturating_sub(known.len() as u64);
            let mut backlog = Backlog::new(first, self.config.repl_backlog_size, BlockSize::Redis);
            backlog.append(&known);
            backlog
        });
        match snapshot {
            Some(snapshot) => self.keyspace = self.read_known(&snapshot).0.keyspace,
            None if keeps_data => {}
            None => self.keyspace = super::Keyspace::new(self.keyspace.databases()),
        }
        self.emit(Event::Started { id, offset, id2: ReplId::ZERO, second_offset: None });
        self.note_ids();
        self.note_dataset();
    }

    /// It calls a master: because it was told to, or because it lost one.
    fn call(&mut self, to: Addr, asks: bool, now: Time) {
        let state = self.master.as_ref().filter(|link| link.addr == to).map(|link| link.state);
        match state {
            Some(LinkState::Connecting) => {}
            Some(LinkState::Connect) => self.dial_master(now),
            _ => {
                self.become_replica(to, now);
            }
        }
        if let Some(link) = self.master.as_mut().filter(|_| !asks) {
            link.cached = None;
        }
    }

    fn renamed(&mut self, id: ReplId, now: Time) {
        if self.role() == Role::Replica {
            self.become_master(now);
            self.history.id = id;
        } else {
            self.history.shift_to(id);
            self.stream_db = None;
            self.set_unknown_db(true);
        }
        self.note_ids();
    }

    /// Runs what the stream shows, and compares what this node would have made of it.
    fn wrote(&mut self, bytes: &[u8], is_whole: bool) {
        if self.role() == Role::Replica || self.backlog.is_none() {
            return;
        }
        let Some(requests) = requests(bytes).filter(|_| is_whole) else { return self.append_to_stream(bytes) };
        let mut rest = requests.as_slice();
        while let Some(first) = rest.first() {
            let (unit, behind) = rest.split_at(unit_length(rest));
            let end = unit.last().map_or(first.span.end, |last| last.span.end);
            self.wrote_unit(bytes.get(first.span.start as usize..end as usize).unwrap_or_default(), unit);
            rest = behind;
        }
    }

    /// The commands that were propagated together, with what frames them.
    fn wrote_unit(&mut self, bytes: &[u8], requests: &[Request]) {
        let recorded = self.recorded_unit(requests);
        let made = self.run_unit(&recorded);
        let same = |(a, b): (&Pending, &Pending)| a.db == b.db && a.args == b.args;
        let is_as_recorded = made.len() == recorded.len() && made.iter().zip(&recorded).all(same);
        // Without all of the data, a command may seem to change nothing.
        let unit = if self.lacks_data() && !is_as_recorded { recorded } else { made };
        let (events, before) = (self.events.len(), self.history.offset);
        let would = self.would_write(unit, requests);
        let differs = would != bytes;
        self.history.offset = before;
        if differs {
            // It goes on from what was recorded: what the trial said of the stream is not so.
            self.events.truncate(events);
            self.note_recorded(requests, before);
        }
        self.append_to_stream(bytes);
        if differs && !self.differs_by_database(&would, bytes) {
            self.emit(Event::WouldHaveWritten { start: before + 1, bytes: would.into() });
        }
        if let Some(db) = requests.iter().rev().find_map(selected) {
            self.stream_db = Some(db);
            self.set_unknown_db(false);
        }
        if differs {
            self.note_dataset();
        }
    }

    fn set_lacks_data(&mut self, lacks: bool) {
        if let Some(rebuilt) = &mut self.rebuilt {
            rebuilt.lacks_data = lacks;
        }
    }

    fn set_unknown_db(&mut self, is_unknown: bool) {
        if let Some(rebuilt) = &mut self.rebuilt {
            rebuilt.unknown_db = is_unknown;
        }
    }

    /// The commands of a unit, each with its database, without what frames them.
    fn recorded_unit(&self, requests: &[Request]) -> Vec<Pending> {
        let mut db = self.stream_db.unwrap_or(0);
        let mut unit = vec![];
        for request in requests {
            match selected(request) {
                Some(selected) => db = selected,
                None if is_frame(request) => {}
                None => unit.push(Pending { db, args: request.args.iter().map(|arg| arg.bytes.clone()).collect() }),
            }
        }
        unit
    }

    /// Runs the commands as a client's; what would be propagated.
    fn run_unit(&mut self, recorded: &[Pending]) -> Vec<Pending> {
        let mut made = vec![];
        for Pending { db, args } in recorded {
            let name = args.first().cloned().unwrap_or_default();
            if is_injected(args) {
                made.push(Pending { db: *db, args: args.clone() });
                continue;
            }
            let command = match (find_command(&name), args.get(1)) {
                (Some(container), Some(name)) if !container.subcommands.is_empty() => container.find_subcommand(name),
                (command, _) => command,
            };
            let command = command.filter(|command| command.accepts(args.len()) && *db < self.keyspace.databases());
            // Long ago nothing had expired.
            let reply = command
                .and_then(|command| Call::new(self, Time(0), ConnId::Accepted(0), *db, args.clone(), command).run());
            if command.is_none() || matches!(&reply, Some(Reply::Error(text)) if text.ends_with(b"is not modelled")) {
                self.pass_over(&name);
                self.unit = vec![Pending { db: *db, args: args.clone() }];
            }
            made.append(&mut self.unit);
            self.emit(Event::CommandRun {
                conn: ConnId::Accepted(0),
                db: *db,
                args: args.clone(),
                reply_is_error: false,
            });
        }
        made
    }

    /// The bytes that this unit would be in the stream: written to a backlog that is thrown away.
    fn would_write(&mut self, unit: Vec<Pending>, requests: &[Request]) -> Vec<u8> {
        let first = self.history.offset + 1;
        let scratch = Backlog::new(first, u64::MAX, BlockSize::Redis);
        let real = self.backlog.replace(scratch);
        let stream_db = self.stream_db;
        match unit.as_slice() {
            [only] if is_injected(&only.args) => {
                let args: Vec<Bytes> = match only.args.len() {
                    1 => vec![Bytes::from(&b"ping"[..])],
                    _ => [&b"REPLCONF"[..], b"GETACK", b"*"].map(Bytes::from).to_vec(),
                };
                self.feed(None, &args, true);
            }
            // SELECT alone: what it was for is not in the recording any more.
            [] if requests.iter().all(|request| selected(request).is_some()) => {
                requests.iter().filter_map(selected).for_each(|db| {
                    self.feed(None, &[Bytes::from(&b"SELECT"[..]), db.to_string().into_bytes().into()], true)
                });
            }
            _ => {
                self.unit = unit;
                self.propagate_unit();
            }
        }
        self.stream_db = stream_db;
        let mut written = vec![];
        if let Some(scratch) = std::mem::replace(&mut self.backlog, real) {
            while let more @ [_, ..] = scratch.read(first + written.len() as u64, u64::MAX) {
                written.extend_from_slice(more);
            }
        }
        written
    }

    /// Is the only difference a SELECT in front, while it is not known in which database the stream was?
    fn differs_by_database(&self, would: &[u8], recorded: &[u8]) -> bool {
        let is_unknown = self.rebuilt.as_ref().is_some_and(|rebuilt| rebuilt.unknown_db);
        is_unknown && would.starts_with(b"*2\r\n$6\r\nSELECT\r\n") && would.ends_with(recorded)
    }

    fn note_recorded(&mut self, requests: &[Request], before: u64) {
        let id = self.history.id;
        let from = requests.first().map_or(0, |request| request.span.start);
        for request in requests {
            let args: Vec<Bytes> = request.args.iter().map(|arg| arg.bytes.clone()).collect();
            let injected = selected(request).is_some() || is_frame(request) || is_injected(&args);
            let (start, end) = (before + request.span.start - from + 1, before + request.span.end - from);
            self.emit(Event::Propagated { id, start, end, args, injected });
        }
    }

    fn forked(&mut self, conn: ConnId, offset: u64, snapshot: Option<Bytes>) {
        let keys = (0..self.keyspace.databases()).map(|db| self.keyspace.len(db)).sum();
        self.emit(Event::SnapshotStarted { offset, keys });
        if let Some(snapshot) = snapshot.filter(|_| offset == self.history.offset) {
            let (loaded, error) = self.read_known(&snapshot);
            let is_same = loaded.keyspace.fingerprint() == self.keyspace.fingerprint();
            if error.is_none() && !is_same && !self.lacks_data() {
                self.emit(Event::WouldHaveSaved { offset });
            }
            if !is_same {
                self.keyspace = loaded.keyspace;
            }
            self.set_lacks_data(error.is_some());
            self.note_dataset();
        }
        self.set_unknown_db(false);
        self.announce_full(conn, offset);
    }

    /// What can be read of a snapshot: all of it, or what stands before something that is not modelled.
    pub(super) fn read_known(&mut self, bytes: &[u8]) -> (Loaded, Option<RdbError>) {
        let mut loaded = Loaded::empty(self.keyspace.databases());
        let error = read_rdb(&mut loaded, bytes, &self.config).err();
        if let Some(error) = &error {
            self.name_unknown(error.to_string());
        }
        self.set_lacks_data(error.is_some());
        (loaded, error)
    }

    /// A command that Redis knows and the model does not: it is named, its bytes count, and the dataset lacks it.
    pub(super) fn pass_over(&mut self, name: &[u8]) {
        if name.eq_ignore_ascii_case(b"PUBLISH") || name.eq_ignore_ascii_case(b"SPUBLISH") {
            return;
        }
        let name = printable(&name[..name.len().min(64)]).to_ascii_uppercase();
        self.name_unknown(format!("the command {name} is not modelled"));
        self.set_lacks_data(true);
    }

    /// Says once what is not modelled.
    pub(super) fn name_unknown(&mut self, what: String) {
        let Some(rebuilt) = &mut self.rebuilt else { return };
        if rebuilt.named.len() < UNKNOWN_MAX && !rebuilt.named.contains(&what) {
            Arc::make_mut(&mut rebuilt.named).push(what.clone());
            self.emit(Event::NotModelled { what });
        }
    }
}

/// Is this a fault of the bytes, and not only something that the model does not know?
pub(super) fn is_damage(error: &RdbError) -> bool {
    !matches!(
        error.kind,
        RdbErrorKind::Unsupported { .. } | RdbErrorKind::UnsupportedVersion { .. } | RdbErrorKind::UnknownType { .. }
    )
}

/// All of the bytes as commands, or none.
fn requests(bytes: &[u8]) -> Option<Vec<Request>> {
    let mut decoder = RequestDecoder::default();
    decoder.push(bytes);
    let mut requests = vec![];
    while let Some(request) = decoder.next().ok()? {
        requests.push(request);
    }
    (decoder.position() == bytes.len() as u64).then_some(requests)
}

fn name_of(request: &Request) -> &[u8] {
    request.args.first().map_or(&[], |name| &name.bytes)
}

/// `SELECT <db>`.
fn selected(request: &Request) -> Option<u8> {
    match request.args.as_slice() {
        [name, db] if name.bytes.eq_ignore_ascii_case(b"SELECT") => {
            decimal(&db.bytes).and_then(|db| u8::try_from(db).ok())
        }
        _ => None,
    }
}

/// How many of these requests were propagated together: a command with the SELECT before it, or all up to EXEC.
fn unit_length(requests: &[Request]) -> usize {
    let is_named = |request: &Request, name: &[u8]| name_of(request).eq_ignore_ascii_case(name);
    let select = requests.iter().take_while(|request| selected(request).is_some()).count();
    let inside = match requests.get(select) {
        Some(request) if is_named(request, b"MULTI") => {
            requests[select..].iter().position(|request| is_named(request, b"EXEC"))
        }
        _ => Some(0),
    };
    inside.map_or(requests.len(), |inside| (select + inside + 1).min(requests.len()))
}

fn is_frame(request: &Request) -> bool {
    let name = name_of(request);
    request.args.len() == 1 && (name.eq_ignore_ascii_case(b"MULTI") || name.eq_ignore_ascii_case(b"EXEC"))
}

/// `ping` and `REPLCONF GETACK *`: the master's own words.
fn is_injected(args: &[Bytes]) -> bool {
    match args {
        [name] => name.eq_ignore_ascii_case(b"PING"),
        [name, option, _] => name.eq_ignore_ascii_case(b"REPLCONF") && option.eq_ignore_ascii_case(b"GETACK"),
        _ => false,
    }
}

/// Where a rebuilt node would have asked to continue: for whoever compares.
impl Node {
    /// The id and the first byte that its next PSYNC asks for; `None` for `? -1`.
    pub fn next_psync(&self) -> Option<(ReplId, u64)> {
        let Cached { id, offset, .. } = match &self.master {
            None => return Some((self.history.id, self.history.offset + 1)),
            Some(link) if link.state == LinkState::Connected => {
                return Some((self.history.id, self.history.offset + 1));
            }
            Some(link) => link.cached?,
        };
        Some((id, offset + 1))
    }
}
