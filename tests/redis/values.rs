//! Every type of value in every encoding: what the wire writes a real server loads, what the server writes the wire reads
//! and would have written to the same byte, and what is damaged both refuse.
//!
//! Rule: a payload that the server takes with `sanitize-dump-payload yes` the reader takes too, with the same contents, and
//! the other way round.

use super::client::Client;
use super::server::{Kind, Server, new_dir};
use super::snapshots::check;
use replscope::rng::Rng;
use replscope::wire::rdb::{Item, ListNode, RdbErrorKind, Reader, Value, Writer};
use replscope::wire::{Bytes, Reply, ReplyDecoder, crc64, double, quoted};
use std::collections::BTreeMap;
use std::{fmt, fs};

/// What a key holds: its type, and its elements; sorted by name where they have one.
#[derive(PartialEq)]
struct Contents(&'static str, Vec<Bytes>);

impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.0)?;
        self.1.iter().try_for_each(|element| write!(f, " {}", quoted(&element[..element.len().min(80)])))
    }
}

impl Contents {
    fn of(value: &Value) -> Contents {
        let flat = |mut pairs: Vec<(Bytes, Bytes)>| {
            pairs.sort();
            pairs.into_iter().flat_map(|(field, value)| [field, value]).collect()
        };
        let sorted = |mut members: Vec<Bytes>| {
            members.sort();
            members
        };
        // A set that is packed loses the sign of 0.
        let printed = |(name, score): &(Bytes, f64)| (name.clone(), text(&double::print(*score + 0.0)));
        match value {
            Value::String(text) => Contents("string", vec![text.clone()]),
            Value::List(nodes) => {
                let elements = nodes.iter().flat_map(|node| match node {
                    ListNode::Plain(element) => vec![element.clone()],
                    ListNode::Packed(elements) => elements.clone(),
                });
                Contents("list", elements.collect())
            }
            Value::Elements(elements) => Contents("list", elements.clone()),
            Value::IntSet(numbers) => {
                Contents("set", sorted(numbers.iter().map(|number| text(&number.to_string())).collect()))
            }
            Value::Set(members) => Contents("set", sorted(members.clone())),
            Value::HashListpack(pairs) | Value::Hash(pairs) => Contents("hash", flat(pairs.clone())),
            Value::SortedSetListpack(members) | Value::SortedSet(members) => {
                Contents("zset", flat(members.iter().map(printed).collect()))
            }
        }
    }

    /// What a server says that a key holds.
    fn on(client: &mut Client, key: &[u8]) -> Contents {
        let kind = bulk(client, &[b"TYPE", key]).concat();
        let mut pairs = |args: &[&[u8]]| {
            let mut flat = bulk(client, args);
            if *kind == *b"zset" {
                flat.iter_mut()
                    .skip(1)
                    .step_by(2)
                    .filter(|score| ***score == *b"-0")
                    .for_each(|score| *score = text("0"));
            }
            let mut pairs: Vec<_> = flat.chunks_exact(2).collect();
            pairs.sort();
            pairs.concat()
        };
        match &kind[..] {
            b"zset" => Contents("zset", pairs(&[b"ZRANGE", key, b"0", b"-1", b"WITHSCORES"])),
            b"hash" => Contents("hash", pairs(&[b"HGETALL", key])),
            b"string" => Contents("string", bulk(client, &[b"GET", key])),
            b"list" => Contents("list", bulk(client, &[b"LRANGE", key, b"0", b"-1"])),
            b"set" => {
                let mut members = bulk(client, &[b"SMEMBERS", key]);
                members.sort();
                Contents("set", members)
            }
            other => panic!("{} is of type {}", quoted(key), quoted(other)),
        }
    }
}

fn text(text: &str) -> Bytes {
    text.as_bytes().into()
}

fn reply(client: &mut Client, args: &[&[u8]]) -> Reply {
    let mut decoder = ReplyDecoder::default();
    decoder.push(&client.ask(args));
    decoder.next().unwrap().expect("a whole reply").0
}

