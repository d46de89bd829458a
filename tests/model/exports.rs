//! What is carried away of a run is read back here, by readers that know nothing of how it was written. The run is one
//! whose names and values are hostile to every format.

use replscope::export::{csv, handout, json, markdown, mermaid, pcap, steps};
use replscope::sim::{Action, What};
use replscope::story::{Lesson, Telling, builtin};
use replscope::time::Time;
use serde_json::Value;
use std::collections::BTreeMap;

const HOSTILE: &str = r#"title  =HYPERLINK("http://x") <script>alert(1)</script> | %% end; #35; `*_[
summary  -1+1 <img src=x onerror=alert(1)> **bold "quoted"**
node a 6379
node b 6380 replicaof a
config * repl-diskless-sync no
at 2s a> SET "<script>alert(2)</script>" "=cmd|' /C calc'!A0"
at 2.1s a> SET "a\r\nb;c#d%%e" BYTES
at 2.2s a> SET "end" "\n- [x](javascript:alert(3))"
at 3s cut a b
at 3.5s a> SET "+1" "@x"
at 4s heal a b
end 7s

note when a runs SET end "\n- [x](javascript:alert(3))"
  <b>A note</b> | `--` **x**
  Text with `code <i>`, a | and ]]> and &amp;.
"#;

/// The lesson; what its text cannot say, bytes that are no text, is put into it.
fn hostile_lesson() -> Lesson {
    let mut lesson = Lesson::parse("hostile.txt", HOSTILE).unwrap_or_else(|error| panic!("{error}"));
    for line in &mut lesson.scenario.script {
        if let Action::Command { args, .. } = &mut line.action {
            args.iter_mut()
                .filter(|arg| &***arg == b"BYTES")
                .for_each(|arg| *arg = b"\x00\xff\"''`,,\t".as_slice().into());
        }
    }
    lesson
}

fn hostile() -> Telling {
    let told = Telling::new(hostile_lesson());
    assert!(told.timeline.steps().len() > 20);
    told
}

fn whole(telling: &Telling) -> (Time, Time) {
    (telling.timeline.start(), telling.timeline.end())
}

/// The fields of each line, as RFC 4180 says.
fn read_csv(text: &str) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut field, mut is_quoted) = (vec![], vec![], String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => line.push(std::mem::take(&mut field)),
            '\r' if !is_quoted => {
                assert_eq!(chars.next(), Some('\n'));
                line.push(std::mem::take(&mut field));
                lines.push(std::mem::take(&mut line));
            }
            _ => field.push(c),
        }
    }
    assert!(!is_quoted && line.is_empty() && field.is_empty());
    lines
}

#[test]
fn a_table_is_read_as_it_was_told_and_holds_no_formula() {
    let mut telling = hostile();
    let (from, to) = whole(&telling);
    let told = steps(&mut telling, from, to);
    let lines = read_csv(&csv(&told));
    assert_eq!(lines.len(), told.told.len() + 1);
    assert_eq!(lines[0][..3], ["step", "seconds", "phase"]);
    for (line, step) in lines[1..].iter().zip(&told.told) {
        assert_eq!(line.len(), lines[0].len(), "{line:?}");
        assert_eq!(line[3].trim_start_matches('\''), step.title);
        for (column, field) in line.iter().enumerate() {
            assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r']), "{column}: {field}");
        }
        let offset = step.nodes[0].stands.as_ref().unwrap().0;
        assert_eq!(line[7], offset.to_string());
    }
}

#[test]
fn a_document_is_read_as_it_was_told() {
    let mut telling = hostile();
    let (from, to) = whole(&telling);
    let told = steps(&mut telling, from, to);
    let text = json(&told);
    assert!(!text.contains('<'), "it may stand in a page");
    let read: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!((&read["format"], &read["title"]), (&1.into(), &told.title.clone().into()));
    let all = read["steps"].as_array().unwrap();
    assert_eq!(all.len(), told.told.len());
    for (read, step) in all.iter().zip(&told.told) {
        assert_eq!(read["title"], step.title.clone());
        assert!((read["seconds"].as_f64().unwrap() - step.after.as_secs_f64()).abs() < 1e-9);
        let messages = read["messages"].as_array().unwrap();
        assert!(messages.iter().zip(&step.messages).all(|(read, m)| read["words"] == m.words.clone()));
        assert_eq!(read["nodes"][0]["offset"], step.nodes[0].stands.as_ref().unwrap().0);
    }
    assert!(all.iter().any(|step| step["messages"].as_array().unwrap().iter().any(|m| m["first_byte"].is_u64())));
}

