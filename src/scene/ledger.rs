//! What a whole run tells and no single moment does: who drew which replication id, who ever followed whom, and which
//! decisions were taken.
//!
//! Rule: filled once, while the run is computed; then only read.

#[cfg(feature = "complete")]
use super::links;
#[cfg(feature = "complete")]
use super::marks::Marks;
use super::paint::Hue;
#[cfg(feature = "complete")]
use super::paint::Kind;
#[cfg(feature = "complete")]
use super::readings::Readings;
use super::topology;
#[cfg(feature = "complete")]
use crate::node::{ConnId, Decision, LinkState, ReplicaState, Role};
use crate::node::{Event, PsyncDecision};
#[cfg(feature = "complete")]
use crate::sim::Cargo;
use crate::sim::{Entry, NodeId, What, World};
#[cfg(feature = "complete")]
use crate::story::first_words;
use crate::time::Time;
use crate::wire::ReplId;

/// A rule that was applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    pub at: Time,
    pub node: NodeId,
    pub case: Case,
}

/// Which rule, and its numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum Case {
    /// A master's answer to PSYNC.
    Psync(Box<PsyncDecision>),
    #[cfg(feature = "complete")]
    Rule(Box<Decision>),
}

/// A node's place in a state machine changed, or its backlog did.
#[cfg(feature = "complete")]
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    pub at: Time,
    pub node: NodeId,
    pub what: Move,
}

/// What of a node's past the node itself does not keep.
#[cfg(feature = "complete")]
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// The process began.
    Started,
    Link(LinkState),
    Replica {
        conn: ConnId,
        state: ReplicaState,
    },
    BacklogCreated,
    /// Bytes `from..first` left.
    Trimmed {
        from: u64,
        first: u64,
    },
}

/// From a moment on, a node replicates from another.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Followed {
    at: Time,
    replica: NodeId,
    master: NodeId,
}

/// A message of the run.
#[cfg(feature = "complete")]
#[derive(Clone, Debug, PartialEq)]
pub struct Flight {
    pub id: u64,
    pub from: NodeId,
    pub to: NodeId,
    pub sent: Time,
    pub due: Time,
    /// When it arrived, if it did: what a silent link holds is due, and does not.
    pub arrived: Option<Time>,
    /// When it was lost, if it was.
    pub lost: Option<Time>,
    pub bytes: u64,
    pub kind: Kind,
    /// Its first words.
    pub label: String,
    /// Bytes of the stream that it carries, the first and the last.
    pub stream: Option<(u64, u64)>,
}

/// The most messages that are remembered; a longer run has no more of them in its sequence.
#[cfg(feature = "complete")]
const FLIGHTS_MAX: usize = 100_000;

/// Facts of a whole run.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Who drew an id.
    owners: Vec<(ReplId, NodeId)>,
    followed: Vec<Followed>,
    decisions: Vec<Decided>,
    #[cfg(feature = "complete")]
    moves: Vec<Moved>,
    /// In the order in which they left.
    #[cfg(feature = "complete")]
    flights: Vec<Flight>,
    #[cfg(feature = "complete")]
    marks: Marks,
    #[cfg(feature = "complete")]
    readings: Readings,
}

#[cfg(feature = "complete")]
impl crate::story::Witness for Ledger {
    fn note(&mut self, entries: &[Entry], world: &World) {
        Ledger::note(self, entries, world);
    }
}

impl Ledger {
    /// Takes note of one moment: what happened, and the world after it. To be called in order of time.
    pub fn note(&mut self, entries: &[Entry], world: &World) {
        for entry in entries {
            #[cfg(feature = "complete")]
            {
                self.note_move(entry);
                self.note_flight(entry);
                self.marks.note(entry);
            }
            match &entry.what {
                What::Event(Event::IdChanged { id, .. }) => self.note_owner(*id, entry.node),
                What::Event(Event::PsyncDecided(decision)) => self.note_case(entry, Case::Psync(decision.clone())),
                #[cfg(feature = "complete")]
                What::Event(Event::Decided(decision)) if !repeats(decision, entry.node, world) => {
                    self.note_case(entry, Case::Rule(decision.clone()));
                }
                _ => {}
            }
        }
        #[cfg(feature = "complete")]
        self.readings.note(world);
        for id in world.node_ids() {
            // Ids that were drawn without a word, at the start of a process: whoever has them first drew them.
            if let Some(node) = world.host(id).and_then(|host| host.node.as_ref()) {
                self.note_owner(node.history().id, id);
            }
            if let Some(master) = topology::master_of(world, id) {
                let last = self.followed.iter().rev().find(|f| f.replica == id);
                if last.is_none_or(|f| f.master != master) {
                    self.followed.push(Followed { at: world.now(), replica: id, master });
                }
            }
        }
    }

    #[cfg(feature = "complete")]
    fn note_move(&mut self, entry: &Entry) {
        let What::Event(event) = &entry.what else { return };
        let what = match event {
            Event::Started { .. } => Move::Started,
            Event::LinkStateChanged { to, .. } => Move::Link(*to),
            Event::ReplicaStateChanged { conn, to, .. } => Move::Replica { conn: *conn, state: *to },
            Event::BacklogCreated { .. } => Move::BacklogCreated,
            Event::BacklogTrimmed { from, first } => Move::Trimmed { from: *from, first: *first },
            _ => return,
        };
        self.moves.push(Moved { at: entry.at, node: entry.node, what });
    }

