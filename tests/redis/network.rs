//! The network between servers: one listening port for each, at which its replicas find it.
//!
//! Rule: a caller is known by the address it calls from (`bind-source-addr`), so each link can be cut, held and slowed
//! by itself. Only what came through is recorded.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A node by its number.
pub type Id = usize;

/// What is done to a link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LinkFault {
    Cut,
    Heal,
    Reset,
    Hold,
    Slow { latency: Duration, bytes_per_sec: u64 },
}

/// Bytes that came through, in pieces with the moment at which they came.
#[derive(Clone, Debug, Default)]
pub struct Direction {
    pub bytes: Vec<u8>,
    /// Where a piece began, and when it came.
    pub pieces: Vec<(usize, Duration)>,
}

impl Direction {
    pub fn push(&mut self, at: Duration, bytes: &[u8]) {
        self.pieces.push((self.bytes.len(), at));
        self.bytes.extend_from_slice(bytes);
    }

    /// When the byte at this place came.
    pub fn time_of(&self, at: usize) -> Duration {
        let after = self.pieces.partition_point(|(start, _)| *start <= at);
        self.pieces[..after].last().map_or(Duration::ZERO, |(_, time)| *time)
    }
}

/// One connection of a replication link.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    pub replica: Id,
    pub master: Id,
    pub from_replica: Direction,
    pub from_master: Direction,
}

/// How a link behaves.
#[derive(Clone, Copy, Default)]
struct Behaviour {
    is_cut: bool,
    is_held: bool,
    latency: Duration,
    bytes_per_sec: Option<u64>,
}

/// The one whom nobody knows: see [`Network::to`].
const STRANGER: Id = usize::MAX;

/// The ports, and what went over the connections to them.
pub struct Network {
    pub ports: Vec<u16>,
    shared: Arc<Shared>,
}

struct Shared {
    /// The port of each process.
    targets: Vec<AtomicU16>,
    has_ended: AtomicBool,
    began: Instant,
    links: Mutex<BTreeMap<(Id, Id), Behaviour>>,
    /// Two for each connection that stands.
    streams: Mutex<Vec<Stream>>,
    connections: Mutex<Vec<Connection>>,
}

/// One half of a connection, of which link, and the connection's number.
struct Stream {
    link: (Id, Id),
    number: usize,
    stream: TcpStream,
}

/// The address from which a node calls.
pub fn source(node: Id) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 1, node as u8 + 1)
}

fn pair(a: Id, b: Id) -> (Id, Id) {
    (a.min(b), a.max(b))
}

impl Network {
    pub fn new(nodes: usize) -> Network {
        let listeners: Vec<TcpListener> =
            (0..nodes).map(|_| TcpListener::bind("127.0.0.1:0").expect("the system has a free port")).collect();
        let ports = listeners.iter().map(|l| l.local_addr().expect("a listener has an address").port()).collect();
        let shared = Arc::new(Shared {
            targets: (0..nodes).map(|_| AtomicU16::new(0)).collect(),
            has_ended: AtomicBool::new(false),
            began: Instant::now(),
            links: Mutex::default(),
            streams: Mutex::default(),
            connections: Mutex::default(),
        });
        for (node, listener) in listeners.into_iter().enumerate() {
            let accepting = shared.clone();
            thread::spawn(move || accept(&listener, node, &accepting));
        }
        Network { ports, shared }
    }

    /// A port that leads to one master, for replicas that call from anywhere.
    pub fn to(port: u16) -> Network {
        let network = Network::new(1);
        network.lead(0, port);
        network
    }

    /// Where that master is found.
    pub fn address(&self) -> String {
        format!("127.0.0.1 {}", self.ports[0])
    }

    /// Resets what stands with that master, and refuses what comes.
    pub fn cut(&self) {
        self.fault(STRANGER, 0, LinkFault::Cut);
    }

    pub fn heal(&self) {
        self.fault(STRANGER, 0, LinkFault::Heal);
    }

    /// Where the process of a node listens.
    pub fn lead(&self, node: Id, port: u16) {
        self.shared.targets[node].store(port, Ordering::SeqCst);
    }

    pub fn fault(&self, a: Id, b: Id, fault: LinkFault) {
        {
            let mut links = self.shared.links.lock().expect("links");
            let link = links.entry(pair(a, b)).or_default();
            match fault {
                LinkFault::Cut => link.is_cut = true,
                LinkFault::Heal => (link.is_cut, link.is_held) = (false, false),
                LinkFault::Hold => link.is_held = true,
                LinkFault::Slow { latency, bytes_per_sec } => {
                    (link.latency, link.bytes_per_sec) = (latency, Some(bytes_per_sec));
                }
                LinkFault::Reset => {}
            }
        }
        if matches!(fault, LinkFault::Cut | LinkFault::Reset) {
            self.shared.close(|link| link == pair(a, b));
        }
    }

