//! LZF, by which Redis compresses long strings in a snapshot.
//!
//! Rule: what is compressed here is the same to the last byte as what Redis writes, so the same places are remembered and
//! forgotten: of two that fall together, the later. Mirrors lzf_c.c (with `VERY_FAST` and a table of 2¹⁶ places) and
//! lzf_d.c.

const MAX_LITERAL: usize = 32;
const MAX_DISTANCE: usize = 1 << 13;
const MAX_RUN: usize = (1 << 8) + (1 << 3);

/// Where three bytes were seen last, by a number of 16 bits made from them. Short input needs few places.
struct Places {
    /// The number, and the position plus 1; 0: free.
    slots: Vec<(u16, u32)>,
}

impl Places {
    fn new(input: usize) -> Places {
        Places { slots: vec![(0, 0); (input * 2).next_power_of_two().clamp(64, 1 << 17)] }
    }

    /// Puts a position in, and gives the one that was there.
    fn replace(&mut self, number: u16, position: usize) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut at = usize::from(number) & mask;
        while self.slots[at].1 != 0 && self.slots[at].0 != number {
            at = (at + 1) & mask;
        }
        let before = std::mem::replace(&mut self.slots[at], (number, position as u32 + 1)).1;
        (before as usize).checked_sub(1)
    }
}

/// `IDX`: the number of the three bytes at a position.
fn number(input: &[u8], at: usize) -> u16 {
    let bytes = input[at..at + 3].iter().fold(0_u32, |bytes, byte| bytes << 8 | u32::from(*byte));
    (bytes >> 8).wrapping_sub(bytes.wrapping_mul(5)) as u16
}

/// How far what stands at `at` repeats what stands at `earlier`; three bytes are known to. A long repetition is looked
/// at in a hurry first, which is why it may reach two bytes further than a short one.
fn run(input: &[u8], earlier: usize, at: usize) -> usize {
    let limit = (input.len() - at - 2).min(MAX_RUN);
    let same = |n: usize| input.get(earlier + n) == input.get(at + n);
    let mut len = 2;
    if limit > 16 {
        while len < 18 {
            len += 1;
            if !same(len) {
                return len;
            }
        }
    }
    loop {
        len += 1;
        if len >= limit || !same(len) {
            return len;
        }
    }
}

/// What is being written: literal bytes gather behind a byte that will say how many.
struct Packed {
    out: Vec<u8>,
    literals: usize,
    /// The most bytes that are of use.
    limit: usize,
}

impl Packed {
    fn literal(&mut self, byte: u8) {
        self.literals += 1;
        self.out.push(byte);
        if self.literals == MAX_LITERAL {
            self.end_literals();
            self.out.push(0);
        }
    }

    /// Says how many literals there were; takes the byte that would say so back if there are none.
    fn end_literals(&mut self) {
        let at = self.out.len() - self.literals - 1;
        if self.literals == 0 {
            self.out.truncate(at);
        } else {
            self.out[at] = self.literals as u8 - 1;
        }
        self.literals = 0;
    }

    /// A repetition of `len` bytes from `distance` + 1 back.
    fn repetition(&mut self, distance: usize, len: usize) {
        self.end_literals();
        let (high, run) = ((distance >> 8) as u8, len - 2);
        if run < 7 {
            self.out.push(high + ((run as u8) << 5));
        } else {
            self.out.extend([high + (7 << 5), (run - 7) as u8]);
        }
        self.out.extend([distance as u8, 0]);
    }
}

