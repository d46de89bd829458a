//! A replica's first synchronization, byte by byte, as recorded from real servers.

use replscope::node::{Config, Role};
use replscope::sim::{Action, Checks, Entry, HostSetup, NodeId, Setup, What, World};
use replscope::wire::printable;
use std::time::Duration;

fn run_until(world: &mut World, checks: &mut Checks, secs: u64) -> Vec<Entry> {
    let end = replscope::sim::EPOCH + Duration::from_secs(secs);
    let mut journal = vec![];
    while world.next_due() <= end {
        world.advance();
        let entries = world.take_journal();
        entries.iter().for_each(|entry| checks.observe(entry));
        journal.extend(entries);
    }
    world.wait_until(end);
    journal
}

#[test]
fn the_handshake_and_the_stream_have_redis_bytes() {
    let node = |name: &str, port| HostSetup {
        name: name.into(),
        config: Config { port, repl_diskless_sync: false, ..Config::default() },
    };
    let setup = Setup { seed: 7, hosts: vec![node("a", 6379), node("b", 6380)], ..Setup::default() };
    let mut world = World::new(&setup);
    let mut checks = Checks::default();
    let command = |text: &str| Action::Command {
        node: NodeId(if text.starts_with("REPLICAOF") { 1 } else { 0 }),
        args: text.split(' ').map(|word| word.as_bytes().into()).collect(),
    };
    world.act(&command("SET hits 1"));
    let mut journal = run_until(&mut world, &mut checks, 1);
    world.act(&command("REPLICAOF 127.0.0.1 6379"));
    journal.extend(run_until(&mut world, &mut checks, 4));
    world.act(&command("SET hits 2"));
    journal.extend(run_until(&mut world, &mut checks, 12));
    for entry in &journal {
        if let What::Sent(s) = &entry.what {
            println!(
                "{} {:?}->{:?} {:?} {}",
                entry.at.since(replscope::sim::EPOCH).as_millis(),
                s.from.0,
                s.to.0,
                s.cargo,
                printable(&s.bytes)
            );
        }
    }
    let [a, b] = [0, 1].map(|n| world.hosts()[n].node.as_ref().unwrap());
    println!("{}\n{}", a.info(world.now(), "replication"), b.info(world.now(), "replication"));
    assert_eq!(b.role(), Role::Replica);
    assert_eq!(a.offset(), b.offset());
    assert_eq!(Checks::settled(&world), []);
    assert_eq!(checks.violations(), []);
}
