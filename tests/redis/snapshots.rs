//! RDB files: each side's tools read what the other wrote.

use super::dataset;
use super::server::{Kind, Server, new_dir};
use super::wait::{until, until_equal};
use std::fs;
use std::path::Path;
use std::process::Command;

pub fn check(file: &Path) -> String {
    let output =
        Command::new("redis-check-rdb").arg(file).output().expect("redis-check-rdb is installed with redis-server");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    text
}

/// A directory with a dump.rdb that this kind wrote, and the digest of what is in it.
fn dump_of(kind: Kind) -> (std::path::PathBuf, String) {
    let server = Server::start(kind, &[("repl-diskless-sync", "no")]);
    dataset::fill(&mut server.client());
    let digest = server.digest();
    match kind {
        Kind::Redis => server.client().ok("SAVE"),
        // The model writes its file for the replica that asks; what it asks with does not matter.
        Kind::Model => {
            let mut replica = server.client();
            replica.send(b"SYNC\r\n");
            replica.read_through(b"$");
        }
    }
    let written = server.dir().join("dump.rdb");
    until("dump.rdb is there", || written.is_file().then_some(()));
    let dir = new_dir();
    fs::copy(written, dir.join("dump.rdb")).expect("the file can be copied");
    (dir, digest)
}

#[test]
fn a_real_server_starts_on_the_models_file() {
    let (dir, digest) = dump_of(Kind::Model);
    let text = check(&dir.join("dump.rdb"));
    assert!(
        text.contains("Checksum OK") && text.contains("AUX FIELD repl-id") && text.contains("220 keys read"),
        "{text}"
    );
    let server = Server::start_in(Kind::Redis, dir, &[]);
    assert_eq!(server.digest(), digest);
    assert_eq!(server.complaints(), Vec::<String>::new());
}

#[test]
fn the_model_starts_on_a_real_servers_file() {
    let (dir, digest) = dump_of(Kind::Redis);
    let server = Server::start_in(Kind::Model, dir, &[]);
    assert_eq!(server.digest(), digest);
}

/// A restarted master answers for the history that its file names; a restarted replica continues in it.
#[test]
fn a_restart_on_a_file_keeps_the_place_in_the_history() {
    for (master, replica) in [(Kind::Model, Kind::Redis), (Kind::Redis, Kind::Model)] {
        let master = Server::start(master, &[("repl-diskless-sync", "no")]);
        master.client().ok("SET in snapshot");
        let mut replica = Server::start(replica, &[("replicaof", &master.address())]);
        until_equal(&master, &replica);
        master.client().ok("SET after snapshot");
        until_equal(&master, &replica);
        replica.restart();
        until_equal(&master, &replica);
        assert_eq!(
            (master.count("sync_full"), master.count("sync_partial_ok")),
            (1, 1),
            "{:?} restarted",
            replica.kind
        );
    }
}

#[test]
fn a_model_that_restarts_on_its_file_answers_for_the_old_history() {
    for kind in [Kind::Redis, Kind::Model] {
        let mut master = Server::start(kind, &[("repl-diskless-sync", "no")]);
        master.client().ok("SET in snapshot");
        let replica = Server::start(Kind::Redis, &[("replicaof", &master.address())]);
        until_equal(&master, &replica);
        let id = master.info("master_replid");
        master.restart();
        assert_eq!(master.info("master_replid2"), id, "{kind:?}");
        until_equal(&master, &replica);
        assert_eq!((master.count("sync_full"), master.count("sync_partial_ok")), (0, 1), "{kind:?}");
    }
}

/// What Redis sends for SYNC and writes for BGSAVE is a file that its own tool accepts; so is the model's.
#[test]
fn redis_cli_downloads_a_snapshot() {
    for diskless in ["yes", "no"] {
        let server = Server::start(Kind::Model, &[("repl-diskless-sync", diskless), ("repl-diskless-sync-delay", "0")]);
        dataset::fill(&mut server.client());
        let file = server.dir().join("downloaded.rdb");
        let output = Command::new("redis-cli").args(["-p", &server.port.to_string(), "--rdb"]).arg(&file).output();
        let output = output.expect("redis-cli is installed with redis-server");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = check(&file);
        assert!(text.contains("Checksum OK") && text.contains("220 keys read"), "{text}");
    }
}
