//! redis-cli on the model: the same words as on a real server.

use super::server::{Kind, Server};
use super::wait::until;
use std::io::Write;
use std::process::{Child, Command, Stdio};

fn cli(server: &Server, args: &[&str]) -> Command {
    let mut command = Command::new("redis-cli");
    command.args(["-p", &server.port.to_string()]).args(args);
    command
}

fn output(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("redis-cli is installed with redis-server");
    format!("{}{}{}", output.status, String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn commands_as_arguments_print_the_same() {
    let servers = [Kind::Redis, Kind::Model].map(|kind| Server::start(kind, &[]));
    let commands: [&[&str]; 14] = [
        &["PING"],
        &["SET", "greeting", "hello world"],
        &["GET", "greeting"],
        &["GET", "nosuch"],
        &["GET"],
        &["NOSUCH", "argument"],
        &["INCR", "greeting"],
        &["-n", "3", "INCR", "counter"],
        &["-n", "99", "PING"],
        &["-r", "3", "INCR", "counter"],
        &["MSET", "only-one"],
        &["--no-raw", "GET", "greeting"],
        &["--no-raw", "ROLE"],
        &["--csv", "CONFIG", "GET", "repl-timeout"],
    ];
    for args in commands {
        let [real, model] = servers.each_ref().map(|server| output(&mut cli(server, args)));
        assert_eq!(model, real, "redis-cli {args:?}");
    }
}

#[test]
fn a_script_prints_the_same() {
    let script =
        "SET a 1\nINCR a\nselect 2\nSET b \"x y\"\nKEYS *\nMULTI\nINCR c\nINCR c\nEXEC\nINCR b\nnosuch\nQUIT\n";
    let [real, model] = [Kind::Redis, Kind::Model].map(|kind| {
        let server = Server::start(kind, &[]);
        let mut running = cli(&server, &["--no-raw"]);
        let mut running = running.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("redis-cli runs");
        running.stdin.take().expect("its input").write_all(script.as_bytes()).expect("it reads");
        let output = running.wait_with_output().expect("it ends");
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    assert!(real.contains("(integer) 2"), "{real}");
    assert_eq!(model, real);
}

/// `redis-cli --replica` shows the stream as it comes, after a snapshot that it throws away. Of a snapshot without disk
/// it acknowledges the end and takes the first command of the stream, a SELECT, for the answer; a real server sends it
/// no other kind, because it also asks for a snapshot without keys, which the model refuses as Redis before 7.0 did.
#[test]
fn redis_cli_as_a_replica_shows_the_stream() {
    for diskless in ["no", "yes"] {
        let [real, model] = [Kind::Redis, Kind::Model].map(|kind| watched(kind, diskless));
        assert!(real.contains("\"SET\",\"k\",\"v\""), "{real}");
        assert_eq!(model, real, "diskless {diskless}");
    }
}

/// What redis-cli prints of the stream, without the SELECT at its beginning.
fn watched(kind: Kind, diskless: &str) -> String {
    let options =
        [("repl-diskless-sync", diskless), ("repl-diskless-sync-delay", "0"), ("repl-ping-replica-period", "3600")];
    let server = Server::start(kind, &options);
    let path = server.dir().join("watched");
    let file = std::fs::File::create(&path).expect("the output can be written");
    let mut command = cli(&server, &["--replica"]);
    let watcher =
        Ended(command.stdin(Stdio::null()).stdout(file).stderr(Stdio::null()).spawn().expect("redis-cli runs"));
    until("redis-cli is an online replica", || server.info("slave0").contains("state=online").then_some(()));
    let mut client = server.client();
    for line in ["SET k v", "INCR n", "SELECT 2", "SET \"\\x00\" \"two words\"", "SET last v"] {
        client.line(line);
    }
    let text = until("the last write is shown", || {
        let text = std::fs::read_to_string(&path).ok()?;
        text.contains("\"SET\",\"last\",\"v\"\n").then_some(text)
    });
    drop(watcher);
    let lines = text.lines().filter(|line| *line != "\"ping\"");
    lines.skip_while(|line| *line == "\"SELECT\",\"0\"").collect::<Vec<_>>().join("\n")
}

/// A process that is ended with the value.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
