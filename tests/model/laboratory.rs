//! A laboratory's run is that of its text, whatever was done in it.

use crate::timeline::seen;
use expect_test::expect;
use replscope::node::Role;
use replscope::rng::Rng;
use replscope::scene::Ledger;
use replscope::sim::{Action, NodeId};
use replscope::story::{Change, Laboratory, Lesson, Load, LoadCommand, Refused, Scenario, Telling, Topology};
use replscope::time::Time;
use replscope::wire::Bytes;
use std::time::Duration;

type Lab = Laboratory<Ledger>;

fn lab(topology: Topology) -> Lab {
    Laboratory::ready(topology).unwrap()
}

fn at(lab: &Lab, ms: u64) -> Time {
    lab.telling().timeline.start() + Duration::from_millis(ms)
}

fn command(node: u8, text: &str) -> Action {
    let args: Vec<Bytes> = text.split(' ').map(|word| word.as_bytes().into()).collect();
    Action::Command { node: NodeId(node), args }
}

fn act(lab: &mut Lab, ms: u64, action: Action) -> Change {
    lab.act(at(lab, ms), action).unwrap()
}

/// The run that is shown, computed anew from the text.
fn check(lab: &Lab) {
    let text = lab.text().unwrap();
    let (name, number) = (lab.lesson().name.clone(), lab.lesson().number);
    let lesson = Lesson { name, number, ..Lesson::parse("", &text).unwrap() };
    assert!(lesson == *lab.lesson(), "{text}");
    let shown = lab.telling();
    let length = shown.timeline.end().since(shown.timeline.start());
    let lesson = Lesson { scenario: Scenario { length, ..lesson.scenario_of(lab.branch()) }, ..lesson };
    let mut ledger = Ledger::default();
    let mut anew = Telling::watch(lesson, |entries, world| ledger.note(entries, world));
    let mut shown = shown.clone();
    assert!(shown.timeline.steps() == anew.timeline.steps(), "{text}");
    assert!(shown.timeline.runs() == anew.timeline.runs() && shown.pace == anew.pace, "{text}");
    assert!(seen(shown.timeline.last_world()) == seen(anew.timeline.last_world()), "{text}");
    assert!(shown.cues().eq(anew.cues()), "{text}");
    assert_eq!(shown.timeline.checks().violations(), [], "{text}");
    assert_eq!(shown.timeline.checks().lost_writes(), anew.timeline.checks().lost_writes(), "{text}");
    assert_eq!(format!("{:?}", lab.witness()), format!("{ledger:?}"), "{text}");
    let steps = anew.timeline.steps().to_vec();
    for step in steps.iter().step_by(1 + steps.len() / 20) {
        let (a, b) = (shown.timeline.frame(step.at), anew.timeline.frame(step.at));
        assert!(a.entries == b.entries && seen(&a.now) == seen(&b.now), "{text}");
    }
}

