//! Five nodes, arranged anew again and again while links and processes fail: afterwards all hold the same.
//!
//! Rule: only the top master is written to; everything else is drawn at random. At each checkpoint every node has its
//! master's offset and digest, the invariants hold all the while, and no full synchronization happens that the rules do
//! not require. A story that fails is cut down to what it needs to fail, and printed as a text and as a link that opens it
//! in the page. `REPLSCOPE_SEED=n` tells the stories of that seed alone. After Redis' `tests/integration/psync2.tcl`.

#[path = "../psync2/layout.rs"]
mod layout;
#[path = "../psync2/story.rs"]
pub(crate) mod story;

use crate::cluster::{Cluster, id};
use layout::{Masters, follows};
use replscope::node::{Event, LinkState, PsyncDecision, PsyncVerdict};
use replscope::sim::{Action, Checks, What};
use replscope::story::{Lesson, Scenario};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use story::{NODES, Story};

/// Of each kind of story.
const SEEDS: u64 = 1_000;

/// What went wrong. Two failures are the same if their kinds are.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Failure {
    Panic,
    Invariant { rule: u8, what: String },
    Differs { what: String },
    NeedlessFull { what: String },
}

impl Failure {
    fn is_like(&self, other: &Failure) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

#[test]
fn whatever_happens_all_agree_in_the_end() {
    every_seed(Story::wild);
}

#[test]
fn an_orderly_cluster_synchronizes_each_replica_once() {
    every_seed(Story::orderly);
}

fn every_seed(story: fn(u64) -> Story) {
    let chosen = std::env::var("REPLSCOPE_SEED").ok().and_then(|seed| seed.parse().ok());
    let (from, to) = chosen.map_or((0, SEEDS), |seed: u64| (seed, seed + 1));
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let failed: Vec<(u64, Failure)> = std::thread::scope(|scope| {
        let share = |first: u64| {
            let seeds = (from + first..to).step_by(threads as usize);
            seeds.filter_map(|seed| tell(&story(seed)).err().map(|failure| (seed, failure))).collect::<Vec<_>>()
        };
        let handles: Vec<_> = (0..threads).map(|first| scope.spawn(move || share(first))).collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("panics are caught")).collect()
    });
    let Some((seed, failure)) = failed.first() else { return };
    let short = shrink(story(*seed), failure);
    let seeds: Vec<u64> = failed.iter().map(|(seed, _)| *seed).collect();
    panic!(
        "seeds {seeds:?} fail; seed {seed}: {failure:?}\nwhat is left of it:\n{}\n{:?}\nin the page: {}",
        short.text(),
        tell(&short),
        short.link()
    );
}

/// Runs a story to its end, or to the first thing that is wrong.
fn tell(story: &Story) -> Result<(), Failure> {
    let text = story.text();
    let scenario = Lesson::parse("story.txt", &text).expect("a story is a lesson").scenario;
    catch_unwind(AssertUnwindSafe(|| Run::new(&scenario).tell(story))).unwrap_or(Err(Failure::Panic))
}

struct Run<'a> {
    scenario: &'a Scenario,
    cluster: Cluster,
    next: usize,
    /// Entries of the journal that were looked at.
    seen: usize,
    /// Full synchronizations so far, in words.
    full: Vec<String>,
}

