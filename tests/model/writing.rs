//! A lesson is written to a text that is read to the same lesson.

use crate::psync2::story::Story;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use replscope::sim::Action;
use replscope::story::{Lesson, Unwritable, lesson_texts};
use std::time::Duration;

/// Reads, writes and reads again.
fn check(file: &str, text: &str) {
    let lesson = Lesson::parse(file, text).unwrap_or_else(|error| panic!("{error} in\n{text}"));
    let written = lesson.text().expect("it has a text");
    let again = Lesson::parse(file, &written).unwrap_or_else(|error| panic!("{error} in\n{written}"));
    assert!(again == lesson, "from\n{text}\ncame\n{written}");
    assert_eq!(again.text().expect("it has a text"), written);
}

#[test]
fn built_in_lessons_are_read_again() {
    lesson_texts().iter().for_each(|(file, text)| check(file, text));
}

#[test]
fn random_stories_are_read_again() {
    for seed in 0..60 {
        check("story.txt", &Story::wild(seed).text());
        check("story.txt", &Story::orderly(seed).text());
    }
}

#[test]
fn what_is_odd_is_read_again() {
    for text in [
        "title T\nlaboratory\n",
        "title  T # \"x\" \nsummary\t s\nlaboratory\nseed 18446744073709551615\nend 0s\n",
        "title T\nnode a 6379\nnode b 6380\nconfig b port 6379\nconfig a port 0\nend 1us\n",
        "title T\nnode a 6379\nconfig * port 7\nconfig a port 6379\nnode b 8 replicaof a\nlatency 1.000001s\n",
        "title T\nnode a 6379\nconfig * replicaof \"10.0.0.1 77\"\nconfig a replicaof \"no one\"\nnode b 1\n",
        "title T\nnode a 6379\nnode b 6380 replicaof a\nconfig a port 9\nnode c 6379 replicaof a\n",
        "title T\nconfig * client-output-buffer-limit \"replica 1mb 0 0\"\nnode a 6379\nconfig a hz 10\nconfig a save \"\"\nconfig * save \"60 1\"\n",
        "title T\nnode a 6379\nscale backlog 5 snapshot 0s block 64 buffer 1 chunk 1\nconfig a repl-backlog-size 1\n",
        "title T\nnode a 6379\nnode b 1\nlink b a bandwidth 9\nlink a b latency 0s\nat 1s slow a b bandwidth 3\n",
        "title T\nnode a 1\nat 1s a> SET \"\" \"#\" \"a b\" \"\\\"\" \\ a#b \"\\n\\r\\t\\\\ \" \"é\u{a0}\" \"\u{1}\"\n",
        "title T\nnode a 1\nload a 0\nload a 7 keys 1 size 0 mix del:3,GET from 1s\nload a 1 to 9s\nat 3s add b 2\nat 3s remove b\n",
        "title T\nnode a 1\nbranch \"of x\" at 1s\nbranch of of \"of x\" at 1s\nat 1s add b 2\nbranch at of of at 2s\nat 2s crash b\nload b 3 from 2s\n",
        "title T\nnode a 1\nnote when start\nnote when a runs \"A B\" \"\"\n  When\n  it - is\n  - so\nnote x when 3rd add a\n",
        "title T\nnode a 1\nask before start\n  What?\n  How?\n  -   if a holds k \"3 items\"\n  - b  c  is full\n    why - not\n    - d  is partial\n",
        "title T\nnode a 1\nask n before start\n  What?\n  point offset of a at 3s\n  point it out\nask before start\n  Who?\n  point byte a sends\n",
        "title T\nnode a 1\nclaim a holds k \"3 items\"\nclaim never 2nd a runs \"\"\nclaim a lacks \"\\\"\" at end\n",
    ] {
        check("x.txt", text);
    }
}

#[test]
fn what_is_no_text_is_refused() {
    let mut lesson = Lesson::parse("x.txt", "title T\nnode a 1\nat 2s a> SET k v\n").unwrap();
    lesson.scenario.script[0].action =
        Action::Command { node: replscope::sim::NodeId(0), args: vec![vec![0xff].into()] };
    assert_eq!(lesson.text(), Err(Unwritable::NotText { after: Duration::from_secs(2) }));
    assert_eq!(
        lesson.text().unwrap_err().to_string(),
        "the command at 2s has bytes that are not UTF-8; accepted: text"
    );
}

/// A line that is right on the trunk.
fn head_line() -> impl Strategy<Value = String> {
    let lines = "seed {x}|latency {x}us|link a b latency {x}ms bandwidth {x}|link c a bandwidth {x}|scale backlog {x} block {x}|\
        scale chunk {x} buffer {x} snapshot {x}ms|config * repl-diskless-sync-delay {x}|config a repl-backlog-ttl {x}|\
        config b repl-diskless-sync no|config * repl-timeout 1|config c repl-backlog-size {x}|config * masterauth \"a b{x}\"|\
        config a requirepass p{x}|config b save \"{x} 1\"|config * repl-backlog-size {x}|summary  of {x}";
    let line = select(lines.split('|').map(str::trim_start).collect::<Vec<_>>());
    (line, 1..3_000u64).prop_map(|(line, x)| line.replace("{x}", &x.to_string()))
}

/// A line that is right below any branch that forks before 3 s.
fn line() -> impl Strategy<Value = String> {
    let lines = "cut a b|heal c b|blackhole a c|pause b|resume b|crash a|restart a|restart a empty|slow a b latency {x}us|\
        a> SET k {x} PX {x}|b> SET \"k {x}\" \"\\n\"|remove c|c> REPLICAOF NO ONE";
    let act = select(lines.split('|').map(str::trim_start).collect::<Vec<_>>());
    (act, 3_000..9_000u64, any::<bool>()).prop_map(|(act, x, loads)| match loads {
        false => format!("at {x}ms {act}").replace("{x}", &x.to_string()),
        true => format!("load a {} size {} mix SET,INCR:7 from {x}ms", x % 3, x / 3),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_lessons_are_read_again(
        head in vec(head_line(), 0..10),
        trunk in vec(line(), 0..8),
        branches in vec((0..5usize, 0..3_000u64, vec(line(), 0..5), any::<bool>()), 0..5),
        is_laboratory: bool,
    ) {
        let mut text = format!("title T\nnode a 6379\nnode b 6380 replicaof a\nnode c 6381 replicaof b\n{}\n", head.join("\n"));
        if is_laboratory {
            text += "laboratory\n";
        }
        text += &format!("{}\n", trunk.join("\n"));
        let mut forks: Vec<u64> = vec![];
        for (n, (parent, ms, lines, adds)) in branches.iter().enumerate() {
            let parent = forks.get(*parent).map(|at| (*parent, *at));
            let at = parent.map_or(*ms, |(_, at)| (at + ms / 10).min(3_000));
            let of = parent.map(|(parent, _)| format!("of \"branch {parent}\" ")).unwrap_or_default();
            text += &format!("branch \"branch {n}\" {of}at {at}ms\n");
            if *adds && parent.is_none() {
                text += &format!("at 3s add n{} {} replicaof a\n", n % 2, 7000 + n);
            }
            text += &format!("{}\n", lines.join("\n"));
            forks.push(at);
        }
        check("x.txt", &text);
    }
}
