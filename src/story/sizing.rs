//! How large a backlog must be: what is written in an outage must fit in.
//!
//! Rule: rate × outage, with what the master writes by itself, and room for what was not foreseen. The backlog is kept in
//! whole blocks of which the oldest leaves only when the size is left without it, so it holds no less than its size and
//! less than a block more (`incrementalTrimReplicationBacklog`).

use std::ops::RangeInclusive;

/// What a PING adds to the stream, bytes, every `repl-ping-replica-period` of ten seconds.
const PING: f64 = 1.4;
/// A block of Redis 7.0, as the allocator rounds it up.
pub const BLOCK: u64 = 20_440;
/// Redis' own setting.
pub const USUAL: u64 = 1 << 20;
const MIB: u64 = 1 << 20;

/// The learner's numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Writes a second.
    pub rate: u64,
    /// Bytes of a write in the stream.
    pub bytes: u64,
    /// Seconds of the longest outage to get over.
    pub outage: u64,
    /// How many times as much room as that needs.
    pub reserve: u64,
}

/// What can be entered.
pub const RATES: RangeInclusive<u64> = 1..=1_000_000;
pub const BYTES: RangeInclusive<u64> = 14..=1_000_000;
pub const OUTAGES: RangeInclusive<u64> = 1..=86_400;
pub const RESERVES: RangeInclusive<u64> = 1..=10;

/// What comes of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizing {
    /// Bytes of stream a second.
    pub rate: u64,
    /// What is written in the outage.
    pub missed: u64,
    /// `repl-backlog-size`, bytes: whole megabytes.
    pub size: u64,
    /// Blocks that the backlog then has, and the most that it holds.
    pub blocks: u64,
    pub most: u64,
    /// For how long Redis' own size does, in tenths of a second.
    pub usual_lasts: u64,
}

impl Load {
    pub fn sizing(&self) -> Sizing {
        let rate = (self.rate * self.bytes) as f64 + PING;
        let missed = (rate * self.outage as f64).ceil() as u64;
        let size = (missed * self.reserve).div_ceil(MIB) * MIB;
        let blocks = size.div_ceil(BLOCK) + 1;
        let usual_lasts = (USUAL as f64 / rate * 10.0) as u64;
        Sizing { rate: rate.round() as u64, missed, size, blocks, most: size + BLOCK, usual_lasts }
    }
}

/// A number as somebody types it, if it is one of those that are accepted.
pub fn read(text: &str, accepted: &RangeInclusive<u64>) -> Option<u64> {
    let digits: String = text.trim().chars().filter(|c| !matches!(c, ',' | '_' | ' ')).collect();
    digits.parse().ok().filter(|n| accepted.contains(n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::{Backlog, BlockSize};

    #[test]
    fn a_minute_of_a_thousand_writes() {
        let sizing = Load { rate: 1_000, bytes: 100, outage: 60, reserve: 2 }.sizing();
        assert_eq!((sizing.rate, sizing.missed), (100_001, 6_000_084));
        assert_eq!((sizing.size, sizing.usual_lasts), (12 * MIB, 104));
    }

    #[test]
    fn what_was_missed_is_in_a_backlog_of_this_size_and_not_in_a_much_smaller_one() {
        let load = Load { rate: 500, bytes: 100, outage: 30, reserve: 1 };
        let sizing = load.sizing();
        for (size, is_there) in [(sizing.size, true), (sizing.missed / 2, false)] {
            let mut backlog = Backlog::new(1, size, BlockSize::Redis);
            // What was written before the outage, and in it.
            let gone = 100_000_u64;
            for _ in 0..(gone + load.rate * load.outage) {
                backlog.append(&[b'x'; 100]);
                backlog.trim(&[]);
            }
            assert_eq!(backlog.first() <= gone * 100 + 1, is_there, "{size}");
            assert!(backlog.len() >= size && backlog.len() <= size + BLOCK, "{} in {size}", backlog.len());
        }
    }

    #[test]
    fn only_numbers_that_make_sense_are_read() {
        assert_eq!(read("1,000", &RATES), Some(1_000));
        assert_eq!(read(" 60 ", &OUTAGES), Some(60));
        assert_eq!(["0", "-1", "1.5", "", "much"].map(|text| read(text, &RATES)), [None; 5]);
    }
}
