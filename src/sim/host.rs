//! A machine with one Redis process on it: what the process keeps between inputs, and what outlives it.

use super::EPOCH;
use crate::node::{Addr, Config, ConnId, Input, Node};
use crate::time::Time;
use crate::vec_map::VecMap;
use crate::wire::Bytes;
use std::collections::VecDeque;
use std::time::Duration;

/// A node of a setup.
#[derive(Clone, Debug, PartialEq)]
pub struct HostSetup {
    pub name: String,
    pub config: Config,
}

/// A machine with one Redis process on it.
#[derive(Clone, Debug)]
pub struct Host {
    pub name: String,
    pub addr: Addr,
    /// It was added, and not removed.
    pub is_there: bool,
    /// `None` after a crash.
    pub node: Option<Node>,
    pub paused: bool,
    /// Since when it is paused, if it is.
    pub(super) paused_at: Time,
    /// The RDB file.
    pub disk: Option<Bytes>,
    pub(super) config: Config,
    pub(super) wake: Time,
    pub(super) conns: VecMap<ConnId, u64>,
    pub(super) next_accept: u64,
    /// Inputs that wait for a paused process.
    pub(super) held: VecDeque<Input>,
    /// Clients on this machine, by number.
    pub(super) consoles: VecMap<u8, Console>,
}

/// A client on the machine of its node: its bytes arrive at once.
#[derive(Clone, Debug)]
pub(super) struct Console {
    pub conn: ConnId,
    /// Its commands that are not answered yet.
    pub asked: VecDeque<Vec<Bytes>>,
}

impl Host {
    pub(super) fn new(setup: &HostSetup, n: usize, seed: u64) -> Host {
        // Servers are not started in the same instant: their crons tick at different parts of a second.
        let booted = EPOCH - Duration::from_millis(1000 - (n as u64 * 137) % 1000);
        let mut host = Host::empty(setup);
        host.start(seed, booted, None);
        host
    }

    /// A machine on which nothing was started.
    pub(super) fn empty(setup: &HostSetup) -> Host {
        Host {
            name: setup.name.clone(),
            addr: Addr { host: "127.0.0.1".into(), port: setup.config.port },
            is_there: true,
            node: None,
            paused: false,
            paused_at: EPOCH,
            disk: None,
            config: setup.config.clone(),
            wake: Time::NEVER,
            conns: VecMap::new(),
            next_accept: 0,
            held: VecDeque::new(),
            consoles: VecMap::new(),
        }
    }

    /// The number of the client that a connection belongs to.
    pub(super) fn client_of(&self, conn: ConnId) -> Option<u8> {
        self.consoles.iter().find(|(_, console)| console.conn == conn).map(|(client, _)| client)
    }

    /// Does this client have a connection? It gets one with its first command, and loses it when the node closes it.
    pub fn is_connected(&self, client: u8) -> bool {
        self.consoles.get(client).is_some()
    }

    /// Starts the process. With a file that cannot be read it does not start, as Redis would not.
    pub(super) fn start(&mut self, seed: u64, at: Time, rdb: Option<Bytes>) {
        self.node = Node::new(self.config.clone(), seed, at, rdb).ok();
        self.wake = self.node.as_ref().map_or(Time::NEVER, Node::next_timeout);
    }
}
