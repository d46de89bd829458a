//! The command line; everything it does is in `replscope::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    replscope::cli::run(std::env::args_os())
}
