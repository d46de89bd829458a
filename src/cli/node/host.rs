//! The event loop: sockets and the clock in, the node's outputs out.
//!
//! Rule: one input is given to the node, then its outputs are carried out and its events are logged, then the next. In
//! one turn each connection is read once and told at most once that its queue is empty, so that none starves the others.
//! Mirrors `aeProcessEvents` (ae.c), `acceptTcpHandler` and `writeToClient` (networking.c).

use super::connection::{Connection, Received};
use super::dial::{Dial, Progress, Resolver};
use super::dump::Dump;
use super::{log, now, rewrite};
use crate::node::{Addr, ConnId, Input, Node, Output};
use crate::wire::Bytes;
use mio::net::{TcpListener, TcpStream, UnixStream};
use mio::{Events, Interest, Poll, Token};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, ErrorKind, Read};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Redis' `maxclients`: connections at a time.
const CLIENTS_MAX: usize = 10_000;
/// `MAX_ACCEPTS_PER_CALL`: connections accepted in one turn.
const ACCEPTS_MAX: usize = 1_000;
/// Bytes read from a connection in one turn.
const READ_SIZE: usize = 64 * 1024;
/// A client that leaves more unread is closed: Redis' `client-output-buffer-limit` for replicas, 256 MiB.
const UNSENT_MAX: u64 = 256 << 20;
/// How long a connection that is to be closed may take to read what was sent.
const LINGER: Duration = Duration::from_secs(10);
/// When accepting has failed for want of file descriptors, it is tried again after this time.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

const LISTENER: Token = Token(0);
const SIGNALS: Token = Token(1);
const RESOLVER: Token = Token(2);
const FIRST_CONNECTION: usize = 4;

/// A node with its sockets.
pub struct Host {
    node: Node,
    poll: Poll,
    listener: TcpListener,
    resolver: Resolver,
    connections: BTreeMap<ConnId, Connection>,
    dials: BTreeMap<ConnId, Dial>,
    accepted: u64,
    /// The process is to end.
    is_over: bool,
    /// The listener may have more: it says so only once.
    accept_again: bool,
    /// Connections that may have more to read, in the order in which the kernel said so, which it does only once.
    readable: Vec<ConnId>,
    /// Inputs that the outputs led to, for the next turn.
    inputs: VecDeque<Input>,
    /// Connections that have until then to read what was sent.
    lingering: VecDeque<(Instant, ConnId)>,
    buffer: Vec<u8>,
}

impl Host {
    pub fn new(node: Node, mut listener: TcpListener) -> io::Result<Host> {
        let poll = Poll::new()?;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        let resolver = Resolver::new(poll.registry(), RESOLVER)?;
        Ok(Host {
            node,
            poll,
            listener,
            resolver,
            connections: BTreeMap::new(),
            dials: BTreeMap::new(),
            accepted: 0,
            is_over: false,
            accept_again: false,
            readable: vec![],
            inputs: VecDeque::new(),
            lingering: VecDeque::new(),
            buffer: vec![0; READ_SIZE],
        })
    }

