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

/// A line that a master would not send. Redis goes on after most of these; here the attempt to synchronize ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandshakeError {
    /// Redis logs "Master replied with wrong +FULLRESYNC syntax.", blanks the master's id so that its next PSYNC fails,
    /// leaves the offset as it was, and takes the snapshot. It also reads a bad offset as 0.
    BadFullResync { line: String },
    /// Without `$`, Redis logs "Bad protocol from MASTER, the first byte is not '$'" and ends the attempt too. With it,
    /// it reads the digits there are: `$12x` is 12, and `$EOF:` with a mark that is too short is 0.
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

/// A length or an offset: digits only, within C's `long long`.
fn unsigned(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    text.parse::<i64>().ok()?.try_into().ok()
}

impl PsyncReply {
    pub fn parse(line: &[u8]) -> Result<PsyncReply, HandshakeError> {
        // Redis compares beginnings: what stands between the word and the space behind it does not matter.
        Ok(match line {
            [] => PsyncReply::KeepAlive,
            _ if line.starts_with(b"+FULLRESYNC") => {
                return full_resync(line).ok_or_else(|| HandshakeError::BadFullResync { line: shown(line) });
            }
            // An id of another length is left aside, as by Redis.
            _ if line.starts_with(b"+CONTINUE") => PsyncReply::Continue { id: line.get(10..).and_then(ReplId::parse) },
            _ if line.starts_with(b"-NOMASTERLINK") || line.starts_with(b"-LOADING") => PsyncReply::TryLater,
            _ => PsyncReply::NotSupported,
        })
    }

    /// The line with its end.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            PsyncReply::KeepAlive => b"\n".to_vec(),
            PsyncReply::FullResync { id, offset } => format!("+FULLRESYNC {id} {offset}\r\n").into_bytes(),
            PsyncReply::Continue { id: Some(id) } => format!("+CONTINUE {id}\r\n").into_bytes(),
            PsyncReply::Continue { id: None } => b"+CONTINUE\r\n".to_vec(),
            PsyncReply::TryLater => b"-NOMASTERLINK Can't SYNC while not connected with my master\r\n".to_vec(),
            PsyncReply::NotSupported => b"-ERR unknown command\r\n".to_vec(),
        }
    }
}

