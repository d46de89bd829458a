//! The connection itself: PING, SELECT, transactions, and what redis-cli asks when it starts.
//! Mirrors networking.c (`clientCommand`), multi.c and db.c (`selectCommand`).

use super::{Answer, bulk, bulk_or_nil, db_index, int, ok, wrong_arity};
use crate::node::call::{Call, CommandError};
use crate::node::client::{Client, Multi};
use crate::node::command::{Command, TABLE, find};
use crate::node::io::ConnId;
use crate::wire::Reply;

pub fn ping(call: &mut Call) -> Answer {
    match call.args.len() {
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
    ok()
}

/// Runs what was queued, all of it in one unit.
pub fn exec(call: &mut Call) -> Answer {
    let queued = call.node.clients.get_mut(call.conn).and_then(|client| client.multi.take());
    let Some(multi) = queued else {
        return Err(CommandError::new("ERR EXEC without MULTI"));
    };
    if multi.spoiled {
        return Err(CommandError::new("EXECABORT Transaction discarded because of previous errors."));
    }
    let (conn, now) = (call.conn, call.now);
    let replies = multi.queued.into_iter().map(|request| call.node.run_queued(conn, request, now)).collect();
    Ok(Some(Reply::Array(replies)))
}

pub fn client_id(call: &mut Call) -> Answer {
    int(number_of(call.conn))
}

/// A number for each connection.
fn number_of(conn: ConnId) -> i64 {
    match conn {
        ConnId::Accepted(n) | ConnId::Dialled(n) => n as i64,
    }
}

pub fn client_getname(call: &mut Call) -> Answer {
    let name = call.node.clients.get(call.conn).map(|client| client.name.clone());
    bulk_or_nil(name.filter(|name| !name.is_empty()))
}

pub fn client_setname(call: &mut Call) -> Answer {
    let name = call.arg(2);
    if !name.iter().all(|byte| (b'!'..=b'~').contains(byte)) {
        return Err(CommandError::new("ERR Client names cannot contain spaces, newlines or special characters."));
    }
    if let Some(client) = call.node.clients.get_mut(call.conn) {
        client.name = String::from_utf8_lossy(&name).into_owned();
    }
    ok()
}

/// Nothing is ever evicted here.
pub fn client_no_evict(call: &mut Call) -> Answer {
    match call.option(2).as_slice() {
        b"ON" | b"OFF" => ok(),
        _ => Err(CommandError::SYNTAX),
    }
}

pub fn client_info(call: &mut Call) -> Answer {
    let line = call.node.clients.get(call.conn).map(|client| list_line(number_of(call.conn), client, call.now));
    bulk(line.unwrap_or_default())
}

pub fn client_list(call: &mut Call) -> Answer {
    let clients = call.node.clients.iter();
    let lines: Vec<String> = clients.map(|(conn, client)| list_line(number_of(conn), client, call.now)).collect();
    bulk(lines.concat())
}

/// The fields of `CLIENT LIST` that mean something here (`catClientInfoString`).
fn list_line(id: i64, client: &Client, now: crate::time::Time) -> String {
    let age = now.secs() - client.connected_at.secs();
    let idle = now.secs() - client.last_interaction.secs();
    let flags = if client.replica.is_some() { "S" } else { "N" };
    format!(
        "id={id} addr={} name={} age={age} idle={idle} flags={flags} db={}\n",
        client.peer_host, client.name, client.db
    )
}

pub fn command(_: &mut Call) -> Answer {
    Ok(Some(Reply::Array(TABLE.iter().map(describe).collect())))
}

pub fn command_count(_: &mut Call) -> Answer {
    int(TABLE.len() as i64)
}

pub fn command_list(_: &mut Call) -> Answer {
    Ok(Some(Reply::Array(TABLE.iter().map(|row| Reply::bulk(row.name)).collect())))
}

pub fn command_info(call: &mut Call) -> Answer {
    let rows = call.args.iter().skip(2).map(|name| find(name).map_or(Reply::NullBulk, describe));
    Ok(Some(Reply::Array(rows.collect())))
}

/// The texts are not modelled; redis-cli does without its hints.
pub fn command_docs(_: &mut Call) -> Answer {
    Ok(Some(Reply::Array(vec![])))
}

/// Name, arity, flags, first key, last key, step, and four parts that are not modelled.
fn describe(row: &Command) -> Reply {
    let flags = row.flags.names().map(Reply::simple).collect();
    let (first, last, step) = row.keys;
    let mut parts = vec![Reply::bulk(row.name), Reply::int(i64::from(row.arity)), Reply::Array(flags)];
    parts.extend([first, last, step].map(|n| Reply::int(i64::from(n))));
    parts.extend([const { Reply::Array(vec![]) }; 4]);
    Reply::Array(parts)
}
