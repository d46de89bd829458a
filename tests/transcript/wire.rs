//! One direction of a replication link, cut into lines: a line of the handshake, an item of the snapshot, or a command.

use super::snapshot;
use replscope::wire::{Preamble, PsyncReply, Request, RequestDecoder, printable};

/// A piece of what was said, and where it begins in its direction of the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub at: usize,
    pub text: String,
    /// False for what the end of the connection cut off.
    pub is_whole: bool,
}

impl Line {
    pub fn whole(at: usize, text: String) -> Line {
        Line { at, text, is_whole: true }
    }
}

/// What a master says: lines, then perhaps a snapshot, then the stream.
pub fn said_by_master(bytes: &[u8]) -> Vec<Line> {
    let mut lines = vec![];
    let mut at = 0;
    while let Some(end) = bytes[at..].iter().position(|byte| *byte == b'\n') {
        let line = &bytes[at..at + end + 1];
        let text = line.trim_ascii_end();
        let after = at + line.len();
        let snapshot = match Preamble::parse(text) {
            Ok(Preamble::Length(length)) => Some((usize::try_from(length).unwrap_or(usize::MAX), 0)),
            Ok(Preamble::Eof { mark }) => {
                let length = bytes[after..].windows(mark.len()).position(|window| window == mark);
                Some((length.unwrap_or(usize::MAX), mark.len()))
            }
            _ => None,
        };
        if let Some((length, mark)) = snapshot {
            return [lines, with_snapshot(bytes, at, after, length, mark)].concat();
        }
        lines.push(Line::whole(at, printable(line)));
        at = after;
        if matches!(PsyncReply::parse(text), Ok(PsyncReply::Continue { .. })) {
            return [lines, commands(bytes, at)].concat();
        }
    }
    if at < bytes.len() {
        lines.push(Line { at, text: printable(&bytes[at..]), is_whole: false });
    }
    lines
}

/// The line before a snapshot, the snapshot, and the stream behind it. The announced length is told without what may
/// have any length in it.
fn with_snapshot(bytes: &[u8], at: usize, after: usize, length: usize, mark: usize) -> Vec<Line> {
    let end = after.saturating_add(length);
    if end > bytes.len() {
        return vec![Line { at, text: printable(&bytes[at..]), is_whole: false }];
    }
    let snapshot = &bytes[after..end];
    let announced = if mark == 0 {
        format!("${} and what varies", length.saturating_sub(snapshot::varying_len(snapshot)))
    } else {
        printable(&bytes[at..after])
    };
    let mut lines = vec![Line::whole(at, announced)];
    lines.extend(snapshot::lines(snapshot).into_iter().map(|line| Line { at: line.at + after, ..line }));
    lines.extend(commands(bytes, (end + mark).min(bytes.len())));
    lines
}

/// What a replica says: the commands of its handshake, then acknowledgements.
pub fn said_by_replica(bytes: &[u8]) -> Vec<Line> {
    commands(bytes, 0)
}

/// A command a line from `start` on, what is between them (line feeds), and at the end what is no whole command.
fn commands(bytes: &[u8], start: usize) -> Vec<Line> {
    let mut decoder = RequestDecoder::default();
    decoder.push(&bytes[start..]);
    let requests: Vec<Request> = std::iter::from_fn(|| decoder.next().ok().flatten()).collect();
    let (mut lines, mut at) = (vec![], start);
    let mut push = |at: usize, end: usize, is_whole: bool| {
        if at < end {
            lines.push(Line { at, text: printable(&bytes[at..end]), is_whole });
        }
    };
    for request in requests {
        let (from, to) = (start + request.span.start as usize, start + request.span.end as usize);
        push(at, from, true);
        push(from, to, true);
        at = to;
    }
    push(at, bytes.len(), false);
    lines
}
