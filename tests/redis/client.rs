//! A client that sees replies as the bytes they are.

use replscope::wire::encode_command;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

/// A connection to a server of this machine.
pub struct Client {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Client {
    pub fn connect(port: u16) -> std::io::Result<Client> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(super::wait::DEADLINE))?;
        stream.set_nodelay(true)?;
        Ok(Client { stream, unread: vec![] })
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the server takes what a client sends");
    }

    /// Runs a command written as a line; the server splits it.
    pub fn line(&mut self, line: &str) -> Vec<u8> {
        self.send(format!("{line}\r\n").as_bytes());
        self.reply()
    }

    /// Runs a command; the arguments may be any bytes.
    pub fn ask(&mut self, args: &[&[u8]]) -> Vec<u8> {
        self.send(&encode_command(args));
        self.reply()
    }

    /// Sends a command. A server that has closed the connection does not get it; the next reply says so.
    pub fn send_command(&mut self, args: &[Vec<u8>]) {
        let _ = self.stream.write_all(&encode_command(args));
    }

    /// The next reply; `None` when the server has closed the connection.
    pub fn next_reply(&mut self) -> Result<Option<Vec<u8>>, String> {
        let mut buffer = [0; 16 * 1024];
        loop {
            if let Some(len) = reply_len(&self.unread) {
                return Ok(Some(self.unread.drain(..len).collect()));
            }
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(len) => self.unread.extend_from_slice(&buffer[..len]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(None),
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    /// Runs a command that must be answered with `+OK`.
    pub fn ok(&mut self, line: &str) {
        let reply = self.line(line);
        assert_eq!(String::from_utf8_lossy(&reply), "+OK\r\n", "{line}");
    }

    /// The text of a reply that is one string, without its frame.
    pub fn text(&mut self, line: &str) -> String {
        let reply = self.line(line);
        let text = String::from_utf8_lossy(&reply).into_owned();
        let body =
            if text.starts_with('$') { text.split_once("\r\n").map_or("", |(_, body)| body) } else { &text[1..] };
        body.trim_end_matches("\r\n").to_string()
    }

    /// One whole reply, as it came.
    pub fn reply(&mut self) -> Vec<u8> {
        loop {
            if let Some(len) = reply_len(&self.unread) {
                return self.unread.drain(..len).collect();
            }
            assert!(
                self.read_more() > 0,
                "the server closed in the middle of {:?}",
                String::from_utf8_lossy(&self.unread)
            );
        }
    }

    /// Everything that comes until the server closes, after saying that we send no more.
    pub fn rest(mut self) -> Vec<u8> {
        // A server that has closed already is not told.
        let _ = self.stream.shutdown(Shutdown::Write);
        while self.read_more() > 0 {}
        self.unread
    }

    /// Bytes up to and with the end of `mark`.
    pub fn read_through(&mut self, mark: &[u8]) -> Vec<u8> {
        loop {
            if let Some(at) = self.unread.windows(mark.len()).position(|window| window == mark) {
                return self.unread.drain(..at + mark.len()).collect();
            }
            assert!(self.read_more() > 0, "the server closed before {:?}", String::from_utf8_lossy(mark));
        }
    }

    /// So many bytes.
    pub fn read_exactly(&mut self, len: usize) -> Vec<u8> {
        while self.unread.len() < len {
            assert!(self.read_more() > 0, "the server closed after {} of {len} bytes", self.unread.len());
        }
        self.unread.drain(..len).collect()
    }

    fn read_more(&mut self) -> usize {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(len) => {
                self.unread.extend_from_slice(&buffer[..len]);
                len
            }
            // A server that closes with something unread resets the connection.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
            Err(error) => panic!("no answer: {error}"),
        }
    }
}

/// The length of the reply at the front, if it is there whole.
fn reply_len(bytes: &[u8]) -> Option<usize> {
    let line = bytes.windows(2).position(|window| window == b"\r\n")? + 2;
    let number = || std::str::from_utf8(&bytes[1..line - 2]).ok()?.parse::<i64>().ok();
    match bytes[0] {
        b'$' => {
            let len = number().expect("the length of a string");
            let whole = if len < 0 { line } else { line + len as usize + 2 };
            (bytes.len() >= whole).then_some(whole)
        }
        b'*' => {
            let mut at = line;
            for _ in 0..number().expect("the length of an array").max(0) {
                at += reply_len(&bytes[at..])?;
            }
            Some(at)
        }
        _ => Some(line),
    }
}
