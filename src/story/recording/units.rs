//! The stream of one connection, cut into what was propagated together.
//!
//! Rule: a command with the SELECT before it, or a whole transaction, belongs together, because the master wrote it at
//! once; it is known from the moment at which its first byte was seen. What is no command is not cut.

use crate::wire::{Bytes, RequestDecoder};
use std::time::Duration;

/// Consecutive units that were first seen at the same moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Offset of the first byte in the stream, and its position in the connection.
    pub first: u64,
    pub at: u64,
    pub seen: Duration,
    pub bytes: Bytes,
    pub kind: RunKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunKind {
    Whole,
    /// The rest of a command that does not end.
    Cut,
    Nonsense,
}

/// Cuts along one connection.
#[derive(Debug)]
pub struct Units {
    decoder: RequestDecoder,
    /// Bytes from the beginning of the unit that is being read.
    unread: Vec<u8>,
    /// Offset and position of the first of them, and when it was seen.
    first: u64,
    at: u64,
    seen: Option<Duration>,
    /// How many of them are commands that were read.
    read: usize,
    in_transaction: bool,
    is_lost: bool,
    has_begun: bool,
    /// Offsets at which a replica can stand.
    pub ends: Vec<u64>,
}

impl Units {
    /// The stream will begin with this offset.
    pub fn new(first: u64) -> Units {
        Units {
            decoder: RequestDecoder::default(),
            unread: vec![],
            first,
            at: 0,
            seen: None,
            read: 0,
            in_transaction: false,
            is_lost: false,
            has_begun: false,
            ends: vec![first.saturating_sub(1)],
        }
    }

    /// The stream turns out to begin at this position of the connection; later it is known.
    pub fn begin_at(&mut self, at: u64) {
        if !self.has_begun {
            (self.at, self.has_begun) = (at, true);
        }
    }

    /// The next bytes, which were seen at a moment; what became whole with them.
    pub fn push(&mut self, bytes: &[u8], seen: Duration) -> Vec<Run> {
        self.unread.extend_from_slice(bytes);
        let begun = *self.seen.get_or_insert(seen);
        if self.is_lost {
            return self.take(self.unread.len(), seen, RunKind::Cut).into_iter().collect();
        }
        self.decoder.push(bytes);
        let (mut first_unit, mut whole) = (None, 0);
        loop {
            match self.decoder.next() {
                Ok(Some(request)) => {
                    self.read += request.span.len() as usize;
                    if self.ends_unit(&request.args.first().map(|arg| arg.bytes.clone()).unwrap_or_default()) {
                        whole = self.read;
                        first_unit = first_unit.or(Some(whole));
                    }
                }
                Ok(None) => break,
                Err(_) => {
                    self.is_lost = true;
                    break;
                }
            }
        }
        let mut runs = vec![];
        // The unit that an earlier read began was seen then; the others now.
        if let Some(length) = first_unit.filter(|_| begun < seen) {
            runs.extend(self.take(length, begun, RunKind::Whole));
            whole -= length;
        }
        runs.extend(self.take(whole, seen, RunKind::Whole));
        self.seen = if self.unread.is_empty() { None } else { Some(if first_unit.is_some() { seen } else { begun }) };
        if self.is_lost {
            let begun = self.seen.unwrap_or(seen);
            runs.extend(self.take(self.unread.len(), begun, RunKind::Nonsense));
        }
        runs
    }

    /// The unit of which only the beginning was seen: its offset, and when that was.
    pub fn begun(&self) -> Option<(u64, Duration)> {
        Some((self.first, self.seen?)).filter(|_| !self.unread.is_empty())
    }

    /// What is left when the connection ends.
    pub fn end(&mut self) -> Option<Run> {
        let seen = self.seen.unwrap_or_default();
        self.take(self.unread.len(), seen, RunKind::Cut)
    }

    /// Does this command end a unit?
    fn ends_unit(&mut self, name: &Bytes) -> bool {
        let is = |word: &[u8]| name.eq_ignore_ascii_case(word);
        let was_inside = self.in_transaction;
        self.in_transaction = (was_inside || is(b"MULTI")) && !is(b"EXEC");
        if !self.in_transaction {
            self.ends.push(self.first + self.read as u64 - 1);
        }
        !self.in_transaction && (was_inside || !is(b"SELECT"))
    }

    fn take(&mut self, length: usize, seen: Duration, kind: RunKind) -> Option<Run> {
        if length == 0 {
            return None;
        }
        let bytes: Bytes = self.unread.drain(..length).as_slice().into();
        let run = Run { first: self.first, at: self.at, seen, bytes, kind };
        self.first += length as u64;
        self.at += length as u64;
        self.read = self.read.saturating_sub(length);
        Some(run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(reads: &[&str]) -> Vec<String> {
        let mut units = Units::new(11);
        units.begin_at(100);
        let mut said = vec![];
        let mut say = |run: Run| {
            said.push(format!(
                "{}..{} at {} seen {:?} {:?}",
                run.first,
                run.first + run.bytes.len() as u64,
                run.at,
                run.seen,
                run.kind
            ));
        };
        for (n, read) in reads.iter().enumerate() {
            units.push(read.as_bytes(), Duration::from_secs(n as u64)).into_iter().for_each(&mut say);
        }
        units.end().into_iter().for_each(&mut say);
        said.push(format!("{:?}", units.ends));
        said
    }

    #[test]
    fn what_was_propagated_together_stays_together() {
        let (select, ping) = ("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n", "*1\r\n$4\r\nping\r\n");
        assert_eq!(cut(&[&format!("{select}{ping}{ping}")]), ["11..62 at 100 seen 0ns Whole", "[10, 33, 47, 61]"]);
        assert_eq!(
            cut(&[select, &format!("{ping}{ping}*1\r"), "\n$4\r\nPING\r\n*"]),
            [
                "11..48 at 100 seen 0ns Whole",
                "48..62 at 137 seen 1s Whole",
                "62..76 at 151 seen 1s Whole",
                "76..77 at 165 seen 2s Cut",
                "[10, 33, 47, 61, 75]"
            ]
        );
        let (multi, exec) = ("*1\r\n$5\r\nMULTI\r\n", "*1\r\n$4\r\nEXEC\r\n");
        assert_eq!(
            cut(&[&format!("{multi}{select}"), &format!("{ping}{exec}")]),
            ["11..77 at 100 seen 0ns Whole", "[10, 76]"]
        );
        assert_eq!(
            cut(&[&format!("{ping}*x\r\n"), "more"]),
            [
                "11..25 at 100 seen 0ns Whole",
                "25..29 at 114 seen 0ns Nonsense",
                "29..33 at 118 seen 1s Cut",
                "[10, 24]"
            ]
        );
    }
}
