//! INCRBYFLOAT's numbers: C's `long double` as Redis has it on x86-64, 64 binary digits and a wide exponent.
//!
//! Rule: reading and adding round to the nearest number, ties to the even one; printing shows the number itself to 17
//! decimals. So the same noise comes out as from Redis: 1000.3 plus nothing is `1000.29999999999999999`.
//! Mirrors `string2ld` and `ld2string` (util.c) over glibc's `strtold` and `printf("%.17Lf")`.

use super::big_uint::BigUint;
use std::cmp::Ordering;

/// A finite number: `mantissa` × 2^`exponent`. The mantissa's highest bit is set unless the number is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongDouble {
    negative: bool,
    mantissa: u64,
    exponent: i32,
}

/// Redis reads no longer text (`MAX_LONG_DOUBLE_CHARS`).
const TEXT_MAX: usize = 5 * 1024 - 1;
/// Numbers are below 2^16384.
const EXPONENT_MAX: i32 = 16_384 - 64;
/// The least of all is 2^-16445; 2^-16446 and what is below it is nearer to 0.
const EXPONENT_MIN: i32 = -16_446 - 63;
/// Fractional digits that are printed.
const DECIMALS: u32 = 17;

/// Why there is no sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SumError {
    /// One of the texts is not a number, or too large or too small for one.
    NotANumber,
    /// The sum is beyond the largest number.
    Infinite,
}

/// The sum of two numbers, both as text.
pub fn add(a: &[u8], b: &[u8]) -> Result<String, SumError> {
    match (parse(a).ok_or(SumError::NotANumber)?, parse(b).ok_or(SumError::NotANumber)?) {
        (Parsed::Finite(a), Parsed::Finite(b)) => a.plus(b).map(LongDouble::print).ok_or(SumError::Infinite),
        _ => Err(SumError::Infinite),
    }
}

enum Parsed {
    Finite(LongDouble),
    Infinite,
}

/// What `strtold` takes, all of it: decimal, hexadecimal after `0x`, `inf`. Not `nan`, which Redis refuses.
fn parse(text: &[u8]) -> Option<Parsed> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= TEXT_MAX)?.to_ascii_lowercase();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    if matches!(digits, "inf" | "infinity") {
        return Some(Parsed::Infinite);
    }
    let number = match digits.strip_prefix("0x") {
        Some(hex) => parse_digits(hex, 16, 'p'),
        None => parse_digits(digits, 10, 'e'),
    };
    number.map(|number| Parsed::Finite(LongDouble { negative, ..number }))
}

