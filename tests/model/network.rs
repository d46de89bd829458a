//! The network of the simulator: what its faults do to bytes and processes, and that every run can be repeated.

use crate::cluster::{Cluster, id, slow};
use replscope::node::{Event, LostReason, Role};
use replscope::sim::{Action, Checks, Entry, Segment, What};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// A run with a bit of everything in it.
fn eventful(seed: u64) -> Cluster {
    let mut cluster = Cluster::following(3, seed);
    cluster.say(0, "SET k 1");
    cluster.run(SECOND);
    cluster.act(Action::Cut { a: id(0), b: id(1) });
    cluster.act(Action::BlackHole { a: id(0), b: id(2) });
    cluster.say(0, "SET k 2");
    cluster.run(2 * SECOND);
    cluster.act(Action::Heal { a: id(0), b: id(1) });
    cluster.act(Action::Heal { a: id(0), b: id(2) });
    cluster.act(slow(0, 1, 30, Some(5_000)));
    cluster
}

fn rest_of(mut cluster: Cluster) -> Vec<Entry> {
    let from = cluster.journal.len();
    cluster.act(Action::Crash { node: id(2) });
    cluster.run(SECOND);
    cluster.act(Action::Restart { node: id(2), keep_rdb: true });
    cluster.say(0, "APPEND k 3");
    cluster.run(3 * SECOND);
    cluster.journal.split_off(from)
}

#[test]
fn the_same_seed_gives_the_same_run_and_a_clone_goes_on_alike() {
    let (one, other) = (eventful(7), eventful(7));
    assert!(one.journal == other.journal);
    assert!(one.journal != eventful(8).journal, "ids are drawn from the seed");
    let clone = one.clone();
    let rest = rest_of(one);
    assert!(rest == rest_of(clone), "the clone takes another way");
    assert!(rest == rest_of(other), "what the journal does not show differs");
}

fn sent_and_arrived(entries: &[Entry]) -> (Vec<&Segment>, Vec<&Segment>) {
    let sent = entries.iter().filter_map(|entry| match &entry.what {
        What::Sent(segment) => Some(segment),
        _ => None,
    });
    let arrived = entries.iter().filter_map(|entry| match &entry.what {
        What::Arrived(segment) => Some(segment),
        _ => None,
    });
    (sent.collect(), arrived.collect())
}

#[test]
fn a_black_hole_holds_everything_until_it_is_healed() {
    let mut cluster = Cluster::following(2, 1);
    let from = cluster.journal.len();
    cluster.act(Action::BlackHole { a: id(0), b: id(1) });
    for n in 0..20 {
        cluster.say(0, &format!("APPEND k {n},"));
        cluster.run(SECOND);
    }
    assert_eq!(cluster.count(from, |entry| matches!(entry.what, What::Arrived(_))), 0);
    assert_eq!(cluster.world.in_flight().count(), 40, "writes one way, acknowledgements the other");
    cluster.act(Action::Heal { a: id(0), b: id(1) });
    cluster.run(Duration::from_millis(100));
    let (sent, arrived) = sent_and_arrived(&cluster.journal[from..]);
    for to in [id(0), id(1)] {
        let bytes = |segments: &[&Segment]| -> Vec<u8> {
            segments.iter().filter(|segment| segment.to == to).flat_map(|segment| segment.bytes.to_vec()).collect()
        };
        assert_eq!(bytes(&sent), bytes(&arrived), "everything, in order");
    }
    let is_end = |entry: &Entry| {
        matches!(entry.what, What::Lost(_) | What::Event(Event::LinkLost { .. } | Event::ReplicaLost { .. }))
    };
    assert_eq!(cluster.count(from, is_end), 0, "the connection never broke");
    assert_eq!(Checks::settled(&cluster.world), []);
}

