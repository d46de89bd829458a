//! One socket: what waits to be written to it, and what is known of its end.
//!
//! Rule: bytes leave in the order in which they were queued, as far as the kernel takes them; nothing blocks.
//! Mirrors `writeToClient` and `readQueryFromClient` (networking.c).

use crate::wire::Bytes;
use mio::net::TcpStream;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};

/// A connection that stands.
pub struct Connection {
    stream: TcpStream,
    queue: VecDeque<Bytes>,
    /// How much of the first piece has left.
    front_sent: usize,
    queued_bytes: u64,
    /// The node asked to be told when the queue is empty.
    wants_write: bool,
    /// The node has given it up; it is closed when the queue is empty.
    is_closing: bool,
}

/// What one attempt to read gave.
pub enum Received {
    /// So many bytes, and perhaps there are more.
    Bytes(usize),
    Nothing,
    /// The other side closed, or the connection broke.
    Closed,
}

impl Connection {
    pub fn new(stream: TcpStream) -> Connection {
        // Without it the connection works, only slower.
        let _ = stream.set_nodelay(true);
        Connection {
            stream,
            queue: VecDeque::new(),
            front_sent: 0,
            queued_bytes: 0,
            wants_write: false,
            is_closing: false,
        }
    }

    /// Bytes that the kernel has not taken yet.
    pub fn queued_bytes(&self) -> u64 {
        self.queued_bytes
    }

    pub fn is_closing(&self) -> bool {
        self.is_closing
    }

    pub fn queue(&mut self, bytes: Bytes) {
        self.queued_bytes += bytes.len() as u64;
        self.queue.push_back(bytes);
    }

    pub fn close_when_sent(&mut self) {
        self.is_closing = true;
    }

    pub fn tell_when_sent(&mut self) {
        self.wants_write = true;
    }

    /// True once after each [`Connection::tell_when_sent`], as soon as everything has left.
    pub fn take_sent(&mut self) -> bool {
        self.queue.is_empty() && std::mem::take(&mut self.wants_write)
    }

    /// Writes as much as the kernel takes.
    pub fn flush(&mut self) -> io::Result<()> {
        while let Some(front) = self.queue.front() {
            match self.stream.write(&front[self.front_sent..]) {
                Ok(sent) => {
                    self.front_sent += sent;
                    self.queued_bytes -= sent as u64;
                    if self.front_sent == front.len() {
                        self.queue.pop_front();
                        self.front_sent = 0;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads once into `buffer`.
    pub fn read(&mut self, buffer: &mut [u8]) -> Received {
        loop {
            return match self.stream.read(buffer) {
                Ok(0) => Received::Closed,
                Ok(len) => Received::Bytes(len),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => Received::Nothing,
                Err(_) => Received::Closed,
            };
        }
    }
}
