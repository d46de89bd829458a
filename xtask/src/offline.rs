//! What keeps the page on the reader's device: the service worker, and the script that asks for it.
//!
//! Rule: the worker is told of every file with its hash, once all of them are as they are published; it is the last file
//! written, as it should be the last one that is put on a host.

use crate::error::{Error, Result};
use crate::node;
use crate::policy::hash;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const SCRIPT: &str = include_str!("offline.js");
const WORKER: &str = include_str!("../../static/service-worker.js");

/// Its name is its address for ever: a browser asks there for newer versions.
const WORKER_NAME: &str = "service-worker.js";

/// Writes the script beside the page; its name.
pub fn script(out: &Path) -> Result<String> {
    let name = format!("offline-{:016x}.js", hash(SCRIPT.as_bytes()));
    write(&out.join(&name), SCRIPT)?;
    Ok(name)
}

/// Writes the worker for the files in `out`, but for those files and folders that are there for something else than the page.
pub fn worker(out: &Path, left_out: &[&str]) -> Result<()> {
    let mut files = BTreeSet::new();
    list(out, &mut files)?;
    let left_out: Vec<PathBuf> = left_out.iter().chain([&WORKER_NAME]).map(|name| out.join(name)).collect();
    files.retain(|file| !left_out.iter().any(|left| file.starts_with(left)));
    let names = files.iter().map(|file| file.strip_prefix(out).unwrap_or(file).display().to_string());
    let kept: Vec<(String, String)> = names.zip(node::digests(&files)?).collect();
    write(&out.join(WORKER_NAME), &filled_in(WORKER, &kept))
}

/// The worker with its version and its files; the version is a hash of all of it.
fn filled_in(worker: &str, files: &[(String, String)]) -> String {
    let rows: String = files.iter().map(|(name, digest)| format!("  [\"{name}\", \"{digest}\"],\n")).collect();
    let worker = worker.replace("[[\"index.html\", \"INTEGRITY\"]]", &format!("[\n{rows}]"));
    let version = format!("\"{:016x}\"", hash(worker.as_bytes()));
    worker.replace("\"VERSION\"", &version)
}

/// All files in a folder and the folders in it.
pub fn list(folder: &Path, paths: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(|e| Error::file(folder, e))? {
        let path = entry.map_err(|e| Error::file(folder, e))?.path();
        if path.is_dir() {
            list(&path, paths)?;
        } else {
            paths.insert(path);
        }
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).map_err(|e| Error::file(file, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_has_a_version_of_its_own_for_each_set_of_files() {
        let of = |digest: &str| filled_in(WORKER, &[("index.html".into(), digest.into())]);
        let (one, other) = (of("sha256-a="), of("sha256-b="));
        assert!(one.contains("[\n  [\"index.html\", \"sha256-a=\"],\n]"), "{one}");
        assert!(!one.contains("INTEGRITY") && !one.contains("\"VERSION\""), "{one}");
        let version = |worker: &str| worker.split("const VERSION = ").nth(1).map(|rest| rest[..18].to_owned());
        assert_ne!(version(&one), version(&other));
        assert_eq!(version(&one), version(&of("sha256-a=")));
    }
}
