//! The sequence diagram: what it shows of a run, and that it stays inside its room.

use replscope::scene::sequence::{Sequence, lay_out};
use replscope::scene::{Ledger, geometry};
use replscope::story::{Lesson, Telling, find_lesson};

const WIDTH: f64 = 338.0;

/// The diagram at each step of a lesson.
fn diagrams(lesson: Lesson) -> Vec<Sequence> {
    let mut ledger = Ledger::default();
    let mut telling = Telling::watch(lesson, |entries, world| ledger.note(entries, world));
    let (start, steps) = (telling.timeline.start(), telling.timeline.steps().to_vec());
    let frames = steps.into_iter().map(|step| telling.timeline.frame(step.at));
    frames.map(|frame| lay_out(&ledger, &frame.now, frame.at, start, WIDTH, None)).collect()
}

#[test]
fn the_handshake_is_drawn_in_its_order() {
    let diagrams = diagrams(find_lesson("first-synchronization").unwrap());
    let shown = &diagrams[8];
    let said: Vec<String> = shown.arrows.iter().map(|arrow| arrow.name.clone()).collect();
    expect_test::expect![[r#"
        [
            "00:01.040 node-b → node-a PING, 14 B",
            "00:01.060 node-a → node-b +PONG, 7 B",
            "00:01.080 node-b → node-a REPLCONF listening-port 6380, 49 B",
        ]
    "#]]
    .assert_debug_eq(&said[..3].to_vec());
    assert_eq!(shown.lifelines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>(), ["node-a", "node-b"]);
    // The first arrow goes from the second line to the first, downwards.
    let first = &shown.arrows[0];
    assert!(first.from.0 > first.to.0 && first.from.1 < first.to.1);
}

#[test]
fn whatever_the_run_it_is_a_window_and_stays_inside() {
    for name in ["losing-the-link", "acknowledged-and-lost", "failover-and-the-world-before-psync"] {
        let mut lost = 0;
        for shown in diagrams(find_lesson(name).unwrap()) {
            assert!(shown.arrows.len() <= 20, "{name}: {} messages", shown.arrows.len());
            let ends: Vec<f64> = shown.arrows.iter().map(|arrow| arrow.from.1).collect();
            for (n, arrow) in shown.arrows.iter().enumerate() {
                for (x, y) in [arrow.from, arrow.to] {
                    let inside = (0.0..=WIDTH).contains(&x) && (0.0..=shown.height).contains(&y);
                    assert!(inside, "{name}: {} at {}, {}", arrow.name, geometry::px(x), geometry::px(y));
                }
                assert!(
                    ends[n + 1..].iter().all(|y| (y - ends[n]).abs() >= 14.0),
                    "{name}: {} covers another",
                    arrow.name
                );
                assert!(arrow.to.1 > arrow.from.1, "{name}: {} goes back in time", arrow.name);
                lost += usize::from(arrow.is_lost);
            }
        }
        assert!(lost > 0 || name != "acknowledged-and-lost", "{name}: what the crash took is drawn as lost");
    }
}
