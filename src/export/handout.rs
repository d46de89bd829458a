//! A lesson on paper: its steps with pictures, its questions, and the key on a page of its own at the end.
//!
//! Rule: one file that needs nothing else, in HTML that prints well on A4. The key is computed by the run, as on the page.

use super::clock::clock;
use super::steps::{Step, Steps, steps};
use super::xml;
use crate::story::{Ask, AskKind, Inline, Telling, Truth, display_name, markup};
use crate::time::Time;
use std::collections::BTreeSet;

const STYLE: &str = include_str!("handout.css");
/// The most pictures; where no note speaks, the phases of a run are shown.
const PICTURES_MAX: usize = 60;
/// The most steps listed between two pictures; more are counted.
const LISTED_MAX: usize = 12;

/// The handout of a run from one moment to another. `draw` draws a moment as SVG.
pub fn handout(telling: &mut Telling, from: Time, to: Time, draw: &mut dyn FnMut(Time) -> String) -> String {
    let told = steps(telling, from, to);
    let shown = shown(telling, from, to);
    let mut questions = questions(telling, from, to).into_iter().peekable();
    let mut page = Page::begin(telling, &told);
    let mut key = vec![];
    let mut between: Vec<&Step> = vec![];
    for (n, step) in told.told.iter().enumerate() {
        while let Some(question) = questions.next_if(|question| question.at <= step.at) {
            page.between(&std::mem::take(&mut between));
            key.push(page.question(&question, key.len() + 1));
        }
        if !shown.contains(&step.at) {
            between.push(step);
            continue;
        }
        page.between(&std::mem::take(&mut between));
        // Halfway to the next step, so that what is on its way is seen there.
        let next = told.told.get(n + 1).map_or(step.at, |next| next.at);
        page.step(step, &draw(step.at + next.since(step.at) / 2));
    }
    page.between(&between);
    if told.more > 0 {
        page.push(format!("<p class=\"between\">{} more steps are not in this file.</p>", told.more));
    }
    page.key(&key);
    page.end(&told.remarks)
}

/// The moments that have a picture.
fn shown(telling: &Telling, from: Time, to: Time) -> BTreeSet<Time> {
    let cues: BTreeSet<Time> = telling.cues().map(|(at, _)| at).collect();
    let phases = || telling.timeline.runs().iter().map(|run| run.from).collect();
    let all = if cues.is_empty() { phases() } else { cues };
    all.into_iter().filter(|at| (from..=to).contains(at)).take(PICTURES_MAX).collect()
}

/// A question, when its answer is shown, and what is right.
struct Question {
    at: Time,
    ask: Ask,
    truth: Truth,
    names: Vec<String>,
}

fn questions(telling: &mut Telling, from: Time, to: Time) -> Vec<Question> {
    let cues: Vec<_> = telling.questions().iter().filter(|cue| (from..=to).contains(&cue.at)).cloned().collect();
    let lesson = telling.lesson.clone();
    let names: Vec<String> = lesson.names().into_iter().map(display_name).collect();
    let question = |cue: crate::story::Cue| {
        let ask = lesson.asks.get(cue.ask)?.clone();
        Some(Question { at: cue.at, ask, truth: telling.truth(&cue), names: names.clone() })
    };
    cues.into_iter().filter_map(question).collect()
}

/// The file, being written.
struct Page {
    out: String,
}

