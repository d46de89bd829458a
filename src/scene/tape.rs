//! The tape: the replication stream laid out by byte offset, so that it can be seen why a return is partial or full.
//!
//! Rule: a command is as wide as its bytes; the bracket is the backlog; a node is a caret at its offset. What does not
//! fit is left out at the old end. Mirrors `repl_backlog` and its INFO fields.
//! `ruler` maps bytes to places, `carets` places the nodes and what is said of those cut off, `fork` a promotion.

mod carets;
mod fork;
mod ruler;

use super::geometry::{Rect, Size};
use super::paint::Hue;
use super::strip::{TapeSource, Window};
use super::text::{self, Face, fit};
use crate::sim::NodeId;
use crate::time::Time;
use ruler::Ruler;

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

impl Tape {
    /// Marks what the reader has chosen: the commands in bytes `from..=to` of the stream, and a node's name.
    #[cfg(feature = "complete")]
    pub fn select(&mut self, bytes: Option<(u64, u64)>, node: Option<NodeId>) {
        for segment in &mut self.segments {
            segment.is_selected = bytes.is_some_and(|(from, to)| segment.start <= to && from <= segment.end);
        }
        for label in self.carets.iter_mut().flat_map(|caret| &mut caret.labels) {
            label.is_selected = node == Some(label.node);
        }
    }

    /// Where a byte of the stream ends, px; beyond the newest one the stream is thought to go on, as far as there is room.
    #[cfg(feature = "complete")]
    pub fn x_of(&self, byte: u64) -> f64 {
        let Some((last, pitch)) = self.going_on() else {
            return (self.left + byte as f64 * EMPTY_PITCH).min(self.size.width - self.left);
        };
        match self.segments.iter().find(|segment| (segment.start..=segment.end).contains(&byte)) {
            Some(s) => s.rect.x + s.pitch() * (byte + 1 - s.start) as f64,
            None if byte < last.start => self.left,
            None => (last.far_x() + (byte - last.end) as f64 * pitch).min(self.size.width - self.left),
        }
    }

    /// The byte that ends nearest to a place: the other way round.
    #[cfg(feature = "complete")]
    pub fn byte_at(&self, x: f64) -> u64 {
        let x = x.clamp(self.left, self.size.width - self.left);
        let Some((last, pitch)) = self.going_on() else { return ((x - self.left) / EMPTY_PITCH).round() as u64 };
        match self.segments.iter().find(|segment| (segment.rect.x..segment.far_x()).contains(&x)) {
            Some(s) => s.start - 1 + ((x - s.rect.x) / s.pitch()).round() as u64,
            None if x < last.rect.x => 0,
            None => last.end + ((x - last.far_x()) / pitch).round() as u64,
        }
    }

    /// The newest command, and how wide a byte behind it is.
    #[cfg(feature = "complete")]
    fn going_on(&self) -> Option<(&Segment, f64)> {
        let last = self.segments.iter().max_by_key(|segment| segment.end)?;
        let first = self.segments.iter().min_by_key(|segment| segment.start)?;
        Some((last, (last.far_x() - first.rect.x) / (last.end + 1 - first.start) as f64))
    }

    /// The lower edge of the commands, px.
    #[cfg(feature = "complete")]
    pub fn segments_bottom(&self) -> f64 {
        let edges = self.segments.iter().map(|segment| segment.rect.y + segment.rect.height);
        edges.fold(SEGMENT_Y + SEGMENT_HEIGHT, f64::max)
    }

    /// The furthest byte that a node has.
    pub fn last_byte(&self) -> u64 {
        self.carets.iter().map(|caret| caret.offset).max().unwrap_or(0)
    }
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
    /// It is in the message that is looked at.
    pub is_selected: bool,
}

#[cfg(feature = "complete")]
impl Segment {
    /// Where the next one begins, px.
    fn far_x(&self) -> f64 {
        self.rect.right() + GAP
    }

