//! Replication as clients and replicas ask for it: REPLICAOF, REPLCONF, ROLE. PSYNC has a file of its own.
//! Mirrors `replicaofCommand`, `replconfCommand` and `roleCommand` (replication.c).

use super::{Answer, ok};
use crate::node::LinkState;
use crate::node::call::{Call, CommandError};
use crate::node::io::Addr;
use crate::node::master::ReplicaState;
use crate::wire::{Reply, decimal};

pub fn replicaof(call: &mut Call) -> Answer {
    if call.node.failover().is_some() {
        return Err(CommandError::new("ERR REPLICAOF not allowed while failing over."));
    }
    let (host, port) = (call.arg(1), call.arg(2));
    if host.eq_ignore_ascii_case(b"no") && port.eq_ignore_ascii_case(b"one") {
        call.node.become_master(call.now);
        return ok();
    }
    let is_replica = call.node.clients.get(call.conn).is_some_and(|client| client.replica.is_some());
    if is_replica {
        return Err(CommandError::new("ERR Command is not valid when client is a replica."));
    }
    let port = decimal(&port).and_then(|port| u16::try_from(port).ok());
    let port = port.ok_or(CommandError::new("ERR Invalid master port"))?;
    let addr = Addr { host: String::from_utf8_lossy(&host).into_owned(), port };
    let is_same = call
        .node
        .master_link()
        .is_some_and(|link| link.addr.host.eq_ignore_ascii_case(&addr.host) && link.addr.port == port);
    if is_same {
        return Ok(Some(Reply::simple("OK Already connected to specified master")));
    }
    call.node.become_replica(addr, call.now);
    ok()
}

/// Pairs of option and value. An ACK is not answered, so that acknowledgements cost one direction only.
pub fn replconf(call: &mut Call) -> Answer {
    if call.args.len().is_multiple_of(2) {
        return Err(CommandError::SYNTAX);
    }
    let (conn, now) = (call.conn, call.now);
    for n in (1..call.args.len()).step_by(2) {
        let value = call.arg(n + 1);
        match call.option(n).as_slice() {
            b"LISTENING-PORT" => {
                let port = call.int(n + 1)?;
                set_capability(call, |c| c.listening_port = u16::try_from(port).unwrap_or(0));
            }
            b"IP-ADDRESS" if value.len() > 255 => {
                return Err(CommandError::new(format!(
                    "ERR REPLCONF ip-address provided by replica instance is too long: {} bytes",
                    value.len()
                )));
            }
            b"IP-ADDRESS" => {
                set_capability(call, |c| c.announced_ip = Some(String::from_utf8_lossy(&value).into_owned()))
            }
            b"CAPA" if value.eq_ignore_ascii_case(b"eof") => set_capability(call, |c| c.eof = true),
            b"CAPA" if value.eq_ignore_ascii_case(b"psync2") => set_capability(call, |c| c.psync2 = true),
            b"CAPA" => {}
            b"RDB-ONLY" => {
                let is_wanted = match call.int(n + 1)? {
                    only @ (0 | 1) => only == 1,
                    _ => return Err(CommandError::new("ERR value is out of range, value must between 0 and 1")),
                };
                set_capability(call, |c| c.rdb_only = is_wanted);
            }
            b"RDB-FILTER-ONLY" => filter(call, &value)?,
            b"ACK" => {
                if let Some(offset) = decimal(&value).and_then(|n| u64::try_from(n).ok()) {
                    call.node.acknowledged(conn, offset, now);
                }
                return Ok(None);
            }
            // Meant for a master, whose question comes over the stream; but anybody may ask.
            b"GETACK" => {
                if call.node.master_link().is_some_and(|link| link.state == LinkState::Connected) {
                    call.node.send_ack();
                }
                return Ok(None);
            }
            _ => {
                return Err(CommandError::quoting("ERR Unrecognized REPLCONF option: ", &call.arg(n), ""));
            }
        }
    }
    ok()
}

/// What a snapshot shall hold and nothing else: functions, of which there are none here, or nothing at all.
fn filter(call: &mut Call, value: &[u8]) -> Result<(), CommandError> {
    let words = crate::wire::split_words(value, 0);
    let words = words.ok_or(CommandError::from_text("ERR Missing rdb-filter-only values"))?;
    set_capability(call, |c| c.without_data = true);
    match words.iter().find(|word| !word.bytes.eq_ignore_ascii_case(b"functions")) {
        None => Ok(()),
        Some(word) => Err(CommandError::quoting("ERR Unsupported rdb-filter-only option: ", &word.bytes, "")),
    }
}

fn set_capability(call: &mut Call, change: impl FnOnce(&mut crate::node::client::Capabilities)) {
    if let Some(client) = call.node.clients.get_mut(call.conn) {
        change(&mut client.capabilities);
    }
}

pub fn role(call: &mut Call) -> Answer {
    let node = &call.node;
    let parts = match node.master_link() {
        None => {
            let replicas = node.replicas().filter(|r| r.state == ReplicaState::Online).map(|r| {
                let parts = [r.addr.host.clone(), r.addr.port.to_string(), r.ack_offset.to_string()];
                Reply::Array(parts.into_iter().map(Reply::bulk).collect())
            });
            vec![Reply::bulk("master"), Reply::int(node.offset() as i64), Reply::Array(replicas.collect())]
        }
        Some(link) => {
            let offset = if link.state == LinkState::Connected { node.shown_offset(node.offset()) } else { -1 };
            let (host, port) = (Reply::bulk(link.addr.host.clone()), Reply::int(i64::from(link.addr.port)));
            vec![Reply::bulk("slave"), host, port, Reply::bulk(link.state.role_name()), Reply::int(offset)]
        }
    };
    Ok(Some(Reply::Array(parts)))
}
