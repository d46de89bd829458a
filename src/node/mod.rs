//! One Redis process: everything between its sockets and its files, and nothing of them.
//!
//! A [`Node`] has no clock, socket, thread or randomness of its own. Its methods are of four kinds:
//!
//! - looking at it: [`Node::role`], [`Node::offset`], [`Node::history`], [`Node::info`] and the other getters;
//! - what comes in: [`Node::handle`], the only method that changes a running node;
//! - what goes out: [`Node::poll_output`] and [`Node::poll_event`], drained until empty after every `handle`;
//! - when it wants to be woken: [`Node::next_timeout`].
//!
//! So a host gives one input, drains outputs, drains events, asks for the next timeout, and waits. The simulator does
//! this for many nodes and a virtual clock; the command line does it for one node and real sockets.
//!
//! Read `io.rs` for the contract, `dispatch.rs` for a command's way, `master.rs` and `replica.rs` for the two sides of
//! replication. The handling of one input mirrors one turn of Redis' event loop, with `beforeSleep` at its end.

mod acl;
mod admit;
mod backlog;
mod big_uint;
mod blocked;
mod bulk;
mod call;
mod client;
mod command;
mod commands;
mod config;
mod decision;
mod decisions;
mod digest;
mod dispatch;
mod event;
mod facts;
mod failover;
mod follow;
pub mod glob;
mod handshake;
mod history;
mod info;
#[cfg(feature = "complete")]
mod info_fields;
mod io;
mod kept;
mod keyspace;
mod limits;
mod loading;
mod long_double;
#[cfg(feature = "complete")]
pub mod manual;
mod master;
mod pause;
mod persistence;
mod psync;
mod rebuilt;
mod replica;
#[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
mod script;
mod settings;
mod shutdown;
mod snapshot;
mod stats;
mod transfer;
mod value;
mod watch;

pub use acl::Acl;
pub use backlog::{Backlog, Block, BlockSize};
pub use client::{Capabilities, Client};
pub use command::{Command, Flags, TABLE, find as find_command};
pub use config::{Config, ConfigError, DisklessLoad, Process, Role};
pub use decision::{FullReason, PsyncDecision, PsyncVerdict};
pub use decisions::{
    Acked, Attach, AttachVerdict, Buffer, Decision, Expiry, ExpiryVerdict, FailoverStep, PutOnline, Silence, Stale,
    TooFewReplicas, Trim, Wait, WaitVerdict,
};
pub use event::{Event, LostReason};
pub use failover::{Failover, FailoverState};
pub use history::History;
pub use io::{Addr, ConnId, Input, Output};
pub use keyspace::{Entry, Keyspace};
pub use limits::BufferLimit;
pub use loading::Loading;
pub use master::{Bulk, ReplicaClient, ReplicaState};
pub use pause::PauseKind;
pub use persistence::SavePoint;
pub use rebuilt::{Introduction, Place, REBUILDS, Told};
pub use replica::{Cached, LinkState, MasterLink, Transfer, TransferEnd};
pub use settings::memory;
pub use shutdown::HowToEnd;
pub use snapshot::Snapshot;
pub use stats::Stats;
pub use value::{Hash, List, Set, SortedSet, Value};

use crate::rng::Rng;
use crate::time::Time;
use crate::vec_map::VecMap;
use crate::wire::{Bytes, rdb::RdbError};
use std::collections::VecDeque;
use std::time::Duration;

/// What INFO and HELLO call themselves.
const VERSION: &str = "7.0.15";

/// Redis' interpreter of scripts and its functions are clients too, and have the first numbers.
const CLIENTS_OF_ITS_OWN: u64 = 2;

/// Is this the whole program? The small one that the page starts with has strings and replication, and no more: see
/// `view::whole`.
pub const COMPLETE: bool = cfg!(feature = "complete");

/// Databases of a node; Redis' default.
pub const DATABASES: u8 = 16;

/// `replicationCron` runs once a second.
const CRON_PERIOD: Duration = Duration::from_secs(1);
/// `serverCron` runs ten times a second; what expires goes at the next tick.
const EXPIRE_PERIOD: Duration = Duration::from_millis(100);

