//! The tools that make a page of the crate: the wasm target, trunk, wasm-bindgen and wasm-opt.
//!
//! Rule: exact versions. A tool on PATH is used as it is if it has the version wanted; otherwise it
//! is installed, once, into a cache outside the checkout, in a folder named tool-version, so that a
//! second clone finds it. wasm-bindgen's version is the one in Cargo.lock: the two must be equal.

use crate::command::{output, run};
use crate::error::{Error, Result};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// A program of an exact version.
#[derive(Debug)]
pub struct Tool {
    /// The name of the program.
    program: &'static str,
    /// The name of the package that brings it.
    package: &'static str,
    version: String,
    /// The word by which `program --version` shows that version.
    shown: String,
    source: Source,
    /// How long installing takes on two cores.
    takes: &'static str,
}

#[derive(Debug)]
enum Source {
    /// Built without optimization, which takes a third of the time; a page's build waits for rustc, not for these.
    Crate {
        locked: bool,
    },
    Npm,
}

/// Assembles the page.
pub fn trunk() -> Tool {
    Tool {
        program: "trunk",
        package: "trunk",
        version: "0.21.14".into(),
        shown: "0.21.14".into(),
        source: Source::Crate { locked: true },
        takes: "3 minutes",
    }
}

/// Writes the JavaScript between the page and the wasm.
pub fn wasm_bindgen() -> Result<Tool> {
    let path = Path::new("Cargo.lock");
    let lock = std::fs::read_to_string(path).map_err(|e| Error::file(path, e))?;
    let version = locked_version(&lock, "wasm-bindgen").ok_or_else(|| {
        Error::Refused("Cargo.lock has no package wasm-bindgen, or more than one".into())
    })?;
    Ok(Tool {
        program: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        version: version.into(),
        shown: version.into(),
        // Its own lock file names versions that no longer build.
        source: Source::Crate { locked: false },
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
        takes: "a few seconds",
    }
}

/// Adds the wasm target to the toolchain in use, if it is not there.
pub fn ensure_wasm_target() -> Result<()> {
    let libdir =
        output(Command::new("rustc").args(["--print=target-libdir", "--target", WASM_TARGET]))?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(());
    }
    if find_on_path("rustup", &search_path()).is_none() {
        return Err(Error::Missing {
            what: format!("the Rust target {WASM_TARGET}"),
            remedy: "Install it with rustup (https://rustup.rs) or as your distribution does"
                .into(),
        });
    }
    eprintln!("Adding the Rust target {WASM_TARGET}, once (a few seconds)");
    run(Command::new("rustup").args(["target", "add", WASM_TARGET]))
}

/// Makes sure that `tools` are there, and returns the PATH under which their exact versions are found first.
pub fn ensure(tools: &[Tool]) -> Result<OsString> {
    let cache = cache_folder(|name| std::env::var_os(name))?;
    let mut path = search_path();
    for tool in tools {
        let folder = tool.folder(&cache);
        if !tool.is(find_on_path(tool.program, &path)) {
            if !tool.is(Some(folder.join(tool.program))) {
                tool.install(&cache)?;
            }
            path = prepend(&folder, &path)?;
        }
    }
    Ok(path)
}

impl Tool {
    fn home(&self, cache: &Path) -> PathBuf {
        cache.join(format!("{}-{}", self.package, self.version))
    }

    /// Where in the cache the program is.
    fn folder(&self, cache: &Path) -> PathBuf {
        let home = self.home(cache);
        match self.source {
            Source::Crate { .. } => home.join("bin"),
            Source::Npm => home.join("node_modules").join(".bin"),
        }
    }

    /// Whether `program` runs and has the version wanted.
    fn is(&self, program: Option<PathBuf>) -> bool {
        let version = program.and_then(|p| Command::new(p).arg("--version").output().ok());
        version.is_some_and(|v| shows_version(&String::from_utf8_lossy(&v.stdout), &self.shown))
    }

    fn install(&self, cache: &Path) -> Result<()> {
        let home = self.home(cache);
        let Tool {
            package,
            version,
            takes,
            ..
        } = self;
        eprintln!(
            "Installing {package} {version} into {}, once (about {takes} on two cores)",
            home.display()
        );
        match self.source {
            Source::Crate { locked } => {
                let mut cargo = Command::new("cargo");
                cargo.args([
                    "install",
                    "--debug",
                    "--quiet",
                    "--version",
                    version,
                    "--root",
                ]);
                cargo.arg(&home).arg(package);
                if locked {
                    cargo.arg("--locked");
                }
                // In a folder of its own: a target directory shared with the project would keep the leftovers.
                cargo
                    .env_remove("CARGO_TARGET_DIR")
                    .env("CARGO_PROFILE_DEV_DEBUG", "false");
                run(&mut cargo)?;
            }
            Source::Npm => {
                if find_on_path("npm", &search_path()).is_none() {
                    return Err(Error::Missing {
                        what: format!("npm, which brings {} {}", self.program, self.shown),
                        remedy:
                            "Install Node.js (https://nodejs.org), or that version of the program"
                                .into(),
                    });
                }
                std::fs::create_dir_all(&home).map_err(|e| Error::file(&home, e))?;
                let mut npm = Command::new("npm");
                npm.args([
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                    "--prefix",
                ]);
                npm.arg(&home).arg(format!("{package}@{version}"));
                run(&mut npm)?;
            }
        }
        if self.is(Some(self.folder(cache).join(self.program))) {
            return Ok(());
        }
        Err(Error::Refused(format!(
            "{package} {version} was installed into {}, but its `{} --version` does not say {}",
            home.display(),
            self.program,
            self.shown
        )))
    }
}

