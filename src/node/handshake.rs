//! From a connection that stands to the master's answer to PSYNC.
//!
//! Rule: one line in, at most one move of the state table in `replica.rs`. An error of the master is tolerated where
//! Redis tolerates it: a PING may be answered `-NOAUTH`, a REPLCONF may be unknown to an old master.
//! Mirrors `syncWithMaster` and `slaveTryPartialResynchronization` (replication.c).

use super::replica::{LinkState, Transfer};
use super::{Event, LostReason, Node, Output};
use crate::time::Time;
use crate::wire::{PsyncReply, ReplId, encode_command};
use std::sync::Arc;

/// The longest line that is waited for; Redis reads into a buffer of 1 KiB (`receiveSynchronousResponse`).
const LINE_MAX: usize = 1024;

impl Node {
    /// The connection stands: say PING, to see whether anybody answers.
    pub(super) fn master_connected(&mut self, now: Time) {
        self.say_to_master(&[b"PING"]);
        if let Some(link) = &mut self.master {
            link.last_io = now;
        }
        self.set_link_state(LinkState::ReceivePingReply);
    }

    /// Bytes from the master, before the stream.
    pub(super) fn read_handshake(&mut self, bytes: &[u8], now: Time) {
        let Some(link) = &mut self.master else { return };
        link.last_io = now;
        link.unread.extend_from_slice(bytes);
        loop {
            let Some(link) = &mut self.master else { return };
            match link.state {
                LinkState::Transfer => return self.read_transfer(now),
                LinkState::Connected => {
                    let rest = std::mem::take(&mut link.unread);
                    return self.read_stream(&rest, now);
                }
                state if !state.is_handshake() => return,
                _ => {}
            }
            let Some(line) = take_line(&mut link.unread) else {
                if link.unread.len() > LINE_MAX {
                    self.fail_sync(
                        format!("the master sent more than {LINE_MAX} bytes without the end of a line"),
                        now,
                    );
                }
                return;
            };
            self.handshake_line(&line, now);
        }
    }

    fn handshake_line(&mut self, line: &[u8], now: Time) {
        let Some(state) = self.master.as_ref().map(|link| link.state) else {
            return;
        };
        match state {
            LinkState::ReceivePingReply => self.ping_answered(line, now),
            LinkState::ReceiveAuthReply if line.starts_with(b"-") => {
                self.fail_sync(format!("Unable to AUTH to MASTER: {}", String::from_utf8_lossy(line)), now);
            }
            LinkState::ReceiveAuthReply => self.set_link_state(LinkState::ReceivePortReply),
            LinkState::ReceivePortReply if self.config.replica_announce_ip.is_empty() => {
                self.set_link_state(LinkState::ReceiveCapaReply)
            }
            LinkState::ReceivePortReply => self.set_link_state(LinkState::ReceiveIpReply),
            LinkState::ReceiveIpReply => self.set_link_state(LinkState::ReceiveCapaReply),
            LinkState::ReceiveCapaReply => self.send_psync(),
            LinkState::ReceivePsyncReply => self.psync_answered(line, now),
            _ => {}
        }
    }

    fn ping_answered(&mut self, line: &[u8], now: Time) {
        let tolerated: [&[u8]; 4] = [b"+", b"-NOAUTH", b"-NOPERM", b"-ERR operation not permitted"];
        if !tolerated.iter().any(|start| line.starts_with(start)) {
            return self
                .fail_sync(format!("Error reply to PING from master: '{}'", String::from_utf8_lossy(line)), now);
        }
        self.set_link_state(LinkState::SendHandshake);
        self.send_handshake();
    }

    /// Everything that introduces this replica leaves at once; the answers are read one by one.
    fn send_handshake(&mut self) {
        let config = self.config.clone();
        let has_auth = !config.masterauth.is_empty();
        match config.masteruser.is_empty() {
            _ if !has_auth => {}
            true => self.say_to_master(&[b"AUTH", config.masterauth.as_bytes()]),
            false => self.say_to_master(&[b"AUTH", config.masteruser.as_bytes(), config.masterauth.as_bytes()]),
        }
        let port = if config.replica_announce_port > 0 { config.replica_announce_port } else { config.port };
        self.say_to_master(&[b"REPLCONF", b"listening-port", port.to_string().as_bytes()]);
        if !config.replica_announce_ip.is_empty() {
            self.say_to_master(&[b"REPLCONF", b"ip-address", config.replica_announce_ip.as_bytes()]);
        }
        self.say_to_master(&[b"REPLCONF", b"capa", b"eof", b"capa", b"psync2"]);
        self.set_link_state(if has_auth { LinkState::ReceiveAuthReply } else { LinkState::ReceivePortReply });
    }

