//! A node that calls a master which says anything, and is asked by clients meanwhile.
//!
//! Holds: it stops for nothing; unless a snapshot ends by a mark, which ends what has come, the pieces in which it is told
//! something change neither what it keeps nor what it answers.

#![no_main]

use libfuzzer_sys::fuzz_target;
use replscope::node::{Addr, Config};
use replscope_fuzz::{Op, Rig, ops};
use std::time::Duration;

fuzz_target!(|data: &[u8]| {
    let Some(([seed], script)) = data.split_first_chunk() else { return };
    let ops = ops(script);
    let config = Config { replicaof: Some(Addr { host: "127.0.0.1".into(), port: 6380 }), ..Config::default() };
    let (mut whole, mut pieces) = (Rig::new(config.clone()), Rig::new(config));
    for rig in [&mut whole, &mut pieces] {
        rig.wait(Duration::from_secs(1));
    }
    whole.run(&ops, None);
    pieces.run(&ops, Some(u64::from(*seed)));
    for rig in [&mut whole, &mut pieces] {
        rig.ask(b"PING\r\n");
    }
    let marked = |op: &Op| matches!(op, Op::Says { bytes, .. } if bytes.windows(5).any(|window| window == b"$EOF:"));
    if !ops.iter().any(marked) {
        whole.assert_equals(&pieces);
    }
});
