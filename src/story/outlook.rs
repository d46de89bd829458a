//! If it happened now: what each replica's return would cost, and what each promotion would lose.
//!
//! Rule: nothing is estimated. A return is found by running a copy of the world ahead: the link breaks and is whole again at
//! once, and the master answers. What a promotion loses is counted from the writes that were acknowledged.

use super::timeline::Timeline;
use crate::node::{Event, FullReason, Node, PsyncVerdict};
use crate::sim::{Action, Cargo, Checks, Entry, LostWrite, NodeId, What, World};
use crate::time::Time;
use crate::wire::{Bytes, printable};
use std::time::Duration;

/// A copy is run for so long at the most: longer than `repl-timeout`.
const AHEAD: Duration = Duration::from_secs(70);
/// And for so many inputs.
const INPUTS_MAX: u32 = 20_000;
/// A client waits for so long.
const PATIENCE: Duration = Duration::from_secs(2);
/// The end mark of a snapshot that came without a length, bytes.
const MARK: u64 = 40;
/// So many of the lost writes are listed.
const LISTED: usize = 20;

/// What a replica's return would cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cost {
    /// `+CONTINUE`, and so many bytes of the stream.
    Partial { bytes: u64 },
    /// `+FULLRESYNC`, and a snapshot of so many bytes; `None` if it would not be through in 70 s.
    Full { reason: FullReason, bytes: Option<u64> },
    /// It would not come back.
    None(NoReturn),
}

/// Why a replica would not come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoReturn {
    /// Its own process stands still.
    StandsStill,
    /// No node has the address of its master.
    NobodyThere,
    /// Its master's process is not running.
    MasterDown,
    MasterStandsStill,
    /// Its master says no to all it tries in 70 s; the last error, as it was on the wire.
    Refused {
        error: String,
    },
    /// Nothing is heard of its PSYNC in 70 s.
    NotAnswered,
}

impl NoReturn {
    /// In words that follow a replica's name.
    pub fn text(&self) -> String {
        match self {
            NoReturn::StandsStill => "stands still".into(),
            NoReturn::NobodyThere => "has a master that is not there".into(),
            NoReturn::MasterDown => "has a master that is not running".into(),
            NoReturn::MasterStandsStill => "has a master that stands still".into(),
            NoReturn::Refused { error } => format!("is refused: {error}"),
            NoReturn::NotAnswered => "gets no answer to PSYNC".into(),
        }
    }
}

/// A replica, and what its return would cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    pub node: NodeId,
    pub master: Option<NodeId>,
    pub cost: Cost,
}

/// A replica, and what would be gone if it were the master from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct Promotion {
    pub node: NodeId,
    /// Acknowledged writes, of the last 4,096 of each history.
    pub lost: usize,
    /// The first 20 of them, in order of their bytes.
    pub writes: Vec<LostWrite>,
}

/// What would come of it now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outlook {
    pub returns: Vec<Return>,
    pub promotions: Vec<Promotion>,
}

impl Outlook {
    /// Of a moment of a run; `checks` are those of the whole run. Not for recordings, which cannot be run ahead.
    pub fn of(world: &World, checks: &Checks) -> Outlook {
        let replicas =
            || world.node_ids().filter(|id| node(world, *id).is_some_and(|node| node.master_link().is_some()));
        Outlook {
            returns: replicas().map(|id| returning(world, id)).collect(),
            promotions: replicas().map(|id| promotion(world, checks, id)).collect(),
        }
    }
}

fn node(world: &World, id: NodeId) -> Option<&Node> {
    world.host(id)?.node.as_ref()
}

fn master_of(world: &World, id: NodeId) -> Option<NodeId> {
    world.find(&node(world, id)?.master_link()?.addr)
}

fn returning(world: &World, id: NodeId) -> Return {
    let master = master_of(world, id).filter(|master| *master != id);
    let stands_still = |id: NodeId| world.host(id).is_some_and(|host| host.paused);
    let cost = match master {
        _ if stands_still(id) => Cost::None(NoReturn::StandsStill),
        None => Cost::None(NoReturn::NobodyThere),
        Some(master) if node(world, master).is_none() => Cost::None(NoReturn::MasterDown),
        Some(master) => match (run_ahead(world, id, master), stands_still(master)) {
            (Cost::None(_), true) => Cost::None(NoReturn::MasterStandsStill),
            (cost, _) => cost,
        },
    };
    Return { node: id, master, cost }
}

/// Breaks the link and mends it in a copy of the world, and waits for what the master says.
fn run_ahead(world: &World, replica: NodeId, master: NodeId) -> Cost {
    let mut copy = world.clone();
    copy.act(&Action::Cut { a: replica, b: master });
    copy.act(&Action::Heal { a: replica, b: master });
    answered(copy, replica, master)
}

/// What it would cost if a node were told now to follow another.
pub fn repoint(world: &World, replica: NodeId, master: NodeId) -> Cost {
    let Some(addr) = world.host(master).map(|host| &host.addr) else { return Cost::None(NoReturn::NobodyThere) };
    let (host, port) = (addr.host.as_bytes().into(), addr.port.to_string().into_bytes().into());
    let mut copy = world.clone();
    copy.act(&Action::Command { node: replica, args: vec![b"REPLICAOF"[..].into(), host, port] });
    match node(world, master) {
        None => Cost::None(NoReturn::MasterDown),
        Some(_) => answered(copy, replica, master),
    }
}

