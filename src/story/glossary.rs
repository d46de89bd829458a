//! The glossary: what the words mean that lessons set in bold. Its text is `static/glossary.txt` and compiled in.
//!
//! Rule: a term is explained where it is used, in one to three sentences; a lesson's bold words that are no terms are only
//! emphasized.

use super::narration::{Inline, markup};

const TEXT: &str = include_str!("../../static/glossary.txt");

/// A term and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub name: &'static str,
    /// With inline markup.
    pub meaning: &'static str,
}

/// Every term, by all of its names.
pub fn terms() -> impl Iterator<Item = Term> {
    TEXT.split("term ").filter_map(|block| block.split_once('\n')).flat_map(|(names, meaning)| {
        names.split(", ").map(move |name| Term { name: name.trim(), meaning: meaning.trim() })
    })
}

/// The terms that a text sets in bold, in the order of their first appearance.
pub fn terms_in(body: &[Inline]) -> Vec<Term> {
    let mut found: Vec<Term> = vec![];
    for part in body {
        let Inline::Strong(word) = part else { continue };
        let term = terms().find(|term| term.name.eq_ignore_ascii_case(word));
        found.extend(term.filter(|term| !found.contains(term)));
    }
    found
}

impl Term {
    /// What it means, ready to be drawn.
    pub fn body(&self) -> Vec<Inline> {
        markup(self.meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_explained_once() {
        let all: Vec<Term> = terms().collect();
        assert!(all.len() > 30, "{} terms", all.len());
        for (n, term) in all.iter().enumerate() {
            assert!(term.meaning.ends_with(['.', '?']) && term.meaning.len() < 240, "{}: {}", term.name, term.meaning);
            assert!(all[n + 1..].iter().all(|other| other.name != term.name), "{} stands there twice", term.name);
        }
    }

    #[test]
    fn bold_words_that_are_terms_are_found() {
        let body = markup("Its **Offset** moves; **nothing** else, and the **backlog**. The **offset**.");
        let found: Vec<&str> = terms_in(&body).into_iter().map(|term| term.name).collect();
        assert_eq!(found, ["offset", "backlog"]);
    }
}
