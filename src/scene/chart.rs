//! The chart of offsets: what every node had at every moment of the run, and how far each replica was behind its master.
//!
//! Rule: time to its scale, bytes to theirs; a node is a line that goes up in steps, in its colour and with a shape of its
//! own, so that lines that lie on each other can be told apart. The table says the same in numbers.

use super::ledger::Ledger;
use super::nodes::name_of;
use super::order;
use super::paint::Hue;
use super::readings::Reading;
use super::text::{self, Face};
use crate::sim::{NodeId, World};
use crate::time::Time;

/// Room for numbers at the left, for names at the right; on narrow pictures the names stand below the title.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 132.0;
const RIGHT_NARROW: f64 = 90.0;
const WIDE: f64 = 640.0;
/// Above the first plot: its title, and what turns the chart into a table.
const FIRST_TITLE: f64 = 58.0;
/// Above a plot: its title. Below the last: the times.
const TITLE: f64 = 40.0;
const FOOT: f64 = 34.0;
/// Which part of the height the upper plot has.
const UPPER: f64 = 0.58;
/// Between two shapes on a line, px.
const SHAPE_PITCH: f64 = 128.0;
/// Between two names at the right, px.
const NAME_PITCH: f64 = 17.0;
/// Two points of a line closer than this are one, once there are many.
const FINE: f64 = 0.6;
const MANY: usize = 2_000;

/// When it is shown, and of what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    pub at: Time,
    pub start: Time,
    pub end: Time,
    pub node: Option<NodeId>,
    pub width: f64,
    pub height: f64,
}

/// The chart, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub width: f64,
    pub height: f64,
    /// Edges of both plots.
    pub left: f64,
    pub right: f64,
    /// Offsets, and how far each replica is behind.
    pub plots: [Plot; 2],
    /// Places of full seconds, or minutes, and what they are called.
    pub times: Vec<(f64, String)>,
    pub now: f64,
    pub now_label: String,
    start: Time,
    span: u64,
}

/// One of the two plots.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    pub top: f64,
    pub bottom: f64,
    /// Places of round numbers, and the numbers.
    pub levels: Vec<(f64, String)>,
    pub lines: Vec<Line>,
}

/// A node's line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub node: NodeId,
    pub name: String,
    pub hue: Hue,
    pub shape: Shape,
    /// Stretches without a break: corners of the steps.
    pub stretches: Vec<Vec<(f64, f64)>>,
    pub shapes: Vec<(f64, f64)>,
    /// Middle of its name's height at the right edge, and where the line ends.
    pub name_y: f64,
    pub end_y: f64,
    /// What it has at the moment that is shown.
    pub value: String,
    pub is_selected: bool,
}

/// What marks a line beside its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Circle,
    Square,
    Triangle,
    Diamond,
}

/// The numbers of a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub at: Time,
    pub clock: String,
    /// Of each node, in the order of the lines: its offset, and how far behind it is.
    pub cells: Vec<(String, String)>,
}

/// The table around a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub names: Vec<String>,
    pub rows: Vec<Row>,
    /// The row of the moment that is shown, if it is one of these.
    pub current: Option<usize>,
    pub earlier: usize,
    pub later: usize,
}

/// Lays out the whole run.
pub fn lay_out(ledger: &Ledger, world: &World, view: &View) -> Chart {
    let right = view.width - if view.width >= WIDE { RIGHT } else { RIGHT_NARROW };
    let scale = Scale { view, left: LEFT, right };
    let readings = ledger.readings().all();
    let room = view.height - FOOT;
    let middle = (room * UPPER).round();
    let offset = |r: &Reading| r.offset;
    let behind = |r: &Reading| r.behind;
    let upper = (FIRST_TITLE, middle - 12.0);
    let lower = (middle + TITLE - 6.0, room);
    let plots = [plot(upper, readings, world, &scale, offset), plot(lower, readings, world, &scale, behind)];
    Chart {
        width: view.width,
        height: view.height,
        left: LEFT,
        right,
        plots,
        times: times(&scale),
        now: scale.x(view.at),
        now_label: text::clock(view.at.since(view.start).as_micros() as u64),
        start: view.start,
        span: scale.span(),
    }
}