/// A Redis process. Clone it and both copies go on alike.
#[derive(Clone, Debug)]
pub struct Node {
    config: Config,
    rng: Rng,
    run_id: [u8; 40],
    booted: Time,
    cron_ran: Time,
    /// For how long the process was stopped in all: its cron ticks later by that.
    stood_still: Duration,
    /// When it was woken last.
    woke: Time,
    keyspace: Keyspace,
    history: History,
    backlog: Option<Backlog>,
    /// The stream got another block in this turn.
    has_new_block: bool,
    /// The oldest block of the backlog, by its first byte, of which was said that a replica keeps it.
    kept_block: Option<u64>,
    /// The database that the stream is in; `None` makes the next command bring a SELECT (`server.slaveseldb`).
    stream_db: Option<u8>,
    /// Commands of the unit that is running, to be propagated at its end (`server.also_propagate`).
    unit: Vec<call::Pending>,
    acl: Acl,
    clients: VecMap<ConnId, Client>,
    last_client_id: u64,
    replica_order: Vec<ConnId>,
    no_replicas_since: Time,
    /// As counted last (`repl_good_slaves_count`).
    good_replicas: u64,
    /// Keys whose expiry clients of this replica set: nobody sends a DEL for them (`slaveKeysWithExpire`).
    own_expiring: Vec<(u8, Bytes)>,
    /// DEBUG SET-ACTIVE-EXPIRE.
    active_expire: bool,
    /// How many clients have begun to wait so far.
    last_block: u64,
    /// Clients that wait no longer, and have not been read since.
    unblocked: Vec<ConnId>,
    /// Keys that came to be while somebody waits for keys.
    ready_keys: Vec<(u8, Bytes)>,
    /// Somebody waits for acknowledgements: replicas are to be asked at the end of this turn.
    wants_acks: bool,
    /// EXEC is running.
    in_exec: bool,
    /// Some client watches keys.
    is_watched: bool,
    pauses: pause::Pauses,
    failover: Option<Failover>,
    ending: Option<shutdown::Ending>,
    snapshot: Option<Snapshot>,
    saving: persistence::Saving,
    loading: Option<Loading>,
    /// Connections to be closed at the end of this turn.
    to_close: Vec<ConnId>,
    #[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
    scripts: script::Scripts,
    master: Option<MasterLink>,
    /// The last command that came from the master.
    master_command: Option<&'static str>,
    /// Set in a node that plays back a recording.
    rebuilt: Option<Box<rebuilt::Rebuilt>>,
    next_dial: u64,
    /// The second in which this replica last sent a line feed while it emptied its dataset; Unix time.
    life_shown: i64,
    stats: Stats,
    outputs: VecDeque<Output>,
    events: VecDeque<Event>,
}

impl Node {
    /// Starts a process at `now`. `rdb`: the file that it finds, as it was saved; an unreadable one is an error, as it
    /// is for Redis, which then does not start.
    pub fn new(config: Config, seed: u64, now: Time, rdb: Option<Bytes>) -> Result<Node, RdbError> {
        let mut rng = Rng::new(seed);
        let mut node = Node {
            run_id: rng.hex_chars(),
            history: History::new(&mut rng),
            rng,
            booted: now,
            cron_ran: now - Duration::from_micros(1),
            stood_still: Duration::ZERO,
            woke: now - Duration::from_micros(1),
            keyspace: Keyspace::new(DATABASES),
            backlog: None,
            has_new_block: false,
            kept_block: None,
            stream_db: None,
            unit: vec![],
            acl: Acl::new(&config),
            clients: VecMap::new(),
            last_client_id: CLIENTS_OF_ITS_OWN,
            replica_order: vec![],
            no_replicas_since: now,
            good_replicas: 0,
            own_expiring: vec![],
            active_expire: true,
            last_block: 0,
            unblocked: vec![],
            ready_keys: vec![],
            wants_acks: false,
            in_exec: false,
            is_watched: false,
            pauses: [None; 3],
            failover: None,
            ending: None,
            snapshot: None,
            saving: persistence::Saving { last_save_secs: now.secs(), ..Default::default() },
            loading: None,
            to_close: vec![],
            #[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
            scripts: script::Scripts::default(),
            master: None,
            master_command: None,
            rebuilt: None,
            next_dial: 1,
            life_shown: 0,
            stats: Stats::default(),
            outputs: VecDeque::new(),
            events: VecDeque::new(),
            config,
        };
        let loaded = rdb.map(|bytes| transfer::load_rdb(&bytes, DATABASES, &node.config)).transpose()?;
        node.start(loaded, now);
        Ok(node)
    }

