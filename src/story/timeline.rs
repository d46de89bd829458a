//! A run that can be visited: every moment of it, in any order, at the same cost.
//!
//! Rule: the run is computed forwards, once. Every so many inputs the whole world is kept; any other moment is that
//! snapshot plus a replay of at most [`SNAPSHOT_EVERY`] inputs. Snapshots share what did not change between them, so a
//! run of a million inputs fits into memory, and a replay of a thousand fits into a frame.
//!
//! A step is a moment at which something worth stopping for happened. Several things at one moment are one step.

#[cfg(feature = "complete")]
use super::load::Load;
use super::phase::Phase;
use super::scenario::Scenario;
use crate::sim::{Cargo, Checks, Entry, NodeId, What, World};
use crate::time::Time;
use crate::vec_map::VecMap;
use crate::wire::decimal;
use std::collections::VecDeque;
use std::rc::Rc;

/// Inputs between two snapshots.
const SNAPSHOT_EVERY: u64 = 1_000;
/// Frames kept ready, so that stepping back and forth does not replay.
const FRAMES_KEPT: usize = 16;
/// A lesson or link may ask for no more inputs than this; then its run ends early, and says so.
pub const INPUTS_MAX: u64 = 2_000_000;

/// Is shown what happened at a moment, and the world after it; it may say that the moment is to be a step in any case.
pub type See<'a> = dyn FnMut(&[Entry], &World) -> bool + 'a;

/// A moment to stop at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub at: Time,
    pub phase: Phase,
}

/// Consecutive steps of one phase: `first..=last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhaseRun {
    pub phase: Phase,
    pub first: usize,
    pub last: usize,
    pub from: Time,
    pub to: Time,
}

/// Everything about one step.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Which step; 0 is the beginning.
    pub step: usize,
    pub at: Time,
    pub phase: Phase,
    /// Just before the first thing that this step does.
    pub before: Rc<World>,
    /// After the last.
    pub now: Rc<World>,
    /// What happened in between, in order.
    pub entries: Vec<Entry>,
}

/// A world, and how far the script was played in it.
#[derive(Clone, Debug)]
struct Run {
    /// Shared with frames and snapshots until it goes on.
    world: Rc<World>,
    /// The next line of the script.
    next: usize,
    /// How many commands each load has sent.
    loads: Vec<u64>,
    inputs: u64,
}

/// A run, its steps, and the means to visit them.
#[derive(Clone, Debug)]
pub struct Timeline {
    scenario: Rc<Scenario>,
    snapshots: Vec<Run>,
    head: Run,
    steps: Vec<Step>,
    runs: Vec<PhaseRun>,
    checks: Checks,
    /// The last offset that each replica was seen to acknowledge: repeating it is not worth a stop.
    acked: VecMap<NodeId, i64>,
    frames: VecDeque<Rc<Frame>>,
    /// Where the last replay ended.
    last: Option<Run>,
    is_cut_short: bool,
}

impl Timeline {
    /// Computes the whole run.
    pub fn new(scenario: Scenario) -> Timeline {
        Timeline::watch(scenario, &mut |_, _| false)
    }

    /// Computes the whole run; `see` is shown what happened at each moment, and the world after it. It may say that the
    /// moment is to be a step in any case.
    pub fn watch(scenario: Scenario, see: &mut See) -> Timeline {
        let mut timeline = Timeline::begin(scenario);
        timeline.compute_until(Time::NEVER, see);
        timeline
    }

    /// A run that is computed bit by bit: [`Timeline::compute`] until it is done.
    pub fn begin(scenario: Scenario) -> Timeline {
        #[cfg(feature = "complete")]
        let scenario = Scenario { loads: Load::ended(&scenario.loads), ..scenario };
        let head = Run {
            world: Rc::new(World::new(&scenario.setup)),
            next: 0,
            loads: vec![0; scenario.loads.len()],
            inputs: 0,
        };
        Timeline {
            steps: vec![Step { at: scenario.start(), phase: Phase::of(&head.world, &[], Phase::Alone) }],
            scenario: Rc::new(scenario),
            snapshots: vec![head.clone()],
            head,
            runs: vec![],
            checks: Checks::default(),
            acked: VecMap::new(),
            frames: VecDeque::new(),
            last: None,
            is_cut_short: false,
        }
    }

