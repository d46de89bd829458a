//! The steps as JSON: a document of one object, for programs. `docs/export.md` describes its fields.

use super::clock::seconds;
use super::steps::{Message, NodeState, Step, Steps};

/// The version of the document's form.
const FORMAT: u32 = 1;

pub fn json(steps: &Steps) -> String {
    let remarks: Vec<String> = steps.remarks.iter().map(|remark| string(remark)).collect();
    let told: Vec<String> = steps.told.iter().map(step).collect();
    format!(
        "{{\n  \"format\": {FORMAT},\n  \"title\": {},\n  \"summary\": {},\n  \"remarks\": [{}],\n  \"steps_left_out\": {},\n  \"steps\": [\n{}\n  ]\n}}\n",
        string(&steps.title),
        string(&steps.summary),
        remarks.join(", "),
        steps.more,
        told.join(",\n"),
    )
}

fn step(step: &Step) -> String {
    let messages: Vec<String> = step.messages.iter().map(|m| message(step, m)).collect();
    let nodes: Vec<String> = step.nodes.iter().map(node).collect();
    format!(
        "    {{\"step\": {}, \"seconds\": {}, \"phase\": {}, \"title\": {}, \"text\": {},\n      \"messages\": [{}],\n      \"nodes\": [{}]}}",
        step.number,
        seconds(step.after),
        string(step.phase),
        string(&step.title),
        string(&step.text()),
        messages.join(", "),
        nodes.join(", "),
    )
}

fn message(step: &Step, m: &Message) -> String {
    let stream =
        m.stream.map_or_else(String::new, |(from, to)| format!(", \"first_byte\": {from}, \"last_byte\": {to}"));
    format!(
        "{{\"from\": {}, \"to\": {}, \"kind\": {}, \"words\": {}, \"bytes\": {}{stream}, \"lost\": {}}}",
        string(&step.name(m.from)),
        string(&step.name(m.to)),
        string(m.kind),
        string(&m.words),
        m.bytes,
        m.is_lost,
    )
}

fn node(node: &NodeState) -> String {
    let stands = node
        .stands
        .as_ref()
        .map_or_else(String::new, |(offset, id)| format!(", \"offset\": {offset}, \"replication_id\": {}", string(id)));
    let link = node.link.map_or_else(String::new, |link| format!(", \"link\": {}", string(link)));
    format!("{{\"name\": {}, \"role\": {}{stands}{link}}}", string(&node.name), string(node.role))
}

/// A string of JSON. What HTML could take for a mark is escaped too, so that the document may stand in a page.
fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out += &format!("\\u{:04x}", c as u32),
            _ if c.is_control() => out += &format!("\\u{:04x}", c as u32),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
