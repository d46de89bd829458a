//! Every built-in lesson is a test: it can be read, its claims hold, every note is shown, and no invariant breaks.

use replscope::story::{Claim, Lesson, Telling, lesson_texts};

#[test]
fn every_lesson_holds() {
    for (file, text) in lesson_texts() {
        let lesson = Lesson::parse(file, text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let (verdicts, timeline) = Claim::check_all(&lesson.claims, &lesson.scenario);
        let wrong: Vec<_> = verdicts.iter().filter(|verdict| verdict.found.is_some()).collect();
        assert!(wrong.is_empty(), "{file}: {wrong:#?}");
        assert_eq!(timeline.checks().violations(), [], "{file}");
        let notes = lesson.notes.len();
        let telling = Telling::new(lesson);
        let said: Vec<&str> = telling.cues().map(|(_, name)| name).collect();
        let silent: Vec<&str> =
            telling.lesson.notes.iter().map(|note| note.name.as_str()).filter(|name| !said.contains(name)).collect();
        assert_eq!(silent, [""; 0], "{file}: notes that never speak, of {notes}");
        let at_once: Vec<&str> =
            telling.cues().zip(telling.cues().skip(1)).filter(|(a, b)| a.0 == b.0).map(|(a, _)| a.1).collect();
        assert_eq!(at_once, [""; 0], "{file}: notes that are not shown, because another speaks at the same moment");
    }
}

#[test]
#[ignore = "prints a lesson's steps; for writing lessons"]
fn print_steps() {
    for (file, text) in lesson_texts() {
        let mut telling = Telling::new(Lesson::parse(file, text).unwrap());
        println!("== {file}: {} steps, {:.0} s", telling.timeline.steps().len(), telling.pace.length_ms() / 1000.0);
        for step in telling.timeline.steps().to_vec() {
            let frame = telling.timeline.frame(step.at);
            let narration = telling.narration(&frame);
            let at = step.at.since(telling.timeline.start()).as_millis();
            println!("{at:>6} {} | {}", narration.eyebrow, narration.spoken());
        }
    }
}
