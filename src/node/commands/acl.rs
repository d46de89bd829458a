//! ACL: users and what they may do. Mirrors `aclCommand` (acl.c).

use super::{Answer, bulk, help, int, ok};
use crate::node::acl::{Denial, Selector, User};
use crate::node::call::{Call, CommandError};
use crate::node::dispatch::lookup_args;
use crate::node::facts::{CATEGORIES, Facts};
use crate::wire::{Bytes, Reply};

pub fn setuser(call: &mut Call) -> Answer {
    let name = call.arg(2);
    if name.iter().any(|byte| byte.is_ascii_whitespace() || matches!(*byte, 0 | 0x0b)) {
        return Err(CommandError::new("ERR Usernames can't contain spaces or null characters"));
    }
    let before = call.node.acl.user(&name).cloned();
    let all_channels = call.node.config.has_all_channels();
    let mut user = before.clone().unwrap_or_else(|| User::new(all_channels)).with_default(all_channels);
    let rules: Vec<Bytes> = call.args.iter().skip(3).cloned().collect();
    user.apply_all(&rules).map_err(|text| CommandError::from_bytes([b"ERR ", &text[..]].concat()))?;
    if let Some(before) = before {
        close_forbidden_listeners(call, &name, &before, &user);
    }
    call.node.acl.put(name, user);
    ok()
}

/// Subscribers who may no longer hear what they listen to are closed (`ACLKillPubsubClientsIfNeeded`).
fn close_forbidden_listeners(call: &mut Call, name: &[u8], before: &User, after: &User) {
    let Some(allowed) = after.channels() else { return };
    if before.channels().is_some_and(|before| before.iter().all(|channel| allowed.contains(channel))) {
        return;
    }
    let hears = |channel: &Bytes| allowed.iter().any(|pattern| crate::node::glob::matches(pattern, channel));
    let mut closing = vec![];
    for (conn, client) in call.node.clients.iter().filter(|(_, client)| *client.user == *name) {
        let listens = &client.subscriptions;
        let is_allowed = listens.patterns.iter().all(|pattern| allowed.contains(&pattern))
            && listens.channels.iter().chain(&listens.shard_channels).all(hears);
        if !is_allowed {
            closing.push(conn);
        }
    }
    for conn in closing {
        call.close(conn);
    }
}

pub fn deluser(call: &mut Call) -> Answer {
    let names: Vec<Bytes> = call.args.iter().skip(2).cloned().collect();
    if names.iter().any(|name| **name == *crate::node::acl::DEFAULT) {
        return Err(CommandError::new("ERR The 'default' user cannot be removed"));
    }
    let mut deleted = 0;
    for name in names.iter().filter(|name| call.node.acl.remove(name)).collect::<Vec<_>>() {
        deleted += 1;
        let theirs = call.node.clients.iter().filter(|(_, client)| client.user == *name);
        for conn in theirs.map(|(conn, _)| conn).collect::<Vec<_>>() {
            call.close(conn);
        }
    }
    int(deleted)
}

pub fn getuser(call: &mut Call) -> Answer {
    let Some(user) = call.node.acl.user(&call.arg(2)) else {
        return Ok(Some(Reply::NullBulk));
    };
    let mut fields = vec![
        Reply::bulk("flags"),
        Reply::Array(user.flags().map(Reply::bulk).collect()),
        Reply::bulk("passwords"),
        Reply::Array(user.passwords.iter().map(Reply::bulk).collect()),
    ];
    fields.extend(describe(&user.root));
    fields.push(Reply::bulk("selectors"));
    fields.push(Reply::Array(user.selectors.iter().map(|one| Reply::Array(describe(one).to_vec())).collect()));
    Ok(Some(Reply::Array(fields)))
}

fn describe(selector: &Selector) -> [Reply; 6] {
    [
        Reply::bulk("commands"),
        Reply::bulk(selector.describe_commands()),
        Reply::bulk("keys"),
        Reply::bulk(selector.describe_keys()),
        Reply::bulk("channels"),
        Reply::bulk(selector.describe_channels()),
    ]
}

pub fn list(call: &mut Call) -> Answer {
    let line = |(name, user): (&Bytes, &User)| Reply::bulk([b"user ", &name[..], b" ", &user.describe()].concat());
    Ok(Some(Reply::Array(call.node.acl.users().map(line).collect())))
}

pub fn users(call: &mut Call) -> Answer {
    Ok(Some(Reply::Array(call.node.acl.users().map(|(name, _)| Reply::Bulk(name.clone())).collect())))
}

pub fn whoami(call: &mut Call) -> Answer {
    let user = call.node.clients.get(call.conn).map(|client| client.user.clone());
    super::bulk_or_nil(user)
}

