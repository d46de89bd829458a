//! A list: nodes of packed elements, one behind the other.
//!
//! Rule: elements are packed into nodes exactly as Redis packs them, because a snapshot shows the nodes: pushed into the
//! node at the end while it has room, split and merged where something is put in the middle. A node counts the bytes of
//! its listpack. Mirrors quicklist.c (`_quicklistInsert`, `_quicklistMergeNodes`, `quicklistDelRange`).

use super::fingerprint;
use crate::node::config::Config;
use crate::wire::{Bytes, listpack, rdb};
use std::collections::VecDeque;

/// `optimization_level`: bytes of a node, by the negated setting less one.
const SIZES: [u64; 5] = [4096, 8192, 16_384, 32_768, 65_536];
/// A node that is limited by its number of elements holds no more bytes than this (`SIZE_SAFETY_LIMIT`).
const SAFE_SIZE: u64 = 8192;
/// What Redis reckons an element to need besides its bytes (`SIZE_ESTIMATE_OVERHEAD`).
const OVERHEAD: u64 = 8;
/// Header and end of a listpack.
const EMPTY: u64 = 7;
/// Odd, so that it has an inverse modulo 2⁶⁴.
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
const INVERSE: u64 = inverse(BASE);

/// Newton's iteration: each round doubles the bits that are right.
const fn inverse(odd: u64) -> u64 {
    let mut x = odd;
    let mut round = 0;
    while round < 6 {
        x = x.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(x)));
        round += 1;
    }
    x
}

/// An end of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Left,
    Right,
}

#[derive(Clone, Debug, PartialEq)]
struct Node {
    elements: VecDeque<Bytes>,
    /// Bytes of the listpack.
    size: u64,
    /// One large element that is not packed.
    is_plain: bool,
}

impl Node {
    fn of(elements: VecDeque<Bytes>) -> Node {
        let size = EMPTY + elements.iter().map(|element| entry_size(element)).sum::<u64>();
        Node { elements, size, is_plain: false }
    }

    fn insert(&mut self, at: usize, element: Bytes) {
        self.size += entry_size(&element);
        self.elements.insert(at, element);
    }

    fn remove(&mut self, at: usize) -> Option<Bytes> {
        let element = self.elements.remove(at)?;
        self.size -= entry_size(&element).min(self.size);
        Some(element)
    }
}

fn entry_size(element: &[u8]) -> u64 {
    listpack::entry_size(element) as u64
}

/// Elements in order.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    nodes: VecDeque<Node>,
    len: u64,
    /// The sum of each element's fingerprint times [`BASE`] to the power of its place.
    fingerprint: u64,
    /// `list-max-listpack-size` when the list was made.
    fill: i64,
}

impl List {
    pub fn new(config: &Config) -> List {
        let fill = config.list_max_listpack_size.clamp(-(SIZES.len() as i64), 1 << 15);
        List { nodes: VecDeque::new(), len: 0, fingerprint: 0, fill }
    }

    /// Of these elements, pushed one after the other.
    pub fn from_elements(elements: Vec<Bytes>, config: &Config) -> List {
        let mut list = List::new(config);
        elements.into_iter().for_each(|element| list.push(End::Right, element));
        list
    }

    /// Of the nodes of a snapshot.
    pub fn from_nodes(nodes: Vec<rdb::ListNode>, config: &Config) -> List {
        let node = |node| match node {
            rdb::ListNode::Plain(element) => {
                Node { size: element.len() as u64, elements: [element].into(), is_plain: true }
            }
            rdb::ListNode::Packed(elements) => Node::of(elements.into()),
        };
        let mut list = List { nodes: nodes.into_iter().map(node).collect(), ..List::new(config) };
        list.len = list.nodes.iter().map(|node| node.elements.len() as u64).sum();
        list.fingerprint = list.weigh(0..list.len);
        list
    }

