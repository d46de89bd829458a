//! What a master propagates: rows of `rewrites.txt`, recorded from a real server, on a node with a replica.

use expect_test::expect;
use replscope::node::{Addr, Config, ConnId, Input, Node, Output, find_command};
use replscope::time::Time;
use replscope::wire::{RequestDecoder, encode_command};
use std::time::Duration;

const TABLE: &str = include_str!("rewrites.txt");
const REPLICA: ConnId = ConnId::Accepted(1);
const CLIENT: ConnId = ConnId::Accepted(2);

/// A node, its clock, and what it has sent to its replica and not yet been asked for.
struct Master {
    node: Node,
    now: Time,
    stream: Vec<u8>,
}

impl Master {
    /// A master whose replica has received its snapshot.
    fn with_replica() -> Master {
        let now = Time::from_millis(1_700_000_000_000);
        // No pings: they come with the clock, not with commands.
        let config =
            Config { repl_diskless_sync: false, repl_ping_replica_period_secs: 1_000_000, ..Config::default() };
        let node = Node::new(config, 1, now, None).expect("a node without a file starts");
        let mut master = Master { node, now, stream: vec![] };
        for conn in [REPLICA, CLIENT] {
            let addr = Addr { host: "127.0.0.1".into(), port: 6379 };
            master.give(Input::Accepted { conn, peer: addr.clone(), local: addr });
        }
        master.say(REPLICA, "PSYNC ? -1");
        master.tick(1_000);
        assert!(master.node.replicas().all(|replica| replica.state.name() == "online"));
        master.stream.clear();
        master
    }

    fn give(&mut self, input: Input) {
        self.node.handle(self.now, input);
        let mut written = false;
        while let Some(output) = self.node.poll_output() {
            match output {
                Output::Send { conn: REPLICA, bytes } => self.stream.extend_from_slice(&bytes),
                Output::WantWrite { .. } => written = true,
                Output::Close { conn } => panic!("the node closed {conn:?}"),
                _ => {}
            }
        }
        while self.node.poll_event().is_some() {}
        if written {
            self.give(Input::Writable { conn: REPLICA });
        }
    }

    fn say(&mut self, conn: ConnId, command: &str) {
        // As an inline command, so that an argument may be quoted.
        let bytes = format!("{command}\r\n").into_bytes().into();
        self.give(Input::Data { conn, bytes });
    }

    /// Time passes, and the node is woken when it wants to be.
    fn tick(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while self.node.next_timeout() <= end {
            self.now = self.node.next_timeout().max(self.now);
            self.give(Input::Wake);
        }
        self.now = end;
    }
}

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// `SET k v PXAT <now+100>` as bytes. For `<any>` stands what the stream has there.
fn expected(line: &str, now: Time, stream: &[u8]) -> Vec<u8> {
    let mut decoder = RequestDecoder::default();
    decoder.push(stream);
    let there = decoder.next().ok().flatten().map_or(vec![], |request| request.args);
    let filled = words(line).into_iter().enumerate().map(|(n, word)| {
        let ms = word.strip_prefix("<now+").and_then(|rest| rest.strip_suffix('>'));
        match ms {
            Some(ms) => (now.millis() + ms.parse::<i64>().expect("milliseconds")).to_string().into_bytes(),
            None if word == "<any>" => there.get(n).map_or(vec![], |arg| arg.bytes.to_vec()),
            None => word.as_bytes().to_vec(),
        }
    });
    encode_command(&filled.collect::<Vec<_>>())
}

#[test]
fn the_stream_gets_what_redis_puts_there() {
    let mut master = Master::with_replica();
    let (mut compared, mut left_out) = (0, 0);
    let mut others = 2;
    let mut row = "the beginning";
    let mut row_at = master.now;
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let kind = line.split_once(' ');
        if matches!(kind, Some((">" | "-" | "~", _))) {
            let rest = String::from_utf8_lossy(&master.stream);
            assert_eq!(rest, "", "more than Redis sends for: {row}");
        }
        match kind {
            Some((">", command)) => {
                (row, row_at) = (command, master.now);
                master.say(CLIENT, command);
                compared += 1;
            }
            Some(("-", _)) => left_out += 1,
            Some(("~", command)) => {
                master.say(CLIENT, command);
                master.stream.clear();
            }
            Some(("@blocked", command)) => {
                others += 1;
                let conn = ConnId::Accepted(others);
                let addr = Addr { host: "127.0.0.1".into(), port: 6379 };
                master.give(Input::Accepted { conn, peer: addr.clone(), local: addr });
                master.say(conn, command);
            }
            Some(("@pass", ms)) => master.now = master.now + Duration::from_millis(ms.parse().expect("milliseconds")),
            Some(("@tick", ms)) => master.tick(ms.parse().expect("milliseconds")),
            _ => {
                let (wanted, got) = (expected(line, row_at, &master.stream), &master.stream);
                assert!(got.starts_with(&wanted), "{row}: wanted {line}, got {}", String::from_utf8_lossy(got));
                master.stream.drain(..wanted.len());
            }
        }
    }
    assert_eq!(String::from_utf8_lossy(&master.stream), "", "after the last row");
    expect!["compared 139 rows of 157, left out 18"]
        .assert_eq(&format!("compared {compared} rows of {}, left out {left_out}", compared + left_out));
}

/// A command that the model learns must be compared from then on.
#[test]
fn rows_are_left_out_for_a_reason() {
    for row in TABLE.lines().filter_map(|line| line.strip_prefix("- ")) {
        let name = words(row)[0];
        let is_known = find_command(name.as_bytes()).is_some();
        assert!(!is_known || row.contains("   # "), "{name} is modelled: {row}");
    }
}
