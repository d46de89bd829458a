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
//! - what the end of a connection cut off: a command, a transaction, a snapshot;
//! - a connection on which the master never says a word is none: it was made to a process that was ending, or standing;
//! - a replica whose link is cut may be calling in vain, or waiting to: in ROLE that is the same;
//! - connections that follow one another and are the same to the last byte are one, and so is one that is broken off
//!   before it is more than the beginning of the one before: attempts that are refused come in any number.

use super::scenario::Scenario;
use super::side::Side;
use crate::network::{Connection, Direction};
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
    let (mut lines, mut number, mut link) = (vec![], 0, (usize::MAX, usize::MAX));
    let mut last: (Vec<String>, &Connection) = (vec![], &Connection::default());
    for connection in connections {
        if link != (connection.replica, connection.master) {
            (link, number) = ((connection.replica, connection.master), 0);
            last.0.clear();
        }
        let by_replica = finished(said_by_replica(&connection.from_replica.bytes));
        let by_replica = acknowledged(by_replica, scenario.exact_acks);
        let by_master = kept_alive(connection, finished(said_by_master(&connection.from_master.bytes)));
        let by_replica = by_replica.into_iter().map(|line| (line.at, format!("replica {}", line.text)));
        let by_master = by_master.into_iter().map(|line| (line.at, format!("master {}", line.text)));
        let (places, said): (Vec<usize>, Vec<String>) = by_replica.chain(by_master).unzip();
        if said == last.0 || number > 0 && is_beginning(connection, last.1) {
            continue;
        }
        number += 1;
        let shown = said.iter().map(|line| format!("{}->{} {number} {line}", name(link.0), name(link.1)));
        lines.extend(places.into_iter().map(Some).zip(shown));
        last = (said, connection);
    }
    lines
}

fn is_beginning(connection: &Connection, of: &Connection) -> bool {
    of.from_replica.bytes.starts_with(&connection.from_replica.bytes)
        && of.from_master.bytes.starts_with(&connection.from_master.bytes)
}

/// Without what is not whole at the end.
fn finished(mut lines: Vec<Line>) -> Vec<Line> {
    lines.pop_if(|last| !last.is_whole);
    let last =
        |name: &str| lines.iter().rposition(|line| line.text == format!("*1\\r\\n${}\\r\\n{name}\\r\\n", name.len()));
    if let Some(multi) = last("MULTI").filter(|multi| last("EXEC").is_none_or(|exec| exec < *multi)) {
        lines.truncate(multi);
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
                kept.push(Line::whole(line.at, format!("{feeds} line feeds in {secs:.1} s")));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<Line> {
        texts.iter().map(|text| Line::whole(0, (*text).into())).collect()
    }

    fn texts(lines: Vec<Line>) -> Vec<String> {
        lines.into_iter().map(|line| line.text).collect()
    }

    fn ack_of(offset: &str) -> String {
        format!("*3\\r\\n$8\\r\\nREPLCONF\\r\\n$3\\r\\nACK\\r\\n${}\\r\\n{offset}\\r\\n", offset.len())
    }

    #[test]
    fn of_acknowledgements_in_a_row_the_last_is_told() {
        let (one, two, nine) = (ack_of("1"), ack_of("2"), ack_of("9"));
        let said = ["PSYNC", &one, &one, &two, "\\n", "\\n", &nine];
        assert_eq!(texts(acknowledged(lines(&said), false)), ["PSYNC", &two, "\\n", &nine]);
        assert_eq!(texts(acknowledged(lines(&said), true)), ["PSYNC", &one, &two, "\\n", &nine]);
        let back = texts(acknowledged(lines(&[&nine, &one]), false));
        assert_eq!(back, [nine, format!("{one} goes back")]);
    }

    #[test]
    fn line_feeds_are_counted_by_the_clock() {
        let connection = |feeds: usize, secs: u64| {
            let mut connection = Connection::default();
            connection.from_replica.push(Duration::ZERO, b"*1\r\n$5\r\nPSYNC\r\n");
            connection.from_master.push(Duration::ZERO, b"+FULLRESYNC x 0\r\n");
            connection.from_master.push(Duration::from_secs(secs), &[b"\n".repeat(feeds), b"$0\r\n".to_vec()].concat());
            let said = said_by_master(&connection.from_master.bytes);
            texts(kept_alive(&connection, said))
        };
        assert_eq!(connection(3, 3), connection(0, 0));
        assert_eq!(
            connection(2, 3),
            connection(4, 3).into_iter().filter(|line| !line.contains("feeds")).collect::<Vec<_>>()
        );
        assert!(connection(6, 3).contains(&"6 line feeds in 3.0 s".into()));
        assert!(connection(0, 3).contains(&"0 line feeds in 3.0 s".into()));
    }

    #[test]
    fn ports_and_moments_are_words_of_their_own() {
        let ports = [("20001".to_string(), "<port of a>".to_string())];
        let told = |line: &str| without_numbers(line, &ports, 1_700_000_000_000);
        assert_eq!(told("port=20001,offset=120001"), "port=<port of a>,offset=120001");
        assert_eq!(told("$5\\r\\n20001\\r\\n"), "$5\\r\\n<port of a>\\r\\n");
        assert_eq!(told("PXAT 1700010000123 4102444800123"), "PXAT <10 ks from the beginning> 4102444800123");
        assert_eq!(told("EXAT 1700000009"), "EXAT <0 ks from the beginning>");
    }
}
