//! The log: what the node did, in Redis' manner, on stderr or, for a node with a redis.conf, where Redis' goes.
//!
//! Rule: words are made here, from the values of events; a line is `pid:role time level text`, with UTC for the time. A
//! log that cannot be written changes nothing. Mirrors `serverLogRaw` (server.c) and the `serverLog` calls of
//! replication.c.

use super::now;
use crate::node::{
    Decision, Event, FullReason, LinkState, LostReason, Node, PsyncDecision, PsyncVerdict, ReplicaState, Role, Silence,
};
use crate::time::Time;
use crate::wire::printable;
use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

/// What a full synchronization is called.
const SYNC: &str = "MASTER <-> REPLICA sync";

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Notice,
    Warning,
}

/// Where lines go, if not to stderr.
static OUT: OnceLock<Mutex<Box<dyn Write + Send>>> = OnceLock::new();

/// From now on lines go where Redis' go: to this file, or to stdout.
pub fn like_redis(file: Option<&Path>) -> io::Result<()> {
    let out: Box<dyn Write + Send> = match file {
        Some(path) => Box::new(File::options().create(true).append(true).open(path)?),
        None => Box::new(io::stdout()),
    };
    // It is set once, before the first line.
    let _ = OUT.set(Mutex::new(out));
    Ok(())
}

/// The node listens. The line on stdout is for whoever waits for it.
pub fn started(addr: SocketAddr) {
    line(Role::Master, Level::Notice, &format!("Running on {addr}, PID: {}", std::process::id()));
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "Ready to accept connections").and_then(|()| stdout.flush());
}

pub fn ended() {
    line(Role::Master, Level::Warning, "Received a signal to end, exiting");
}

pub fn not_saved(error: &io::Error) {
    line(Role::Master, Level::Warning, &format!("Failed writing dump.rdb: {error}"));
}

pub fn not_removed(error: &io::Error) {
    line(Role::Master, Level::Warning, &format!("Failed removing the RDB file: {error}"));
}

pub fn not_rewritten(error: &io::Error) {
    line(Role::Master, Level::Warning, &format!("CONFIG REWRITE failed: {error}"));
}

pub fn not_accepted(error: &io::Error) {
    line(Role::Master, Level::Warning, &format!("Accepting client connection: {error}"));
}

pub fn too_much_unsent(bytes: u64) {
    let text = format!("A client is closed: {bytes} bytes wait to be read by it");
    line(Role::Master, Level::Warning, &text);
}

/// What the node did, if it is worth a line.
pub fn event(event: &Event, node: &Node) {
    if let Some((level, text)) = words(event, node) {
        text.lines().for_each(|text| line(node.role(), level, text));
    }
}

fn line(role: Role, level: Level, text: &str) {
    let role = if role == Role::Master { 'M' } else { 'S' };
    let mark = if level == Level::Notice { '*' } else { '#' };
    let (pid, at) = (std::process::id(), timestamp(now()));
    let line = format!("{pid}:{role} {at} {mark} {text}\n");
    let _ = match OUT.get().map(|out| out.lock()) {
        Some(Ok(mut out)) => out.write_all(line.as_bytes()).and_then(|()| out.flush()),
        _ => io::stderr().write_all(line.as_bytes()),
    };
}