/// The strings in a reply.
fn bulk(client: &mut Client, args: &[&[u8]]) -> Vec<Bytes> {
    match reply(client, args) {
        Reply::Bulk(text) | Reply::Simple(text) => vec![text],
        Reply::Array(items) => {
            let one = |item| if let Reply::Bulk(text) = item { text } else { panic!("{item:?}") };
            items.into_iter().map(one).collect()
        }
        other => panic!("{}: {other:?}", String::from_utf8_lossy(args[0])),
    }
}

/// How a server with Redis' defaults keeps what a file holds so.
fn encoding(value: &Value) -> &'static [&'static str] {
    match value {
        Value::String(_) => &["int", "embstr", "raw"],
        Value::List(_) | Value::Elements(_) => &["quicklist"],
        Value::IntSet(_) => &["intset"],
        Value::HashListpack(_) | Value::SortedSetListpack(_) => &["listpack"],
        Value::Set(_) | Value::Hash(_) => &["hashtable"],
        Value::SortedSet(_) => &["skiplist"],
    }
}

/// Strings of every encoding in a snapshot and in a listpack, and on both sides of every limit of either.
fn strings() -> Vec<Bytes> {
    let lengths = [0, 1, 11, 12, 20, 21, 22, 63, 64, 65, 127, 128, 4094, 4095, 4096, 16_383, 16_384, 70_000];
    let numbers = [7_i64, 8, 11, 12, 13, 15, 16, 17, 23, 24, 31, 32, 62].map(|bits| 1 << bits);
    let around = |number: i64| [number - 1, number, number + 1, -number - 1, -number, -number + 1];
    let numbers = numbers.into_iter().flat_map(around).chain([0, i64::MIN, i64::MAX]);
    let mut rng = Rng::new(1);
    let odd = ["-0", "007", "+1", "1.0", " 1", "1 ", "9223372036854775808", "-9223372036854775809", "\0", "\r\n"];
    let noise = [20, 21, 40, 300, 5000].map(|len| noise(&mut rng, len, 256));
    let words = [21, 22, 25, 30, 60, 200, 3000, 20_000].map(|len| noise_of_words(&mut rng, len));
    let runs = lengths.map(|len| Bytes::from(vec![b'x'; len]));
    let texts = numbers.map(|number| text(&number.to_string())).chain(odd.map(text));
    texts.chain(runs).chain(noise).chain(words).collect()
}

fn noise(rng: &mut Rng, len: usize, letters: u64) -> Bytes {
    (0..len).map(|_| rng.below(letters) as u8).collect()
}

/// Text in which much was there before, near and far.
fn noise_of_words(rng: &mut Rng, len: usize) -> Bytes {
    let words: Vec<Bytes> = (0..2 + rng.below(60)).map(|_| word(rng)).collect();
    let mut out = vec![];
    while out.len() < len {
        out.extend_from_slice(&words[rng.below(words.len() as u64) as usize]);
        if rng.below(40) == 0 {
            out.extend(vec![b'a' + rng.below(4) as u8; rng.below(600) as usize]);
        }
    }
    out.truncate(len);
    out.into()
}

fn word(rng: &mut Rng) -> Bytes {
    let (len, letters) = (1 + rng.below(12) as usize, [4, 26, 256][rng.below(3) as usize]);
    noise(rng, len, letters)
}

/// Distinct names with a text each: so many, the longest of so many bytes.
fn pairs(count: usize, len: usize) -> Vec<(Bytes, Bytes)> {
    let name = |n: usize| if n.is_multiple_of(2) { text(&n.to_string()) } else { text(&format!("field:{n}")) };
    (0..count).map(|n| (name(n), Bytes::from(vec![b'a' + (n % 26) as u8; n * 7 % (len + 1)]))).collect()
}

