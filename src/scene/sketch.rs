//! A topology as a sketch: small cards and the lines between them, without a run behind it.

use super::geometry::{Curve, Flow, Point, Rect, Size};
use super::layout::{self, Detail};
use super::paint::Hue;

/// A sketch, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Sketch {
    pub cards: Vec<(Rect, Hue)>,
    /// The `d` of each line.
    pub lines: Vec<String>,
}

/// The least room between two levels, and the widest card.
const GAP: f64 = 16.0;
const WIDEST: f64 = 34.0;

/// Sketches who replicates from whom.
pub fn sketch(parents: &[Option<usize>], size: Size) -> Sketch {
    // The places of larger cards, made smaller: families stay together.
    let roomy = Size { width: 900.0, height: 600.0 };
    let places = layout::place(parents, roomy, &[Detail::Compact]).places;
    let levels = parents.iter().enumerate().map(|(n, _)| depth(parents, n)).max().map_or(1, |deepest| deepest + 1);
    let width = ((size.width - GAP * levels as f64) / levels as f64).min(WIDEST);
    let lanes = (0..levels).map(|level| (0..parents.len()).filter(|n| depth(parents, *n) == level).count()).max();
    let height = (width * 0.55).min(size.height / lanes.unwrap_or(1).max(1) as f64 * 0.68);
    let pitch = if levels > 1 { (size.width - width - 16.0) / (levels - 1) as f64 } else { 0.0 };
    let (top, bottom) = places
        .iter()
        .fold((f64::MAX, f64::MIN), |(top, bottom), place| (top.min(place.centre().y), bottom.max(place.centre().y)));
    let scale = if bottom > top { (size.height - height - 8.0) / (bottom - top) } else { 0.0 };
    let scale = scale.min(0.3);
    let middle = (top + bottom) / 2.0;
    let left = if levels > 1 { 8.0 } else { (size.width - width) / 2.0 };
    let card = |(n, place): (usize, &Rect)| {
        let y = size.height / 2.0 + (place.centre().y - middle) * scale - height / 2.0;
        (Rect { x: left + pitch * depth(parents, n) as f64, y, width, height }, Hue::of(n))
    };
    let cards: Vec<(Rect, Hue)> = places.iter().enumerate().map(card).collect();
    let line = |(n, up): (usize, &Option<usize>)| {
        let (up, down) = (cards.get((*up)?)?.0, cards.get(n)?.0);
        let (from, to) = (Point { x: up.right(), y: up.centre().y }, Point { x: down.x, y: down.centre().y });
        Some(Curve { from, to, flow: Flow::Right }.path())
    };
    let lines = parents.iter().enumerate().filter_map(line).collect();
    Sketch { cards, lines }
}

fn depth(parents: &[Option<usize>], mut n: usize) -> usize {
    let mut depth = 0;
    while let Some(up) = parents[n].filter(|up| *up < parents.len() && depth < parents.len()) {
        (n, depth) = (up, depth + 1);
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_stay_inside_and_apart() {
        let size = Size { width: 150.0, height: 76.0 };
        for parents in [
            vec![],
            vec![None],
            vec![None, Some(0), Some(1)],
            vec![None, Some(0), Some(0), Some(1), Some(1), Some(2), Some(2)],
        ] {
            let drawn = sketch(&parents, size);
            assert_eq!(drawn.lines.len(), parents.iter().flatten().count());
            for (n, (card, _)) in drawn.cards.iter().enumerate() {
                assert!(
                    card.x >= 0.0 && card.right() <= size.width && card.y >= 0.0 && card.bottom() <= size.height,
                    "{card:?}"
                );
                assert!(drawn.cards[..n].iter().all(|(other, _)| !card.overlaps(other)), "{parents:?}: {drawn:?}");
            }
        }
    }
}
