//! The dataset: numbered databases of keys with values and times of expiry.
//!
//! Rule: this file knows no clients, no replication and no clock; whether an expired key may be seen or must be deleted
//! is decided above it (see `expire.rs`). Databases are copy-on-write, so a snapshot of a node, and the fork of a
//! BGSAVE, cost a reference until somebody writes.
//! Mirrors `redisDb` (server.h) and `computeDatasetDigest` (debug.c).

use super::digest::{Digest, mix, xor_sha1};
use super::value::Value;
use crate::wire::Bytes;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A key's value and the moment (Unix time, ms) after which it no longer exists, if it has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub value: Value,
    pub expire_at_ms: Option<i64>,
}

impl Entry {
    /// Bytes that the entry and its key hold, roughly.
    pub fn held_bytes(&self, key: &[u8]) -> u64 {
        64 + key.len() as u64 + self.value.held_bytes()
    }
}

/// One numbered database.
#[derive(Clone, Debug, Default)]
struct Db {
    keys: Arc<BTreeMap<Bytes, Entry>>,
    /// The keys that expire, soonest first.
    expiring: Arc<BTreeSet<(i64, Bytes)>>,
}

/// All databases of a node.
#[derive(Clone, Debug)]
pub struct Keyspace {
    dbs: Vec<Db>,
    fingerprint: u64,
}

impl Keyspace {
    pub fn new(databases: u8) -> Keyspace {
        Keyspace { dbs: vec![Db::default(); usize::from(databases)], fingerprint: 0 }
    }

    pub fn databases(&self) -> u8 {
        self.dbs.len() as u8
    }

    pub fn get(&self, db: u8, key: &[u8]) -> Option<&Entry> {
        self.dbs[usize::from(db)].keys.get(key)
    }

    /// The keys of a database with what they hold, in byte order (Redis: in hash-table order).
    pub fn iter(&self, db: u8) -> impl Iterator<Item = (&Bytes, &Entry)> {
        self.dbs[usize::from(db)].keys.iter()
    }

    /// Number of keys in a database, the expired ones that are not yet deleted among them, as DBSIZE counts.
    pub fn len(&self, db: u8) -> u64 {
        self.dbs[usize::from(db)].keys.len() as u64
    }

    pub fn is_empty(&self) -> bool {
        self.dbs.iter().all(|db| db.keys.is_empty())
    }

    /// Number of keys with a time of expiry.
    pub fn expiring_len(&self, db: u8) -> u64 {
        self.dbs[usize::from(db)].expiring.len() as u64
    }

    /// The first key to expire in any database: when (ms), where, which.
    pub fn first_to_expire(&self) -> Option<(i64, u8, Bytes)> {
        let firsts = self.dbs.iter().enumerate();
        firsts.filter_map(|(n, db)| db.expiring.first().map(|(at, key)| (*at, n as u8, key.clone()))).min()
    }

    /// Puts an entry in the place of whatever the key held, and returns that.
    pub fn insert(&mut self, db: u8, key: Bytes, entry: Entry) -> Option<Entry> {
        let before = self.remove(db, &key);
        self.fingerprint ^= fingerprint(db, &key, &entry);
        let slot = &mut self.dbs[usize::from(db)];
        if let Some(at) = entry.expire_at_ms {
            Arc::make_mut(&mut slot.expiring).insert((at, key.clone()));
        }
        Arc::make_mut(&mut slot.keys).insert(key, entry);
        before
    }

    pub fn remove(&mut self, db: u8, key: &[u8]) -> Option<Entry> {
        let slot = &mut self.dbs[usize::from(db)];
        if !slot.keys.contains_key(key) {
            return None;
        }
        let (key, entry) = Arc::make_mut(&mut slot.keys).remove_entry(key)?;
        self.fingerprint ^= fingerprint(db, &key, &entry);
        if let Some(at) = entry.expire_at_ms {
            Arc::make_mut(&mut slot.expiring).remove(&(at, key));
        }
        Some(entry)
    }

    /// Changes the value of an existing key in its place; a collection that is empty after it goes, with its key.
    /// Returns false if there is no such key.
    pub fn modify(&mut self, db: u8, key: &[u8], change: &mut dyn FnMut(&mut Value)) -> bool {
        let keys = Arc::make_mut(&mut self.dbs[usize::from(db)].keys);
        let Some(entry) = keys.get_mut(key) else {
            return false;
        };
        self.fingerprint ^= fingerprint(db, key, entry);
        change(&mut entry.value);
        self.fingerprint ^= fingerprint(db, key, entry);
        if entry.value.is_empty_collection() {
            self.remove(db, key);
        }
        true
    }

