//! One value by itself, as DUMP answers and RESTORE takes it: type byte, body, RDB version (16 bits), CRC64.
//! Mirrors `createDumpPayload` and `verifyDumpPayload` (cluster.c).

use super::cursor::Cursor;
use super::encode::Encoder;
use super::value::is_value;
use super::{VERSION_MAX, Value};
use crate::wire::crc64;

/// Bytes behind the value: version and checksum.
const FOOTER: usize = 2 + 8;

/// Why a payload was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadError {
    /// Too short, of a later version, or with another checksum.
    Footer,
    /// What stands before that is no value that can be read.
    Value,
}

/// A value as DUMP answers it.
pub fn dump(value: &Value) -> Vec<u8> {
    let mut encoder = Encoder::new(vec![value.type_byte()], true);
    value.write(&mut encoder);
    let mut out = encoder.out;
    out.extend_from_slice(&(VERSION_MAX as u16).to_le_bytes());
    let checksum = crc64(0, &out);
    out.extend_from_slice(&checksum.to_le_bytes());
    out
}

/// The value that RESTORE was given.
pub fn restore(payload: &[u8]) -> Result<Value, PayloadError> {
    let body = payload.len().checked_sub(FOOTER).ok_or(PayloadError::Footer)?;
    let (body, footer) = payload.split_at(body);
    let (version, checksum) = footer.split_at(2);
    let is_known = version.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte)) <= VERSION_MAX;
    if !is_known || checksum != crc64(0, &payload[..body.len() + 2]).to_le_bytes() {
        return Err(PayloadError::Footer);
    }
    let mut cursor = Cursor::new(body);
    let byte = cursor.byte().ok().filter(|byte| is_value(*byte)).ok_or(PayloadError::Value)?;
    Value::read(&mut cursor, byte).ok().flatten().ok_or(PayloadError::Value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_payload_is_that_of_redis() {
        // `SET foo 10` and `DUMP foo` on redis-server 7.0.15.
        let payload = b"\x00\xc0\x0a\x0a\x00\x6e\x9f\x57\x45\x0e\xae\x63\xbb";
        let value = Value::String(b"10"[..].into());
        let made = dump(&value);
        assert_eq!(restore(&made), Ok(value));
        assert_eq!(made, payload);
        assert_eq!(restore(&made[2..]), Err(PayloadError::Footer));
        assert_eq!(restore(b""), Err(PayloadError::Footer));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            // With a good footer, so that the value is looked at.
            let mut payload = bytes.clone();
            payload.extend_from_slice(&10u16.to_le_bytes());
            payload.extend_from_slice(&crc64(0, &payload).to_le_bytes());
            prop_assert_ne!(restore(&payload), Err(PayloadError::Footer));
            prop_assert!(bytes.is_empty() || restore(&bytes).is_err());
        }
    }
}
