//! A node that is called by clients and replicas which say anything.
//!
//! Holds: it stops for nothing; the pieces in which it is told something change neither what it keeps nor what it answers,
//! but for what Redis treats so, because an answer is pending: a PSYNC behind a command in one piece is refused, and
//! before a POST in one piece no answer leaves.

#![no_main]

use libfuzzer_sys::fuzz_target;
use replscope::node::Config;
use replscope_fuzz::{Rig, ops};

const PENDING: &[u8] = b"-ERR SYNC and PSYNC are invalid with pending output";

fuzz_target!(|data: &[u8]| {
    let Some(([flags, seed], script)) = data.split_first_chunk() else { return };
    let ops = ops(script);
    let config = Config {
        repl_diskless_sync: flags & 1 != 0,
        repl_diskless_sync_delay_secs: u64::from(flags >> 1 & 1),
        repl_backlog_size: if flags & 4 != 0 { 1 << 20 } else { 100 },
        ..Config::default()
    };
    let (mut whole, mut pieces) = (Rig::new(config.clone()), Rig::new(config));
    whole.run(&ops, None);
    pieces.run(&ops, Some(u64::from(*seed)));
    whole.ask(b"PING\r\n");
    if whole.heard(PENDING) || pieces.heard(PENDING) || names(script, b"post") || names(script, b"host:") {
        return;
    }
    pieces.ask(b"PING\r\n");
    whole.assert_equals(&pieces);
});

fn names(script: &[u8], word: &[u8]) -> bool {
    script.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}
