//! Virtual time: the only clock the model knows.
//!
//! Rule: time is an argument. Nothing below the hosts asks the machine what time it is; a host says
//! it with every input, and the same inputs at the same times give the same run.
//! Redis keeps two of these: `server.mstime` for expiry (Unix time in milliseconds) and `server.unixtime`
//! for replication book-keeping (whole seconds). Both are derived here from one count of microseconds.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

/// Microseconds since the Unix epoch, as the node's own clock would tell them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(pub u64);

impl Time {
    /// Later than every moment of every run.
    pub const NEVER: Time = Time(u64::MAX);

    pub const fn from_millis(ms: u64) -> Time {
        Time(ms.saturating_mul(1_000))
    }

    /// Unix time in milliseconds, as Redis' `mstime()`.
    pub const fn millis(self) -> i64 {
        (self.0 / 1_000) as i64
    }

    /// Unix time in whole seconds, as Redis' `server.unixtime`.
    pub const fn secs(self) -> i64 {
        (self.0 / 1_000_000) as i64
    }

    /// How long after `earlier` this is; zero if it is not after it.
    pub fn since(self, earlier: Time) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Time {
    type Output = Time;
    fn add(self, d: Duration) -> Time {
        Time(self.0.saturating_add(d.as_micros().min(u128::from(u64::MAX)) as u64))
    }
}

impl Sub<Duration> for Time {
    type Output = Time;
    fn sub(self, d: Duration) -> Time {
        Time(self.0.saturating_sub(d.as_micros().min(u128::from(u64::MAX)) as u64))
    }
}

/// Seconds with milliseconds, as the page's clock shows a run's own time: `7.214s`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}s", self.0 / 1_000_000, self.0 / 1_000 % 1_000)
    }
}
