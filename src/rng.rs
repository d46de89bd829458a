//! A small generator of pseudo-random numbers, frozen for ever.
//!
//! Rule: the sequence of a seed never changes, because links name a seed and must replay the same run
//! in every later release. It is SplitMix64: one word of state, cheap to clone into every snapshot.

/// SplitMix64. Not for secrets: Redis draws its ids from SHA-1 of `/dev/urandom`; a simulation must be repeatable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rng {
    state: u64,
}

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng { state: seed }
    }

    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`; 0 for a bound of 0. The bias is below 2⁻³² for bounds that fit 32 bits.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64 }
    }

    /// `N` lower-case hexadecimal characters, as Redis' `getRandomHexChars`.
    pub fn hex_chars<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| b"0123456789abcdef"[self.below(16) as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_frozen() {
        let mut rng = Rng::new(0);
        let drawn: [u64; 3] = std::array::from_fn(|_| rng.next_u64());
        // The reference outputs of SplitMix64 for seed 0.
        assert_eq!(drawn, [16294208416658607535, 7960286522194355700, 487617019471545679]);
    }
}
