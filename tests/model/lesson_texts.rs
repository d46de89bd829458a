//! What is wrong in a lesson's text is said with its line, its column, and what is accepted there.

use expect_test::{Expect, expect};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use replscope::story::{Lesson, lesson_texts};

/// Lines 1 to 3 of every text below.
const HEAD: &str = "title T\nnode a 6379\nnode b 6380 replicaof a\n";

/// Each wrong line, put behind the head, and what is said of it.
fn check(lines: &[&str], expected: Expect) {
    let said = lines.iter().map(|line| match Lesson::parse("x.txt", &format!("{HEAD}{line}\n")) {
        Ok(_) => format!("{line}\n  is accepted\n"),
        Err(error) => format!("{line}\n  {error}\n"),
    });
    expected.assert_eq(&said.collect::<String>());
}

#[test]
fn mistakes_in_what_there_is() {
    check(
        &[
            "nodes c 6381",
            "node c",
            "node c! 6381",
            "node a 6381",
            "node c 0",
            "node c 6379",
            "node c 6381 replicaof",
            "node c 6381 replicaof d",
            "node c 6381 follows a",
            "node c 6381 replicaof a b",
            "seed seven",
            "seed 7 8",
            "latency 7",
            "latency 2d",
            "link a",
            "link a a",
            "link a c",
            "link a b loss 3",
            "link a b bandwidth fast",
            "scale backlog",
            "scale backlog 1tb",
            "scale ram 1mb",
            "config a",
            "config c port 1",
            "config a nosuch yes",
            "config a repl-timeout 0",
            "config a port 1",
            "load a",
            "load a -1",
            "load a 10 colour 3",
            "end 90000s",
            "end",
        ],
        expect![[""]],
    );
}

#[test]
fn mistakes_in_what_happens() {
    check(
        &[
            "at",
            "at noon a> PING",
            "at 1s",
            "at 1s c> PING",
            "at 1s a>",
            "at 1s a> SET k \"open",
            "at 1s a> SET k \"\\q\"",
            "at 1s break a b",
            "at 1s cut a",
            "at 1s cut a b c",
            "at 1s crash",
            "at 1s restart a full",
            "at 1s slow a b latency",
            "note",
            "note first",
            "note first if a runs SET",
            "note when",
            "note when c runs SET",
            "note when a jumps",
            "note when b link broken",
            "note when b sends PSYNC to",
            "note when b sends PSYNC to c",
            "note when b sends PSYNC to a now",
            "note when a answers PSYNC from",
            "note when 0th a runs SET",
            "note when a forks twice",
            "note when a expires",
            "  text without a note",
        ],
        expect![[""]],
    );
}

#[test]
fn mistakes_in_what_is_claimed() {
    check(
        &[
            "claim",
            "claim c equals a",
            "claim b",
            "claim b resyncs",
            "claim b resyncs soon",
            "claim b equals",
            "claim b equals c",
            "claim b equals a at noon",
            "claim b equals a at",
            "claim b offset many",
            "claim b link sideways",
            "claim b holds k",
            "claim b info role",
            "claim b lives",
            "claim lost some",
            "claim happens b flies",
            "claim lost 0 0",
        ],
        expect![[""]],
    );
}

#[test]
fn mistakes_of_a_whole_text() {
    let said = |text: &str| Lesson::parse("x.txt", text).map(drop).expect_err("a mistake").to_string();
    let texts = ["", "node a 6379\n", "title T\n", "title\nnode a 6379\n", &"x".repeat(300_000), &"\n".repeat(6_000)];
    let many: String = (0..60).map(|n| format!("node n{n} {}\n", 7000 + n)).collect();
    let said: Vec<String> = texts.into_iter().chain([many.as_str()]).map(said).collect();
    expect![[""]].assert_eq(&said.join("\n"));
}

fn nearly_a_lesson() -> impl Strategy<Value = String> {
    let words: Vec<&'static str> = lesson_texts().iter().flat_map(|(_, text)| text.split([' ', '\n'])).collect();
    let part = prop_oneof![
        12 => select(words).prop_map(String::from),
        4 => select(vec![
            "title", "node", "link", "at", "note", "claim", "load", "scale", "config", "end", "when", "happens", "never",
            "a", "b", "a>", "1s", "7ms", "6379", "0", "-1", "18446744073709551616", "\"", "\\", "#", "*", "\t", "é", "at end",
            "1th", "99999999999s", "from", "to", "0.0000001s",
        ]).prop_map(String::from),
        1 => any::<String>(),
    ];
    let line = vec(part, 0..9).prop_map(|words| words.join(" "));
    vec(line, 0..9).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused_in_its_place(tail in nearly_a_lesson(), has_head: bool) {
        let text = if has_head { format!("{HEAD}{tail}") } else { tail };
        if let Err(error) = Lesson::parse("01-any.txt", &text) {
            let line = text.lines().nth(error.line as usize - 1).unwrap_or_default();
            prop_assert!(error.line as usize <= text.lines().count().max(1), "{}", error);
            prop_assert!((1..=line.chars().count() + 1).contains(&(error.column as usize)), "{}", error);
            prop_assert!(!error.problem.is_empty() && !error.accepted.is_empty(), "{}", error);
        }
    }
}