#[test]
fn markdown_has_no_marks_but_its_own() {
    let mut telling = hostile();
    let (from, to) = whole(&telling);
    let text = markdown(&steps(&mut telling, from, to));
    assert!(text.starts_with("# \\=HYPERLINK(\"http://x\") &lt;script&gt;"), "{}", &text[..80]);
    for line in text.lines() {
        // Outside of code nothing of HTML is left, and no link.
        let outside: String = line.split('`').step_by(2).collect::<String>().replace("\\]", "");
        assert!(!outside.contains('<') && !outside.contains("]("), "{line}");
        assert!(!line.trim_start().starts_with("- [x]"), "{line}");
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("## ")).count(), telling.timeline.steps().len());
}

#[test]
fn mermaid_has_only_the_lines_it_knows() {
    let mut telling = hostile();
    let (from, to) = whole(&telling);
    let text = mermaid(&steps(&mut telling, from, to));
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("---"));
    assert!(lines.next().unwrap().starts_with("title: \"="));
    assert_eq!([lines.next(), lines.next()], [Some("---"), Some("sequenceDiagram")]);
    let mut lost = 0;
    for line in lines {
        let body = line.strip_prefix("    ").unwrap_or_else(|| panic!("{line}"));
        let said = body.split_once(": ").map(|(_, said)| said).or(body.split_once(" as ").map(|(_, name)| name));
        let said = said.unwrap_or_else(|| panic!("{line}"));
        // What is written as #code; is all that has a semicolon or a hash; nothing is HTML or a comment.
        let mut rest = said;
        while let Some((before, after)) = rest.split_once('#') {
            assert!(!before.contains([';', '<', '>', '%', '"', '\'']), "{line}");
            let (code, after) = after.split_once(';').unwrap_or_else(|| panic!("{line}"));
            assert!(code.parse::<u32>().is_ok(), "{line}");
            rest = after;
        }
        assert!(!rest.contains([';', '<', '>', '%', '"', '\'']) && !said.trim().eq_ignore_ascii_case("end"), "{line}");
        lost += usize::from(body.contains("-x"));
    }
    assert_eq!(text.matches("participant").count(), 2);
    let _ = lost;
}

#[test]
fn a_handout_asks_and_has_the_key() {
    for lesson in builtin() {
        let asks = lesson.asks.len();
        let mut telling = Telling::new(lesson);
        let (from, to) = whole(&telling);
        let asked = telling.questions().len();
        let mut drawn = 0;
        let html = handout(&mut telling, from, to, &mut |_| {
            drawn += 1;
            "<svg></svg>".into()
        });
        assert!(drawn >= 3 && html.matches("<svg>").count() == drawn);
        assert_eq!(html.matches("class=\"ask\"").count(), asked);
        assert!(asks == 0 || asked > 0);
        let key = html.split_once("class=\"key\"").map_or("", |(_, key)| key);
        assert_eq!(key.matches("<li>").count(), asked);
        assert!(!key.contains("<strong></strong>"), "{key}");
    }
}

#[test]
fn a_handout_takes_nothing_for_markup() {
    let mut telling = hostile();
    let (from, to) = whole(&telling);
    let html = handout(&mut telling, from, to, &mut |_| String::new());
    for mark in ["<script", "<img", "<b>", "<i>", "onerror=alert(1)>"] {
        assert!(!html.contains(mark), "{mark}");
    }
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

/// A TCP segment of a capture.
struct Packet {
    at: u64,
    ports: [u16; 2],
    seq: u32,
    ack: u32,
    flags: u8,
    payload: Vec<u8>,
}

fn sum(bytes: &[u8]) -> u32 {
    bytes.chunks(2).map(|word| u32::from(word[0]) << 8 | word.get(1).map_or(0, |b| u32::from(*b))).sum()
}

/// Sum of 16-bit words with its carries; of a header with its checksum it is all ones.
fn folded(mut sum: u32) -> u32 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum
}

