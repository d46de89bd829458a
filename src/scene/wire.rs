//! The bytes of a message, field by field, with what each field means.
//!
//! Rule: the fields of a message, put one after the other, are its bytes, escaped as redis-cli escapes them; what no
//! reader understands is shown too, and said to be so.

use super::links;
use super::nodes::name_of;
use super::panel::{FieldLook, WireField, WirePanel, WireRow};
use super::text::{bytes as size, grouped};
use crate::sim::{Cargo, Segment, World};
use crate::wire::rdb::{Item, Reader};
use crate::wire::{Bytes, printable, quoted};

/// Rows of a message that are shown.
const ROWS_MAX: usize = 60;
/// `REDIS0010`, bytes.
const HEADER: u64 = 9;
/// Bytes of one field that are shown.
const FIELD_MAX: usize = 240;

/// The bytes of segments that were sent together; never empty.
pub fn panel(world: &World, segments: &[Segment]) -> WirePanel {
    let first = &segments[0];
    let total: u64 = segments.iter().map(|s| s.bytes.len() as u64).sum();
    let mut heading = format!("{} → {} · {}", name_of(world, first.from), name_of(world, first.to), size(total));
    if let (Cargo::Stream { start, .. }, Some(Cargo::Stream { end, .. })) = (first.cargo, segments.last().map(|s| s.cargo)) {
        heading.push_str(&format!(" · bytes {} – {} of the stream", grouped(start), grouped(end)));
    }
    let mut rows: Vec<WireRow> = segments.iter().flat_map(|s| rows(world, s)).collect();
    let shown: Vec<WireRow> = rows.drain(..rows.len().min(ROWS_MAX)).collect();
    WirePanel { heading, kind: links::kind(first), rows: shown, hidden_rows: rows.len() }
}

fn rows(world: &World, segment: &Segment) -> Vec<WireRow> {
    match segment.cargo {
        Cargo::Stream { start, .. } => commands(&segment.bytes, start),
        Cargo::Handshake | Cargo::Ack => commands(&segment.bytes, 0),
        Cargo::Reply => lines(&segment.bytes, 0, reply_meaning),
        Cargo::Preamble => lines(&segment.bytes, 0, preamble_meaning),
        Cargo::Keepalive => vec![WireRow { offset: 0, fields: vec![ending("\\n", "a lone line feed: I am still here")] }],
        Cargo::Snapshot { from, total } => snapshot(world, segment, from, total),
    }
}

fn field(bytes: &[u8], look: FieldLook, meaning: impl Into<String>) -> WireField {
    let mut text = printable(&bytes[..bytes.len().min(FIELD_MAX)]);
    if bytes.len() > FIELD_MAX {
        text.push('…');
    }
    WireField { text, look, meaning: meaning.into() }
}

fn ending(text: &str, meaning: &str) -> WireField {
    WireField { text: text.to_owned(), look: FieldLook::Ending, meaning: meaning.to_owned() }
}

/// Where the line that starts here ends: before `\r\n`.
fn line_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|w| w == b"\r\n")
}

/// Commands as arrays of bulk strings: a row for each line and its string.
fn commands(bytes: &[u8], base: u64) -> Vec<WireRow> {
    let mut rows = Vec::new();
    let mut at = 0;
    let mut args: Vec<Vec<u8>> = Vec::new();
    while at < bytes.len() {
        let rest = &bytes[at..];
        let offset = base + at as u64;
        let number = line_end(rest).and_then(|end| Some((end, std::str::from_utf8(&rest[1..end]).ok()?.parse::<usize>().ok()?)));
        match (rest[0], number) {
            (b'*', Some((end, n))) => {
                args.clear();
                let meaning = format!("an array of {n} follows: a command{}", if n > 1 { " and its arguments" } else { "" });
                rows.push(WireRow { offset, fields: vec![field(&rest[..end], FieldLook::Frame, meaning), ending("\\r\\n", "ends the line")] });
                at += end + 2;
            }
            (b'$', Some((end, n))) if rest.len() >= end + 2 + n => {
                let value = &rest[end + 2..end + 2 + n];
                let unit = if n == 1 { "byte" } else { "bytes" };
                let mut fields = vec![
                    field(&rest[..end], FieldLook::Frame, format!("a string of {n} {unit} follows")),
                    ending("\\r\\n", "ends the line"),
                    field(value, FieldLook::Value, argument_meaning(&args, value)),
                ];
                if rest[end + 2 + n..].starts_with(b"\r\n") {
                    fields.push(ending("\\r\\n", "ends the string; not counted in its length"));
                }
                args.push(value.to_vec());
                rows.push(WireRow { offset, fields });
                at += (end + 4 + n).min(rest.len());
            }
            _ => {
                rows.extend(lines(rest, offset, inline_meaning));
                break;
            }
        }
    }
    rows
}

/// What an argument means, by the arguments before it.
fn argument_meaning(before: &[Vec<u8>], value: &[u8]) -> String {
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
        ([command, rest @ ..], _) => return format!("argument {} of {command}: {}", rest.len() + 1, quoted_short(value)),
    };
    known.to_owned()
}

fn quoted_short(value: &[u8]) -> String {
    if value.len() > 60 { format!("{} bytes", grouped(value.len() as u64)) } else { quoted(value) }
}

