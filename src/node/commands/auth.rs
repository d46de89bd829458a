//! Who a connection is: AUTH, HELLO, RESET. Mirrors `authCommand` (acl.c), `helloCommand` and `resetCommand`
//! (networking.c).

use super::clients::set_name;
use super::{Answer, ok};
use crate::node::acl::{DEFAULT, Denial};
use crate::node::call::{Call, CommandError};
use crate::node::{Role, VERSION};
use crate::wire::{Bytes, Reply};

const WRONG_PASSWORD: CommandError =
    CommandError::from_text("WRONGPASS invalid username-password pair or user is disabled.");

pub fn auth(call: &mut Call) -> Answer {
    let (name, password) = match call.args.len() {
        2 => {
            let needs_none = call.node.acl.user(DEFAULT).is_some_and(|user| user.needs_no_password);
            if needs_none {
                return Err(CommandError::new(
                    "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
                ));
            }
            (DEFAULT.into(), call.arg(1))
        }
        3 => (call.arg(1), call.arg(2)),
        _ => return Err(CommandError::SYNTAX),
    };
    authenticate(call, name, &password)?;
    ok()
}

/// From now on the connection is this user, if the password is right (`ACLAuthenticateUser`).
fn authenticate(call: &mut Call, name: Bytes, password: &[u8]) -> Result<(), CommandError> {
    if !call.node.acl.user(&name).is_some_and(|user| user.admits(password)) {
        let command = call.arg(0);
        call.node.note_denial(call.conn, Denial::Auth, command, Some(name), call.now);
        return Err(WRONG_PASSWORD);
    }
    if let Some(client) = call.node.clients.get_mut(call.conn) {
        client.user = name;
        client.is_authenticated = true;
    }
    Ok(())
}

/// RESP3 is not modelled: `HELLO 3` is refused as by a server that is older than it.
pub fn hello(call: &mut Call) -> Answer {
    if call.args.len() > 1 {
        let version =
            call.int(1).map_err(|_| CommandError::new("ERR Protocol version is not an integer or out of range"))?;
        if version != 2 {
            return Err(CommandError::new("NOPROTO unsupported protocol version"));
        }
    }
    let mut n = 2;
    while n < call.args.len() {
        let more = call.args.len() - 1 - n;
        match call.option(n).as_slice() {
            b"AUTH" if more >= 2 => {
                authenticate(call, call.arg(n + 1), &call.arg(n + 2))?;
                n += 3;
            }
            b"SETNAME" if more >= 1 => {
                set_name(call, &call.arg(n + 1))?;
                n += 2;
            }
            _ => return Err(CommandError::quoting("ERR Syntax error in HELLO option '", &call.arg(n), "'")),
        }
    }
    let Some(client) = call.node.clients.get(call.conn) else { return Ok(None) };
    if !client.is_authenticated {
        return Err(CommandError::new(
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time",
        ));
    }
    let role = if call.node.role() == Role::Master { "master" } else { "replica" };
    Ok(Some(Reply::Array(vec![
        Reply::bulk("server"),
        Reply::bulk("redis"),
        Reply::bulk("version"),
        Reply::bulk(VERSION),
        Reply::bulk("proto"),
        Reply::int(2),
        Reply::bulk("id"),
        Reply::int(client.id as i64),
        Reply::bulk("mode"),
        Reply::bulk("standalone"),
        Reply::bulk("role"),
        Reply::bulk(role),
        Reply::bulk("modules"),
        Reply::Array(vec![]),
    ])))
}

/// The connection is as if it had just been made (`clearClientConnectionState`).
pub fn reset(call: &mut Call) -> Answer {
    let is_open = call.node.acl.is_open();
    let Some(client) = call.node.clients.get_mut(call.conn) else { return Ok(None) };
    if client.replica.is_some() {
        return Err(CommandError::new("ERR can only reset normal client connections"));
    }
    client.reset(is_open);
    Ok(Some(Reply::simple("RESET")))
}
