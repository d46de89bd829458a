//! What a node asked to send is held against what was recorded.
//!
//! Rule: bytes are compared as bytes, and the first one that differs is the place of the difference. An acknowledgement
//! depends on a clock that is not recorded, so it is held against the offsets at which the replica stood.

use super::super::World;
use super::{ANY, Reply};
use crate::node::{Event, REBUILDS};
use crate::sim::{Answer, Difference, NodeId, Trust, What};
use crate::wire::{Bytes, ReplId, RequestDecoder, crc64, decimal, encode_command, printable, rdb};

/// How an acknowledgement begins.
const ACK: &[u8] = b"*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$";
/// From 7.2 on it may also say what is on disk: `FACK` and another offset.
const LONG_ACK: &[u8] = b"*5\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$";
/// How much of what differs is shown, bytes before and behind the first one that differs.
const SHOWN: (usize, usize) = (16, 32);

impl World {
    /// A command of the replica is held against what the replica asked to send.
    pub(super) fn replica_says(&mut self, number: u32, segment: u64, at: u64, bytes: &Bytes) {
        let args = first_command(bytes);
        let words: Vec<Vec<u8>> = args.iter().map(|arg| arg.to_ascii_lowercase()).collect();
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let Some(held) = self.held(number) else { return };
        let (front, has_asked) = (held.replica_said.front().cloned(), held.psync.is_some());
        match words.as_slice() {
            // A line feed is said while a dataset is emptied, if that takes long enough.
            [] => {
                let _ = held.replica_said.pop_front_if(|front| &**front == b"\n");
                return;
            }
            [b"replconf", b"ack", offset, ..] => {
                let offset = decimal(offset).and_then(|offset| u64::try_from(offset).ok());
                return self.acknowledges(number, at, offset, bytes);
            }
            [b"psync", ..] => held.psync = Some(segment),
            _ => {}
        }
        if front.as_ref() == Some(bytes) {
            held.replica_said.pop_front();
            if words.first() == Some(&&b"auth"[..]) {
                // Whether a password is right is known to the recorded master alone.
                held.silent.push((segment, Reply::Given));
            }
            return;
        }
        let would: Vec<Vec<u8>> = front
            .as_deref()
            .map(first_command)
            .unwrap_or_default()
            .iter()
            .map(|arg| arg.to_ascii_lowercase())
            .collect();
        let would: Vec<&[u8]> = would.iter().map(Vec::as_slice).collect();
        let is_option = |name: &[u8]| would.get(1).is_some_and(|option| *option == name);
        let is_canonical = encode_command(&args) == **bytes;
        match words.as_slice() {
            // What else it is capable of is a matter of its version.
            [b"replconf", b"capa", ..] if is_option(b"capa") && is_canonical && words.starts_with(&would) => {
                held.replica_said.pop_front();
                self.trust(number, true, Trust::Setting);
            }
            // Failing over is decided by a client.
            [b"psync", id, offset, b"failover"]
                if is_canonical && would.len() == 3 && would[1] == *id && would[2] == *offset =>
            {
                held.replica_said.pop_front();
            }
            // Something else is said besides, of which the model's master would not know either.
            [b"replconf" | b"auth" | b"hello" | b"client", ..]
                if is_canonical && !has_asked && !is_option(words.get(1).unwrap_or(&&b""[..])) =>
            {
                held.silent.push((segment, Reply::Silent));
                self.trust(number, true, Trust::Setting);
                let Some(replica) = self.talk(number).map(|talk| talk.replica) else { return };
                let what = String::from_utf8_lossy(&words[..words.len().min(2)].join(&b' ')).to_ascii_uppercase();
                self.note_unknown(replica, what);
            }
            _ => {
                held.replica_said.pop_front();
                let at_byte = front.as_ref().map_or(0, |front| first_difference(front, bytes));
                let expected = front.map_or_else(|| "nothing".into(), |front| shown(&front, at_byte));
                self.differ(number, true, at + at_byte as u64, expected, shown(bytes, at_byte));
            }
        }
    }

    /// Bytes that are no command: a command that was cut off begins as one that would be said.
    pub(super) fn replica_breaks_off(&mut self, number: u32, at: u64, bytes: &[u8]) {
        let Some(held) = self.held(number) else { return };
        let would = held.replica_said.front().cloned().unwrap_or_else(|| ACK[..].into());
        let at_byte = first_difference(&would, bytes);
        if at_byte < bytes.len().min(would.len()) {
            self.differ(number, true, at + at_byte as u64, shown(&would, at_byte), shown(bytes, at_byte));
        }
    }

    pub(super) fn note_unknown(&mut self, node: NodeId, what: String) {
        let what = format!("{what} is not modelled");
        self.note(node, What::Event(Event::NotModelled { what }));
    }

