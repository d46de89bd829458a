//! The text of a lesson: lines, words, and where they stand.
//!
//! Rule: every mistake is reported with its line, its column, what was wrong and what is accepted there. `#` begins a
//! comment at the start of a line or after a space, outside quotes. Limits hold for text from anywhere.

use crate::node::COMPLETE;
use std::fmt;
use std::time::Duration;

/// The largest lesson that is read, bytes.
pub const SOURCE_MAX: usize = 256 * 1024;
/// The most lines.
pub const LINES_MAX: usize = 5_000;

/// The words of a mistake, as `format!` makes them.
macro_rules! problem {
    ($($words:tt)*) => {
        if crate::node::COMPLETE { format!($($words)*) } else { String::new() }
    };
}
pub(super) use problem;

/// What is said of a mistake. The small program says nothing: it leaves a text that it cannot read to the whole one.
pub(super) fn said(text: impl Into<String>) -> String {
    if COMPLETE { text.into() } else { String::new() }
}

/// A mistake in a lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonError {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    pub problem: String,
    /// What would have been right here.
    pub accepted: String,
}

impl fmt::Display for LessonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.problem)?;
        if self.accepted.is_empty() { Ok(()) } else { write!(f, "; accepted: {}", self.accepted) }
    }
}

impl std::error::Error for LessonError {}

/// A word of a line, unquoted, with the column it begins at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub column: u32,
}

/// A line's words, taken one by one.
#[derive(Clone, Debug)]
pub struct Words {
    words: std::collections::VecDeque<Word>,
    line: u32,
    /// Where the line ends: the column for what is missing.
    end: u32,
}

impl Words {
    /// Splits a line into words. Double quotes hold a word together; inside, `\"`, `\\`, `\n`, `\r` and `\t` stand for one character each.
    pub fn split(line: &str, number: u32) -> Result<Words, LessonError> {
        let chars: Vec<char> = line.chars().collect();
        let mut words = std::collections::VecDeque::new();
        let mut at = 0;
        while let Some(start) = (at..chars.len()).find(|n| !chars[*n].is_whitespace()) {
            if chars[start] == '#' {
                break;
            }
            let (text, end) = if chars[start] == '"' { unquote(&chars, start, number)? } else { plain(&chars, start) };
            words.push_back(Word { text, column: start as u32 + 1 });
            at = end;
        }
        Ok(Words { words, line: number, end: chars.len() as u32 + 1 })
    }

    pub fn next(&mut self) -> Option<Word> {
        self.words.pop_front()
    }

    pub fn peek(&self) -> Option<&str> {
        self.words.front().map(|word| word.text.as_str())
    }

    /// The next word, or the error that says what is missing.
    pub fn expect(&mut self, accepted: &str) -> Result<Word, LessonError> {
        self.words.pop_front().ok_or_else(|| LessonError {
            line: self.line,
            column: self.end,
            problem: said("the line ends too early"),
            accepted: said(accepted),
        })
    }

    /// Takes the next word if it is this one.
    pub fn take_if(&mut self, text: &str) -> bool {
        let is_it = self.peek() == Some(text);
        if is_it {
            self.words.pop_front();
        }
        is_it
    }

    /// All words that are left.
    pub fn rest(&mut self) -> Vec<Word> {
        self.words.drain(..).collect()
    }

    /// Complains about a word that is left over.
    pub fn finish(&mut self, accepted: &str) -> Result<(), LessonError> {
        match self.words.pop_front() {
            None => Ok(()),
            Some(word) => Err(self.unexpected(&word, accepted)),
        }
    }

    /// An error about a word that has no place where it stands.
    pub fn unexpected(&self, word: &Word, accepted: &str) -> LessonError {
        self.wrong(word, problem!("'{}' is not expected here", word.text), accepted)
    }

    /// An error about a word of this line.
    pub fn wrong(&self, word: &Word, problem: impl Into<String>, accepted: impl Into<String>) -> LessonError {
        LessonError { line: self.line, column: word.column, problem: said(problem), accepted: said(accepted) }
    }

    pub fn number<N: std::str::FromStr>(&mut self, accepted: &str) -> Result<N, LessonError> {
        let word = self.expect(accepted)?;
        word.text
            .parse()
            .map_err(|_| self.wrong(&word, problem!("'{}' is not a number that fits here", word.text), accepted))
    }

    pub fn duration(&mut self) -> Result<Duration, LessonError> {
        let word = self.expect(DURATION)?;
        parse_duration(&word.text).ok_or_else(|| self.wrong(&word, problem!("'{}' is not a time", word.text), DURATION))
    }