    /// Asks to continue from what was kept: the first byte that is lacking is one after the last that was applied.
    fn send_psync(&mut self) {
        self.set_link_state(LinkState::SendPsync);
        let Some(link) = &self.master else { return };
        match link.cached {
            Some(cached) => {
                let offset = (cached.offset + 1).to_string();
                let words: [&[u8]; 4] = [b"PSYNC", &cached.id.0, offset.as_bytes(), b"FAILOVER"];
                self.say_to_master(&words[..if self.is_failing_over() { 4 } else { 3 }]);
            }
            None => self.say_to_master(&[b"PSYNC", b"?", b"-1"]),
        }
        self.set_link_state(LinkState::ReceivePsyncReply);
    }

    fn psync_answered(&mut self, line: &[u8], now: Time) {
        let answer = PsyncReply::parse(line);
        if self.is_failing_over() {
            match answer {
                Ok(PsyncReply::KeepAlive) => {}
                Ok(PsyncReply::FullResync { .. } | PsyncReply::Continue { .. }) => self.complete_failover(now),
                _ => return self.abort_failover("Failover target rejected psync request", now),
            }
        }
        match answer {
            Ok(PsyncReply::KeepAlive) => {}
            Ok(PsyncReply::FullResync { id, offset }) => {
                self.emit(Event::FullResync { id, offset });
                self.begin_transfer(id, offset, false);
            }
            Ok(PsyncReply::Continue { id }) => self.continue_from_cache(id, now),
            Ok(PsyncReply::TryLater) => {
                self.fail_sync(format!("the master answered {}", String::from_utf8_lossy(line)), now)
            }
            Ok(PsyncReply::NotSupported) => {
                // Older than 2.8, or an error: ask in the old way, on the same connection, as an inline command.
                if let Some(conn) = self.master.as_ref().and_then(|link| link.conn) {
                    self.outputs.push_back(Output::Send { conn, bytes: b"SYNC\r\n"[..].into() });
                }
                self.begin_transfer(ReplId::ZERO, 0, true);
            }
            Err(error) => self.fail_sync(error.to_string(), now),
        }
    }

    fn begin_transfer(&mut self, id: ReplId, offset: u64, old_sync: bool) {
        if let Some(link) = &mut self.master {
            link.transfer = Some(Transfer { id, offset, end: None, received: Arc::default(), old_sync });
        }
        self.set_link_state(LinkState::Transfer);
    }

    /// `+CONTINUE`: the history goes on, perhaps under a new name.
    fn continue_from_cache(&mut self, new_id: Option<ReplId>, now: Time) {
        let Some(link) = &mut self.master else { return };
        let Some(cached) = link.cached.take() else {
            return self
                .fail_sync("the master answered +CONTINUE to a replica that has nothing to continue".into(), now);
        };
        link.follow.db = cached.db;
        link.follow.acks = true;
        let renamed = new_id.filter(|id| *id != cached.id);
        if let Some(id) = renamed {
            self.history.id = cached.id;
            self.history.shift_to(id);
            self.note_ids();
        }
        self.emit(Event::PartialAccepted { id: self.history.id, offset: cached.offset, new_id: renamed });
        if renamed.is_some() {
            self.disconnect_replicas();
        }
        if self.backlog.is_none() {
            self.create_backlog(None);
        }
        self.set_link_state(LinkState::Connected);
    }

    pub(super) fn say_to_master(&mut self, args: &[&[u8]]) {
        if let Some(conn) = self.master.as_ref().and_then(|link| link.conn) {
            self.outputs.push_back(Output::Send { conn, bytes: encode_command(args).into() });
        }
    }

    /// The synchronization cannot go on. What this node holds is kept.
    pub(super) fn fail_sync(&mut self, why: String, now: Time) {
        self.give_up(why, LostReason::Ended, now);
    }

    pub(super) fn give_up(&mut self, why: String, reason: LostReason, now: Time) {
        self.emit(Event::SyncFailed { why });
        self.master_gone(reason, now);
    }
}

/// Takes one line from the front, without its end; the end is LF, with or without CR.
pub(super) fn take_line(unread: &mut Vec<u8>) -> Option<Vec<u8>> {
    let end = unread.iter().take(LINE_MAX + 1).position(|byte| *byte == b'\n')?;
    let mut line: Vec<u8> = unread.drain(..=end).collect();
    line.pop();
    line.pop_if(|last| *last == b'\r');
    Some(line)
}
