//! `replscope check`: does what a lesson claims hold? Is a recording what Redis would send?
//!
//! Rule: every claim of every file is reported; the exit status is 0 only if all of them hold, no invariant broke and
//! every file could be read. A recording (`recording.rs` below) has no claims: it is held against the model.

mod recording;

use crate::story::{Claim, Lesson, Verdict};
use std::fmt;
use std::path::{Path, PathBuf};

/// Check the claims of lessons, and recordings of real links.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Lessons (.txt) and recordings (.jsonl).
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Something did not hold, or could not be read.
#[derive(Debug)]
pub struct CheckError {
    failed: usize,
    files: usize,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} files failed", self.failed, self.files)
    }
}

impl CheckError {
    pub fn status(&self) -> u8 {
        1
    }
}

/// Checks each file and prints what held and what did not.
pub fn run(args: CheckArgs) -> Result<(), CheckError> {
    let failed = args.files.iter().filter(|file| !check(file)).count();
    if failed == 0 { Ok(()) } else { Err(CheckError { failed, files: args.files.len() }) }
}

fn check(file: &Path) -> bool {
    let name = file.display();
    if file.extension().is_some_and(|extension| extension == "jsonl") {
        return recording::check(file);
    }
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            println!("{name}: cannot be read: {error}");
            return false;
        }
    };
    let lesson = match Lesson::parse(&file.to_string_lossy(), &text) {
        Ok(lesson) => lesson,
        Err(error) => {
            println!("{name}: {error}");
            return false;
        }
    };
    let (verdicts, timeline) = Claim::check_all(&lesson.claims, &lesson.scenario);
    verdicts.iter().for_each(print);
    let broken = timeline.checks().violations();
    for violation in broken {
        println!("  broken    invariant {}: {}", violation.rule, violation.what);
    }
    let held = verdicts.iter().filter(|verdict| verdict.found.is_none()).count();
    let steps = timeline.steps().len();
    println!("{name}: “{}”, {held} of {} claims hold, {steps} steps", lesson.title, verdicts.len());
    held == verdicts.len() && broken.is_empty()
}

fn print(verdict: &Verdict) {
    match &verdict.found {
        None => println!("  holds     {}", verdict.claim),
        Some(found) => println!("  does not  {}: {found}", verdict.claim),
    }
}
