//! Running a program.
//!
//! Rule: what is run is printed first, as one can type it, and a program that fails makes the task
//! fail with that line.

use crate::error::{Error, Result};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Prints and runs `command`, its output going where the task's goes.
pub fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    eprintln!("$ {line}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::Failed { line, status }),
        Err(why) => Err(Error::NotStarted { line, why }),
    }
}

/// As [`run`], and also gives what the program printed.
pub fn run_heard(command: &mut Command) -> (Result<()>, String) {
    let line = line(command);
    eprintln!("$ {line}");
    let mut child = match command.stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(why) => return (Err(Error::NotStarted { line, why }), String::new()),
    };
    let mut heard = String::new();
    for said in
        child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()).map_while(std::io::Result::ok)
    {
        println!("{said}");
        heard += &said;
        heard.push('\n');
    }
    let result = match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::Failed { line, status }),
        Err(why) => Err(Error::NotStarted { line, why }),
    };
    (result, heard)
}

/// Runs `cargo` with arguments given as one would type them (none of them has a space in it).
pub fn cargo(args: &str) -> Result<()> {
    run(Command::new("cargo").args(args.split_whitespace()))
}

/// What `command` prints, without showing it.
pub fn output(command: &mut Command) -> Result<String> {
    let line = line(command);
    match command.output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => {
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
            Err(Error::Failed { line, status: output.status })
        }
        Err(why) => Err(Error::NotStarted { line, why }),
    }
}

/// The command line of `command`, quoted where a shell would need it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_printed_as_a_shell_takes_it() {
        let mut command = Command::new("cargo");
        command.args(["clippy", "--", "-D", "warnings", "", "it's", "--out=a b"]);
        assert_eq!(line(&command), r"cargo clippy -- -D warnings '' 'it'\''s' '--out=a b'");
    }

    #[test]
    fn a_failing_program_is_named_with_its_arguments() {
        let error = run(Command::new("false").arg("x")).unwrap_err().to_string();
        assert!(error.starts_with("`false x` failed: "), "{error}");
        let error = run(&mut Command::new("no-such-program")).unwrap_err().to_string();
        assert!(error.starts_with("cannot start `no-such-program`: "), "{error}");
    }
}
