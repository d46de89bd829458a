//! The nodes below the stream, and how much those that are cut off still have.

use super::super::order;
use super::super::strip::{Pin, TapeSource};
use super::super::text::{self, Face};
use super::ruler::Ruler;
use super::{Bounds, Caret, CaretLabel, LABEL_PITCH, MarginNote};

/// The carets, and how many lines their labels take together.
pub fn carets(source: &TapeSource, ruler: &Ruler, bounds: &Bounds) -> (Vec<Caret>, usize) {
    let mut pins: Vec<&Pin> = source.pins.iter().filter(|p| !p.alone).collect();
    order::by_key(&mut pins, |p| (p.offset, p.node));
    // Where each line of labels is free again.
    let mut lines: Vec<f64> = Vec::new();
    let carets = pins
        .chunk_by(|a, b| a.offset == b.offset)
        .map(|group| {
            let (x, before) = ruler.x(group[0].offset);
            caret(group, x, before, bounds, &mut lines)
        })
        .collect();
    (carets, lines.len())
}

/// Between two names, and the most that a line of names is wide.
const NAME_GAP: f64 = 9.0;
const NAMES_WIDE: f64 = 230.0;

fn caret(group: &[&Pin], x: f64, before: bool, bounds: &Bounds, lines: &mut Vec<f64>) -> Caret {
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
    let middle = x.min(bounds.width - half - 4.0).max(half + bounds.left);
    // The first line from which on all that is needed is free here.
    let needed = rows.len() + 1;
    let free = |line: usize| lines.get(line).is_none_or(|&end| end + 8.0 <= middle - half);
    let first = (0..=lines.len()).find(|&l| (l..l + needed).all(free)).unwrap_or(lines.len());
    lines.resize(lines.len().max(first + needed), f64::NEG_INFINITY);
    lines[first..first + needed].fill(middle + half);
    let baseline = |line: usize| bounds.bottom + 29.0 + LABEL_PITCH * line as f64;
    let mut labels = Vec::new();
    for (i, (used, row)) in rows.iter().enumerate() {
        let mut at = middle - (used - NAME_GAP) / 2.0;
        for pin in row {
            labels.push(CaretLabel {
                node: pin.node,
                name: pin.name.clone(),
                hue: pin.hue,
                x: at,
                y: baseline(first + i),
                is_selected: false,
            });
            at += wide(pin) + NAME_GAP;
        }
    }
    Caret {
        labels,
        offset: group[0].offset,
        x,
        y: bounds.bottom + 5.0,
        label_x: middle,
        offset_y: baseline(first + rows.len()) - 1.0,
        before,
    }
}

/// A note for each replica that is cut off.
pub fn notes(source: &TapeSource, ruler: &Ruler, carets: &[Caret], bounds: &Bounds) -> Vec<MarginNote> {
    let Some(window) = source.window else { return Vec::new() };
    let cut = source.pins.iter().filter(|p| p.cut_off && !p.alone);
    let edge = ruler.x(window.first.saturating_sub(1)).0;
    cut.enumerate()
        .map(|(row, pin)| {
            let caret = carets.iter().find(|c| c.offset == pin.offset).map_or(edge, |c| c.x);
            note(pin, window.first, (edge, caret), bounds, row)
        })
        .collect()
}

/// Beside its line where there is room, or else below it.
fn note(pin: &Pin, first: u64, (edge, caret): (f64, f64), bounds: &Bounds, row: usize) -> MarginNote {
    let text = margin_words(pin, first);
    let wide = text::width(&text, Face::Sans, 12.0);
    let (outer, inner) = (edge.min(caret), edge.max(caret));
    let left = outer - bounds.left >= wide + 8.0;
    let below = !left && bounds.right - inner < wide;
    let text_x = match (left, below) {
        (true, _) => outer - 8.0,
        (_, true) => (bounds.right - wide).min(outer + 6.0),
        _ => inner + 8.0,
    };
    let (top, y) = (bounds.bottom + 5.0, bounds.below + 2.0 + row as f64 * LABEL_PITCH);
    MarginNote { text, hue: pin.hue, edge, caret, top, y, text_x, left, below }
}

fn margin_words(pin: &Pin, first: u64) -> String {
    match (pin.offset + 1).checked_sub(first) {
        Some(left) => {
            let unit = if left == 1 { "byte" } else { "bytes" };
            format!("{} {unit} left before {} needs a full resync", text::grouped(left), pin.name)
        }
        None => {
            let gone = first - pin.offset - 1;
            let unit = if gone == 1 { "byte it lacks has" } else { "bytes it lacks have" };
            format!("{} needs a full resync: {} {unit} left the backlog", pin.name, text::grouped(gone))
        }
    }
}
