//! The command line: the model outside the browser.
//!
//! Rule: a subcommand is a file; this one only lists them. Exit status 0: done; 1: it could not be done; 2: the
//! command line was wrong. What went wrong goes to stderr, in one line.

mod bench;
mod check;
pub mod node;
#[cfg(feature = "web")]
mod prerender;
mod record;
#[cfg(all(feature = "web", feature = "complete"))]
mod render;
mod signals;

use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::process::ExitCode;

/// Redis replication by real nodes: put one on a socket.
#[derive(Debug, Parser)]
#[command(name = "replscope", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run one node on a TCP socket, where redis-cli and redis-server can talk to it.
    Node(node::NodeArgs),
    /// Run lessons and check what they claim; check recordings against the model.
    Check(check::CheckArgs),
    /// Stand between a replica and its master, and record what passes.
    Record(record::RecordArgs),
    /// Render a moment or a run into a file.
    #[cfg(all(feature = "web", feature = "complete"))]
    Render(Box<render::RenderArgs>),
    /// Render the page's first picture into its HTML.
    #[cfg(feature = "web")]
    Prerender(prerender::PrerenderArgs),
    /// Measure what the model costs.
    Bench,
}

/// Runs the command line `args`, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(node::settings::translate(args.into_iter())) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are "errors" too, with status 0. Whether they could be printed changes nothing.
            let _ = error.print();
            return ExitCode::from(error.exit_code() as u8);
        }
    };
    match cli.command {
        Command::Node(args) => status(node::run(args), node::NodeError::status),
        Command::Check(args) => status(check::run(args), check::CheckError::status),
        Command::Record(args) => status(record::run(args), record::RecordError::status),
        #[cfg(all(feature = "web", feature = "complete"))]
        Command::Render(args) => status(render::run(*args), render::RenderError::status),
        #[cfg(feature = "web")]
        Command::Prerender(args) => status(prerender::run(args), prerender::PrerenderError::status),
        Command::Bench => {
            bench::run();
            ExitCode::SUCCESS
        }
    }
}

/// The exit status of a subcommand that has ended, and its error on stderr.
fn status<E: std::fmt::Display>(result: Result<(), E>, status_of: fn(&E) -> u8) -> ExitCode {
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    eprintln!("replscope: {error}");
    ExitCode::from(status_of(&error))
}