impl Chart {
    /// Which moment stands at a place.
    pub fn moment(&self, x: f64) -> Time {
        let part = ((x - self.left) / (self.right - self.left).max(1.0)).clamp(0.0, 1.0);
        Time(self.start.0 + (part * self.span as f64) as u64)
    }
}

struct Scale<'a> {
    view: &'a View,
    left: f64,
    right: f64,
}

impl Scale<'_> {
    fn span(&self) -> u64 {
        (self.view.end.since(self.view.start).as_micros() as u64).max(1)
    }

    fn x(&self, at: Time) -> f64 {
        let part = at.since(self.view.start).as_micros() as f64 / self.span() as f64;
        self.left + (self.right - self.left) * part.min(1.0)
    }
}

fn plot(
    (top, bottom): (f64, f64),
    readings: &[Reading],
    world: &World,
    scale: &Scale,
    of: fn(&Reading) -> Option<u64>,
) -> Plot {
    let most = readings.iter().filter_map(of).max().unwrap_or(0).max(1);
    let step = nice(most / 4 + 1);
    let y = |value: u64| bottom - (bottom - top - 8.0) * value as f64 / most as f64;
    let levels = (0..).map(|n| n * step).take_while(|level| *level <= most);
    let levels = levels.map(|level| (y(level), text::grouped(level))).collect();
    let nodes: Vec<NodeId> = world.node_ids().collect();
    let lines = nodes.iter().enumerate().filter_map(|(n, &node)| {
        let own: Vec<&Reading> = readings.iter().filter(|reading| reading.node == node).collect();
        let stretches = stretches(&own, scale, &y, of);
        let last = own.iter().rev().find(|reading| reading.at <= scale.view.at);
        let value = last.and_then(|reading| of(reading)).map_or("–".to_owned(), text::grouped);
        let end_y = stretches.last()?.last()?.1;
        Some(Line {
            node,
            name: name_of(world, node),
            hue: Hue::of(node.index()),
            shape: [Shape::Circle, Shape::Square, Shape::Triangle, Shape::Diamond][node.index() % 4],
            shapes: shapes(&stretches, n as f64 / nodes.len().max(1) as f64),
            stretches,
            name_y: end_y,
            end_y,
            value,
            is_selected: scale.view.node == Some(node),
        })
    });
    let mut lines: Vec<Line> = lines.collect();
    spread(&mut lines, top, bottom);
    Plot { top, bottom, levels, lines }
}

/// The corners of a line that goes on at its last value until it has another.
fn stretches(
    own: &[&Reading],
    scale: &Scale,
    y: &dyn Fn(u64) -> f64,
    of: fn(&Reading) -> Option<u64>,
) -> Vec<Vec<(f64, f64)>> {
    let mut stretches: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut open = false;
    for reading in own {
        let x = scale.x(reading.at);
        let before = stretches.last_mut().filter(|_| open);
        match (of(reading).map(y), before) {
            (Some(y), Some(corners)) => {
                let last = corners.last().copied().unwrap_or((x, y));
                if own.len() > MANY && x - last.0 < FINE && corners.len() > 1 {
                    corners.push((last.0, y));
                } else {
                    corners.extend([(x, last.1), (x, y)]);
                }
            }
            (Some(y), None) => stretches.push(vec![(x, y)]),
            (None, Some(corners)) => {
                let last = corners.last().map_or(0.0, |corner| corner.1);
                corners.push((x, last));
            }
            (None, None) => {}
        }
        open = of(reading).is_some();
    }
    if let Some(corners) = stretches.last_mut().filter(|_| open) {
        let last = corners.last().map_or(0.0, |corner| corner.1);
        corners.push((scale.x(scale.view.end), last));
    }
    stretches
}

