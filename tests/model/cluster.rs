//! A few nodes in a simulated network, and what happened to them: what the tests of the network and of the invariants
//! have in common.

use replscope::node::{Config, Node};
use replscope::sim::{Action, Checks, Entry, HostSetup, LinkSetup, NodeId, Setup, What, World};
use std::time::Duration;

#[derive(Clone)]
pub struct Cluster {
    pub world: World,
    pub checks: Checks,
    /// Everything that happened.
    pub journal: Vec<Entry>,
}

/// A node's port; its name is a letter from `a` on.
pub fn port(n: usize) -> u16 {
    6379 + n as u16
}

impl Cluster {
    /// So many masters without replicas. Snapshots go to disk, which is quicker than waiting for the diskless delay, and
    /// nobody pings.
    pub fn new(nodes: usize, seed: u64) -> Cluster {
        let config = |n| Config {
            port: port(n),
            repl_diskless_sync: false,
            repl_ping_replica_period_secs: 3600,
            ..Config::default()
        };
        let name = |n| char::from(b'a' + n as u8).to_string();
        let hosts = (0..nodes).map(|n| HostSetup { name: name(n), config: config(n) }).collect();
        Cluster::of(Setup { seed, hosts, ..Setup::default() })
    }

    /// A master `a`, and replicas that follow it.
    pub fn following(nodes: usize, seed: u64) -> Cluster {
        let mut cluster = Cluster::new(nodes, seed);
        (1..nodes).for_each(|n| cluster.follow(n, 0));
        cluster.run(Duration::from_secs(1));
        cluster
    }

    pub fn of(setup: Setup) -> Cluster {
        Cluster { world: World::new(&setup), checks: Checks::default(), journal: vec![] }
    }

    pub fn act(&mut self, action: Action) {
        self.world.act(&action);
        self.take();
    }

    pub fn follow(&mut self, replica: usize, master: usize) {
        self.say(replica, &format!("REPLICAOF 127.0.0.1 {}", port(master)));
    }

    /// A client of this node sends a command.
    pub fn say(&mut self, node: usize, text: &str) {
        let args = text.split(' ').map(|word| word.as_bytes().into()).collect();
        self.act(Action::Command { node: id(node), args });
    }

    /// What a client of this node is answered: RESP.
    pub fn ask(&mut self, node: usize, text: &str) -> String {
        let before = self.journal.len();
        self.say(node, text);
        let answers = self.journal[before..].iter().filter_map(|entry| match &entry.what {
            What::Answered { reply, .. } => Some(String::from_utf8_lossy(reply).into_owned()),
            _ => None,
        });
        answers.collect()
    }

    pub fn run(&mut self, time: Duration) {
        let end = self.world.now() + time;
        while self.world.next_due() <= end {
            self.advance();
        }
        self.world.wait_until(end);
    }

    /// The next thing that is due.
    pub fn advance(&mut self) {
        self.world.advance();
        self.take();
    }

    fn take(&mut self) {
        let entries = self.world.take_journal();
        entries.iter().for_each(|entry| self.checks.observe(entry));
        self.journal.extend(entries);
    }

    pub fn node(&self, n: usize) -> &Node {
        self.world.hosts()[n].node.as_ref().expect("the process runs")
    }

    pub fn info(&self, n: usize) -> String {
        self.node(n).info(self.world.now(), "replication")
    }

    /// How often something happened since entry `from`.
    pub fn count(&self, from: usize, matches: impl Fn(&Entry) -> bool) -> usize {
        self.journal[from..].iter().filter(|entry| matches(entry)).count()
    }
}

pub fn id(n: usize) -> NodeId {
    NodeId(n as u8)
}

pub fn slow(a: usize, b: usize, latency_ms: u64, bandwidth: Option<u64>) -> Action {
    let LinkSetup { latency, bandwidth } = LinkSetup { latency: Duration::from_millis(latency_ms), bandwidth };
    Action::Slow { a: id(a), b: id(b), latency, bandwidth }
}
