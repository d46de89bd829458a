//! Programs that the tests need and cargo cannot build: a real Redis, real browsers.
//!
//! Rule: what is missing is installed with apt, if this user may; otherwise the task fails and says
//! what to install. No test is left out because its program is not there.

use crate::command::run;
use crate::error::{Error, Result};
use crate::path;
use std::io::{IsTerminal, stdin};
use std::process::Command;

/// Programs, and the Debian packages that bring them.
pub struct System {
    programs: &'static [&'static str],
    packages: &'static [&'static str],
}

/// The oracle. The reference is 7.0.15, which Debian 12 ships.
pub const REDIS: System =
    System { programs: &["redis-server", "redis-cli", "redis-check-rdb"], packages: &["redis-server"] };

/// What Redis' own test suites are written in.
pub const TCL: System = System { programs: &["tclsh"], packages: &["tcl"] };

pub const CHROMIUM: System = System {
    programs: &["chromium", "chromedriver"],
    // Without recommended packages there might be no font at all, and text without width.
    packages: &["chromium", "chromium-driver", "fonts-dejavu-core"],
};

/// The other one; `tools::geckodriver` drives it.
pub const FIREFOX: System = System { programs: &["firefox"], packages: &["firefox-esr", "fonts-dejavu-core"] };

impl System {
    pub fn ensure(&self) -> Result<()> {
        if self.missing().is_empty() {
            return Ok(());
        }
        eprintln!(
            "Installing {} with apt, for {} (about 2 minutes)",
            self.packages.join(", "),
            self.missing().join(", ")
        );
        let apt = privileged_apt().ok_or_else(|| self.remedy())?;
        run(apt().arg("update"))?;
        run(apt().args(["install", "--yes", "--no-install-recommends"]).args(self.packages))?;
        if self.missing().is_empty() {
            return Ok(());
        }
        Err(self.remedy())
    }

    fn missing(&self) -> Vec<&'static str> {
        self.programs.iter().copied().filter(|program| !path::has(program)).collect()
    }

    fn remedy(&self) -> Error {
        Error::Missing {
            what: self.missing().join(", "),
            remedy: format!("Put them on PATH (on Debian: `apt-get install {}`)", self.packages.join(" ")),
        }
    }
}

/// `apt-get` with the right to install, without questions; none where there is no apt or no right.
fn privileged_apt() -> Option<impl Fn() -> Command> {
    if !path::has("apt-get") {
        return None;
    }
    let id = Command::new("id").arg("-u").output().ok()?;
    let root = id.stdout == b"0\n";
    if !root && !path::has("sudo") {
        return None;
    }
    Some(move || {
        let mut command = Command::new(if root { "env" } else { "sudo" });
        if !root && !stdin().is_terminal() {
            // Nobody is there to type a password.
            command.arg("--non-interactive");
        }
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        command
    })
}
