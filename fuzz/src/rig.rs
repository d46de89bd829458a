//! A node whose host is the fuzzer: what happens to it is read from bytes.
//!
//! Rule: the same operations are done whole or in pieces; whether a node is told something in one piece or in many must not
//! matter to anybody.

use crate::cuts;
use replscope::node::{Addr, Config, ConnId, Input, Node, Output};
use replscope::sim::EPOCH;
use replscope::time::Time;
use replscope::wire::printable;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Wakes in one wait; a node that wants more goes round in circles.
const WAKES_MAX: u32 = 20_000;

/// What happens to a node. Connection 0 is the node's own to its master, if it calls one.
#[derive(Debug)]
pub enum Op<'a> {
    Says { conn: u8, bytes: &'a [u8] },
    Wait(Duration),
    Close { conn: u8 },
}

const WAITS_MS: [u64; 8] = [0, 1, 60, 100, 1000, 1001, 5000, 61_000];

/// Reads operations: a byte with the connection, the kind and, of a wait, how long; of what is said, its length follows.
pub fn ops(mut bytes: &[u8]) -> Vec<Op<'_>> {
    let mut ops = vec![];
    while let Some((head, rest)) = bytes.split_first() {
        bytes = rest;
        let conn = head & 3;
        ops.push(match head >> 2 & 7 {
            0 => Op::Wait(Duration::from_millis(WAITS_MS[usize::from(head >> 5)])),
            1 => Op::Close { conn },
            _ => {
                let Some((length, rest)) = bytes.split_first_chunk() else { break };
                let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
                let (said, rest) = rest.split_at(length);
                bytes = rest;
                Op::Says { conn, bytes: said }
            }
        });
    }
    ops
}

/// Appends an operation as `ops` reads it. What is said must be shorter than 64 KiB; a wait is rounded up to one there is.
pub fn write_op(out: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Wait(time) => {
            let n = WAITS_MS.iter().position(|ms| u128::from(*ms) >= time.as_millis()).unwrap_or(WAITS_MS.len() - 1);
            out.push((n as u8) << 5);
        }
        Op::Close { conn } => out.push(1 << 2 | conn),
        Op::Says { conn, bytes } => {
            out.push(2 << 2 | conn);
            out.extend_from_slice(&(bytes.len() as u16).to_le_bytes());
            out.extend_from_slice(bytes);
        }
    }
}

pub struct Rig {
    pub node: Node,
    said: BTreeMap<ConnId, Vec<u8>>,
    /// Connections that the node has closed.
    closed: BTreeSet<ConnId>,
    /// The process has ended: nothing more happens to it.
    is_over: bool,
    now: Time,
    dialled: Option<ConnId>,
    /// The connections that others opened, by their number in an operation, and how many there were.
    accepted: BTreeMap<u8, ConnId>,
    count: u64,
}

impl Rig {
    pub fn new(config: Config) -> Rig {
        let node = Node::new(config, 1, EPOCH, None).expect("there is no file to be unreadable");
        let mut rig = Rig {
            node,
            said: BTreeMap::new(),
            closed: BTreeSet::new(),
            is_over: false,
            now: EPOCH,
            dialled: None,
            accepted: BTreeMap::new(),
            count: 0,
        };
        rig.drain();
        rig
    }

    /// Does them; `seed`: what is said comes in pieces.
    pub fn run(&mut self, ops: &[Op], seed: Option<u64>) {
        for (n, op) in ops.iter().enumerate() {
            match op {
                Op::Says { conn, bytes } => match seed {
                    None => self.says(*conn, &[bytes]),
                    Some(seed) => self.says(*conn, &cuts(seed ^ n as u64, bytes)),
                },
                Op::Wait(time) => self.wait(*time),
                Op::Close { conn } => self.close(*conn),
            }
        }
    }

