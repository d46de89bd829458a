//! The tape: the replication stream laid out by byte offset, so that it can be seen why a return is partial or full.
//!
//! Rule: a command is as wide as its bytes; the bracket is the backlog; a node is a caret at its offset. What does not
//! fit is left out at the old end. Mirrors `repl_backlog` and its INFO fields.

use super::geometry::{Rect, Size};
use super::order;
use super::paint::Hue;
use super::text::{self, Face, fit};
use crate::sim::NodeId;
use crate::time::Time;

/// What is to be laid out, read from the world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TapeSource {
    /// The stream up to where histories part, or all of it; oldest first.
    pub trunk: Vec<Written>,
    pub split: Option<Split>,
    pub window: Option<Window>,
    pub pins: Vec<Pin>,
}

/// A command of the stream: its bytes are `start..=end`.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub start: u64,
    pub end: u64,
    pub words: String,
    pub at: Time,
}

/// A promotion: from byte `first` on, the stream has a new id.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    pub first: u64,
    /// The new id, shortened, its colour, and what was written under it.
    pub id: String,
    pub hue: Hue,
    pub written: Vec<Written>,
    /// What the old history still got after that point, where it exists, and its colour.
    pub alone: Vec<Written>,
    pub alone_on: String,
    pub alone_hue: Hue,
}

/// The backlog: `len` bytes from offset `first`, of `size` at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub first: u64,
    pub len: u64,
    pub size: u64,
}

/// A node on the stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin {
    pub node: NodeId,
    pub name: String,
    pub hue: Hue,
    pub offset: u64,
    /// It has lost its master and will ask for the byte after `offset`.
    pub cut_off: bool,
    /// It is on the branch that only the old master has.
    pub alone: bool,
}

/// The tape, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Tape {
    pub size: Size,
    /// Left edge of everything.
    pub left: f64,
    /// Baseline of the heading.
    pub heading_y: f64,
    pub heading: String,
    pub segments: Vec<Segment>,
    /// Where the stream will be, while nothing is in it.
    pub empty: Option<Rect>,
    /// Commands older than those drawn, and where to say so.
    pub earlier: Option<(usize, f64, f64)>,
    pub bracket: Option<Bracket>,
    pub carets: Vec<Caret>,
    pub notes: Vec<MarginNote>,
    pub fork: Option<Fork>,
    /// Baseline of the line that says what can be done here; None where the room is low, then the heading's place is used.
    pub hint_y: Option<f64>,
}

/// One command.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    pub rect: Rect,
    /// Shortened to the segment.
    pub label: String,
    pub words: String,
    pub start: u64,
    pub end: u64,
    pub at: Time,
    pub age: Age,
    /// Left edge of the part that is in the backlog.
    pub kept_x: f64,
    /// The colour of its history, if it is not the first one on the tape.
    pub hue: Option<Hue>,
}

/// How a segment stands to the backlog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// No byte of it can be asked for any more.
    Past,
    Kept,
    /// The last one written.
    Newest,
}

impl Age {
    pub fn class(self) -> &'static str {
        match self {
            Age::Past => "past",
            Age::Kept => "kept",
            Age::Newest => "newest",
        }
    }
}

/// The backlog above the segments.
#[derive(Clone, Debug, PartialEq)]
pub struct Bracket {
    pub from: f64,
    pub to: f64,
    pub y: f64,
    pub label: String,
    pub label_x: f64,
    /// The line left and right of the label, if there is any; and whether the old end is beyond the edge.
    pub gap: (f64, f64),
    pub open: bool,
}

/// Nodes below the segments: all that stand at the same byte.
#[derive(Clone, Debug, PartialEq)]
pub struct Caret {
    pub labels: Vec<CaretLabel>,
    pub offset: u64,
    pub x: f64,
    pub y: f64,
    /// Middle of the labels.
    pub label_x: f64,
    /// Baseline of the offset, below the last line of names.
    pub offset_y: f64,
    /// Its byte is beyond the old end of the tape.
    pub before: bool,
}

/// The name of a node at a caret.
#[derive(Clone, Debug, PartialEq)]
pub struct CaretLabel {
    pub node: NodeId,
    pub name: String,
    pub hue: Hue,
    /// Left end of its baseline.
    pub x: f64,
    pub y: f64,
}