    pub fn connections(&self) -> Vec<Connection> {
        self.shared.connections.lock().expect("connections").clone()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.shared.has_ended.store(true, Ordering::SeqCst);
        self.shared.close(|_| true);
        for port in &self.ports {
            // Wakes the thread that waits for a connection.
            let _ = TcpStream::connect(("127.0.0.1", *port));
        }
    }
}

impl Shared {
    fn close(&self, is_meant: impl Fn((Id, Id)) -> bool) {
        self.streams.lock().expect("streams").retain(|half| {
            if is_meant(half.link) {
                // The other side may have closed it.
                let _ = half.stream.shutdown(Shutdown::Both);
            }
            !is_meant(half.link)
        });
    }

    fn behaviour(&self, link: (Id, Id)) -> Behaviour {
        self.links.lock().expect("links").get(&link).copied().unwrap_or_default()
    }

    /// Connects both ways, unless the link is cut.
    fn join(self: &Arc<Shared>, replica: Id, from: TcpStream, master: Id) -> std::io::Result<()> {
        let link = pair(replica, master);
        let mut streams = self.streams.lock().expect("streams");
        if self.behaviour(link).is_cut {
            return Ok(());
        }
        let to = TcpStream::connect(("127.0.0.1", self.targets[master].load(Ordering::SeqCst)))?;
        from.set_nodelay(true)?;
        to.set_nodelay(true)?;
        let number = {
            let mut connections = self.connections.lock().expect("connections");
            connections.push(Connection { replica, master, ..Connection::default() });
            connections.len() - 1
        };
        for stream in [from.try_clone()?, to.try_clone()?] {
            streams.push(Stream { link, number, stream });
        }
        let ends = [(from.try_clone()?, to.try_clone()?, true), (to, from, false)];
        for (from, to, by_replica) in ends {
            let shared = self.clone();
            thread::spawn(move || shared.pass_on(from, to, link, number, by_replica));
        }
        Ok(())
    }

    fn pass_on(&self, mut from: TcpStream, mut to: TcpStream, link: (Id, Id), number: usize, by_replica: bool) {
        let mut buffer = [0; 64 * 1024];
        while let Ok(len @ 1..) = from.read(&mut buffer) {
            let behaviour = self.wait_while_held(link);
            if behaviour.is_cut || self.has_ended.load(Ordering::SeqCst) {
                break;
            }
            thread::sleep(behaviour.latency);
            // A slow link lets a little through at a time, so that it can be cut in between.
            let rate = behaviour.bytes_per_sec.unwrap_or(u64::MAX);
            let is_broken = buffer[..len].chunks((rate / 50).clamp(1, len as u64) as usize).any(|piece| {
                thread::sleep(Duration::from_micros(piece.len() as u64 * 1_000_000 / rate));
                if self.behaviour(link).is_cut {
                    return true;
                }
                let at = self.began.elapsed();
                let mut connections = self.connections.lock().expect("connections");
                let connection = &mut connections[number];
                let direction = if by_replica { &mut connection.from_replica } else { &mut connection.from_master };
                direction.push(at, piece);
                drop(connections);
                to.write_all(piece).is_err()
            });
            if is_broken {
                break;
            }
        }
        self.wait_while_held(link);
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
        self.streams.lock().expect("streams").retain(|half| half.number != number);
    }

    fn wait_while_held(&self, link: (Id, Id)) -> Behaviour {
        loop {
            let behaviour = self.behaviour(link);
            if !behaviour.is_held || behaviour.is_cut || self.has_ended.load(Ordering::SeqCst) {
                return behaviour;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

fn accept(listener: &TcpListener, master: Id, shared: &Arc<Shared>) {
    while let Ok((stream, peer)) = listener.accept() {
        if shared.has_ended.load(Ordering::SeqCst) {
            return;
        }
        let replica = match peer.ip() {
            IpAddr::V4(ip) => (0..shared.targets.len()).find(|node| source(*node) == ip),
            IpAddr::V6(_) => None,
        };
        // A master that cannot be reached closes the replica's connection, as a real network would.
        let _ = shared.join(replica.unwrap_or(STRANGER), stream, master);
    }
}
