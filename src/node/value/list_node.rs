//! A node of a list: neighbours packed together, or one element that is too large for that.
//!
//! Rule: a node knows what its listpack would take, to the byte, because that decides where the next element goes.
//! Mirrors `quicklistNode` and the rules of what fits (quicklist.c).

use super::order_sum::OrderSum;
use super::{End, fingerprint};
use crate::wire::{Bytes, listpack, rdb};
use std::collections::VecDeque;

/// What a listpack takes besides its elements.
const FRAME: usize = 7;
/// More than what an element takes besides its text (`SIZE_ESTIMATE_OVERHEAD`).
const ENTRY_OVERHEAD: usize = 8;
/// The limit in bytes of a node whose fill is a count (`SIZE_SAFETY_LIMIT`).
const SAFE_SIZE: usize = 8192;
/// The limits in bytes that a fill of -1 to -5 names (`optimization_level`).
const SIZES: [usize; 5] = [4096, 8192, 16384, 32768, 65536];

/// How full nodes may become (`list-max-listpack-size`): so many elements, or, negative, a limit in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill(i64);

impl Fill {
    /// As `quicklistSetFill` bounds it.
    pub fn new(setting: i64) -> Fill {
        Fill(setting.clamp(-(SIZES.len() as i64), i64::from(i16::MAX)))
    }

    fn allows(self, size: usize, elements: usize) -> bool {
        let by_size = usize::try_from(-self.0).ok().filter(|level| *level > 0).and_then(|level| SIZES.get(level - 1));
        match by_size {
            Some(limit) => size <= *limit,
            None => size <= SAFE_SIZE && elements as i64 <= self.0,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    is_plain: bool,
    elements: VecDeque<Bytes>,
    /// Bytes of the listpack, or of the plain element.
    size: usize,
    sum: OrderSum,
}

impl Node {
    pub fn packed(elements: impl IntoIterator<Item = Bytes>) -> Node {
        Node::new(false, elements.into_iter().collect())
    }

    pub fn plain(element: Bytes) -> Node {
        Node::new(true, [element].into())
    }

    pub fn from_rdb(node: rdb::ListNode) -> Node {
        match node {
            rdb::ListNode::Plain(element) => Node::plain(element),
            rdb::ListNode::Packed(elements) => Node::packed(elements),
        }
    }

    pub fn to_rdb(&self) -> rdb::ListNode {
        match self.elements.front() {
            Some(element) if self.is_plain => rdb::ListNode::Plain(element.clone()),
            _ => rdb::ListNode::Packed(self.elements.iter().cloned().collect()),
        }
    }

    fn new(is_plain: bool, elements: VecDeque<Bytes>) -> Node {
        let mut node = Node { is_plain, elements, size: 0, sum: OrderSum::EMPTY };
        node.measure();
        node
    }

    /// Size and sum, anew.
    fn measure(&mut self) {
        self.size = if self.is_plain { 0 } else { FRAME };
        self.sum = OrderSum::EMPTY;
        for element in &self.elements {
            self.size += entry_size(self.is_plain, element);
            self.sum.push_tail(fingerprint(&[element]));
        }
    }

    pub fn len(&self) -> usize {
        self.elements.len()
    }

    #[cfg(test)]
    pub fn size(&self) -> usize {
        self.size
    }

    pub fn sum(&self) -> OrderSum {
        self.sum
    }

    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    pub fn elements(&self) -> &VecDeque<Bytes> {
        &self.elements
    }

    /// May an element of so many bytes be packed with these (`_quicklistNodeAllowInsert`)?
    pub fn has_room(&self, fill: Fill, bytes: usize) -> bool {
        !self.is_plain && fill.allows(self.size + bytes + ENTRY_OVERHEAD, self.len() + 1)
    }

    /// May both become one node (`_quicklistNodeAllowMerge`)? What the sum of sizes counts twice is overestimated there.
    pub fn can_join(&self, other: &Node, fill: Fill) -> bool {
        !self.is_plain && !other.is_plain && fill.allows(self.size + other.size - 11, self.len() + other.len())
    }

    pub fn push(&mut self, end: End, element: Bytes) {
        self.size += entry_size(self.is_plain, &element);
        match end {
            End::Left => {
                self.sum.push_head(fingerprint(&[&element]));
                self.elements.push_front(element);
            }
            End::Right => {
                self.sum.push_tail(fingerprint(&[&element]));
                self.elements.push_back(element);
            }
        }
    }

    pub fn pop(&mut self, end: End) -> Option<Bytes> {
        let element = match end {
            End::Left => self.elements.pop_front(),
            End::Right => self.elements.pop_back(),
        }?;
        self.size -= entry_size(self.is_plain, &element);
        match end {
            End::Left => self.sum.pop_head(fingerprint(&[&element])),
            End::Right => self.sum.pop_tail(fingerprint(&[&element])),
        }
        Some(element)
    }

    /// Changes elements anywhere.
    pub fn edit(&mut self, change: &mut dyn FnMut(&mut VecDeque<Bytes>)) {
        change(&mut self.elements);
        self.measure();
    }

    /// Takes out everything from this place on.
    pub fn split_off(&mut self, at: usize) -> Node {
        let rest = self.elements.split_off(at.min(self.elements.len()));
        self.measure();
        Node::new(false, rest)
    }

    /// Takes in what comes behind.
    pub fn join(&mut self, next: &Node) {
        self.elements.extend(next.elements.iter().cloned());
        self.size += next.size - FRAME;
        self.sum.join(next.sum);
    }
}

fn entry_size(is_plain: bool, element: &[u8]) -> usize {
    if is_plain { element.len() } else { listpack::entry_size(element) }
}
