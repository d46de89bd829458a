//! Where the cards stand: a tree that grows to the right on a wide page and downwards on a narrow one.
//!
//! Rule: the most detailed cards that fit are taken, cards never overlap, and the same relations always give the same
//! places. If not even the smallest cards fit as a tree, each level is broken into columns, and the picture may become
//! taller than asked for.

use super::geometry::{Flow, Rect, Size};

/// How much a card says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Role, offset, id, keys and state, as large as on the main screen.
    Full,
    /// The same in less room.
    Small,
    /// Role, offset and state.
    Compact,
    /// Name, offset and state.
    Tiny,
    /// Name and offset in one line.
    Line,
    /// A coloured card without words, for a picture as small as a stamp.
    Mark,
}

impl Detail {
    /// The details that a stage tries, best first.
    pub const READABLE: &'static [Detail] = &[Detail::Full, Detail::Small, Detail::Compact, Detail::Tiny];
    /// The same for a frame that does not scroll.
    pub const FRAMED: &'static [Detail] = &[Detail::Full, Detail::Small, Detail::Compact, Detail::Tiny, Detail::Line];
}

/// The measures of one kind of card, in px.
struct Measure {
    width: f64,
    /// Height of a card that has replicas, and of one that has none.
    height: [f64; 2],
    /// Least room between two levels: a message must be seen to travel.
    gap: f64,
    /// Least room between two cards of a level.
    between: f64,
}

fn measure(detail: Detail, flow: Flow, size: Size, levels: usize) -> Measure {
    let m = |width, height, gap, between| Measure { width, height, gap, between };
    match (detail, flow) {
        (Detail::Full, _) => m(300.0, [240.0, 200.0], 200.0, 24.0),
        (Detail::Small, Flow::Right) => {
            // As wide as leaves messages a way to travel.
            let levels = levels.max(1) as f64;
            let free = (size.width - 2.0 * side(size, detail) - (levels - 1.0) * 300.0) / levels;
            m(free.clamp(216.0, 264.0).round(), [156.0, 138.0], 130.0, 14.0)
        }
        (Detail::Small, Flow::Down) => {
            m(((size.width - 3.0 * 12.0) / 2.0).clamp(150.0, 240.0), [140.0, 140.0], 84.0, 12.0)
        }
        (Detail::Compact, Flow::Right) => m(200.0, [104.0, 104.0], 90.0, 14.0),
        (Detail::Compact, Flow::Down) => {
            m(((size.width - 3.0 * 12.0) / 2.0).clamp(150.0, 240.0), [104.0, 104.0], 64.0, 12.0)
        }
        (Detail::Tiny, _) => m(136.0, [60.0, 60.0], 56.0, 10.0),
        // As wide as leaves a short message its way.
        (Detail::Line, Flow::Right) => {
            let free = size.width - 2.0 * side(size, detail) - levels.saturating_sub(1) as f64 * 72.0;
            m((free / levels.max(1) as f64).clamp(104.0, 150.0).round(), [30.0, 30.0], 40.0, 8.0)
        }
        (Detail::Line, Flow::Down) => m(136.0, [30.0, 30.0], 22.0, 10.0),
        (Detail::Mark, _) => m(62.0, [34.0, 28.0], 60.0, 8.0),
    }
}

/// The cards' boxes, in the order of the nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    pub detail: Detail,
    pub flow: Flow,
    pub places: Vec<Rect>,
    /// What the picture needs: as wide as asked for, at least as high.
    pub size: Size,
}

/// Room kept free at the edges.
const EDGE: f64 = 10.0;
/// From this width on, a page is wide.
pub const WIDE: f64 = 560.0;
/// How much longer than necessary a way between two levels may be in a frame.
const MOST_LONGER: f64 = 64.0;
/// From this width on, two columns of cards and a message between them have room.
const SIDEWAYS: f64 = 440.0;

/// Places one card for each of `parents` (the index of the node it replicates from) in `size`, with the first of
/// `details` that fits.
pub fn place(parents: &[Option<usize>], size: Size, details: &[Detail]) -> Layout {
    let tree = Tree::new(parents);
    if details.contains(&Detail::Line) {
        return framed(&tree, size, details);
    }
    let flow = if size.width >= WIDE || details.contains(&Detail::Mark) { Flow::Right } else { Flow::Down };
    // A frame that is neither wide nor high may hold side by side what it cannot hold one below the other.
    let sideways = (flow == Flow::Down && size.width >= SIDEWAYS).then_some(Flow::Right);
    for flow in [Some(flow), sideways].into_iter().flatten() {
        for &detail in details {
            if let Some(places) = tree.grow(detail, flow, size) {
                return Layout { detail, flow, places: places.0, size: places.1 };
            }
        }
    }
    let detail = details.last().copied().unwrap_or(Detail::Tiny);
    let (places, size) = tree.stack(detail, flow, size);
    Layout { detail, flow, places, size }
}

