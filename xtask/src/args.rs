//! The command line of `cargo xtask`.
//!
//! Rule: what is not understood is refused with what is accepted; nothing is guessed.

use crate::docs_examples;
use crate::error::{Error, Result};
use crate::fuzz::TARGETS;
use std::collections::BTreeSet;
use std::path::PathBuf;

pub const HELP: &str = "\
cargo xtask TASK

  serve [--port P]             build the page and serve it on http://127.0.0.1:8080/,
                               again after every change of a file
                               (first run: about 5 minutes on two cores, to build the tools)
  build [--out DIR]            the page to publish, small and prerendered, in dist/
  test [--skip redis,browser]  every check there is, stopping at the first that fails
                               (first run: about 15 minutes on two cores)
  conformance [NAME…] [--markdown] [--real]
                               the scenarios whose names have one of these parts, or all, on real
                               servers and on the model, byte by byte; --markdown: the table as
                               README has it; --real: real servers twice, without the model
  fuzz [TARGET] [--seconds N]  the fuzz targets, or one, for 60 seconds each: resp, inline, rdb, listpack,
                               handshake_master, handshake_replica, recording (needs a C++ compiler)
  redis-suites [NAME…]         Redis' own test suites whose names have one of these parts, or all,
                               against a node
  docs-examples [NAME…]        documentation with replscope in it, built by the tools that docs/embedding is about, and
                               opened in a browser: all of them, or the ones named (first run: about 10 minutes)
  screenshots [PART…]          the main screens whose names have one of these parts, or all, at desktop,
                               phone and projector, light and dark, in target/screenshots/, to look at
  bench                        how fast the model and the page are
  help                         this list

Missing tools are installed into $REPLSCOPE_TOOLS, else $XDG_CACHE_HOME/replscope, else
~/.cache/replscope; redis-server and chromium, for test only, with apt.
";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    Help,
    Serve {
        port: u16,
    },
    /// `out` is absolute: it was meant from where the task was called.
    Build {
        out: Option<PathBuf>,
    },
    Test {
        skip: BTreeSet<Part>,
    },
    Conformance {
        /// Parts of the names of scenarios; none: every scenario.
        names: Vec<String>,
        markdown: bool,
        /// Real servers against themselves.
        real: bool,
    },
    Fuzz {
        /// `None`: every target.
        target: Option<String>,
        seconds: u32,
    },
    RedisSuites {
        /// Parts of the names of suites; none: every suite.
        names: Vec<String>,
    },
    DocsExamples {
        /// Pages of docs/embedding without `.md`; none: all.
        names: Vec<String>,
    },
    Screenshots {
        /// Parts of the names of screens; none: every screen.
        names: Vec<String>,
    },
    Bench,
}

/// A part of `test` that needs more than Rust, and so may be skipped by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Redis,
    Browser,
}

impl Part {
    pub fn name(self) -> &'static str {
        match self {
            Part::Redis => "redis",
            Part::Browser => "browser",
        }
    }
}

/// Reads the arguments after the program's name.
pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Task> {
    let mut args = args.into_iter();
    let task = args.next().unwrap_or_default();
    match task.as_str() {
        "" | "help" | "-h" | "--help" => Ok(Task::Help),
        "serve" => Ok(Task::Serve {
            port: match option(args, "--port")? {
                None => 8080,
                Some(port) => parse_port(&port)?,
            },
        }),
        "build" => Ok(Task::Build {
            out: match option(args, "--out")? {
                None => None,
                Some(out) => Some(parse_out(&out)?),
            },
        }),
        "test" => Ok(Task::Test {
            skip: match option(args, "--skip")? {
                None => BTreeSet::new(),
                Some(parts) => parse_skip(&parts)?,
            },
        }),
        "conformance" => parse_conformance(args),
        "fuzz" => parse_fuzz(args),
        "redis-suites" => Ok(Task::RedisSuites { names: args.collect() }),
        "docs-examples" => parse_docs_examples(args),
        "screenshots" => Ok(Task::Screenshots { names: args.collect() }),
        "bench" => option(args, "").map(|_| Task::Bench),
        other => Err(Error::Usage(format!("no task named `{other}`"))),
    }
}

/// The value of the only option a task has, as `--name value` or `--name=value`.
fn option(args: impl Iterator<Item = String>, name: &str) -> Result<Option<String>> {
    let mut args = args.peekable();
    let mut value = None;
    while let Some(arg) = args.next() {
        let (key, inline) = match arg.split_once('=') {
            Some((key, inline)) => (key, Some(inline.to_owned())),
            None => (arg.as_str(), None),
        };
        if key != name {
            return Err(Error::Usage(format!("unknown argument `{arg}`")));
        }
        let given = inline.or_else(|| args.next()).filter(|v| !v.is_empty());
        let given = given.ok_or_else(|| Error::Usage(format!("{name} needs a value")))?;
        if value.replace(given).is_some() {
            return Err(Error::Usage(format!("{name} was given twice")));
        }
    }
    Ok(value)
}

fn parse_conformance(args: impl Iterator<Item = String>) -> Result<Task> {
    let (mut names, mut markdown, mut real) = (vec![], false, false);
    for arg in args {
        match arg.as_str() {
            "--markdown" => markdown = true,
            "--real" => real = true,
            other if other.starts_with('-') => return Err(Error::Usage(format!("unknown argument `{arg}`"))),
            _ => names.push(arg),
        }
    }
    Ok(Task::Conformance { names, markdown, real })
}

