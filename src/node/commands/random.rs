//! Members at random: what SRANDMEMBER and ZRANDMEMBER have in common. Mirrors `srandmemberWithCountCommand` (t_set.c).
//!
//! Rule: a positive count gives that many different members, a negative one that many draws.

use super::int_within;
use crate::node::call::{Call, CommandError};
use crate::rng::Rng;

/// Draws of one command. Redis would go on until its memory is full.
const DRAWS_MAX: u64 = 1 << 24;

/// The count at place 2.
pub(super) fn count(call: &Call) -> Result<i64, CommandError> {
    call.int(2)?;
    int_within(
        call,
        2,
        -i64::MAX,
        i64::MAX,
        "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
    )
}

/// The ranks that a count takes of so many members. All of them if there are no more, in their order.
pub(super) fn ranks(rng: &mut Rng, count: i64, len: u64) -> Vec<u64> {
    let wanted = count.unsigned_abs();
    if len == 0 {
        return vec![];
    }
    if count < 0 || wanted == 1 {
        return (0..wanted.min(DRAWS_MAX)).map(|_| rng.below(len)).collect();
    }
    if wanted >= len { (0..len).collect() } else { distinct(rng, wanted, len) }
}

/// So many different ranks below `len`, in the order in which they were drawn.
pub(super) fn distinct(rng: &mut Rng, count: u64, len: u64) -> Vec<u64> {
    let mut all: Vec<u64> = (0..len).collect();
    for n in 0..count.min(len) {
        all.swap(n as usize, (n + rng.below(len - n)) as usize);
    }
    all.truncate(count as usize);
    all
}