#[test]
fn a_black_hole_longer_than_repl_timeout_ends_the_connection_on_both_sides() {
    let mut cluster = Cluster::following(2, 1);
    let from = cluster.journal.len();
    cluster.act(Action::BlackHole { a: id(0), b: id(1) });
    cluster.run(70 * SECOND);
    let timeouts = |entry: &Entry| {
        matches!(
            entry.what,
            What::Event(
                Event::LinkLost { reason: LostReason::Timeout }
                    | Event::ReplicaLost { reason: LostReason::Timeout, .. }
            )
        )
    };
    assert_eq!(cluster.count(from, timeouts), 2);
    cluster.act(Action::Heal { a: id(0), b: id(1) });
    cluster.say(0, "SET k 1");
    cluster.run(3 * SECOND);
    assert_eq!(Checks::settled(&cluster.world), []);
    assert!(cluster.info(1).contains("master_link_status:up"));
    assert!(cluster.info(0).contains("connected_slaves:1"));
}

#[test]
fn a_cut_loses_what_is_on_its_way_and_both_sides_notice_at_once() {
    let mut cluster = Cluster::following(2, 1);
    cluster.say(0, "SET k 1");
    let (from, now) = (cluster.journal.len(), cluster.world.now());
    assert_eq!(cluster.world.in_flight().count(), 1);
    cluster.act(Action::Cut { a: id(0), b: id(1) });
    assert_eq!(cluster.count(from, |entry| matches!(entry.what, What::Lost(_)) && entry.at == now), 1);
    let notices = |entry: &Entry| {
        matches!(
            entry.what,
            What::Event(
                Event::LinkLost { reason: LostReason::Closed } | Event::ReplicaLost { reason: LostReason::Closed, .. }
            )
        ) && entry.at == now
    };
    assert_eq!(cluster.count(from, notices), 2);
    cluster.run(5 * SECOND);
    let attempts = |entry: &Entry| matches!(entry.what, What::Dialled { .. });
    assert_eq!(cluster.count(from, attempts), 6, "at once, then once a second");
    assert!(cluster.info(1).contains("master_link_status:down"));
    cluster.act(Action::Heal { a: id(0), b: id(1) });
    cluster.run(2 * SECOND);
    assert_eq!(Checks::settled(&cluster.world), []);
    assert_eq!(cluster.node(0).stats().sync_partial_ok, 1);
}

#[test]
fn a_paused_process_does_nothing_and_misses_nothing() {
    let mut cluster = Cluster::following(2, 1);
    let from = cluster.journal.len();
    cluster.act(Action::Pause { node: id(1) });
    cluster.say(0, "SET k 1");
    cluster.run(SECOND);
    cluster.say(1, "GET k");
    cluster.run(9 * SECOND);
    let acts = |entry: &Entry| entry.node == id(1) && !matches!(entry.what, What::Arrived(_) | What::Fault(_));
    assert_eq!(cluster.count(from, acts), 0);
    assert_eq!(cluster.node(1).offset() + 50, cluster.node(0).offset());
    let resumed = cluster.journal.len();
    cluster.act(Action::Resume { node: id(1) });
    cluster.run(2 * SECOND);
    let answer = |entry: &Entry| matches!(&entry.what, What::Answered { reply, .. } if **reply == *b"$1\r\n1\r\n");
    assert_eq!(cluster.count(resumed, answer), 1, "asked after the write was sent, answered after it was applied");
    assert_eq!(Checks::settled(&cluster.world), []);
    let losses = |entry: &Entry| matches!(entry.what, What::Event(Event::LinkLost { .. }) | What::Lost(_));
    assert_eq!(cluster.count(from, losses), 0);
}

#[test]
fn a_process_that_is_gone_can_not_be_paused() {
    let mut cluster = Cluster::following(2, 1);
    cluster.act(Action::Crash { node: id(1) });
    cluster.act(Action::Pause { node: id(1) });
    cluster.act(Action::Restart { node: id(1), keep_rdb: true });
    assert_eq!(cluster.ask(1, "PING"), "+PONG\r\n");
}