    /// `loadDataFromDisk`: the dataset, and the place in a history that the file may name.
    fn start(&mut self, loaded: Option<transfer::Loaded>, now: Time) {
        let place = loaded.as_ref().and_then(|l| l.place);
        let stream_db = loaded.as_ref().map_or(0, |l| l.stream_db);
        if let Some(loaded) = loaded {
            self.keyspace = loaded.keyspace;
        }
        let replicaof = self.config.replicaof.clone();
        self.count_loaded(replicaof.is_none(), now);
        if let Some((id, offset)) = place {
            self.history.offset = offset;
            match replicaof {
                Some(_) => self.history.id = id,
                None => {
                    (self.history.id2, self.history.second_offset) = (id, Some(offset + 1));
                    self.create_backlog(None);
                }
            }
        }
        let History { id, id2, second_offset, offset } = self.history;
        self.emit(Event::Started { id, offset, id2, second_offset });
        match replicaof {
            Some(addr) => {
                self.start_as_replica(addr, place.map(|(id, offset)| Cached { id, offset, db: stream_db }), now)
            }
            None => self.expire_cycle(now),
        }
    }

    /// Handles one input, to the end.
    pub fn handle(&mut self, now: Time, input: Input) {
        match input {
            Input::Wake => self.wake(now),
            Input::Accepted { conn, peer, local } => {
                self.stats.connections_received += 1;
                let (id, is_open) = (self.next_client_id(), self.acl.is_open());
                self.clients.insert(conn, Client::new(id, peer, local, is_open, now));
            }
            Input::Connected { conn } if self.is_master_conn(conn) => self.master_connected(now),
            Input::Refused { conn } if self.is_master_conn(conn) => self.master_gone(LostReason::Refused, now),
            Input::Data { conn, bytes } if self.is_master_conn(conn) => {
                self.stats.repl_input += bytes.len() as u64;
                self.read_from_master(&bytes, now);
            }
            Input::Data { conn, bytes } => {
                self.stats.net_input += bytes.len() as u64;
                self.stats.reads += 1;
                self.read_from_client(conn, &bytes, now);
            }
            Input::StoodStill { time } => {
                self.stood_still += time;
                (self.cron_ran, self.woke) = (self.cron_ran + time, self.woke + time);
            }
            Input::Terminate => self.shut_down(self.how_to_terminate(), now),
            Input::Writable { conn } => {
                self.replica_writable(conn);
                self.bulk_written(conn, now);
            }
            Input::Closed { conn } if self.is_master_conn(conn) => {
                if !self.closed_while_loading() {
                    self.master_gone(LostReason::Closed, now);
                }
            }
            Input::Closed { conn } => self.forget_client(conn, LostReason::Closed, now),
            Input::Told(told) => self.is_told(told, now),
            // Of a connection that this node has already closed itself.
            Input::Connected { .. } | Input::Refused { .. } => {}
        }
        self.before_sleep(now);
    }

    /// What the node asks of its host, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// What the node did, in order.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`Input::Wake`] is due; [`Time::NEVER`] if there is nothing to wait for.
    pub fn next_timeout(&self) -> Time {
        let cron = if self.needs_cron() { self.tick_after(self.cron_ran, CRON_PERIOD) } else { Time::NEVER };
        let snapshot = self.snapshot.as_ref().map_or(Time::NEVER, |s| s.done.min(self.next_written(self.woke)));
        let expiry = match self.next_to_expire() {
            // A key lives to the end of its millisecond; a boot between two milliseconds must not wake us before it.
            Some(at_ms) => self.tick_after(
                Time::from_millis(u64::try_from(at_ms).unwrap_or(0)) + Duration::from_micros(999),
                EXPIRE_PERIOD,
            ),
            None => Time::NEVER,
        };
        let loading = self.loading.as_ref().map_or(Time::NEVER, |loading| loading.done);
        let failover = self.failover.as_ref().map_or(Time::NEVER, |_| self.tick_after(self.woke, EXPIRE_PERIOD));
        let waiting = self.next_block_end().min(self.next_pause_end()).min(failover).min(self.next_ending());
        cron.min(snapshot).min(expiry).min(loading).min(self.next_save()).min(waiting)
    }

