//! The server: INFO, CONFIG, DEBUG. Mirrors server.c (`infoCommand`), config.c and debug.c.

use super::{Answer, bulk, ok};
use crate::node::call::{Call, CommandError};
use crate::wire::Reply;

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

pub fn debug(call: &mut Call) -> Answer {
    match (call.option(1).as_slice(), call.args.len()) {
        (b"DIGEST", 2) => Ok(Some(Reply::simple(&call.node.keyspace.digest()))),
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
