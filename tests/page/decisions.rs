//! Every rule that a node applies, opened: a run in which it is applied, and the panel with the numbers of that run.

use expect_test::{Expect, expect};
use replscope::scene::panel::{Condition, DecisionPanel, Outcome};
use replscope::scene::{Focus, Ledger, Room, compose};
use replscope::story::{Lesson, Telling};
use std::fmt::Write;

const ROOM: Room = Room { width: 1044.0, height: 730.0, tape: true, framed: false };

/// Two nodes, or three, that have found each other.
const TWO: &str = "node a 6379\nnode b 6380 replicaof a\nlatency 2ms\nconfig * repl-diskless-sync no\n";
const THREE: &str =
    "node a 6379\nnode b 6380 replicaof a\nnode c 6381 replicaof a\nlatency 2ms\nconfig * repl-diskless-sync no\n";

/// The panels of a run whose Redis function is `mirrored`, in words.
fn panels(lesson: &str, mirrored: &str) -> String {
    let text = format!("title x\nsummary x\nseed 7\n{lesson}");
    let lesson = Lesson::parse("00-x.txt", &text).unwrap_or_else(|error| panic!("{error}"));
    let mut ledger = Ledger::default();
    let mut telling = Telling::watch(lesson, |entries, world| ledger.note(entries, world));
    let mut said = String::new();
    for (n, decided) in ledger.decisions().iter().enumerate() {
        let frame = telling.timeline.frame(decided.at);
        assert_eq!(frame.at, decided.at, "a decision is a step");
        let focus = Focus { decision: Some(n), ..Focus::default() };
        let scene = compose(&frame, &ledger, telling.timeline.start(), &focus, &ROOM);
        assert_eq!(scene.turns.place, format!("decision {} of {}", n + 1, ledger.decisions().len()));
        let page = scene.decision.expect("a decision is shown");
        assert_eq!(page.when, None);
        if page.panel.mirrors.starts_with(mirrored) {
            write_panel(&mut said, &page.panel);
        }
    }
    said
}

fn write_panel(out: &mut String, panel: &DecisionPanel) {
    let line = |c: &Condition| {
        let sign = match c.outcome {
            Outcome::Yes => '✓',
            Outcome::No => '✗',
            Outcome::NotReached => '–',
        };
        format!("{sign} {} | {}", c.text, c.numbers)
    };
    writeln!(out, "{}", panel.question).unwrap();
    panel.conditions.iter().for_each(|c| writeln!(out, "  {}", line(c)).unwrap());
    panel.each.iter().for_each(|c| writeln!(out, "    {}", line(c)).unwrap());
    writeln!(out, "  = {:?}: {} {}", panel.tone, panel.answer, panel.then).unwrap();
}

fn check(lesson: &str, mirrored: &str, expected: Expect) {
    let said = panels(lesson, mirrored);
    assert!(!said.is_empty(), "nothing was decided by {mirrored}");
    expected.assert_eq(&said);
}

