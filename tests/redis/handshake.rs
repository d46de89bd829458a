//! How a replica introduces itself, and what it is answered: to the byte, whoever is which.

use super::proxy::{Proxy, Recording};
use super::server::{Kind, Server};
use super::wait::{until, until_equal};

/// What the two say until the snapshot begins, without what differs from run to run.
fn conversation(master: Kind, replica: Kind, diskless: &str, after_start: bool) -> (String, String) {
    let master = Server::start(master, &[("repl-diskless-sync", diskless), ("repl-diskless-sync-delay", "0")]);
    let link = Proxy::to(master.port);
    let by_config = [("replicaof", link.address())];
    let options: Vec<(&str, &str)> =
        by_config.iter().filter(|_| !after_start).map(|(name, value)| (*name, value.as_str())).collect();
    let replica = Server::start(replica, &options);
    let old_id = replica.info("master_replid");
    if after_start {
        replica.client().ok(&format!("REPLICAOF {}", link.address()));
    }
    until_equal(&master, &replica);
    let ack =
        format!("ACK\r\n${}\r\n{}\r\n", master.info("master_repl_offset").len(), master.info("master_repl_offset"));
    let recording = until("the replica acknowledges", || {
        let recording = link.recordings().into_iter().next()?;
        String::from_utf8_lossy(&recording.from_replica).contains(&ack).then_some(recording)
    });
    let ids =
        [(master.info("master_replid"), "<master's id>"), (old_id, "<own id>"), (replica.port.to_string(), "<port>")];
    normalize(&recording, &ids)
}

fn normalize(recording: &Recording, names: &[(String, &str)]) -> (String, String) {
    let named = |bytes: &[u8]| {
        names.iter().fold(String::from_utf8_lossy(bytes).into_owned(), |text, (from, to)| text.replace(from, to))
    };
    // Acknowledgements come once a second, so how many depends on the moment.
    let said = named(&recording.from_replica);
    let first_ack = said.find("*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK").unwrap_or(said.len());
    let answered = named(&recording.from_master);
    let preamble = answered
        .find("+FULLRESYNC")
        .and_then(|at| Some(at + answered[at..].find("\r\n")? + 2))
        .unwrap_or(answered.len());
    let kind = answered[preamble..].trim_start_matches('\n').chars().take(2).collect::<String>();
    let kind = if kind == "$E" { "$EOF" } else { "$<length>" };
    (said[..first_ack].to_string(), format!("{}{kind}", &answered[..preamble]))
}

#[test]
fn every_pair_of_model_and_real_server_says_the_same() {
    for diskless in ["no", "yes"] {
        for after_start in [false, true] {
            let real = conversation(Kind::Redis, Kind::Redis, diskless, after_start);
            assert!(real.0.contains("listening-port"), "{real:?}");
            for (master, replica) in
                [(Kind::Redis, Kind::Model), (Kind::Model, Kind::Redis), (Kind::Model, Kind::Model)]
            {
                let said = conversation(master, replica, diskless, after_start);
                assert_eq!(said, real, "{replica:?} below {master:?}, diskless {diskless}, after start {after_start}");
            }
        }
    }
}
