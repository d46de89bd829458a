//! Real servers, with a network between them that records.

use super::scenario::{ProcessFault, Scenario, Word};
use super::side::Side;
use crate::client::Client;
use crate::network::{Connection, Id, LinkFault, Network, source};
use crate::server::{Kind, Server};
use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub struct Real {
    network: Network,
    servers: Vec<Server>,
    clients: BTreeMap<(Id, u8), Client>,
    /// A connection to each process, for INFO.
    observers: BTreeMap<Id, Client>,
    began: Instant,
    began_ms: i64,
}

impl Real {
    pub fn new(scenario: &Scenario) -> Real {
        let network = Network::new(scenario.nodes.len());
        let start = |node: Id| {
            let mut options: Vec<(String, String)> = vec![
                ("bind-source-addr".into(), source(node).to_string()),
                ("replica-announce-port".into(), network.ports[node].to_string()),
                ("repl-ping-replica-period".into(), "3600".into()),
            ];
            for (name, value) in &scenario.nodes[node].settings {
                options.push((name.clone(), value.iter().map(|word| text(word, &network)).collect()));
            }
            let options: Vec<(&str, &str)> = options.iter().map(|(name, value)| (&**name, &**value)).collect();
            let server = Server::start(Kind::Redis, &options);
            network.lead(node, server.port);
            server
        };
        let servers = (0..scenario.nodes.len()).map(start).collect();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
        Real {
            network,
            servers,
            clients: BTreeMap::new(),
            observers: BTreeMap::new(),
            began: Instant::now(),
            began_ms: now.as_millis() as i64,
        }
    }

    fn forget_clients(&mut self, node: Id) {
        self.clients.retain(|(of, _), _| *of != node);
        self.observers.remove(&node);
    }
}

fn text(word: &Word, network: &Network) -> String {
    match word {
        Word::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Word::Address(id) => format!("127.0.0.1 {}", network.ports[*id]),
        Word::Port(id) => network.ports[*id].to_string(),
    }
}

impl Side for Real {
    fn port(&self, node: Id) -> u16 {
        self.network.ports[node]
    }

    fn send(&mut self, node: Id, client: u8, args: &[Vec<u8>]) {
        if !self.clients.contains_key(&(node, client)) {
            let Ok(new) = Client::connect(self.servers[node].port) else {
                return;
            };
            self.clients.insert((node, client), new);
        }
        if let Some(client) = self.clients.get_mut(&(node, client)) {
            client.send_command(args);
        }
    }

    fn receive(&mut self, node: Id, client: u8) -> Result<Option<Vec<u8>>, String> {
        let Some(connection) = self.clients.get_mut(&(node, client)) else {
            return Ok(None);
        };
        let reply = connection.next_reply()?;
        if reply.is_none() {
            self.clients.remove(&(node, client));
        }
        Ok(reply)
    }

    fn hang_up(&mut self, node: Id, client: u8) {
        self.clients.remove(&(node, client));
    }

    fn link(&mut self, a: Id, b: Id, fault: LinkFault) {
        self.network.fault(a, b, fault);
    }

    fn process(&mut self, node: Id, fault: ProcessFault) {
        let server = &mut self.servers[node];
        match fault {
            ProcessFault::Pause => server.signal("STOP"),
            ProcessFault::Resume => server.signal("CONT"),
            ProcessFault::Kill => {
                server.kill();
                self.forget_clients(node);
            }
            ProcessFault::Start { keep_rdb } => {
                if !keep_rdb {
                    // There may be none.
                    let _ = fs::remove_file(server.dir().join("dump.rdb"));
                }
                server.start_again();
                self.forget_clients(node);
            }
        }
    }

    fn info(&mut self, node: Id) -> Option<String> {
        if !self.servers[node].is_running() {
            self.observers.remove(&node);
            return None;
        }
        let server = &self.servers[node];
        let observer = self.observers.entry(node).or_insert_with(|| server.client());
        Some(observer.text("INFO everything"))
    }

    fn is_running(&mut self, node: Id) -> bool {
        self.servers[node].is_running()
    }

    fn pass(&mut self) {
        std::thread::sleep(Duration::from_millis(10));
    }

    fn sleep(&mut self, time: Duration) {
        std::thread::sleep(time);
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    fn began_ms(&self) -> i64 {
        self.began_ms
    }

    fn connections(&mut self) -> Vec<Connection> {
        self.network.connections()
    }
}
