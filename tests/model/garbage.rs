//! Whatever clients and masters send, a node neither panics nor stops serving others, and a master that talks sense
//! afterwards is followed.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use replscope::node::{Addr, Config, ConnId, Input, LinkState, Node, Output, TABLE, find_command};
use replscope::sim::EPOCH;
use replscope::time::Time;
use replscope::wire::{PsyncReply, ReplId, encode_command, rdb};
use std::collections::BTreeMap;
use std::time::Duration;

/// A node, what it says on each connection, and its own call to a master.
struct Rig {
    node: Node,
    now: Time,
    said: BTreeMap<ConnId, Vec<u8>>,
    dialled: Option<ConnId>,
}

impl Rig {
    fn new(config: Config) -> Rig {
        let node = Node::new(config, 1, EPOCH, None).expect("there is no file to be unreadable");
        Rig { node, now: EPOCH, said: BTreeMap::new(), dialled: None }
    }

    fn give(&mut self, input: Input) {
        self.node.handle(self.now, input);
        let mut full = vec![];
        while let Some(output) = self.node.poll_output() {
            match output {
                Output::Connect { conn, .. } => self.dialled = Some(conn),
                Output::Close { conn } if self.dialled == Some(conn) => self.dialled = None,
                Output::Send { conn, bytes } => self.said.entry(conn).or_default().extend_from_slice(&bytes),
                Output::WantWrite { conn } => full.push(conn),
                Output::Close { .. }
                | Output::SaveRdb { .. }
                | Output::RemoveRdb
                | Output::SaveConfig { .. }
                | Output::StandStill { .. }
                | Output::Exit => {}
            }
        }
        while self.node.poll_event().is_some() {}
        full.into_iter().for_each(|conn| self.give(Input::Writable { conn }));
    }

    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while self.node.next_timeout() <= end {
            self.now = self.now.max(self.node.next_timeout());
            self.give(Input::Wake);
        }
        self.now = end;
    }

    fn accept(&mut self, n: u64) {
        let addr = Addr { host: "127.0.0.1".into(), port: 6379 };
        self.give(Input::Accepted { conn: ConnId::Accepted(n), peer: addr.clone(), local: addr });
    }

    fn answers_others(&mut self) -> bool {
        let conn = ConnId::Accepted(1_000);
        self.accept(1_000);
        self.give(Input::Data { conn, bytes: b"PING\r\n"[..].into() });
        self.said.remove(&conn).is_some_and(|said| said == b"+PONG\r\n")
    }
}

#[derive(Clone, Debug)]
enum Step {
    Open(u64),
    Close(u64),
    Says(u64, Vec<u8>),
    Wait(u64),
}

fn word() -> impl Strategy<Value = Vec<u8>> {
    let names: Vec<&'static str> = TABLE.iter().map(|command| command.name).collect();
    let others = "k 0 1 -1 16 9223372036854775807 -9223372036854775808 1e400 nan NX XX GT PX EXAT KEEPTTL GET ACK GETACK * \
        capa eof psync2 listening-port ip-address ? no one 127.0.0.1 6380 replication digest get set reset count docs async \
        repl-backlog-size min-replicas-to-write";
    let others: Vec<&'static str> = others.split(' ').chain([""]).collect();
    let id = "cfd66c765e9213df0f860926d3d1742f44e3c3e8";
    prop_oneof![
        3 => select(names).prop_map(|name| name.as_bytes().to_vec()),
        5 => select(others).prop_map(|word| word.as_bytes().to_vec()),
        1 => Just(id.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..8),
    ]
}

