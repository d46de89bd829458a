//! Replies, byte by byte: the commands of `replies.txt` on a real server and on the model.

use super::server::{Kind, Server};
use super::wait::until_equal;
use replscope::wire::{Reply, ReplyDecoder};
use std::time::Duration;

const TABLE: &str = include_str!("replies.txt");

/// A line of the table.
enum Row<'a> {
    Command(&'a str),
    /// Time passes: so many milliseconds.
    Pause(u64),
    /// A new connection, on a server without data.
    Fresh,
}

fn rows() -> impl Iterator<Item = (usize, Row<'static>)> {
    let lines = TABLE.lines().enumerate().map(|(n, line)| (n + 1, line));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).map(|(n, line)| {
        let row = match line.split_once(' ') {
            Some(("@pause", ms)) => Row::Pause(ms.parse().expect("@pause takes milliseconds")),
            _ if line == "@fresh" => Row::Fresh,
            _ => Row::Command(line),
        };
        (n, row)
    })
}

/// Runs the table on both kinds in a role; returns what differs.
fn differences(servers: &[Server; 2], is_replica: bool) -> Vec<String> {
    let mut clients = servers.each_ref().map(Server::client);
    let mut found = vec![];
    for (number, row) in rows() {
        match row {
            Row::Pause(ms) => std::thread::sleep(Duration::from_millis(ms)),
            Row::Fresh => {
                clients = servers.each_ref().map(Server::client);
                if !is_replica {
                    clients.iter_mut().for_each(|client| client.ok("FLUSHALL"));
                }
            }
            Row::Command(line) => {
                let [real, model] = clients.each_mut().map(|client| client.line(line));
                if real != model {
                    found.push(format!(
                        "{number}: {line}\n  redis: {}\n  model: {}",
                        real.escape_ascii(),
                        model.escape_ascii()
                    ));
                }
            }
        }
    }
    found
}

#[test]
fn a_master_replies_as_redis_does_and_ends_with_the_same_dataset() {
    let servers = [Kind::Redis, Kind::Model].map(|kind| Server::start(kind, &[]));
    let commands = rows().filter(|(_, row)| matches!(row, Row::Command(_))).count();
    assert!(commands > 1000, "the table has {commands} commands");
    let found = differences(&servers, false);
    assert!(found.is_empty(), "{} of {commands} differ:\n{}", found.len(), found.join("\n"));
    assert_eq!(servers[1].digest(), servers[0].digest());
}

#[test]
fn a_replica_replies_as_redis_does() {
    let master = Server::start(Kind::Redis, &[("repl-diskless-sync-delay", "0")]);
    master.client().ok("SET k 41");
    let servers = [Kind::Redis, Kind::Model].map(|kind| Server::start(kind, &[("replicaof", &master.address())]));
    servers.iter().for_each(|replica| until_equal(&master, replica));
    let found = differences(&servers, true);
    assert!(found.is_empty(), "{} differ:\n{}", found.len(), found.join("\n"));
}

/// A replica that has lost its master and may not serve old data.
#[test]
fn a_replica_without_its_master_refuses_as_redis_does() {
    let master = Server::start(Kind::Redis, &[("repl-diskless-sync-delay", "0")]);
    let options = [("replicaof", master.address()), ("replica-serve-stale-data", "no".into())];
    let options = options.each_ref().map(|(name, value)| (*name, value.as_str()));
    let servers = [Kind::Redis, Kind::Model].map(|kind| Server::start(kind, &options));
    servers.iter().for_each(|replica| until_equal(&master, replica));
    let mut clients = servers.each_ref().map(Server::client);
    // Queued while the link stood; EXEC is judged by what it would run.
    for client in &mut clients {
        client.ok("MULTI");
        assert_eq!(client.line("GET k"), b"+QUEUED\r\n");
    }
    drop(master);
    for replica in &servers {
        super::wait::until("the link is down", || (replica.info("master_link_status") == "down").then_some(()));
    }
    let lines = [
        "EXEC",
        "PING",
        "ECHO a",
        "GET k",
        "SET k v",
        "DBSIZE",
        "KEYS *",
        "TYPE k",
        "SELECT 1",
        "MULTI",
        "GET k",
        "ECHO a",
        "EXEC",
        "MULTI",
        "ECHO a",
        "EXEC",
        "CLIENT GETNAME",
        "CONFIG GET repl-timeout",
        "INFO nosuch",
        "REPLCONF capa eof",
        "NOSUCH",
        "GET",
        "PSYNC ? -1",
        "SYNC",
        "DISCARD",
        "CONFIG SET replica-serve-stale-data yes",
        "GET k",
        "PSYNC ? -1",
    ];
    for line in lines {
        let [real, model] =
            clients.each_mut().map(|client| client.line(line)).map(|reply| reply.escape_ascii().to_string());
        assert_eq!(model, real, "{line}");
    }
}