impl Page {
    fn begin(telling: &Telling, told: &Steps) -> Page {
        let title = xml::quoted(&told.title);
        let number = telling.lesson.number;
        let kicker = if number > 0 { format!("replscope · lesson {number}") } else { "replscope".into() };
        let summary = prose(&markup(&told.summary));
        let out = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<p class=\"kicker\">{kicker}</p>\n<h1>{title}</h1>\n\
             <p class=\"summary\">{summary}</p>\n<p class=\"name\"><span>Name</span><span>Date</span></p>\n</header>\n<main>\n"
        );
        Page { out }
    }

    fn push(&mut self, html: String) {
        self.out.push_str(&html);
        self.out.push('\n');
    }

    fn step(&mut self, step: &Step, picture: &str) {
        let title = xml::quoted(&step.title);
        let messages = step.messages.iter().map(|message| {
            let (from, to) = (xml::quoted(&step.name(message.from)), xml::quoted(&step.name(message.to)));
            let lost = if message.is_lost { " <em>lost</em>" } else { "" };
            format!("<li>{from} → {to} <code>{}</code>{lost}</li>", xml::quoted(&message.words))
        });
        let messages: String = messages.collect();
        let messages = if messages.is_empty() { messages } else { format!("<ul>{messages}</ul>") };
        self.push(format!(
            "<section class=\"step\">\n<h2><time>{}</time> {title}</h2>\n<p>{}</p>\n<figure>{}</figure>\n{messages}</section>",
            clock(step.after),
            prose(&step.body),
            picture.trim(),
        ));
    }

    /// Steps without a picture.
    fn between(&mut self, steps: &[&Step]) {
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else { return };
        if steps.len() > LISTED_MAX {
            let (from, to) = (clock(first.after), clock(last.after));
            return self.push(format!("<p class=\"between\">{from} – {to}: {} steps.</p>", steps.len()));
        }
        let rows = steps
            .iter()
            .map(|step| format!("<li><time>{}</time> {}</li>", clock(step.after), xml::quoted(&step.title)));
        let rows: String = rows.collect();
        self.push(format!("<ol class=\"between\">{rows}</ol>"));
    }

    /// Asks, and gives the line of the key.
    fn question(&mut self, question: &Question, number: usize) -> String {
        let text = prose(&markup(&question.ask.text));
        let answers = match &question.ask.kind {
            AskKind::Choices(choices) => {
                let rows = choices.iter().map(|choice| format!("<li>{}</li>", prose(&markup(&choice.text))));
                format!("<ol>{}</ol>", rows.collect::<String>())
            }
            _ => "<p class=\"line\"></p>".into(),
        };
        self.push(format!("<section class=\"ask\">\n<h3>Question {number}</h3>\n<p>{text}</p>\n{answers}\n</section>"));
        format!("<li><strong>{}</strong> {}</li>", right(question), prose(&markup(&why(question))))
    }

    fn key(&mut self, key: &[String]) {
        if !key.is_empty() {
            self.push(format!(
                "</main>\n<section class=\"key\">\n<h2>Key</h2>\n<ol>{}</ol>\n</section>\n<main>",
                key.concat()
            ));
        }
    }

    fn end(mut self, remarks: &[String]) -> String {
        let remarks: String = remarks.iter().map(|remark| format!("<p>{}</p>", xml::quoted(remark))).collect();
        self.push(format!("</main>\n<footer>{remarks}</footer>\n</body>\n</html>"));
        self.out
    }
}

/// What is right, in a word.
fn right(question: &Question) -> String {
    match &question.truth {
        Truth::Choices(right) => {
            let letters =
                right.iter().zip('A'..='Z').filter(|(right, _)| **right).map(|(_, letter)| letter.to_string());
            let letters: Vec<String> = letters.collect();
            if letters.is_empty() { "None of these".into() } else { letters.join(", ") }
        }
        Truth::Nodes(nodes) => {
            let names = nodes.iter().filter_map(|node| question.names.get(node.index())).map(|name| xml::quoted(name));
            names.collect::<Vec<_>>().join(", ")
        }
        Truth::Byte(Some(byte)) => format!("Byte {byte}"),
        Truth::Byte(None) => "It sends nothing more".into(),
    }
}

fn why(question: &Question) -> String {
    match (&question.ask.kind, &question.truth) {
        (AskKind::Choices(choices), Truth::Choices(right)) => {
            let right = choices.iter().zip(right).filter(|(_, right)| **right).map(|(choice, _)| choice.why.as_str());
            right.collect::<Vec<_>>().join(" ")
        }
        _ => question.ask.why.clone(),
    }
}

fn prose(body: &[Inline]) -> String {
    let parts = body.iter().map(|part| match part {
        Inline::Text(text) => xml::quoted(text),
        Inline::Strong(text) => format!("<strong>{}</strong>", xml::quoted(text)),
        Inline::Code(text) => format!("<code>{}</code>", xml::quoted(text)),
    });
    parts.collect()
}
