//! The server: INFO, CONFIG, DEBUG. Mirrors server.c (`infoCommand`), config.c and debug.c.

use super::{Answer, bulk, ok, unknown_subcommand, wrong_arity};
use crate::node::call::{Call, CommandError};
use crate::wire::Reply;

pub fn info(call: &mut Call) -> Answer {
    let sections: Vec<String> = call
        .args
        .iter()
        .skip(1)
        .map(|arg| String::from_utf8_lossy(arg).to_ascii_lowercase())
        .collect();
    let text = call.node.info_sections(call.now, &sections);
    bulk(text)
}

pub fn config(call: &mut Call) -> Answer {
    match call.option(1).as_slice() {
        b"GET" if call.args.len() >= 3 => {
            let patterns: Vec<&[u8]> = call.args.iter().skip(2).map(|arg| &arg[..]).collect();
            let found = call.node.config.get(&patterns);
            let pairs = found
                .into_iter()
                .flat_map(|(name, value)| [Reply::bulk(name), Reply::bulk(value)]);
            Ok(Some(Reply::Array(pairs.collect())))
        }
        b"SET" if call.args.len() >= 4 && call.args.len().is_multiple_of(2) => set(call),
        b"RESETSTAT" if call.args.len() == 2 => {
            call.node.stats = Default::default();
            ok()
        }
        name @ (b"GET" | b"SET" | b"RESETSTAT") => Err(wrong_arity(&format!(
            "config|{}",
            String::from_utf8_lossy(name).to_ascii_lowercase()
        ))),
        _ => Err(unknown_subcommand("CONFIG", &call.arg(1))),
    }
}

/// All settings of one CONFIG SET change, or none.
fn set(call: &mut Call) -> Answer {
    let mut config = call.node.config.clone();
    for pair in call.args[2..].chunks_exact(2) {
        let (name, value) = (
            String::from_utf8_lossy(&pair[0]),
            String::from_utf8_lossy(&pair[1]),
        );
        config
            .set(&name, &value)
            .map_err(|error| CommandError::new(format!("ERR {error}")))?;
    }
    call.node.reconfigure(config);
    ok()
}

pub fn debug(call: &mut Call) -> Answer {
    match call.option(1).as_slice() {
        b"DIGEST" => Ok(Some(Reply::simple(&call.node.keyspace.digest()))),
        b"HELP" => Ok(Some(Reply::Array(vec![Reply::simple("DEBUG DIGEST")]))),
        _ => Err(unknown_subcommand("DEBUG", &call.arg(1))),
    }
}
