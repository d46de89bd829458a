//! One command being run: what its handler sees of the node, and what it says should be propagated.
//!
//! Rule: a handler changes the dataset only through this type, which counts the changes. A command that changed
//! something is propagated at the end of the unit as it was typed, unless the handler put another in its place.
//! Mirrors `call()` (server.c), `lookupKeyRead`, `lookupKeyWrite` and `expireIfNeeded` (db.c).

use super::command::{Command, Flags};
use super::decisions::{Decision, Expiry, ExpiryVerdict};
use super::io::ConnId;
use super::keyspace::Entry;
use super::value::{Hash, List, Set, SortedSet, Value};
use super::{Event, LostReason, Node, Role};
use crate::time::Time;
use crate::wire::{Bytes, Reply};
use std::borrow::Cow;

/// An error reply, with its code and without the leading `-`. Bytes, because it may quote what a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandError(Cow<'static, [u8]>);

impl CommandError {
    pub const SYNTAX: CommandError = CommandError(Cow::Borrowed(b"ERR syntax error"));
    pub const NOT_AN_INTEGER: CommandError =
        CommandError(Cow::Borrowed(b"ERR value is not an integer or out of range"));
    pub const WRONG_TYPE: CommandError =
        CommandError(Cow::Borrowed(b"WRONGTYPE Operation against a key holding the wrong kind of value"));
    pub const NO_SUCH_KEY: CommandError = CommandError(Cow::Borrowed(b"ERR no such key"));

    pub const fn from_text(text: &'static str) -> CommandError {
        CommandError(Cow::Borrowed(text.as_bytes()))
    }

    pub fn new(text: impl Into<Cow<'static, str>>) -> CommandError {
        CommandError(match text.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        })
    }

    /// An error that quotes a client's bytes in its own way.
    pub fn from_bytes(text: Vec<u8>) -> CommandError {
        CommandError(text.into())
    }

    /// An error that quotes a client's bytes: `before`, the bytes up to a NUL, `after`.
    pub fn quoting(before: &str, bytes: &[u8], after: &str) -> CommandError {
        let shown = c_string(bytes, bytes.len());
        CommandError::from_bytes([before.as_bytes(), shown, after.as_bytes()].concat())
    }

    /// EXEC is refused for this error, and its transaction is dropped (`execCommandAbort`). The code is only repeated
    /// where it says something.
    pub fn aborting_exec(self) -> CommandError {
        let reason = self.0.strip_prefix(b"ERR ").unwrap_or(&self.0);
        let text = [b"EXECABORT Transaction discarded because of: ", reason].concat();
        CommandError(text.into())
    }

    /// Was the command denied to its user?
    pub fn is_no_permission(&self) -> bool {
        self.0.starts_with(b"NOPERM ")
    }

    /// The same, for a command that was allowed when it was queued.
    pub fn when_executed(&self) -> Vec<u8> {
        let reason: &[u8] = if self.0.ends_with(b"command") {
            b"no permission to execute the command or subcommand"
        } else if self.0.ends_with(b"keys used as arguments") {
            b"no permission to touch the specified keys"
        } else {
            b"no permission to access one of the channels used as arguments to the command"
        };
        let before = b"NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This command is no longer allowed for the following reason: ";
        [&before[..], reason].concat()
    }

    pub fn text(&self) -> &[u8] {
        &self.0
    }

    #[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_owned()
    }

    pub fn into_reply(self) -> Reply {
        Reply::error(&self.0)
    }
}

/// What `printf` shows of a string: up to a NUL, at most `limit` bytes.
pub(super) fn c_string(bytes: &[u8], limit: usize) -> &[u8] {
    let end = bytes.iter().take(limit).position(|byte| *byte == 0);
    &bytes[..end.unwrap_or(bytes.len().min(limit))]
}

/// A command of one unit, waiting to be appended to the stream.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub db: u8,
    pub args: Vec<Bytes>,
}

/// A running command.
pub(super) struct Call<'a> {
    pub node: &'a mut Node,
    pub now: Time,
    pub conn: ConnId,
    pub db: u8,
    pub args: Vec<Bytes>,
    pub from_master: bool,
    pub command: &'static Command,
    /// It may wait for what is not there. Not when it is run again for somebody who waited.
    pub may_block: bool,
    dirty: u64,
    /// Keys whose values were looked at to be changed, while somebody watches keys.
    modified: Vec<Bytes>,
    instead: Option<Vec<Bytes>>,
}

