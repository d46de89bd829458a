//! The bytes of a message, field by field, with what each field means.
//!
//! Rule: the fields of a message, put one after the other, are its bytes, escaped as redis-cli escapes them. Which fields
//! there are is [`anatomy`]'s to say; here they get their offsets in the stream, and arguments their meaning.

use super::links;
use super::nodes::name_of;
use super::panel::{FieldLook, WireField, WirePanel, WireRow};
use super::text::{bytes as size, grouped};
use crate::sim::{Cargo, Segment, World};
use crate::wire::{Bytes, Field, FieldKind, Stream, anatomy, lines, printable, quoted};
use std::ops::Range;

/// Rows of a message that are shown.
const ROWS_MAX: usize = 60;
/// Bytes of one field that are shown.
const FIELD_MAX: usize = 240;

/// The bytes of segments that were sent together; never empty.
pub fn panel(world: &World, segments: &[Segment]) -> WirePanel {
    let first = &segments[0];
    let total: u64 = segments.iter().map(|s| s.bytes.len() as u64).sum();
    let mut heading = format!("{} → {} · {}", name_of(world, first.from), name_of(world, first.to), size(total));
    if let (Cargo::Stream { start, .. }, Some(Cargo::Stream { end, .. })) =
        (first.cargo, segments.last().map(|s| s.cargo))
    {
        heading.push_str(&format!(" · bytes {} – {} of the stream", grouped(start), grouped(end)));
    }
    let mut rows: Vec<WireRow> = segments.iter().flat_map(|s| rows(world, s)).collect();
    let shown: Vec<WireRow> = rows.drain(..rows.len().min(ROWS_MAX)).collect();
    WirePanel { heading, kind: links::kind(first), rows: shown, hidden_rows: rows.len() }
}

fn rows(world: &World, segment: &Segment) -> Vec<WireRow> {
    let bytes = &*segment.bytes;
    let all = 0..bytes.len() as u64;
    match segment.cargo {
        Cargo::Stream { start, .. } => explained(bytes, Stream::Command, start, all),
        Cargo::Handshake | Cargo::Ack | Cargo::Keepalive => explained(bytes, Stream::Command, 0, all),
        Cargo::Reply => explained(bytes, Stream::Reply, 0, all),
        Cargo::Preamble => explained(bytes, Stream::Preamble, 0, all),
        Cargo::Snapshot { from, .. } => match whole_snapshot(world, segment) {
            Some(whole) => explained(&whole, Stream::Snapshot, 0, from..from + all.end),
            None => explained(bytes, Stream::Snapshot, from, all),
        },
    }
}

/// The lines of `bytes` that touch the range `shown`; the first byte is called `base`.
fn explained(bytes: &[u8], stream: Stream, base: u64, shown: Range<u64>) -> Vec<WireRow> {
    let fields = anatomy(bytes, stream);
    let mut args: Vec<&[u8]> = Vec::new();
    let mut rows = Vec::new();
    for line in lines(&fields) {
        let line = &fields[line];
        let (Some(first), Some(last)) = (line.first(), line.last()) else { continue };
        let row = line.iter().map(|field| explain(field, bytes, stream, base > 0, &mut args)).collect();
        if first.span.start < shown.end && last.span.end > shown.start {
            rows.push(WireRow { offset: base + first.span.start, fields: row });
        }
    }
    rows
}

/// One field. `in_stream`: it belongs to the replication stream; `args`: the arguments of its command up to here.
fn explain<'a>(field: &Field, bytes: &'a [u8], stream: Stream, in_stream: bool, args: &mut Vec<&'a [u8]>) -> WireField {
    let own = &bytes[field.span.start as usize..field.span.end as usize];
    let mut text = printable(&own[..own.len().min(FIELD_MAX)]);
    if own.len() > FIELD_MAX {
        text.push('…');
    }
    let look = match field.kind {
        FieldKind::LineEnd | FieldKind::KeepAlive => FieldLook::Ending,
        FieldKind::ArrayHeader
        | FieldKind::BulkHeader
        | FieldKind::RdbMagic
        | FieldKind::RdbSelectDb
        | FieldKind::RdbResizeDb => FieldLook::Frame,
        FieldKind::Unknown => FieldLook::Unknown,
        _ => FieldLook::Value,
    };
    let meaning = match (stream, field.kind) {
        (Stream::Command, FieldKind::BulkData) => {
            let meaning = argument_meaning(args, own);
            args.push(own);
            meaning
        }
        // The stream may be split wherever a buffer ended.
        (Stream::Command, FieldKind::Inline | FieldKind::Unknown) if in_stream => {
            "part of a command: the rest of it is in another message".to_owned()
        }
        (Stream::Command, FieldKind::ArrayHeader) => {
            args.clear();
            field.note.clone()
        }
        _ => field.note.clone(),
    };
    WireField { text, look, meaning }
}

