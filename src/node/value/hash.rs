//! A hash: packed, in the order in which fields came, while it is small; then a table.
//!
//! Rule: a table never becomes packed again, but by being read from a snapshot. The fields of a table are in the order of
//! their bytes; in Redis, of its hash table. Mirrors t_hash.c (`hashTypeSet`, `hashTypeTryConversion`, `hashTypeConvert`).

use super::fingerprint;
use crate::node::config::Config;
use crate::node::digest::{Digest, mix, xor_sha1};
use crate::wire::{Bytes, rdb};

/// Fields with values.
#[derive(Clone, Debug, PartialEq)]
pub struct Hash {
    /// In the order of their bytes if this is a table.
    fields: Vec<(Bytes, Bytes)>,
    is_table: bool,
    fingerprint: u64,
    /// `hash-max-listpack-entries` and `-value`.
    limits: (u64, u64),
}

impl Hash {
    pub fn new(config: &Config) -> Hash {
        let limits = (config.hash_max_listpack_entries, config.hash_max_listpack_value);
        Hash { fields: vec![], is_table: false, fingerprint: 0, limits }
    }

    /// Of these fields with their values, each field once.
    pub fn from_pairs(pairs: Vec<(Bytes, Bytes)>, config: &Config) -> Hash {
        let mut hash = Hash::new(config);
        if pairs.len() as u64 > hash.limits.0 {
            hash.become_table();
        }
        for (field, value) in pairs {
            hash.reserve_for(&[&field, &value]);
            hash.set(field, value);
        }
        hash
    }

    pub(super) fn to_rdb(&self) -> rdb::Value {
        if self.is_table {
            rdb::Value::Hash(self.fields.clone())
        } else {
            rdb::Value::HashListpack(self.fields.clone())
        }
    }

    pub fn len(&self) -> u64 {
        self.fields.len() as u64
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Bytes, &Bytes)> {
        self.fields.iter().map(|(field, value)| (field, value))
    }

    /// The field with this rank, in the order of [`Hash::iter`].
    pub fn nth(&self, rank: u64) -> Option<&(Bytes, Bytes)> {
        self.fields.get(usize::try_from(rank).ok()?)
    }

    pub fn is_table(&self) -> bool {
        self.is_table
    }

    /// As OBJECT ENCODING names it.
    pub fn encoding(&self) -> &'static str {
        if self.is_table { "hashtable" } else { "listpack" }
    }

    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    pub fn get(&self, field: &[u8]) -> Option<&Bytes> {
        self.find(field).ok().map(|n| &self.fields[n].1)
    }

    /// Becomes a table if one of these texts is too long to be packed. Redis looks at all arguments of a command before
    /// it sets the first.
    pub fn reserve_for(&mut self, texts: &[&Bytes]) {
        if texts.iter().any(|text| text.len() as u64 > self.limits.1) {
            self.become_table();
        }
    }

    /// Gives a field a value; true if there was no such field.
    pub fn set(&mut self, field: Bytes, value: Bytes) -> bool {
        self.fingerprint ^= fingerprint(&[&field, &value]);
        match self.find(&field) {
            Ok(n) => {
                let before = std::mem::replace(&mut self.fields[n].1, value);
                self.fingerprint ^= fingerprint(&[&field, &before]);
                false
            }
            Err(n) => {
                self.fields.insert(n, (field, value));
                if self.len() > self.limits.0 {
                    self.become_table();
                }
                true
            }
        }
    }

    /// False if there is no such field.
    pub fn remove(&mut self, field: &[u8]) -> bool {
        let Ok(n) = self.find(field) else {
            return false;
        };
        let (field, value) = self.fields.remove(n);
        self.fingerprint ^= fingerprint(&[&field, &value]);
        true
    }

    /// Where the field is, or where it belongs.
    fn find(&self, field: &[u8]) -> Result<usize, usize> {
        if self.is_table {
            return self.fields.binary_search_by(|(name, _)| name[..].cmp(field));
        }
        self.fields.iter().position(|(name, _)| name[..] == *field).ok_or(self.fields.len())
    }

    fn become_table(&mut self) {
        if !self.is_table {
            self.is_table = true;
            self.fields.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_is_a_map_that_keeps_its_order_while_it_is_small(
            acts in prop::collection::vec((0..3_u8, "[a-e]{1,2}", prop_oneof![9 => "[0-9]{1,3}", 1 => "x{9,12}"]), 0..120),
        ) {
            let config = Config { hash_max_listpack_entries: 12, hash_max_listpack_value: 8, ..Config::default() };
            let (mut ours, mut theirs) = (Hash::new(&config), BTreeMap::new());
            let mut order: Vec<Bytes> = vec![];
            for (act, field, value) in acts {
                let [field, value]: [Bytes; 2] = [field, value].map(|text| text.into_bytes().into());
                if act == 0 {
                    prop_assert_eq!(ours.remove(&field), theirs.remove(&field).is_some());
                    order.retain(|name| *name != field);
                } else {
                    ours.reserve_for(&[&field, &value]);
                    let is_new = theirs.insert(field.clone(), value.clone()).is_none();
                    prop_assert_eq!(ours.set(field.clone(), value), is_new);
                    if is_new {
                        order.push(field);
                    }
                }
                prop_assert_eq!(ours.len(), theirs.len() as u64);
                if !ours.is_table() {
                    prop_assert!(ours.iter().map(|(field, _)| field).eq(&order));
                }
                let fresh = Hash::from_pairs(theirs.clone().into_iter().collect(), &config);
                prop_assert_eq!(ours.fingerprint(), fresh.fingerprint());
            }
            prop_assert!(theirs.iter().all(|(field, value)| ours.get(field) == Some(value)));
        }
    }
}
