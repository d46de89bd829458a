//! What the consoles show: the commands of the script, each with its reply.
//!
//! Rule: what a load sends is not shown, or it would be the only thing there; what was asked and is not answered yet is
//! shown without a reply.

use crate::scene::Ledger;
use crate::sim::{Action, Entry, NodeId, What, World};
use crate::story::{Scenario, Witness};
use crate::time::Time;
use crate::wire::{Bytes, Reply, ReplyDecoder, printable};
use std::rc::Rc;

/// A client's command and its reply.
#[derive(Clone, Debug)]
struct Answered {
    at: Time,
    node: NodeId,
    args: Vec<Bytes>,
    reply: Bytes,
}

/// What is gathered from a run besides its steps.
#[derive(Clone, Default)]
pub struct Gathered {
    pub ledger: Ledger,
    answers: Rc<Vec<Answered>>,
}

/// What was typed, and what was printed for it; none: there is no reply yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub typed: String,
    pub printed: Option<String>,
}

impl Witness for Gathered {
    fn note(&mut self, entries: &[Entry], world: &World) {
        self.ledger.note(entries, world);
        for entry in entries {
            if let What::Answered { args, reply, .. } = &entry.what {
                let answered = Answered { at: entry.at, node: entry.node, args: args.clone(), reply: reply.clone() };
                Rc::make_mut(&mut self.answers).push(answered);
            }
        }
    }
}

impl Gathered {
    /// The commands that the script has for a node up to a moment, with their replies up to then.
    pub fn lines(&self, scenario: &Scenario, node: NodeId, until: Time) -> Vec<Line> {
        let mut answers: Vec<Option<&Answered>> =
            self.answers.iter().filter(|answer| answer.node == node && answer.at <= until).map(Some).collect();
        let start = scenario.start();
        let script = scenario.script.iter().take_while(|line| start + line.after <= until);
        let typed = script.filter_map(|line| match &line.action {
            Action::Command { node: to, args } if *to == node => Some((start + line.after, args)),
            _ => None,
        });
        let line = |(at, args): (Time, &Vec<Bytes>)| {
            let is_its =
                |answer: &Option<&Answered>| answer.is_some_and(|answer| answer.at >= at && answer.args == *args);
            let reply = answers.iter_mut().find(|answer| is_its(answer)).and_then(Option::take);
            Line { typed: typed_text(args), printed: reply.map(|answer| reply_text(&answer.reply)) }
        };
        typed.map(line).collect()
    }
}

/// A reply as redis-cli prints it.
pub fn reply_text(reply: &[u8]) -> String {
    let mut decoder = ReplyDecoder::default();
    decoder.push(reply);
    // What a node answers is a reply.
    let reply = decoder.next().ok().flatten().map_or(Reply::NullBulk, |(reply, _)| reply);
    reply.redis_cli_text()
}

/// A command as it would be typed.
fn typed_text(args: &[Bytes]) -> String {
    let word = |arg: &Bytes| {
        let text = printable(arg);
        if arg.is_empty() || text.contains([' ', '"', '\'']) {
            format!("\"{}\"", text.replace('"', "\\\""))
        } else {
            text
        }
    };
    args.iter().map(word).collect::<Vec<_>>().join(" ")
}