pub fn cat(call: &mut Call) -> Answer {
    let names: Vec<Reply> = match call.args.get(2) {
        None => CATEGORIES.iter().map(Reply::bulk).collect(),
        Some(name) => {
            let category = CATEGORIES.iter().position(|known| name.eq_ignore_ascii_case(known.as_bytes()));
            if call.args.len() > 3 {
                return Err(CommandError::quoting(
                    "ERR unknown subcommand or wrong number of arguments for '",
                    &call.arg(1),
                    "'. Try ACL HELP.",
                ));
            }
            let Some(category) = category else {
                return Err(CommandError::quoting("ERR Unknown category '", &name[..name.len().min(128)], "'"));
            };
            let members = Facts::all().filter(|facts| facts.categories & (1 << category) != 0);
            members.map(|facts| Reply::bulk(facts.name)).collect()
        }
    };
    Ok(Some(Reply::Array(names)))
}

/// The most bits that are asked for at once (`GENPASS_MAX_BITS`).
const PASSWORD_BITS_MAX: i64 = 4096;

pub fn genpass(call: &mut Call) -> Answer {
    let bits = if call.args.len() > 2 { call.int(2)? } else { 256 };
    if !(1..=PASSWORD_BITS_MAX).contains(&bits) {
        return Err(CommandError::new(
            "ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096",
        ));
    }
    let mut password = vec![];
    while password.len() < (bits as usize).div_ceil(4) {
        password.extend_from_slice(&call.node.rng.hex_chars::<40>());
    }
    password.truncate((bits as usize).div_ceil(4));
    bulk(password)
}

pub fn log(call: &mut Call) -> Answer {
    let count = match call.args.get(2) {
        None => 10,
        Some(word) if word.eq_ignore_ascii_case(b"reset") => {
            call.node.acl.log.clear();
            return ok();
        }
        Some(_) => call.int(2)?.max(0) as usize,
    };
    let now = call.now;
    let entries = call.node.acl.log.iter().take(count).map(|entry| {
        let reason = match entry.reason {
            Denial::Command => "command",
            Denial::Key => "key",
            Denial::Channel => "channel",
            Denial::Auth => "auth",
        };
        let age_secs = (now.millis() - entry.at.millis()) as f64 / 1000.0;
        Reply::Array(vec![
            Reply::bulk("count"),
            Reply::int(entry.count as i64),
            Reply::bulk("reason"),
            Reply::bulk(reason),
            Reply::bulk("context"),
            Reply::bulk(if entry.in_multi { "multi" } else { "toplevel" }),
            Reply::bulk("object"),
            Reply::Bulk(entry.object.clone()),
            Reply::bulk("username"),
            Reply::Bulk(entry.user.clone()),
            Reply::bulk("age-seconds"),
            Reply::bulk(age_secs.to_string()),
            Reply::bulk("client-info"),
            Reply::bulk(&entry.client),
        ])
    });
    Ok(Some(Reply::Array(entries.collect())))
}

pub fn dryrun(call: &mut Call) -> Answer {
    let Some(user) = call.node.acl.user(&call.arg(2)) else {
        return Err(CommandError::quoting("ERR User '", &call.arg(2), "' not found"));
    };
    let args = &call.args[3..];
    let row = match lookup_args(args) {
        Ok(row) => row,
        Err(None) => return Err(CommandError::quoting("ERR Command '", &call.arg(3), "' not found")),
        Err(Some(error)) => return Err(error),
    };
    let Some(facts) = Facts::find(row.name.as_bytes()) else { return ok() };
    let Err((denial, at)) = user.check(facts, args) else { return ok() };
    let object = args.get(at).cloned().unwrap_or_default();
    bulk(match denial {
        Denial::Command => format!("This user has no permissions to run the '{}' command", row.name).into_bytes(),
        Denial::Channel => [b"This user has no permissions to access the '", &object[..], b"' channel"].concat(),
        _ => [b"This user has no permissions to access the '", &object[..], b"' key"].concat(),
    })
}

/// Users are kept nowhere but here.
pub fn no_file(_: &mut Call) -> Answer {
    Err(CommandError::new(
        "ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store users in the Redis configuration.",
    ))
}

pub fn acl_help(_: &mut Call) -> Answer {
    help(
        "ACL",
        &[
            "CAT [<category>]",
            "    List all commands that belong to <category>, or all command categories",
            "    when no category is specified.",
            "DELUSER <username> [<username> ...]",
            "    Delete a list of users.",
            "DRYRUN <username> <command> [<arg> ...]",
            "    Returns whether the user can execute the given command without executing the command.",
            "GETUSER <username>",
            "    Get the user's details.",
            "GENPASS [<bits>]",
            "    Generate a secure 256-bit user password. The optional `bits` argument can",
            "    be used to specify a different size.",
            "LIST",
            "    Show users details in config file format.",
            "LOAD",
            "    Reload users from the ACL file.",
            "LOG [<count> | RESET]",
            "    Show the ACL log entries.",
            "SAVE",
            "    Save the current config to the ACL file.",
            "SETUSER <username> <attribute> [<attribute> ...]",
            "    Create or modify a user with the specified attributes.",
            "USERS",
            "    List all the registered usernames.",
            "WHOAMI",
            "    Return the current connection username.",
        ],
    )
}
