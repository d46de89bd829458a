//! The development tasks of replscope, as `cargo xtask`.
//!
//! Rule: a task says what it is going to do before it does it, sets up what is missing, and fails
//! with the command line that failed. Only std, so that a fresh clone starts within seconds.
//!
//! | file | what it is |
//! |---|---|
//! | [`args`] | the command line |
//! | [`command`] | running a program |
//! | [`path`] | where programs are looked for |
//! | [`tool`] | a program of an exact version, in a cache outside the checkout |
//! | [`tools`] | trunk, wasm-bindgen, wasm-opt and the wasm target |
//! | [`system`] | redis-server and chromium, from the system's packages |
//! | [`serve`] | the page while working on it |
//! | [`build`] | the page to publish |
//! | [`whole`] | the whole program, beside the small one that the page starts with |
//! | [`policy`] | the start script and the Content-Security-Policy |
//! | [`offline`] | what keeps the page on the reader's device |
//! | [`single`] | the whole page in one file |
//! | [`node`] | what is asked of Node.js |
//! | [`addresses`] | a published page has only relative addresses |
//! | [`weight`] | what the page weighs, against its budget |
//! | [`test`] | every check there is, in one run |
//! | [`conformance`] | the model beside a real Redis, scenario by scenario |
//! | [`fuzz`] | the fuzz targets, each for a while |
//! | [`redis_suites`] | Redis' own test suites against a node |
//! | [`docs_examples`] | documentation with replscope in it, built by the tools that make such |
//! | [`screenshots`] | the main screens, to look at |
//! | [`bench`] | how fast the model and the page are |
//! | [`error`] | what can go wrong |

mod addresses;
mod args;
mod bench;
mod build;
mod command;
mod conformance;
mod docs_examples;
mod error;
mod fuzz;
mod node;
mod offline;
mod path;
mod policy;
mod redis_suites;
mod screenshots;
mod serve;
mod single;
mod system;
mod test;
mod tool;
mod tools;
mod weight;
mod whole;

use args::Task;
use error::{Error, Result};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(if matches!(error, Error::Usage(_)) { 2 } else { 1 })
        }
    }
}

fn run() -> Result<()> {
    let task = args::parse(std::env::args().skip(1))?;
    enter_checkout()?;
    match task {
        Task::Help => print!("{}", args::HELP),
        Task::Serve { port } => serve::serve(port)?,
        Task::Build { out: Some(out) } => build::build(&out)?,
        Task::Build { out: None } => build::build(&build::dist()?)?,
        Task::Test { skip } => test::test(&skip)?,
        Task::Conformance { names, markdown, real } => conformance::conformance(&names, markdown, real)?,
        Task::Fuzz { target, seconds } => fuzz::fuzz(target.as_deref(), seconds)?,
        Task::RedisSuites { names } => redis_suites::redis_suites(&names)?,
        Task::DocsExamples { names } => docs_examples::docs_examples(&names)?,
        Task::Screenshots { names } => screenshots::screenshots(&names)?,
        Task::Bench => bench::bench()?,
    }
    Ok(())
}

/// Makes the checkout the current folder, wherever in it the task was called.
fn enter_checkout() -> Result<()> {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    let checkout = xtask.parent().unwrap_or(xtask);
    std::env::set_current_dir(checkout).map_err(|e| Error::file(checkout, e))
}
