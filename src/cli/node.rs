//! `replscope node`: one [`Node`] on real TCP sockets.
//!
//! Rule: this floor adds sockets, a clock and a file to the node, and no behaviour. The process is one thread with one
//! event loop, as Redis is. Read next: `host.rs`. Mirrors `main` (server.c).

mod connection;
mod dial;
mod dump;
mod host;
mod log;

use super::signals;
use crate::node::{Addr, Config, ConfigError, Node};
use crate::time::Time;
use host::Host;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::SystemTime;

/// What `replscope node` takes.
#[derive(Debug, clap::Args)]
pub struct NodeArgs {
    /// Port to listen on; 0 lets the system choose one.
    #[arg(long)]
    port: u16,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Start as a replica of this master.
    #[arg(long, num_args = 2, value_names = ["HOST", "PORT"])]
    replicaof: Option<Vec<String>>,
    /// Where dump.rdb is read from and written to.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// Change a setting, as CONFIG SET would; may be repeated.
    #[arg(long = "set", num_args = 2, value_names = ["NAME", "VALUE"], allow_hyphen_values = true)]
    settings: Vec<String>,
    /// Makes the node's random numbers (its replication ids) repeat from run to run.
    #[arg(long)]
    seed: Option<u64>,
}

/// Why the node did not start, or did not go on.
#[derive(Debug)]
pub enum NodeError {
    /// `--set` was not understood.
    Setting(ConfigError),
    /// The second word of `--replicaof`.
    MasterPort {
        port: String,
    },
    Dump(dump::DumpError),
    Listen {
        addr: SocketAddr,
        error: std::io::Error,
    },
    /// The event loop itself failed.
    Loop(std::io::Error),
}

impl NodeError {
    /// The exit status: 2 where the command line was wrong.
    pub fn status(&self) -> u8 {
        match self {
            NodeError::Setting(_) | NodeError::MasterPort { .. } => 2,
            NodeError::Dump(_) | NodeError::Listen { .. } | NodeError::Loop(_) => 1,
        }
    }
}

impl std::fmt::Display for NodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NodeError::Setting(ConfigError::Unknown { name }) => {
                let names: Vec<&str> = Config::names().collect();
                write!(f, "--set {name}: no such setting; there are {}", names.join(", "))
            }
            NodeError::Setting(ConfigError::Refused { name, why }) => {
                write!(f, "--set {name}: {why}")
            }
            NodeError::MasterPort { port } => {
                write!(f, "--replicaof: '{port}' is not a port; it must be from 1 to 65535")
            }
            NodeError::Dump(error) => error.fmt(f),
            NodeError::Listen { addr, error } => write!(f, "cannot listen on {addr}: {error}"),
            NodeError::Loop(error) => write!(f, "the event loop failed: {error}"),
        }
    }
}

impl std::error::Error for NodeError {}

/// Runs a node until a signal ends it.
pub fn run(args: NodeArgs) -> Result<(), NodeError> {
    let mut config = config(&args)?;
    let signals = signals::pipe().map_err(NodeError::Loop)?;
    let addr = SocketAddr::new(args.bind, args.port);
    let listener = mio::net::TcpListener::bind(addr).map_err(|error| NodeError::Listen { addr, error })?;
    let addr = listener.local_addr().map_err(|error| NodeError::Listen { addr, error })?;
    config.port = addr.port();

    let dump = dump::Dump::new(args.dir);
    let rdb = dump.read().map_err(NodeError::Dump)?;
    let seed = args.seed.unwrap_or_else(random_seed);
    let node = Node::new(config, seed, now(), rdb).map_err(|error| NodeError::Dump(dump.unreadable(error)))?;

    let mut host = Host::new(node, listener, dump).map_err(NodeError::Loop)?;
    log::started(addr);
    host.run(signals).map_err(NodeError::Loop)
}

fn config(args: &NodeArgs) -> Result<Config, NodeError> {
    let mut config = Config { port: args.port, ..Config::default() };
    for pair in args.settings.chunks_exact(2) {
        config.set(&pair[0], &pair[1]).map_err(NodeError::Setting)?;
    }
    if let Some([host, port]) = args.replicaof.as_deref() {
        let number = port.parse().ok().filter(|port| *port > 0);
        let port = number.ok_or_else(|| NodeError::MasterPort { port: port.clone() })?;
        config.replicaof = Some(Addr { host: host.clone(), port });
    }
    Ok(config)
}

/// The real clock, as the node wants it.
fn now() -> Time {
    let since_epoch = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    Time(u64::try_from(since_epoch.as_micros()).unwrap_or(u64::MAX))
}

/// The standard library's hash maps are seeded by the operating system, differently in each process.
fn random_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}
