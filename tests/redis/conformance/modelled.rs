//! The model, in the simulator: the same nodes, a virtual clock.

use super::scenario::{ProcessFault, Scenario, Word};
use super::side::Side;
use crate::network::{Connection, Id, LinkFault};
use replscope::node::Config;
use replscope::sim::{Action, EPOCH, Entry, HostSetup, LinkSetup, NodeId, Segment, Setup, What, World};
use replscope::time::Time;
use replscope::wire::{Bytes, ReplyDecoder};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Between machines that are one.
const LATENCY: Duration = Duration::from_micros(100);
/// How long an act takes, so that the next one is another turn.
const TURN: Duration = Duration::from_millis(1);
/// How long an answer is awaited.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Modelled {
    world: World,
    began: Time,
    /// Answers that were not awaited yet.
    answers: BTreeMap<(Id, u8), VecDeque<Vec<u8>>>,
    decoders: BTreeMap<(Id, u8), (ReplyDecoder, Vec<u8>)>,
    connections: Vec<Connection>,
    /// The connection of a link that is in use, by who called whom.
    current: BTreeMap<(Id, Id), usize>,
}

fn port(node: Id) -> u16 {
    20_001 + node as u16
}

impl Modelled {
    /// An error: a setting that the model does not have.
    pub fn new(scenario: &Scenario) -> Result<Modelled, String> {
        let hosts = scenario.nodes.iter().enumerate().map(|(node, setup)| {
            let mut config = Config { port: port(node), repl_ping_replica_period_secs: 3600, ..Config::default() };
            // As the servers of these tests are started.
            config.set("enable-debug-command", "yes").map_err(|error| error.to_string())?;
            for (name, value) in &setup.settings {
                let value: String = value.iter().map(text).collect();
                config.set(name, &value).map_err(|error| error.to_string())?;
            }
            Ok(HostSetup { name: setup.name.clone(), config })
        });
        let setup = Setup {
            seed: 1,
            hosts: hosts.collect::<Result<_, String>>()?,
            default_link: LinkSetup { latency: LATENCY, bandwidth: None },
            ..Setup::default()
        };
        let mut side = Modelled {
            world: World::new(&setup),
            began: EPOCH,
            answers: BTreeMap::new(),
            decoders: BTreeMap::new(),
            connections: vec![],
            current: BTreeMap::new(),
        };
        // As long as the real servers need until they all run.
        side.run(Duration::from_millis(150));
        side.began = side.world.now();
        Ok(side)
    }

    fn run(&mut self, time: Duration) {
        let end = self.world.now() + time;
        while self.world.next_due() <= end {
            self.world.advance();
            self.take();
        }
        self.world.wait_until(end);
        self.take();
    }

    fn take(&mut self) {
        for Entry { at, node, what } in self.world.take_journal() {
            match what {
                What::Answered { client, reply, .. } => {
                    self.answers.entry((node.index(), client)).or_default().push_back(reply.to_vec());
                }
                What::Arrived(segment) => self.arrived(at, &segment),
                _ => {}
            }
        }
    }

    fn arrived(&mut self, at: Time, segment: &Segment) {
        let by_replica = segment.from == segment.dialler;
        let master = if by_replica { segment.to } else { segment.from };
        let link = (segment.dialler.index(), master.index());
        // The replica speaks first.
        if by_replica && segment.at == 0 {
            self.current.insert(link, self.connections.len());
            self.connections.push(Connection { replica: link.0, master: link.1, ..Connection::default() });
        }
        if let Some(connection) = self.current.get(&link).and_then(|n| self.connections.get_mut(*n)) {
            let direction = if by_replica { &mut connection.from_replica } else { &mut connection.from_master };
            direction.push(at.since(self.began), &segment.bytes);
        }
    }