/// Shapes along a line, at places that no other line has.
fn shapes(stretches: &[Vec<(f64, f64)>], part: f64) -> Vec<(f64, f64)> {
    let mut shapes = Vec::new();
    let mut next = LEFT + SHAPE_PITCH * (part + 0.1);
    for pair in stretches.iter().flat_map(|corners| corners.windows(2)) {
        let (from, to) = (pair[0], pair[1]);
        while next < from.0 {
            next += SHAPE_PITCH;
        }
        while next <= to.0 {
            shapes.push((next, from.1));
            next += SHAPE_PITCH;
        }
    }
    shapes
}

/// Moves the names apart, the order of their lines kept.
fn spread(lines: &mut [Line], top: f64, bottom: f64) {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order::by_key(&mut order, |&n| ((lines[n].end_y * 10.0) as i64, n));
    let mut free = top + 4.0;
    for &n in &order {
        lines[n].name_y = lines[n].end_y.max(free);
        free = lines[n].name_y + NAME_PITCH;
    }
    let mut floor = bottom;
    for &n in order.iter().rev() {
        lines[n].name_y = lines[n].name_y.min(floor);
        floor = lines[n].name_y - NAME_PITCH;
    }
}

fn times(scale: &Scale) -> Vec<(f64, String)> {
    let seconds = scale.span() / 1_000_000;
    let room = ((scale.right - scale.left) / 76.0).max(1.0) as u64;
    let step = nice(seconds / room + 1);
    let label = |s: u64| if seconds < 120 { format!("{s} s") } else { format!("{}:{:02}", s / 60, s % 60) };
    let at = |s: u64| scale.x(Time(scale.view.start.0 + s * 1_000_000));
    (0..=seconds / step).map(|n| (at(n * step), label(n * step))).collect()
}

/// The next number of 1, 2, 5, 10, 20 …
fn nice(least: u64) -> u64 {
    let mut power = 1u64;
    loop {
        if let Some(found) = [1, 2, 5].into_iter().map(|n| n * power).find(|n| *n >= least) {
            return found;
        }
        power = power.saturating_mul(10);
        if power > u64::MAX / 20 {
            return power;
        }
    }
}

/// The numbers at the moments around `view.at`, `around` of them before and behind.
pub fn table(ledger: &Ledger, world: &World, view: &View, around: usize) -> Table {
    let readings = ledger.readings().all();
    let nodes: Vec<NodeId> = world.node_ids().collect();
    let moments: Vec<&[Reading]> = readings.chunk_by(|a, b| a.at == b.at).collect();
    let passed = moments.partition_point(|group| group[0].at <= view.at);
    let (first, last) = (passed.saturating_sub(around), (passed + around).min(moments.len()));
    let mut latest: Vec<Option<&Reading>> = vec![None; nodes.len()];
    let mut rows = Vec::new();
    for (n, group) in moments[..last].iter().enumerate() {
        for reading in *group {
            if let Some(place) = nodes.iter().position(|node| *node == reading.node) {
                latest[place] = Some(reading);
            }
        }
        if n >= first {
            let said = |value: Option<u64>| value.map_or("–".to_owned(), text::grouped);
            let cell = |reading: &Option<&Reading>| {
                (said(reading.and_then(|r| r.offset)), said(reading.and_then(|r| r.behind)))
            };
            let clock = text::clock(group[0].at.since(view.start).as_micros() as u64);
            rows.push(Row { at: group[0].at, clock, cells: latest.iter().map(cell).collect() });
        }
    }
    Table {
        names: nodes.iter().map(|node| name_of(world, *node)).collect(),
        rows,
        current: passed.checked_sub(first + 1),
        earlier: first,
        later: moments.len() - last,
    }
}

/// The room that a name takes.
pub fn name_width(name: &str) -> f64 {
    text::width(name, Face::Bold, 12.0)
}
