//! The messages as a Mermaid sequence diagram.
//!
//! Rule: nodes have names of ours in the diagram, their own are only shown. In a shown text everything but letters, digits
//! and what is known to be harmless is written as `#code;`, because Mermaid reads `;`, `#`, `%%`, line ends and HTML in it.

use super::clock::clock;
use super::steps::{Message, Step, Steps};
use crate::scene::text::{Face, fit};
use crate::sim::NodeId;
use std::collections::BTreeSet;

/// The most messages; a diagram with more is read by nobody, and Mermaid itself refuses it.
pub const MESSAGES_MAX: usize = 400;
/// The longest text on an arrow, in px of a letter 12 px high.
const LABEL: f64 = 420.0;

/// Which message, of which step.
type Sent<'a> = (&'a Step, &'a Message);

pub fn mermaid(steps: &Steps) -> String {
    let lost: BTreeSet<u64> =
        steps.told.iter().flat_map(|step| &step.messages).filter(|m| m.is_lost).map(|m| m.id).collect();
    let sent = |m: &&Message| !m.is_lost && m.kind != "keepalive";
    let all: Vec<Sent> =
        steps.told.iter().flat_map(|step| step.messages.iter().filter(sent).map(move |m| (step, m))).collect();
    let (shown, rest) = all.split_at(all.len().min(MESSAGES_MAX));
    let mut out = format!("---\ntitle: \"{}\"\n---\nsequenceDiagram\n", shown_text(&steps.title));
    let mut known: Vec<(NodeId, String)> = vec![];
    for node in steps.told.iter().flat_map(|step| &step.nodes) {
        if !known.iter().any(|(id, _)| *id == node.id) {
            out += &format!("    participant n{} as {}\n", node.id.0, shown_text(&node.name));
            known.push((node.id, node.name.clone()));
        }
    }
    let over = match (known.first(), known.last()) {
        (Some((first, _)), Some((last, _))) if first != last => format!("n{},n{}", first.0, last.0),
        (Some((first, _)), _) => format!("n{}", first.0),
        _ => return out,
    };
    let mut phase = "";
    for (step, message) in shown {
        if step.phase != phase {
            phase = step.phase;
            out += &format!("    Note over {over}: {} · {}\n", shown_text(phase), clock(step.after));
        }
        out += &arrow(message, lost.contains(&message.id));
    }
    if !rest.is_empty() {
        out += &format!("    Note over {over}: {} more messages are not shown\n", rest.len());
    }
    out
}

fn arrow(message: &Message, is_lost: bool) -> String {
    // A cross where it was lost; what is answered has a broken line, as is the custom.
    let arrow = match (is_lost, message.kind) {
        (true, _) => "-x",
        (_, "reply" | "ack") => "-->>",
        _ => "->>",
    };
    let words = fit(&message.words, Face::Mono, 12.0, LABEL);
    format!("    n{}{arrow}n{}: {}\n", message.from.0, message.to.0, shown_text(&words))
}

/// A text that Mermaid shows as it is. An empty one would be a mistake there.
fn shown_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' | '.' | ',' | '-' | '_' | '+' | '/' | '$' | '*' | '?' | '(' | ')' | '=' | '…' | '·' | '→' | '–' => {
                out.push(c)
            }
            _ if c.is_alphanumeric() => out.push(c),
            _ if c.is_control() => out.push(' '),
            _ => out += &format!("#{};", c as u32),
        }
    }
    // A word that ends a block would end one.
    match out.trim() {
        "" => "#32;".into(),
        word if word.eq_ignore_ascii_case("end") => format!("#{};{}", word.as_bytes()[0], &word[1..]),
        _ => out,
    }
}
