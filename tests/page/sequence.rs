//! The sequence diagram: what it shows of a run, and that only a window of it is made.

use replscope::scene::sequence::{Plan, Sequence, View, lay_out, table};
use replscope::scene::{Ledger, geometry};
use replscope::story::{Lesson, Telling, find_lesson};
use replscope::time::Time;

const WIDTH: f64 = 1044.0;
const ALL: (f64, f64) = (0.0, f64::MAX);

/// A run and what was noted of it.
fn run(lesson: Lesson) -> (Telling, Ledger) {
    let mut ledger = Ledger::default();
    let telling = Telling::watch(lesson, |entries, world| ledger.note(entries, world));
    (telling, ledger)
}

/// A part of the diagram at a moment.
fn diagram(telling: &mut Telling, ledger: &Ledger, at: Time, (top, bottom): (f64, f64)) -> Sequence {
    let plan = Plan::new(ledger, telling.timeline.runs(), 1.0);
    let frame = telling.timeline.frame(at);
    let view = View { at, start: telling.timeline.start(), node: None, message: None, top, bottom };
    lay_out(&plan, ledger, &frame.now, &view, WIDTH)
}

fn last(name: &str) -> Sequence {
    let (mut telling, ledger) = run(find_lesson(name).unwrap());
    let end = telling.timeline.end();
    diagram(&mut telling, &ledger, end, ALL)
}

#[test]
fn the_handshake_is_drawn_in_its_order() {
    let shown = last("first-synchronization");
    let said: Vec<String> = shown.arrows.iter().map(|arrow| arrow.name.clone()).collect();
    expect_test::expect![[r#"
        [
            "00:01.040 node-b → node-a PING, 14 B",
            "00:01.060 node-a → node-b +PONG, 7 B",
        ]
    "#]]
    .assert_debug_eq(&said[..2].to_vec());
    assert_eq!(shown.lifelines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>(), ["node-a", "node-b"]);
    // The first arrow goes from the second line to the first, downwards.
    let first = &shown.arrows[0];
    assert!(first.from.0 > first.to.0 && first.from.1 < first.to.1);
    let names: Vec<&str> = shown.bands.iter().map(|band| band.name).collect();
    assert_eq!(names, ["handshake", "full resync", "online", "propagate"]);
    assert_eq!(shown.stays.iter().map(|stay| stay.words).collect::<Vec<_>>(), ["fork · BGSAVE", "flush, load RDB"]);
}

#[test]
fn every_lesson_stays_inside_and_nothing_goes_back_in_time() {
    for lesson in replscope::story::builtin() {
        let name = lesson.name.clone();
        let shown = last(&name);
        for arrow in &shown.arrows {
            for (x, y) in [arrow.from, arrow.to] {
                let inside = (0.0..=shown.width).contains(&x) && (0.0..=shown.height).contains(&y);
                assert!(inside, "{name}: {} at {}, {}", arrow.name, geometry::px(x), geometry::px(y));
            }
            assert!(arrow.to.1 > arrow.from.1, "{name}: {} goes back in time", arrow.name);
        }
        // Arrows of one pair never lie on each other.
        for (n, a) in shown.arrows.iter().enumerate() {
            let twin = shown.arrows[n + 1..].iter().find(|b| (b.from, b.to) == (a.from, a.to));
            assert!(twin.is_none(), "{name}: {} lies on {twin:?}", a.name);
        }
        // Bands follow each other.
        assert!(shown.bands.windows(2).all(|pair| pair[0].to <= pair[1].from), "{name}");
    }
}

#[test]
fn what_is_lost_ends_where_it_died() {
    let shown = last("acknowledged-and-lost");
    let lost: Vec<_> = shown.arrows.iter().filter(|arrow| arrow.is_lost).collect();
    assert!(!lost.is_empty(), "the crash took something with it");
    let lines: Vec<f64> = shown.lifelines.iter().map(|line| line.x).collect();
    for arrow in lost {
        assert!(lines.iter().all(|x| (x - arrow.to.0).abs() > 5.0), "{} ends on a line", arrow.name);
        assert!(arrow.name.ends_with("lost on the way"), "{}", arrow.name);
    }
}

#[test]
fn of_a_run_of_thousands_only_the_window_is_made() {
    let text = "title x\nsummary x\nseed 1\nnode a 6379\nnode b 6380 replicaof a\nlatency 5ms\n\
        config * repl-diskless-sync no\nload a 200 from 2s to 22s\nend 23s\n";
    let (mut telling, ledger) = run(Lesson::parse("x.txt", text).unwrap());
    assert!(ledger.flights().len() > 4_000, "{} messages", ledger.flights().len());
    let (end, middle) = (telling.timeline.end(), 40_000.0);
    let shown = diagram(&mut telling, &ledger, end, (middle, middle + 700.0));
    assert!((10..200).contains(&shown.arrows.len()), "{} arrows of {} px", shown.arrows.len(), shown.height);
    assert!(shown.arrows.iter().all(|arrow| arrow.to.1 >= middle && arrow.from.1 <= middle + 700.0));
    // A place is the place of the moment that is found there.
    let plan = Plan::new(&ledger, telling.timeline.runs(), 1.0);
    let at = plan.moment(middle).unwrap();
    assert!((plan.y(at) - middle).abs() < 60.0, "{}", plan.y(at));
}

#[test]
fn the_table_says_what_became_of_each() {
    let (mut telling, ledger) = run(find_lesson("acknowledged-and-lost").unwrap());
    let (start, end) = (telling.timeline.start(), telling.timeline.end());
    let frame = telling.timeline.frame(end);
    let table = table(&ledger, &frame.now, (start, end), None, (1_000, 10));
    assert_eq!((table.earlier, table.later, table.rows.len()), (0, 0, ledger.flights().len()));
    assert!(table.rows.iter().any(|row| row.fate.starts_with("lost after")));
    assert!(table.rows.iter().any(|row| row.fate == "arrived after 20 ms"));
}