/// How much a replica that is cut off still has before the backlog has moved past it.
#[derive(Clone, Debug, PartialEq)]
pub struct MarginNote {
    pub text: String,
    pub hue: Hue,
    /// The backlog's first byte, and the replica's caret.
    pub edge: f64,
    pub caret: f64,
    pub top: f64,
    pub y: f64,
    pub text_x: f64,
    /// The text stands to the left of the edge.
    pub left: bool,
    /// There is room beside the line on neither side: the text stands below it.
    pub below: bool,
}

/// Where a promotion parted the histories.
#[derive(Clone, Debug, PartialEq)]
pub struct Fork {
    pub x: f64,
    pub top: f64,
    pub bottom: f64,
    /// Left end of what is said of it.
    pub label_x: f64,
    pub label_y: f64,
    pub offset: u64,
    /// Upper and lower branch: where their first segments begin, and what stands behind their last ones.
    pub branches: Vec<Branch>,
}

/// One side of a fork.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    pub hue: Hue,
    pub from: (f64, f64),
    pub to: (f64, f64),
    pub label_x: f64,
    pub label_y: f64,
    pub title: String,
    pub note: String,
}

const HEADING_Y: f64 = 16.0;
const BRACKET_Y: f64 = 47.0;
/// Top of the segments below a bracket, and of the upper branch of a fork, which has none.
const SEGMENT_Y: f64 = 66.0;
const FORK_Y: f64 = 32.0;
const SEGMENT_HEIGHT: f64 = 42.0;
/// Half the distance of the two branches of a fork.
const SPREAD: f64 = 26.0;
/// Px for one byte: at most, so that a short stream does not look long; at least, so that words can be read.
const SCALE: (f64, f64) = (4.05, 2.7);
const LEAST_WIDTH: f64 = 38.0;
/// Between the lines of the carets' labels.
const LABEL_PITCH: f64 = 17.0;
/// A tape is at least this high, whatever is on it: so what stands above it stays in its place from step to step.
const LEAST_HEIGHT: f64 = 220.0;
/// What the line below everything takes.
const HINT: f64 = 28.0;

/// Lays the stream out in `width` px; `low`: in as little height as possible.
pub fn lay_out(source: &TapeSource, width: f64, low: bool) -> Tape {
    let left = if width >= super::layout::WIDE { (width * 0.05).clamp(16.0, 52.0).round() } else { 12.0 };
    let room = width - 2.0 * left;
    let forked = source.split.as_ref().is_some_and(|s| !s.alone.is_empty());
    let mut ruler = Ruler::new(source, left, room, forked);
    let lift = if forked { SPREAD } else { 0.0 };
    let segments = segments(source, &ruler, lift);
    let bottom = ruler.top + SEGMENT_HEIGHT + 2.0 * lift;
    ruler.hidden += source.trunk.len() - ruler.shown;
    let bracket = source.window.filter(|_| !forked).map(|w| bracket(w, &ruler, left, room));
    let (carets, lines) = carets(source, &ruler, bottom, (left, width));
    let below = bottom + 32.0 + LABEL_PITCH * lines.max(2) as f64;
    let notes = notes(source, &ruler, &carets, (bottom, below), (left, left + room));
    let fork = source.split.as_ref().and_then(|s| fork(s, &ruler, &segments, lift, below, source.window, (left, width)));
    let notes_lines = notes.len() + usize::from(fork.is_some() || notes.iter().any(|n| n.below));
    let hint = if low { 0.0 } else { HINT };
    let height = (below + LABEL_PITCH * notes_lines as f64 + 8.0).max(LEAST_HEIGHT) + hint;
    let hint_y = (!low).then_some(height - 20.0);
    Tape {
        size: Size { width, height },
        left,
        heading_y: HEADING_Y,
        heading: heading(source),
        earlier: (ruler.hidden > 0).then_some((ruler.hidden, left, ruler.top + lift + SEGMENT_HEIGHT / 2.0)),
        empty: segments.is_empty().then_some(Rect { x: left, y: SEGMENT_Y, width: room, height: SEGMENT_HEIGHT }),
        segments,
        bracket,
        carets,
        notes,
        fork,
        hint_y,
    }
}

