//! The replication backlog: the last bytes of the stream, kept for replicas that come back.
//!
//! Rule: the bytes live in blocks, and only whole blocks leave. A block stays while a replica still reads it, while it
//! is the last, or while without it fewer than `size` bytes would be left. So the backlog holds a little more than its
//! size, and its first byte moves in jumps.
//! Since 7.0 the same blocks serve the backlog and every replica's output buffer; so they do here: a replica is a cursor.
//! Mirrors `feedReplicationBuffer` and `incrementalTrimReplicationBacklog` (replication.c).

use std::collections::VecDeque;
use std::sync::Arc;

/// `PROTO_REPLY_CHUNK_BYTES`: the least a block is made for.
const REDIS_BLOCK: u64 = 16 * 1024;
/// Redis' `replBufBlock` before its bytes.
const BLOCK_HEADER: u64 = 40;

/// How blocks are sized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockSize {
    /// As Redis 7.0 with jemalloc: the allocator rounds up and the slack is used, 20,440 bytes as a rule.
    Redis,
    /// Scaled down, so that a backlog fits on a screen: exactly this many bytes.
    Scaled(u64),
}

/// A run of the stream's bytes.
#[derive(Clone, Debug)]
pub struct Block {
    /// Offset of the first byte.
    first: u64,
    bytes: Arc<Vec<u8>>,
    capacity: u64,
}

impl Block {
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Offset after the last byte.
    pub fn end(&self) -> u64 {
        self.first + self.bytes.len() as u64
    }

    pub fn capacity(&self) -> u64 {
        self.capacity
    }
}

/// The blocks, oldest first. Offsets are those of the stream: bytes `first..first + len` are here.
#[derive(Clone, Debug)]
pub struct Backlog {
    blocks: VecDeque<Block>,
    next: u64,
    block_size: BlockSize,
    size: u64,
}

impl Backlog {
    /// An empty backlog whose first byte will be `first` (`createReplicationBacklog`).
    pub fn new(first: u64, size: u64, block_size: BlockSize) -> Backlog {
        Backlog { blocks: VecDeque::new(), next: first, block_size, size }
    }

    /// `repl_backlog_first_byte_offset`.
    pub fn first(&self) -> u64 {
        self.blocks.front().map_or(self.next, |block| block.first)
    }

    /// `repl_backlog_histlen`: bytes held.
    pub fn len(&self) -> u64 {
        self.next - self.first()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `repl_backlog_size`: bytes to hold at least.
    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn resize(&mut self, size: u64) {
        self.size = size;
    }

    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter()
    }

    /// Can a replica that lacks bytes from `asked` on be served? The upper end is inclusive: nothing may be missing.
    pub fn covers(&self, asked: u64) -> bool {
        self.first() <= asked && asked <= self.next
    }

    /// Puts bytes behind the last; true if a block was added for them.
    pub fn append(&mut self, mut bytes: &[u8]) -> bool {
        let blocks = self.blocks.len();
        while !bytes.is_empty() {
            let room = self.blocks.back().map_or(0, |last| last.capacity - last.bytes.len() as u64);
            if room == 0 {
                let capacity = self.capacity_for(bytes.len() as u64);
                self.blocks.push_back(Block { first: self.next, bytes: Arc::default(), capacity });
                continue;
            }
            let (now, later) = bytes.split_at(bytes.len().min(room as usize));
            if let Some(last) = self.blocks.back_mut() {
                Arc::make_mut(&mut last.bytes).extend_from_slice(now);
            }
            self.next += now.len() as u64;
            bytes = later;
        }
        self.blocks.len() > blocks
    }

    /// Up to `limit` bytes of the stream from `offset` on; from one block, so there may be more behind them.
    pub fn read(&self, offset: u64, limit: u64) -> &[u8] {
        let Some(block) = self.block_at(offset).and_then(|n| self.blocks.get(n)) else {
            return &[];
        };
        let from = (offset - block.first) as usize;
        let to = block.bytes.len().min(from.saturating_add(limit as usize));
        block.bytes.get(from..to).unwrap_or(&[])
    }

