//! The commands, one file a family. Every handler has the same shape: read arguments, look at the dataset, change it,
//! answer. What is common to all is in `command.rs` and `call.rs`.

pub mod acl;
pub mod auth;
pub mod bitfield;
pub mod bits;
pub mod clients;
pub mod connection;
pub mod dump;
pub mod expiry;
pub mod functions;
pub mod hashes;
pub mod introspection;
pub mod keys;
pub mod lists;
pub mod object;
pub mod persistence;
pub mod pubsub;
pub mod random;
pub mod replication;
pub mod scan;
pub mod server;
pub mod set_algebra;
pub mod sets;
pub mod sort;
pub mod sorted_set_algebra;
pub mod sorted_set_pops;
pub mod sorted_set_ranges;
pub mod sorted_sets;
pub mod string_parts;
pub mod strings;
pub mod waiting;

use super::call::{Call, CommandError};
use super::keyspace::Entry;
use super::value::Value;
use crate::wire::{Bytes, Reply};

/// What a handler returns: a reply, none because the command answers in another way, or an error.
type Answer = Result<Option<Reply>, CommandError>;

fn ok() -> Answer {
    Ok(Some(Reply::ok()))
}

fn int(n: i64) -> Answer {
    Ok(Some(Reply::int(n)))
}

fn bulk(bytes: impl AsRef<[u8]>) -> Answer {
    Ok(Some(Reply::bulk(bytes)))
}

fn bulk_or_nil(bytes: Option<impl AsRef<[u8]>>) -> Answer {
    Ok(Some(bytes.map_or(Reply::NullBulk, Reply::bulk)))
}

fn array(items: Vec<Bytes>) -> Answer {
    Ok(Some(Reply::Array(items.into_iter().map(Reply::Bulk).collect())))
}

/// An argument that must be an integer within bounds; `why` answers anything else.
fn int_within(call: &Call, n: usize, min: i64, max: i64, why: &'static str) -> Result<i64, CommandError> {
    let number = crate::wire::decimal(&call.arg(n)).filter(|number| (min..=max).contains(number));
    number.ok_or(CommandError::new(why))
}

/// An argument that must be an integer and not negative (`getPositiveLongFromObjectOrReply`).
fn positive(call: &Call, n: usize) -> Result<i64, CommandError> {
    int_within(call, n, 0, i64::MAX, "ERR value is out of range, must be positive")
}

/// An argument that must be an integer of 32 bits.
fn int32(call: &Call, n: usize, why: &'static str) -> Result<i64, CommandError> {
    int_within(call, n, i64::from(i32::MIN), i64::from(i32::MAX), why)
}

/// The database with this number.
fn database(call: &Call, number: i64) -> Result<u8, CommandError> {
    let db = u8::try_from(number).ok().filter(|db| *db < call.node.keyspace.databases());
    db.ok_or(CommandError::new("ERR DB index is out of range"))
}

/// An argument that must be the number of a database.
fn db_index(call: &Call, n: usize) -> Result<u8, CommandError> {
    call.int(n)?;
    let number = int32(call, n, "ERR value is out of range, value must between -2147483648 and 2147483647")?;
    database(call, number)
}

/// Puts a result under the key of a *STORE command, and answers its length; an empty one deletes what the key held.
fn store(call: &mut Call, key: Bytes, result: Value) -> Answer {
    let len = result.len() as i64;
    if len == 0 {
        call.delete(&key);
    } else {
        // What has expired there goes first, and the stream is told.
        call.lookup(&key);
        call.put(call.db, key, Entry { value: result, expire_at_ms: None });
    }
    int(len)
}

/// What `<container> HELP` answers (`addReplyHelp`).
fn help(container: &str, lines: &[&str]) -> Answer {
    let title = format!("{container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
    let all = std::iter::once(&title[..]).chain(lines.iter().copied()).chain(["HELP", "    Prints this help."]);
    Ok(Some(Reply::Array(all.map(Reply::simple).collect())))
}

/// Too few or too many arguments, where the table cannot know it.
fn wrong_arity(name: &str) -> CommandError {
    CommandError::new(format!("ERR wrong number of arguments for '{name}' command"))
}
