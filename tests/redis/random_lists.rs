//! Random commands on lists, hashes and strings; and what a snapshot shows of their insides.
//!
//! Rule: a list is cut into the same nodes as by a real server, element for element, whatever was done to it and however
//! full its nodes may become; a packed hash has the same order.

use super::random_commands::{Family, compare, replicate};
use super::server::{Kind, Server};
use replscope::wire::rdb::{Item, Reader, Value};
use std::collections::BTreeMap;

const LISTS: Family = Family {
    templates: &[
        "LPUSH|RPUSH <list> <element> <element> <element>",
        "LPUSH|RPUSH <list> <element> <element> <element> <element> <element> <element>",
        "LPUSHX|RPUSHX <list> <element> <element>",
        "LPUSH|RPUSH <list> <element>",
        "LPOP|RPOP <list>",
        "LPOP|RPOP <list> <n>",
        "LRANGE <list> <n> <n>",
        "LRANGE <list> 0 -1",
        "LLEN <list>",
        "LINDEX <list> <n>",
        "LSET <list> <n> <element>",
        "LSET <list> <n> <element>",
        "LINSERT <list> BEFORE|AFTER|beside <element> <element>",
        "LINSERT <list> BEFORE|AFTER <element> <element>",
        "LINSERT <list> BEFORE|AFTER <element> <element>",
        "LREM <list> <n> <element>",
        "LTRIM <list> <n> <n>",
        "LTRIM <list> 1 -2",
        "LPOS <list> <element> RANK|COUNT|MAXLEN| <n>|",
        "LPOS <list> <element> RANK <n> COUNT <n> MAXLEN <n>",
        "RPOPLPUSH <list> <list>",
        "LMOVE <list> <list> LEFT|RIGHT|UP LEFT|RIGHT",
        "LMPOP <n> <list> <list> LEFT|RIGHT COUNT| ||<n>",
        "LMPOP 2 <list> <list> LEFT|RIGHT COUNT <n>",
        "COPY <list> <list> REPLACE|",
        "SORT <list> ALPHA LIMIT <n> <n> STORE| <list>|",
        "DEL <list>",
        "HSET <hash> <field> <text> <field> <text>",
        "HSET <hash> <field> <text>",
        "HMSET <hash> <field> <text> <field> <text> <field>|",
        "HSETNX <hash> <field> <text>",
        "HGET <hash> <field>",
        "HMGET <hash> <field> <field>",
        "HGETALL|HKEYS|HVALS|HLEN <hash>",
        "HDEL <hash> <field> <field>",
        "HDEL <hash> <field>",
        "HEXISTS|HSTRLEN <hash> <field>",
        "HINCRBY <hash> <field> <n>",
        "HINCRBYFLOAT <hash> <field> <score>",
        "DEL <hash>",
        "SET <string> <text> GET|NX|XX|KEEPTTL| GET|NX|XX|KEEPTTL|PXAT| 4102444800123|",
        "SETNX|GETSET|APPEND <string> <text>",
        "GET|GETDEL|STRLEN <string>",
        "GETEX <string> PXAT|EXAT|PERSIST| 4102444800|",
        "EXPIRETIME <string>",
        "MGET <string> <string>",
        "MSETNX <string> <text> <string> <text>",
        "MSETNX k7 <text> k8 <text>",
        "DEL k7 k8",
        "GETRANGE|SUBSTR <string> <n> <n>",
        "SETRANGE <string> <bit> <text>",
        "SETBIT <string> <bit> 0|1|2",
        "GETBIT <string> <bit>",
        "BITCOUNT <string> <n> <n> BIT|BYTE||x",
        "BITCOUNT <string>",
        "BITOP AND|OR|XOR|NOT <string> <string> <string>|",
        "BITPOS <string> 0|1 <n> <n>| BIT|BYTE|",
        "BITFIELD <string> OVERFLOW WRAP|SAT INCRBY u8|i8|i13|u1|i64 <bit> <n> SET u5|i64|i8 #3 <n> GET u8|i3 <bit>",
        "BITFIELD_RO <string> GET u8|i7 <bit>",
        "INCR|DECR <string>",
        "INCRBY|DECRBY <string> <n>",
        "INCRBYFLOAT <string> <score>",
    ],
    random_templates: &["HRANDFIELD <hash> <n> WITHVALUES|"],
    keys: &["l1", "l2", "l3", "h1", "h2", "h3", "k1", "k2", "k3", "k7"],
};

