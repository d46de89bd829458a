//! What was seen on one side, as lines that are the same on the other.
//!
//! Rule: beside what `transcript` replaces, only this is taken away:
//! - ports become the names of nodes;
//! - moments near the scenario's own become the distance from its beginning, in thousands of seconds;
//! - of acknowledgements that follow one another the last is told, because when they are sent depends on the clock
//!   (`exact acks`: all that differ); they may not go back;
//! - line feeds that a master sends while it prepares a snapshot are one a second; that is checked by the side's own
//!   clock, and a wrong number is told. Those of a replica at work are told once;
//! - what a master says behind `-WRONGPASS`: the replica hangs up, and it may not have come;
//! - a connection on which the master never says a word is none: it was made to a process that was ending, or standing;
//! - connections that follow one another and are the same to the last byte are one: attempts that are refused come in
//!   any number.

use super::scenario::Scenario;
use super::side::{Connection, Direction, Side};
use crate::transcript::{Line, number_ids, said_by_master, said_by_replica, without_seconds};
use std::time::Duration;

/// What a side did with a scenario.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Replies and checkpoints, then each direction of each connection.
    pub lines: Vec<String>,
    /// For each line, where it begins in its direction of the connection; of replies and checkpoints, none.
    pub places: Vec<Option<usize>>,
    /// Connections of replication links, and links.
    pub connections: usize,
    pub links: usize,
    /// Bytes on the links, and bytes of replies.
    pub bytes: usize,
    pub took: Duration,
    /// The step that could not be done, and why; the rest was left.
    pub failed: Option<String>,
}

pub fn seen(scenario: &Scenario, side: &mut dyn Side, told: Vec<String>, reply_bytes: usize) -> Seen {
    let mut connections = side.connections();
    connections.retain(|c| !c.from_master.bytes.is_empty());
    connections.sort_by_key(|c| (c.replica, c.master));
    let mut pairs: Vec<_> = connections.iter().map(|c| (c.replica, c.master)).collect();
    pairs.dedup();
    let link_bytes: usize = connections.iter().map(|c| c.from_replica.bytes.len() + c.from_master.bytes.len()).sum();
    let told = told.iter().map(|line| {
        let parts: Vec<String> = line.split("\\r\\n").map(without_seconds).collect();
        (None, parts.join("\\r\\n"))
    });
    let (places, lines): (Vec<_>, Vec<_>) = told.chain(said(scenario, &connections)).unzip();
    let ports: Vec<(String, String)> = scenario
        .nodes
        .iter()
        .enumerate()
        .map(|(id, node)| (side.port(id).to_string(), format!("<port of {}>", node.name)))
        .collect();
    let lines = lines.iter().map(|line| without_numbers(line, &ports, side.began_ms())).collect();
    Seen {
        lines: number_ids(lines),
        places,
        connections: connections.len(),
        links: pairs.len(),
        bytes: link_bytes + reply_bytes,
        took: side.elapsed(),
        failed: None,
    }
}

/// Every connection in lines, `b->a 1 master …`, with their places.
fn said(scenario: &Scenario, connections: &[Connection]) -> Vec<(Option<usize>, String)> {
    let name = |id: usize| &scenario.nodes[id].name;
    let (mut lines, mut number, mut link, mut last) = (vec![], 0, (usize::MAX, usize::MAX), vec![]);
    for connection in connections {
        if link != (connection.replica, connection.master) {
            (link, number, last) = ((connection.replica, connection.master), 0, vec![]);
        }
        let by_replica = acknowledged(said_by_replica(&connection.from_replica.bytes), scenario.exact_acks);
        let by_master = kept_alive(connection, said_by_master(&connection.from_master.bytes));
        let by_replica = by_replica.into_iter().map(|line| (line.at, format!("replica {}", line.text)));
        let by_master = by_master.into_iter().map(|line| (line.at, format!("master {}", line.text)));
        let (places, said): (Vec<usize>, Vec<String>) = by_replica.chain(by_master).unzip();
        if said == last {
            continue;
        }
        number += 1;
        let shown = said.iter().map(|line| format!("{}->{} {number} {line}", name(link.0), name(link.1)));
        lines.extend(places.into_iter().map(Some).zip(shown));
        last = said;
    }
    lines
}

