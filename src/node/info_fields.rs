//! INFO's other sections: every field that Redis has, in its order.
//!
//! Rule: `info.txt` is the text; a name in braces is a fact about the node, and a line whose fact there is not now is
//! left out. What has no meaning for a model, as an allocator's figures, has the value it has on a server that rests.
//! Mirrors `genRedisInfoString` (server.c).

use super::info::percent;
use super::stats::CommandStats;
use super::{Node, VERSION};
use crate::time::Time;
use std::cell::LazyCell;
use std::ops::Deref;

static TEXT: &str = include_str!("info.txt");

/// What a server holds that has nothing in it.
const STARTUP_BYTES: u64 = 1 << 20;
/// What a replica's connection costs beside what it has not read.
const REPLICA_BYTES: u64 = 22_000;
/// What a block of the stream costs beside its bytes (`listNode`, `replBufBlock`).
const BLOCK_BYTES: u64 = 64;

impl Node {
    /// A section by its name in lower case, header included; empty if there is none of this name.
    pub(super) fn info_fields(&self, now: Time, section: &str) -> String {
        match section {
            "commandstats" => return self.info_commands(),
            "errorstats" => return self.info_errors(),
            "latencystats" => return "# Latencystats\r\n".into(),
            _ => {}
        }
        let is_it = |text: &&str| {
            let header = text.lines().next().and_then(|line| line.strip_prefix("# "));
            header.is_some_and(|name| name.eq_ignore_ascii_case(section))
        };
        let found = TEXT.split("\n\n").find(is_it).unwrap_or_default();
        let used_memory = LazyCell::new(|| self.used_memory());
        found.lines().filter_map(|line| self.info_line(now, line, &used_memory)).collect()
    }

    /// A line with its fact in its place.
    fn info_line(&self, now: Time, line: &str, used_memory: &dyn Deref<Target = u64>) -> Option<String> {
        let Some((name, fact)) = line.strip_suffix('}').and_then(|line| line.split_once('{')) else {
            return Some(format!("{line}\r\n"));
        };
        let fact = match fact.strip_prefix("human ") {
            Some("used_memory") => human(**used_memory),
            Some(bytes) => human(self.fact(now, bytes)?.parse().ok()?),
            None if fact == "used_memory" => used_memory.to_string(),
            None if fact == "dataset" => used_memory.saturating_sub(STARTUP_BYTES).to_string(),
            None => self.fact(now, fact)?,
        };
        Some(format!("{name}{fact}\r\n"))
    }

    /// One fact; `None` if there is nothing to say of it now.
    fn fact(&self, now: Time, name: &str) -> Option<String> {
        let kept = |name: &str| self.config.get(&[name.as_bytes()]).into_iter().next().map(|(_, value)| value);
        let stats = &self.stats;
        let uptime_secs = now.since(self.booted).as_secs();
        let number = match name {
            "version" => return Some(VERSION.into()),
            "os" => return Some(std::env::consts::OS.into()),
            "run_id" => return Some(String::from_utf8_lossy(&self.run_id).into_owned()),
            "executable" => return Some(self.config.process.executable.clone()),
            "config_file" => return Some(self.config.process.config_file.clone()),
            "hz" | "maxclients" => return kept(name),
            "maxmemory_policy" => return kept("maxmemory-policy"),
            "last_bgsave_secs" => return Some(self.saving.last_bgsave_secs.map_or(-1, |secs| secs as i64).to_string()),
            "saving_secs" => {
                let running = self.snapshot.as_ref().map_or(-1, |s| now.secs() - s.started.secs());
                return Some(running.to_string());
            }
            "saved_percent" => {
                let (saved, all) = self.saved_keys(now);
                return Some(percent(saved, all));
            }
            "last_save_secs" => return Some(self.saving.last_save_secs.to_string()),
            "process_id" => u64::from(self.config.process.id),
            "port" => u64::from(self.config.port),
            "now_us" => now.0,
            "uptime_secs" => uptime_secs,
            "uptime_days" => uptime_secs / 86_400,
            "lru_clock" => now.secs() as u64 & 0xff_ffff,
            "ends_in_ms" => self.ends_in_ms(now)?,
            "clients" => self.clients.len().saturating_sub(self.replica_order.len()) as u64,
            "blocked_clients" => self.clients.values().filter(|client| client.blocked.is_some()).count() as u64,
            "timed_clients" => {
                let ends =
                    |client: &&super::Client| client.blocked.as_ref().is_some_and(|block| block.until != Time::NEVER);
                self.clients.values().filter(ends).count() as u64
            }
            "overhead" | "startup" => STARTUP_BYTES,
            "maxmemory" => self.config.maxmemory,
            "stream_memory" => self.stream_memory(),
            "backlog_memory" => self.stream_memory() - self.stream_excess(),
            "replicas_memory" => self.stream_excess() + self.replica_order.len() as u64 * REPLICA_BYTES,
            "is_saving" => u64::from(self.snapshot.is_some()),
            "saved_keys" => self.saved_keys(now).0,
            "keys_to_save" => self.saved_keys(now).1,
            "changes" => self.saving.changes,
            "rdb_saves" => self.saving.saves,
            "loaded_expired" => self.saving.loaded_expired,
            "loaded_keys" => self.saving.loaded_keys,
            "connections_received" => stats.connections_received,
            "commands_processed" => stats.commands_processed,
            "net_input" => stats.net_input + stats.repl_input,
            "net_output" => stats.net_output + stats.repl_output,
            "repl_input" => stats.repl_input,
            "repl_output" => stats.repl_output,
            "sync_full" => stats.sync_full,
            "sync_partial_ok" => stats.sync_partial_ok,
            "sync_partial_err" => stats.sync_partial_err,
            "expired_keys" => stats.expired_keys,
            "keyspace_hits" => stats.keyspace_hits,
            "keyspace_misses" => stats.keyspace_misses,
            "channels" => self.listened()[0] as u64,
            "patterns" => self.listened()[1] as u64,
            "shard_channels" => self.listened()[2] as u64,
            "forks" => stats.forks,
            "own_expiring" => self.own_expiring.len() as u64,
            "error_replies" => stats.errors.values().sum(),
            "reads" => stats.reads,
            "writes" => stats.writes,
            "scripts" => self.known_scripts(),
            _ => return self.loading_fact(now, name),
        };
        Some(number.to_string())
    }

