//! Recordings of real servers, and the form in which a run of the model is held against them.
//!
//! Rule: a recording and a run become the same lines of text (`transcript/`).

use crate::transcript::{Line, number_ids, said_by_master, said_by_replica, without_seconds};
use replscope::node::{Addr, Config};
use replscope::sim::{Action, HostSetup, NodeId};
use replscope::wire::{Bytes, RequestDecoder};
use std::collections::BTreeMap;
use std::time::Duration;

/// One direction of a connection: `b->a`, which connection of that link, who speaks.
pub type Wire = (String, u32, String);

pub struct Recording {
    pub hosts: Vec<HostSetup>,
    /// The moment of the run at which the recording begins, so that crons tick between the same acts.
    pub begin: Duration,
    pub acts: Vec<(Duration, Act)>,
    pub seen: Transcript,
}

pub enum Act {
    Do(Action),
    /// Another client of this node says something, and may have to wait.
    Other(NodeId, Vec<Bytes>),
    Checkpoint(String),
    /// The backlog of a node: offset, first byte, length.
    Backlog(NodeId, [u64; 3]),
}

/// What is compared.
#[derive(Default)]
pub struct Transcript {
    /// `label node field`, in order.
    pub checkpoints: Vec<String>,
    pub wires: BTreeMap<Wire, Vec<u8>>,
}

impl Recording {
    pub fn parse(text: &str) -> Recording {
        let mut recording =
            Recording { hosts: vec![], begin: Duration::ZERO, acts: vec![], seen: Transcript::default() };
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            recording.line(line).unwrap_or_else(|| panic!("a line of another form: {line}"));
        }
        recording
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["node", name, port, settings @ ..] => {
                let mut config = Config { port: port.parse().ok()?, ..Config::default() };
                for setting in settings.chunks(2) {
                    match setting {
                        ["replicaof", port] => {
                            config.replicaof = Some(Addr { host: "127.0.0.1".into(), port: port.parse().ok()? });
                        }
                        [name, value] => config.set(name, value).ok()?,
                        _ => return None,
                    }
                }
                config.snapshot_time = Duration::from_millis(20);
                self.hosts.push(HostSetup { name: (*name).into(), config });
            }
            ["begin", time] => self.begin = seconds(time)?,
            // How long a BGSAVE takes, so that it is over before what it was over before.
            ["snapshot", time] => {
                let time = seconds(time)?;
                self.hosts.iter_mut().for_each(|host| host.config.snapshot_time = time);
            }
            [link, number, side @ ("replica" | "master"), _, ..] if link.contains("->") => {
                let bytes = args(line).pop()?;
                let wire = ((*link).into(), number.parse().ok()?, (*side).into());
                self.seen.wires.entry(wire).or_default().extend_from_slice(&bytes);
            }
            [time, rest @ ..] if seconds(time).is_some() => {
                let act = self.act(rest, line.split_once(' ')?.1)?;
                self.acts.push((seconds(time)?, act));
            }
            [_, _, _, ..] => self.seen.checkpoints.push(line.into()),
            _ => return None,
        }
        Some(())
    }

    fn act(&self, words: &[&str], text: &str) -> Option<Act> {
        Some(match words {
            ["cut", a, b] => Act::Do(Action::Cut { a: self.node(a)?, b: self.node(b)? }),
            ["heal", a, b] => Act::Do(Action::Heal { a: self.node(a)?, b: self.node(b)? }),
            ["crash", node] => Act::Do(Action::Crash { node: self.node(node)? }),
            ["restart", node] => Act::Do(Action::Restart { node: self.node(node)?, keep_rdb: true }),
            ["checkpoint", label] => Act::Checkpoint((*label).into()),
            ["backlog", name, numbers @ ..] => {
                let numbers: Vec<u64> = numbers.iter().filter_map(|word| word.parse().ok()).collect();
                Act::Backlog(self.node(name)?, numbers.try_into().ok()?)
            }
            [prompt, ..] => {
                let (prompt, other) = prompt.split_once('/').map_or((*prompt, false), |(node, _)| (node, true));
                let node = self.node(prompt.strip_suffix('>').unwrap_or(prompt))?;
                let args = args(text).split_off(1);
                let long = |arg: Vec<u8>| if arg == b"x*1000" { vec![b'x'; 1000] } else { arg };
                let args = args.into_iter().map(|arg| long(arg).into()).collect();
                if other { Act::Other(node, args) } else { Act::Do(Action::Command { node, args }) }
            }
            [] => return None,
        })
    }

    fn node(&self, name: &str) -> Option<NodeId> {
        self.hosts.iter().position(|host| host.name == name).map(|n| NodeId(n as u8))
    }
}

fn seconds(word: &str) -> Option<Duration> {
    word.strip_suffix('s')?.parse().ok().map(Duration::from_secs_f64)
}

/// The words of a line, quoted ones unquoted: as a server reads an inline command.
fn args(line: &str) -> Vec<Vec<u8>> {
    let mut decoder = RequestDecoder::default();
    decoder.push(line.as_bytes());
    decoder.push(b"\n");
    let request = decoder.next().expect("balanced quotes").expect("one line");
    request.args.iter().map(|arg| arg.bytes.to_vec()).collect()
}

impl Transcript {
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.checkpoints.iter().map(|line| without_seconds(line)).collect();
        for ((link, number, side), bytes) in &self.wires {
            let said: Vec<Line> = if side == "master" { said_by_master(bytes) } else { said_by_replica(bytes) };
            lines.extend(said.into_iter().map(|line| format!("{link} {number} {side} {}", line.text)));
        }
        number_ids(lines)
    }
}
