//! What is wrong in a lesson's text is said with its line, its column, and what is accepted there.

use expect_test::{Expect, expect};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use replscope::story::{Lesson, Timeline, lesson_texts};

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
            "load a 10 keys 4000000000 size 1mb",
            "end 90000s",
            "end",
        ],
        expect![[r#"
            nodes c 6381
              line 4, column 1: 'nodes' is not a keyword; accepted: title, summary, laboratory, seed, node, link, latency, scale, config, at, load, branch, end, note, ask, claim
            node c
              line 4, column 7: the line ends too early; accepted: a port
            node c! 6381
              line 4, column 6: 'c!' is not a name; accepted: up to 16 letters, digits and hyphens
            node a 6381
              line 4, column 6: there is a node 'a' already; accepted: another name
            node c 0
              line 4, column 8: '0' cannot be this node's port; accepted: a number from 1 to 65535 that no other node has
            node c 6379
              line 4, column 8: '6379' cannot be this node's port; accepted: a number from 1 to 65535 that no other node has
            node c 6381 replicaof
              line 4, column 22: the line ends too early; accepted: the name of a node above
            node c 6381 replicaof d
              line 4, column 23: there is no node 'd'; accepted: a, b
            node c 6381 follows a
              line 4, column 13: 'follows' is not expected here; accepted: replicaof NAME, or the end of the line
            node c 6381 replicaof a b
              line 4, column 25: 'b' is not expected here; accepted: replicaof NAME, or the end of the line
            seed seven
              line 4, column 6: 'seven' is not a number that fits here; accepted: a whole number
            seed 7 8
              line 4, column 8: '8' is not expected here; accepted: the end of the line
            latency 7
              line 4, column 9: '7' is not a time; accepted: a time such as 7s, 7.214s, 250ms or 40us
            latency 2d
              line 4, column 9: '2d' is not a time; accepted: a time such as 7s, 7.214s, 250ms or 40us
            link a
              line 4, column 7: the line ends too early; accepted: a second node
            link a a
              line 4, column 8: a node has no link to itself; accepted: another node
            link a c
              line 4, column 8: there is no node 'c'; accepted: a, b
            link a b loss 3
              line 4, column 10: 'loss' is no property of a link; accepted: latency TIME, bandwidth BYTES (a second)
            link a b bandwidth fast
              line 4, column 20: 'fast' is not a number of bytes; accepted: a number of bytes such as 128, 16kb or 1mb
            scale backlog
              line 4, column 14: the line ends too early; accepted: a number of bytes such as 128, 16kb or 1mb
            scale backlog 1tb
              line 4, column 15: '1tb' is not a number of bytes; accepted: a number of bytes such as 128, 16kb or 1mb
            scale ram 1mb
              line 4, column 7: 'ram' cannot be scaled; accepted: backlog BYTES, block BYTES, chunk BYTES, buffer BYTES, snapshot TIME
            config a
              line 4, column 9: the line ends too early; accepted: the name of a setting
            config c port 1
              line 4, column 8: there is no node 'c'; accepted: a, b
            config a nosuch yes
              line 4, column 10: 'nosuch' is not a setting; accepted: acllog-max-len, appendonly, client-output-buffer-limit, databases, enable-debug-command, hash-max-listpack-entries, hash-max-listpack-value, key-load-delay, list-compress-depth, list-max-listpack-size, masterauth, masteruser, maxmemory, min-replicas-max-lag, min-replicas-to-write, port, rdb-key-save-delay, rdb-del-sync-files, rdbchecksum, rdbcompression, repl-backlog-size, repl-backlog-ttl, repl-diskless-load, repl-diskless-sync, repl-diskless-sync-delay, repl-diskless-sync-max-replicas, repl-ping-replica-period, repl-timeout, replica-announce-ip, replica-announce-port, replica-announced, replica-ignore-maxmemory, replica-priority, replica-read-only, replica-serve-stale-data, replicaof, requirepass, save, set-max-intset-entries, zset-max-listpack-entries, zset-max-listpack-value
            config a repl-timeout 0
              line 4, column 23: '0' cannot be the value of repl-timeout: argument must be between 1 and 2147483647 inclusive; accepted: a value that CONFIG SET takes
            config a port 1
              is accepted
            load a
              line 4, column 7: the line ends too early; accepted: commands a second, a whole number
            load a -1
              line 4, column 8: '-1' is not a number that fits here; accepted: commands a second, a whole number
            load a 10 colour 3
              line 4, column 11: 'colour' is no property of a load; accepted: keys N, size BYTES, mix SET:6,INCR:3, from TIME, to TIME
            load a 10 keys 4000000000 size 1mb
              line 4, column 6: the load would hold too much; accepted: keys and values of at most 16777216 bytes together
            end 90000s
              line 4, column 5: '90000s' is not a time; accepted: a time such as 7s, 7.214s, 250ms or 40us
            end
              line 4, column 4: the line ends too early; accepted: a time such as 7s, 7.214s, 250ms or 40us
        "#]],
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
        expect![[r#"
            at
              line 4, column 3: the line ends too early; accepted: a time such as 7s, 7.214s, 250ms or 40us
            at noon a> PING
              line 4, column 4: 'noon' is not a time; accepted: a time such as 7s, 7.214s, 250ms or 40us
            at 1s
              line 4, column 6: the line ends too early; accepted: NODE> COMMAND, cut A B, heal A B, blackhole A B, slow A B latency TIME bandwidth BYTES, pause A, resume A, crash A, restart A [empty], add A PORT [replicaof B], or remove A
            at 1s c> PING
              line 4, column 7: there is no node 'c'; accepted: a, b
            at 1s a>
              line 4, column 9: the line ends too early; accepted: a command
            at 1s a> SET k "open
              line 4, column 16: this quote is not closed; accepted: a closing " on the same line
            at 1s a> SET k "\q"
              line 4, column 17: an unknown escape; accepted: \" \\ \n \r \t
            at 1s break a b
              line 4, column 7: 'break' is not something that can be done; accepted: NODE> COMMAND, cut A B, heal A B, blackhole A B, slow A B latency TIME bandwidth BYTES, pause A, resume A, crash A, restart A [empty], add A PORT [replicaof B], or remove A
            at 1s cut a
              line 4, column 12: the line ends too early; accepted: a second node
            at 1s cut a b c
              line 4, column 15: 'c' is not expected here; accepted: the end of the line
            at 1s crash
              line 4, column 12: the line ends too early; accepted: a node's name
            at 1s restart a full
              line 4, column 17: 'full' is not expected here; accepted: the end of the line
            at 1s slow a b latency
              line 4, column 23: the line ends too early; accepted: a time such as 7s, 7.214s, 250ms or 40us
            note
              line 4, column 5: the line ends too early; accepted: when, or a name for the note
            note first
              line 4, column 11: the line ends too early; accepted: when
            note first if a runs SET
              line 4, column 12: 'if' is not expected here; accepted: when
            note when
              line 4, column 10: the line ends too early; accepted: start, a node's name, or a fault
            note when c runs SET
              line 4, column 11: there is no node 'c'; accepted: a, b
            note when a jumps
              line 4, column 13: 'jumps' is not something a node does; accepted: runs, refuses, propagates, applies, sends, receives, answers, link, forks, saves, loads, trims, creates backlog, expires, puts … online, loses, is promoted
            note when b link broken
              line 4, column 18: 'broken' is not a state of a link; accepted: connect, connecting, handshake, transfer or connected
            note when b sends PSYNC to
              line 4, column 27: the line ends too early; accepted: a node's name
            note when b sends PSYNC to c
              line 4, column 28: there is no node 'c'; accepted: a, b
            note when b sends PSYNC to a now
              line 4, column 30: 'now' is not expected here; accepted: the end of the condition
            note when a answers PSYNC from
              line 4, column 31: the line ends too early; accepted: a node's name
            note when 0th a runs SET
              line 4, column 11: there is no node '0th'; accepted: a, b
            note when a forks twice
              line 4, column 19: 'twice' is not expected here; accepted: the end of the condition
            note when a expires
              line 4, column 20: the line ends too early; accepted: a key
              text without a note
              line 4, column 1: an indented line belongs to a note or a question, and there is none above; accepted: title, summary, laboratory, seed, node, link, latency, scale, config, at, load, branch, end, note, ask, claim
        "#]],
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
        expect![[r#"
            claim
              line 4, column 6: the line ends too early; accepted: NODE resyncs partial|full, NODE equals NODE, NODE offset N, NODE link up|down, NODE holds KEY VALUE, NODE lacks KEY, NODE info FIELD VALUE, lost N, happens CONDITION, never CONDITION
            claim c equals a
              line 4, column 7: there is no node 'c'; accepted: a, b
            claim b
              line 4, column 8: the line ends too early; accepted: NODE resyncs partial|full, NODE equals NODE, NODE offset N, NODE link up|down, NODE holds KEY VALUE, NODE lacks KEY, NODE info FIELD VALUE, lost N, happens CONDITION, never CONDITION
            claim b resyncs
              line 4, column 16: the line ends too early; accepted: partial or full
            claim b resyncs soon
              line 4, column 17: 'soon' is no way to resynchronize; accepted: partial or full
            claim b equals
              line 4, column 15: the line ends too early; accepted: a node's name
            claim b equals c
              line 4, column 16: there is no node 'c'; accepted: a, b
            claim b equals a at noon
              line 4, column 21: 'noon' is not a time; accepted: a time such as 7s, 7.214s, 250ms or 40us
            claim b equals a at
              line 4, column 20: the line ends too early; accepted: a time such as 7s, 7.214s, 250ms or 40us
            claim b offset many
              line 4, column 16: 'many' is not a number that fits here; accepted: an offset
            claim b link sideways
              line 4, column 14: 'sideways' is no state of a link; accepted: up or down
            claim b holds k
              line 4, column 16: the line ends too early; accepted: a value
            claim b info role
              line 4, column 18: the line ends too early; accepted: a value
            claim b lives
              line 4, column 9: 'lives' is nothing that can be claimed; accepted: NODE resyncs partial|full, NODE equals NODE, NODE offset N, NODE link up|down, NODE holds KEY VALUE, NODE lacks KEY, NODE info FIELD VALUE, lost N, happens CONDITION, never CONDITION
            claim lost some
              line 4, column 12: 'some' is not a number that fits here; accepted: a number of writes
            claim happens b flies
              line 4, column 17: 'flies' is not something a node does; accepted: runs, refuses, propagates, applies, sends, receives, answers, link, forks, saves, loads, trims, creates backlog, expires, puts … online, loses, is promoted
            claim lost 0 0
              line 4, column 14: '0' is not expected here; accepted: the end of the line
        "#]],
    );
}

#[test]
fn mistakes_of_a_whole_text() {
    let said = |text: &str| Lesson::parse("x.txt", text).map(drop).expect_err("a mistake").to_string();
    let texts = ["", "node a 6379\n", "title T\n", "title\nnode a 6379\n", &"x".repeat(300_000), &"\n".repeat(6_000)];
    let many: String = (0..60).map(|n| format!("node n{n} {}\n", 7000 + n)).collect();
    let said: Vec<String> = texts.into_iter().chain([many.as_str()]).map(said).collect();
    expect![[r#"
        line 1, column 1: the lesson has no title; accepted: title TEXT
        line 1, column 1: the lesson has no title; accepted: title TEXT
        line 1, column 1: the lesson has no node; accepted: node NAME PORT
        line 1, column 6: the line ends too early; accepted: text to the end of the line
        line 1, column 1: the text has 300000 bytes in 1 lines; accepted: at most 262144 bytes in 5000 lines
        line 1, column 1: the text has 6000 bytes in 6000 lines; accepted: at most 262144 bytes in 5000 lines
        line 51, column 6: there are too many nodes; accepted: at most 50"#]]
    .assert_eq(&said.join("\n"));
}

fn nearly_a_lesson() -> impl Strategy<Value = String> {
    let words: Vec<&'static str> = lesson_texts().iter().flat_map(|(_, text)| text.split([' ', '\n'])).collect();
    let odd = "title node link at note claim load scale config end when happens never a b a> 1s 7ms 6379 0 -1 \
        18446744073709551616 \" \\ # * é 1th 99999999999s from to 0.0000001s";
    let part = prop_oneof![
        12 => select(words).prop_map(String::from),
        4 => select(odd.split(' ').chain(["\t", "at end"]).collect::<Vec<_>>()).prop_map(String::from),
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

/// A line that is right, whatever its numbers are.
fn right_line() -> impl Strategy<Value = String> {
    let lines = "at {x}ms cut a b|at {x}ms heal a b|at {x}ms blackhole a c|at {x}ms heal a c|at {x}ms pause b|at {x}ms resume b|\
        at {x}ms crash a|at {x}ms restart a|at {x}ms restart a empty|at {x}ms slow a b latency {x}ms bandwidth {z}|\
        at {x}ms a> SET k {y} PX {z}|at {x}ms a> INCRBY n {y}|at {x}ms a> APPEND k {z}|at {x}ms b> REPLICAOF NO ONE|\
        at {x}ms a> REPLICAOF 127.0.0.1 6380|at {x}ms c> REPLICAOF 127.0.0.1 6380|at {x}ms b> CONFIG SET replica-read-only no|\
        at {x}ms b> SET k {z}|scale backlog {y} block {z}|scale chunk {y} buffer {z} snapshot {x}ms|latency {x}ms|\
        link a b latency {x}ms bandwidth {y}|config * repl-diskless-sync-delay {x}|config a repl-backlog-ttl {x}|\
        config * repl-timeout 1|config a repl-diskless-sync no|load a 50 keys {x} size {x} from 0s to 1s";
    let number = || prop_oneof![0..4u64, 0..2_000u64, Just(u64::from(u32::MAX)), Just(i64::MAX as u64)];
    let line = select(lines.split('|').collect::<Vec<_>>());
    (line, 0..3_000u64, number(), number()).prop_map(|(line, x, y, z)| {
        [("{x}", x), ("{y}", y), ("{z}", z)]
            .iter()
            .fold(line.into(), |line: String, (name, number)| line.replace(name, &number.to_string()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_can_be_run_and_breaks_no_rule(lines in vec(right_line(), 0..25)) {
        let text = format!("{HEAD}node c 6381 replicaof a\n{}\nend 6s", lines.join("\n"));
        let lesson = Lesson::parse("any.txt", &text);
        prop_assert!(lesson.is_ok() || text.contains("9223372036854775807"), "{:?}", lesson);
        if let Ok(lesson) = lesson {
            let timeline = Timeline::new(lesson.scenario);
            prop_assert_eq!(timeline.checks().violations(), []);
        }
    }
}

/// A lesson's number, and the numbers behind `# answers:`.
fn answers(file: &str, text: &str) -> (u32, Vec<u32>) {
    let number = file.split('-').next().and_then(|n| n.parse().ok()).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("# answers: "));
    let line = line.unwrap_or_else(|| panic!("{file} does not say which questions it answers"));
    (number, line.split(", ").map(|n| n.parse().unwrap()).collect())
}

#[test]
fn every_question_of_the_fifteen_is_answered_where_the_table_says() {
    let answered: Vec<(u32, Vec<u32>)> = lesson_texts().into_iter().map(|(file, text)| answers(file, text)).collect();
    assert!(answered.iter().all(|(_, questions)| !questions.is_empty()));
    let table = include_str!("../../docs/course.md");
    for question in 1..=15 {
        let row = table.lines().find(|line| line.starts_with(&format!("| {question} |"))).expect("the table has a row");
        let cell = row.rsplit('|').nth(1).unwrap();
        let said: Vec<u32> = cell.split(", ").filter_map(|part| part.trim().split(' ').next()?.parse().ok()).collect();
        let meant = answered.iter().filter(|(_, questions)| questions.contains(&question)).map(|(lesson, _)| *lesson);
        assert_eq!(said, meant.collect::<Vec<u32>>(), "question {question}");
        assert!(!said.is_empty(), "question {question} is answered nowhere");
    }
}

#[test]
fn a_lesson_says_first_what_one_can_say_afterwards_and_asks_at_least_twice() {
    for (file, text) in lesson_texts() {
        let first = text.lines().next().unwrap();
        assert!(first.starts_with("summary ") && first.contains("Afterwards you can"), "{file}: {first}");
        let lesson = Lesson::parse(file, text).unwrap();
        assert!(lesson.asks.len() >= 2, "{file} asks {} times", lesson.asks.len());
    }
}