/// Lists that grow, and are cut and joined in their middle.
const NODES: Family = Family {
    templates: &[
        "LPUSH|RPUSH <list> <piece> <piece> <piece> <piece> <piece>",
        "LPUSH|RPUSH <list> <piece> <piece> <piece>",
        "LINSERT <list> BEFORE|AFTER <piece> <piece>",
        "LINSERT <list> BEFORE|AFTER <piece> <piece>",
        "LINSERT <list> BEFORE|AFTER <piece> <piece>",
        "LINSERT <list> BEFORE|AFTER <piece> <element>",
        "LSET <list> <bit> <piece>",
        "LREM <list> 1|-1 <piece>",
        "LTRIM <list> 1 -2",
        "LMOVE <list> <list> LEFT|RIGHT LEFT|RIGHT",
        "LPOP|RPOP <list>",
    ],
    random_templates: &[],
    keys: &["l1", "l2", "l3"],
};

/// Settings under which nodes are cut and listpacks become tables often.
fn settings(fill: &str) -> [(&str, &str); 6] {
    [
        ("list-max-listpack-size", fill),
        ("hash-max-listpack-entries", "6"),
        ("hash-max-listpack-value", "12"),
        ("repl-diskless-sync", "no"),
        ("repl-diskless-sync-delay", "0"),
        ("repl-ping-replica-period", "3600"),
    ]
}

/// The values in a snapshot; tables in the order of their bytes.
fn insides(server: &Server) -> BTreeMap<String, Value> {
    let mut replica = server.client();
    replica.send(b"SYNC\r\n");
    replica.read_through(b"$");
    let length = String::from_utf8(replica.read_through(b"\r\n")).expect("a length in digits");
    let rdb = replica.read_exactly(length.trim().parse().expect("the length of a snapshot"));
    let mut values = BTreeMap::new();
    for item in Reader::new(&rdb) {
        if let (_, Item::Entry { key, mut value, .. }) = item.expect("a snapshot can be read") {
            if let Value::Hash(pairs) = &mut value {
                pairs.sort();
            }
            values.insert(key.escape_ascii().to_string(), value);
        }
    }
    values
}

/// Do both kinds keep the same values in the same way?
fn assert_same_insides(servers: &[Server; 2], seed: u64) {
    let [real, model] = servers.each_ref().map(insides);
    for (key, real) in &real {
        assert_eq!(model.get(key), Some(real), "seed {seed}: {key}");
    }
    assert_eq!(model.len(), real.len(), "seed {seed}");
}

const FILLS: [&str; 6] = ["-2", "-1", "40", "1", "0", "99999"];

#[test]
fn random_commands_on_lists_and_hashes_do_what_redis_does() {
    for (seed, fill) in (200..).zip(FILLS) {
        let servers = [Kind::Redis, Kind::Model].map(|kind| Server::start(kind, &settings(fill)));
        compare(&servers, &LISTS, seed, 3000);
        assert_same_insides(&servers, seed);
    }
}

#[test]
fn random_lists_are_cut_into_nodes_as_redis_cuts_them() {
    for (seed, fill) in (400..).step_by(10).zip(FILLS) {
        let servers = [Kind::Redis, Kind::Model].map(|kind| Server::start(kind, &settings(fill)));
        for round in 0..4 {
            // In the last round, some elements are too large to be packed.
            let plain_min = if round == 3 { "600" } else { "0" };
            servers
                .iter()
                .for_each(|server| server.client().ok(&format!("DEBUG QUICKLIST-PACKED-THRESHOLD {plain_min}")));
            compare(&servers, &NODES, seed + round, 1000);
            assert_same_insides(&servers, seed + round);
        }
    }
}

#[test]
fn random_commands_on_lists_and_hashes_reach_replicas_whole() {
    replicate(&settings("-1"), &LISTS, 300);
}