impl<'a> Call<'a> {
    pub fn new(
        node: &'a mut Node,
        now: Time,
        conn: ConnId,
        db: u8,
        args: Vec<Bytes>,
        command: &'static Command,
    ) -> Call<'a> {
        Call {
            node,
            now,
            conn,
            db,
            args,
            from_master: false,
            command,
            may_block: true,
            modified: vec![],
            dirty: 0,
            instead: None,
        }
    }

    /// Runs the command; whatever it changed joins the unit that is being gathered.
    pub fn run(mut self) -> Option<Reply> {
        let run = self.command.run;
        let reply = run(&mut self).unwrap_or_else(|error| Some(error.into_reply()));
        if self.dirty > 0 {
            self.node.saving.changes += self.dirty;
            for key in std::mem::take(&mut self.modified) {
                self.node.touch(self.db, &key);
            }
            let args = self.instead.take().unwrap_or(self.args);
            self.node.unit.push(Pending { db: self.db, args });
        }
        reply
    }

    /// An argument; the command table has checked that there are enough.
    pub fn arg(&self, n: usize) -> Bytes {
        self.args.get(n).cloned().unwrap_or_default()
    }

    pub fn int(&self, n: usize) -> Result<i64, CommandError> {
        crate::wire::decimal(&self.arg(n)).ok_or(CommandError::NOT_AN_INTEGER)
    }

    /// The options behind the fixed arguments, in upper case.
    pub fn option(&self, n: usize) -> Vec<u8> {
        self.arg(n).to_ascii_uppercase()
    }

    /// What the key holds, or `None` if it does not exist or its time has passed.
    pub fn lookup(&mut self, key: &[u8]) -> Option<&Entry> {
        let is_expired = self.expire_if_needed(key);
        let found = self.node.keyspace.get(self.db, key).filter(|_| !is_expired);
        // Only who reads hits or misses (`lookupKeyReadWithFlags`).
        if !self.command.flags.has(Flags::WRITE) {
            match found {
                Some(_) => self.node.stats.keyspace_hits += 1,
                None => self.node.stats.keyspace_misses += 1,
            }
        }
        found
    }

    /// The string that the key holds.
    pub fn lookup_string(&mut self, key: &[u8]) -> Result<Option<&Bytes>, CommandError> {
        match self.lookup(key).map(|entry| &entry.value) {
            None => Ok(None),
            Some(value) => value.as_string().map(Some).ok_or(CommandError::WRONG_TYPE),
        }
    }

    /// The list that the key holds.
    pub fn lookup_list(&mut self, key: &[u8]) -> Result<Option<&List>, CommandError> {
        match self.lookup(key).map(|entry| &entry.value) {
            None => Ok(None),
            Some(Value::List(list)) => Ok(Some(list)),
            Some(_) => Err(CommandError::WRONG_TYPE),
        }
    }

    /// The set that the key holds.
    pub fn lookup_set(&mut self, key: &[u8]) -> Result<Option<&Set>, CommandError> {
        match self.lookup(key).map(|entry| &entry.value) {
            None => Ok(None),
            Some(Value::Set(set)) => Ok(Some(set)),
            Some(_) => Err(CommandError::WRONG_TYPE),
        }
    }

    /// The hash that the key holds.
    pub fn lookup_hash(&mut self, key: &[u8]) -> Result<Option<&Hash>, CommandError> {
        match self.lookup(key).map(|entry| &entry.value) {
            None => Ok(None),
            Some(Value::Hash(hash)) => Ok(Some(hash)),
            Some(_) => Err(CommandError::WRONG_TYPE),
        }
    }

    /// The sorted set that the key holds.
    pub fn lookup_sorted_set(&mut self, key: &[u8]) -> Result<Option<&SortedSet>, CommandError> {
        match self.lookup(key).map(|entry| &entry.value) {
            None => Ok(None),
            Some(Value::SortedSet(set)) => Ok(Some(set)),
            Some(_) => Err(CommandError::WRONG_TYPE),
        }
    }

    /// Has the key's time passed? A master deletes it at once and propagates that; a replica only hides it and waits for
    /// the master's DEL; a command that comes from the master still sees it.
    fn expire_if_needed(&mut self, key: &[u8]) -> bool {
        let expiry = self.node.keyspace.get(self.db, key).and_then(|e| e.expire_at_ms);
        let Some(at_ms) = expiry.filter(|at| self.now.millis() > *at) else {
            return false;
        };
        let paused = self.node.paused(self.now).is_some();
        // Where a replica takes writes, they must find the key gone.
        let writes_here = self.command.flags.has(Flags::WRITE) && !self.node.config.replica_read_only;
        let verdict = match self.node.role() {
            _ if self.from_master => ExpiryVerdict::Seen,
            _ if paused => ExpiryVerdict::Hidden,
            Role::Replica if !writes_here => ExpiryVerdict::Hidden,
            _ => ExpiryVerdict::Deleted,
        };
        let (now, command, from_master) = (self.now, self.command.name, self.from_master);
        self.node.decided(|node| {
            Decision::Expiry(Expiry {
                key: key.into(),
                at_ms,
                now_ms: now.millis(),
                role: node.role(),
                command: Some(command),
                from_master,
                writes_here,
                paused,
                verdict,
            })
        });
        if verdict == ExpiryVerdict::Deleted {
            self.node.delete_expired(self.db, key);
        }
        verdict != ExpiryVerdict::Seen
    }

    /// Puts a string under a key, with a time of expiry or none. One change.
    pub fn set(&mut self, key: Bytes, value: Bytes, expire_at_ms: Option<i64>) {
        self.put(self.db, key, Entry { value: Value::String(value), expire_at_ms });
    }

    /// Puts an entry under a key of any database. One change.
    pub fn put(&mut self, db: u8, key: Bytes, entry: Entry) {
        self.remember_expiry(db, &key, entry.expire_at_ms);
        if !matches!(entry.value, Value::String(_)) {
            self.node.key_is_ready(db, &key);
        }
        self.node.keyspace.insert(db, key.clone(), entry);
        self.node.touch(db, &key);
        self.dirty += 1;
    }

    /// Changes the value of a key that exists, in its place; a collection that is empty after it goes, with its key.
    /// Counts no change: the caller knows how many elements it touched, and says so with [`Call::changed`].
    pub fn modify(&mut self, key: &[u8], change: &mut dyn FnMut(&mut Value)) {
        self.node.keyspace.modify(self.db, key, change);
        if self.node.is_watched {
            self.modified.push(key.into());
        }
    }

    /// Deletes a key. True, and one change, if there was one.
    pub fn delete(&mut self, key: &[u8]) -> bool {
        let existed = self.node.keyspace.remove(self.db, key).is_some();
        if existed {
            self.node.touch(self.db, key);
        }
        self.dirty += u64::from(existed);
        existed
    }

    /// Changes the time of expiry of a key that exists. One change.
    pub fn expire(&mut self, key: &[u8], at_ms: Option<i64>) {
        self.remember_expiry(self.db, key, at_ms);
        self.node.keyspace.set_expiry(self.db, key, at_ms);
        self.node.touch(self.db, key);
        self.dirty += 1;
    }

    /// A client of a replica says when a key expires: no master will say that it did (`rememberSlaveKeyWithExpire`).
    fn remember_expiry(&mut self, db: u8, key: &[u8], at_ms: Option<i64>) {
        let is_own = at_ms.is_some() && !self.from_master && self.node.role() == Role::Replica;
        if is_own && !self.node.own_expiring.iter().any(|(of, known)| *of == db && **known == *key) {
            self.node.own_expiring.push((db, key.into()));
        }
    }

    /// Counts a change that was made to the dataset directly.
    pub fn changed(&mut self, changes: u64) {
        self.dirty += changes;
    }

    /// May the client read any key? What comes from the master may.
    pub fn may_read_all(&self) -> bool {
        let Some(user) = self.node.clients.get(self.conn).and_then(|client| self.node.acl.user(&client.user)) else {
            return true;
        };
        let facts = super::facts::Facts::find(self.command.name.as_bytes());
        user.may_do_all() || facts.is_none_or(|facts| user.may_read_all(facts, &self.args))
    }

    /// Closes a connection; the one that this command came on, once it has its answer.
    pub fn close(&mut self, conn: ConnId) {
        if conn == self.conn
            && let Some(client) = self.node.clients.get_mut(conn)
        {
            client.close_after_reply = true;
        } else if self.node.is_master_conn(conn) {
            self.node.master_gone(LostReason::Ended, self.now);
        } else {
            self.node.close_client(conn, LostReason::Ended);
        }
    }

    /// How many changes were counted so far.
    pub fn changes(&self) -> u64 {
        self.dirty
    }

    /// Counts so many changes, whatever was counted before: some commands count less than they do.
    pub fn set_changes(&mut self, changes: u64) {
        self.dirty = changes;
    }

    /// The stream gets this instead of what the client typed (`rewriteClientCommandVector`).
    pub fn propagate_instead(&mut self, args: &[&[u8]]) {
        self.instead = Some(args.iter().map(|arg| Bytes::from(*arg)).collect());
    }

    /// The stream gets this besides, or alone if no change is counted (`alsoPropagate`).
    pub fn propagate_also(&mut self, args: &[&[u8]]) {
        let args = args.iter().map(|arg| Bytes::from(*arg)).collect();
        self.node.unit.push(Pending { db: self.db, args });
    }
}

