//! How fast `replscope node` takes writes, beside redis-server in the same run: `cargo xtask bench` prints it.
//!
//! Rule: each has one real replica attached, and the clock stops only when the replica has caught up; then the datasets
//! must be equal. Processes are as tests start them; the figure is a ratio, because both share the machine.

use super::server::{Kind, Server};
use super::wait::until_equal;
use std::process::Command;
use std::time::Instant;

const REQUESTS: u32 = 500_000;
const SETTINGS: [(&str, &str); 2] = [("repl-diskless-sync-delay", "0"), ("save", "")];

#[test]
#[ignore = "measures; `cargo xtask bench` runs it"]
fn bench() {
    let [redis, model] = [Kind::Redis, Kind::Model].map(requests_per_second);
    println!(
        "| `redis-benchmark -t set -P 16 -n {REQUESTS}`, one real replica attached: redis-server | {redis:.0} requests/s |"
    );
    println!("| the same with `replscope node` | {model:.0} requests/s, {:.2} of it |", model / redis);
    assert!(model > 0.0 && redis > 0.0);
}

/// The better of three runs: others use the machine too.
fn requests_per_second(kind: Kind) -> f64 {
    let master = Server::start(kind, &SETTINGS);
    let replica =
        Server::start(Kind::Redis, &[("replicaof", master.address().as_str()), ("save", ""), ("rdbcompression", "no")]);
    until_equal(&master, &replica);
    let run = || {
        let begin = Instant::now();
        let port = master.port.to_string();
        let requests = REQUESTS.to_string();
        let status = Command::new("redis-benchmark")
            .args(["-p", &port, "-t", "set", "-P", "16", "-n", &requests, "-r", "100000", "-q"])
            .stdout(std::process::Stdio::null())
            .status()
            .expect("redis-benchmark comes with redis-server");
        assert!(status.success());
        until_equal(&master, &replica);
        f64::from(REQUESTS) / begin.elapsed().as_secs_f64()
    };
    (0..3).map(|_| run()).fold(0.0, f64::max)
}
