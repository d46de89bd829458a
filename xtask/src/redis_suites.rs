//! Redis' own test suites against `replscope node`, among them those of replication.
//!
//! Rule: the suites are those of Redis 7.0.15, byte for byte, and run as they are; what is not modelled is left out by
//! name, with the reason, and nothing else is. One that fails makes the task fail.

use crate::command::{cargo, output, run};
use crate::error::{Error, Result};
use crate::path;
use crate::system;
use crate::tool::cache_folder;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Debian's copy of the release, as it is in its package of sources.
const ARCHIVE: &str = "redis_7.0.15.orig.tar.gz";
const SHA256: &str = "4b1dc4ee6d622a09fff9c6777191209750fb5e5a725ef78ea012d6eef4c22982";
/// The second is found by its content, so it stays when Debian goes on to another version.
const SOURCES: [&str; 2] = [
    "https://deb.debian.org/debian/pool/main/r/redis/redis_7.0.15.orig.tar.gz",
    "https://snapshot.debian.org/file/b5d51660215a5402d146b8ec045ae712a14783de",
];

/// Which servers a suite is run against.
#[derive(Clone, Copy, PartialEq)]
enum Servers {
    /// One node, which was started before.
    One,
    /// Nodes that the suite starts itself, in the place of `redis-server`.
    ItsOwn,
    /// The same, for minutes: only if it is named.
    ItsOwnForLong,
}

/// A suite, and the tests in it that need what is not modelled.
struct Suite {
    name: &'static str,
    servers: Servers,
    without: &'static [(&'static str, &'static str)],
}

const AOF: &str = "append-only files are not modelled";
const LOGLOG: &str = "HyperLogLog is not modelled";
const STREAMS: &str = "streams are not modelled";

/// A suite that starts its own servers and runs whole.
const fn whole(name: &'static str) -> Suite {
    Suite { name, servers: Servers::ItsOwn, without: &[] }
}

const SUITES: &[Suite] = &[
    whole("integration/block-repl"),
    whole("integration/failover"),
    whole("integration/psync2"),
    whole("integration/psync2-master-restart"),
    whole("integration/psync2-pingoff"),
    whole("integration/replication-2"),
    Suite {
        name: "integration/replication-3",
        servers: Servers::ItsOwn,
        without: &[
            ("PFCOUNT updates cache on readonly replica", LOGLOG),
            ("PFCOUNT doesn't use expired key on readonly replica", LOGLOG),
        ],
    },
    Suite { servers: Servers::ItsOwnForLong, ..whole("integration/replication-buffer") },
    Suite {
        name: "integration/shutdown",
        servers: Servers::ItsOwn,
        without: &[("Shutting down master waits for replica then fails", AOF)],
    },
    whole("unit/wait"),
    Suite {
        name: "unit/multi",
        servers: Servers::One,
        without: &[("Blocking commands ignores the timeout", STREAMS), ("MULTI propagation of XREADGROUP", STREAMS)],
    },
    Suite {
        name: "unit/expire",
        servers: Servers::One,
        without: &[
            ("SET - use KEEPTTL option, TTL should not be removed after loadaof", AOF),
            ("GETEX use of PERSIST option should remove TTL after loadaof", AOF),
        ],
    },
    Suite { name: "unit/quit", servers: Servers::One, without: &[] },
];

/// Runs the suites whose names have one of these parts; without parts, all.
pub fn redis_suites(names: &[String]) -> Result<()> {
    let wanted = |suite: &&Suite| match names {
        [] => suite.servers != Servers::ItsOwnForLong,
        names => names.iter().any(|part| suite.name.contains(part.as_str())),
    };
    let suites: Vec<&Suite> = SUITES.iter().filter(wanted).collect();
    if suites.is_empty() {
        let known: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
        return Err(Error::Usage(format!("no such suite; there are {}", known.join(", "))));
    }
    system::TCL.ensure()?;
    system::REDIS.ensure()?;
    let tests = fetch()?;
    cargo("build --bin replscope --no-default-features --features complete")?;
    suites.into_iter().try_for_each(|suite| run_suite(suite, &tests))
}

fn run_suite(suite: &Suite, tests: &Path) -> Result<()> {
    let mut command = Command::new("tclsh");
    command.current_dir(tests).args(["tests/test_helper.tcl", "--clients", "1"]);
    let node = match suite.servers {
        Servers::One => {
            let (node, port) = start_node()?;
            command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
            Some(node)
        }
        Servers::ItsOwn | Servers::ItsOwnForLong => {
            stand_in(tests)?;
            command.env("REPLSCOPE_NODE", binary()?);
            None
        }
    };
    // Two runs at a time must not meet at the port of the harness.
    let base = 22_000 + std::process::id() % 4_000;
    command.args(["--single", suite.name, "--baseport", &base.to_string(), "--portcount", "200"]);
    for (test, why) in suite.without {
        eprintln!("redis-suites: {}: without '{test}': {why}", suite.name);
        command.args(["--skiptest", test]);
    }
    let outcome = run(&mut command);
    node.into_iter().for_each(stop);
    outcome
}

