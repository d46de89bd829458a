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

/// Width of one character in hundredths of the font size.
fn hundredths(c: char, face: Face) -> u32 {
    if face == Face::Mono {
        return if c.is_ascii() || c == '…' || c == '·' { 61 } else { 100 };
    }
    let plain = match c {
        'i' | 'l' | 'j' | '\'' | '|' => 28,
        ' ' | '.' | ',' | ':' | ';' | '!' | 'I' | '·' => 33,
        'f' | 't' | 'r' | '(' | ')' | '-' | '/' | '"' => 41,
        'm' | 'w' | 'M' | 'W' | '…' => 97,
        'A'..='Z' => 71,
        _ if c.is_ascii() || c == '–' => 63,
        _ => 100,
    };
    if face == Face::Bold { plain * 112 / 100 } else { plain }
}

/// Estimated width of `text` in px at a font size in px.
pub fn width(text: &str, face: Face, size: f64) -> f64 {
    f64::from(text.chars().map(|c| hundredths(c, face)).sum::<u32>()) / 100.0 * size
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
        used += f64::from(hundredths(c, face)) / 100.0 * size;
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
        if i > 0 && (digits.len() - i) % 3 == 0 {
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
    if tenths < 100 && tenths % 10 != 0 {
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
    if tenths < 1_000 && tenths % 10 != 0 {
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

/// Bytes that a client or a wire gave, as text for a screen: what is not printable becomes `\xNN`, as redis-cli shows it.
pub fn printable(bytes: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                c if c.is_control() => push_hex(&mut text, c as u32 as u8),
                c => text.push(c),
            }
        }
        for byte in chunk.invalid() {
            push_hex(&mut text, *byte);
        }
    }
    fn push_hex(text: &mut String, byte: u8) {
        text.push_str("\\x");
        text.push(HEX[usize::from(byte >> 4)] as char);
        text.push(HEX[usize::from(byte & 15)] as char);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_the_page_says_them() {
        assert_eq!(["0", "999", "1,000", "48,211", "1,048,576"], [0, 999, 1_000, 48_211, 1_048_576].map(grouped).each_ref().map(String::as_str));
        assert_eq!(["38 B", "9,999 B", "94 KB", "1 MB", "1.5 MB"], [38, 9_999, 96_256, 1_048_576, 1_572_864].map(bytes).each_ref().map(String::as_str));
        assert_eq!(["350 µs", "2 ms", "4.2 s", "12 s"], [350, 2_000, 4_214_000, 12_000_000].map(duration).each_ref().map(String::as_str));
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

    #[test]
    fn bytes_that_are_not_text_are_spelled_out() {
        assert_eq!(printable(b"a\r\n\x00\xff\xc3\xa9"), "a\\r\\n\\x00\\xffé");
    }
}
