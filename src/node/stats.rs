//! What a node counts, for INFO.
//!
//! Rule: nothing that a node does depends on it. Mirrors `resetServerStats` (server.c) and `incrementErrorCount`.

#[cfg(feature = "complete")]
use std::collections::BTreeMap;

/// Error codes that are told apart; a client that makes them up fills no more.
#[cfg(feature = "complete")]
const CODES_MAX: usize = 128;

/// The counters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    pub connections_received: u64,
    pub commands_processed: u64,
    pub expired_keys: u64,
    pub sync_full: u64,
    pub sync_partial_ok: u64,
    pub sync_partial_err: u64,
    pub keyspace_hits: u64,
    pub keyspace_misses: u64,
    /// Children that wrote a snapshot.
    pub forks: u64,
    /// Bytes of clients, and of links of replication.
    pub net_input: u64,
    pub net_output: u64,
    pub repl_input: u64,
    pub repl_output: u64,
    pub reads: u64,
    pub writes: u64,
    /// By the full name of the command.
    #[cfg(feature = "complete")]
    pub commands: BTreeMap<&'static str, CommandStats>,
    /// Error replies by their code.
    #[cfg(feature = "complete")]
    pub errors: BTreeMap<String, u64>,
}

/// How often one command was called, refused before it ran, and answered with an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommandStats {
    pub calls: u64,
    pub rejected: u64,
    pub failed: u64,
}

impl Stats {
    /// A command ran.
    pub(super) fn called(&mut self, _name: &'static str, _failed: bool) {
        self.commands_processed += 1;
        #[cfg(feature = "complete")]
        {
            let stats = self.commands.entry(_name).or_default();
            stats.calls += 1;
            stats.failed += u64::from(_failed);
        }
    }

    /// A command that there is was refused before it ran.
    pub(super) fn rejected(&mut self, _name: &'static str) {
        #[cfg(feature = "complete")]
        {
            self.commands.entry(_name).or_default().rejected += 1;
        }
    }

    /// An error was answered. Its code is its first word.
    pub(super) fn error(&mut self, _text: &[u8]) {
        #[cfg(feature = "complete")]
        {
            let code = _text.split(|byte| *byte == b' ').next().unwrap_or_default();
            let code = crate::wire::printable(code);
            if self.errors.len() < CODES_MAX || self.errors.contains_key(&code) {
                *self.errors.entry(code).or_default() += 1;
            }
        }
    }
}
