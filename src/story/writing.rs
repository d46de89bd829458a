//! A lesson back to its text.
//!
//! Rule: the text of a lesson is read to the same lesson again. It is written in one way, whatever way it was read: what
//! all nodes share first, then what each has of its own, the script in order of time, branches, notes, questions, claims.

use super::ask::{Ask, AskKind, Key};
use super::claim::When;
use super::lesson::{Lesson, Note, slug};
use super::load::Load;
use super::scenario::ScriptLine;
use super::share::At;
use super::source::quoted;
use crate::node::{Addr, BlockSize, Config};
use crate::sim::{Action, HostSetup, LinkSetup, NodeId};
use std::fmt;
use std::time::Duration;

/// Why a lesson has no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// It plays back a recording.
    Recorded,
    /// An argument of a command is not text.
    NotText { after: Duration },
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unwritable::Recorded => f.write_str("a recording has no text; accepted: what is done to nodes"),
            Unwritable::NotText { after } => {
                write!(f, "the command at {} has bytes that are not UTF-8; accepted: text", time(*after))
            }
        }
    }
}

impl std::error::Error for Unwritable {}

impl Lesson {
    /// The text that [`Lesson::parse`] reads to this lesson.
    pub fn text(&self) -> Result<String, Unwritable> {
        let mut writing = Writing { lesson: self, names: self.names(), lines: vec![] };
        writing.all()?;
        Ok(writing.lines.concat())
    }

    /// One line of a script as it stands in a text, without its end: `at 4s cut a c`.
    pub fn line_text(&self, line: &ScriptLine) -> Result<String, Unwritable> {
        let writing = Writing { lesson: self, names: self.names(), lines: vec![] };
        Ok(format!("at {} {}", time(line.after), writing.act(line)?))
    }
}

struct Writing<'a> {
    lesson: &'a Lesson,
    names: Vec<&'a str>,
    lines: Vec<String>,
}

impl Writing<'_> {
    fn line(&mut self, text: impl fmt::Display) {
        self.lines.push(format!("{text}\n"));
    }

    fn all(&mut self) -> Result<(), Unwritable> {
        let lesson = self.lesson;
        self.line(format_args!("title {}", lesson.title));
        if !lesson.summary.is_empty() {
            self.line(format_args!("summary {}", lesson.summary));
        }
        if lesson.is_laboratory {
            self.line("laboratory");
        }
        self.setup();
        self.doings(&lesson.scenario.script, &lesson.scenario.loads)?;
        if lesson.scenario.length != lesson.usual_length() {
            self.line(format_args!("end {}", time(lesson.scenario.length)));
        }
        for branch in &lesson.branches {
            let parent = branch.parent.and_then(|n| lesson.branches.get(n));
            let of = parent.map(|parent| format!("of {} ", quoted(&parent.name))).unwrap_or_default();
            self.line(format_args!("branch {} {of}at {}", quoted(&branch.name), time(branch.at)));
            self.doings(&branch.script, &branch.loads)?;
        }
        lesson.notes.iter().for_each(|note| self.note(note));
        lesson.asks.iter().for_each(|ask| self.ask(ask));
        lesson.claims.iter().for_each(|claim| self.line(format_args!("claim {}", claim.text)));
        Ok(())
    }

    fn name(&self, node: NodeId) -> String {
        self.names.get(node.index()).map_or_else(|| format!("node-{}", node.0), |name| (*name).into())
    }

    fn setup(&mut self) {
        let setup = &self.lesson.scenario.setup;
        if setup.seed != 0 {
            self.line(format_args!("seed {}", setup.seed));
        }
        let nodes = NodeLine::all(&setup.hosts);
        nodes.iter().for_each(|node| self.line(node));
        let common = &setup.newcomer;
        let scaled = scale(common);
        if !scaled.is_empty() {
            self.line(format_args!("scale{scaled}"));
        }
        // What is scaled has no other line.
        let redis = Config { repl_backlog_size: common.repl_backlog_size, ..Config::default() };
        self.settings("*", common, &redis);
        for (node, host) in nodes.iter().zip(&setup.hosts) {
            let (mut port, mut replicaof) = (common.port, common.replicaof.clone());
            if port == redis.port {
                port = node.port;
            }
            if replicaof.is_none() {
                replicaof = node.master.as_ref().map(|(_, port)| local(*port));
            }
            self.settings(&host.name, &host.config, &Config { port, replicaof, ..common.clone() });
        }
        if setup.default_link != LinkSetup::default() {
            self.line(format_args!("latency {}", time(setup.default_link.latency)));
        }
        for (a, b, link) in &setup.links {
            let line = format!("link {} {} {}", self.name(*a), self.name(*b), link_text(link.latency, link.bandwidth));
            self.line(line);
        }
    }

    /// The settings in which one differs from another.
    fn settings(&mut self, who: &str, config: &Config, from: &Config) {
        for (name, value) in config.difference(from) {
            let value = if name == "replicaof" && value.is_empty() { "no one".into() } else { value };
            self.line(format_args!("config {who} {name} {}", quoted(&value)));
        }
    }

    fn doings(&mut self, script: &[ScriptLine], loads: &[Load]) -> Result<(), Unwritable> {
        for line in script {
            let act = self.act(line)?;
            self.line(format_args!("at {} {act}", time(line.after)));
        }
        loads.iter().for_each(|load| self.load(load));
        Ok(())
    }

    fn act(&self, line: &ScriptLine) -> Result<String, Unwritable> {
        let name = |node: &NodeId| self.name(*node);
        Ok(match &line.action {
            Action::Command { node, args } => {
                let mut text = format!("{}>", name(node));
                for arg in args {
                    let word = std::str::from_utf8(arg).map_err(|_| Unwritable::NotText { after: line.after })?;
                    text += &format!(" {}", quoted(word));
                }
                text
            }
            Action::Cut { a, b } => format!("cut {} {}", name(a), name(b)),
            Action::BlackHole { a, b } => format!("blackhole {} {}", name(a), name(b)),
            Action::Heal { a, b } => format!("heal {} {}", name(a), name(b)),
            Action::Slow { a, b, latency, bandwidth } => {
                format!("slow {} {} {}", name(a), name(b), link_text(*latency, *bandwidth))
            }
            Action::Pause { node } => format!("pause {}", name(node)),
            Action::Resume { node } => format!("resume {}", name(node)),
            Action::Crash { node } => format!("crash {}", name(node)),
            Action::Restart { node, keep_rdb: true } => format!("restart {}", name(node)),
            Action::Restart { node, keep_rdb: false } => format!("restart {} empty", name(node)),
            Action::Add { name: new, port, replicaof, .. } => {
                let of = replicaof.as_ref().map(|master| format!(" replicaof {}", name(master))).unwrap_or_default();
                format!("add {} {port}{of}", quoted(new))
            }
            Action::Remove { node } => format!("remove {}", name(node)),
            Action::Recorded(_) => return Err(Unwritable::Recorded),
        })
    }

    fn load(&mut self, load: &Load) {
        let usual = Load::new(load.node, load.rate);
        let mut text = format!("load {} {}", self.name(load.node), load.rate);
        if load.keys != usual.keys {
            text += &format!(" keys {}", load.keys);
        }
        if load.value_bytes != usual.value_bytes {
            text += &format!(" size {}", load.value_bytes);
        }
        if !load.mix.is_empty() {
            text += &format!(" mix {}", load.mix_text());
        }
        self.line(format_args!("{text} from {} to {}", time(load.from), time(load.to)));
    }

    fn note(&mut self, note: &Note) {
        let name = if note.name == slug(&note.title) { String::new() } else { format!("{} ", quoted(&note.name)) };
        self.line(format_args!("note {name}when {}", note.when.text()));
        self.indented(&note.title);
        self.indented(&note.body);
    }

    fn ask(&mut self, ask: &Ask) {
        let name = if ask.name == slug(&ask.text) { String::new() } else { format!("{} ", quoted(&ask.name)) };
        self.line(format_args!("ask {name}before {}", ask.before.text()));
        self.indented(&ask.text);
        match &ask.kind {
            AskKind::Choices(choices) => {
                for choice in choices {
                    let key = match &choice.key {
                        Key::If(claim) => format!("if {}", claim.text),
                        Key::Partial(true) => "is partial".into(),
                        Key::Partial(false) => "is full".into(),
                    };
                    self.indented(&format!("- {}  {key}", choice.text));
                    self.indented(&choice.why);
                }
            }
            AskKind::NodeAhead => self.indented("point node ahead"),
            AskKind::OffsetOf { node, when } => {
                let when = match when {
                    When::At(after) => time(*after),
                    When::End => "end".into(),
                };
                self.indented(&format!("point offset of {} at {when}", self.name(*node)));
            }
            AskKind::ByteSent { node } => self.indented(&format!("point byte {} sends", self.name(*node))),
        }
        self.indented(&ask.why);
    }

    fn indented(&mut self, text: &str) {
        if !text.is_empty() {
            self.line(format_args!("  {text}"));
        }
    }
}

