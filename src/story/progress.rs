//! How far a reader has come in the course. Kept on the reader's device and sent nowhere.
//!
//! Rule: written as lines of words, one a lesson: `losing-the-link done 2 3`. What cannot be read is left aside: a record
//! of another release is no reason to stop.

use std::fmt;

/// The most lines that are read.
const LESSONS_MAX: usize = 100;

/// What came of one lesson.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Its end was seen.
    pub done: bool,
    /// Questions that were predicted right, and all that were asked.
    pub right: u32,
    pub asked: u32,
}

/// What came of each lesson that was opened, by its name in links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    marks: Vec<(String, Mark)>,
}

impl Progress {
    pub fn parse(text: &str) -> Progress {
        let marks = text.lines().take(LESSONS_MAX).filter_map(|line| {
            let mut words = line.split(' ');
            let (name, state) = (words.next()?, words.next()?);
            let mut number = || words.next()?.parse::<u32>().ok();
            let (right, asked) = (number()?, number()?);
            (right <= asked).then(|| (name.to_string(), Mark { done: state == "done", right, asked }))
        });
        Progress { marks: marks.collect() }
    }

    pub fn of(&self, lesson: &str) -> Mark {
        self.marks.iter().find(|(name, _)| name == lesson).map_or(Mark::default(), |(_, mark)| *mark)
    }

    /// Remembers a lesson; what was predicted before is kept if it was better.
    pub fn note(&mut self, lesson: &str, mark: Mark) {
        let was = self.of(lesson);
        let best = if mark.right >= was.right { mark } else { Mark { done: was.done || mark.done, ..was } };
        let mark = Mark { done: was.done || mark.done, ..best };
        self.marks.retain(|(name, _)| name != lesson);
        self.marks.push((lesson.into(), mark));
    }

    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.marks.iter().try_for_each(|(name, mark)| {
            let state = if mark.done { "done" } else { "begun" };
            writeln!(f, "{name} {state} {} {}", mark.right, mark.asked)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again_and_the_best_is_kept() {
        let mut progress = Progress::default();
        progress.note("chains", Mark { done: false, right: 2, asked: 2 });
        progress.note("promotion", Mark { done: true, right: 0, asked: 3 });
        progress.note("chains", Mark { done: true, right: 1, asked: 2 });
        assert_eq!(progress.of("chains"), Mark { done: true, right: 2, asked: 2 });
        assert_eq!(Progress::parse(&progress.to_string()), progress);
        assert_eq!(progress.of("nosuch"), Mark::default());
    }

    #[test]
    fn lines_that_are_none_are_left_aside() {
        let progress = Progress::parse("\nx\nchains done 3 2\npromotion done 1 2 more\n{}\u{0} a b c\nold done -1 1");
        assert_eq!(progress.to_string(), "promotion done 1 2\n");
    }
}
