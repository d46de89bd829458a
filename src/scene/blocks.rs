//! The backlog's blocks, drawn one by one: what each holds, and who still needs it.
//!
//! Rule: a block is referred to by the backlog if it is the oldest, and by every replica whose next byte it holds or
//! will hold; its refcount is the number of these. Mirrors `replBufBlock` (server.h) and `repl_buffer_blocks`.

use super::geometry::{Rect, Size};
use super::nodes::name_of;
use super::paint::Hue;
use super::panel::{BlockCell, Blocks};
use super::text::{Face, bytes, fit, grouped, width};
use crate::node::{Node, ReplicaState};
use crate::sim::World;

/// Blocks in a row; their measures, and the distance of two rows.
const COLUMNS: usize = 4;
const CELL: Size = Size { width: 74.0, height: 38.0 };
const GAP: f64 = 5.0;
const PITCH: f64 = 60.0;
/// The most blocks that are drawn; from both ends.
const DRAWN: usize = 15;
/// Blocks that have left, as far as they are remembered here.
const TRIMMED_SHOWN: usize = 2;
/// Blocks that are put into words.
const TOLD: usize = 80;

/// A block before it has a place.
struct Drawn {
    first: u64,
    /// Bytes in it, and how many it is made for.
    len: u64,
    capacity: u64,
    pins: Vec<(String, Hue)>,
    trimmed: bool,
}

/// The picture; `trimmed`: what left the backlog, as first byte and the first byte after it. Nothing without a backlog.
pub fn lay_out(world: &World, node: &Node, trimmed: &[(u64, u64)]) -> Option<Blocks> {
    let backlog = node.backlog()?;
    let gone = trimmed[trimmed.len().saturating_sub(TRIMMED_SHOWN)..].iter();
    let mut all: Vec<Drawn> = gone
        .map(|&(from, first)| Drawn {
            first: from,
            len: first - from,
            capacity: first - from,
            pins: vec![],
            trimmed: true,
        })
        .collect();
    let gone = all.len();
    let count = backlog.blocks().count();
    for (n, block) in backlog.blocks().enumerate() {
        let (first, end) = (block.first(), block.end());
        let reads = |cursor: u64| cursor >= first && (cursor < end || n + 1 == count);
        let readers = node.replicas().filter(|r| r.state != ReplicaState::WaitBgsaveStart && reads(r.cursor));
        let named = readers.map(|r| match world.find(&r.addr) {
            Some(id) => (name_of(world, id), Hue::of(id.index())),
            None => (r.addr.to_string(), Hue::None),
        });
        let own = (n == 0).then(|| ("backlog".to_owned(), Hue::None));
        let pins = own.into_iter().chain(named).collect();
        all.push(Drawn { first, len: end - first, capacity: block.capacity(), pins, trimmed: false });
    }
    let text = all[gone..].iter().take(TOLD).map(words).collect();
    let hidden = all.len().saturating_sub(DRAWN + 1);
    let hidden = if hidden == 0 { 0 } else { hidden + 1 };
    let before = if hidden == 0 { all.len() } else { DRAWN / 2 };
    let mut cells: Vec<BlockCell> = all[..before].iter().enumerate().map(|(n, block)| cell(block, n)).collect();
    let dots = (hidden > 0).then(|| (hidden, place(before)));
    let behind = all[before + hidden..].iter().enumerate();
    cells.extend(behind.map(|(n, block)| cell(block, before + 1 + n)));
    let rows = (cells.len() + usize::from(hidden > 0)).div_ceil(COLUMNS).max(1);
    let heading = match count {
        0 => format!("no blocks yet: it is empty; its size is {}", bytes(backlog.size())),
        _ => {
            let unit = if count == 1 { "block holds" } else { "blocks hold" };
            format!("{count} {unit} {}; its size is {}", bytes(backlog.len()), bytes(backlog.size()))
        }
    };
    let width = COLUMNS as f64 * (CELL.width + GAP) - GAP + 2.0;
    Some(Blocks { size: Size { width, height: rows as f64 * PITCH }, heading, cells, hidden: dots, text })
}

fn place(n: usize) -> Rect {
    let (column, row) = ((n % COLUMNS) as f64, (n / COLUMNS) as f64);
    Rect { x: 1.0 + column * (CELL.width + GAP), y: 1.0 + row * PITCH, width: CELL.width, height: CELL.height }
}

fn cell(block: &Drawn, n: usize) -> BlockCell {
    let rect = place(n);
    let names: Vec<&str> = block.pins.iter().map(|(name, _)| name.as_str()).collect();
    // One name in its own colour, or all of them in the ink's.
    let pins = match block.pins.as_slice() {
        [] => vec![],
        [(name, hue)] => vec![(fit(name, Face::Sans, 12.0, CELL.width), *hue)],
        more => {
            let hue = more.iter().map(|(_, hue)| *hue).find(|hue| *hue != Hue::None).unwrap_or(Hue::None);
            let replicas = if names[0] == "backlog" { &names[1..] } else { &names[..] };
            let text = match replicas.join(" ") {
                text if width(&text, Face::Sans, 12.0) <= CELL.width => text,
                _ => format!("{} replicas", replicas.len()),
            };
            let hue = if more.len() > 2 { Hue::None } else { hue };
            vec![(fit(&text, Face::Sans, 12.0, CELL.width), hue)]
        }
    };
    BlockCell {
        rect,
        filled: rect.width * (block.len as f64 / block.capacity.max(1) as f64).min(1.0),
        first: fit(&grouped(block.first), Face::Mono, 12.0, CELL.width - 8.0),
        bytes: if block.trimmed { "trimmed".into() } else { bytes(block.len) },
        pins,
        trimmed: block.trimmed,
        title: words(block),
    }
}

fn words(block: &Drawn) -> String {
    let (first, last) = (grouped(block.first), grouped((block.first + block.len).saturating_sub(1)));
    if block.trimmed {
        return format!("bytes {first} – {last} · left the backlog");
    }
    let names: Vec<&str> = block.pins.iter().map(|(name, _)| name.as_str()).collect();
    let by = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
    format!(
        "bytes {first} – {last} · {} of {} · refcount {}{by}",
        bytes(block.len),
        bytes(block.capacity),
        block.pins.len()
    )
}
