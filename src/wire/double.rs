//! Scores as text: C's `double`, read by `strtod` and printed by `printf("%.17g")`.
//!
//! Rule: 17 significant digits, so that every number comes back as itself: 1.1 is `1.1000000000000001`.
//! Mirrors `string2d` (util.c) and `addReplyDouble` (networking.c).

/// What `strtod` reads at the front of a text.
pub struct Read<'a> {
    pub number: f64,
    /// What it does not take.
    pub rest: &'a [u8],
    /// Too large for a number, or too small to be another one than 0.
    pub out_of_range: bool,
}

/// `strtod` on a C string: spaces, sign, then decimal digits, hexadecimal ones after `0x`, `inf` or `nan`. Text that is
/// no number is 0, all of it left over.
pub fn strtod(text: &[u8]) -> Read<'_> {
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
    let text = &text[..end];
    let spaces = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    let (negative, digits) = match &text[spaces..] {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let Some((number, len, out_of_range)) = word(digits).or_else(|| hexadecimal(digits)).or_else(|| decimal(digits))
    else {
        return Read { number: 0.0, rest: text, out_of_range: false };
    };
    Read { number: if negative { -number } else { number }, rest: &digits[len..], out_of_range }
}

/// `string2d`: the whole text, no spaces, not `nan`, within range.
pub fn parse(text: &[u8]) -> Option<f64> {
    let is_clean = text.first().is_some_and(|byte| !matches!(byte, b' ' | b'\t'..=b'\r')) && !text.contains(&0);
    let read = strtod(text);
    let is_number = is_clean && read.rest.is_empty() && !read.out_of_range && !read.number.is_nan();
    is_number.then_some(read.number)
}

/// Number, bytes read, out of range.
type Found = Option<(f64, usize, bool)>;

fn word(text: &[u8]) -> Found {
    let words = [(&b"infinity"[..], f64::INFINITY), (b"inf", f64::INFINITY), (b"nan", f64::NAN)];
    let starts = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    words.iter().find(|(word, _)| starts(word)).map(|(word, number)| (*number, word.len(), false))
}

/// How many bytes at the front are digits with perhaps one point; `None` without a digit.
fn digits(text: &[u8], is_digit: fn(&u8) -> bool) -> Option<usize> {
    let whole = text.iter().take_while(|byte| is_digit(byte)).count();
    let fraction = match &text[whole..] {
        [b'.', rest @ ..] => 1 + rest.iter().take_while(|byte| is_digit(byte)).count(),
        _ => 0,
    };
    (whole + fraction.saturating_sub(1) > 0).then_some(whole + fraction)
}

/// How many bytes a power such as `e-5` takes; 0 if there is none.
fn power(text: &[u8], mark: u8) -> usize {
    let [first, rest @ ..] = text else {
        return 0;
    };
    let sign = usize::from(matches!(rest.first(), Some(b'+' | b'-')));
    let digits = rest[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if first.eq_ignore_ascii_case(&mark) && digits > 0 { 1 + sign + digits } else { 0 }
}

fn decimal(text: &[u8]) -> Found {
    let mantissa = digits(text, u8::is_ascii_digit)?;
    let len = mantissa + power(&text[mantissa..], b'e');
    let number: f64 = std::str::from_utf8(&text[..len]).ok()?.parse().ok()?;
    let is_zero = !text[..mantissa].iter().any(|byte| matches!(byte, b'1'..=b'9'));
    Some((number, len, number.is_infinite() || (number == 0.0 && !is_zero)))
}

fn hexadecimal(text: &[u8]) -> Found {
    let [b'0', b'x' | b'X', rest @ ..] = text else {
        return None;
    };
    let mantissa = digits(rest, u8::is_ascii_hexdigit)?;
    let power_len = power(&rest[mantissa..], b'p');
    let (mut bits, mut exponent, mut behind_point) = (0_u64, 0_i64, false);
    for byte in &rest[..mantissa] {
        let Some(digit) = char::from(*byte).to_digit(16) else {
            behind_point = true;
            continue;
        };
        if bits >> 58 == 0 {
            bits = bits << 4 | u64::from(digit);
            exponent -= if behind_point { 4 } else { 0 };
        } else {
            // Too far behind to count, but for the way a half is rounded.
            bits |= u64::from(digit != 0);
            exponent += if behind_point { 0 } else { 4 };
        }
    }
    if power_len > 0 {
        let text = std::str::from_utf8(&rest[mantissa + 1..mantissa + power_len]).ok()?;
        let given: i64 = text.parse().unwrap_or(if text.starts_with('-') { -100_000 } else { 100_000 });
        exponent = exponent.saturating_add(given.clamp(-100_000, 100_000));
    }
    let exponent = exponent.clamp(-3000, 3000) as i32;
    // In two steps: the least power of two that there is would otherwise be 0 by itself.
    let number = bits as f64 * 2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2);
    Some((number, 2 + mantissa + power_len, number.is_infinite() || (number == 0.0 && bits != 0)))
}

