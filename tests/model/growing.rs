//! Nodes that join and leave while a lesson runs, branches, and loads of many commands.

use expect_test::{Expect, expect};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use replscope::node::LinkState;
use replscope::scene::geometry::Size;
use replscope::scene::{Ledger, still};
use replscope::sim::{Action, NodeId, World};
use replscope::story::{Claim, Lesson, Load, LoadCommand, Telling, Timeline};
use replscope::time::Time;
use std::time::Duration;

const GROWING: &str = "
title Growing
node a 6379
node b 6380 replicaof a
config * repl-diskless-sync no
scale backlog 2000 block 300
at 1s a> SET k 1
at 2s add c 6381 replicaof a
at 4s add d 6382 replicaof c
at 5s remove b
at 6s a> SET k 2
at 7s cut c a
at 7s a> SET only-here 1
at 7.5s remove a
at 8s c> REPLICAOF NO ONE
at 9s c> SET k 3
at 9s add e 6383
note joined when add d
  It joins
note left when remove b
  It leaves
claim c equals d at 4.9s
claim d holds k 3
claim d info slave_repl_offset 1 at 0s
claim lost 1
claim happens 2nd a answers PSYNC from c full
end 12s
";

fn lesson(text: &str) -> Lesson {
    Lesson::parse("x.txt", text).unwrap()
}

fn after(lesson: &Lesson, ms: u64) -> Time {
    lesson.scenario.start() + Duration::from_millis(ms)
}

fn ids(world: &World) -> Vec<u8> {
    world.node_ids().map(|id| id.0).collect()
}

