//! A short list of numbers with what they were before this step.

use super::element::{El, el};
use crate::scene::panel::Figure;

/// The list; nothing if it is empty.
pub fn figures(figures: &[Figure]) -> Option<El> {
    let row = |f: &Figure| {
        let was = f.was.as_ref().map(|was| el("span").class("was").text(format!("{was} → ")));
        let class = if f.was.is_some() { "changed" } else { "same" };
        el("div").child(el("dt").text(f.name.clone())).child(el("dd").class(class).children(was).text(f.now.clone()))
    };
    (!figures.is_empty()).then(|| el("dl").class("figures").children(figures.iter().map(row)))
}
