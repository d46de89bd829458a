//! What a key holds: a string, or one of Redis' collections.
//!
//! Rule: a collection knows its encoding, because OBJECT ENCODING and the snapshot show it; its fingerprint, because
//! replicas are checked against masters at every command; and never exists empty under a key. It sits behind an `Arc`:
//! a snapshot shares it until somebody changes it. Mirrors `robj` (server.h) and `xorObjectDigest` (debug.c).

// No collection stays empty under a key, so nobody asks whether it is.
#![allow(clippy::len_without_is_empty)]

mod hash;
mod list;
mod list_node;
mod order_sum;
mod ordered;
mod packing;
mod set;
mod sorted_set;
mod text;

pub use hash::{Hash, HashLimits};
pub use list::{End, List};
pub use ordered::Member;
pub use set::Set;
pub use sorted_set::{Limits, SortedSet};

use super::COMPLETE;
use super::digest::{Digest, xor_sha1};
use crate::wire::Bytes;
use std::sync::Arc;

/// Longer strings are not kept in one piece with their object (`OBJ_ENCODING_EMBSTR_SIZE_LIMIT`).
const EMBEDDED_MAX: usize = 44;

/// A value of one of Redis' types. Streams and modules' types are not modelled.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    String(Bytes),
    /// A string that was changed in its place, and is kept as such whatever it spells (APPEND, SETRANGE).
    Raw(Bytes),
    /// A string that was computed, and is not tried to be an integer though it spells one (INCRBYFLOAT).
    Computed(Bytes),
    List(Arc<List>),
    Set(Arc<Set>),
    Hash(Arc<Hash>),
    SortedSet(Arc<SortedSet>),
}

impl Value {
    /// The name that TYPE answers.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::String(_) | Value::Raw(_) | Value::Computed(_) => "string",
            Value::List(_) => "list",
            Value::Set(_) => "set",
            Value::Hash(_) => "hash",
            Value::SortedSet(_) => "zset",
        }
    }

    /// The string in here, however it is kept.
    pub fn as_string(&self) -> Option<&Bytes> {
        match self {
            Value::String(text) | Value::Raw(text) | Value::Computed(text) => Some(text),
            _ => None,
        }
    }

    /// The list in here, to be changed.
    pub fn as_list_mut(&mut self) -> Option<&mut List> {
        match self {
            Value::List(list) => Some(Arc::make_mut(list)),
            _ => None,
        }
    }

    /// The hash in here, to be changed.
    pub fn as_hash_mut(&mut self) -> Option<&mut Hash> {
        match self {
            Value::Hash(hash) => Some(Arc::make_mut(hash)),
            _ => None,
        }
    }

    /// The set in here, to be changed.
    pub fn as_set_mut(&mut self) -> Option<&mut Set> {
        match self {
            Value::Set(set) => Some(Arc::make_mut(set)),
            _ => None,
        }
    }

    /// The sorted set in here, to be changed.
    pub fn as_sorted_set_mut(&mut self) -> Option<&mut SortedSet> {
        match self {
            Value::SortedSet(set) => Some(Arc::make_mut(set)),
            _ => None,
        }
    }

    /// As OBJECT ENCODING names it (`strEncoding`).
    pub fn encoding(&self) -> &'static str {
        match self {
            Value::String(text) if crate::wire::decimal(text).is_some() => "int",
            Value::String(text) | Value::Computed(text) if text.len() <= EMBEDDED_MAX => "embstr",
            Value::String(_) | Value::Raw(_) | Value::Computed(_) => "raw",
            Value::List(_) => "quicklist",
            Value::Set(set) => set.encoding(),
            Value::Hash(hash) => hash.encoding(),
            Value::SortedSet(set) => set.encoding(),
        }
    }

    /// Elements of a collection; bytes of a string.
    pub fn len(&self) -> u64 {
        match self {
            Value::String(text) | Value::Raw(text) | Value::Computed(text) => text.len() as u64,
            _ if !COMPLETE => 0,
            Value::List(list) => list.len(),
            Value::Set(set) => set.len(),
            Value::Hash(hash) => hash.len(),
            Value::SortedSet(set) => set.len(),
        }
    }

    /// A collection without elements: its key must go. An empty string is a value like any other.
    pub fn is_empty_collection(&self) -> bool {
        self.as_string().is_none() && self.len() == 0
    }

    /// Equal for equal values, whatever way led to them and however they are encoded.
    pub fn fingerprint(&self) -> u64 {
        match self {
            Value::String(text) | Value::Raw(text) | Value::Computed(text) => fingerprint(&[b"s", text]),
            _ if !COMPLETE => 0,
            Value::List(list) => list.fingerprint().wrapping_add(1),
            Value::Set(set) => set.fingerprint().wrapping_add(2),
            Value::Hash(hash) => hash.fingerprint().wrapping_add(3),
            Value::SortedSet(set) => set.fingerprint().wrapping_add(4),
        }
    }

    /// Mixes type and content into the digest of a key.
    pub(super) fn mix_into(&self, digest: &mut Digest) {
        let number = match self {
            Value::String(_) | Value::Raw(_) | Value::Computed(_) => 0u32,
            Value::List(_) => 1,
            Value::Set(_) => 2,
            Value::SortedSet(_) => 3,
            Value::Hash(_) => 4,
        };
        super::digest::mix(digest, &number.to_be_bytes());
        match self {
            Value::String(text) | Value::Raw(text) | Value::Computed(text) => super::digest::mix(digest, text),
            _ if !COMPLETE => {}
            Value::List(list) => list.iter().for_each(|element| super::digest::mix(digest, element)),
            Value::Set(set) => set.iter().for_each(|member| xor_sha1(digest, &member)),
            Value::Hash(hash) => hash.mix_into(digest),
            Value::SortedSet(set) => set.mix_into(digest),
        }
    }

    /// Bytes that this value holds, roughly: what INFO counts as used memory.
    pub fn held_bytes(&self) -> u64 {
        match self {
            Value::String(text) | Value::Raw(text) | Value::Computed(text) => text.len() as u64,
            _ if !COMPLETE => 0,
            Value::List(list) => list.iter().map(|element| element.len() as u64 + 16).sum(),
            Value::Set(set) => set.iter().map(|member| member.len() as u64 + 32).sum(),
            Value::Hash(hash) => hash.iter().map(|(field, value)| (field.len() + value.len()) as u64 + 64).sum(),
            Value::SortedSet(set) => set.iter().map(|(member, _)| member.len() as u64 + 64).sum(),
        }
    }
}

/// FNV-1a over the parts with their lengths, then mixed so that sums and XORs of many keep its quality.
pub(super) fn fingerprint(parts: &[&[u8]]) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for part in parts {
        hash = (part.len() as u64).to_le_bytes().into_iter().fold(hash, step);
        hash = part.iter().copied().fold(hash, step);
    }
    crate::rng::Rng::new(hash).next_u64()
}