    /// A count of bytes: `128`, `16kb`, `1mb`.
    pub fn bytes(&mut self) -> Result<u64, LessonError> {
        let word = self.expect(BYTES)?;
        crate::node::memory(&word.text)
            .ok_or_else(|| self.wrong(&word, problem!("'{}' is not a number of bytes", word.text), BYTES))
    }
}

/// A word as it has to be written.
#[cfg(feature = "complete")]
pub fn quoted(word: &str) -> String {
    let is_plain = !word.is_empty() && !word.starts_with(['"', '#']) && !word.contains(char::is_whitespace);
    if is_plain {
        return word.into();
    }
    let escaped = word.chars().map(|c| match c {
        '"' => "\\\"".into(),
        '\\' => "\\\\".into(),
        '\n' => "\\n".into(),
        '\r' => "\\r".into(),
        '\t' => "\\t".into(),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Words as they have to be written; the small program, which writes none, does not quote them.
pub fn written(words: Words) -> String {
    #[cfg(feature = "complete")]
    let words = words.words.iter().map(|word| quoted(&word.text));
    #[cfg(not(feature = "complete"))]
    let words = words.words.into_iter().map(|word| word.text);
    words.collect::<Vec<_>>().join(" ")
}

const DURATION: &str = "a time such as 7s, 7.214s, 250ms or 40us";
const BYTES: &str = "a number of bytes such as 128, 16kb or 1mb";

/// Times beyond this are refused: one day.
const DURATION_MAX: Duration = Duration::from_secs(86_400);

/// `7s`, `7.214s`, `250ms`, `40us`; at most a day, to the microsecond.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let micros_per_unit: u64 = match &text[digits.len()..] {
        "s" => 1_000_000,
        "ms" => 1_000,
        "us" => 1,
        _ => return None,
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty()
        || whole.len() > 12
        || fraction.len() > 6
        || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let part: u64 = format!("{fraction:0<6}").parse().ok()?;
    let micros =
        whole.parse::<u64>().ok()?.checked_mul(micros_per_unit)?.checked_add(part * micros_per_unit / 1_000_000)?;
    Some(Duration::from_micros(micros)).filter(|d| *d <= DURATION_MAX)
}

fn plain(chars: &[char], start: usize) -> (String, usize) {
    let end = (start..chars.len()).find(|n| chars[*n].is_whitespace()).unwrap_or(chars.len());
    (chars[start..end].iter().collect(), end)
}

fn unquote(chars: &[char], start: usize, line: u32) -> Result<(String, usize), LessonError> {
    let wrong = |column: usize, problem: &str, accepted: &str| LessonError {
        line,
        column: column as u32 + 1,
        problem: said(problem),
        accepted: said(accepted),
    };
    let mut text = String::new();
    let mut at = start + 1;
    loop {
        match chars.get(at) {
            None => {
                return Err(wrong(start, "this quote is not closed", "a closing \" on the same line"));
            }
            Some('"') => return Ok((text, at + 1)),
            Some('\\') => {
                let (c, len) =
                    escape(&chars[at + 1..]).ok_or_else(|| wrong(at, "an unknown escape", r#"\" \\ \n \r \t"#))?;
                text.push(c);
                at += 1 + len;
            }
            Some(c) => {
                text.push(*c);
                at += 1;
            }
        }
    }
}

fn escape(after: &[char]) -> Option<(char, usize)> {
    let c = match after.first()? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        c @ ('"' | '\\') => *c,
        _ => return None,
    };
    Some((c, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_to_the_microsecond() {
        let read = ["7s", "7.214s", "250ms", "40us", "1.5ms", "86400s"]
            .map(|text| parse_duration(text).map(|d| d.as_micros()));
        assert_eq!(read, [7_000_000, 7_214_000, 250_000, 40, 1_500, 86_400_000_000].map(Some));
        for bad in ["", "s", "7", "-1s", "7.s0", "1h", "86401s", "1.1234567s", "99999999999999s", "٣s"] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn words_know_their_columns() {
        let mut words = Words::split(r#"  at 4s  a> SET k "3 \"items\"" # why"#, 9).unwrap();
        let found: Vec<(String, u32)> = words.rest().into_iter().map(|w| (w.text, w.column)).collect();
        let expected = [("at", 3), ("4s", 6), ("a>", 10), ("SET", 13), ("k", 17), ("3 \"items\"", 19)];
        assert_eq!(found, expected.map(|(text, column)| (text.to_string(), column)));
        let error = Words::split("SET k \"open", 2).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2, column 7: this quote is not closed; accepted: a closing \" on the same line"
        );
    }
}
