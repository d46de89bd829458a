//! One connection that somebody made to this node: a client, or a replica before and after it said so.
//!
//! Rule: a client's replies gather in `out` while one input is handled and leave together at its end, as Redis writes
//! them in `beforeSleep`. Mirrors `client` (server.h).

use super::acl::DEFAULT;
use super::blocked::Block;
use super::io::Addr;
use super::master::ReplicaClient;
use super::watch::Watch;
use crate::time::Time;
use crate::wire::{Bytes, Request, RequestDecoder};

/// A connection accepted from outside.
#[derive(Clone, Debug)]
pub struct Client {
    pub decoder: RequestDecoder,
    /// The database that SELECT chose.
    pub db: u8,
    /// Its number, as CLIENT ID tells it.
    pub id: u64,
    pub peer: Addr,
    pub local: Addr,
    /// Who it is; `is_authenticated` says whether it has shown that.
    pub user: Bytes,
    pub is_authenticated: bool,
    pub subscriptions: Subscriptions,
    pub replies: Replies,
    pub no_evict: bool,
    /// The last command that there is, in full.
    pub last_command: Option<&'static str>,
    /// Bytes of the request that is being handled, and of its arguments; 0 otherwise.
    pub reading: u64,
    pub args_len: u64,
    pub name: String,
    /// Replies that have not left yet.
    pub out: Vec<u8>,
    /// To be closed once `out` has left.
    pub close_after_reply: bool,
    pub multi: Option<Multi>,
    pub connected_at: Time,
    pub last_interaction: Time,
    /// It waits, and reads nothing of what it sent since.
    pub blocked: Option<Block>,
    pub watch: Watch,
    /// Where the stream ended after its last command (`woff`).
    pub wrote_until: u64,
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

/// What a client listens to, in the order in which it asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscriptions {
    pub channels: Vec<Bytes>,
    pub patterns: Vec<Bytes>,
    pub shard_channels: Vec<Bytes>,
}

impl Subscriptions {
    /// Is the client a subscriber, who may do little else?
    pub fn is_any(&self) -> bool {
        !(self.channels.is_empty() && self.patterns.is_empty() && self.shard_channels.is_empty())
    }
}

/// Whether a client wants answers (CLIENT REPLY).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replies {
    #[default]
    On,
    Off,
    /// Not to the command after this one (`CLIENT_REPLY_SKIP_NEXT`).
    SkipNext,
    /// Not to this one.
    Skip,
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
    /// `rdb-only 1`: wants a snapshot and no stream (`CLIENT_REPL_RDBONLY`).
    pub rdb_only: bool,
    /// `rdb-filter-only`: wants a snapshot without keys (`SLAVE_REQ_RDB_EXCLUDE_DATA`).
    pub without_data: bool,
}

impl Client {
    /// `is_open`: it need not say who it is.
    pub fn new(id: u64, peer: Addr, local: Addr, is_open: bool, now: Time) -> Client {
        Client {
            decoder: RequestDecoder::default(),
            db: 0,
            id,
            peer,
            local,
            user: DEFAULT.into(),
            is_authenticated: is_open,
            subscriptions: Subscriptions::default(),
            replies: Replies::On,
            no_evict: false,
            last_command: None,
            reading: 0,
            args_len: 0,
            name: String::new(),
            out: vec![],
            close_after_reply: false,
            multi: None,
            blocked: None,
            watch: Watch::default(),
            wrote_until: 0,
            connected_at: now,
            last_interaction: now,
            capabilities: Capabilities::default(),
            replica: None,
        }
    }

    /// As it was when it had just been made, but for what it is connected with and what was read (`RESET`).
    pub fn reset(&mut self, is_open: bool) {
        self.db = 0;
        self.name.clear();
        self.multi = None;
        self.user = DEFAULT.into();
        self.is_authenticated = is_open;
        self.subscriptions = Subscriptions::default();
        self.replies = Replies::On;
        self.no_evict = false;
    }
}
