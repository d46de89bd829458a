//! A timeline shows of any moment what a run shows that is computed straight to it; and play goes through it evenly.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use replscope::sim::{Entry, Segment, World};
use replscope::story::{Lesson, Pace, Phase, Scenario, Step, Timeline, lesson_texts};
use replscope::time::Time;
use std::rc::Rc;
use std::sync::LazyLock;
use std::time::Duration;

const EVENTFUL: &str = "
title Eventful
seed 3
node a 6379
node b 6380 replicaof a
node c 6381 replicaof b
latency 7ms
config * repl-diskless-sync no
scale backlog 2000 block 300 chunk 40 buffer 200
load a 120 keys 30 size 20 from 0s to 12s
at 2s   cut a b
at 2s   blackhole b c
at 4.5s heal a b
at 5s   heal b c
at 6s   pause c
at 7s   b> REPLICAOF NO ONE
at 8s   a> REPLICAOF 127.0.0.1 6380
at 9s   crash a
at 9.5s restart a
at 9.5s resume c
end 14s
";

/// Plays a scenario from its beginning up to and with `end`. What happened at the last moment comes with it.
fn straight(scenario: &Scenario, end: Time) -> (World, Vec<Entry>) {
    let mut world = World::new(&scenario.setup);
    let (mut lines, mut sent) = (scenario.script.iter().peekable(), vec![0; scenario.loads.len()]);
    let mut journal = vec![];
    loop {
        let line = lines.peek().map_or(Time::NEVER, |line| scenario.start() + line.after);
        let loads = scenario.loads.iter().zip(&sent).enumerate();
        let load = loads.filter_map(|(n, (load, sent))| Some((scenario.start() + load.due(*sent)?, n))).min();
        let at = line.min(load.map_or(Time::NEVER, |(at, _)| at)).min(world.next_due());
        if at > end {
            return (world, journal);
        }
        if at > world.now() {
            journal.clear();
        }
        world.wait_until(at);
        if line == at {
            lines.next().into_iter().for_each(|line| world.act(&line.action));
        } else if let Some((_, n)) = load.filter(|(due, _)| *due == at) {
            world.act(&scenario.loads[n].command(sent[n]));
            sent[n] += 1;
        } else {
            world.advance();
        }
        journal.extend(world.take_journal());
    }
}

/// Everything of a world that can be seen.
pub fn seen(world: &World) -> (Time, Vec<String>, Vec<Segment>) {
    let hosts = world.hosts().iter().map(|host| {
        let node = host.node.as_ref().map(|node| {
            let info = ["replication", "stats", "keyspace"].map(|section| node.info(world.now(), section));
            format!("{} {} {:?}", info.concat(), node.keyspace().digest(), node.replicas().collect::<Vec<_>>())
        });
        format!("{} {} {node:?}", host.name, host.paused)
    });
    let links = format!("{:?}", world.links().collect::<Vec<_>>());
    (world.now(), hosts.chain([links]).collect(), world.in_flight().cloned().collect())
}

static TIMELINE: LazyLock<Scenario> = LazyLock::new(|| Lesson::parse("eventful.txt", EVENTFUL).unwrap().scenario);

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_moment_is_what_a_run_straight_to_it_shows(moments in vec(0..14_500_000_u64, 1..8)) {
        thread_local! { static SHARED: Rc<std::cell::RefCell<Timeline>> =
            Rc::new(Timeline::new(TIMELINE.clone()).into()); }
        // Cases share the timeline, so that each comes to it from where the last one left it.
        let timeline = SHARED.with(Rc::clone);
        let mut timeline = timeline.borrow_mut();
        prop_assert!(timeline.inputs() > 3_000, "several snapshots are taken");
        prop_assert_eq!(timeline.checks().violations(), []);
        for moment in moments {
            let at = timeline.start() + Duration::from_micros(moment);
            let frame = timeline.frame(at);
            prop_assert!(frame.at <= at);
            let (world, entries) = straight(&TIMELINE, frame.at);
            prop_assert!(seen(&frame.now) == seen(&world), "at {} µs", moment);
            prop_assert!(frame.entries == entries || frame.step == 0, "at {} µs", moment);
            let (before, _) = straight(&TIMELINE, Time(frame.at.0 - 1));
            prop_assert!(frame.before.now() <= frame.at && before.now() <= frame.at);
            prop_assert!(frame.before.in_flight().eq(before.in_flight()), "just before {} µs", moment);
        }
    }
}

#[test]
fn stepping_back_shows_the_same_as_stepping_on() {
    for (file, text) in lesson_texts() {
        let lesson = Lesson::parse(file, text).unwrap();
        let mut timeline = Timeline::new(lesson.scenario);
        let steps: Vec<Time> = timeline.steps().iter().map(|step| step.at).collect();
        let forwards: Vec<_> = steps.iter().map(|at| timeline.frame(*at)).collect();
        for (n, at) in steps.iter().enumerate().rev() {
            let frame = timeline.frame(*at);
            assert_eq!((frame.step, frame.at), (n, *at), "{file}");
            assert!(frame.entries == forwards[n].entries && seen(&frame.now) == seen(&forwards[n].now), "{file} {n}");
        }
    }
}

fn steps() -> impl Strategy<Value = (Vec<Step>, Time)> {
    let gap = prop_oneof![1..10u64, 1..10_000u64, 1..5_000_000u64, 1..86_400_000_000u64];
    (vec(gap.clone(), 0..40), gap).prop_map(|(gaps, last)| {
        let mut at = Time(1_000_000);
        let mut steps = vec![Step { at, phase: Phase::Alone }];
        for gap in gaps {
            at = at + Duration::from_micros(gap);
            steps.push(Step { at, phase: Phase::Alone });
        }
        (steps, at + Duration::from_micros(last))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn play_never_goes_back_and_both_ways_undo_each_other(
        (steps, end) in steps(),
        places in vec((any::<Index>(), 0.0..1.0f64), 1..20),
    ) {
        let pace = Pace::new(&steps, end);
        let length_ms = pace.length_ms();
        prop_assert_eq!((pace.to_virtual(0.0), pace.to_virtual(length_ms)), (steps[0].at, end));
        prop_assert_eq!((pace.to_virtual(-1.0), pace.to_virtual(length_ms + 1.0)), (steps[0].at, end));
        let mut moments: Vec<Time> = places.iter().map(|(step, part)| {
            let n = step.index(steps.len());
            let next = steps.get(n + 1).map_or(end, |step| step.at);
            steps[n].at + next.since(steps[n].at).mul_f64(*part)
        }).collect();
        moments.sort_unstable();
        let played: Vec<f64> = moments.iter().map(|at| pace.to_play_ms(*at)).collect();
        prop_assert!(played.is_sorted());
        for (at, ms) in moments.iter().zip(&played) {
            let back = pace.to_virtual(*ms);
            let off_us = back.0.abs_diff(at.0);
            prop_assert!(off_us <= 1 + end.0 / 100_000_000_000, "{} comes back as {}", at.0, back.0);
        }
        let mut shown: Vec<f64> = places.iter().map(|(_, part)| part * length_ms).collect();
        shown.sort_by(f64::total_cmp);
        prop_assert!(shown.iter().map(|ms| pace.to_virtual(*ms)).is_sorted());
    }
}
