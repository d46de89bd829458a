//! What is said on one connection, cut into pieces of one kind each.
//!
//! Rule: told from the bytes alone, in the order in which they passed. What a read happened to join (a line feed and the
//! answer behind it, the end of a snapshot and the stream) is parted; a command or a line that two reads parted is one
//! piece, at the moment when it was whole. Bytes that make no sense are a piece too: nothing is left out.

use crate::wire::{Bytes, Preamble, PsyncReply, ReplId, RequestDecoder, decimal};

/// The longest line that a master says.
const LINE_MAX: usize = 64 * 1024;
/// The longest command of a replica that is waited for.
const COMMAND_MAX: usize = 1 << 20;

/// A piece of what passed in one direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    pub bytes: Bytes,
    pub kind: Kind,
}

/// What a piece is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A command of the replica, by its arguments; none for a lone line feed.
    Command(Vec<Bytes>),
    /// A line of the master before the stream.
    Line,
    /// What was decided on PSYNC.
    Verdict(Verdict),
    /// The line before a snapshot.
    Preamble,
    /// Bytes of a snapshot; at its end all of them, without the mark.
    Snapshot { whole: Option<Bytes> },
    /// Bytes of the stream, the first of which has this offset.
    Stream { first: u64 },
    /// What cannot be read as what should stand here.
    Unknown,
}

/// The master's answer to PSYNC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Full {
        id: ReplId,
        offset: u64,
    },
    /// `from`: the first byte that follows.
    Continue {
        id: Option<ReplId>,
        from: u64,
    },
    Refused,
}

/// What the replica asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub id: Bytes,
    pub offset: i64,
}

/// Reads along one connection.
#[derive(Debug, Default)]
pub struct Conversation {
    replica: Replica,
    asked: Option<Asked>,
    unread: Vec<u8>,
    phase: Phase,
}

/// The replica's direction.
#[derive(Debug, Default)]
struct Replica {
    decoder: RequestDecoder,
    /// Bytes that are no piece yet.
    unread: Vec<u8>,
    is_lost: bool,
}

/// What the master says next.
#[derive(Debug, Default)]
enum Phase {
    #[default]
    Lines,
    AwaitsSnapshot {
        next: u64,
    },
    Snapshot {
        end: End,
        received: Vec<u8>,
        next: u64,
    },
    Stream {
        next: u64,
    },
    /// Nobody here knows how to read what follows.
    Unknown,
}

#[derive(Clone, Copy, Debug)]
enum End {
    After(u64),
    Mark([u8; 40]),
}

impl Conversation {
    pub fn asked(&self) -> Option<&Asked> {
        self.asked.as_ref()
    }

    /// Bytes from the replica.
    pub fn said_by_replica(&mut self, bytes: &[u8]) -> Vec<Piece> {
        let replica = &mut self.replica;
        replica.unread.extend_from_slice(bytes);
        let mut pieces = vec![];
        if !replica.is_lost {
            replica.decoder.push(bytes);
            loop {
                match replica.decoder.next() {
                    Ok(Some(request)) => {
                        let rest = replica.unread.split_off(request.span.len() as usize);
                        let bytes = std::mem::replace(&mut replica.unread, rest).into();
                        let args: Vec<Bytes> = request.args.into_iter().map(|arg| arg.bytes).collect();
                        if let Some(asked) = asked(&args) {
                            self.asked = Some(asked);
                        }
                        if args.first().is_some_and(|name| name.eq_ignore_ascii_case(b"SYNC")) {
                            // Its answer has no line, and the stream behind it no offsets.
                            self.phase = Phase::Unknown;
                        }
                        pieces.push(Piece { bytes, kind: Kind::Command(args) });
                    }
                    Ok(None) => break,
                    Err(_) => {
                        replica.is_lost = true;
                        break;
                    }
                }
            }
            replica.is_lost |= replica.unread.len() > COMMAND_MAX;
        }
        if replica.is_lost && !replica.unread.is_empty() {
            pieces.push(Piece { bytes: std::mem::take(&mut replica.unread).into(), kind: Kind::Unknown });
        }
        pieces
    }

    /// Bytes from the master.
    pub fn said_by_master(&mut self, bytes: &[u8]) -> Vec<Piece> {
        let joined = std::mem::take(&mut self.unread);
        let joined = if joined.is_empty() { bytes.to_vec() } else { [joined.as_slice(), bytes].concat() };
        let mut rest = joined.as_slice();
        let mut pieces = vec![];
        while !rest.is_empty() {
            let Some((length, kind)) = self.next_from_master(rest) else {
                self.unread = rest.to_vec();
                break;
            };
            let (piece, behind) = rest.split_at(length.clamp(1, rest.len()));
            pieces.push(Piece { bytes: piece.into(), kind });
            rest = behind;
        }
        pieces
    }

