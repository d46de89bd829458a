//! Recordings of links.
//!
//! Holds: pieces do not matter to what is wrong with a file; whatever can be opened is rebuilt to its end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use replscope::story::recording::{Opening, Rebuilding, RecordingError};
use replscope_fuzz::cuts;

/// Steps of rebuilding; more than a file of this length can ask for.
const STEPS_MAX: u32 = 1_000_000;

fuzz_target!(|data: &[u8]| {
    let Some((seed, bytes)) = data.split_first_chunk() else { return };
    let whole = open(&[bytes]);
    let pieces = open(&cuts(u64::from(u16::from_le_bytes(*seed)), bytes));
    assert_eq!(whole.as_ref().err(), pieces.as_ref().err());
    let (Ok(whole), Ok(pieces)) = (whole, pieces) else { return };
    assert_eq!(rebuild(whole), rebuild(pieces));
});

fn open(pieces: &[&[u8]]) -> Result<Rebuilding, RecordingError> {
    let mut opening = Opening::default();
    pieces.iter().for_each(|piece| opening.push(piece));
    opening.end("fuzzed.jsonl")
}

fn rebuild(mut rebuilding: Rebuilding) -> String {
    let mut steps = 0;
    while !rebuilding.advance(100, |_, _| {}) {
        steps += 1;
        assert!(steps < STEPS_MAX, "it does not come to its end");
    }
    assert!((0.0..=1.0).contains(&rebuilding.progress()));
    rebuilding.finish().1.summary()
}