fn heading(source: &TapeSource) -> String {
    match &source.split {
        Some(split) if !split.alone.is_empty() => {
            format!("two histories share bytes 1 – {}, then part", text::grouped(split.first.saturating_sub(1)))
        }
        _ if source.trunk.is_empty() && source.split.is_none() => "nothing has been propagated yet".to_owned(),
        _ => "every byte the master has propagated, by offset".to_owned(),
    }
}

/// Maps offsets to places: proportional inside a command, so that any byte has one.
struct Ruler {
    /// Start, end, left edge and width of the commands drawn, along the main line.
    marks: Vec<(u64, u64, f64, f64)>,
    alone: Vec<(u64, u64, f64, f64)>,
    left: f64,
    shown: usize,
    hidden: usize,
    /// Where the histories part.
    fork_x: f64,
    /// Top of the uppermost segments.
    top: f64,
}

/// Left of the segments, when older ones are left out.
const STUB: f64 = 26.0;
/// Between the trunk and a branch.
const FORK_GAP: f64 = 28.0;
/// Width of the word `promotion`, and a space.
pub const PROMOTION: f64 = 84.0;
/// Kept free behind the branches for what is said of them.
const BRANCH_LABEL: f64 = 190.0;

impl Ruler {
    fn new(source: &TapeSource, left: f64, room: f64, forked: bool) -> Ruler {
        let (ours, alone) = source.split.as_ref().map_or((&[][..], &[][..]), |s| (&s.written[..], &s.alone[..]));
        let room = if forked { (room - FORK_GAP - BRANCH_LABEL).max(room * 0.5) } else { room };
        let total: u64 = source.trunk.iter().chain(ours).map(|w| w.end + 1 - w.start).sum();
        let scale = (room / total.max(1) as f64).clamp(SCALE.1, SCALE.0);
        let wide = |w: &Written| ((w.end + 1 - w.start) as f64 * scale).clamp(LEAST_WIDTH, room * 0.4);
        let sum = |ws: &[Written]| ws.iter().map(wide).sum::<f64>();
        // From the newest backwards, as many as fit; the branches first.
        let mut skip_ours = 0;
        while skip_ours + 1 < ours.len() && sum(&ours[skip_ours..]) > room - STUB {
            skip_ours += 1;
        }
        let ours = &ours[skip_ours..];
        let branch = sum(ours).max(sum(alone));
        let mut shown = 0;
        let mut used = branch;
        for w in source.trunk.iter().rev() {
            let all = shown + 1 == source.trunk.len() && skip_ours == 0;
            if used + wide(w) > room - if all { 0.0 } else { STUB } + 0.01 {
                break;
            }
            used += wide(w);
            shown += 1;
        }
        let hidden = source.trunk.len() - shown + skip_ours > 0;
        let mut x = left + if hidden { STUB } else { 0.0 };
        let start = x;
        let lay = |ws: &[Written], x: &mut f64| {
            ws.iter()
                .map(|w| {
                    let mark = (w.start, w.end, *x, wide(w));
                    *x += mark.3;
                    mark
                })
                .collect::<Vec<_>>()
        };
        let mut marks = lay(&source.trunk[source.trunk.len() - shown..], &mut x);
        let fork_x = x;
        if forked {
            x += FORK_GAP;
        }
        let mut alone_x = x;
        marks.extend(lay(ours, &mut x));
        let alone = lay(alone, &mut alone_x);
        Ruler { marks, alone, left: start, shown, hidden: skip_ours, fork_x, top: if forked { FORK_Y } else { SEGMENT_Y } }
    }

    /// The right edge of byte `offset` on the main line; and whether it is older than anything drawn.
    fn x(&self, offset: u64) -> (f64, bool) {
        Ruler::find(&self.marks, offset, self.left)
    }

    fn find(marks: &[(u64, u64, f64, f64)], offset: u64, left: f64) -> (f64, bool) {
        let Some(first) = marks.first() else { return (left, false) };
        if offset + 1 < first.0 {
            return (first.2, true);
        }
        let mut x = first.2;
        for &(start, end, at, width) in marks {
            if offset < start {
                break;
            }
            x = at + width * ((offset.min(end) + 1 - start) as f64 / (end + 1 - start) as f64);
        }
        (x, false)
    }
}

