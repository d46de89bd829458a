//! The steps as CSV (RFC 4180), a line each: for spreadsheets, with a column for each node's offset.
//!
//! Rule: numbers stand bare, texts in quotes. A text that a spreadsheet would take for a formula begins with an
//! apostrophe, which makes it one.

use super::clock::seconds;
use super::steps::{NodeState, Steps};
use crate::sim::NodeId;

pub fn csv(steps: &Steps) -> String {
    let mut nodes: Vec<(NodeId, String)> = vec![];
    for node in steps.told.iter().flat_map(|step| &step.nodes) {
        if !nodes.iter().any(|(id, _)| *id == node.id) {
            nodes.push((node.id, node.name.clone()));
        }
    }
    let heads = ["step", "seconds", "phase", "title", "text", "messages"].map(str::to_owned).into_iter();
    let of_nodes = nodes.iter().flat_map(|(_, name)| ["role", "offset", "id"].map(|what| format!("{name} {what}")));
    let mut out = line(heads.chain(of_nodes).map(|head| text(&head)));
    for step in &steps.told {
        let messages = step.messages.iter().map(|message| {
            let lost = if message.is_lost { " (lost)" } else { "" };
            format!("{} -> {}: {}{lost}", step.name(message.from), step.name(message.to), message.words)
        });
        let messages = messages.collect::<Vec<_>>().join("\n");
        let of_step = [
            step.number.to_string(),
            seconds(step.after),
            text(step.phase),
            text(&step.title),
            text(&step.text()),
            text(&messages),
        ];
        let states = nodes.iter().flat_map(|(id, _)| columns(step.nodes.iter().find(|node| node.id == *id)));
        out += &line(of_step.into_iter().chain(states));
    }
    out
}

fn columns(node: Option<&NodeState>) -> [String; 3] {
    let Some(node) = node else { return [const { String::new() }; 3] };
    let (offset, id) = node.stands.as_ref().map_or((String::new(), String::new()), |(o, id)| (o.to_string(), text(id)));
    [text(node.role), offset, id]
}

fn line(fields: impl Iterator<Item = String>) -> String {
    fields.collect::<Vec<_>>().join(",") + "\r\n"
}

fn text(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if is_formula { "'" } else { "" }, text.replace('"', "\"\""))
}
