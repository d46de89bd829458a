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
    #[test]
    fn a_string_that_redis_compressed_is_read() {
        // 100 × 'a', as redis-server 7.0.15 wrote it.
        let packed = [0x01, b'a', b'a', 0xe0, 0x57, 0x00, 0x01, b'a', b'a'];
        assert_eq!(super::decompress(&packed, 100), Some(vec![b'a'; 100]));
        assert_eq!(super::decompress(&packed, 99), None);
        assert_eq!(super::decompress(&packed[..5], 100), None);
        assert_eq!(super::decompress(&[0x20, 0x05], 3), None);
    }
}
