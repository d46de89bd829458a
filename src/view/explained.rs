//! What stands below the narration to explain it: terms, and what the reader can compute. Only the whole program has it.

use super::run::Run;
use crate::story::Narration;
use yew::Html;

#[cfg(feature = "complete")]
pub use whole::{calculator, terms};

#[cfg(not(feature = "complete"))]
pub fn terms(_: &Narration) -> Option<Html> {
    None
}

#[cfg(not(feature = "complete"))]
pub fn calculator(_: &Run, _: bool) -> Option<Html> {
    None
}

#[cfg(feature = "complete")]
mod whole {
    use super::super::calculator::Calculator;
    use super::super::element::el;
    use super::super::words;
    use super::{Html, Narration, Run};
    use crate::story::{Page, terms_in};
    use yew::html;

    /// The lesson that is about the backlog's size.
    const CALCULATED: &str = "the-backlog-is-too-small";

    /// What the words mean that the narration sets in bold.
    pub fn terms(narration: &Narration) -> Option<Html> {
        let terms = terms_in(&narration.body);
        let names: Vec<&str> = terms.iter().map(|term| term.name).collect();
        let rows =
            terms.iter().map(|term| el("div").child(el("dt").text(term.name)).child(el("dd").prose(&term.body())));
        let list = el("dl").children(rows);
        let summary = el("summary").text(words::terms(&names));
        let all = el("p").child(el("a").attr("href", Page::Glossary.hash()).text(words::ALL_TERMS));
        (!terms.is_empty()).then(|| el("details").class("terms").child(summary).child(list).child(all).into())
    }

    /// What the lesson lets the reader compute; open at its end.
    pub fn calculator(run: &Run, is_over: bool) -> Option<Html> {
        (run.lesson.name == CALCULATED).then(|| html! { <Calculator open={is_over} /> })
    }
}
