//! The tools that make a page of the crate and look at it: the wasm target, trunk, wasm-bindgen, wasm-opt, geckodriver.
//!
//! Rule: exact versions. A tool on PATH is used as it is if it has the version wanted; otherwise the
//! one in the cache is, see [`crate::tool`]. wasm-bindgen's version is the one in Cargo.lock: the
//! program and the crate must be equal.

use crate::command::{output, run};
use crate::error::{Error, Result};
use crate::path;
use crate::tool::{Source, Tool, cache_folder};
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Assembles the page.
pub fn trunk() -> Tool {
    Tool {
        program: "trunk",
        package: "trunk",
        version: "0.21.14".into(),
        shown: "0.21.14".into(),
        source: Source::Crate { locked: true, features: true },
        takes: "3 minutes",
    }
}

/// Writes the JavaScript between the page and the wasm.
pub fn wasm_bindgen() -> Result<Tool> {
    let path = Path::new("Cargo.lock");
    let lock = std::fs::read_to_string(path).map_err(|e| Error::file(path, e))?;
    let version = locked_version(&lock, "wasm-bindgen")
        .ok_or_else(|| Error::Refused("Cargo.lock has no package wasm-bindgen, or more than one".into()))?;
    Ok(Tool {
        program: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        version: version.into(),
        shown: version.into(),
        // With the versions of its own lock file it does not build.
        source: Source::Crate { locked: false, features: true },
        takes: "1 minute",
    })
}

/// Shrinks the wasm. npm's package, because distributions ship one too old for what rustc emits.
pub fn wasm_opt() -> Tool {
    Tool {
        program: "wasm-opt",
        package: "binaryen",
        version: "132.0.0".into(),
        shown: "132".into(),
        source: Source::Npm,
        takes: "10 seconds",
    }
}

/// Makes a book of Markdown, for the examples in `docs/embedding`.
pub fn mdbook() -> Tool {
    Tool {
        program: "mdbook",
        package: "mdbook",
        version: "0.5.4".into(),
        shown: "v0.5.4".into(),
        source: Source::Crate { locked: true, features: false },
        takes: "2 minutes",
    }
}

/// Passes WebDriver's commands on to Firefox. Debian has no package of it.
pub fn geckodriver() -> Tool {
    Tool {
        program: "geckodriver",
        package: "geckodriver",
        version: "0.37.1".into(),
        shown: "0.37.1".into(),
        source: Source::Crate { locked: true, features: true },
        takes: "2 minutes",
    }
}

/// Adds the wasm target to the toolchain in use, if it is not there.
pub fn ensure_wasm_target() -> Result<()> {
    let libdir = output(Command::new("rustc").args(["--print=target-libdir", "--target", WASM_TARGET]))?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(());
    }
    if !path::has("rustup") {
        return Err(Error::Missing {
            what: format!("the Rust target {WASM_TARGET}"),
            remedy: "Install it with rustup (https://rustup.rs) or as your distribution does".into(),
        });
    }
    eprintln!("Adding the Rust target {WASM_TARGET}, once (a few seconds)");
    run(Command::new("rustup").args(["target", "add", WASM_TARGET]))
}

/// Adds the source of the standard library to the toolchain in use, if it is not there.
pub fn ensure_rust_src() -> Result<()> {
    let sysroot = output(Command::new("rustc").arg("--print=sysroot"))?;
    if Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").is_file() {
        return Ok(());
    }
    if !path::has("rustup") {
        return Err(Error::Missing {
            what: "the source of the Rust standard library".into(),
            remedy: "Install the component rust-src with rustup (https://rustup.rs) or as your distribution does"
                .into(),
        });
    }
    eprintln!("Adding the Rust component rust-src, once (a few seconds)");
    run(Command::new("rustup").args(["component", "add", "rust-src"]))
}

/// Makes sure that `tools` are there, and returns the PATH under which their exact versions are found first.
pub fn ensure(tools: &[Tool]) -> Result<OsString> {
    let cache = cache_folder(|name| std::env::var_os(name))?;
    let mut path = path::current();
    for tool in tools {
        let folder = tool.folder(&cache);
        if !tool.is(path::find(tool.program, &path)) {
            if !tool.is(Some(folder.join(tool.program))) {
                tool.install(&cache)?;
            }
            path = path::prepend(&folder, &path)?;
        }
    }
    Ok(path)
}

/// `trunk TASK`, with the tools under `path` and nothing asked of the network about newer versions.
pub fn trunk_command(path: &OsStr, task: &str) -> Command {
    let mut trunk = Command::new("trunk");
    trunk.args([task, "--skip-version-check"]).env("PATH", path);
    // It takes only the words true and false for this one, and stops at the usual `NO_COLOR=1`.
    trunk.env_remove("NO_COLOR");
    // Its backtraces bury the compiler's message.
    trunk.env("RUST_BACKTRACE", "0");
    trunk
}

/// The version of `package` in the text of a Cargo.lock; none if it is not there or there are several.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let value = |line: &'a str, key: &str| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"');
    let mut versions = lock.split("[[package]]").filter_map(|entry| {
        let name = entry.lines().find_map(|line| value(line, "name"))?;
        let version = entry.lines().find_map(|line| value(line, "version"))?;
        (name == package).then_some(version)
    });
    versions.next().filter(|_| versions.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_very_package() {
        let lock = "version = 4\n\n\
            [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\ndependencies = [\n \"wasm-bindgen-macro\",\n]\n\n\
            [[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.131\"\n\n\
            [[package]]\nname = \"twice\"\nversion = \"1.0.0\"\n\n\
            [[package]]\nname = \"twice\"\nversion = \"2.0.0\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm-bindgen-macro"), Some("0.2.131"));
        assert_eq!(locked_version(lock, "wasm"), None);
        assert_eq!(locked_version(lock, "twice"), None);
        assert_eq!(locked_version("", "wasm-bindgen"), None);
    }
}
