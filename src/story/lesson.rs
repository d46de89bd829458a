//! A lesson: a text that a teacher writes, and what is made of it.
//!
//! Rule: the text is the whole lesson. It names nodes, links and a script; notes that speak when something happens; and
//! claims that the model must satisfy. Nothing in it is drawn, and no number in it is believed: what it says of offsets
//! and bytes is computed by running it, and what it claims is checked.
//!
//! The keywords are listed in [`KEYWORDS`]; `README.md` shows them at work.

use super::ask::{Ask, AskReading};
#[cfg(feature = "complete")]
use super::branch::Branch;
use super::claim::Claim;
use super::condition::Condition;
#[cfg(feature = "complete")]
use super::growth::Growth;
use super::load::Load;
use super::scenario::{Scenario, ScriptLine};
use super::source::{LINES_MAX, LessonError, SOURCE_MAX, Word, Words, problem, said};
use crate::node::{Addr, BlockSize, COMPLETE, Config, ConfigError};
use crate::sim::{Action, HostSetup, LinkSetup, NodeId};
use std::time::Duration;

#[cfg(feature = "complete")]
const MIX: &str =
    "commands of SET, GET, INCR, LPUSH, DEL and EXPIRE, with weights from 1 to 1000, such as SET:6,INCR:3";
const KEYWORDS: &str =
    "title, summary, laboratory, seed, node, link, latency, scale, config, at, load, branch, end, note, ask, claim";
const ACTS: &str = "NODE> COMMAND, cut A B, heal A B, blackhole A B, slow A B latency TIME bandwidth BYTES, pause A, resume A, crash A, restart A [empty], add A PORT [replicaof B], or remove A";
/// The most nodes.
const NODES_MAX: usize = 50;

/// For how long a lesson goes on after the last line of its script.
pub(super) const AFTERMATH: Duration = Duration::from_secs(3);

/// What is said when something happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// For links: given, or made of the title.
    pub name: String,
    pub when: Condition,
    pub title: String,
    /// Inline markup: `**bold**`, `` `code` ``.
    pub body: String,
}

/// A lesson, read and understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// As it is called in links; the file's name without number and ending.
    pub name: String,
    /// Its place in the course; 0 if it has none.
    pub number: u32,
    pub title: String,
    pub summary: String,
    /// Whose trunk is a learner's own doing.
    #[cfg(feature = "complete")]
    pub is_laboratory: bool,
    /// The trunk: what stands before the first branch.
    pub scenario: Scenario,
    /// In the order of the text.
    #[cfg(feature = "complete")]
    pub branches: Vec<Branch>,
    pub notes: Vec<Note>,
    /// In the order of the text.
    pub asks: Vec<Ask>,
    pub claims: Vec<Claim>,
}

impl Lesson {
    /// Reads a lesson's text. `file` gives its name and number: `05-losing-the-link.txt`.
    pub fn parse(file: &str, text: &str) -> Result<Lesson, LessonError> {
        let stem = file.rsplit('/').next().unwrap_or(file);
        let stem = stem.strip_suffix(".txt").unwrap_or(stem);
        let digits = stem.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        let (number, name) = stem.split_at(digits);
        let mut reading = Reading::new(name.trim_start_matches('-'), number.parse().unwrap_or(0));
        reading.read(text)?;
        reading.finish()
    }
}

fn find(hosts: &[HostSetup], name: &str) -> Option<NodeId> {
    hosts.iter().position(|host| host.name == name).map(|n| NodeId(n as u8))
}

/// A lesson being read.
pub(super) struct Reading {
    pub(super) lesson: Lesson,
    end: Option<Duration>,
    /// Nodes that join while the lesson runs.
    #[cfg(feature = "complete")]
    pub(super) growth: Growth,
    /// What indented lines belong to.
    open: Option<Open>,
}

/// What goes on over several lines.
enum Open {
    Note(Note),
    Ask(AskReading),
}

impl Reading {
    fn new(name: &str, number: u32) -> Reading {
        let lesson = Lesson {
            name: name.into(),
            number,
            title: String::new(),
            summary: String::new(),
            #[cfg(feature = "complete")]
            is_laboratory: false,
            scenario: Scenario::default(),
            #[cfg(feature = "complete")]
            branches: vec![],
            notes: vec![],
            asks: vec![],
            claims: vec![],
        };
        Reading {
            lesson,
            end: None,
            #[cfg(feature = "complete")]
            growth: Growth::default(),
            open: None,
        }
    }

