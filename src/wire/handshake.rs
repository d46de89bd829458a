//! What a master says before the stream: its answer to PSYNC, and the line before a snapshot.
//!
//! Rule: one line in, without its end; one meaning out. Mirrors `slaveTryPartialResynchronization` and the beginning of
//! `readSyncBulkPayload` (replication.c).

use super::ReplId;
use std::fmt;

/// The answer to PSYNC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PsyncReply {
    /// An empty line: the master lives, and prepares.
    KeepAlive,
    FullResync {
        id: ReplId,
        offset: u64,
    },
    /// Masters that know `psync2` add the id under which the history goes on.
    Continue {
        id: Option<ReplId>,
    },
    /// `-NOMASTERLINK`, `-LOADING`: ask again in a second.
    TryLater,
    /// Any other answer: this master does not know PSYNC; SYNC may do.
    NotSupported,
}

/// A line that a master would not send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandshakeError {
    /// Redis logs "Master replied with wrong +FULLRESYNC syntax" and goes on without an id; here the attempt ends.
    BadFullResync { line: String },
    /// Redis: "Bad protocol from MASTER, the first byte is not '$'".
    BadPreamble { line: String },
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HandshakeError::BadFullResync { line } => {
                write!(
                    f,
                    "the master replied with wrong +FULLRESYNC syntax: '{line}'; accepted: +FULLRESYNC <40 characters> <offset>"
                )
            }
            HandshakeError::BadPreamble { line } => {
                write!(
                    f,
                    "bad protocol from the master, the first byte is not '$': '{line}'; accepted: $<length> or $EOF:<40 characters>"
                )
            }
        }
    }
}

impl std::error::Error for HandshakeError {}

fn shown(line: &[u8]) -> String {
    super::printable(&line[..line.len().min(80)])
}

fn decimal(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
        .filter(|n| *n <= i64::MAX as u64)
}

impl PsyncReply {
    pub fn parse(line: &[u8]) -> Result<PsyncReply, HandshakeError> {
        if line.is_empty() {
            return Ok(PsyncReply::KeepAlive);
        }
        let mut words = line
            .split(|byte| *byte == b' ')
            .filter(|word| !word.is_empty());
        match words.next().unwrap_or_default() {
            b"+FULLRESYNC" => match (
                words.next().and_then(ReplId::parse),
                words.next().and_then(decimal),
            ) {
                (Some(id), Some(offset)) => Ok(PsyncReply::FullResync { id, offset }),
                _ => Err(HandshakeError::BadFullResync { line: shown(line) }),
            },
            // An id of another length is left aside, as Redis does.
            b"+CONTINUE" => Ok(PsyncReply::Continue {
                id: words.next().and_then(ReplId::parse),
            }),
            word if word.starts_with(b"-NOMASTERLINK") || word.starts_with(b"-LOADING") => {
                Ok(PsyncReply::TryLater)
            }
            _ => Ok(PsyncReply::NotSupported),
        }
    }

    /// The line with its end.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            PsyncReply::KeepAlive => b"\n".to_vec(),
            PsyncReply::FullResync { id, offset } => {
                format!("+FULLRESYNC {id} {offset}\r\n").into_bytes()
            }
            PsyncReply::Continue { id: Some(id) } => format!("+CONTINUE {id}\r\n").into_bytes(),
            PsyncReply::Continue { id: None } => b"+CONTINUE\r\n".to_vec(),
            PsyncReply::TryLater => {
                b"-NOMASTERLINK Can't SYNC while not connected with my master\r\n".to_vec()
            }
            PsyncReply::NotSupported => b"-ERR unknown command\r\n".to_vec(),
        }
    }
}

/// The line before a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preamble {
    KeepAlive,
    /// So many bytes follow.
    Length(u64),
    /// The snapshot ends with this mark.
    Eof {
        mark: [u8; 40],
    },
    /// An error line: the master gave up.
    Aborted,
}

impl Preamble {
    pub fn parse(line: &[u8]) -> Result<Preamble, HandshakeError> {
        let bad = || HandshakeError::BadPreamble { line: shown(line) };
        match line {
            [] => Ok(Preamble::KeepAlive),
            [b'-', ..] => Ok(Preamble::Aborted),
            [b'$', b'E', b'O', b'F', b':', mark @ ..] => Ok(Preamble::Eof {
                mark: mark.try_into().map_err(|_| bad())?,
            }),
            [b'$', length @ ..] => decimal(length)
                .filter(|_| !length.is_empty())
                .map(Preamble::Length)
                .ok_or_else(bad),
            _ => Err(bad()),
        }
    }

    /// The line with its end.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Preamble::KeepAlive => b"\n".to_vec(),
            Preamble::Length(bytes) => format!("${bytes}\r\n").into_bytes(),
            Preamble::Eof { mark } => [b"$EOF:", mark.as_slice(), b"\r\n"].concat(),
            Preamble::Aborted => b"-ERR BGSAVE failed, replication can't continue\r\n".to_vec(),
        }
    }
}
