//! Commands that wait, and those that make others wait: WAIT, CLIENT PAUSE, FAILOVER, the pops that block.
//! Mirrors replication.c, networking.c, t_list.c and t_zset.c.

use super::lists;
use super::{Answer, int, ok};
use crate::node::blocked::Blocked;
use crate::node::call::{Call, CommandError};
use crate::node::failover::FailoverRequest;
use crate::node::io::Addr;
use crate::node::pause::{PauseKind, PausePurpose};
use crate::node::value::End;
use crate::node::{HowToEnd, Node, Role, WaitVerdict};
use crate::time::Time;
use crate::wire::{Bytes, Reply};

pub fn wait(call: &mut Call) -> Answer {
    if call.node.role() == Role::Replica {
        return Err(CommandError::from_text(
            "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is configured to be writable (which is not the default) writes to replicas are just local and are not propagated.",
        ));
    }
    let replicas = call.int(1)?;
    let until = milliseconds(call, 2)?;
    let offset = call.node.clients.get(call.conn).map_or(0, |client| client.wrote_until);
    let count = call.node.replicas_at(offset);
    let verdict = match (count >= replicas, call.node.in_exec) {
        (true, _) => WaitVerdict::Met,
        (false, true) => WaitVerdict::InTransaction,
        (false, false) => WaitVerdict::Blocks,
    };
    call.node.note_wait(call.conn, offset, replicas, verdict);
    if verdict != WaitVerdict::Blocks {
        return int(count);
    }
    call.node.block(call.conn, Blocked::Acks { offset, replicas }, until);
    call.node.wants_acks = true;
    Ok(None)
}

/// A timeout in milliseconds; 0 is for ever.
fn milliseconds(call: &Call, n: usize) -> Result<Time, CommandError> {
    let ms = crate::wire::decimal(&call.arg(n))
        .ok_or(CommandError::from_text("ERR timeout is not an integer or out of range"))?;
    let ms = u64::try_from(ms).map_err(|_| CommandError::from_text("ERR timeout is negative"))?;
    Ok(if ms == 0 { Time::NEVER } else { after(call.now, ms) })
}

/// A timeout in seconds, which may be a fraction; 0 is for ever.
pub(super) fn seconds(call: &Call, n: usize) -> Result<Time, CommandError> {
    let secs = crate::wire::double::parse(&call.arg(n)).filter(|secs| !secs.is_nan());
    let secs = secs.ok_or(CommandError::from_text("ERR timeout is not a float or out of range"))?;
    let ms = (secs * 1000.0).ceil();
    // What does not fit into 64 bits becomes the least number there is.
    if ms < 0.0 || ms >= i64::MAX as f64 {
        return Err(CommandError::from_text("ERR timeout is negative"));
    }
    Ok(if ms == 0.0 { Time::NEVER } else { after(call.now, ms as u64) })
}

fn after(now: Time, ms: u64) -> Time {
    Time(now.0.saturating_add(ms.saturating_mul(1000)).min(Time::NEVER.0 - 1))
}

/// Nothing is there: the client waits for one of these keys, or is told so at once where it may not wait.
pub(super) fn wait_for(call: &mut Call, keys: Vec<Bytes>, until: Time, nothing: Reply) -> Answer {
    if call.node.in_exec || call.from_master || !call.may_block {
        return Ok(Some(nothing));
    }
    let on = Blocked::Keys { keys, command: call.command, args: call.args.clone() };
    call.node.block(call.conn, on, until);
    Ok(None)
}

fn pop(call: &mut Call, from: End) -> Answer {
    let last = call.args.len() - 1;
    let (until, keys) = (seconds(call, last)?, call.args[1..last].to_vec());
    let Some((key, taken)) = lists::take_first(call, &keys, from, 1)? else {
        return wait_for(call, keys, until, Reply::NullArray);
    };
    let name: &[u8] = if from == End::Left { b"LPOP" } else { b"RPOP" };
    call.propagate_instead(&[name, &key]);
    Ok(Some(Reply::Array([key].into_iter().chain(taken).map(Reply::Bulk).collect())))
}

pub fn blpop(call: &mut Call) -> Answer {
    pop(call, End::Left)
}

pub fn brpop(call: &mut Call) -> Answer {
    pop(call, End::Right)
}

pub fn blmpop(call: &mut Call) -> Answer {
    let (keys, from, count) = lists::mpop_arguments(call, 2)?;
    let until = seconds(call, 1)?;
    match lists::take_first(call, &keys, from, count)? {
        None => wait_for(call, keys, until, Reply::NullArray),
        Some(taken) => {
            lists::propagate_mpop(call, from, &taken);
            Ok(Some(lists::mpop_reply(taken)))
        }
    }
}

/// Moves an element, or waits for one. The stream gets the command that does not wait.
fn move_or_wait(call: &mut Call, from: End, to: End, until: Time, name: &[u8], words: &[&[u8]]) -> Answer {
    let (source, target) = (call.arg(1), call.arg(2));
    match lists::move_one(call, from, to)? {
        None => wait_for(call, vec![source], until, Reply::NullBulk),
        Some(element) => {
            call.propagate_instead(&[&[name, &source, &target], words].concat());
            Ok(Some(Reply::Bulk(element)))
        }
    }
}

