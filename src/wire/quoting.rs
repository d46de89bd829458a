//! How bytes are shown to people: as redis-cli does, with escapes for what has no picture.
//! Mirrors `sdscatrepr` (sds.c).

use std::fmt::Write;

/// Escaped, without quotes around.
pub fn printable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'"' => text.push_str("\\\""),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            0x07 => text.push_str("\\a"),
            0x08 => text.push_str("\\b"),
            b' '..=b'~' => text.push(char::from(*byte)),
            // Writing to a String cannot fail.
            other => drop(write!(text, "\\x{other:02x}")),
        }
    }
    text
}

/// Escaped, in double quotes.
pub fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", printable(bytes))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn bytes_without_a_picture_are_escaped() {
        assert_eq!(quoted(b"a \\\"'\n\r\t\x07\x08\x00\x7f\xff"), r#""a \\\"'\n\r\t\a\b\x00\x7f\xff""#);
    }
}
