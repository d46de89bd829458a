//! Integers of any size, for reading and printing long decimal numbers exactly.
//!
//! Rule: only what `long_double.rs` needs, in the plainest way; its texts have at most five thousand digits.

use std::cmp::Ordering;
use std::fmt;

/// Digits of 32 bits, the lowest first; the highest is not 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BigUint(Vec<u32>);

impl From<u64> for BigUint {
    fn from(number: u64) -> BigUint {
        let mut big = BigUint(vec![number as u32, (number >> 32) as u32]);
        big.trim();
        big
    }
}

impl BigUint {
    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// Binary digits up to the highest that is 1.
    pub fn bits(&self) -> u32 {
        self.0.last().map_or(0, |last| self.0.len() as u32 * 32 - last.leading_zeros())
    }

    /// This, times `factor`, plus `addend`.
    pub fn multiply_add(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for digit in &mut self.0 {
            carry += u64::from(*digit) * u64::from(factor);
            *digit = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    pub fn times(&self, other: &BigUint) -> BigUint {
        let mut product = BigUint(vec![0; self.0.len() + other.0.len()]);
        for (n, a) in self.0.iter().enumerate() {
            let mut carry = 0;
            for (m, b) in other.0.iter().chain([&0]).enumerate().take(product.0.len() - n) {
                carry += u64::from(*a) * u64::from(*b) + u64::from(product.0[n + m]);
                product.0[n + m] = carry as u32;
                carry >>= 32;
            }
        }
        product.trim();
        product
    }

    /// This, times 2^`by`.
    pub fn shifted(&self, by: u32) -> BigUint {
        let mut shifted = BigUint(vec![0; by as usize / 32]);
        shifted.0.extend_from_slice(&self.0);
        shifted.multiply_add(1 << (by % 32), 0);
        shifted.trim();
        shifted
    }

    pub fn compare(&self, other: &BigUint) -> Ordering {
        let by_size = self.0.len().cmp(&other.0.len());
        by_size.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// Takes away what is not larger than this.
    pub fn subtract(&mut self, other: &BigUint) {
        let mut borrow = 0;
        for (digit, taken) in self.0.iter_mut().zip(other.0.iter().chain(std::iter::repeat(&0))) {
            let rest = i64::from(*digit) - i64::from(*taken) - borrow;
            borrow = i64::from(rest < 0);
            *digit = rest as u32;
        }
        self.trim();
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}

/// In decimal.
impl fmt::Display for BigUint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const GROUP: u64 = 1_000_000_000;
        let (mut rest, mut groups) = (self.clone(), vec![]);
        while !rest.is_zero() {
            let mut remainder = 0;
            for digit in rest.0.iter_mut().rev() {
                let part = remainder << 32 | u64::from(*digit);
                *digit = (part / GROUP) as u32;
                remainder = part % GROUP;
            }
            rest.trim();
            groups.push(remainder);
        }
        write!(f, "{}", groups.pop().unwrap_or(0))?;
        groups.iter().rev().try_for_each(|group| write!(f, "{group:09}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn big(number: u128) -> BigUint {
        BigUint::from((number >> 64) as u64).shifted(64).plus_for_test(number as u64)
    }

    impl BigUint {
        fn plus_for_test(mut self, low: u64) -> BigUint {
            if self.is_zero() {
                return BigUint::from(low);
            }
            (self.0[0], self.0[1]) = (low as u32, (low >> 32) as u32);
            self
        }
    }

    proptest! {
        #[test]
        fn it_computes_as_integers_do(a: u128, b: u64, c: u64, by in 0_u32..60) {
            prop_assert_eq!(big(a).to_string(), a.to_string());
            prop_assert_eq!(big(a).bits(), 128 - a.leading_zeros());
            prop_assert_eq!(BigUint::from(b).times(&BigUint::from(c)), big(u128::from(b) * u128::from(c)));
            prop_assert_eq!(BigUint::from(b).shifted(by), big(u128::from(b) << by));
            prop_assert_eq!(big(a).compare(&big(u128::from(b))), a.cmp(&u128::from(b)));
            let (large, small) = (a.max(u128::from(b)), a.min(u128::from(b)));
            let mut rest = big(large);
            rest.subtract(&big(small));
            prop_assert_eq!(rest, big(large - small));
        }
    }
}