/// What a suite finds where it looks for Redis' programs: a node in the place of the server, the real ones beside it.
fn stand_in(tests: &Path) -> Result<()> {
    const PROGRAMS: [(&str, &str); 3] = [
        ("redis-server", "#!/bin/sh\nexec \"$REPLSCOPE_NODE\" node \"$@\"\n"),
        ("redis-cli", "#!/bin/sh\nexec redis-cli \"$@\"\n"),
        ("redis-benchmark", "#!/bin/sh\nexec redis-benchmark \"$@\"\n"),
    ];
    for (name, script) in PROGRAMS {
        let path = tests.join("src").join(name);
        let written = std::fs::write(&path, script).and_then(|()| {
            let mut permissions = std::fs::metadata(&path)?.permissions();
            permissions.set_mode(0o755);
            std::fs::set_permissions(&path, permissions)
        });
        written.map_err(|e| Error::file(&path, e))?;
    }
    Ok(())
}

/// A node on a free port, once it listens.
fn start_node() -> Result<(Child, u16)> {
    let line = "replscope node".to_string();
    let not_started = |why| Error::NotStarted { line: line.clone(), why };
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).map_err(not_started)?.port();
    let folder = std::env::temp_dir().join(format!("replscope-suite-{port}"));
    std::fs::create_dir_all(&folder).map_err(|e| Error::file(&folder, e))?;
    let mut command = Command::new(binary()?);
    command.args(["node", "--port", &port.to_string(), "--enable-debug-command", "yes", "--dir"]).arg(&folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut node = command.spawn().map_err(not_started)?;
    let mut ready = String::new();
    if let Some(stdout) = node.stdout.take() {
        BufReader::new(stdout).read_line(&mut ready).map_err(not_started)?;
    }
    if ready.starts_with("Ready") {
        return Ok((node, port));
    }
    stop(node);
    Err(Error::Refused(format!("the node on port {port} ended before it was ready")))
}

fn stop(mut node: Child) {
    // It may have ended already.
    let _ = node.kill();
    let _ = node.wait();
}

/// The program that was just built.
fn binary() -> Result<PathBuf> {
    let metadata = output(Command::new("cargo").args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let (_, rest) = metadata
        .split_once("\"target_directory\":\"")
        .ok_or_else(|| Error::Refused("cargo metadata names no target directory".into()))?;
    Ok(PathBuf::from(rest.split('"').next().unwrap_or_default()).join("debug/replscope"))
}

/// The folder of the release in the cache, fetched the first time.
fn fetch() -> Result<PathBuf> {
    let cache = cache_folder(|name| std::env::var_os(name))?;
    let folder = cache.join("redis-7.0.15");
    if folder.join("complete").is_file() {
        return Ok(folder);
    }
    std::fs::create_dir_all(&folder).map_err(|e| Error::file(&folder, e))?;
    let archive = cache.join(ARCHIVE);
    eprintln!("Fetching the tests of Redis 7.0.15 into {}, once (3 MB)", folder.display());
    download(&archive)?;
    let unpack = ["--extract", "--gzip", "--strip-components=1", "--file"];
    run(Command::new("tar").args(unpack).arg(&archive).arg("--directory").arg(&folder))?;
    std::fs::write(folder.join("complete"), "").map_err(|e| Error::file(&folder, e))?;
    Ok(folder)
}

/// From the first source that has it; what comes is taken only if it is the very file.
fn download(archive: &Path) -> Result<()> {
    if !path::has("curl") {
        return Err(Error::Missing { what: "curl".into(), remedy: "Put it on PATH".into() });
    }
    for source in SOURCES {
        let fetched = run(Command::new("curl").args(["-fsSL", "--max-time", "120", "-o"]).arg(archive).arg(source));
        if fetched.is_ok() && sha256(archive)? == SHA256 {
            return Ok(());
        }
    }
    Err(Error::Missing {
        what: format!("{ARCHIVE} with the SHA-256 {SHA256}"),
        remedy: format!("Put it where {} is expected", archive.display()),
    })
}

fn sha256(file: &Path) -> Result<String> {
    let line = output(Command::new("sha256sum").arg(file))?;
    Ok(line.split_whitespace().next().unwrap_or_default().to_string())
}