    fn loading_fact(&self, now: Time, name: &str) -> Option<String> {
        let is_beside = self.loads_beside();
        match name {
            "loading" => return Some(u8::from(is_beside == Some(false)).to_string()),
            "async_loading" => return Some(u8::from(is_beside == Some(true)).to_string()),
            _ => {}
        }
        let loading = self.loading.as_ref()?;
        let (total, loaded) = (loading.total_bytes, loading.loaded_bytes(now));
        Some(match name {
            "loading_start_secs" => loading.started.secs().to_string(),
            "loading_total_bytes" => total.to_string(),
            "loading_used_memory" => self.used_memory().to_string(),
            "loading_loaded_bytes" => loaded.to_string(),
            "loading_percent" => percent(loaded, total),
            "loading_eta_secs" => (loading.done.since(now).as_secs() + 1).to_string(),
            _ => return None,
        })
    }

    /// Keys that the running child has written, and those that it has to.
    fn saved_keys(&self, now: Time) -> (u64, u64) {
        let Some(snapshot) = &self.snapshot else { return (0, 0) };
        let (passed, whole) =
            (now.since(snapshot.started).as_micros(), snapshot.done.since(snapshot.started).as_micros());
        let saved = u128::from(snapshot.keys) * passed.min(whole) / whole.max(1);
        (saved as u64, snapshot.keys)
    }

    /// What the blocks of the stream cost (`repl_buffer_mem`).
    fn stream_memory(&self) -> u64 {
        let blocks = self.backlog.iter().flat_map(|backlog| backlog.blocks());
        blocks.map(|block| block.capacity() + BLOCK_BYTES).sum()
    }

    /// What they cost beyond the backlog's size is the replicas' doing.
    fn stream_excess(&self) -> u64 {
        let is_shared = self.replicas().next().is_some();
        if is_shared { self.stream_memory().saturating_sub(self.config.repl_backlog_size) } else { 0 }
    }

    fn known_scripts(&self) -> u64 {
        #[cfg(not(target_arch = "wasm32"))]
        return self.scripts.known.len() as u64;
        #[cfg(target_arch = "wasm32")]
        return 0;
    }

    /// How often each command ran. How long it took is not measured: a model has no clock of its own.
    fn info_commands(&self) -> String {
        let line = |(name, stats): (&&str, &CommandStats)| {
            format!(
                "cmdstat_{name}:calls={},usec=0,usec_per_call=0.00,rejected_calls={},failed_calls={}\r\n",
                stats.calls, stats.rejected, stats.failed
            )
        };
        ["# Commandstats\r\n".into()].into_iter().chain(self.stats.commands.iter().map(line)).collect()
    }

    fn info_errors(&self) -> String {
        let lines = self.stats.errors.iter().map(|(code, count)| format!("errorstat_{code}:count={count}\r\n"));
        ["# Errorstats\r\n".into()].into_iter().chain(lines).collect()
    }
}

/// Bytes as people read them (`bytesToHuman`).
fn human(bytes: u64) -> String {
    let scaled = |unit: u32, letter: char| format!("{:.2}{letter}", bytes as f64 / f64::from(unit));
    match bytes {
        0..1024 => format!("{bytes}B"),
        1024..1_048_576 => scaled(1 << 10, 'K'),
        1_048_576..1_073_741_824 => scaled(1 << 20, 'M'),
        _ => scaled(1 << 30, 'G'),
    }
}
