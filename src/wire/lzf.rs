//! LZF, by which Redis compresses long strings in a snapshot. Only reading: a writer may always leave it out.
//! Mirrors lzf_d.c.

/// Expands to exactly `len` bytes; `None` if the input does not do that.
pub(super) fn decompress(input: &[u8], len: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(len.min(1 << 20));
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
    use super::decompress;
    use proptest::prelude::*;

    #[test]
    fn a_string_that_redis_compressed_is_read() {
        // 100 × 'a', as redis-server 7.0.15 wrote it.
        let packed = [0x01, b'a', b'a', 0xe0, 0x57, 0x00, 0x01, b'a', b'a'];
        assert_eq!(decompress(&packed, 100), Some(vec![b'a'; 100]));
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
