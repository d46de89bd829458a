//! What can go wrong in a task.
//!
//! Rule: an error says what was wrong and what to do about it; a failed program is named with the
//! whole command line, so that it can be run again by hand.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug)]
pub enum Error {
    /// The command line of `cargo xtask` itself; says what is accepted.
    Usage(String),
    /// A program could not be started.
    NotStarted { line: String, why: io::Error },
    /// A program ran and said no.
    Failed { line: String, status: ExitStatus },
    /// Something the task needs is not on this machine and cannot be installed from here.
    Missing { what: String, remedy: String },
    /// A file could not be read, or a folder not entered.
    File { path: PathBuf, why: io::Error },
    /// The task ran, and what it looked at is not as it must be.
    Refused(String),
}

impl Error {
    pub fn file(path: &Path, why: io::Error) -> Error {
        Error::File { path: path.to_owned(), why }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Usage(what) => write!(f, "{what}; `cargo xtask help` lists what there is"),
            Error::NotStarted { line, why } => write!(f, "cannot start `{line}`: {why}"),
            Error::Failed { line, status } => write!(f, "`{line}` failed: {status}"),
            Error::Missing { what, remedy } => write!(f, "missing: {what}. {remedy}"),
            Error::File { path, why } => write!(f, "{}: {why}", path.display()),
            Error::Refused(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Error {}
