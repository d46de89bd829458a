//! Saving and loading by command: SAVE, BGSAVE, LASTSAVE, DEBUG RELOAD. Mirrors rdb.c and debug.c.

use super::{Answer, int, ok};
use crate::node::call::{Call, CommandError};
use crate::wire::Reply;

const SAVING: CommandError = CommandError::from_text("ERR Background save already in progress");

pub fn save(call: &mut Call) -> Answer {
    if call.node.snapshot.is_some() {
        return Err(SAVING);
    }
    call.node.save_now(call.now);
    ok()
}

pub fn bgsave(call: &mut Call) -> Answer {
    match call.args.len() {
        1 => {}
        2 if call.option(1) == b"SCHEDULE" => {}
        _ => return Err(CommandError::SYNTAX),
    }
    if call.node.snapshot.is_some() {
        return Err(SAVING);
    }
    call.node.start_snapshot(call.now);
    Ok(Some(Reply::simple("Background saving started")))
}

pub fn lastsave(call: &mut Call) -> Answer {
    int(call.node.saving.last_save_secs)
}

/// `DEBUG RELOAD [NOSAVE] [NOFLUSH] [MERGE]`: what is merged with what is there is the same again.
pub fn reload(call: &mut Call) -> Answer {
    let mut save = true;
    for n in 2..call.args.len() {
        match call.option(n).as_slice() {
            b"NOSAVE" => save = false,
            b"MERGE" | b"NOFLUSH" => {}
            _ => {
                return Err(CommandError::from_text(
                    "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
                ));
            }
        }
    }
    call.node.reload(save, call.now).map_err(|_| CommandError::from_text("ERR Error trying to load the RDB dump"))?;
    ok()
}
