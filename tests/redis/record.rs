//! `replscope record` between two real servers: everything passes, is in the file, and is what the model would have sent.

use super::server::{Kind, Server, new_dir, signal};
use super::wait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running recorder; it ends with the value.
struct Recorder {
    child: Child,
    port: u16,
    file: PathBuf,
    said: Box<dyn BufRead>,
}

impl Recorder {
    fn start(upstream: &str, file: &Path, more: &[&str]) -> Recorder {
        let mut command = program();
        command.args(["record", "--listen", "0", "--upstream", upstream, "--out"]).arg(file).args(more);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the program runs");
        let mut said: Box<dyn BufRead> = Box::new(BufReader::new(child.stderr.take().expect("stderr is piped")));
        let mut lines = said.by_ref().lines().map_while(Result::ok);
        let port =
            lines.find_map(|line| line.split(' ').find_map(|word| word.strip_prefix("127.0.0.1:")?.parse().ok()));
        let mut recorder = Recorder { child, port: 0, file: file.into(), said };
        recorder.port = port.expect("it says where it listens");
        recorder
    }

    fn address(&self) -> String {
        format!("127.0.0.1 {}", self.port)
    }

    /// Ends as by Ctrl-C: the exit status, and what it said.
    fn end(mut self) -> (Option<i32>, String) {
        signal(&self.child, "INT");
        let status = self.child.wait().expect("it can be waited for");
        let mut said = String::new();
        self.said.read_to_string(&mut said).expect("what it said is text");
        (status.code(), said)
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.file).expect("the recording can be read")
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_replscope"))
}

/// What `replscope check` says, and its exit status.
fn check(file: &Path) -> (Option<i32>, String) {
    let output = program().arg("check").arg(file).output().expect("the program runs");
    (output.status.code(), String::from_utf8(output.stdout).expect("its words are text"))
}

/// The bytes of one direction, of all connections one after the other.
fn recorded(text: &str, direction: &str) -> Vec<u8> {
    let mut bytes = vec![];
    for line in text.lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        if record["dir"] == direction {
            bytes.extend(STANDARD.decode(record["b64"].as_str().expect("a string")).expect("base64"));
        }
    }
    bytes
}

fn wait_until_up(replica: &Server) {
    wait::until("the link is up", || (replica.info("master_link_status") == "up").then_some(()));
}

fn wait_until_equal(master: &Server, replica: &Server) {
    wait::until("the replica has everything", || {
        (replica.info("slave_repl_offset") == master.info("master_repl_offset")).then_some(())
    });
}

#[test]
fn a_recorded_link_is_what_the_model_would_have_sent() {
    let file = new_dir().join("link.jsonl");
    let settings = [("repl-diskless-sync-delay", "0"), ("repl-ping-replica-period", "1")];
    let master = Server::start(Kind::Redis, &settings);
    let recorder = Recorder::start(&format!("127.0.0.1:{}", master.port), &file, &[]);
    let mut client = master.client();
    client.ok("SET before 1");
    let replica = Server::start(Kind::Redis, &[]);
    replica.client().ok(&format!("REPLICAOF {}", recorder.address()));
    wait_until_up(&replica);
    let write = |client: &mut super::client::Client, round: u32| {
        for n in 0..50 {
            client.ok(&format!("SET key:{round}:{n} {}", "x".repeat(n * 40 + 1)));
        }
        for command in [
            "INCR n",
            "EXPIRE n 1000",
            "SELECT 3",
            "APPEND a b",
            "DEL a",
            "SELECT 0",
            "MULTI",
            "INCR n",
            "INCR m",
            "EXEC",
        ] {
            client.line(command);
        }
    };
    write(&mut client, 1);
    wait_until_equal(&master, &replica);
    // The link is cut, the master goes on, the replica comes back.
    replica.client().ok("REPLICAOF 127.0.0.1 1");
    write(&mut client, 2);
    replica.client().ok(&format!("REPLICAOF {}", recorder.address()));
    wait_until_up(&replica);
    let second = Server::start(Kind::Redis, &[]);
    second.client().ok(&format!("REPLICAOF {}", recorder.address()));
    wait_until_up(&second);
    write(&mut client, 3);
    client.line("WAIT 2 1000");
    wait_until_equal(&master, &replica);
    let offset = master.count("master_repl_offset");
    drop((replica, second));
    let (status, said) = recorder.end();
    assert_eq!(status, Some(0), "{said}");

    let (status, words) = check(&file);
    assert!(words.contains("3 connections, 0 differences"), "{words}");
    assert_eq!(status, Some(0), "{words}");
    assert!(words.contains("+CONTINUE") && words.contains("written by 7.0.15"), "{words}");
    assert!(offset > 10_000);
    assert!(!words.contains("not all of its data"), "{words}");
}