fn words(event: &Event, node: &Node) -> Option<(Level, String)> {
    let notice = |text: String| Some((Level::Notice, text));
    let warning = |text: String| Some((Level::Warning, text));
    match event {
        Event::Started { .. }
        | Event::CommandRun { .. }
        | Event::Propagated { .. }
        | Event::Applied { .. }
        | Event::DatasetAt { .. }
        | Event::KeyExpired { .. }
        | Event::BacklogTrimmed { .. }
        | Event::Acked { .. }
        | Event::NotModelled { .. }
        | Event::WouldHaveWritten { .. }
        | Event::WouldHaveSaved { .. }
        | Event::SnapshotSent { .. }
        | Event::Reloaded => None,
        Event::WaitCounted { .. } => None,
        Event::Decided(decision) => match &**decision {
            Decision::Silence(Silence { link: Some(state), .. }) => warning(master_silent(*state).into()),
            _ => None,
        },
        Event::FailoverStarted => notice("FAILOVER requested.".into()),
        Event::FailingOver { to, forced: true } => notice(format!("FAILOVER to {to} time out exceeded, failing over.")),
        Event::FailingOver { to, forced: false } => notice(format!("Failover target {to} is synced, failing over.")),
        Event::ShutdownWaits => notice("User requested shutdown...\nWaiting for replicas before shutting down.".into()),
        Event::ShutdownAborted => notice("Shutdown manually aborted.".into()),
        Event::Ended { replicas, lagging } => {
            let named: String = lagging.iter().map(|addr| format!("Lagging replica {addr}.\n")).collect();
            let synced = replicas - lagging.len() as u64;
            let summary = match replicas {
                0 => String::new(),
                _ => format!("{synced} of {replicas} replicas are in sync when shutting down.\n"),
            };
            warning(format!("{named}{summary}Redis is now ready to exit, bye bye..."))
        }
        Event::FailoverAborted { why } => notice(format!("FAILOVER aborted: {why}")),
        Event::LoadingStarted { .. } if node.loads_straight() => None,
        Event::LoadingStarted { .. } => notice(format!("{SYNC}: Loading DB in memory")),
        Event::BufferExceeded { used, limit, .. } => warning(format!(
            "A replica scheduled to be closed ASAP for overcoming of output buffer limits: {used} bytes, {limit} are allowed."
        )),
        Event::BacklogCreated { first, new_id } => notice(match new_id {
            Some(id) => format!("Replication backlog created, my new replication ID is {id}"),
            None => format!("Replication backlog created, its first byte will be {first}"),
        }),
        Event::PsyncDecided(decision) => notice(decided(decision)),
        Event::SnapshotStarted { offset, keys } => {
            let (pid, to) = (std::process::id(), node.snapshot().is_some_and(|snapshot| snapshot.mark.is_some()));
            let child = if to { "Background RDB transfer" } else { "Background saving" };
            notice(format!("{child} started by pid {pid}: {keys} keys at offset {offset}"))
        }
        Event::SnapshotSaved { bytes } => notice(format!("Background saving terminated with success: {bytes} bytes")),
        Event::ReplicaStateChanged { addr, to: ReplicaState::Online, .. } => {
            notice(format!("Synchronization with replica {addr} succeeded"))
        }
        Event::ReplicaStateChanged { addr, from: None, .. } => {
            notice(format!("Replica {addr} asks for synchronization"))
        }
        Event::ReplicaStateChanged { .. } => None,
        Event::ReplicaLost { addr, reason: LostReason::Timeout, .. } => {
            warning(format!("Disconnecting timedout replica: {addr}"))
        }
        Event::ReplicaLost { addr, .. } => notice(format!("Connection with replica {addr} lost.")),
        Event::LinkStateChanged { to, .. } => link_moved(*to).map(|text| (Level::Notice, text.into())),
        Event::LinkLost { reason } => warning(link_lost(*reason).into()),
        Event::MasterCached { id, offset } => notice(format!("Caching the disconnected master state: {id}:{offset}")),
        Event::PartialAccepted { new_id: None, .. } => {
            notice("Successful partial resynchronization with master.".into())
        }
        Event::PartialAccepted { new_id: Some(id), .. } => {
            notice(format!("Successful partial resynchronization with master. Master replication ID changed to {id}"))
        }
        Event::FullResync { id, offset } => notice(format!("Full resync from master: {id}:{offset}")),
        Event::SnapshotAnnounced { bytes } => {
            let what = match bytes {
                Some(bytes) => format!("receiving {bytes} bytes from master"),
                None => "receiving streamed RDB from master with EOF".into(),
            };
            notice(match node.loads_straight() {
                true => format!("{SYNC}: {what} to parser\n{SYNC}: Loading DB in memory"),
                false => format!("{SYNC}: {what} to disk"),
            })
        }
        Event::SnapshotLoaded { keys, .. } => notice(format!("{SYNC}: Finished with success, {keys} keys")),
        Event::SyncFailed { why } => warning(format!("Synchronization failed: {}", printable(why.as_bytes()))),
        Event::RoleChanged { to: Role::Master, .. } => notice("MASTER MODE enabled".into()),
        Event::RoleChanged { to: Role::Replica, .. } => notice("REPLICA MODE enabled".into()),
        Event::IdChanged { id, id2, second_offset } => notice(match second_offset {
            Some(offset) => format!(
                "Setting secondary replication ID to {id2}, valid up to offset: {offset}. New replication ID is {id}"
            ),
            None => format!("The replication ID is {id}"),
        }),
        Event::ProtocolViolation { error, .. } => notice(format!("Closing a client: {}", printable(error.as_bytes()))),
    }
}

