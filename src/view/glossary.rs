//! The glossary: every term of the course, where it is explained first, and the sizing of the backlog.

use super::calculator::Calculator;
use super::element::{El, el};
use super::header::header;
use super::words;
use crate::story::{At, Inline, Lesson, Page, Term, builtin, markup, terms};
use yew::prelude::*;

#[component]
pub fn Glossary() -> Html {
    let lessons = use_memo((), |()| builtin());
    // Names of the same term stand together.
    let all: Vec<Term> = terms().collect();
    let entries = all.chunk_by(|a, b| a.meaning == b.meaning).map(|names| entry(names, &lessons));
    let list = el("dl").class("glossary").children(entries);
    let page = el("div")
        .class("start-page")
        .child(el("h1").text(words::GLOSSARY))
        .child(el("p").class("lead").text(words::GLOSSARY_LEAD))
        .child(list)
        .child(html! { <Calculator open=true /> });
    el("div").class("start glossary-page").child(header(None)).child(page).into()
}

fn entry(names: &[Term], lessons: &[Lesson]) -> El {
    let said = names.iter().map(|term| term.name).collect::<Vec<_>>().join(", ");
    let first = lessons.iter().find_map(|lesson| Some((lesson, first_in(lesson, names)?)));
    let way = first.map(|(lesson, note)| {
        let page = Page::Lesson { name: lesson.name.clone(), at: Some(At::Note(note)) };
        el("a").attr("href", page.hash()).text(words::first_in(lesson.number, &lesson.title))
    });
    let meaning = names.first().map(Term::body).unwrap_or_default();
    el("div").child(el("dt").text(said)).child(el("dd").child(el("p").prose(&meaning)).children(way))
}

/// The note of a lesson in which one of the names stands in bold.
fn first_in(lesson: &Lesson, names: &[Term]) -> Option<String> {
    let is_term = |part: &Inline| match part {
        Inline::Strong(word) => names.iter().any(|term| term.name.eq_ignore_ascii_case(word)),
        _ => false,
    };
    let note = lesson.notes.iter().find(|note| markup(&note.body).iter().any(is_term))?;
    Some(note.name.clone())
}
