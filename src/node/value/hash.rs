//! A hash: a listpack while it is small, then a table.
//!
//! Rule: a listpack keeps the order in which fields came, and a new value takes the place of the old one. A table never
//! becomes a listpack again; here it is in the order of the fields' bytes (Redis: of its hash table). Mirrors t_hash.c
//! (`hashTypeSet`, `hashTypeTryConversion`).

use super::fingerprint;
use crate::node::config::Config;
use crate::node::digest::{Digest, mix, xor_sha1};
use crate::wire::{Bytes, rdb};
use std::collections::BTreeMap;

/// What a listpack may hold (`hash-max-listpack-entries`, `hash-max-listpack-value`).
#[derive(Clone, Copy, Debug)]
pub struct HashLimits {
    entries: u64,
    text_bytes: u64,
}

impl HashLimits {
    pub fn of(config: &Config) -> HashLimits {
        HashLimits { entries: config.hash_max_listpack_entries, text_bytes: config.hash_max_listpack_value }
    }
}

/// Fields with values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hash {
    packed: Vec<(Bytes, Bytes)>,
    /// `None`: still packed.
    table: Option<BTreeMap<Bytes, Bytes>>,
    fingerprint: u64,
}

impl Hash {
    pub fn len(&self) -> u64 {
        (self.packed.len() + self.table.as_ref().map_or(0, BTreeMap::len)) as u64
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Bytes, &Bytes)> {
        self.packed.iter().map(|(field, value)| (field, value)).chain(self.table.iter().flatten())
    }

    /// Of what a snapshot calls a listpack: a table if there are too many, however long they are.
    pub fn from_listpack(pairs: Vec<(Bytes, Bytes)>, limits: HashLimits) -> Hash {
        let fingerprint = pairs.iter().fold(0, |sum, (field, value)| sum ^ fingerprint(&[field, value]));
        let mut hash = Hash { packed: pairs, table: None, fingerprint };
        if hash.len() > limits.entries {
            hash.become_table();
        }
        hash
    }

    /// Of these fields with their values, packed if they are few and short.
    pub fn from_pairs(pairs: Vec<(Bytes, Bytes)>, limits: HashLimits) -> Hash {
        let mut hash = Hash::default();
        if pairs.len() as u64 > limits.entries {
            hash.become_table();
        }
        for (field, value) in pairs {
            hash.set(field, value, limits);
        }
        hash
    }

    pub(super) fn to_rdb(&self) -> rdb::Value {
        match &self.table {
            None => rdb::Value::HashListpack(self.packed.clone()),
            Some(table) => {
                rdb::Value::Hash(table.iter().map(|(field, value)| (field.clone(), value.clone())).collect())
            }
        }
    }

    pub fn is_listpack(&self) -> bool {
        self.table.is_none()
    }

    /// As OBJECT ENCODING names it.
    pub fn encoding(&self) -> &'static str {
        if self.is_listpack() { "listpack" } else { "hashtable" }
    }

    fn become_table(&mut self) {
        let pairs = std::mem::take(&mut self.packed);
        self.table.get_or_insert_default().extend(pairs);
    }

    /// A table if one of these is too long to be packed.
    pub fn make_room_for(&mut self, texts: &[Bytes], limits: HashLimits) {
        if texts.iter().any(|text| text.len() as u64 > limits.text_bytes) {
            self.become_table();
        }
    }

    pub fn get(&self, field: &[u8]) -> Option<&Bytes> {
        match &self.table {
            None => self.packed.iter().find(|(other, _)| other[..] == *field).map(|(_, value)| value),
            Some(table) => table.get(field),
        }
    }

    /// Gives a field a value. True if the field is new.
    pub fn set(&mut self, field: Bytes, value: Bytes, limits: HashLimits) -> bool {
        self.make_room_for(&[field.clone(), value.clone()], limits);
        self.fingerprint ^= fingerprint(&[&field, &value]);
        let old = match &mut self.table {
            Some(table) => table.insert(field.clone(), value),
            None => match self.packed.iter_mut().find(|(other, _)| *other == field) {
                Some((_, old)) => Some(std::mem::replace(old, value)),
                None => {
                    self.packed.push((field.clone(), value));
                    None
                }
            },
        };
        if self.table.is_none() && self.len() > limits.entries {
            self.become_table();
        }
        if let Some(old) = &old {
            self.fingerprint ^= fingerprint(&[&field, old]);
        }
        old.is_none()
    }

    /// False if it is not in.
    pub fn remove(&mut self, field: &[u8]) -> bool {
        let old = match &mut self.table {
            Some(table) => table.remove(field),
            None => {
                let place = self.packed.iter().position(|(other, _)| other[..] == *field);
                place.map(|place| self.packed.remove(place).1)
            }
        };
        if let Some(old) = &old {
            self.fingerprint ^= fingerprint(&[field, old]);
        }
        old.is_some()
    }

    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
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

    proptest! {
        #[test]
        fn it_is_a_map_that_keeps_its_order_while_it_is_small(
            acts in prop::collection::vec((0..3_u8, "[a-e]{1,2}", prop_oneof![9 => "[0-9]{1,3}", 1 => "x{9,12}"]), 0..120),
        ) {
            let limits = HashLimits { entries: 12, text_bytes: 8 };
            let (mut ours, mut theirs) = (Hash::default(), BTreeMap::new());
            let (mut order, mut is_small): (Vec<Bytes>, bool) = (vec![], true);
            for (act, field, value) in acts {
                let [field, value]: [Bytes; 2] = [field, value].map(|text| text.into_bytes().into());
                if act == 0 {
                    prop_assert_eq!(ours.remove(&field), theirs.remove(&field).is_some());
                    order.retain(|name| *name != field);
                } else {
                    is_small &= value.len() <= 8;
                    let is_new = theirs.insert(field.clone(), value.clone()).is_none();
                    prop_assert_eq!(ours.set(field.clone(), value, limits), is_new);
                    if is_new {
                        order.push(field);
                    }
                }
                is_small &= theirs.len() <= 12;
                prop_assert_eq!(ours.is_listpack(), is_small);
                prop_assert_eq!(ours.len(), theirs.len() as u64);
                if is_small {
                    prop_assert!(ours.iter().map(|(field, _)| field).eq(&order));
                }
                let fresh = Hash::from_pairs(theirs.clone().into_iter().collect(), limits);
                prop_assert_eq!(ours.fingerprint(), fresh.fingerprint());
            }
            prop_assert!(ours.iter().collect::<BTreeMap<_, _>>().into_iter().eq(&theirs));
        }
    }

    #[test]
    fn a_listpack_of_a_snapshot_is_measured_by_its_entries_alone() {
        let pair = |n: u8| (Bytes::from(&[n][..]), Bytes::from(&[b'x'; 99][..]));
        let limits = HashLimits { entries: 2, text_bytes: 64 };
        assert!(Hash::from_listpack(vec![pair(1), pair(2)], limits).is_listpack());
        assert!(!Hash::from_listpack(vec![pair(1), pair(2), pair(3)], limits).is_listpack());
        assert!(!Hash::from_pairs(vec![pair(1)], limits).is_listpack());
    }
}