/// How long replicas without a link can still continue where they stopped, if nothing else is done: until their master's
/// backlog has lost the byte that they need next. Only those to whom that happens as far as the run is computed.
pub fn time_left(timeline: &Timeline, at: Time, replicas: &[NodeId]) -> Vec<(NodeId, Duration)> {
    let mut waiting = replicas.to_vec();
    let mut found = vec![];
    if waiting.is_empty() {
        return found;
    }
    timeline.find(at, &mut |_, world| {
        waiting.retain(|id| {
            let is_lost = is_outrun(world, *id);
            found.extend(is_lost.then(|| (*id, world.now().since(at))));
            !is_lost
        });
        waiting.is_empty()
    });
    found
}

fn is_outrun(world: &World, id: NodeId) -> bool {
    let backlog = master_of(world, id).and_then(|master| node(world, master)?.backlog());
    let next = node(world, id).map(|node| node.offset() + 1);
    backlog.zip(next).is_some_and(|(backlog, next)| backlog.first() > next)
}

/// What a node would answer to a client's command now, as it would be on the wire; none if it would not in 2 s.
pub fn reply(world: &World, node: NodeId, args: &[Bytes]) -> Option<Bytes> {
    let mut copy = world.clone();
    copy.take_journal();
    copy.act(&Action::Command { node, args: args.to_vec() });
    let end = world.now() + PATIENCE;
    for _ in 0..INPUTS_MAX {
        for entry in copy.take_journal() {
            match entry.what {
                What::Answered { args: asked, reply, .. } if entry.node == node && asked == args => return Some(reply),
                _ => {}
            }
        }
        if copy.next_due() > end {
            break;
        }
        copy.advance();
    }
    None
}

/// Runs on until the master has answered the replica's PSYNC, and a snapshot is loaded.
fn answered(mut copy: World, replica: NodeId, master: NodeId) -> Cost {
    copy.take_journal();
    let end = copy.now() + AHEAD;
    let mut cost = Cost::None(NoReturn::NotAnswered);
    let (mut got_bytes, mut mark_bytes) = (0_u64, 0);
    for _ in 0..INPUTS_MAX {
        if copy.next_due() > end {
            break;
        }
        copy.advance();
        for entry in copy.take_journal() {
            match verdict(&entry, &copy, replica) {
                // The snapshot did not get through.
                Some(_) if matches!(cost, Cost::Full { .. }) => return cost,
                Some(PsyncVerdict::Partial { bytes }) => return Cost::Partial { bytes },
                Some(PsyncVerdict::Full { reason }) => cost = Cost::Full { reason, bytes: None },
                None => {}
            }
            let Cost::Full { reason, .. } = cost else {
                if let Some(error) = refusal(&entry, replica, master) {
                    cost = Cost::None(NoReturn::Refused { error });
                }
                continue;
            };
            match snapshot(&entry, replica) {
                Some(Piece::Bytes { count, is_marked }) => {
                    got_bytes += count;
                    mark_bytes = if is_marked { MARK } else { 0 };
                }
                Some(Piece::Loaded) => return Cost::Full { reason, bytes: Some(got_bytes.saturating_sub(mark_bytes)) },
                None => {}
            }
        }
    }
    cost
}

fn verdict(entry: &Entry, world: &World, replica: NodeId) -> Option<PsyncVerdict> {
    match &entry.what {
        What::Event(Event::PsyncDecided(decision)) if world.find(&decision.replica) == Some(replica) => {
            Some(decision.verdict)
        }
        _ => None,
    }
}

/// The error that a master answers with.
fn refusal(entry: &Entry, replica: NodeId, master: NodeId) -> Option<String> {
    match &entry.what {
        What::Arrived(segment) if entry.node == replica && segment.from == master && segment.cargo == Cargo::Reply => {
            let error = segment.bytes.strip_prefix(b"-")?;
            Some(printable(error.trim_ascii_end()))
        }
        _ => None,
    }
}

/// What a replica sees of a snapshot.
enum Piece {
    Bytes { count: u64, is_marked: bool },
    Loaded,
}

fn snapshot(entry: &Entry, replica: NodeId) -> Option<Piece> {
    match &entry.what {
        What::Arrived(segment) if entry.node == replica => match segment.cargo {
            Cargo::Snapshot { total, .. } => {
                Some(Piece::Bytes { count: segment.bytes.len() as u64, is_marked: total.is_none() })
            }
            _ => None,
        },
        What::Event(Event::SnapshotLoaded { .. }) if entry.node == replica => Some(Piece::Loaded),
        _ => None,
    }
}

fn promotion(world: &World, checks: &Checks, id: NodeId) -> Promotion {
    let place = |id: NodeId| node(world, id).map(|node| (node.history().id, node.offset()));
    let mut top = id;
    for _ in world.node_ids() {
        top = master_of(world, top).unwrap_or(top);
    }
    let at: Time = world.now();
    let mut writes = place(id).map(|mine| checks.would_lose(mine, place(top), at)).unwrap_or_default();
    let lost = writes.len();
    writes.truncate(LISTED);
    Promotion { node: id, lost, writes }
}
