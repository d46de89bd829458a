//! What would come of it now, when it comes, and what differs between two branches.

use expect_test::{Expect, expect};
use replscope::node::{Event, PsyncVerdict};
use replscope::sim::{Action, Checks, NodeId, What, World};
use replscope::story::{
    Cost, Found, Laboratory, Lesson, NoReturn, Outlook, Point, ScriptLine, Timeline, Topology, Until, compare,
    lesson_texts, reply, repoint, time_left,
};
use replscope::time::Time;
use replscope::wire::{Bytes, printable};
use std::time::Duration;

fn lesson(text: &str) -> Lesson {
    Lesson::parse("x.txt", text).unwrap()
}

fn moment(timeline: &Timeline, ms: u64) -> Time {
    timeline.start() + Duration::from_millis(ms)
}

/// The outlook at some moments, in words.
fn check(text: &str, moments: &[u64], expected: Expect) {
    let lesson = lesson(text);
    let mut timeline = Timeline::new(lesson.scenario.clone());
    let names = lesson.names();
    let mut said = String::new();
    for ms in moments {
        let frame = timeline.frame(moment(&timeline, *ms));
        let outlook = Outlook::of(&frame.now, timeline.checks());
        said += &format!("{ms} ms\n");
        for one in &outlook.returns {
            let name = names[one.node.index()];
            match &one.cost {
                Cost::None(why) => said += &format!("  {name} {}\n", why.text()),
                cost => said += &format!("  {name} {cost:?}\n"),
            }
        }
        for one in outlook.promotions.iter().filter(|one| one.lost > 0) {
            let writes = one.writes.iter().map(|write| {
                let words: Vec<String> = write.args.iter().map(|arg| printable(arg)).collect();
                format!("{} {}", write.offset, words.join(" "))
            });
            let name = names[one.node.index()];
            said += &format!("  {name} would lose {}: {}\n", one.lost, writes.collect::<Vec<_>>().join(", "));
        }
    }
    expected.assert_eq(&said);
}

const HEAD: &str = "title T\nnode a 6379\nnode b 6380 replicaof a\nnode c 6381 replicaof a\nnode d 6382 replicaof c\n\
    scale backlog 128 block 32\n";

