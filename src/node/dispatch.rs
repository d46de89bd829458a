//! A client's bytes become commands, and commands become replies.
//!
//! Rule: what may refuse a command is asked in Redis' order, before the handler runs: known? enough arguments? from
//! whom? may they? enough memory? enough replicas? may this node write? is its data too old? in a transaction? A refusal inside MULTI spoils the transaction.
//! Mirrors `processInputBuffer` (networking.c) and `processCommand` (server.c).

use super::acl::{Denial, LogEntry};
use super::call::{Call, CommandError, c_string};
use super::client::Replies;
use super::command::{Command, Flags, find};
use super::facts::Facts;
use super::io::ConnId;
use super::replica::LinkState;
use super::{Event, LostReason, Node, Output, Role};
use crate::time::Time;
use crate::wire::{Bytes, Reply, Request};

impl Node {
    pub(super) fn read_from_client(&mut self, conn: ConnId, bytes: &[u8], now: Time) {
        let Some(client) = self.clients.get_mut(conn) else {
            return;
        };
        client.last_interaction = now;
        client.decoder.push(bytes);
        while let Some(client) = self.clients.get_mut(conn)
            && !client.close_after_reply
        {
            match client.decoder.next() {
                Ok(None) => return,
                Ok(Some(request)) => self.process(conn, request, now),
                Err(error) => {
                    error.to_reply().encode(&mut client.out);
                    client.close_after_reply = true;
                    self.emit(Event::ProtocolViolation { conn, error: error.to_string() });
                }
            }
        }
    }

    /// One command of a client, with everything it leads to.
    fn process(&mut self, conn: ConnId, request: Request, now: Time) {
        let Some(client) = self.clients.get_mut(conn) else {
            return;
        };
        if request.args.is_empty() {
            // A replica says an empty line while it loads, to show that it lives (`processInlineBuffer`).
            if let Some(replica) = &mut client.replica {
                replica.ack_time = now;
            }
            return;
        }
        let name = request.args.first().map(|arg| arg.bytes.to_ascii_lowercase());
        if matches!(name.as_deref(), Some(b"host:" | b"post")) {
            // A browser that was made to speak to us is cut off, and gets no answer at all (`securityWarningCommand`).
            return self.close_client(conn, LostReason::Ended);
        }
        client.reading = request.span.len();
        client.args_len = request.args.iter().map(|arg| arg.bytes.len() as u64).sum();
        client.last_command = find_request(&request).map(|command| command.name);
        let reply = self.answer(conn, request, now);
        self.propagate_unit();
        let Some(client) = self.clients.get_mut(conn) else {
            return;
        };
        client.reading = 0;
        client.args_len = 0;
        let is_wanted = matches!(client.replies, Replies::On | Replies::SkipNext);
        client.replies = match client.replies {
            Replies::SkipNext => Replies::Skip,
            Replies::Skip => Replies::On,
            other => other,
        };
        let Some(reply) = reply.filter(|_| is_wanted) else {
            return;
        };
        match &client.replica {
            None => reply.encode(&mut client.out),
            // A replica reads nothing but the stream: one that asks for an answer is no replica, and is closed.
            Some(_) => self.close_client(conn, LostReason::Ended),
        }
    }

    fn answer(&mut self, conn: ConnId, request: Request, now: Time) -> Option<Reply> {
        let command = match self.admit(conn, &request, now) {
            Ok(command) => command,
            Err(refusal) => return Some(self.refuse(conn, &request, refusal).into_reply()),
        };
        if let Some(multi) = self.clients.get_mut(conn).and_then(|client| client.multi.as_mut())
            && !command.flags.has(Flags::AT_ONCE)
        {
            multi.queued.push(request);
            return Some(Reply::simple("QUEUED"));
        }
        self.run_for_client(conn, command, request, now)
    }

    /// A command that is not admitted spoils the transaction it is in; EXEC ends it (`rejectCommand`).
    fn refuse(&mut self, conn: ConnId, request: &Request, refusal: CommandError) -> CommandError {
        let Some(client) = self.clients.get_mut(conn) else {
            return refusal;
        };
        let is_exec = find_request(request).is_some_and(|command| command.name == "exec");
        if is_exec {
            client.multi = None;
            return refusal.aborting_exec();
        }
        if let Some(multi) = &mut client.multi {
            multi.spoiled = true;
        }
        refusal
    }

