//! A set: sorted integers while it is small and holds nothing else, then a table of its members.
//!
//! Rule: a table never becomes integers again, but by being made anew. Mirrors t_set.c (`setTypeAdd`,
//! `setTypeConvert`) and intset.c.

use super::fingerprint;
use super::ordered::{Member, Ordered};
use crate::wire::{Bytes, decimal};

/// Members, each once.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    is_intset: bool,
    integers: Vec<i64>,
    table: Ordered,
    fingerprint: u64,
}

impl Default for Set {
    fn default() -> Set {
        Set { is_intset: true, integers: vec![], table: Ordered::by_name(), fingerprint: 0 }
    }
}

fn text(number: i64) -> Bytes {
    number.to_string().into_bytes().into()
}

impl Set {
    /// Of these members, integers as long as they are no more than `intset_max` (`set-max-intset-entries`).
    pub fn from_members(members: impl IntoIterator<Item = Bytes>, intset_max: u64) -> Set {
        let mut set = Set::default();
        for member in members {
            set.add(&member, intset_max);
        }
        set
    }

    pub(in crate::node) fn len(&self) -> u64 {
        self.integers.len() as u64 + self.table.len()
    }

    /// Integers in their order; others in the order of their bytes (Redis: of its hash table).
    pub fn iter(&self) -> impl Iterator<Item = Bytes> {
        self.integers.iter().map(|number| text(*number)).chain(self.table.iter().map(|member| member.name.clone()))
    }

    pub fn is_intset(&self) -> bool {
        self.is_intset
    }

    /// As OBJECT ENCODING names it.
    pub fn encoding(&self) -> &'static str {
        if self.is_intset { "intset" } else { "hashtable" }
    }

    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    pub fn contains(&self, member: &[u8]) -> bool {
        match decimal(member) {
            Some(number) if self.is_intset => self.integers.binary_search(&number).is_ok(),
            _ => self.table.get(member, 0.0).is_some(),
        }
    }

    /// False if it is in already.
    pub fn add(&mut self, member: &[u8], intset_max: u64) -> bool {
        let is_new = match decimal(member) {
            Some(number) if self.is_intset => {
                let place = self.integers.binary_search(&number);
                if let Err(n) = place {
                    self.integers.insert(n, number);
                }
                if place.is_err() && self.len() > intset_max.min(1 << 30) {
                    self.become_table();
                }
                place.is_err()
            }
            _ => {
                self.become_table();
                self.table.insert(Member { name: member.into(), score: 0.0 })
            }
        };
        self.note(is_new, member)
    }

    /// False if it is not in.
    pub fn remove(&mut self, member: &[u8]) -> bool {
        let was_in = match decimal(member).filter(|_| self.is_intset).map(|n| self.integers.binary_search(&n)) {
            Some(place) => place.map(|n| self.integers.remove(n)).is_ok(),
            None => self.table.remove(member, 0.0),
        };
        self.note(was_in, member)
    }

    /// A member has come or gone, if so.
    fn note(&mut self, is_changed: bool, member: &[u8]) -> bool {
        if is_changed {
            self.fingerprint ^= fingerprint(&[member]);
        }
        is_changed
    }

    fn become_table(&mut self) {
        self.is_intset = false;
        for number in std::mem::take(&mut self.integers) {
            self.table.insert(Member { name: text(number), score: 0.0 });
        }
    }

    /// The member with this rank, in the order of [`Set::iter`].
    pub fn nth(&self, rank: u64) -> Option<Bytes> {
        if self.is_intset {
            return self.integers.get(usize::try_from(rank).ok()?).map(|number| text(*number));
        }
        self.table.slice(rank..rank + 1).first().map(|member| member.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_is_a_set(acts in prop::collection::vec((0..3_u8, prop_oneof![9 => "[0-9]{1,3}", 1 => "[a-c]{1,2}"]), 0..300)) {
            let (mut ours, mut theirs) = (Set::default(), BTreeSet::new());
            let mut is_intset = true;
            for (act, member) in acts {
                let name: Bytes = member.as_bytes().into();
                if act == 0 {
                    prop_assert_eq!(ours.remove(&name), theirs.remove(&name));
                } else {
                    prop_assert_eq!(ours.add(&name, 20), theirs.insert(name.clone()));
                    is_intset &= decimal(&name).is_some() && theirs.len() <= 20;
                }
                prop_assert_eq!(ours.is_intset(), is_intset);
                prop_assert_eq!(ours.contains(&name), theirs.contains(&name));
            }
            prop_assert_eq!(ours.iter().collect::<BTreeSet<_>>(), theirs.clone());
            prop_assert_eq!(ours.len(), theirs.len() as u64);
            let by_rank: Vec<Bytes> = (0..ours.len() + 1).filter_map(|rank| ours.nth(rank)).collect();
            prop_assert!(by_rank.into_iter().eq(ours.iter()));
            prop_assert_eq!(ours.fingerprint(), Set::from_members(theirs, 0).fingerprint());
        }
    }
}