    /// How wide each of its bytes is, px.
    fn pitch(&self) -> f64 {
        (self.far_x() - self.rect.x) / (self.end + 1 - self.start) as f64
    }
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
    pub is_selected: bool,
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
    /// End of what is said of it: the left one, as a rule.
    pub label_x: f64,
    pub label_y: f64,
    /// The words stand below each other and end at `label_x`.
    pub stacked: bool,
    pub note: String,
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
/// Between two segments.
const GAP: f64 = 1.5;
/// How wide a byte of a stream is in which nothing is yet, px.
#[cfg(feature = "complete")]
const EMPTY_PITCH: f64 = 4.0;
/// Half the distance of the two branches of a fork.
const SPREAD: f64 = 26.0;
/// Width of the word `promotion`, and a space.
pub const PROMOTION: f64 = 84.0;
/// Between the lines of the carets' labels.
const LABEL_PITCH: f64 = 17.0;
/// A tape is at least this high, whatever is on it: so what stands above it stays in its place from step to step.
const LEAST_HEIGHT: f64 = 220.0;
/// What the line below everything takes.
const HINT: f64 = 28.0;

/// Where there is room for what.
struct Bounds {
    /// Edges of the segments' room, and the width of the whole picture.
    left: f64,
    right: f64,
    width: f64,
    /// Lower edge of the segments.
    bottom: f64,
    /// Where notes begin.
    below: f64,
}

/// Lays the stream out in `width` px; `low`: in as little height as possible.
pub fn lay_out(source: &TapeSource, width: f64, low: bool) -> Tape {
    let left = if width >= super::layout::WIDE { (width * 0.05).clamp(16.0, 52.0).round() } else { 12.0 };
    let right = width - left;
    let ruler = Ruler::new(source, left, right - left);
    let lift = if ruler.alone.is_empty() { 0.0 } else { SPREAD };
    let segments = segments(source, &ruler, lift);
    let bottom = ruler.top + SEGMENT_HEIGHT + 2.0 * lift;
    let mut bounds = Bounds { left, right, width, bottom, below: bottom };
    let (carets, lines) = carets::carets(source, &ruler, &bounds);
    bounds.below = bottom + 32.0 + LABEL_PITCH * lines.max(2) as f64;
    let notes = carets::notes(source, &ruler, &carets, &bounds);
    let fork = fork::fork(source, &ruler, &segments, &bounds);
    let more = usize::from(fork.as_ref().is_some_and(|f| !f.stacked) || notes.iter().any(|n| n.below));
    let noted = bounds.below + LABEL_PITCH * (notes.len() + more) as f64 + 8.0;
    let height = noted.max(LEAST_HEIGHT) + if low { 0.0 } else { HINT };
    let room = Rect { x: left, y: SEGMENT_Y, width: right - left, height: SEGMENT_HEIGHT };
    Tape {
        size: Size { width, height },
        left,
        heading_y: HEADING_Y,
        heading: heading(source),
        earlier: (ruler.hidden > 0).then_some((ruler.hidden, left, ruler.top + lift + SEGMENT_HEIGHT / 2.0)),
        empty: segments.is_empty().then_some(room),
        bracket: source.window.filter(|_| ruler.alone.is_empty()).map(|w| bracket(w, &ruler, &bounds)),
        segments,
        carets,
        notes,
        fork,
        hint_y: (!low).then_some(height - 20.0),
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

fn segments(source: &TapeSource, ruler: &Ruler, lift: f64) -> Vec<Segment> {
    let (ours, alone) = source.branches();
    let trunk = &source.trunk[source.trunk.len() - ruler.trunk..];
    let ours = &ours[ours.len() - (ruler.marks.len() - trunk.len())..];
    let hue = source.split.as_ref().map(|s| s.hue);
    let alone_hue = source.split.as_ref().map(|s| s.alone_hue);
    let first = source.window.map_or(u64::MAX, |w| w.first);
    let newest = trunk.iter().chain(ours).map(|w| w.end).max();
    // Commands, their places, how far below the upper edge, their colour, the first byte kept, and the newest.
    let lanes = [
        (trunk, &ruler.marks[..trunk.len()], lift, None, first, newest),
        (ours, &ruler.marks[trunk.len()..], 2.0 * lift, hue, first, newest),
        (alone, &ruler.alone[..], 0.0, alone_hue, 0, alone.last().map(|w| w.end)),
    ];
    let mut segments = Vec::new();
    for (written, marks, drop, hue, first, newest) in lanes {
        for (w, mark) in written.iter().zip(marks) {
            let age = match () {
                _ if w.end < first => Age::Past,
                _ if Some(w.end) == newest => Age::Newest,
                _ => Age::Kept,
            };
            let kept_x = if first > w.start { ruler.x(first - 1).0.min(mark.x + mark.width) } else { mark.x };
            segments.push(Segment {
                rect: Rect { x: mark.x, y: ruler.top + drop, width: mark.width - GAP, height: SEGMENT_HEIGHT },
                label: fit(&w.words, Face::Mono, 12.0, mark.width - 3.5),
                words: w.words.clone(),
                start: w.start,
                end: w.end,
                at: w.at,
                age,
                kept_x,
                hue,
                is_selected: false,
            });
        }
    }
    segments
}

fn bracket(window: Window, ruler: &Ruler, bounds: &Bounds) -> Bracket {
    let label = if window.len == 0 {
        format!("backlog {} · empty", text::bytes(window.size))
    } else {
        let last = text::grouped(window.first + window.len - 1);
        format!("backlog {} · bytes {} – {last}", text::bytes(window.size), text::grouped(window.first))
    };
    let (from, open) = ruler.x(window.first.saturating_sub(1));
    let to = if window.len == 0 { from } else { ruler.x(window.first + window.len - 1).0 };
    let half = text::width(&label, Face::Bold, 13.0) / 2.0 + 8.0;
    let from = if open { bounds.left } else { from };
    // A label wider than its bracket stands behind it, or before it where there is no room behind.
    let label_x = match to - from < 2.0 * half + 16.0 {
        false => (from + to) / 2.0,
        true if to + 2.0 * half <= bounds.right => to + half,
        true if from - 2.0 * half >= bounds.left => from - half,
        true => ((from + to) / 2.0).min(bounds.right - half).max(bounds.left + half),
    };
    let gap = (label_x - half, label_x + half);
    Bracket { from, to, y: BRACKET_Y, label, label_x, gap, open }
}

#[cfg(test)]
mod tests {
    use super::super::strip::{Pin, Written};
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
        Pin {
            node: NodeId(n),
            name: format!("node-{}", (b'a' + n) as char),
            hue: Hue::of(n.into()),
            offset,
            cut_off,
            alone: false,
        }
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
