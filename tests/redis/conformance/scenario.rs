//! A scenario: nodes, and steps that are done alike to real servers and to the model.
//!
//! | line | what it does |
//! |---|---|
//! | `node a SETTING VALUE …` | a node, with settings of redis.conf; pings are off unless they are asked for |
//! | `a> COMMAND` | a client of `a` sends a command; its reply is compared |
//! | `a/x> COMMAND` | the same by another client, named `x` |
//! | `a>> COMMAND` | the reply is not awaited; `a<` awaits and compares the next one |
//! | `a/x close` | that client hangs up |
//! | `cut b a`, `heal b a`, `reset b a` | the link is cut, whole again; or cut and whole again at once |
//! | `hold b a` | the link swallows everything until `heal` |
//! | `slow b a 20ms 100kb` | latency, and bytes a second |
//! | `pause b`, `resume b` | SIGSTOP, SIGCONT |
//! | `kill b`, `start b`, `start b empty` | SIGKILL; the process again, with its dump.rdb or without |
//! | `wait a TEXT` | until INFO of `a` has this text; `wait a gone`: until the process has ended |
//! | `settle [a b …]` | until the replicas of these nodes (of all) follow, and have acknowledged everything |
//! | `sleep 1.2s` | time passes |
//! | `checkpoint NAME` | INFO replication, ROLE, digest and counters of every node are compared |
//! | `repeat 20 LINE` | `{n}` in it counts from 0 |
//! | `exact acks` | every acknowledgement is compared, not only the last of those in a row |
//!
//! In arguments, `{a}` stands for the two words of a node's address, `{a.port}` for its port, `{x*100}` for a hundred x,
//! `{noise*100}` for a hundred bytes that do not compress. Arguments may be quoted.

use crate::dataset::noise;
use crate::network::{Id, LinkFault};
use replscope::wire::RequestDecoder;
use std::time::Duration;

/// What a file says.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub name: String,
    /// The first comment: what it shows.
    pub about: String,
    pub nodes: Vec<NodeSetup>,
    pub steps: Vec<Step>,
    pub exact_acks: bool,
}

#[derive(Clone, Debug)]
pub struct NodeSetup {
    pub name: String,
    /// Name and value; the value may have words that stand for a node.
    pub settings: Vec<(String, Vec<Word>)>,
}

/// A word of a command or a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Word {
    Bytes(Vec<u8>),
    /// Host and port, two words.
    Address(Id),
    Port(Id),
}

/// One step, as it was written and as it is done.
#[derive(Clone, Debug)]
pub struct Step {
    pub text: String,
    pub act: Act,
}

