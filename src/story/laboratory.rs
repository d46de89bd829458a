//! A laboratory: a lesson that its learner writes by doing.
//!
//! Rule: the text is everything. What is done becomes a line of it, and is only done if the text can be read then; so the
//! run is that of the text read anew, and a link carries it. A past is never edited: what is done at a moment behind which
//! something was done already begins a branch there.
//!
//! The run is kept at a few moments, each *before* what happens at it, so that the next thing that is done does not
//! compute everything again: it goes on from the last of them, and a little ahead of the moment that is looked at.

use super::branch::{Branch, HORIZON};
use super::breakpoint::{Found, Until};
use super::lesson::Lesson;
use super::load::Load;
use super::scenario::{Scenario, ScriptLine};
use super::source::LessonError;
use super::telling::Telling;
use super::topology::Topology;
use super::writing::Unwritable;
use crate::sim::{Action, Entry, World};
use crate::time::Time;
use std::fmt;
use std::time::Duration;

/// Moments at which the run is kept, at the most.
const KEPT_MAX: usize = 12;

/// How far [`Laboratory::run_until`] goes, in how many inputs, and how much of it at once.
const SEARCHED: Duration = Duration::from_secs(600);
const SEARCHED_INPUTS: u64 = 200_000;
const SLICE: Duration = Duration::from_secs(20);

/// Who gathers facts while a run is computed, as `scene::Ledger` does.
pub trait Witness: Clone + Default {
    /// One moment: what happened, and the world after it. In order of time.
    fn note(&mut self, entries: &[Entry], world: &World);
}

impl Witness for () {
    fn note(&mut self, _: &[Entry], _: &World) {}
}

/// Where something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The branch that is shown now; `None`: the trunk.
    pub branch: Option<usize>,
    /// It began with this.
    pub is_new: bool,
}

/// Why something cannot be done. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The text would be wrong; line and column are those of the text that would have been.
    Text(LessonError),
    Unwritable(Unwritable),
    NoSuchBranch,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Text(error) if error.accepted.is_empty() => f.write_str(&error.problem),
            Refused::Text(error) => write!(f, "{}; accepted: {}", error.problem, error.accepted),
            Refused::Unwritable(error) => error.fmt(f),
            Refused::NoSuchBranch => f.write_str("there is no such branch"),
        }
    }
}

impl std::error::Error for Refused {}

/// The run as it was when everything before a moment had happened, and nothing at it.
#[derive(Clone, Debug)]
struct Kept<W> {
    before: Duration,
    telling: Telling,
    witness: W,
}

impl<W: Witness> Kept<W> {
    fn go_on(&mut self, before: Time) {
        let witness = &mut self.witness;
        self.telling.go_on(before, |entries, world| witness.note(entries, world));
    }
}

/// A lesson being made by whoever is looking at it.
#[derive(Clone, Debug)]
pub struct Laboratory<W> {
    lesson: Lesson,
    branch: Option<usize>,
    /// What is run on the branch.
    scenario: Scenario,
    /// In order of time.
    kept: Vec<Kept<W>>,
    /// What is shown: the branch, a little beyond the moment that is looked at.
    ahead: Kept<W>,
}

impl<W: Witness> Laboratory<W> {
    /// Opens a lesson's trunk at its beginning. What is done to a lesson that is no laboratory goes to branches.
    pub fn new(lesson: Lesson) -> Laboratory<W> {
        let scenario = lesson.scenario.clone();
        let telling = Telling::begin(lesson.clone());
        let ahead = Kept { before: Duration::ZERO, telling, witness: W::default() };
        let mut laboratory = Laboratory { lesson, branch: None, scenario, kept: vec![], ahead };
        laboratory.settle(Duration::ZERO);
        laboratory
    }

    /// A ready-made one.
    pub fn ready(topology: Topology) -> Result<Laboratory<W>, LessonError> {
        Lesson::parse("", &topology.text()).map(Laboratory::new)
    }

    /// The lesson whose text this is, with all branches.
    pub fn lesson(&self) -> &Lesson {
        &self.lesson
    }

