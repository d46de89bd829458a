//! How a replica introduces itself, and what it is answered: to the byte, whoever is which.

use super::network::{Connection, Network};
use super::server::{Kind, Server};
use super::wait::{until, until_equal};

/// How a replica is set up.
#[derive(Clone, Copy, Debug)]
struct Case {
    diskless: &'static str,
    /// Told by REPLICAOF, not by its configuration: then it offers a history of its own.
    after_start: bool,
    settings: &'static [(&'static str, &'static str)],
}

const CASES: [Case; 5] = [
    Case { diskless: "no", after_start: false, settings: &[] },
    Case { diskless: "no", after_start: true, settings: &[] },
    Case { diskless: "yes", after_start: false, settings: &[] },
    Case { diskless: "yes", after_start: true, settings: &[] },
    Case {
        diskless: "no",
        after_start: false,
        settings: &[("replica-announce-ip", "10.1.2.3"), ("replica-announce-port", "7777")],
    },
];

/// What the two say until the snapshot begins, without what differs from run to run.
fn conversation(master: Kind, replica: Kind, case: Case) -> (String, String) {
    let master = Server::start(master, &[("repl-diskless-sync", case.diskless), ("repl-diskless-sync-delay", "0")]);
    let link = Network::to(master.port);
    let address = link.address();
    let mut settings = case.settings.to_vec();
    if !case.after_start {
        settings.push(("replicaof", &address));
    }
    let replica = Server::start(replica, &settings);
    let old_id = replica.info("master_replid");
    if case.after_start {
        replica.client().ok(&format!("REPLICAOF {address}"));
    }
    until_equal(&master, &replica);
    let offset = master.info("master_repl_offset");
    let ack = format!("ACK\r\n${}\r\n{offset}\r\n", offset.len());
    let recording = until("the replica acknowledges", || {
        let recording = link.connections().into_iter().next()?;
        String::from_utf8_lossy(&recording.from_replica.bytes).contains(&ack).then_some(recording)
    });
    let ids =
        [(master.info("master_replid"), "<master's id>"), (old_id, "<own id>"), (replica.port.to_string(), "<port>")];
    normalize(&recording, &ids)
}

fn normalize(recording: &Connection, names: &[(String, &str)]) -> (String, String) {
    let named = |bytes: &[u8]| {
        names.iter().fold(String::from_utf8_lossy(bytes).into_owned(), |text, (from, to)| text.replace(from, to))
    };
    // Acknowledgements come once a second, so how many depends on the moment.
    let said = named(&recording.from_replica.bytes);
    let first_ack = said.find("*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK").unwrap_or(said.len());
    let answered = named(&recording.from_master.bytes);
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
    for case in CASES {
        let real = conversation(Kind::Redis, Kind::Redis, case);
        assert!(real.0.contains("listening-port"), "{real:?}");
        for (master, replica) in [(Kind::Redis, Kind::Model), (Kind::Model, Kind::Redis), (Kind::Model, Kind::Model)] {
            assert_eq!(conversation(master, replica, case), real, "{replica:?} below {master:?}, {case:?}");
        }
    }
}

/// With a password the replica says AUTH first; with a wrong one it is refused, and tries again every second.
#[test]
fn the_model_gives_a_real_master_its_password() {
    let master = Server::start(Kind::Redis, &[("requirepass", "open"), ("repl-diskless-sync", "no")]);
    master.client().ok("SET k v");
    let replica = Server::start(Kind::Model, &[("masterauth", "wrong"), ("replicaof", &master.address())]);
    until("it is refused", || replica.log().contains("Unable to AUTH to MASTER: -WRONGPASS").then_some(()));
    assert_eq!(replica.info("master_link_status"), "down");
    replica.client().ok("CONFIG SET masterauth open");
    until_equal(&master, &replica);
}