fn scores(members: Vec<(Bytes, Bytes)>) -> Vec<(Bytes, f64)> {
    let known = [0.5, -0.1, 1e17, 4.6e18, 5e18, -5e18, 1e300, 5e-324, f64::INFINITY, f64::NEG_INFINITY, 3.0, -7.0, 1e9];
    let score = |n: usize| known.get(n).copied().unwrap_or(n as f64 / 8.0 - 3.0);
    let mut members: Vec<_> = members.into_iter().enumerate().map(|(n, (name, _))| (name, score(n))).collect();
    members.sort_by(|(a, x), (b, y)| x.total_cmp(y).then_with(|| a.cmp(b)));
    members
}

/// Values of every type and encoding as a server with Redis' defaults would keep them.
fn values() -> Vec<Value> {
    let strings = strings();
    let short: Vec<Bytes> = strings.iter().filter(|text| text.len() <= 64).cloned().collect();
    let mut members = short.clone();
    members.sort();
    members.dedup();
    let names = |count, len| pairs(count, len).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let reversed = |mut members: Vec<(Bytes, f64)>| {
        members.reverse();
        members
    };
    let plain = ListNode::Plain(vec![b'p'; 9000].into());
    let mut values: Vec<Value> = strings.iter().cloned().map(Value::String).collect();
    values.extend([
        Value::List(vec![ListNode::Packed(short.clone())]),
        Value::List(vec![ListNode::Packed(strings.clone()), plain, ListNode::Packed(names(900, 0))]),
        Value::List(vec![ListNode::Plain(text("alone"))]),
        Value::IntSet(vec![-1]),
        Value::IntSet((0..512).map(|n| n * 3 - 700).collect()),
        Value::IntSet(vec![-70_000, 0, 2_000_000_000]),
        Value::IntSet(vec![i64::MIN, -1, 0, 1, i64::MAX]),
        Value::Set(members.clone()),
        Value::Set(names(600, 0)),
        Value::HashListpack(pairs(1, 64)),
        Value::HashListpack(pairs(512, 64)),
        Value::HashListpack(members.iter().zip(&short).map(|(f, v)| (f.clone(), v.clone())).collect()),
        Value::Hash(vec![(text("f"), vec![b'v'; 65].into()), (text("g"), text("1"))]),
        Value::Hash(pairs(513, 10)),
        Value::SortedSetListpack(scores(pairs(1, 0))),
        Value::SortedSetListpack(scores(pairs(128, 0))),
        Value::SortedSet(reversed(scores(pairs(129, 0)))),
        Value::SortedSet(reversed(scores(vec![(vec![b'm'; 65].into(), text("")), (text("m"), text(""))]))),
    ]);
    values
}

fn write(values: &[Value], compresses: bool) -> Vec<u8> {
    let mut writer = Writer::with_compression(compresses);
    writer.select_db(0);
    writer.resize_db(values.len() as u64, 0);
    for (n, value) in values.iter().enumerate() {
        writer.entry(key(n).as_bytes(), value, None);
    }
    writer.finish()
}

fn key(n: usize) -> String {
    format!("key:{n}")
}

/// What a file holds, by key, with the bytes of each.
fn read(file: &[u8]) -> BTreeMap<Bytes, (Value, Vec<u8>)> {
    let mut held = BTreeMap::new();
    for item in Reader::new(file) {
        if let (span, Item::Entry { key, value, .. }) = item.unwrap_or_else(|error| panic!("{error}")) {
            held.insert(key, (value, file[span.start as usize..span.end as usize].to_vec()));
        }
    }
    held
}

/// What the writer makes of one entry.
fn written(key: &[u8], value: &Value, compresses: bool) -> Vec<u8> {
    let mut writer = Writer::with_compression(compresses);
    let header = writer.clone().finish().len() - 9;
    writer.entry(key, value, None);
    let file = writer.finish();
    file[header..file.len() - 9].to_vec()
}

