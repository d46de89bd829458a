//! A node's settings: Redis' names, Redis' defaults, Redis' rules for what is accepted.
//!
//! Rule: every constant of the protocol that Redis lets an operator change is here, and some that it does not, so that
//! a lesson can scale them down until they fit on a screen. Their names stand in `settings.rs`.
//! Mirrors `redisServer`'s settings (server.h) and `configGetCommand`, `configSetCommand` (config.c).

use super::backlog::BlockSize;
use super::io::Addr;
use super::kept::Kept;
use super::limits::BufferLimit;
use super::persistence::SavePoint;
use super::settings::{Found, HIDDEN, PROTECTED, SETTINGS, Setting};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a node is: nobody's replica, or somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Master,
    Replica,
}

/// Where a replica puts a snapshot that comes without a length while it arrives (`repl-diskless-load`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisklessLoad {
    /// Into a file, which stays behind.
    Disabled,
    /// Straight into its dataset, if that is empty.
    OnEmptyDb,
    /// Straight into a second dataset.
    SwapDb,
}

impl DisklessLoad {
    const ALL: [DisklessLoad; 3] = [DisklessLoad::Disabled, DisklessLoad::OnEmptyDb, DisklessLoad::SwapDb];

    pub(super) fn name(self) -> &'static str {
        match self {
            DisklessLoad::Disabled => "disabled",
            DisklessLoad::OnEmptyDb => "on-empty-db",
            DisklessLoad::SwapDb => "swapdb",
        }
    }

    pub(super) fn parse(text: &str) -> Result<DisklessLoad, String> {
        let found = DisklessLoad::ALL.into_iter().find(|load| load.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| "argument(s) must be one of the following: disabled, on-empty-db, swapdb".into())
    }
}

/// What INFO says of the process: its host knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    pub id: u32,
    pub executable: String,
    /// The redis.conf that it was started with, as a whole path; empty: none.
    pub config_file: String,
}

/// The settings of one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Not a setting.
    pub process: Process,
    pub port: u16,
    /// Where a node that starts as a replica finds its master (`replicaof` in the configuration file).
    pub replicaof: Option<Addr>,
    /// The default user's password; empty: none is wanted.
    pub requirepass: String,
    pub acllog_max_len: u64,
    /// Who may run DEBUG: `no`, `yes` or `local`.
    pub enable_debug_command: String,
    /// Bytes of data above which commands that may add some are refused; 0: no bound.
    pub maxmemory: u64,
    pub replica_ignore_maxmemory: bool,
    pub masteruser: String,
    pub masterauth: String,
    pub replica_announce_ip: String,
    pub replica_announce_port: u16,
    pub replica_announced: bool,
    pub replica_priority: i64,
    pub replica_read_only: bool,
    pub replica_serve_stale_data: bool,
    pub repl_backlog_size: u64,
    pub repl_backlog_ttl_secs: u64,
    pub repl_diskless_sync: bool,
    pub repl_diskless_sync_delay_secs: u64,
    /// So many replicas are waited for no longer than until they are there; 0: the delay is waited for.
    pub repl_diskless_sync_max_replicas: u64,
    pub repl_ping_replica_period_secs: u64,
    pub repl_timeout_secs: u64,
    pub min_replicas_to_write: u64,
    pub min_replicas_max_lag_secs: u64,
    /// Known, and without effect: what Redis compresses in memory looks the same in a snapshot.
    pub list_compress_depth: i64,
    pub list_max_listpack_size: i64,
    pub hash_max_listpack_entries: u64,
    pub hash_max_listpack_value: u64,
    pub rdbcompression: bool,
    pub rdbchecksum: bool,
    pub rdb_del_sync_files: bool,
    pub set_max_intset_entries: u64,
    pub zset_max_listpack_entries: u64,
    pub zset_max_listpack_value: u64,

    /// Users besides the default one, with the rules that make them (`user` in the configuration file).
    pub users: Vec<(String, Vec<String>)>,
    /// The points at which the dataset is saved. Redis' default is `3600 1 300 100 60 10000`, which the command line sets.
    pub save: Vec<SavePoint>,
    /// A child that saves takes so long for each key; negative: so many keys take a microsecond.
    pub rdb_key_save_delay_us: i64,
    /// The same for loading.
    pub key_load_delay_us: i64,
    pub repl_diskless_load: DisklessLoad,
    /// What a replica's connection may hold back.
    pub replica_buffer_limit: BufferLimit,

    /// Settings that are only kept, where they differ from their defaults.
    pub kept: BTreeMap<&'static str, String>,

    /// An element of a list of so many bytes is not packed. Not a setting of Redis: DEBUG QUICKLIST-PACKED-THRESHOLD.
    pub list_plain_min: u64,
    /// How the backlog's blocks are sized. Not a setting of Redis: lessons scale it.
    pub backlog_block: BlockSize,
    /// How long a snapshot takes from the fork until it is on disk, at the least. Redis' own figure depends on the
    /// machine: 20 to 100 ms were measured for a small dataset, because the end is noticed by a 100 ms cron.
    pub snapshot_time: Duration,
    /// How fast a snapshot is written, bytes a second; adds to `snapshot_time`.
    pub snapshot_bytes_per_sec: u64,
    /// How much of a snapshot is handed to a connection at once (`PROTO_IOBUF_LEN`).
    pub snapshot_chunk: u64,
    /// How much a node hands to a replica's connection before it waits for it to leave: the kernel's socket buffer.
    pub socket_buffer: u64,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            process: Process { id: 1, executable: String::new(), config_file: String::new() },
            port: 6379,
            replicaof: None,
            requirepass: String::new(),
            acllog_max_len: 128,
            enable_debug_command: "no".into(),
            maxmemory: 0,
            replica_ignore_maxmemory: true,
            masteruser: String::new(),
            masterauth: String::new(),
            replica_announce_ip: String::new(),
            replica_announce_port: 0,
            replica_announced: true,
            replica_priority: 100,
            replica_read_only: true,
            replica_serve_stale_data: true,
            repl_backlog_size: 1 << 20,
            repl_backlog_ttl_secs: 3600,
            repl_diskless_sync: true,
            repl_diskless_sync_delay_secs: 5,
            repl_diskless_sync_max_replicas: 0,
            repl_ping_replica_period_secs: 10,
            repl_timeout_secs: 60,
            min_replicas_to_write: 0,
            min_replicas_max_lag_secs: 10,
            list_compress_depth: 0,
            list_max_listpack_size: -2,
            hash_max_listpack_entries: 512,
            hash_max_listpack_value: 64,
            rdbcompression: true,
            rdbchecksum: true,
            rdb_del_sync_files: false,
            set_max_intset_entries: 512,
            zset_max_listpack_entries: 128,
            zset_max_listpack_value: 64,
            users: vec![],
            save: vec![],
            rdb_key_save_delay_us: 0,
            key_load_delay_us: 0,
            repl_diskless_load: DisklessLoad::Disabled,
            replica_buffer_limit: BufferLimit { hard: 256 << 20, soft: 64 << 20, soft_secs: 60 },
            kept: BTreeMap::new(),
            list_plain_min: 1 << 30,
            backlog_block: BlockSize::Redis,
            snapshot_time: Duration::from_millis(50),
            snapshot_bytes_per_sec: 100_000_000,
            snapshot_chunk: 16 * 1024,
            socket_buffer: 64 * 1024,
        }
    }
}

