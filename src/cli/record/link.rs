//! Connections: each call of a replica becomes a call of the master, and two threads pass on what is said.
//!
//! Rule: a read is written down before it is passed on, so that an answer never stands before its question; a side that
//! does not read stops the other one, as it would without us.

use super::tape::Tape;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Connections at a time.
const CONNECTIONS_MAX: usize = 256;
/// Bytes read at once.
const READ_SIZE: usize = 64 * 1024;
/// How long the master may take to answer a call.
const CALL_MAX: Duration = Duration::from_secs(5);
/// When accepting has failed for want of file descriptors, it is tried again after this time.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// The way to a master.
pub struct Link {
    upstream: String,
    tape: Arc<Tape>,
    /// Cloned into each connection: how many there are is one less than its count.
    running: Arc<()>,
}

impl Link {
    pub fn new(upstream: String, tape: Arc<Tape>) -> Link {
        Link { upstream, tape, running: Arc::new(()) }
    }

    /// Accepts for ever.
    pub fn accept(self: Arc<Link>, listener: &TcpListener) {
        loop {
            match listener.accept() {
                Ok((replica, peer)) => {
                    if Arc::strong_count(&self.running) > CONNECTIONS_MAX {
                        eprintln!("replscope: {peer} is turned away: {CONNECTIONS_MAX} connections are open");
                        continue;
                    }
                    let (link, running) = (self.clone(), self.running.clone());
                    let name = format!("{}->{}", peer.ip(), self.upstream);
                    let spawned = thread::Builder::new().spawn(move || {
                        link.join(&name, replica);
                        drop(running);
                    });
                    if let Err(error) = spawned {
                        eprintln!("replscope: {peer} is turned away: {error}");
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => thread::sleep(ACCEPT_AGAIN),
            }
        }
    }

    /// Calls the master, and passes on until one side closes.
    fn join(&self, name: &str, replica: TcpStream) {
        let master = match call(&self.upstream) {
            Ok(master) => master,
            Err(error) => {
                eprintln!("replscope: {} cannot be reached: {error}", self.upstream);
                return self.tape.refused(name, &error);
            }
        };
        let number = self.tape.open(name);
        // Without it the link works, only slower.
        let _ = (replica.set_nodelay(true), master.set_nodelay(true));
        let (Ok(from_replica), Ok(to_master)) = (replica.try_clone(), master.try_clone()) else {
            return self.tape.close(number, "proxy");
        };
        thread::scope(|scope| {
            scope.spawn(|| self.pass_on(name, number, true, from_replica, to_master));
            self.pass_on(name, number, false, master, replica);
        });
    }

    fn pass_on(&self, name: &str, number: u64, from_replica: bool, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = vec![0; READ_SIZE];
        let mut at = 0;
        loop {
            match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => {
                    let bytes = &buffer[..length];
                    self.tape.data(name, number, from_replica, at, bytes);
                    at += length as u64;
                    if to.write_all(bytes).is_err() {
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        self.tape.close(number, if from_replica { "replica" } else { "master" });
        // What was passed on still arrives; a side that has closed already needs no telling.
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    }
}

/// Calls the addresses of a host one after the other.
fn call(upstream: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::new(ErrorKind::NotFound, "it has no address");
    for address in upstream.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CALL_MAX) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}
