//! The rules that clients meet: expired keys, WAIT, writes and reads that are refused.
//! Mirrors `expireIfNeeded` (db.c), `waitCommand`, `checkGoodReplicasStatus` (replication.c) and `processCommand`
//! (server.c).

use super::super::panel::{Condition, DecisionPanel, Outcome, Tone};
use super::super::{states, text::grouped};
use super::{Names, Rule, condition, is};
use crate::node::{Acked, Expiry, ExpiryVerdict, ReplicaState, Role, Stale, TooFewReplicas, Wait, WaitVerdict};
use crate::wire::printable;

pub fn expiry(d: &Expiry, names: &Names) -> DecisionPanel {
    let key = printable(&d.key);
    let mut rule = Rule::default();
    let passed = d.now_ms > d.at_ms;
    rule.must(passed, "its time has passed", is(format!("{} > {}", d.now_ms, d.at_ms), passed));
    let command = d.command.map_or("the cycle that looks for expired keys".to_owned(), str::to_ascii_uppercase);
    let from = if d.from_master { "from the master" } else { "not from the master" };
    rule.must(!d.from_master, "who looks is not the master", format!("{command}, {from}"));
    let deletes = d.role == Role::Master || d.writes_here;
    let role = match (d.role, d.writes_here) {
        (Role::Master, _) => "master: it says DEL or UNLINK to all",
        (Role::Replica, false) => "replica: it waits for its master's DEL",
        (Role::Replica, true) => "replica, replica-read-only no, and the command writes",
    };
    rule.must(deletes, "this node may delete it", role);
    rule.must(
        !d.paused,
        "clients are not paused",
        if d.paused { "paused: the dataset stands still" } else { "no pause" },
    );
    let (answer, then, tone) = match d.verdict {
        ExpiryVerdict::Seen => {
            ("seen", "as if its time had not passed: the master's order counts".to_owned(), Tone::Good)
        }
        ExpiryVerdict::Hidden => {
            ("hidden", format!("{command} finds nothing, and the key stays in memory"), Tone::Waits)
        }
        ExpiryVerdict::Deleted => ("deleted", "and a deletion goes into the stream".to_owned(), Tone::Good),
    };
    let then = match (d.verdict, d.role) {
        (ExpiryVerdict::Deleted, Role::Replica) => "here only: a replica's stream is its master's".to_owned(),
        _ => then,
    };
    DecisionPanel {
        question: format!("What does {} do with {key}?", names.me),
        conditions: rule.rows,
        each: Vec::new(),
        answer: answer.into(),
        then,
        tone,
        mirrors: if d.command.is_some() { "expireIfNeeded() in db.c" } else { "activeExpireCycle() in expire.c" },
    }
}

/// Each replica: is it online, and has it acknowledged `offset`?
pub(super) fn each_acked(replicas: &[Acked], sign: &str, offset: u64, names: &Names) -> Vec<Condition> {
    let row = |r: &Acked| {
        let enough = if sign == "=" { r.offset == offset } else { r.offset >= offset };
        let holds = r.state == ReplicaState::Online && enough;
        let outcome = if holds { Outcome::Yes } else { Outcome::No };
        condition(
            outcome,
            names.of(&r.replica),
            format!("{}, acknowledged {} {sign} {offset}", r.state.name(), r.offset),
        )
    };
    replicas.iter().map(row).collect()
}

