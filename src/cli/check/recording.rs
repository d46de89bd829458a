//! A recording is read, rebuilt by model nodes, and reported: what passed, what was compared, what differs.

use crate::sim::Answer;
use crate::story::recording::{ConnectionReport, Opening, READ_SIZE, RecordingError, Report};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Records that are rebuilt at a time.
const RECORDS: u64 = 1_000_000;

/// Prints the report; true if the file was read to its end and nothing differs.
pub(super) fn check(file: &Path) -> bool {
    let name = file.display().to_string();
    let report = match open(file, &name) {
        Ok(Ok(report)) => report,
        Ok(Err(error)) => {
            println!("{name}: {error}");
            return false;
        }
        Err(error) => {
            println!("{name}: cannot be read: {error}");
            return false;
        }
    };
    print(&report);
    let (differences, connections) = (report.differences_count, report.connections.len());
    println!("{name}: {connections} connections, {differences} differences");
    if let Some(fault) = &report.fault {
        println!("{name}: read up to a fault: {fault}");
    }
    differences == 0 && report.fault.is_none()
}

fn open(file: &Path, name: &str) -> io::Result<Result<Report, RecordingError>> {
    let mut file = File::open(file)?;
    let mut opening = Opening::default();
    let mut buffer = vec![0; READ_SIZE];
    while opening.fault().is_none() {
        match file.read(&mut buffer)? {
            0 => break,
            length => opening.push(&buffer[..length]),
        }
    }
    Ok(opening.end(name).map(|mut rebuilding| {
        while !rebuilding.advance(RECORDS, |_, _| {}) {}
        rebuilding.finish().1
    }))
}

fn print(report: &Report) {
    for connection in &report.connections {
        print_connection(connection);
    }
    for server in &report.servers {
        let role = if server.is_replica { "replica" } else { "master" };
        let lacks = if server.lacks_data { ", not all of its data is known" } else { "" };
        println!("  server      {}: {role}, history {} at offset {}{lacks}", server.name, server.id, server.offset);
    }
    let commands: Vec<String> = report.commands.iter().map(|(name, count)| format!("{name} {count}")).collect();
    if !commands.is_empty() {
        println!("  commands    {}", commands.join(", "));
    }
    let acks: u64 = report.connections.iter().map(|connection| connection.acks).sum();
    println!("  acks        {acks} checked");
    for (trust, count) in &report.trusted {
        println!("  believed    {} ({count})", trust.words());
    }
    for what in &report.unknown {
        println!("  not modelled {what}");
    }
    for difference in &report.differences {
        println!(
            "  difference  byte {} of what {} said: expected {}, found {}",
            difference.at,
            report.speaker(difference),
            difference.expected,
            difference.found
        );
    }
}

fn print_connection(connection: &ConnectionReport) {
    let ConnectionReport { link, number, bytes: [replica, master], asked, answer, version, is_foreign, acks } =
        connection;
    let asked = asked.as_ref().map_or_else(|| "no PSYNC".into(), |(id, offset)| format!("PSYNC {id} {offset}"));
    let answer = match answer {
        None => "no answer".into(),
        Some(Answer::Refused) => "refused".into(),
        Some(Answer::Partial { id, .. }) => {
            format!("+CONTINUE{}", id.map_or_else(String::new, |id| format!(" {id}")))
        }
        Some(Answer::Full { id, offset, snapshot, diskless, .. }) => {
            let size = snapshot.as_ref().map_or_else(|| "cut off".into(), |bytes| format!("{} bytes", bytes.len()));
            let how = if *diskless { "diskless" } else { "from disk" };
            format!("+FULLRESYNC {id} {offset}, snapshot {how}, {size}")
        }
    };
    let version = version.as_ref().map_or_else(String::new, |version| format!(", written by {version}"));
    let foreign = if *is_foreign { "; not compared: another protocol than that of 7.0" } else { "" };
    println!("  connection  {link} {number}: {replica} bytes to the master, {master} to the replica, {acks} acks");
    println!("              {asked}: {answer}{version}{foreign}");
}