    /// A whole reply of those that came, if there is one.
    fn next_answer(&mut self, client: (Id, u8)) -> Option<Vec<u8>> {
        let (decoder, unread) = self.decoders.entry(client).or_default();
        for bytes in self.answers.get_mut(&client).into_iter().flat_map(|answers| answers.drain(..)) {
            decoder.push(&bytes);
            unread.extend_from_slice(&bytes);
        }
        let (_, span) = decoder.next().ok().flatten()?;
        Some(unread.drain(..span.len() as usize).collect())
    }

    fn is_connected(&self, node: Id, client: u8) -> bool {
        self.world.hosts()[node].is_connected(client)
    }
}

fn text(word: &Word) -> String {
    match word {
        Word::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Word::Address(id) => format!("127.0.0.1 {}", port(*id)),
        Word::Port(id) => port(*id).to_string(),
    }
}

impl Side for Modelled {
    fn port(&self, node: Id) -> u16 {
        port(node)
    }

    fn send(&mut self, node: Id, client: u8, args: &[Vec<u8>]) {
        if !self.is_connected(node, client) {
            self.decoders.remove(&(node, client));
        }
        let args: Vec<Bytes> = args.iter().map(|arg| arg[..].into()).collect();
        self.world.say(NodeId(node as u8), client, args);
        self.take();
        self.run(TURN);
    }

    fn receive(&mut self, node: Id, client: u8) -> Result<Option<Vec<u8>>, String> {
        let end = self.world.now() + PATIENCE;
        loop {
            if let Some(answer) = self.next_answer((node, client)) {
                return Ok(Some(answer));
            }
            if !self.is_connected(node, client) {
                return Ok(None);
            }
            if self.world.now() >= end {
                return Err(format!("no answer within {PATIENCE:?}"));
            }
            self.run(TURN);
        }
    }

    fn hang_up(&mut self, node: Id, client: u8) {
        self.world.hang_up(NodeId(node as u8), client);
        self.run(TURN);
    }

    fn link(&mut self, a: Id, b: Id, fault: LinkFault) {
        let (a, b) = (NodeId(a as u8), NodeId(b as u8));
        match fault {
            LinkFault::Cut => self.world.act(&Action::Cut { a, b }),
            LinkFault::Heal => self.world.act(&Action::Heal { a, b }),
            LinkFault::Reset => {
                self.world.act(&Action::Cut { a, b });
                self.world.act(&Action::Heal { a, b });
            }
            LinkFault::Hold => self.world.act(&Action::BlackHole { a, b }),
            LinkFault::Slow { latency, bytes_per_sec } => {
                self.world.act(&Action::Slow { a, b, latency, bandwidth: Some(bytes_per_sec) });
            }
        }
        self.run(TURN);
    }

    fn process(&mut self, node: Id, fault: ProcessFault) {
        let node = NodeId(node as u8);
        self.world.act(&match fault {
            ProcessFault::Pause => Action::Pause { node },
            ProcessFault::Resume => Action::Resume { node },
            ProcessFault::Kill => Action::Crash { node },
            ProcessFault::Start { keep_rdb } => Action::Restart { node, keep_rdb },
        });
        self.run(TURN);
    }

    fn info(&mut self, node: Id) -> Option<String> {
        let now = self.world.now();
        let node = self.world.hosts()[node].node.as_ref()?;
        let sections = ["server", "clients", "memory", "persistence", "stats", "replication", "keyspace"];
        Some(sections.iter().map(|section| node.info(now, section)).collect())
    }

    fn is_running(&mut self, node: Id) -> bool {
        self.world.hosts()[node].node.is_some()
    }

    fn pass(&mut self) {
        self.run(Duration::from_millis(5));
    }

    fn sleep(&mut self, time: Duration) {
        self.run(time);
    }

    fn elapsed(&self) -> Duration {
        self.world.now().since(self.began)
    }

    fn began_ms(&self) -> i64 {
        self.began.millis()
    }

    fn connections(&mut self) -> Vec<Connection> {
        self.connections.clone()
    }
}