    /// An acknowledgement is right if the replica stood there, not before its last one, and left no answer out.
    pub(super) fn acknowledges(&mut self, number: u32, at: u64, offset: Option<u64>, bytes: &Bytes) {
        let Some((replica, is_partial)) =
            self.talk(number).map(|talk| (talk.replica, matches!(talk.answer, Some(Answer::Partial { .. }))))
        else {
            return;
        };
        let Some((id, now)) = self.node(replica).map(|node| (node.history().id, node.offset())) else { return };
        let recorded = self.playback.as_ref().map(|playback| playback.recorded.clone()).unwrap_or_default();
        let Some(held) = self.held(number) else { return };
        let mut expected = now;
        let mut is_right = false;
        if let Some(offset) = offset {
            // Where it stands now, or stood before: what it was sent since then may not have reached it.
            is_right = offset >= held.acked && (offset == now || (offset < now && recorded.is_end(&id, offset)));
            is_right |= is_partial && offset < now && held.acked == 0 && held.asked_offset == offset;
            if is_right {
                held.acked = offset;
            }
            // Answers to GETACK, and the first ACK after a diskless snapshot, may not be left out.
            while let Some(owed) = held.replica_said.front().and_then(|owed| acked(owed)).filter(|owed| *owed <= offset)
            {
                held.replica_said.pop_front();
                if owed < offset && is_right {
                    (expected, is_right) = (owed, false);
                }
            }
        }
        let spelled = encode_command(&first_command(bytes));
        let begins = bytes.starts_with(ACK) || bytes.starts_with(LONG_ACK);
        if spelled != **bytes || !begins {
            let would = if spelled != **bytes { &spelled[..] } else { ACK };
            let at_byte = first_difference(would, bytes);
            let (expected, found) = (shown(would, at_byte), shown(bytes, at_byte));
            return self.report(Difference {
                talk: number,
                from_replica: true,
                at: at + at_byte as u64,
                expected,
                found,
            });
        }
        if !is_right {
            let found = offset.map_or_else(|| shown(bytes, 0), |offset| format!("ACK {offset}"));
            let at = at + wrong_digit(bytes, &expected.to_string()) as u64;
            self.report(Difference {
                talk: number,
                from_replica: true,
                at,
                expected: format!("ACK {expected}"),
                found,
            });
        }
    }

    /// A line of the master is held against what the master asked to send.
    pub(super) fn master_says(&mut self, number: u32, segment: u64, at: u64, bytes: &Bytes) {
        let Some(held) = self.held(number) else { return };
        if &**bytes == b"\n" {
            return;
        }
        match held.master_said.pop_front() {
            Some(front) if front == *bytes => {}
            // The answer to something that neither the model's replica nor its master knows.
            Some(front) if front.is_empty() => held.silent.push((segment, Reply::Silent)),
            Some(front) if &*front == ANY => {}
            front if bytes.starts_with(b"-") => {
                drop(front);
                self.trust(number, false, Trust::Refusal);
            }
            front => {
                let at_byte = front.as_ref().map_or(0, |front| first_difference(front, bytes));
                let expected = front.map_or_else(|| "nothing".into(), |front| shown(&front, at_byte));
                self.differ(number, false, at + at_byte as u64, expected, shown(bytes, at_byte));
            }
        }
    }

    /// Bytes of the stream are held against what the master asked to send.
    pub(super) fn stream_passes(&mut self, number: u32, at: u64, bytes: &Bytes) {
        let Some(held) = self.held(number) else { return };
        let mut done = 0;
        while done < bytes.len()
            && let Some(front) = held.master_said.pop_front()
        {
            let count = front.len().min(bytes.len() - done);
            let (would, found) = (&front[..count], &bytes[done..done + count]);
            if would != found {
                let at_byte = first_difference(would, found);
                let (expected, found) = (shown(would, at_byte), shown(found, at_byte));
                return self.differ(number, false, at + (done + at_byte) as u64, expected, found);
            }
            if count < front.len() {
                held.master_said.push_front(front[count..].into());
            }
            done += count;
        }
        if done < bytes.len() {
            self.differ(number, false, at + done as u64, "nothing".into(), shown(bytes, done));
        }
    }

    /// What a node says it would have done otherwise.
    pub(in crate::sim::world) fn compare_event(&mut self, event: &Event) {
        let Some(playback) = self.playback.as_ref().filter(|_| REBUILDS) else { return };
        let ((number, from_replica, at), first) = (playback.place, playback.first);
        match event {
            Event::WouldHaveWritten { start, bytes } => {
                let found = self.recorded_at(number, *start);
                let at_byte = first_difference(bytes, &found);
                let expected = if bytes.is_empty() { "nothing".into() } else { shown(bytes, at_byte) };
                let at_byte = if bytes.is_empty() { 0 } else { at_byte };
                self.differ(
                    number,
                    false,
                    at + start.saturating_sub(first) + at_byte as u64,
                    expected,
                    shown(&found, at_byte),
                );
            }
            Event::WouldHaveSaved { offset } => {
                let expected = format!("a snapshot of the dataset at offset {offset}");
                self.differ(number, from_replica, at, expected, "another dataset".into());
            }
            Event::SyncFailed { why } if !from_replica && self.is_following(number) => {
                let at = self.connections.get_mut(u64::from(number)).map_or(0, |ends| ends.to_dialler.sent_bytes);
                self.differ(number, false, at, "what a replica can follow".into(), why.clone());
            }
            _ => {}
        }
    }

