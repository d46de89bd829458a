//! `replscope node` as a process: what it says, and how it ends.

use super::client::Client;
use super::server::{Kind, Server, free_port, new_dir, signal};
use super::wait::until;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

fn node(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replscope"));
    command.arg("node").args(args).stdin(Stdio::null());
    command
}

/// The exit status and what was said on stderr.
fn failure(args: &[&str]) -> (Option<i32>, String) {
    let output = node(args).output().expect("the program runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn it_says_when_it_is_ready_and_ends_on_a_signal() {
    for name in ["TERM", "INT"] {
        let (port, dir) = (free_port().to_string(), new_dir());
        let mut child = node(&["--port", &port, "--dir"])
            .arg(&dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("its first line");
        assert_eq!(line, "Ready to accept connections\n");
        signal(&child, name);
        assert_eq!(child.wait().expect("it ends").code(), Some(0), "after SIG{name}");
        fs::remove_dir_all(dir).expect("nothing was left open");
    }
}

#[test]
fn a_wrong_command_line_is_explained_with_status_2() {
    let port = free_port().to_string();
    let cases: [(&[&str], &[&str]); 8] = [
        (
            &["--set", "nosuch", "1"],
            &["--set nosuch: no such setting; there are acllog-max-len, ", "repl-backlog-size"],
        ),
        (&["--set", "repl-timeout", "soon"], &["--set repl-timeout: argument couldn't be parsed into an integer"]),
        (&["--set", "replica-read-only", "perhaps"], &["--set replica-read-only: argument must be 'yes' or 'no'"]),
        (&["--set", "repl-timeout"], &["2 values required"]),
        (&["--replicaof", "localhost", "none"], &["--replicaof: 'none' is not a port; it must be from 1 to 65535"]),
        (&["--replicaof", "localhost", "0"], &["--replicaof: '0' is not a port"]),
        (&["--bind", "nowhere"], &["'--bind <BIND>'"]),
        (&["--nosuch"], &["unexpected argument '--nosuch'"]),
    ];
    for (args, said) in cases {
        let (status, text) = failure(&[&["--port", port.as_str()], args].concat());
        assert_eq!(status, Some(2), "{args:?}: {text}");
        assert!(said.iter().all(|part| text.contains(part)), "{args:?}: {text}");
    }
    assert_eq!(failure(&[]).0, Some(2), "a port is needed");
}

/// As redis-server is started: by a file, with settings behind it that win.
#[test]
fn a_redis_conf_and_settings_as_options_are_taken() {
    let (port, dir) = (free_port(), new_dir());
    let (conf, log) = (dir.join("redis.conf"), dir.join("log"));
    let text = format!(
        "# a comment\nport {port}\nbind 127.0.0.1 -::1\ndir {}\nlogfile \"{}\"\nrepl-timeout 7\nhz 20\nuser ada on >pw ~* +get\n",
        dir.display(),
        log.display()
    );
    fs::write(&conf, text).expect("the file can be written");
    let mut command = node(&[]);
    command.arg(&conf).args(["--repl-timeout", "9", "--save", "60", "1"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
    let mut client = until("it listens", || Client::connect(port).ok());
    for (line, reply) in [
        ("CONFIG GET repl-timeout", &b"*2\r\n$12\r\nrepl-timeout\r\n$1\r\n9\r\n"[..]),
        ("CONFIG GET hz", b"*2\r\n$2\r\nhz\r\n$2\r\n20\r\n"),
        ("CONFIG GET save", b"*2\r\n$4\r\nsave\r\n$4\r\n60 1\r\n"),
        ("AUTH ada pw", b"+OK\r\n"),
        ("SET k v", b"-NOPERM this user has no permissions to run the 'set' command\r\n"),
    ] {
        assert_eq!(client.line(line), reply, "{line}");
    }
    end(&mut child);
    assert!(fs::read_to_string(&log).expect("a log").contains(&format!("PID: {}", child.id())));

    fs::write(&conf, "port 0\nnosuch 1\n").expect("the file can be written");
    let (status, text) = failure(&[conf.to_str().expect("a path of ASCII")]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("at line 2: >>> 'nosuch 1': Bad directive or wrong number of arguments"), "{text}");
    fs::remove_dir_all(&dir).expect("nothing was left open");
}

#[test]
fn what_cannot_be_done_is_explained_with_status_1() {
    let dir = new_dir();
    let path = dir.to_str().expect("a path of ASCII");
    fs::write(dir.join("dump.rdb"), b"REDIS0010\xfa nonsense").expect("the file can be written");
    let (status, text) = failure(&["--port", &free_port().to_string(), "--dir", path]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("dump.rdb: ") && !text.contains("panicked"), "{text}");
    fs::remove_dir_all(&dir).expect("nothing was left open");

    let taken = Server::start(Kind::Model, &[]);
    let (status, text) = failure(&["--port", &taken.port.to_string()]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains(&format!("cannot listen on 127.0.0.1:{}", taken.port)), "{text}");
}

/// A file that cannot be written is said to be so, and the replica is served all the same.
#[test]
fn a_dump_that_cannot_be_written_does_not_end_the_node() {
    let mut master = Server::start(Kind::Model, &[("repl-diskless-sync", "no")]);
    fs::create_dir(master.dir().join("dump.rdb")).expect("the name can be taken");
    let replica = Server::start(Kind::Redis, &[("replicaof", &master.address())]);
    super::wait::until_equal(&master, &replica);
    assert!(master.log().contains("Failed writing dump.rdb"), "{}", master.log());
    assert!(master.is_running());
    let rest: Vec<_> =
        fs::read_dir(master.dir()).expect("its directory").flatten().map(|entry| entry.file_name()).collect();
    assert!(!rest.iter().any(|name| name.to_string_lossy().starts_with("temp-")), "{rest:?}");
}

/// A name that does not resolve, and a port where nobody listens, are tried again and again.
#[test]
fn a_master_that_cannot_be_reached_is_called_again() {
    let master = Server::start(Kind::Redis, &[("repl-diskless-sync-delay", "0")]);
    let replica = Server::start(Kind::Model, &[("replicaof", "name.invalid 6379")]);
    until("the name was looked up in vain", || replica.log().contains("the connection was refused").then_some(()));
    let nobody = free_port();
    replica.client().ok(&format!("REPLICAOF 127.0.0.1 {nobody}"));
    assert_eq!(replica.client().text("PING"), "PONG");
    replica.client().ok(&format!("REPLICAOF localhost {}", master.port));
    super::wait::until_equal(&master, &replica);
}

/// Out of file descriptors: who is there is served, and others are once there is room.
#[test]
fn too_many_connections_are_survived() {
    let (port, dir) = (free_port(), new_dir());
    let command = format!(
        "ulimit -n 40; exec '{}' node --port {port} --dir '{}'",
        env!("CARGO_BIN_EXE_replscope"),
        dir.display()
    );
    let mut child = Command::new("sh")
        .args(["-c", &command])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh runs");
    let mut first = until("it listens", || Client::connect(port).ok());
    assert_eq!(first.line("PING"), b"+PONG\r\n");
    let others: Vec<Client> = (0..60).map(|_| Client::connect(port).expect("the kernel accepts")).collect();
    for _ in 0..20 {
        assert_eq!(first.line("PING"), b"+PONG\r\n");
    }
    drop(others);
    let mut late = Client::connect(port).expect("it still listens");
    assert_eq!(late.line("PING"), b"+PONG\r\n");
    end(&mut child);
    fs::remove_dir_all(dir).expect("nothing was left open");
}

fn end(child: &mut Child) {
    child.kill().expect("it was running");
    child.wait().expect("it ends");
}

/// A client that never reads what it asked for holds nobody up.
#[test]
fn a_client_that_does_not_read_harms_only_itself() {
    let server = Server::start(Kind::Model, &[]);
    let mut writer = server.client();
    assert_eq!(writer.ask(&[b"SET", b"large", &super::dataset::noise(1 << 20)]), b"+OK\r\n");
    let mut greedy = server.client();
    greedy.send(&b"GET large\r\n".repeat(100));
    for _ in 0..50 {
        assert_eq!(writer.line("PING"), b"+PONG\r\n");
    }
    for _ in 0..100 {
        assert_eq!(greedy.reply().len(), (1 << 20) + 12);
    }
}
