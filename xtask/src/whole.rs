//! The whole program, beside the small one that the page starts with.
//!
//! Rule: the same crate with the feature `complete`, made by the same steps as Trunk's; its name carries a hash of it.

use crate::command::{output, run};
use crate::error::{Error, Result};
use crate::policy::hash;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds it into the page's folder with the tools under `path`, and returns its name: that of its two files without
/// `.js` and `_bg.wasm`. `for_size` sets what the compiler is to do for size.
pub fn build(path: &OsStr, out: &Path, for_size: fn(&mut Command) -> &mut Command) -> Result<String> {
    let mut cargo = Command::new("cargo");
    run(for_size(cargo.args(["build", "--profile", "page", "--target", "wasm32-unknown-unknown", "--bin", "page"])))?;
    let folder = target()?.join("whole");
    let compiled = target()?.join("wasm32-unknown-unknown/page/page.wasm");
    let mut bindgen = Command::new("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", "whole", "--out-dir"]).arg(&folder).arg(compiled);
    run(bindgen.env("PATH", path))?;
    let (wasm, script) = (folder.join("whole_bg.wasm"), folder.join("whole.js"));
    run(Command::new("wasm-opt")
        .args(["-Oz", "--converge", "--low-memory-unused"])
        .arg(&wasm)
        .arg("-o")
        .arg(&wasm)
        .env("PATH", path))?;
    let bytes = std::fs::read(&wasm).map_err(|e| Error::file(&wasm, e))?;
    let name = format!("whole-{:016x}", hash(&bytes));
    for (from, to) in [(&wasm, format!("{name}_bg.wasm")), (&script, format!("{name}.js"))] {
        let to = out.join(to);
        std::fs::copy(from, &to).map_err(|e| Error::file(&to, e))?;
    }
    Ok(name)
}

/// Where cargo puts what it builds.
fn target() -> Result<PathBuf> {
    let metadata = output(Command::new("cargo").args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let (_, rest) = metadata
        .split_once("\"target_directory\":\"")
        .ok_or_else(|| Error::Refused("cargo metadata names no target directory".into()))?;
    Ok(PathBuf::from(rest.split('"').next().unwrap_or_default()))
}
