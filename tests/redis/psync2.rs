//! Five processes, real and model mixed, arranged anew for twenty rounds while links are killed under writes.
//!
//! Rule: after every round all have the top master's ids, offset and dataset, and never more than the first synchronization
//! of each replica is a full one. The seed is printed; `REPLSCOPE_SEED=n` repeats it. After Redis' own
//! `tests/integration/psync2.tcl`.

#[path = "../psync2/layout.rs"]
mod layout;

use super::server::{Kind, Server};
use super::wait::until;
use layout::{Layout, Masters};
use replscope::rng::Rng;

const ROUNDS: usize = 20;
/// Pings would put an old master ahead of a new one before it hears of it, and that costs a full synchronization.
const SETTINGS: [(&str, &str); 3] =
    [("repl-diskless-sync-delay", "0"), ("repl-ping-replica-period", "3600"), ("save", "")];

#[test]
fn mixed_clusters_agree_after_every_round() {
    let seed = std::env::var("REPLSCOPE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(random_seed);
    println!("seed {seed}");
    let mut rng = Rng::new(seed);
    let kinds = [Kind::Redis, Kind::Model, Kind::Redis, Kind::Model, [Kind::Redis, Kind::Model][rng.below(2) as usize]];
    let servers: Vec<Server> = kinds.into_iter().map(|kind| Server::start(kind, &SETTINGS)).collect();
    let mut masters: Masters = vec![None; servers.len()];
    for round in 0..ROUNDS {
        let layout = Layout::draw(&masters, round == 0, &mut rng);
        masters = layout.masters(servers.len());
        println!("round {round}: {masters:?}");
        arrange(&servers, &layout);
        write_and_kill_links(&servers, layout.top, &mut rng);
        agree(&servers, layout.top);
        let full: u64 = servers.iter().map(|server| server.count("sync_full")).sum();
        assert_eq!(full, 4, "round {round}: each replica synchronizes in full once");
    }
    // Links were killed and ids changed on purpose, and who follows a node whose link was killed is refused for a moment;
    // nothing else is to be complained of.
    const MEANT: [&str; 4] = [" lost.", "eplication ID", " was given up.", "NOMASTERLINK"];
    let is_meant = |text: &String| MEANT.iter().any(|meant| text.contains(meant));
    for server in &servers {
        let complaints: Vec<String> = server.complaints().into_iter().filter(|text| !is_meant(text)).collect();
        assert_eq!(complaints, [""; 0], "{:?}", server.kind);
    }
}

fn random_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(1, |since| since.as_nanos() as u64 % 1_000_000)
}

fn arrange(servers: &[Server], layout: &Layout) {
    let was = servers[layout.top].info("master_replid");
    servers[layout.top].client().ok("REPLICAOF NO ONE");
    // Those who follow the promoted node must have heard of its new name before anybody is attached to them.
    let name = servers[layout.top].info("master_replid");
    let follows_it = |server: &&Server| server.info("master_replid") == was && name != was;
    let below: Vec<&Server> =
        servers.iter().filter(|server| server.info("master_port") == servers[layout.top].port.to_string()).collect();
    until("its replicas have heard of the promotion", || {
        below.iter().all(|server| !follows_it(server) && server.info("master_link_status") == "up").then_some(())
    });
    for (node, master) in &layout.attach {
        let reply = servers[*node].client().line(&format!("REPLICAOF {}", servers[*master].address()));
        assert!(reply.starts_with(b"+OK"), "{}", String::from_utf8_lossy(&reply));
        until("the replica is attached", || (servers[*node].info("master_link_status") == "up").then_some(()));
        settle(servers);
    }
}

/// Every link stands, and every replica has its master's ids.
fn settle(servers: &[Server]) {
    let of_port = |port: &str| servers.iter().find(|server| server.port.to_string() == port);
    until("every replica has its master's history", || {
        let is_settled = |server: &Server| match of_port(&server.info("master_port")) {
            None => true,
            Some(master) => {
                server.info("master_link_status") == "up"
                    && server.info("master_replid") == master.info("master_replid")
            }
        };
        servers.iter().all(is_settled).then_some(())
    });
}

fn write_and_kill_links(servers: &[Server], top: usize, rng: &mut Rng) {
    let mut client = servers[top].client();
    for n in 0..50 + rng.below(100) {
        let text = match rng.below(8) {
            0 => format!("SELECT {}", rng.below(3)),
            1 => format!("APPEND key:{} {n}", rng.below(5)),
            2 => format!("RPUSH list:{} {n} {n}", rng.below(5)),
            3 => format!("SADD set:{} {n}", rng.below(5)),
            4 => format!("SPOP set:{} 2", rng.below(5)),
            5 => format!("ZADD ranks {n} m{}", rng.below(9)),
            6 => format!("HINCRBYFLOAT hash f{} 0.1", rng.below(9)),
            _ => format!("INCR counter:{}", rng.below(5)),
        };
        let reply = client.line(&text);
        assert!(!reply.starts_with(b"-"), "{text}: {}", String::from_utf8_lossy(&reply));
        if rng.below(12) == 0 {
            let node = rng.below(servers.len() as u64) as usize;
            servers[node].client().line("CLIENT KILL TYPE master");
        }
    }
}

fn agree(servers: &[Server], top: usize) {
    let state = |server: &Server| (server.info("master_replid"), server.info("master_repl_offset"), server.digest());
    let wanted = state(&servers[top]);
    let mut last = vec![];
    let agreed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        until("all agree", || {
            last = servers.iter().map(state).collect();
            last.iter().all(|state| *state == wanted).then_some(())
        });
    }));
    assert!(agreed.is_ok(), "{last:#?}");
}
