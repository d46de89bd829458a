//! `replscope node`: one [`Node`] on real TCP sockets.
//!
//! Rule: this floor adds sockets, a clock and a file to the node, and no behaviour. The process is one thread with one
//! event loop, as Redis is. Read next: `host.rs`. Mirrors `main` (server.c).

mod connection;
mod dial;
mod dump;
mod host;
mod log;
mod rewrite;
pub mod settings;

use super::signals;
use crate::node::{Addr, Config, ConfigError, Node, Process};
use crate::time::Time;
use host::Host;
use settings::{FileError, Start};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What `replscope node` takes.
#[derive(Debug, clap::Args)]
pub struct NodeArgs {
    /// A redis.conf. With one the log goes where Redis' log goes: to stdout, or to its `logfile`.
    conf: Option<PathBuf>,
    /// Port to listen on; 0 lets the system choose one.
    #[arg(long, required_unless_present = "conf")]
    port: Option<u16>,
    /// Address to listen on; 127.0.0.1 unless told otherwise.
    #[arg(long)]
    bind: Option<IpAddr>,
    /// Start as a replica of this master.
    #[arg(long, num_args = 2, value_names = ["HOST", "PORT"])]
    replicaof: Option<Vec<String>>,
    /// Where dump.rdb is read from and written to; the current folder unless told otherwise.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// A setting; may be repeated. `--NAME VALUE` is the same, as for redis-server.
    #[arg(long = "set", num_args = 2, value_names = ["NAME", "VALUE"], allow_hyphen_values = true)]
    settings: Vec<String>,
    /// Makes the node's random numbers (its replication ids) repeat from run to run.
    #[arg(long)]
    seed: Option<u64>,
}

/// Why the node did not start, or did not go on.
#[derive(Debug)]
pub enum NodeError {
    File(FileError),
    /// `bind` in the file.
    Address {
        bind: String,
    },
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
            NodeError::File(_)
            | NodeError::Address { .. }
            | NodeError::Dump(_)
            | NodeError::Listen { .. }
            | NodeError::Loop(_) => 1,
        }
    }
}

impl std::fmt::Display for NodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NodeError::File(error) => error.fmt(f),
            NodeError::Address { bind } => write!(f, "bind: '{bind}' is not an address"),
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
    let (mut config, start) = config(&args)?;
    if args.conf.is_some() {
        log::like_redis(start.logfile.as_deref()).map_err(NodeError::Loop)?;
    }
    let signals = signals::pipe().map_err(NodeError::Loop)?;
    let addr = SocketAddr::new(bind(&args, &start)?, config.port);
    let listener = mio::net::TcpListener::bind(addr).map_err(|error| NodeError::Listen { addr, error })?;
    let addr = listener.local_addr().map_err(|error| NodeError::Listen { addr, error })?;
    config.port = addr.port();

    let dir = args.dir.or(start.dir).unwrap_or_else(|| ".".into());
    config.set("dir", &absolute(&dir)).map_err(NodeError::Setting)?;
    config.process = Process {
        id: std::process::id(),
        executable: std::env::current_exe().map(|path| absolute(&path)).unwrap_or_default(),
        config_file: args.conf.as_deref().map(absolute).unwrap_or_default(),
    };
    let dump = dump::Dump::of(&config);
    let rdb = dump.read().map_err(NodeError::Dump)?;
    let seed = args.seed.unwrap_or_else(random_seed);
    let node = Node::new(config, seed, now(), rdb).map_err(|error| NodeError::Dump(dump.unreadable(error)))?;

    let mut host = Host::new(node, listener).map_err(NodeError::Loop)?;
    log::started(addr);
    host.run(signals).map_err(NodeError::Loop)
}

/// A path that stays right wherever it is said.
fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.into()).to_string_lossy().into_owned()
}

/// Where to listen: the command line's address, else the file's, else only this machine.
fn bind(args: &NodeArgs, start: &Start) -> Result<IpAddr, NodeError> {
    match (args.bind, start.bind.as_deref()) {
        (Some(addr), _) => Ok(addr),
        (None, None) => Ok(Ipv4Addr::LOCALHOST.into()),
        (None, Some("*")) => Ok(Ipv4Addr::UNSPECIFIED.into()),
        (None, Some(bind)) => bind.parse().map_err(|_| NodeError::Address { bind: bind.into() }),
    }
}

fn config(args: &NodeArgs) -> Result<(Config, Start), NodeError> {
    let mut config = Config::default();
    let start = match &args.conf {
        Some(path) => settings::read(path, &mut config).map_err(NodeError::File)?,
        None => Start::default(),
    };
    config.port = args.port.unwrap_or(config.port);
    for pair in args.settings.chunks_exact(2) {
        config.set(&pair[0], &pair[1]).map_err(NodeError::Setting)?;
    }
    if let Some([host, port]) = args.replicaof.as_deref() {
        let number = port.parse().ok().filter(|port| *port > 0);
        let port = number.ok_or_else(|| NodeError::MasterPort { port: port.clone() })?;
        config.replicaof = Some(Addr { host: host.clone(), port });
    }
    Ok((config, start))
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
