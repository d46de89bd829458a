//! Recordings of real servers are rebuilt: nothing differs; and one byte changed is found where it is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use replscope::story::recording::{Opening, Rebuilding, RecordingError, Report};

/// Recordings of redis-server 7.0.15.
const RECORDINGS: [(&str, &str); 6] = [
    ("fullsync", include_str!("../recordings/fullsync.jsonl")),
    ("partial", include_str!("../recordings/partial.jsonl")),
    ("overflow", include_str!("../recordings/overflow.jsonl")),
    ("promotion", include_str!("../recordings/promotion.jsonl")),
    ("failover-cmd", include_str!("../recordings/failover-cmd.jsonl")),
    ("diskless", include_str!("../recordings/diskless.jsonl")),
];

fn open(text: &[u8]) -> Result<Rebuilding, RecordingError> {
    let mut opening = Opening::default();
    text.chunks(1000).for_each(|chunk| opening.push(chunk));
    opening.end("test.jsonl")
}

fn rebuild(text: &[u8]) -> Result<Report, RecordingError> {
    let mut rebuilding = open(text)?;
    while !rebuilding.advance(7, |_, _| {}) {}
    Ok(rebuilding.finish().1)
}

fn recording(name: &str) -> &'static str {
    RECORDINGS.iter().find(|(known, _)| *known == name).expect("it is in the list").1
}

/// What differs, in words.
fn differences(text: &str) -> Vec<String> {
    let report = rebuild(text.as_bytes()).expect("it can be opened");
    assert_eq!(report.fault, None);
    let words = report.differences.iter().map(|difference| {
        format!(
            "byte {} of {}: expected {}, found {}",
            difference.at,
            report.speaker(difference),
            difference.expected,
            difference.found
        )
    });
    words.collect()
}

/// The records of a text, with the bytes of each that has some.
fn records(text: &str) -> Vec<(serde_json::Value, Vec<u8>)> {
    let record = |line| {
        let record: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let bytes = record["b64"].as_str().map(|b64| STANDARD.decode(b64).expect("base64")).unwrap_or_default();
        (record, bytes)
    };
    text.lines().map(record).collect()
}

fn text_of(records: &[(serde_json::Value, Vec<u8>)]) -> String {
    let line = |(record, bytes): &(serde_json::Value, Vec<u8>)| {
        let mut record = record.clone();
        if record["ev"] == "data" {
            record["b64"] = STANDARD.encode(bytes).into();
            record["len"] = bytes.len().into();
        }
        format!("{record}\n")
    };
    records.iter().map(line).collect()
}

#[test]
fn recordings_of_real_servers_are_what_the_model_would_have_sent() {
    for (name, text) in RECORDINGS {
        assert_eq!(differences(text), [""; 0], "{name}");
    }
    let report = rebuild(recording("promotion").as_bytes()).expect("it can be opened");
    let said: Vec<String> =
        report.connections.iter().map(|c| format!("{} {} {:?} {}", c.link, c.number, c.bytes, c.acks)).collect();
    assert_eq!(said, ["B->A 1 [228, 373] 1", "C->A 1 [228, 373] 1", "C->B 1 [302, 222] 3", "A->B 1 [230, 185] 1"]);
    let places: Vec<(&str, bool, u64)> =
        report.servers.iter().map(|server| (server.name.as_str(), server.is_replica, server.offset)).collect();
    assert_eq!(places, [("a", true, 226), ("b", false, 263), ("c", true, 263)]);
    assert_eq!(report.commands, [("SELECT".to_string(), 2), ("SET".to_string(), 6), ("REPLCONF".to_string(), 1)]);
    assert_eq!(report.connections[0].version.as_deref(), Some("7.0.15"));
}

