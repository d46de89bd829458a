//! The name of a replication history: 40 characters, random hexadecimal as a rule.

use crate::rng::Rng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// `master_replid`. Compared without regard to case when a replica sends it, as Redis does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplId(pub [u8; 40]);

impl ReplId {
    /// "No id": what `master_replid2` is while there is none.
    pub const ZERO: ReplId = ReplId([b'0'; 40]);

    /// Forty printable characters; Redis does not ask that they be hexadecimal.
    pub fn parse(text: &[u8]) -> Option<ReplId> {
        let id: [u8; 40] = text.try_into().ok()?;
        id.iter().all(u8::is_ascii_graphic).then_some(ReplId(id))
    }

    pub fn random(rng: &mut Rng) -> ReplId {
        ReplId(rng.hex_chars())
    }

    pub fn matches(&self, text: &[u8]) -> bool {
        self.0.eq_ignore_ascii_case(text)
    }

    /// The first and last four characters: `8371…b09f`.
    pub fn short(&self) -> String {
        let text = self.as_str();
        format!("{}…{}", &text[..4], &text[36..])
    }

    pub fn as_str(&self) -> &str {
        // Every way to make one from outside checks for ASCII; a hand-made one that is not is shown as nothing known.
        std::str::from_utf8(&self.0).unwrap_or("????????????????????????????????????????")
    }
}

impl fmt::Display for ReplId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ReplId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

impl Serialize for ReplId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ReplId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ReplId, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        ReplId::parse(text.as_bytes())
            .ok_or_else(|| serde::de::Error::custom("a replication id has 40 printable characters"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_forty_printable_characters() {
        let id = ReplId::parse(b"8371445EE5f2d4d8f9b4d0c1a9b3c5e7f1a2b09f").unwrap();
        assert_eq!(id.short(), "8371…b09f");
        assert!(id.matches(b"8371445ee5F2D4D8F9B4D0C1A9B3C5E7F1A2B09F"));
        assert!(!id.matches(b"8371445ee5"));
        assert_eq!(ReplId::parse(&[b'a'; 39]), None);
        assert_eq!(ReplId::parse(&[b'a'; 41]), None);
        assert_eq!(ReplId::parse(&[b' '; 40]), None);
        assert_eq!(ReplId::parse(&[0xff; 40]), None);
    }

    #[test]
    fn a_drawn_id_can_be_stored_and_read_back() {
        let id = ReplId::random(&mut Rng::new(7));
        assert_eq!(ReplId::parse(id.as_str().as_bytes()), Some(id));
        let stored = postcard::to_allocvec(&id).unwrap();
        assert_eq!(postcard::from_bytes::<ReplId>(&stored), Ok(id));
        assert!(postcard::from_bytes::<ReplId>(&stored[..40]).is_err());
        let spaces = postcard::to_allocvec(&" ".repeat(40)).unwrap();
        assert!(postcard::from_bytes::<ReplId>(&spaces).is_err());
    }
}