fn segments(source: &TapeSource, ruler: &Ruler, lift: f64) -> Vec<Segment> {
    let (ours, alone) = source.split.as_ref().map_or((&[][..], &[][..]), |s| (&s.written[..], &s.alone[..]));
    let trunk = &source.trunk[source.trunk.len() - ruler.shown..];
    let ours = &ours[ours.len() - (ruler.marks.len() - trunk.len())..];
    let hue = source.split.as_ref().map(|s| s.hue);
    let alone_hue = source.split.as_ref().map(|s| s.alone_hue);
    let newest = trunk.iter().chain(ours).map(|w| w.end).max();
    let lanes = [
        (trunk, &ruler.marks[..trunk.len()], lift, None),
        (ours, &ruler.marks[trunk.len()..], 2.0 * lift, hue),
        (alone, &ruler.alone[..], 0.0, alone_hue),
    ];
    let mut segments = Vec::new();
    for (lane, (written, marks, drop, hue)) in lanes.into_iter().enumerate() {
        for (w, &(start, end, x, width)) in written.iter().zip(marks) {
            let first = source.window.map_or(u64::MAX, |w| w.first);
            let age = match () {
                _ if lane == 2 && written.last().is_some_and(|l| l.end == end) => Age::Newest,
                _ if lane == 2 => Age::Kept,
                _ if end < first => Age::Past,
                _ if Some(end) == newest => Age::Newest,
                _ => Age::Kept,
            };
            let kept_x = if first > start && lane != 2 { ruler.x(first - 1).0.min(x + width) } else { x };
            segments.push(Segment {
                rect: Rect { x, y: ruler.top + drop, width: width - 1.5, height: SEGMENT_HEIGHT },
                label: fit(&w.words, Face::Mono, 12.0, width - 3.5),
                words: w.words.clone(),
                start,
                end,
                at: w.at,
                age,
                kept_x,
                hue,
            });
        }
    }
    segments
}

fn bracket(window: Window, ruler: &Ruler, left: f64, room: f64) -> Bracket {
    let label = if window.len == 0 {
        format!("backlog {} · empty", text::bytes(window.size))
    } else {
        let last = text::grouped(window.first + window.len - 1);
        format!("backlog {} · bytes {} – {last}", text::bytes(window.size), text::grouped(window.first))
    };
    let (from, open) = ruler.x(window.first.saturating_sub(1));
    let to = if window.len == 0 { from } else { ruler.x(window.first + window.len - 1).0 };
    let half = text::width(&label, Face::Bold, 13.0) / 2.0 + 8.0;
    // A label wider than its bracket stands behind it.
    let beside = to - from < 2.0 * half + 16.0;
    let label_x = if beside { to + half } else { (from + to) / 2.0 };
    let label_x = label_x.min(left + room - half).max(left + half);
    let gap = (label_x - half, label_x + half);
    Bracket { from: if open { left } else { from }, to, y: BRACKET_Y, label, label_x, gap, open }
}

/// The carets, and how many lines their labels take together.
fn carets(source: &TapeSource, ruler: &Ruler, bottom: f64, edges: (f64, f64)) -> (Vec<Caret>, usize) {
    let mut pins: Vec<&Pin> = source.pins.iter().filter(|p| !p.alone).collect();
    order::by_key(&mut pins, |p| (p.offset, p.node));
    // Where each line of labels is free again.
    let mut lines: Vec<f64> = Vec::new();
    let carets = pins
        .chunk_by(|a, b| a.offset == b.offset)
        .map(|group| {
            let (x, before) = ruler.x(group[0].offset);
            caret(group, x, before, bottom, edges, &mut lines)
        })
        .collect();
    (carets, lines.len())
}

/// Between two names, and the most that a line of names is wide.
const NAME_GAP: f64 = 9.0;
const NAMES_WIDE: f64 = 230.0;

