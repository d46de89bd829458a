//! Every check there is, in one run.
//!
//! Rule: cheap checks first, the first failure stops, and the end says of every check what became of
//! it. A part is left out only by `--skip`, which is loud and not for CI.

use crate::args::Part;
use crate::build;
use crate::command::{cargo, run, run_heard};
use crate::error::{Error, Result};
use crate::path;
use crate::redis_suites;
use crate::system;
use crate::tools;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

struct Check {
    name: &'static str,
    /// The part it belongs to, if that may be skipped.
    part: Option<Part>,
    run: fn() -> Result<()>,
}

const CHECKS: &[Check] = &[
    Check { name: "format", part: None, run: || cargo("fmt --all --check") },
    Check { name: "lint", part: None, run: || cargo("clippy --workspace --all-targets -- -D warnings") },
    Check {
        name: "lint for the browser",
        part: None,
        run: || {
            tools::ensure_wasm_target()?;
            cargo("clippy --target wasm32-unknown-unknown --lib --bin page --features web -- -D warnings")
        },
    },
    Check {
        name: "floors: nothing below view needs the web",
        part: None,
        run: || cargo("clippy --lib --no-default-features --features complete -- -D warnings"),
    },
    Check {
        name: "lint of the fuzz targets",
        part: None,
        run: || cargo("clippy --manifest-path fuzz/Cargo.toml --all-targets -- -D warnings"),
    },
    Check {
        name: "unit, model and page tests",
        part: None,
        run: || cargo("test --workspace --lib --bins --test model --test page"),
    },
    Check { name: "examples in the documentation", part: None, run: || cargo("test --doc") },
    Check {
        name: "a real Redis",
        part: Some(Part::Redis),
        run: || {
            system::REDIS.ensure()?;
            cargo("test --test redis")
        },
    },
    Check {
        name: "Redis' own test suites",
        part: Some(Part::Redis),
        run: || redis_suites::redis_suites(&IN_TEST.map(str::to_owned)),
    },
    Check { name: "the page to publish", part: Some(Part::Browser), run: || build::build(&build::dist()?) },
    Check { name: "a real browser: Chromium", part: Some(Part::Browser), run: || browser(Browser::Chromium) },
    Check { name: "a real browser: Firefox", part: Some(Part::Browser), run: || browser(Browser::Firefox) },
];

/// The suites that are run on every change; `cargo xtask redis-suites` runs all, which takes longer.
const IN_TEST: [&str; 3] = ["unit/multi", "unit/expire", "unit/quit"];

enum Outcome {
    Passed(Duration),
    Failed(Duration),
    Skipped(Part),
    NotRun,
}

/// Runs every check but those of the parts in `skip`.
pub fn test(skip: &BTreeSet<Part>) -> Result<()> {
    let ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    if ci && !skip.is_empty() {
        return Err(Error::Usage("--skip is for runs by hand, and CI is set".into()));
    }
    eprintln!("test: {} checks; with tools to install it takes about 15 minutes on two cores", CHECKS.len());
    for part in skip {
        eprintln!("test: SKIPPING {}", part.name());
    }

    let mut outcomes = Vec::new();
    let mut result = Ok(());
    for check in CHECKS {
        let (outcome, checked) = outcome(check, skip, result.is_err());
        outcomes.push((check.name, outcome));
        result = result.and(checked);
    }
    eprint!("{}", summary(&outcomes));
    result
}

fn outcome(check: &Check, skip: &BTreeSet<Part>, failed: bool) -> (Outcome, Result<()>) {
    match check.part {
        Some(part) if skip.contains(&part) => return (Outcome::Skipped(part), Ok(())),
        _ if failed => return (Outcome::NotRun, Ok(())),
        _ => eprintln!("\ntest: {}", check.name),
    }
    let start = Instant::now();
    let result = (check.run)();
    let took = start.elapsed();
    let outcome = if result.is_ok() { Outcome::Passed(took) } else { Outcome::Failed(took) };
    (outcome, result)
}

fn summary(outcomes: &[(&str, Outcome)]) -> String {
    let row = |(name, outcome): &(&str, Outcome)| match outcome {
        Outcome::Passed(took) => format!("  ok       {:6.1} s  {name}\n", took.as_secs_f64()),
        Outcome::Failed(took) => format!("  FAILED   {:6.1} s  {name}\n", took.as_secs_f64()),
        Outcome::Skipped(part) => {
            format!("  SKIPPED            {name} (--skip {}): nothing is known of it\n", part.name())
        }
        Outcome::NotRun => format!("  not run            {name}\n"),
    };
    let rows: String = outcomes.iter().map(row).collect();
    let is = |wanted: fn(&Outcome) -> bool| outcomes.iter().any(|(_, outcome)| wanted(outcome));
    let verdict = if is(|o| matches!(o, Outcome::Failed(_))) {
        "FAILED"
    } else if is(|o| matches!(o, Outcome::Skipped(_))) {
        "what was run passed, and not everything was run"
    } else {
        "everything passed"
    };
    format!("\ntest: {verdict}\n{rows}")
}

