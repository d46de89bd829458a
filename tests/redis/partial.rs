//! The link is cut and stands again: what the replica must fetch then.

use super::dataset::noise;
use super::network::Network;
use super::server::{Kind, Server};
use super::wait::{until, until_equal};

/// A master and a replica that follows it over a link that can be cut.
fn pair(master: Kind, replica: Kind, backlog: &str) -> (Server, Network, Server) {
    let master = Server::start(master, &[("repl-diskless-sync", "no"), ("repl-backlog-size", backlog)]);
    master.client().ok("SET before cut");
    let link = Network::to(master.port);
    let replica = Server::start(replica, &[("replicaof", &link.address())]);
    until_equal(&master, &replica);
    (master, link, replica)
}

fn cut(master: &Server, link: &Network, replica: &Server) {
    link.cut();
    until("both sides see that the link is gone", || {
        (replica.info("master_link_status") == "down" && master.info("connected_slaves") == "0").then_some(())
    });
}

fn returns_by_a_partial(master: Kind, replica: Kind) {
    let (master, link, replica) = pair(master, replica, "1mb");
    for round in 1..=2 {
        cut(&master, &link, &replica);
        let missed = format!("SET missed:{round} {}", "x".repeat(500));
        master.client().ok(&missed);
        master.client().line("INCR rounds");
        link.heal();
        until_equal(&master, &replica);
        assert_eq!((master.count("sync_full"), master.count("sync_partial_ok")), (1, round));
    }
    // The stream goes on in the same connection, in the database where it was.
    master.client().ok("SET again followed");
    until_equal(&master, &replica);
    assert_eq!(master.count("sync_partial_err"), 0);
}

#[test]
fn a_real_replica_continues_from_the_models_backlog() {
    returns_by_a_partial(Kind::Model, Kind::Redis);
}

#[test]
fn the_model_continues_from_a_real_backlog() {
    returns_by_a_partial(Kind::Redis, Kind::Model);
}

fn returns_by_a_full(master: Kind, replica: Kind) {
    let (master, link, replica) = pair(master, replica, "16kb");
    cut(&master, &link, &replica);
    let mut client = master.client();
    for n in 0..20 {
        let key = format!("missed:{n}");
        assert_eq!(client.ask(&[b"SET", key.as_bytes(), &noise(5_000)]), b"+OK\r\n");
    }
    link.heal();
    until_equal(&master, &replica);
    assert_eq!(
        (master.count("sync_full"), master.count("sync_partial_ok"), master.count("sync_partial_err")),
        (2, 0, 1)
    );
}

#[test]
fn a_real_replica_that_the_models_backlog_outran_starts_over() {
    returns_by_a_full(Kind::Model, Kind::Redis);
}

#[test]
fn the_model_outrun_by_a_real_backlog_starts_over() {
    returns_by_a_full(Kind::Redis, Kind::Model);
}

/// The first byte of the backlog moves as in Redis when the same bytes are written.
#[test]
fn the_backlog_holds_the_same_window() {
    let servers = [Kind::Redis, Kind::Model].map(|kind| {
        let server = Server::start(
            kind,
            &[("repl-diskless-sync", "no"), ("repl-backlog-size", "16kb"), ("repl-ping-replica-period", "3600")],
        );
        let replica = Server::start(Kind::Redis, &[("replicaof", &server.address())]);
        until_equal(&server, &replica);
        (server, replica)
    });
    for size in [10, 3_000, 16_000, 16_384, 20_440, 20_441, 100_000, 1, 1, 70_000, 5_000, 5_000, 12_000, 9_000] {
        let [redis, model] = servers.each_ref().map(|(server, replica)| {
            assert_eq!(server.client().ask(&[b"SET", b"k", &noise(size)]), b"+OK\r\n");
            until_equal(server, replica);
            let window = ["master_repl_offset", "repl_backlog_first_byte_offset", "repl_backlog_histlen"];
            window.map(|field| server.count(field))
        });
        // The real server's first tick may have brought a ping before its first write; its bytes are in every number.
        assert_eq!(model, redis, "after a value of {size} bytes");
    }
}
