//! A sorted set: a listpack while it is small, then a skip list.
//!
//! Rule: a skip list never becomes a listpack again, but where a command makes a whole new value. A listpack knows no
//! negative zero. Mirrors t_zset.c (`zsetAdd`, `zsetConvert`, `zsetConvertToListpackIfNeeded`).

use super::fingerprint;
use super::ordered::{Member, Ordered};
use crate::node::config::Config;
use crate::node::digest::{Digest, mix, xor_sha1};
use crate::wire::Bytes;
use crate::wire::double;
use std::ops::Range;

/// What a listpack may hold (`zset-max-listpack-entries`, `zset-max-listpack-value`).
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    entries: u64,
    name_bytes: u64,
}

impl Limits {
    /// Of a value that is never stored.
    pub const NONE: Limits = Limits { entries: 0, name_bytes: 0 };

    pub fn of(config: &Config) -> Limits {
        Limits { entries: config.zset_max_listpack_entries, name_bytes: config.zset_max_listpack_value }
    }

    /// Are so many members not too many?
    pub fn allow(self, members: u64) -> bool {
        members <= self.entries
    }
}

/// Members with scores, in order of score, then of name.
#[derive(Clone, Debug, PartialEq)]
pub struct SortedSet {
    is_listpack: bool,
    by_score: Ordered,
    by_name: Ordered,
    fingerprint: u64,
}

impl SortedSet {
    pub fn listpack() -> SortedSet {
        SortedSet { is_listpack: true, by_score: Ordered::by_score(), by_name: Ordered::by_name(), fingerprint: 0 }
    }

    pub fn skiplist() -> SortedSet {
        SortedSet { is_listpack: false, ..SortedSet::listpack() }
    }

    /// What ZADD makes before it adds its first member.
    pub fn for_member(name: &[u8], limits: Limits) -> SortedSet {
        let fits = limits.entries > 0 && name.len() as u64 <= limits.name_bytes;
        if fits { SortedSet::listpack() } else { SortedSet::skiplist() }
    }

    /// A whole new value of these members: a listpack if they fit.
    pub fn from_members(members: Vec<Member>, limits: Limits) -> SortedSet {
        let fits = members.len() as u64 <= limits.entries
            && members.iter().all(|member| member.name.len() as u64 <= limits.name_bytes);
        let mut set = if fits { SortedSet::listpack() } else { SortedSet::skiplist() };
        for member in members {
            set.insert(member.name, member.score);
        }
        set
    }

    pub(in crate::node) fn len(&self) -> u64 {
        self.by_name.len()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Bytes, f64)> {
        self.by_score.iter().map(|member| (&member.name, member.score))
    }

    pub fn is_listpack(&self) -> bool {
        self.is_listpack
    }

    /// As OBJECT ENCODING names it.
    pub fn encoding(&self) -> &'static str {
        if self.is_listpack { "listpack" } else { "skiplist" }
    }

    pub fn become_skiplist(&mut self) {
        self.is_listpack = false;
    }

    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    pub fn score(&self, name: &[u8]) -> Option<f64> {
        self.by_name.get(name, 0.0).map(|member| member.score)
    }

    /// Adds a member that is not in, or gives it another score.
    pub fn put(&mut self, name: &Bytes, score: f64, limits: Limits) {
        if !self.remove(name) {
            let fits = self.len() < limits.entries && name.len() as u64 <= limits.name_bytes;
            self.is_listpack &= fits;
        }
        self.insert(name.clone(), score);
    }

    fn insert(&mut self, name: Bytes, score: f64) {
        let score = if self.is_listpack { score + 0.0 } else { score };
        self.fingerprint ^= member_fingerprint(&name, score);
        self.by_name.insert(Member { name: name.clone(), score });
        self.by_score.insert(Member { name, score });
    }

    /// False if it is not in.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        let Some(score) = self.score(name) else {
            return false;
        };
        self.fingerprint ^= member_fingerprint(name, score);
        self.by_name.remove(name, 0.0);
        self.by_score.remove(name, score)
    }

    /// How many members come before this one.
    pub fn rank(&self, name: &[u8]) -> Option<u64> {
        self.score(name).map(|score| self.by_score.rank_of(name, score))
    }

    /// How many members are `before`; all of them must stand before the others.
    pub fn count_before(&self, before: &dyn Fn(&Member) -> bool) -> u64 {
        self.by_score.rank(before)
    }

    /// The members with these ranks, in order.
    pub fn slice(&self, ranks: Range<u64>) -> Vec<&Member> {
        self.by_score.slice(ranks)
    }

    pub(super) fn mix_into(&self, digest: &mut Digest) {
        for (member, score) in self.iter() {
            let mut pair = Digest::default();
            mix(&mut pair, member);
            mix(&mut pair, double::print(score).as_bytes());
            xor_sha1(digest, &pair);
        }
    }
}

/// Zero has one fingerprint: a snapshot may lose its sign.
fn member_fingerprint(name: &[u8], score: f64) -> u64 {
    fingerprint(&[name, &(score + 0.0).to_bits().to_le_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const LIMITS: Limits = Limits { entries: 300, name_bytes: 64 };

    proptest! {
        #[test]
        fn it_is_a_map_and_an_order(acts in prop::collection::vec((0..4_u8, 0..900_u16, -5..5_i8), 0..1500)) {
            let (mut ours, mut theirs) = (SortedSet::listpack(), BTreeMap::new());
            for (act, name, score) in acts {
                let name: Bytes = name.to_string().into_bytes().into();
                let score = f64::from(score) / 2.0;
                if act == 0 {
                    prop_assert_eq!(ours.remove(&name), theirs.remove(&name).is_some());
                } else {
                    ours.put(&name, score, LIMITS);
                    theirs.insert(name.clone(), score);
                }
                prop_assert_eq!(ours.score(&name), theirs.get(&name).copied());
            }
            let mut expected: Vec<(f64, Bytes)> = theirs.iter().map(|(name, score)| (*score, name.clone())).collect();
            expected.sort_by(|a, b| a.partial_cmp(b).unwrap());
            prop_assert_eq!(ours.iter().map(|(name, score)| (score, name.clone())).collect::<Vec<_>>(), expected.clone());
            for (rank, (score, name)) in expected.iter().enumerate() {
                prop_assert_eq!(ours.rank(name), Some(rank as u64));
                prop_assert_eq!(&ours.slice(rank as u64..rank as u64 + 1)[0].name, name);
                prop_assert!(ours.count_before(&|m| m.score < *score) <= rank as u64);
            }
            let members = theirs.into_iter().map(|(name, score)| Member { name, score }).collect();
            prop_assert_eq!(SortedSet::from_members(members, LIMITS).fingerprint(), ours.fingerprint());
        }
    }

    #[test]
    fn a_listpack_knows_no_negative_zero() {
        let name: Bytes = b"m"[..].into();
        let (mut small, mut large) = (SortedSet::listpack(), SortedSet::skiplist());
        small.put(&name, -0.0, LIMITS);
        large.put(&name, -0.0, LIMITS);
        assert!(small.score(&name).is_some_and(f64::is_sign_positive));
        assert!(large.score(&name).is_some_and(f64::is_sign_negative));
        assert_eq!(small.fingerprint(), large.fingerprint());
    }
}
