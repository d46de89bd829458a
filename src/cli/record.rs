//! `replscope record`: a proxy between a replica and its master that writes down what passes.
//!
//! Rule: the link comes first. Whatever happens to the file, bytes are passed on; a recording that cannot be written on
//! ends with a whole line, and says so. Memory is bounded: a read is written down and passed on before the next one.
//! The format is described in `docs/recordings.md`. Read next: `tape.rs`, `link.rs`.

mod link;
mod tape;

use super::signals;
use link::Link;
use std::fmt;
use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use tape::Tape;

/// What `replscope record` takes.
#[derive(Debug, clap::Args)]
pub struct RecordArgs {
    /// Where the replica calls: PORT, or ADDRESS:PORT; port 0 lets the system choose one.
    #[arg(long, value_name = "[ADDRESS:]PORT")]
    listen: String,
    /// The master, which is called for every call of the replica.
    #[arg(long, value_name = "HOST:PORT")]
    upstream: String,
    /// The file to write. It will hold all data that passes, and passwords.
    #[arg(long)]
    out: PathBuf,
    /// Overwrite the file if there is one.
    #[arg(long)]
    force: bool,
}

/// Why nothing was recorded, or not everything.
#[derive(Debug)]
pub enum RecordError {
    BadListen {
        text: String,
    },
    BadUpstream {
        text: String,
    },
    Exists {
        file: PathBuf,
    },
    Create {
        file: PathBuf,
        error: io::Error,
    },
    Listen {
        addr: SocketAddr,
        error: io::Error,
    },
    Signals(io::Error),
    /// Said when it happened.
    Incomplete {
        file: PathBuf,
    },
}

impl RecordError {
    /// The exit status: 2 where the command line was wrong.
    pub fn status(&self) -> u8 {
        match self {
            RecordError::BadListen { .. } | RecordError::BadUpstream { .. } => 2,
            _ => 1,
        }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecordError::BadListen { text } => {
                write!(f, "--listen {text}: must be a port, or an IP address and a port, such as 127.0.0.1:7000")
            }
            RecordError::BadUpstream { text } => {
                write!(f, "--upstream {text}: must be a host and a port, such as 127.0.0.1:6379")
            }
            RecordError::Exists { file } => {
                write!(f, "{} exists; --force overwrites it", file.display())
            }
            RecordError::Create { file, error } => write!(f, "{} cannot be written: {error}", file.display()),
            RecordError::Listen { addr, error } => write!(f, "cannot listen on {addr}: {error}"),
            RecordError::Signals(error) => write!(f, "signals cannot be waited for: {error}"),
            RecordError::Incomplete { file } => write!(f, "{} does not hold everything that passed", file.display()),
        }
    }
}

impl std::error::Error for RecordError {}

/// Records until a signal ends it.
pub fn run(args: RecordArgs) -> Result<(), RecordError> {
    let addr = listen_addr(&args.listen).ok_or(RecordError::BadListen { text: args.listen })?;
    let is_upstream = |text: &str| {
        let (host, port) = text.rsplit_once(':')?;
        let is_plain = !host.is_empty() && host.chars().all(|c| c.is_ascii_graphic() && !"\"\\".contains(c));
        (is_plain && port.parse::<u16>().ok()? > 0).then_some(())
    };
    is_upstream(&args.upstream).ok_or_else(|| RecordError::BadUpstream { text: args.upstream.clone() })?;
    let mut signals = signals::blocking().map_err(RecordError::Signals)?;
    let listener = TcpListener::bind(addr).map_err(|error| RecordError::Listen { addr, error })?;
    let addr = listener.local_addr().map_err(|error| RecordError::Listen { addr, error })?;
    let tape = Arc::new(Tape::create(&args.out, args.force, &args.upstream)?);
    eprintln!("replscope: records what passes from {addr} to {} in {}", args.upstream, args.out.display());
    let link = Arc::new(Link::new(args.upstream, tape.clone()));
    std::thread::spawn(move || link.accept(&listener));
    // One byte for each signal; the first is enough.
    let _ = signals.read(&mut [0]);
    let written = tape.end();
    eprintln!("replscope: {} records, {} bytes in {}", written.records, written.bytes, args.out.display());
    if written.is_whole { Ok(()) } else { Err(RecordError::Incomplete { file: args.out }) }
}

fn listen_addr(text: &str) -> Option<SocketAddr> {
    let port = text.parse::<u16>().ok().map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    port.or_else(|| text.parse().ok())
}