fn caret(group: &[&Pin], x: f64, before: bool, bottom: f64, edges: (f64, f64), lines: &mut Vec<f64>) -> Caret {
    let wide = |pin: &Pin| text::width(&pin.name, Face::Bold, 13.0);
    let mut rows: Vec<(f64, Vec<&Pin>)> = vec![(0.0, Vec::new())];
    for pin in group {
        let more = wide(pin) + NAME_GAP;
        match rows.last_mut() {
            Some((used, row)) if row.is_empty() || *used + more <= NAMES_WIDE => {
                *used += more;
                row.push(pin);
            }
            _ => rows.push((more, vec![pin])),
        }
    }
    let widest = rows.iter().map(|r| r.0 - NAME_GAP).fold(0.0, f64::max);
    let offset = text::width(&text::grouped(group[0].offset), Face::Mono, 12.0);
    let half = widest.max(offset) / 2.0;
    let middle = x.min(edges.1 - half - 4.0).max(half + edges.0);
    // The first line from which on all that is needed is free here.
    let needed = rows.len() + 1;
    let free = |line: usize| lines.get(line).is_none_or(|&end| end + 8.0 <= middle - half);
    let first = (0..=lines.len()).find(|&l| (l..l + needed).all(free)).unwrap_or(lines.len());
    lines.resize(lines.len().max(first + needed), f64::NEG_INFINITY);
    lines[first..first + needed].fill(middle + half);
    let baseline = |line: usize| bottom + 29.0 + LABEL_PITCH * line as f64;
    let mut labels = Vec::new();
    for (i, (used, row)) in rows.iter().enumerate() {
        let mut at = middle - (used - NAME_GAP) / 2.0;
        for pin in row {
            labels.push(CaretLabel { node: pin.node, name: pin.name.clone(), hue: pin.hue, x: at, y: baseline(first + i) });
            at += wide(pin) + NAME_GAP;
        }
    }
    Caret { labels, offset: group[0].offset, x, y: bottom + 5.0, label_x: middle, offset_y: baseline(first + rows.len()) - 1.0, before }
}

fn notes(source: &TapeSource, ruler: &Ruler, carets: &[Caret], (top, below): (f64, f64), (left, right): (f64, f64)) -> Vec<MarginNote> {
    let Some(window) = source.window else { return Vec::new() };
    let cut = source.pins.iter().filter(|p| p.cut_off && !p.alone);
    cut.enumerate()
        .map(|(row, pin)| {
            let text = match (pin.offset + 1).checked_sub(window.first) {
                Some(left) => {
                    let unit = if left == 1 { " byte" } else { " bytes" };
                    format!("{}{unit} left before {} needs a full resync", text::grouped(left), pin.name)
                }
                None => {
                    let gone = window.first - pin.offset - 1;
                    let unit = if gone == 1 { " byte it lacks has" } else { " bytes it lacks have" };
                    format!("{} needs a full resync: {}{unit} left the backlog", pin.name, text::grouped(gone))
                }
            };
            let edge = ruler.x(window.first.saturating_sub(1)).0;
            let caret = carets.iter().find(|c| c.offset == pin.offset).map_or(edge, |c| c.x);
            let wide = text::width(&text, Face::Sans, 12.0);
            let outer = edge.min(caret);
            let inner = edge.max(caret);
            let fits_left = outer - left >= wide + 8.0;
            let is_below = !fits_left && right - inner < wide;
            let text_x = if fits_left { outer - 8.0 } else if is_below { (right - wide).min(outer + 6.0) } else { inner + 8.0 };
            MarginNote { text, hue: pin.hue, edge, caret, top: top + 5.0, y: below + 2.0 + row as f64 * LABEL_PITCH, text_x, left: fits_left, below: is_below }
        })
        .collect()
}

