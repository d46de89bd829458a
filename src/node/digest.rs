//! The arithmetic of `DEBUG DIGEST`: SHA-1 sums, mixed where order matters, XORed where it does not.
//! Mirrors `xorDigest` and `mixDigest` (debug.c).

/// 20 bytes that describe what was mixed in so far.
pub(super) type Digest = [u8; 20];

/// `mixDigest`: the order of what is mixed in matters.
pub(super) fn mix(digest: &mut Digest, data: &[u8]) {
    xor_sha1(digest, data);
    *digest = sha1(digest.as_slice());
}

/// `xorDigest`: the order does not matter.
pub(super) fn xor_sha1(digest: &mut Digest, data: &[u8]) {
    digest.iter_mut().zip(sha1(data)).for_each(|(a, b)| *a ^= b);
}

fn sha1(data: &[u8]) -> Digest {
    sha1_smol::Sha1::from(data).digest().bytes()
}
