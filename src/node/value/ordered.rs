//! Members in an order, each found by bisection and by rank: what Redis has a skip list and a hash table for.
//!
//! Rule: a list of chunks of a few hundred members. A change moves at most one chunk, a rank is a sum over chunks, and a
//! copy of the whole shares the chunks until one is changed. Stands where Redis has `zskiplist` (t_zset.c) and `dict`.

use crate::wire::Bytes;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

/// A chunk that grows beyond it is cut in half.
const CHUNK_MAX: usize = 256;

/// A member of a set, whose score is 0, or of a sorted set.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub name: Bytes,
    pub score: f64,
}

/// Scores as Redis compares them: -0 is 0.
pub(super) fn compare_scores(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.total_cmp(&b))
}

/// Members in order of score, then of name; or of name alone.
#[derive(Clone, Debug)]
pub(super) struct Ordered {
    by_score: bool,
    chunks: Vec<Arc<Vec<Member>>>,
    len: u64,
}

impl Ordered {
    pub fn by_name() -> Ordered {
        Ordered { by_score: false, chunks: vec![], len: 0 }
    }

    pub fn by_score() -> Ordered {
        Ordered { by_score: true, chunks: vec![], len: 0 }
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    fn compare(&self, member: &Member, name: &[u8], score: f64) -> Ordering {
        let by_score = if self.by_score { compare_scores(member.score, score) } else { Ordering::Equal };
        by_score.then_with(|| member.name[..].cmp(name))
    }

    /// Chunk and index of the first member that is not `before`; behind everything if there is none.
    fn place(&self, before: &dyn Fn(&Member) -> bool) -> (usize, usize) {
        let chunk = self.chunks.partition_point(|chunk| chunk.last().is_some_and(before));
        (chunk, self.chunks.get(chunk).map_or(0, |members| members.partition_point(before)))
    }

    fn find(&self, name: &[u8], score: f64) -> Result<(usize, usize), (usize, usize)> {
        let (chunk, n) = self.place(&|member| self.compare(member, name, score) == Ordering::Less);
        let found = self.chunks.get(chunk).and_then(|members| members.get(n));
        let is_it = found.is_some_and(|member| self.compare(member, name, score) == Ordering::Equal);
        if is_it { Ok((chunk, n)) } else { Err((chunk, n)) }
    }

    /// How many members are `before`; all of them must stand before the others.
    pub fn rank(&self, before: &dyn Fn(&Member) -> bool) -> u64 {
        let (chunk, n) = self.place(before);
        self.chunks.iter().take(chunk).map(|members| members.len() as u64).sum::<u64>() + n as u64
    }

    /// The rank of a member that is in.
    pub fn rank_of(&self, name: &[u8], score: f64) -> u64 {
        self.rank(&|member| self.compare(member, name, score) == Ordering::Less)
    }

    pub fn get(&self, name: &[u8], score: f64) -> Option<&Member> {
        let (chunk, n) = self.find(name, score).ok()?;
        self.chunks.get(chunk)?.get(n)
    }

    /// False if it is in already.
    pub fn insert(&mut self, member: Member) -> bool {
        let Err((chunk, n)) = self.find(&member.name, member.score) else {
            return false;
        };
        self.len += 1;
        // Behind everything: it joins the last chunk.
        let last = self.chunks.len().saturating_sub(1);
        let (chunk, n) = if chunk > last { (last, CHUNK_MAX) } else { (chunk, n) };
        let Some(members) = self.chunks.get_mut(chunk).map(Arc::make_mut) else {
            self.chunks.push(Arc::new(vec![member]));
            return true;
        };
        members.insert(n.min(members.len()), member);
        if members.len() > CHUNK_MAX {
            let half = members.split_off(CHUNK_MAX / 2);
            self.chunks.insert(chunk + 1, Arc::new(half));
        }
        true
    }

    /// False if it is not in.
    pub fn remove(&mut self, name: &[u8], score: f64) -> bool {
        let Ok((chunk, n)) = self.find(name, score) else {
            return false;
        };
        let members = Arc::make_mut(&mut self.chunks[chunk]);
        members.remove(n);
        if members.is_empty() {
            self.chunks.remove(chunk);
        }
        self.len -= 1;
        true
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Member> {
        self.chunks.iter().flat_map(|members| members.iter())
    }

    /// The members with these ranks.
    pub fn slice(&self, ranks: Range<u64>) -> Vec<&Member> {
        let (mut skipped, mut found) = (0, vec![]);
        for members in &self.chunks {
            let len = members.len() as u64;
            let (from, to) = (ranks.start.max(skipped), ranks.end.min(skipped + len));
            if from < to {
                found.extend(&members[(from - skipped) as usize..(to - skipped) as usize]);
            }
            skipped += len;
            if skipped >= ranks.end {
                break;
            }
        }
        found
    }
}

/// Equal for equal members, however they are cut into chunks.
impl PartialEq for Ordered {
    fn eq(&self, other: &Ordered) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}
