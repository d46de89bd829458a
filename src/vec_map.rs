//! A small ordered map: a sorted vector.
//!
//! Rule: order by key, as `BTreeMap`, so that a run replays alike everywhere. It is here for its size: each kind of
//! `BTreeMap` adds 3 to 4 KB to the page's program, this adds a few hundred bytes, and the maps of the simulator hold a
//! handful of things each. Insertion of a key behind all others, which is what counters do, costs no move.

/// Keys and values, in order of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VecMap<K, V> {
    items: Vec<(K, V)>,
}

impl<K, V> Default for VecMap<K, V> {
    fn default() -> VecMap<K, V> {
        VecMap { items: vec![] }
    }
}

impl<K: Ord + Copy, V> VecMap<K, V> {
    pub fn new() -> VecMap<K, V> {
        VecMap::default()
    }

    fn find(&self, key: K) -> Result<usize, usize> {
        self.items.binary_search_by(|(k, _)| k.cmp(&key))
    }

    pub fn get(&self, key: K) -> Option<&V> {
        self.find(key).ok().map(|n| &self.items[n].1)
    }

    pub fn get_mut(&mut self, key: K) -> Option<&mut V> {
        self.find(key).ok().map(|n| &mut self.items[n].1)
    }

    /// Puts a value in the place of what the key had, and returns that.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(key) {
            Ok(n) => Some(std::mem::replace(&mut self.items[n].1, value)),
            Err(n) => {
                self.items.insert(n, (key, value));
                None
            }
        }
    }

    pub fn remove(&mut self, key: K) -> Option<V> {
        self.find(key).ok().map(|n| self.items.remove(n).1)
    }

    /// The value of a key, made by `make` if there is none.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let n = match self.find(key) {
            Ok(n) => n,
            Err(n) => {
                self.items.insert(n, (key, make()));
                n
            }
        };
        &mut self.items[n].1
    }

    /// The smallest key, with its value.
    pub fn first(&self) -> Option<(K, &V)> {
        self.items.first().map(|(key, value)| (*key, value))
    }

    /// Keeps what `is_kept` says yes to.
    pub fn retain(&mut self, mut is_kept: impl FnMut(&V) -> bool) {
        self.items.retain(|(_, value)| is_kept(value));
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &V)> {
        self.items.iter().map(|(key, value)| (*key, value))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (K, &mut V)> {
        self.items.iter_mut().map(|(key, value)| (*key, value))
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.items.iter().map(|(_, value)| value)
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Lets go of the `count` smallest keys.
    pub fn forget_first(&mut self, count: usize) {
        self.items.drain(..count.min(self.items.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::VecMap;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn it_is_a_btree_map(acts in proptest::collection::vec((0..4_u8, 0..20_u8, any::<u16>()), 0..200)) {
            let (mut ours, mut theirs) = (VecMap::new(), BTreeMap::new());
            for (act, key, value) in acts {
                prop_assert_eq!(ours.first(), theirs.first_key_value().map(|(key, value)| (*key, value)));
                match act {
                    0 => prop_assert_eq!(ours.insert(key, value), theirs.insert(key, value)),
                    1 => prop_assert_eq!(ours.remove(key), theirs.remove(&key)),
                    2 if key == 0 => {
                        ours.retain(|kept| *kept > value);
                        theirs.retain(|_, kept| *kept > value);
                    }
                    2 => prop_assert_eq!(ours.get_or_insert_with(key, || value), theirs.entry(key).or_insert(value)),
                    _ => prop_assert_eq!(ours.get(key), theirs.get(&key)),
                }
            }
            prop_assert!(ours.iter().map(|(key, value)| (key, *value)).eq(theirs.into_iter()));
        }
    }
}
