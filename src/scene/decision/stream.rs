//! The stream's rules: the backlog's oldest block, the second id of a promotion, and a replica's output.
//! Mirrors `incrementalTrimReplicationBacklog`, `shiftReplicationId` (replication.c) and
//! `checkClientOutputBufferLimits` (networking.c).

use super::super::panel::{DecisionPanel, Tone};
use super::super::text::{bytes, grouped};
use super::{Names, Rule, count, is};
use crate::node::{Buffer, Trim};
use crate::wire::ReplId;

pub fn trim(d: &Trim, names: &Names) -> DecisionPanel {
    let mut rule = Rule::default();
    let (len, size, last) = (d.len, d.size, d.first + d.bytes - 1);
    rule.must(len > size, "the backlog holds more than its size", is(format!("{len} > {size}"), len > size));
    rule.must(d.blocks > 1, "the oldest block is not the only one", is(format!("{} > 1", d.blocks), d.blocks > 1));
    let readers: Vec<String> = d.readers.iter().map(|addr| names.of(addr)).collect();
    let refs = 1 + readers.len();
    let held = match readers.is_empty() {
        true => "refcount 1, the backlog's own".to_owned(),
        false => format!("refcount {refs}, the backlog's own and {}", readers.join(", ")),
    };
    rule.must(readers.is_empty(), "no replica still reads it", held);
    let rest = len - d.bytes;
    rule.must(
        rest > size,
        "without it more than the size is left",
        if rule.decided {
            format!("{len} − {} > {size}", d.bytes)
        } else {
            is(format!("{len} − {} > {size}", d.bytes), rest > size)
        },
    );
    let left = d.left > 0;
    let then = match (left, d.left) {
        (false, _) => format!(
            "bytes {} – {} stay for {}: the backlog is {} over its size",
            grouped(d.first),
            grouped(last),
            readers.join(", "),
            bytes(len - size)
        ),
        (true, 1) => format!("bytes {} – {} can no longer be asked for", grouped(d.first), grouped(last)),
        (true, n) => format!("and {} behind it for the same reasons", count(n - 1, "block")),
    };
    DecisionPanel {
        question: format!("May the oldest block leave the backlog of {}?", names.me),
        conditions: rule.rows,
        each: Vec::new(),
        answer: if left { "trimmed".into() } else { "kept".into() },
        then,
        tone: if left { Tone::Good } else { Tone::Waits },
        mirrors: "incrementalTrimReplicationBacklog() in replication.c",
    }
}

/// `ids`: the old one and the new one.
pub fn shift(ids: [&ReplId; 2], offset: u64, second_offset: u64, names: &Names) -> DecisionPanel {
    let [old, new] = ids.map(ReplId::short);
    let mut rule = Rule::default();
    rule.must(true, "the id so far becomes the second one", format!("master_replid2 = {old}"));
    rule.must(
        true,
        "it is answered up to the next byte",
        format!("second_repl_offset = {offset} + 1 = {second_offset}"),
    );
    rule.must(true, "what is written from here on has a new id", format!("master_replid = {new}"));
    DecisionPanel {
        question: format!("Up to which byte does {} answer to its old id?", names.me),
        conditions: rule.rows,
        each: Vec::new(),
        answer: format!("second_repl_offset {second_offset}"),
        then: format!("who asks with {old} for byte {} or an earlier one may continue", grouped(second_offset)),
        tone: Tone::Good,
        mirrors: "shiftReplicationId() in replication.c",
    }
}

pub fn buffer(d: &Buffer, names: &Names) -> DecisionPanel {
    let replica = names.of(&d.replica);
    let mut rule = Rule::default();
    let hard = match (d.hard_set, d.hard) {
        (0, _) => "no hard limit".to_owned(),
        (set, hard) => {
            let raised =
                if set < hard { format!(" (set to {set}, raised to the backlog's size)") } else { String::new() };
            is(format!("{} < {hard}{raised}", d.used), d.used < hard)
        }
    };
    rule.must(d.hard == 0 || d.used < d.hard, "it holds back less than the hard limit", hard);
    let soft = match d.soft {
        0 => "no soft limit".to_owned(),
        soft if rule.decided => format!("{} < {soft}", d.used),
        soft => is(format!("{} < {soft}", d.used), d.used < soft),
    };
    rule.suffices(d.over_secs.is_none(), "and less than the soft limit", soft);
    let over = d.over_secs.unwrap_or(0);
    let compared = format!("{over} s ≤ {} s", d.soft_secs);
    let in_time = over <= d.soft_secs as i64;
    rule.must(in_time, "or more, but not for too long", if rule.decided { compared } else { is(compared, in_time) });
    DecisionPanel {
        question: format!("May {replica} hold back {} of output?", bytes(d.used)),
        conditions: rule.rows,
        each: Vec::new(),
        answer: if d.closed { "closed".into() } else { "kept for now".into() },
        then: match d.closed {
            true => format!("{replica} has to come back and ask to continue"),
            false => format!("if it stays above {} for {}, it is closed", bytes(d.soft), count(d.soft_secs, "second")),
        },
        tone: if d.closed { Tone::Bad } else { Tone::Waits },
        mirrors: "checkClientOutputBufferLimits() in networking.c",
    }
}