fn read_pcap(bytes: &[u8]) -> Vec<Packet> {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let short = |at: usize| u16::from_be_bytes(bytes[at..at + 2].try_into().unwrap());
    assert_eq!([word(0), word(4), word(20)], [0xa1b2_c3d4, 0x0004_0002, 101]);
    let (mut packets, mut at) = (vec![], 24);
    while at < bytes.len() {
        let (seconds, micros, length, whole) = (word(at), word(at + 4), word(at + 8) as usize, word(at + 12) as usize);
        assert_eq!(length, whole);
        let (ip, tcp, end) = (at + 16, at + 36, at + 16 + length);
        assert_eq!((bytes[ip], usize::from(short(ip + 2)), bytes[ip + 9]), (0x45, length, 6));
        assert_eq!(folded(sum(&bytes[ip..tcp])), 0xffff, "the IP checksum");
        let pseudo = sum(&bytes[ip + 12..tcp]) + 6 + (end - tcp) as u32;
        assert_eq!(folded(pseudo + sum(&bytes[tcp..end])), 0xffff, "the TCP checksum");
        let be = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        let header = usize::from(bytes[tcp + 12] >> 4) * 4;
        packets.push(Packet {
            at: u64::from(seconds) * 1_000_000 + u64::from(micros),
            ports: [short(tcp), short(tcp + 2)],
            seq: be(tcp + 4),
            ack: be(tcp + 8),
            flags: bytes[tcp + 13],
            payload: bytes[tcp + header..end].to_vec(),
        });
        at = end;
    }
    packets
}

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;

/// Puts the streams of a capture together again, as Wireshark does; by the ports of sender and receiver.
fn reassemble(packets: &[Packet]) -> BTreeMap<[u16; 2], Vec<u8>> {
    let mut streams: BTreeMap<[u16; 2], Vec<u8>> = BTreeMap::new();
    let mut next: BTreeMap<[u16; 2], u32> = BTreeMap::new();
    let mut last = 0;
    for packet in packets {
        assert!(packet.at >= last, "in order of time");
        last = packet.at;
        let back = [packet.ports[1], packet.ports[0]];
        if packet.flags & SYN != 0 {
            next.insert(packet.ports, packet.seq.wrapping_add(1));
            streams.entry(packet.ports).or_default();
        } else if packet.flags & RST == 0 || next.contains_key(&packet.ports) {
            let expected = next.get_mut(&packet.ports).expect("nobody speaks before SYN");
            assert_eq!(packet.seq, *expected, "no byte is missing, none is sent twice");
            let counted = packet.payload.len() as u32 + u32::from(packet.flags & FIN != 0);
            *expected = expected.wrapping_add(counted);
            streams.get_mut(&packet.ports).unwrap().extend_from_slice(&packet.payload);
        }
        if packet.flags & ACK != 0 && packet.flags & RST == 0 {
            let sent = next.get(&back).expect("what is acknowledged was sent");
            assert!(sent.wrapping_sub(packet.ack) < 1 << 30, "nothing is acknowledged before it was sent");
        }
    }
    streams
}

#[test]
fn a_capture_holds_every_byte_that_passed() {
    for lesson in builtin().into_iter().chain([hostile_lesson()]) {
        let name = lesson.name.clone();
        let telling = Telling::new(lesson);
        let (from, to) = whole(&telling);
        let mut sent: BTreeMap<(u64, bool), Vec<u8>> = BTreeMap::new();
        let mut cuts = 0;
        telling.timeline.find(Time(0), &mut |entries, _| {
            for entry in entries {
                match &entry.what {
                    What::Sent(s) => {
                        sent.entry((s.connection, s.from == s.dialler)).or_default().extend_from_slice(&s.bytes);
                    }
                    What::Fault(Action::Cut { .. }) => cuts += 1,
                    _ => {}
                }
            }
            false
        });
        let packets = read_pcap(&pcap(&telling, from, to));
        let streams = reassemble(&packets);
        let mut wanted: Vec<Vec<u8>> = sent.into_values().collect();
        let mut found: Vec<Vec<u8>> = streams.into_values().filter(|stream| !stream.is_empty()).collect();
        wanted.sort();
        found.sort();
        assert!(wanted == found, "{name}");
        assert!(packets.iter().all(|packet| packet.payload.len() <= 1_460));
        assert!(cuts == 0 || packets.iter().any(|packet| packet.flags & RST != 0), "{name}: a cut link is reset");
    }
}

#[test]
fn a_part_of_a_capture_goes_on_with_the_same_numbers() {
    let telling = Telling::new(builtin().remove(4));
    let (from, to) = whole(&telling);
    let all = pcap(&telling, from, to);
    let middle = from + std::time::Duration::from_secs(5);
    let [first, second] =
        [pcap(&telling, from, middle), pcap(&telling, middle + std::time::Duration::from_micros(1), to)];
    // The identification of IP packets begins anew; everything else is the same.
    let parts: Vec<(u64, u32, u32)> =
        read_pcap(&first).iter().chain(&read_pcap(&second)).map(|p| (p.at, p.seq, p.ack)).collect();
    assert_eq!(parts, read_pcap(&all).iter().map(|p| (p.at, p.seq, p.ack)).collect::<Vec<_>>());
}