    #[cfg(feature = "complete")]
    fn note_flight(&mut self, entry: &Entry) {
        match &entry.what {
            What::Sent(segment) if self.flights.len() < FLIGHTS_MAX => self.flights.push(Flight {
                id: segment.id,
                from: segment.from,
                to: segment.to,
                sent: segment.sent,
                due: segment.due,
                arrived: None,
                lost: None,
                bytes: segment.bytes.len() as u64,
                kind: links::kind(segment),
                label: first_words(segment),
                stream: match segment.cargo {
                    Cargo::Stream { start, end } => Some((start, end)),
                    _ => None,
                },
            }),
            What::Lost(segment) => {
                self.flight_mut(segment.id).into_iter().for_each(|flight| flight.lost = Some(entry.at));
            }
            What::Arrived(segment) => {
                self.flight_mut(segment.id).into_iter().for_each(|flight| flight.arrived = Some(entry.at));
            }
            _ => {}
        }
    }

    #[cfg(feature = "complete")]
    fn flight_mut(&mut self, id: u64) -> Option<&mut Flight> {
        let n = self.flights.binary_search_by_key(&id, |flight| flight.id).ok()?;
        self.flights.get_mut(n)
    }

    /// Every message, in the order in which they left.
    #[cfg(feature = "complete")]
    pub fn flights(&self) -> &[Flight] {
        &self.flights
    }

    /// Which bytes of the stream a message carries.
    #[cfg(feature = "complete")]
    pub fn stream_bytes(&self, message: Option<u64>) -> Option<(u64, u64)> {
        let n = self.flights.binary_search_by_key(&message?, |flight| flight.id).ok()?;
        self.flights[n].stream
    }

    /// The message that carried a command of the stream at the moment at which it was written.
    #[cfg(feature = "complete")]
    pub fn stream_at(&self, at: Time) -> Option<u64> {
        let first = self.flights.partition_point(|flight| flight.sent < at);
        let then = self.flights[first..].iter().take_while(|flight| flight.sent == at);
        then.filter(|flight| flight.stream.is_some()).map(|flight| flight.id).next()
    }

    /// What was done meanwhile, and who was busy.
    #[cfg(feature = "complete")]
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Every node's offset, in the order of time.
    #[cfg(feature = "complete")]
    pub fn readings(&self) -> &Readings {
        &self.readings
    }

    /// What a node went through up to a moment, in order, since its process began.
    #[cfg(feature = "complete")]
    pub fn moves(&self, node: NodeId, at: Time) -> Vec<&Moved> {
        let until = self.moves.partition_point(|moved| moved.at <= at);
        let mine: Vec<&Moved> = self.moves[..until].iter().filter(|moved| moved.node == node).collect();
        let began = mine.iter().rposition(|moved| moved.what == Move::Started).unwrap_or(0);
        mine[began..].to_vec()
    }

    fn note_case(&mut self, entry: &Entry, case: Case) {
        self.decisions.push(Decided { at: entry.at, node: entry.node, case });
    }

    fn note_owner(&mut self, id: ReplId, node: NodeId) {
        if !self.owners.iter().any(|(known, _)| *known == id) {
            self.owners.push((id, node));
        }
    }

    /// The colour of the node that drew this id.
    pub fn owner(&self, id: &ReplId) -> Hue {
        let owner = self.owners.iter().find(|(known, _)| known == id);
        owner.map_or(Hue::None, |(_, node)| Hue::of(node.index()))
    }

    /// Whom a node followed last before a moment, or else will follow first after it.
    pub fn master_around(&self, replica: NodeId, at: Time) -> Option<NodeId> {
        let mine = || self.followed.iter().filter(|f| f.replica == replica);
        mine().rev().find(|f| f.at <= at).or_else(|| mine().next()).map(|f| f.master)
    }

    /// Every decision, in order.
    pub fn decisions(&self) -> &[Decided] {
        &self.decisions
    }

    /// The number of the decision to show at a moment: the chosen one if it was taken then, or else the first of those
    /// that were taken together last.
    pub fn decision(&self, at: Time, chosen: Option<usize>) -> Option<usize> {
        if let Some(chosen) = chosen.filter(|&n| self.decisions.get(n).is_some_and(|d| d.at == at)) {
            return Some(chosen);
        }
        let last = self.decisions[..self.decisions.partition_point(|d| d.at <= at)].last()?;
        Some(self.decisions.partition_point(|d| d.at < last.at))
    }
}

/// A replica trims its own backlog as its master did the same bytes: that is no news.
#[cfg(feature = "complete")]
fn repeats(decision: &Decision, node: NodeId, world: &World) -> bool {
    let is_replica = world.host(node).and_then(|host| host.node.as_ref()).is_some_and(|n| n.role() == Role::Replica);
    matches!(decision, Decision::Trim(trim) if trim.left > 0 && is_replica)
}