/// Compresses into at most `limit` bytes; `None` if they are too few.
pub(super) fn compress(input: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut packed = Packed { out: vec![0], literals: 0, limit };
    let mut places = Places::new(input.len());
    let end = input.len().checked_sub(2)?;
    let mut at = 0;
    while at < end {
        let earlier = places.replace(number(input, at), at);
        let repeats = |from: &usize| {
            let distance = at - from - 1;
            distance < MAX_DISTANCE && *from > 0 && input[*from..from + 3] == input[at..at + 3]
        };
        let Some(from) = earlier.filter(repeats) else {
            if packed.out.len() >= packed.limit {
                return None;
            }
            packed.literal(input[at]);
            at += 1;
            continue;
        };
        if packed.out.len() - usize::from(packed.literals == 0) + 4 >= packed.limit {
            return None;
        }
        let len = run(input, from, at);
        packed.repetition(at - from - 1, len);
        at += len;
        if at >= end {
            break;
        }
        // Of the places within a repetition only the last two are remembered.
        for place in [at - 2, at - 1] {
            places.replace(number(input, place), place);
        }
    }
    if packed.out.len() + 3 > packed.limit {
        return None;
    }
    input[at..].iter().for_each(|byte| packed.literal(*byte));
    packed.end_literals();
    Some(packed.out)
}

/// Expands to exactly `len` bytes; `None` if the input does not do that.
pub(super) fn decompress(input: &[u8], len: usize) -> Option<Vec<u8>> {
    // Three bytes become `MAX_RUN` at the most.
    let mut out = Vec::with_capacity(len.min(input.len() * (MAX_RUN / 3)));
    let mut at = 0;
    while let Some(control) = input.get(at).copied().map(usize::from) {
        at += 1;
        if control < 32 {
            let literal = input.get(at..at + control + 1)?;
            out.extend_from_slice(literal);
            at += literal.len();
        } else {
            let mut run = control >> 5;
            if run == 7 {
                run += usize::from(*input.get(at)?);
                at += 1;
            }
            let back = (control & 31) << 8 | usize::from(*input.get(at)?);
            at += 1;
            let from = out.len().checked_sub(back + 1)?;
            // The run may reach into what it writes itself: byte by byte.
            for n in 0..run + 2 {
                out.push(out[from + n]);
            }
        }
        if out.len() > len {
            return None;
        }
    }
    (out.len() == len).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::{compress, decompress};
    use proptest::prelude::*;

    #[test]
    fn a_string_that_redis_compressed_is_read() {
        // 100 × 'a', as redis-server 7.0.15 wrote it.
        let packed = [0x01, b'a', b'a', 0xe0, 0x57, 0x00, 0x01, b'a', b'a'];
        assert_eq!(decompress(&packed, 100), Some(vec![b'a'; 100]));
        assert_eq!(compress(&[b'a'; 100], 96), Some(packed.to_vec()));
        assert_eq!(decompress(&packed, 99), None);
        assert_eq!(decompress(&packed, 101), None);
        for end in 0..packed.len() {
            assert_eq!(decompress(&packed[..end], 100), None);
        }
    }

    #[test]
    fn a_run_that_reaches_before_the_beginning_is_refused() {
        assert_eq!(decompress(&[0x20, 0x00], 3), None);
        assert_eq!(decompress(&[0x00, b'a', 0x20, 0x01], 4), None);
        assert_eq!(decompress(&[0x00, b'a', 0x20, 0x00], 4), Some(b"aaaa".to_vec()));
    }

    proptest! {
        #[test]
        fn what_is_compressed_is_expanded_again(
            words in prop::collection::vec(prop_oneof![Just(vec![b'x'; 40]), prop::collection::vec(0u8..3, 1..30), prop::collection::vec(any::<u8>(), 1..9)], 0..40),
        ) {
            let text = words.concat();
            if let Some(packed) = compress(&text, text.len().saturating_sub(4)) {
                prop_assert!(packed.len() + 4 <= text.len());
                prop_assert_eq!(decompress(&packed, text.len()), Some(text));
            }
        }

        #[test]
        fn any_input_gives_exactly_the_length_or_nothing(
            input in prop::collection::vec(prop_oneof![Just(0u8), Just(0x20), Just(0xe0), any::<u8>()], 0..40),
            len in 0usize..400,
        ) {
            prop_assert!(decompress(&input, len).is_none_or(|out| out.len() == len));
        }

        #[test]
        fn literal_runs_are_copied(text in prop::collection::vec(any::<u8>(), 1..100)) {
            let packed: Vec<u8> = text.chunks(32).flat_map(|run| [&[run.len() as u8 - 1], run].concat()).collect();
            prop_assert_eq!(decompress(&packed, text.len()), Some(text));
        }
    }
}
