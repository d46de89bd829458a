//! A server under test: a real `redis-server`, or `replscope node`. Both are spoken to in the same way.

use super::client::Client;
use super::wait;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// What a real server says at the level of a warning though nothing is wrong: when it starts, and after each snapshot
/// that goes straight to its replicas.
const NO_COMPLAINTS: [&str; 8] = [
    "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo",
    "Redis version=7.0.15, ",
    "Configuration loaded",
    "Server initialized",
    "WARNING Memory overcommit must be enabled!",
    "WARNING: The TCP backlog setting of 511 cannot be enforced",
    "WARNING You have Transparent Huge Pages (THP) support enabled",
    "Diskless rdb transfer, done reading from pipe, ",
];

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Redis,
    Model,
}

/// A running process with a directory of its own; both end with the value.
pub struct Server {
    pub kind: Kind,
    pub port: u16,
    dir: PathBuf,
    options: Vec<(String, String)>,
    child: Child,
}

impl Server {
    /// Starts with settings, under Redis' names. `replicaof` (`"<host> <port>"`) is one of them.
    pub fn start(kind: Kind, options: &[(&str, &str)]) -> Server {
        Server::start_in(kind, new_dir(), options)
    }

    /// Starts on a directory that may hold a dump.rdb.
    pub fn start_in(kind: Kind, dir: PathBuf, options: &[(&str, &str)]) -> Server {
        let options: Vec<(String, String)> =
            options.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        // Between choosing a port and listening on it, somebody else may take it.
        for _ in 0..5 {
            let port = free_port();
            let child = spawn(kind, port, &dir, &options);
            let mut server = Server { kind, port, dir: dir.clone(), options: options.clone(), child };
            if server.wait_until_ready() {
                return server;
            }
            let log = server.log();
            server.dir = PathBuf::new();
            assert!(log.contains("in use"), "{kind:?} did not start:\n{log}");
        }
        panic!("no free port found for {kind:?}");
    }

    /// True once it answers; false if it has ended.
    fn wait_until_ready(&mut self) -> bool {
        wait::until("the server answers PING", || {
            if self.child.try_wait().expect("the process can be asked").is_some() {
                return Some(false);
            }
            let mut client = Client::connect(self.port).ok()?;
            client.send_command(&[b"PING".to_vec()]);
            let reply = client.next_reply().ok()??;
            [&b"+PONG"[..], b"-NOAUTH", b"-LOADING", b"-MASTERDOWN"]
                .iter()
                .any(|answer| reply.starts_with(answer))
                .then_some(true)
        })
    }

    /// A new connection, with the password if there is one.
    pub fn client(&self) -> Client {
        let mut client = Client::connect(self.port).expect("a running server accepts connections");
        if let Some((_, password)) = self.options.iter().find(|(name, _)| name == "requirepass") {
            client.ok(&format!("AUTH {password}"));
        }
        client
    }

    /// The value of a field of INFO; empty if there is none.
    pub fn info(&self, field: &str) -> String {
        let text = self.client().text("INFO");
        let value = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        value.unwrap_or_default().to_string()
    }

    pub fn count(&self, field: &str) -> u64 {
        let value = self.info(field);
        value.parse().unwrap_or_else(|_| panic!("INFO's {field} is no number: '{value}'"))
    }

    pub fn digest(&self) -> String {
        self.client().text("DEBUG DIGEST")
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1 {}", self.port)
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }

    /// Lines of the log with the level of a warning, but for those that do not mean that something is wrong.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.log();
        let warnings = log.lines().filter_map(|line| line.split_once(" # ")).map(|(_, text)| text.to_string());
        warnings.filter(|text| !NO_COMPLAINTS.iter().any(|known| text.starts_with(known))).collect()
    }

    /// Asks the process to end, and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        signal(&self.child, "TERM");
        self.child.wait().expect("the process can be waited for")
    }

    /// Ends the process, and starts it again with the same settings, directory and port.
    pub fn restart(&mut self) {
        self.stop();
        self.start_again();
    }

    /// Kills the process, if it still runs, and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Starts a process that has ended again.
    pub fn start_again(&mut self) {
        self.child = spawn(self.kind, self.port, &self.dir, &self.options);
        assert!(self.wait_until_ready(), "did not start again:\n{}", self.log());
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("the process can be asked").is_none()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- log of {:?} on port {}:\n{}", self.kind, self.port, self.log());
        } else if self.dir.is_dir() {
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}

/// Sends a signal by name.
pub fn signal(child: &Child, name: &str) {
    let command = format!("kill -{name} {}", child.id());
    let status = Command::new("sh").args(["-c", &command]).status().expect("sh runs");
    assert!(status.success(), "{command}");
}

fn spawn(kind: Kind, port: u16, dir: &Path, options: &[(String, String)]) -> Child {
    let log = File::options().create(true).append(true).open(dir.join("log")).expect("the log can be written");
    let errors = log.try_clone().expect("the log can be shared");
    let mut command = match kind {
        Kind::Redis => redis(port, dir, options),
        Kind::Model => model(port, dir, options),
    };
    command.stdin(Stdio::null()).stdout(log).stderr(errors);
    command.spawn().unwrap_or_else(|error| panic!("{command:?} does not run: {error}"))
}

fn redis(port: u16, dir: &Path, options: &[(String, String)]) -> Command {
    check_version();
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--enable-debug-command", "yes"]);
    command.arg("--dir").arg(dir);
    for (name, value) in options {
        command.arg(format!("--{name}")).args(value.split(' '));
    }
    command
}

fn model(port: u16, dir: &Path, options: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replscope"));
    command.args(["node", "--port", &port.to_string(), "--set", "enable-debug-command", "yes", "--dir"]).arg(dir);
    for (name, value) in options {
        match name.as_str() {
            "replicaof" => command.arg("--replicaof").args(value.split(' ')),
            _ => command.args(["--set", name, value]),
        };
    }
    command
}

/// The oracle must be there, and be the version that the model is a model of.
fn check_version() {
    static VERSION: OnceLock<String> = OnceLock::new();
    let version = VERSION.get_or_init(|| {
        let output = Command::new("redis-server").arg("--version").output();
        let output = output.unwrap_or_else(|error| {
            panic!("these tests need redis-server 7.0.15 (Debian: redis-server, redis-tools): {error}")
        });
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    assert!(version.contains("v=7.0.15"), "these tests need redis-server 7.0.15, here is {version}");
}

/// A port of five digits that nobody listens on. Not one of those that the system gives to callers: who calls such a port
/// before anybody listens there may be connected with himself.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(379);
    let port = || 11_000 + (first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % 20_000) as u16;
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    std::iter::repeat_with(port).take(20_000).find(is_free).expect("the system has a free port")
}

/// An empty directory that nobody else uses.
pub fn new_dir() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("redis-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&dir).expect("the directory for tests can be made");
    dir
}