/// The offset of an acknowledgement.
fn ack(line: &Line) -> Option<u64> {
    let words: Vec<&str> = line.text.split("\\r\\n").collect();
    match words.as_slice() {
        ["*3", "$8", "REPLCONF", "$3", "ACK", _, offset, ""] => offset.parse().ok(),
        _ => None,
    }
}

fn acknowledged(lines: Vec<Line>, exact: bool) -> Vec<Line> {
    let mut kept: Vec<Line> = vec![];
    for mut line in lines {
        let same = kept.last().is_some_and(|last| last.text == line.text);
        match (kept.last().and_then(ack), ack(&line)) {
            (Some(before), Some(now)) if now < before => {
                line.text.push_str(" goes back");
                kept.push(line);
            }
            (Some(_), Some(_)) if !exact || same => *kept.last_mut().expect("there is one") = line,
            (None, None) if same && line.text == "\\n" => {}
            _ => kept.push(line),
        }
    }
    kept
}

/// Line feeds come once a second from the request for a snapshot on; they are left out, and wrong numbers are told.
fn kept_alive(connection: &Connection, lines: Vec<Line>) -> Vec<Line> {
    let said = &connection.from_master;
    let mut kept: Vec<Line> = vec![];
    let mut feeds = 0_u32;
    for line in lines {
        if kept.last().is_some_and(|last| last.text.starts_with("-WRONGPASS")) {
            break;
        }
        if line.text == "\\n" {
            feeds += 1;
            continue;
        }
        let since = match kept.last() {
            Some(last) if last.text.starts_with("+FULLRESYNC") => said.time_of(last.at),
            _ => asked_at(&connection.from_replica),
        };
        if feeds > 0 || line.text.starts_with("+FULLRESYNC") || line.text.starts_with('$') {
            let secs = said.time_of(line.at).saturating_sub(since).as_secs_f64();
            let expected = (secs - 0.4).floor().max(0.0)..=(secs + 0.4).ceil();
            if !expected.contains(&f64::from(feeds)) {
                kept.push(Line { at: line.at, text: format!("{feeds} line feeds in {secs:.1} s") });
            }
            feeds = 0;
        }
        kept.push(line);
    }
    kept
}

/// When the replica asked for what follows: its last words before acknowledgements.
fn asked_at(from_replica: &Direction) -> Duration {
    let lines = said_by_replica(&from_replica.bytes);
    let asked = lines.iter().rev().find(|line| ack(line).is_none() && line.text != "\\n");
    asked.map_or(Duration::ZERO, |line| from_replica.time_of(line.at))
}

/// Ports and moments in a line, which is looked at number by number.
fn without_numbers(line: &str, ports: &[(String, String)], began_ms: i64) -> String {
    const NEAR_MS: i64 = 30 * 24 * 3600 * 1000;
    let mut text = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let is_number = rest.starts_with(|c: char| c.is_ascii_digit());
        let end = rest.find(|c: char| c.is_ascii_digit() != is_number).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        let is_word = !text.ends_with(|c: char| c.is_ascii_alphabetic()) || text.ends_with("\\r\\n");
        let distance = |unit: i64| {
            let away = run.parse::<i64>().ok()?.checked_mul(unit)? - began_ms;
            (away.abs() < NEAR_MS).then(|| (away as f64 / 1e6).round())
        };
        let moment = match run.len() {
            13 => distance(1),
            10 => distance(1000),
            _ => None,
        };
        match (ports.iter().find(|(port, _)| port == run), moment) {
            (Some((_, name)), _) if is_word => text.push_str(name),
            (_, Some(away)) => text.push_str(&format!("<{away} ks from the beginning>")),
            _ => text.push_str(run),
        }
        rest = behind;
    }
    text
}