#[test]
fn nodes_join_and_leave() {
    let lesson = lesson(GROWING);
    assert_eq!(lesson.names(), ["a", "b", "c", "d", "e"]);
    let (verdicts, timeline) = Claim::check_all(&lesson.claims, &lesson.scenario);
    let found: Vec<_> = verdicts.into_iter().map(|verdict| verdict.found).collect();
    let absent = Some("the process is not running".into());
    let once = Some("it happened 1 times".into());
    assert_eq!(found, [None, None, absent, None, once]);
    assert_eq!(timeline.checks().violations(), []);

    let mut ledger = Ledger::default();
    let mut telling = Telling::watch(lesson.clone(), |entries, world| ledger.note(entries, world));
    let moments = [0, 3_000, 4_500, 5_500, 8_500, 10_000].map(|ms| after(&lesson, ms));
    let shown = moments.map(|at| ids(&telling.timeline.frame(at).now));
    assert_eq!(shown, [vec![0, 1], vec![0, 1, 2], vec![0, 1, 2, 3], vec![0, 2, 3], vec![2, 3], vec![2, 3, 4]]);
    let cards = moments.map(|at| {
        let frame = telling.timeline.frame(at);
        let stage = still(&frame, &ledger, Size { width: 1000.0, height: 600.0 }, true);
        let links: Vec<&str> = stage.links.iter().map(|link| link.data.as_str()).collect();
        let cards: Vec<&str> = stage.cards.iter().map(|card| card.name.as_str()).collect();
        format!("{} {}", cards.join(" "), links.join(" "))
    });
    expect![[r#"
        node-a node-b a-b
        node-a node-b node-c a-b a-c
        node-a node-b node-c node-d a-b a-c c-d
        node-a node-c node-d a-c c-d
        node-c node-d c-d
        node-c node-d node-e c-d"#]]
    .assert_eq(&cards.join("\n"));
    let cues: Vec<&str> = telling.cues().map(|(_, name)| name).collect();
    assert_eq!(cues, ["joined", "left"]);
    let words = [2_000, 5_000, 9_000].map(|ms| {
        let frame = telling.timeline.frame(after(&lesson, ms));
        telling.narration(&frame).spoken()
    });
    expect![[r#"
        node-c joins. A new process that is to replicate from node-a. It has no history: it will ask for everything.
        It leaves. 
        node-e joins. A new process, empty, with a history of its own."#]]
    .assert_eq(&words.join("\n"));
    // It has what every node of the lesson was given.
    let world = telling.timeline.last_world();
    let node = world.host(NodeId(3)).and_then(|host| host.node.as_ref()).unwrap();
    assert_eq!((node.config().repl_backlog_size, node.config().repl_diskless_sync), (2000, false));
    assert_eq!(node.master_link().map(|link| link.state), Some(LinkState::Connected));
}

#[test]
fn numbers_and_names_are_never_given_again() {
    let lesson = lesson("title T\nnode a 6379\nat 1s add b 6380\nend 2s");
    let mut world = World::new(&lesson.scenario.setup);
    let add = |node: u8, name: &str, port| Action::Add { node: NodeId(node), name: name.into(), port, replicaof: None };
    world.act(&add(3, "d", 6382));
    assert_eq!(ids(&world), [0, 3]);
    world.act(&add(1, "b", 6380));
    world.act(&Action::Remove { node: NodeId(3) });
    world.act(&add(3, "again", 6382));
    world.act(&Action::Restart { node: NodeId(3), keep_rdb: true });
    world.act(&Action::Restart { node: NodeId(2), keep_rdb: true });
    world.act(&add(1, "again", 6385));
    world.act(&add(255, "far", 6386));
    assert_eq!(ids(&world), [0, 1]);
    assert_eq!(world.host(NodeId(1)).unwrap().name, "b");
}

const TREE: &str = "
title Branches
laboratory
node a 6379
node b 6380 replicaof a
at 1s a> SET k 1
at 8s a> SET k trunk
load a 10 from 2s to 20s
branch small at 5s
at 6s add c 6381 replicaof a
at 6.5s c> GET k
at 9s a> SET k small
load a 0 from 7s
branch cut of small at 7s
at 7s cut a c
branch other at 3s
at 4s add c 6399
";

#[test]
fn a_branch_is_its_parent_up_to_the_fork() {
    let lesson = lesson(TREE);
    let told = |branch: Option<usize>| {
        let scenario = lesson.scenario_of(branch);
        let script = scenario.script.iter().map(|line| format!("{:?} {:?}\n", line.after, line.action));
        let loads = scenario.loads.iter().map(|load| format!("{} a second {:?} {:?}\n", load.rate, load.from, load.to));
        format!("{branch:?} {:?}\n{}{}", scenario.length, script.collect::<String>(), loads.collect::<String>())
    };
    let all: String = [None, Some(0), Some(1), Some(2)].map(told).concat();
    expect![[r#"
        None 18s
        1s Command { node: NodeId(0), args: [[83, 69, 84], [107], [49]] }
        8s Command { node: NodeId(0), args: [[83, 69, 84], [107], [116, 114, 117, 110, 107]] }
        10 a second 2s 20s
        Some(0) 19s
        1s Command { node: NodeId(0), args: [[83, 69, 84], [107], [49]] }
        6s Add { node: NodeId(2), name: "c", port: 6381, replicaof: Some(NodeId(0)) }
        6.5s Command { node: NodeId(2), args: [[71, 69, 84], [107]] }
        9s Command { node: NodeId(0), args: [[83, 69, 84], [107], [115, 109, 97, 108, 108]] }
        10 a second 2s 20s
        0 a second 7s 7s
        Some(1) 17s
        1s Command { node: NodeId(0), args: [[83, 69, 84], [107], [49]] }
        6s Add { node: NodeId(2), name: "c", port: 6381, replicaof: Some(NodeId(0)) }
        6.5s Command { node: NodeId(2), args: [[71, 69, 84], [107]] }
        7s Cut { a: NodeId(0), b: NodeId(2) }
        10 a second 2s 20s
        0 a second 7s 7s
        Some(2) 14s
        1s Command { node: NodeId(0), args: [[83, 69, 84], [107], [49]] }
        4s Add { node: NodeId(2), name: "c", port: 6399, replicaof: None }
        10 a second 2s 20s
    "#]]
    .assert_eq(&all);
    let going_on = Lesson::parse("x.txt", &TREE.replace("laboratory\n", "")).unwrap();
    assert_eq!(going_on.scenario_of(Some(0)).script.len(), 5);
    assert_eq!(going_on.scenario_of(Some(1)).script.len(), 5);
    assert_eq!(lesson.names(), ["a", "b", "c"]);
    assert_eq!(lesson.node_id("c"), Some(NodeId(2)));
    for branch in [None, Some(0), Some(1), Some(2)] {
        assert_eq!(Timeline::new(lesson.scenario_of(branch)).checks().violations(), []);
    }
}

fn check(head: &str, lines: &[&str], expected: Expect) {
    let said = lines.iter().map(|line| match Lesson::parse("x.txt", &format!("{head}{line}\n")) {
        Ok(_) => format!("{line}\n  is accepted\n"),
        Err(error) => format!("{line}\n  {error}\n"),
    });
    expected.assert_eq(&said.collect::<String>());
}

#[test]
fn mistakes_in_what_grows() {
    check(
        "title T\nnode a 6379\nat 5s add d 6382 replicaof a\nbranch one at 6s\n",
        &[
            "node b 6380",
            "link a d latency 3ms",
            "config d repl-timeout 10",
            "at 7s add",
            "at 7s add e",
            "at 7s add e 6379",
            "at 7s add e 6382",
            "at 7s add e! 6383",
            "at 7s add a 6383",
            "at 7s add d 6383",
            "at 7s add e 6383 replicaof f",
            "at 7s add e 6383 after d",
            "at 7s remove",
            "at 7s remove e",
            "at 7s remove d a",
            "at 5s a> PING",
            "load a 10 from 5s",
            "laboratory",
            "branch",
            "branch \"\" at 7s",
            "branch one at 7s",
            "branch two",
            "branch two of three at 7s",
            "branch two of one at 5s",
            "branch two of one 7s",
            "branch two after one",
            "branch two at 4s\nat 4.5s d> PING",
            "at 8s add e 6383\nat 7s add f 6384",
            "at 8s add e 6383\nat 7s e> PING",
            "at 8s add e 6383\nbranch two at 9s\nat 9s e> PING",
            "load a 10 mix",
            "load a 10 mix SET:0",
            "load a 10 mix SET,SET",
            "load a 10 mix EVAL",
            "load a 1000 size 1kb mix LPUSH from 6s to 60s",
            "load e 10",
        ],
        expect![[r#"
            node b 6380
              line 5, column 1: 'd' was added above; accepted: nodes and links above the first add
            link a d latency 3ms
              line 5, column 1: 'd' was added above; accepted: nodes and links above the first add
            config d repl-timeout 10
              line 5, column 8: this node is added later; accepted: CONFIG SET at its time
            at 7s add
              line 5, column 10: the line ends too early; accepted: a name, then a port
            at 7s add e
              line 5, column 12: the line ends too early; accepted: a port
            at 7s add e 6379
              line 5, column 13: '6379' cannot be this node's port; accepted: a number from 1 to 65535 that no other node has
            at 7s add e 6382
              line 5, column 13: '6382' cannot be this node's port; accepted: a number from 1 to 65535 that no other node has
            at 7s add e! 6383
              line 5, column 11: 'e!' is not a name; accepted: up to 16 letters, digits and hyphens
            at 7s add a 6383
              line 5, column 11: there is a node 'a' already; accepted: another name
            at 7s add d 6383
              line 5, column 11: there is a node 'd' already; accepted: another name
            at 7s add e 6383 replicaof f
              line 5, column 28: there is no node 'f'; accepted: a, d
            at 7s add e 6383 after d
              line 5, column 18: 'after' is not expected here; accepted: the end of the line
            at 7s remove
              line 5, column 13: the line ends too early; accepted: a node's name
            at 7s remove e
              line 5, column 14: there is no node 'e'; accepted: a, d
            at 7s remove d a
              line 5, column 16: 'a' is not expected here; accepted: the end of the line
            at 5s a> PING
              line 5, column 7: this branch begins at 6s, and nothing before that can be changed; accepted: a time from 6s on
            load a 10 from 5s
              line 5, column 6: this branch begins at 6s, and nothing before that can be changed; accepted: a time from 6s on
            laboratory
              line 5, column 1: there is a branch above; accepted: laboratory, above all branches
            branch
              line 5, column 7: the line ends too early; accepted: a name, then at TIME
            branch "" at 7s
              line 5, column 8: this cannot be a branch's name; accepted: 1 to 40 characters
            branch one at 7s
              line 5, column 8: there is a branch 'one' already; accepted: another name
            branch two
              line 5, column 11: the line ends too early; accepted: of PARENT, or at TIME
            branch two of three at 7s
              line 5, column 15: there is no branch 'three'; accepted: one
            branch two of one at 5s
              line 5, column 19: its parent begins at 6s; accepted: a time from 6s on
            branch two of one 7s
              line 5, column 19: '7s' is not expected here; accepted: of PARENT, or at TIME
            branch two after one
              line 5, column 12: 'after' is not expected here; accepted: of PARENT, or at TIME
            branch two at 4s
            at 4.5s d> PING
              line 6, column 9: the node has not joined yet; accepted: a time from 5s on
            at 8s add e 6383
            at 7s add f 6384
              line 6, column 11: nodes are added in order of time; accepted: a time from 8s on
            at 8s add e 6383
            at 7s e> PING
              line 6, column 7: the node has not joined yet; accepted: a time from 8s on
            at 8s add e 6383
            branch two at 9s
            at 9s e> PING
              line 7, column 7: the node does not join on this branch; accepted: add NAME PORT above
            load a 10 mix
              line 5, column 14: the line ends too early; accepted: commands of SET, GET, INCR, LPUSH, DEL and EXPIRE, with weights from 1 to 1000, such as SET:6,INCR:3
            load a 10 mix SET:0
              line 5, column 15: 'SET:0' is no mix of commands; accepted: commands of SET, GET, INCR, LPUSH, DEL and EXPIRE, with weights from 1 to 1000, such as SET:6,INCR:3
            load a 10 mix SET,SET
              line 5, column 15: 'SET,SET' is no mix of commands; accepted: commands of SET, GET, INCR, LPUSH, DEL and EXPIRE, with weights from 1 to 1000, such as SET:6,INCR:3
            load a 10 mix EVAL
              line 5, column 15: 'EVAL' is no mix of commands; accepted: commands of SET, GET, INCR, LPUSH, DEL and EXPIRE, with weights from 1 to 1000, such as SET:6,INCR:3
            load a 1000 size 1kb mix LPUSH from 6s to 60s
              line 5, column 6: the load would hold too much; accepted: keys and values of at most 16777216 bytes together
            load e 10
              line 5, column 6: there is no node 'e'; accepted: a, d
        "#]],
    );
    check(
        "title T\nnode a 6379\nat 5s add d 6382\n",
        &["at 4s d> PING", "load d 5", "at 5s remove d\nat 6s add d 7000"],
        expect![[r#"
        at 4s d> PING
          line 4, column 7: the node has not joined yet; accepted: a time from 5s on
        load d 5
          line 4, column 6: the node has not joined yet; accepted: a time from 5s on
        at 5s remove d
        at 6s add d 7000
          line 5, column 11: there is a node 'd' already; accepted: another name
    "#]],
    );
    let many: String = (0..60).map(|n| format!("at 1s add n{n} {}\n", 7000 + n)).collect();
    let error = Lesson::parse("x.txt", &format!("title T\nnode a 6379\n{many}")).unwrap_err();
    expect!["line 52, column 11: there are too many nodes; accepted: at most 50"].assert_eq(&error.to_string());
}

#[test]
fn a_load_sends_what_it_is_told_to() {
    let lesson = lesson(
        "title T\nnode a 6379\nload a 100 keys 5 mix SET:6,INCR:3,lpush,EXPIRE:2,GET,DEL to 4s\nload a 0 from 3s",
    );
    let load = &lesson.scenario.loads[0];
    assert_eq!((load.mix.len(), lesson.scenario.length), (6, Duration::from_secs(6)));
    let mut counts = LoadCommand::ALL.map(|command| (command.name(), 0));
    for n in 0..300 {
        let Action::Command { args, .. } = load.command(n) else { panic!("a command") };
        counts.iter_mut().filter(|(name, _)| name.as_bytes() == &*args[0]).for_each(|(_, count)| *count += 1);
    }
    expect![[r#"[("SET", 104), ("GET", 22), ("INCR", 76), ("LPUSH", 23), ("DEL", 25), ("EXPIRE", 50)]"#]]
        .assert_eq(&format!("{counts:?}"));
    let timeline = Timeline::new(lesson.scenario.clone());
    assert_eq!(timeline.last_world().host(NodeId(0)).unwrap().node.as_ref().unwrap().stats().commands_processed, 300);
    assert_eq!(
        Load::new(NodeId(0), 1).command(7),
        Load { mix: vec![(LoadCommand::Set, 9)], ..Load::new(NodeId(0), 1) }.command(7)
    );
}

/// A line that is right, whatever its time is.
fn line() -> impl Strategy<Value = String> {
    let acts = "remove b|remove c|remove d|crash d|restart d|restart a|d> REPLICAOF NO ONE|d> REPLICAOF 127.0.0.1 6380|\
        a> REPLICAOF 127.0.0.1 6382|b> REPLICAOF 127.0.0.1 6382|cut a d|heal a d|blackhole b d|heal b d|pause d|resume d|\
        a> SET k 1|a> SET k 2|d> SET k 3|b> REPLICAOF NO ONE";
    (0..4_000u64, select(acts.split('|').collect::<Vec<_>>())).prop_map(|(ms, act)| format!("at {ms}ms {act}\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn growing_breaks_no_rule(lines in vec(line(), 0..20), seed: u64) {
        let text = format!(
            "title T\nseed {seed}\nnode a 6379\nnode b 6380 replicaof a\nnode c 6381 replicaof b\n\
            config * repl-diskless-sync no\nload a 20 to 4s\nat 0s add d 6382 replicaof c\n{}end 8s\n",
            lines.concat()
        );
        let timeline = Timeline::new(lesson(&text).scenario);
        prop_assert_eq!(timeline.checks().violations(), []);
    }
}
