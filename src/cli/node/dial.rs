//! Calling a master: from a name to a connection.
//!
//! Rule: a numeric address is called at once; a name is looked up on a thread, because the system's resolver blocks.
//! Of its addresses each is tried until one answers. Mirrors `connectWithMaster` (replication.c), except that Redis
//! waits for the resolver.

use crate::node::{Addr, ConnId};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token, Waker};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// More names are not looked up at a time: a resolver that hangs must not gather threads.
const LOOKUPS_MAX: usize = 4;
/// More addresses of one name are not tried.
const ADDRESSES_MAX: usize = 8;

/// One attempt to reach a master.
#[derive(Default)]
pub struct Dial {
    /// Addresses that were not tried yet; the last one is next.
    untried: Vec<SocketAddr>,
    stream: Option<TcpStream>,
}

/// Where an attempt stands.
pub enum Progress {
    Waiting,
    Connected(TcpStream),
    Refused,
}

impl Dial {
    /// Begins to connect to these addresses, one after the other.
    pub fn begin(&mut self, mut addresses: Vec<SocketAddr>, registry: &Registry, token: Token) -> Progress {
        addresses.reverse();
        self.untried = addresses;
        self.try_next(registry, token)
    }

    fn try_next(&mut self, registry: &Registry, token: Token) -> Progress {
        while let Some(address) = self.untried.pop() {
            let Ok(mut stream) = TcpStream::connect(address) else {
                continue;
            };
            let interests = Interest::READABLE | Interest::WRITABLE;
            if registry.register(&mut stream, token, interests).is_ok() {
                self.stream = Some(stream);
                return Progress::Waiting;
            }
        }
        Progress::Refused
    }

    /// Something happened to the socket: does it stand?
    pub fn proceed(&mut self, registry: &Registry, token: Token) -> Progress {
        let Some(stream) = self.stream.take() else {
            return Progress::Waiting;
        };
        let failed = !matches!(stream.take_error(), Ok(None));
        match stream.peer_addr() {
            Ok(_) if !failed => Progress::Connected(stream),
            Err(error) if !failed && error.kind() == ErrorKind::NotConnected => {
                self.stream = Some(stream);
                Progress::Waiting
            }
            _ => self.try_next(registry, token),
        }
    }
}

/// The answer to a lookup.
pub struct Found {
    pub conn: ConnId,
    pub addresses: Vec<SocketAddr>,
}

/// Looks names up without holding up the event loop.
pub struct Resolver {
    waker: Arc<Waker>,
    sender: Sender<Found>,
    receiver: Receiver<Found>,
    /// Cloned into each thread: how many there are is one less than its count.
    running: Arc<()>,
}

impl Resolver {
    /// `token` wakes the event loop when an answer has come.
    pub fn new(registry: &Registry, token: Token) -> io::Result<Resolver> {
        let (sender, receiver) = channel();
        let waker = Arc::new(Waker::new(registry, token)?);
        Ok(Resolver { waker, sender, receiver, running: Arc::new(()) })
    }

    /// The addresses of a host, if they are known without asking; else the answer comes by [`Resolver::take`].
    pub fn look_up(&self, conn: ConnId, to: &Addr) -> Option<Vec<SocketAddr>> {
        if let Ok(ip) = to.host.parse::<IpAddr>() {
            return Some(vec![SocketAddr::new(ip, to.port)]);
        }
        if Arc::strong_count(&self.running) > LOOKUPS_MAX {
            return Some(vec![]);
        }
        let (to, sender, waker) = (to.clone(), self.sender.clone(), self.waker.clone());
        let running = self.running.clone();
        let spawned = std::thread::Builder::new().spawn(move || {
            let found = (to.host.as_str(), to.port).to_socket_addrs();
            let addresses = found.map(|all| all.take(ADDRESSES_MAX).collect()).unwrap_or_default();
            drop(running);
            // An error means that the process is ending.
            let _ = sender.send(Found { conn, addresses });
            let _ = waker.wake();
        });
        spawned.is_err().then(Vec::new)
    }

    /// The next answer that has come.
    pub fn take(&self) -> Option<Found> {
        self.receiver.try_recv().ok()
    }
}