#[derive(Clone, Debug)]
pub enum Act {
    Send { node: Id, client: u8, words: Vec<Word>, and_receive: bool },
    Receive { node: Id, client: u8 },
    HangUp { node: Id, client: u8 },
    Link { a: Id, b: Id, fault: LinkFault },
    Process { node: Id, fault: ProcessFault },
    WaitInfo { node: Id, text: String },
    WaitGone { node: Id },
    Settle { nodes: Vec<Id> },
    Sleep(Duration),
    Checkpoint(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessFault {
    Pause,
    Resume,
    Kill,
    Start { keep_rdb: bool },
}

impl Scenario {
    pub fn parse(name: &str, text: &str) -> Scenario {
        let about = text.lines().next().unwrap_or_default().trim_start_matches("# ").to_string();
        let mut parser = Parser { nodes: vec![], clients: vec!["".into()] };
        let (mut steps, mut exact_acks) = (vec![], false);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        // Settings may name nodes that come later.
        for line in lines.clone() {
            if let Some(rest) = line.strip_prefix("node ") {
                let name = rest.split(' ').next().unwrap_or_default().to_string();
                parser.nodes.push(NodeSetup { name, settings: vec![] });
            }
        }
        let mut next_node = 0;
        for line in lines {
            let fail = || -> ! { panic!("{name}: a line of another form: {line}") };
            if let Some(rest) = line.strip_prefix("node ") {
                let words = parser.words(rest).unwrap_or_else(|| fail());
                parser.nodes[next_node].settings = settings(&words[1..]).unwrap_or_else(|| fail());
                next_node += 1;
            } else if line == "exact acks" {
                exact_acks = true;
            } else if let Some((count, line)) = repeated(line) {
                for n in 0..count {
                    steps.push(parser.step(&line.replace("{n}", &n.to_string())).unwrap_or_else(|| fail()));
                }
            } else {
                steps.push(parser.step(line).unwrap_or_else(|| fail()));
            }
        }
        Scenario { name: name.into(), about, nodes: parser.nodes, steps, exact_acks }
    }
}

fn repeated(line: &str) -> Option<(u32, &str)> {
    let (count, line) = line.strip_prefix("repeat ")?.split_once(' ')?;
    Some((count.parse().ok()?, line))
}

fn settings(words: &[Word]) -> Option<Vec<(String, Vec<Word>)>> {
    let setting = |pair: &[Word]| match pair {
        [Word::Bytes(name), value] => Some((String::from_utf8(name.clone()).ok()?, vec![value.clone()])),
        _ => None,
    };
    words.chunks(2).map(setting).collect()
}

fn duration(word: &str) -> Option<Duration> {
    match word.strip_suffix("ms") {
        Some(ms) => ms.parse().ok().map(Duration::from_millis),
        None => word.strip_suffix('s')?.parse().ok().map(Duration::from_secs_f64),
    }
}

struct Parser {
    nodes: Vec<NodeSetup>,
    /// Names of clients; a client's number is its place.
    clients: Vec<String>,
}

impl Parser {
    fn node(&self, name: &str) -> Option<Id> {
        self.nodes.iter().position(|node| node.name == name)
    }

    /// `a` or `a/x`.
    fn client(&mut self, word: &str) -> Option<(Id, u8)> {
        let (node, client) = word.split_once('/').unwrap_or((word, ""));
        let node = self.node(node)?;
        let n = self.clients.iter().position(|known| known == client).unwrap_or_else(|| {
            self.clients.push(client.into());
            self.clients.len() - 1
        });
        Some((node, n as u8))
    }

    fn step(&mut self, line: &str) -> Option<Step> {
        Some(Step { text: shortened(line), act: self.act(line)? })
    }

    fn act(&mut self, line: &str) -> Option<Act> {
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        if let Some(prompt) = first.strip_suffix('<') {
            let (node, client) = self.client(prompt)?;
            return Some(Act::Receive { node, client });
        }
        if let Some(prompt) = first.strip_suffix('>') {
            let and_receive = !prompt.ends_with('>');
            let (node, client) = self.client(prompt.trim_end_matches('>'))?;
            return Some(Act::Send { node, client, words: self.words(rest)?, and_receive });
        }
        let words: Vec<&str> = line.split(' ').collect();
        Some(match words.as_slice() {
            ["sleep", time] => Act::Sleep(duration(time)?),
            ["checkpoint", name] => Act::Checkpoint((*name).into()),
            ["settle", names @ ..] => Act::Settle {
                nodes: match names {
                    [] => (0..self.nodes.len()).collect(),
                    _ => names.iter().map(|name| self.node(name)).collect::<Option<_>>()?,
                },
            },
            ["wait", node, "gone"] => Act::WaitGone { node: self.node(node)? },
            ["wait", node, ..] => Act::WaitInfo { node: self.node(node)?, text: rest.split_once(' ')?.1.to_string() },
            ["pause", node] => Act::Process { node: self.node(node)?, fault: ProcessFault::Pause },
            ["resume", node] => Act::Process { node: self.node(node)?, fault: ProcessFault::Resume },
            ["kill", node] => Act::Process { node: self.node(node)?, fault: ProcessFault::Kill },
            ["start", node] => Act::Process { node: self.node(node)?, fault: ProcessFault::Start { keep_rdb: true } },
            ["start", node, "empty"] => {
                Act::Process { node: self.node(node)?, fault: ProcessFault::Start { keep_rdb: false } }
            }
            [verb, a, b, rest @ ..] => {
                let fault = match (*verb, rest) {
                    ("cut", []) => LinkFault::Cut,
                    ("heal", []) => LinkFault::Heal,
                    ("reset", []) => LinkFault::Reset,
                    ("hold", []) => LinkFault::Hold,
                    ("slow", [latency, rate]) => {
                        LinkFault::Slow { latency: duration(latency)?, bytes_per_sec: replscope::node::memory(rate)? }
                    }
                    _ => return None,
                };
                Act::Link { a: self.node(a)?, b: self.node(b)?, fault }
            }
            [client, "close"] => {
                let (node, client) = self.client(client)?;
                Act::HangUp { node, client }
            }
            _ => return None,
        })
    }

    /// The words of a line, quoted ones unquoted as a server does it for an inline command.
    fn words(&self, line: &str) -> Option<Vec<Word>> {
        let mut decoder = RequestDecoder::default();
        decoder.push(line.as_bytes());
        decoder.push(b"\n");
        let request = decoder.next().ok()??;
        request.args.iter().map(|arg| self.word(&arg.bytes)).collect()
    }

    fn word(&self, bytes: &[u8]) -> Option<Word> {
        let Some((open, close)) = braces(bytes) else {
            return Some(Word::Bytes(bytes.to_vec()));
        };
        let inner = std::str::from_utf8(&bytes[open + 1..close]).ok()?;
        if let Some(id) = self.node(inner) {
            return Some(Word::Address(id));
        }
        if let Some(id) = inner.strip_suffix(".port").and_then(|name| self.node(name)) {
            return Some(Word::Port(id));
        }
        let Some((what, count)) = inner.split_once('*') else {
            return Some(Word::Bytes(bytes.to_vec()));
        };
        let count = count.parse().ok()?;
        let filling = if what == "noise" { noise(count) } else { what.repeat(count).into_bytes() };
        Some(Word::Bytes([&bytes[..open], &filling, &bytes[close + 1..]].concat()))
    }
}

fn braces(bytes: &[u8]) -> Option<(usize, usize)> {
    let open = bytes.iter().position(|byte| *byte == b'{')?;
    let close = open + bytes[open..].iter().position(|byte| *byte == b'}')?;
    Some((open, close))
}

/// A step as reports show it.
fn shortened(line: &str) -> String {
    if line.len() <= 120 { line.into() } else { format!("{}…", line.chars().take(119).collect::<String>()) }
}
