//! The laboratory behind the page: what is done to it, and what there is to show after it.
//!
//! Rule: everything that is done goes through [`Bench::act`] and its like, at the moment that is looked at, and is said
//! for those who hear the page.

use super::super::panel;
use super::super::pick::Pick;
use super::super::playback::Action as Move;
use super::super::run::Run;
use super::super::words;
use super::log::{Gathered, Line};
use super::{Asked, Thing};
use crate::node::LinkState;
use crate::sim::{Action, LinkSetup, NodeId, World};
use crate::story::{
    At, Carried, Change, Cost, Difference, Found, Laboratory, Lesson, Load, Outlook, Page, Refused, Return, ScriptLine,
    Until, compare, display_name, reply, repoint, time_left,
};
use crate::time::Time;
use crate::wire::Bytes;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use yew::Callback;

/// When so little of the run is left, more of it is computed.
const RESERVE: Duration = Duration::from_secs(5);
/// The file that the text would be saved as.
pub const FILE: &str = "laboratory.txt";

/// What the player around the laboratory does for it.
#[derive(Clone)]
pub struct Hands {
    pub at: Time,
    pub pick: Callback<Pick>,
    pub choose_tab: Callback<&'static str>,
    pub go: Callback<Move>,
}

/// A laboratory that is open.
pub struct Bench {
    lab: RefCell<Laboratory<Gathered>>,
    run: RefCell<Rc<Run>>,
    /// The address as long as nothing was done.
    page: Page,
    is_touched: Cell<bool>,
    hands: RefCell<Option<Hands>>,
    /// What was done last, in words.
    said: RefCell<String>,
    /// What the console printed by itself: for which node, behind how many of its lines.
    pub(super) prints: RefCell<Vec<(NodeId, usize, Line)>>,
    changed: Callback<()>,
    complain: Callback<String>,
    pub ask: Callback<Asked>,
}