fn said_by_client() -> impl Strategy<Value = Vec<u8>> {
    let command = || {
        (select(TABLE.iter().map(|command| command.name).collect::<Vec<_>>()), vec(word(), 0..6))
            .prop_map(|(name, args)| encode_command(&[vec![name.as_bytes().to_vec()], args].concat()))
    };
    let cut = (command(), any::<Index>()).prop_map(|(bytes, at)| bytes[..at.index(bytes.len())].to_vec());
    prop_oneof![20 => command(), 1 => cut, 2 => vec(any::<u8>(), 0..40), 1 => Just(b"*2147483647\r\n".to_vec())]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..4u64).prop_map(Step::Open),
        1 => (0..4u64).prop_map(Step::Close),
        20 => (0..4u64, said_by_client()).prop_map(|(conn, bytes)| Step::Says(conn, bytes)),
        2 => (0..70_000u64).prop_map(Step::Wait),
    ]
}

const ID: ReplId = ReplId(*b"cfd66c765e9213df0f860926d3d1742f44e3c3e8");

fn commands(from: u64) -> Vec<u8> {
    let texts =
        ["SELECT 3", "SET k v", "MULTI", "INCR n", "SET m 1", "EXEC", "REPLCONF GETACK *", "APPEND k w", "ping"];
    let texts = texts.map(String::from).into_iter().chain((0..from).map(|n| format!("SET k{n} {n}")));
    texts.flat_map(|text| encode_command(&text.split(' ').collect::<Vec<_>>())).collect()
}

fn snapshot() -> Vec<u8> {
    let mut writer = rdb::Writer::new();
    writer.aux(b"redis-ver", b"7.0.15");
    writer.aux(b"repl-stream-db", b"0");
    writer.select_db(0);
    writer.resize_db(2, 1);
    writer.entry(b"before", &rdb::Value::String(b"1"[..].into()), None);
    writer.entry(b"expires", &rdb::Value::String(b"x"[..].into()), Some(4_102_444_800_000));
    writer.finish()
}

/// Everything a master says on one connection: the answers of the handshake, a snapshot, the stream.
fn master_session(diskless: bool) -> Vec<Vec<u8>> {
    let (mark, rdb) = (*b"0123456789012345678901234567890123456789", snapshot());
    let body = if diskless {
        [b"$EOF:", &mark[..], b"\r\n", &rdb, &mark].concat()
    } else {
        [format!("${}\r\n", rdb.len()).into_bytes(), rdb].concat()
    };
    let answer = PsyncReply::FullResync { id: ID, offset: 7 }.encode();
    vec![b"+PONG\r\n".to_vec(), b"+OK\r\n+OK\r\n".to_vec(), b"\n".to_vec(), answer, body, commands(3)]
}

fn replica() -> Config {
    Config { replicaof: Some(Addr { host: "127.0.0.1".into(), port: 6380 }), ..Config::default() }
}

impl Rig {
    /// A master answers the node's next call with these bytes, in pieces of so many, until the node hangs up.
    fn meet_master(&mut self, bytes: &[u8], piece: usize) {
        for _ in 0..3 {
            if self.dialled.is_none() {
                self.wait(Duration::from_secs(1));
            }
        }
        let Some(conn) = self.dialled else { return };
        self.give(Input::Connected { conn });
        for piece in bytes.chunks(piece) {
            if self.dialled == Some(conn) {
                self.give(Input::Data { conn, bytes: piece.into() });
            }
        }
    }

    /// The connection ends, for whatever reason.
    fn lose_master(&mut self) {
        if let Some(conn) = self.dialled.take() {
            self.give(Input::Closed { conn });
        }
        // What it called at once was refused.
        if let Some(conn) = self.dialled.take() {
            self.give(Input::Refused { conn });
        }
    }

    fn meet_a_true_master(&mut self, diskless: bool, piece: usize) {
        let session = master_session(diskless);
        // The stream of a diskless synchronization waits for the first ACK, so it comes apart.
        let (stream, before) = session.split_last().expect("it ends with the stream");
        self.meet_master(&before.concat(), piece);
        if let Some(conn) = self.dialled {
            stream.chunks(piece).for_each(|piece| self.give(Input::Data { conn, bytes: piece.into() }));
        }
    }
}