fn decided(decision: &PsyncDecision) -> String {
    let (replica, asked) = (&decision.replica, decision.asked_offset);
    match decision.verdict {
        PsyncVerdict::Partial { bytes } => format!(
            "Partial resynchronization request from {replica} accepted. Sending {bytes} bytes of backlog starting from offset {asked}."
        ),
        PsyncVerdict::Full { reason } => match reason {
            FullReason::Asked | FullReason::OldSync => {
                format!("Full resync requested by replica {replica}")
            }
            FullReason::IdMismatch => format!(
                "Partial resynchronization not accepted: Replication ID mismatch (Replica asked for '{}', my replication IDs are '{}' and '{}')",
                printable(decision.asked_id.as_deref().unwrap_or_default()),
                decision.id,
                decision.id2
            ),
            FullReason::BeyondSecondId => format!(
                "Partial resynchronization not accepted: Requested offset for second ID was {asked}, but I can reply up to {}",
                decision.second_offset.map_or(-1, |offset| offset as i64)
            ),
            FullReason::NoBacklog | FullReason::BeforeBacklog | FullReason::AfterBacklog => {
                format!(
                    "Unable to partial resync with replica {replica} for lack of backlog (Replica request was: {asked})."
                )
            }
        },
    }
}

fn link_moved(to: LinkState) -> Option<&'static str> {
    match to {
        LinkState::Connecting => Some("Connecting to MASTER"),
        LinkState::ReceivePingReply => Some("Non blocking connect for SYNC fired the event."),
        LinkState::SendHandshake => Some("Master replied to PING, replication can continue..."),
        LinkState::SendPsync => Some("Trying a partial resynchronization"),
        _ => None,
    }
}

/// The master is silent for too long (`replicationCron`).
fn master_silent(state: LinkState) -> &'static str {
    match state {
        LinkState::Transfer => {
            "Timeout receiving bulk data from MASTER... If the problem persists try to set the 'repl-timeout' parameter in redis.conf to a larger value."
        }
        LinkState::Connected => "MASTER timeout: no data nor PING received...",
        _ => "Timeout connecting to the MASTER...",
    }
}

fn link_lost(reason: LostReason) -> &'static str {
    match reason {
        LostReason::Closed => "Connection with master lost.",
        LostReason::Timeout => "The connection with the master was given up for its silence.",
        LostReason::Refused => "Error condition on socket for SYNC: the connection was refused",
        LostReason::Ended => "The connection with the master was given up.",
        LostReason::BufferLimit => "The connection was closed for its output buffer.",
        LostReason::NotModelled => "What the master sent is not modelled; trying again in a second.",
    }
}

/// `23 Nov 2026 10:47:12.345`, UTC.
fn timestamp(at: Time) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (ms, secs) = (at.0 / 1_000 % 1_000, at.0 / 1_000_000);
    let (year, month, day) = civil(secs / 86_400);
    let (hour, minute, second) = (secs / 3_600 % 24, secs / 60 % 60, secs % 60);
    let month = MONTHS[month as usize];
    format!("{day:02} {month} {year} {hour:02}:{minute:02}:{second:02}.{ms:03}")
}

/// Year, month (from 0) and day of a day counted from 1 January 1970.
fn civil(mut day: u64) -> (u64, u64, u64) {
    let mut year = 1970;
    loop {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let lengths = [31, 28 + u64::from(is_leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for (month, length) in (0..).zip(lengths) {
            if day < length {
                return (year, month, day + 1);
            }
            day -= length;
        }
        year += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_dates_of_the_calendar() {
        let at = |secs: u64| timestamp(Time(secs * 1_000_000 + 7_000));
        assert_eq!(at(0), "01 Jan 1970 00:00:00.007");
        assert_eq!(at(951_868_799), "29 Feb 2000 23:59:59.007");
        assert_eq!(at(951_868_800), "01 Mar 2000 00:00:00.007");
        assert_eq!(at(4_102_444_799), "31 Dec 2099 23:59:59.007");
    }
}
