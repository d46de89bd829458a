//! Inline commands: a line of words, as typed into a terminal.
//!
//! Rule: words are split as `sdssplitargs` (sds.c) splits them: double quotes know escapes, single quotes only `\'`, and
//! a closing quote ends its word.

#[cfg(feature = "complete")]
use super::Bytes;
use super::{Arg, Span};

/// The words of a line as somebody typed it to redis-cli (`sdssplitargs`); `None` if a quote is not closed.
#[cfg(feature = "complete")]
pub fn typed_words(line: &[u8]) -> Option<Vec<Bytes>> {
    Some(split_words(line, 0)?.into_iter().map(|arg| arg.bytes).collect())
}

/// The words of a line that stands at `base`; `None` if a quote is not closed, or if text follows a closing one.
/// A word's span includes its quotes.
pub(crate) fn split_words(line: &[u8], base: u64) -> Option<Vec<Arg>> {
    let mut words = vec![];
    let mut at = 0;
    loop {
        while line.get(at).copied().is_some_and(is_space) {
            at += 1;
        }
        if at == line.len() {
            return Some(words);
        }
        let (word, end) = word(line, at)?;
        words.push(Arg { span: Span::new(base + at as u64, base + end as u64), bytes: word.into() });
        at = end;
    }
}

/// The word that begins here, and where it ends.
fn word(line: &[u8], mut at: usize) -> Option<(Vec<u8>, usize)> {
    let mut word = vec![];
    loop {
        match line.get(at) {
            // Fewer than `is_space` knows: a vertical tab or a form feed goes into the word, as in Redis.
            None | Some(b' ' | b'\n' | b'\r' | b'\t') => return Some((word, at)),
            Some(quote @ (b'"' | b'\'')) => {
                let end = quoted_part(line, at + 1, *quote, &mut word)?;
                let is_followed = line.get(end).is_some_and(|next| !is_space(*next));
                return (!is_followed).then_some((word, end));
            }
            Some(byte) => {
                word.push(*byte);
                at += 1;
            }
        }
    }
}

/// Reads from behind an opening quote to behind the closing one.
fn quoted_part(line: &[u8], mut at: usize, quote: u8, word: &mut Vec<u8>) -> Option<usize> {
    loop {
        let (byte, used) = match (quote, line.get(at..)?) {
            (_, []) => return None,
            (b'"', [b'\\', b'x', high, low, ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                (hex(*high) << 4 | hex(*low), 4)
            }
            (b'"', [b'\\', escaped, ..]) => (unescaped(*escaped), 2),
            (b'\'', [b'\\', b'\'', ..]) => (b'\'', 2),
            (_, [byte, ..]) if *byte == quote => return Some(at + 1),
            (_, [byte, ..]) => (*byte, 1),
        };
        word.push(byte);
        at += used;
    }
}

fn unescaped(letter: u8) -> u8 {
    match letter {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 0x08,
        b'a' => 0x07,
        other => other,
    }
}

fn hex(digit: u8) -> u8 {
    char::from(digit).to_digit(16).unwrap_or(0) as u8
}

/// C's `isspace`.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::quoted;
    use proptest::prelude::*;

    fn words(line: &[u8]) -> Option<Vec<Vec<u8>>> {
        Some(split_words(line, 0)?.iter().map(|word| word.bytes.to_vec()).collect())
    }

    #[test]
    fn words_are_split_as_sdssplitargs_splits_them() {
        let check = |line: &[u8], expected: &[&[u8]]| {
            let words = words(line).expect("words");
            assert_eq!(words, expected, "{}", line.escape_ascii());
        };
        check(b"", &[]);
        check(b" \t ", &[]);
        check(b" SET  k\tv ", &[b"SET", b"k", b"v"]);
        check(br#""a b" 'c d'"#, &[b"a b", b"c d"]);
        check(br#""" ''"#, &[b"", b""]);
        check(br#""\n\r\t\b\a\\\"\q\x41\x4""#, &[b"\n\r\t\x08\x07\\\"qAx4"]);
        check(br"'it\'s \n'", &[br"it's \n"]);
        check(br#"a"b c""#, &[b"ab c"]);
        check(b"a\x0bb \x0bc", &[b"a\x0bb", b"c"]);
        check(b"\"a\"\x0cb", &[b"a", b"b"]);
        check(b"\xff\xfe", &[b"\xff\xfe"]);
        for refused in [r#""open"#, "'open", r#""open\"#, r#""a"b"#, "'a'b"] {
            assert_eq!(words(refused.as_bytes()), None, "{refused}");
        }
    }

    #[test]
    fn spans_cover_the_words_with_their_quotes() {
        let spans: Vec<Span> = split_words(b" SET \"a b\"", 100).unwrap().iter().map(|word| word.span).collect();
        assert_eq!(spans, [Span::new(101, 104), Span::new(105, 110)]);
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_back(args in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..5)) {
            let line = args.iter().map(|arg| quoted(arg)).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(words(line.as_bytes()), Some(args));
        }

        #[test]
        fn any_line_is_split_or_refused_and_spans_are_in_order(line in prop::collection::vec(any::<u8>(), 0..60)) {
            let spans = split_words(&line, 0).unwrap_or_default();
            let bounds: Vec<u64> = spans.iter().flat_map(|word| [word.span.start, word.span.end]).collect();
            prop_assert!(bounds.is_sorted());
            prop_assert!(bounds.last().is_none_or(|end| *end <= line.len() as u64));
        }
    }
}
