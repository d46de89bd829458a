//! The rule by which a master answers PSYNC, with the numbers of one case.
//!
//! Rule: the conditions of `masterTryPartialResynchronization` in their order; the first that fails decides, and what
//! comes after it is shown as not reached.

use super::super::panel::{Condition, DecisionPanel, Outcome, Tone};
use super::super::text::{bytes, grouped};
use super::condition;
use crate::node::{FullReason, PsyncDecision, PsyncVerdict};
use crate::wire::printable;

/// The case of `decision`, taken by the node called `master`.
pub fn panel(decision: &PsyncDecision, master: &str) -> DecisionPanel {
    let asked = asked(decision);
    let (answer, then) = answer(decision);
    DecisionPanel {
        question: format!("Can {master} answer {asked} with the missing bytes only?"),
        conditions: conditions(decision),
        each: Vec::new(),
        answer,
        then,
        tone: if matches!(decision.verdict, PsyncVerdict::Full { .. }) { Tone::Full } else { Tone::Good },
        mirrors: "masterTryPartialResynchronization() in replication.c",
    }
}

fn short(id: &[u8]) -> String {
    let text = printable(id);
    if id.len() == 40 && id.is_ascii() { format!("{}…{}", &text[..4], &text[36..]) } else { text }
}

fn asked(d: &PsyncDecision) -> String {
    match &d.asked_id {
        Some(id) => format!("PSYNC {} {}", short(id), d.asked_offset),
        None => "SYNC".to_owned(),
    }
}

fn conditions(d: &PsyncDecision) -> Vec<Condition> {
    let reason = match d.verdict {
        PsyncVerdict::Partial { .. } => None,
        PsyncVerdict::Full { reason } => Some(reason),
    };
    let Some(asked_id) = &d.asked_id else {
        return vec![condition(Outcome::No, "it asks with PSYNC", "SYNC knows no other answer than a snapshot")];
    };
    let id = short(asked_id);
    let is_id = d.id.matches(asked_id);
    let is_id2 = d.second_offset.is_some() && d.id2.matches(asked_id);
    // How far the rule was followed: 0 at the ids, 1 at the existence of a backlog, 2 at its ends.
    let reached = match reason {
        Some(FullReason::Asked | FullReason::OldSync | FullReason::IdMismatch | FullReason::BeyondSecondId) => 0,
        Some(FullReason::NoBacklog) => 1,
        Some(FullReason::BeforeBacklog) => 2,
        Some(FullReason::AfterBacklog) | None => 3,
    };
    // What was not reached is shown without an outcome.
    let compare = |at: u8, left: i64, sign: &str, right: u64, holds: bool| match () {
        _ if reached < at => format!("{left} {sign} {right}"),
        _ => comparison(left, sign, right, holds),
    };
    let judge = |at: u8, failed: bool| match () {
        _ if reached < at => Outcome::NotReached,
        _ if failed => Outcome::No,
        _ => Outcome::Yes,
    };
    let mut rows = vec![match (is_id, is_id2) {
        (true, _) => condition(Outcome::Yes, "the asked id is my own", format!("{id} = {}", d.id.short())),
        (_, true) => condition(Outcome::Yes, "the asked id is my second one", format!("{id} = {}", d.id2.short())),
        _ if reason == Some(FullReason::Asked) => {
            condition(Outcome::No, "it has a history to continue", "? -1 says that it has none")
        }
        _ => {
            let second = d.second_offset.map_or("no second id".to_owned(), |_| d.id2.short());
            condition(
                Outcome::No,
                "the asked id is my own or my second one",
                format!("{id} is neither {} nor {second}", d.id.short()),
            )
        }
    }];
    let asked = d.asked_offset;
    if let (true, Some(second)) = (is_id2 && !is_id, d.second_offset) {
        let beyond = reason == Some(FullReason::BeyondSecondId);
        let outcome = if beyond { Outcome::No } else { Outcome::Yes };
        rows.push(condition(outcome, "asked offset ≤ second_repl_offset", comparison(asked, "≤", second, !beyond)));
    }
    let Some((first, len)) = d.backlog else {
        rows.push(condition(judge(1, true), "there is a backlog", "repl_backlog_active is 0"));
        return rows;
    };
    let before = reason == Some(FullReason::BeforeBacklog);
    let after = reason == Some(FullReason::AfterBacklog);
    rows.push(condition(
        judge(2, before),
        "the first missing byte is still in the backlog",
        compare(2, asked, "≥", first, !before),
    ));
    rows.push(condition(judge(3, after), "and not beyond its end", compare(3, asked, "≤", first + len, !after)));
    rows
}

fn comparison(left: i64, sign: &str, right: u64, holds: bool) -> String {
    let truth = if holds { "true" } else { "false" };
    format!("{left} {sign} {right} is {truth}")
}

fn answer(d: &PsyncDecision) -> (String, String) {
    match d.verdict {
        PsyncVerdict::Partial { bytes: 0 } => ("+CONTINUE".into(), "and nothing: it lacks no byte".into()),
        PsyncVerdict::Partial { bytes: n } => {
            let last = d.asked_offset + n as i64 - 1;
            ("+CONTINUE".into(), format!("then bytes {} – {}: {}", d.asked_offset, last, bytes(n)))
        }
        PsyncVerdict::Full { .. } if d.asked_id.is_none() => {
            ("$…".into(), "a snapshot at once, without a line before it".into())
        }
        PsyncVerdict::Full { .. } => (
            format!("+FULLRESYNC {} {}", d.id.short(), d.master_offset),
            format!("then a snapshot of everything up to byte {}", grouped(d.master_offset)),
        ),
    }
}
