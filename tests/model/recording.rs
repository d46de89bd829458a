//! Recordings of real servers, and the form in which a run of the model is held against them.
//!
//! Rule: a recording and a run become the same lines of text, in which only that is replaced which no two runs share:
//! replication ids (numbered as they appear), whole seconds in INFO, the time and memory in a snapshot, its length, and
//! the order of its keys. Where the pieces of a connection were cut does not matter; every byte of it does.

use replscope::node::{Addr, Config};
use replscope::sim::{Action, HostSetup, NodeId};
use replscope::wire::{Preamble, PsyncReply, ReplId, Request, RequestDecoder, printable, rdb};
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
                let node = self.node(prompt.strip_suffix('>')?)?;
                let args = args(text).split_off(1);
                let long = |arg: Vec<u8>| if arg == b"x*1000" { vec![b'x'; 1000] } else { arg };
                Act::Do(Action::Command { node, args: args.into_iter().map(|arg| long(arg).into()).collect() })
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
            let said = if side == "master" { master_lines(bytes) } else { stream_lines(bytes) };
            lines.extend(said.into_iter().map(|line| format!("{link} {number} {side} {line}")));
        }
        number_ids(lines)
    }
}

/// `lag=3` becomes `lag=*`, and so do the seconds of a link; -1, which says that there is none, stays.
fn without_seconds(line: &str) -> String {
    let fields = ["master_last_io_seconds_ago:", "master_link_down_since_seconds:", "lag="];
    match fields.iter().find_map(|field| line.split_once(field).map(|(before, value)| (before, field, value))) {
        Some((before, field, value)) if value != "-1" => format!("{before}{field}*"),
        _ => line.into(),
    }
}

/// What a master says: lines, then perhaps a snapshot, then the stream.
fn master_lines(mut bytes: &[u8]) -> Vec<String> {
    let mut lines = vec![];
    while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
        let (line, rest) = bytes.split_at(end + 1);
        bytes = rest;
        let text = line.trim_ascii_end();
        let (snapshot, stream) = match Preamble::parse(text) {
            Ok(Preamble::Length(length)) => {
                lines.push("$*".into());
                bytes.split_at(length as usize)
            }
            Ok(Preamble::Eof { mark }) => {
                lines.push(printable(line));
                let end = bytes.windows(40).position(|window| window == mark).expect("the mark at the end");
                (&bytes[..end], &bytes[end + 40..])
            }
            _ => (&bytes[..0], bytes),
        };
        if !snapshot.is_empty() {
            lines.extend(snapshot_lines(snapshot));
            lines.extend(stream_lines(stream));
            return lines;
        }
        lines.push(printable(line));
        if matches!(PsyncReply::parse(text), Ok(PsyncReply::Continue { .. })) {
            lines.extend(stream_lines(bytes));
            return lines;
        }
    }
    lines.push(printable(bytes));
    lines
}

/// A command a line, and at the end what is no whole command.
fn stream_lines(bytes: &[u8]) -> Vec<String> {
    let mut decoder = RequestDecoder::default();
    decoder.push(bytes);
    let requests: Vec<Request> = std::iter::from_fn(|| decoder.next().ok().flatten()).collect();
    let spans = requests.iter().map(|request| request.span.start..request.span.end);
    let rest = std::iter::once(decoder.position()..bytes.len() as u64).filter(|span| !span.is_empty());
    spans.chain(rest).map(|span| printable(&bytes[span.start as usize..span.end as usize])).collect()
}

/// An item a line; the keys of a database in order.
fn snapshot_lines(bytes: &[u8]) -> Vec<String> {
    let (mut lines, mut keys) = (vec![], vec![]);
    for item in rdb::Reader::new(bytes) {
        match item.expect("a snapshot of strings").1 {
            rdb::Item::Entry { key, value: rdb::Value::String(value), expire_at_ms } => {
                keys.push(format!("key {} {} {expire_at_ms:?}", printable(&key), printable(&value)));
                continue;
            }
            rdb::Item::Aux { key, .. } if matches!(&*key, b"ctime" | b"used-mem") => {
                lines.push(format!("aux {} *", printable(&key)));
            }
            rdb::Item::Aux { key, value } => lines.push(format!("aux {} {}", printable(&key), printable(&value))),
            rdb::Item::SelectDb(db) => {
                lines.append(&mut sorted(&mut keys));
                lines.push(format!("database {db}"));
            }
            rdb::Item::ResizeDb { keys, expires } => lines.push(format!("resize {keys} {expires}")),
            rdb::Item::End { checksum } => {
                lines.append(&mut sorted(&mut keys));
                lines.push(format!("end, {} checksum", if checksum == 0 { "no" } else { "a right" }));
            }
        }
    }
    lines
}

fn sorted(keys: &mut Vec<String>) -> Vec<String> {
    keys.sort_unstable();
    std::mem::take(keys)
}

/// Forty hexadecimal digits become `ID-1`, `ID-2`, … in the order in which they appear. Digests stay.
fn number_ids(lines: Vec<String>) -> Vec<String> {
    let mut ids: Vec<String> = vec![ReplId::ZERO.to_string()];
    let mut numbered = |word: &str| {
        let n = ids.iter().position(|id| id == word).unwrap_or_else(|| {
            ids.push(word.into());
            ids.len() - 1
        });
        format!("ID-{n}")
    };
    let is_id = |word: &str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let replaced = lines.into_iter().map(|line| {
        if line.contains(" digest ") {
            return line;
        }
        // Splits before and after each run of hexadecimal digits.
        let mut text = String::new();
        let mut rest = line.as_str();
        while !rest.is_empty() {
            let is_hex = rest.starts_with(|c: char| c.is_ascii_hexdigit());
            let end = rest.find(|c: char| c.is_ascii_hexdigit() != is_hex).unwrap_or(rest.len());
            let (run, behind) = rest.split_at(end);
            text.push_str(&if is_id(run) { numbered(run) } else { run.into() });
            rest = behind;
        }
        text
    });
    replaced.collect()
}