    pub fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        for wakes in 0.. {
            assert!(wakes < WAKES_MAX, "it wakes and wakes");
            let next = self.node.next_timeout();
            if next > end || self.is_over {
                break;
            }
            self.now = self.now.max(next);
            self.give(Input::Wake);
        }
        self.now = end;
        // A process wakes ten times a second; here it wakes at least before it hears something again.
        self.give(Input::Wake);
    }

    /// What comes after the node has hung up is lost.
    fn says(&mut self, conn: u8, pieces: &[&[u8]]) {
        let Some(conn) = self.connection(conn) else { return };
        // An end of nothing is no arrival.
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            if self.dialled == Some(conn) || self.accepted.values().any(|accepted| *accepted == conn) {
                self.give(Input::Data { conn, bytes: (*piece).into() });
            }
        }
    }

    fn close(&mut self, conn: u8) {
        let closed = if self.is_own(conn) { self.dialled.take() } else { self.accepted.remove(&conn) };
        if let Some(conn) = closed {
            self.give(Input::Closed { conn });
        }
    }

    /// Somebody new says this.
    pub fn ask(&mut self, bytes: &[u8]) {
        let conn = self.accept();
        self.give(Input::Data { conn, bytes: bytes.into() });
    }

    /// Did the node say this to anybody?
    pub fn heard(&self, wanted: &[u8]) -> bool {
        self.said.values().any(|said| said.windows(wanted.len()).any(|window| window == wanted))
    }

    /// Panics unless both kept and answered the same. On a connection that both have closed, one may have said more before.
    pub fn assert_equals(&self, other: &Rig) {
        let kept = |rig: &Rig| (rig.node.history().id, rig.node.offset(), rig.node.keyspace().digest());
        assert_eq!(kept(self), kept(other));
        let open = |rig: &Rig| (rig.dialled, rig.closed.clone(), rig.is_over);
        assert_eq!(open(self), open(other));
        let none = vec![];
        for conn in self.said.keys().chain(other.said.keys()) {
            let [here, there] = [self, other].map(|rig| but_counts(rig.said.get(conn).unwrap_or(&none)));
            let is_begun = self.closed.contains(conn) && (here.starts_with(&there) || there.starts_with(&here));
            assert!(here == there || is_begun, "{conn:?} heard\n{}\nor\n{}", printable(&here), printable(&there));
        }
    }

    fn is_own(&self, conn: u8) -> bool {
        conn == 0 && self.node.config().replicaof.is_some()
    }

    fn connection(&mut self, conn: u8) -> Option<ConnId> {
        if self.is_own(conn) {
            return self.dialled;
        }
        if let Some(conn) = self.accepted.get(&conn) {
            return Some(*conn);
        }
        let accepted = self.accept();
        self.accepted.insert(conn, accepted);
        Some(accepted)
    }

    fn accept(&mut self) -> ConnId {
        let (conn, addr) = (ConnId::Accepted(self.count), Addr { host: "127.0.0.1".into(), port: 6379 });
        self.count += 1;
        self.give(Input::Accepted { conn, peer: addr.clone(), local: addr });
        conn
    }

    fn give(&mut self, input: Input) {
        if self.is_over {
            return;
        }
        self.node.handle(self.now, input);
        self.drain();
    }

    /// Every call of the node is answered, everything sent leaves at once.
    fn drain(&mut self) {
        while let Some(output) = self.node.poll_output() {
            let answer = match output {
                Output::Connect { conn, .. } => {
                    self.dialled = Some(conn);
                    Some(Input::Connected { conn })
                }
                Output::Send { conn, bytes } => {
                    self.said.entry(conn).or_default().extend_from_slice(&bytes);
                    None
                }
                Output::WantWrite { conn } => Some(Input::Writable { conn }),
                Output::Close { conn } => {
                    self.closed.insert(conn);
                    self.dialled.take_if(|dialled| *dialled == conn);
                    self.accepted.retain(|_, accepted| *accepted != conn);
                    None
                }
                Output::StandStill { time } => Some(Input::StoodStill { time }),
                Output::Exit => {
                    self.is_over = true;
                    None
                }
                Output::SaveRdb { .. } | Output::RemoveRdb | Output::SaveConfig { .. } => None,
            };
            if let Some(input) = answer {
                self.node.handle(self.now, input);
            }
        }
        while self.node.poll_event().is_some() {}
    }
}

/// What was said, without what INFO counts of reads, which come in as many pieces as they come in, and without the lengths
/// of the texts that this stands in.
fn but_counts(said: &[u8]) -> Vec<u8> {
    let counts = |line: &&[u8]| {
        let is_length = line.strip_prefix(b"$").is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
        is_length || line.starts_with(b"total_net_input_bytes:") || line.starts_with(b"total_reads_processed:")
    };
    let lines: Vec<&[u8]> = said.split(|byte| *byte == b'\n').filter(|line| !counts(&line.trim_ascii_end())).collect();
    lines.join(&b'\n')
}
