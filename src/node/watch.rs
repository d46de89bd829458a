//! WATCH: a transaction runs only if nobody touched certain keys since.
//!
//! Rule: a key that had expired when it was watched, and was only not deleted yet, may go without being touched; one that
//! expires later is touched. Mirrors multi.c (`touchWatchedKey`, `touchAllWatchedKeysInDb`, `isWatchedKeyExpired`).

use super::Node;
use super::io::ConnId;
use crate::time::Time;
use crate::wire::Bytes;

/// What a client watches.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    keys: Vec<Watched>,
    /// One of them was touched: EXEC will run nothing (`CLIENT_DIRTY_CAS`).
    pub is_touched: bool,
}

#[derive(Clone, Debug)]
struct Watched {
    db: u8,
    key: Bytes,
    /// Its time had passed when it was watched.
    had_expired: bool,
}

impl Node {
    pub(super) fn watch(&mut self, conn: ConnId, keys: &[Bytes], now: Time) {
        let Some(db) = self.clients.get(conn).map(|client| client.db) else { return };
        self.is_watched = true;
        for key in keys {
            let had_expired = self.has_expired(db, key, now);
            let Some(client) = self.clients.get_mut(conn) else { return };
            let is_watched = client.watch.keys.iter().any(|watched| watched.db == db && watched.key == *key);
            // Once one is touched it does not matter which others are.
            if !is_watched && !client.watch.is_touched {
                client.watch.keys.push(Watched { db, key: key.clone(), had_expired });
            }
        }
    }

    /// The end of watching, with or without EXEC.
    pub(super) fn unwatch(&mut self, conn: ConnId) {
        if let Some(client) = self.clients.get_mut(conn) {
            client.watch = Watch::default();
        }
        self.is_watched = self.clients.values().any(|client| !client.watch.keys.is_empty());
    }

    fn has_expired(&self, db: u8, key: &[u8], now: Time) -> bool {
        self.keyspace.get(db, key).and_then(|entry| entry.expire_at_ms).is_some_and(|at| now.millis() > at)
    }

    /// Has anybody touched what this client watches, or has it expired?
    pub(super) fn is_watch_spoiled(&self, conn: ConnId, now: Time) -> bool {
        let Some(watch) = self.clients.get(conn).map(|client| &client.watch) else { return false };
        let expired = |watched: &Watched| !watched.had_expired && self.has_expired(watched.db, &watched.key, now);
        watch.is_touched || watch.keys.iter().any(expired)
    }

    /// A key was changed (`signalModifiedKey`).
    pub(super) fn touch(&mut self, db: u8, key: &[u8]) {
        if !self.is_watched {
            return;
        }
        let is_gone = self.keyspace.get(db, key).is_none();
        for (_, client) in self.clients.iter_mut() {
            let watch = &mut client.watch;
            let Some(watched) = watch.keys.iter_mut().find(|watched| watched.db == db && *watched.key == *key) else {
                continue;
            };
            if watched.had_expired && is_gone {
                // What had expired is deleted at last: nothing has changed for who looks.
                watched.had_expired = false;
            } else {
                watch.is_touched = true;
            }
        }
    }

    /// A whole database is about to be emptied, or to get the keys of another one.
    pub(super) fn touch_db(&mut self, db: u8, gets: Option<u8>, now: Time) {
        let conns: Vec<ConnId> =
            self.clients.iter().filter(|(_, c)| !c.watch.keys.is_empty()).map(|(conn, _)| conn).collect();
        for conn in conns {
            let Some(mut watch) = self.clients.get(conn).map(|client| client.watch.clone()) else { continue };
            for watched in watch.keys.iter_mut().filter(|watched| watched.db == db) {
                let was = self.keyspace.get(db, &watched.key).is_some();
                let will_be = gets.is_some_and(|other| self.keyspace.get(other, &watched.key).is_some());
                let will_have_expired = gets.is_some_and(|other| self.has_expired(other, &watched.key, now));
                match (watched.had_expired, was || will_be) {
                    (_, false) => {}
                    (true, _) if !will_be => watched.had_expired = false,
                    (true, _) if will_have_expired => {}
                    (false, _) if !was && will_have_expired => watched.had_expired = true,
                    _ => watch.is_touched = true,
                }
            }
            if let Some(client) = self.clients.get_mut(conn) {
                client.watch = watch;
            }
        }
    }
}
