//! The connection itself: PING, SELECT, transactions, and what redis-cli asks when it starts.
//! Mirrors networking.c (`clientCommand`), multi.c and db.c (`selectCommand`).

use super::{Answer, bulk, int, ok, unknown_subcommand, wrong_arity};
use crate::node::call::{Call, CommandError};
use crate::node::client::{Client, Multi};
use crate::node::command::{Command, TABLE, find};
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
    let db = call.int(1)?;
    let db = u8::try_from(db)
        .ok()
        .filter(|db| *db < call.node.keyspace.databases());
    let Some(db) = db else {
        return Err(CommandError::new("ERR DB index is out of range"));
    };
    if let Some(client) = call.node.clients.get_mut(&call.conn) {
        client.db = db;
    }
    ok()
}

pub fn quit(call: &mut Call) -> Answer {
    if let Some(client) = call.node.clients.get_mut(&call.conn) {
        client.close_after_reply = true;
    }
    ok()
}

pub fn multi(call: &mut Call) -> Answer {
    let Some(client) = call.node.clients.get_mut(&call.conn) else {
        return ok();
    };
    if client.multi.is_some() {
        return Err(CommandError::new("ERR MULTI calls can not be nested"));
    }
    client.multi = Some(Multi::default());
    ok()
}

pub fn discard(call: &mut Call) -> Answer {
    let queued = call
        .node
        .clients
        .get_mut(&call.conn)
        .and_then(|client| client.multi.take());
    queued.ok_or(CommandError::new("ERR DISCARD without MULTI"))?;
    ok()
}

/// Runs what was queued, all of it in one unit.
pub fn exec(call: &mut Call) -> Answer {
    let queued = call
        .node
        .clients
        .get_mut(&call.conn)
        .and_then(|client| client.multi.take());
    let Some(multi) = queued else {
        return Err(CommandError::new("ERR EXEC without MULTI"));
    };
    if multi.spoiled {
        return Err(CommandError::new(
            "EXECABORT Transaction discarded because of previous errors.",
        ));
    }
    let (conn, now) = (call.conn, call.now);
    let replies = multi
        .queued
        .into_iter()
        .map(|request| call.node.run_queued(conn, request, now))
        .collect();
    Ok(Some(Reply::Array(replies)))
}

pub fn client(call: &mut Call) -> Answer {
    let conn = call.conn;
    let Some(client) = call.node.clients.get_mut(&conn) else {
        return ok();
    };
    match (
        call.args
            .get(1)
            .map(|a| a.to_ascii_uppercase())
            .unwrap_or_default()
            .as_slice(),
        call.args.len(),
    ) {
        (b"ID", 2) => int(super::replication::client_id(conn)),
        (b"GETNAME", 2) if client.name.is_empty() => Ok(Some(Reply::NullBulk)),
        (b"GETNAME", 2) => bulk(client.name.clone()),
        (b"SETNAME", 3) => {
            let name = call.arg(2);
            if !name.iter().all(|byte| (b'!'..=b'~').contains(byte)) {
                return Err(CommandError::new(
                    "ERR Client names cannot contain spaces, newlines or special characters.",
                ));
            }
            if let Some(client) = call.node.clients.get_mut(&conn) {
                client.name = String::from_utf8_lossy(&name).into_owned();
            }
            ok()
        }
        (b"LIST" | b"INFO", _) => {
            let now = call.now;
            let lines: Vec<String> = call
                .node
                .clients
                .iter()
                .map(|(conn, client)| list_line(super::replication::client_id(*conn), client, now))
                .collect();
            bulk(lines.concat())
        }
        (b"REPLY" | b"NO-EVICT", 3) => ok(),
        (b"ID" | b"GETNAME" | b"SETNAME" | b"REPLY" | b"NO-EVICT", _) => {
            Err(wrong_arity(&format!(
                "client|{}",
                String::from_utf8_lossy(&call.arg(1).to_ascii_lowercase())
            )))
        }
        _ => Err(unknown_subcommand("CLIENT", &call.arg(1))),
    }
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

pub fn command(call: &mut Call) -> Answer {
    let subcommand = call.option(1);
    match subcommand.as_slice() {
        b"" => Ok(Some(Reply::Array(TABLE.iter().map(describe).collect()))),
        b"COUNT" => int(TABLE.len() as i64),
        b"LIST" => Ok(Some(Reply::Array(
            TABLE.iter().map(|row| Reply::bulk(row.name)).collect(),
        ))),
        b"INFO" => {
            let rows = call
                .args
                .iter()
                .skip(2)
                .map(|name| find(name).map_or(Reply::NullArray, describe));
            Ok(Some(Reply::Array(rows.collect())))
        }
        // The texts of `COMMAND DOCS` are not modelled; redis-cli does without its hints.
        b"DOCS" => Ok(Some(Reply::Array(vec![]))),
        _ => Err(unknown_subcommand("COMMAND", &call.arg(1))),
    }
}

/// Name, arity, flags, first key, last key, step, and four parts that are not modelled.
fn describe(row: &Command) -> Reply {
    let flags = row.flags.names().map(Reply::simple).collect();
    let (first, last, step) = row.keys;
    let mut parts = vec![
        Reply::bulk(row.name),
        Reply::int(i64::from(row.arity)),
        Reply::Array(flags),
    ];
    parts.extend([first, last, step].map(|n| Reply::int(i64::from(n))));
    parts.extend([const { Reply::Array(vec![]) }; 4]);
    Reply::Array(parts)
}