fn parse_fuzz(args: impl Iterator<Item = String>) -> Result<Task> {
    let mut args = args.peekable();
    let target = args.next_if(|arg| !arg.starts_with('-'));
    if let Some(name) = target.as_deref().filter(|name| !TARGETS.contains(name)) {
        return Err(Error::Usage(format!("no target named `{name}`")));
    }
    let seconds = match option(args, "--seconds")? {
        None => 60,
        Some(text) => match text.parse() {
            Ok(seconds) if seconds > 0 => seconds,
            _ => return Err(Error::Usage(format!("--seconds takes a number from 1, not `{text}`"))),
        },
    };
    Ok(Task::Fuzz { target, seconds })
}

fn parse_docs_examples(args: impl Iterator<Item = String>) -> Result<Task> {
    let names: Vec<String> = args.collect();
    match names.iter().find(|name| !docs_examples::names().any(|known| known == name.as_str())) {
        None => Ok(Task::DocsExamples { names }),
        Some(other) => {
            let known: Vec<&str> = docs_examples::names().collect();
            Err(Error::Usage(format!("docs-examples takes {}, not `{other}`", known.join(", "))))
        }
    }
}

fn parse_port(text: &str) -> Result<u16> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(Error::Usage(format!("--port takes 1 to 65535, not `{text}`"))),
    }
}

fn parse_out(text: &str) -> Result<PathBuf> {
    std::path::absolute(text).map_err(|e| Error::file(text.as_ref(), e))
}

fn parse_skip(text: &str) -> Result<BTreeSet<Part>> {
    text.split(',')
        .map(|part| match part {
            "redis" => Ok(Part::Redis),
            "browser" => Ok(Part::Browser),
            other => {
                Err(Error::Usage(format!("--skip takes redis, browser, or both with a comma between, not `{other}`")))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> std::result::Result<Task, String> {
        parse(line.split_whitespace().map(str::to_owned)).map_err(|e| e.to_string())
    }

    #[test]
    fn tasks_and_their_defaults() {
        let none = BTreeSet::new();
        assert_eq!(parsed(""), Ok(Task::Help));
        assert_eq!(parsed("help"), Ok(Task::Help));
        assert_eq!(parsed("serve"), Ok(Task::Serve { port: 8080 }));
        assert_eq!(parsed("serve --port 9000"), Ok(Task::Serve { port: 9000 }));
        assert_eq!(parsed("serve --port=9000"), Ok(Task::Serve { port: 9000 }));
        assert_eq!(parsed("test"), Ok(Task::Test { skip: none }));
        assert_eq!(parsed("bench"), Ok(Task::Bench));
        assert_eq!(parsed("build"), Ok(Task::Build { out: None }));
        let conformance = |names: &[&str], markdown, real| {
            Ok(Task::Conformance { names: names.iter().map(|name| (*name).into()).collect(), markdown, real })
        };
        assert_eq!(parsed("conformance"), conformance(&[], false, false));
        assert_eq!(parsed("conformance chain --markdown wait"), conformance(&["chain", "wait"], true, false));
        assert_eq!(parsed("conformance --real"), conformance(&[], false, true));
        assert_eq!(parsed("fuzz"), Ok(Task::Fuzz { target: None, seconds: 60 }));
        assert_eq!(parsed("screenshots start"), Ok(Task::Screenshots { names: vec!["start".into()] }));
        let rdb = Some("rdb".into());
        assert_eq!(parsed("fuzz rdb --seconds 5"), Ok(Task::Fuzz { target: rdb, seconds: 5 }));
        let out = Some(PathBuf::from("/srv/page"));
        assert_eq!(parsed("build --out /srv/page"), Ok(Task::Build { out }));
    }

    #[test]
    fn out_is_meant_from_where_the_task_was_called() {
        let out = Some(std::env::current_dir().unwrap().join("page"));
        assert_eq!(parsed("build --out page"), Ok(Task::Build { out }));
    }

    #[test]
    fn skip_takes_the_two_parts_in_any_order() {
        let skip = |parts: &[Part]| Ok(Task::Test { skip: parts.iter().copied().collect() });
        assert_eq!(parsed("test --skip redis"), skip(&[Part::Redis]));
        assert_eq!(parsed("test --skip=browser"), skip(&[Part::Browser]));
        let both = skip(&[Part::Redis, Part::Browser]);
        assert_eq!(parsed("test --skip browser,redis"), both);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (line, part) in [
            ("deploy", "no task named `deploy`"),
            ("serve --prot 1", "unknown argument `--prot`"),
            ("serve --port", "--port needs a value"),
            ("serve --port 0", "--port takes 1 to 65535, not `0`"),
            ("serve --port 70000", "not `70000`"),
            ("serve --port 1 --port 2", "--port was given twice"),
            ("build dist", "unknown argument `dist`"),
            ("test --skip", "--skip needs a value"),
            ("test --skip lint", "not `lint`"),
            ("test --skip redis,", "not ``"),
            ("conformance --fast", "unknown argument `--fast`"),
            ("docs-examples hugo", "not `hugo`"),
            ("fuzz everything", "no target named `everything`"),
            ("fuzz rdb --seconds 0", "not `0`"),
            ("bench fast", "unknown argument `fast`"),
        ] {
            let error = parsed(line).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