#[test]
fn what_would_come_of_it() {
    check(
        &format!(
            "{HEAD}config * repl-diskless-sync no\nat 3s a> SET k 1\nat 4s cut a c\nat 5s a> SET k 2\nat 6s a> SET k 3\n\
            at 7s a> SET other 333333333333333333333\nat 8s a> SET other 4444444444444444444444444444444444444444444444\n\
            at 9s pause b\nat 9.5s a> SET last 5\nat 10s crash a\nat 12s c> REPLICAOF NO ONE\nat 13s resume b\n\
            at 13s b> REPLICAOF 127.0.0.1 6381\nat 20s remove c\nend 25s"
        ),
        &[500, 2_500, 4_500, 6_500, 8_500, 9_700, 11_000, 12_500, 15_000, 22_000],
        expect![[r#"
            500 ms
              b Partial { bytes: 0 }
              c Partial { bytes: 0 }
              d Partial { bytes: 0 }
            2500 ms
              b Partial { bytes: 0 }
              c Partial { bytes: 0 }
              d Partial { bytes: 0 }
            4500 ms
              b Partial { bytes: 0 }
              c Partial { bytes: 0 }
              d is refused: NOMASTERLINK Can't SYNC while not connected with my master
            6500 ms
              b Partial { bytes: 0 }
              c Partial { bytes: 54 }
              d is refused: NOMASTERLINK Can't SYNC while not connected with my master
              c would lose 2: 77 SET k 2, 104 SET k 3
              d would lose 2: 77 SET k 2, 104 SET k 3
            8500 ms
              b Partial { bytes: 0 }
              c Full { reason: BeforeBacklog, bytes: Some(202) }
              d is refused: NOMASTERLINK Can't SYNC while not connected with my master
              c would lose 4: 77 SET k 2, 104 SET k 3, 156 SET other 333333333333333333333, 233 SET other 4444444444444444444444444444444444444444444444
              d would lose 4: 77 SET k 2, 104 SET k 3, 156 SET other 333333333333333333333, 233 SET other 4444444444444444444444444444444444444444444444
            9700 ms
              b stands still
              c Full { reason: BeforeBacklog, bytes: Some(210) }
              d is refused: NOMASTERLINK Can't SYNC while not connected with my master
              b would lose 1: 277 SET last 5
              c would lose 5: 77 SET k 2, 104 SET k 3, 156 SET other 333333333333333333333, 233 SET other 4444444444444444444444444444444444444444444444, 277 SET last 5
              d would lose 5: 77 SET k 2, 104 SET k 3, 156 SET other 333333333333333333333, 233 SET other 4444444444444444444444444444444444444444444444, 277 SET last 5
            11000 ms
              b stands still
              c has a master that is not running
              d is refused: NOMASTERLINK Can't SYNC while not connected with my master
              b would lose 1: 277 SET last 5
              c would lose 5: 77 SET k 2, 104 SET k 3, 156 SET other 333333333333333333333, 233 SET other 4444444444444444444444444444444444444444444444, 277 SET last 5
              d would lose 5: 77 SET k 2, 104 SET k 3, 156 SET other 333333333333333333333, 233 SET other 4444444444444444444444444444444444444444444444, 277 SET last 5
            12500 ms
              b stands still
              d Partial { bytes: 0 }
              b would lose 1: 277 SET last 5
            15000 ms
              b Partial { bytes: 0 }
              d Partial { bytes: 0 }
            22000 ms
              b has a master that is not there
              d has a master that is not there
        "#]],
    );
    check(
        "title T\nnode a 6379\nnode b 6380 replicaof a\nconfig * repl-diskless-sync-delay 1\nconfig a requirepass x\nat 3s a> AUTH x\n\
        at 3s a> SET k 1\nat 4s b> CONFIG SET masterauth x\nat 8s a> SET k 2\nat 9s a> CONFIG SET repl-diskless-sync no\nend 10s",
        &[3_500, 8_500, 9_500],
        expect![[r#"
            3500 ms
              b is refused: NOAUTH Authentication required.
            8500 ms
              b Partial { bytes: 0 }
            9500 ms
              b Partial { bytes: 0 }
        "#]],
    );
}

/// What is said of a return is what a run shows in which the link does break then, and what is said of a promotion is what
/// the rules find lost after it.
#[test]
fn what_would_come_of_it_does() {
    let mut partial = 0;
    let mut full = 0;
    for (file, text) in lesson_texts() {
        let lesson = Lesson::parse(file, text).unwrap();
        let mut timeline = Timeline::new(lesson.scenario.clone());
        let end_ms = lesson.scenario.length.as_millis() as u64;
        for ms in (200..end_ms).step_by(2_900) {
            let at = moment(&timeline, ms);
            let frame = timeline.frame(at);
            let outlook = Outlook::of(&frame.now, timeline.checks());
            for one in &outlook.returns {
                let Some(master) = one.master else { continue };
                let after = frame.at.since(timeline.start());
                let mut scenario = lesson.scenario.clone();
                scenario.script.retain(|line| line.after <= after);
                scenario.loads.iter_mut().for_each(|load| load.to = load.to.min(after + Duration::from_micros(1)));
                for action in [Action::Cut { a: one.node, b: master }, Action::Heal { a: one.node, b: master }] {
                    scenario.script.push(ScriptLine { after: after + Duration::from_micros(1), action });
                }
                scenario.length = after + Duration::from_secs(70);
                let mut answer = None;
                Timeline::watch(scenario, &mut |entries, world| {
                    for entry in entries.iter().filter(|entry| entry.at > frame.at) {
                        if let What::Event(Event::PsyncDecided(decision)) = &entry.what
                            && world.find(&decision.replica) == Some(one.node)
                        {
                            answer = answer.or(Some(decision.verdict));
                        }
                    }
                    false
                });
                let said = match one.cost {
                    Cost::Partial { bytes } => Some(PsyncVerdict::Partial { bytes }),
                    Cost::Full { reason, .. } => Some(PsyncVerdict::Full { reason }),
                    Cost::None(_) => None,
                };
                assert_eq!(said, answer, "{file} at {ms} ms, node {:?}", one.node);
                partial += u32::from(matches!(one.cost, Cost::Partial { .. }));
                full += u32::from(matches!(one.cost, Cost::Full { .. }));
            }
        }
    }
    assert!(partial > 10 && full > 2, "{partial} partial, {full} full");
}

#[test]
fn what_a_promotion_would_lose_is_lost() {
    let text = format!("{HEAD}load a 20 size 3 to 9s\nat 5s slow a b latency 300ms\nat 6s cut a c\nend 9s\n");
    let lesson = lesson(&text);
    let mut timeline = Timeline::new(lesson.scenario.clone());
    let frame = timeline.frame(moment(&timeline, 8_000));
    let outlook = Outlook::of(&frame.now, timeline.checks());
    for one in &outlook.promotions {
        // Behind what happens at the moment itself.
        let after = frame.at.since(timeline.start()) + Duration::from_micros(1);
        let name = lesson.names()[one.node.index()].to_string();
        // It is promoted, the others are taken away: what it lacks is gone.
        let others: String = lesson
            .names()
            .iter()
            .filter(|other| **other != name)
            .map(|other| format!("at {}us remove {other}\n", after.as_micros()))
            .collect();
        let script = format!("at {0}us {name}> REPLICAOF NO ONE\n{others}", after.as_micros());
        let mut now = Lesson::parse("x.txt", &format!("{text}{script}")).unwrap().scenario;
        now.length = after + Duration::from_secs(1);
        now.loads[0].to = after;
        let mut lost: Vec<u64> = Timeline::new(now).checks().lost_writes().iter().map(|write| write.offset).collect();
        lost.sort_unstable();
        assert_eq!(one.lost, lost.len(), "{name}");
        let listed: Vec<u64> = one.writes.iter().map(|write| write.offset).collect();
        assert!(lost.starts_with(&listed) && listed.len() == lost.len().min(20), "{name}: {listed:?} of {lost:?}");
    }
    assert!(
        outlook.promotions.iter().any(|one| one.lost > 20)
            && outlook.promotions.iter().any(|one| (1..20).contains(&one.lost))
    );
}

#[test]
fn a_run_stops_where_something_happens() {
    let lesson = lesson(&format!(
        "{HEAD}config c replica-read-only no\nat 3s a> SET k 1\nat 4s cut a c\nat 5s c> SET own 1\nat 6s a> SET k 2\n\
        at 9s heal a c\nat 9s a> SET k 3\nat 12s crash a\nat 14s restart a empty\nend 20s"
    ));
    let timeline = Timeline::new(lesson.scenario.clone());
    let parse = |text: &str| Until::parse(text, &lesson).unwrap();
    let said = [
        ("full", Until::FullResync),
        ("diverges", Until::Divergence),
        ("lost", Until::LostWrite),
        ("offset", Until::Offset { node: NodeId(1), offset: 100 }),
        ("offset never", Until::Offset { node: NodeId(1), offset: 100_000 }),
        ("cut", parse("cut c a")),
        ("second", parse("2nd a runs SET")),
    ]
    .map(|(name, until)| {
        let found = [0, 4_000, 8_000].map(|ms| {
            let at = until.find(&timeline, moment(&timeline, ms));
            at.map_or("not".into(), |at| format!("{} us", at.since(timeline.start()).as_micros()))
        });
        format!("{name}: {}", found.join(", "))
    });
    expect![[r#"
        full: 14000 us, 9288000 us, 9288000 us
        diverges: 5000000 us, 5000000 us, not
        lost: 19002000 us, 19002000 us, 19002000 us
        offset: 6002000 us, 6002000 us, 8137000 us
        offset never: not, not, not
        cut: 4000000 us, not, not
        second: 6000000 us, 9000000 us, not"#]]
    .assert_eq(&said.join("\n"));
    let wrong =
        ["", "a", "x runs SET", "a runs \"SET"].map(|text| Until::parse(text, &lesson).unwrap_err().to_string());
    expect![[r#"
        line 1, column 1: the line ends too early; accepted: start, a node's name, or a fault
        line 1, column 2: the line ends too early; accepted: runs, refuses, propagates, applies, sends, receives, answers, link, forks, saves, loads, trims, creates backlog, expires, puts … online, loses, is promoted
        line 1, column 1: there is no node 'x'; accepted: a, b, c, d
        line 1, column 8: this quote is not closed; accepted: a closing " on the same line"#]].assert_eq(&wrong.join("\n"));
}

#[test]
fn a_laboratory_runs_on_until_something_happens() {
    let mut lab: Laboratory<()> = Laboratory::ready(Topology::OneReplica).unwrap();
    let start = lab.telling().timeline.start();
    let at = |ms| start + Duration::from_millis(ms);
    lab.act(at(2_000), Action::BlackHole { a: NodeId(0), b: NodeId(1) }).unwrap();
    let until = Until::parse("b loses a", lab.lesson()).unwrap();
    let Found::At(found) = lab.run_until(at(2_000), &until) else { panic!("it is found") };
    assert!((at(60_000)..at(64_000)).contains(&found));
    assert_eq!(lab.telling().timeline.end(), found + Duration::from_secs(10));
    // It tries once a second to call, and is not answered until the minute is over.
    let calls = |nth| Until::parse(&format!("{nth} b link connecting"), lab.lesson()).unwrap();
    let (first, third) = (calls("1st"), calls("3rd"));
    let Found::At(second) = lab.run_until(found, &first) else { panic!("it is found") };
    let mut other = lab.clone();
    let Found::At(last) = other.run_until(found, &third) else { panic!("it is found") };
    assert!(last > second + Duration::from_secs(100));
    let end = lab.telling().timeline.end();
    assert_eq!(lab.run_until(found, &Until::LostWrite), Found::NotBy(found + Duration::from_secs(600)));
    assert_eq!(lab.telling().timeline.end(), end);
    let mut busy: Laboratory<()> =
        Laboratory::new(lesson("title T\nlaboratory\nnode a 1\nload a 10000 keys 1 to 600s\n"));
    let found = busy.run_until(start, &Until::FullResync);
    assert!(matches!(found, Found::TooMuch(_)), "{found:?}");
}

#[test]
fn branches_are_compared() {
    let text = format!(
        "{HEAD}laboratory\nat 3s a> SET k 1\nat 3s a> RPUSH l x y\nat 3s a> SET same 1\n\
        branch one at 4s\nat 4s a> SET k 2\nat 4s a> RPUSH l z\nat 5s b> REPLICAOF NO ONE\nat 5s remove d\nat 5s add e 6390\n\
        branch two at 4s\nat 4s a> RPUSH l w\nat 5s a> SET t 1 EX 100\nat 5s pause c\nat 5s crash d\nat 5s a> SELECT 3\nat 5s a> SET k 3\n"
    );
    let lesson = lesson(&text);
    let worlds: Vec<World> = [Some(0), Some(1)]
        .map(|branch| Timeline::new(lesson.scenario_of(branch)).frame(Time(u64::MAX)).now.as_ref().clone())
        .into();
    let rows = compare(&worlds[0], &worlds[1]);
    let said = rows.iter().map(|row| {
        let (a, b) = match row.point {
            Point::Id => ("…", "…"),
            _ => (row.a.as_str(), row.b.as_str()),
        };
        format!("{} {}: {a} | {b}\n", row.name, row.point.text())
    });
    expect![[r#"
        node-a offset: 186 | 266
        node-a k: "2" | "1"
        node-a l: [x, y, z] | [x, y, w]
        node-a t:  | "1", expires at 1767225705000
        node-a db3 k:  | "3"
        node-b role: master | replica of node-a, link up
        node-b offset: 0 | 266
        node-b replication id: … | …
        node-b second id: 1a52698d437131722b2746a9dc5136dae4415ea3 up to 1 | 
        node-b k:  | "1"
        node-b l:  | [x, y, w]
        node-b same:  | "1"
        node-b t:  | "1", expires at 1767225705000
        node-b db3 k:  | "3"
        node-c process: runs | stands still
        node-c role: replica of node-a, link up | replica of node-a, link down
        node-c offset: 186 | 0
        node-c replication id: … | …
        node-c k: "2" | 
        node-c l: [x, y, z] | 
        node-c same: "1" | 
        node-d process: is not there | is not running
        node-e process: runs | is not there
    "#]]
    .assert_eq(&said.collect::<String>());
    assert_eq!(compare(&worlds[0], &worlds[0]), []);
    assert!(Checks::settled(&worlds[0]).is_empty());
}

/// What a carried card would cost where it is dropped is what it then does cost.
#[test]
fn what_it_costs_to_follow_somebody_else() {
    let text = format!("{HEAD}config * repl-diskless-sync no\nat 3s a> SET k 1\nat 8s crash b\nat 9s pause c\nend 20s");
    let lesson = lesson(&text);
    let mut timeline = Timeline::new(lesson.scenario.clone());
    let [a, b, c, d] = [0, 1, 2, 3].map(NodeId);
    let world = timeline.frame(moment(&timeline, 6_000)).now.clone();
    // d knows the history of a, and a has its bytes.
    let Cost::Partial { bytes } = repoint(&world, d, a) else { panic!("{:?}", repoint(&world, d, a)) };
    // b's replica of the same history.
    assert!(matches!(repoint(&world, d, b), Cost::Partial { .. }));
    // A master that follows its replica gives up its own history.
    assert!(matches!(
        repoint(&world, a, b),
        Cost::None(NoReturn::Refused { .. }) | Cost::Full { .. } | Cost::Partial { .. }
    ));
    let mut done = world.as_ref().clone();
    done.act(&Action::Command {
        node: d,
        args: ["REPLICAOF", "127.0.0.1", "6379"].map(|word| word.as_bytes().into()).to_vec(),
    });
    done.take_journal();
    let verdict = loop {
        done.advance();
        let decided = done.take_journal().into_iter().find_map(|entry| match entry.what {
            What::Event(Event::PsyncDecided(decision)) if entry.node == a => Some(decision.verdict),
            _ => None,
        });
        if let Some(verdict) = decided {
            break verdict;
        }
    };
    assert_eq!(verdict, PsyncVerdict::Partial { bytes });
    let later = timeline.frame(moment(&timeline, 10_000)).now.clone();
    assert_eq!(repoint(&later, d, b), Cost::None(NoReturn::MasterDown));
    assert!(matches!(repoint(&later, a, c), Cost::None(_)));
}

/// A replica that is away can continue until the backlog has lost its next byte.
#[test]
fn how_long_a_replica_can_still_continue() {
    let text = format!("{HEAD}config * repl-diskless-sync no\nat 3s cut a c\nload a 10 from 3s to 9s\nend 9s");
    let timeline = Timeline::new(lesson(&text).scenario.clone());
    let [b, c] = [1, 2].map(NodeId);
    let at = moment(&timeline, 3_050);
    let left = time_left(&timeline, at, &[b, c]);
    let [(node, time)] = left.as_slice() else { panic!("{left:?}") };
    assert_eq!(*node, c);
    let mut there = Timeline::new(lesson(&text).scenario.clone());
    let mut cost = |at: Time| {
        let world = there.frame(at).now.clone();
        let outlook = Outlook::of(&world, timeline.checks());
        outlook.returns.into_iter().find(|one| one.node == c).unwrap().cost
    };
    assert!(matches!(cost(at + *time - Duration::from_micros(1)), Cost::Partial { .. }));
    assert!(matches!(cost(at + *time), Cost::Full { .. }));
    assert_eq!(time_left(&timeline, at, &[]), vec![]);
}

/// The reply is the one that a client would get, and nothing has happened.
#[test]
fn what_a_node_would_answer() {
    let lesson = lesson(&format!("{HEAD}config * repl-diskless-sync no\nend 9s"));
    let mut timeline = Timeline::new(lesson.scenario.clone());
    let world = timeline.frame(moment(&timeline, 4_000)).now.clone();
    let said = |node: u8, text: &str| {
        let args: Vec<Bytes> = text.split(' ').map(|word| word.as_bytes().into()).collect();
        reply(&world, NodeId(node), &args).map(|reply| printable(&reply))
    };
    assert_eq!(
        said(0, "CONFIG SET repl-timeout 0").unwrap(),
        "-ERR CONFIG SET failed (possibly related to argument 'repl-timeout') - argument must be between 1 and 2147483647 inclusive\\r\\n"
    );
    assert_eq!(said(0, "CONFIG SET repl-timeout 5").unwrap(), "+OK\\r\\n");
    assert_eq!(said(0, "CONFIG GET repl-timeout").unwrap(), "*2\\r\\n$12\\r\\nrepl-timeout\\r\\n$2\\r\\n60\\r\\n");
    assert_eq!(said(1, "SET k 1").unwrap(), "-READONLY You can't write against a read only replica.\\r\\n");
    // WAIT for more replicas than there are is answered when its time is over; for ever it is not.
    assert_eq!(said(0, "WAIT 9 1000").unwrap(), ":2\\r\\n");
    assert_eq!(said(0, "WAIT 9 0"), None);
}
