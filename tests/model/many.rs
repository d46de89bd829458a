//! Fifty nodes on one stage: they stay readable, and nobody is left out.

use replscope::scene::{Detail, Focus, Ledger, Room, Scene, Spread, compose};
use replscope::sim::NodeId;
use replscope::story::{Lesson, Telling};
use std::collections::BTreeSet;
use std::time::Duration;

/// A laptop's stage, and a phone's.
const WIDE: Room = Room { width: 1_044.0, height: 500.0, tape: false, framed: false };
const NARROW: Room = Room { width: 390.0, height: 620.0, tape: false, framed: false };

/// A master, four replicas below it, and 45 below those.
fn text() -> String {
    let below = |n: usize| match n {
        0 => String::new(),
        1..=4 => " replicaof n0".into(),
        _ => format!(" replicaof n{}", 1 + n % 4),
    };
    let nodes: String = (0..50).map(|n| format!("node n{n} {}{}\n", 6_379 + n, below(n))).collect();
    format!("title Fifty\n{nodes}config * repl-diskless-sync-delay 0\nat 8s n0> SET k 1\nat 9s cut n1 n8\nend 12s\n")
}

struct Fifty {
    telling: Telling,
    ledger: Ledger,
}

impl Fifty {
    fn new() -> Fifty {
        let mut ledger = Ledger::default();
        let lesson = Lesson::parse("fifty.txt", &text()).unwrap();
        let telling = Telling::watch(lesson, |entries, world| ledger.note(entries, world));
        Fifty { telling, ledger }
    }

    fn scene(&mut self, ms: u64, focus: Focus, room: Room) -> Scene {
        let start = self.telling.timeline.start();
        let frame = self.telling.timeline.frame(start + Duration::from_millis(ms));
        compose(&frame, &self.ledger, start, &focus, &room)
    }
}

/// Everybody is on one card, and no card covers another.
#[track_caller]
fn check(scene: &Scene) {
    let cards = &scene.stage.cards;
    let on = |card: &replscope::scene::card::Card| match card.members.as_slice() {
        [] => vec![card.node],
        members => members.to_vec(),
    };
    let all: Vec<NodeId> = cards.iter().flat_map(on).collect();
    assert_eq!(all.len(), 50);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 50);
    for (n, a) in cards.iter().enumerate() {
        assert!(cards[..n].iter().all(|b| !a.rect.overlaps(&b.rect)), "{} covers another", a.name);
    }
}

fn alone(scene: &Scene) -> Vec<&str> {
    let cards = scene.stage.cards.iter().filter(|card| card.members.is_empty());
    cards.map(|card| card.name.as_str()).collect()
}

#[test]
fn those_that_are_alike_stand_together() {
    let mut fifty = Fifty::new();
    let calm = fifty.scene(7_900, Focus::default(), WIDE);
    check(&calm);
    assert_eq!(alone(&calm), ["n0", "n1", "n2", "n3", "n4"]);
    assert_eq!(calm.stage.cards.len(), 9);
    assert!(calm.stage.cards[0].detail <= Detail::Compact, "{:?}", calm.stage.cards[0].detail);
    // What goes to all of them is one message.
    let write = fifty.scene(8_003, Focus::default(), WIDE);
    let pills: Vec<_> = write.stage.messages.iter().map(|pill| pill.name.clone()).collect();
    assert!(write.stage.messages.len() <= 8, "{pills:?}");
    // Who is in trouble stands out, and so does who is looked at.
    let focus = Focus { node: Some(NodeId(20)), ..Focus::default() };
    let broken = fifty.scene(10_000, focus, WIDE);
    check(&broken);
    assert_eq!(alone(&broken), ["n0", "n1", "n2", "n3", "n4", "n8", "n20"]);
    check(&fifty.scene(10_000, focus, NARROW));
}

#[test]
fn a_group_is_opened_and_one_node_is_looked_around() {
    let mut fifty = Fifty::new();
    let open = fifty.scene(7_900, Focus { open: Some(NodeId(5)), ..Focus::default() }, WIDE);
    check(&open);
    // n2 has 5, 9, 13 and so on below it; all others stand together.
    assert_eq!((alone(&open).len(), open.stage.cards.len()), (14, 15));
    let focus = Focus { node: Some(NodeId(20)), spread: Spread::Around, ..Focus::default() };
    let around = fifty.scene(7_900, focus, WIDE);
    check(&around);
    assert_eq!(alone(&around), ["n0", "n1", "n20"]);
    assert_eq!(around.stage.cards.len(), 5);
    let focus = Focus { node: Some(NodeId(0)), ..focus };
    assert_eq!(alone(&fifty.scene(7_900, focus, WIDE)), ["n0", "n1", "n2", "n3", "n4"]);
    let all = fifty.scene(7_900, Focus { spread: Spread::All, ..Focus::default() }, WIDE);
    check(&all);
    assert_eq!(all.stage.cards.len(), 50);
}

#[test]
fn few_nodes_are_never_put_together() {
    let text =
        "title Few\nnode a 6379\nnode b 6380 replicaof a\nnode c 6381 replicaof a\nnode d 6382 replicaof a\nend 8s\n";
    let mut ledger = Ledger::default();
    let lesson = Lesson::parse("few.txt", text).unwrap();
    let mut telling = Telling::watch(lesson, |entries, world| ledger.note(entries, world));
    let start = telling.timeline.start();
    let frame = telling.timeline.frame(start + Duration::from_secs(7));
    for room in [WIDE, NARROW] {
        let scene = compose(&frame, &ledger, start, &Focus::default(), &room);
        assert!(scene.stage.cards.iter().all(|card| card.members.is_empty()) && scene.stage.cards.len() == 4);
    }
}
