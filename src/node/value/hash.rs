//! A hash. Mirrors t_hash.c.

use super::fingerprint;
use crate::node::config::Config;
use crate::node::digest::{Digest, mix, xor_sha1};
use crate::wire::{Bytes, rdb};

/// Fields with values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hash {
    fields: Vec<(Bytes, Bytes)>,
}

impl Hash {
    pub fn len(&self) -> u64 {
        self.fields.len() as u64
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Bytes, &Bytes)> {
        self.fields.iter().map(|(field, value)| (field, value))
    }

    /// Of these fields with their values, packed if they are few and short.
    pub fn from_pairs(fields: Vec<(Bytes, Bytes)>, _config: &Config) -> Hash {
        Hash { fields }
    }

    pub(super) fn to_rdb(&self) -> rdb::Value {
        rdb::Value::HashListpack(self.fields.clone())
    }

    /// As OBJECT ENCODING names it.
    pub fn encoding(&self) -> &'static str {
        "listpack"
    }

    pub fn fingerprint(&self) -> u64 {
        self.iter().fold(0, |sum, (field, value)| sum ^ fingerprint(&[field, value]))
    }

    pub(super) fn mix_into(&self, digest: &mut Digest) {
        for (field, value) in self.iter() {
            let mut pair = Digest::default();
            mix(&mut pair, field);
            mix(&mut pair, value);
            xor_sha1(digest, &pair);
        }
    }
}