/// The cache for tools: `$REPLSCOPE_TOOLS`, else `$XDG_CACHE_HOME/replscope`, else `~/.cache/replscope`.
/// As the XDG rules have it, an empty variable counts as none, and so does a relative one.
fn cache_folder(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
    let folder = |name| {
        variable(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    folder("REPLSCOPE_TOOLS")
        .or_else(|| Some(folder("XDG_CACHE_HOME")?.join("replscope")))
        .or_else(|| Some(folder("HOME")?.join(".cache/replscope")))
        .ok_or_else(|| Error::Missing {
            what: "a folder for tools: none of REPLSCOPE_TOOLS, XDG_CACHE_HOME and HOME is an absolute path".into(),
            remedy: "Set REPLSCOPE_TOOLS".into(),
        })
}

/// The version of `package` in the text of a Cargo.lock; none if it is not there or there are several.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let value = |line: &'a str, key: &str| {
        line.strip_prefix(key)?
            .strip_prefix(" = \"")?
            .strip_suffix('"')
    };
    let mut versions = lock.split("[[package]]").filter_map(|entry| {
        let name = entry.lines().find_map(|line| value(line, "name"))?;
        let version = entry.lines().find_map(|line| value(line, "version"))?;
        (name == package).then_some(version)
    });
    versions.next().filter(|_| versions.next().is_none())
}

/// Whether the output of `--version` has `version` as one of its words.
fn shows_version(output: &str, version: &str) -> bool {
    output.split_whitespace().any(|word| word == version)
}

pub fn search_path() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// The file that `program` names under `path`, a list as in the variable PATH.
pub fn find_on_path(program: &str, path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn prepend(folder: &Path, path: &OsStr) -> Result<OsString> {
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(path));
    std::env::join_paths(folders)
        .map_err(|e| Error::Refused(format!("{} cannot be on PATH: {e}", folder.display())))
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

    #[test]
    fn the_cache_is_the_first_absolute_of_three() {
        let cache = |variables: &[(&str, &str)]| {
            cache_folder(|name| {
                let found = variables.iter().find(|(key, _)| *key == name)?;
                Some(found.1.into())
            })
            .ok()
        };
        let home = ("HOME", "/home/ada");
        let xdg = ("XDG_CACHE_HOME", "/var/ada");
        let own = ("REPLSCOPE_TOOLS", "/opt/tools");
        assert_eq!(cache(&[own, xdg, home]), Some("/opt/tools".into()));
        assert_eq!(cache(&[xdg, home]), Some("/var/ada/replscope".into()));
        assert_eq!(cache(&[home]), Some("/home/ada/.cache/replscope".into()));
        let unset = [("REPLSCOPE_TOOLS", ""), ("XDG_CACHE_HOME", "cache"), home];
        assert_eq!(cache(&unset), Some("/home/ada/.cache/replscope".into()));
        assert_eq!(cache(&[]), None);
    }

    #[test]
    fn a_version_is_a_whole_word() {
        assert!(shows_version("trunk 0.21.14\n", "0.21.14"));
        assert!(shows_version("wasm-opt version 132 (version_132)", "132"));
        assert!(!shows_version("trunk 0.21.140", "0.21.14"));
        assert!(!shows_version("wasm-opt version 108", "132"));
        assert!(!shows_version("", "132"));
    }

    #[test]
    fn a_tool_has_its_own_folder_for_each_version() {
        let folder = trunk().folder(Path::new("/c"));
        assert_eq!(folder, Path::new("/c/trunk-0.21.14/bin"));
        let folder = wasm_opt().folder(Path::new("/c"));
        assert_eq!(folder, Path::new("/c/binaryen-132.0.0/node_modules/.bin"));
    }

    #[test]
    fn a_tool_of_another_version_is_not_the_tool() {
        let echo = find_on_path("echo", &search_path());
        assert!(echo.is_some());
        assert!(!trunk().is(echo));
        assert!(!trunk().is(Some("/no/such/trunk".into())));
        assert!(!trunk().is(None));
    }
}
