//! Integers as Redis reads them in commands.
//!
//! Rule: an integer is accepted only in its one canonical spelling, so that `+1`, `01` and ` 1` are not integers.
//! Mirrors `string2ll` (util.c). INCRBYFLOAT's numbers are in `long_double.rs`.

/// A 64-bit integer in canonical decimal (`string2ll`).
pub fn parse_i64(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_canonical = digits == "0" && digits.len() == text.len()
        || (digits.starts_with(|c: char| matches!(c, '1'..='9')) && digits.bytes().all(|b| b.is_ascii_digit()));
    if is_canonical { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_one_spelling() {
        let good = ["0", "-1", "9223372036854775807", "-9223372036854775808"];
        assert!(good.iter().all(|text| parse_i64(text.as_bytes()).is_some_and(|n| n.to_string() == *text)));
        for bad in ["", "-", "-0", "+1", "01", " 1", "1 ", "9223372036854775808", "1.0", "\u{664}"] {
            assert_eq!(parse_i64(bad.as_bytes()), None, "{bad:?}");
        }
    }
}
