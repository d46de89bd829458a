//! How much a replica may be behind with its output before it is cut off.
//!
//! Rule: a replica is a cursor into the shared stream, so it is charged with the blocks that it still needs, whole ones.
//! It is looked at when a block is added; the hard limit is never below the backlog's size, because what the backlog
//! keeps anyway costs nothing. Mirrors `checkClientOutputBufferLimits`, `getClientOutputBufferMemoryUsage` (networking.c)
//! and `setConfigOOMScoreAdjValuesOption`'s neighbour `setConfigClientOutputBufferLimitOption` (config.c).

use super::config::Config;
use super::decisions::{Buffer, Decision};
use super::io::ConnId;
use super::settings::memory;
use super::{Event, LostReason, Node};
use crate::time::Time;

/// Redis' list node and `replBufBlock`, for each block.
const BLOCK_COST: u64 = 64;
/// What Redis allows the other kinds of clients by default: nothing is limited for normal ones.
const OTHERS: [(&str, &str); 2] = [("normal", "0 0 0"), ("pubsub", "33554432 8388608 60")];

/// Bytes; 0: no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferLimit {
    pub hard: u64,
    pub soft: u64,
    /// For how long the soft limit may be exceeded.
    pub soft_secs: u64,
}

impl BufferLimit {
    /// All three kinds of clients, as CONFIG GET shows them. `others`: `normal … pubsub …` where they were changed.
    pub(super) fn print(&self, others: Option<&str>) -> String {
        let mut kept = others.unwrap_or_default().split('|');
        let mut other = |n: usize| kept.next().filter(|text| !text.is_empty()).unwrap_or(OTHERS[n].1).to_owned();
        let (normal, pubsub) = (other(0), other(1));
        format!("normal {normal} slave {} {} {} pubsub {pubsub}", self.hard, self.soft, self.soft_secs)
    }
}

/// `client-output-buffer-limit`: groups of class, hard limit, soft limit, seconds.
pub(super) fn set_buffer_limits(config: &mut Config, text: &str) -> Result<(), String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() || !words.len().is_multiple_of(4) {
        return Err("Wrong number of arguments in buffer limit configuration.".into());
    }
    let mut others = OTHERS.map(|(_, text)| text.to_owned());
    if let Some(kept) = config.kept.get("client-output-buffer-limit") {
        kept.split('|').zip(&mut others).for_each(|(kept, other)| *other = kept.into());
    }
    for group in words.chunks_exact(4) {
        let bytes = |text: &str| {
            memory(text).ok_or("Error in hard, soft or soft_seconds setting in buffer limit configuration.")
        };
        let (hard, soft) = (bytes(group[1])?, bytes(group[2])?);
        let soft_secs = group[3]
            .parse()
            .map_err(|_| "Error in hard, soft or soft_seconds setting in buffer limit configuration.")?;
        match group[0].to_ascii_lowercase().as_str() {
            "replica" | "slave" => config.replica_buffer_limit = BufferLimit { hard, soft, soft_secs },
            "normal" => others[0] = format!("{hard} {soft} {soft_secs}"),
            "pubsub" => others[1] = format!("{hard} {soft} {soft_secs}"),
            _ => return Err("Invalid client class specified in buffer limit configuration.".into()),
        }
    }
    config.kept.insert("client-output-buffer-limit", others.join("|"));
    Ok(())
}

impl Node {
    /// What a replica has not read yet costs so many bytes.
    pub(super) fn held_for(&self, conn: ConnId) -> u64 {
        let replica = self.clients.get(conn).and_then(|client| client.replica.as_ref());
        let (Some(replica), Some(backlog)) = (replica, &self.backlog) else {
            return 0;
        };
        let (bytes, blocks) = backlog.held_from(replica.cursor);
        bytes + blocks * BLOCK_COST
    }

    /// A block was added: who holds back too much is closed at the end of this turn.
    pub(super) fn check_replica_buffers(&mut self, now: Time) {
        let limit = self.config.replica_buffer_limit;
        let hard = if limit.hard == 0 { 0 } else { limit.hard.max(self.config.repl_backlog_size) };
        for conn in self.replica_order.clone() {
            let used = self.held_for(conn);
            let over_soft = limit.soft > 0 && used >= limit.soft;
            let Some(replica) = self.replica_mut(conn) else { continue };
            if replica.state == super::ReplicaState::WaitBgsaveStart {
                continue;
            }
            let is_news = over_soft && replica.over_soft_since.is_none();
            let since = *replica.over_soft_since.get_or_insert(now);
            if !over_soft {
                replica.over_soft_since = None;
            }
            let over_secs = now.secs() - since.secs();
            let is_soft_over = over_soft && over_secs > limit.soft_secs as i64;
            let closed = (hard > 0 && used >= hard) || is_soft_over;
            let addr = replica.addr.clone();
            if closed || is_news {
                self.decided(|_| {
                    Decision::Buffer(Buffer {
                        replica: addr,
                        used,
                        hard_set: limit.hard,
                        hard,
                        soft: limit.soft,
                        soft_secs: limit.soft_secs,
                        over_secs: over_soft.then_some(over_secs),
                        closed,
                    })
                });
            }
            if closed {
                self.emit(Event::BufferExceeded { conn, used, limit: if is_soft_over { limit.soft } else { hard } });
                self.to_close.push(conn);
            }
        }
    }

    /// `freeClientsInAsyncFreeQueue`.
    pub(super) fn close_marked(&mut self) {
        for conn in std::mem::take(&mut self.to_close) {
            self.close_client(conn, LostReason::BufferLimit);
        }
    }
}