fn dataset() -> (u64, String) {
    let mut rig = Rig::new(replica());
    rig.meet_a_true_master(false, usize::MAX);
    (rig.node.offset(), rig.node.keyspace().digest())
}

/// How a session is spoilt.
#[derive(Clone, Debug)]
enum Harm {
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    End(Index),
}

fn harm() -> impl Strategy<Value = Harm> {
    let inserted = prop_oneof![
        vec(any::<u8>(), 1..10),
        select(
            "\r\n|\n|-ERR no\r\n|-LOADING\r\n|-NOMASTERLINK\r\n|+CONTINUE\r\n|$-1\r\n|*1\r\n|*-1\r\n"
                .split('|')
                .collect::<Vec<_>>()
        )
        .prop_map(|text| text.as_bytes().to_vec()),
        said_by_client(),
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Harm::Flip(at, byte)),
        (any::<Index>(), inserted).prop_map(|(at, bytes)| Harm::Insert(at, bytes)),
        (any::<Index>(), 1..20usize).prop_map(|(at, count)| Harm::Remove(at, count)),
        any::<Index>().prop_map(Harm::End),
    ]
}

fn spoil(mut bytes: Vec<u8>, harms: &[Harm]) -> Vec<u8> {
    for harm in harms {
        let len = bytes.len();
        match harm {
            _ if len == 0 => {}
            Harm::Flip(at, byte) => bytes[at.index(len)] = *byte,
            Harm::Insert(at, inserted) => {
                let at = at.index(len);
                bytes.splice(at..at, inserted.iter().copied());
            }
            Harm::Remove(at, count) => drop(bytes.drain(at.index(len)..len.min(at.index(len) + count))),
            Harm::End(at) => bytes.truncate(at.index(len)),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_client_that_talks_nonsense_disturbs_nobody(steps in vec(step(), 0..60)) {
        let mut rig = Rig::new(Config { repl_diskless_sync_delay_secs: 0, ..Config::default() });
        (0..4).for_each(|n| rig.accept(n));
        for step in steps {
            match step {
                Step::Open(n) => rig.accept(n),
                Step::Close(n) => rig.give(Input::Closed { conn: ConnId::Accepted(n) }),
                Step::Says(n, bytes) => rig.give(Input::Data { conn: ConnId::Accepted(n), bytes: bytes.into() }),
                Step::Wait(ms) => rig.wait(Duration::from_millis(ms)),
            }
        }
        prop_assert!(rig.answers_others());
    }

    #[test]
    fn a_master_is_understood_in_any_pieces(diskless: bool, piece in 1..300usize) {
        let mut rig = Rig::new(replica());
        rig.meet_a_true_master(diskless, piece);
        prop_assert_eq!((rig.node.offset(), rig.node.keyspace().digest()), dataset());
    }

    #[test]
    fn a_master_that_talks_nonsense_does_no_lasting_harm(
        sessions in vec((any::<bool>(), 1..300usize, vec(harm(), 1..4)), 1..4),
        diskless: bool,
    ) {
        let mut rig = Rig::new(replica());
        for (diskless, piece, harms) in sessions {
            rig.meet_master(&spoil(master_session(diskless).concat(), &harms), piece);
            prop_assert!(rig.answers_others());
            rig.lose_master();
        }
        rig.wait(Duration::from_secs(2));
        rig.meet_a_true_master(diskless, 50);
        prop_assert_eq!(rig.node.master_link().map(|link| link.state), Some(LinkState::Connected));
        prop_assert_eq!((rig.node.offset(), rig.node.keyspace().digest()), dataset());
        prop_assert!(rig.answers_others());
    }
}

#[test]
fn the_session_is_what_it_is_meant_to_be() {
    let (offset, _) = dataset();
    assert_eq!(offset, 7 + commands(3).len() as u64);
    assert!(find_command(b"psync").is_some(), "the client's words are commands");
}