impl Node {
    /// Deletes a key whose time has come, and tells the stream (`deleteExpiredKeyAndPropagate`).
    pub(super) fn delete_expired(&mut self, db: u8, key: &[u8]) {
        let key = Bytes::from(key);
        self.keyspace.remove(db, &key);
        self.touch(db, &key);
        self.stats.expired_keys += 1;
        let args = vec![self.config.deletion("lazyfree-lazy-expire").into(), key.clone()];
        self.unit.push(Pending { db, args });
        self.emit(Event::KeyExpired { db, key });
    }

    /// The end of a command that may find any key expired, as SCAN and RANDOMKEY do: each deletion is a unit of its own
    /// (`CMD_TOUCHES_ARBITRARY_KEYS`).
    pub(super) fn propagate_one_by_one(&mut self) {
        for command in std::mem::take(&mut self.unit) {
            self.unit.push(command);
            self.propagate_unit();
        }
    }

    /// The end of a unit: what gathered goes into the stream, framed by MULTI and EXEC if it is more than one command
    /// (`propagatePendingCommands`).
    pub(super) fn propagate_unit(&mut self) {
        let unit = std::mem::take(&mut self.unit);
        let (Some(first), Some(last)) = (unit.first(), unit.last()) else {
            return;
        };
        let (first_db, last_db, framed) = (first.db, last.db, unit.len() > 1);
        if framed {
            self.feed(Some(first_db), &[Bytes::from(&b"MULTI"[..])], true);
        }
        for command in &unit {
            self.feed(Some(command.db), &command.args, false);
        }
        if framed {
            self.feed(Some(last_db), &[Bytes::from(&b"EXEC"[..])], true);
        }
        self.note_dataset();
    }