    /// What is left when the connection ends: bytes of the replica and of the master that are no whole piece.
    pub fn end(&mut self) -> [Option<Piece>; 2] {
        let piece = |bytes: Vec<u8>| (!bytes.is_empty()).then(|| Piece { bytes: bytes.into(), kind: Kind::Unknown });
        [piece(std::mem::take(&mut self.replica.unread)), piece(std::mem::take(&mut self.unread))]
    }

    /// How many of these bytes are the next piece, and what it is.
    fn next_from_master(&mut self, bytes: &[u8]) -> Option<(usize, Kind)> {
        match &mut self.phase {
            Phase::Unknown => Some((bytes.len(), Kind::Unknown)),
            Phase::Stream { next } => {
                let first = *next;
                *next += bytes.len() as u64;
                Some((bytes.len(), Kind::Stream { first }))
            }
            Phase::Snapshot { end, received, next } => {
                let (length, is_whole) = take_snapshot(*end, received, bytes);
                let whole = is_whole.then(|| Bytes::from(std::mem::take(received)));
                if is_whole {
                    self.phase = Phase::Stream { next: *next };
                }
                Some((length, Kind::Snapshot { whole }))
            }
            Phase::Lines | Phase::AwaitsSnapshot { .. } => self.line(bytes),
        }
    }

    fn line(&mut self, bytes: &[u8]) -> Option<(usize, Kind)> {
        let Some(end) = bytes.iter().take(LINE_MAX).position(|byte| *byte == b'\n') else {
            if bytes.len() < LINE_MAX {
                return None;
            }
            self.phase = Phase::Unknown;
            return Some((bytes.len(), Kind::Unknown));
        };
        let text = bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]);
        let kind = match self.phase {
            Phase::AwaitsSnapshot { next } => self.preamble(text, next),
            _ => self.answer(text),
        };
        Some((end + 1, kind))
    }

    fn preamble(&mut self, text: &[u8], next: u64) -> Kind {
        let end = match Preamble::parse(text) {
            Ok(Preamble::Length(bytes)) => End::After(bytes),
            Ok(Preamble::Eof { mark }) => End::Mark(mark),
            _ => return Kind::Line,
        };
        self.phase = match end {
            End::After(0) => Phase::Stream { next },
            _ => Phase::Snapshot { end, received: vec![], next },
        };
        Kind::Preamble
    }

    fn answer(&mut self, text: &[u8]) -> Kind {
        let Some(asked) = &self.asked else { return Kind::Line };
        let (verdict, phase) = match PsyncReply::parse(text) {
            Ok(PsyncReply::KeepAlive) => return Kind::Line,
            Ok(PsyncReply::FullResync { id, offset }) => {
                (Verdict::Full { id, offset }, Phase::AwaitsSnapshot { next: offset.saturating_add(1) })
            }
            Ok(PsyncReply::Continue { id }) => match u64::try_from(asked.offset) {
                Ok(from) => (Verdict::Continue { id, from }, Phase::Stream { next: from }),
                Err(_) => (Verdict::Refused, Phase::Unknown),
            },
            _ if text.starts_with(b"-") => (Verdict::Refused, Phase::Lines),
            // `+OK` to something before PSYNC that was not waited for, or an answer of another version.
            _ if text.starts_with(b"+OK") => return Kind::Line,
            _ => (Verdict::Refused, Phase::Unknown),
        };
        self.phase = phase;
        Kind::Verdict(verdict)
    }
}

/// `PSYNC <id> <offset> …`.
fn asked(args: &[Bytes]) -> Option<Asked> {
    let [name, id, offset, ..] = args else { return None };
    let is_psync = name.eq_ignore_ascii_case(b"PSYNC");
    is_psync.then(|| Some(Asked { id: id.clone(), offset: decimal(offset)? }))?
}

