//! The connection itself: PING, SELECT, transactions, and what redis-cli asks when it starts.
//! Mirrors networking.c (`clientCommand`), multi.c and db.c (`selectCommand`).

use super::{Answer, bulk, db_index, ok, wrong_arity};
use crate::node::call::{Call, CommandError};
use crate::node::client::Multi;
use crate::wire::Reply;

pub fn ping(call: &mut Call) -> Answer {
    let listens = call.node.clients.get(call.conn).is_some_and(|client| client.subscriptions.is_any());
    match call.args.len() {
        1 | 2 if listens => Ok(Some(Reply::Array(vec![Reply::bulk("pong"), Reply::Bulk(call.arg(1))]))),
        1 => Ok(Some(Reply::simple("PONG"))),
        2 => bulk(call.arg(1)),
        _ => Err(wrong_arity("ping")),
    }
}

pub fn echo(call: &mut Call) -> Answer {
    bulk(call.arg(1))
}

pub fn select(call: &mut Call) -> Answer {
    let db = db_index(call, 1)?;
    if let Some(client) = call.node.clients.get_mut(call.conn) {
        client.db = db;
    }
    ok()
}

pub fn quit(call: &mut Call) -> Answer {
    if let Some(client) = call.node.clients.get_mut(call.conn) {
        client.close_after_reply = true;
    }
    ok()
}

pub fn multi(call: &mut Call) -> Answer {
    let Some(client) = call.node.clients.get_mut(call.conn) else {
        return ok();
    };
    if client.multi.is_some() {
        return Err(CommandError::new("ERR MULTI calls can not be nested"));
    }
    client.multi = Some(Multi::default());
    ok()
}

pub fn discard(call: &mut Call) -> Answer {
    let queued = call.node.clients.get_mut(call.conn).and_then(|client| client.multi.take());
    queued.ok_or(CommandError::new("ERR DISCARD without MULTI"))?;
    call.node.unwatch(call.conn);
    ok()
}

/// Runs what was queued, all of it in one unit.
pub fn exec(call: &mut Call) -> Answer {
    let queued = call.node.clients.get_mut(call.conn).and_then(|client| client.multi.take());
    let Some(multi) = queued else {
        return Err(CommandError::new("ERR EXEC without MULTI"));
    };
    let is_touched = call.node.is_watch_spoiled(call.conn, call.now);
    call.node.unwatch(call.conn);
    if multi.spoiled {
        return Err(CommandError::new("EXECABORT Transaction discarded because of previous errors."));
    }
    if is_touched {
        return Ok(Some(Reply::NullArray));
    }
    let (conn, now) = (call.conn, call.now);
    call.node.in_exec = true;
    let replies = multi.queued.into_iter().map(|request| call.node.run_queued(conn, request, now)).collect();
    call.node.in_exec = false;
    Ok(Some(Reply::Array(replies)))
}

pub fn watch(call: &mut Call) -> Answer {
    if call.node.clients.get(call.conn).is_some_and(|client| client.multi.is_some()) {
        return Err(CommandError::new("ERR WATCH inside MULTI is not allowed"));
    }
    let keys = call.args[1..].to_vec();
    call.node.watch(call.conn, &keys, call.now);
    ok()
}

pub fn unwatch(call: &mut Call) -> Answer {
    call.node.unwatch(call.conn);
    ok()
}
