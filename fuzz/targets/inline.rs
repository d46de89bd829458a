//! Commands as lines of text, and the words that are quoted for them.
//!
//! Holds: any words, quoted and put on a line, are read as themselves; of any line, whatever its pieces, what was read,
//! quoted again, is read as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use replscope::wire::{Bytes, RequestDecoder, quoted};
use replscope_fuzz::cuts;

fuzz_target!(|data: &[u8]| {
    let Some((seed, bytes)) = data.split_first_chunk() else { return };
    let seed = u64::from(u16::from_le_bytes(*seed));

    let words: Vec<Bytes> = bytes.split(|byte| *byte == 0xA5).map(Bytes::from).collect();
    assert_eq!(read(&[&line(&words)]), [words]);

    let bytes: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'*').collect();
    let lines = read(&[&bytes]);
    assert_eq!(lines, read(&cuts(seed, &bytes)));
    for words in lines.iter().filter(|words| !words.is_empty()) {
        assert_eq!(read(&[&line(words)]), std::slice::from_ref(words));
    }
});

fn line(words: &[Bytes]) -> Vec<u8> {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    (words.join(" ") + "\r\n").into_bytes()
}

/// The words of each line; a line that is refused ends them.
fn read(pieces: &[&[u8]]) -> Vec<Vec<Bytes>> {
    let mut decoder = RequestDecoder::default();
    let mut lines = vec![];
    for piece in pieces {
        decoder.push(piece);
        while let Ok(Some(request)) = decoder.next() {
            lines.push(request.args.into_iter().map(|arg| arg.bytes).collect());
        }
    }
    lines
}
