//! Scripts: EVAL, EVALSHA and SCRIPT, for a small part of Lua (`lua.rs`).
//!
//! Rule: a script runs to its end in one turn; only its endless loop lasts, until SCRIPT KILL. Meanwhile every other
//! command is refused, as Redis does once `busy-reply-threshold` has passed; here that is at once.
//! Mirrors eval.c and script.c.

mod lua;
mod run;

use super::Node;
use super::call::{Call, CommandError};
use super::io::ConnId;
use crate::time::Time;
use crate::wire::{Bytes, Reply, decimal};
use run::{Outcome, Run};
use std::collections::BTreeMap;
use std::sync::Arc;

type Answer = Result<Option<Reply>, CommandError>;

/// The scripts that a node knows, and the one that does not end.
#[derive(Clone, Debug, Default)]
pub struct Scripts {
    /// By their SHA-1, hexadecimal.
    pub(super) known: Arc<BTreeMap<String, Bytes>>,
    endless: Option<Endless>,
    /// The client of a script that was killed in this turn.
    killed: Option<ConnId>,
}

/// A script in its endless loop.
#[derive(Clone, Debug)]
struct Endless {
    conn: ConnId,
    sha: String,
    /// It changed the dataset, so it may not be killed.
    has_written: bool,
}

impl Scripts {
    pub fn is_busy(&self) -> bool {
        self.endless.is_some()
    }

    /// Is this the connection whose script does not end?
    pub fn runs_for(&self, conn: ConnId) -> bool {
        self.endless.as_ref().is_some_and(|endless| endless.conn == conn)
    }

    fn keep(&mut self, source: &Bytes) -> String {
        let sha = sha1_smol::Sha1::from(source).digest().to_string();
        if !self.known.contains_key(&sha) {
            Arc::make_mut(&mut self.known).insert(sha.clone(), source.clone());
        }
        sha
    }
}

/// Where an error happened.
fn place(sha: &str, line: usize) -> String {
    format!(" script: {sha}, on @user_script:{line}.")
}

pub(super) fn eval(call: &mut Call) -> Answer {
    let source = call.arg(1);
    run(call, &source)
}

pub(super) fn evalsha(call: &mut Call) -> Answer {
    let sha = String::from_utf8_lossy(&call.arg(1)).to_ascii_lowercase();
    let source = call.node.scripts.known.get(&sha).cloned();
    run(call, &source.ok_or(CommandError::from_text("NOSCRIPT No matching script. Please use EVAL."))?)
}

fn run(call: &mut Call, source: &Bytes) -> Answer {
    let keys = decimal(&call.arg(2)).ok_or(CommandError::NOT_AN_INTEGER)?;
    let rest = call.args[3..].to_vec();
    let keys = usize::try_from(keys).map_err(|_| CommandError::from_text("ERR Number of keys can't be negative"))?;
    if keys > rest.len() {
        return Err(CommandError::from_text("ERR Number of keys can't be greater than number of args"));
    }
    let script = compiled(source)?;
    let sha = call.node.scripts.keep(source);
    let (keys, argv) = rest.split_at(keys);
    let (conn, before) = (call.conn, call.node.unit.len());
    match Run::new(call, keys.to_vec(), argv.to_vec(), sha.clone()).run(&script) {
        Outcome::Returned(reply) => Ok(Some(reply)),
        Outcome::Endless => {
            let has_written = call.node.unit.len() > before;
            call.node.scripts.endless = Some(Endless { conn, sha, has_written });
            Ok(None)
        }
    }
}

fn compiled(source: &Bytes) -> Result<lua::Script, CommandError> {
    lua::parse(source).map_err(|error| {
        let text = format!("ERR Error compiling script (new function): user_script:{}: {}", error.line, error.why);
        CommandError::new(text)
    })
}

pub(super) fn load(call: &mut Call) -> Answer {
    let source = call.arg(2);
    compiled(&source)?;
    Ok(Some(Reply::bulk(call.node.scripts.keep(&source))))
}

pub(super) fn exists(call: &mut Call) -> Answer {
    let known = |sha: &Bytes| {
        let sha = String::from_utf8_lossy(sha).to_ascii_lowercase();
        Reply::int(i64::from(call.node.scripts.known.contains_key(&sha)))
    };
    Ok(Some(Reply::Array(call.args[2..].iter().map(known).collect())))
}

pub(super) fn flush(call: &mut Call) -> Answer {
    match (call.args.len(), call.option(2).as_slice()) {
        (2, _) | (3, b"SYNC" | b"ASYNC") => {}
        _ => return Err(CommandError::from_text("ERR SCRIPT FLUSH only support SYNC|ASYNC option")),
    }
    call.node.scripts.known = Arc::default();
    Ok(Some(Reply::ok()))
}

pub(super) fn kill(call: &mut Call) -> Answer {
    match &call.node.scripts.endless {
        None => Err(CommandError::from_text("NOTBUSY No scripts in execution right now.")),
        Some(endless) if endless.has_written => Err(CommandError::from_text(
            "UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.",
        )),
        Some(_) => {
            call.node.end_script();
            Ok(Some(Reply::ok()))
        }
    }
}

impl Node {
    /// The endless script ends with an error; what its client said meanwhile is read at the end of the turn.
    fn end_script(&mut self) {
        let Some(endless) = self.scripts.endless.take() else { return };
        if let Some(client) = self.clients.get_mut(endless.conn) {
            let text = format!("ERR Script killed by user with SCRIPT KILL...{}", place(&endless.sha, 1));
            Reply::error(text).encode(&mut client.out);
            self.scripts.killed = Some(endless.conn);
        }
    }

    /// Reads what the client of a killed script said while it ran.
    pub(super) fn go_on_after_script(&mut self, now: Time) {
        if let Some(conn) = self.scripts.killed.take() {
            self.read_from_client(conn, &[], now);
        }
    }
}
