//! May this command run?
//!
//! Rule: what may refuse a command is asked in Redis' order, before its handler runs: known? enough arguments? from whom?
//! may they? enough memory? enough replicas? may this node write? does the connection only listen? is the data too old?
//! Mirrors the first half of `processCommand` (server.c) and `ACLCheckAllPerm` (acl.c).

use super::acl::{Denial, LogEntry};
use super::call::CommandError;
use super::command::{Command, Flags};
use super::decisions::{Decision, Stale, TooFewReplicas};
use super::dispatch::{find_request, lookup};
use super::facts::Facts;
use super::io::ConnId;
use super::master::ReplicaClient;
use super::replica::LinkState;
use super::{Node, Role};
use crate::time::Time;
use crate::wire::{Bytes, Request};

impl Node {
    /// Everything that may be said against a command before it runs.
    pub(super) fn admit(
        &mut self,
        conn: ConnId,
        request: &Request,
        now: Time,
    ) -> Result<&'static Command, CommandError> {
        let command = lookup(request)?;
        self.check_protected(command)?;
        self.check_identity(conn, command)?;
        let multi = self.clients.get(conn).and_then(|client| client.multi.as_ref());
        if multi.is_some() && command.flags.has(Flags::NO_MULTI) {
            return Err(CommandError::new("ERR Command not allowed inside a transaction"));
        }
        self.check_permissions(conn, command, request, now)?;
        self.check_memory(conn, command)?;
        self.check_state(conn, command, now)?;
        self.check_not_busy(command)?;
        Ok(command)
    }

    /// Is there room for what the command may add, and may this node do it now? What a script's commands are asked.
    #[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
    pub(super) fn check_room(
        &mut self,
        conn: ConnId,
        command: &'static Command,
        now: Time,
    ) -> Result<(), CommandError> {
        self.check_memory(conn, command)?;
        self.check_state(conn, command, now)
    }

    /// While a script does not end, little is allowed.
    fn check_not_busy(&self, command: &Command) -> Result<(), CommandError> {
        let is_allowed = || Facts::find(command.name.as_bytes()).is_some_and(|facts| facts.has_flag("allow_busy"));
        if !self.is_busy() || is_allowed() {
            return Ok(());
        }
        Err(CommandError::from_text(
            "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
        ))
    }

    /// Does a script run that does not end?
    fn is_busy(&self) -> bool {
        #[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
        return self.scripts.is_busy();
        #[cfg(not(all(feature = "complete", not(target_arch = "wasm32"))))]
        return false;
    }

    /// Must what this connection says wait, because its script does not end?
    pub(super) fn is_held_by_script(&self, _conn: ConnId) -> bool {
        #[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
        return self.scripts.runs_for(_conn);
        #[cfg(not(all(feature = "complete", not(target_arch = "wasm32"))))]
        return false;
    }

    /// DEBUG is only for whom the configuration lets.
    fn check_protected(&self, command: &Command) -> Result<(), CommandError> {
        if command.name != "debug" || self.config.enable_debug_command != "no" {
            return Ok(());
        }
        Err(CommandError::from_text(
            "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.",
        ))
    }

    /// Has the connection said who it is, where that is wanted? (`authRequired`)
    fn check_identity(&self, conn: ConnId, command: &Command) -> Result<(), CommandError> {
        let is_known = self.clients.get(conn).is_none_or(|client| client.is_authenticated);
        if is_known || self.acl.is_open() || command.flags.has(Flags::NO_AUTH) {
            return Ok(());
        }
        Err(CommandError::from_text("NOAUTH Authentication required."))
    }

    /// May its user do this? What is denied is remembered (`ACLCheckAllPerm`).
    pub(super) fn check_permissions(
        &mut self,
        conn: ConnId,
        command: &Command,
        request: &Request,
        now: Time,
    ) -> Result<(), CommandError> {
        let user = self.clients.get(conn).and_then(|client| self.acl.user(&client.user));
        let Some(user) = user.filter(|_| super::COMPLETE) else {
            return Ok(());
        };
        if user.may_do_all() {
            return Ok(());
        }
        let Some(facts) = Facts::find(command.name.as_bytes()) else { return Ok(()) };
        let args: Vec<Bytes> = request.args.iter().map(|arg| arg.bytes.clone()).collect();
        let Err((denial, at)) = user.check(facts, &args) else { return Ok(()) };
        let object = match denial {
            Denial::Command => command.name.as_bytes().into(),
            _ => args.get(at).cloned().unwrap_or_default(),
        };
        self.note_denial(conn, denial, object, None, now);
        Err(match denial {
            Denial::Command => {
                CommandError::new(format!("NOPERM this user has no permissions to run the '{}' command", command.name))
            }
            Denial::Channel => CommandError::from_text(
                "NOPERM this user has no permissions to access one of the channels used as arguments",
            ),
            _ => CommandError::from_text(
                "NOPERM this user has no permissions to access one of the keys used as arguments",
            ),
        })
    }

    /// ACL LOG gets an entry; `user` is the one that was tried, if it is not the connection's own.
    pub(super) fn note_denial(&mut self, conn: ConnId, reason: Denial, object: Bytes, user: Option<Bytes>, now: Time) {
        let Some(client) = self.clients.get(conn).filter(|_| super::COMPLETE) else { return };
        let user = user.unwrap_or_else(|| client.user.clone());
        let in_multi = client.multi.is_some();
        let client = self.client_line(conn, now).trim_end().into();
        let entry = LogEntry { count: 1, reason, in_multi, object, user, at: now, client };
        self.acl.note(entry, self.config.acllog_max_len as usize);
    }

    /// Is there room for what the command may add? Inside MULTI every command takes some (`performEvictions`; keys are
    /// not evicted here, so the policy is always noeviction).
    fn check_memory(&self, conn: ConnId, command: &Command) -> Result<(), CommandError> {
        let is_ignored = self.role() == Role::Replica && self.config.replica_ignore_maxmemory;
        if self.config.maxmemory == 0 || is_ignored || self.used_memory() <= self.config.maxmemory {
            return Ok(());
        }
        let multi = self.clients.get(conn).and_then(|client| client.multi.as_ref());
        let adds = |name: &str| Facts::find(name.as_bytes()).is_some_and(|facts| facts.has_flag("denyoom"));
        let is_denied = match (command.name, multi) {
            ("exec", Some(multi)) => multi.queued.iter().filter_map(find_request).any(|command| adds(command.name)),
            ("discard" | "quit" | "reset", _) => false,
            (name, multi) => multi.is_some() || adds(name),
        };
        match is_denied {
            true => Err(CommandError::from_text("OOM command not allowed when used memory > 'maxmemory'.")),
            false => Ok(()),
        }
    }

    /// May this node do it now: replicas, role, data?
    fn check_state(&mut self, conn: ConnId, command: &'static Command, now: Time) -> Result<(), CommandError> {
        let multi = self.clients.get(conn).and_then(|client| client.multi.as_ref());
        // EXEC is as much of a write, and needs as fresh data, as what was queued.
        let queued = multi.filter(|_| command.name == "exec").map_or(&[][..], |multi| &multi.queued);
        let flags =
            || std::iter::once(command).chain(queued.iter().filter_map(find_request)).map(|command| command.flags);
        let is_write = flags().any(|flags| flags.has(Flags::WRITE));
        let reads = flags().any(|flags| flags.has(Flags::READONLY));
        let is_stale_allowed = flags().all(|flags| flags.has(Flags::STALE));
        // What runs with stale data runs without data too, but for what changes where the data comes from (`CMD_LOADING`).
        let runs_without_data = is_stale_allowed && !matches!(command.name, "replicaof" | "slaveof" | "failover");
        if is_write && self.role() == Role::Master && self.lacks_good_replicas() {
            self.note_too_few_replicas(command.name, now);
            return Err(CommandError::new("NOREPLICAS Not enough good replicas to write."));
        }
        if is_write && self.role() == Role::Replica && self.config.replica_read_only {
            self.decided(|_| Decision::ReadOnly { command: command.name });
            return Err(CommandError::new("READONLY You can't write against a read only replica."));
        }
        let listens = self.clients.get(conn).is_some_and(|client| client.subscriptions.is_any());
        if listens && !command.flags.has(Flags::FOR_LISTENERS) {
            return Err(CommandError::new(format!(
                "ERR Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context",
                command.name
            )));
        }
        let down = self.master.as_ref().map(|link| link.state).filter(|state| *state != LinkState::Connected);
        let serves = self.config.replica_serve_stale_data;
        if let Some(link) = down.filter(|_| reads || (!serves && !is_stale_allowed)) {
            self.decided(|_| {
                Decision::Stale(Stale { command: command.name, link, serves, needs_no_data: is_stale_allowed })
            });
        }
        if down.is_some() && !serves && !is_stale_allowed {
            return Err(CommandError::new(
                "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            ));
        }
        let is_kept_from = self.loads_beside().is_some_and(|is_beside| match is_beside {
            true => Facts::find(command.name.as_bytes()).is_some_and(|facts| facts.has_flag("no_async_loading")),
            false => !runs_without_data,
        });
        if is_kept_from {
            return Err(CommandError::new("LOADING Redis is loading the dataset in memory"));
        }
        let is_replica = self.clients.get(conn).is_some_and(|client| client.replica.is_some());
        if is_replica && (is_write || reads) {
            return Err(CommandError::new("ERR Replica can't interact with the keyspace"));
        }
        Ok(())
    }

    fn note_too_few_replicas(&mut self, command: &'static str, now: Time) {
        self.decided(|node| {
            let silent = |r: &ReplicaClient| (r.addr.clone(), r.state, now.secs() - r.ack_time.secs());
            Decision::TooFewReplicas(TooFewReplicas {
                command,
                wanted: node.config.min_replicas_to_write,
                max_lag_secs: node.config.min_replicas_max_lag_secs,
                good: node.good_replicas,
                replicas: node.replicas().map(silent).collect(),
            })
        });
    }

    fn lacks_good_replicas(&self) -> bool {
        let wanted = self.config.min_replicas_to_write;
        wanted > 0 && self.config.min_replicas_max_lag_secs > 0 && self.good_replicas < wanted
    }
}