impl Run<'_> {
    fn new(scenario: &Scenario) -> Run<'_> {
        Run { scenario, cluster: Cluster::of(scenario.setup.clone()), next: 0, seen: 0, full: vec![] }
    }

    fn tell(mut self, story: &Story) -> Result<(), Failure> {
        for checkpoint_ms in &story.checkpoints {
            let at = Duration::from_millis(*checkpoint_ms);
            while let Some(line) = self.scenario.script.get(self.next).filter(|line| line.after <= at) {
                self.run_until(line.after)?;
                self.cluster.act(line.action.clone());
                self.look()?;
                self.next += 1;
            }
            self.run_until(at)?;
            if self.all_agree().is_err() {
                // A ping may be under way just now.
                self.run_until(at + Duration::from_millis(500))?;
            }
            self.all_agree()?;
        }
        match story.full {
            Some(full) if self.full.len() > full => {
                Err(Failure::NeedlessFull { what: format!("more than {full}: {:#?}", self.full) })
            }
            _ => Ok(()),
        }
    }

    fn run_until(&mut self, after: Duration) -> Result<(), Failure> {
        let end = self.scenario.start() + after;
        while self.cluster.world.next_due() <= end {
            self.cluster.advance();
            self.look()?;
        }
        self.cluster.world.wait_until(end);
        Ok(())
    }

    /// What has just happened.
    fn look(&mut self) -> Result<(), Failure> {
        if let Some(violation) = self.cluster.checks.violations().first() {
            return Err(Failure::Invariant { rule: violation.rule, what: format!("{violation:?}") });
        }
        for entry in &self.cluster.journal[self.seen..] {
            let What::Event(Event::PsyncDecided(decision)) = &entry.what else { continue };
            if matches!(decision.verdict, PsyncVerdict::Full { .. }) {
                self.full.push(format!("{} at {}: {decision:?}", entry.at, story::name(entry.node.index())));
                self.asked_for_all_it_has(decision)?;
            }
        }
        self.seen = self.cluster.journal.len();
        Ok(())
    }

    /// A replica that has a place in a history must ask to go on from it: asking for less costs a full synchronization.
    fn asked_for_all_it_has(&self, decision: &PsyncDecision) -> Result<(), Failure> {
        let world = &self.cluster.world;
        let replica = world.find(&decision.replica).and_then(|id| world.host(id)?.node.as_ref());
        // Whoever does not wait for this answer any more may stand elsewhere by now.
        let Some((replica, link)) = replica
            .and_then(|node| Some((node, node.master_link()?)))
            .filter(|(_, link)| link.state == LinkState::ReceivePsyncReply)
        else {
            return Ok(());
        };
        let history = replica.history();
        let place = (history.id.0.to_vec(), history.offset as i64 + 1);
        let asked = (decision.asked_id.as_deref().unwrap_or_default().to_vec(), decision.asked_offset);
        if asked == place || (link.cached.is_none() && asked.0 == b"?") {
            return Ok(());
        }
        Err(Failure::NeedlessFull { what: format!("{decision:?} by a replica at {history:?}") })
    }

    fn all_agree(&self) -> Result<(), Failure> {
        let Some(masters) = whole_arrangement(&self.scenario.script[..self.next]) else {
            return Ok(());
        };
        for n in 0..NODES {
            let Some(top) = (0..NODES).find(|top| masters[*top].is_none() && follows(&masters, n, *top)) else {
                continue;
            };
            let (node, master) = (self.cluster.node(n), self.cluster.node(top));
            let link = node.master_link().map(|link| (usize::from(link.addr.port), link.state));
            let wanted = masters[n].map(|master| (story::port(master), LinkState::Connected));
            let state = |node: &replscope::node::Node| (node.offset(), node.keyspace().digest());
            if link != wanted || state(node) != state(master) {
                let what = format!("node {n}: {link:?} {:?}; wanted {wanted:?} {:?}", state(node), state(master));
                return Err(Failure::Differs { what });
            }
        }
        match Checks::settled(&self.cluster.world).first() {
            Some(violation) => Err(Failure::Invariant { rule: violation.rule, what: format!("{violation:?}") }),
            None => Ok(()),
        }
    }
}

/// Who follows whom after these acts; none if something is still broken, as it is in a story that was cut too short.
fn whole_arrangement(script: &[replscope::story::ScriptLine]) -> Option<Masters> {
    let mut masters: Masters = vec![None; NODES];
    let mut broken = vec![];
    for line in script {
        match &line.action {
            Action::Command { node, args } => match args.as_slice() {
                [name, _, port] if name.as_ref() == b"REPLICAOF" => {
                    let port = std::str::from_utf8(port).ok().and_then(|port| port.parse::<usize>().ok());
                    masters[node.index()] = port.map(|port| port - story::port(0));
                }
                _ => {}
            },
            Action::Restart { node, .. } => {
                masters[node.index()] = None;
                broken.retain(|other| *other != (*node, *node));
            }
            Action::Crash { node } => broken.push((*node, *node)),
            Action::Pause { node } => broken.push((*node, id(NODES))),
            Action::Resume { node } => broken.retain(|other| *other != (*node, id(NODES))),
            Action::Cut { a, b } | Action::BlackHole { a, b } => broken.push((*a.min(b), *a.max(b))),
            Action::Heal { a, b } => broken.retain(|other| *other != (*a.min(b), *a.max(b))),
            Action::Slow { .. } | Action::Add { .. } | Action::Remove { .. } | Action::Recorded(_) => {}
        }
    }
    let is_tree = (0..NODES).all(|n| (0..NODES).any(|top| masters[top].is_none() && follows(&masters, n, top)));
    (broken.is_empty() && is_tree).then_some(masters)
}

/// Leaves out what the story does not need to fail in the same way: halves, quarters, … single acts.
fn shrink(mut story: Story, failure: &Failure) -> Story {
    let mut size = story.acts.len() / 2;
    while size > 0 {
        let mut from = 0;
        while from < story.acts.len() {
            let mut shorter = story.clone();
            shorter.acts.drain(from..(from + size).min(shorter.acts.len()));
            if tell(&shorter).is_err_and(|other| other.is_like(failure)) {
                story = shorter;
            } else {
                from += size;
            }
        }
        size /= 2;
    }
    story
}

#[test]
fn a_story_is_cut_down_to_what_it_needs() {
    // With nobody to heal the link, an orderly story's last word is that the nodes differ.
    let mut story = Story::orderly(1);
    let wanted = Failure::NeedlessFull { what: String::new() };
    story.full = Some(0);
    let short = shrink(story.clone(), &wanted);
    assert_eq!(short.acts.len(), 1, "one REPLICAOF is one full synchronization: {}", short.text());
    assert!(short.acts[0].1.contains("REPLICAOF 127.0.0.1"), "{}", short.text());
    assert!(short.link().starts_with("#v1:"));
}