#[test]
fn a_real_server_loads_every_type_and_writes_it_back_byte_for_byte() {
    for (compresses, setting) in [(true, "yes"), (false, "no")] {
        let values = values();
        let dir = new_dir();
        let file = dir.join("dump.rdb");
        fs::write(&file, write(&values, compresses)).unwrap();
        let text = check(&file);
        assert!(text.contains(&format!("{} keys read", values.len())), "{text}");
        let server =
            Server::start_in(Kind::Redis, dir, &[("sanitize-dump-payload", "yes"), ("rdbcompression", setting)]);
        let mut client = server.client();
        for (n, value) in values.iter().enumerate() {
            let key = key(n);
            let kept = bulk(&mut client, &[b"OBJECT", b"ENCODING", key.as_bytes()]).concat();
            assert!(
                encoding(value).iter().any(|name| name.as_bytes() == kept),
                "{key}: type {} is kept as {}",
                body(value, true).0,
                quoted(&kept)
            );
            assert_eq!(Contents::on(&mut client, key.as_bytes()), Contents::of(value), "{key}");
        }
        client.ok("SAVE");
        let saved = read(&fs::read(&file).unwrap());
        assert_eq!(saved.len(), values.len());
        for (n, value) in values.iter().enumerate() {
            let key = key(n);
            let (found, bytes) = &saved[key.as_bytes()];
            assert_eq!(Contents::of(found), Contents::of(value), "{key}");
            assert_eq!(std::mem::discriminant(found), std::mem::discriminant(value), "{key}");
            assert!(&written(key.as_bytes(), found, compresses) == bytes, "{key}: {value:?}");
        }
    }
}

/// What DUMP answers: type, value, version, checksum.
fn payload(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut payload = [&[kind], body, &[10, 0]].concat();
    let checksum = crc64(0, &payload);
    payload.extend_from_slice(&checksum.to_le_bytes());
    payload
}

/// Type and body of a value as the writer makes them.
fn body(value: &Value, compresses: bool) -> (u8, Vec<u8>) {
    let entry = written(b"", value, compresses);
    (entry[0], entry[2..].to_vec())
}

#[test]
fn strings_are_compressed_as_a_real_server_compresses_them() {
    let server = Server::start(Kind::Redis, &[]);
    let mut client = server.client();
    let mut rng = Rng::new(2);
    let mut corpus = strings();
    for _ in 0..3000 {
        let most = [60, 400, 3000, 40_000][rng.below(4) as usize];
        let len = rng.below(most) as usize;
        let letters = [2, 3, 8, 256][rng.below(4) as usize];
        corpus.push(if rng.below(3) == 0 {
            noise(&mut rng, len.min(3000), letters)
        } else {
            noise_of_words(&mut rng, len)
        });
    }
    let mut compressed = 0;
    for (n, text) in corpus.iter().enumerate() {
        client.ask(&[b"SET", key(n).as_bytes(), text]);
    }
    for (n, text) in corpus.iter().enumerate() {
        let dump = bulk(&mut client, &[b"DUMP", key(n).as_bytes()]).concat();
        let (kind, body) = body(&Value::String(text.clone()), true);
        assert!(dump == payload(kind, &body), "a string of {} bytes: {text:?}", text.len());
        compressed += usize::from(body.first() == Some(&0xC3));
    }
    assert!(compressed > 1000 && compressed < corpus.len() - 500, "{compressed} of {} are compressed", corpus.len());
}

/// A string as a file holds it, as it is.
fn string(text: &[u8]) -> Vec<u8> {
    [&[0x80][..], &(text.len() as u32).to_be_bytes(), text].concat()
}