    /// Bytes of the blocks from the one with `cursor` on, the room at the end of the last included, and how many they are.
    pub fn held_from(&self, cursor: u64) -> (u64, u64) {
        let first = self.blocks.iter().position(|block| cursor < block.first + block.capacity);
        let (Some(first), Some(last)) = (first, self.blocks.back()) else {
            return (0, 0);
        };
        (last.first + last.capacity - self.blocks[first].first, (self.blocks.len() - first) as u64)
    }

    /// The oldest block, if bytes beyond `size` make it a question whether it may go.
    pub fn oldest_in_question(&self) -> Option<&Block> {
        self.blocks.front().filter(|head| self.blocks.len() > 1 && self.len() - head.bytes.len() as u64 > self.size)
    }

    /// Lets go of the blocks that the rule at the top allows. `cursors`: the next byte of each replica's output.
    pub fn trim(&mut self, cursors: &[u64]) {
        while self.blocks.len() > 1 && self.len() > self.size {
            let head = &self.blocks[0];
            let is_read = cursors.iter().any(|cursor| (head.first..head.end()).contains(cursor));
            if is_read || self.len() - head.bytes.len() as u64 <= self.size {
                break;
            }
            self.blocks.pop_front();
        }
    }

    fn block_at(&self, offset: u64) -> Option<usize> {
        let after = self.blocks.partition_point(|block| block.first <= offset);
        after.checked_sub(1)
    }

    fn capacity_for(&self, len: u64) -> u64 {
        let least = match self.block_size {
            BlockSize::Redis => REDIS_BLOCK,
            BlockSize::Scaled(bytes) => bytes.max(1),
        };
        let payload = len.max(least).min((self.size / 16).max(least));
        match self.block_size {
            BlockSize::Redis => jemalloc_class(payload + BLOCK_HEADER) - BLOCK_HEADER,
            BlockSize::Scaled(_) => payload,
        }
    }
}

/// The size that jemalloc really hands out: four classes to each doubling.
fn jemalloc_class(bytes: u64) -> u64 {
    let step = (bytes.next_power_of_two() / 8).max(1);
    bytes.div_ceil(step) * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_sized_as_measured_on_redis() {
        let sizes = [16_384, 20_441, 70_000, 81_880, 1 << 20].map(|len| {
            let mut backlog = Backlog::new(1, 1 << 20, BlockSize::Redis);
            backlog.append(&vec![b'x'; len]);
            backlog.blocks().next().map_or(0, Block::capacity)
        });
        assert_eq!(sizes, [20_440, 24_536, 81_880, 81_880, 81_880]);
    }

    #[test]
    fn the_first_byte_moves_by_whole_blocks() {
        let mut backlog = Backlog::new(1, 16_384, BlockSize::Redis);
        let mut firsts = vec![];
        for _ in 0..60 {
            backlog.append(&[b'x'; 1_037]);
            backlog.trim(&[backlog.next]);
            assert!(backlog.len() <= 16_384 + 20_440);
            if firsts.last() != Some(&backlog.first()) {
                firsts.push(backlog.first());
            }
        }
        assert_eq!(firsts, [1, 20_441, 40_881]);
    }

    #[test]
    fn a_block_that_a_replica_reads_stays() {
        let mut backlog = Backlog::new(1, 64, BlockSize::Scaled(32));
        for _ in 0..10 {
            backlog.append(&[b'x'; 32]);
            backlog.trim(&[5]);
        }
        assert_eq!(backlog.first(), 1);
        backlog.trim(&[]);
        assert_eq!((backlog.first(), backlog.len()), (225, 96));
        assert!(backlog.covers(225) && backlog.covers(321) && !backlog.covers(224) && !backlog.covers(322));
    }

    #[test]
    fn reading_yields_the_bytes_that_were_written() {
        let mut backlog = Backlog::new(101, 1 << 20, BlockSize::Scaled(7));
        let text: Vec<u8> = (0..100).collect();
        backlog.append(&text);
        let mut read = vec![];
        while read.len() < text.len() {
            read.extend_from_slice(backlog.read(101 + read.len() as u64, 5));
        }
        assert_eq!(read, text);
        assert!(backlog.read(201, 5).is_empty() && backlog.read(100, 5).is_empty());
    }
}
