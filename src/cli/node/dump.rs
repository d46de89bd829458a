//! The RDB file of a node: `dbfilename` in `dir`.
//!
//! Rule: the file is always whole, an old one or a new one: it is written under another name, synced, then renamed.
//! Mirrors `rdbLoad` and `rdbSave` (rdb.c).

use crate::node::Config;
use crate::wire::{Bytes, rdb::RdbError};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

/// A larger file is refused instead of held in memory: 1 GiB.
const FILE_MAX: u64 = 1 << 30;

/// The place of the file, as the settings have it now.
pub struct Dump {
    path: PathBuf,
    unfinished: PathBuf,
}

impl Dump {
    pub fn of(config: &Config) -> Dump {
        let setting =
            |name: &str| config.get(&[name.as_bytes()]).into_iter().map(|(_, value)| value).collect::<String>();
        let dir = PathBuf::from(setting("dir"));
        let unfinished = dir.join(format!("temp-{}.rdb", std::process::id()));
        Dump { path: dir.join(setting("dbfilename")), unfinished }
    }

    /// The bytes of the file, or `None` if there is none.
    pub fn read(&self) -> Result<Option<Bytes>, DumpError> {
        let found = match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found,
        };
        let bytes = found.and_then(|file| match file.len() {
            len if len > FILE_MAX => Err(io::Error::other(format!("it has {len} bytes; at most {FILE_MAX} are read"))),
            _ => fs::read(&self.path),
        });
        let unreadable = |error: io::Error| DumpError { path: self.path.clone(), why: error.to_string() };
        bytes.map(|bytes| Some(bytes.into())).map_err(unreadable)
    }

    /// The error for a file that is there and is not an RDB file that can be loaded.
    pub fn unreadable(&self, error: RdbError) -> DumpError {
        DumpError { path: self.path.clone(), why: error.to_string() }
    }

    /// Puts these bytes in the place of the file.
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create(&self.unfinished)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        written.and_then(|()| fs::rename(&self.unfinished, &self.path)).inspect_err(|_| {
            // The first error is the one to report.
            let _ = fs::remove_file(&self.unfinished);
        })
    }

    /// Removes the file, if there is one.
    pub fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

/// The file cannot be loaded; like Redis, the node then does not start, lest it overwrite the data.
#[derive(Debug)]
pub struct DumpError {
    path: PathBuf,
    why: String,
}

impl std::fmt::Display for DumpError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot load {}: {}", self.path.display(), self.why)
    }
}