/// What versions before 7.0 packed elements into.
fn ziplist(elements: &[Bytes]) -> Vec<u8> {
    let mut out = vec![0; 10];
    let (mut before, mut last) = (0_usize, 10);
    for element in elements {
        last = out.len();
        match before {
            0..254 => out.push(before as u8),
            _ => {
                out.push(0xFE);
                out.extend((before as u32).to_le_bytes());
            }
        }
        let number = std::str::from_utf8(element).ok().and_then(|text| text.parse::<i64>().ok());
        match (number.filter(|number| text(&number.to_string()) == *element), element.len()) {
            (Some(number @ 0..=12), _) => out.push(0xF1 + number as u8),
            (Some(number @ -128..=127), _) => out.extend([0xFE, number as u8]),
            (Some(number @ -32_768..=32_767), _) => {
                out.push(0xC0);
                out.extend(&number.to_le_bytes()[..2]);
            }
            (Some(number @ -0x80_0000..=0x7F_FFFF), _) => {
                out.push(0xF0);
                out.extend(&number.to_le_bytes()[..3]);
            }
            (Some(number @ -0x8000_0000..=0x7FFF_FFFF), _) => {
                out.push(0xD0);
                out.extend(&number.to_le_bytes()[..4]);
            }
            (Some(number), _) => {
                out.push(0xE0);
                out.extend(&number.to_le_bytes());
            }
            (None, len @ 0..64) => out.push(len as u8),
            (None, len @ 64..16_384) => out.extend([0x40 | (len >> 8) as u8, len as u8]),
            (None, len) => {
                out.push(0x80);
                out.extend((len as u32).to_be_bytes());
            }
        }
        if number.is_none_or(|number| text(&number.to_string()) != *element) {
            out.extend_from_slice(element);
        }
        before = out.len() - last;
    }
    out.push(0xFF);
    let total = out.len() as u32;
    out[..4].copy_from_slice(&total.to_le_bytes());
    out[4..8].copy_from_slice(&(last as u32).to_le_bytes());
    out[8..10].copy_from_slice(&(elements.len() as u16).to_le_bytes());
    out
}

fn zipmap(pairs: &[(Bytes, Bytes)]) -> Vec<u8> {
    let length = |text: &Bytes| match text.len() {
        len @ 0..254 => vec![len as u8],
        len => [&[0xFE][..], &(len as u32).to_le_bytes()].concat(),
    };
    let entry = |(n, (field, value)): (usize, &(Bytes, Bytes))| {
        let free = vec![b'.'; n % 3];
        [&length(field)[..], field, &length(value), &[free.len() as u8], value, &free].concat()
    };
    let body: Vec<u8> = pairs.iter().enumerate().flat_map(entry).collect();
    [&[pairs.len().min(254) as u8][..], &body, &[0xFF]].concat()
}

/// Types and bodies that only versions before 7.0 wrote, of few elements and short ones.
fn old_bodies() -> Vec<(u8, Vec<u8>)> {
    let short: Vec<Bytes> = strings().into_iter().filter(|text| text.len() <= 300).collect();
    let some = pairs(12, 64);
    let flat = |pairs: &[(Bytes, Bytes)]| pairs.iter().flat_map(|(f, v)| [f.clone(), v.clone()]).collect::<Vec<_>>();
    let members = scores(pairs(20, 0));
    let packed = |(name, score): &(Bytes, f64)| [name.clone(), text(&double::print_packed(*score))];
    let packed: Vec<Bytes> = members.iter().flat_map(packed).collect();
    let in_text = |(name, score): &(Bytes, f64)| match *score {
        f64::INFINITY => [&string(name)[..], &[254]].concat(),
        f64::NEG_INFINITY => [&string(name)[..], &[255]].concat(),
        score => {
            let score = double::print(score);
            [&string(name)[..], &[score.len() as u8], score.as_bytes()].concat()
        }
    };
    let strings: Vec<u8> = short.iter().flat_map(|text| string(text)).collect();
    let nodes: Vec<u8> = [&short[..9], &short[9..], &[]].iter().flat_map(|node| string(&ziplist(node))).collect();
    vec![
        (1, [&[0x40, short.len() as u8][..], &strings].concat()),
        (3, [&[members.len() as u8][..], &members.iter().flat_map(in_text).collect::<Vec<_>>()].concat()),
        (9, string(&zipmap(&some))),
        (9, string(&zipmap(&pairs(3, 600)))),
        (10, string(&ziplist(&short))),
        (12, string(&ziplist(&packed))),
        (13, string(&ziplist(&flat(&some)))),
        (14, [&[3][..], &nodes].concat()),
    ]
}

