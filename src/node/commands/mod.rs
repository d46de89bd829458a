//! The commands, one file a family. Every handler has the same shape: read arguments, look at the dataset, change it,
//! answer. What is common to all is in `command.rs` and `call.rs`.

pub mod connection;
pub mod expiry;
pub mod keys;
pub mod replication;
pub mod server;
pub mod string_parts;
pub mod strings;

use super::call::CommandError;
use crate::wire::Reply;

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

/// Too few or too many arguments, where the table cannot know it.
fn wrong_arity(name: &str) -> CommandError {
    CommandError::new(format!("ERR wrong number of arguments for '{name}' command"))
}
