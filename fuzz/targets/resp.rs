//! Requests and replies as they come over a connection.
//!
//! Holds: pieces do not matter; what was read, written again, is read as the same; nothing is kept but what was not read;
//! the bytes are explained to the last one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use replscope::wire::{
    ProtocolError, Reply, ReplyDecoder, ReplyError, Request, RequestDecoder, Span, Stream, anatomy, encode_command,
};
use replscope_fuzz::cuts;

fuzz_target!(|data: &[u8]| {
    let Some((seed, bytes)) = data.split_first_chunk() else { return };
    let seed = u64::from(u16::from_le_bytes(*seed));

    let whole = requests(&[bytes]);
    assert_eq!(whole, requests(&cuts(seed, bytes)));
    for request in &whole.0 {
        let args: Vec<&[u8]> = request.args.iter().map(|arg| &arg.bytes[..]).collect();
        if !args.is_empty() {
            let again = requests(&[&encode_command(&args)]);
            let [request] = &again.0[..] else { panic!("one request became {again:?}") };
            assert!(request.args.iter().map(|arg| &arg.bytes[..]).eq(args), "{again:?}");
        }
    }

    let whole = replies(&[bytes]);
    assert_eq!(whole, replies(&cuts(seed, bytes)));
    for (reply, _) in &whole.0 {
        let mut again = vec![];
        reply.encode(&mut again);
        let again = replies(&[&again]);
        assert!(matches!(&again.0[..], [(same, _)] if same == reply), "{reply:?} became {again:?}");
    }

    for stream in [Stream::Command, Stream::Reply, Stream::Preamble] {
        let mut at = 0;
        for field in anatomy(bytes, stream) {
            assert_eq!(field.span.start, at);
            at = field.span.end;
        }
        assert_eq!(at, bytes.len() as u64);
    }
});

fn requests(pieces: &[&[u8]]) -> (Vec<Request>, Option<ProtocolError>, u64) {
    let mut decoder = RequestDecoder::default();
    let (mut read, mut given) = (vec![], 0);
    for piece in pieces {
        decoder.push(piece);
        given += piece.len();
        loop {
            match decoder.next() {
                Ok(Some(request)) => read.push(request),
                Ok(None) => break,
                Err(error) => return (read, Some(error), 0),
            }
        }
        assert_eq!(decoder.position() + decoder.buffered() as u64, given as u64);
    }
    (read, None, decoder.position())
}

fn replies(pieces: &[&[u8]]) -> (Vec<(Reply, Span)>, Option<ReplyError>, u64) {
    let mut decoder = ReplyDecoder::default();
    let (mut read, mut given) = (vec![], 0);
    for piece in pieces {
        decoder.push(piece);
        given += piece.len();
        loop {
            match decoder.next() {
                Ok(Some(reply)) => read.push(reply),
                Ok(None) => break,
                Err(error) => return (read, Some(error), 0),
            }
        }
        assert_eq!(decoder.position() + decoder.buffered() as u64, given as u64);
    }
    (read, None, decoder.position())
}