/// The same in a frame, which nothing may reach out of. Where not even the smallest cards fit, the picture is laid out for a
/// larger one of the same shape; it is shown smaller then.
fn framed(tree: &Tree, frame: Size, details: &[Detail]) -> Layout {
    let flows = if frame.width >= WIDE { [Flow::Right, Flow::Down] } else { [Flow::Down, Flow::Right] };
    // From nothing it would not grow.
    let mut size = Size { width: frame.width.max(100.0), height: frame.height.max(50.0) };
    loop {
        for &detail in details {
            for flow in flows {
                let Some((mut places, needed)) = tree.grow(detail, flow, size) else { continue };
                // What is left over lengthens the ways first.
                let (free, gaps) = (size.height - needed.height, tree.levels() as f64 - 1.0);
                if free < 0.0 {
                    continue;
                }
                let each = (free / gaps.max(1.0)).min(MOST_LONGER);
                for (place, &depth) in places.iter_mut().zip(&tree.depth) {
                    place.y += ((free - each * gaps) / 2.0 + each * depth as f64).round();
                }
                return Layout { detail, flow, places, size };
            }
        }
        // Some frame is large enough.
        size = Size { width: size.width * 1.1, height: size.height * 1.1 };
    }
}

/// The forest of who replicates from whom, without the loops that a confused operator can make.
struct Tree {
    children: Vec<Vec<usize>>,
    depth: Vec<usize>,
    /// Every node, parents before their children, families together.
    order: Vec<usize>,
}

impl Tree {
    fn new(parents: &[Option<usize>]) -> Tree {
        let mut tree =
            Tree { children: vec![Vec::new(); parents.len()], depth: vec![0; parents.len()], order: Vec::new() };
        let mut parent: Vec<Option<usize>> = vec![None; parents.len()];
        for node in 0..parents.len() {
            let Some(up) = parents[node].filter(|&up| up < parents.len()) else { continue };
            let mut above = Some(up);
            while let Some(a) = above.filter(|&a| a != node) {
                above = parent[a];
            }
            if above.is_none() {
                parent[node] = Some(up);
                tree.children[up].push(node);
            }
        }
        for root in (0..parents.len()).filter(|&n| parent[n].is_none()) {
            tree.walk(root, 0);
        }
        tree
    }

    fn walk(&mut self, node: usize, depth: usize) {
        self.depth[node] = depth;
        self.order.push(node);
        for child in self.children[node].clone() {
            self.walk(child, depth + 1);
        }
    }

    fn levels(&self) -> usize {
        self.depth.iter().max().map_or(0, |d| d + 1)
    }

    fn height(&self, node: usize, m: &Measure) -> f64 {
        m.height[usize::from(self.children[node].is_empty())]
    }

    /// A tidy tree: every leaf has a lane of its own, a parent stands in the middle of its children.
    /// None if it does not fit.
    fn grow(&self, detail: Detail, flow: Flow, size: Size) -> Option<(Vec<Rect>, Size)> {
        let levels = self.levels();
        let m = measure(detail, flow, size, levels);
        // Along the flow: one level after the other. Across it: the lanes.
        let tallest = m.height[0].max(m.height[1]);
        let (deep, room_along, room_across) = match flow {
            Flow::Right => (m.width, size.width - 2.0 * side(size, detail), size.height - 2.0 * EDGE),
            Flow::Down => (tallest, f64::INFINITY, size.width - 2.0 * EDGE),
        };
        let along_needed = levels as f64 * deep + levels.saturating_sub(1) as f64 * m.gap;
        let lanes = self.lanes(&m, flow);
        let across = lanes.iter().map(|l| l.1).fold(0.0, f64::max);
        if along_needed > room_along || across > room_across {
            return None;
        }
        // A phone scrolls, but a picture of one moment should not be much longer than its screen.
        if flow == Flow::Down && detail < Detail::Compact && levels > 3 {
            return None;
        }
        let mut height = size.height;
        let pitch = match flow {
            Flow::Right => {
                if levels > 1 {
                    (room_along - deep) / (levels - 1) as f64
                } else {
                    0.0
                }
            }
            Flow::Down => {
                height = along_needed + 2.0 * EDGE;
                deep + m.gap
            }
        };
        let places = (0..lanes.len())
            .map(|node| match flow {
                Flow::Right => Rect {
                    x: (side(size, detail) + pitch * self.depth[node] as f64).round(),
                    y: ((size.height - across) / 2.0 + lanes[node].0).round(),
                    width: m.width,
                    height: self.height(node, &m),
                },
                Flow::Down => Rect {
                    x: ((size.width - across) / 2.0 + lanes[node].0).round(),
                    y: EDGE + pitch * self.depth[node] as f64,
                    width: m.width,
                    height: self.height(node, &m),
                },
            })
            .collect();
        Some((places, Size { width: size.width, height }))
    }

