//! A recording played back: its bytes pass between nodes that are rebuilt from it.
//!
//! Rule: what passes is what was recorded, when it was recorded. What a node asks to send is not sent but held against
//! that, byte by byte: the replica's answers to what it received, the master's to what it was asked and told. A node is
//! told only what the wire cannot make it do (`node/rebuilt.rs`). When something cannot be told from the wire, the
//! recording is believed, and that is said ([`Trust`]); after a difference the rest of that direction is not compared.

mod compare;

use super::{Due, World};
use crate::node::{Addr, ConnId, Input, Introduction, LinkState, Node, Output, Place, REBUILDS, Role, Told};
use crate::sim::connection::{Connection, End};
use crate::sim::link::{Link, LinkSetup};
use crate::sim::{Act, Answer, Cargo, NodeId, Passing, Recorded, Segment, Talk, Trust, What, Written};
use crate::vec_map::VecMap;
use crate::wire::{Bytes, ReplId, RequestDecoder, encode_command};
use compare::{first_difference, place_in, shown, wrong_checksum};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// The least that Redis lets a backlog keep, bytes: within it a master must continue.
const BACKLOG_MIN: u64 = 16 * 1024;

/// The state of a playback.
#[derive(Clone, Debug)]
pub(super) struct Playback {
    recorded: Arc<Recorded>,
    open: VecMap<u32, Held>,
    /// Calls that nodes made and that the recording has not shown yet.
    calls: VecMap<NodeId, ConnId>,
    /// What is being played: a connection, a direction, a position; where a node's differences are put.
    place: (u32, bool, u64),
    /// The first byte of the stream that the master is told to have written.
    first: u64,
}

/// What is done about the answer to a command that the model's master was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reply {
    /// The model's replica did not say the command, and is not given the answer.
    Silent,
    /// It did.
    Given,
}

/// Stands for any answer to a command that the model's master was not given.
const ANY: &[u8] = b"?";

/// What is held against the recording of one connection.
#[derive(Clone, Debug, Default)]
struct Held {
    /// What the replica asked to send, and what the master did; nothing for something that is not compared.
    replica_said: VecDeque<Bytes>,
    master_said: VecDeque<Bytes>,
    /// Directions that are compared no more: the master's, the replica's.
    is_lost: [bool; 2],
    /// Segments that are shown and not given to a node; of commands, what the model's master says to them instead.
    silent: Vec<(u64, Reply)>,
    /// The segment that holds PSYNC.
    psync: Option<u64>,
    /// Where the snapshot begins in the master's direction.
    snapshot_at: u64,
    /// The master's offset when it was asked: a snapshot cannot be older.
    asked_offset: u64,
    acked: u64,
}

impl Playback {
    pub fn new(recorded: Arc<Recorded>) -> Playback {
        Playback { recorded, open: VecMap::new(), calls: VecMap::new(), place: (0, false, 0), first: 0 }
    }
}

impl World {
    /// Is this a recording that is played back?
    pub(super) fn plays_back(&self) -> bool {
        REBUILDS && self.playback.is_some()
    }

    /// Does one act of the recording.
    pub(super) fn play_back(&mut self, act: &Act) {
        if !self.plays_back() {
            return;
        }
        match act {
            Act::Stands { node, place, snapshot } => {
                self.tell(*node, Told::Stands { place: place.clone(), snapshot: snapshot.clone() });
                self.note(*node, What::Trusted(Trust::Beginning));
            }
            Act::Opens { talk } => self.opens(*talk),
            Act::Refused { replica, master } => self.refused(*replica, *master),
            Act::Wrote { talk, at, id, first, bytes, written } => self.wrote(*talk, *at, id, *first, bytes, *written),
            Act::Passes { talk, from_replica, bytes, kind, flight } => {
                self.passes(*talk, *from_replica, bytes, *kind, *flight)
            }
            Act::Closed { talk } => self.closed(*talk),
        }
    }

    fn tell(&mut self, node: NodeId, told: Told) {
        self.give(node, Input::Told(told));
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.host(id)?.node.as_ref()
    }

    fn addr_of(&self, id: NodeId) -> Addr {
        self.host(id).map_or_else(|| Addr { host: String::new(), port: 0 }, |host| host.addr.clone())
    }

