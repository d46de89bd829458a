//! A program of an exact version, and the cache it is installed into.
//!
//! Rule: the cache is outside the checkout, a folder for each version, so that a second clone finds
//! what the first one built. Whether a program is the one wanted is what it says of itself: an
//! interrupted installation is simply done again.

use crate::command::run;
use crate::error::{Error, Result};
use crate::path;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Debug)]
pub struct Tool {
    /// The name of the program.
    pub program: &'static str,
    /// The name of the package that brings it.
    pub package: &'static str,
    pub version: String,
    /// The word by which `program --version` shows that version.
    pub shown: String,
    pub source: Source,
    /// How long installing takes on two cores.
    pub takes: &'static str,
}

/// Where a tool comes from.
#[derive(Debug)]
pub enum Source {
    /// crates.io, built on this machine; `locked`: with the versions its authors tested; `features`: with those that it has
    /// by default.
    Crate {
        locked: bool,
        features: bool,
    },
    Npm,
}

impl Tool {
    /// Where in the cache the program is.
    pub fn folder(&self, cache: &Path) -> PathBuf {
        let home = self.home(cache);
        match self.source {
            Source::Crate { .. } => home.join("bin"),
            Source::Npm => home.join("node_modules").join(".bin"),
        }
    }

    /// Whether `program` runs and has the version wanted.
    pub fn is(&self, program: Option<PathBuf>) -> bool {
        let version = program.and_then(|p| Command::new(p).arg("--version").output().ok());
        version.is_some_and(|v| shows_version(&String::from_utf8_lossy(&v.stdout), &self.shown))
    }

    /// Installs it into the cache, saying so.
    pub fn install(&self, cache: &Path) -> Result<()> {
        let home = self.home(cache);
        eprintln!(
            "Installing {} {} into {}, once (about {} on two cores)",
            self.package,
            self.version,
            home.display(),
            self.takes
        );
        match self.source {
            Source::Crate { locked, features } => self.cargo_install(&home, locked, features)?,
            Source::Npm => self.npm_install(&home)?,
        }
        if self.is(Some(self.folder(cache).join(self.program))) {
            return Ok(());
        }
        Err(Error::Refused(format!(
            "{} {} was installed into {}, but its `{} --version` does not say {}",
            self.package,
            self.version,
            home.display(),
            self.program,
            self.shown
        )))
    }

    fn home(&self, cache: &Path) -> PathBuf {
        cache.join(format!("{}-{}", self.package, self.version))
    }

    fn cargo_install(&self, home: &Path, locked: bool, features: bool) -> Result<()> {
        let mut cargo = Command::new("cargo");
        // Unoptimized: it is built sooner, and a build of the page waits for rustc, not for it.
        cargo.args(["install", "--debug", "--quiet"]);
        cargo.args(["--version", &self.version, "--root"]).arg(home);
        if locked {
            cargo.arg("--locked");
        }
        if !features {
            cargo.arg("--no-default-features");
        }
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "false");
        // A target directory shared with the project would keep what is left over.
        cargo.env_remove("CARGO_TARGET_DIR");
        run(cargo.arg(self.package))
    }

    fn npm_install(&self, home: &Path) -> Result<()> {
        if !path::has("npm") {
            return Err(Error::Missing {
                what: format!("npm, which brings {} {}", self.program, self.shown),
                remedy: "Install Node.js (https://nodejs.org), or that version of the program".into(),
            });
        }
        std::fs::create_dir_all(home).map_err(|e| Error::file(home, e))?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]);
        npm.arg("--prefix").arg(home);
        run(npm.arg(format!("{}@{}", self.package, self.version)))
    }
}

/// The cache for tools: `$REPLSCOPE_TOOLS`, else `$XDG_CACHE_HOME/replscope`, else `~/.cache/replscope`.
/// As the XDG rules have it, an empty variable counts as none, and so does a relative one.
pub fn cache_folder(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
    let folder = |name| variable(name).map(PathBuf::from).filter(|p| p.is_absolute());
    folder("REPLSCOPE_TOOLS")
        .or_else(|| Some(folder("XDG_CACHE_HOME")?.join("replscope")))
        .or_else(|| Some(folder("HOME")?.join(".cache/replscope")))
        .ok_or_else(|| Error::Missing {
            what: "a folder for tools: none of REPLSCOPE_TOOLS, XDG_CACHE_HOME and HOME is an absolute path".into(),
            remedy: "Set REPLSCOPE_TOOLS".into(),
        })
}

/// Whether the output of `--version` has `version` as one of its words.
fn shows_version(output: &str, version: &str) -> bool {
    output.split_whitespace().any(|word| word == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(source: Source) -> Tool {
        Tool {
            program: "crane",
            package: "crane-cli",
            version: "1.2.0".into(),
            shown: "1.2.0".into(),
            source,
            takes: "no time",
        }
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
        let folder = tool(Source::Crate { locked: true, features: true }).folder(Path::new("/c"));
        assert_eq!(folder, Path::new("/c/crane-cli-1.2.0/bin"));
        let folder = tool(Source::Npm).folder(Path::new("/c"));
        assert_eq!(folder, Path::new("/c/crane-cli-1.2.0/node_modules/.bin"));
    }

    #[test]
    fn a_program_of_another_version_is_not_the_tool() {
        let tool = tool(Source::Npm);
        let echo = path::find("echo", &path::current());
        assert!(echo.is_some());
        assert!(!tool.is(echo));
        assert!(!tool.is(Some("/no/such/crane".into())));
        assert!(!tool.is(None));
    }
}