    pub(super) fn to_rdb(&self) -> rdb::Value {
        let node = |node: &Node| match node.elements.front() {
            Some(element) if node.is_plain => rdb::ListNode::Plain(element.clone()),
            _ => rdb::ListNode::Packed(node.elements.iter().cloned().collect()),
        };
        rdb::Value::List(self.nodes.iter().map(node).collect())
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Bytes> {
        self.nodes.iter().flat_map(|node| &node.elements)
    }

    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    pub fn get(&self, index: u64) -> Option<&Bytes> {
        let (node, at) = self.find(index)?;
        self.nodes.get(node)?.elements.get(at)
    }

    /// The elements with these indices, in order.
    pub fn slice(&self, first: u64, count: u64) -> Vec<Bytes> {
        let Some((node, at)) = self.find(first) else {
            return vec![];
        };
        let behind = self.nodes.iter().skip(node).flat_map(|node| &node.elements).skip(at);
        behind.take(usize::try_from(count).unwrap_or(usize::MAX)).cloned().collect()
    }

    pub fn push(&mut self, end: End, element: Bytes) {
        let size = element.len() as u64;
        let (node, weight) = match end {
            End::Left => (self.nodes.front(), 0),
            End::Right => (self.nodes.back(), self.len),
        };
        if !node.is_some_and(|node| self.has_room(node, size)) {
            let fresh = Node::of(VecDeque::new());
            match end {
                End::Left => self.nodes.push_front(fresh),
                End::Right => self.nodes.push_back(fresh),
            }
        }
        if end == End::Left {
            self.fingerprint = self.fingerprint.wrapping_mul(BASE);
        }
        self.fingerprint = self.fingerprint.wrapping_add(weigh(&element, weight));
        self.len += 1;
        match end {
            End::Left => self.nodes.front_mut().into_iter().for_each(|node| node.insert(0, element.clone())),
            End::Right => self.nodes.back_mut().into_iter().for_each(|node| {
                node.insert(node.elements.len(), element.clone());
            }),
        }
    }

    pub fn pop(&mut self, end: End) -> Option<Bytes> {
        let index = match end {
            End::Left => 0,
            End::Right => self.len.checked_sub(1)?,
        };
        self.remove(index)
    }

    /// Takes an element out. Nodes that are left empty go; others are not merged.
    pub fn remove(&mut self, index: u64) -> Option<Bytes> {
        let (node, at) = self.find(index)?;
        let before = self.weigh(0..index);
        let element = self.nodes.get_mut(node)?.remove(at)?;
        if self.nodes[node].elements.is_empty() {
            self.nodes.remove(node);
        }
        let behind = self.fingerprint.wrapping_sub(before).wrapping_sub(weigh(&element, index));
        self.fingerprint = before.wrapping_add(behind.wrapping_mul(INVERSE));
        self.len -= 1;
        Some(element)
    }

    /// Takes so many elements out, from an index on.
    pub fn remove_range(&mut self, first: u64, count: u64) {
        let count = count.min(self.len.saturating_sub(first));
        // From the shorter side of what is asked: each removal at an end costs nothing.
        for n in 0..count {
            self.remove(if first == 0 { 0 } else { first + count - 1 - n });
        }
    }

    /// Puts another element in the place of one. False if there is none.
    pub fn set(&mut self, index: u64, element: Bytes) -> bool {
        let Some((node, at)) = self.find(index) else {
            return false;
        };
        if self.nodes[node].is_plain {
            self.insert(index, End::Right, element);
            self.remove(index);
            return true;
        }
        let Some(before) = self.nodes[node].remove(at) else {
            return false;
        };
        self.fingerprint = self.fingerprint.wrapping_sub(weigh(&before, index)).wrapping_add(weigh(&element, index));
        self.nodes[node].insert(at, element);
        true
    }

    /// Puts an element beside the one at `index`, which must be there (`_quicklistInsert`).
    pub fn insert(&mut self, index: u64, side: End, element: Bytes) {
        let Some((node, at)) = self.find(index) else { return };
        let place = index + u64::from(side == End::Right);
        let before = self.weigh(0..place);
        let behind = self.fingerprint.wrapping_sub(before).wrapping_mul(BASE);
        self.fingerprint = before.wrapping_add(weigh(&element, place)).wrapping_add(behind);
        self.len += 1;
        self.insert_beside(node, at, side, element);
    }

    fn insert_beside(&mut self, node: usize, at: usize, side: End, element: Bytes) {
        let size = element.len() as u64;
        let is_last = at + 1 == self.nodes[node].elements.len();
        let (is_at_edge, neighbour, beside) = match side {
            End::Right => (is_last, node.checked_add(1), at + 1),
            End::Left => (at == 0, node.checked_sub(1), at),
        };
        if self.has_room(&self.nodes[node], size) {
            return self.nodes[node].insert(beside, element);
        }
        let neighbour = neighbour.filter(|n| self.nodes.get(*n).is_some_and(|node| self.has_room(node, size)));
        match (is_at_edge, neighbour, side) {
            (true, Some(next), End::Right) => self.nodes[next].insert(0, element),
            (true, Some(previous), End::Left) => {
                let end = self.nodes[previous].elements.len();
                self.nodes[previous].insert(end, element);
            }
            (true, None, End::Right) => self.nodes.insert(node + 1, Node::of([element].into())),
            (true, None, End::Left) => self.nodes.insert(node, Node::of([element].into())),
            (false, ..) => self.split_around(node, beside, side, element),
        }
    }

    /// A full node is parted where the element belongs; then neighbours that fit into one node are joined.
    fn split_around(&mut self, node: usize, at: usize, side: End, element: Bytes) {
        let mut left = std::mem::take(&mut self.nodes[node].elements);
        let mut right = left.split_off(at);
        // The old node keeps the part with the element that was named; the new one gets the new element.
        let old = match side {
            End::Right => {
                right.push_front(element);
                node
            }
            End::Left => {
                left.push_back(element);
                node + 1
            }
        };
        self.nodes[node] = Node::of(left);
        self.nodes.insert(node + 1, Node::of(right));
        self.merge_around(old);
    }

    fn merge_around(&mut self, mut center: usize) {
        if center >= 2 && self.merge(center - 2) {
            center -= 1;
        }
        self.merge(center + 1);
        if center >= 1 && self.merge(center - 1) {
            center -= 1;
        }
        self.merge(center);
    }

    /// Joins a node with the next one, if they fit into one. False if they do not.
    fn merge(&mut self, node: usize) -> bool {
        let (Some(a), Some(b)) = (self.nodes.get(node), self.nodes.get(node + 1)) else {
            return false;
        };
        // Redis still takes off what header and end of a ziplist were.
        let (size, count) = (a.size + b.size - 11, a.elements.len() + b.elements.len());
        if a.is_plain || b.is_plain || !self.allows(size, count as i64 - 1) {
            return false;
        }
        if let Some(b) = self.nodes.remove(node + 1) {
            let a = &mut self.nodes[node];
            a.size += b.size - EMPTY;
            a.elements.extend(b.elements);
        }
        true
    }

    fn has_room(&self, node: &Node, bytes: u64) -> bool {
        !node.is_plain && self.allows(node.size + bytes + OVERHEAD, node.elements.len() as i64)
    }

    /// May a node have so many bytes, and one element more than `count`?
    fn allows(&self, size: u64, count: i64) -> bool {
        match usize::try_from(-1 - self.fill).ok().and_then(|level| SIZES.get(level)) {
            Some(most) => size <= *most,
            None => size <= SAFE_SIZE && count < self.fill,
        }
    }

    /// Which node has the element with this index, and where in it.
    fn find(&self, index: u64) -> Option<(usize, usize)> {
        if index >= self.len {
            return None;
        }
        let from_end = self.len - index;
        let mut seen = 0;
        if index <= from_end {
            for (n, node) in self.nodes.iter().enumerate() {
                let len = node.elements.len() as u64;
                if index < seen + len {
                    return Some((n, (index - seen) as usize));
                }
                seen += len;
            }
        } else {
            for (n, node) in self.nodes.iter().enumerate().rev() {
                let len = node.elements.len() as u64;
                if from_end <= seen + len {
                    return Some((n, (len - (from_end - seen)) as usize));
                }
                seen += len;
            }
        }
        None
    }

    /// What the elements with these indices add to the fingerprint. From the other end if that is nearer.
    fn weigh(&self, indices: std::ops::Range<u64>) -> u64 {
        if indices.start == 0 && indices.end > self.len / 2 && self.fingerprint != 0 {
            let rest = self.slice(indices.end, u64::MAX);
            let rest = (indices.end..).zip(&rest).map(|(index, element)| weigh(element, index));
            return rest.fold(self.fingerprint, u64::wrapping_sub);
        }
        let wanted = self.iter().take(indices.end as usize);
        (0..).zip(wanted).map(|(index, element)| weigh(element, index)).fold(0, u64::wrapping_add)
    }
}

/// The part of one element.
fn weigh(element: &[u8], index: u64) -> u64 {
    // Lists have fewer than 2³² elements.
    fingerprint(&[element]).wrapping_mul(BASE.wrapping_pow(index as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(fill: i64) -> List {
        List::new(&Config { list_max_listpack_size: fill, ..Config::default() })
    }

    proptest! {
        #[test]
        fn it_is_a_list(
            fill in prop_oneof![Just(-1), Just(-2), 1..5_i64],
            acts in prop::collection::vec((0..7_u8, any::<prop::sample::Index>(), 0..2000_usize), 0..80),
        ) {
            let (mut ours, mut theirs) = (list(fill), VecDeque::<Bytes>::new());
            for (n, (act, index, size)) in acts.into_iter().enumerate() {
                let element: Bytes = format!("{n}:{}", "x".repeat(size)).into_bytes().into();
                let index = if theirs.is_empty() { 0 } else { index.index(theirs.len()) };
                match act {
                    0 => (ours.push(End::Left, element.clone()), theirs.push_front(element)).0,
                    1 | 2 => (ours.push(End::Right, element.clone()), theirs.push_back(element)).0,
                    3 => prop_assert_eq!(ours.remove(index as u64), theirs.remove(index)),
                    4 if !theirs.is_empty() => {
                        prop_assert!(ours.set(index as u64, element.clone()));
                        theirs[index] = element;
                    }
                    5 if !theirs.is_empty() => {
                        ours.insert(index as u64, End::Left, element.clone());
                        theirs.insert(index, element);
                    }
                    6 if !theirs.is_empty() => {
                        ours.insert(index as u64, End::Right, element.clone());
                        theirs.insert(index + 1, element);
                    }
                    _ => {}
                }
                prop_assert!(ours.iter().eq(theirs.iter()));
                prop_assert_eq!(ours.len(), theirs.len() as u64);
                prop_assert!(ours.nodes.iter().all(|node| *node == Node::of(node.elements.clone()) && !node.elements.is_empty()));
                let fresh = List { nodes: ours.nodes.clone(), len: ours.len, fingerprint: 0, fill };
                prop_assert_eq!(ours.fingerprint(), fresh.weigh(0..fresh.len));
            }
            for (index, element) in theirs.iter().enumerate() {
                prop_assert_eq!(ours.get(index as u64), Some(element));
            }
        }
    }

    #[test]
    fn pushed_elements_fill_nodes_as_redis_does() {
        let mut list = list(-2);
        (0..40).for_each(|n| list.push(End::Right, vec![b'a' + (n % 26) as u8; 1000].into()));
        let counts: Vec<usize> = list.nodes.iter().map(|node| node.elements.len()).collect();
        // 8 × 1005 + 7 bytes and no room for a ninth.
        assert_eq!(counts, [8, 8, 8, 8, 8]);
    }
}