#[test]
fn a_restart_finds_the_file_of_the_last_synchronization_or_nothing() {
    for keep_rdb in [true, false] {
        let mut cluster = Cluster::new(2, 1);
        cluster.say(0, "SET before 1");
        cluster.follow(1, 0);
        cluster.run(SECOND);
        cluster.say(0, "SET after 1");
        cluster.run(SECOND);
        cluster.act(Action::Crash { node: id(1) });
        assert!(cluster.world.hosts()[1].node.is_none());
        cluster.run(SECOND);
        assert!(cluster.info(0).contains("connected_slaves:0"), "the kernel closed the connection");
        cluster.act(Action::Restart { node: id(1), keep_rdb });
        assert_eq!(cluster.node(1).role(), Role::Master, "REPLICAOF was not written to a configuration file");
        let found = if keep_rdb { "$1\r\n1\r\n" } else { "$-1\r\n" };
        assert_eq!(cluster.ask(1, "GET before"), found);
        assert_eq!(cluster.ask(1, "GET after"), "$-1\r\n");
    }
}

#[test]
fn a_call_of_a_process_that_crashed_does_not_reach_its_successor() {
    let mut cluster = Cluster::new(2, 1);
    cluster.act(Action::Crash { node: id(0) });
    // The refusal is on its way when the caller dies, and its successor makes a call with the same number.
    cluster.follow(1, 0);
    cluster.run(Duration::from_millis(3));
    cluster.act(Action::Crash { node: id(1) });
    cluster.act(Action::Restart { node: id(0), keep_rdb: true });
    cluster.act(Action::Restart { node: id(1), keep_rdb: true });
    cluster.follow(1, 0);
    let from = cluster.journal.len();
    cluster.run(Duration::from_millis(200));
    assert!(cluster.info(1).contains("master_link_status:up"));
    let events = |entry: &Entry| matches!(entry.what, What::Event(Event::LinkLost { .. }));
    assert_eq!(cluster.count(from, events), 0);
}

#[test]
fn bytes_take_their_time_and_never_overtake_each_other() {
    let mut cluster = Cluster::new(2, 1);
    for n in 0..50 {
        cluster.say(0, &format!("SET key:{n} {}", "v".repeat(100)));
    }
    cluster.act(slow(0, 1, 10, Some(1_000)));
    cluster.follow(1, 0);
    let from = cluster.journal.len();
    cluster.run(2 * SECOND);
    cluster.say(0, "SET last 1");
    cluster.act(slow(0, 1, 1, None));
    cluster.run(20 * SECOND);
    let (_, arrived) = sent_and_arrived(&cluster.journal[from..]);
    let mut ends = [0, 0];
    for segment in arrived {
        let end = &mut ends[usize::from(segment.to.0)];
        assert_eq!(segment.at, *end, "in order, without gaps");
        *end += segment.bytes.len() as u64;
    }
    assert_eq!(Checks::settled(&cluster.world), []);
    let loaded = cluster.journal.iter().find(|entry| matches!(entry.what, What::Event(Event::SnapshotLoaded { .. })));
    let snapshot_bytes = cluster.world.hosts()[0].disk.as_ref().expect("saved").len() as u128;
    let took_ms = loaded.expect("it was loaded").at.since(replscope::sim::EPOCH).as_millis();
    assert!((snapshot_bytes..snapshot_bytes + 500).contains(&took_ms), "{snapshot_bytes} bytes in {took_ms} ms");
}

#[test]
fn an_answer_belongs_to_the_command_that_was_asked() {
    let mut cluster = Cluster::new(1, 1);
    cluster.say(0, "REPLCONF ACK 1");
    cluster.say(0, "PING");
    let answered: Vec<String> = cluster
        .journal
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Answered { args, .. } => Some(args.iter().map(|arg| String::from_utf8_lossy(arg)).collect()),
            _ => None,
        })
        .collect();
    assert_eq!(answered, ["PING"], "the other one has no answer");
}

#[test]
fn a_console_that_was_closed_is_opened_again() {
    let mut cluster = Cluster::new(1, 1);
    assert_eq!(cluster.ask(0, "QUIT"), "+OK\r\n");
    assert_eq!(cluster.ask(0, "PING"), "+PONG\r\n");
}