#[test]
fn every_byte_that_passes_is_in_the_file() {
    let (dir, listener) = (new_dir(), TcpListener::bind("127.0.0.1:0").expect("the system has a free port"));
    let file = dir.join("bytes.jsonl");
    let upstream = listener.local_addr().expect("a listener has an address");
    let recorder = Recorder::start(&upstream.to_string(), &file, &[]);
    let sent: Vec<u8> = (0..3_000_000_u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
    let mut replica = TcpStream::connect(("127.0.0.1", recorder.port)).expect("it accepts");
    replica.write_all(b"PING\r\n").expect("it reads");
    let (mut master, _) = listener.accept().expect("it calls the master");
    let mut asked = [0; 6];
    master.read_exact(&mut asked).expect("what was said arrives");
    let (said, master_bytes) = (sent.clone(), sent.clone());
    let writer = std::thread::spawn(move || master.write_all(&said).expect("it reads"));
    let mut received = vec![];
    replica.read_to_end(&mut received).expect("it passes on");
    writer.join().expect("the writer ends");
    assert!(received == master_bytes, "{} of {} bytes", received.len(), master_bytes.len());
    wait::until("the close is recorded", || recorder.text().contains(r#""ev":"close""#).then_some(()));
    let text = recorder.text();
    assert!(recorded(&text, "m2r") == sent);
    assert_eq!(recorded(&text, "r2m"), asked);
    let (status, said) = recorder.end();
    assert_eq!(status, Some(0), "{said}");
    // A call while nobody listens.
    let file = dir.join("refused.jsonl");
    let recorder = Recorder::start("127.0.0.1:1", &file, &[]);
    let mut refused = TcpStream::connect(("127.0.0.1", recorder.port)).expect("it accepts");
    let _ = refused.read(&mut [0]);
    wait::until("the refusal is recorded", || recorder.text().contains(r#""ev":"refused""#).then_some(()));
    let (status, said) = recorder.end();
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("cannot be reached"), "{said}");
}

#[test]
fn a_file_that_cannot_be_written_breaks_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the system has a free port");
    let upstream = listener.local_addr().expect("a listener has an address").to_string();
    let recorder = Recorder::start(&upstream, Path::new("/dev/full"), &["--force"]);
    let mut replica = TcpStream::connect(("127.0.0.1", recorder.port)).expect("it accepts");
    replica.write_all(b"PING\r\n").expect("it reads");
    let (mut master, _) = listener.accept().expect("it calls the master");
    let mut asked = [0; 6];
    master.read_exact(&mut asked).expect("what was said arrives");
    assert_eq!(&asked, b"PING\r\n");
    drop((replica, master));
    let (status, said) = recorder.end();
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("does not hold everything that passed"), "{said}");

    let file = new_dir().join("there.jsonl");
    fs::write(&file, "precious").expect("the file can be written");
    let output = program()
        .args(["record", "--listen", "0", "--upstream", &upstream, "--out"])
        .arg(&file)
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--force"));
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "precious");
}
