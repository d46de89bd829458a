//! Writes what the targets start from into `seeds/TARGET/`: what real servers said, from the tests' recordings and
//! snapshots, and the commands of their scenarios.

use replscope::wire::rdb::{Item, Reader};
use replscope::wire::{Bytes, RequestDecoder, quoted};
use replscope_fuzz::{Op, write_op};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is said at once is cut at this length; see `write_op`.
const SAID_MAX: usize = 60_000;

/// Commands in one seed.
const COMMANDS: usize = 12;

/// One direction of a connection, and what was said in it, read by read.
type Wires = BTreeMap<(String, String, String), Vec<Bytes>>;

fn main() -> Result<(), Box<dyn Error>> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    let seeds = Seeds { dir: fuzz.join("seeds") };
    for file in files(&fuzz.join("../tests/recordings"))? {
        let (name, bytes) = (stem(&file), fs::read(&file)?);
        if file.extension().is_some_and(|e| e == "jsonl") {
            seeds.write("recording", &name, &[&[0, 0], &bytes[..]].concat())?;
        } else {
            seeds.take_wires(&name, &wires(&bytes)?)?;
        }
    }
    for file in files(&fuzz.join("../tests/rdb"))? {
        if file.extension().is_some_and(|e| e == "rdb") {
            seeds.take_snapshot(&stem(&file), &fs::read(&file)?)?;
        }
    }
    for file in files(&fuzz.join("../tests/scenarios"))?.into_iter().chain([fuzz.join("../tests/model/rewrites.txt")]) {
        seeds.take_commands(&stem(&file), &fs::read_to_string(&file)?)?;
    }
    Ok(())
}

struct Seeds {
    dir: PathBuf,
}

impl Seeds {
    fn write(&self, target: &str, name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
        let dir = self.dir.join(target);
        fs::create_dir_all(&dir)?;
        Ok(fs::write(dir.join(name), bytes)?)
    }

    fn take_wires(&self, recording: &str, wires: &Wires) -> Result<(), Box<dyn Error>> {
        for ((link, number, side), reads) in wires {
            let name = format!("{recording}-{}-{number}-{side}", link.replace("->", "-"));
            let all = reads.concat();
            self.write("resp", &name, &[&[0, 0], &all[..]].concat())?;
            if side == "master" {
                self.write("handshake_replica", &name, &[&[0][..], &script(0, reads)].concat())?;
            } else {
                self.write("handshake_master", &name, &[&[0, 0][..], &script(1, reads)].concat())?;
            }
            let words = |args: Vec<Bytes>| args.iter().map(|arg| quoted(arg)).collect::<Vec<_>>().join(" ") + "\r\n";
            let lines: String = requests(&all).into_iter().map(words).collect();
            self.write("inline", &name, &[&[0, 0], lines.as_bytes()].concat())?;
        }
        Ok(())
    }

    /// What clients say to a master with a replica, some commands at a time.
    fn take_commands(&self, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
        let commands: Vec<Bytes> = text.lines().filter_map(command).collect();
        for (n, commands) in commands.chunks(COMMANDS).enumerate() {
            let mut script = vec![0, 0];
            write_op(&mut script, &Op::Says { conn: 1, bytes: b"PSYNC ? -1\r\n" });
            write_op(&mut script, &Op::Wait(Duration::from_millis(100)));
            commands.iter().for_each(|bytes| write_op(&mut script, &Op::Says { conn: 2, bytes }));
            self.write("handshake_master", &format!("{name}-{n}"), &script)?;
        }
        Ok(())
    }

    fn take_snapshot(&self, name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
        self.write("rdb", name, bytes)?;
        for (n, item) in Reader::new(bytes).map_while(Result::ok).enumerate() {
            if let (span, Item::Entry { key, .. }) = item {
                let entry = &bytes[span.start as usize..span.end as usize];
                // As the target numbers them; behind type, key and a length of one byte stands what is packed.
                let kinds = [9, 10, 11, 12, 13, 16, 17];
                if let Some(kind) = kinds.iter().position(|kind| *kind == entry[0]) {
                    let body = &entry[(2 + key.len() + 1).min(entry.len())..];
                    self.write("listpack", &format!("{name}-{n}"), &[&[kind as u8], body].concat())?;
                }
            }
        }
        Ok(())
    }
}

/// The command of a line such as `a> SET k v`, as a client that types it says it.
fn command(line: &str) -> Option<Bytes> {
    let (prompt, command) = line.split_once("> ")?;
    let is_prompt = !prompt.starts_with('#') && !prompt.contains('-');
    is_prompt.then(|| format!("{command}\r\n").into_bytes().into())
}

/// Says all of it on one connection, with a wait after each read.
fn script(conn: u8, reads: &[Bytes]) -> Vec<u8> {
    let mut script = vec![];
    for bytes in reads.iter().flat_map(|read| read.chunks(SAID_MAX)) {
        write_op(&mut script, &Op::Says { conn, bytes });
        write_op(&mut script, &Op::Wait(Duration::from_millis(100)));
    }
    script
}

/// The lines `LINK NUMBER SIDE "BYTES"` of a recording.
fn wires(text: &[u8]) -> Result<Wires, Box<dyn Error>> {
    let mut wires = Wires::new();
    for line in std::str::from_utf8(text)?.lines() {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        if let [link, number, side @ ("replica" | "master"), quoted] = words[..]
            && link.contains("->")
        {
            let said = requests(format!("{quoted}\r\n").as_bytes()).into_iter().flatten();
            wires.entry((link.into(), number.into(), side.into())).or_default().extend(said);
        }
    }
    Ok(wires)
}

/// The arguments of each request at the front of these bytes.
fn requests(bytes: &[u8]) -> Vec<Vec<Bytes>> {
    let mut decoder = RequestDecoder::default();
    decoder.push(bytes);
    let mut requests = vec![];
    while let Ok(Some(request)) = decoder.next() {
        requests.push(request.args.into_iter().map(|arg| arg.bytes).collect());
    }
    requests
}

fn files(dir: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
