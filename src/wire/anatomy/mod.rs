//! The fields of a message, for people: any bytes are cut into fields, and each is explained in a sentence.
//!
//! Rule: fields cover every byte, in order, without gaps. Nothing is refused: what a decoder would not take, or what has
//! not come whole, is a field too, and says so. `messages` cuts up RESP and the lines before a snapshot; `rdb::fields`,
//! snapshots.

mod messages;

use super::Span;
use messages::Fields;
use std::ops::Range;

pub(super) use messages::size;

/// What the bytes are, from the beginning of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Command,
    Reply,
    /// The line before a snapshot; the snapshot may follow.
    Preamble,
    Snapshot,
}

/// A part of a message; the span counts from the beginning of the slice, the note is one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub span: Span,
    pub kind: FieldKind,
    pub note: String,
}

/// What a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    ArrayHeader,
    BulkHeader,
    BulkData,
    LineEnd,
    Simple,
    Error,
    Integer,
    Inline,
    KeepAlive,
    SnapshotLength,
    EofMark,
    RdbMagic,
    RdbAux,
    RdbSelectDb,
    RdbResizeDb,
    RdbExpiry,
    /// How long a key was idle, or how often it was used.
    RdbUse,
    /// The type of a value, and its key.
    RdbKey,
    RdbValue,
    RdbEnd,
    RdbChecksum,
    Unknown,
}

/// The fields of these bytes, which may be several messages, or end inside one.
pub fn anatomy(bytes: &[u8], stream: Stream) -> Vec<Field> {
    let mut fields = Fields::new(bytes);
    match stream {
        Stream::Command => fields.commands(),
        Stream::Reply => fields.replies(),
        Stream::Preamble => fields.preamble(),
        Stream::Snapshot => fields.snapshot(0),
    }
    fields.finish()
}

