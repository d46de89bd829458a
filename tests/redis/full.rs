//! The first synchronization: the snapshot, on disk or straight to the socket, and the stream behind it.

use super::dataset;
use super::server::{Kind, Server};
use super::wait::until_equal;

fn synchronize(master: Kind, replica: Kind, diskless: &str, delay: &str) {
    let master = Server::start(master, &[("repl-diskless-sync", diskless), ("repl-diskless-sync-delay", delay)]);
    dataset::fill(&mut master.client());
    let replica = Server::start(replica, &[("replicaof", &master.address())]);
    until_equal(&master, &replica);
    let keys = master.client().line("DBSIZE");
    assert_eq!(replica.client().line("DBSIZE"), keys);

    let mut client = master.client();
    client.ok("SET after snapshot");
    client.ok("SELECT 9");
    client.ok("SET after \"in another database\"");
    until_equal(&master, &replica);
    assert!(master.count("master_repl_offset") > 0);
    assert_eq!(
        (master.count("sync_full"), master.count("sync_partial_ok"), master.count("sync_partial_err")),
        (1, 0, 0)
    );
    for server in [&master, &replica].into_iter().filter(|server| server.kind == Kind::Redis) {
        assert_eq!(server.complaints(), Vec::<String>::new());
    }
}

#[test]
fn a_real_replica_loads_the_models_snapshot_from_disk() {
    synchronize(Kind::Model, Kind::Redis, "no", "0");
}

#[test]
fn a_real_replica_loads_the_models_snapshot_without_disk_at_once() {
    synchronize(Kind::Model, Kind::Redis, "yes", "0");
}

#[test]
fn a_real_replica_loads_the_models_snapshot_without_disk_after_a_delay() {
    synchronize(Kind::Model, Kind::Redis, "yes", "1");
}

#[test]
fn the_model_loads_a_real_snapshot_from_disk() {
    synchronize(Kind::Redis, Kind::Model, "no", "0");
}

#[test]
fn the_model_loads_a_real_snapshot_without_disk_at_once() {
    synchronize(Kind::Redis, Kind::Model, "yes", "0");
}

#[test]
fn the_model_loads_a_real_snapshot_without_disk_after_a_delay() {
    synchronize(Kind::Redis, Kind::Model, "yes", "1");
}

/// A node that was a master offers its own history, is refused, and loses what it held.
#[test]
fn a_master_that_becomes_a_replica_gives_its_dataset_up() {
    for (master, replica) in [(Kind::Model, Kind::Redis), (Kind::Redis, Kind::Model)] {
        let master = Server::start(master, &[("repl-diskless-sync", "no")]);
        let replica = Server::start(replica, &[]);
        master.client().ok("SET kept 1");
        replica.client().ok("SET lost 1");
        replica.client().ok(&format!("REPLICAOF {}", master.address()));
        until_equal(&master, &replica);
        assert_eq!(replica.client().line("EXISTS lost"), b":0\r\n");
        assert_eq!((master.count("sync_full"), master.count("sync_partial_err")), (1, 1));
    }
}

/// Streams are not modelled: a snapshot with one is refused, and the model keeps what it has.
#[test]
fn a_snapshot_with_a_stream_is_refused_and_nothing_is_lost() {
    let master = Server::start(Kind::Redis, &[("repl-diskless-sync", "no")]);
    master.client().line("XADD stream 1-1 field value");
    let mut replica = Server::start(Kind::Model, &[]);
    replica.client().ok("SET mine 1");
    let digest = replica.digest();
    replica.client().ok(&format!("REPLICAOF {}", master.address()));
    super::wait::until("the model says that it cannot follow", || {
        replica.log().contains("Synchronization failed").then_some(())
    });
    assert_eq!(replica.digest(), digest);
    assert!(replica.is_running());

    // Once there is nothing left that it does not know, it follows.
    master.client().line("DEL stream");
    until_equal(&master, &replica);
    assert_eq!(replica.client().line("EXISTS mine"), b":0\r\n");
}
