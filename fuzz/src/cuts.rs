//! Bytes, cut into pieces at places that a seed decides.

use replscope::rng::Rng;

/// The pieces, in order; some are one byte long.
pub fn cuts(seed: u64, mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut rng = Rng::new(seed);
    let mut pieces = vec![];
    while !bytes.is_empty() {
        let most = [1, 2, 7, 64, bytes.len() as u64][rng.below(5) as usize];
        let (piece, rest) = bytes.split_at((1 + rng.below(most) as usize).min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}