/// INFO's section on replication, to the letter but for what names a run.
#[test]
fn info_tells_the_same_of_replication() {
    let options = [("repl-diskless-sync", "no"), ("repl-ping-replica-period", "3600")];
    let masters = [Kind::Redis, Kind::Model].map(|kind| Server::start(kind, &options));
    let say = |servers: [&Server; 2]| servers.map(normalized);
    let [real, model] = say([&masters[0], &masters[1]]);
    assert_eq!(model, real, "alone");

    let replicas = [(&masters[0], Kind::Redis), (&masters[1], Kind::Model)]
        .map(|(master, kind)| Server::start(kind, &[("replicaof", &master.address())]));
    for (master, replica) in masters.iter().zip(&replicas) {
        master.client().ok("SET k v");
        until_equal(master, replica);
        let offset = master.info("master_repl_offset");
        super::wait::until("the replica has acknowledged", || {
            master.info("slave0").contains(&format!("offset={offset},")).then_some(())
        });
    }
    let [real, model] = say([&masters[0], &masters[1]]);
    assert_eq!(model, real, "master with a replica");
    let [real, model] = say([&replicas[0], &replicas[1]]);
    assert_eq!(model, real, "replica");

    drop(masters);
    for replica in &replicas {
        super::wait::until("the link is down", || (replica.info("master_link_status") == "down").then_some(()));
    }
    let [real, model] = say([&replicas[0], &replicas[1]]);
    assert_eq!(model, real, "replica without its master");
    for replica in &replicas {
        replica.client().ok("REPLICAOF NO ONE");
    }
    let [real, model] = say([&replicas[0], &replicas[1]]);
    assert_eq!(model, real, "promoted");
}

/// Ids, ports, and counts of seconds that depend on the moment.
fn normalized(server: &Server) -> String {
    let text = server.client().text("INFO replication");
    let seconds = ["master_last_io_seconds_ago", "master_link_down_since_seconds"];
    let line = |line: &str| match line.split_once(':') {
        Some((name @ ("master_replid" | "master_replid2"), id)) if !id.starts_with("0000000000") => {
            format!("{name}:<id of {}>", id.len())
        }
        Some((name @ "master_port", _)) => format!("{name}:<port>"),
        Some((name, value)) if seconds.contains(&name) && value != "-1" => format!("{name}:<seconds>"),
        Some((name, value)) if name.starts_with("slave") && value.starts_with("ip=") => {
            let parts = value.split(',').map(|part| match part.split_once('=') {
                Some((key @ ("port" | "lag"), _)) => format!("{key}=<{key}>"),
                _ => part.to_string(),
            });
            format!("{name}:{}", parts.collect::<Vec<_>>().join(","))
        }
        _ => line.to_string(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Flags, categories, keys and their specifications of every command that the model has.
#[test]
fn commands_are_described_as_redis_does() {
    let servers = [Kind::Redis, Kind::Model].map(|kind| Server::start(kind, &[]));
    let mut clients = servers.each_ref().map(Server::client);
    let subcommands = |row: &'static replscope::node::Command| row.subcommands.iter();
    let rows = replscope::node::TABLE.iter().flat_map(|row| std::iter::once(row).chain(subcommands(row)));
    let mut found = vec![];
    for row in rows {
        let [real, model] = clients.each_mut().map(|client| {
            client.send(format!("COMMAND INFO {}\r\n", row.name).as_bytes());
            let mut decoder = ReplyDecoder::default();
            decoder.push(&client.reply());
            match decoder.next().expect("a reply").expect("a whole one").0 {
                Reply::Array(rows) => match rows.into_iter().next() {
                    Some(Reply::Array(mut parts)) => {
                        // Texts that are not modelled: tips, and the notes of specifications. The order of subcommands is
                        // that of a hash table.
                        parts.remove(7);
                        parts.truncate(8);
                        parts.iter_mut().for_each(forget_notes);
                        parts
                    }
                    _ => vec![],
                },
                _ => vec![],
            }
        });
        if real != model {
            found.push(format!("{}\n  redis: {real:?}\n  model: {model:?}", row.name));
        }
    }
    assert!(found.is_empty(), "{} differ:\n{}", found.len(), found.join("\n"));
}

/// Takes the notes out of specifications of keys.
fn forget_notes(part: &mut Reply) {
    let Reply::Array(specs) = part else { return };
    for spec in specs {
        if let Reply::Array(fields) = spec
            && fields.first() == Some(&Reply::bulk("notes"))
        {
            fields.drain(..2);
        }
    }
}