    /// The recorded connection that a segment passed on.
    pub fn talk_of(&self, segment: &Segment) -> Option<u32> {
        let playback = self.playback.as_ref()?;
        playback.open.iter().map(|(talk, _)| talk).find(|talk| {
            self.talk(*talk).is_some_and(|talk| talk.replica == segment.dialler)
                && self.connections.get(u64::from(*talk)).is_some_and(|ends| ends.joins(segment.from, segment.to))
        })
    }

    fn talk(&self, talk: u32) -> Option<&Talk> {
        self.playback.as_ref()?.recorded.talks.get(talk as usize)
    }

    fn held(&mut self, talk: u32) -> Option<&mut Held> {
        self.playback.as_mut()?.open.get_mut(talk)
    }

    fn set_place(&mut self, talk: u32, from_replica: bool, at: u64) {
        if let Some(playback) = &mut self.playback {
            playback.place = (talk, from_replica, at);
        }
    }

    fn opens(&mut self, number: u32) {
        let Some(Talk { replica, master, asked, is_foreign, introduction, .. }) = self.talk(number).cloned() else {
            return;
        };
        self.note(replica, What::Dialled { to: master });
        self.link_mut(replica, master);
        self.set_place(number, true, 0);
        let (mut dialled, mut accepted) = (ConnId::Dialled(0), ConnId::Accepted(0));
        if !is_foreign {
            self.before_call(replica, asked.as_ref());
            let asks = asked.is_none_or(|(id, _)| &*id != b"?");
            let to = self.addr_of(master);
            self.tell(replica, Told::Calls { to, asks, introduction });
            dialled = self.playback.as_mut().and_then(|p| p.calls.remove(replica)).unwrap_or(dialled);
            accepted = self.accept(master, u64::from(number));
            if let Some(host) = self.hosts.get_mut(replica.index()) {
                host.conns.insert(dialled, u64::from(number));
            }
        }
        let ends = [(replica, dialled), (master, accepted)].map(|(host, conn)| End { host, conn, open: !is_foreign });
        let mut connection = Connection::new(u64::from(number), ends[0], ends[1]);
        connection.is_known = true;
        self.connections.insert(u64::from(number), connection);
        if let Some(playback) = &mut self.playback {
            playback.open.insert(number, Held::default());
        }
        if !is_foreign {
            let (peer, local) = (self.addr_of(replica), self.addr_of(master));
            self.give(master, Input::Accepted { conn: accepted, peer, local });
            self.give(replica, Input::Connected { conn: dialled });
        }
    }

    /// The replica will ask for something: is that where it stands?
    fn before_call(&mut self, id: NodeId, asked: Option<&(Bytes, i64)>) {
        let Some((asked_id, asked_offset)) = asked else { return };
        let Some((known_id, known_next)) = self.node(id).and_then(Node::next_psync) else { return };
        let (Some(asked_id), Ok(next)) = (ReplId::parse(asked_id), u64::try_from(*asked_offset)) else {
            return self.note(id, What::Trusted(Trust::Return));
        };
        if (asked_id, next) == (known_id, known_next) || next == 0 {
            return;
        }
        let is_master = self.node(id).is_some_and(|node| node.role() == Role::Master);
        let recorded = self.playback.as_ref().map(|playback| playback.recorded.clone()).unwrap_or_default();
        // As a replica it cannot have more than it was sent; where it stood once it can have been restarted.
        let is_possible = asked_id != known_id
            || (is_master && next > known_next)
            || (next < known_next && recorded.is_end(&asked_id, next - 1));
        if is_possible {
            let place = Place { id: asked_id, offset: next - 1, known: Bytes::default(), serves: false };
            self.tell(id, Told::Stands { place, snapshot: None });
            self.note(id, What::Trusted(Trust::Return));
        }
    }

    fn refused(&mut self, replica: NodeId, master: NodeId) {
        self.note(replica, What::Refused { to: Some(master) });
        let to = self.addr_of(master);
        let link = self.node(replica).and_then(Node::master_link).filter(|link| link.addr == to);
        let Some(state) = link.map(|link| link.state) else { return };
        if matches!(state, LinkState::Connect | LinkState::Connecting) {
            self.tell(replica, Told::Calls { to, asks: true, introduction: Introduction::default() });
            if let Some(conn) = self.playback.as_mut().and_then(|playback| playback.calls.remove(replica)) {
                self.give(replica, Input::Refused { conn });
            }
        }
    }

