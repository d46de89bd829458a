//! The server: INFO, CONFIG, DEBUG. Mirrors server.c (`infoCommand`), config.c and debug.c.

use super::{Answer, array, bulk, help, ok};
use crate::node::call::{Call, CommandError};
use crate::node::{Entry, Output, Value};
use crate::wire::{Bytes, Reply};
use std::time::Duration;

pub fn info(call: &mut Call) -> Answer {
    let sections: Vec<String> =
        call.args.iter().skip(1).map(|arg| String::from_utf8_lossy(arg).to_ascii_lowercase()).collect();
    let text = call.node.info_sections(call.now, &sections);
    bulk(text)
}

pub fn config_get(call: &mut Call) -> Answer {
    let patterns: Vec<&[u8]> = call.args.iter().skip(2).map(|arg| &arg[..]).collect();
    let found = call.node.config.get(&patterns);
    let pairs = found.into_iter().flat_map(|(name, value)| [Reply::bulk(name), Reply::bulk(value)]);
    Ok(Some(Reply::Array(pairs.collect())))
}

/// All settings of one CONFIG SET change, or none.
pub fn config_set(call: &mut Call) -> Answer {
    if !call.args.len().is_multiple_of(2) {
        return Err(CommandError::SYNTAX);
    }
    let words: Vec<String> = call.args[2..].iter().map(|arg| String::from_utf8_lossy(arg).into_owned()).collect();
    let pairs: Vec<(&str, &str)> = words.chunks_exact(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
    let mut config = call.node.config.clone();
    config.set_all(&pairs).map_err(|error| CommandError::new(format!("ERR {error}")))?;
    call.node.reconfigure(config);
    ok()
}

pub fn config_resetstat(call: &mut Call) -> Answer {
    call.node.stats = Default::default();
    ok()
}

/// The host has the file, and puts what is set now in the place of what stands there.
pub fn config_rewrite(call: &mut Call) -> Answer {
    if call.node.config.process.config_file.is_empty() {
        return Err(CommandError::from_text("ERR The server is running without a config file"));
    }
    let line = |(name, user): (&Bytes, &crate::node::acl::User)| [b"user ", &name[..], b" ", &user.describe()].concat();
    let users = call.node.acl.users().map(|user| line(user).into()).collect();
    call.node.outputs.push_back(Output::SaveConfig { users });
    ok()
}

pub fn config_help(_: &mut Call) -> Answer {
    help(
        "CONFIG",
        &[
            "GET <pattern>",
            "    Return parameters matching the glob-like <pattern> and their values.",
            "SET <directive> <value>",
            "    Set the configuration <directive> to <value>.",
            "RESETSTAT",
            "    Reset statistics reported by the INFO command.",
            "REWRITE",
            "    Rewrite the configuration file.",
        ],
    )
}

/// Seconds and microseconds.
pub fn time(call: &mut Call) -> Answer {
    let us = call.now.0;
    array([us / 1_000_000, us % 1_000_000].map(|part| part.to_string().into_bytes().into()).to_vec())
}

/// `DEBUG SLEEP SECONDS`: the process stands still. Nothing that was asked of it leaves before.
fn sleep(call: &mut Call) -> Answer {
    // What is no number is 0, as strtod has it.
    let seconds: f64 = std::str::from_utf8(&call.arg(2)).ok().and_then(|text| text.parse().ok()).unwrap_or(0.0);
    let time = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO);
    call.node.outputs.push_front(Output::StandStill { time });
    super::ok()
}

/// `DEBUG POPULATE COUNT [PREFIX] [SIZE]`: so many keys that are not there yet, which no replica hears of.
fn populate(call: &mut Call) -> Answer {
    let keys =
        u64::try_from(call.int(2)?).map_err(|_| CommandError::new("ERR value is out of range, must be positive"))?;
    let prefix = if call.args.len() > 3 { call.arg(3) } else { Bytes::from(&b"key"[..]) };
    let size = if call.args.len() > 4 { usize::try_from(call.int(4)?).unwrap_or(0) } else { 0 };
    let holds = (size as u64).saturating_mul(keys);
    if holds > POPULATE_MAX || keys > POPULATE_MAX {
        return Err(CommandError::new(format!("ERR at most {POPULATE_MAX} bytes are made")));
    }
    for n in 0..keys {
        let key = Bytes::from([&prefix[..], format!(":{n}").as_bytes()].concat());
        if call.node.keyspace.get(call.db, &key).is_some() {
            continue;
        }
        let mut value = format!("value:{n}").into_bytes();
        if size > 0 {
            value.resize(size, 0);
        }
        let entry = Entry { value: Value::String(value.into()), expire_at_ms: None };
        call.node.keyspace.insert(call.db, key.clone(), entry);
        call.node.touch(call.db, &key);
    }
    ok()
}

/// What DEBUG POPULATE makes at most: 1 GiB.
const POPULATE_MAX: u64 = 1 << 30;

/// The element of a list that is not packed has so many bytes, at the least and at the most (quicklist.c).
const PLAIN_DEFAULT: u64 = 1 << 30;
const PLAIN_MAX: u64 = (1 << 32) - (1 << 20);

pub fn debug(call: &mut Call) -> Answer {
    match (call.option(1).as_slice(), call.args.len()) {
        (b"SET-ACTIVE-EXPIRE", 3) => {
            call.node.active_expire = call.option(2).starts_with(b"1");
            super::ok()
        }
        (b"CHANGE-REPL-ID", 2) => {
            let node = &mut *call.node;
            node.history.rename(&mut node.rng);
            node.note_ids();
            super::ok()
        }
        (b"RELOAD", _) => super::persistence::reload(call),
        (b"POPULATE", 3..=5) => populate(call),
        (b"SLEEP", 3) => sleep(call),
        (b"DIGEST", 2) => Ok(Some(Reply::simple(&call.node.keyspace.digest()))),
        (b"QUICKLIST-PACKED-THRESHOLD", 3) => {
            let bytes = std::str::from_utf8(&call.arg(2)).ok().and_then(crate::node::memory);
            match bytes.filter(|bytes| *bytes <= PLAIN_MAX) {
                None => {
                    Err(CommandError::new("ERR argument must be a memory value bigger than 1 and smaller than 4gb"))
                }
                Some(bytes) => {
                    call.node.config.list_plain_min = if bytes == 0 { PLAIN_DEFAULT } else { bytes };
                    super::ok()
                }
            }
        }
        (b"DIGEST-VALUE", _) => {
            let digests = call.args.iter().skip(2).map(|key| call.node.keyspace.value_digest(call.db, key));
            Ok(Some(Reply::Array(digests.map(|digest| Reply::simple(&digest)).collect())))
        }
        (b"HELP", 2) => Ok(Some(Reply::Array(vec![Reply::simple("DEBUG DIGEST")]))),
        _ => {
            let subcommand = call.arg(1);
            let shown = &subcommand[..subcommand.len().min(128)];
            Err(CommandError::quoting(
                "ERR unknown subcommand or wrong number of arguments for '",
                shown,
                "'. Try DEBUG HELP.",
            ))
        }
    }
}
