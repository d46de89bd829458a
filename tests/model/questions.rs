//! Questions: read from a text, and their keys found by running ahead.

use replscope::sim::NodeId;
use replscope::story::{Answer, Ask, AskKind, Lesson, Telling, Truth, lesson_texts};

const LESSON: &str = r#"title Two replicas
summary None.
node a 6379
node b 6380 replicaof a
node c 6381 replicaof a
config * repl-diskless-sync no
scale backlog 160 block 32
at 3s cut a c
at 3.5s a> SET cart:9 "3 items"
at 4s heal a c
ask return before a answers PSYNC from c partial
  c reconnects now. What does the master **answer**?
  - +FULLRESYNC and a snapshot          is full
    The byte it lacks is still there.
  - +CONTINUE and the missing bytes     is partial
    Id and byte are known.
  - nothing, it waits   if never a answers PSYNC from c partial
    It must answer.
ask before heal a c
  Which one
  would you promote?
  point node ahead
  The one that has most.
ask caret before heal a c
  Where will c be?
  point offset of c at end
ask byte before a runs SET cart:9
  What is the first byte that a sends next?
  point byte a sends
"#;

fn told() -> Telling {
    Telling::new(Lesson::parse("two.txt", LESSON).unwrap())
}

#[test]
fn the_run_knows_the_answers() {
    let mut telling = told();
    let cues = telling.questions().to_vec();
    let lesson = telling.lesson.clone();
    let truth_of = |name: &str, telling: &mut Telling| {
        let cue = cues.iter().find(|cue| lesson.asks[cue.ask].name == name).unwrap_or_else(|| panic!("{name}"));
        telling.truth(cue)
    };
    let truth = truth_of("return", &mut telling);
    assert_eq!(truth, Truth::Choices(vec![false, true, false]));
    assert_eq!([0, 1, 7].map(|n| truth.is_met_by(Answer::Choice(n))), [false, true, false]);
    assert!(!truth.is_met_by(Answer::Node(NodeId(1))));
    assert_eq!(truth_of("which-one-would-you-promote", &mut telling), Truth::Nodes(vec![NodeId(1)]));
    let end = telling.timeline.last_world().host(NodeId(0)).unwrap().node.as_ref().unwrap().offset();
    let truth = truth_of("caret", &mut telling);
    assert_eq!(truth, Truth::Byte(Some(end)));
    assert!(truth.is_met_by(Answer::Byte(end + 8)) && !truth.is_met_by(Answer::Byte(end + 9)));
    // The write brings a SELECT along, which is 23 bytes; it is the first of the stream that is sent.
    assert!(matches!(truth_of("byte", &mut telling), Truth::Byte(Some(byte)) if byte < end));
}

#[test]
fn questions_are_read_with_their_reasons() {
    let telling = told();
    let ask = &telling.lesson.asks[0];
    assert_eq!(ask.text, "c reconnects now. What does the master **answer**?");
    let AskKind::Choices(choices) = &ask.kind else { panic!("{ask:?}") };
    let said: Vec<(&str, &str)> = choices.iter().map(|c| (c.text.as_str(), c.why.as_str())).collect();
    assert_eq!(said[0], ("+FULLRESYNC and a snapshot", "The byte it lacks is still there."));
    assert_eq!(telling.lesson.asks[1].text, "Which one would you promote?");
    assert_eq!(telling.lesson.asks[1].why, "The one that has most.");
}

#[test]
fn mistakes_are_said_with_their_place() {
    let with = |lines: &str| {
        let text = format!("title T\nnode a 6379\nnode b 6380 replicaof a\n{lines}");
        Lesson::parse("t.txt", &text).unwrap_err().to_string()
    };
    for (lines, wanted) in [
        ("ask when start\n  Q\n", "line 4, column 10: 'start' is not expected here; accepted: before"),
        ("ask before b loads\n", "line 4, column 1: this question has no words"),
        ("ask before b loads\n  Q\n", "line 4, column 1: this question has nothing to choose from"),
        ("ask before b loads\n  Q\n  - one\n", "line 6, column 3: this choice does not say when it is right"),
        ("ask before b loads\n  Q\n  - one  is green\n", "line 6, column 13: 'green' is not expected here"),
        (
            "ask before b loads\n  Q\n  - one  if b sleeps\n",
            "line 6, column 15: 'sleeps' is nothing that can be claimed",
        ),
        ("ask before b loads\n  Q\n  point star\n", "line 6, column 9: 'star' is not expected here"),
        (
            "ask before b loads\n  Q\n  point node ahead\n  - x  is full\n",
            "line 7, column 3: this question is answered by pointing",
        ),
    ] {
        let said = with(lines);
        assert!(said.starts_with(wanted), "{lines:?}: {said}");
    }
}

#[test]
fn every_question_of_the_course_has_one_right_answer_and_a_reason_for_each() {
    let mut faults = vec![];
    for (file, text) in lesson_texts() {
        let mut telling = Telling::new(Lesson::parse(file, text).unwrap());
        let lesson = telling.lesson.clone();
        let cues = telling.questions().to_vec();
        if lesson.asks.len() < 2 {
            faults.push(format!("{file}: {} questions", lesson.asks.len()));
        }
        for (n, ask) in lesson.asks.iter().enumerate() {
            let fault = match cues.iter().find(|cue| cue.ask == n) {
                None => Some("never comes up".to_string()),
                Some(cue) if telling.timeline.step_at(cue.at) == 0 => Some("there is no step before it".to_string()),
                Some(cue) => fault_of(&telling.truth(cue), ask),
            };
            faults.extend(fault.map(|fault| format!("{file}: {}: {fault}", ask.name)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn fault_of(truth: &Truth, ask: &Ask) -> Option<String> {
    let is_fine = match (truth, &ask.kind) {
        (Truth::Choices(right), AskKind::Choices(choices)) => {
            right.iter().filter(|right| **right).count() == 1 && choices.iter().all(|choice| !choice.why.is_empty())
        }
        (Truth::Nodes(nodes), AskKind::NodeAhead) => nodes.len() == 1 && !ask.why.is_empty(),
        (Truth::Byte(Some(_)), _) => !ask.why.is_empty(),
        _ => false,
    };
    (!is_fine).then(|| format!("{truth:?}"))
}