/// What an argument means, by the arguments before it.
fn argument_meaning(before: &[&[u8]], value: &[u8]) -> String {
    let upper: Vec<String> = before.iter().map(|a| String::from_utf8_lossy(a).to_ascii_uppercase()).collect();
    let words: Vec<&str> = upper.iter().map(String::as_str).collect();
    let said = String::from_utf8_lossy(value).to_ascii_uppercase();
    let known = match (words.as_slice(), said.as_str()) {
        ([], "PSYNC") => "asks to synchronize: to continue if it can be, else in full",
        ([], "REPLCONF") => "a replica tells its master something about itself",
        ([], "PING") => "a sign of life; in the stream it counts as bytes like any command",
        ([], "SELECT") => "the commands after it are for another database",
        ([], _) => "the command",
        (["PSYNC"], "?") => "no replication id: it has no history to continue",
        (["PSYNC"], _) => "the replication id of the history it holds",
        (["PSYNC", _], "-1") => "no offset: it has no history to continue",
        (["PSYNC", _], _) => "the first byte that it lacks: its own offset + 1",
        (["SELECT"], _) => "the number of the database",
        (["REPLCONF"], "ACK") => "acknowledges: I have applied the stream up to a byte",
        (["REPLCONF"], "GETACK") => "the master asks for an acknowledgement at once",
        (["REPLCONF"], "LISTENING-PORT") => "the port on which this replica can be reached",
        (["REPLCONF"], "IP-ADDRESS") => "the address under which this replica can be reached",
        (["REPLCONF", ..], "CAPA") => "something that it is capable of",
        (["REPLCONF", "ACK"], _) => "the last byte that it has applied",
        (["REPLCONF", "LISTENING-PORT"], _) => "the port",
        (["REPLCONF", .., "CAPA"], "EOF") => "it can read a snapshot whose length is not known beforehand",
        (["REPLCONF", .., "CAPA"], "PSYNC2") => "it understands +CONTINUE with a new replication id",
        ([command], _) => return format!("first argument of {command}: {}", quoted_short(value)),
        ([command, rest @ ..], _) => {
            return format!("argument {} of {command}: {}", rest.len() + 1, quoted_short(value));
        }
    };
    known.to_owned()
}

fn quoted_short(value: &[u8]) -> String {
    if value.len() > 60 { format!("{} bytes", grouped(value.len() as u64)) } else { quoted(value) }
}

/// The snapshot that a segment is a piece of: itself, or what the sender is still handing over to this replica.
fn whole_snapshot(world: &World, segment: &Segment) -> Option<Bytes> {
    if segment.cargo == (Cargo::Snapshot { from: 0, total: Some(segment.bytes.len() as u64) }) {
        return Some(segment.bytes.clone());
    }
    let node = world.host(segment.from)?.node.as_ref()?;
    let replica = node.replicas().find(|r| world.find(&r.addr) == Some(segment.to))?;
    Some(replica.bulk.as_ref()?.bytes.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(rows: &[WireRow]) -> Vec<String> {
        let text = |row: &WireRow| row.fields.iter().map(|f| f.text.as_str()).collect::<String>();
        rows.iter().map(|row| format!("{} {}", row.offset, text(row))).collect()
    }

    #[test]
    fn a_command_is_shown_line_by_line_with_its_offsets() {
        let bytes = b"*3\r\n$3\r\nSET\r\n$6\r\ncart:9\r\n$7\r\n3 items\r\n";
        let rows = explained(bytes, Stream::Command, 196, 0..38);
        assert_eq!(
            shown(&rows),
            ["196 *3\\r\\n", "200 $3\\r\\nSET\\r\\n", "209 $6\\r\\ncart:9\\r\\n", "221 $7\\r\\n3 items\\r\\n"]
        );
    }

    #[test]
    fn arguments_of_the_handshake_are_explained() {
        let rows = explained(b"*3\r\n$5\r\nPSYNC\r\n$1\r\n?\r\n$2\r\n-1\r\n", Stream::Command, 0, 0..30);
        let values: Vec<&str> = rows
            .iter()
            .flat_map(|r| &r.fields)
            .filter(|f| f.look == FieldLook::Value)
            .map(|f| f.meaning.as_str())
            .collect();
        assert_eq!(
            values,
            [
                "asks to synchronize: to continue if it can be, else in full",
                "no replication id: it has no history to continue",
                "no offset: it has no history to continue",
            ]
        );
    }

    #[test]
    fn a_piece_of_a_snapshot_shows_its_lines_only() {
        let rdb = b"REDIS0010\xfa\tredis-ver\x067.0.15\xfe\x00";
        assert_eq!(shown(&explained(rdb, Stream::Snapshot, 0, 9..20)), ["9 \\xfa\\tredis-ver\\x067.0.15"]);
    }
}
