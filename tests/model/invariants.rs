//! The checker of the invariants can fail: a true run satisfies it, and a run in which one thing is made wrong does not.

use crate::cluster::{Cluster, id};
use replscope::node::{Event, PsyncVerdict};
use replscope::sim::{Action, Checks, Entry, HostSetup, LostWrite, Setup, What};
use replscope::wire::{ReplId, printable};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// A master with data, a first synchronization, writes, a partial resynchronization, and a promotion that others follow.
fn true_run() -> Cluster {
    let mut cluster = Cluster::new(3, 1);
    cluster.say(0, "SET before 1");
    cluster.follow(1, 0);
    cluster.follow(2, 0);
    cluster.run(SECOND);
    cluster.say(0, "SET k 1");
    cluster.run(SECOND);
    cluster.act(Action::Cut { a: id(0), b: id(1) });
    cluster.say(0, "SET k 2");
    cluster.act(Action::Heal { a: id(0), b: id(1) });
    cluster.run(2 * SECOND);
    cluster.say(1, "REPLICAOF NO ONE");
    cluster.follow(2, 1);
    cluster.follow(0, 1);
    cluster.run(2 * SECOND);
    cluster.say(1, "SET k 3");
    cluster.run(2 * SECOND);
    cluster
}

/// The rules that are broken once `doctor` has changed an entry of the true run; it says whether it did.
fn broken_rules(doctor: impl Fn(&mut Entry) -> bool) -> Vec<u8> {
    let mut checks = Checks::default();
    let mut journal = true_run().journal;
    assert!(journal.iter_mut().any(doctor), "there is nothing of this kind in the run");
    journal.iter().for_each(|entry| checks.observe(entry));
    checks.violations().iter().map(|violation| violation.rule).collect()
}

fn event(entry: &mut Entry) -> Option<&mut Event> {
    match &mut entry.what {
        What::Event(event) => Some(event),
        _ => None,
    }
}

#[test]
fn a_true_run_breaks_no_rule() {
    let cluster = true_run();
    assert_eq!(cluster.checks.violations(), []);
    assert_eq!(cluster.checks.lost_writes(), []);
    assert_eq!(Checks::settled(&cluster.world), []);
    let partial = |entry: &Entry| {
        matches!(&entry.what, What::Event(Event::PsyncDecided(decision))
            if matches!(decision.verdict, PsyncVerdict::Partial { .. }))
    };
    assert_eq!(cluster.count(0, partial), 3);
}

#[test]
fn another_dataset_at_the_same_offset_breaks_the_first_rule() {
    for node in [0, 1, 2] {
        let rules = broken_rules(|entry| match (entry.node, event(entry)) {
            (at, Some(Event::DatasetAt { fingerprint, offset: 50.., .. })) if at == id(node) => {
                *fingerprint ^= 1;
                true
            }
            _ => false,
        });
        assert!(rules.contains(&1), "node {node}: {rules:?}");
    }
}

#[test]
fn a_snapshot_of_another_dataset_breaks_the_first_rule() {
    let rules = broken_rules(|entry| match (entry.node, event(entry)) {
        (node, Some(Event::DatasetAt { fingerprint, offset: 0, .. })) if node == id(1) && *fingerprint != 0 => {
            *fingerprint ^= 1;
            true
        }
        _ => false,
    });
    assert_eq!(rules, [1]);
}

#[test]
fn a_gap_in_the_offsets_breaks_the_second_rule() {
    let rules = broken_rules(|entry| match event(entry) {
        Some(Event::Applied { start, .. }) if *start > 50 => {
            *start += 1;
            true
        }
        _ => false,
    });
    assert_eq!(rules, [2]);
}

#[test]
fn an_offset_that_goes_back_breaks_the_second_rule() {
    let rules = broken_rules(|entry| match event(entry) {
        Some(Event::Propagated { start, end, .. }) if *start > 50 => {
            (*start, *end) = (*start - 1, *end - 1);
            true
        }
        _ => false,
    });
    assert!(rules.contains(&2), "{rules:?}");
}

#[test]
fn other_bytes_at_the_same_offset_break_the_second_rule() {
    let rules = broken_rules(|entry| match event(entry) {
        Some(Event::Applied { args, .. }) => {
            args.reverse();
            true
        }
        _ => false,
    });
    assert_eq!(rules, [2]);
}

