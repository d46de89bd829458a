//! A lesson: a text that a teacher writes, and what is made of it.
//!
//! Rule: the text is the whole lesson. It names nodes, links and a script; notes that speak when something happens; and
//! claims that the model must satisfy. Nothing in it is drawn, and no number in it is believed: what it says of offsets
//! and bytes is computed by running it, and what it claims is checked.
//!
//! `lesson/setup.rs` reads what there is, `lesson/script.rs` what is done. The keywords are listed in [`KEYWORDS`]; `README.md` shows them at work.

mod script;
mod setup;

use super::ask::{Ask, AskReading};
#[cfg(feature = "complete")]
use super::branch::Branch;
use super::claim::Claim;
use super::condition::Condition;
#[cfg(feature = "complete")]
use super::growth::Growth;
use super::scenario::Scenario;
use super::source::{LINES_MAX, LessonError, SOURCE_MAX, Word, Words, problem, said};
use crate::node::COMPLETE;
use crate::sim::{HostSetup, NodeId};
use std::time::Duration;

const KEYWORDS: &str =
    "title, summary, laboratory, seed, node, link, latency, scale, config, at, load, branch, end, note, ask, claim";

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
