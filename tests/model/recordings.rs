//! The model does what was recorded of real servers: the same commands at the same times give the same bytes on every
//! connection, the same INFO, ROLE and digests, and the same backlog.

use crate::recording::{Act, Recording, Transcript};
use replscope::sim::{Action, EPOCH, Entry, LinkSetup, NodeId, Setup, What, World};
use replscope::time::Time;
use replscope::wire::{Bytes, Reply, ReplyDecoder};
use std::collections::BTreeMap;
use std::time::Duration;

fn check(text: &str) {
    let recording = Recording::parse(text);
    let modelled = Playback::new(&recording).play(&recording);
    let (recorded, modelled) = (recording.seen.lines(), modelled.lines());
    let lacking = |lines: &[String], others: &[String]| -> Vec<String> {
        lines.iter().filter(|line| !others.contains(line)).cloned().collect()
    };
    let (redis_only, model_only) = (lacking(&recorded, &modelled), lacking(&modelled, &recorded));
    assert!(recorded == modelled, "only Redis says: {redis_only:#?}\nonly the model says: {model_only:#?}");
}

#[test]
fn a_first_synchronization() {
    check(include_str!("../recordings/full-sync.txt"));
}

#[test]
fn a_partial_resynchronization() {
    check(include_str!("../recordings/partial.txt"));
}

#[test]
fn a_backlog_that_overflows() {
    check(include_str!("../recordings/overflow.txt"));
}

#[test]
fn a_failover_by_hand() {
    check(include_str!("../recordings/failover.txt"));
}

#[test]
fn a_failover_by_command() {
    check(include_str!("../recordings/failover-command.txt"));
}

#[test]
fn a_diskless_synchronization_of_two() {
    check(include_str!("../recordings/diskless.txt"));
}

#[test]
fn a_chain() {
    check(include_str!("../recordings/chain.txt"));
}

#[test]
fn restarts() {
    check(include_str!("../recordings/restart.txt"));
}

/// The model going through a recording's acts.
struct Playback {
    world: World,
    transcript: Transcript,
    /// How many connections each link has seen.
    connections: BTreeMap<String, u32>,
    /// What a client was answered last.
    answer: Bytes,
}

impl Playback {
    fn new(recording: &Recording) -> Playback {
        let latency = Duration::from_micros(100);
        let setup = Setup {
            seed: 1,
            hosts: recording.hosts.clone(),
            default_link: LinkSetup { latency, bandwidth: None },
            ..Setup::default()
        };
        Playback {
            world: World::new(&setup),
            transcript: Transcript::default(),
            connections: BTreeMap::new(),
            answer: Bytes::default(),
        }
    }

    fn play(mut self, recording: &Recording) -> Transcript {
        for (at, act) in &recording.acts {
            self.run_until(EPOCH + recording.begin + *at);
            match act {
                Act::Do(action) => self.world.act(action),
                Act::Other(node, args) => self.world.say(*node, 1, args.clone()),
                Act::Checkpoint(label) => self.checkpoint(label),
                Act::Backlog(id, expected) => {
                    let node = self.world.hosts()[id.index()].node.as_ref().expect("it runs");
                    let backlog = node.backlog().expect("there is a backlog");
                    assert_eq!([node.offset(), backlog.first(), backlog.len()], *expected, "offset, first, length");
                }
            }
        }
        self.drain();
        self.transcript
    }

    fn run_until(&mut self, at: Time) {
        while self.world.next_due() <= at {
            self.world.advance();
        }
        self.world.wait_until(at);
        self.drain();
    }

    fn drain(&mut self) {
        for Entry { what, .. } in self.world.take_journal() {
            let segment = match what {
                What::Sent(segment) => segment,
                What::Answered { reply, .. } => {
                    self.answer = reply;
                    continue;
                }
                _ => continue,
            };
            let name = |id: NodeId| self.world.hosts()[id.index()].name.clone();
            let is_replica = segment.from == segment.dialler;
            let master = if is_replica { segment.to } else { segment.from };
            let link = format!("{}->{}", name(segment.dialler), name(master));
            // The replica speaks first.
            let connection = self.connections.entry(link.clone()).or_insert(0);
            *connection += u32::from(is_replica && segment.at == 0);
            let wire = (link, *connection, if is_replica { "replica" } else { "master" }.to_string());
            self.transcript.wires.entry(wire).or_default().extend_from_slice(&segment.bytes);
        }
    }

    fn checkpoint(&mut self, label: &str) {
        let ids: Vec<NodeId> = self.world.node_ids().collect();
        for id in ids {
            if self.world.hosts()[id.index()].node.is_none() {
                continue;
            }
            let role = self.role(id);
            let host = &self.world.hosts()[id.index()];
            let node = host.node.as_ref().expect("it runs");
            let (info, stats) = (node.info(self.world.now(), "replication"), node.info(self.world.now(), "stats"));
            let mut said: Vec<&str> = info.lines().skip(1).collect();
            let others = [format!("role {role}"), format!("digest {}", node.keyspace().digest())];
            said.extend(others.iter().map(String::as_str));
            said.extend(stats.lines().filter(|line| line.starts_with("sync_")));
            self.transcript.checkpoints.extend(said.iter().map(|line| format!("{label} {} {line}", host.name)));
        }
    }

    /// What ROLE answers, its words in a row.
    fn role(&mut self, node: NodeId) -> String {
        self.world.act(&Action::Command { node, args: vec![b"ROLE"[..].into()] });
        self.drain();
        let mut decoder = ReplyDecoder::default();
        decoder.push(&self.answer);
        let (reply, _) = decoder.next().expect("a reply").expect("a whole one");
        words(&reply).join(" ")
    }
}

fn words(reply: &Reply) -> Vec<String> {
    match reply {
        Reply::Array(items) => items.iter().flat_map(words).collect(),
        Reply::Bulk(text) => vec![String::from_utf8_lossy(text).into_owned()],
        Reply::Integer(number) => vec![number.to_string()],
        other => panic!("not a part of ROLE: {other:?}"),
    }
}