/// What the line of a declared node says; a `config` says the rest.
struct NodeLine<'a> {
    name: &'a str,
    /// Its own, unless another node's line has it already.
    port: u16,
    /// Name and port of a node above.
    master: Option<(&'a str, u16)>,
}

impl NodeLine<'_> {
    fn all(hosts: &[HostSetup]) -> Vec<NodeLine<'_>> {
        let mut lines: Vec<NodeLine> = vec![];
        for host in hosts {
            let is_free = |port: &u16| *port > 0 && lines.iter().all(|line| line.port != *port);
            let port = Some(host.config.port).filter(is_free).or_else(|| (1..=u16::MAX).find(is_free));
            let above = lines.iter().find(|line| host.config.replicaof == Some(local(line.port)));
            let master = above.map(|line| (line.name, line.port));
            lines.push(NodeLine { name: &host.name, port: port.unwrap_or(host.config.port), master });
        }
        lines
    }
}

impl fmt::Display for NodeLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} {}", self.name, self.port)?;
        self.master.map_or(Ok(()), |(name, _)| write!(f, " replicaof {name}"))
    }
}

fn local(port: u16) -> Addr {
    Addr { host: "127.0.0.1".into(), port }
}

/// What differs from Redis' own measures.
fn scale(config: &Config) -> String {
    let redis = Config::default();
    let mut text = String::new();
    if config.repl_backlog_size != redis.repl_backlog_size {
        text += &format!(" backlog {}", config.repl_backlog_size);
    }
    if let BlockSize::Scaled(bytes) = config.backlog_block {
        text += &format!(" block {bytes}");
    }
    if config.snapshot_chunk != redis.snapshot_chunk {
        text += &format!(" chunk {}", config.snapshot_chunk);
    }
    if config.socket_buffer != redis.socket_buffer {
        text += &format!(" buffer {}", config.socket_buffer);
    }
    if config.snapshot_time != redis.snapshot_time {
        text += &format!(" snapshot {}", time(config.snapshot_time));
    }
    text
}

fn link_text(latency: Duration, bandwidth: Option<u64>) -> String {
    let bandwidth = bandwidth.map(|bytes| format!(" bandwidth {bytes}")).unwrap_or_default();
    format!("latency {}{bandwidth}", time(latency))
}

fn time(after: Duration) -> String {
    At::After(after).to_string()
}