/// The fields that are shown on one line each: a header stands with what it announces, a key with its value.
pub fn lines(fields: &[Field]) -> Vec<Range<usize>> {
    use FieldKind::*;
    let mut lines = vec![];
    let mut start = 0;
    for (n, field) in fields.iter().enumerate() {
        let next = fields.get(n + 1).map(|field| field.kind);
        let goes_on = match (field.kind, next) {
            (_, None) => false,
            (LineEnd, next) => matches!(next, Some(BulkData | LineEnd)),
            (RdbExpiry | RdbUse, next) => matches!(next, Some(RdbExpiry | RdbUse | RdbKey)),
            (RdbKey, next) => next == Some(RdbValue),
            (RdbEnd, next) => next == Some(RdbChecksum),
            (KeepAlive | RdbMagic | RdbAux | RdbSelectDb | RdbResizeDb | RdbValue | RdbChecksum, _) => false,
            (_, next) => next == Some(LineEnd),
        };
        if !goes_on {
            lines.push(start..n + 1);
            start = n + 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Preamble, printable, rdb};
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    /// The fields of each line, with what they mean.
    fn check(bytes: &[u8], stream: Stream, expected: Expect) {
        let fields = anatomy(bytes, stream);
        let mut shown = String::new();
        for line in lines(&fields) {
            for (n, field) in fields[line].iter().enumerate() {
                let text = printable(&bytes[field.span.start as usize..field.span.end as usize]);
                let margin = if n == 0 { format!("{:<3}", field.span.start) } else { " ".repeat(3) };
                shown += &format!("{margin} {text} {:?}: {}\n", field.kind, field.note);
            }
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn a_command_is_its_lines() {
        check(
            b"*3\r\n$3\r\nSET\r\n$0\r\n\r\n$7\r\n3 items\r\n\nPING\r\n",
            Stream::Command,
            expect![[r#"
                0   *3 ArrayHeader: an array of 3 elements: a command and its 2 arguments
                    \r\n LineEnd: CR LF ends the line
                4   $3 BulkHeader: the next 3 bytes are the command's name
                    \r\n LineEnd: CR LF ends the line
                    SET BulkData: the command's name
                    \r\n LineEnd: CR LF ends the string; the length does not count it
                13  $0 BulkHeader: no bytes follow: argument 1 is empty
                    \r\n LineEnd: CR LF ends the line
                    \r\n LineEnd: CR LF ends the string; the length does not count it
                19  $7 BulkHeader: the next 7 bytes are argument 2
                    \r\n LineEnd: CR LF ends the line
                    3 items BulkData: argument 2
                    \r\n LineEnd: CR LF ends the string; the length does not count it
                32  \n KeepAlive: an empty line: a sign of life
                33  PING Inline: an inline command: 4 bytes of text
                    \r\n LineEnd: CR LF ends the line
            "#]],
        );
    }

    #[test]
    fn what_has_not_come_or_is_no_command_is_shown() {
        check(
            b"*2\r\n$3\r\nGET\r\n$6\r\nca",
            Stream::Command,
            expect![[r#"
                0   *2 ArrayHeader: an array of 2 elements: a command and its argument
                    \r\n LineEnd: CR LF ends the line
                4   $3 BulkHeader: the next 3 bytes are the command's name
                    \r\n LineEnd: CR LF ends the line
                    GET BulkData: the command's name
                    \r\n LineEnd: CR LF ends the string; the length does not count it
                13  $6 BulkHeader: the next 6 bytes are argument 1
                    \r\n LineEnd: CR LF ends the line
                    ca BulkData: argument 1: the first 2 of 6 bytes
            "#]],
        );
        check(
            b"*2\r\n:3\r\nGET\r\n",
            Stream::Command,
            expect![[r#"
                0   *2 ArrayHeader: an array of 2 elements: a command and its argument
                    \r\n LineEnd: CR LF ends the line
                4   :3\r\nGET\r\n Unknown: no argument: an argument begins with $
            "#]],
        );
        check(
            b"*x\r\n*1\r\n$y",
            Stream::Command,
            expect![[r#"
                0   *x ArrayHeader: an array's length that cannot be read
                    \r\n LineEnd: CR LF ends the line
                4   *1 ArrayHeader: an array of 1 element: a command without arguments
                    \r\n LineEnd: CR LF ends the line
                8   $y Unknown: a line whose end has not come
            "#]],
        );
    }

    #[test]
    fn replies_are_explained() {
        check(
            b"+OK\r\n+FULLRESYNC cfd66c765e9213df0f860926d3d1742f44e3c3e8 0\r\n-ERR no\r\n*2\r\n:2\r\n$-1\r\n$1\r\na\r\nx\r\n",
            Stream::Reply,
            expect![[r#"
                0   +OK Simple: the line OK
                    \r\n LineEnd: CR LF ends the line
                5   +FULLRESYNC cfd66c765e9213df0f860926d3d1742f44e3c3e8 0 Simple: full resynchronization: a snapshot follows, of history cfd6…c3e8 at offset 0
                    \r\n LineEnd: CR LF ends the line
                61  -ERR no Error: an error: its code, then what is wrong
                    \r\n LineEnd: CR LF ends the line
                70  *2 ArrayHeader: an array of 2 elements follows
                    \r\n LineEnd: CR LF ends the line
                74  :2 Integer: the integer 2
                    \r\n LineEnd: CR LF ends the line
                78  $-1 BulkHeader: no string at all (null)
                    \r\n LineEnd: CR LF ends the line
                83  $1 BulkHeader: the next byte is the string
                    \r\n LineEnd: CR LF ends the line
                    a BulkData: the string
                    \r\n LineEnd: CR LF ends the string; the length does not count it
                90  x\r\n Unknown: no reply: a reply begins with one of + - : $ *
            "#]],
        );
    }

    #[test]
    fn a_snapshot_is_explained_with_the_line_before_it() {
        let mut rdb = rdb::Writer::new();
        rdb.aux(b"redis-ver", b"7.0.15");
        rdb.select_db(0);
        rdb.resize_db(2, 1);
        rdb.entry(b"hits", &rdb::Value::String(b"41"[..].into()), None);
        rdb.entry(b"cart:9", &rdb::Value::String(b"3 items"[..].into()), Some(4_102_444_800_000));
        let rdb = rdb.finish();
        let mark = [b'm'; 40];
        check(
            &[b"\n", &Preamble::Eof { mark }.encode()[..], &rdb, &mark].concat(),
            Stream::Preamble,
            expect![[r#"
                0   \n KeepAlive: an empty line: a sign of life
                1   $EOF:mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm EofMark: a snapshot of unknown length follows; these 40 characters, sent again, end it
                    \r\n LineEnd: CR LF ends the line
                48  REDIS0010 RdbMagic: REDIS, and the version of the format: 10
                57  \xfa\tredis-ver\x067.0.15 RdbAux: a fact about the file: redis-ver is 7.0.15
                75  \xfe\x00 RdbSelectDb: the keys that follow are in database 0
                77  \xfb\x02\x01 RdbResizeDb: keys in this database: 2; keys that expire: 1
                80  \x00\x04hits RdbKey: type 0, a string; its key, 4 bytes: hits
                    \xc0) RdbValue: its value, 2 bytes written as an 8-bit integer
                88  \xfc\x00\xd8\xc3,\xbb\x03\x00\x00 RdbExpiry: the next key expires at 4102444800000 ms of Unix time
                    \x00\x06cart:9 RdbKey: type 0, a string; its key, 6 bytes: cart:9
                    \a3 items RdbValue: its value, 7 bytes
                113 \xff RdbEnd: the end of the snapshot
                    \x01\xb5\xb8\xe1B\x97.\x05 RdbChecksum: the checksum of all bytes before it (CRC-64): 052e9742e1b8b501, which they give
                122 mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm EofMark: the mark: here the snapshot has ended
            "#]],
        );
        check(
            &[b"$561\r\n", &rdb[..60]].concat(),
            Stream::Preamble,
            expect![[r#"
                0   $561 SnapshotLength: a snapshot of 561 bytes follows; nothing but its length ends it
                    \r\n LineEnd: CR LF ends the line
                6   REDIS0010 RdbMagic: REDIS, and the version of the format: 10
                15  \xfa\tredis-ver\x067.0.15 RdbAux: a fact about the file: redis-ver is 7.0.15
                33  \xfe\x00 RdbSelectDb: the keys that follow are in database 0
                35  \xfb\x02\x01 RdbResizeDb: keys in this database: 2; keys that expire: 1
                38  \x00\x04hits RdbKey: type 0, a string; its key, 4 bytes: hits
                    \xc0) RdbValue: its value, 2 bytes written as an 8-bit integer
                46  \xfc\x00\xd8\xc3,\xbb\x03\x00\x00 RdbExpiry: the next key expires at 4102444800000 ms of Unix time
                    \x00\x06cart:9 RdbKey: type 0, a string; its key, 6 bytes: cart:9
                63  \a3  Unknown: not read further: at byte 60: the snapshot ends here, 5 more bytes were expected
            "#]],
        );
        check(
            b"-ERR no\r\n",
            Stream::Preamble,
            expect![[r#"
                0   -ERR no Error: an error: the master sends no snapshot
                    \r\n LineEnd: CR LF ends the line
            "#]],
        );
    }

    #[test]
    fn a_value_that_is_not_modelled_ends_the_explanation() {
        check(
            &include_bytes!("../../../tests/rdb/a-fullsync.rdb")[..520],
            Stream::Snapshot,
            expect![[r#"
                0   REDIS0010 RdbMagic: REDIS, and the version of the format: 10
                9   \xfa\tredis-ver\x067.0.15 RdbAux: a fact about the file: redis-ver is 7.0.15
                27  \xfa\nredis-bits\xc0@ RdbAux: a fact about the file: redis-bits is 64
                41  \xfa\x05ctime\xc2D\x8d\x03k RdbAux: a fact about the file: ctime is 1795394884
                53  \xfa\bused-mem\xc2H(\x13\x00 RdbAux: a fact about the file: used-mem is 1255496
                68  \xfa\x0erepl-stream-db\xc0\x00 RdbAux: a fact about the file: repl-stream-db is 0
                86  \xfa\arepl-id(cfd66c765e9213df0f860926d3d1742f44e3c3e8 RdbAux: a fact about the file: repl-id is cfd66c765e9213df0f860926d3d1742f44e3c3e8
                136 \xfa\x0brepl-offset\xc0\x00 RdbAux: a fact about the file: repl-offset is 0
                151 \xfa\baof-base\xc0\x00 RdbAux: a fact about the file: aof-base is 0
                163 \xfe\x00 RdbSelectDb: the keys that follow are in database 0
                165 \xfb\x0f\x01 RdbResizeDb: keys in this database: 15; keys that expire: 1
                168 \x0b\x06k:iset RdbKey: type 11, a set; its key, 6 bytes: k:iset
                    \x0e\x02\x00\x00\x00\x03\x00\x00\x00\x01\x00\x02\x00\x03\x00 RdbValue: its value, 3 elements in 15 bytes
                191 \x00\ak:int16 RdbKey: type 0, a string; its key, 7 bytes: k:int16
                    \xc190 RdbValue: its value, 5 bytes written as a 16-bit integer
                203 \x00\x06k:int8 RdbKey: type 0, a string; its key, 6 bytes: k:int8
                    \xc0\x0c RdbValue: its value, 2 bytes written as an 8-bit integer
                213 \x11\x06k:zset RdbKey: type 17, a sorted set; its key, 6 bytes: k:zset
                    \x14\x14\x00\x00\x00\x04\x00\x81a\x02\x01\x01\x81b\x02\x832.5\x04\xff RdbValue: its value, 2 elements in 21 bytes
                242 \x0b\bk:iset16 RdbKey: type 11, a set; its key, 8 bytes: k:iset16
                    \x0c\x02\x00\x00\x00\x02\x00\x00\x00\x01\x00\xe8\x03 RdbValue: its value, 2 elements in 13 bytes
                265 \x00\x05k:lzf RdbKey: type 0, a string; its key, 5 bytes: k:lzf
                    \xc3\t@d\x01aa\xe0W\x00\x01aa RdbValue: its value, 100 bytes written compressed (LZF)
                285 \xfc\x00\xd8\xc3,\xbb\x03\x00\x00 RdbExpiry: the next key expires at 4102444800000 ms of Unix time
                    \x00\x05k:exp RdbKey: type 0, a string; its key, 5 bytes: k:exp
                    \x01v RdbValue: its value, 1 byte
                303 \x00\x05k:str RdbKey: type 0, a string; its key, 5 bytes: k:str
                    \x05hello RdbValue: its value, 5 bytes
                316 \x10\x06k:hash RdbKey: type 16, a hash; its key, 6 bytes: k:hash
                    \x15\x15\x00\x00\x00\x04\x00\x82f1\x03\x82v1\x03\x82f2\x03*\x01\xff RdbValue: its value, 2 elements in 22 bytes
                346 \x00\x05k:i64 RdbKey: type 0, a string; its key, 5 bytes: k:i64
                    \x0b12345678901 RdbValue: its value, 11 bytes
                365 \x00\x06k:long RdbKey: type 0, a string; its key, 6 bytes: k:long
                    $abcdefghijklmnopqrstuvwxyz0123456789 RdbValue: its value, 36 bytes
                410 \x12\x06k:list RdbKey: type 18, a list; its key, 6 bytes: k:list
                    \x01\x02\x18\x18\x00\x00\x00\x06\x00\x81a\x02\x81b\x02\x81c\x02\x01\x01\xdf\xfe\x02\xc1,\x02\xff RdbValue: its value, 6 elements in 27 bytes
                445 \x02\x05k:set RdbKey: type 2, a set; its key, 5 bytes: k:set
                    \x01\x01x RdbValue: its value, 1 element in 3 bytes
                455 \x13\bk:stream\x01\x10\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x1d\x1d\x00\x00\x00\n\x00\x01\x01\x00\x01\x01\x01\x81f\x02\x00\x01\x02\x01\x00\x01\x00\x01\x81v\x02\x04\x01\xff\x01\x01\x01\x01\x01\x00\x00 Unknown: not read further: at byte 455: a stream (RDB_TYPE_STREAM_LISTPACKS_2), type 0x13, is not modelled
            "#]],
        );
    }

    fn nearly_a_message() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            Just(b"*2\r\n".to_vec()),
            Just(b"$3\r\nabc\r\n".to_vec()),
            Just(b"$99999999999999\r\n".to_vec()),
            Just(b"\n".to_vec()),
            Just(b"+OK\r\n".to_vec()),
            Just(b"REDIS0010".to_vec()),
            Just(b"\x00\x01k\x01v".to_vec()),
            Just(b"\xff12345678".to_vec()),
            prop::collection::vec(any::<u8>(), 0..8),
        ];
        prop::collection::vec(part, 0..10).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn fields_cover_every_byte_and_lines_every_field(bytes in nearly_a_message()) {
            for stream in [Stream::Command, Stream::Reply, Stream::Preamble, Stream::Snapshot] {
                let fields = anatomy(&bytes, stream);
                let mut at = 0;
                for field in &fields {
                    prop_assert_eq!(field.span.start, at);
                    prop_assert!(!field.span.is_empty() && !field.note.is_empty());
                    at = field.span.end;
                }
                prop_assert_eq!(at, bytes.len() as u64);
                prop_assert_eq!(lines(&fields).into_iter().flatten().collect::<Vec<_>>(), (0..fields.len()).collect::<Vec<_>>());
            }
        }
    }
}