    fn wrote(&mut self, number: u32, at: u64, id: &ReplId, first: u64, bytes: &Bytes, written: Written) {
        let Some(master) = self.talk(number).map(|talk| talk.master) else { return };
        let Some(node) = self.node(master) else { return };
        // What a replica passes on came to it, and what was seen before is not new.
        let is_new = node.role() == Role::Master && node.history().id == *id && node.offset() + 1 == first;
        if !is_new {
            return;
        }
        self.set_place(number, false, at);
        if let Some(playback) = &mut self.playback {
            playback.first = first;
        }
        if written == Written::Nonsense {
            let mut decoder = RequestDecoder::default();
            decoder.push(bytes);
            let wrong = loop {
                match decoder.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => break 0,
                    Err(error) => break error.at as usize,
                }
            };
            self.differ(number, false, at + wrong as u64, "a command".into(), shown(bytes, wrong));
        }
        self.tell(master, Told::Wrote { bytes: bytes.clone(), is_whole: written == Written::Commands });
    }

    fn passes(&mut self, number: u32, from_replica: bool, bytes: &Bytes, kind: Passing, flight: Duration) {
        let Some(talk) = self.talk(number).cloned() else { return };
        let setup = LinkSetup { latency: flight, bandwidth: None };
        let link = Link::new(talk.replica, talk.master, setup);
        let (now, id) = (self.now, self.next_id);
        self.next_id += 1;
        let Some(ends) = self.connections.get_mut(u64::from(number)) else { return };
        let segment = ends.send(id, from_replica, bytes.clone(), now, &link);
        let (at, from) = (segment.at, segment.from);
        self.schedule(segment.due, Due::Deliver { connection: u64::from(number), to_dialler: !from_replica });
        self.note(from, What::Sent(segment));
        self.set_place(number, from_replica, at);
        if talk.is_foreign {
            return;
        }
        match (from_replica, kind) {
            (true, Passing::Command) => self.replica_says(number, id, at, bytes),
            (true, _) => self.replica_breaks_off(number, at, bytes),
            (false, Passing::Line) => self.master_says(number, id, at, bytes),
            (false, Passing::Verdict) => {
                self.verdict(number, at, &talk);
                self.set_place(number, false, at);
                self.master_says(number, id, at, bytes);
            }
            (false, Passing::Preamble) => self.preamble(number, at + bytes.len() as u64, &talk),
            (false, Passing::Snapshot { ends: Some(size) }) => self.snapshot_ends(number, size, &talk),
            (false, Passing::Stream) => self.stream_passes(number, at, bytes),
            _ => {}
        }
    }

    /// `+FULLRESYNC`: the master began a snapshot.
    fn verdict(&mut self, number: u32, at: u64, talk: &Talk) {
        let Some(Answer::Full { id, offset, snapshot, .. }) = &talk.answer else { return };
        if let Some((saved_id, saved_offset)) = snapshot.as_deref().and_then(place_in) {
            let would = format!("+FULLRESYNC {saved_id} {saved_offset}");
            let said = format!("+FULLRESYNC {id} {offset}");
            let at_byte = first_difference(would.as_bytes(), said.as_bytes());
            if would != said {
                let (expected, found) = (shown(would.as_bytes(), at_byte), shown(said.as_bytes(), at_byte));
                self.differ(number, false, at + at_byte as u64, expected, found);
            }
        }
        let Some(now) = self.node(talk.master).map(Node::offset) else { return };
        let Some(asked_offset) = self.held(number).map(|held| held.asked_offset) else { return };
        let conn = self.acceptor(number);
        // What was written meanwhile may have been seen on another connection first.
        let offset = if (asked_offset..=now).contains(offset) { *offset } else { now };
        self.tell(talk.master, Told::Forked { conn, offset, snapshot: snapshot.clone() });
    }

    fn acceptor(&self, number: u32) -> ConnId {
        self.connections.get(u64::from(number)).map_or(ConnId::Accepted(0), |ends| ends.acceptor.conn)
    }

    fn preamble(&mut self, number: u32, snapshot_at: u64, talk: &Talk) {
        let Some(Answer::Full { snapshot, diskless, .. }) = &talk.answer else { return };
        if let Some(held) = self.held(number) {
            held.snapshot_at = snapshot_at;
        }
        let conn = self.acceptor(number);
        let bytes = snapshot.as_ref().filter(|_| !diskless).map(|snapshot| snapshot.len() as u64);
        self.tell(talk.master, Told::SendsSnapshot { conn, bytes });
    }

    fn snapshot_ends(&mut self, number: u32, size: u64, talk: &Talk) {
        let Some(Answer::Full { snapshot, diskless, .. }) = &talk.answer else { return };
        let at = self.held(number).map_or(0, |held| held.snapshot_at);
        if let Some((expected, found)) = snapshot.as_deref().and_then(wrong_checksum) {
            let end = at + size - 8;
            self.differ(number, false, end, format!("the checksum {expected:016x}"), format!("{found:016x}"));
        }
        let conn = self.acceptor(number);
        self.tell(talk.master, Told::SentSnapshot { conn, bytes: size, waits: *diskless });
    }

    /// What a node asks of its machine: what it says is held against the recording; what is left is done.
    pub(super) fn hold_against_recording(&mut self, id: NodeId, output: Output) -> Option<Output> {
        let Some(playback) = self.playback.as_mut().filter(|_| REBUILDS) else { return Some(output) };
        match output {
            Output::Connect { conn, .. } => drop(playback.calls.insert(id, conn)),
            Output::Send { conn, bytes } => {
                let (connection, from_replica) = self.connection_of(id, conn)?;
                let held = self.held(connection as u32)?;
                if from_replica { &mut held.replica_said } else { &mut held.master_said }.push_back(bytes);
            }
            Output::Close { conn } => {
                let (connection, from_dialler) = self.connection_of(id, conn)?;
                let ends = self.connections.get_mut(connection)?;
                if from_dialler { &mut ends.dialler } else { &mut ends.acceptor }.open = false;
                self.hosts.get_mut(id.index())?.conns.remove(conn);
            }
            Output::WantWrite { .. }
            | Output::SaveRdb { .. }
            | Output::RemoveRdb
            | Output::SaveConfig { .. }
            | Output::StandStill { .. }
            | Output::Exit => {
                return Some(output);
            }
        }
        None
    }

    /// Bytes reach the other side.
    pub(super) fn deliver_recorded(&mut self, connection: u64, to_dialler: bool) {
        let now = self.now;
        let Some(ends) = self.connections.get_mut(connection) else { return };
        let end = if to_dialler { ends.dialler } else { ends.acceptor };
        let Some(segment) = ends.incoming(to_dialler).segments.pop_front_if(|segment| segment.due <= now) else {
            return;
        };
        let (id, number) = (segment.id, connection as u32);
        let Some(bytes) = self.what_arrives(number, &segment) else { return self.note(end.host, What::Lost(segment)) };
        self.note(end.host, What::Arrived(segment));
        self.set_place(number, !to_dialler, 0);
        let Some(held) = self.held(number).filter(|_| end.open) else { return };
        if let Some(n) = held.silent.iter().position(|(silent, _)| *silent == id) {
            let (_, reply) = held.silent.remove(n);
            if !to_dialler {
                let answer = if reply == Reply::Given { ANY } else { &[] };
                held.master_said.push_back(answer.into());
            }
            return;
        }
        let bytes = if held.psync == Some(id) { self.before_decision(number) } else { Some(bytes) };
        if let Some(bytes) = bytes {
            self.give(end.host, Input::Data { conn: end.conn, bytes });
        }
    }

    /// The bytes of a segment that reach its receiver, if any do.
    fn what_arrives(&self, number: u32, segment: &Segment) -> Option<Bytes> {
        let reached = self.talk(number).and_then(|talk| talk.reached);
        match (segment.cargo, reached) {
            (Cargo::Stream { start, end }, Some(reached)) if end > reached => {
                let count = (reached + 1).checked_sub(start).filter(|count| *count > 0)?;
                segment.bytes.get(..count as usize).map(Bytes::from)
            }
            _ => Some(segment.bytes.clone()),
        }
    }

    /// PSYNC reaches the master, and its answer is known: is the master such that it would answer so? What to give to
    /// it; nothing if it refuses for a reason of its own.
    fn before_decision(&mut self, number: u32) -> Option<Bytes> {
        let talk = self.talk(number)?.clone();
        let master = talk.master;
        let (asked_id, asked_offset) = talk.asked.clone()?;
        match &talk.answer {
            Some(Answer::Full { id, offset, after_gap, snapshot, .. }) => {
                self.before_full(number, &talk, (*id, *offset, *after_gap, snapshot))
            }
            Some(Answer::Partial { id, from, after_gap, older, missed }) => {
                self.before_partial(master, &asked_id, (*id, *from, *after_gap, older));
                let id = id.or(ReplId::parse(&asked_id)).unwrap_or(ReplId::ZERO);
                for (at, first, bytes) in missed {
                    self.wrote(number, *at, &id, *first, bytes, Written::Commands);
                }
            }
            Some(Answer::Refused) | None => {
                let link = self.node(master)?.master_link()?;
                if link.state == LinkState::Connected {
                    return None;
                }
            }
        }
        let offset = self.node(master)?.offset();
        if let Some(held) = self.held(number) {
            held.asked_offset = if matches!(talk.answer, Some(Answer::Partial { .. })) {
                u64::try_from(asked_offset).unwrap_or(1).saturating_sub(1)
            } else {
                offset
            };
        }
        // A replica that fails over to this one has it promoted: that was done before.
        Some(encode_command(&[&b"PSYNC"[..], &asked_id, asked_offset.to_string().as_bytes()]).into())
    }

    fn before_full(&mut self, number: u32, talk: &Talk, full: (ReplId, u64, bool, &Option<Bytes>)) {
        let (id, offset, after_gap, snapshot) = full;
        let (master, Some((asked_id, asked_offset))) = (talk.master, &talk.asked) else { return };
        let Some(node) = self.node(master) else { return };
        let is_mine = node.history().id == id;
        if is_mine && node.role() == Role::Replica {
            return;
        }
        if !is_mine || after_gap || node.backlog().is_none() {
            let is_first = node.backlog().is_none();
            let place = Place { id, offset, known: Bytes::default(), serves: true };
            self.tell(master, Told::Stands { place, snapshot: snapshot.clone() });
            let trust = if is_first { Trust::Beginning } else { Trust::Gap };
            return self.note(master, What::Trusted(trust));
        }
        let next = node.offset() + 1;
        let asked = u64::try_from(*asked_offset).unwrap_or(0);
        let would_continue = id.matches(asked_id) && node.backlog().is_some_and(|backlog| backlog.covers(asked));
        if would_continue && next - asked <= BACKLOG_MIN {
            let at = self.connections.get_mut(u64::from(number)).map_or(0, |ends| ends.to_dialler.sent_bytes);
            self.differ(number, false, at, "+CONTINUE".into(), "+FULLRESYNC".into());
        }
        if would_continue {
            let place = Place { id, offset: next - 1, known: Bytes::default(), serves: true };
            self.tell(master, Told::Stands { place, snapshot: None });
            self.note(master, What::Trusted(Trust::Backlog));
        }
    }

    fn before_partial(&mut self, master: NodeId, asked_id: &[u8], partial: (Option<ReplId>, u64, bool, &Bytes)) {
        let (id, from, after_gap, older) = partial;
        let Some(node) = self.node(master) else { return };
        let (known, offset) = (node.history().id, node.offset());
        let id = id.unwrap_or(known);
        let covers = node.backlog().is_some_and(|backlog| backlog.covers(from));
        let place = |offset: u64, known: &Bytes| Place { id, offset, known: known.clone(), serves: true };
        if node.history().id2 == id && id != ReplId::ZERO {
            // A name that was given up does not come back: the model answers with the one it has.
            return;
        }
        let (told, trust) = if known != id && known.matches(asked_id) && node.backlog().is_some() {
            (Told::Renamed { id }, Trust::Promotion)
        } else if known != id {
            (Told::Stands { place: place(from.saturating_sub(1), &Bytes::default()), snapshot: None }, Trust::Beginning)
        } else if node.role() == Role::Replica || (covers && !after_gap) {
            return;
        } else if !older.is_empty() && from <= offset {
            (Told::Stands { place: place(offset, older), snapshot: None }, Trust::Backlog)
        } else {
            (Told::Stands { place: place(from.saturating_sub(1), &Bytes::default()), snapshot: None }, Trust::Gap)
        };
        self.tell(master, told);
        self.note(master, What::Trusted(trust));
    }

    fn closed(&mut self, number: u32) {
        let Some(ends) = self.connections.remove(u64::from(number)) else { return };
        if let Some(playback) = &mut self.playback {
            playback.open.remove(number);
        }
        for segment in ends.segments() {
            self.note(segment.to, What::Lost(segment.clone()));
        }
        for end in [ends.dialler, ends.acceptor].into_iter().filter(|end| end.open) {
            if let Some(host) = self.hosts.get_mut(end.host.index()) {
                host.conns.remove(end.conn);
            }
            self.give(end.host, Input::Closed { conn: end.conn });
        }
    }
}
