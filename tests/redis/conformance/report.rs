//! Differences between two sides, side by side, and the table of a whole run.

use super::normal::Seen;

/// One scenario that was compared.
pub struct Compared {
    pub name: String,
    pub about: String,
    pub expected: Seen,
    pub differences: Vec<String>,
}

/// How much of a line is shown.
const WIDTH: usize = 400;

/// Lines that only one side has, in order: `-` of the first, `+` of the second.
pub fn differences(expected: &Seen, found: &Seen) -> Vec<String> {
    let places = (&expected.places, &found.places);
    let (expected, found) = (&expected.lines[..], &found.lines[..]);
    // Alike at both ends, which is cheap to see, then the longest common subsequence between.
    let start = expected.iter().zip(found).take_while(|(a, b)| a == b).count();
    let (expected, found) = (&expected[start..], &found[start..]);
    let end = expected.iter().rev().zip(found.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&expected[..expected.len() - end], &found[..found.len() - end]);
    let mut longest = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i][j] =
                if a[i] == b[j] { longest[i + 1][j + 1] + 1 } else { longest[i + 1][j].max(longest[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, vec![]);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || i < a.len() && longest[i + 1][j] >= longest[i][j + 1] {
            lines.push(format!("-{} {}", place(places.0, start + i), shown(&a[i], b.get(j))));
            i += 1;
        } else {
            lines.push(format!("+{} {}", place(places.1, start + j), shown(&b[j], None)));
            j += 1;
        }
    }
    lines
}

fn place(places: &[Option<usize>], line: usize) -> String {
    places.get(line).copied().flatten().map_or(String::new(), |at| format!(" at byte {at}:"))
}

/// A long line is shown from where it begins to differ.
fn shown(line: &str, other: Option<&String>) -> String {
    let chars: Vec<char> = line.chars().collect();
    if chars.len() <= WIDTH {
        return line.into();
    }
    let same = other.map_or(0, |other| line.chars().zip(other.chars()).take_while(|(a, b)| a == b).count());
    let head: String = chars[..60].iter().collect();
    let from = same.saturating_sub(40).max(60).min(chars.len());
    let tail: String = chars[from..].iter().take(WIDTH / 2).collect();
    format!("{head}… ({} characters, from {from}:) {tail}", chars.len())
}

/// The table: scenario, links with their connections, bytes, differences.
pub fn table(rows: &[Compared], markdown: bool) -> String {
    let mut text = String::new();
    let total = |of: fn(&Compared) -> usize| rows.iter().map(of).sum::<usize>();
    if markdown {
        text.push_str(
            "| scenario | links (connections) | bytes compared | differences |\n| --- | ---: | ---: | ---: |\n",
        );
    }
    let mut row = |name: &str, links: usize, connections: usize, bytes: usize, differences: usize| {
        let links = format!("{links} ({connections})");
        text.push_str(&if markdown {
            format!("| {name} | {links} | {bytes} | {differences} |\n")
        } else {
            format!("{name:<36} {links:>10} {bytes:>10} {differences:>6}\n")
        });
    };
    for compared in rows {
        let seen = &compared.expected;
        let name = if markdown { &compared.about } else { &compared.name };
        row(name, seen.links, seen.connections, seen.bytes, compared.differences.len());
    }
    row(
        &format!("{} scenarios", rows.len()),
        total(|r| r.expected.links),
        total(|r| r.expected.connections),
        total(|r| r.expected.bytes),
        total(|r| r.differences.len()),
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_side_are_differences() {
        let side = |lines: &[&str]| Seen {
            lines: lines.iter().map(|line| (*line).into()).collect(),
            places: vec![None, Some(7), None, None],
            ..Seen::default()
        };
        let (one, other) = (side(&["a", "b", "c", "d"]), side(&["a", "x", "c", "d"]));
        assert!(differences(&one, &one.clone()).is_empty());
        assert_eq!(differences(&one, &other), ["- at byte 7: b", "+ at byte 7: x"]);
        assert_eq!(differences(&one, &side(&["a", "c", "d"])), ["- at byte 7: b"]);
        assert_eq!(differences(&side(&[]), &side(&["a"])), ["+ a"]);
    }
}
