//! INFO and CONFIG beside a real server: every field and every setting, in the same order, under the same names.

use super::client::Client;
use super::server::{Kind, Server, free_port, new_dir, signal};
use super::wait::{until, until_equal};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn both(options: &[(&str, &str)]) -> [Server; 2] {
    [Kind::Redis, Kind::Model].map(|kind| Server::start(kind, options))
}

/// Headers and names of fields, in order; of fields that are named after a command or an error, the first part.
fn names(text: &str) -> Vec<String> {
    text.lines().map(|line| line.split(':').next().unwrap_or_default().to_string()).collect()
}

#[test]
fn info_has_every_field_in_redis_order() {
    let servers = both(&[("repl-diskless-sync-delay", "0")]);
    let requests = [
        "",
        "default",
        "all",
        "everything",
        "server clients",
        "STATS",
        "nosuch",
        "cpu nosuch keyspace",
        "commandstats",
    ];
    for request in requests {
        let [real, model] = servers.each_ref().map(|server| {
            let mut client = server.client();
            client.ok("CONFIG RESETSTAT");
            client.ok("SET k v");
            let text = client.text(format!("INFO {request}").trim_end());
            // How long commands took is not measured.
            let mut names = names(&text);
            names.retain(|name| !name.starts_with("latency_percentiles"));
            // Commands come in the order of a hash table.
            let is_command = |name: &String| name.starts_with("cmdstat_");
            if let Some(first) = names.iter().position(is_command) {
                let commands = names.iter().filter(|name| is_command(name)).count();
                names[first..first + commands].sort();
            }
            names
        });
        assert_eq!(real, model, "INFO {request}");
    }
}

/// What is counted is counted alike.
#[test]
fn info_counts_as_redis_does() {
    let servers = both(&[("repl-diskless-sync-delay", "0")]);
    let lines = [
        "SET a 1",
        "GET a",
        "GET b",
        "MGET a b c",
        "EXISTS a b",
        "TTL b",
        "INCR a",
        "LPUSH a 1",
        "NOSUCH",
        "GET",
        "SET a 1 EX 0",
        "MULTI",
        "INCR a",
        "LPUSH a 1",
        "EXEC",
        "MULTI",
        "NOSUCH",
        "EXEC",
        "FLUSHALL",
        "SET a 1",
        "SET b 2",
        "FLUSHDB",
        "FLUSHALL",
    ];
    let fields = [
        "total_commands_processed",
        "keyspace_hits",
        "keyspace_misses",
        "total_error_replies",
        "errorstat_ERR",
        "errorstat_WRONGTYPE",
        "errorstat_EXECABORT",
        "cmdstat_set",
        "cmdstat_get",
        "cmdstat_lpush",
        "cmdstat_incr",
        "cmdstat_exec",
        "rdb_changes_since_last_save",
        "expired_keys",
        "total_forks",
        "rdb_saves",
        "sync_full",
        "number_of_cached_scripts",
    ];
    let counted = servers.each_ref().map(|server| {
        let mut client = server.client();
        client.ok("CONFIG RESETSTAT");
        for line in lines {
            client.line(line);
        }
        counts(&client.text("INFO everything"), &fields)
    });
    let [real, model] = &counted;
    assert_eq!(real, model);
}

fn counts(text: &str, fields: &[&str]) -> BTreeMap<String, String> {
    let found = text.lines().filter_map(|line| line.split_once(':')).filter(|(name, _)| fields.contains(name));
    // Times are not counted.
    let counted = |value: &str| value.split(',').filter(|part| !part.starts_with("usec")).collect::<Vec<_>>().join(",");
    found.map(|(name, value)| (name.to_string(), counted(value))).collect()
}

#[test]
fn config_get_knows_every_setting_with_its_default() {
    let servers = both(&[]);
    let settings = servers.each_ref().map(|server| {
        let reply = server.client().line("CONFIG GET *");
        let text = String::from_utf8_lossy(&reply).into_owned();
        let words: Vec<&str> = text.split("\r\n").skip(1).filter(|word| !word.starts_with('$')).collect();
        let own = |name: &str| matches!(name, "port" | "dir" | "bind");
        let pairs = words.chunks_exact(2).map(|pair| (pair[0].to_string(), pair[1].to_string()));
        pairs.filter(|(name, _)| !own(name)).collect::<BTreeMap<_, _>>()
    });
    let [real, model] = &settings;
    assert!(real.len() > 150, "{real:?}");
    assert_eq!(real, model);
}

