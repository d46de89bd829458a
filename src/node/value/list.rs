//! A list: a row of nodes, each of as many elements as fit.
//!
//! Rule: elements go into the nodes, and nodes are cut and joined, exactly as Redis does it, because a snapshot shows the
//! nodes. Pushing and popping at the ends costs the same for a list of any length. Mirrors quicklist.c.

use super::fingerprint;
use super::list_node::{Fill, Node};
use super::order_sum::OrderSum;
use crate::node::config::Config;
use crate::wire::{Bytes, rdb};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// An end of a list: head and tail in Redis' source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Left,
    Right,
}

/// Elements in order. Equal for equal elements, however they are cut into nodes.
#[derive(Clone, Debug)]
pub struct List {
    nodes: VecDeque<Arc<Node>>,
    len: u64,
    /// Of the time at which the list was made: a setting changed later changes no list.
    fill: Fill,
    sum: OrderSum,
}

impl PartialEq for List {
    fn eq(&self, other: &List) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl List {
    pub fn new(config: &Config) -> List {
        let fill = Fill::new(config.list_max_listpack_size);
        List { nodes: VecDeque::new(), len: 0, fill, sum: OrderSum::EMPTY }
    }

    /// Of these elements, pushed one after the other.
    pub fn from_elements(elements: Vec<Bytes>, config: &Config) -> List {
        let mut list = List::new(config);
        for element in elements {
            list.push(End::Right, element, config.list_plain_min);
        }
        list
    }

    /// Of the nodes of a snapshot, as they are.
    pub fn from_nodes(nodes: Vec<rdb::ListNode>, config: &Config) -> List {
        let mut list = List::new(config);
        list.nodes = nodes.into_iter().map(|node| Arc::new(Node::from_rdb(node))).collect();
        list.measure();
        list
    }

    pub(super) fn to_rdb(&self) -> rdb::Value {
        rdb::Value::List(self.nodes.iter().map(|node| node.to_rdb()).collect())
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    /// Skipping is fast: whole nodes are passed over.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Bytes> {
        self.nodes.iter().flat_map(|node| node.elements().iter())
    }

    pub fn fingerprint(&self) -> u64 {
        self.sum.get()
    }

    /// Length and sum, anew.
    fn measure(&mut self) {
        (self.len, self.sum) = (0, OrderSum::EMPTY);
        for node in &self.nodes {
            self.len += node.len() as u64;
            self.sum.join(node.sum());
        }
    }

    /// Adds an element at an end; one of `plain_min` bytes or more gets a node of its own (`quicklistPushHead`,
    /// `quicklistPushTail`).
    pub fn push(&mut self, end: End, element: Bytes, plain_min: u64) {
        let number = fingerprint(&[&element]);
        let is_plain = element.len() as u64 >= plain_min;
        let last = match end {
            End::Left => {
                self.sum.push_head(number);
                self.nodes.front_mut()
            }
            End::Right => {
                self.sum.push_tail(number);
                self.nodes.back_mut()
            }
        };
        self.len += 1;
        if let Some(node) = last.filter(|node| !is_plain && node.has_room(self.fill, element.len())) {
            return Arc::make_mut(node).push(end, element);
        }
        let node = Arc::new(if is_plain { Node::plain(element) } else { Node::packed([element]) });
        match end {
            End::Left => self.nodes.push_front(node),
            End::Right => self.nodes.push_back(node),
        }
    }

    /// Takes the element at an end.
    pub fn pop(&mut self, end: End) -> Option<Bytes> {
        let node = match end {
            End::Left => self.nodes.front_mut(),
            End::Right => self.nodes.back_mut(),
        }?;
        let node = Arc::make_mut(node);
        let element = node.pop(end)?;
        let (number, is_empty) = (fingerprint(&[&element]), node.len() == 0);
        match end {
            End::Left => self.sum.pop_head(number),
            End::Right => self.sum.pop_tail(number),
        }
        self.len -= 1;
        if is_empty {
            match end {
                End::Left => self.nodes.pop_front(),
                End::Right => self.nodes.pop_back(),
            };
        }
        Some(element)
    }

    /// The node of an element, and its place there.
    fn locate(&self, index: u64) -> Option<(usize, usize)> {
        let mut rest = index;
        for (n, node) in self.nodes.iter().enumerate() {
            let len = node.len() as u64;
            if rest < len {
                return Some((n, rest as usize));
            }
            rest -= len;
        }
        None
    }

    /// Puts another element in the place of the one with this index (`quicklistReplaceEntry`).
    pub fn set(&mut self, index: u64, element: Bytes, plain_min: u64) {
        let Some((n, place)) = self.locate(index) else {
            return;
        };
        let is_plain = element.len() as u64 >= plain_min;
        if self.nodes[n].is_plain() == is_plain {
            Arc::make_mut(&mut self.nodes[n]).edit(&mut |elements| elements[place] = element.clone());
            self.measure();
        } else {
            self.insert(index, End::Right, element, plain_min);
            self.remove(n, &mut |elements| drop(elements.remove(place)));
        }
    }

    /// Changes a node by taking elements out; an empty one goes.
    fn remove(&mut self, n: usize, change: &mut dyn FnMut(&mut VecDeque<Bytes>)) {
        let node = Arc::make_mut(&mut self.nodes[n]);
        node.edit(change);
        if node.len() == 0 {
            self.nodes.remove(n);
        }
        self.measure();
    }

    /// Puts an element beside the one with this index (`_quicklistInsert`).
    pub fn insert(&mut self, index: u64, side: End, element: Bytes, plain_min: u64) {
        let Some((n, place)) = self.locate(index) else {
            return;
        };
        let after = side == End::Right;
        let (fill, bytes, len) = (self.fill, element.len(), self.nodes[n].len());
        let place = place + usize::from(after);
        let is_at_edge = place == if after { len } else { 0 };
        let beside = n + usize::from(after);
        if bytes as u64 >= plain_min {
            let at = if is_at_edge { beside } else { self.split(n, place) };
            self.nodes.insert(at, Arc::new(Node::plain(element)));
        } else if self.nodes[n].has_room(fill, bytes) {
            Arc::make_mut(&mut self.nodes[n]).edit(&mut |elements| elements.insert(place, element.clone()));
        } else if is_at_edge {
            let neighbour = if after { Some(n + 1) } else { n.checked_sub(1) };
            let neighbour = neighbour.and_then(|n| self.nodes.get_mut(n));
            match neighbour.filter(|node| node.has_room(fill, bytes)) {
                Some(node) => Arc::make_mut(node).push(if after { End::Left } else { End::Right }, element),
                None => self.nodes.insert(beside, Arc::new(Node::packed([element]))),
            }
        } else {
            let right = self.split(n, place);
            // The new one of the two halves takes the element; around the old one, nodes are joined.
            let (new, end, old) = if after { (right, End::Left, n) } else { (n, End::Right, right) };
            Arc::make_mut(&mut self.nodes[new]).push(end, element);
            self.join_around(old);
        }
        self.measure();
    }

    /// Cuts a node in two; returns the number of the second.
    fn split(&mut self, n: usize, at: usize) -> usize {
        let right = Arc::make_mut(&mut self.nodes[n]).split_off(at);
        self.nodes.insert(n + 1, Arc::new(right));
        n + 1
    }

    /// Joins what fits: the two nodes before, the two behind, the one before with this, this with the one behind
    /// (`_quicklistMergeNodes`).
    fn join_around(&mut self, n: usize) {
        let mut n = n;
        if n >= 2 && self.join(n - 2) {
            n -= 1;
        }
        self.join(n + 1);
        if n >= 1 && self.join(n - 1) {
            n -= 1;
        }
        self.join(n);
    }

    /// Joins a node with the next, if there is one and both fit into one.
    fn join(&mut self, n: usize) -> bool {
        let Some(next) = self.nodes.get(n + 1).filter(|next| self.nodes[n].can_join(next, self.fill)).cloned() else {
            return false;
        };
        self.nodes.remove(n + 1);
        Arc::make_mut(&mut self.nodes[n]).join(&next);
        true
    }

    /// Removes those elements equal to this one whose number among them is in the range.
    pub fn remove_equal(&mut self, element: &[u8], which: Range<u64>) {
        let mut seen = 0;
        let mut is_gone = |other: &Bytes| {
            let is_equal = other[..] == *element;
            seen += u64::from(is_equal);
            is_equal && which.contains(&(seen - 1))
        };
        for node in self.nodes.iter_mut().filter(|node| node.elements().iter().any(|other| other[..] == *element)) {
            Arc::make_mut(node).edit(&mut |elements| elements.retain(|other| !is_gone(other)));
        }
        self.nodes.retain(|node| node.len() > 0);
        self.measure();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(fill: i64) -> List {
        List::new(&Config { list_max_listpack_size: fill, ..Config::default() })
    }

    /// Everything about a node that is kept beside its elements is what the elements say.
    fn check(list: &List) -> Result<(), TestCaseError> {
        let fresh = List::from_nodes(list.nodes.iter().map(|node| node.to_rdb()).collect(), &Config::default());
        prop_assert_eq!((list.len, list.sum.get()), (fresh.len, fresh.sum.get()));
        for (node, fresh) in list.nodes.iter().zip(&fresh.nodes) {
            prop_assert!(node.len() > 0);
            prop_assert_eq!(node.size(), fresh.size());
            prop_assert_eq!(node.sum().get(), fresh.sum().get());
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn it_is_a_list(
            fill in prop_oneof![Just(-1), Just(-2), 0..5_i64],
            plain_min in prop_oneof![Just(1 << 30), Just(1000_u64)],
            acts in prop::collection::vec((0..9_u8, any::<prop::sample::Index>(), 0..2000_usize), 0..120),
        ) {
            let (mut ours, mut theirs) = (list(fill), VecDeque::<Bytes>::new());
            for (act, index, size) in acts {
                let element: Bytes = "x".repeat(size / 500 * 500 + size % 3).into_bytes().into();
                let index = if theirs.is_empty() { 0 } else { index.index(theirs.len()) };
                let is_there = !theirs.is_empty();
                match act {
                    0 => (ours.push(End::Left, element.clone(), plain_min), theirs.push_front(element)).0,
                    1 | 2 => (ours.push(End::Right, element.clone(), plain_min), theirs.push_back(element)).0,
                    3 => prop_assert_eq!(ours.pop(End::Left), theirs.pop_front()),
                    4 => prop_assert_eq!(ours.pop(End::Right), theirs.pop_back()),
                    5 if is_there => {
                        ours.set(index as u64, element.clone(), plain_min);
                        theirs[index] = element;
                    }
                    6 if is_there => {
                        ours.insert(index as u64, End::Left, element.clone(), plain_min);
                        theirs.insert(index, element);
                    }
                    7 if is_there => {
                        ours.insert(index as u64, End::Right, element.clone(), plain_min);
                        theirs.insert(index + 1, element);
                    }
                    8 => {
                        ours.remove_equal(&element, 1..3);
                        let mut seen = 0;
                        theirs.retain(|other| {
                            seen += usize::from(*other == element);
                            *other != element || !(2..4).contains(&seen)
                        });
                    }
                    _ => {}
                }
                prop_assert!(ours.iter().eq(theirs.iter()));
                check(&ours)?;
            }
            let again = List::from_elements(theirs.into(), &Config::default());
            prop_assert_eq!(ours.fingerprint(), again.fingerprint());
            prop_assert_eq!(ours, again);
        }
    }

    #[test]
    fn the_fingerprint_knows_the_order() {
        let of = |elements: [&str; 3]| {
            let elements = elements.map(|element| element.as_bytes().into());
            List::from_elements(elements.into(), &Config::default()).fingerprint()
        };
        assert_ne!(of(["a", "b", "c"]), of(["a", "c", "b"]));
        assert_ne!(of(["a", "b", "c"]), of(["c", "b", "a"]));
    }

    #[test]
    fn pushed_elements_fill_nodes_as_redis_does() {
        let mut list = list(-2);
        (0..40).for_each(|_| list.push(End::Right, vec![b'a'; 1000].into(), 1 << 30));
        // 8 × 1005 + 7 bytes and no room for a ninth.
        assert!(list.nodes.iter().map(|node| node.len()).eq([8, 8, 8, 8, 8]));
    }
}
