//! Writes are followed: the stream is the same bytes as Redis', and leads a replica to the same dataset.

use super::client::Client;
use super::server::{Kind, Server};
use super::wait::{until, until_equal};

/// Every command that writes, in ways that change something and in ways that do not.
const WRITES: &str = r#"
SET k v
set k w
SET k x NX
SET k x XX
SET k y GET
SET k y EX 1000
SET k z KEEPTTL
SET k z PXAT 4102444800000 GET
SET new v NX GET
SETNX k v
SETNX fresh v
SETEX k 1000 v
PSETEX k 1000000 v
GETSET k old
GETDEL fresh
GETDEL fresh
APPEND k more
APPEND made more
INCR n
INCRBY n 41
DECR n
DECRBY n 2
INCRBYFLOAT n 0.5
INCRBYFLOAT f 1.5e3
MSET a 1 b 2 c 3
RENAME a d
RENAME nosuch d
EXPIRE b 1000
PEXPIRE b 1000000
EXPIREAT b 4102444800
PEXPIREAT b 4102444800000
EXPIRE b 10 GT
PERSIST b
PERSIST b
EXPIRE c -1
DEL d nosuch
UNLINK k nosuch
DEL nosuch
SELECT 3
SET k "in three"
SELECT 12
SET k "in twelve"
MULTI
SET in multi
SELECT 3
SET in multi
INCR counter
EXEC
MULTI
SET only one
EXEC
MULTI
GET only
EXEC
MULTI
SET dropped 1
DISCARD
FLUSHDB
FLUSHDB ASYNC
SELECT 0
SET "\x00\xff\r\n" "\x01\xfe"
INCR "\x00\xff\r\n"
REPLCONF listening-port 1
PING
SET last v
"#;

fn run(client: &mut Client, script: &str) {
    for line in script.lines().filter(|line| !line.is_empty()) {
        client.line(line);
    }
}

#[test]
fn a_replica_of_the_other_kind_comes_to_the_same_dataset() {
    for (master, replica) in [(Kind::Model, Kind::Redis), (Kind::Redis, Kind::Model)] {
        let master = Server::start(master, &[("repl-diskless-sync-delay", "0")]);
        let replica = Server::start(replica, &[("replicaof", &master.address())]);
        until_equal(&master, &replica);
        let mut client = master.client();
        run(&mut client, WRITES);
        until_equal(&master, &replica);
        client.ok("SET short lived PX 40");
        client.ok("SELECT 5");
        client.ok("SET short lived PX 60");
        until("both keys have expired on the replica", || {
            let mut client = replica.client();
            let zero = client.line("DBSIZE");
            client.ok("SELECT 5");
            (client.line("DBSIZE") == b":0\r\n" && zero == master.client().line("DBSIZE")).then_some(())
        });
        until_equal(&master, &replica);
        assert!(master.count("expired_keys") >= 2);
        for server in [&master, &replica].into_iter().filter(|server| server.kind == Kind::Redis) {
            assert_eq!(server.complaints(), Vec::<String>::new());
        }
    }
}

/// Plays a replica by hand: takes the snapshot, then reads the stream.
fn stream(kind: Kind) -> String {
    let server = Server::start(kind, &[("repl-diskless-sync", "no")]);
    let mut replica = server.client();
    replica.send(b"PSYNC ? -1\r\n");
    replica.read_through(b"+FULLRESYNC ");
    replica.read_through(b"$");
    let length = replica.read_through(b"\r\n");
    let length = String::from_utf8_lossy(&length).trim().parse().expect("the length of the snapshot");
    replica.read_exactly(length);
    run(&mut server.client(), WRITES);
    let stream = replica.read_through(b"*3\r\n$3\r\nSET\r\n$4\r\nlast\r\n$1\r\nv\r\n");
    let ping = "*1\r\n$4\r\nping\r\n";
    without_times(&stream).replace(ping, "")
}

/// Moments near now (13 digits, and not the one far in the future that the script names) depend on the clock.
fn without_times(stream: &[u8]) -> String {
    let text = stream.escape_ascii().to_string().replace("\\r\\n", "\r\n");
    let is_time =
        |line: &str| line.len() == 13 && line.starts_with('1') && line.bytes().all(|byte| byte.is_ascii_digit());
    text.split("\r\n").map(|line| if is_time(line) { "<time>" } else { line }).collect::<Vec<_>>().join("\r\n")
}

#[test]
fn the_stream_of_the_model_is_the_stream_of_redis() {
    let (real, model) = (stream(Kind::Redis), stream(Kind::Model));
    assert!(real.contains("PXAT\r\n$13\r\n<time>") && real.contains("EXEC"), "{real}");
    assert_eq!(model, real);
}