impl Config {
    /// What the stream calls a deletion, for a setting that may leave it to the background (`lazyfree-lazy-expire` and
    /// its relatives).
    pub(super) fn deletion(&self, setting: &str) -> &'static [u8] {
        if self.kept.get(setting).is_some_and(|value| value == "yes") { b"UNLINK" } else { b"DEL" }
    }

    /// Names and values of settings (CONFIG GET): for a glob-style pattern all that match, by name; for a name that one,
    /// under the name that was asked for.
    pub fn get(&self, patterns: &[&[u8]]) -> Vec<(String, String)> {
        let is_glob = |p: &[u8]| p.iter().any(|byte| matches!(byte, b'[' | b'*' | b'?'));
        let shown_as = |name: &str| {
            let pattern = patterns.iter().find(|p| super::glob::matches_ignoring_case(p, name.as_bytes()))?;
            if is_glob(pattern) && HIDDEN.contains(&name) {
                return None;
            }
            Some(if is_glob(pattern) { name.into() } else { String::from_utf8_lossy(pattern).into_owned() })
        };
        let mut found: BTreeMap<String, (String, String)> = BTreeMap::new();
        for (name, setting) in SETTINGS.iter().flat_map(Setting::named) {
            if let Some(shown) = shown_as(name) {
                found.entry(name.into()).or_insert_with(|| (shown, (setting.get)(self)));
            }
        }
        for (name, kept) in Kept::all().flat_map(|kept| kept.names().map(move |name| (name, kept))) {
            if let Some(shown) = shown_as(name) {
                let value = self.kept.get(kept.name).map_or(kept.default, String::as_str);
                found.entry(name.into()).or_insert_with(|| (shown, value.into()));
            }
        }
        found.into_values().collect()
    }

    /// Sets what a server is started with (the command line, a lesson's `config`).
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), ConfigError> {
        Found::find(name)?.set(self, value).map_err(|why| ConfigError::Refused { name: name.into(), why })
    }

    /// Changes settings, all or none (CONFIG SET). Names are looked at before values are.
    pub fn set_all(&mut self, pairs: &[(&str, &str)]) -> Result<(), ConfigError> {
        let refused = |name: &str, why: &str| ConfigError::Refused { name: name.into(), why: why.into() };
        let mut found: Vec<(Found, &str)> = vec![];
        for (name, value) in pairs {
            let setting = Found::find(name)?;
            if setting.is_at_start() {
                return Err(refused(name, "can't set immutable config"));
            }
            let is_open = self.kept.get("enable-protected-configs").is_some_and(|value| value != "no");
            if PROTECTED.contains(&setting.name()) && !is_open {
                return Err(refused(name, "can't set protected config"));
            }
            if setting.name() == "dbfilename" && value.contains('/') {
                return Err(refused(name, "dbfilename can't be a path, just a filename"));
            }
            if found.iter().any(|(other, _)| other.name() == setting.name()) {
                return Err(refused(name, "duplicate parameter"));
            }
            found.push((setting, value));
        }
        let mut changed = self.clone();
        for ((setting, value), (name, _)) in found.into_iter().zip(pairs) {
            setting.set(&mut changed, value).map_err(|why| refused(name, &why))?;
        }
        *self = changed;
        Ok(())
    }

    /// A user of the configuration file. The error is Redis' message.
    pub fn add_user(&mut self, name: &str, rules: &[String]) -> Result<(), String> {
        if self.users.iter().any(|(known, _)| known == name) {
            return Err(format!("Duplicate user '{name}' found. A user can only be defined once in config files"));
        }
        let words: Vec<crate::wire::Bytes> = rules.iter().map(|rule| rule.as_bytes().into()).collect();
        super::acl::User::new(self.has_all_channels())
            .apply_all(&words)
            .map_err(|why| String::from_utf8_lossy(&why).into_owned())?;
        self.users.push((name.into(), rules.to_vec()));
        Ok(())
    }

    /// Do new users hear every channel? (`acl-pubsub-default`)
    pub(super) fn has_all_channels(&self) -> bool {
        self.kept.get("acl-pubsub-default").is_some_and(|value| value == "allchannels")
    }

    /// Names and values of the settings in which this differs from another, by name; [`Config::set`] takes them.
    #[cfg(any(feature = "complete", not(target_arch = "wasm32")))]
    pub fn difference(&self, from: &Config) -> BTreeMap<&'static str, String> {
        let kept = self.kept.iter().filter(|(name, value)| from.kept.get(**name) != Some(value));
        let mut found: BTreeMap<&str, String> = kept.map(|(name, value)| (*name, value.clone())).collect();
        for setting in SETTINGS {
            let value = (setting.get)(self);
            if value != (setting.get)(from) || found.contains_key(setting.name) {
                found.insert(setting.name, value);
            }
        }
        found
    }

    /// A setting's own name, by whichever of its names.
    pub fn name_of(name: &str) -> Option<&'static str> {
        Found::find(name).ok().map(|found| found.name())
    }

    /// Is there such a setting?
    pub fn has(name: &str) -> bool {
        Found::find(name).is_ok()
    }

    /// Every name that [`Config::set`] takes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SETTINGS.iter().map(|s| s.name)
    }
}