fn fork(split: &Split, ruler: &Ruler, segments: &[Segment], lift: f64, below: f64, window: Option<Window>, (left, right): (f64, f64)) -> Option<Fork> {
    if ruler.marks.first().is_none_or(|m| m.0 >= split.first) && split.alone.is_empty() {
        return None;
    }
    let x = ruler.fork_x;
    let middle = ruler.top + lift + SEGMENT_HEIGHT / 2.0;
    let branch = |hue: Hue, y: f64, title: String, note: String| {
        let of = segments.iter().filter(|s| s.rect.y == y && s.hue == Some(hue));
        let end = of.map(|s| s.rect.right()).fold(x + FORK_GAP, f64::max);
        let from = (x, middle);
        let room = right - end - 14.0;
        let (title, note) = (fit(&title, Face::Bold, 12.0, room), fit(&note, Face::Sans, 12.0, room));
        Branch { hue, from, to: (x + FORK_GAP - 2.0, y + SEGMENT_HEIGHT / 2.0), label_x: end + 10.0, label_y: y + 17.0, title, note }
    };
    let mut branches = Vec::new();
    if !split.alone.is_empty() {
        let lost: u64 = split.alone.iter().map(|w| w.end + 1 - w.start).sum();
        let count = split.alone.len();
        let unit = if count == 1 { " command" } else { " commands" };
        branches.push(branch(
            split.alone_hue,
            ruler.top,
            format!("only on {} · {}", split.alone_on, text::bytes(lost)),
            format!("{count}{unit} in no other history"),
        ));
        let kept = window.map_or(String::new(), |w| format!(" · backlog from {}", text::grouped(w.first)));
        branches.push(branch(
            split.hue,
            ruler.top + 2.0 * lift,
            format!("new id {}", split.id),
            format!("from byte {}{kept}", text::grouped(split.first)),
        ));
    }
    Some(Fork {
        x,
        top: ruler.top + lift - 10.0,
        bottom: ruler.top + lift + SEGMENT_HEIGHT + 10.0,
        label_x: (x - PROMOTION).max(left),
        label_y: below + 2.0,
        offset: split.first,
        branches,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(lengths: &[u64]) -> TapeSource {
        let mut end = 0;
        let trunk = lengths
            .iter()
            .map(|len| {
                let start = end + 1;
                end += len;
                Written { start, end, words: "SET hits 40".into(), at: Time(end) }
            })
            .collect();
        TapeSource { trunk, ..TapeSource::default() }
    }

    fn pin(n: u8, offset: u64, cut_off: bool) -> Pin {
        Pin { node: NodeId(n), name: format!("node-{}", (b'a' + n) as char), hue: Hue::of(n.into()), offset, cut_off, alone: false }
    }

    #[test]
    fn a_caret_stands_at_the_end_of_its_byte() {
        let mut source = source(&[23, 31, 31, 31, 14, 31, 34, 38]);
        source.window = Some(Window { first: 106, len: 128, size: 128 });
        source.pins = vec![pin(0, 233, false), pin(1, 195, false), pin(2, 116, true)];
        let tape = lay_out(&source, 1044.0, false);
        let right = tape.segments.last().unwrap().rect.right();
        let a = tape.carets.iter().find(|c| c.labels[0].node == NodeId(0)).unwrap();
        assert!((a.x - right).abs() < 2.0, "{} {right}", a.x);
        assert_eq!(tape.notes[0].text, "11 bytes left before node-c needs a full resync");
        assert_eq!(tape.bracket.unwrap().label, "backlog 128 B · bytes 106 – 233");
    }

    #[test]
    fn labels_of_carets_do_not_overlap() {
        let mut source = source(&[23, 31, 31, 31]);
        source.pins = (0..12).map(|n| pin(n, 100 + u64::from(n % 3), false)).collect();
        let tape = lay_out(&source, 600.0, false);
        let labels: Vec<&CaretLabel> = tape.carets.iter().flat_map(|c| &c.labels).collect();
        assert_eq!(labels.len(), 12);
        for (i, a) in labels.iter().enumerate() {
            for b in &labels[i + 1..] {
                assert!((a.x - b.x).abs() > 50.0 || (a.y - b.y).abs() >= 16.0, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn a_long_stream_shows_its_newest_end() {
        let mut source = source(&[31; 64]);
        source.pins = vec![pin(1, 40, true)];
        source.window = Some(Window { first: 1900, len: 85, size: 128 });
        let tape = lay_out(&source, 500.0, true);
        assert_eq!(tape.segments.last().unwrap().end, 64 * 31);
        assert!(tape.segments.iter().all(|s| s.rect.right() <= 500.0));
        assert!(tape.carets[0].before);
        assert_eq!(tape.earlier.unwrap().0 + tape.segments.len(), 64);
    }
}