fn full_resync(line: &[u8]) -> Option<PsyncReply> {
    let mut words = line.splitn(3, |byte| *byte == b' ').skip(1);
    let (id, offset) = (ReplId::parse(words.next()?)?, unsigned(words.next()?)?);
    Some(PsyncReply::FullResync { id, offset })
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
        let parsed = match line {
            [] => Some(Preamble::KeepAlive),
            [b'-', ..] => Some(Preamble::Aborted),
            // What follows a whole mark is not looked at.
            [b'$', b'E', b'O', b'F', b':', mark @ ..] => mark.first_chunk().map(|mark| Preamble::Eof { mark: *mark }),
            [b'$', length @ ..] => unsigned(length).map(Preamble::Length),
            _ => None,
        };
        parsed.ok_or_else(|| HandshakeError::BadPreamble { line: shown(line) })
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "cfd66c765e9213df0f860926d3d1742f44e3c3e8";

    fn id() -> ReplId {
        ReplId::parse(ID.as_bytes()).unwrap()
    }

    #[test]
    fn answers_to_psync_are_told_apart_as_redis_does() {
        let parse = |line: String| PsyncReply::parse(line.as_bytes()).ok();
        let full = |offset| Some(PsyncReply::FullResync { id: id(), offset });
        let go_on = |id| Some(PsyncReply::Continue { id });
        assert_eq!(parse(String::new()), Some(PsyncReply::KeepAlive));
        assert_eq!(parse(format!("+FULLRESYNC {ID} 0")), full(0));
        assert_eq!(parse(format!("+FULLRESYNC {ID} {}", i64::MAX)), full(i64::MAX as u64));
        assert_eq!(parse(format!("+CONTINUE {ID}")), go_on(Some(id())));
        assert_eq!(parse("+CONTINUE".into()), go_on(None));
        assert_eq!(parse("+CONTINUE 123".into()), go_on(None));
        assert_eq!(parse(format!("+CONTINUE {ID} 7")), go_on(None));
        assert_eq!(parse("-NOMASTERLINK Can't SYNC".into()), Some(PsyncReply::TryLater));
        assert_eq!(parse("-LOADING Redis is loading".into()), Some(PsyncReply::TryLater));
        for other in ["-ERR unknown command", "-NOAUTH Authentication required.", "+OK", "$561", " "] {
            assert_eq!(parse(other.into()), Some(PsyncReply::NotSupported), "{other}");
        }
    }

    #[test]
    fn a_full_resync_that_is_not_whole_is_refused() {
        let lines = [
            "+FULLRESYNC".to_owned(),
            format!("+FULLRESYNC {ID}"),
            format!("+FULLRESYNC {ID} "),
            format!("+FULLRESYNC {ID} -1"),
            format!("+FULLRESYNC {ID} 1x"),
            format!("+FULLRESYNC {ID} 9223372036854775808"),
            format!("+FULLRESYNC  {ID} 1"),
            format!("+FULLRESYNC {} 1", &ID[1..]),
        ];
        for line in lines {
            assert_eq!(PsyncReply::parse(line.as_bytes()), Err(HandshakeError::BadFullResync { line }));
        }
    }

    #[test]
    fn the_line_before_a_snapshot_says_how_it_ends() {
        let mark: [u8; 40] = ID.as_bytes().try_into().unwrap();
        let cases = [
            ("".to_owned(), Some(Preamble::KeepAlive)),
            ("$561".to_owned(), Some(Preamble::Length(561))),
            ("$0".to_owned(), Some(Preamble::Length(0))),
            (format!("$EOF:{ID}"), Some(Preamble::Eof { mark })),
            (format!("$EOF:{ID}more"), Some(Preamble::Eof { mark })),
            ("-ERR no".to_owned(), Some(Preamble::Aborted)),
            (format!("$EOF:{}", &ID[1..]), None),
            ("$".to_owned(), None),
            ("$-1".to_owned(), None),
            ("$12x".to_owned(), None),
            ("561".to_owned(), None),
        ];
        for (line, expected) in cases {
            let error = HandshakeError::BadPreamble { line: line.clone() };
            assert_eq!(Preamble::parse(line.as_bytes()), expected.ok_or(error), "{line}");
        }
    }

    #[test]
    fn what_is_encoded_is_parsed_back() {
        use PsyncReply::*;
        let ids = [None, Some(id()), Some(ReplId::ZERO)].map(|id| Continue { id });
        let replies = [KeepAlive, FullResync { id: id(), offset: 7 }, TryLater, NotSupported];
        for reply in ids.into_iter().chain(replies) {
            assert_eq!(PsyncReply::parse(reply.encode().trim_ascii_end()), Ok(reply));
        }
        let mark = ID.as_bytes().try_into().unwrap();
        for line in [Preamble::KeepAlive, Preamble::Length(561), Preamble::Eof { mark }, Preamble::Aborted] {
            assert_eq!(Preamble::parse(line.encode().trim_ascii_end()), Ok(line));
        }
    }

    proptest! {
        #[test]
        fn any_line_has_a_meaning_or_an_error(
            head in prop_oneof!["", "\\+FULLRESYNC ", "\\+CONTINUE ", "-LOADING", "\\$", "\\$EOF:"],
            rest in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let line = [head.as_bytes(), &rest].concat();
            for shown in [PsyncReply::parse(&line).err(), Preamble::parse(&line).err()].into_iter().flatten() {
                prop_assert!(shown.to_string().is_ascii());
            }
        }
    }
}
