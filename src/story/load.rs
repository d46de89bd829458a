//! A load: a client that sends commands at a steady rate.
//!
//! Rule: the n-th command of a load depends on nothing but n, so that a run can be entered anywhere.
//!
//! ```text
//! load a 200 from 5s to 20s                      SET key:<k> <value>, 200 times a second
//! load a 200 keys 30 size 64 mix SET:6,INCR:3,LPUSH
//! load a 0 from 12s                              ends what runs on a
//! ```

use crate::rng::Rng;
use crate::sim::{Action, NodeId};
use crate::wire::Bytes;
use std::time::Duration;

/// Commands on random keys, so many times a second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    pub node: NodeId,
    /// Commands a second; 0 ends the loads of this node that began before.
    pub rate: u32,
    /// Keys are chosen from so many.
    pub keys: u32,
    pub value_bytes: u64,
    /// Which commands, with their weights; empty: SET alone.
    #[cfg(feature = "complete")]
    pub mix: Vec<(LoadCommand, u32)>,
    pub from: Duration,
    pub to: Duration,
}

/// A command that a load sends. Each kind of value has keys of its own: `key:`, `counter:` and `list:`.
#[cfg(feature = "complete")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadCommand {
    Set,
    Get,
    Incr,
    Lpush,
    Del,
    Expire,
}

#[cfg(feature = "complete")]
impl LoadCommand {
    pub const ALL: [LoadCommand; 6] = [
        LoadCommand::Set,
        LoadCommand::Get,
        LoadCommand::Incr,
        LoadCommand::Lpush,
        LoadCommand::Del,
        LoadCommand::Expire,
    ];

    pub fn name(self) -> &'static str {
        match self {
            LoadCommand::Set => "SET",
            LoadCommand::Get => "GET",
            LoadCommand::Incr => "INCR",
            LoadCommand::Lpush => "LPUSH",
            LoadCommand::Del => "DEL",
            LoadCommand::Expire => "EXPIRE",
        }
    }

    /// What stands before the number of its keys.
    fn prefix(self) -> &'static str {
        match self {
            LoadCommand::Incr => "counter",
            LoadCommand::Lpush => "list",
            _ => "key",
        }
    }
}

impl Load {
    /// The largest value, bytes.
    pub const VALUE_MAX: u64 = 64 << 10;
    /// What a key costs beside its value, bytes.
    pub const KEY_COST: u64 = 64;
    /// The most that keys and values together may hold, bytes: a lesson comes from anywhere.
    pub const HELD_MAX: u64 = 16 << 20;

    /// At this rate, 100 keys with values of 8 bytes, for ten seconds.
    pub fn new(node: NodeId, rate: u32) -> Load {
        Load {
            node,
            rate,
            keys: 100,
            value_bytes: 8,
            #[cfg(feature = "complete")]
            mix: vec![],
            from: Duration::ZERO,
            to: Duration::from_secs(10),
        }
    }

    /// When the n-th command is due; `None` after the last.
    pub fn due(&self, n: u64) -> Option<Duration> {
        let micros = n.checked_mul(1_000_000)? / u64::from(self.rate.max(1));
        let at = self.from.checked_add(Duration::from_micros(micros))?;
        (self.rate > 0 && at < self.to).then_some(at)
    }

    pub fn command(&self, n: u64) -> Action {
        let mut rng = Rng::new(n);
        #[cfg(feature = "complete")]
        if !self.mix.is_empty() {
            return Action::Command { node: self.node, args: self.mixed(n, &mut rng) };
        }
        let key = format!("key:{}", rng.below(u64::from(self.keys.max(1))));
        let args = vec![b"SET"[..].into(), key.into_bytes().into(), self.value(&mut rng)];
        Action::Command { node: self.node, args }
    }

    fn value(&self, rng: &mut Rng) -> Bytes {
        let length = self.value_bytes.min(Load::VALUE_MAX);
        (0..length).map(|_| b'a' + rng.below(26) as u8).collect::<Vec<u8>>().into()
    }

