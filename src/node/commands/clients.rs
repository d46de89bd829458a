//! CLIENT: who is connected, and ending that. Mirrors `clientCommand` and `catClientInfoString` (networking.c).

use super::{Answer, bulk, bulk_or_nil, help, int, ok};
use crate::node::call::{Call, CommandError};
use crate::node::client::{Client, Replies};
use crate::node::io::{Addr, ConnId};
use crate::node::{Node, find_command};
use crate::time::Time;
use crate::wire::{Bytes, Reply};
use std::fmt::Write;

/// What CLIENT LIST and KILL can ask for (`getClientTypeByName`).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Normal,
    Replica,
    PubSub,
    Master,
}

impl Type {
    fn parse(word: &[u8]) -> Result<Type, CommandError> {
        match word.to_ascii_lowercase().as_slice() {
            b"normal" => Ok(Type::Normal),
            b"slave" | b"replica" => Ok(Type::Replica),
            b"pubsub" => Ok(Type::PubSub),
            b"master" => Ok(Type::Master),
            _ => Err(CommandError::quoting("ERR Unknown client type '", word, "'")),
        }
    }

    fn of(client: &Client) -> Type {
        match &client.replica {
            Some(_) => Type::Replica,
            None if client.subscriptions.is_any() => Type::PubSub,
            None => Type::Normal,
        }
    }
}

/// One connection, with what CLIENT LIST and KILL look at.
struct Row {
    conn: ConnId,
    id: u64,
    kind: Type,
    peer: Addr,
    local: Addr,
    user: Option<Bytes>,
}

pub fn id(call: &mut Call) -> Answer {
    int(call.node.clients.get(call.conn).map_or(0, |client| client.id as i64))
}

pub fn getname(call: &mut Call) -> Answer {
    let name = call.node.clients.get(call.conn).map(|client| client.name.clone());
    bulk_or_nil(name.filter(|name| !name.is_empty()))
}

pub fn setname(call: &mut Call) -> Answer {
    set_name(call, &call.arg(2))?;
    ok()
}

pub fn set_name(call: &mut Call, name: &[u8]) -> Result<(), CommandError> {
    if !name.iter().all(|byte| (b'!'..=b'~').contains(byte)) {
        return Err(CommandError::new("ERR Client names cannot contain spaces, newlines or special characters."));
    }
    if let Some(client) = call.node.clients.get_mut(call.conn) {
        client.name = String::from_utf8_lossy(name).into_owned();
    }
    Ok(())
}

/// Nobody is evicted for the memory that it takes.
pub fn no_evict(call: &mut Call) -> Answer {
    let on = match call.option(2).as_slice() {
        b"ON" => true,
        b"OFF" => false,
        _ => return Err(CommandError::SYNTAX),
    };
    if let Some(client) = call.node.clients.get_mut(call.conn) {
        client.no_evict = on;
    }
    ok()
}

pub fn reply(call: &mut Call) -> Answer {
    let Some(client) = call.node.clients.get_mut(call.conn) else { return Ok(None) };
    match call.args.get(2).map(|word| word.to_ascii_uppercase()).as_deref() {
        Some(b"ON") => {
            client.replies = Replies::On;
            ok()
        }
        Some(b"OFF") => {
            client.replies = Replies::Off;
            Ok(None)
        }
        Some(b"SKIP") => {
            if client.replies != Replies::Off {
                client.replies = Replies::SkipNext;
            }
            Ok(None)
        }
        _ => Err(CommandError::SYNTAX),
    }
}

/// Keys are not tracked for clients that keep copies: only what is true without that can be asked.
pub fn tracking(call: &mut Call) -> Answer {
    match call.option(2).as_slice() {
        b"OFF" => ok(),
        b"ON" => Err(CommandError::new("ERR CLIENT TRACKING ON is not modelled")),
        _ => Err(CommandError::SYNTAX),
    }
}

pub fn getredir(_: &mut Call) -> Answer {
    int(-1)
}

pub fn trackinginfo(_: &mut Call) -> Answer {
    Ok(Some(Reply::Array(vec![
        Reply::bulk("flags"),
        Reply::Array(vec![Reply::bulk("off")]),
        Reply::bulk("redirect"),
        Reply::int(-1),
        Reply::bulk("prefixes"),
        Reply::Array(vec![]),
    ])))
}

pub fn caching(_: &mut Call) -> Answer {
    Err(CommandError::new(
        "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
    ))
}

pub fn info(call: &mut Call) -> Answer {
    bulk(call.node.client_line(call.conn, call.now))
}

