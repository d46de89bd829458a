//! A scenario being done to one side, and what was seen there.

use super::normal::{self, Seen};
use super::scenario::{Act, Scenario, Step, Word};
use super::side::Side;
use crate::network::{Id, LinkFault};
use replscope::wire::printable;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a state is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// The client that looks at checkpoints; scenarios name theirs, and there are fewer.
const OBSERVER: u8 = 200;

/// Does every step, as far as it goes.
pub fn run(scenario: &Scenario, side: &mut dyn Side) -> Seen {
    let mut run = Run { scenario, side, told: vec![], reply_bytes: 0, cut: BTreeSet::new() };
    let failed = scenario.steps.iter().find_map(|step| {
        let why = run.step(step).err()?;
        Some(format!("{}: {why}", step.text))
    });
    let (told, reply_bytes) = (run.told, run.reply_bytes);
    Seen { failed, ..normal::seen(scenario, side, told, reply_bytes) }
}

struct Run<'a> {
    scenario: &'a Scenario,
    side: &'a mut dyn Side,
    /// Replies and checkpoints, a line each.
    told: Vec<String>,
    reply_bytes: usize,
    /// Links that are cut now.
    cut: BTreeSet<(Id, Id)>,
}

impl Run<'_> {
    fn step(&mut self, step: &Step) -> Result<(), String> {
        match &step.act {
            Act::Send { node, client, words, and_receive } => {
                let args = self.args(words);
                self.side.send(*node, *client, &args);
                if *and_receive {
                    self.receive(*node, *client, &step.text)?;
                }
            }
            Act::Receive { node, client } => self.receive(*node, *client, &step.text)?,
            Act::HangUp { node, client } => self.side.hang_up(*node, *client),
            Act::Link { a, b, fault } => {
                self.side.link(*a, *b, *fault);
                match fault {
                    LinkFault::Cut => _ = self.cut.insert((*a, *b)),
                    LinkFault::Heal => _ = self.cut.remove(&(*a, *b)),
                    _ => {}
                }
            }
            Act::Process { node, fault } => self.side.process(*node, *fault),
            Act::WaitInfo { node, text } => {
                self.until(|side| side.info(*node).is_some_and(|info| info.contains(text)))?;
            }
            Act::WaitGone { node } => self.until(|side| !side.is_running(*node))?,
            Act::Settle { nodes } => self.until(|side| is_settled(side, nodes))?,
            Act::Sleep(time) => self.side.sleep(*time),
            Act::Checkpoint(name) => self.checkpoint(name)?,
        }
        Ok(())
    }

    fn args(&self, words: &[Word]) -> Vec<Vec<u8>> {
        let port = |id: Id| self.side.port(id).to_string().into_bytes();
        let args = words.iter().flat_map(|word| match word {
            Word::Bytes(bytes) => vec![bytes.clone()],
            Word::Address(id) => vec![b"127.0.0.1".to_vec(), port(*id)],
            Word::Port(id) => vec![port(*id)],
        });
        args.collect()
    }

    fn receive(&mut self, node: Id, client: u8, text: &str) -> Result<(), String> {
        let reply = self.side.receive(node, client)?;
        self.reply_bytes += reply.as_ref().map_or(0, Vec::len);
        let shown = reply.map_or("(closed)".into(), |bytes| printable(&bytes));
        self.told.push(format!("{text} -> {shown}"));
        Ok(())
    }

    fn until(&mut self, mut reached: impl FnMut(&mut dyn Side) -> bool) -> Result<(), String> {
        let end = self.side.elapsed() + PATIENCE;
        while !reached(self.side) {
            if self.side.elapsed() > end {
                let infos = (0..self.scenario.nodes.len()).filter_map(|id| self.side.info(id));
                let fields = ["role", "master_", "slave", "connected_slaves", "rdb_bgsave"];
                let shown = |info: String| -> String {
                    let lines = info.lines().filter(|line| fields.iter().any(|field| line.starts_with(field)));
                    lines.map(|line| format!("{line} ")).collect()
                };
                return Err(format!("waited in vain; {}", infos.map(shown).collect::<Vec<_>>().join(" | ")));
            }
            self.side.pass();
        }
        Ok(())
    }

    fn checkpoint(&mut self, name: &str) -> Result<(), String> {
        for node in 0..self.scenario.nodes.len() {
            if !self.side.is_running(node) {
                self.told.push(format!("{name} {} is gone", self.scenario.nodes[node].name));
                continue;
            }
            self.log_in(node)?;
            for (what, command) in [
                ("info", &["INFO", "replication"][..]),
                ("role", &["ROLE"]),
                ("digest", &["DEBUG", "DIGEST"]),
                ("stats", &["INFO", "stats"]),
                ("keys", &["INFO", "keyspace"]),
            ] {
                let args: Vec<Vec<u8>> = command.iter().map(|arg| arg.as_bytes().to_vec()).collect();
                self.side.send(node, OBSERVER, &args);
                let reply = self.side.receive(node, OBSERVER)?.unwrap_or_default();
                self.note(name, node, what, &reply);
            }
        }
        Ok(())
    }

    /// The observer gives the password with which the node began, if there is one.
    fn log_in(&mut self, node: Id) -> Result<(), String> {
        let settings = &self.scenario.nodes[node].settings;
        if let Some((_, words)) = settings.iter().find(|(name, _)| name == "requirepass") {
            let args = [vec![b"AUTH".to_vec()], self.args(words)].concat();
            self.side.send(node, OBSERVER, &args);
            self.side.receive(node, OBSERVER)?;
        }
        Ok(())
    }

    fn note(&mut self, name: &str, node: Id, what: &str, reply: &[u8]) {
        let calls_in_vain = self.cut.iter().any(|(a, b)| *a == node || *b == node);
        let node = &self.scenario.nodes[node].name;
        let text = String::from_utf8_lossy(reply);
        let lines: Vec<&str> = match what {
            "info" | "keys" => text.lines().collect(),
            "stats" => text.lines().filter(|line| COUNTERS.iter().any(|field| line.starts_with(field))).collect(),
            _ => vec![],
        };
        if what == "info" {
            self.reply_bytes += reply.len();
        }
        if lines.is_empty() && what != "stats" {
            let mut shown = printable(reply);
            if what == "role" && calls_in_vain {
                // A call that will be refused may be under way.
                for state in ["$9\\r\\nhandshake", "$10\\r\\nconnecting"] {
                    shown = shown.replace(state, "$7\\r\\nconnect");
                }
            }
            self.told.push(format!("{name} {node} {what} {shown}"));
        }
        // The length of the text changes with what it counts.
        let lines = lines.into_iter().filter(|line| !line.starts_with('$'));
        // The average changes with every look at it.
        let lines = lines.map(|line| line.split_once(",avg_ttl=").map_or(line, |(before, _)| before));
        self.told.extend(lines.map(|line| format!("{name} {node} {line}")));
    }
}

/// Of INFO stats.
const COUNTERS: [&str; 4] = ["sync_full:", "sync_partial_ok:", "sync_partial_err:", "expired_keys:"];

/// The value of a field of INFO.
fn field<'a>(info: &'a str, name: &str) -> &'a str {
    info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap_or_default()
}

/// Do these nodes' replicas follow, and have they acknowledged everything?
fn is_settled(side: &mut dyn Side, nodes: &[Id]) -> bool {
    let infos: Vec<(u16, String)> =
        nodes.iter().filter_map(|id| side.info(*id).map(|info| (side.port(*id), info))).collect();
    infos.iter().all(|(_, info)| {
        let offset = field(info, "master_repl_offset");
        let replicas = info.lines().filter(|line| line.starts_with("slave") && line.contains(":ip="));
        let acknowledged = format!(",offset={offset},");
        let served = { replicas }.all(|line| line.contains("state=online") && line.contains(&acknowledged));
        let master = field(info, "master_port");
        let followed = infos.iter().find(|(port, _)| port.to_string() == master);
        let follows = field(info, "role") == "master"
            || field(info, "master_link_status") == "up"
                && followed.is_none_or(|(_, of)| field(of, "master_repl_offset") == offset);
        served && follows
    })
}
