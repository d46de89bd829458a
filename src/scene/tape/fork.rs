//! A promotion: where the histories part, and what is said of each.

use super::super::paint::Hue;
use super::super::strip::{Split, TapeSource};
use super::super::text::{self, Face, fit};
use super::ruler::{FORK_GAP, Ruler};
use super::{Bounds, Branch, Fork, PROMOTION, SEGMENT_HEIGHT, SPREAD, Segment};

/// The fork, if there was a promotion and both sides of it are on the tape.
pub fn fork(source: &TapeSource, ruler: &Ruler, segments: &[Segment], bounds: &Bounds) -> Option<Fork> {
    let split = source.split.as_ref()?;
    let has_before = ruler.marks.first().is_some_and(|m| m.start < split.first);
    if !has_before && split.alone.is_empty() {
        return None;
    }
    let lift = if split.alone.is_empty() { 0.0 } else { SPREAD };
    let top = ruler.top + lift;
    // Between two branches there is room below the trunk, if the trunk is long enough for the words.
    let words = text::width(&note(split.first), Face::Mono, 12.0) + 9.0;
    let stacked = !split.alone.is_empty() && ruler.fork_x - bounds.left >= words;
    let branches = if split.alone.is_empty() { Vec::new() } else { branches(source, split, ruler, segments, bounds) };
    Some(Fork {
        x: ruler.fork_x,
        top: top - 10.0,
        bottom: top + SEGMENT_HEIGHT + 10.0,
        label_x: if stacked { ruler.fork_x - 9.0 } else { (ruler.fork_x - PROMOTION).max(bounds.left) },
        label_y: if stacked { top + SEGMENT_HEIGHT + 18.0 } else { bounds.below + 2.0 },
        stacked,
        note: note(split.first),
        branches,
    })
}

fn note(first: u64) -> String {
    format!("second_repl_offset {}", text::grouped(first))
}

fn branches(source: &TapeSource, split: &Split, ruler: &Ruler, segments: &[Segment], bounds: &Bounds) -> Vec<Branch> {
    let (x, middle) = (ruler.fork_x, ruler.top + SPREAD + SEGMENT_HEIGHT / 2.0);
    // Of the notes the first that fits.
    let branch = |hue: Hue, y: f64, title: String, [long, short]: [String; 2]| {
        let of = segments.iter().filter(|s| s.rect.y == y && s.hue == Some(hue));
        let end = of.map(|s| s.rect.right()).fold(x + FORK_GAP, f64::max);
        let room = bounds.width - end - 14.0;
        let note = if text::width(&long, Face::Sans, 12.0) <= room { long } else { short };
        Branch {
            hue,
            from: (x, middle),
            to: (x + FORK_GAP - 2.0, y + SEGMENT_HEIGHT / 2.0),
            label_x: end + 10.0,
            label_y: y + 17.0,
            title: fit(&title, Face::Bold, 12.0, room),
            note: fit(&note, Face::Sans, 12.0, room),
        }
    };
    let lost: u64 = split.alone.iter().map(|w| w.len()).sum();
    let fate = match (split.alone_writes, split.alone.len()) {
        (0, 1) => ["1 command in no other history", "1 command"].map(str::to_owned),
        (0, count) => [format!("{count} commands in no other history"), format!("{count} commands")],
        (1, _) => ["1 acknowledged write will be lost", "1 write will be lost"].map(str::to_owned),
        (writes, _) => [format!("{writes} acknowledged writes will be lost"), format!("{writes} writes will be lost")],
    };
    let from = format!("from byte {}", text::grouped(split.first));
    let kept = source.window.map_or(String::new(), |w| format!(" · backlog from {}", text::grouped(w.first)));
    let old = format!("only on {} · {}", split.alone_on, text::bytes(lost));
    let new = [from.clone() + &kept, from];
    vec![
        branch(split.alone_hue, ruler.top, old, fate),
        branch(split.hue, ruler.top + 2.0 * SPREAD, format!("new id {}", split.id), new),
    ]
}