/// Why a setting was not changed. Displayed as Redis words it, without `ERR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    Unknown { name: String },
    Refused { name: String, why: String },
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ConfigError::Unknown { name } => {
                write!(f, "Unknown option or number of arguments for CONFIG SET - '{name}'")
            }
            ConfigError::Refused { name, why } => {
                write!(f, "CONFIG SET failed (possibly related to argument '{name}') - {why}")
            }
        }
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_accepted_and_refused_as_redis_does() {
        let mut config = Config::default();
        let mut say = |name: &str, value: &str| match config.set(name, value) {
            Ok(()) => config.get(&[name.as_bytes()])[0].1.clone(),
            Err(error) => error.to_string(),
        };
        assert_eq!(say("repl-backlog-size", "32kb"), "32768");
        assert_eq!(say("repl-backlog-size", "1"), "16384");
        assert_eq!(say("slave-read-only", "no"), "no");
        assert_eq!(
            say("replica-read-only", "perhaps"),
            "CONFIG SET failed (possibly related to argument 'replica-read-only') - argument must be 'yes' or 'no'"
        );
        assert_eq!(
            say("repl-timeout", "0"),
            "CONFIG SET failed (possibly related to argument 'repl-timeout') - argument must be between 1 and 2147483647 inclusive"
        );
        assert_eq!(say("nonsense", "1"), "Unknown option or number of arguments for CONFIG SET - 'nonsense'");
    }
}