pub fn wait(d: &Wait, names: &Names) -> DecisionPanel {
    let mut rule = Rule::default();
    let enough = d.have >= d.wanted;
    rule.suffices(enough, "enough replicas have acknowledged it", is(format!("{} ≥ {}", d.have, d.wanted), enough));
    let in_exec = d.verdict == WaitVerdict::InTransaction;
    rule.suffices(in_exec, "it runs inside EXEC, which does not wait", if in_exec { "yes" } else { "no" });
    let over = d.verdict == WaitVerdict::TimedOut;
    rule.suffices(over, "its time is over", if over { "yes" } else { "no" });
    let have = d.have;
    let (answer, then, tone) = match d.verdict {
        WaitVerdict::Met => {
            (format!(":{have}"), "it is on that many replicas, and may still be lost with all of them", Tone::Good)
        }
        WaitVerdict::Blocks => ("waits".into(), "and all replicas are asked with REPLCONF GETACK", Tone::Waits),
        WaitVerdict::InTransaction => (format!(":{have}"), "EXEC does not wait: that many have it now", Tone::Bad),
        WaitVerdict::TimedOut => {
            (format!(":{have}"), "that many have it; the write stays, nothing is undone", Tone::Bad)
        }
    };
    DecisionPanel {
        question: format!("Have {} replicas everything up to byte {}?", d.wanted, grouped(d.offset)),
        conditions: rule.rows,
        each: each_acked(&d.replicas, "≥", d.offset, names),
        answer,
        then: then.into(),
        tone,
        mirrors: "waitCommand() and replicationCountAcksByOffset() in replication.c",
    }
}

pub fn too_few_replicas(d: &TooFewReplicas, names: &Names) -> DecisionPanel {
    let mut rule = Rule::default();
    let command = d.command.to_ascii_uppercase();
    rule.must(
        true,
        format!("{command} writes, and this node is a master"),
        format!("min-replicas-to-write {}, min-replicas-max-lag {}", d.wanted, d.max_lag_secs),
    );
    rule.must(
        false,
        "enough good replicas, as counted last",
        is(format!("{} ≥ {}", d.good, d.wanted), d.good >= d.wanted),
    );
    let each = d.replicas.iter().map(|(addr, state, silent)| {
        let in_time = *silent <= d.max_lag_secs as i64;
        let is_good = *state == ReplicaState::Online && in_time;
        let outcome = if is_good { Outcome::Yes } else { Outcome::No };
        condition(outcome, names.of(addr), format!("{}, silent for {silent} s ≤ {} s", state.name(), d.max_lag_secs))
    });
    DecisionPanel {
        question: format!("May a client write to {}?", names.me),
        conditions: rule.rows,
        each: each.collect(),
        answer: "-NOREPLICAS".into(),
        then: format!("{command} is not run; replicas are counted once a second"),
        tone: Tone::Bad,
        mirrors: "checkGoodReplicasStatus() in replication.c",
    }
}

pub fn stale(d: &Stale, names: &Names) -> DecisionPanel {
    let command = d.command.to_ascii_uppercase();
    let mut rule = Rule::default();
    rule.suffices(false, "the link to the master stands", format!("it is in {}", states::name(d.link)));
    let serves = if d.serves { "yes" } else { "no" };
    rule.suffices(d.serves, "old data may be served", format!("replica-serve-stale-data {serves}"));
    let need = if d.needs_no_data { "it has the flag stale" } else { "it does not have the flag stale" };
    rule.suffices(d.needs_no_data, format!("{command} needs no data"), need);
    let served = d.serves || d.needs_no_data;
    DecisionPanel {
        question: format!("May {} answer {command}?", names.me),
        conditions: rule.rows,
        each: Vec::new(),
        answer: if served { "served".into() } else { "-MASTERDOWN".into() },
        then: match served {
            true => "with what it has, however old".into(),
            false => "until the link stands again".into(),
        },
        tone: if served { Tone::Good } else { Tone::Bad },
        mirrors: "processCommand() in server.c",
    }
}

pub fn read_only(command: &str, names: &Names) -> DecisionPanel {
    let command = command.to_ascii_uppercase();
    let mut rule = Rule::default();
    rule.must(true, "this node is a replica", "role:slave");
    rule.must(true, "it takes no writes", "replica-read-only yes");
    rule.must(true, "the client is not its master", "an ordinary client");
    rule.must(true, format!("{command} writes"), "it has the flag write");
    DecisionPanel {
        question: format!("May {} run {command}?", names.me),
        conditions: rule.rows,
        each: Vec::new(),
        answer: "-READONLY".into(),
        then: "only its master may change what it holds".into(),
        tone: Tone::Bad,
        mirrors: "processCommand() in server.c",
    }
}