fn started(kind: Kind, conf: &Path, port: u16) -> (Child, Client) {
    let mut command = match kind {
        Kind::Redis => Command::new("redis-server"),
        Kind::Model => Command::new(env!("CARGO_BIN_EXE_replscope")),
    };
    if kind == Kind::Model {
        command.arg("node");
    }
    let child = command.arg(conf).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    (child.expect("it runs"), until("it listens", || Client::connect(port).ok()))
}

/// CONFIG REWRITE: what was set, the master and users among it, is there again after a restart; comments stay.
#[test]
fn a_rewritten_file_brings_the_same_settings_back() {
    let told = [Kind::Redis, Kind::Model].map(|kind| {
        let (port, dir) = (free_port(), new_dir());
        let conf = dir.join("redis.conf");
        let text = format!("# mine\nport {port}\ndir {}\nrepl-timeout 7\nslave-priority 3\nsave 60 1\n", dir.display());
        fs::write(&conf, text).expect("the file can be written");
        let (mut child, mut client) = started(kind, &conf, port);
        for line in [
            "CONFIG SET repl-timeout 9 masterauth \"a b\\\"c\" replica-priority 100 save \"\" repl-backlog-size 2mb",
            "ACL SETUSER ada on >pw ~* +get",
            "REPLICAOF 127.0.0.1 1",
            "CONFIG REWRITE",
        ] {
            assert_eq!(client.line(line), b"+OK\r\n", "{kind:?}: {line}");
        }
        signal(&child, "KILL");
        child.wait().expect("it ends");
        let kept = fs::read_to_string(&conf).expect("the file is there");
        assert!(kept.starts_with("# mine\n"), "{kept}");
        let (mut child, mut client) = started(kind, &conf, port);
        let names = ["repl-timeout", "masterauth", "replica-priority", "save", "repl-backlog-size", "replicaof"];
        let mut said: Vec<Vec<u8>> = names.map(|name| client.line(&format!("CONFIG GET {name}"))).to_vec();
        said.push(client.line("ACL LIST"));
        signal(&child, "KILL");
        child.wait().expect("it ends");
        fs::remove_dir_all(dir).expect("nothing was left open");
        said
    });
    assert_eq!(told[0], told[1]);
}

/// Clients that want only a snapshot, as `redis-cli --rdb` and `--functions-rdb` do, get one that a server can load.
#[test]
fn redis_cli_fetches_a_snapshot_with_and_without_keys() {
    for server in both(&[("repl-diskless-sync-delay", "0")]) {
        server.client().ok("SET k v");
        for (option, keys) in [("--rdb", "1"), ("--functions-rdb", "0")] {
            let dir = new_dir();
            let file = dir.join("dump.rdb");
            let mut command = Command::new("redis-cli");
            command.args(["-p", &server.port.to_string(), option]).arg(&file);
            let output = command.output().expect("redis-cli comes with redis-server");
            assert!(output.status.success(), "{:?} {option}: {output:?}", server.kind);
            let copy = Server::start_in(Kind::Redis, dir, &[]);
            assert_eq!(copy.client().text("DBSIZE"), keys, "{:?} {option}", server.kind);
        }
        until("they are gone again", || (server.count("connected_slaves") == 0).then_some(()));
    }
}

/// A replica of a master without a checksum in its snapshots.
#[test]
fn a_snapshot_without_a_checksum_is_taken() {
    for kinds in [[Kind::Redis, Kind::Model], [Kind::Model, Kind::Redis]] {
        let [master, replica] = kinds;
        let master = Server::start(master, &[("rdbchecksum", "no"), ("repl-diskless-sync", "no")]);
        master.client().ok("SET k v");
        let replica = Server::start(replica, &[("replicaof", &master.address())]);
        until_equal(&master, &replica);
    }
}
