//! How wide a text will be, without a browser to ask.
//!
//! Rule: an estimate that errs to the wide side, from the widths of DejaVu Sans, the widest of the system fonts that pages
//! are shown in. A text that does not fit ends in an ellipsis; the whole of it is always in the element's title.

/// The two faces of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Sans,
    Bold,
    Mono,
}

/// Widths of `a`–`z` and `A`–`Z` in DejaVu Sans, in thousandths of the font size.
const LOWER: [u16; 26] = [
    613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818,
    592, 592, 525,
];
const UPPER: [u16; 26] = [
    684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989,
    685, 611, 685,
];

/// Width of one character in thousandths of the font size.
fn thousandths(c: char, face: Face) -> u32 {
    if face == Face::Mono {
        return if c.is_ascii() || matches!(c, '…' | '·' | '–') { 603 } else { 1_000 };
    }
    let plain = match c {
        'a'..='z' => LOWER[(c as u8 - b'a') as usize].into(),
        'A'..='Z' => UPPER[(c as u8 - b'A') as usize].into(),
        ' ' | '.' | ',' | ':' | ';' | '!' | '\'' | '|' | '·' => 338,
        '-' | '/' | '(' | ')' | '[' | ']' => 390,
        '0'..='9' | '?' | '_' | '$' | '#' | '–' => 636,
        _ if c.is_ascii() => 838,
        _ => 1_000,
    };
    if face == Face::Bold { plain * 112 / 100 } else { plain }
}

/// Estimated width of `text` in px at a font size in px.
pub fn width(text: &str, face: Face, size: f64) -> f64 {
    f64::from(text.chars().map(|c| thousandths(c, face)).sum::<u32>()) / 1_000.0 * size
}

/// `text`, shortened with an ellipsis to at most `room` px; empty if not even that fits.
pub fn fit(text: &str, face: Face, size: f64, room: f64) -> String {
    if width(text, face, size) <= room {
        return text.to_owned();
    }
    let ellipsis = width("…", face, size);
    let mut used = ellipsis;
    let mut kept = String::new();
    for c in text.chars() {
        used += f64::from(thousandths(c, face)) / 1_000.0 * size;
        if used > room {
            break;
        }
        kept.push(c);
    }
    if kept.is_empty() {
        return String::new();
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// A count with a comma between thousands: `48,211`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(c);
    }
    text
}

/// A number of bytes as the page says it: `38 B`, `1.5 KB`, `94 KB`, `2 MB`. Units of 1,024, as Redis counts.
pub fn bytes(n: u64) -> String {
    let (unit, name) = match n {
        0..=9_999 => return grouped(n) + " B",
        10_000..=1_048_575 => (1_024, " KB"),
        _ => (1_048_576, " MB"),
    };
    let tenths = n * 10 / unit;
    let mut text = grouped(tenths / 10);
    if tenths < 100 && !tenths.is_multiple_of(10) {
        text.push('.');
        text.push_str(&(tenths % 10).to_string());
    }
    text + name
}

/// A count of microseconds as a short duration: `2 ms`, `4.2 s`, `350 µs`.
pub fn duration(micros: u64) -> String {
    if micros < 1_000 {
        return micros.to_string() + " µs";
    }
    if micros < 1_000_000 {
        return (micros / 1_000).to_string() + " ms";
    }
    let tenths = micros / 100_000;
    let mut text = grouped(tenths / 10);
    if tenths < 1_000 && !tenths.is_multiple_of(10) {
        text.push('.');
        text.push_str(&(tenths % 10).to_string());
    }
    text + " s"
}

/// The page's clock for microseconds of a run: `00:07.214`.
pub fn clock(micros: u64) -> String {
    let ms = micros / 1_000;
    let mut text = String::with_capacity(9);
    for (n, digits, tail) in [(ms / 60_000, 2, ":"), (ms / 1_000 % 60, 2, "."), (ms % 1_000, 3, "")] {
        let n = n.to_string();
        for _ in n.len()..digits {
            text.push('0');
        }
        text.push_str(&n);
        text.push_str(tail);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_the_page_says_them() {
        assert_eq!(
            ["0", "999", "1,000", "48,211", "1,048,576"],
            [0, 999, 1_000, 48_211, 1_048_576].map(grouped).each_ref().map(String::as_str)
        );
        assert_eq!(
            ["38 B", "9,999 B", "94 KB", "1 MB", "1.5 MB"],
            [38, 9_999, 96_256, 1_048_576, 1_572_864].map(bytes).each_ref().map(String::as_str)
        );
        assert_eq!(
            ["350 µs", "2 ms", "4.2 s", "12 s"],
            [350, 2_000, 4_214_000, 12_000_000].map(duration).each_ref().map(String::as_str)
        );
        assert_eq!(["00:07.214", "01:00.000"], [7_214_000, 60_000_000].map(clock).each_ref().map(String::as_str));
    }

    #[test]
    fn a_text_too_long_ends_in_an_ellipsis_and_fits() {
        for room in 0..200 {
            let text = fit("link down · next: PSYNC", Face::Sans, 12.0, f64::from(room));
            assert!(width(&text, Face::Sans, 12.0) <= f64::from(room), "{text} in {room}");
        }
        assert_eq!(fit("ping", Face::Mono, 12.0, 100.0), "ping");
    }
}
