//! How fast `replscope node` takes writes, beside redis-server in the same run: `cargo xtask bench` prints it.
//!
//! Rule: each has one real replica attached, and the clock stops only when the replica has caught up; then the datasets
//! must be equal. The two take turns, in parts of the whole, and the figure is a ratio: others use the machine too.

use super::server::{Kind, Server};
use super::wait::until_equal;
use std::process::Command;
use std::time::{Duration, Instant};

const REQUESTS: u32 = 500_000;
/// Each gets its requests in so many turns.
const TURNS: u32 = 10;
const SETTINGS: [(&str, &str); 2] = [("repl-diskless-sync-delay", "0"), ("save", "")];

#[test]
#[ignore = "measures; `cargo xtask bench` runs it"]
fn bench() {
    let pairs = [Kind::Redis, Kind::Model].map(Pair::start);
    let mut took: Vec<[Duration; 2]> = (0..TURNS).map(|_| pairs.each_ref().map(Pair::turn)).collect();
    let [redis, model] = [0, 1].map(|n| {
        let all: Duration = took.iter().map(|turn| turn[n]).sum();
        f64::from(REQUESTS) / all.as_secs_f64()
    });
    let ratio = |turn: &[Duration; 2]| turn[0].as_secs_f64() / turn[1].as_secs_f64();
    took.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let median = ratio(&took[took.len() / 2]);
    println!(
        "| `redis-benchmark -t set -P 16 -n {REQUESTS}` in {TURNS} turns, one real replica each: redis-server | {redis:.0} requests/s |"
    );
    println!(
        "| the same with `replscope node`; of redis-server's; median of the turns | {model:.0} requests/s; {:.2}; {median:.2} |",
        model / redis
    );
    assert!(median >= 0.5, "the target is half of redis-server's");
}

/// A master and its replica, which is a real one.
struct Pair {
    master: Server,
    replica: Server,
}

impl Pair {
    fn start(kind: Kind) -> Pair {
        let master = Server::start(kind, &SETTINGS);
        let address = master.address();
        let replica =
            Server::start(Kind::Redis, &[("replicaof", address.as_str()), ("save", ""), ("rdbcompression", "no")]);
        until_equal(&master, &replica);
        Pair { master, replica }
    }

    /// How long a part of the requests takes, until the replica has everything and is equal.
    fn turn(&self) -> Duration {
        let begin = Instant::now();
        let (port, requests) = (self.master.port.to_string(), (REQUESTS / TURNS).to_string());
        let status = Command::new("redis-benchmark")
            .args(["-p", &port, "-t", "set", "-P", "16", "-n", &requests, "-q"])
            .stdout(std::process::Stdio::null())
            .status()
            .expect("redis-benchmark comes with redis-server");
        assert!(status.success());
        until_equal(&self.master, &self.replica);
        begin.elapsed()
    }
}
