//! A sum over elements in their order that can grow and shrink at both ends.
//!
//! Rule: the first element counts once, each next one `BASE` times as much as the one before it, modulo 2^64. An odd base
//! has an inverse, so what was added can be taken away; and sums of neighbours join without looking at their elements.

const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
const INVERSE: u64 = inverse(BASE);

/// Newton's method: each step doubles the bits that are right, and an odd number is its own inverse modulo 8.
const fn inverse(odd: u64) -> u64 {
    let (mut found, mut bits) = (odd, 3);
    while bits < 64 {
        found = found.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(found)));
        bits *= 2;
    }
    found
}

#[derive(Clone, Copy, Debug)]
pub(super) struct OrderSum {
    sum: u64,
    /// What an element at the tail would count.
    weight: u64,
}

impl OrderSum {
    pub const EMPTY: OrderSum = OrderSum { sum: 0, weight: 1 };

    pub fn get(self) -> u64 {
        self.sum
    }

    pub fn push_head(&mut self, element: u64) {
        self.sum = self.sum.wrapping_mul(BASE).wrapping_add(element);
        self.weight = self.weight.wrapping_mul(BASE);
    }

    pub fn push_tail(&mut self, element: u64) {
        self.sum = self.sum.wrapping_add(element.wrapping_mul(self.weight));
        self.weight = self.weight.wrapping_mul(BASE);
    }

    pub fn pop_head(&mut self, element: u64) {
        self.sum = self.sum.wrapping_sub(element).wrapping_mul(INVERSE);
        self.weight = self.weight.wrapping_mul(INVERSE);
    }

    pub fn pop_tail(&mut self, element: u64) {
        self.weight = self.weight.wrapping_mul(INVERSE);
        self.sum = self.sum.wrapping_sub(element.wrapping_mul(self.weight));
    }

    /// What comes behind.
    pub fn join(&mut self, next: OrderSum) {
        self.sum = self.sum.wrapping_add(next.sum.wrapping_mul(self.weight));
        self.weight = self.weight.wrapping_mul(next.weight);
    }
}