/// What the reader makes of a payload; `None` if it refuses it.
fn loaded(payload: &[u8]) -> Result<Option<Value>, RdbErrorKind> {
    let file = [b"REDIS0010", &payload[..1], b"\x00", &payload[1..]].concat();
    match Reader::new(&file).next().expect("something is read") {
        Ok((span, Item::Entry { value, .. })) if span.start == 9 => Ok(Some(value)),
        // It was empty, and left out.
        Ok(_) => Ok(None),
        Err(error) => Err(error.kind),
    }
}

fn restore(client: &mut Client, payload: &[u8]) -> bool {
    match reply(client, &[b"RESTORE", b"key", b"0", payload, b"REPLACE"]) {
        Reply::Simple(_) => true,
        Reply::Error(text) if text.ends_with(b"Bad data format") => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_older_versions_wrote_is_read_as_a_real_server_reads_it() {
    let server = Server::start(Kind::Redis, &[("sanitize-dump-payload", "yes")]);
    let mut client = server.client();
    for (kind, body) in old_bodies() {
        let payload = payload(kind, &body);
        assert!(restore(&mut client, &payload), "type {kind}");
        let read = loaded(&payload).unwrap_or_else(|error| panic!("type {kind}: {error:?}")).expect("it is not empty");
        assert_eq!(Contents::of(&read), Contents::on(&mut client, b"key"), "type {kind}");
    }
}

fn damage(rng: &mut Rng, body: &mut Vec<u8>) {
    let edges = [0, 1, 2, 0x3F, 0x40, 0x7F, 0x80, 0xC0, 0xE0, 0xF0, 0xF4, 0xFE, 0xFF];
    for _ in 0..1 + rng.below(3) {
        let at = rng.below(body.len() as u64) as usize;
        let byte = if rng.below(2) == 0 { rng.below(256) as u8 } else { edges[rng.below(13) as usize] };
        match rng.below(6) {
            0 if body.len() > 1 => drop(body.remove(at)),
            1 => body.insert(at, byte),
            2 => body[at] = body[at].wrapping_add(1),
            3 => body[at] = body[at].wrapping_sub(1),
            4 => body[at] ^= 1 << rng.below(8),
            _ => body[at] = byte,
        }
    }
}

#[test]
fn what_is_damaged_is_refused_where_a_real_server_refuses_it() {
    let server = Server::start(Kind::Redis, &[("sanitize-dump-payload", "yes")]);
    let mut client = server.client();
    // Strings have only their length to be damaged, unless they are compressed.
    let all = values();
    let both = all.iter().flat_map(|value| [body(value, false), body(value, true)]);
    let is_short = |(kind, body): &(u8, Vec<u8>)| body.len() < 2000 && (*kind != 0 || body[0] == 0xC3);
    let mut bodies: Vec<(u8, Vec<u8>)> = both.filter(is_short).collect();
    bodies.extend(old_bodies());
    let (mut taken, mut refused) = (0, 0);
    for seed in 0..20_000 {
        let mut rng = Rng::new(seed);
        let (kind, mut body) = bodies[rng.below(bodies.len() as u64) as usize].clone();
        damage(&mut rng, &mut body);
        let payload = payload(kind, &body);
        let read = match loaded(&payload) {
            // The one place where the reader is stricter, see `rdb::reader`.
            Err(RdbErrorKind::BadLength { byte: 0xC0.. }) => continue,
            read => read,
        };
        let is_taken = restore(&mut client, &payload);
        let contents = read.map(|value| value.map(|value| Contents::of(&value)));
        assert_eq!(is_taken, matches!(contents, Ok(Some(_))), "seed {seed}, type {kind}: {contents:?}");
        if let Ok(Some(contents)) = contents {
            assert_eq!(contents, Contents::on(&mut client, b"key"), "seed {seed}, type {kind}");
        }
        *(if is_taken { &mut taken } else { &mut refused }) += 1;
    }
    assert!(taken > 2000 && refused > 2000, "{taken} taken, {refused} refused");
}
