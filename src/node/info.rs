//! INFO, to the letter.
//!
//! Rule: `# Replication` has Redis' fields, in Redis' order, with Redis' text; the page and the tests show and compare it
//! whole. The other sections are made in `info_fields.rs`. Mirrors `genRedisInfoString` (server.c).

use super::replica::LinkState;
use super::{MasterLink, Node, Role};
use crate::time::Time;
use std::fmt::Write;

/// The sections, in order.
const SECTIONS: [&str; 13] = [
    "server",
    "clients",
    "memory",
    "persistence",
    "stats",
    "replication",
    "cpu",
    "modules",
    "commandstats",
    "errorstats",
    "latencystats",
    "cluster",
    "keyspace",
];
/// Those that only INFO ALL shows, or who names them.
const LONG: [&str; 2] = ["commandstats", "latencystats"];

/// A share in percent as `%.2f` prints it, and 0.00 of nothing. Without the machinery of printing floats, which the page
/// would carry for this line alone.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0.00".into();
    }
    let (part, whole) = (u128::from(part) * 10_000, u128::from(whole));
    let (down, rest) = (part / whole, part % whole * 2);
    let hundredths = down + u128::from(rest > whole || (rest == whole && down % 2 == 1));
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

impl Node {
    /// The text of one section, header included; empty for a section that there is not.
    pub fn info(&self, now: Time, section: &str) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = match section {
            "replication" => self.info_replication(now, &mut text),
            "keyspace" => self.info_keyspace(now, &mut text),
            #[cfg(feature = "complete")]
            section => {
                text = self.info_fields(now, section);
                Ok(())
            }
            #[cfg(not(feature = "complete"))]
            _ => Ok(()),
        };
        text
    }

    /// What INFO answers: the named sections, or all; an empty line between two.
    pub(super) fn info_sections(&self, now: Time, wanted: &[String]) -> String {
        let names = |name: &str| wanted.iter().any(|word| word == name);
        let is_all = names("all") || names("everything");
        let is_default = wanted.is_empty() || names("default");
        let is_shown = |name: &&str| is_all || (is_default && !LONG.contains(name)) || names(name);
        let shown = SECTIONS.into_iter().filter(is_shown);
        shown.map(|name| self.info(now, name)).collect::<Vec<_>>().join("\r\n")
    }

    fn info_keyspace(&self, now: Time, text: &mut String) -> std::fmt::Result {
        text.push_str("# Keyspace\r\n");
        for db in (0..self.keyspace.databases()).filter(|db| self.keyspace.len(*db) > 0) {
            let (keys, expires) = (self.keyspace.len(db), self.keyspace.expiring_len(db));
            let ttls =
                self.keyspace.iter(db).filter_map(|(_, entry)| entry.expire_at_ms).map(|at| (at - now.millis()).max(0));
            let avg_ttl = ttls.sum::<i64>().checked_div(expires as i64).unwrap_or(0);
            write!(text, "db{db}:keys={keys},expires={expires},avg_ttl={avg_ttl}\r\n")?;
        }
        Ok(())
    }

    fn info_replication(&self, now: Time, text: &mut String) -> std::fmt::Result {
        let role = if self.role() == Role::Master { "master" } else { "slave" };
        write!(text, "# Replication\r\nrole:{role}\r\n")?;
        if let Some(link) = &self.master {
            self.info_link(link, now, text)?;
        }
        self.info_replicas(now, text)?;
        let history = &self.history;
        let second = history.second_offset.map_or(-1, |offset| offset as i64);
        write!(text, "master_failover_state:{}\r\nmaster_replid:", self.failover_name())?;
        if !self.follows_old_master() {
            write!(text, "{}", history.id)?;
        }
        write!(text, "\r\nmaster_replid2:{}\r\n", history.id2)?;
        write!(text, "master_repl_offset:{}\r\nsecond_repl_offset:{second}\r\n", self.shown_offset(history.offset))?;
        let (active, first, len) =
            self.backlog.as_ref().map_or((0, 0, 0), |b| (1, self.shown_offset(b.first()), b.len()));
        let size = self.config.repl_backlog_size;
        write!(
            text,
            "repl_backlog_active:{active}\r\nrepl_backlog_size:{size}\r\nrepl_backlog_first_byte_offset:{first}\r\nrepl_backlog_histlen:{len}\r\n"
        )
    }

    /// A master that was asked with SYNC says neither an id nor an offset; Redis then counts from -1.
    fn follows_old_master(&self) -> bool {
        self.master.as_ref().is_some_and(|link| link.state == LinkState::Connected && !link.follow.acks)
    }

    /// An offset as INFO and ROLE say it.
    pub(super) fn shown_offset(&self, offset: u64) -> i64 {
        offset as i64 - i64::from(self.follows_old_master())
    }

    fn info_link(&self, link: &MasterLink, now: Time, text: &mut String) -> std::fmt::Result {
        let is_up = link.state == LinkState::Connected;
        let applied = match (is_up, link.cached) {
            (true, _) => self.history.offset,
            (false, Some(cached)) => cached.offset,
            // Redis initializes both offsets with 1 and shows that when it has neither a master nor a cached one.
            (false, None) => 1,
        };
        let read = self.shown_offset(applied + link.unapplied_bytes());
        let applied = self.shown_offset(applied);
        let last_io_secs = now.secs() - link.last_io.secs();
        let syncing = link.transfer.as_ref().filter(|_| link.state == LinkState::Transfer);
        write!(text, "master_host:{}\r\nmaster_port:{}\r\n", link.addr.host, link.addr.port)?;
        write!(text, "master_link_status:{}\r\n", if is_up { "up" } else { "down" })?;
        write!(text, "master_last_io_seconds_ago:{}\r\n", if is_up { last_io_secs } else { -1 })?;
        write!(text, "master_sync_in_progress:{}\r\n", u8::from(syncing.is_some()))?;
        write!(text, "slave_read_repl_offset:{read}\r\nslave_repl_offset:{applied}\r\n")?;
        if let Some(transfer) = syncing {
            // Before the first line the total is -1; for a diskless snapshot it stays 0, and what is left is negative.
            let total = match transfer.end {
                None => -1,
                Some(_) => transfer.total_bytes().unwrap_or(0) as i64,
            };
            let got = transfer.received_bytes() as i64;
            // Nothing of a total of -1 is minus nothing.
            let percent = if total < 0 { "-0.00".into() } else { percent(got as u64, total as u64) };
            write!(
                text,
                "master_sync_total_bytes:{total}\r\nmaster_sync_read_bytes:{got}\r\nmaster_sync_left_bytes:{}\r\n",
                total - got
            )?;
            write!(text, "master_sync_perc:{percent}\r\nmaster_sync_last_io_seconds_ago:{last_io_secs}\r\n")?;
        }
        if !is_up {
            let down_secs = link.down_since.map_or(-1, |since| now.secs() - since.secs());
            write!(text, "master_link_down_since_seconds:{down_secs}\r\n")?;
        }
        let config = &self.config;
        write!(
            text,
            "slave_priority:{}\r\nslave_read_only:{}\r\n",
            config.replica_priority,
            u8::from(config.replica_read_only)
        )?;
        write!(text, "replica_announced:{}\r\n", u8::from(config.replica_announced))
    }

    fn info_replicas(&self, now: Time, text: &mut String) -> std::fmt::Result {
        write!(text, "connected_slaves:{}\r\n", self.replica_order.len())?;
        if self.config.min_replicas_to_write > 0 && self.config.min_replicas_max_lag_secs > 0 {
            write!(text, "min_slaves_good_slaves:{}\r\n", self.good_replicas)?;
        }
        for (n, replica) in self.replicas().enumerate() {
            let lag_secs =
                if replica.state == super::ReplicaState::Online { now.secs() - replica.ack_time.secs() } else { 0 };
            let (ip, port, state) = (&replica.addr.host, replica.addr.port, replica.state.name());
            write!(
                text,
                "slave{n}:ip={ip},port={port},state={state},offset={},lag={lag_secs}\r\n",
                replica.ack_offset
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_is_printed_as_c_does() {
        for (part, whole) in [(0, 7), (1, 8), (3, 8), (1, 3), (2, 3), (7, 7), (1, 800), (3, 800), (12_345, 67_890)] {
            assert_eq!(percent(part, whole), format!("{:.2}", part as f64 / whole as f64 * 100.0), "{part} of {whole}");
        }
        assert_eq!(percent(5, 0), "0.00");
    }
}
