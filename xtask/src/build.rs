//! The page to publish.
//!
//! Rule: what comes out is complete, relative and within its budget, or the task fails. The steps:
//! Trunk compiles with the profile `page`, shrinks the wasm and writes the files under names that
//! carry a hash; the whole program is put beside it; the start script becomes a file; the first picture is rendered into the
//! page; addresses are checked; everything is put into one file too; the service worker is told of every file; then they are
//! compressed and weighed.
//!
//! The standard library is compiled along, for size and with panics that abort without a text: that
//! saves 24 KB of brotli, a tenth of the page. Both are unstable switches of the compiler that
//! `rust-toolchain.toml` pins, so they are allowed by name, here and nowhere else. A page that
//! `trunk build` makes by itself is the same page, only heavier.

use crate::addresses;
use crate::command::run;
use crate::error::{Error, Result};
use crate::node;
use crate::offline;
use crate::policy;
use crate::single;
use crate::tools;
use crate::weight;
use crate::whole;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the page is built unless told otherwise, and where the browser's tests find it.
pub fn dist() -> Result<PathBuf> {
    let dist = Path::new("dist");
    std::path::absolute(dist).map_err(|e| Error::file(dist, e))
}

/// Builds the page into the folder `out`, replacing the page that is there.
pub fn build(out: &Path) -> Result<()> {
    eprintln!("build: the page to publish, into {} (about 3 minutes the first time)", out.display());
    refuse_foreign(out)?;
    node::require()?;
    tools::ensure_wasm_target()?;
    tools::ensure_rust_src()?;
    let path = tools::ensure(&[tools::trunk(), tools::wasm_bindgen()?, tools::wasm_opt()])?;

    let mut trunk = tools::trunk_command(&path, "build");
    run(for_size(trunk.args(["--release", "--no-default-features", "--features", "web", "--dist"]).arg(out)))?;
    let whole = whole::build(&path, out, for_size)?;
    let pictures = prerender(out)?;
    squeeze(&out.join("embed.js"))?;
    policy::apply(out, &policy::Names { whole: &whole, pictures: &pictures, offline: &offline::script(out)? })?;
    addresses::check(out)?;
    single::write(out, &whole)?;
    offline::worker(out, &[single::NAME, "pictures", "embed.js"])?;
    weight::report(out)
}

/// Lets the cargo that `command` starts compile the standard library for size.
fn for_size(command: &mut Command) -> &mut Command {
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Zunstable-options -Cpanic=immediate-abort")
        .env("CARGO_UNSTABLE_BUILD_STD", "std")
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
}

/// Fills the page's root with the first lesson's opening picture, so that something is there to read before the wasm
/// is, and puts the lessons' small pictures beside it; returns the name of their file.
fn prerender(out: &Path) -> Result<String> {
    let pictures = out.join("pictures.txt");
    let mut replscope = Command::new("cargo");
    replscope.args(["run", "--release", "--bin", "replscope", "--", "prerender", "--index"]);
    replscope.arg(out.join("index.html")).arg("--pictures").arg(&pictures);
    run(replscope.arg("--stills").arg(out.join("pictures")))?;
    let bytes = std::fs::read(&pictures).map_err(|e| Error::file(&pictures, e))?;
    let name = format!("pictures-{:016x}.txt", policy::hash(&bytes));
    std::fs::rename(&pictures, out.join(&name)).map_err(|e| Error::file(&pictures, e))?;
    Ok(name)
}

/// Takes out of a script what is only for those who read it: comments on lines of their own, indentation, and the ends of
/// lines where something follows anyway. No text of `embed.js` goes over several lines but a style sheet, where that
/// changes nothing.
fn squeeze(script: &Path) -> Result<()> {
    let text = std::fs::read_to_string(script).map_err(|e| Error::file(script, e))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let kept = lines.filter(|line| !line.starts_with("//") && !line.starts_with("/**"));
    let small: String = kept.flat_map(|line| [line, if line.ends_with(['{', ';', ',']) { "" } else { "\n" }]).collect();
    std::fs::write(script, small).map_err(|e| Error::file(script, e))
}

/// Trunk deletes what is in the folder it builds into, so that must be a page or nothing.
fn refuse_foreign(out: &Path) -> Result<()> {
    let entries = match std::fs::read_dir(out) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(|e| Error::file(out, e))?,
    };
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    let ours = |name: &OsStr| {
        // `.stage` is what an interrupted build leaves.
        name == ".stage" || name.to_string_lossy().ends_with("_bg.wasm")
    };
    if names.is_empty() || names.iter().any(|name| ours(name)) {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "{} has files in it and no earlier page; building there would delete them",
        out.display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_is_replaced() {
        let folder = std::env::temp_dir().join(format!("replscope-out-{}", std::process::id()));
        let refused = || refuse_foreign(&folder).is_err();
        assert!(!refused(), "a folder that is not there");
        std::fs::create_dir_all(&folder).unwrap();
        assert!(!refused(), "an empty folder");
        std::fs::write(folder.join("thesis.txt"), "").unwrap();
        assert!(refused(), "somebody's folder");
        std::fs::write(folder.join("page-0123456789abcdef_bg.wasm"), "").unwrap();
        assert!(!refused(), "an earlier page");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
