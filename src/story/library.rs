//! The built-in lessons. Their texts are in `static/lessons/` and compiled in.
//!
//! Rule: the small program brings the first lessons along, without what it does not read of them (claims, and what is
//! asked in a question), and of the others only the head: title and summary. Whoever opens one of those gets the whole
//! program.

use super::lesson::Lesson;
use crate::node::COMPLETE;

/// A built-in lesson.
struct Entry {
    file: &'static str,
    /// In the small program perhaps only its head.
    text: &'static str,
    is_whole: bool,
    minutes: u32,
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
    /// How long it takes to read, to answer and to watch.
    pub minutes: u32,
}

/// A lesson that every program has whole.
macro_rules! first {
    ($file:literal) => {{
        const TEXT: &str = include_str!(concat!("../../static/lessons/", $file));
        const READ: [u8; read_len(TEXT)] = read(TEXT);
        const MINUTES: u32 = minutes(TEXT);
        Entry { file: $file, text: if COMPLETE { TEXT } else { text(&READ) }, is_whole: true, minutes: MINUTES }
    }};
}

/// A lesson of which the small program has the head.
macro_rules! later {
    ($file:literal) => {{
        const TEXT: &str = include_str!(concat!("../../static/lessons/", $file));
        const HEAD: [u8; head_len(TEXT)] = head(TEXT);
        const MINUTES: u32 = minutes(TEXT);
        Entry { file: $file, text: if COMPLETE { TEXT } else { text(&HEAD) }, is_whole: COMPLETE, minutes: MINUTES }
    }};
}

static ENTRIES: &[Entry] = &[
    first!("01-first-synchronization.txt"),
    later!("02-the-snapshot.txt"),
    later!("03-every-write-in-order.txt"),
    later!("04-offsets-and-acknowledgements.txt"),
    first!("05-losing-the-link.txt"),
    later!("06-the-backlog-is-too-small.txt"),
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

/// Whole lines of a text are a text.
const fn text(lines: &'static [u8]) -> &'static str {
    match std::str::from_utf8(lines) {
        Ok(text) => text,
        Err(_) => "",
    }
}

/// How long a lesson takes: 150 of its words are read in a minute, a question takes half of one, and what a note is about
/// 12 seconds to look at.
const fn minutes(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let (mut at, mut seconds, mut words) = (0, 0, 0);
    while at < bytes.len() {
        let is_first = at == 0 || bytes[at - 1] == b'\n';
        if is_first && begins(bytes, at, b"ask ") {
            seconds += 30;
        } else if is_first && begins(bytes, at, b"note ") {
            seconds += 12;
        }
        // What is told and asked is indented.
        if is_first && bytes[at] == b' ' {
            while at < bytes.len() && bytes[at] != b'\n' {
                let is_begun = bytes[at] != b' ' && bytes[at - 1] == b' ';
                words += is_begun as u32;
                at += 1;
            }
        }
        at += 1;
    }
    (seconds + words * 60 / 150 + 30) / 60
}

/// Does the small program read the line that begins at `at`? `is_asking`: it belongs to a question.
const fn is_read(bytes: &[u8], at: usize, is_asking: bool) -> bool {
    !(is_asking || bytes[at] == b'#' || begins(bytes, at, b"claim "))
}

const fn begins(bytes: &[u8], at: usize, word: &[u8]) -> bool {
    let mut n = 0;
    while n < word.len() && at + n < bytes.len() && bytes[at + n] == word[n] {
        n += 1;
    }
    n == word.len()
}

/// Copies the lines that the small program reads to `copy`, as far as there is room, and tells how many bytes they have.
const fn copy_read(text: &str, copy: &mut [u8]) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut len) = (0, 0);
    let mut is_asking = false;
    while at < bytes.len() {
        is_asking = is_asking && bytes[at] == b' ';
        let is_kept = is_read(bytes, at, is_asking);
        is_asking = is_asking || begins(bytes, at, b"ask ");
        loop {
            let byte = bytes[at];
            at += 1;
            if is_kept {
                if len < copy.len() {
                    copy[len] = byte;
                }
                len += 1;
            }
            if byte == b'\n' || at == bytes.len() {
                break;
            }
        }
    }
    len
}

const fn read_len(text: &str) -> usize {
    copy_read(text, &mut [])
}

const fn read<const LEN: usize>(text: &str) -> [u8; LEN] {
    let mut copy = [0; LEN];
    copy_read(text, &mut copy);
    copy
}

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
        Heading { number, name: name.into(), title: line("title "), summary: line("summary "), minutes: self.minutes }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_of_the_course_takes_five_to_ten_minutes() {
        for heading in course() {
            assert!((5..=10).contains(&heading.minutes), "{}: {} minutes", heading.name, heading.minutes);
        }
        let words = "word ".repeat(300);
        assert_eq!(minutes(&format!("ask a before start\n  {words}\nnote when start\n  N\n")), 3);
    }

    #[test]
    fn the_small_program_reads_all_but_claims_comments_and_what_is_asked() {
        const TEXT: &str =
            "title T\n# why\nask a before start\n  Q\n  - one  is full\nnote when start\n  N\n\nclaim lost 0\n";
        const READ: [u8; read_len(TEXT)] = read(TEXT);
        assert_eq!(text(&READ), "title T\nask a before start\nnote when start\n  N\n\n");
        const HEAD: [u8; head_len(TEXT)] = head(TEXT);
        assert_eq!(text(&HEAD), "title T\n# why\n");
    }
}
