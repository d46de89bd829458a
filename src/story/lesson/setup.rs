//! The lines of a lesson's text that say what there is: nodes, links, their scale and their settings.
//!
//! Rule: what a line says of all nodes holds for those that come later, too.

use super::super::source::{LessonError, Word, Words, problem};
use super::{Reading, find};
use crate::node::{Addr, BlockSize, Config, ConfigError};
use crate::sim::{HostSetup, LinkSetup, NodeId};

/// The most nodes.
const NODES_MAX: usize = 50;

impl Reading {
    /// `node NAME PORT [replicaof NAME]`
    pub(super) fn node(&mut self, mut words: Words) -> Result<(), LessonError> {
        let name = words.expect("a name, then a port")?;
        let (port, master) = self.newcomer(&name, &mut words)?;
        let setup = &mut self.lesson.scenario.setup;
        let mut config = Config { port, ..setup.newcomer.clone() };
        if let Some(master) = master.and_then(|id| setup.hosts.get(id.index())) {
            config.replicaof = Some(Addr { host: "127.0.0.1".into(), port: master.config.port });
        }
        words.finish("replicaof NAME, or the end of the line")?;
        setup.hosts.push(HostSetup { name: name.text, config });
        Ok(())
    }

    /// `NAME PORT [replicaof NAME]` of a node that is new: its port, and its master.
    pub(in crate::story) fn newcomer(
        &self,
        name: &Word,
        words: &mut Words,
    ) -> Result<(u16, Option<NodeId>), LessonError> {
        let hosts = &self.lesson.scenario.setup.hosts;
        if !name.text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') || name.text.len() > 16 {
            return Err(words.wrong(
                name,
                problem!("'{}' is not a name", name.text),
                "up to 16 letters, digits and hyphens",
            ));
        }
        let is_taken = find(hosts, &name.text).is_some();
        #[cfg(feature = "complete")]
        let is_taken = is_taken || self.has_joined(&name.text);
        if is_taken {
            return Err(words.wrong(name, problem!("there is a node '{}' already", name.text), "another name"));
        }
        let count = hosts.len();
        #[cfg(feature = "complete")]
        let count = count + self.growth.others(&name.text);
        if count >= NODES_MAX {
            return Err(words.wrong(name, "there are too many nodes", problem!("at most {NODES_MAX}")));
        }
        let port_word = words.expect("a port")?;
        let port = port_word
            .text
            .parse::<u16>()
            .ok()
            .filter(|port| *port > 0 && hosts.iter().all(|host| host.config.port != *port));
        #[cfg(feature = "complete")]
        let port = port.filter(|port| !self.growth.has_port(*port));
        let Some(port) = port else {
            return Err(words.wrong(
                &port_word,
                problem!("'{}' cannot be this node's port", port_word.text),
                "a number from 1 to 65535 that no other node has",
            ));
        };
        if !words.take_if("replicaof") {
            return Ok((port, None));
        }
        let master = words.expect("the name of a node above")?;
        Ok((port, Some(self.node_named(words, &master)?)))
    }

    /// `link A B [latency TIME] [bandwidth BYTES]`
    pub(super) fn link(&mut self, mut words: Words) -> Result<(), LessonError> {
        let (a, b) = self.pair(&mut words)?;
        let setup = self.link_setup(&mut words)?;
        self.lesson.scenario.setup.links.push((a, b, setup));
        Ok(())
    }

    pub(super) fn link_setup(&self, words: &mut Words) -> Result<LinkSetup, LessonError> {
        let mut setup = self.lesson.scenario.setup.default_link;
        while let Some(word) = words.next() {
            match word.text.as_str() {
                "latency" => setup.latency = words.duration()?,
                "bandwidth" => setup.bandwidth = Some(words.bytes()?.max(1)),
                _ => {
                    return Err(words.wrong(
                        &word,
                        problem!("'{}' is no property of a link", word.text),
                        "latency TIME, bandwidth BYTES (a second)",
                    ));
                }
            }
        }
        Ok(setup)
    }

    /// `scale backlog BYTES block BYTES chunk BYTES buffer BYTES snapshot TIME`, for every node.
    pub(super) fn scale(&mut self, mut words: Words) -> Result<(), LessonError> {
        const ACCEPTED: &str = "backlog BYTES, block BYTES, chunk BYTES, buffer BYTES, snapshot TIME";
        while let Some(word) = words.next() {
            let change: Box<dyn Fn(&mut Config)> = match word.text.as_str() {
                "backlog" => {
                    let bytes = words.bytes()?.max(1);
                    Box::new(move |c| c.repl_backlog_size = bytes)
                }
                "block" => {
                    let bytes = words.bytes()?.max(1);
                    Box::new(move |c| c.backlog_block = BlockSize::Scaled(bytes))
                }
                "chunk" => {
                    let bytes = words.bytes()?.max(1);
                    Box::new(move |c| c.snapshot_chunk = bytes)
                }
                "buffer" => {
                    let bytes = words.bytes()?.max(1);
                    Box::new(move |c| c.socket_buffer = bytes)
                }
                "snapshot" => {
                    let time = words.duration()?;
                    Box::new(move |c| c.snapshot_time = time)
                }
                _ => {
                    return Err(words.wrong(&word, problem!("'{}' cannot be scaled", word.text), ACCEPTED));
                }
            };
            change(&mut self.lesson.scenario.setup.newcomer);
            self.lesson.scenario.setup.hosts.iter_mut().for_each(|host| change(&mut host.config));
        }
        Ok(())
    }

    /// `config NODE|* NAME VALUE`; for all, also for those that come later.
    pub(super) fn config(&mut self, mut words: Words) -> Result<(), LessonError> {
        let who = words.expect("a node's name, or * for all")?;
        let only = if who.text == "*" { None } else { Some(self.node_named(&words, &who)?) };
        let setup = &mut self.lesson.scenario.setup;
        if only.is_some_and(|id| id.index() >= setup.hosts.len()) {
            return Err(words.wrong(&who, "this node is added later", "CONFIG SET at its time"));
        }
        let name = words.expect("the name of a setting")?;
        let value = words.expect("a value")?;
        words.finish("the end of the line")?;
        let newcomer = only.is_none().then_some(&mut setup.newcomer);
        let hosts = setup.hosts.iter_mut().enumerate();
        let chosen = hosts.filter(|(n, _)| only.is_none_or(|id| id.index() == *n)).map(|(_, host)| &mut host.config);
        for config in chosen.chain(newcomer) {
            config.set(&name.text, &value.text).map_err(|error| match error {
                ConfigError::Refused { why, .. } => words.wrong(
                    &value,
                    problem!("'{}' cannot be the value of {}: {why}", value.text, name.text),
                    "a value that CONFIG SET takes",
                ),
                ConfigError::Unknown { .. } => words.wrong(
                    &name,
                    problem!("'{}' is not a setting", name.text),
                    problem!("{}", Config::names().collect::<Vec<_>>().join(", ")),
                ),
            })?;
        }
        Ok(())
    }
}
