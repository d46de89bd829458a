//! The codec `z` of links: a lesson's text made short.
//!
//! Rule: what a link is made of is frozen, the way it is made is not. A payload is three bytes of checksum, then deflate
//! (RFC 1951) of the file's name, a line feed and the text, begun with [`WORDS`] as if they had been sent before. `WORDS`
//! never changes: another dictionary needs another codec. A payload comes from anywhere, so what it may unfold to is
//! bounded, in bytes and in relation to its own length.

use super::source::SOURCE_MAX;
use crate::wire::crc64;
use miniz_oxide::DataFormat;
use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, TDEFLStatus, compress_to_output};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// The words of lessons and laboratories, the usual ones last: what is near costs less. Frozen for ever.
const WORDS: &str = include_str!("words-of-links.txt");

/// The most that a payload unfolds to: a text and its file's name.
const UNFOLDED_MAX: usize = SOURCE_MAX + 256;
/// A byte of payload unfolds to no more than this, once there are more than a few of them.
const RATIO_MAX: usize = 128;
/// So much may be made of however little.
const RATIO_FREE: usize = 16 * 1024;
const CHECKSUM: usize = 3;
/// The best that the compressor can do.
const LEVEL: u8 = 10;

/// Packs a file's name and its text. None if it would not be read again: then it is too regular, or too long.
pub fn pack(file: &str, text: &str) -> Option<Vec<u8>> {
    let name: String = file.chars().filter(|c| !c.is_control()).take(100).collect();
    let plain = [name.as_bytes(), b"\n", text.as_bytes()].concat();
    let mut compressor = CompressorOxide::default();
    compressor.set_format_and_level(DataFormat::Raw, LEVEL);
    // What the words give is thrown away; that they were there is not.
    compress_to_output(&mut compressor, WORDS.as_bytes(), TDEFLFlush::Sync, |_| true);
    let mut packed = checksum(&plain).to_vec();
    let (status, _) = compress_to_output(&mut compressor, &plain, TDEFLFlush::Finish, |bytes| {
        packed.extend_from_slice(bytes);
        true
    });
    (status == TDEFLStatus::Done && plain.len() <= most(packed.len())).then_some(packed)
}

/// Unpacks a file's name and its text; or why it cannot be.
pub fn unpack(packed: &[u8]) -> Result<(String, String), &'static str> {
    let (sum, deflated) = packed.split_at_checked(CHECKSUM).ok_or("its payload ends too early")?;
    let mut unfolded = vec![0; WORDS.len() + most(packed.len())];
    unfolded[..WORDS.len()].copy_from_slice(WORDS.as_bytes());
    let mut decompressor = DecompressorOxide::new();
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, written) = decompress(&mut decompressor, deflated, &mut unfolded, WORDS.len(), flags);
    match status {
        TINFLStatus::Done if read == deflated.len() => {}
        TINFLStatus::Done => return Err("something follows its payload"),
        TINFLStatus::HasMoreOutput => return Err("its payload unfolds to more than a lesson can be"),
        TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
            return Err("its payload ends too early");
        }
        _ => return Err("its payload is no deflate stream"),
    }
    let plain = unfolded.get(WORDS.len()..WORDS.len() + written).unwrap_or_default();
    if checksum(plain) != sum {
        return Err("its checksum is another");
    }
    let text = std::str::from_utf8(plain).map_err(|_| "its payload is not text")?;
    let (file, text) = text.split_once('\n').ok_or("its payload names no file")?;
    Ok((file.into(), text.into()))
}

/// The most that a payload of so many bytes may unfold to.
fn most(packed: usize) -> usize {
    RATIO_MAX.saturating_mul(packed).saturating_add(RATIO_FREE).min(UNFOLDED_MAX)
}

fn checksum(plain: &[u8]) -> [u8; CHECKSUM] {
    let [a, b, c, ..] = crc64(0, plain).to_le_bytes();
    [a, b, c]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `WORDS` were when the first link was made of them.
    const WORDS_CRC64: u64 = 0x037c_d787_0f49_44b2;

    #[test]
    fn the_words_are_frozen() {
        assert_eq!(crc64(0, WORDS.as_bytes()), WORDS_CRC64, "links that were sent cannot be read any more");
    }

    #[test]
    fn what_is_packed_comes_back() {
        let long: String = (0..9_000).map(|n| format!("at {n}ms a> SET key:{} {n}\n", n % 7)).collect();
        for text in ["", "title T\n", "töxt\r\n\0", &long] {
            let packed = pack("a.txt", text).unwrap();
            assert_eq!(unpack(&packed), Ok(("a.txt".into(), text.into())));
            for cut in 0..packed.len() {
                assert!(unpack(&packed[..cut]).is_err());
            }
        }
    }

    #[test]
    fn a_payload_unfolds_to_no_more_than_a_lesson() {
        // A thousand zeros for each byte: nothing that a page would make.
        assert_eq!(pack("zeros", &"0".repeat(200_000)), None);
        let mut compressor = CompressorOxide::default();
        compressor.set_format_and_level(DataFormat::Raw, LEVEL);
        let mut bomb = vec![0; CHECKSUM];
        compress_to_output(&mut compressor, &vec![b'0'; 50_000_000], TDEFLFlush::Finish, |bytes| {
            bomb.extend_from_slice(bytes);
            true
        });
        assert_eq!(unpack(&bomb), Err("its payload unfolds to more than a lesson can be"));
    }
}