pub fn list(call: &mut Call) -> Answer {
    let rows = call.node.rows();
    let shown: Vec<ConnId> = match (call.args.len(), call.option(2).as_slice()) {
        (2, _) => rows.iter().map(|row| row.conn).collect(),
        (4, b"TYPE") => {
            let kind = Type::parse(&call.arg(3))?;
            rows.iter().filter(|row| row.kind == kind).map(|row| row.conn).collect()
        }
        (4.., b"ID") => {
            let mut shown = vec![];
            for n in 3..call.args.len() {
                let id = call.int(n).map_err(|_| CommandError::new("ERR Invalid client ID"))?;
                shown.extend(rows.iter().find(|row| row.id as i64 == id).map(|row| row.conn));
            }
            shown
        }
        _ => return Err(CommandError::SYNTAX),
    };
    bulk(shown.iter().map(|conn| call.node.client_line(*conn, call.now)).collect::<String>())
}

/// Which clients CLIENT KILL means.
#[derive(Default)]
struct Filter {
    peer: Option<Bytes>,
    local: Option<Bytes>,
    id: Option<u64>,
    kind: Option<Type>,
    user: Option<Bytes>,
    and_me: bool,
}

impl Filter {
    fn parse(call: &Call) -> Result<Filter, CommandError> {
        let mut filter = Filter::default();
        for n in (2..call.args.len()).step_by(2) {
            let Some(value) = call.args.get(n + 1).cloned() else { return Err(CommandError::SYNTAX) };
            match call.option(n).as_slice() {
                b"ID" => {
                    let id = crate::wire::decimal(&value).and_then(|id| u64::try_from(id).ok()).filter(|id| *id > 0);
                    filter.id = Some(id.ok_or(CommandError::new("ERR client-id should be greater than 0"))?);
                }
                b"TYPE" => filter.kind = Some(Type::parse(&value)?),
                b"ADDR" => filter.peer = Some(value),
                b"LADDR" => filter.local = Some(value),
                b"USER" if call.node.acl.user(&value).is_none() => {
                    return Err(CommandError::quoting("ERR No such user '", &value, "'"));
                }
                b"USER" => filter.user = Some(value),
                b"SKIPME" => {
                    filter.and_me = match value.to_ascii_lowercase().as_slice() {
                        b"yes" => false,
                        b"no" => true,
                        _ => return Err(CommandError::SYNTAX),
                    };
                }
                _ => return Err(CommandError::SYNTAX),
            }
        }
        Ok(filter)
    }

    fn means(&self, row: &Row, me: ConnId) -> bool {
        let is = |wanted: &Option<Bytes>, addr: &Addr| {
            wanted.as_ref().is_none_or(|wanted| **wanted == *peer_id(addr).as_bytes())
        };
        is(&self.peer, &row.peer)
            && is(&self.local, &row.local)
            && self.id.is_none_or(|id| id == row.id)
            && self.kind.is_none_or(|kind| kind == row.kind)
            && (self.user.is_none() || self.user == row.user)
            && (self.and_me || row.conn != me)
    }
}

/// The old form names an address, and answers OK or an error; the new one has options, and answers how many it closed.
pub fn kill(call: &mut Call) -> Answer {
    let is_old = call.args.len() == 3;
    let filter = match is_old {
        true => Filter { peer: Some(call.arg(2)), and_me: true, ..Filter::default() },
        false => Filter::parse(call)?,
    };
    let mut meant = call.node.rows();
    meant.retain(|row| filter.means(row, call.conn));
    meant.iter().for_each(|row| call.close(row.conn));
    match (is_old, meant.len()) {
        (true, 0) => Err(CommandError::new("ERR No such client")),
        (true, _) => ok(),
        (false, killed) => int(killed as i64),
    }
}

pub fn client_help(_: &mut Call) -> Answer {
    help(
        "CLIENT",
        &[
            "CACHING (YES|NO)",
            "    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
            "GETREDIR",
            "    Return the client ID we are redirecting to when tracking is enabled.",
            "GETNAME",
            "    Return the name of the current connection.",
            "ID",
            "    Return the ID of the current connection.",
            "INFO",
            "    Return information about the current client connection.",
            "KILL <ip:port>",
            "    Kill connection made from <ip:port>.",
            "KILL <option> <value> [<option> <value> [...]]",
            "    Kill connections. Options are:",
            "    * ADDR (<ip:port>|<unixsocket>:0)",
            "      Kill connections made from the specified address",
            "    * LADDR (<ip:port>|<unixsocket>:0)",
            "      Kill connections made to specified local address",
            "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
            "      Kill connections by type.",
            "    * USER <username>",
            "      Kill connections authenticated by <username>.",
            "    * SKIPME (YES|NO)",
            "      Skip killing current connection (default: yes).",
            "LIST [options ...]",
            "    Return information about client connections. Options:",
            "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
            "      Return clients of specified type.",
            "UNPAUSE",
            "    Stop the current client pause, resuming traffic.",
            "PAUSE <timeout> [WRITE|ALL]",
            "    Suspend all, or just write, clients for <timeout> milliseconds.",
            "REPLY (ON|OFF|SKIP)",
            "    Control the replies sent to the current connection.",
            "SETNAME <name>",
            "    Assign the name <name> to the current connection.",
            "UNBLOCK <clientid> [TIMEOUT|ERROR]",
            "    Unblock the specified blocked client.",
            "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
            "         [OPTIN] [OPTOUT] [NOLOOP]",
            "    Control server assisted client side caching.",
            "TRACKINGINFO",
            "    Report tracking status for the current connection.",
            "NO-EVICT (ON|OFF)",
            "    Protect current client connection from eviction.",
        ],
    )
}

