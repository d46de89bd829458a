//! The contrast of every pair of colours that text is shown in, from the style sheet's own tokens.
//!
//! Contrast is measured as WCAG 2 defines it; text needs 4.5 to 1.

const SHEET: &str = include_str!("../../static/picture.css");

/// Text on what is behind it.
const PAIRS: &[(&str, &str)] = &[
    ("ink", "bg"),
    ("ink", "panel"),
    ("ink", "chip"),
    ("ink", "stream-tint"),
    ("ink", "master-tint"),
    ("ink", "replica-1-tint"),
    ("ink", "replica-2-tint"),
    ("ink", "replica-3-tint"),
    ("dim", "bg"),
    ("dim", "panel"),
    ("dim", "chip"),
    ("master", "bg"),
    ("master", "panel"),
    ("master", "master-tint"),
    ("replica-1", "bg"),
    ("replica-1", "panel"),
    ("replica-1", "chip"),
    ("replica-1", "replica-1-tint"),
    ("replica-2", "bg"),
    ("replica-2", "replica-2-tint"),
    ("replica-3", "bg"),
    ("replica-3", "replica-3-tint"),
    ("stream", "bg"),
    ("stream", "panel"),
    ("stream", "chip"),
    ("snapshot", "panel"),
    ("snapshot", "chip"),
    ("ack", "panel"),
    ("ack", "chip"),
    ("warn", "chip"),
    ("on-solid", "stream"),
    ("on-solid", "master"),
    ("on-solid", "replica-1"),
    ("on-solid", "replica-2"),
    ("on-solid", "replica-3"),
    ("key-text", "key"),
];

/// The colours of a theme: 0 is light, 1 dark.
fn tokens(theme: usize) -> Vec<(&'static str, [f64; 3])> {
    let colour = |line: &'static str| {
        let (name, both) = line.trim().strip_prefix("--")?.strip_suffix(");")?.split_once(": light-dark(")?;
        Some((name, both.split(", ").nth(theme)?.strip_prefix('#')?))
    };
    SHEET
        .lines()
        .filter_map(colour)
        .filter(|(_, hex)| hex.len() == 6)
        .map(|(name, hex)| {
            (name, [0, 2, 4].map(|i| f64::from(u8::from_str_radix(&hex[i..i + 2], 16).expect("a colour"))))
        })
        .collect()
}

fn luminance(colour: [f64; 3]) -> f64 {
    let [r, g, b] = colour.map(|c| {
        let c = c / 255.0;
        if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_can_be_read_in_both_themes() {
    for (n, theme) in ["light", "dark"].into_iter().enumerate() {
        let tokens = tokens(n);
        let colour =
            |name: &str| tokens.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("no --{name} in {theme}")).1;
        for (text, behind) in PAIRS {
            let measured = contrast(colour(text), colour(behind));
            assert!(measured >= 4.5, "{text} on {behind} in {theme}: {measured:.2}");
        }
    }
}
