//! What redis-server is started with, for `replscope node`: a redis.conf, and `--name value` for any setting.
//!
//! Rule: the file is read line by line, the first word is a setting's name, the rest its value; a later line wins.
//! What cannot be done is an error that names the line. Mirrors `loadServerConfigFromString` and `loadServerConfig`
//! (config.c).

use crate::node::{Config, ConfigError};
use crate::wire::split_words;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Files that include each other: no deeper than this.
const INCLUDES_MAX: usize = 16;

/// Options of the command line that are its own; every other `--name` is a setting.
const OWN: [&str; 9] = ["--port", "--bind", "--replicaof", "--dir", "--set", "--seed", "--help", "--version", "--"];

/// What a file says that is not a setting of the node itself.
#[derive(Debug, Default)]
pub struct Start {
    pub bind: Option<String>,
    pub dir: Option<PathBuf>,
    pub logfile: Option<PathBuf>,
}

/// Why a file was not taken.
#[derive(Debug)]
pub enum FileError {
    Unreadable { path: PathBuf, error: std::io::Error },
    Line { path: PathBuf, number: usize, line: String, why: String },
}

impl std::fmt::Display for FileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FileError::Unreadable { path, error } => {
                write!(f, "Fatal error, can't open config file '{}': {error}", path.display())
            }
            FileError::Line { path, number, line, why } => {
                write!(f, "{}: at line {number}: >>> '{line}': {why}", path.display())
            }
        }
    }
}

/// Reads a file into `config`.
pub fn read(path: &Path, config: &mut Config) -> Result<Start, FileError> {
    let mut start = Start::default();
    read_deeper(path, config, &mut start, INCLUDES_MAX)?;
    Ok(start)
}

fn read_deeper(path: &Path, config: &mut Config, start: &mut Start, depth: usize) -> Result<(), FileError> {
    let text = fs::read_to_string(path);
    let text = text.map_err(|error| FileError::Unreadable { path: path.into(), error })?;
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let refused =
            |why: &str| FileError::Line { path: path.into(), number: n + 1, line: line.into(), why: why.into() };
        let words =
            split_words(line.as_bytes(), 0).ok_or_else(|| refused("Unbalanced quotes in configuration line"))?;
        let words: Vec<String> = words.iter().map(|word| String::from_utf8_lossy(&word.bytes).into_owned()).collect();
        match words.as_slice() {
            [] => {}
            [name, file] if name.eq_ignore_ascii_case("include") => {
                let depth = depth.checked_sub(1).ok_or_else(|| refused("too many files include each other"))?;
                read_deeper(Path::new(file), config, start, depth)?;
            }
            [name, value @ ..] => take(name, value, config, start).map_err(|why| refused(&why))?,
        }
    }
    Ok(())
}

fn take(name: &str, value: &[String], config: &mut Config, start: &mut Start) -> Result<(), String> {
    let joined = value.join(" ");
    match name.to_ascii_lowercase().as_str() {
        "dir" => start.dir = Some(joined.clone().into()),
        "logfile" if !joined.is_empty() => start.logfile = Some(joined.clone().into()),
        "bind" => start.bind = value.iter().find(|addr| !addr.starts_with('-')).cloned(),
        "user" => {
            let (user, rules) = value.split_first().ok_or("a user needs a name")?;
            return config.add_user(user, rules);
        }
        _ => {}
    }
    config.set(name, &joined).map_err(|error| match error {
        ConfigError::Unknown { .. } => "Bad directive or wrong number of arguments".into(),
        ConfigError::Refused { why, .. } => why,
    })
}

/// `--name value …` for settings becomes `--set name "value …"`, which the rest of the command line understands.
pub fn translate(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut args = args.peekable();
    let mut translated = vec![];
    while let Some(arg) = args.next() {
        let setting = arg.to_str().filter(|name| !OWN.contains(name)).and_then(|name| name.strip_prefix("--"));
        let Some(name) = setting.filter(|name| Config::has(name)) else {
            translated.push(arg);
            continue;
        };
        let mut value: Vec<String> = vec![];
        while let Some(word) = args.next_if(|word| !word.to_string_lossy().starts_with("--")) {
            value.push(word.to_string_lossy().into_owned());
        }
        translated.extend(["--set".into(), name.into(), value.join(" ").into()]);
    }
    translated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_redis_server_are_settings() {
        let args = ["replscope", "node", "redis.conf", "--save", "900 1", "300", "10", "--port", "0", "--nosuch", "x"];
        let args = translate(args.into_iter().map(OsString::from));
        assert_eq!(
            args,
            ["replscope", "node", "redis.conf", "--set", "save", "900 1 300 10", "--port", "0", "--nosuch", "x"]
        );
    }
}
