//! A sorted set. Mirrors t_zset.c.

use super::fingerprint;
use crate::node::digest::{Digest, mix, xor_sha1};
use crate::wire::Bytes;

/// Members with scores, in order of score, then of member.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SortedSet {
    members: Vec<(Bytes, f64)>,
}

impl SortedSet {
    pub fn len(&self) -> u64 {
        self.members.len() as u64
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Bytes, f64)> {
        self.members.iter().map(|(member, score)| (member, *score))
    }

    pub fn fingerprint(&self) -> u64 {
        self.iter().fold(0, |sum, (member, score)| sum ^ fingerprint(&[member, &score.to_bits().to_le_bytes()]))
    }

    pub(super) fn mix_into(&self, digest: &mut Digest) {
        for (member, score) in self.iter() {
            let mut pair = Digest::default();
            mix(&mut pair, member);
            mix(&mut pair, score.to_string().as_bytes());
            xor_sha1(digest, &pair);
        }
    }
}
