//! The fuzz targets, each for a while.
//!
//! Rule: they are built by the pinned compiler, which `RUSTC_BOOTSTRAP` lets count what a run reaches; no sanitizer, because
//! no code here is unsafe. libFuzzer is C++, so a compiler of that is needed. What is found stays in `fuzz/corpus`, an
//! input that breaks a target in `fuzz/artifacts`.

use crate::command::run;
use crate::error::Result;
use crate::tool::{Source, Tool};
use crate::tools;
use std::process::Command;

/// The targets, as `fuzz/Cargo.toml` names them.
pub const TARGETS: [&str; 7] =
    ["resp", "inline", "rdb", "listpack", "handshake_master", "handshake_replica", "recording"];

/// Runs one target, or each, for so many seconds.
pub fn fuzz(target: Option<&str>, seconds: u32) -> Result<()> {
    let path = tools::ensure(&[Tool {
        program: "cargo-fuzz",
        package: "cargo-fuzz",
        version: "0.13.2".into(),
        shown: "0.13.2".into(),
        source: Source::Crate { locked: true, features: true },
        takes: "1 minute",
    }])?;
    run(Command::new("cargo").args(["run", "--quiet", "--manifest-path", "fuzz/Cargo.toml", "--example", "seeds"]))?;
    for target in TARGETS.iter().filter(|name| target.is_none_or(|wanted| wanted == **name)) {
        let [corpus, seeds] = ["corpus", "seeds"].map(|folder| format!("fuzz/{folder}/{target}"));
        std::fs::create_dir_all(&corpus).map_err(|e| crate::error::Error::file(corpus.as_ref(), e))?;
        let mut command = Command::new("cargo");
        command.args(["fuzz", "run", "--sanitizer", "none", target, &corpus, &seeds, "--", "-print_final_stats=1"]);
        command.args(["-timeout=10", "-rss_limit_mb=1024", &format!("-max_total_time={seconds}")]);
        run(command.env("PATH", &path).env("RUSTC_BOOTSTRAP", "1"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::TARGETS;

    #[test]
    fn every_target_is_known() {
        let manifest = include_str!("../../fuzz/Cargo.toml");
        let bins = manifest.split("[[bin]]").skip(1);
        let name = |bin: &'static str| bin.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        assert_eq!(bins.filter_map(name).collect::<Vec<_>>(), TARGETS);
    }
}