    /// Gives an existing key another time of expiry, or none. False if there is no such key.
    pub fn set_expiry(&mut self, db: u8, key: &[u8], expire_at_ms: Option<i64>) -> bool {
        let Some((key, entry)) = self.dbs[usize::from(db)].keys.get_key_value(key) else {
            return false;
        };
        let (key, entry) = (key.clone(), Entry { value: entry.value.clone(), expire_at_ms });
        self.insert(db, key, entry);
        true
    }

    /// Empties one database and returns how many keys it held.
    pub fn clear(&mut self, db: u8) -> u64 {
        let slot = std::mem::take(&mut self.dbs[usize::from(db)]);
        for (key, entry) in slot.keys.iter() {
            self.fingerprint ^= fingerprint(db, key, entry);
        }
        slot.keys.len() as u64
    }

    /// Gives each of two databases what the other held.
    pub fn swap(&mut self, a: u8, b: u8) {
        for (from, to) in [(a, b), (b, a)] {
            for (key, entry) in self.dbs[usize::from(from)].keys.iter() {
                self.fingerprint ^= fingerprint(from, key, entry) ^ fingerprint(to, key, entry);
            }
        }
        self.dbs.swap(usize::from(a), usize::from(b));
    }

    /// A number that is equal for equal datasets and, but for chance, different for different ones.
    /// Kept up to date by every change, so that checking a replica against its master costs nothing.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// What `DEBUG DIGEST-VALUE` answers: the digest of what a key holds, without its name; zeros if there is no such key.
    pub fn value_digest(&self, db: u8, key: &[u8]) -> String {
        let mut digest = Digest::default();
        if let Some(entry) = self.get(db, key) {
            mix_entry(&mut digest, entry);
        }
        hex(&digest)
    }

    /// What `DEBUG DIGEST` answers: 40 hexadecimal characters, equal to Redis' for an equal dataset.
    pub fn digest(&self) -> String {
        let mut all = Digest::default();
        for (n, db) in self.dbs.iter().enumerate().filter(|(_, db)| !db.keys.is_empty()) {
            mix(&mut all, &(n as u32).to_be_bytes());
            for (key, entry) in db.keys.iter() {
                xor_sha1(&mut all, &entry_digest(key, entry));
            }
        }
        hex(&all)
    }
}

fn hex(digest: &Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of one key: its name, type, value and whether it expires (`xorObjectDigest`).
fn entry_digest(key: &[u8], entry: &Entry) -> Digest {
    let mut digest = Digest::default();
    mix(&mut digest, key);
    mix_entry(&mut digest, entry);
    digest
}

fn mix_entry(digest: &mut Digest, entry: &Entry) {
    entry.value.mix_into(digest);
    if entry.expire_at_ms.is_some() {
        xor_sha1(digest, b"!!expire!!");
    }
}

/// Of everything that makes the entry what it is.
fn fingerprint(db: u8, key: &[u8], entry: &Entry) -> u64 {
    let expiry = entry.expire_at_ms.unwrap_or(-1).to_le_bytes();
    super::value::fingerprint(&[&[db], key, &entry.value.fingerprint().to_le_bytes(), &expiry])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str, expire_at_ms: Option<i64>) -> Entry {
        Entry { value: Value::String(text.as_bytes().into()), expire_at_ms }
    }

    #[test]
    fn the_fingerprint_depends_on_the_dataset_and_not_on_the_way_to_it() {
        let mut a = Keyspace::new(16);
        a.insert(0, b"x"[..].into(), string("1", None));
        a.insert(3, b"y"[..].into(), string("2", Some(99)));
        let mut b = Keyspace::new(16);
        b.insert(3, b"y"[..].into(), string("other", None));
        b.insert(3, b"y"[..].into(), string("2", None));
        b.insert(0, b"x"[..].into(), string("1", None));
        assert_ne!(a.fingerprint(), b.fingerprint(), "the expiry is part of it");
        b.set_expiry(3, b"y", Some(99));
        assert_eq!(a.fingerprint(), b.fingerprint());
        a.clear(3);
        a.remove(0, b"x");
        assert_eq!(a.fingerprint(), 0);
        assert_eq!(a.first_to_expire(), None);
    }

    #[test]
    fn digest_of_nothing_is_zero_as_redis_has_it() {
        assert_eq!(Keyspace::new(16).digest(), "0".repeat(40));
    }
}