#[test]
fn a_block_is_trimmed() {
    let lesson =
        format!("{TWO}scale snapshot 20ms backlog 96 block 32\nload a 10 keys 1 size 1 from 2s to 2.6s\nend 3s\n");
    check(
        &lesson,
        "incrementalTrim",
        expect![[r#"
        May the oldest block leave the backlog of node-a?
          ✓ the backlog holds more than its size | 147 > 96 is true
          ✓ the oldest block is not the only one | 5 > 1 is true
          ✓ no replica still reads it | refcount 1, the backlog's own
          ✓ without it more than the size is left | 147 − 32 > 96 is true
          = Good: trimmed bytes 1 – 32 can no longer be asked for
        May the oldest block leave the backlog of node-a?
          ✓ the backlog holds more than its size | 146 > 96 is true
          ✓ the oldest block is not the only one | 5 > 1 is true
          ✓ no replica still reads it | refcount 1, the backlog's own
          ✓ without it more than the size is left | 146 − 32 > 96 is true
          = Good: trimmed bytes 33 – 64 can no longer be asked for
        May the oldest block leave the backlog of node-a?
          ✓ the backlog holds more than its size | 145 > 96 is true
          ✓ the oldest block is not the only one | 5 > 1 is true
          ✓ no replica still reads it | refcount 1, the backlog's own
          ✓ without it more than the size is left | 145 − 32 > 96 is true
          = Good: trimmed bytes 65 – 96 can no longer be asked for
    "#]],
    );
}

#[test]
fn a_block_is_kept_for_a_replica_that_waits_for_its_snapshot() {
    let lesson =
        format!("{TWO}scale snapshot 2s backlog 64 block 32\nload a 8 keys 1 size 1 from 1.2s to 2s\nend 5s\n");
    check(
        &lesson,
        "incrementalTrim",
        expect![[r#"
        May the oldest block leave the backlog of node-a?
          ✓ the backlog holds more than its size | 116 > 64 is true
          ✓ the oldest block is not the only one | 4 > 1 is true
          ✗ no replica still reads it | refcount 2, the backlog's own and node-b
          – without it more than the size is left | 116 − 32 > 64
          = Waits: kept bytes 1 – 32 stay for node-b: the backlog is 52 B over its size
        May the oldest block leave the backlog of node-a?
          ✓ the backlog holds more than its size | 240 > 64 is true
          ✓ the oldest block is not the only one | 8 > 1 is true
          ✓ no replica still reads it | refcount 1, the backlog's own
          ✓ without it more than the size is left | 240 − 32 > 64 is true
          = Good: trimmed and 4 blocks behind it for the same reasons
    "#]],
    );
}

#[test]
fn a_snapshot_is_shared_or_waited_for() {
    let shared = format!("{THREE}scale snapshot 3s\nat 0s cut a c\nat 0.3s heal a c\nend 8s\n");
    check(
        &shared,
        "syncCommand",
        expect![[r#"
        Which snapshot does node-b get from node-a?
          ✗ a BGSAVE is under way | no
          ✗ a diskless one may be waited for, so that others can share it | repl-diskless-sync no, capa eof psync2, delay 5 s
          = Full: BGSAVE is started now
        Which snapshot does node-c get from node-a?
          ✓ a BGSAVE is under way | for the dataset at 0
          ✓ it writes to disk | repl-diskless-sync no
          ✓ another replica waits for it, and gathers what is written since | wait_bgsave_end: node-b
          ✓ node-c understands all that the other does | eof psync2 ⊇ eof psync2
          = Good: shared +FULLRESYNC with offset 0, and what was written since
    "#]],
    );
    let diskless = shared.replace("repl-diskless-sync no", "repl-diskless-sync-delay 0");
    check(
        &diskless,
        "syncCommand",
        expect![[r#"
            Which snapshot does node-b get from node-a?
              ✗ a BGSAVE is under way | no
              ✗ a diskless one may be waited for, so that others can share it | repl-diskless-sync yes, capa eof psync2, delay 0 s
              = Full: BGSAVE is started now
            Which snapshot does node-c get from node-a?
              ✓ a BGSAVE is under way | for the dataset at 0
              ✗ it writes to disk | it writes to sockets
              – another replica waits for it, and gathers what is written since | 
              – node-c understands all that the other does | eof psync2
              = Waits: waits for the BGSAVE after this one
        "#]],
    );
    let delayed = shared.replace("repl-diskless-sync no", "repl-diskless-sync-delay 2");
    check(
        &delayed,
        "syncCommand",
        expect![[r#"
        Which snapshot does node-b get from node-a?
          ✗ a BGSAVE is under way | no
          ✓ a diskless one may be waited for, so that others can share it | repl-diskless-sync yes, capa eof psync2, delay 2 s
          = Waits: waits the cron starts a BGSAVE after 2 seconds
        Which snapshot does node-c get from node-a?
          ✗ a BGSAVE is under way | no
          ✓ a diskless one may be waited for, so that others can share it | repl-diskless-sync yes, capa eof psync2, delay 2 s
          = Waits: waits the cron starts a BGSAVE after 2 seconds
    "#]],
    );
}

#[test]
fn a_replica_is_online() {
    let lesson = format!("{TWO}scale snapshot 500ms\nat 0s a> SET k v\nat 0.2s a> SET k w\nend 4s\n");
    check(
        &lesson,
        "sendBulkToSlave",
        expect![[r#"
        Is node-b online?
          ✓ the last byte of the snapshot has left | 182 = 182 is true
          ✓ its length was said, so the stream can follow at once | $182
          = Good: online and the stream follows: 50 B wait behind it
    "#]],
    );
    let diskless = lesson.replace("repl-diskless-sync no", "repl-diskless-sync-delay 0");
    check(
        &diskless,
        "updateSlavesWaitingBgsave",
        expect![[r#"
        Is node-b online?
          ✓ the last byte of the snapshot has left | 182 = 182 is true
          ✗ its length was said, so the stream can follow at once | $EOF:… : its end is a mark
          = Waits: online but the stream waits for its first REPLCONF ACK: 50 B wait behind it
    "#]],
    );
    check(
        &diskless,
        "replicaStartCommandStream",
        expect![[r#"
        May the stream go to node-b?
          ✓ it is online after a diskless snapshot | repl_start_cmd_stream_on_ack is 1
          ✓ its first acknowledgement came: it has found the end | REPLCONF ACK 0
          = Good: yes 50 B that were held back go first
    "#]],
    );
}

#[test]
fn a_promotion_shifts_the_id() {
    let lesson = format!("{TWO}at 2s a> SET k v\nat 3s b> REPLICAOF NO ONE\nend 4s\n");
    check(
        &lesson,
        "shiftReplicationId",
        expect![[r#"
        Up to which byte does node-b answer to its old id?
          ✓ the id so far becomes the second one | master_replid2 = dada…0b0f
          ✓ it is answered up to the next byte | second_repl_offset = 50 + 1 = 51
          ✓ what is written from here on has a new id | master_replid = 17a1…586c
          = Good: second_repl_offset 51 who asks with dada…0b0f for byte 51 or an earlier one may continue
    "#]],
    );
}

#[test]
fn a_key_expires_or_is_hidden() {
    let lesson = format!(
        "{TWO}at 2s a> SET k v PX 150\nat 2.05s a> CLIENT PAUSE 500 WRITE\nat 2.17s b> GET k\nat 2.3s a> GET k\n\
         at 2.57s a> GET k\nend 4s\n"
    );
    check(
        &lesson,
        "expireIfNeeded",
        expect![[r#"
        What does node-b do with k?
          ✓ its time has passed | 1767225602170 > 1767225602150 is true
          ✓ who looks is not the master | GET, not from the master
          ✗ this node may delete it | replica: it waits for its master's DEL
          – clients are not paused | no pause
          = Waits: hidden GET finds nothing, and the key stays in memory
        What does node-a do with k?
          ✓ its time has passed | 1767225602300 > 1767225602150 is true
          ✓ who looks is not the master | GET, not from the master
          ✓ this node may delete it | master: it says DEL or UNLINK to all
          ✗ clients are not paused | paused: the dataset stands still
          = Waits: hidden GET finds nothing, and the key stays in memory
        What does node-b do with k?
          ✓ its time has passed | 1767225602552 > 1767225602150 is true
          ✗ who looks is not the master | DEL, from the master
          – this node may delete it | replica: it waits for its master's DEL
          – clients are not paused | no pause
          = Good: seen as if its time had not passed: the master's order counts
    "#]],
    );
    check(
        &format!("{TWO}at 2s a> SET k v PX 100\nend 3s\n"),
        "activeExpireCycle",
        expect![[r#"
        What does node-a do with k?
          ✓ its time has passed | 1767225602200 > 1767225602100 is true
          ✓ who looks is not the master | the cycle that looks for expired keys, not from the master
          ✓ this node may delete it | master: it says DEL or UNLINK to all
          ✓ clients are not paused | no pause
          = Good: deleted and a deletion goes into the stream
    "#]],
    );
}

#[test]
fn wait_counts() {
    let lesson = format!(
        "{THREE}at 2.2s a> SET k v\nat 2.2s a> WAIT 2 0\nat 2.6s cut a c\nat 2.7s a> SET k w\nat 2.7s a> WAIT 2 200\n\
         end 4s\n"
    );
    check(
        &lesson,
        "waitCommand",
        expect![[r#"
        Have 2 replicas everything up to byte 50?
          ✗ enough replicas have acknowledged it | 0 ≥ 2 is false
          ✗ it runs inside EXEC, which does not wait | no
          ✗ its time is over | no
            ✗ node-b | online, acknowledged 0 ≥ 50
            ✗ node-c | online, acknowledged 0 ≥ 50
          = Waits: waits and all replicas are asked with REPLCONF GETACK
        Have 2 replicas everything up to byte 50?
          ✓ enough replicas have acknowledged it | 2 ≥ 2 is true
          – it runs inside EXEC, which does not wait | no
          – its time is over | no
            ✓ node-b | online, acknowledged 50 ≥ 50
            ✓ node-c | online, acknowledged 50 ≥ 50
          = Good: :2 it is on that many replicas, and may still be lost with all of them
        Have 2 replicas everything up to byte 114?
          ✗ enough replicas have acknowledged it | 0 ≥ 2 is false
          ✗ it runs inside EXEC, which does not wait | no
          ✗ its time is over | no
            ✗ node-b | online, acknowledged 50 ≥ 114
          = Waits: waits and all replicas are asked with REPLCONF GETACK
        Have 2 replicas everything up to byte 114?
          ✗ enough replicas have acknowledged it | 1 ≥ 2 is false
          ✗ it runs inside EXEC, which does not wait | no
          ✓ its time is over | yes
            ✓ node-b | online, acknowledged 114 ≥ 114
          = Bad: :1 that many have it; the write stays, nothing is undone
    "#]],
    );
}

#[test]
fn a_write_wants_good_replicas() {
    let lesson = format!(
        "{TWO}config a min-replicas-to-write 1\nconfig a min-replicas-max-lag 2\nat 0.1s a> SET k v\nat 2s blackhole a b\n\
         at 6s a> SET k w\nend 7s\n"
    );
    check(
        &lesson,
        "checkGoodReplicasStatus",
        expect![[r#"
        May a client write to node-a?
          ✓ SET writes, and this node is a master | min-replicas-to-write 1, min-replicas-max-lag 2
          ✗ enough good replicas, as counted last | 0 ≥ 1 is false
            ✗ node-b | online, silent for 5 s ≤ 2 s
          = Bad: -NOREPLICAS SET is not run; replicas are counted once a second
    "#]],
    );
}

#[test]
fn a_replica_without_its_master_reads_and_writes() {
    let lesson = format!("{TWO}at 2s cut a b\nat 2.5s b> GET k\nat 2.6s b> SET k v\nend 3s\n");
    check(
        &lesson,
        "processCommand",
        expect![[r#"
        May node-b answer GET?
          ✗ the link to the master stands | it is in CONNECT
          ✓ old data may be served | replica-serve-stale-data yes
          – GET needs no data | it does not have the flag stale
          = Good: served with what it has, however old
        May node-b run SET?
          ✓ this node is a replica | role:slave
          ✓ it takes no writes | replica-read-only yes
          ✓ the client is not its master | an ordinary client
          ✓ SET writes | it has the flag write
          = Bad: -READONLY only its master may change what it holds
    "#]],
    );
    let strict = format!("{lesson}config b replica-serve-stale-data no\n");
    check(
        &strict,
        "processCommand",
        expect![[r#"
        May node-b answer GET?
          ✗ the link to the master stands | it is in CONNECT
          ✗ old data may be served | replica-serve-stale-data no
          ✗ GET needs no data | it does not have the flag stale
          = Bad: -MASTERDOWN until the link stands again
        May node-b run SET?
          ✓ this node is a replica | role:slave
          ✓ it takes no writes | replica-read-only yes
          ✓ the client is not its master | an ordinary client
          ✓ SET writes | it has the flag write
          = Bad: -READONLY only its master may change what it holds
    "#]],
    );
}

#[test]
fn a_failover_goes_through_its_states() {
    let lesson = format!("{THREE}at 2s a> SET k v\nat 3.5s a> FAILOVER\nend 5s\n");
    check(
        &lesson,
        "failoverCommand",
        expect![[r#"
        May node-a hand over?
          ✓ no failover is under way, and this node is a master | no-failover
          ✓ it has replicas | 2 > 0 is true
          ✓ the named one is online | none is named
            ✓ node-b | online, acknowledged 50 = 50
            ✓ node-c | online, acknowledged 50 = 50
          = Waits: waiting-for-sync nobody may write until a replica has byte 50, no TIMEOUT
    "#]],
    );
    check(
        &lesson,
        "updateFailoverStatus",
        expect![[r#"
        May node-b take over?
          ✗ its time is over | no TIMEOUT
          ✓ node-b has everything | acknowledged = 50 is true
            ✓ node-b | online, acknowledged 50 = 50
            ✓ node-c | online, acknowledged 50 = 50
          = Good: failover-in-progress PSYNC … FAILOVER goes to node-b, and this node becomes its replica
    "#]],
    );
    check(
        &lesson,
        "clearFailoverState",
        expect![[r#"
        Has node-b taken over?
          ✓ node-b accepts PSYNC … FAILOVER | it answered as a master
          = Good: no-failover node-b is the master now, and writes go on there
    "#]],
    );
    let aborted = format!("{TWO}at 2s blackhole a b\nat 2.1s a> SET k v\nat 2.2s a> FAILOVER TIMEOUT 1000\nend 5s\n");
    check(
        &aborted,
        "abortFailover",
        expect![[r#"
        May a replica take over?
          ✓ its time is over | TIMEOUT has passed
          ✗ it was told to go on all the same | no FORCE
            ✗ node-b | online, acknowledged 0 = 50
          = Bad: no-failover everything is as it was: Replica never caught up before timeout
    "#]],
    );
}

#[test]
fn a_replica_holds_back_too_much() {
    let lesson = format!(
        "{TWO}scale snapshot 20ms backlog 512 block 128 buffer 64\nconfig a client-output-buffer-limit \"replica 2kb 1kb 2\"\n\
         at 2s blackhole a b\nload a 10 keys 1 size 10 from 2.1s to 8s\nend 9s\n"
    );
    check(
        &lesson,
        "checkClientOutputBufferLimits",
        expect![[r#"
        May node-b hold back 1,152 B of output?
          ✓ it holds back less than the hard limit | 1152 < 2048 is true
          ✗ and less than the soft limit | 1152 < 1024 is false
          ✓ or more, but not for too long | 0 s ≤ 2 s is true
          = Waits: kept for now if it stays above 1,024 B for 2 seconds, it is closed
        May node-b hold back 2,112 B of output?
          ✗ it holds back less than the hard limit | 2112 < 2048 is false
          – and less than the soft limit | 2112 < 1024
          – or more, but not for too long | 2 s ≤ 2 s
          = Bad: closed node-b has to come back and ask to continue
    "#]],
    );
}

#[test]
fn a_silence_is_too_long() {
    let lesson = format!("{TWO}config * repl-timeout 5\nat 2s blackhole a b\nend 10s\n");
    check(
        &lesson,
        "replicationCron",
        expect![[r#"
        Has node-b heard of node-a lately?
          ✓ the link to node-a: follows the stream | CONNECTED
          ✗ something came within repl-timeout | 6 s ≤ 5 s is false
          = Bad: closed it keeps id and offset, and calls again
        Has node-a heard of node-b lately?
          ✓ node-b is online and acknowledges once a second | online
          ✗ something came within repl-timeout | 6 s ≤ 5 s is false
          = Bad: closed node-b is no longer one of its replicas
    "#]],
    );
}