/// Text lines: each word a field.
fn lines(bytes: &[u8], base: u64, meaning: fn(usize, &str) -> &'static str) -> Vec<WireRow> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end = line_end(rest).unwrap_or(rest.len());
        let first = rest[..end].split(|b| *b == b' ').next().unwrap_or_default();
        let head = String::from_utf8_lossy(first).into_owned();
        let mut fields = Vec::new();
        for (i, word) in rest[..end].split(|b| *b == b' ').enumerate() {
            if i > 0 {
                fields.push(ending(" ", "a space"));
            }
            let known = meaning(i, &head);
            fields.push(field(word, FieldLook::Value, known));
        }
        let ended = rest.len() > end;
        if ended {
            fields.push(ending("\\r\\n", "ends the line"));
        }
        rows.push(WireRow { offset: base + at as u64, fields });
        at += end + if ended { 2 } else { 0 };
    }
    rows
}

fn reply_meaning(word: usize, head: &str) -> &'static str {
    match (head, word) {
        ("+FULLRESYNC", 0) => "a full resynchronization: a snapshot follows",
        ("+FULLRESYNC", 1) => "the replication id that the replica takes over",
        ("+FULLRESYNC", 2) => "the offset that belongs to the snapshot: the stream goes on with the byte after it",
        ("+CONTINUE", 0) => "a partial resynchronization: the missing bytes of the stream follow",
        ("+CONTINUE", 1) => "the replication id from here on",
        ("+PONG", 0) => "the master is there",
        ("+OK", 0) => "understood",
        (error, 0) if error.starts_with('-') => "an error",
        (error, _) if error.starts_with('-') => "says what is wrong",
        _ => "a line of the master",
    }
}

fn preamble_meaning(_: usize, head: &str) -> &'static str {
    match head {
        _ if head.starts_with("$EOF:") => "a snapshot follows whose length is not known yet: it ends with these 40 characters",
        _ => "a snapshot of this many bytes follows; no \\r\\n ends it",
    }
}

fn inline_meaning(_: usize, head: &str) -> &'static str {
    match head {
        "SYNC" => "asks for a snapshot the way replicas did before 2.8",
        _ => "not a command in the usual form: read word by word",
    }
}

/// Bytes of a snapshot, item by item where the whole of it is at hand.
fn snapshot(world: &World, segment: &Segment, from: u64, total: Option<u64>) -> Vec<WireRow> {
    let until = from + segment.bytes.len() as u64;
    let whole = if from == 0 && total == Some(until) { Some(segment.bytes.clone()) } else { sender_copy(world, segment) };
    let items = whole.map(|whole| items(&whole, from, until)).unwrap_or_default();
    if items.is_empty() { raw(&segment.bytes, from) } else { items }
}

/// The snapshot that the sender is still handing over to this replica.
fn sender_copy(world: &World, segment: &Segment) -> Option<Bytes> {
    let node = world.host(segment.from)?.node.as_ref()?;
    let replica = node.replicas().find(|r| world.find(&r.addr) == Some(segment.to))?;
    let bulk = replica.bulk.as_ref()?;
    Some(bulk.bytes.clone())
}

fn items(whole: &[u8], from: u64, until: u64) -> Vec<WireRow> {
    let mut rows = Vec::new();
    for read in Reader::new(whole) {
        let Ok((span, item)) = read else { break };
        // The first item stands behind the line that names the format.
        if rows.is_empty() && from < span.start && span.start <= HEADER {
            let head = field(&whole[..span.start as usize], FieldLook::Frame, "REDIS and the version of the format");
            rows.push(WireRow { offset: 0, fields: vec![head] });
        }
        if span.end > from && span.start < until {
            rows.push(item_row(&item, &whole[span.start as usize..span.end as usize], span.start));
        }
    }
    rows
}

fn item_row(item: &Item, bytes: &[u8], offset: u64) -> WireRow {
    let (mark, meaning) = match item {
        Item::Aux { key, value } => ("a fact about the file follows", format!("{} is {}", printable(key), printable(value))),
        Item::SelectDb(db) => ("a number follows", format!("the keys after it are in database {db}")),
        Item::ResizeDb { keys, expires } => ("two numbers follow", format!("{keys} keys follow, {expires} of them expire")),
        Item::Entry { key, expire_at_ms, .. } => {
            let expiry = expire_at_ms.map_or(String::new(), |ms| format!(", which expires at {ms} ms of Unix time"));
            ("a key of a type follows", format!("the key {} and its value{expiry}", quoted(key)))
        }
        Item::End { .. } => ("the end", "checksum of everything before it (CRC-64)".to_owned()),
    };
    let (first, rest) = bytes.split_at(bytes.len().min(1));
    let mut fields = vec![field(first, FieldLook::Frame, mark)];
    if !rest.is_empty() {
        fields.push(field(rest, FieldLook::Value, meaning));
    }
    WireRow { offset, fields }
}

/// Sixteen bytes a row.
fn raw(bytes: &[u8], base: u64) -> Vec<WireRow> {
    let row = |(i, chunk): (usize, &[u8])| WireRow {
        offset: base + 16 * i as u64,
        fields: vec![field(chunk, FieldLook::Unknown, "bytes of a snapshot that is not whole here")],
    };
    bytes.chunks(16).enumerate().map(row).collect()
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
        assert_eq!(shown(&commands(bytes, 196)), ["196 *3\\r\\n", "200 $3\\r\\nSET\\r\\n", "209 $6\\r\\ncart:9\\r\\n", "221 $7\\r\\n3 items\\r\\n"]);
    }

    #[test]
    fn a_reply_is_shown_word_by_word() {
        let rows = lines(b"+FULLRESYNC 8371 0\r\n", 0, reply_meaning);
        assert_eq!(shown(&rows), ["0 +FULLRESYNC 8371 0\\r\\n"]);
        assert_eq!(rows[0].fields[2].meaning, "the replication id that the replica takes over");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_can_be_shown(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let all: String = commands(&bytes, 1).iter().flat_map(|r| r.fields.iter().map(|f| f.text.clone())).collect();
            proptest::prop_assert_eq!(all, printable(&bytes));
        }
    }
}