/// An address as CLIENT LIST spells it: an IPv6 address in brackets.
fn peer_id(addr: &Addr) -> String {
    if addr.host.contains(':') { format!("[{}]:{}", addr.host, addr.port) } else { addr.to_string() }
}

impl Node {
    /// Every connection in the order in which they came, the master's among them.
    fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = self
            .clients
            .iter()
            .map(|(conn, client)| Row {
                conn,
                id: client.id,
                kind: Type::of(client),
                peer: client.peer.clone(),
                local: client.local.clone(),
                user: Some(client.user.clone()),
            })
            .collect();
        if let Some(link) = self.master_link()
            && let Some(conn) = link.conn
            && link.state == crate::node::LinkState::Connected
        {
            let (peer, local) = (link.addr.clone(), self.addr());
            rows.push(Row { conn, id: link.client_id, kind: Type::Master, peer, local, user: None });
        }
        rows.sort_by_key(|row| row.id);
        rows
    }

    /// A connection as CLIENT LIST shows it, with the end of the line. Simplified: what depends on Redis' way with
    /// memory has the figure of an idle client.
    pub(in crate::node) fn client_line(&self, conn: ConnId, now: Time) -> String {
        let Some(row) = self.rows().into_iter().find(|row| row.conn == conn) else { return String::new() };
        let (peer, local) = (peer_id(&row.peer), peer_id(&row.local));
        let mut text = String::new();
        let _ = write!(text, "id={} addr={peer} laddr={local} fd={} ", row.id, row.id + 5);
        let Some(client) = self.clients.get(conn) else {
            return text + &self.master_fields(now);
        };
        let (age, idle) = (now.secs() - client.connected_at.secs(), now.secs() - client.last_interaction.secs());
        let heard = &client.subscriptions;
        let (sub, psub, ssub) = (heard.channels.len(), heard.patterns.len(), heard.shard_channels.len());
        let multi = client.multi.as_ref().map_or(-1, |multi| multi.queued.len() as i64);
        let qbuf = client.reading + client.decoder.buffered() as u64;
        let _ = write!(
            text,
            "name={} age={age} idle={idle} flags={} db={} sub={sub} psub={psub} ssub={ssub} multi={multi} qbuf={qbuf} ",
            client.name,
            flags(client),
            client.db
        );
        let command = client.last_command.unwrap_or("NULL");
        let args = client.args_len;
        let _ = writeln!(
            text,
            "qbuf-free={} argv-mem={args} multi-mem=0 rbs=16384 rbp=16384 obl=0 oll=0 omem=0 tot-mem={} events=r cmd={command} user={} redir=-1 resp=2",
            if qbuf > 0 { 20474_u64.saturating_sub(qbuf) } else { 0 },
            37_648 + args,
            String::from_utf8_lossy(&client.user)
        );
        text
    }

    fn master_fields(&self, now: Time) -> String {
        let Some(link) = self.master_link() else { return String::new() };
        let idle = now.secs() - link.last_io.secs();
        let command = self.master_command.and_then(|name| find_command(name.as_bytes())).map_or("NULL", |row| row.name);
        format!(
            "name= age={} idle={idle} flags=M db={} sub=0 psub=0 ssub=0 multi=-1 qbuf=0 qbuf-free=20474 argv-mem=0 multi-mem=0 rbs=1024 rbp=0 obl=0 oll=0 omem=0 tot-mem=22298 events=r cmd={command} user=(superuser) redir=-1 resp=2\n",
            now.secs() - link.connected_at.secs(),
            link.stream_db().unwrap_or(0)
        )
    }
}

fn flags(client: &Client) -> String {
    let all = [
        (client.replica.is_some(), 'S'),
        (client.subscriptions.is_any(), 'P'),
        (client.multi.is_some(), 'x'),
        (client.blocked.is_some(), 'b'),
        (client.close_after_reply, 'c'),
        (client.no_evict, 'e'),
    ];
    let set: String = all.into_iter().filter(|(is_set, _)| *is_set).map(|(_, letter)| letter).collect();
    if set.is_empty() { "N".into() } else { set }
}