    /// The bytes of the stream that the node was told to have written, from `start` on.
    pub(super) fn recorded_at(&self, number: u32, start: u64) -> Vec<u8> {
        let Some(backlog) = self.talk(number).and_then(|talk| self.node(talk.master)?.backlog()) else { return vec![] };
        let mut found = vec![];
        while let more @ [_, ..] = backlog.read(start + found.len() as u64, u64::MAX) {
            found.extend_from_slice(more);
        }
        found
    }

    /// Has this connection come to a snapshot or a stream?
    pub(super) fn is_following(&self, number: u32) -> bool {
        matches!(
            self.talk(number).and_then(|talk| talk.answer.as_ref()),
            Some(Answer::Full { .. } | Answer::Partial { .. })
        )
    }

    pub(super) fn trust(&mut self, number: u32, from_replica: bool, trust: Trust) {
        let Some(talk) = self.talk(number) else { return };
        let node = if from_replica { talk.replica } else { talk.master };
        self.note(node, What::Trusted(trust));
    }

    /// A difference after which this direction is not compared any more.
    pub(super) fn differ(&mut self, talk: u32, from_replica: bool, at: u64, expected: String, found: String) {
        if let Some(held) = self.held(talk)
            && !std::mem::replace(&mut held.is_lost[usize::from(from_replica)], true)
        {
            self.report(Difference { talk, from_replica, at, expected, found });
        }
    }

    pub(super) fn report(&mut self, difference: Difference) {
        let Some(talk) = self.talk(difference.talk) else { return };
        let node = if difference.from_replica { talk.replica } else { talk.master };
        self.note(node, What::Differs(Box::new(difference)));
    }
}

/// Where two texts part.
pub(super) fn first_difference(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()))
}

/// The bytes around one of them.
pub(super) fn shown(bytes: &[u8], at: usize) -> String {
    let (from, to) = (at.saturating_sub(SHOWN.0), (at + SHOWN.1).min(bytes.len()));
    let more = |is_more: bool| if is_more { "…" } else { "" };
    format!("{}{}{}", more(from > 0), printable(bytes.get(from..to).unwrap_or_default()), more(to < bytes.len()))
}

pub(super) fn first_command(bytes: &[u8]) -> Vec<Bytes> {
    let mut decoder = RequestDecoder::default();
    decoder.push(bytes);
    let request = decoder.next().ok().flatten();
    request.map(|request| request.args.into_iter().map(|arg| arg.bytes).collect()).unwrap_or_default()
}

/// The number in `REPLCONF ACK <number>`.
fn acked(bytes: &[u8]) -> Option<u64> {
    match first_command(bytes).as_slice() {
        [_, ack, offset, ..] if ack.eq_ignore_ascii_case(b"ACK") => decimal(offset)?.try_into().ok(),
        _ => None,
    }
}

/// Where the last number of a command is not the expected one.
fn wrong_digit(command: &[u8], expected: &str) -> usize {
    let text = command.trim_ascii_end();
    let from = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |n| n + 1);
    let digits = &text[from..];
    if digits.len() == expected.len() { from + first_difference(digits, expected.as_bytes()) } else { from }
}

/// The place in a history that a snapshot names.
pub(super) fn place_in(snapshot: &[u8]) -> Option<(ReplId, u64)> {
    let (mut id, mut offset) = (None, None);
    for item in rdb::Reader::new(snapshot) {
        match item.ok()?.1 {
            rdb::Item::Aux { key, value } if &*key == b"repl-id" => id = ReplId::parse(&value),
            rdb::Item::Aux { key, value } if &*key == b"repl-offset" => offset = decimal(&value)?.try_into().ok(),
            rdb::Item::Aux { .. } => {}
            _ => break,
        }
    }
    id.zip(offset)
}

/// The checksum of a snapshot's bytes and the one at its end, if it has one and they are not the same.
pub(super) fn wrong_checksum(snapshot: &[u8]) -> Option<(u64, u64)> {
    let version: u32 = std::str::from_utf8(snapshot.get(5..9)?).ok()?.parse().ok()?;
    let (body, checksum) = snapshot.split_last_chunk::<8>()?;
    let (computed, stored) = (crc64(0, body), u64::from_le_bytes(*checksum));
    (version >= 5 && stored != 0 && stored != computed).then_some((computed, stored))
}