impl PartialEq for Bench {
    fn eq(&self, other: &Bench) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Bench {
    pub fn new(
        lesson: Lesson,
        page: Page,
        changed: Callback<()>,
        complain: Callback<String>,
        ask: Callback<Asked>,
    ) -> Bench {
        let lab = Laboratory::new(lesson);
        let run = RefCell::new(Rc::new(run_of(&lab)));
        let (hands, said, prints) = Default::default();
        Bench {
            run,
            lab: RefCell::new(lab),
            page,
            is_touched: Cell::new(false),
            hands,
            said,
            prints,
            changed,
            complain,
            ask,
        }
    }

    pub fn run(&self) -> Rc<Run> {
        self.run.borrow().clone()
    }

    /// Tells what the player shows now, and what it does.
    pub fn attend(&self, hands: Hands) {
        self.hands.replace(Some(hands));
    }

    /// The moment that is looked at.
    pub fn at(&self) -> Time {
        self.hands.borrow().as_ref().map_or(self.run.borrow().start, |hands| hands.at)
    }

    pub fn pick(&self, pick: Pick) {
        let hands = self.hands.borrow().clone();
        hands.into_iter().for_each(|hands| hands.pick.emit(pick));
    }

    pub fn go(&self, to: Move) {
        let hands = self.hands.borrow().clone();
        hands.into_iter().for_each(|hands| hands.go.emit(to.clone()));
    }

    /// Shows a tab of the panel for a node.
    pub fn show_tab(&self, node: NodeId, tab: &'static str) {
        self.pick(Pick::Node(node));
        let hands = self.hands.borrow().clone();
        hands.into_iter().for_each(|hands| hands.choose_tab.emit(tab));
    }

    /// The world of the moment that is looked at.
    pub fn world(&self) -> Rc<World> {
        self.run.borrow().world(self.at())
    }

    /// The address of a moment: it carries everything that was done.
    pub fn hash(&self, at: Time) -> String {
        let at = Some(At::of(at, self.run.borrow().start));
        let page = match (&self.page, self.lab.borrow().text()) {
            (Page::Lab { name, .. }, _) if !self.is_touched.get() => Page::Lab { name: name.clone(), at },
            (_, Ok(text)) => {
                let lesson = self.lab.borrow().lesson().clone();
                Page::Carried { lesson: Box::new(Carried { file: FILE.into(), text, lesson }), at }
            }
            (page, Err(_)) => page.clone(),
        };
        page.hash()
    }

    /// What is on it, as a text.
    pub fn text(&self) -> String {
        self.lab.borrow().text().unwrap_or_else(|error| format!("# {error}"))
    }

    /// The names of the nodes in the text, by number.
    pub fn names(&self) -> Vec<String> {
        self.run.borrow().lesson.names().into_iter().map(str::to_owned).collect()
    }

    /// As the page calls it.
    pub fn name(&self, node: NodeId) -> String {
        self.names().get(node.index()).map_or_else(String::new, |name| display_name(name))
    }

    /// What a link is like before anybody slows it down.
    pub fn usual_link(&self, a: NodeId, b: NodeId) -> LinkSetup {
        let run = self.run.borrow();
        let setup = &run.lesson.scenario.setup;
        let is_its = |(x, y, _): &&(NodeId, NodeId, LinkSetup)| (*x, *y) == (a, b) || (*x, *y) == (b, a);
        setup.links.iter().find(is_its).map_or(setup.default_link, |(.., link)| *link)
    }

    pub fn act(&self, action: Action) {
        let at = self.at();
        let after = at.since(self.run.borrow().start);
        let done = self.lab.borrow_mut().act(at, action.clone());
        let line = self.lab.borrow().lesson().line_text(&ScriptLine { after, action }).unwrap_or_default();
        self.settle(done, &line);
    }

    pub fn load(&self, load: Load) {
        let (at, said) = (self.at(), words::load_is(&self.name(load.node), load.rate));
        let done = self.lab.borrow_mut().load(at, load);
        self.settle(done, &said);
    }

    /// What clients of a node are made to send at the moment that is looked at.
    pub fn loads(&self, node: NodeId) -> Vec<Load> {
        let lab = self.lab.borrow();
        Load::running(&lab.scenario().loads, node, self.at().since(self.run.borrow().start))
    }

    /// A node joins, as a replica of another or for itself.
    pub fn add(&self, replicaof: Option<NodeId>) {
        let (name, port) = self.lab.borrow().newcomer();
        self.act(Action::Add { node: NodeId(0), name, port, replicaof });
    }

    fn settle(&self, done: Result<Change, Refused>, what: &str) {
        match done {
            Ok(change) => {
                let branch = change.branch.filter(|_| change.is_new).and_then(|n| self.branches().get(n).cloned());
                self.show(&words::done_is(what, branch.as_ref().map(|(name, ..)| name.as_str())));
            }
            Err(refused) => self.complain.emit(words::cannot(&refused.to_string())),
        }
    }

    fn show(&self, said: &str) {
        self.is_touched.set(true);
        self.said.replace(said.to_owned());
        self.run.replace(Rc::new(run_of(&self.lab.borrow())));
        self.changed.emit(());
    }

    /// What was done last.
    pub fn said(&self) -> String {
        self.said.borrow().clone()
    }

    /// Says something to those who hear the page, and to those who see it.
    pub fn say(&self, text: String) {
        self.said.replace(text);
        self.changed.emit(());
    }

    /// Draws everything anew: the console printed something.
    pub fn redraw(&self) {
        self.changed.emit(());
    }

    /// Computes more of the run, if little of it is left behind a moment.
    pub fn reach(&self, at: Time) {
        let end = self.run.borrow().moments.end;
        if end.since(at) < RESERVE && self.lab.borrow_mut().reach(at) {
            self.run.replace(Rc::new(run_of(&self.lab.borrow())));
            self.changed.emit(());
        }
    }

    /// Runs on until something happens; the moment of it, or what there is to say.
    pub fn run_until(&self, until: &Until) -> Result<Time, String> {
        let found = self.lab.borrow_mut().run_until(self.at(), until);
        match found {
            Found::At(at) => {
                self.run.replace(Rc::new(run_of(&self.lab.borrow())));
                self.changed.emit(());
                Ok(at)
            }
            Found::NotBy(_) => Err(words::NOT_FOUND.into()),
            Found::TooMuch(_) => Err(words::TOO_MUCH.into()),
        }
    }

    /// What would come of it at a moment.
    pub fn outlook(&self, at: Time) -> Outlook {
        let run = self.run.borrow();
        Outlook::of(&run.world(at), self.lab.borrow().telling().timeline.checks())
    }

    /// How long those without a link can still continue.
    pub fn time_left(&self, at: Time, outlook: &Outlook) -> Vec<(NodeId, Duration)> {
        let world = self.run.borrow().world(at);
        let is_away = |one: &&Return| {
            let link = world.host(one.node).and_then(|host| host.node.as_ref()).and_then(|node| node.master_link());
            let is_down = link.is_some_and(|link| link.state != LinkState::Connected);
            is_down && matches!(one.cost, Cost::Partial { .. })
        };
        let away: Vec<NodeId> = outlook.returns.iter().filter(is_away).map(|one| one.node).collect();
        time_left(&self.lab.borrow().telling().timeline, at, &away)
    }

    /// What it would cost if a node were told now to follow another.
    pub fn would_follow(&self, node: NodeId, master: NodeId) -> Cost {
        repoint(&self.world(), node, master)
    }

    /// What a node would answer now.
    pub fn would_answer(&self, node: NodeId, args: &[Bytes]) -> Option<Bytes> {
        reply(&self.world(), node, args)
    }

    /// What the console of a node shows at a moment.
    pub fn lines(&self, node: NodeId, until: Time) -> Vec<Line> {
        let lab = self.lab.borrow();
        let mut lines = lab.witness().lines(lab.scenario(), node, until);
        let prints = self.prints.borrow();
        // The last ones first, so that the places of those before stay right.
        for (_, behind, print) in prints.iter().filter(|(of, ..)| *of == node).rev() {
            lines.insert((*behind).min(lines.len()), print.clone());
        }
        lines
    }

    /// Name, parent, and when it began; by number.
    pub fn branches(&self) -> Vec<(String, Option<usize>, Duration)> {
        let lab = self.lab.borrow();
        lab.lesson().branches.iter().map(|branch| (branch.name.clone(), branch.parent, branch.at)).collect()
    }

    /// When something is done last on a branch, or on the trunk.
    pub fn last_act(&self, branch: Option<usize>) -> Duration {
        let lab = self.lab.borrow();
        let scenario = lab.lesson().scenario_of(branch);
        let lines = scenario.script.iter().map(|line| line.after);
        let begun = branch.and_then(|n| lab.lesson().branches.get(n)).map(|branch| branch.at);
        lines.chain(scenario.loads.iter().map(|load| load.from)).chain(begun).max().unwrap_or_default()
    }

    /// What the trunk is called: it is the lesson, or the ready laboratory.
    pub fn trunk(&self) -> String {
        self.lab.borrow().lesson().title.clone()
    }

    /// The branch that is shown; `None`: the trunk.
    pub fn branch(&self) -> Option<usize> {
        self.lab.borrow().branch()
    }

    pub fn switch(&self, branch: Option<usize>) {
        let begun = branch.and_then(|n| self.branches().get(n).map(|(_, _, began)| *began));
        // A branch is looked at from its beginning on.
        let at = begun.map_or(self.at(), |began| self.at().max(self.run.borrow().start + began));
        let done = self.lab.borrow_mut().switch(branch, at);
        self.settle(done.map(|()| Change { branch, is_new: false }), &words::on_branch(&self.branch_name(branch)));
        self.go(Move::Seek(at));
    }

    pub fn branch_name(&self, branch: Option<usize>) -> String {
        let found = branch.and_then(|n| self.branches().get(n).map(|(name, ..)| name.clone()));
        found.unwrap_or_else(|| self.trunk())
    }

    pub fn rename(&self, branch: usize, name: &str) {
        let done = self.lab.borrow_mut().rename(branch, name);
        self.settle(done.map(|()| Change { branch: Some(branch), is_new: false }), &words::renamed(name));
    }

    pub fn remove(&self, branch: usize) {
        let said = words::remove_branch(&self.branch_name(Some(branch)));
        let done = self.lab.borrow_mut().remove(branch, self.at());
        self.settle(done, &said);
    }

    /// The run of another branch as it is at this moment.
    pub fn elsewhere(&self, branch: Option<usize>) -> Option<Rc<Run>> {
        if branch == self.branch() {
            return Some(self.run());
        }
        let mut there = self.lab.borrow().clone();
        there.switch(branch, self.at()).ok()?;
        Some(Rc::new(run_of(&there)))
    }

    /// What differs between two branches at the moment that is looked at.
    pub fn compare(&self, a: &Run, b: &Run) -> Vec<Difference> {
        compare(&a.world(self.at()), &b.world(self.at()))
    }

    /// Opens the menu of a thing at a place of the window; `back` finds what gets the focus afterwards.
    pub fn open_menu(&self, thing: Thing, (x, y): (f64, f64), back: String) {
        self.pick(match thing {
            Thing::Node(node) => Pick::Node(node),
            _ => Pick::Halt,
        });
        self.ask.emit(Asked::Menu { thing, x, y, back });
    }

    pub fn show_settings(&self, node: NodeId) {
        self.show_tab(node, panel::SETTINGS);
    }
}

fn run_of(lab: &Laboratory<Gathered>) -> Run {
    Run::of(lab.telling().clone(), lab.witness().ledger.clone())
}
