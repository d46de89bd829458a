//! The built-in lessons. Their texts are in `static/lessons/` and compiled in.
//!
//! Rule: the small program brings the first lessons along and of the others only the head: title and summary. Whoever
//! opens one of those gets the whole program.

use super::lesson::Lesson;
use crate::node::COMPLETE;

/// A built-in lesson.
struct Entry {
    file: &'static str,
    /// In the small program perhaps only its head.
    text: &'static str,
    is_whole: bool,
}

/// What a list of lessons says about one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its place in the course, from 1.
    pub number: u32,
    /// As it is called in links.
    pub name: String,
    pub title: String,
    pub summary: String,
}

/// A lesson that every program has whole.
macro_rules! first {
    ($file:literal) => {
        Entry { file: $file, text: include_str!(concat!("../../static/lessons/", $file)), is_whole: true }
    };
}

/// A lesson of which the small program has the head.
macro_rules! later {
    ($file:literal) => {{
        const TEXT: &str = include_str!(concat!("../../static/lessons/", $file));
        const HEAD: [u8; head_len(TEXT)] = head(TEXT);
        // A text that is cut at a line feed is a text.
        const CUT: &str = match std::str::from_utf8(&HEAD) {
            Ok(text) => text,
            Err(_) => panic!("a lesson's head is text"),
        };
        Entry { file: $file, text: if COMPLETE { TEXT } else { CUT }, is_whole: COMPLETE }
    }};
}

static ENTRIES: &[Entry] = &[
    first!("01-first-synchronization.txt"),
    first!("02-the-snapshot.txt"),
    first!("03-every-write-in-order.txt"),
    first!("04-offsets-and-acknowledgements.txt"),
    first!("05-losing-the-link.txt"),
    first!("06-the-backlog-is-too-small.txt"),
    later!("07-acknowledged-and-lost.txt"),
    later!("08-promotion.txt"),
    later!("09-the-old-master-returns.txt"),
    later!("10-chains.txt"),
    later!("11-expiry-and-reads.txt"),
    later!("12-diskless-and-the-full-sync-loop.txt"),
    later!("13-the-empty-master.txt"),
    later!("14-passwords-and-addresses.txt"),
    later!("15-failover-and-the-world-before-psync.txt"),
];

/// Where the second line ends: after title and summary.
const fn head_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut lines) = (0, 0);
    while at < bytes.len() && lines < 2 {
        if bytes[at] == b'\n' {
            lines += 1;
        }
        at += 1;
    }
    at
}

const fn head<const LEN: usize>(text: &str) -> [u8; LEN] {
    let mut copy = [0; LEN];
    let mut at = 0;
    while at < LEN {
        copy[at] = text.as_bytes()[at];
        at += 1;
    }
    copy
}

impl Entry {
    /// `05-losing-the-link.txt` is number 4, `losing-the-link`.
    fn number_and_name(&self) -> (u32, &'static str) {
        let stem = self.file.strip_suffix(".txt").unwrap_or(self.file);
        let (number, name) = stem.split_once('-').unwrap_or(("", stem));
        (number.parse().unwrap_or(0), name)
    }

    fn heading(&self) -> Heading {
        let line = |keyword: &str| {
            let found = self.text.lines().find_map(|line| line.strip_prefix(keyword));
            found.map_or_else(String::new, |text| text.trim().to_string())
        };
        let (number, name) = self.number_and_name();
        Heading { number, name: name.into(), title: line("title "), summary: line("summary ") }
    }
}

/// File names and texts, in the order of the course: those that this program has whole.
pub fn texts() -> Vec<(&'static str, &'static str)> {
    ENTRIES.iter().filter(|entry| entry.is_whole).map(|entry| (entry.file, entry.text)).collect()
}

/// Every lesson of the course, in its order, also those that only the whole program has.
pub fn course() -> Vec<Heading> {
    ENTRIES.iter().map(Entry::heading).collect()
}

/// The lessons that this program has, in the order of the course. That each one can be read is a test.
pub fn builtin() -> Vec<Lesson> {
    texts().into_iter().filter_map(|(file, text)| Lesson::parse(file, text).ok()).collect()
}

/// Is there a lesson that is called so in links, in this program or in the whole one?
pub fn exists(name: &str) -> bool {
    ENTRIES.iter().any(|entry| entry.number_and_name().1 == name)
}

/// A built-in lesson by the name it has in links, if this program has it.
pub fn find(name: &str) -> Option<Lesson> {
    let entry = ENTRIES.iter().find(|entry| entry.is_whole && entry.number_and_name().1 == name)?;
    Lesson::parse(entry.file, entry.text).ok()
}