pub fn brpoplpush(call: &mut Call) -> Answer {
    let until = seconds(call, 3)?;
    move_or_wait(call, End::Right, End::Left, until, b"RPOPLPUSH", &[])
}

pub fn blmove(call: &mut Call) -> Answer {
    let (from, to, until) = (lists::end(call, 3)?, lists::end(call, 4)?, seconds(call, 5)?);
    // Who was made to wait is served with the words in lower case, as Redis keeps them.
    let word = |end, n| match (call.may_block, end) {
        (true, _) => call.arg(n),
        (false, End::Left) => b"left"[..].into(),
        (false, End::Right) => b"right"[..].into(),
    };
    let words = [word(from, 3), word(to, 4)];
    move_or_wait(call, from, to, until, b"LMOVE", &[&words[0], &words[1]])
}

pub fn client_pause(call: &mut Call) -> Answer {
    let kind = match call.args.len() {
        3 => PauseKind::All,
        4 if call.option(3) == b"WRITE" => PauseKind::Write,
        4 if call.option(3) == b"ALL" => PauseKind::All,
        4 => return Err(CommandError::from_text("ERR CLIENT PAUSE mode must be WRITE or ALL")),
        _ => return Err(CommandError::SYNTAX),
    };
    let ms = crate::wire::decimal(&call.arg(2))
        .ok_or(CommandError::from_text("ERR timeout is not an integer or out of range"))?;
    let ms = u64::try_from(ms).map_err(|_| CommandError::from_text("ERR timeout is negative"))?;
    let until = after(call.now, ms);
    call.node.pause(PausePurpose::ByCommand, kind, until);
    ok()
}

pub fn client_unpause(call: &mut Call) -> Answer {
    let now = call.now;
    call.node.unpause(PausePurpose::ByCommand, now);
    ok()
}

pub fn client_unblock(call: &mut Call) -> Answer {
    let with_error = match call.args.len() {
        3 => false,
        _ => match call.option(3).as_slice() {
            b"TIMEOUT" => false,
            b"ERROR" => true,
            _ => {
                return Err(CommandError::from_text("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"));
            }
        },
    };
    let id = call.int(2)?;
    int(i64::from(u64::try_from(id).is_ok_and(|id| call.node.unblock_on_request(id, with_error))))
}

pub fn failover(call: &mut Call) -> Answer {
    if call.args.len() == 2 && call.option(1) == b"ABORT" {
        return abort(call.node, call.now);
    }
    let mut request = FailoverRequest { target: None, force: false, timeout_ms: None };
    let mut n = 1;
    while n < call.args.len() {
        match call.option(n).as_slice() {
            b"TIMEOUT" if n + 1 < call.args.len() && request.timeout_ms.is_none() => {
                let ms = u64::try_from(call.int(n + 1)?).unwrap_or(0);
                if ms == 0 {
                    return Err(CommandError::from_text("ERR FAILOVER timeout must be greater than 0"));
                }
                request.timeout_ms = Some(ms);
                n += 1;
            }
            b"TO" if n + 2 < call.args.len() && request.target.is_none() => {
                let port = u16::try_from(call.int(n + 2)?).unwrap_or(0);
                let host = String::from_utf8_lossy(&call.arg(n + 1)).into_owned();
                request.target = Some(Addr { host, port });
                n += 2;
            }
            b"FORCE" if !request.force => request.force = true,
            _ => return Err(CommandError::SYNTAX),
        }
        n += 1;
    }
    let now = call.now;
    call.node.begin_failover(request, now)?;
    ok()
}

fn abort(node: &mut Node, now: Time) -> Answer {
    if node.failover().is_none() {
        return Err(CommandError::from_text("ERR No failover in progress."));
    }
    node.abort_failover("Failover manually aborted", now);
    ok()
}

/// `SHUTDOWN [NOSAVE|SAVE] [NOW] [FORCE] [ABORT]`. Saving cannot fail here, so there is nothing to force.
pub fn shutdown(call: &mut Call) -> Answer {
    let (mut how, mut abort, mut force) = (HowToEnd::default(), false, false);
    for n in 1..call.args.len() {
        match (call.option(n).as_slice(), how.save) {
            (b"NOSAVE", None | Some(false)) => how.save = Some(false),
            (b"SAVE", None | Some(true)) => how.save = Some(true),
            (b"NOW", _) => how.now = true,
            (b"FORCE", _) => force = true,
            (b"ABORT", _) => abort = true,
            _ => return Err(CommandError::SYNTAX),
        }
    }
    let now = call.now;
    if abort {
        return match how == HowToEnd::default() && !force {
            false => Err(CommandError::SYNTAX),
            true if call.node.stay(now) => ok(),
            true => Err(CommandError::from_text("ERR No shutdown in progress.")),
        };
    }
    if !how.now && call.node.in_exec {
        return Err(CommandError::from_text(
            "ERR SHUTDOWN without NOW or ABORT isn't allowed for DENY BLOCKING client",
        ));
    }
    call.node.block(call.conn, Blocked::Shutdown, Time::NEVER);
    call.node.shut_down(how, now);
    Ok(None)
}