/// Changes one byte of what passed: the first one of `text` found in a record of this direction, after `skip` others.
fn doctored(name: &str, direction: &str, text: &str, skip: usize, with: u8) -> Vec<String> {
    let mut records = records(recording(name));
    let find = |(record, bytes): &&mut (serde_json::Value, Vec<u8>)| {
        record["dir"] == direction && bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    let (_, bytes) = records.iter_mut().filter(find).nth(skip).expect("there is such a record");
    let at = bytes.windows(text.len()).position(|window| window == text.as_bytes()).expect("it was found");
    bytes[at] = with;
    differences(&text_of(&records))
}

#[test]
fn a_byte_that_was_changed_is_found_where_it_is() {
    let master = |at, text: &str| vec![format!("byte {at} of the master on B->A connection {text}")];
    let replica = |at, text: &str| vec![format!("byte {at} of the replica on B->A connection {text}")];
    // An offset that was acknowledged.
    assert_eq!(doctored("fullsync", "r2m", "264", 0, b'3'), replica(367, "1: expected ACK 264, found ACK 364"));
    // The stream's own words.
    let found = doctored("fullsync", "m2r", "SELECT", 0, b's');
    assert_eq!(
        found,
        master(
            648,
            "1: expected *2\\r\\n$6\\r\\nSELECT\\r\\n$1\\r\\n0\\r\\n*3\\r\\n$3\\r\\nSET\\r\\n$1\\r\\n…, found *2\\r\\n$6\\r\\nsELECT\\r\\n$1\\r\\n0\\r\\n*3\\r\\n$3\\r\\nSET\\r\\n$1\\r\\n…"
        )
    );
    // What a replica asks to continue from.
    let found = doctored("partial", "r2m", "53", 0, b'6');
    assert_eq!(found[0].split(',').next().unwrap(), replica(189, "2: expected …565543a322\\r\\n$2\\r\\n53\\r\\n")[0]);
    // What one connection was sent another one shows differently: the one that was seen later is named.
    let found = doctored("promotion", "m2r", "v2", 0, b'w');
    assert!(found[0].starts_with("byte 340 of the master on C->A connection 1"), "{found:?}");
    // The place in the history at which a snapshot was taken.
    let found = doctored("partial", "m2r", "FULLRESYNC 9", 0, b'G');
    assert!(found[0].starts_with("byte 17 of the master on B->A connection 1: expected nothing"), "{found:?}");
    // A snapshot tells only that it was changed, and the checksum at its end does that.
    let found = doctored("partial", "m2r", "k0", 0, b'j');
    assert!(found[0].starts_with("byte 255 of the master on B->A connection 1: expected the checksum"), "{found:?}");
}

#[test]
fn a_recording_that_is_cut_off_is_opened_up_to_there() {
    let text = recording("promotion").as_bytes();
    for end in (1..text.len()).step_by(97) {
        match rebuild(&text[..end]) {
            Ok(report) => {
                assert_eq!(report.differences, [], "cut at {end}");
                let is_whole = text[end - 1] == b'\n' || text[end] == b'\n';
                assert_eq!(report.fault.is_none(), is_whole, "cut at {end}");
            }
            Err(error) => assert!(text[..end].iter().filter(|byte| **byte == b'\n').count() == 0, "{end}: {error}"),
        }
    }
}

#[test]
fn what_is_no_recording_is_refused() {
    let said = |text: &str| match rebuild(text.as_bytes()) {
        Ok(report) => report.fault.map_or_else(|| "opened".into(), |fault| format!("opened up to {fault}")),
        Err(error) => error.to_string(),
    };
    let open = r#"{"t":0,"link":"B->A","conn":1,"ev":"open"}"#;
    assert_eq!(said(""), "there is no connection in this file: it is no recording, or an empty one");
    assert_eq!(said("hello\n"), "line 1, column 1: a line must be a JSON object, {…}");
    assert_eq!(said(&format!("{open}\n{open}\n")), "opened up to line 2, column 1: this connection is open already");
    assert_eq!(said(&format!("{open}\n{{\"t\":")), "opened up to line 2, column 6: the file ends inside a line");
    let data = r#"{"t":1,"link":"B->A","conn":1,"ev":"data","dir":"r2m","at":5,"len":1,"b64":"QQ=="}"#;
    assert_eq!(
        said(&format!("{open}\n{data}\n")),
        "opened up to line 2, column 1: bytes are missing or doubled: \"at\" must be 0 here, it is 5"
    );
    let mut opening = Opening::default();
    let line = [b"{".as_slice(), &vec![b' '; (1 << 20) - 2], b"\n"].concat();
    for _ in 0..101 {
        opening.push(&line);
    }
    assert!(opening.end("large").unwrap_err().to_string().contains("column"));
    let mut opening = Opening::default();
    let line = [vec![b' '; (1 << 20) - 1].as_slice(), b"\n"].concat();
    for _ in 0..101 {
        opening.push(&line);
    }
    assert!(opening.end("large").unwrap_err().to_string().contains("larger than"));
}

/// A recording of another version: what is not known is named, and the rest goes on.
#[test]
fn what_later_versions_say_is_named_and_shown() {
    let changed = |what: &[(&str, &str, &str)]| {
        let mut records = records(recording("fullsync"));
        let (mut at, mut bytes_of) = ([0, 0], vec![]);
        for (record, bytes) in &mut records {
            for (direction, from, to) in what {
                if record["dir"] == *direction
                    && let Some(n) = bytes.windows(from.len()).position(|window| window == from.as_bytes())
                {
                    bytes.splice(n..n + from.len(), to.bytes());
                }
            }
            if record["ev"] == "data" {
                let position = &mut at[usize::from(record["dir"] == "m2r")];
                record["at"] = (*position).into();
                *position += bytes.len();
                bytes_of.push(bytes.len());
            }
        }
        rebuild(text_of(&records).as_bytes()).expect("it can be opened")
    };
    let capa = changed(&[(
        "r2m",
        "*5\r\n$8\r\nREPLCONF\r\n$4\r\ncapa\r\n$3\r\neof\r\n$4\r\ncapa\r\n$6\r\npsync2\r\n",
        "*7\r\n$8\r\nREPLCONF\r\n$4\r\ncapa\r\n$3\r\neof\r\n$4\r\ncapa\r\n$6\r\npsync2\r\n$4\r\ncapa\r\n$16\r\nrdb-channel-repl\r\n",
    )]);
    assert_eq!((capa.fault, capa.differences), (None, vec![]));
    let fack = changed(&[(
        "r2m",
        "*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$3\r\n250\r\n",
        "*5\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$3\r\n250\r\n$4\r\nFACK\r\n$3\r\n250\r\n",
    )]);
    assert_eq!((fack.fault, fack.differences), (None, vec![]));
    let rdb = changed(&[("m2r", "REDIS0010", "REDIS0012")]);
    assert!(rdb.unknown.iter().any(|what| what.contains("0012")), "{:?}", rdb.unknown);
    assert_eq!(rdb.fault, None);
}

proptest! {
    #[test]
    fn any_bytes_in_the_place_of_a_recording_are_refused_or_opened(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        lines in prop::collection::vec((0..60_usize, 0..3_usize), 0..30),
    ) {
        let _ = rebuild(&bytes);
        // Lines of real recordings in any order.
        let shuffled = lines.iter().map(|(n, which)| {
            let all: Vec<&str> = RECORDINGS[*which + 1].1.lines().collect();
            format!("{}\n", all[n % all.len()])
        });
        let _ = rebuild(shuffled.collect::<String>().as_bytes());
    }

    #[test]
    fn any_byte_may_be_another(which in 0..RECORDINGS.len(), record in 0..60_usize, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut records = records(RECORDINGS[which].1);
        let count = records.len();
        let bytes = &mut records[record % count].1;
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        prop_assert!(rebuild(text_of(&records).as_bytes()).is_ok());
    }
}
