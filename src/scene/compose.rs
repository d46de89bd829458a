//! Puts the picture of one step together.

#[cfg(feature = "complete")]
use super::gather::{self, Gathering, Spread};
use super::geometry::Size;
use super::layout::{self, Detail};
use super::ledger::Ledger;
#[cfg(feature = "complete")]
use super::panel::{Cost, DecisionTurns};
use super::panel::{DecisionPage, Figure, InfoPanel, NodePanel, WirePanel};
#[cfg(feature = "complete")]
use super::past;
use super::stage::Stage;
use super::tape::{self, Tape};
use super::track::{self, Run, Track};
use super::{decision, inside, links, nodes, order, strip, text, topology, wire};
use crate::sim::{Entry, NodeId, Segment, What, World};
use crate::story::{Frame, Pace, Timeline};
use crate::time::Time;
use std::rc::Rc;

/// What the reader has chosen to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Focus {
    pub node: Option<NodeId>,
    /// A segment on its way, by its number.
    pub message: Option<u64>,
    /// A decision, by its number in the run; shown as long as its moment is.
    pub decision: Option<usize>,
    /// How nodes share the stage, and one of those that stand one by one.
    #[cfg(feature = "complete")]
    pub spread: Spread,
    #[cfg(feature = "complete")]
    pub open: Option<NodeId>,
}

/// The room for the picture, px, and whether the tape is part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    pub width: f64,
    pub height: f64,
    pub tape: bool,
    /// Nothing scrolls: what does not fit is made smaller.
    pub framed: bool,
}

/// Everything on screen at one step but the narration and the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    pub stage: Rc<Stage>,
    pub tape: Rc<Tape>,
    pub wire: Option<WirePanel>,
    pub figures: Vec<Figure>,
    pub node: NodePanel,
    pub info: InfoPanel,
    pub decision: Option<DecisionPage>,
    #[cfg(feature = "complete")]
    pub turns: DecisionTurns,
    #[cfg(feature = "complete")]
    pub costs: Vec<Cost>,
}

/// A room lower than this has none to spare, px.
const LOW: f64 = 580.0;
/// The least height of a stage, px: on a page, and in a frame.
const STAGE_MIN: [f64; 2] = [230.0, 150.0];
/// The numbers beside a message.
const FIGURES: [&str; 3] = ["master_repl_offset", "repl_backlog_first_byte_offset", "repl_backlog_histlen"];

/// The picture of a step. `start`: when the run began.
pub fn compose(frame: &Frame, ledger: &Ledger, start: Time, focus: &Focus, room: &Room) -> Scene {
    let owner = |id: &_| ledger.owner(id);
    let (before, now) = (&*frame.before, &*frame.now);
    #[cfg_attr(not(feature = "complete"), allow(unused_mut))]
    let mut tape = tape::lay_out(&strip::source(now, &owner), room.width, room.height < LOW);
    let least = STAGE_MIN[usize::from(room.framed)];
    let height = if room.tape { (room.height - tape.size.height).max(least) } else { room.height };
    let message = message(frame, focus);
    #[cfg(feature = "complete")]
    tape.select(ledger.stream_bytes(focus.message), focus.node);
    let is_there = |id: &NodeId| now.has(*id);
    let chosen = focus.node.filter(is_there).or_else(|| subject(frame, message.as_deref()).filter(is_there));
    let node = chosen.or_else(|| now.node_ids().next()).unwrap_or(NodeId(0));
    let size = Size { width: room.width, height };
    let details = if room.framed { Detail::FRAMED } else { Detail::READABLE };
    let stage = stage(before, now, ledger, size, details, focus);
    let speaker = message.as_ref().and_then(|m| m.first()).map_or(node, |s| master_side(now, s));
    Scene {
        stage: Rc::new(stage),
        tape: Rc::new(tape),
        wire: message.map(|segments| wire::panel(now, &segments)),
        figures: inside::figures(before, now, speaker, &FIGURES),
        #[cfg(not(feature = "complete"))]
        node: inside::node(before, now, node),
        #[cfg(feature = "complete")]
        node: past::told(inside::node(before, now, node), now, ledger, node, start),
        info: inside::info(before, now, node),
        decision: decision_page(frame, ledger, start, focus),
        #[cfg(feature = "complete")]
        turns: turns(ledger, frame.at, focus),
        #[cfg(feature = "complete")]
        costs: decision::costs(now),
    }
}

fn decision_page(frame: &Frame, ledger: &Ledger, start: Time, focus: &Focus) -> Option<DecisionPage> {
    let decided = &ledger.decisions()[ledger.decision(frame.at, focus.decision)?];
    let when = (decided.at != frame.at).then(|| {
        let ago = text::duration(frame.at.since(decided.at).as_micros() as u64);
        format!("taken at {}, {ago} ago", text::clock(decided.at.since(start).as_micros() as u64))
    });
    let names = decision::Names::new(&frame.now, decided.node);
    Some(DecisionPage { when, panel: decision::panel(&decided.case, &names) })
}