    /// Everything that may be said against a command before it runs.
    fn admit(&mut self, conn: ConnId, request: &Request, now: Time) -> Result<&'static Command, CommandError> {
        let command = lookup(request)?;
        self.check_protected(command)?;
        self.check_identity(conn, command)?;
        let multi = self.clients.get(conn).and_then(|client| client.multi.as_ref());
        if multi.is_some() && command.flags.has(Flags::NO_MULTI) {
            return Err(CommandError::new("ERR Command not allowed inside a transaction"));
        }
        self.check_permissions(conn, command, request, now)?;
        self.check_memory(conn, command)?;
        self.check_state(conn, command)?;
        Ok(command)
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
    fn check_permissions(
        &mut self,
        conn: ConnId,
        command: &Command,
        request: &Request,
        now: Time,
    ) -> Result<(), CommandError> {
        let Some(user) = self.clients.get(conn).and_then(|client| self.acl.user(&client.user)) else {
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
        let Some(client) = self.clients.get(conn) else { return };
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
    fn check_state(&self, conn: ConnId, command: &'static Command) -> Result<(), CommandError> {
        let multi = self.clients.get(conn).and_then(|client| client.multi.as_ref());
        // EXEC is as much of a write, and needs as fresh data, as what was queued.
        let queued = multi.filter(|_| command.name == "exec").map_or(&[][..], |multi| &multi.queued);
        let flags =
            || std::iter::once(command).chain(queued.iter().filter_map(find_request)).map(|command| command.flags);
        let is_write = flags().any(|flags| flags.has(Flags::WRITE));
        if is_write && self.role() == Role::Master && self.lacks_good_replicas() {
            return Err(CommandError::new("NOREPLICAS Not enough good replicas to write."));
        }
        if is_write && self.role() == Role::Replica && self.config.replica_read_only {
            return Err(CommandError::new("READONLY You can't write against a read only replica."));
        }
        let listens = self.clients.get(conn).is_some_and(|client| client.subscriptions.is_any());
        if listens && !command.flags.has(Flags::FOR_LISTENERS) {
            return Err(CommandError::new(format!(
                "ERR Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context",
                command.name
            )));
        }
        let is_stale = self.master.as_ref().is_some_and(|link| link.state != LinkState::Connected);
        let is_stale_allowed = flags().all(|flags| flags.has(Flags::STALE));
        if is_stale && !self.config.replica_serve_stale_data && !is_stale_allowed {
            return Err(CommandError::new(
                "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            ));
        }
        if self.loading.is_some() && !flags_allow_loading(command, queued) {
            return Err(CommandError::new("LOADING Redis is loading the dataset in memory"));
        }
        let is_replica = self.clients.get(conn).is_some_and(|client| client.replica.is_some());
        if is_replica && flags().any(|flags| flags.has(Flags::WRITE) || flags.has(Flags::READONLY)) {
            return Err(CommandError::new("ERR Replica can't interact with the keyspace"));
        }
        Ok(())
    }

    fn lacks_good_replicas(&self) -> bool {
        let wanted = self.config.min_replicas_to_write;
        wanted > 0 && self.config.min_replicas_max_lag_secs > 0 && self.good_replicas < wanted
    }

    /// A command out of a transaction; it was admitted when it was queued.
    pub(super) fn run_queued(&mut self, conn: ConnId, request: Request, now: Time) -> Reply {
        let allowed =
            lookup(&request).and_then(|command| self.check_permissions(conn, command, &request, now).map(|()| command));
        match allowed {
            Err(error) if error.is_no_permission() => Reply::error(error.when_executed()),
            Ok(command) => self.run_for_client(conn, command, request, now).unwrap_or(Reply::NullBulk),
            Err(error) => error.into_reply(),
        }
    }

    fn run_for_client(
        &mut self,
        conn: ConnId,
        command: &'static Command,
        request: Request,
        now: Time,
    ) -> Option<Reply> {
        let db = self.clients.get(conn).map_or(0, |client| client.db);
        let args: Vec<Bytes> = request.args.into_iter().map(|arg| arg.bytes).collect();
        self.stats.commands_processed += 1;
        let shown = args.clone();
        let reply = Call::new(self, now, conn, db, args, command).run();
        let reply_is_error = matches!(reply, Some(Reply::Error(_)));
        let is_replica = self.clients.get(conn).is_some_and(|client| client.replica.is_some());
        if !is_replica {
            self.emit(Event::CommandRun { conn, db, args: shown, reply_is_error });
        }
        reply
    }

    /// A command of the stream: never refused for what it is, never answered.
    pub(super) fn run_from_master(&mut self, args: Vec<Bytes>, now: Time) {
        let Some((conn, db)) = self.master.as_ref().and_then(|link| Some((link.conn?, link.follow.db))) else {
            return;
        };
        let Some(command) = args.first().and_then(|name| find(name)).filter(|c| c.accepts(args.len())) else {
            return self.refuse_unknown(&args, now);
        };
        self.stats.commands_processed += 1;
        self.master_command = Some(command.name);
        let mut call = Call::new(self, now, conn, db, args, command);
        call.from_master = true;
        call.run();
        self.unit.clear();
    }

    /// Redis would know this command and we do not. To go on would be to pretend to hold what the master holds, so
    /// following ends here.
    fn refuse_unknown(&mut self, args: &[Bytes], now: Time) {
        let name = args.first().map(|name| crate::wire::printable(name)).unwrap_or_default();
        let why = format!("the master sent a command that is not modelled: '{name}'");
        self.lose_stream(why, LostReason::NotModelled, now);
    }

    /// Replies leave; who is to be closed is closed.
    pub(super) fn flush_clients(&mut self, now: Time) {
        let mut closing = vec![];
        for (conn, client) in self.clients.iter_mut() {
            if !client.out.is_empty() {
                let bytes = std::mem::take(&mut client.out).into();
                self.outputs.push_back(Output::Send { conn, bytes });
            }
            if client.close_after_reply {
                closing.push(conn);
            }
        }
        for conn in closing {
            self.outputs.push_back(Output::Close { conn });
            self.forget_client(conn, LostReason::Ended, now);
        }
    }

    /// Closes a connection on our own account.
    pub(super) fn close_client(&mut self, conn: ConnId, reason: LostReason) {
        self.outputs.push_back(Output::Close { conn });
        let now = self.cron_ran;
        self.forget_client(conn, reason, now);
    }

    /// The connection is gone (`freeClient`).
    pub(super) fn forget_client(&mut self, conn: ConnId, reason: LostReason, now: Time) {
        let Some(client) = self.clients.remove(conn) else {
            return;
        };
        let Some(replica) = client.replica else {
            return;
        };
        self.replica_order.retain(|other| *other != conn);
        if self.replica_order.is_empty() {
            self.no_replicas_since = now;
        }
        self.count_good_replicas(now);
        self.emit(Event::ReplicaLost { conn, addr: replica.addr, reason });
    }
}

/// May this command, and what it would run, be run while the dataset is being loaded (`CMD_LOADING`)? Commands that run
/// with stale data do, but for those that change where the data comes from.
fn flags_allow_loading(command: &'static Command, queued: &[Request]) -> bool {
    std::iter::once(command)
        .chain(queued.iter().filter_map(find_request))
        .all(|command| command.flags.has(Flags::STALE) && !matches!(command.name, "replicaof" | "slaveof" | "failover"))
}

/// The row of the table for a request, the subcommand's if it is a container's.
fn find_request(request: &Request) -> Option<&'static Command> {
    let command = find(&request.args.first()?.bytes)?;
    match request.args.get(1) {
        Some(name) if !command.subcommands.is_empty() => command.find_subcommand(&name.bytes),
        _ => Some(command),
    }
}

/// The row of the table for a request, or Redis' error if there is none or its arguments are too few or too many.
fn lookup(request: &Request) -> Result<&'static Command, CommandError> {
    let command = find_request(request).ok_or_else(|| unknown_command(request))?;
    if command.accepts(request.args.len()) {
        Ok(command)
    } else {
        Err(CommandError::new(format!("ERR wrong number of arguments for '{}' command", command.name)))
    }
}

/// The same for arguments alone; `Err(None)` if there is no such command.
pub(super) fn lookup_args(args: &[Bytes]) -> Result<&'static Command, Option<CommandError>> {
    let span = crate::wire::Span::new(0, 0);
    let request =
        Request { span, args: args.iter().map(|arg| crate::wire::Arg { span, bytes: arg.clone() }).collect() };
    find_request(&request).ok_or(None)?;
    lookup(&request).map_err(Some)
}

/// Redis shows the name, and arguments until 128 bytes are full (`commandCheckExistence`).
fn unknown_command(request: &Request) -> CommandError {
    if let [container, subcommand, ..] = request.args.as_slice()
        && find(&container.bytes).is_some()
    {
        let shown = &subcommand.bytes[..subcommand.bytes.len().min(128)];
        let container = String::from_utf8_lossy(&container.bytes).to_ascii_uppercase();
        return CommandError::quoting("ERR unknown subcommand '", shown, &format!("'. Try {container} HELP."));
    }
    let (name, args) = request.args.split_first().map_or((&[][..], &[][..]), |(name, args)| (&name.bytes[..], args));
    let mut shown: Vec<u8> = vec![];
    for arg in args {
        if shown.len() >= 128 {
            break;
        }
        shown = [&shown, &b"'"[..], c_string(&arg.bytes, 128 - shown.len()), b"' "].concat();
    }
    let text = [b"ERR unknown command '", c_string(name, 128), b"', with args beginning with: ", &shown].concat();
    CommandError::from_bytes(text)
}
