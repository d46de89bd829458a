//! FUNCTION, as a server answers that has no libraries: loading one is not modelled.
//! Mirrors functions.c.

use super::{Answer, array, ok};
use crate::node::call::{Call, CommandError};
use crate::wire::Reply;

/// FLUSH goes down the stream although there is nothing to flush.
pub fn flush(call: &mut Call) -> Answer {
    match (call.args.len(), call.option(2).as_slice()) {
        (2, _) | (3, b"SYNC" | b"ASYNC") => {}
        _ => return Err(CommandError::from_text("ERR FUNCTION FLUSH only supports SYNC|ASYNC option")),
    }
    call.changed(1);
    ok()
}

pub fn list(_: &mut Call) -> Answer {
    array(vec![])
}

pub fn delete(_: &mut Call) -> Answer {
    Err(CommandError::from_text("ERR Library not found"))
}

pub fn load(_: &mut Call) -> Answer {
    Err(CommandError::from_text("ERR FUNCTION LOAD is not modelled"))
}

pub fn kill(_: &mut Call) -> Answer {
    Err(CommandError::from_text("NOTBUSY No scripts in execution right now."))
}

pub fn stats(_: &mut Call) -> Answer {
    let counts = ["libraries_count", "functions_count"].into_iter().flat_map(|name| [Reply::bulk(name), Reply::int(0)]);
    Ok(Some(Reply::Array(vec![
        Reply::bulk("running_script"),
        Reply::NullBulk,
        Reply::bulk("engines"),
        Reply::Array(vec![Reply::bulk("LUA"), Reply::Array(counts.collect())]),
    ])))
}
