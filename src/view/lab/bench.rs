//! The laboratory behind the page: what is done to it, and what there is to show after it.

use super::super::run::Run;
use crate::scene::Ledger;
use crate::sim::{Action, Entry, NodeId, What, World};
use crate::story::{
    At, Carried, Change, Difference, Found, Laboratory, Lesson, Load, Outlook, Page, Refused, Until, Witness, compare,
};
use crate::time::Time;
use crate::wire::{Bytes, Reply, ReplyDecoder};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use yew::Callback;

/// When so little of the run is left, more of it is computed.
const RESERVE: Duration = Duration::from_secs(5);
/// The file that the text would be saved as.
const FILE: &str = "laboratory.txt";

/// A client's command and its reply.
#[derive(Clone, Debug)]
pub struct Answered {
    pub at: Time,
    pub node: NodeId,
    pub args: Vec<Bytes>,
    pub reply: Bytes,
}

impl Answered {
    /// As redis-cli prints it.
    pub fn text(&self) -> String {
        let mut decoder = ReplyDecoder::default();
        decoder.push(&self.reply);
        // What a node answers is a reply.
        let reply = decoder.next().ok().flatten().map_or(Reply::NullBulk, |(reply, _)| reply);
        reply.redis_cli_text()
    }
}

/// What is gathered from a run besides its steps.
#[derive(Clone, Default)]
pub struct Gathered {
    ledger: Ledger,
    answers: Rc<Vec<Answered>>,
}

impl Witness for Gathered {
    fn note(&mut self, entries: &[Entry], world: &World) {
        self.ledger.note(entries, world);
        for entry in entries {
            if let What::Answered { args, reply, .. } = &entry.what {
                let answered = Answered { at: entry.at, node: entry.node, args: args.clone(), reply: reply.clone() };
                Rc::make_mut(&mut self.answers).push(answered);
            }
        }
    }
}

/// A laboratory that is open.
pub struct Bench {
    lab: RefCell<Laboratory<Gathered>>,
    run: RefCell<Rc<Run>>,
    /// The address as long as nothing was done.
    page: Page,
    is_touched: Cell<bool>,
    changed: Callback<()>,
    complain: Callback<String>,
}

impl PartialEq for Bench {
    fn eq(&self, other: &Bench) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Bench {
    pub fn new(lesson: Lesson, page: Page, changed: Callback<()>, complain: Callback<String>) -> Bench {
        let lab = Laboratory::new(lesson);
        let run = RefCell::new(Rc::new(run_of(&lab)));
        Bench { run, lab: RefCell::new(lab), page, is_touched: Cell::new(false), changed, complain }
    }

    pub fn run(&self) -> Rc<Run> {
        self.run.borrow().clone()
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

    pub fn act(&self, at: Time, action: Action) {
        let done = self.lab.borrow_mut().act(at, action);
        self.settle(done);
    }

    pub fn load(&self, at: Time, load: Load) {
        let done = self.lab.borrow_mut().load(at, load);
        self.settle(done);
    }

    /// A node joins, as a replica of another or for itself.
    pub fn add(&self, at: Time, replicaof: Option<NodeId>) {
        let (name, port) = self.lab.borrow().newcomer();
        self.act(at, Action::Add { node: NodeId(0), name, port, replicaof });
    }

    fn settle(&self, done: Result<Change, Refused>) {
        match done {
            Ok(_) => self.show(),
            Err(refused) => self.complain.emit(format!("This cannot be done: {refused}.")),
        }
    }

    fn show(&self) {
        self.is_touched.set(true);
        self.run.replace(Rc::new(run_of(&self.lab.borrow())));
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
    pub fn run_until(&self, from: Time, until: &Until) -> Result<Time, String> {
        let found = self.lab.borrow_mut().run_until(from, until);
        match found {
            Found::At(at) => {
                self.run.replace(Rc::new(run_of(&self.lab.borrow())));
                self.changed.emit(());
                Ok(at)
            }
            Found::NotBy(_) => Err("It does not happen in the next ten minutes, if nothing else is done.".into()),
            Found::TooMuch(_) => Err("The search was given up: too much happens in between.".into()),
        }
    }

    /// What would come of it at a moment.
    pub fn outlook(&self, at: Time) -> Outlook {
        let run = self.run.borrow();
        Outlook::of(&run.world(at), self.lab.borrow().telling().timeline.checks())
    }

    /// What clients of a node asked on this branch up to a moment.
    pub fn answers(&self, node: NodeId, until: Time) -> Vec<Answered> {
        let lab = self.lab.borrow();
        let answers = lab.witness().answers.iter();
        answers.filter(|answer| answer.node == node && answer.at <= until).cloned().collect()
    }

    /// Name, parent, and when it began; by number.
    pub fn branches(&self) -> Vec<(String, Option<usize>, Duration)> {
        let lab = self.lab.borrow();
        lab.lesson().branches.iter().map(|branch| (branch.name.clone(), branch.parent, branch.at)).collect()
    }

    /// The branch that is shown; `None`: the trunk.
    pub fn branch(&self) -> Option<usize> {
        self.lab.borrow().branch()
    }

    pub fn switch(&self, branch: Option<usize>, at: Time) {
        let done = self.lab.borrow_mut().switch(branch, at);
        self.settle(done.map(|()| Change { branch, is_new: false }));
    }

    pub fn rename(&self, branch: usize, name: &str) {
        let done = self.lab.borrow_mut().rename(branch, name);
        self.settle(done.map(|()| Change { branch: Some(branch), is_new: false }));
    }

    pub fn remove(&self, branch: usize, at: Time) {
        let done = self.lab.borrow_mut().remove(branch, at);
        self.settle(done);
    }

    /// What differs on another branch at the same moment.
    pub fn compare(&self, other: Option<usize>, at: Time) -> Vec<Difference> {
        let mut there = self.lab.borrow().clone();
        if there.switch(other, at).is_err() {
            return vec![];
        }
        let there = run_of(&there).world(at);
        compare(&self.run.borrow().world(at), &there)
    }
}

fn run_of(lab: &Laboratory<Gathered>) -> Run {
    Run::of(lab.telling().clone(), lab.witness().ledger.clone())
}
