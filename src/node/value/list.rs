//! A list. Mirrors quicklist.c.

use super::fingerprint;
use crate::wire::Bytes;
use std::collections::VecDeque;

/// Elements in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    elements: VecDeque<Bytes>,
}

impl List {
    pub fn len(&self) -> u64 {
        self.elements.len() as u64
    }

    pub fn iter(&self) -> impl Iterator<Item = &Bytes> {
        self.elements.iter()
    }

    /// Of these elements.
    pub fn from_elements(elements: Vec<Bytes>) -> List {
        List { elements: elements.into() }
    }

    pub fn fingerprint(&self) -> u64 {
        self.iter()
            .fold(0, |sum: u64, element| sum.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(fingerprint(&[element])))
    }
}