    /// Goes once more through what was computed, from behind a moment: the first moment of which `see` says so. `see` as
    /// in [`Timeline::watch`].
    #[cfg(feature = "complete")]
    pub fn find(&self, behind: Time, see: &mut See) -> Option<Time> {
        let n = self.snapshots.partition_point(|run| run.world.now() <= behind).saturating_sub(1);
        let mut run = self.snapshots.get(n)?.clone();
        while run.inputs < self.head.inputs {
            let at = run.next_at(&self.scenario);
            while run.next_at(&self.scenario) == at && run.inputs < self.head.inputs {
                run.advance(&self.scenario);
            }
            let entries = run.take_journal();
            if at > behind && see(&entries, &run.world) {
                return Some(at);
            }
        }
        None
    }

    /// Goes on for about so many inputs; true when the run is complete. `see` as in [`Timeline::watch`].
    pub fn compute(&mut self, inputs: u64, see: &mut See) -> bool {
        let until = self.head.inputs.saturating_add(inputs);
        while self.head.inputs < until {
            if !self.advance(see) {
                self.runs = self.phase_runs();
                return true;
            }
        }
        false
    }

    /// Goes on up to a moment, and leaves what happens at it for later.
    pub(super) fn compute_until(&mut self, before: Time, see: &mut See) {
        while self.head.next_at(&self.scenario) < before && self.advance(see) {}
        self.runs = self.phase_runs();
    }

    /// Goes on with another scenario, which has to be the same one as far as was computed.
    #[cfg(feature = "complete")]
    pub(super) fn change(&mut self, scenario: Scenario) {
        self.scenario = Rc::new(Scenario { loads: Load::ended(&scenario.loads), ..scenario });
    }

    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    pub fn start(&self) -> Time {
        self.scenario.start()
    }

    pub fn end(&self) -> Time {
        self.scenario.end()
    }

    /// At least one: the beginning.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub fn runs(&self) -> &[PhaseRun] {
        &self.runs
    }

    /// The invariants' verdict on the whole run.
    pub fn checks(&self) -> &Checks {
        &self.checks
    }

    /// Inputs that nodes were given in the whole run.
    pub fn inputs(&self) -> u64 {
        self.head.inputs
    }

    /// Did the run end before its time, because it asked for too much?
    pub fn is_cut_short(&self) -> bool {
        self.is_cut_short
    }

    /// The last step at or before a moment.
    pub fn step_at(&self, at: Time) -> usize {
        self.steps.partition_point(|step| step.at <= at).saturating_sub(1)
    }

    /// The frame of the moment `at`: that of the last step before it.
    pub fn frame(&mut self, at: Time) -> Rc<Frame> {
        let step = self.step_at(at);
        if let Some(frame) = self.frames.iter().find(|frame| frame.step == step) {
            return frame.clone();
        }
        let frame = Rc::new(self.replay(step));
        if self.frames.len() == FRAMES_KEPT {
            self.frames.pop_front();
        }
        self.frames.push_back(frame.clone());
        frame
    }

    /// The world as it was at the end of the run.
    pub fn last_world(&self) -> &World {
        &self.head.world
    }

    fn replay(&mut self, step: usize) -> Frame {
        let Step { at, phase } = self.steps[step];
        let mut run = self.nearest(at);
        while run.next_at(&self.scenario) < at {
            run.advance(&self.scenario);
            run.take_journal();
        }
        let before = run.world.clone();
        while run.next_at(&self.scenario) <= at {
            run.advance(&self.scenario);
        }
        let entries = run.take_journal();
        let now = run.world.clone();
        self.last = Some(run);
        Frame { step, at, phase, before, now, entries }
    }

    /// The latest known state of the run before a moment: a snapshot, or where the last replay ended, so that going on
    /// from step to step replays nothing twice.
    fn nearest(&self, at: Time) -> Run {
        let n = self.snapshots.partition_point(|run| run.world.now() < at).saturating_sub(1);
        let snapshot = &self.snapshots[n];
        let last = self.last.as_ref().filter(|run| run.world.now() < at && run.inputs >= snapshot.inputs);
        last.unwrap_or(snapshot).clone()
    }

    /// Goes on until the next moment at which something is due is a later one. False at the end.
    fn advance(&mut self, see: &mut See) -> bool {
        let at = self.head.next_at(&self.scenario);
        if at > self.scenario.end() {
            return false;
        }
        if self.head.inputs >= INPUTS_MAX {
            self.is_cut_short = true;
            return false;
        }
        if self.head.inputs - self.snapshots.last().map_or(0, |run| run.inputs) >= SNAPSHOT_EVERY {
            self.snapshots.push(self.head.clone());
        }
        while self.head.next_at(&self.scenario) == at && self.head.inputs < INPUTS_MAX {
            self.head.advance(&self.scenario);
        }
        let entries = self.head.take_journal();
        entries.iter().for_each(|entry| self.checks.observe(entry));
        let stops = entries.iter().filter(|entry| self.is_worth_a_stop(entry)).count();
        if see(&entries, &self.head.world) || stops > 0 {
            self.note_step(at, &entries);
        }
        true
    }

    fn note_step(&mut self, at: Time, entries: &[Entry]) {
        let before = self.steps.last().map_or(Phase::Alone, |step| step.phase);
        let phase = Phase::of(&self.head.world, entries, before);
        match self.steps.last_mut() {
            Some(last) if last.at == at => last.phase = phase,
            _ => self.steps.push(Step { at, phase }),
        }
    }

    /// Everything but book-keeping, and acknowledgements that say nothing new.
    fn is_worth_a_stop(&mut self, entry: &Entry) -> bool {
        match &entry.what {
            What::Sent(segment) if segment.cargo == Cargo::Ack => {
                let offset = acked_offset(&segment.bytes);
                offset.is_some_and(|offset| self.acked.insert(segment.from, offset) != Some(offset))
            }
            What::Arrived(segment) => !matches!(segment.cargo, Cargo::Ack | Cargo::Keepalive),
            What::Sent(segment) => segment.cargo != Cargo::Keepalive,
            What::Event(event) => is_telling(event),
            What::Refused { to } => to.is_some(),
            What::Dialled { .. } | What::Lost(_) | What::Trusted(_) => false,
            What::Answered { .. } | What::Fault(_) | What::Differs(_) => true,
        }
    }

    fn phase_runs(&self) -> Vec<PhaseRun> {
        let mut runs: Vec<PhaseRun> = vec![];
        for (n, step) in self.steps.iter().enumerate() {
            match runs.last_mut() {
                Some(run) if run.phase == step.phase => (run.last, run.to) = (n, step.at),
                _ => runs.push(PhaseRun { phase: step.phase, first: n, last: n, from: step.at, to: step.at }),
            }
        }
        runs
    }
}

