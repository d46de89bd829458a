//! A client's bytes become commands, and commands become replies.
//!
//! Rule: a command that `admit.rs` lets pass is queued, if its client is in a transaction, or runs. A refusal inside MULTI
//! spoils the transaction.
//! Mirrors `processInputBuffer` (networking.c) and `processCommand` (server.c).

use super::blocked::Blocked;
use super::call::{Call, CommandError, c_string};
use super::client::Replies;
use super::command::{Command, Flags, find};
use super::io::ConnId;
use super::{Event, LostReason, Node, Output};
use crate::time::Time;
use crate::wire::{Bytes, Reply, Request};

impl Node {
    pub(super) fn read_from_client(&mut self, conn: ConnId, bytes: &[u8], now: Time) {
        let Some(client) = self.clients.get_mut(conn) else {
            return;
        };
        client.last_interaction = now;
        client.decoder.push(bytes);
        while !self.is_held_by_script(conn)
            && let Some(client) = self.clients.get_mut(conn)
            && !client.close_after_reply
            && client.blocked.is_none()
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
    pub(super) fn process(&mut self, conn: ConnId, request: Request, now: Time) {
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
        match self.clients.get(conn).and_then(|client| client.last_command) {
            Some("scan" | "randomkey") => self.propagate_one_by_one(),
            _ => self.propagate_unit(),
        }
        let offset = self.history.offset;
        self.serve_ready_keys(now);
        let Some(client) = self.clients.get_mut(conn) else {
            return;
        };
        client.wrote_until = offset;
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
        let client = self.clients.get(conn);
        if client.is_some_and(|client| client.replica.is_none()) {
            let queued = client.and_then(|client| client.multi.as_ref()).filter(|_| command.name == "exec");
            let queued = queued.map_or(&[][..], |multi| &multi.queued);
            let commands: Vec<_> = std::iter::once(command).chain(queued.iter().filter_map(find_request)).collect();
            if self.must_wait(&commands, now) {
                self.block(conn, Blocked::Postponed(Box::new(request)), Time::NEVER);
                return None;
            }
        }
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
        if let Some(command) = find_request(request) {
            self.stats.rejected(command.name);
        }
        self.stats.error(refusal.text());
        let Some(client) = self.clients.get_mut(conn) else {
            return refusal;
        };
        let is_exec = find_request(request).is_some_and(|command| command.name == "exec");
        if is_exec {
            client.multi = None;
            self.unwatch(conn);
            return refusal.aborting_exec();
        }
        if let Some(multi) = &mut client.multi {
            multi.spoiled = true;
        }
        refusal
    }

    /// A command out of a transaction; it was admitted when it was queued.
    pub(super) fn run_queued(&mut self, conn: ConnId, request: Request, now: Time) -> Reply {
        let allowed =
            lookup(&request).and_then(|command| self.check_permissions(conn, command, &request, now).map(|()| command));
        match allowed {
            Ok(command) => self.run_for_client(conn, command, request, now).unwrap_or(Reply::NullBulk),
            Err(error) => {
                self.stats.error(error.text());
                if error.is_no_permission() { Reply::error(error.when_executed()) } else { error.into_reply() }
            }
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
        let shown = args.clone();
        let reply = Call::new(self, now, conn, db, args, command).run();
        let reply_is_error = matches!(reply, Some(Reply::Error(_)));
        self.stats.called(command.name, reply_is_error);
        if let Some(Reply::Error(text)) = &reply {
            self.stats.error(text);
        }
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
        self.master_command = Some(command.name);
        let mut call = Call::new(self, now, conn, db, args, command);
        call.from_master = true;
        let reply = call.run();
        self.stats.called(command.name, matches!(reply, Some(Reply::Error(_))));
        self.unit.clear();
    }

    /// Redis would know this command and we do not. To go on would be to pretend to hold what the master holds, so
    /// following ends here.
    fn refuse_unknown(&mut self, args: &[Bytes], now: Time) {
        if self.is_rebuilt() {
            return self.pass_over(args.first().map_or(&[], |name| name));
        }
        let name = args.first().map(|name| crate::wire::printable(name)).unwrap_or_default();
        let why = format!("the master sent a command that is not modelled: '{name}'");
        self.lose_stream(why, LostReason::NotModelled, now);
    }

    /// Replies leave; who is to be closed is closed.
    pub(super) fn flush_clients(&mut self, now: Time) {
        let mut closing = vec![];
        for (conn, client) in self.clients.iter_mut() {
            if !client.out.is_empty() {
                self.stats.net_output += client.out.len() as u64;
                self.stats.writes += 1;
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
        self.kill_useless_snapshot(replica.state, now);
    }
}

/// The row of the table for a request, the subcommand's if it is a container's.
pub(super) fn find_request(request: &Request) -> Option<&'static Command> {
    let command = find(&request.args.first()?.bytes)?;
    match request.args.get(1) {
        Some(name) if !command.subcommands.is_empty() => command.find_subcommand(&name.bytes),
        _ => Some(command),
    }
}

/// The row of the table for a request, or Redis' error if there is none or its arguments are too few or too many.
pub(super) fn lookup(request: &Request) -> Result<&'static Command, CommandError> {
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
