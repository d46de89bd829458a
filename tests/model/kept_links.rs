//! Links that were sent open the same moment for ever: `tests/links/VERSION.txt` has those of each release.
//!
//! A line that begins with `#` or `?` is a link; the lines below it say what it opens: the moment, each node, and a digest
//! of every byte that passed before. A file of a release is never changed; links of today are added to the newest one with
//! `UPDATE_EXPECT=1 cargo test --test model kept_links`.

use expect_test::expect_file;
use replscope::rng::Rng;
use replscope::scene::Ledger;
use replscope::sim::{Action, NodeId, What};
use replscope::story::{
    Address, At, Carried, Laboratory, Lesson, Load, Page, Telling, Topology, find_lesson, lesson_texts,
};
use replscope::time::Time;
use replscope::wire::{Bytes, crc64};
use std::fmt::Write;
use std::time::Duration;

type Lab = Laboratory<Ledger>;

/// The moment that a link opens, as the page finds it, and the run up to there.
fn open(link: &str) -> (Telling, Time, Address) {
    let at_hash = link.find('#').expect("a link has a hash");
    let address = Address::parse(&link[..at_hash], &link[at_hash..]).unwrap_or_else(|error| panic!("{link}: {error}"));
    let (lesson, at, is_lab) = match &address.page {
        Page::Lesson { name, at } => (find_lesson(name).unwrap(), at, false),
        Page::Carried { lesson, at } => {
            let is_lab = lesson.lesson.is_laboratory || !lesson.lesson.branches.is_empty();
            (lesson.lesson.clone(), at, is_lab)
        }
        Page::Lab { name, at } => {
            let name = name.clone().unwrap_or_default();
            let ready = || Topology::named(&name).unwrap_or(Topology::TwoLevels).text();
            (find_lesson(&name).unwrap_or_else(|| Lesson::parse("", &ready()).unwrap()), at, true)
        }
        other => panic!("{link} leads to {other:?}"),
    };
    let mut telling = if is_lab { Lab::new(lesson).telling().clone() } else { Telling::new(lesson) };
    let start = telling.timeline.start();
    let at = at.as_ref().map_or(start, |at| telling.moment(at).unwrap_or_else(|(_, error)| panic!("{link}: {error}")));
    let _ = telling.timeline.frame(at);
    (telling, at, address)
}

/// What a link opens, in lines.
fn told(link: &str) -> String {
    let (mut telling, at, _) = open(link);
    let start = telling.timeline.start();
    let mut passed = 0;
    let mut bytes = 0;
    telling.timeline.find(Time(0), &mut |entries, world| {
        if world.now() > at {
            return true;
        }
        for entry in entries {
            if let What::Sent(segment) = &entry.what {
                let place = [segment.sent.0, u64::from(segment.from.0), u64::from(segment.to.0)].map(u64::to_le_bytes);
                passed = crc64(crc64(passed, &place.concat()), &segment.bytes);
                bytes += segment.bytes.len();
            }
        }
        false
    });
    let frame = telling.timeline.frame(at);
    let narration = telling.narration(&frame);
    let mut out = format!("  {} · {}\n", At::of(at, start), narration.title);
    writeln!(out, "  {bytes} bytes passed, digest {passed:016x}").unwrap();
    for id in frame.now.node_ids() {
        let host = frame.now.host(id).unwrap();
        match &host.node {
            None => writeln!(out, "  {} down", host.name).unwrap(),
            Some(node) => {
                let (role, id) = (format!("{:?}", node.role()).to_lowercase(), node.history().id);
                let digest = node.keyspace().digest();
                writeln!(out, "  {} {role} {} {id} {digest}", host.name, node.offset()).unwrap();
            }
        }
    }
    out
}

/// A laboratory in which so much was done, on branches too.
fn busy(actions: u32, seed: u64) -> Lab {
    let mut lab = Lab::ready(Topology::TwoLevels).unwrap();
    let mut rng = Rng::new(seed);
    let start = lab.telling().timeline.start();
    let mut at = start + Duration::from_millis(1_200);
    let mut done = 0;
    while done < actions {
        at = at + Duration::from_micros(rng.below(900_000) + 1);
        let node = |rng: &mut Rng| NodeId(rng.below(7) as u8);
        let (a, b) = (node(&mut rng), node(&mut rng));
        let command = |text: String| -> Vec<Bytes> { text.split(' ').map(|word| word.as_bytes().into()).collect() };
        let action = match rng.below(12) {
            0..=5 => {
                let (key, value) = (rng.below(20), rng.below(1_000));
                Action::Command { node: NodeId(0), args: command(format!("SET order:{key} paid-{value}")) }
            }
            6 => Action::Cut { a, b },
            7 => Action::Heal { a, b },
            8 => Action::Crash { node: a },
            9 => Action::Restart { node: a, keep_rdb: true },
            10 => Action::Pause { node: a },
            _ => Action::Resume { node: a },
        };
        // Now and then somebody goes back and tries something else.
        let when = if done % 17 == 16 { start + (at.since(start)) / 2 } else { at };
        if lab.act(when, action).is_ok() {
            done += 1;
        }
    }
    lab.load(at, Load { to: at.since(start) + Duration::from_secs(4), ..Load::new(NodeId(0), 20) }).unwrap();
    lab
}

fn link_of(lab: &Lab, at: Option<At>) -> String {
    let carried = Carried { file: "laboratory.txt".into(), text: lab.text().unwrap(), lesson: lab.lesson().clone() };
    Page::Carried { lesson: Box::new(carried), at }.hash()
}

#[test]
fn links_of_every_release_open_the_same_moment() {
    for (file, text) in [("../links/0.1.0.txt", include_str!("../links/0.1.0.txt"))] {
        let mut found = String::new();
        for line in text.lines() {
            match line.as_bytes().first() {
                Some(b'#' | b'?') => write!(found, "{line}\n{}", told(line)).unwrap(),
                Some(b' ') => {}
                _ => writeln!(found, "{line}").unwrap(),
            }
        }
        expect_file![file].assert_eq(&found);
    }
}

#[test]
fn what_is_looked_at_is_part_of_the_link() {
    let (.., address) = open("?view=sequence&tab=node&later=1#/lesson/losing-the-link?at=5.8s&later=1");
    assert_eq!(address.page.hash(), "#/lesson/losing-the-link?at=5.8s");
}

#[test]
fn a_laboratory_of_fifty_actions_fits_into_a_link() {
    let lengths: Vec<usize> = (1..=5).map(|seed| link_of(&busy(50, seed), Some(At::End)).len()).collect();
    println!("50 actions: {lengths:?} characters");
    assert!(lengths.iter().all(|length| *length < 1_500), "{lengths:?}");
    // A lesson of the course that somebody changed brings its whole text.
    let (file, text) = lesson_texts()[4];
    let lesson = Lesson::parse(file, text).unwrap();
    let carried = Carried { file: file.into(), text: text.into(), lesson };
    let length = Page::Carried { lesson: Box::new(carried), at: None }.hash().len();
    println!("lesson 5 whole: {} bytes, {length} characters", text.len());
    assert!(length < text.len());
}