    /// Turns until a signal comes. Fails only if the event loop itself does.
    pub fn run(&mut self, mut signals: UnixStream) -> io::Result<()> {
        self.poll.registry().register(&mut signals, SIGNALS, Interest::READABLE)?;
        self.drain();
        let mut events = Events::with_capacity(1024);
        let mut is_over = false;
        while !(is_over || self.is_over) {
            match self.poll.poll(&mut events, self.timeout()) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                polled => polled?,
            }
            let mut may_accept = self.accept_again;
            for event in &events {
                match event.token() {
                    LISTENER => may_accept = true,
                    SIGNALS => {
                        // The second signal is meant.
                        is_over |= self.node.is_shutting_down();
                        drop(signals.read(&mut [0; 16]));
                        self.give(Input::Terminate);
                    }
                    RESOLVER => self.looked_up(),
                    token => {
                        let conn = conn_of(token);
                        self.proceed(conn);
                        if event.is_readable() || event.is_read_closed() || event.is_error() {
                            self.note_readable(conn);
                        }
                        self.flush(conn);
                    }
                }
            }
            self.turn(may_accept);
        }
        let conns: Vec<ConnId> = self.connections.keys().copied().collect();
        conns.into_iter().for_each(|conn| self.flush(conn));
        log::ended();
        Ok(())
    }

    /// Nothing to do: sleep until the node wants to be woken.
    fn timeout(&self) -> Option<Duration> {
        if !self.inputs.is_empty() || !self.readable.is_empty() {
            return Some(Duration::ZERO);
        }
        let due = self.node.next_timeout();
        let wake = (due != crate::time::Time::NEVER).then(|| due.since(now()));
        let linger = self.lingering.front().map(|(until, _)| until.saturating_duration_since(Instant::now()));
        let accept = self.accept_again.then_some(ACCEPT_AGAIN);
        [wake, linger, accept].into_iter().flatten().min()
    }

    fn turn(&mut self, may_accept: bool) {
        if may_accept {
            self.accept();
        }
        for input in std::mem::take(&mut self.inputs) {
            self.give(input);
        }
        for conn in std::mem::take(&mut self.readable) {
            self.read(conn);
        }
        if self.node.next_timeout() <= now() {
            self.give(Input::Wake);
        }
        self.end_lingering();
    }

    fn give(&mut self, input: Input) {
        self.node.handle(now(), input);
        self.drain();
    }

    /// Carries out what the node asks for and logs what it did.
    fn drain(&mut self) {
        let mut written = BTreeSet::new();
        while let Some(output) = self.node.poll_output() {
            if let Output::Send { conn, .. } | Output::WantWrite { conn } | Output::Close { conn } = &output {
                written.insert(*conn);
            }
            self.carry_out(output);
        }
        while let Some(event) = self.node.poll_event() {
            log::event(&event, &self.node);
        }
        for conn in written {
            self.flush(conn);
        }
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Connect { conn, to } => self.dial(conn, &to),
            Output::Send { conn, bytes } => self.queue(conn, bytes),
            Output::WantWrite { conn } => {
                if let Some(connection) = self.connections.get_mut(&conn) {
                    connection.tell_when_sent();
                }
            }
            Output::Close { conn } => self.close(conn),
            Output::StandStill { time } => {
                std::thread::sleep(time);
                self.inputs.push_front(Input::StoodStill { time });
            }
            Output::Exit => self.is_over = true,
            Output::SaveRdb { bytes } => {
                if let Err(error) = Dump::of(self.node.config()).write(&bytes) {
                    log::not_saved(&error);
                }
            }
            Output::RemoveRdb => {
                if let Err(error) = Dump::of(self.node.config()).remove() {
                    log::not_removed(&error);
                }
            }
            Output::SaveConfig { users } => {
                if let Err(error) = rewrite::rewrite(self.node.config(), &users) {
                    log::not_rewritten(&error);
                }
            }
        }
    }

    fn accept(&mut self) {
        self.accept_again = false;
        for _ in 0..ACCEPTS_MAX {
            match self.listener.accept() {
                Ok((stream, peer)) => self.accepted(stream, peer),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // The caller has hung up again.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::Interrupted) => {}
                Err(error) => {
                    log::not_accepted(&error);
                    break;
                }
            }
        }
        self.accept_again = true;
    }

    fn accepted(&mut self, mut stream: TcpStream, peer: SocketAddr) {
        self.accepted += 1;
        let conn = ConnId::Accepted(self.accepted);
        if self.connections.len() >= CLIENTS_MAX {
            // Told if the kernel takes it at once, as by Redis; refused in either case.
            let _ = io::Write::write(&mut stream, b"-ERR max number of clients reached\r\n");
            return;
        }
        let interests = Interest::READABLE | Interest::WRITABLE;
        if let Err(error) = self.poll.registry().register(&mut stream, token_of(conn), interests) {
            return log::not_accepted(&error);
        }
        // A socket that was accepted has both addresses.
        let local = stream.local_addr().map_or_else(|_| addr_of(peer), addr_of);
        self.connections.insert(conn, Connection::new(stream));
        self.give(Input::Accepted { conn, peer: addr_of(peer), local });
    }

    fn dial(&mut self, conn: ConnId, to: &Addr) {
        self.dials.insert(conn, Dial::default());
        if let Some(addresses) = self.resolver.look_up(conn, to) {
            self.begin_dial(conn, addresses);
        }
    }

    /// Addresses that were looked up have come.
    fn looked_up(&mut self) {
        while let Some(found) = self.resolver.take() {
            self.begin_dial(found.conn, found.addresses);
        }
    }

    fn begin_dial(&mut self, conn: ConnId, addresses: Vec<SocketAddr>) {
        // The node may have given it up in the meantime.
        let Some(dial) = self.dials.get_mut(&conn) else {
            return;
        };
        let progress = dial.begin(addresses, self.poll.registry(), token_of(conn));
        self.progressed(conn, progress);
    }

    /// Goes on with a connection that is being made, if this is one.
    fn proceed(&mut self, conn: ConnId) {
        let Some(dial) = self.dials.get_mut(&conn) else {
            return;
        };
        let progress = dial.proceed(self.poll.registry(), token_of(conn));
        self.progressed(conn, progress);
    }

    fn progressed(&mut self, conn: ConnId, progress: Progress) {
        match progress {
            Progress::Waiting => {}
            Progress::Connected(stream) => {
                self.dials.remove(&conn);
                self.connections.insert(conn, Connection::new(stream));
                self.inputs.push_back(Input::Connected { conn });
            }
            Progress::Refused => {
                self.dials.remove(&conn);
                self.inputs.push_back(Input::Refused { conn });
            }
        }
    }

    fn note_readable(&mut self, conn: ConnId) {
        if !self.readable.contains(&conn) {
            self.readable.push(conn);
        }
    }

    fn read(&mut self, conn: ConnId) {
        let Some(connection) = self.connections.get_mut(&conn) else {
            return;
        };
        if connection.is_closing() {
            return;
        }
        match connection.read(&mut self.buffer) {
            Received::Nothing => {}
            Received::Closed => self.lost(conn),
            Received::Bytes(len) => {
                self.note_readable(conn);
                let bytes = Bytes::from(&self.buffer[..len]);
                self.give(Input::Data { conn, bytes });
            }
        }
    }

    fn queue(&mut self, conn: ConnId, bytes: Bytes) {
        let Some(connection) = self.connections.get_mut(&conn) else {
            return;
        };
        connection.queue(bytes);
        if connection.queued_bytes() > UNSENT_MAX {
            log::too_much_unsent(connection.queued_bytes());
            self.lost(conn);
        }
    }

    /// Writes what is queued, and says so to the node if it asked.
    fn flush(&mut self, conn: ConnId) {
        let Some(connection) = self.connections.get_mut(&conn) else {
            return;
        };
        if connection.flush().is_err() {
            return self.lost(conn);
        }
        if connection.take_sent() {
            self.inputs.push_back(Input::Writable { conn });
        }
        if connection.is_closing() && connection.queued_bytes() == 0 {
            self.connections.remove(&conn);
        }
    }

    /// The connection is no more; the node hears of it unless it has given it up itself.
    fn lost(&mut self, conn: ConnId) {
        let Some(connection) = self.connections.remove(&conn) else {
            return;
        };
        if !connection.is_closing() {
            self.inputs.push_back(Input::Closed { conn });
        }
    }

    /// The node gives a connection up: what is queued may still leave.
    fn close(&mut self, conn: ConnId) {
        self.dials.remove(&conn);
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.close_when_sent();
            self.lingering.push_back((Instant::now() + LINGER, conn));
        }
    }

    fn end_lingering(&mut self) {
        while let Some((_, conn)) = self.lingering.pop_front_if(|(until, _)| *until <= Instant::now()) {
            self.connections.remove(&conn);
        }
    }
}

fn addr_of(socket: SocketAddr) -> Addr {
    Addr { host: socket.ip().to_canonical().to_string(), port: socket.port() }
}

/// Tokens of connections: even for accepted ones, odd for dialled ones.
fn token_of(conn: ConnId) -> Token {
    match conn {
        ConnId::Accepted(n) => Token(FIRST_CONNECTION + 2 * n as usize),
        ConnId::Dialled(n) => Token(FIRST_CONNECTION + 2 * n as usize + 1),
    }
}

fn conn_of(token: Token) -> ConnId {
    let n = (token.0.saturating_sub(FIRST_CONNECTION) / 2) as u64;
    if token.0.is_multiple_of(2) { ConnId::Accepted(n) } else { ConnId::Dialled(n) }
}
