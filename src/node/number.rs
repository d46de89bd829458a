//! Numbers as Redis reads and writes them in commands.
//!
//! Rule: an integer is accepted only in its one canonical spelling, so that `+1`, `01` and ` 1` are not integers.
//! Simplified: INCRBYFLOAT counts in C's `long double` in Redis; here in decimal fixed point with 17 fractional digits,
//! which prints the same while both numbers have no more than 19 significant digits; larger ones go through `f64`.
//! Mirrors `string2ll` and `ld2string` (util.c).

/// A 64-bit integer in canonical decimal (`string2ll`).
pub fn parse_i64(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_canonical = digits == "0" && digits.len() == text.len()
        || (digits.starts_with(|c: char| matches!(c, '1'..='9'))
            && digits.bytes().all(|b| b.is_ascii_digit()));
    if is_canonical {
        text.parse().ok()
    } else {
        None
    }
}

/// Fractional digits that are kept.
const SCALE: u32 = 17;

/// The sum of two decimal numbers, printed as INCRBYFLOAT prints it.
pub fn add_decimal(a: &[u8], b: &[u8]) -> Result<String, NotANumber> {
    let (x, y) = (
        parse_f64(a).ok_or(NotANumber)?,
        parse_f64(b).ok_or(NotANumber)?,
    );
    let exact = parse_fixed(a)
        .zip(parse_fixed(b))
        .and_then(|(a, b)| a.checked_add(b));
    Ok(match exact {
        Some(sum) => print_fixed(sum),
        None if (x + y).is_finite() => print_fixed_f64(x + y),
        None => return Err(NotANumber),
    })
}

/// The text is not a finite number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANumber;

fn parse_f64(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    text.parse::<f64>().ok().filter(|n| n.is_finite())
}

/// `-12.5e3` as an integer of 10⁻¹⁷; `None` if it does not fit.
fn parse_fixed(text: &[u8]) -> Option<i128> {
    let text = std::str::from_utf8(text).ok()?;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + fraction.len() > 30
        || !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let number: i128 = format!("0{whole}{fraction}").parse().ok()?;
    let shift =
        i32::try_from(SCALE).ok()?.checked_add(exponent)? - i32::try_from(fraction.len()).ok()?;
    let scaled = match u32::try_from(shift) {
        Ok(up) => number.checked_mul(10_i128.checked_pow(up)?)?,
        Err(_) => {
            let by = 10_i128.checked_pow(shift.unsigned_abs())?;
            if number % by != 0 {
                return None;
            }
            number / by
        }
    };
    Some(if negative { -scaled } else { scaled })
}

fn print_fixed(number: i128) -> String {
    let one = 10_i128.pow(SCALE);
    let (whole, fraction) = (number.abs() / one, number.abs() % one);
    let sign = if number < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{fraction:017}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

fn print_fixed_f64(number: f64) -> String {
    let text = format!("{number:.17}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_one_spelling() {
        let good = ["0", "-1", "9223372036854775807", "-9223372036854775808"];
        assert!(
            good.iter()
                .all(|text| parse_i64(text.as_bytes()).is_some_and(|n| n.to_string() == *text))
        );
        for bad in [
            "",
            "-",
            "-0",
            "+1",
            "01",
            " 1",
            "1 ",
            "9223372036854775808",
            "1.0",
            "\u{664}",
        ] {
            assert_eq!(parse_i64(bad.as_bytes()), None, "{bad:?}");
        }
    }

    #[test]
    fn decimals_add_without_binary_noise() {
        let sums = [
            ("0.1", "0.2", "0.3"),
            ("10.5", "0.1", "10.6"),
            ("5.0e3", "2.0e2", "5200"),
            ("3", "-3", "0"),
            ("-1.5", "0.25", "-1.25"),
        ];
        for (a, b, sum) in sums {
            assert_eq!(add_decimal(a.as_bytes(), b.as_bytes()).as_deref(), Ok(sum));
        }
        assert_eq!(add_decimal(b"1", b"abc"), Err(NotANumber));
        assert_eq!(add_decimal(b"1e400", b"1"), Err(NotANumber));
        assert_eq!(add_decimal(b"1e300", b"1").map(|s| s.len()), Ok(301));
    }
}