    /// Start and end of every card across the flow, from 0.
    fn lanes(&self, m: &Measure, flow: Flow) -> Vec<(f64, f64)> {
        let extent = |node: usize| if flow == Flow::Right { self.height(node, m) } else { m.width };
        let mut lanes = vec![(0.0, 0.0); self.depth.len()];
        let mut cursor = 0.0;
        for &leaf in self.order.iter().filter(|&&n| self.children[n].is_empty()) {
            lanes[leaf] = (cursor, cursor + extent(leaf));
            cursor += extent(leaf) + m.between;
        }
        for &node in self.order.iter().rev() {
            if let [first, .., last] | [first @ last] = self.children[node].as_slice() {
                let middle = (lanes[*first].0 + lanes[*last].1) / 2.0;
                lanes[node] = (middle - extent(node) / 2.0, middle + extent(node) / 2.0);
            }
        }
        // A parent higher than its children may reach into its neighbour: push the neighbour on.
        let mut free = vec![f64::NEG_INFINITY; self.levels()];
        for &node in &self.order {
            let push = (free[self.depth[node]] - lanes[node].0).max(0.0);
            lanes[node] = (lanes[node].0 + push, lanes[node].1 + push);
            free[self.depth[node]] = lanes[node].1 + m.between;
        }
        let least = lanes.iter().map(|l| l.0).fold(0.0, f64::min);
        lanes.iter().map(|l| (l.0 - least, l.1 - least)).collect()
    }

    /// The last resort: every level in as many columns (or rows) as it takes.
    fn stack(&self, detail: Detail, flow: Flow, size: Size) -> (Vec<Rect>, Size) {
        let m = measure(detail, flow, size, self.levels());
        let tall = m.height[0];
        let mut places = vec![Rect::default(); self.depth.len()];
        let level = |d: usize| self.order.iter().copied().filter(move |&n| self.depth[n] == d);
        let mut needed: f64 = size.height;
        let mut along = EDGE;
        match flow {
            Flow::Right => {
                let lanes = (((size.height - 2.0 * EDGE + m.between) / (tall + m.between)) as usize).max(1);
                let columns: usize = (0..self.levels()).map(|d| level(d).count().div_ceil(lanes)).sum();
                let most = (((size.width - 2.0 * EDGE + m.between) / (m.width + m.between)) as usize).max(1);
                // Too many columns for the width: make the picture higher.
                let lanes = if columns > most { self.depth.len().div_ceil(most) + 1 } else { lanes };
                let columns: usize = (0..self.levels()).map(|d| level(d).count().div_ceil(lanes)).sum();
                let used = columns as f64 * m.width + columns.saturating_sub(self.levels()) as f64 * m.between;
                let gaps = self.levels().saturating_sub(1).max(1) as f64;
                let gap = ((size.width - 2.0 * EDGE - used) / gaps).max(m.between);
                needed = needed.max(lanes as f64 * (tall + m.between) + 2.0 * EDGE - m.between);
                for d in 0..self.levels() {
                    let count = level(d).count();
                    for (i, node) in level(d).enumerate() {
                        let (column, lane) = (i / lanes, i % lanes);
                        // Columns begin at the same height, so that a row of them is a row.
                        let in_column = lanes.min(count) as f64;
                        let top = (needed - in_column * (tall + m.between) + m.between) / 2.0;
                        places[node] = Rect {
                            x: along + column as f64 * (m.width + m.between),
                            y: top + lane as f64 * (tall + m.between),
                            width: m.width,
                            height: tall,
                        };
                    }
                    along += count.div_ceil(lanes) as f64 * (m.width + m.between) - m.between + gap;
                }
            }
            Flow::Down => {
                let lanes = (((size.width - EDGE) / (m.width + m.between)) as usize).max(1);
                for d in 0..self.levels() {
                    // Column by column, so that those of one family stand below each other.
                    let rows = level(d).count().div_ceil(lanes).max(1);
                    let columns = level(d).count().div_ceil(rows) as f64;
                    let left = (size.width - columns * (m.width + m.between) + m.between) / 2.0;
                    for (i, node) in level(d).enumerate() {
                        let (row, lane) = (i % rows, i / rows);
                        places[node] = Rect {
                            x: left + lane as f64 * (m.width + m.between),
                            y: along + row as f64 * (tall + m.between),
                            width: m.width,
                            height: tall,
                        };
                    }
                    along += rows as f64 * (tall + m.between) - m.between + m.gap;
                }
                needed = along - m.gap + EDGE;
            }
        }
        (places, Size { width: size.width, height: needed })
    }
}