/// The decisions before and after the one shown.
#[cfg(feature = "complete")]
fn turns(ledger: &Ledger, at: Time, focus: &Focus) -> DecisionTurns {
    let (all, shown) = (ledger.decisions(), ledger.decision(at, focus.decision));
    let place = match (shown, all.len()) {
        (_, 0) => "no decision in this run".to_owned(),
        (None, count) => format!("none of {count} yet"),
        (Some(n), count) => format!("decision {} of {count}", n + 1),
    };
    let turn = |n: usize| all.get(n).map(|decided| (n, decided.at));
    let next = turn(shown.map_or(0, |n| n + 1));
    DecisionTurns { place, previous: shown.and_then(|n| turn(n.checked_sub(1)?)), next }
}

/// A picture of the stage alone; without words it may be as small as a stamp.
pub fn still(frame: &Frame, ledger: &Ledger, size: Size, words: bool) -> Stage {
    let details = if words { Detail::READABLE } else { &[Detail::Mark] };
    stage(&frame.before, &frame.now, ledger, size, details, &Focus::default())
}

fn stage(before: &World, now: &World, ledger: &Ledger, size: Size, details: &[Detail], focus: &Focus) -> Stage {
    let parents = topology::parents(now, ledger);
    let ids: Vec<NodeId> = now.node_ids().collect();
    #[cfg(feature = "complete")]
    let (ids, parents, gathered) = standing(now, ids, parents, size, details, focus);
    let layout = layout::place(&parents, size, details);
    let small = layout.detail == Detail::Mark;
    let cards = nodes::cards(before, now, &layout, &ids, focus.node, &|id| ledger.owner(id));
    #[cfg(feature = "complete")]
    let cards: Vec<_> = cards
        .into_iter()
        .zip(gathered)
        .map(|(card, members)| if members.len() > 1 { gather::card(now, card, &members) } else { card })
        .collect();
    let roomy = layout.flow == super::geometry::Flow::Right && layout.detail <= Detail::Small;
    let links = links::links(now, &cards, &parents, layout.flow, layout.size.width, roomy);
    let messages = links::messages(now, &links, focus.message, small);
    Stage { size: layout.size, flow: layout.flow, cards, links, messages }
}

/// Who has a card, on whom it hangs, and who stands on it.
#[cfg(feature = "complete")]
fn standing(
    now: &World,
    ids: Vec<NodeId>,
    parents: Vec<Option<usize>>,
    size: Size,
    details: &[Detail],
    focus: &Focus,
) -> (Vec<NodeId>, Vec<Option<usize>>, Vec<Vec<NodeId>>) {
    let spread = if details == [Detail::Mark] { Spread::All } else { focus.spread };
    let Gathering { things, parents } = gather::gather(now, &parents, size, spread, focus.node, focus.open);
    let members = things.iter().map(|thing| thing.iter().map(|n| ids[*n]).collect()).collect();
    (things.iter().map(|thing| ids[thing[0]]).collect(), parents, members)
}

/// The timeline's picture.
pub fn track_of(timeline: &Timeline, pace: &Pace, width: f64, labels: bool) -> Track {
    let runs: Vec<Run> = timeline
        .runs()
        .iter()
        .map(|r| Run { name: r.phase.name(), from: pace.to_play_ms(r.from), to: pace.to_play_ms(r.to) })
        .collect();
    let steps: Vec<f64> = timeline.steps().iter().map(|s| pace.to_play_ms(s.at)).collect();
    track::lay_out(&runs, &steps, pace.length_ms(), width, labels)
}

/// The segments whose bytes are shown: those chosen, or else the most telling of the step; sent together, shown together.
fn message(frame: &Frame, focus: &Focus) -> Option<Vec<Segment>> {
    let in_flight = || frame.now.in_flight();
    let touched = || frame.entries.iter().filter_map(carried);
    let chosen = focus.message.and_then(|id| in_flight().chain(touched()).find(|s| s.id == id));
    let first = chosen.or_else(|| touched().max_by_key(|s| (links::telling(s), s.sent, std::cmp::Reverse(s.id))))?;
    let together = |s: &&Segment| (s.from, s.to, s.sent, s.due) == (first.from, first.to, first.sent, first.due);
    let mut group: Vec<Segment> = in_flight().chain(touched()).filter(together).cloned().collect();
    order::by_key(&mut group, |s| s.id);
    group.dedup_by_key(|s| s.id);
    Some(group)
}

fn carried(entry: &Entry) -> Option<&Segment> {
    match &entry.what {
        What::Sent(segment) | What::Arrived(segment) | What::Lost(segment) => Some(segment),
        _ => None,
    }
}

/// Whom the step is about, if the reader has not chosen: whom a fault befell, or who sent the message shown, or else whose
/// entry comes first.
fn subject(frame: &Frame, message: Option<&[Segment]>) -> Option<NodeId> {
    let befallen = || frame.entries.iter().find(|entry| matches!(entry.what, What::Fault(_))).map(|entry| entry.node);
    let sender = || message.and_then(|m| m.first()).map(|segment| segment.from);
    befallen().or_else(sender).or_else(|| frame.entries.first().map(|entry| entry.node))
}

/// The end of a segment's connection that is the master.
fn master_side(world: &World, segment: &Segment) -> NodeId {
    if topology::master_of(world, segment.from) == Some(segment.to) { segment.to } else { segment.from }
}