/// `12.5e3`: digits with perhaps a point, and perhaps a power: of ten, or for hexadecimal digits of two.
fn parse_digits(text: &str, radix: u32, power_mark: char) -> Option<LongDouble> {
    let (mantissa, power) = match text.split_once(power_mark) {
        Some((mantissa, power)) => (mantissa, parse_power(power)?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut number = BigUint::default();
    for digit in whole.chars().chain(fraction.chars()) {
        number.multiply_add(radix, digit.to_digit(radix)?);
    }
    if number.is_zero() {
        return Some(LongDouble { negative: false, mantissa: 0, exponent: 0 });
    }
    let fraction_digits = fraction.len() as i64;
    match radix {
        16 => nearest(number, BigUint::from(1), power - 4 * fraction_digits),
        _ => {
            let tens = power - fraction_digits;
            // Beyond any number, however many digits there are: no need to compute how far.
            if tens.unsigned_abs() > 2 * TEXT_MAX as u64 {
                return None;
            }
            let mut scale = BigUint::from(1);
            (0..tens.unsigned_abs()).for_each(|_| scale.multiply_add(5, 0));
            if tens >= 0 { nearest(number.times(&scale), BigUint::from(1), tens) } else { nearest(number, scale, tens) }
        }
    }
}

/// The number after `e`; a huge one is as good as the largest that is still looked at.
fn parse_power(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let power = digits.parse().unwrap_or(i64::MAX).min(1_000_000);
    Some(if text.starts_with('-') { -power } else { power })
}

/// `above` / `below` × 2^`twos`, rounded. `None` if that is too large or too small.
fn nearest(above: BigUint, below: BigUint, twos: i64) -> Option<LongDouble> {
    // Both are shifted until the quotient is in [1, 2): then each step of the division gives one binary digit.
    let shift = i64::from(above.bits()) - i64::from(below.bits());
    let (mut above, below) = match u32::try_from(shift) {
        Ok(shift) => (above, below.shifted(shift)),
        Err(_) => (above.shifted(shift.unsigned_abs() as u32), below),
    };
    let mut exponent = twos + shift;
    if above.compare(&below) == Ordering::Less {
        above = above.shifted(1);
        exponent -= 1;
    }
    let mut digits = 0_u128;
    for _ in 0..66 {
        digits <<= 1;
        if above.compare(&below) != Ordering::Less {
            above.subtract(&below);
            digits |= 1;
        }
        above = above.shifted(1);
    }
    let sticky = u128::from(!above.is_zero());
    let exponent = i32::try_from(exponent - 65 - 1).ok()?;
    LongDouble::rounded(false, digits << 1 | sticky, exponent)
}

impl LongDouble {
    /// `digits` × 2^`exponent`, rounded to 64 binary digits. The lowest of `digits` may stand for all that were cut off.
    fn rounded(negative: bool, digits: u128, exponent: i32) -> Option<LongDouble> {
        let excess = 64 - digits.leading_zeros() as i32;
        let (mut mantissa, mut exponent) = (digits, exponent);
        if excess > 0 {
            mantissa = shifted_to_nearest(digits, excess as u32);
            exponent += excess;
            if mantissa >> 64 != 0 {
                mantissa >>= 1;
                exponent += 1;
            }
        } else if digits != 0 {
            mantissa <<= -excess;
            exponent += excess;
        }
        let is_large_enough = (exponent, mantissa) > (EXPONENT_MIN, 1 << 63);
        let is_in_range = digits == 0 || (is_large_enough && exponent <= EXPONENT_MAX);
        is_in_range.then_some(LongDouble { negative, mantissa: mantissa as u64, exponent })
    }

    fn plus(self, other: LongDouble) -> Option<LongDouble> {
        if self.mantissa == 0 || other.mantissa == 0 {
            return Some(if self.mantissa == 0 { other } else { self });
        }
        let by_size = (self.exponent, self.mantissa) >= (other.exponent, other.mantissa);
        let (large, small) = if by_size { (self, other) } else { (other, self) };
        // Room above for a carry, and below for the digits that decide the rounding.
        let (a, b) = (u128::from(large.mantissa) << 62, u128::from(small.mantissa) << 62);
        let distance = (large.exponent - small.exponent) as u32;
        let b = match distance {
            0..=127 => b >> distance | u128::from(b & ((1 << distance) - 1) != 0),
            _ => 1,
        };
        let sum = if large.negative == small.negative { a + b } else { a - b };
        LongDouble::rounded(large.negative, sum, large.exponent - 62)
    }

    /// Without zeros at the end, and without a point if nothing follows it.
    fn print(self) -> String {
        let (whole, fraction) = match u32::try_from(self.exponent) {
            Ok(twos) => (BigUint::from(self.mantissa).shifted(twos).to_string(), 0),
            Err(_) => {
                let one = 10_u128.pow(DECIMALS);
                let scaled = shifted_to_nearest(u128::from(self.mantissa) * one, self.exponent.unsigned_abs());
                ((scaled / one).to_string(), scaled % one)
            }
        };
        let text = format!("{whole}.{fraction:017}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        if self.negative && text != "0" { format!("-{text}") } else { text.to_string() }
    }
}

/// `number` / 2^`by`, to the nearest integer, ties to the even one.
fn shifted_to_nearest(number: u128, by: u32) -> u128 {
    if by == 0 {
        return number;
    }
    let quotient = number.checked_shr(by).unwrap_or(0);
    let half = 1_u128.checked_shl(by - 1).unwrap_or(0);
    let rest = number & half.wrapping_mul(2).wrapping_sub(1);
    // Beyond 128 digits the half is larger than any number.
    let round_up = half != 0 && (rest > half || (rest == half && quotient % 2 == 1));
    quotient + u128::from(round_up)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each sum as a real Redis 7.0.15 on x86-64 gave it.
    #[test]
    fn sums_carry_the_noise_of_redis() {
        let sums = [
            ("0.1", "0.2", "0.3"),
            ("10.5", "0.1", "10.6"),
            ("5.0e3", "2.0e2", "5200"),
            ("3", "-3", "0"),
            ("-1.5", "0.25", "-1.25"),
            ("0", "-0", "0"),
            ("1000", "0.3", "1000.29999999999999999"),
            ("1000.29999999999999999", "0x10", "1016.29999999999999999"),
            ("3.14159265358979", "1000000", "1000003.14159265358978246"),
            ("100000000000000000", "1", "100000000000000001"),
            ("100000000000000001", "1e20", "100100000000000000000"),
            ("0", "1e-17", "0.00000000000000001"),
            ("0", "1e-18", "0"),
            ("0", ".5", "0.5"),
            ("0", "5.", "5"),
            ("0", "0x1.8p3", "12"),
        ];
        for (a, b, sum) in sums {
            assert_eq!(add(a.as_bytes(), b.as_bytes()).as_deref(), Ok(sum), "{a} + {b}");
        }
        assert_eq!(add(b"0", b"1e400").map(|sum| sum.len()), Ok(401));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "-", "+", ".", "abc", " 1", "1 ", "1e", "1e+", "0x", "--1", "1_000", "nan", "1e5000", "1e-5000", "e5",
            "1\u{664}",
        ] {
            assert_eq!(add(text.as_bytes(), b"1"), Err(SumError::NotANumber), "{text}");
        }
        assert_eq!(add(b"1", b"-inf"), Err(SumError::Infinite));
        assert_eq!(add(b"1e4932", b"1e4932"), Err(SumError::Infinite));
    }

    proptest! {
        #[test]
        fn any_text_is_a_number_or_is_refused(text in "[-+]?[0-9.]{0,30}(e[-+]?[0-9]{1,5})?|[ -~]{0,12}") {
            // What is printed can be read again.
            if let Ok(sum) = add(text.as_bytes(), b"0") {
                prop_assert!(add(sum.as_bytes(), b"0").is_ok());
            }
        }

        #[test]
        fn integers_add_as_integers(a in -(1_i64 << 62)..1 << 62, b in -(1_i64 << 62)..1 << 62) {
            let sum = add(a.to_string().as_bytes(), b.to_string().as_bytes());
            prop_assert_eq!(sum, Ok((a + b).to_string()));
        }
    }
}
