//! The branches of a laboratory as a tree: time runs to the right, every branch leaves its parent at its moment.
//!
//! Rule: a branch is drawn below its parent and after those that left before it, so no line crosses another's name.

use super::geometry::{Point, Size, px};
use super::order;
use super::paint::Hue;
use super::text::{self, Face};

/// What there is to draw of a branch.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub name: String,
    /// Another branch by its number; `None`: it is the trunk, or leaves it.
    pub parent: Option<usize>,
    /// When it leaves, and up to when something is done on it, seconds.
    pub from: f64,
    pub to: f64,
}

/// A branch, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Twig {
    /// `None`: the trunk.
    pub branch: Option<usize>,
    pub name: String,
    pub name_at: Point,
    /// The name, shortened to its room.
    pub label: String,
    /// The `d` of its line.
    pub path: String,
    /// Where it leaves its parent.
    pub fork: Option<Point>,
    /// Where the moment that is looked at stands on it, if it is the one shown.
    pub now: Option<Point>,
    /// The box in which it is chosen.
    pub y: f64,
    pub hue: Hue,
}

/// The tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Twigs {
    pub size: Size,
    pub twigs: Vec<Twig>,
}

/// From one line to the next.
const PITCH: f64 = 38.0;
const EDGE: f64 = 12.0;
/// A name stands so much above its line.
const ABOVE: f64 = 7.0;
/// How far a curve reaches along time.
const BEND: f64 = 22.0;
/// A branch that begins at the very end has so much room, and a line is at least so long.
const TAIL: f64 = 92.0;
const LEAST: f64 = 30.0;

/// Lays out the trunk and the branches that leave it; `now` is looked at on the branch `shown`, seconds.
pub fn lay_out(trunk: &Told, branches: &[Told], shown: Option<usize>, now: f64, width: f64) -> Twigs {
    let ends = branches.iter().chain([trunk]).map(|told| told.to).fold(now, f64::max).max(1.0);
    let tail = if branches.is_empty() { 0.0 } else { TAIL.min(width / 3.0) };
    let x = |seconds: f64| EDGE + (width - 2.0 * EDGE - tail) * (seconds / ends).clamp(0.0, 1.0);
    let rows = rows(branches);
    let y = |row: usize| 24.0 + PITCH * row as f64;
    let row_of = |branch: Option<usize>| rows.iter().position(|other| *other == branch).unwrap_or(0);
    let twigs = rows.iter().enumerate().map(|(row, branch)| {
        let told = branch.and_then(|n| branches.get(n)).unwrap_or(trunk);
        let at = y(row);
        // What is looked at is on the line, too.
        let reach = if *branch == shown { told.to.max(now) } else { told.to };
        let fork = branch.map(|_| Point { x: x(told.from), y: y(row_of(told.parent)) });
        let begin = fork.map_or(x(0.0), |fork| (fork.x + BEND).min(width - EDGE - 8.0));
        let end = x(reach).max(begin + LEAST).min(width - EDGE);
        let path = match fork {
            None => format!("M{} {} H{}", px(begin), px(at), px(end)),
            Some(fork) => {
                let bend = px(fork.x + (begin - fork.x) * 0.55);
                let half = px(fork.x + (begin - fork.x) * 0.45);
                let (fx, fy, y, begin, end) = (px(fork.x), px(fork.y), px(at), px(begin), px(end));
                format!("M{fx} {fy} C{bend} {fy} {half} {y} {begin} {y} H{end}")
            }
        };
        let room = width - EDGE - begin - 4.0;
        let label = text::fit(&told.name, Face::Sans, 12.5, room.max(60.0));
        let wide = text::width(&label, Face::Sans, 12.5);
        let name_x = (begin + 2.0).min(width - EDGE - wide).max(EDGE);
        Twig {
            branch: *branch,
            name: told.name.clone(),
            name_at: Point { x: name_x, y: at - ABOVE },
            label,
            path,
            fork,
            now: (*branch == shown)
                .then(|| Point { x: x(now).max(if branch.is_some() { begin } else { EDGE }), y: at }),
            y: at - PITCH / 2.0 - 4.0,
            hue: branch.map_or(Hue::None, |n| [Hue::Second, Hue::First, Hue::Third, Hue::Other][n % 4]),
        }
    });
    let twigs: Vec<Twig> = twigs.collect();
    Twigs { size: Size { width, height: 24.0 + PITCH * (rows.len() - 1) as f64 + 18.0 }, twigs }
}

/// The trunk and all branches from top to bottom: what left last stands nearest, so that no curve crosses a line.
fn rows(branches: &[Told]) -> Vec<Option<usize>> {
    let mut rows = vec![None];
    below(None, branches, &mut rows);
    rows
}

fn below(parent: Option<usize>, branches: &[Told], rows: &mut Vec<Option<usize>>) {
    let mut children: Vec<usize> = (0..branches.len()).filter(|n| branches[*n].parent == parent).collect();
    order::by_key(&mut children, |n| std::cmp::Reverse(((branches[*n].from * 1_000.0) as u64, *n)));
    for child in children {
        rows.push(Some(child));
        below(Some(child), branches, rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, parent: Option<usize>, from: f64, to: f64) -> Told {
        Told { name: name.into(), parent, from, to }
    }

    #[test]
    fn what_left_last_stands_nearest() {
        let branches =
            [told("early", None, 2.0, 9.0), told("late", None, 6.0, 9.0), told("of early", Some(0), 4.0, 12.0)];
        let tree = lay_out(&told("trunk", None, 0.0, 10.0), &branches, Some(2), 8.0, 300.0);
        let names: Vec<_> = tree.twigs.iter().map(|twig| twig.name.as_str()).collect();
        assert_eq!(names, ["trunk", "late", "early", "of early"]);
        let shown = &tree.twigs[3];
        assert_eq!(shown.fork.map(|fork| fork.y), Some(tree.twigs[2].name_at.y + ABOVE));
        assert!(shown.now.is_some_and(|now| now.x > shown.fork.unwrap().x), "{shown:?}");
        assert!(tree.twigs.iter().all(|twig| twig.name_at.x >= EDGE && twig.y >= 0.0));
    }

    #[test]
    fn a_name_at_the_end_stays_in_the_picture() {
        let branches = [told("a branch with a long name at the very end", None, 10.0, 10.0)];
        let tree = lay_out(&told("trunk", None, 0.0, 10.0), &branches, None, 10.0, 200.0);
        let twig = &tree.twigs[1];
        assert!(twig.name_at.x + text::width(&twig.label, Face::Sans, 12.5) <= 200.0 - EDGE + 0.5, "{twig:?}");
    }
}
