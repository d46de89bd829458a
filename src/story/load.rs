//! A load: a client that writes at a steady rate.
//!
//! Rule: the n-th command of a load depends on nothing but n, so that a run can be entered anywhere.

use crate::rng::Rng;
use crate::sim::{Action, NodeId};
use std::time::Duration;

/// `SET key:<k> <value>`, so many times a second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    pub node: NodeId,
    /// Commands a second.
    pub rate: u32,
    /// Keys are chosen from so many.
    pub keys: u32,
    pub value_bytes: u64,
    pub from: Duration,
    pub to: Duration,
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
        Load { node, rate, keys: 100, value_bytes: 8, from: Duration::ZERO, to: Duration::from_secs(10) }
    }

    /// When the n-th command is due; `None` after the last.
    pub fn due(&self, n: u64) -> Option<Duration> {
        let micros = n.checked_mul(1_000_000)? / u64::from(self.rate.max(1));
        let at = self.from.checked_add(Duration::from_micros(micros))?;
        (self.rate > 0 && at < self.to).then_some(at)
    }

    pub fn command(&self, n: u64) -> Action {
        let mut rng = Rng::new(n);
        let key = format!("key:{}", rng.below(u64::from(self.keys.max(1))));
        let value: Vec<u8> = (0..self.value_bytes.min(Load::VALUE_MAX)).map(|_| b'a' + rng.below(26) as u8).collect();
        let args = vec![b"SET"[..].into(), key.into_bytes().into(), value.into()];
        Action::Command { node: self.node, args }
    }
}
