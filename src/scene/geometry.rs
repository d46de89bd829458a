//! Points, boxes and curves, in CSS pixels of the element they are drawn in.
//!
//! Rule: y grows downwards, as in SVG, and a number becomes text only in [`px`], with one decimal: enough for a screen,
//! and without the machinery of printing floats.

/// A place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// Width and height of something.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// A box, by its upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub fn centre(&self) -> Point {
        Point { x: self.x + self.width / 2.0, y: self.y + self.height / 2.0 }
    }

    /// Whether the two boxes share any area.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}

/// Which way a link runs on screen: a page that is wide puts the replicas to the right, a narrow one below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Right,
    Down,
}

/// The line of a link: leaves and arrives along the flow, with one bend between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    pub from: Point,
    pub to: Point,
    pub flow: Flow,
}

impl Curve {
    /// The two control points of the cubic: halfway along the flow.
    fn controls(&self) -> (Point, Point) {
        match self.flow {
            Flow::Right => {
                let x = (self.from.x + self.to.x) / 2.0;
                (Point { x, y: self.from.y }, Point { x, y: self.to.y })
            }
            Flow::Down => {
                let y = (self.from.y + self.to.y) / 2.0;
                (Point { x: self.from.x, y }, Point { x: self.to.x, y })
            }
        }
    }

    /// The point at parameter `t` of 0..=1.
    pub fn at(&self, t: f64) -> Point {
        let (a, b) = self.controls();
        let s = 1.0 - t;
        let blend = |p0: f64, p1: f64, p2: f64, p3: f64| {
            s * s * s * p0 + 3.0 * s * s * t * p1 + 3.0 * s * t * t * p2 + t * t * t * p3
        };
        Point { x: blend(self.from.x, a.x, b.x, self.to.x), y: blend(self.from.y, a.y, b.y, self.to.y) }
    }

    /// The point that has come the share `along` of 0..=1 of the way, measured along the flow: even steps of `along` are
    /// even steps on screen.
    pub fn along(&self, along: f64) -> Point {
        let (start, end) = match self.flow {
            Flow::Right => (self.from.x, self.to.x),
            Flow::Down => (self.from.y, self.to.y),
        };
        let goal = start + (end - start) * along;
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..24 {
            let mid = (low + high) / 2.0;
            let p = self.at(mid);
            let here = if self.flow == Flow::Right { p.x } else { p.y };
            if (here < goal) == (start <= end) { low = mid } else { high = mid }
        }
        self.at((low + high) / 2.0)
    }

    /// How far it is from end to end along the flow.
    pub fn span(&self) -> f64 {
        match self.flow {
            Flow::Right => (self.to.x - self.from.x).abs(),
            Flow::Down => (self.to.y - self.from.y).abs(),
        }
    }

    /// The `d` of an SVG path.
    pub fn path(&self) -> String {
        let (a, b) = self.controls();
        let mut d = String::from("M");
        for (lead, p) in [("", self.from), (" C", a), (" ", b), (" ", self.to)] {
            d.push_str(lead);
            d.push_str(&px(p.x));
            d.push(' ');
            d.push_str(&px(p.y));
        }
        d
    }
}

/// A length as SVG wants it: at most one decimal.
pub fn px(length: f64) -> String {
    let tenths = (length * 10.0).round() as i64;
    let mut text = String::new();
    if tenths < 0 {
        text.push('-');
    }
    text.push_str(&(tenths.abs() / 10).to_string());
    if tenths % 10 != 0 {
        text.push('.');
        text.push((b'0' + (tenths.abs() % 10) as u8) as char);
    }
    text
}

/// The `transform` that moves something to `p`.
pub fn translate(p: Point) -> String {
    let mut text = String::from("translate(");
    text.push_str(&px(p.x));
    text.push(' ');
    text.push_str(&px(p.y));
    text.push(')');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_one_decimal_at_most() {
        assert_eq!(
            ["12", "-0.5", "3.3", "-7", "0"],
            [12.0, -0.5, 3.333, -7.04, -0.04].map(px).each_ref().map(String::as_str)
        );
    }

    #[test]
    fn even_shares_of_the_way_are_even_steps_on_screen() {
        for flow in [Flow::Right, Flow::Down] {
            let curve = Curve { from: Point { x: 10.0, y: 20.0 }, to: Point { x: 110.0, y: 220.0 }, flow };
            for tenth in 0..=10 {
                let share = f64::from(tenth) / 10.0;
                let p = curve.along(share);
                let (here, want) =
                    if flow == Flow::Right { (p.x, 10.0 + 100.0 * share) } else { (p.y, 20.0 + 200.0 * share) };
                assert!((here - want).abs() < 0.01, "{flow:?} {share}: {here} is not {want}");
            }
        }
    }
}