    #[cfg(feature = "complete")]
    fn mixed(&self, n: u64, rng: &mut Rng) -> Vec<Bytes> {
        let command = self.chosen(n);
        let key = format!("{}:{}", command.prefix(), rng.below(u64::from(self.keys.max(1))));
        let mut args: Vec<Bytes> = vec![command.name().as_bytes().into(), key.into_bytes().into()];
        match command {
            LoadCommand::Set | LoadCommand::Lpush => args.push(self.value(rng)),
            LoadCommand::Expire => args.push((1 + rng.below(9)).to_string().into_bytes().into()),
            LoadCommand::Get | LoadCommand::Incr | LoadCommand::Del => {}
        }
        args
    }

    #[cfg(feature = "complete")]
    fn chosen(&self, n: u64) -> LoadCommand {
        let total = self.mix.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let mut left = if total > 0 { Rng::new(!n).below(total) } else { 0 };
        let chosen = self.mix.iter().find(|(_, weight)| {
            let is_it = left < u64::from(*weight);
            left = left.saturating_sub(u64::from(*weight));
            is_it
        });
        chosen.map_or(LoadCommand::Set, |(command, _)| *command)
    }

    /// The most bytes that its keys and values may come to hold.
    pub fn held_bytes(&self) -> u64 {
        let cost = self.value_bytes + Load::KEY_COST;
        let kept = u64::from(self.keys).saturating_mul(cost);
        #[cfg(feature = "complete")]
        if self.mix.iter().any(|(command, _)| *command == LoadCommand::Lpush) {
            let sent = u64::from(self.rate).saturating_mul(self.to.saturating_sub(self.from).as_secs() + 1);
            return kept.saturating_add(sent.saturating_mul(cost));
        }
        kept
    }

    /// The loads as they run: one of no commands ends those of its node that began before it, or at its moment and above
    /// it; so what stands below it at the same moment takes their place.
    #[cfg(feature = "complete")]
    pub(super) fn ended(loads: &[Load]) -> Vec<Load> {
        let mut running = loads.to_vec();
        for (n, end) in loads.iter().enumerate().filter(|(_, load)| load.rate == 0) {
            for (place, load) in running.iter_mut().enumerate() {
                let is_before = load.from < end.from || (load.from == end.from && place < n);
                if load.node == end.node && load.rate > 0 && is_before {
                    load.to = load.to.min(end.from);
                }
            }
        }
        running
    }

    /// Those of a node that run at a moment.
    #[cfg(feature = "complete")]
    pub fn running(loads: &[Load], node: NodeId, at: Duration) -> Vec<Load> {
        let mut running = Load::ended(loads);
        running.retain(|load| load.node == node && load.rate > 0 && load.from <= at && at < load.to);
        running
    }

    /// `SET:6,INCR:3,LPUSH`: commands and their weights, which are 1 where none is given.
    #[cfg(feature = "complete")]
    pub(super) fn parse_mix(text: &str) -> Option<Vec<(LoadCommand, u32)>> {
        let part = |part: &str| {
            let (name, weight) = part.split_once(':').unwrap_or((part, "1"));
            let command = LoadCommand::ALL.into_iter().find(|command| command.name().eq_ignore_ascii_case(name))?;
            let weight = weight.parse().ok().filter(|weight| (1..=1_000).contains(weight))?;
            Some((command, weight))
        };
        let mix: Vec<(LoadCommand, u32)> = text.split(',').map(part).collect::<Option<_>>()?;
        let is_new = |n: usize| mix[..n].iter().all(|(command, _)| *command != mix[n].0);
        (0..mix.len()).all(is_new).then_some(mix)
    }

    /// The mix as it is written in a lesson; empty for SET alone.
    #[cfg(feature = "complete")]
    pub fn mix_text(&self) -> String {
        let parts = self.mix.iter().map(|(command, weight)| format!("{}:{weight}", command.name()));
        parts.collect::<Vec<_>>().join(",")
    }
}