/// Is this event worth a stop by itself, or only part of what a message does?
fn is_telling(event: &crate::node::Event) -> bool {
    use crate::node::Event::*;
    matches!(
        event,
        CommandRun { .. }
            | Decided(_)
            | KeyExpired { .. }
            | SnapshotStarted { .. }
            | SnapshotSaved { .. }
            | ReplicaLost { .. }
            | LinkLost { .. }
            | SnapshotLoaded { .. }
            | SyncFailed { .. }
            | RoleChanged { .. }
            | BacklogTrimmed { .. }
            | ProtocolViolation { .. }
            | NotModelled { .. }
    )
}

/// The number in `REPLCONF ACK <number>`.
fn acked_offset(bytes: &[u8]) -> Option<i64> {
    let commands = super::speech::commands(bytes);
    commands.first()?.get(2).and_then(|number| decimal(number))
}

impl Run {
    /// When the next thing happens: a line of the script, a command of a load, or something due in the world.
    fn next_at(&self, scenario: &Scenario) -> Time {
        let script = scenario.script.get(self.next).map_or(Time::NEVER, |line| scenario.start() + line.after);
        let load = self.next_load(scenario).map_or(Time::NEVER, |(at, _)| at);
        // What is due since before now, as a tick that nobody needed until now, happens now.
        script.min(load).min(self.world.next_due()).max(self.world.now())
    }

    /// The load whose turn it is, and when.
    fn next_load(&self, scenario: &Scenario) -> Option<(Time, usize)> {
        let turns = scenario.loads.iter().enumerate();
        turns.filter_map(|(n, load)| Some((scenario.start() + load.due(self.sent(n))?, n))).min()
    }

    /// How many commands a load has sent. One that the scenario got later has sent none.
    fn sent(&self, load: usize) -> u64 {
        self.loads.get(load).copied().unwrap_or(0)
    }

    fn take_journal(&mut self) -> Vec<Entry> {
        Rc::make_mut(&mut self.world).take_journal()
    }

    /// Does the next thing; the script goes first, then the loads.
    fn advance(&mut self, scenario: &Scenario) {
        let at = self.next_at(scenario);
        self.inputs += 1;
        let load = self.next_load(scenario).filter(|(due, _)| *due <= at);
        let world = Rc::make_mut(&mut self.world);
        world.wait_until(at);
        if let Some(line) = scenario.script.get(self.next).filter(|line| scenario.start() + line.after <= at) {
            world.act(&line.action);
            self.next += 1;
        } else if let Some((_, n)) = load {
            let sent = self.loads.get(n).copied().unwrap_or(0);
            world.act(&scenario.loads[n].command(sent));
            self.loads.resize(scenario.loads.len(), 0);
            self.loads[n] = sent + 1;
        } else {
            world.advance();
        }
    }
}