#[test]
fn what_is_done_becomes_a_line_of_the_text() {
    let mut lab = lab(Topology::OneReplica);
    act(&mut lab, 2_000, command(0, "SET k 1"));
    let change = act(&mut lab, 3_000, Action::Cut { a: NodeId(0), b: NodeId(1) });
    assert_eq!(change, Change { branch: None, is_new: false });
    // Something was done later: this is another branch.
    let change = act(&mut lab, 2_500, command(0, "SET k 2"));
    assert_eq!(change, Change { branch: Some(0), is_new: true });
    let add = Action::Add { node: NodeId(0), name: "c".into(), port: 6390, replicaof: Some(NodeId(1)) };
    assert!(!act(&mut lab, 4_000, add).is_new);
    assert!(!act(&mut lab, 4_000, command(2, "GET k")).is_new);
    // Before the branch began its past is that of the trunk.
    assert_eq!(act(&mut lab, 2_400, command(0, "DEL k")), Change { branch: Some(1), is_new: true });
    lab.switch(None, at(&lab, 3_000)).unwrap();
    lab.rename(0, "another value").unwrap();
    // Nothing was done later, but a branch has left.
    assert!(
        act(&mut lab, 3_000, Action::Heal { a: NodeId(0), b: NodeId(1) }) == Change { branch: None, is_new: false }
    );
    let load = Load { mix: vec![(LoadCommand::Incr, 2)], ..Load::new(NodeId(0), 50) };
    lab.load(at(&lab, 5_000), Load { to: Duration::from_secs(9), ..load }).unwrap();
    lab.load(at(&lab, 6_000), Load::new(NodeId(0), 0)).unwrap();
    expect![[r#"
        title One replica
        laboratory
        seed 1
        node a 6379
        node b 6380 replicaof a
        config * repl-diskless-sync-delay 0
        at 2s a> SET k 1
        at 3s cut a b
        at 3s heal a b
        load a 50 mix INCR:2 from 5s to 9s
        load a 0 from 6s to 6s
        branch "another value" at 2.5s
        at 2.5s a> SET k 2
        at 4s add c 6390 replicaof b
        at 4s c> GET k
        branch "branch 3" at 2.4s
        at 2.4s a> DEL k
    "#]]
    .assert_eq(&lab.text().unwrap());
    check(&lab);
    lab.switch(Some(0), at(&lab, 9_000)).unwrap();
    assert_eq!(lab.telling().timeline.end(), at(&lab, 19_000));
    check(&lab);
    assert!(lab.reach(at(&lab, 100_000)) && !lab.reach(at(&lab, 100_000)));
    assert_eq!(lab.telling().timeline.end(), at(&lab, 110_000));
    check(&lab);
    assert_eq!(lab.newcomer(), ("d".into(), 6391));
    assert_eq!(lab.remove(0, at(&lab, 9_000)), Ok(Change { branch: None, is_new: false }));
    assert_eq!(lab.lesson().branches.len(), 1);
    check(&lab);
}

#[test]
fn a_load_takes_the_place_of_another() {
    let mut lab = lab(Topology::OneReplica);
    let node = NodeId(0);
    let running = |lab: &Lab, ms: u64| -> Vec<u32> {
        let loads = Load::running(&lab.scenario().loads, node, Duration::from_millis(ms));
        loads.iter().map(|load| load.rate).collect()
    };
    // Nothing runs: there is nothing to end, and nothing is written.
    let was = lab.text().unwrap();
    assert_eq!(lab.load(at(&lab, 1_000), Load::new(node, 0)), Ok(Change { branch: None, is_new: false }));
    assert_eq!(lab.text().unwrap(), was);
    lab.load(at(&lab, 2_000), Load { to: Duration::from_secs(60), ..Load::new(node, 10) }).unwrap();
    lab.load(at(&lab, 3_000), Load { to: Duration::from_secs(60), keys: 5, ..Load::new(node, 30) }).unwrap();
    // The same moment twice: the last one counts.
    lab.load(at(&lab, 3_000), Load { to: Duration::from_secs(60), ..Load::new(node, 40) }).unwrap();
    assert_eq!(
        [1_999, 2_000, 2_999, 3_000, 9_000].map(|ms| running(&lab, ms)),
        [vec![], vec![10], vec![10], vec![40], vec![40]]
    );
    expect![[r#"
        load a 10 from 2s to 60s
        load a 0 from 3s to 3s
        load a 30 keys 5 from 3s to 60s
        load a 0 from 3s to 3s
        load a 40 from 3s to 60s
    "#]]
    .assert_eq(lab.text().unwrap().strip_prefix(&was).unwrap());
    check(&lab);
}

#[test]
fn a_branch_that_was_read_keeps_its_past() {
    let text = format!("{}at 1s a> SET k 1\nbranch later at 7s\nat 8s a> SET k 2\n", Topology::OneReplica.text());
    let mut lab: Lab = Laboratory::new(Lesson::parse("", &text).unwrap());
    let was = lab.lesson().scenario_of(Some(0));
    assert_eq!(act(&mut lab, 7_000, command(0, "SET k 3")), Change { branch: Some(1), is_new: true });
    lab.switch(None, at(&lab, 7_000)).unwrap();
    assert_eq!(act(&mut lab, 7_001, command(0, "SET k 4")), Change { branch: None, is_new: false });
    assert!(lab.lesson().scenario_of(Some(0)) == was);
    check(&lab);
}

#[test]
fn what_cannot_be_done_is_said_and_not_done() {
    let mut lab = lab(Topology::OneReplica);
    act(&mut lab, 2_000, command(0, "SET k 1"));
    let before = lab.text().unwrap();
    let now = at(&lab, 3_000);
    let add = |name: &str, port| Action::Add { node: NodeId(9), name: name.into(), port, replicaof: None };
    let said = [
        lab.act(now, command(7, "PING")).unwrap_err(),
        lab.act(now, Action::Cut { a: NodeId(0), b: NodeId(0) }).unwrap_err(),
        lab.act(now, Action::Command { node: NodeId(0), args: vec![] }).unwrap_err(),
        lab.act(now, Action::Command { node: NodeId(0), args: vec![vec![0xff].into()] }).unwrap_err(),
        lab.act(now, add("a", 7000)).unwrap_err(),
        lab.act(now, add("c 7000\nat 4s crash a", 7000)).unwrap_err(),
        lab.act(now, add("c", 6380)).unwrap_err(),
        lab.act(at(&lab, 90_000_000), command(0, "PING")).unwrap_err(),
        lab.load(now, Load { keys: 9_999_999, ..Load::new(NodeId(0), 1) }).unwrap_err(),
        lab.switch(Some(0), now).unwrap_err(),
        lab.rename(0, "x").unwrap_err(),
        lab.remove(0, now).unwrap_err(),
    ];
    assert_eq!(said[9], Refused::NoSuchBranch);
    expect![[r#"
        there is no node 'node-7'; accepted: a, b
        a node has no link to itself; accepted: another node
        the line ends too early; accepted: a command
        the command at 3s has bytes that are not UTF-8; accepted: text
        there is a node 'a' already; accepted: another name
        'c 7000
        at 4s crash a' is not a name; accepted: up to 16 letters, digits and hyphens
        '6380' cannot be this node's port; accepted: a number from 1 to 65535 that no other node has
        '90000s' is not a time; accepted: a time such as 7s, 7.214s, 250ms or 40us
        the load would hold too much; accepted: keys and values of at most 16777216 bytes together
        there is no such branch
        there is no such branch
        there is no such branch"#]]
    .assert_eq(&said.map(|refused| refused.to_string()).join("\n"));
    assert_eq!(lab.text().unwrap(), before);
    check(&lab);
}

#[test]
fn every_ready_laboratory_comes_to_rest() {
    for topology in Topology::ALL {
        let mut lab = lab(topology);
        check(&lab);
        lab.reach(at(&lab, 1_000));
        let world = lab.telling().timeline.last_world();
        assert!(replscope::sim::Checks::settled(world).is_empty());
        let masters =
            world.hosts().iter().filter(|host| host.node.as_ref().is_some_and(|node| node.role() == Role::Master));
        assert_eq!(masters.count(), usize::from(topology != Topology::Empty), "{topology:?}");
    }
}

#[test]
fn a_lesson_goes_on_in_its_branches() {
    for short in replscope::story::builtin() {
        assert_eq!(Lab::new(short.clone()).telling().timeline.end(), short.scenario.end());
    }
    let lesson = replscope::story::find_lesson("losing-the-link").unwrap();
    let mut lab = Lab::new(lesson.clone());
    check(&lab);
    assert_eq!(lab.telling().timeline.end(), lesson.scenario.end());
    assert_eq!(act(&mut lab, 5_000, command(0, "SET mine 1")), Change { branch: Some(0), is_new: true });
    check(&lab);
    let script = &lab.telling().timeline.scenario().script;
    assert_eq!(script.len(), lesson.scenario.script.len() + 1);
    assert_eq!(act(&mut lab, 5_000, command(0, "SET mine 2")), Change { branch: Some(0), is_new: false });
    assert_eq!(act(&mut lab, 6_000, command(0, "SET mine 3")), Change { branch: Some(0), is_new: false });
    check(&lab);
}

/// One thing that a learner might do.
fn something(lab: &mut Lab, rng: &mut Rng, moment: &mut u64) {
    *moment = if rng.below(4) == 0 { rng.below(*moment + 1) } else { *moment + rng.below(1_500) };
    let now = at(lab, *moment);
    let nodes = lab.lesson().names().len() as u64;
    let node = NodeId(rng.below(nodes) as u8);
    let other = NodeId(rng.below(nodes) as u8);
    let (name, port) = lab.newcomer();
    let branches = lab.lesson().branches.len() as u64;
    let before = lines_of_all(lab);
    let done = match rng.below(20) {
        0..=4 => lab.act(now, command(node.0, &format!("SET key:{} {}", rng.below(4), rng.below(99)))).map(drop),
        5 => lab.act(now, Action::Cut { a: node, b: other }).map(drop),
        6 => lab.act(now, Action::Heal { a: node, b: other }).map(drop),
        7 => lab.act(now, Action::BlackHole { a: node, b: other }).map(drop),
        8 => lab.act(now, Action::Crash { node }).map(drop),
        9 => lab.act(now, Action::Restart { node, keep_rdb: rng.below(2) == 0 }).map(drop),
        10 => lab.act(now, command(node.0, "REPLICAOF NO ONE")).map(drop),
        11 => lab.act(now, command(node.0, &format!("REPLICAOF 127.0.0.1 {}", 6379 + u64::from(other.0)))).map(drop),
        12 => lab.act(now, Action::Add { node: NodeId(0), name, port, replicaof: Some(other) }).map(drop),
        13 => lab.act(now, Action::Remove { node }).map(drop),
        14 => lab
            .load(
                now,
                Load {
                    to: Duration::from_millis(*moment + rng.below(5_000)),
                    ..Load::new(node, 1 + rng.below(60) as u32)
                },
            )
            .map(drop),
        15 => lab.load(now, Load::new(node, 0)).map(drop),
        16 | 17 if branches > 0 => lab.switch(Some(rng.below(branches) as usize).filter(|_| rng.below(4) > 0), now),
        18 if branches > 0 => lab.remove(rng.below(branches) as usize, now).map(drop),
        _ => {
            lab.reach(now);
            Ok(())
        }
    };
    let after = lines_of_all(lab);
    for (name, was) in &before {
        let Some((_, is)) = after.iter().find(|(other, _)| other == name) else { continue };
        let known = was.iter().zip(is).take_while(|(was, is)| was == is).count();
        let is_past = |line: &(Duration, String)| line.0 < now.since(lab.telling().timeline.start());
        let shown = lab.branch().map_or("trunk", |n| &lab.lesson().branches[n].name);
        assert!(name == shown || was == is, "{name} was not touched: {was:?} became {is:?}");
        assert!(was[known..].is_empty() && !is[known..].iter().any(is_past), "{name}: {was:?} became {is:?}");
    }
    // A node that has not joined on this branch yet, or a link to itself, is refused.
    if done.is_err() {
        assert_eq!(before, after);
    }
}

/// The lines of every branch, with what it inherits, by its name.
fn lines_of_all(lab: &Lab) -> Vec<(String, Vec<(Duration, String)>)> {
    let lesson = lab.lesson();
    let name = |branch: Option<usize>| branch.map_or("trunk", |n| &lesson.branches[n].name).to_string();
    let lines = |branch: Option<usize>| {
        let script = lesson.scenario_of(branch).script;
        script.iter().map(|line| (line.after, lesson.line_text(line).unwrap())).collect()
    };
    let all = [None].into_iter().chain((0..lesson.branches.len()).map(Some));
    all.map(|branch| (name(branch), lines(branch))).collect()
}

#[test]
fn the_run_is_that_of_the_text() {
    let chosen = std::env::var("REPLSCOPE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds = chosen.map_or(0..40, |seed: u64| seed..seed + 1);
    for seed in seeds {
        println!("seed {seed}: REPLSCOPE_SEED={seed} tells it alone");
        let mut rng = Rng::new(seed);
        let topology = Topology::ALL[1 + rng.below(4) as usize];
        let (mut lab, mut moment) = (lab(topology), 0);
        for _ in 0..25 {
            something(&mut lab, &mut rng, &mut moment);
        }
        check(&lab);
        for branch in 0..lab.lesson().branches.len() {
            lab.switch(Some(branch), at(&lab, moment)).unwrap();
        }
        lab.switch(None, at(&lab, moment)).unwrap();
        check(&lab);
    }
}
