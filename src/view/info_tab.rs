//! The exact text of INFO replication, with what this step changed.

use super::element::{El, el};
use crate::scene::panel::{InfoLine, InfoPanel};

/// The text, line by line.
pub fn info_tab(panel: &InfoPanel) -> El {
    let heading = el("p").class("wire-heading").text(panel.heading.clone());
    el("div").child(heading).child(el("div").class("info").children(panel.lines.iter().map(line)))
}

fn line(line: &InfoLine) -> El {
    let shown = el("p").class(if line.was.is_some() { "changed" } else { "same" });
    let shown = shown.child(el("span").class("info-field").text(line.field.clone()));
    let Some(value) = &line.value else { return shown };
    let was = line.was.as_ref().filter(|w| !w.is_empty()).map(|was| el("span").class("was").text(format!("{was} → ")));
    shown.text(":").children(was).child(el("span").class("info-value").text(value.clone()))
}