/// `printf("%.17g")`.
pub fn print(number: f64) -> String {
    if number.is_infinite() {
        return String::from(if number > 0.0 { "inf" } else { "-inf" });
    }
    let text = format!("{number:.16e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let mut out = String::from(sign);
    let put = |out: &mut String, whole: &str, fraction: &str| {
        out.push_str(if whole.is_empty() { "0" } else { whole });
        if !fraction.is_empty() {
            out.push('.');
            out.push_str(fraction);
        }
    };
    match exponent {
        0..=16 => {
            let point = exponent as usize + 1;
            let mut whole = String::from(&digits[..point.min(digits.len())]);
            (digits.len()..point).for_each(|_| whole.push('0'));
            put(&mut out, &whole, digits.get(point..).unwrap_or(""));
        }
        -4..=-1 => {
            let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
            put(&mut out, "", &(zeros + digits));
        }
        _ => {
            put(&mut out, digits.get(..1).unwrap_or(""), digits.get(1..).unwrap_or(""));
            out.push('e');
            out.push(if exponent < 0 { '-' } else { '+' });
            let power = exponent.unsigned_abs().to_string();
            out.push_str(if power.len() < 2 { "0" } else { "" });
            out.push_str(&power);
        }
    }
    out
}

/// `print`, but a whole number as an integer as long as it is one of 63 bits: how a listpack keeps it (`d2string`).
pub fn print_packed(number: f64) -> String {
    const LIMIT: f64 = (i64::MAX / 2) as f64;
    let is_whole = number.abs() <= LIMIT && number == number.trunc();
    if is_whole { (number as i64).to_string() } else { print(number) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_printed_as_c_prints_them() {
        let cases = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.1, "1.1000000000000001"),
            (3.0, "3"),
            (-1.5, "-1.5"),
            (100.0, "100"),
            (1e16, "10000000000000000"),
            (1e17, "1e+17"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (0.0001, "0.0001"),
            (0.00001, "1.0000000000000001e-05"),
            (1e-100, "1e-100"),
            (5e-324, "4.9406564584124654e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            // Halves go to the even digit.
            (8_000_000_000_000_002.0 / 8.0, "1000000000000000.2"),
            (8_000_000_000_000_006.0 / 8.0, "1000000000000000.8"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (number, text) in cases {
            assert_eq!(print(number), text);
        }
        assert_eq!(print_packed(1e17), "100000000000000000");
        assert_eq!(print_packed(1e19), "1e+19");
        assert_eq!(print_packed(-0.5), "-0.5");
    }

    #[test]
    fn numbers_are_read_as_c_reads_them() {
        let cases = [
            ("1", Some(1.0)),
            ("-1.5e3", Some(-1500.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("+inf", Some(f64::INFINITY)),
            ("-Infinity", Some(f64::NEG_INFINITY)),
            ("0x10", Some(16.0)),
            ("-0x1.8p3", Some(-12.0)),
            ("0x1p-1074", Some(5e-324)),
            ("", None),
            (" 1", None),
            ("1 ", None),
            ("nan", None),
            ("1e400", None),
            ("1e-400", None),
            ("0x", None),
            ("1e", None),
            (".", None),
            ("e5", None),
            ("1\u{0}", None),
            ("abc", None),
        ];
        for (text, number) in cases {
            assert_eq!(parse(text.as_bytes()), number, "{text:?}");
        }
        assert_eq!(strtod(b" 7x").number, 7.0);
        assert_eq!(strtod(b" 7x").rest, b"x");
        assert_eq!(strtod(b"1\0junk").rest, b"");
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(bits: u64) {
            let number = f64::from_bits(bits);
            prop_assume!(!number.is_nan());
            // A number below the normal range is read, and said to be out of it by nobody here.
            prop_assert_eq!(parse(print(number).as_bytes()).map(f64::to_bits), Some(bits));
        }

        #[test]
        fn any_bytes_are_read(text in prop::collection::vec(any::<u8>(), 0..20), hex in "0x[0-9a-f.]{0,30}(p[-+]?[0-9]{1,6})?") {
            prop_assert!(strtod(&text).rest.len() <= text.len());
            strtod(hex.as_bytes());
        }
    }
}