#[test]
fn a_partial_resynchronization_of_what_is_not_there_breaks_the_third_rule() {
    let first = |entry: &Entry| match &entry.what {
        What::Event(Event::PsyncDecided(decision)) => match decision.verdict {
            PsyncVerdict::Partial { .. } => Some(decision.clone()),
            PsyncVerdict::Full { .. } => None,
        },
        _ => None,
    };
    let decision = true_run().journal.iter().find_map(first).expect("there is one");
    let (first_byte, len) = decision.backlog.expect("there is a backlog");
    let broken = |change: &dyn Fn(&mut replscope::node::PsyncDecision)| {
        broken_rules(|entry| match event(entry) {
            Some(Event::PsyncDecided(decision)) if matches!(decision.verdict, PsyncVerdict::Partial { .. }) => {
                change(decision);
                true
            }
            _ => false,
        })
    };
    assert_eq!(broken(&|decision| decision.asked_offset = first_byte as i64), [0_u8; 0]);
    assert_eq!(broken(&|decision| decision.asked_offset = first_byte as i64 - 1), [3]);
    assert_eq!(broken(&|decision| decision.asked_offset = (first_byte + len) as i64), [0_u8; 0]);
    assert_eq!(broken(&|decision| decision.asked_offset = (first_byte + len) as i64 + 1), [3]);
    assert_eq!(broken(&|decision| decision.asked_offset = -1), [3]);
    assert_eq!(broken(&|decision| decision.backlog = None), [3]);
    assert_eq!(broken(&|decision| decision.asked_id = None), [3]);
    assert_eq!(broken(&|decision| decision.asked_id = Some(b"?"[..].into())), [3]);
    let second = |decision: &mut replscope::node::PsyncDecision, reach: u64| {
        decision.id2 = decision.id;
        decision.id = ReplId([b'x'; 40]);
        decision.second_offset = Some(reach);
    };
    let asked = decision.asked_offset as u64;
    assert_eq!(broken(&|decision| second(decision, asked)), [0_u8; 0]);
    assert_eq!(broken(&|decision| second(decision, asked - 1)), [3]);
}

#[test]
fn a_replica_that_has_not_caught_up_or_went_its_own_way_breaks_the_fourth_rule() {
    let mut cluster = Cluster::following(2, 1);
    cluster.say(0, "SET k 1");
    let said = |cluster: &Cluster| -> Vec<(u8, String)> {
        Checks::settled(&cluster.world).into_iter().map(|violation| (violation.rule, violation.what)).collect()
    };
    assert_eq!(said(&cluster), [(4, "offset 0 where the master has 50".into())]);
    cluster.run(SECOND);
    assert_eq!(said(&cluster), []);
    assert_eq!(cluster.ask(1, "CONFIG SET replica-read-only no"), "+OK\r\n");
    assert_eq!(cluster.ask(1, "SET own 1"), "+OK\r\n");
    assert_eq!(said(&cluster), [(4, "same offset as the master, another digest".into())]);
    // It left the first rule's guarantee, so that one says nothing of it from here on.
    cluster.say(0, "SET k 2");
    cluster.run(SECOND);
    assert_eq!(cluster.checks.violations(), []);
}

#[test]
fn what_a_writable_replica_passes_on_is_no_fault_of_the_model() {
    let mut cluster = Cluster::following(3, 1);
    cluster.say(0, "SET k 1");
    assert_eq!(cluster.ask(1, "CONFIG SET replica-read-only no"), "+OK\r\n");
    assert_eq!(cluster.ask(1, "SET own 1"), "+OK\r\n");
    cluster.run(SECOND);
    // By a snapshot, under the master's own id.
    cluster.act(Action::Crash { node: id(2) });
    cluster.act(Action::Restart { node: id(2), keep_rdb: false });
    cluster.follow(2, 1);
    cluster.run(SECOND);
    cluster.say(0, "SET k 2");
    cluster.run(SECOND);
    assert_eq!(cluster.ask(2, "GET own"), "$1\r\n1\r\n");
    // As a master that others continue from.
    cluster.say(1, "REPLICAOF NO ONE");
    cluster.follow(0, 1);
    cluster.say(1, "SET k 3");
    cluster.run(2 * SECOND);
    assert_eq!(cluster.ask(0, "GET k"), "$1\r\n3\r\n");
    assert_eq!(cluster.ask(0, "GET own"), "$-1\r\n");
    assert_eq!(cluster.checks.violations(), []);
}

