//! The file: a record is one write of one line, so that whatever ends the program leaves whole lines behind.

use super::RecordError;
use crate::story::recording::FILE_MAX;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime};

/// A file that records are written to, by several threads.
pub struct Tape {
    path: PathBuf,
    began: Instant,
    state: Mutex<State>,
}

struct State {
    /// `None`: recording has ended.
    file: Option<File>,
    written: Written,
    /// Connections that are open, and the number of the last one.
    open: Vec<(String, u64)>,
    last: u64,
}

/// How much is in the file.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    pub records: u64,
    pub bytes: u64,
    /// Nothing that passed is missing.
    pub is_whole: bool,
}

impl Tape {
    pub fn create(path: &Path, force: bool, upstream: &str) -> Result<Tape, RecordError> {
        let mut options = OpenOptions::new();
        // It holds what the servers hold: only its owner may read it.
        options.write(true).mode(0o600);
        if force {
            options.create(true).truncate(true)
        } else {
            options.create_new(true)
        };
        let file = options.open(path).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => RecordError::Exists { file: path.into() },
            _ => RecordError::Create { file: path.into(), error },
        })?;
        let written = Written { records: 0, bytes: 0, is_whole: true };
        let state = State { file: Some(file), written, open: vec![], last: 0 };
        let tape = Tape { path: path.into(), began: Instant::now(), state: Mutex::new(state) };
        let unix = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        tape.write(|t, _| {
            format!(r#"{{"t":{t},"ev":"start","format":1,"unix":{:.6},"upstream":"{upstream}"}}"#, unix.as_secs_f64())
        });
        Ok(tape)
    }

    /// A connection stands; its number.
    pub fn open(&self, link: &str) -> u64 {
        let mut number = 0;
        self.write(|t, state| {
            state.last += 1;
            number = state.last;
            state.open.push((link.into(), number));
            format!(r#"{{"t":{t},"link":"{link}","conn":{number},"ev":"open"}}"#)
        });
        number
    }

    /// The master could not be reached.
    pub fn refused(&self, link: &str, error: &io::Error) {
        let note: String = error.to_string().chars().filter(|c| !c.is_control() && !"\"\\".contains(*c)).collect();
        self.write(|t, state| {
            state.last += 1;
            format!(r#"{{"t":{t},"link":"{link}","conn":{},"ev":"refused","note":"{note}"}}"#, state.last)
        });
    }

    /// Bytes are about to be passed on. Nothing is written of a connection that was closed.
    pub fn data(&self, link: &str, number: u64, from_replica: bool, at: u64, bytes: &[u8]) {
        let (direction, length, b64) = (if from_replica { "r2m" } else { "m2r" }, bytes.len(), STANDARD.encode(bytes));
        self.write(|t, state| match state.open.iter().any(|(_, open)| *open == number) {
            false => String::new(),
            true => format!(
                r#"{{"t":{t},"link":"{link}","conn":{number},"ev":"data","dir":"{direction}","at":{at},"len":{length},"b64":"{b64}"}}"#
            ),
        });
    }

    /// A side closed the connection; only the first time counts.
    pub fn close(&self, number: u64, by: &str) {
        self.write(|t, state| close(t, state, number, by));
    }

    /// Ends the recording: what is open is closed by the end of this program.
    pub fn end(&self) -> Written {
        let open: Vec<u64> = self.lock().open.iter().map(|(_, number)| *number).collect();
        open.into_iter().for_each(|number| self.close(number, "proxy"));
        let mut state = self.lock();
        if let Some(Err(error)) = state.file.take().map(|file| file.sync_all()) {
            self.complain(&error.to_string());
            state.written.is_whole = false;
        }
        state.written
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // A thread that panicked did not do so while a line was half made.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes one line, with the time of its writing, so that times never go back.
    fn write(&self, line: impl FnOnce(String, &mut State) -> String) {
        let mut state = self.lock();
        let mut line = line(format!("{:.6}", self.began.elapsed().as_secs_f64()), &mut state);
        if line.is_empty() {
            return;
        }
        line.push('\n');
        let before = state.written.bytes;
        let Some(file) = &mut state.file else { return };
        let written = if before + line.len() as u64 > FILE_MAX {
            Err(io::Error::other(format!("the most that can be opened again is {FILE_MAX} bytes")))
        } else {
            file.write_all(line.as_bytes())
        };
        match written {
            Ok(()) => {
                state.written.records += 1;
                state.written.bytes += line.len() as u64;
            }
            Err(error) => {
                // What was written of this line is taken back, if that is possible.
                let _ = file.set_len(before);
                self.complain(&error.to_string());
                state.file = None;
                state.written.is_whole = false;
            }
        }
    }

    fn complain(&self, why: &str) {
        eprintln!(
            "replscope: {} cannot be written: {why}; the recording ends here, bytes are still passed on",
            self.path.display()
        );
    }
}

fn close(t: String, state: &mut State, number: u64, by: &str) -> String {
    let Some(n) = state.open.iter().position(|(_, open)| *open == number) else { return String::new() };
    let (link, _) = state.open.remove(n);
    format!(r#"{{"t":{t},"link":"{link}","conn":{number},"ev":"close","by":"{by}"}}"#)
}
