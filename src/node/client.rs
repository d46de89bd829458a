//! One connection that somebody made to this node: a client, or a replica before and after it said so.
//!
//! Rule: a client's replies gather in `out` while one input is handled and leave together at its end, as Redis writes
//! them in `beforeSleep`. Mirrors `client` (server.h).

use super::master::ReplicaClient;
use crate::time::Time;
use crate::wire::{Request, RequestDecoder};

/// A connection accepted from outside.
#[derive(Clone, Debug)]
pub struct Client {
    pub decoder: RequestDecoder,
    /// The database that SELECT chose.
    pub db: u8,
    /// Where the connection comes from, without the port.
    pub peer_host: String,
    pub name: String,
    /// Replies that have not left yet.
    pub out: Vec<u8>,
    /// To be closed once `out` has left.
    pub close_after_reply: bool,
    pub multi: Option<Multi>,
    pub connected_at: Time,
    pub last_interaction: Time,
    /// What REPLCONF said about the replica that this client will be.
    pub capabilities: Capabilities,
    /// Set by PSYNC and SYNC: from then on this connection is a replica's.
    pub replica: Option<ReplicaClient>,
}

/// A transaction being queued.
#[derive(Clone, Debug, Default)]
pub struct Multi {
    pub queued: Vec<Request>,
    /// A command was refused while queueing: EXEC will answer EXECABORT (`CLIENT_DIRTY_EXEC`).
    pub spoiled: bool,
}

/// What a replica tells about itself before it asks for the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// `REPLCONF listening-port`; 0 until said.
    pub listening_port: u16,
    /// `REPLCONF ip-address`.
    pub announced_ip: Option<String>,
    /// `capa eof`: understands a snapshot whose length is not known beforehand.
    pub eof: bool,
    /// `capa psync2`: understands `+CONTINUE <new id>`.
    pub psync2: bool,
}

impl Client {
    pub fn new(peer_host: String, now: Time) -> Client {
        Client {
            decoder: RequestDecoder::default(),
            db: 0,
            peer_host,
            name: String::new(),
            out: vec![],
            close_after_reply: false,
            multi: None,
            connected_at: now,
            last_interaction: now,
            capabilities: Capabilities::default(),
            replica: None,
        }
    }
}