/// How many of these bytes belong to the snapshot, its mark among them; and whether they end it.
fn take_snapshot(end: End, received: &mut Vec<u8>, bytes: &[u8]) -> (usize, bool) {
    match end {
        End::After(total) => {
            let lacking = total.saturating_sub(received.len() as u64).min(bytes.len() as u64) as usize;
            received.extend_from_slice(&bytes[..lacking]);
            (lacking, received.len() as u64 >= total)
        }
        End::Mark(mark) => {
            let before = received.len();
            let from = before.saturating_sub(mark.len() - 1);
            received.extend_from_slice(bytes);
            let found = received[from..].windows(mark.len()).position(|window| window == mark);
            let Some(found) = found else { return (bytes.len(), false) };
            received.truncate(from + found);
            (from + found + mark.len() - before, true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &[u8] = b"8371445ee5f2d4d8f9b4d0c1a9b3c5e7f1a2b09f";

    fn words(pieces: &[Piece]) -> Vec<String> {
        pieces
            .iter()
            .map(|piece| match &piece.kind {
                Kind::Command(args) => format!("command of {}", args.len()),
                Kind::Line => "line".into(),
                Kind::Verdict(Verdict::Full { offset, .. }) => format!("full at {offset}"),
                Kind::Verdict(Verdict::Continue { from, .. }) => format!("continue from {from}"),
                Kind::Verdict(Verdict::Refused) => "refused".into(),
                Kind::Preamble => "preamble".into(),
                Kind::Snapshot { whole: None } => "snapshot".into(),
                Kind::Snapshot { whole: Some(whole) } => format!("snapshot of {}", whole.len()),
                Kind::Stream { first } => format!("stream from {first}"),
                Kind::Unknown => "unknown".into(),
            })
            .collect()
    }

    fn asking() -> Conversation {
        let mut conversation = Conversation::default();
        let psync = crate::wire::encode_command(&[&b"PSYNC"[..], ID, b"11"]);
        assert_eq!(words(&conversation.said_by_replica(&psync)), ["command of 3"]);
        conversation
    }

    #[test]
    fn what_a_read_joined_is_parted() {
        let mark = [b'm'; 40];
        let said = [b"\n+FULLRESYNC ", ID, b" 10\r\n\n$EOF:", &mark, b"\r\nREDIS", &mark, b"*1\r\n"].concat();
        let expected = ["line", "full at 10", "line", "preamble", "snapshot of 5", "stream from 11"];
        assert_eq!(words(&asking().said_by_master(&said)), expected);
        let said = [b"+CONTINUE ", ID, b"\r\n*1\r\n"].concat();
        assert_eq!(words(&asking().said_by_master(&said)), ["continue from 11", "stream from 11"]);
        assert_eq!(words(&asking().said_by_master(b"-NOMASTERLINK x\r\n-x\r\n")), ["refused", "refused"]);
        assert_eq!(words(&asking().said_by_master(b"+RDBCHANNELSYNC 7\r\n*1\r\n")), ["refused", "unknown"]);
        let mut conversation = Conversation::default();
        assert_eq!(
            words(&conversation.said_by_replica(b"*1\r\n$4\r\nPING\r\n\n*x\r\n")),
            ["command of 1", "command of 0", "unknown"]
        );
        assert_eq!(words(&conversation.said_by_replica(b"more")), ["unknown"]);
    }

    proptest! {
        #[test]
        fn any_pieces_give_the_same_bytes(
            sides in prop::collection::vec((any::<bool>(), prop_oneof![
                prop::collection::vec(any::<u8>(), 1..50),
                Just([b"*3\r\n$5\r\nPSYNC\r\n$40\r\n", ID, b"\r\n$2\r\n11\r\n"].concat()),
                Just([b"+FULLRESYNC ", ID, b" 10\r\n$5\r\n"].concat()),
                Just([b"$EOF:", ID, b"\r\nabc", ID].concat()),
                Just([b"+CONTINUE ", ID, b"\r\n"].concat()),
                Just(b"\n".to_vec()),
            ]), 0..12)
        ) {
            let mut conversation = Conversation::default();
            let (mut given, mut got) = ([vec![], vec![]], [vec![], vec![]]);
            for (is_replica, bytes) in sides {
                given[usize::from(!is_replica)].extend_from_slice(&bytes);
                let pieces =
                    if is_replica { conversation.said_by_replica(&bytes) } else { conversation.said_by_master(&bytes) };
                pieces.iter().for_each(|piece| got[usize::from(!is_replica)].extend_from_slice(&piece.bytes));
            }
            for (got, piece) in got.iter_mut().zip(conversation.end()) {
                got.extend(piece.into_iter().flat_map(|piece| piece.bytes.to_vec()));
            }
            prop_assert_eq!(given, got);
        }
    }
}
