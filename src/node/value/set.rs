//! A set. Mirrors t_set.c and intset.c.

use super::fingerprint;
use crate::wire::Bytes;
use std::collections::BTreeSet;

/// Members, each once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Set {
    members: BTreeSet<Bytes>,
}

impl Set {
    pub fn len(&self) -> u64 {
        self.members.len() as u64
    }

    pub fn iter(&self) -> impl Iterator<Item = Bytes> {
        self.members.iter().cloned()
    }

    pub fn fingerprint(&self) -> u64 {
        self.iter().fold(0, |sum, member| sum ^ fingerprint(&[&member]))
    }
}
