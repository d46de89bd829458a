//! A list. Mirrors quicklist.c.

use super::fingerprint;
use crate::node::config::Config;
use crate::wire::{Bytes, rdb};
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
    pub fn from_elements(elements: Vec<Bytes>, _config: &Config) -> List {
        List { elements: elements.into() }
    }

    /// Of the nodes of a snapshot.
    pub fn from_nodes(nodes: Vec<rdb::ListNode>, config: &Config) -> List {
        let elements = nodes.into_iter().flat_map(|node| match node {
            rdb::ListNode::Plain(element) => vec![element],
            rdb::ListNode::Packed(elements) => elements,
        });
        List::from_elements(elements.collect(), config)
    }

    pub(super) fn to_rdb(&self) -> rdb::Value {
        rdb::Value::List(vec![rdb::ListNode::Packed(self.elements.iter().cloned().collect())])
    }

    pub fn fingerprint(&self) -> u64 {
        self.iter()
            .fold(0, |sum: u64, element| sum.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(fingerprint(&[element])))
    }
}
