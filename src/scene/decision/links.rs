//! The rules by which links end: FAILOVER's steps, and a silence that is too long.
//! Mirrors `failoverCommand`, `updateFailoverStatus`, `abortFailover` and `replicationCron` (replication.c).

use super::super::panel::{DecisionPanel, Tone};
use super::super::{states, text};
use super::{Names, Rule, clients::each_acked, is};
use crate::node::{FailoverState, FailoverStep, Silence};

pub fn failover(d: &FailoverStep, names: &Names) -> DecisionPanel {
    let target = d.target.as_ref().map_or("a replica".to_owned(), |addr| names.of(addr));
    let mut rule = Rule::default();
    let replicas = d.replicas.len();
    let (answer, then, tone, mirrors) = match (d.from, d.to) {
        (None, _) => {
            rule.must(true, "no failover is under way, and this node is a master", "no-failover");
            rule.must(replicas > 0, "it has replicas", is(format!("{replicas} > 0"), replicas > 0));
            let named = if d.target.is_some() { format!("{target}: online") } else { "none is named".into() };
            rule.must(true, "the named one is online", named);
            let until = match d.until {
                None => "no TIMEOUT".to_owned(),
                Some(until) => format!("for at most {}", text::duration(until.since(d.now).as_micros() as u64)),
            };
            let then = format!("nobody may write until {target} has byte {}, {until}", text::grouped(d.offset));
            ("waiting-for-sync", then, Tone::Waits, "failoverCommand() in replication.c")
        }
        (Some(FailoverState::WaitingForSync), to) => {
            let over = d.until.is_some_and(|until| until <= d.now);
            let time = match (d.until, over) {
                (None, _) => "no TIMEOUT".to_owned(),
                (_, true) => "TIMEOUT has passed".to_owned(),
                (Some(until), _) => format!("{} left", text::duration(until.since(d.now).as_micros() as u64)),
            };
            if d.aborted.is_none() || over {
                // The time is asked for first, and what a replica has only if there is some left.
                rule.row(over, false, "its time is over", time);
                if over {
                    rule.row(
                        d.force,
                        d.force,
                        "it was told to go on all the same",
                        if d.force { "FORCE" } else { "no FORCE" },
                    );
                } else {
                    let compared = format!("acknowledged = {}", d.offset);
                    rule.must(true, format!("{target} has everything"), is(compared, true));
                }
            } else {
                rule.must(false, "nobody said stop", "FAILOVER ABORT");
            }
            match to {
                Some(_) => {
                    let then = format!("PSYNC … FAILOVER goes to {target}, and this node becomes its replica");
                    ("failover-in-progress", then, Tone::Good, "updateFailoverStatus() in replication.c")
                }
                None => ("no-failover", aborted(d), Tone::Bad, "abortFailover() in replication.c"),
            }
        }
        (Some(FailoverState::InProgress), _) => {
            let took = d.aborted.is_none();
            rule.must(
                took,
                format!("{target} accepts PSYNC … FAILOVER"),
                if took { "it answered as a master" } else { "no" },
            );
            let then = if took { format!("{target} is the master now, and writes go on there") } else { aborted(d) };
            let tone = if took { Tone::Good } else { Tone::Bad };
            let mirrors =
                if took { "clearFailoverState() in replication.c" } else { "abortFailover() in replication.c" };
            ("no-failover", then, tone, mirrors)
        }
    };
    let each = match d.from {
        Some(FailoverState::InProgress) => Vec::new(),
        _ => each_acked(&d.replicas, "=", d.offset, names),
    };
    let question = match d.from {
        None => format!("May {} hand over?", names.me),
        Some(FailoverState::WaitingForSync) => format!("May {target} take over?"),
        Some(FailoverState::InProgress) => format!("Has {target} taken over?"),
    };
    DecisionPanel { question, conditions: rule.rows, each, answer: answer.into(), then, tone, mirrors }
}

fn aborted(d: &FailoverStep) -> String {
    format!("everything is as it was: {}", d.aborted.unwrap_or("it ended"))
}

pub fn silence(d: &Silence, names: &Names) -> DecisionPanel {
    let peer = names.of(&d.peer);
    let mut rule = Rule::default();
    let heard = d.silent_secs <= d.limit_secs as i64;
    let waits = match d.link {
        None => format!("{peer} is online and acknowledges once a second"),
        Some(link) => format!("the link to {peer}: {}", states::waits_for(link)),
    };
    let state = d.link.map_or("online", states::name);
    rule.must(true, waits, state);
    rule.must(
        heard,
        "something came within repl-timeout",
        is(format!("{} s ≤ {} s", d.silent_secs, d.limit_secs), heard),
    );
    DecisionPanel {
        question: format!("Has {} heard of {peer} lately?", names.me),
        conditions: rule.rows,
        each: Vec::new(),
        answer: "closed".into(),
        then: match d.link {
            None => format!("{peer} is no longer one of its replicas"),
            Some(_) => "it keeps id and offset, and calls again".into(),
        },
        tone: Tone::Bad,
        mirrors: "replicationCron() in replication.c",
    }
}