    fn wake(&mut self, now: Time) {
        self.end_blocks(now);
        self.end_pauses(now);
        let is_tick = self.tick_after(self.woke, EXPIRE_PERIOD) <= now;
        self.woke = now;
        if is_tick && self.failover.is_some() {
            self.update_failover(now);
            self.redial_while_failing_over(now);
        }
        self.end_if_ready(now);
        self.finish_snapshot(now);
        self.go_on_loading(now);
        self.save_if_due(now);
        if self.tick_after(self.cron_ran, CRON_PERIOD) <= now {
            self.cron_ran = now;
            let loops = now.since(self.booted).as_secs();
            self.replica_cron(now);
            self.master_cron(loops, now);
        }
        self.expire_cycle(now);
    }

    /// The end of a turn: replies leave, then the stream, and the backlog lets go of what nobody needs.
    fn before_sleep(&mut self, now: Time) {
        self.count_acks();
        self.read_unblocked(now);
        self.ask_for_acks(now);
        if std::mem::take(&mut self.has_new_block) {
            self.check_replica_buffers(now);
        }
        #[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
        self.go_on_after_script(now);
        self.flush_clients(now);
        self.close_marked();
        self.flush_replicas(now);
        self.trim_backlog();
        if !self.needs_cron() {
            self.cron_ran = now;
        }
    }

    fn needs_cron(&self) -> bool {
        let frees_backlog =
            self.backlog.is_some() && self.role() == Role::Master && self.config.repl_backlog_ttl_secs > 0;
        self.master.is_some() || !self.replica_order.is_empty() || frees_backlog
    }

    /// The first tick of a clock that started at boot, strictly after `after`.
    fn tick_after(&self, after: Time, period: Duration) -> Time {
        let period_us = period.as_micros() as u64;
        let first = self.booted + self.stood_still;
        match after.0.checked_sub(first.0) {
            Some(elapsed_us) => first + Duration::from_micros((elapsed_us / period_us + 1) * period_us),
            None => first,
        }
    }

    fn is_master_conn(&self, conn: ConnId) -> bool {
        self.master.as_ref().is_some_and(|link| link.conn == Some(conn))
    }

    fn read_from_master(&mut self, bytes: &[u8], now: Time) {
        match self.master.as_ref().map(|link| link.state) {
            Some(LinkState::Connected) => self.read_stream(bytes, now),
            // It waits in the socket, as it does for Redis.
            _ if self.loading.is_some() => {
                self.loading.iter_mut().for_each(|loading| loading.rest.extend_from_slice(bytes))
            }
            _ => self.read_handshake(bytes, now),
        }
    }

    fn next_client_id(&mut self) -> u64 {
        self.last_client_id += 1;
        self.last_client_id
    }

    fn emit(&mut self, event: Event) {
        self.events.push_back(event);
    }

    fn send(&mut self, conn: ConnId, bytes: &[u8]) {
        self.outputs.push_back(Output::Send { conn, bytes: bytes.into() });
    }

    /// Says which dataset belongs to the offset reached, for whoever checks replicas against their masters.
    fn note_dataset(&mut self) {
        let (id, offset, fingerprint) = (self.history.id, self.history.offset, self.keyspace.fingerprint());
        self.emit(Event::DatasetAt { id, offset, fingerprint });
    }

    fn note_ids(&mut self) {
        let History { id, id2, second_offset, .. } = self.history;
        self.emit(Event::IdChanged { id, id2, second_offset });
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Takes over changed settings, with what follows from them (CONFIG SET).
    fn reconfigure(&mut self, config: Config) {
        if config.requirepass != self.config.requirepass {
            self.acl.require(&config.requirepass);
        }
        self.config = config;
        if let Some(backlog) = &mut self.backlog {
            backlog.resize(self.config.repl_backlog_size);
        }
        self.count_good_replicas(self.cron_ran);
    }

    pub fn role(&self) -> Role {
        if self.master.is_some() { Role::Replica } else { Role::Master }
    }

    /// `master_repl_offset`: bytes of the stream produced, or applied, so far.
    pub fn offset(&self) -> u64 {
        self.history.offset
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    pub fn keyspace(&self) -> &Keyspace {
        &self.keyspace
    }

    pub fn backlog(&self) -> Option<&Backlog> {
        self.backlog.as_ref()
    }

    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// The address that this node would announce, as far as it knows it.
    fn addr(&self) -> Addr {
        Addr { host: self.config.replica_announce_ip.clone(), port: self.config.port }
    }
}