    /// Deletes what has expired, each key a unit of its own (`activeExpireCycle`). Redis takes samples ten times a
    /// second; here every key goes at the first tick after its time.
    pub(super) fn expire_cycle(&mut self, now: Time) {
        if !self.active_expire {
            return;
        }
        if self.role() == Role::Replica {
            return self.expire_own(now);
        }
        if self.is_any_pause() {
            return;
        }
        while let Some((at_ms, db, key)) = self.keyspace.first_to_expire().filter(|(at, _, _)| now.millis() > *at) {
            self.decided(|_| {
                Decision::Expiry(Expiry {
                    key: key.clone(),
                    at_ms,
                    now_ms: now.millis(),
                    role: Role::Master,
                    command: None,
                    from_master: false,
                    writes_here: false,
                    paused: false,
                    verdict: ExpiryVerdict::Deleted,
                })
            });
            self.delete_expired(db, &key);
            self.propagate_unit();
        }
    }

    /// Deletes what clients of this replica let expire (`expireSlaveKeys`).
    fn expire_own(&mut self, now: Time) {
        for (db, key) in std::mem::take(&mut self.own_expiring) {
            match self.keyspace.get(db, &key).and_then(|entry| entry.expire_at_ms) {
                Some(at) if now.millis() > at => self.delete_expired(db, &key),
                Some(_) => self.own_expiring.push((db, key)),
                None => {}
            }
        }
        self.unit.clear();
    }

    /// When the next key goes that this node itself has to delete; Unix time, ms.
    pub(super) fn next_to_expire(&self) -> Option<i64> {
        if !self.active_expire {
            return None;
        }
        match self.role() {
            Role::Master if self.is_any_pause() => None,
            Role::Master => self.keyspace.first_to_expire().map(|(at, _, _)| at),
            Role::Replica => {
                let expiry = |(db, key): &(u8, Bytes)| self.keyspace.get(*db, key)?.expire_at_ms;
                self.own_expiring.iter().filter_map(expiry).min()
            }
        }
    }
}