    /// The branch that is shown; `None`: the trunk.
    pub fn branch(&self) -> Option<usize> {
        self.branch
    }

    /// The text that opens as this laboratory.
    pub fn text(&self) -> Result<String, Unwritable> {
        self.lesson.text()
    }

    /// The run of the branch that is shown, computed to 10 s beyond the last thing done or looked at.
    pub fn telling(&self) -> &Telling {
        &self.ahead.telling
    }

    /// What was gathered from that run.
    pub fn witness(&self) -> &W {
        &self.ahead.witness
    }

    /// Computes the run to 10 s beyond a moment, if it is not yet. True if it became longer. Moments beyond a day are
    /// taken for a day.
    pub fn reach(&mut self, at: Time) -> bool {
        let end = self.after(at).min(Duration::from_secs(86_400)) + HORIZON;
        let is_longer = end > self.ahead.telling.timeline.scenario().length;
        if is_longer {
            self.ahead.telling.change(self.shown(end));
            self.ahead.go_on(Time::NEVER);
        }
        is_longer
    }

    /// Runs on from a moment until something happens, 10 min at the most, and reaches that moment. If it does not happen,
    /// nothing has changed.
    pub fn run_until(&mut self, from: Time, until: &Until) -> Found {
        let last = from + SEARCHED;
        let mut ahead = self.ahead.clone();
        let (begun, mut behind, mut times) = (ahead.telling.timeline.inputs(), from, 0);
        loop {
            let timeline = &ahead.telling.timeline;
            let is_over = timeline.end() >= last;
            match until.search(timeline, behind, &mut times).filter(|at| *at <= last) {
                Some(at) => {
                    self.reach(at);
                    return Found::At(at);
                }
                None if is_over => return Found::NotBy(last),
                None if timeline.is_cut_short() || timeline.inputs() - begun > SEARCHED_INPUTS => {
                    return Found::TooMuch(timeline.end());
                }
                None => behind = timeline.end().max(from),
            }
            ahead.telling.change(self.shown(self.after(behind) + SLICE));
            ahead.go_on(Time::NEVER);
        }
    }

    /// Does something at a moment: on this branch, or, where its past would change, on a new one that begins there. The
    /// number in an [`Action::Add`] does not matter: its name has one, or gets the next.
    pub fn act(&mut self, at: Time, action: Action) -> Result<Change, Refused> {
        let after = self.after(at);
        self.write(after, |script, _| {
            let n = script.partition_point(|line| line.after <= after);
            script.insert(n, ScriptLine { after, action });
        })
    }

    /// Begins a load at a moment, in the place of `load.from` and of those that run on its node then; one of rate 0 only
    /// ends those.
    pub fn load(&mut self, at: Time, load: Load) -> Result<Change, Refused> {
        let from = self.after(at);
        let ends = !Load::running(&self.scenario.loads, load.node, from).is_empty();
        if load.rate == 0 && !ends {
            return Ok(Change { branch: self.branch, is_new: false });
        }
        let end = Load { from, to: from, ..Load::new(load.node, 0) };
        let begun = Load { from, to: load.to.max(from), ..load };
        self.write(from, |_, loads| {
            loads.extend(ends.then_some(end));
            loads.extend((begun.rate > 0).then_some(begun));
        })
    }

    /// What runs on the branch that is shown: its script and loads, inherited ones too.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Shows another branch, or the trunk; `at` is the moment that is looked at.
    pub fn switch(&mut self, branch: Option<usize>, at: Time) -> Result<(), Refused> {
        if branch.is_some_and(|n| n >= self.lesson.branches.len()) {
            return Err(Refused::NoSuchBranch);
        }
        self.adopt(self.lesson.clone(), branch, self.after(at));
        Ok(())
    }

    /// Gives a branch another name.
    pub fn rename(&mut self, branch: usize, name: &str) -> Result<(), Refused> {
        let mut lesson = self.lesson.clone();
        lesson.branches.get_mut(branch).ok_or(Refused::NoSuchBranch)?.name = name.into();
        self.lesson = read_again(&lesson)?;
        Ok(())
    }