fn lost(cluster: &Cluster) -> Vec<String> {
    let text = |write: &LostWrite| write.args.iter().map(|arg| printable(arg)).collect::<Vec<_>>().join(" ");
    cluster.checks.lost_writes().iter().map(text).collect()
}

#[test]
fn what_a_divergent_master_wrote_is_lost_once_it_returns() {
    let mut cluster = Cluster::following(3, 1);
    cluster.say(0, "SET everywhere 1");
    cluster.run(SECOND);
    cluster.act(Action::Cut { a: id(0), b: id(1) });
    cluster.act(Action::Cut { a: id(0), b: id(2) });
    cluster.say(1, "REPLICAOF NO ONE");
    cluster.follow(2, 1);
    cluster.run(SECOND);
    cluster.say(0, "SET only-here 1");
    cluster.say(0, "SET only-here 2");
    cluster.say(1, "SET there 1");
    cluster.run(SECOND);
    assert_eq!(lost(&cluster), [""; 0], "the old master still holds it");
    cluster.act(Action::Heal { a: id(0), b: id(1) });
    cluster.follow(0, 1);
    cluster.run(2 * SECOND);
    assert_eq!(lost(&cluster), ["SET only-here 1", "SET only-here 2"]);
    assert_eq!(cluster.checks.violations(), []);
    assert_eq!(Checks::settled(&cluster.world), []);
}

#[test]
fn what_a_crashed_master_had_not_sent_is_lost_once_it_starts_without_it() {
    for keep_rdb in [true, false] {
        let mut cluster = Cluster::following(2, 1);
        cluster.say(0, "SET everywhere 1");
        cluster.run(SECOND);
        cluster.act(Action::Cut { a: id(0), b: id(1) });
        cluster.say(0, "SET only-here 1");
        cluster.act(Action::Crash { node: id(0) });
        cluster.say(1, "REPLICAOF NO ONE");
        cluster.run(SECOND);
        assert_eq!(lost(&cluster), [""; 0], "its file may hold it");
        cluster.act(Action::Restart { node: id(0), keep_rdb });
        cluster.say(0, "PING");
        cluster.run(SECOND);
        assert_eq!(lost(&cluster), ["SET only-here 1"]);
        assert_eq!(cluster.checks.violations(), []);
    }
}

#[test]
fn a_master_that_starts_empty_empties_its_replicas_and_that_is_a_loss() {
    let mut cluster = Cluster::following(2, 1);
    cluster.say(0, "SET everywhere 1");
    cluster.run(SECOND);
    cluster.act(Action::Crash { node: id(0) });
    cluster.act(Action::Restart { node: id(0), keep_rdb: false });
    cluster.run(3 * SECOND);
    assert_eq!(cluster.ask(1, "GET everywhere"), "$-1\r\n");
    assert_eq!(lost(&cluster), ["SET everywhere 1"]);
    assert_eq!(cluster.checks.violations(), []);
}

#[test]
fn a_replica_that_continues_from_its_file_breaks_no_rule() {
    let mut setup = Setup::default();
    for (n, name) in ["a", "b"].into_iter().enumerate() {
        let mut config = Cluster::new(2, 0).node(n).config().clone();
        config.replicaof = (n == 1).then(|| replscope::node::Addr { host: "127.0.0.1".into(), port: 6379 });
        setup.hosts.push(HostSetup { name: name.into(), config });
    }
    let mut cluster = Cluster::of(setup);
    cluster.run(2 * SECOND);
    cluster.say(0, "SET k 1");
    cluster.run(SECOND);
    cluster.act(Action::Crash { node: id(1) });
    cluster.say(0, "SET k 2");
    cluster.act(Action::Restart { node: id(1), keep_rdb: true });
    cluster.run(3 * SECOND);
    assert_eq!(cluster.node(0).stats().sync_partial_ok, 1, "from the offset of its file, not the one it had reached");
    assert_eq!(cluster.checks.violations(), []);
    assert_eq!(Checks::settled(&cluster.world), []);
}
