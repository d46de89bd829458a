//! Bytes that came from a connection and were not consumed yet.
//!
//! Rule: a byte is copied in once, searched once for the same thing, and moved a bounded number of times, however small
//! the pieces are in which it comes. Mirrors a client's `querybuf` with `qb_pos` (server.h).

/// What a decoder reads from. Places in it count from the first byte that is not consumed.
#[derive(Clone, Debug, Default)]
pub(super) struct Incoming {
    bytes: Vec<u8>,
    /// Bytes at the front of `bytes` that are consumed.
    used: usize,
    /// Stream position of the front of `bytes`.
    base: u64,
    /// Bytes of the rest in which the end of a line was searched in vain.
    searched: usize,
}

impl Incoming {
    pub fn push(&mut self, bytes: &[u8]) {
        // Consumed bytes are let go once they are the larger part: so a byte moves once for one that came before it.
        if self.used * 2 > self.bytes.len() {
            self.bytes.drain(..self.used);
            self.base += self.used as u64;
            self.used = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes consumed since the connection began.
    pub fn position(&self) -> u64 {
        self.base + self.used as u64
    }

    /// What is not consumed.
    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.used..]
    }

    pub fn consume(&mut self, count: usize) {
        self.used += count;
        self.searched = 0;
        if self.used == self.bytes.len() {
            self.base += self.used as u64;
            self.bytes.clear();
            self.used = 0;
        }
    }

    /// Where the first such byte stands, among the next `within`. It goes on where the last search ended, so until
    /// something is consumed it must be asked for the same bytes.
    pub fn find(&mut self, within: usize, is_wanted: impl Fn(u8) -> bool) -> Option<usize> {
        let rest = &self.bytes[self.used..];
        let until = rest.len().min(within);
        let from = self.searched.min(until);
        let found = rest[from..until].iter().position(|byte| is_wanted(*byte)).map(|n| from + n);
        self.searched = found.unwrap_or(until);
        found
    }
}