    fn read(&mut self, text: &str) -> Result<(), LessonError> {
        let lines = text.lines().count();
        if text.len() > SOURCE_MAX || lines > LINES_MAX {
            let problem = problem!("the text has {} bytes in {lines} lines", text.len());
            return Err(LessonError {
                line: 1,
                column: 1,
                problem,
                accepted: problem!("at most {SOURCE_MAX} bytes in {LINES_MAX} lines"),
            });
        }
        for (number, line) in (1..).zip(text.lines()) {
            self.line(line, number)?;
        }
        Ok(())
    }

    fn line(&mut self, line: &str, number: u32) -> Result<(), LessonError> {
        if line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            return self.indented(line, number);
        }
        if line.trim().is_empty() {
            return Ok(());
        }
        self.close()?;
        // Titles and summaries are text to the end of the line; everything else is words.
        for (keyword, is_title) in [("title", true), ("summary", false)] {
            if let Some(text) = line.strip_prefix(keyword).filter(|rest| rest.starts_with([' ', '\t'])) {
                let target = if is_title { &mut self.lesson.title } else { &mut self.lesson.summary };
                *target = text.trim().into();
                return Ok(());
            }
        }
        let mut words = Words::split(line, number)?;
        match words.next() {
            None => Ok(()),
            Some(keyword) => self.keyword(&keyword, words, number),
        }
    }

    fn keyword(&mut self, keyword: &Word, mut words: Words, number: u32) -> Result<(), LessonError> {
        #[cfg(feature = "complete")]
        if matches!(keyword.text.as_str(), "node" | "link") {
            self.growth.not_yet(&words, keyword)?;
        }
        match keyword.text.as_str() {
            "title" | "summary" => words.expect("text to the end of the line").map(drop),
            "seed" => {
                self.lesson.scenario.setup.seed = words.number("a whole number")?;
                words.finish("the end of the line")
            }
            "node" => self.node(words),
            "link" => self.link(words),
            "latency" => {
                self.lesson.scenario.setup.default_link.latency = words.duration()?;
                words.finish("the end of the line")
            }
            "scale" => self.scale(words),
            "config" => self.config(words),
            "at" => self.at(words),
            "load" => self.load(words),
            #[cfg(feature = "complete")]
            "laboratory" => self.laboratory(keyword, words),
            #[cfg(feature = "complete")]
            "branch" => self.branch(words),
            "end" => {
                self.end = Some(words.duration()?);
                words.finish("the end of the line")
            }
            "note" => self.note(words),
            "ask" => {
                let asked = AskReading::begin(words, number, &|words, word| self.node_named(words, word))?;
                self.open = Some(Open::Ask(asked));
                Ok(())
            }
            // The small program judges nothing.
            "claim" if !COMPLETE => Ok(()),
            "claim" => {
                let claim = Claim::parse(&mut words, &|words, word| self.node_named(words, word))?;
                self.lesson.claims.push(claim);
                Ok(())
            }
            other => Err(words.wrong(keyword, problem!("'{other}' is not a keyword"), KEYWORDS)),
        }
    }

    /// `node NAME PORT [replicaof NAME]`
    fn node(&mut self, mut words: Words) -> Result<(), LessonError> {
        let name = words.expect("a name, then a port")?;
        let (port, master) = self.newcomer(&name, &mut words)?;
        let setup = &mut self.lesson.scenario.setup;
        let mut config = Config { port, ..setup.newcomer.clone() };
        if let Some(master) = master.and_then(|id| setup.hosts.get(id.index())) {
            config.replicaof = Some(Addr { host: "127.0.0.1".into(), port: master.config.port });
        }
        words.finish("replicaof NAME, or the end of the line")?;
        setup.hosts.push(HostSetup { name: name.text, config });
        Ok(())
    }

    /// `NAME PORT [replicaof NAME]` of a node that is new: its port, and its master.
    pub(super) fn newcomer(&self, name: &Word, words: &mut Words) -> Result<(u16, Option<NodeId>), LessonError> {
        let hosts = &self.lesson.scenario.setup.hosts;
        if !name.text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') || name.text.len() > 16 {
            return Err(words.wrong(
                name,
                problem!("'{}' is not a name", name.text),
                "up to 16 letters, digits and hyphens",
            ));
        }
        let is_taken = find(hosts, &name.text).is_some();
        #[cfg(feature = "complete")]
        let is_taken = is_taken || self.has_joined(&name.text);
        if is_taken {
            return Err(words.wrong(name, problem!("there is a node '{}' already", name.text), "another name"));
        }
        let count = hosts.len();
        #[cfg(feature = "complete")]
        let count = count + self.growth.others(&name.text);
        if count >= NODES_MAX {
            return Err(words.wrong(name, "there are too many nodes", problem!("at most {NODES_MAX}")));
        }
        let port_word = words.expect("a port")?;
        let port = port_word
            .text
            .parse::<u16>()
            .ok()
            .filter(|port| *port > 0 && hosts.iter().all(|host| host.config.port != *port));
        #[cfg(feature = "complete")]
        let port = port.filter(|port| !self.growth.has_port(*port));
        let Some(port) = port else {
            return Err(words.wrong(
                &port_word,
                problem!("'{}' cannot be this node's port", port_word.text),
                "a number from 1 to 65535 that no other node has",
            ));
        };
        if !words.take_if("replicaof") {
            return Ok((port, None));
        }
        let master = words.expect("the name of a node above")?;
        Ok((port, Some(self.node_named(words, &master)?)))
    }

    /// `link A B [latency TIME] [bandwidth BYTES]`
    fn link(&mut self, mut words: Words) -> Result<(), LessonError> {
        let (a, b) = self.pair(&mut words)?;
        let setup = self.link_setup(&mut words)?;
        self.lesson.scenario.setup.links.push((a, b, setup));
        Ok(())
    }

    fn link_setup(&self, words: &mut Words) -> Result<LinkSetup, LessonError> {
        let mut setup = self.lesson.scenario.setup.default_link;
        while let Some(word) = words.next() {
            match word.text.as_str() {
                "latency" => setup.latency = words.duration()?,
                "bandwidth" => setup.bandwidth = Some(words.bytes()?.max(1)),
                _ => {
                    return Err(words.wrong(
                        &word,
                        problem!("'{}' is no property of a link", word.text),
                        "latency TIME, bandwidth BYTES (a second)",
                    ));
                }
            }
        }
        Ok(setup)
    }

    /// `scale backlog BYTES block BYTES chunk BYTES buffer BYTES snapshot TIME`, for every node.
    fn scale(&mut self, mut words: Words) -> Result<(), LessonError> {
        const ACCEPTED: &str = "backlog BYTES, block BYTES, chunk BYTES, buffer BYTES, snapshot TIME";
        while let Some(word) = words.next() {
            let change: Box<dyn Fn(&mut Config)> = match word.text.as_str() {
                "backlog" => {
                    let bytes = words.bytes()?.max(1);
                    Box::new(move |c| c.repl_backlog_size = bytes)
                }
                "block" => {
                    let bytes = words.bytes()?.max(1);
                    Box::new(move |c| c.backlog_block = BlockSize::Scaled(bytes))
                }
                "chunk" => {
                    let bytes = words.bytes()?.max(1);
                    Box::new(move |c| c.snapshot_chunk = bytes)
                }
                "buffer" => {
                    let bytes = words.bytes()?.max(1);
                    Box::new(move |c| c.socket_buffer = bytes)
                }
                "snapshot" => {
                    let time = words.duration()?;
                    Box::new(move |c| c.snapshot_time = time)
                }
                _ => {
                    return Err(words.wrong(&word, problem!("'{}' cannot be scaled", word.text), ACCEPTED));
                }
            };
            change(&mut self.lesson.scenario.setup.newcomer);
            self.lesson.scenario.setup.hosts.iter_mut().for_each(|host| change(&mut host.config));
        }
        Ok(())
    }

    /// `config NODE|* NAME VALUE`; for all, also for those that come later.
    fn config(&mut self, mut words: Words) -> Result<(), LessonError> {
        let who = words.expect("a node's name, or * for all")?;
        let only = if who.text == "*" { None } else { Some(self.node_named(&words, &who)?) };
        let setup = &mut self.lesson.scenario.setup;
        if only.is_some_and(|id| id.index() >= setup.hosts.len()) {
            return Err(words.wrong(&who, "this node is added later", "CONFIG SET at its time"));
        }
        let name = words.expect("the name of a setting")?;
        let value = words.expect("a value")?;
        words.finish("the end of the line")?;
        let newcomer = only.is_none().then_some(&mut setup.newcomer);
        let hosts = setup.hosts.iter_mut().enumerate();
        let chosen = hosts.filter(|(n, _)| only.is_none_or(|id| id.index() == *n)).map(|(_, host)| &mut host.config);
        for config in chosen.chain(newcomer) {
            config.set(&name.text, &value.text).map_err(|error| match error {
                ConfigError::Refused { why, .. } => words.wrong(
                    &value,
                    problem!("'{}' cannot be the value of {}: {why}", value.text, name.text),
                    "a value that CONFIG SET takes",
                ),
                ConfigError::Unknown { .. } => words.wrong(
                    &name,
                    problem!("'{}' is not a setting", name.text),
                    problem!("{}", Config::names().collect::<Vec<_>>().join(", ")),
                ),
            })?;
        }
        Ok(())
    }

    /// `at TIME ACT`
    fn at(&mut self, mut words: Words) -> Result<(), LessonError> {
        let after = words.duration()?;
        let act = words.expect(ACTS)?;
        #[cfg(feature = "complete")]
        self.is_mine(after, &words, &act)?;
        let action = match act.text.strip_suffix('>') {
            Some(name) => {
                let node = self.node_named(&words, &Word { text: name.into(), column: act.column })?;
                let args = words.rest().into_iter().map(|word| word.text.into_bytes().into()).collect::<Vec<_>>();
                if args.is_empty() {
                    words.expect("a command")?;
                }
                Action::Command { node, args }
            }
            #[cfg(feature = "complete")]
            None if act.text == "add" => self.add(after, &mut words)?,
            None => self.fault(&act, &mut words)?,
        };
        words.finish("the end of the line")?;
        #[cfg(feature = "complete")]
        action.nodes().into_iter().try_for_each(|node| self.is_there(node, after, &words, &act))?;
        let script = &mut self.lesson.scenario.script;
        #[cfg(feature = "complete")]
        let script = self.lesson.branches.last_mut().map_or(script, |branch| &mut branch.script);
        script.push(ScriptLine { after, action });
        Ok(())
    }

    /// `load NODE RATE [keys N] [size BYTES] [mix COMMAND:WEIGHT,…] [from TIME] [to TIME]`
    fn load(&mut self, mut words: Words) -> Result<(), LessonError> {
        const ACCEPTED: &str = "keys N, size BYTES, mix SET:6,INCR:3, from TIME, to TIME";
        let name = words.expect("a node's name, then commands a second")?;
        let node = self.node_named(&words, &name)?;
        let mut load = Load::new(node, words.number("commands a second, a whole number")?);
        let mut to = None;
        while let Some(word) = words.next() {
            match word.text.as_str() {
                "keys" => load.keys = words.number("a number of keys")?,
                "size" => load.value_bytes = words.bytes()?.min(Load::VALUE_MAX),
                #[cfg(feature = "complete")]
                "mix" => {
                    let mix = words.expect(MIX)?;
                    load.mix = Load::parse_mix(&mix.text)
                        .ok_or_else(|| words.wrong(&mix, problem!("'{}' is no mix of commands", mix.text), MIX))?;
                }
                "from" => load.from = words.duration()?,
                "to" => to = Some(words.duration()?),
                other => return Err(words.wrong(&word, problem!("'{other}' is no property of a load"), ACCEPTED)),
            }
        }
        load.to = to.unwrap_or(if load.rate == 0 { load.from } else { load.from + load.to });
        if load.held_bytes() > Load::HELD_MAX {
            let accepted = problem!("keys and values of at most {} bytes together", Load::HELD_MAX);
            return Err(words.wrong(&name, "the load would hold too much", accepted));
        }
        #[cfg(feature = "complete")]
        self.is_mine(load.from, &words, &name)?;
        #[cfg(feature = "complete")]
        self.is_there(node, load.from, &words, &name)?;
        let loads = &mut self.lesson.scenario.loads;
        #[cfg(feature = "complete")]
        let loads = self.lesson.branches.last_mut().map_or(loads, |branch| &mut branch.loads);
        loads.push(load);
        Ok(())
    }

    fn fault(&self, act: &Word, words: &mut Words) -> Result<Action, LessonError> {
        let pair = |words: &mut Words| self.pair(words);
        let one = |words: &mut Words| {
            let word = words.expect("a node's name")?;
            self.node_named(words, &word)
        };
        Ok(match act.text.as_str() {
            "cut" => pair(words).map(|(a, b)| Action::Cut { a, b })?,
            "heal" => pair(words).map(|(a, b)| Action::Heal { a, b })?,
            "blackhole" => pair(words).map(|(a, b)| Action::BlackHole { a, b })?,
            "slow" => {
                let (a, b) = pair(words)?;
                let LinkSetup { latency, bandwidth } = self.link_setup(words)?;
                Action::Slow { a, b, latency, bandwidth }
            }
            "pause" => Action::Pause { node: one(words)? },
            "resume" => Action::Resume { node: one(words)? },
            "crash" => Action::Crash { node: one(words)? },
            #[cfg(feature = "complete")]
            "remove" => Action::Remove { node: one(words)? },
            "restart" => Action::Restart { node: one(words)?, keep_rdb: !words.take_if("empty") },
            other => {
                return Err(words.wrong(act, problem!("'{other}' is not something that can be done"), ACTS));
            }
        })
    }

    /// `note [NAME] when CONDITION`, then an indented title and indented text.
    fn note(&mut self, mut words: Words) -> Result<(), LessonError> {
        let first = words.expect("when, or a name for the note")?;
        let name = if first.text == "when" {
            String::new()
        } else {
            let when = words.expect("when")?;
            if when.text != "when" {
                return Err(words.unexpected(&when, "when"));
            }
            first.text
        };
        let when = Condition::parse(&mut words, &|words, word| self.node_named(words, word))?;
        self.open = Some(Open::Note(Note { name, when, title: String::new(), body: String::new() }));
        Ok(())
    }

    fn indented(&mut self, line: &str, number: u32) -> Result<(), LessonError> {
        let text = line.trim();
        match self.open.take() {
            None => {
                let problem = said("an indented line belongs to a note or a question, and there is none above");
                return Err(LessonError { line: number, column: 1, problem, accepted: said(KEYWORDS) });
            }
            Some(Open::Note(mut note)) => {
                if note.title.is_empty() {
                    note.title = text.into();
                } else {
                    if !note.body.is_empty() {
                        note.body.push(' ');
                    }
                    note.body.push_str(text);
                }
                self.open = Some(Open::Note(note));
            }
            Some(Open::Ask(mut ask)) => {
                ask.line(line, number, &|words, word| self.node_named(words, word))?;
                self.open = Some(Open::Ask(ask));
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), LessonError> {
        match self.open.take() {
            None => {}
            Some(Open::Note(mut note)) => {
                if note.name.is_empty() {
                    note.name = slug(&note.title);
                }
                self.lesson.notes.push(note);
            }
            Some(Open::Ask(ask)) => self.lesson.asks.push(ask.end()?),
        }
        Ok(())
    }

    fn pair(&self, words: &mut Words) -> Result<(NodeId, NodeId), LessonError> {
        let (a, b) = (words.expect("two nodes")?, words.expect("a second node")?);
        let (from, to) = (self.node_named(words, &a)?, self.node_named(words, &b)?);
        if from == to {
            return Err(words.wrong(&b, "a node has no link to itself", "another node"));
        }
        Ok((from, to))
    }

    fn node_named(&self, words: &Words, name: &Word) -> Result<NodeId, LessonError> {
        let hosts = &self.lesson.scenario.setup.hosts;
        let found = find(hosts, &name.text);
        #[cfg(feature = "complete")]
        let found = found.or_else(|| self.growth.find(&name.text).map(|n| NodeId((hosts.len() + n) as u8)));
        found.ok_or_else(|| {
            #[cfg(feature = "complete")]
            let accepted = {
                let names = hosts.iter().map(|host| host.name.as_str()).chain(self.growth.names());
                let names: Vec<&str> = names.collect();
                if names.is_empty() { "a node declared above".into() } else { names.join(", ") }
            };
            #[cfg(not(feature = "complete"))]
            let accepted = "";
            words.wrong(name, problem!("there is no node '{}'", name.text), accepted)
        })
    }

    fn finish(mut self) -> Result<Lesson, LessonError> {
        self.close()?;
        let missing = |what: &str, accepted: &str| LessonError {
            line: 1,
            column: 1,
            problem: said(what),
            accepted: said(accepted),
        };
        if self.lesson.title.is_empty() {
            return Err(missing("the lesson has no title", "title TEXT"));
        }
        #[cfg(feature = "complete")]
        let needs_node = !self.lesson.is_laboratory;
        #[cfg(not(feature = "complete"))]
        let needs_node = true;
        if self.lesson.scenario.setup.hosts.is_empty() && needs_node {
            return Err(missing("the lesson has no node", "node NAME PORT"));
        }
        #[cfg(feature = "complete")]
        self.finish_branches();
        self.lesson.scenario.script.sort_by_key(|line| line.after);
        #[cfg(feature = "complete")]
        let usual = self.lesson.usual_length();
        #[cfg(not(feature = "complete"))]
        let usual = {
            let Scenario { script, loads, .. } = &self.lesson.scenario;
            let last = script.last().map_or(Duration::ZERO, |line| line.after);
            loads.iter().map(|load| load.to).fold(last, Duration::max) + AFTERMATH
        };
        self.lesson.scenario.length = self.end.unwrap_or(usual);
        Ok(self.lesson)
    }
}

/// `The master keeps writing` becomes `the-master-keeps-writing`.
pub(super) fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}
