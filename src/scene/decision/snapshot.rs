//! The snapshot's rules: which one a new replica gets, and when it is online.
//! Mirrors `syncCommand`, `sendBulkToSlave`, `updateSlavesWaitingBgsave` and `replicaStartCommandStream`
//! (replication.c).

use super::super::panel::{DecisionPanel, Tone};
use super::super::text::{bytes, grouped};
use super::{Names, Rule, count, is};
use crate::node::{Addr, Attach, AttachVerdict, PutOnline};

/// What a replica said with `REPLCONF capa`.
fn capabilities(eof: bool, psync2: bool) -> &'static str {
    match (eof, psync2) {
        (true, true) => "eof psync2",
        (true, false) => "eof",
        (false, true) => "psync2",
        (false, false) => "nothing",
    }
}

pub fn attach(d: &Attach, names: &Names) -> DecisionPanel {
    let replica = names.of(&d.replica);
    let mut rule = Rule::default();
    let understands = capabilities(d.eof, d.psync2);
    match d.running {
        Some((to_sockets, offset)) => {
            rule.must(true, "a BGSAVE is under way", format!("for the dataset at {offset}"));
            rule.must(
                !to_sockets,
                "it writes to disk",
                if to_sockets { "it writes to sockets" } else { "repl-diskless-sync no" },
            );
            let other = d.other.as_ref().filter(|_| !to_sockets);
            rule.must(
                other.is_some(),
                "another replica waits for it, and gathers what is written since",
                other
                    .map_or(if to_sockets { String::new() } else { "wait_bgsave_end: nobody".into() }, |(addr, ..)| {
                        format!("wait_bgsave_end: {}", names.of(addr))
                    }),
            );
            rule.must(
                d.verdict == AttachVerdict::Shares,
                format!("{replica} understands all that the other does"),
                other.map_or(understands.to_owned(), |(_, eof, psync2)| {
                    format!("{understands} ⊇ {}", capabilities(*eof, *psync2))
                }),
            );
        }
        None => {
            rule.suffices(false, "a BGSAVE is under way", "no");
            let waits = d.verdict == AttachVerdict::WaitsForOthers;
            let diskless = if d.diskless { "yes" } else { "no" };
            rule.suffices(
                waits,
                "a diskless one may be waited for, so that others can share it",
                format!("repl-diskless-sync {diskless}, capa {understands}, delay {} s", d.delay_secs),
            );
        }
    }
    let (answer, then, tone) = match d.verdict {
        AttachVerdict::Shares => {
            let offset = d.running.map_or(0, |(_, offset)| offset);
            (
                "shared".to_owned(),
                format!("+FULLRESYNC with offset {}, and what was written since", grouped(offset)),
                Tone::Good,
            )
        }
        AttachVerdict::WaitsForNext => ("waits".into(), "for the BGSAVE after this one".into(), Tone::Waits),
        AttachVerdict::WaitsForOthers => {
            ("waits".into(), format!("the cron starts a BGSAVE after {}", count(d.delay_secs, "second")), Tone::Waits)
        }
        AttachVerdict::Starts => ("BGSAVE".into(), "is started now".into(), Tone::Full),
    };
    let question = format!("Which snapshot does {replica} get from {}?", names.me);
    let mirrors = "syncCommand() in replication.c";
    DecisionPanel { question, conditions: rule.rows, each: Vec::new(), answer, then, tone, mirrors }
}

pub fn put_online(d: &PutOnline, names: &Names) -> DecisionPanel {
    let replica = names.of(&d.replica);
    let mut rule = Rule::default();
    rule.must(
        d.sent == d.total,
        "the last byte of the snapshot has left",
        is(format!("{} = {}", d.sent, d.total), d.sent == d.total),
    );
    let known = if d.diskless { "$EOF:… : its end is a mark".into() } else { format!("${}", d.total) };
    rule.must(!d.diskless, "its length was said, so the stream can follow at once", known);
    let held = if d.held == 0 { "nothing waits behind it".into() } else { format!("{} wait behind it", bytes(d.held)) };
    DecisionPanel {
        question: format!("Is {replica} online?"),
        conditions: rule.rows,
        each: Vec::new(),
        answer: "online".into(),
        then: match d.diskless {
            false => format!("and the stream follows: {held}"),
            true => format!("but the stream waits for its first REPLCONF ACK: {held}"),
        },
        tone: if d.diskless { Tone::Waits } else { Tone::Good },
        mirrors: match d.diskless {
            false => "sendBulkToSlave() in replication.c",
            true => "updateSlavesWaitingBgsave() in replication.c",
        },
    }
}

pub fn start_stream(replica: &Addr, acked: u64, held: u64, names: &Names) -> DecisionPanel {
    let replica = names.of(replica);
    let mut rule = Rule::default();
    rule.must(true, "it is online after a diskless snapshot", "repl_start_cmd_stream_on_ack is 1");
    rule.must(true, "its first acknowledgement came: it has found the end", format!("REPLCONF ACK {acked}"));
    DecisionPanel {
        question: format!("May the stream go to {replica}?"),
        conditions: rule.rows,
        each: Vec::new(),
        answer: "yes".into(),
        then: if held == 0 {
            "nothing was held back".into()
        } else {
            format!("{} that were held back go first", bytes(held))
        },
        tone: Tone::Good,
        mirrors: "replicaStartCommandStream() in replication.c",
    }
}
