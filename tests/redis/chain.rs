//! Chains: replicas of replicas have the same ids, offsets and datasets as the master at the top.

use super::dataset;
use super::server::{Kind, Server};
use super::wait::{until, until_equal};

const QUICK: (&str, &str) = ("repl-diskless-sync-delay", "0");

#[test]
fn a_real_replica_below_two_models_follows_a_real_master() {
    let top = Server::start(Kind::Redis, &[QUICK]);
    dataset::fill(&mut top.client());
    let first = Server::start(Kind::Model, &[QUICK, ("replicaof", &top.address())]);
    let second = Server::start(Kind::Model, &[QUICK, ("replicaof", &first.address())]);
    let last = Server::start(Kind::Redis, &[QUICK, ("replicaof", &second.address())]);
    let chain = [&first, &second, &last];
    chain.iter().for_each(|replica| until_equal(&top, replica));
    top.client().ok("SET passed down");
    top.client().ok("SET short lived PX 30");
    chain.iter().for_each(|replica| until_equal(&top, replica));
    assert_eq!(last.client().line("GET passed"), b"$4\r\ndown\r\n");
}

#[test]
fn a_model_below_a_real_replica_follows_a_model() {
    let top = Server::start(Kind::Model, &[QUICK]);
    dataset::fill(&mut top.client());
    let middle = Server::start(Kind::Redis, &[QUICK, ("replicaof", &top.address())]);
    let last = Server::start(Kind::Model, &[QUICK, ("replicaof", &middle.address())]);
    until_equal(&top, &last);
    top.client().ok("SET passed down");
    until_equal(&top, &middle);
    until_equal(&top, &last);
}

/// After a promotion the others continue under the new id: no snapshot is needed, whoever is promoted.
#[test]
fn a_promotion_costs_no_full_synchronization() {
    for (old, new, other) in [(Kind::Redis, Kind::Model, Kind::Redis), (Kind::Model, Kind::Redis, Kind::Model)] {
        let mut top = Server::start(old, &[QUICK]);
        top.client().ok("SET before promotion");
        let heir = Server::start(new, &[QUICK, ("replicaof", &top.address())]);
        let sibling = Server::start(other, &[QUICK, ("replicaof", &top.address())]);
        until_equal(&top, &heir);
        until_equal(&top, &sibling);
        top.stop();
        until("the heir misses its master", || (heir.info("master_link_status") == "down").then_some(()));
        let old_id = heir.info("master_replid");
        heir.client().ok("REPLICAOF NO ONE");
        assert_eq!(heir.info("master_replid2"), old_id);
        heir.client().ok("SET after promotion");
        sibling.client().ok(&format!("REPLICAOF {}", heir.address()));
        until_equal(&heir, &sibling);
        assert_eq!((heir.count("sync_full"), heir.count("sync_partial_ok")), (0, 1));
        assert_eq!(sibling.info("master_replid2"), old_id);
    }
}