    /// Removes a branch and all that leave it; `at` is the moment that is looked at, on the branch's parent if it or one of
    /// those was shown.
    pub fn remove(&mut self, branch: usize, at: Time) -> Result<Change, Refused> {
        let branches = &self.lesson.branches;
        let parent = branches.get(branch).ok_or(Refused::NoSuchBranch)?.parent;
        let mut goes = vec![false; branches.len()];
        for (n, other) in branches.iter().enumerate() {
            goes[n] = n == branch || other.parent.is_some_and(|parent| goes[parent]);
        }
        let place = |n: usize| goes[..n].iter().filter(|goes| !**goes).count();
        let stays = branches.iter().zip(&goes).filter(|(_, goes)| !**goes).map(|(branch, _)| branch.clone());
        let branches = stays.map(|branch| Branch { parent: branch.parent.map(place), ..branch }).collect();
        let shown = if self.branch.is_some_and(|n| goes[n]) { parent } else { self.branch };
        let shown = shown.map(place);
        let lesson = read_again(&Lesson { branches, ..self.lesson.clone() })?;
        self.adopt(lesson, shown, self.after(at));
        Ok(Change { branch: shown, is_new: false })
    }

    /// A name and a port that no node of any branch has: a letter, as long as there is one.
    pub fn newcomer(&self) -> (String, u16) {
        let names = self.lesson.names();
        let letters = (b'a'..=b'z').map(|letter| char::from(letter).to_string());
        let name = letters.chain((1..).map(|n| format!("node-{n}"))).find(|name| !names.contains(&name.as_str()));
        let branches = self.lesson.branches.iter().flat_map(|branch| &branch.script);
        let added = self.lesson.scenario.script.iter().chain(branches).filter_map(|line| match line.action {
            Action::Add { port, .. } => Some(port),
            _ => None,
        });
        let hosts = self.lesson.scenario.setup.hosts.iter().map(|host| host.config.port);
        (name.unwrap_or_default(), hosts.chain(added).max().unwrap_or(6378).saturating_add(1))
    }

    fn after(&self, at: Time) -> Duration {
        at.since(self.scenario.start())
    }

    /// Writes into the script and loads of this branch, or into those of a new one.
    fn write(
        &mut self,
        at: Duration,
        what: impl FnOnce(&mut Vec<ScriptLine>, &mut Vec<Load>),
    ) -> Result<Change, Refused> {
        let mut lesson = self.lesson.clone();
        let is_new = self.would_change_the_past(at);
        let mut branch = self.branch;
        if is_new {
            while let Some(own) = branch.and_then(|n| lesson.branches.get(n)).filter(|own| at < own.at) {
                branch = own.parent;
            }
            let name = self.free_name();
            lesson.branches.push(Branch { name, parent: branch, at, script: vec![], loads: vec![] });
            branch = Some(lesson.branches.len() - 1);
        }
        match branch.and_then(|n| lesson.branches.get_mut(n)) {
            Some(own) => what(&mut own.script, &mut own.loads),
            None => what(&mut lesson.scenario.script, &mut lesson.scenario.loads),
        }
        let (length, usual) = (self.lesson.scenario.length, lesson.usual_length());
        lesson.scenario.length = if length == self.lesson.usual_length() { usual } else { length.max(usual) };
        self.adopt(read_again(&lesson)?, branch, at);
        Ok(Change { branch, is_new })
    }

    /// Was something done on this branch later than this, or has another left it later?
    fn would_change_the_past(&self, at: Duration) -> bool {
        let own = self.branch.and_then(|n| self.lesson.branches.get(n));
        let (script, loads, begins) = match own {
            Some(own) => (&own.script, &own.loads, own.at),
            None if !self.lesson.is_laboratory => return true,
            None => (&self.lesson.scenario.script, &self.lesson.scenario.loads, Duration::ZERO),
        };
        let children = self.lesson.branches.iter().filter(|branch| branch.parent == self.branch);
        at < begins
            || script.iter().any(|line| line.after > at)
            || loads.iter().any(|load| load.from > at)
            || children.into_iter().any(|child| child.at >= at)
    }

