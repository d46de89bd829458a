//! Draws a note's text.

use super::element::{El, el};
use crate::story::Inline;

impl El {
    /// Adds a text with its emphasis.
    pub fn prose(self, body: &[Inline]) -> El {
        body.iter().fold(self, |into, part| match part {
            Inline::Text(text) => into.text(text.clone()),
            Inline::Strong(text) => into.child(el("strong").text(text.clone())),
            Inline::Code(text) => into.child(el("code").text(text.clone())),
        })
    }
}
