//! What the model costs: the figures that README shows, measured the same way on the command line and in a browser.
//!
//! Rule: a clock is an argument, as everywhere; nothing here knows which machine it runs on.

use crate::node::{Addr, Config, ConnId, Input, Node, Output};
use crate::rng::Rng;
use crate::sim::{HostSetup, NodeId, Setup};
use crate::story::{Load, Scenario, Timeline};
use crate::time::Time;
use crate::wire::{Bytes, encode_command};
use std::time::Duration;

/// Times of many seeks, ms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeekFigures {
    pub inputs: u64,
    pub steps: u64,
    pub build_ms: f64,
    pub median_ms: f64,
    pub p99_ms: f64,
}

/// A master with one replica under a steady load, long enough for about so many inputs.
pub fn loaded_scenario(inputs: u64, replicas: u8) -> Scenario {
    let config = |port| Config { port, repl_diskless_sync: false, repl_backlog_size: 64 * 1024, ..Config::default() };
    let mut hosts = vec![HostSetup { name: "a".into(), config: config(6379) }];
    for n in 0..replicas {
        let replicaof = Some(crate::node::Addr { host: "127.0.0.1".into(), port: 6379 });
        hosts.push(HostSetup {
            name: format!("r{}", n + 1),
            config: Config { replicaof, ..config(6380 + u16::from(n)) },
        });
    }
    // A write costs one input at the master and one at each replica; acknowledgements and crons are few beside it.
    let writes = inputs / (1 + u64::from(replicas));
    let rate = 200;
    let to = Duration::from_secs(1) + Duration::from_micros(writes * 1_000_000 / u64::from(rate));
    let load = Load { from: Duration::from_secs(1), to, ..Load::new(NodeId(0), rate) };
    let setup = Setup { seed: 1, hosts, ..Setup::default() };
    Scenario { setup, script: vec![], loads: vec![load], length: to + Duration::from_secs(1) }
}

/// Builds a run of about so many inputs, then seeks to random moments of it.
pub fn seek(inputs: u64, seeks: u32, now_ms: impl Fn() -> f64) -> SeekFigures {
    let begun = now_ms();
    let mut timeline = Timeline::new(loaded_scenario(inputs, 1));
    let build_ms = now_ms() - begun;
    let length_us = timeline.end().since(timeline.start()).as_micros() as u64;
    let mut rng = Rng::new(99);
    let mut times: Vec<f64> = (0..seeks)
        .map(|_| {
            let at = timeline.start() + Duration::from_micros(rng.below(length_us));
            let begun = now_ms();
            let frame = timeline.frame(at);
            std::hint::black_box(&frame);
            now_ms() - begun
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get(((times.len() - 1) as f64 * part) as usize).copied().unwrap_or(0.0);
    let steps = timeline.steps().len() as u64;
    SeekFigures { inputs: timeline.inputs(), steps, build_ms, median_ms: at(0.5), p99_ms: at(0.99) }
}

/// Commands a second through one master and one replica joined by hand: run, propagated, applied.
pub fn propagation(commands: u32, now_ms: impl Fn() -> f64) -> f64 {
    let mut now = Time::from_millis(1_767_225_600_000);
    let config = Config { repl_diskless_sync: false, ..Config::default() };
    let (Ok(mut master), Ok(mut replica)) = (Node::new(config.clone(), 1, now, None), Node::new(config, 2, now, None))
    else {
        return 0.0;
    };
    let (client, link, dialled) = (ConnId::Accepted(1), ConnId::Accepted(2), ConnId::Dialled(1));
    let addr = || Addr { host: "127.0.0.1".into(), port: 6379 };
    let accepted = |conn| Input::Accepted { conn, peer: addr(), local: addr() };
    master.handle(now, accepted(client));
    master.handle(now, accepted(link));
    replica.handle(now, accepted(client));
    let data = |conn, args: &[&str]| Input::Data { conn, bytes: encode_command(args).into() };
    replica.handle(now, data(client, &["REPLICAOF", "127.0.0.1", "6379"]));
    replica.handle(now, Input::Connected { conn: dialled });
    let carry = |master: &mut Node, replica: &mut Node, now: Time| {
        // Until nothing more is said in either direction.
        loop {
            let (down, up) = (sent_to(master, link), sent_to(replica, dialled));
            if down.is_empty() && up.is_empty() {
                return;
            }
            down.into_iter().for_each(|bytes| replica.handle(now, Input::Data { conn: dialled, bytes }));
            up.into_iter().for_each(|bytes| master.handle(now, Input::Data { conn: link, bytes }));
            master.handle(now, Input::Writable { conn: link });
        }
    };
    carry(&mut master, &mut replica, now);
    now = now + Duration::from_secs(1);
    master.handle(now, Input::Wake);
    carry(&mut master, &mut replica, now);
    let load = Load::new(NodeId(0), 1);
    let inputs: Vec<Bytes> = (0..commands).map(|n| command_bytes(&load, u64::from(n))).collect();
    let begun = now_ms();
    for bytes in inputs {
        master.handle(now, Input::Data { conn: client, bytes });
        carry(&mut master, &mut replica, now);
    }
    let seconds = (now_ms() - begun) / 1000.0;
    if master.offset() != replica.offset() || master.offset() == 0 { 0.0 } else { f64::from(commands) / seconds }
}

fn command_bytes(load: &Load, n: u64) -> Bytes {
    match load.command(n) {
        crate::sim::Action::Command { args, .. } => encode_command(&args).into(),
        _ => Bytes::default(),
    }
}

/// What a node says on one connection; its events and everything else are dropped.
fn sent_to(node: &mut Node, wanted: ConnId) -> Vec<Bytes> {
    while node.poll_event().is_some() {}
    let mut sent = vec![];
    while let Some(output) = node.poll_output() {
        match output {
            Output::Send { conn, bytes } if conn == wanted => sent.push(bytes),
            _ => {}
        }
    }
    sent
}