    /// `branch 2` and so on: the trunk is the first.
    fn free_name(&self) -> String {
        let is_free = |name: &String| self.lesson.branches.iter().all(|branch| branch.name != *name);
        (self.lesson.branches.len() + 2..).map(|n| format!("branch {n}")).find(is_free).unwrap_or_default()
    }

    /// Goes over to a lesson that was changed, or to another of its branches.
    fn adopt(&mut self, lesson: Lesson, branch: Option<usize>, at: Duration) {
        let scenario = lesson.scenario_of(branch);
        let same =
            if lesson.names().starts_with(&self.lesson.names()) || self.lesson.names().starts_with(&lesson.names()) {
                common(&self.scenario, &scenario)
            } else {
                // Nodes have other numbers.
                Duration::ZERO
            };
        self.kept.retain(|kept| kept.before <= same);
        (self.lesson, self.branch, self.scenario) = (lesson, branch, scenario);
        self.settle(at);
    }

    /// Keeps the run as it is before a moment, and computes what is shown from there.
    fn settle(&mut self, at: Duration) {
        let until = self.scenario.start() + at;
        let found = self.kept.iter().rfind(|kept| kept.before <= at);
        let mut kept = found.cloned().unwrap_or_else(|| Kept {
            before: Duration::ZERO,
            telling: Telling::begin(self.shown(at)),
            witness: W::default(),
        });
        kept.telling.change(self.shown(at));
        kept.go_on(until);
        kept.before = at;
        self.keep(kept.clone());
        self.ahead = kept;
        // Nothing can be added to a lesson's trunk.
        let beyond = if self.branch.is_none() && !self.lesson.is_laboratory { at } else { at + HORIZON };
        self.ahead.telling.change(self.shown(beyond.max(self.scenario.length)));
        self.ahead.go_on(Time::NEVER);
    }

    fn keep(&mut self, kept: Kept<W>) {
        let n = self.kept.partition_point(|other| other.before < kept.before);
        match self.kept.get_mut(n).filter(|other| other.before == kept.before) {
            Some(other) => *other = kept,
            None => self.kept.insert(n, kept),
        }
        if self.kept.len() > KEPT_MAX {
            let mut n = 0;
            self.kept.retain(|_| {
                n += 1;
                n % 2 == 1 || n + 2 > KEPT_MAX
            });
        }
    }

    /// The lesson as it is run on this branch, so long.
    fn shown(&self, length: Duration) -> Lesson {
        let scenario = Scenario { length, ..self.scenario.clone() };
        Lesson { scenario, ..self.lesson.clone() }
    }
}

/// A lesson that was changed, as its text says it.
fn read_again(lesson: &Lesson) -> Result<Lesson, Refused> {
    let text = lesson.text().map_err(Refused::Unwritable)?;
    let read = Lesson::parse("", &text).map_err(Refused::Text)?;
    Ok(Lesson { name: lesson.name.clone(), number: lesson.number, ..read })
}

/// Up to when two scenarios of one setup are the same.
fn common(a: &Scenario, b: &Scenario) -> Duration {
    let script = a.script.iter().zip(&b.script).take_while(|(a, b)| a == b).count();
    let lines = [a, b].into_iter().filter_map(|scenario| scenario.script.get(script)).map(|line| line.after);
    let (a, b) = (Load::ended(&a.loads), Load::ended(&b.loads));
    let is_alike = |(a, b): &(&Load, &Load)| Load { to: b.to, ..(*a).clone() } == **b;
    let loads = a.iter().zip(&b).take_while(is_alike).count();
    let ends = a.iter().zip(&b).take(loads).filter(|(a, b)| a.to != b.to).map(|(a, b)| a.to.min(b.to));
    let begins = a.iter().skip(loads).chain(b.iter().skip(loads)).map(|load| load.from);
    lines.chain(ends).chain(begins).min().unwrap_or(Duration::MAX)
}