/// Room kept free at the left and right of a wide picture.
fn side(size: Size, detail: Detail) -> f64 {
    match detail {
        Detail::Mark => size.width * 0.22,
        _ => (size.width * 0.05).clamp(16.0, 52.0).round(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cards_stay_inside_and_apart(
            parents in proptest::collection::vec(proptest::option::of(0usize..20), 1..21),
            width in 360.0f64..1600.0,
            height in 200.0f64..900.0,
        ) {
            let size = Size { width, height };
            let layout = place(&parents, size, Detail::READABLE);
            prop_assert_eq!(layout.places.len(), parents.len());
            for (i, a) in layout.places.iter().enumerate() {
                for b in &layout.places[i + 1..] {
                    prop_assert!(!a.overlaps(b), "{:?} and {:?} in {:?}", a, b, layout);
                }
                prop_assert!(a.y >= 0.0 && a.bottom() <= layout.size.height + 0.5, "{:?} of {:?}", a, layout.size);
            }
        }
    }

    #[test]
    fn a_master_and_two_replicas_stand_as_designed() {
        let size = Size { width: 1044.0, height: 500.0 };
        let layout = place(&[None, Some(0), Some(0)], size, Detail::READABLE);
        assert_eq!(layout.detail, Detail::Full);
        assert_eq!(layout.flow, Flow::Right);
        assert_eq!(layout.places[0].x, 52.0);
        assert_eq!(layout.places[1].right(), 992.0);
        assert!(layout.places[1].bottom() < layout.places[2].y);
    }

    proptest! {
        #[test]
        fn in_a_frame_nothing_reaches_out(
            parents in proptest::collection::vec(proptest::option::of(0usize..8), 1..9),
            width in 0.0f64..1200.0,
            height in 0.0f64..900.0,
        ) {
            let layout = place(&parents, Size { width, height }, Detail::FRAMED);
            for (i, a) in layout.places.iter().enumerate() {
                prop_assert!(a.x >= 0.0 && a.right() <= layout.size.width + 0.5, "{:?} of {:?}", a, layout);
                prop_assert!(a.y >= 0.0 && a.bottom() <= layout.size.height + 0.5, "{:?} of {:?}", a, layout);
                prop_assert!(layout.places[i + 1..].iter().all(|b| !a.overlaps(b)), "{:?}", layout);
            }
        }
    }

    /// Most pictures of the course are as large as their frame, also in the smallest one.
    #[test]
    fn three_nodes_fit_the_smallest_frame() {
        let frame = Size { width: 320.0, height: 156.0 };
        for parents in [vec![None, Some(0)], vec![None, Some(0), Some(0)], vec![None, Some(0), Some(1)], vec![None; 3]]
        {
            assert_eq!(place(&parents, frame, Detail::FRAMED).size, frame, "{parents:?}");
        }
    }

    #[test]
    fn a_phone_has_the_master_on_top() {
        let layout = place(&[None, Some(0), Some(0)], Size { width: 390.0, height: 300.0 }, Detail::READABLE);
        assert_eq!(layout.flow, Flow::Down);
        assert_eq!(layout.places[1].y, layout.places[2].y);
        assert!(layout.places[0].bottom() < layout.places[1].y);
        assert!(layout.places[2].right() <= 390.0);
    }
}
