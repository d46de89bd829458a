//! DUMP and RESTORE: a value as bytes, and back. Mirrors `dumpCommand` and `restoreCommand` (cluster.c).

use super::{Answer, bulk, ok};
use crate::node::call::{Call, CommandError};
use crate::node::keyspace::Entry;
use crate::node::value::Value;
use crate::node::{Config, Role};
use crate::wire::rdb::{self, PayloadError};
use crate::wire::{Bytes, Reply};

pub fn dump(call: &mut Call) -> Answer {
    let key = call.arg(1);
    match call.lookup(&key).map(|entry| entry.value.to_rdb()) {
        None => Ok(Some(Reply::NullBulk)),
        Some(value) => bulk(rdb::dump(&value)),
    }
}

struct Options {
    replace: bool,
    is_absolute: bool,
}

fn options(call: &Call) -> Result<Options, CommandError> {
    let mut options = Options { replace: false, is_absolute: false };
    let mut n = 4;
    while n < call.args.len() {
        let more = n + 1 < call.args.len();
        match call.option(n).as_slice() {
            b"REPLACE" => options.replace = true,
            b"ABSTTL" => options.is_absolute = true,
            // How long a key was idle, and how often it was asked for, is not kept.
            b"IDLETIME" if more => {
                n += 1;
                if call.int(n)? < 0 {
                    return Err(CommandError::from_text("ERR Invalid IDLETIME value, must be >= 0"));
                }
            }
            b"FREQ" if more => {
                n += 1;
                if !(0..=255).contains(&call.int(n)?) {
                    return Err(CommandError::from_text("ERR Invalid FREQ value, must be >= 0 and <= 255"));
                }
            }
            _ => return Err(CommandError::SYNTAX),
        }
        n += 1;
    }
    Ok(options)
}

pub fn restore(call: &mut Call) -> Answer {
    let options = options(call)?;
    let key = call.arg(1);
    if !options.replace && call.lookup(&key).is_some() {
        return Err(CommandError::from_text("BUSYKEY Target key name already exists."));
    }
    let ttl = call.int(2)?;
    if ttl < 0 {
        return Err(CommandError::from_text("ERR Invalid TTL value, must be >= 0"));
    }
    let value = rdb::restore(&call.arg(3)).map_err(|error| match error {
        PayloadError::Footer => CommandError::from_text("ERR DUMP payload version or checksum are wrong"),
        PayloadError::Value => CommandError::from_text("ERR Bad data format"),
    })?;
    let config: &Config = &call.node.config;
    let value = Value::from_rdb(value, config);
    let now = call.now.millis();
    let at = if options.is_absolute { ttl } else { now.saturating_add(ttl) };
    let is_over = ttl > 0 && at <= now && call.node.role() == Role::Master && !call.from_master;
    if options.replace && call.delete(&key) && is_over {
        call.propagate_instead(&[b"DEL", &key]);
    }
    if is_over {
        return ok();
    }
    call.put(call.db, key, Entry { value, expire_at_ms: Some(at).filter(|_| ttl > 0) });
    if ttl > 0 && !options.is_absolute {
        let at: Bytes = at.to_string().into_bytes().into();
        let mut args = call.args.clone();
        args[2] = at;
        args.push(b"ABSTTL"[..].into());
        call.propagate_instead(&args.iter().map(|arg| &arg[..]).collect::<Vec<_>>());
    }
    ok()
}
