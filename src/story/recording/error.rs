//! Why a recording cannot be opened, or only up to a fault.

use super::json::JsonError;
use std::fmt;

/// The largest file that is opened, bytes.
pub const FILE_MAX: u64 = 100 << 20;
/// The longest line, bytes.
pub(super) const LINE_MAX: usize = 8 << 20;
/// The most connections.
pub(super) const CONNECTIONS_MAX: usize = 10_000;
/// The most servers; more have no room in a picture.
pub(super) const SERVERS_MAX: usize = 50;

/// What is wrong, and where: line and column count from 1, the column in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingError {
    pub line: u64,
    pub column: u64,
    pub kind: RecordingErrorKind,
}

/// The kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingErrorKind {
    /// The line cannot be read as a record.
    Line(&'static str),
    TooLongLine,
    /// The last line has no end: the file was cut off, or is still being written.
    CutLine,
    TooLarge,
    TooManyConnections,
    TooManyServers,
    /// There are only so many bytes before this position.
    Gap {
        expected: u64,
        found: u64,
    },
    /// The connection was not opened, or was closed.
    NotOpen,
    /// The connection is open already.
    OpenAlready,
    /// Nothing in it is a record of a connection.
    Empty,
}

impl RecordingError {
    pub(super) fn new(line: u64, kind: RecordingErrorKind) -> RecordingError {
        RecordingError { line, column: 1, kind }
    }

    pub(super) fn json(line: u64, error: JsonError) -> RecordingError {
        RecordingError { line, column: error.column, kind: RecordingErrorKind::Line(error.what) }
    }

    /// Is there nothing to show, whatever came before?
    pub fn refuses_all(&self) -> bool {
        matches!(self.kind, RecordingErrorKind::TooLarge | RecordingErrorKind::Empty)
    }
}

impl fmt::Display for RecordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use RecordingErrorKind::*;
        if !self.refuses_all() {
            write!(f, "line {}, column {}: ", self.line, self.column)?;
        }
        match self.kind {
            Line(what) => f.write_str(what),
            TooLongLine => write!(f, "a line has at most {LINE_MAX} bytes"),
            CutLine => f.write_str("the file ends inside a line"),
            TooLarge => write!(f, "the file is larger than {FILE_MAX} bytes, the most that is opened"),
            TooManyConnections => write!(f, "there are more than {CONNECTIONS_MAX} connections"),
            TooManyServers => write!(f, "there are more than {SERVERS_MAX} servers"),
            Gap { expected, found } => {
                write!(f, "bytes are missing or doubled: \"at\" must be {expected} here, it is {found}")
            }
            NotOpen => f.write_str("this connection is not open"),
            OpenAlready => f.write_str("this connection is open already"),
            Empty => f.write_str("there is no connection in this file: it is no recording, or an empty one"),
        }
    }
}

impl std::error::Error for RecordingError {}