/// A browser that the tests run in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Browser {
    Chromium,
    Firefox,
}

impl Browser {
    /// Sets it up, with what drives it: the PATH under which both are found, and its name for the tests.
    fn ensure(self) -> Result<(OsString, &'static str)> {
        match self {
            Browser::Chromium => {
                system::CHROMIUM.ensure()?;
                Ok((path::current(), "chromium"))
            }
            Browser::Firefox => {
                system::FIREFOX.ensure()?;
                Ok((tools::ensure(&[tools::geckodriver()])?, "firefox"))
            }
        }
    }
}

/// Runs some of the tests in a browser, which find the published page by `REPLSCOPE_DIST`, and other folders by the
/// variables that name them.
pub fn browser_with(browser: Browser, cargo: &[&str], tests: &[&str], folders: &[(&str, &Path)]) -> Result<()> {
    run(browser_tests(browser, cargo, tests)?.envs(folders.iter().copied()))
}

/// So many tests that failed are tried again; where there are more, it is not the machine.
const SECOND_TRIES: usize = 4;

/// Runs all tests in a browser. On a machine that is busy otherwise a browser may miss the moment that a test waits for: what
/// fails is tried once more, by itself, and what passes only then is named.
fn browser(browser: Browser) -> Result<()> {
    let (result, heard) = run_heard(&mut browser_tests(browser, &[], &[])?);
    let failed = failed_tests(&heard);
    if result.is_ok() || failed.is_empty() || failed.len() > SECOND_TRIES {
        return result;
    }
    eprintln!("\ntest: once more, one by one: {}", failed.join(", "));
    let alone: Vec<&str> = ["--exact", "--test-threads", "1"].into_iter().chain(failed.iter().copied()).collect();
    run(&mut browser_tests(browser, &[], &alone)?)?;
    eprintln!("test: PASSED ONLY AT THE SECOND TRY: {}", failed.join(", "));
    Ok(())
}

/// The tests that Rust's test program says failed.
fn failed_tests(heard: &str) -> Vec<&str> {
    heard.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED")).collect()
}

fn browser_tests(browser: Browser, cargo: &[&str], tests: &[&str]) -> Result<Command> {
    let (path, name) = browser.ensure()?;
    let mut command = Command::new("cargo");
    command.args(["test", "--test", "browser"]).args(cargo).arg("--").args(tests);
    command.env("PATH", path).env("REPLSCOPE_BROWSER", name).env("REPLSCOPE_DIST", build::dist()?);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_that_failed_are_read_from_what_was_said() {
        let heard = "\nrunning 3 tests\ntest a::b ... ok\ntest c::d ... FAILED\ntest e ... ignored, measures\n\
                     test f has been running for over 60 seconds\ntest f ... FAILED\n\nfailures:\n    c::d\n";
        assert_eq!(failed_tests(heard), ["c::d", "f"]);
    }

    #[test]
    fn the_summary_says_of_every_check_what_became_of_it() {
        let took = Duration::from_millis(1_250);
        assert_eq!(
            summary(&[
                ("format", Outcome::Passed(took)),
                ("a real Redis", Outcome::Skipped(Part::Redis)),
                ("lint", Outcome::Failed(took)),
                ("units", Outcome::NotRun),
            ]),
            "\ntest: FAILED\n\
             \x20 ok          1.2 s  format\n\
             \x20 SKIPPED            a real Redis (--skip redis): nothing is known of it\n\
             \x20 FAILED      1.2 s  lint\n\
             \x20 not run            units\n"
        );
        let skipped = summary(&[("a", Outcome::Passed(took)), ("b", Outcome::Skipped(Part::Browser))]);
        assert!(skipped.starts_with("\ntest: what was run passed, and not everything was run\n"));
        assert!(summary(&[("a", Outcome::Passed(took))]).starts_with("\ntest: everything passed\n"));
    }

    #[test]
    fn only_named_parts_are_skipped_and_nothing_runs_after_a_failure() {
        let check = |part, run| Check { name: "", part, run };
        let passes = || Ok(());
        let fails = || Err(Error::Refused("no".into()));
        let redis = BTreeSet::from([Part::Redis]);
        let of = |check: Check, failed| outcome(&check, &redis, failed);
        assert!(matches!(of(check(Some(Part::Redis), fails), false), (Outcome::Skipped(_), Ok(()))));
        assert!(matches!(of(check(Some(Part::Browser), passes), false), (Outcome::Passed(_), Ok(()))));
        assert!(matches!(of(check(None, fails), false), (Outcome::Failed(_), Err(_))));
        assert!(matches!(of(check(None, passes), true), (Outcome::NotRun, Ok(()))));
    }
}
