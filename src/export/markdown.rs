//! The steps as Markdown.
//!
//! Rule: what a run holds is text. Every character that Markdown or the HTML in it could take for a mark is escaped; code
//! stands between more backquotes than are in it.

use super::clock::clock;
use super::steps::{Message, Step, Steps};
use crate::scene::text::bytes;
use crate::story::Inline;

/// The steps, each under a heading of its own.
pub fn markdown(steps: &Steps) -> String {
    let mut out = format!("# {}\n", plain(&steps.title));
    if !steps.summary.is_empty() {
        out += &format!("\n{}\n", prose(&crate::story::markup(&steps.summary)));
    }
    for step in &steps.told {
        out += &format!("\n## {}. {} · {}\n\n", step.number, clock(step.after), plain(&step.title));
        out += &format!("*{}* · {}\n", plain(step.phase), nodes(step));
        let body = prose(&step.body);
        if !body.is_empty() {
            out += &format!("\n{body}\n");
        }
        if !step.messages.is_empty() {
            out.push('\n');
            step.messages.iter().for_each(|message| out += &line(step, message));
        }
    }
    if steps.more > 0 {
        out += &format!("\n{} more steps are not in this file.\n", steps.more);
    }
    if !steps.remarks.is_empty() {
        out.push_str("\n---\n");
        steps.remarks.iter().for_each(|remark| out += &format!("\n{}\n", plain(remark)));
    }
    out
}

fn nodes(step: &Step) -> String {
    let said = step.nodes.iter().map(|node| {
        let offset = node.stands.as_ref().map_or_else(String::new, |(offset, _)| format!(" {offset}"));
        let link = node.link.filter(|link| *link == "down").map_or("", |_| ", link down");
        format!("{} ({}{offset}{link})", plain(&node.name), node.role)
    });
    said.collect::<Vec<_>>().join(", ")
}

fn line(step: &Step, message: &Message) -> String {
    let (from, to) = (plain(&step.name(message.from)), plain(&step.name(message.to)));
    let lost = if message.is_lost { ", **lost**" } else { "" };
    format!("- {from} → {to}: {}, {}{lost}\n", code(&message.words), bytes(message.bytes as u64))
}

fn prose(body: &[Inline]) -> String {
    let parts = body.iter().map(|part| match part {
        Inline::Text(text) => plain(text),
        Inline::Strong(text) => format!("**{}**", plain(text)),
        Inline::Code(text) => code(text),
    });
    parts.collect()
}

/// `text`, none of which is a mark.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\r' | '\n' | '\t' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            _ if c.is_control() => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    // A line that begins so would be a list.
    match out.chars().next() {
        Some('+' | '-' | '=') => format!("\\{out}"),
        _ => out,
    }
}

/// `text` as code.
fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.trim().is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}
