//! Values as a snapshot holds them, both ways.
//!
//! Rule: what is written says how the value is encoded; what is read is encoded anew if it is too large for the settings
//! of the node that reads it, or small enough to be packed. Mirrors `rdbSaveObject` and the ends of `rdbLoadObject` (rdb.c).

use super::{Hash, HashLimits, Limits, List, Member, Set, SortedSet, Value};
use crate::node::COMPLETE;
use crate::node::config::Config;
use crate::wire::rdb;
use crate::wire::{Bytes, decimal};
use std::sync::Arc;

impl Value {
    /// For a snapshot.
    pub fn to_rdb(&self) -> rdb::Value {
        match self {
            Value::String(text) | Value::Raw(text) | Value::Computed(text) => rdb::Value::String(text.clone()),
            _ if !COMPLETE => rdb::Value::String(Bytes::default()),
            Value::List(list) => list.to_rdb(),
            Value::Set(set) if set.is_intset() => {
                rdb::Value::IntSet(set.iter().filter_map(|member| decimal(&member)).collect())
            }
            Value::Set(set) => rdb::Value::Set(set.iter().collect()),
            Value::Hash(hash) => hash.to_rdb(),
            Value::SortedSet(set) if set.is_listpack() => rdb::Value::SortedSetListpack(members(set.iter())),
            // From the tail of the skip list, so that each member is inserted at its head when it is read.
            Value::SortedSet(set) => rdb::Value::SortedSet(members(set.iter().rev())),
        }
    }

    /// From a snapshot, for a node with these settings.
    pub fn from_rdb(value: rdb::Value, config: &Config) -> Value {
        let set = |members: &mut dyn Iterator<Item = Bytes>| {
            Value::Set(Arc::new(Set::from_members(members, config.set_max_intset_entries)))
        };
        match value {
            rdb::Value::String(text) => Value::String(text),
            _ if !COMPLETE => Value::String(Bytes::default()),
            rdb::Value::List(nodes) => Value::List(Arc::new(List::from_nodes(nodes, config))),
            rdb::Value::Elements(elements) => Value::List(Arc::new(List::from_elements(elements, config))),
            rdb::Value::IntSet(numbers) => {
                set(&mut numbers.into_iter().map(|number| number.to_string().into_bytes().into()))
            }
            rdb::Value::Set(members) => set(&mut members.into_iter()),
            rdb::Value::HashListpack(pairs) => {
                Value::Hash(Arc::new(Hash::from_listpack(pairs, HashLimits::of(config))))
            }
            rdb::Value::Hash(pairs) => Value::Hash(Arc::new(Hash::from_pairs(pairs, HashLimits::of(config)))),
            rdb::Value::SortedSetListpack(members) | rdb::Value::SortedSet(members) => {
                let members = members.into_iter().map(|(name, score)| Member { name, score }).collect();
                Value::SortedSet(Arc::new(SortedSet::from_members(members, Limits::of(config))))
            }
        }
    }
}

fn members<'a>(members: impl Iterator<Item = (&'a Bytes, f64)>) -> Vec<(Bytes, f64)> {
    members.map(|(name, score)| (name.clone(), score)).collect()
}
