//! The built-in lessons. Their texts are in `static/lessons/` and compiled in.

use super::lesson::Lesson;

const TEXTS: &[(&str, &str)] = &[
    ("01-first-synchronization.txt", include_str!("../../static/lessons/01-first-synchronization.txt")),
    ("02-the-snapshot.txt", include_str!("../../static/lessons/02-the-snapshot.txt")),
    ("03-every-write-in-order.txt", include_str!("../../static/lessons/03-every-write-in-order.txt")),
    ("04-losing-the-link.txt", include_str!("../../static/lessons/04-losing-the-link.txt")),
    ("05-the-backlog-is-too-small.txt", include_str!("../../static/lessons/05-the-backlog-is-too-small.txt")),
];

/// File names and texts, in the order of the course.
pub fn texts() -> &'static [(&'static str, &'static str)] {
    TEXTS
}

/// Every built-in lesson, in the order of the course. That each one can be read is a test.
pub fn builtin() -> Vec<Lesson> {
    TEXTS.iter().filter_map(|(file, text)| Lesson::parse(file, text).ok()).collect()
}

/// A built-in lesson by the name it has in links.
pub fn find(name: &str) -> Option<Lesson> {
    let (file, text) = TEXTS.iter().find(|(file, _)| {
        file.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-').strip_suffix(".txt") == Some(name)
    })?;
    Lesson::parse(file, text).ok()
}
