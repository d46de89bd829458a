//! The table of settings: each one's name, how it is read and how it is written.
//!
//! Rule: this is the one place that spells the names of the settings that have an effect; `kept.txt` has the others.
//! Mirrors `standardConfigs` (config.c).

use super::config::{Config, ConfigError, DisklessLoad};
use super::io::Addr;
use super::kept::Kept;
use super::limits::set_buffer_limits;
use super::persistence::SavePoint;

/// `CONFIG_REPL_BACKLOG_MIN_SIZE`.
const BACKLOG_MIN_SIZE: u64 = 16 * 1024;

/// One setting: its name, its name before 5.0 where it had another, and how to read and write it.
pub(super) struct Setting {
    pub(super) name: &'static str,
    old_name: &'static str,
    pub(super) get: fn(&Config) -> String,
    set: Set,
}

/// Takes a setting's value over. The error is the second half of Redis' message.
type Set = fn(&mut Config, &str) -> Result<(), String>;

impl Setting {
    /// The setting under each of its names.
    pub(super) fn named(&self) -> impl Iterator<Item = (&'static str, &Setting)> {
        let names = [self.name, self.old_name].into_iter().filter(|name| !name.is_empty());
        names.map(move |name| (name, self))
    }
}

macro_rules! setting {
    ($name:literal $(($old:literal))?, $field:ident, bool) => {
        Setting {
            name: $name,
            old_name: concat!($($old)?),
            get: |c| if c.$field { "yes".into() } else { "no".into() },
            set: |c, v| yes_or_no(v).map(|v| c.$field = v),
        }
    };
    ($name:literal $(($old:literal))?, $field:ident, text) => {
        Setting {
            name: $name,
            old_name: concat!($($old)?),
            get: |c| c.$field.clone(),
            set: |c, v| { c.$field = v.into(); Ok(()) },
        }
    };
    ($name:literal $(($old:literal))?, $field:ident, $min:literal..$max:expr) => {
        Setting {
            name: $name,
            old_name: concat!($($old)?),
            get: |c| c.$field.to_string(),
            set: |c, v| integer(v, $min, $max).map(|v| c.$field = v as _),
        }
    };
    ($name:literal $(($old:literal))?, $field:ident, bytes $min:literal..$max:expr) => {
        Setting {
            name: $name,
            old_name: concat!($($old)?),
            get: |c| c.$field.to_string(),
            set: |c, v| byte_count(v, $min, $max).map(|v| c.$field = v),
        }
    };
    ($name:literal, fixed $value:literal) => {
        Setting {
            name: $name,
            old_name: "",
            get: |_| $value.into(),
            set: |_, v| if v == $value { Ok(()) } else { Err(concat!("replscope only does '", $value, "'").into()) },
        }
    };
}

const INT_MAX: i64 = i32::MAX as i64;

/// The settings that CONFIG GET and CONFIG SET know. `fixed` ones are what replscope always does.
pub(super) const SETTINGS: &[Setting] = &[
    setting!("acllog-max-len", acllog_max_len, 0..i64::MAX),
    setting!("appendonly", fixed "no"),
    Setting {
        name: "client-output-buffer-limit",
        old_name: "",
        get: |c| c.replica_buffer_limit.print(c.kept.get("client-output-buffer-limit").map(String::as_str)),
        set: set_buffer_limits,
    },
    setting!("databases", fixed "16"),
    Setting {
        name: "enable-debug-command",
        old_name: "",
        get: |c| c.enable_debug_command.clone(),
        set: |c, v| one_of(v, &["no", "yes", "local"]).map(|v| c.enable_debug_command = v),
    },
    setting!("hash-max-listpack-entries"("hash-max-ziplist-entries"), hash_max_listpack_entries, 0..i64::MAX),
    setting!("hash-max-listpack-value"("hash-max-ziplist-value"), hash_max_listpack_value, bytes 0..i64::MAX),
    setting!("key-load-delay", key_load_delay_us, -2147483648..INT_MAX),
    setting!("list-compress-depth", list_compress_depth, 0..INT_MAX),
    setting!("list-max-listpack-size"("list-max-ziplist-size"), list_max_listpack_size, -2147483648..INT_MAX),
    setting!("masterauth", masterauth, text),
    setting!("masteruser", masteruser, text),
    setting!("maxmemory", maxmemory, bytes 0..i64::MAX),
    setting!("min-replicas-max-lag"("min-slaves-max-lag"), min_replicas_max_lag_secs, 0..INT_MAX),
    setting!("min-replicas-to-write"("min-slaves-to-write"), min_replicas_to_write, 0..INT_MAX),
    setting!("port", port, 0..65_535),
    setting!("rdb-key-save-delay", rdb_key_save_delay_us, -2147483648..INT_MAX),
    setting!("rdb-del-sync-files", rdb_del_sync_files, bool),
    setting!("rdbchecksum", rdbchecksum, bool),
    setting!("rdbcompression", rdbcompression, bool),
    Setting {
        name: "repl-backlog-size",
        old_name: "",
        get: |c| c.repl_backlog_size.to_string(),
        set: |c, v| byte_count(v, 1, i64::MAX).map(|size| c.repl_backlog_size = size.max(BACKLOG_MIN_SIZE)),
    },
    setting!("repl-backlog-ttl", repl_backlog_ttl_secs, 0..i64::MAX),
    Setting {
        name: "repl-diskless-load",
        old_name: "",
        get: |c| c.repl_diskless_load.name().into(),
        set: |c, v| DisklessLoad::parse(v).map(|load| c.repl_diskless_load = load),
    },
    setting!("repl-diskless-sync", repl_diskless_sync, bool),
    setting!("repl-diskless-sync-delay", repl_diskless_sync_delay_secs, 0..INT_MAX),
    setting!("repl-diskless-sync-max-replicas", repl_diskless_sync_max_replicas, 0..INT_MAX),
    setting!("repl-ping-replica-period"("repl-ping-slave-period"), repl_ping_replica_period_secs, 1..INT_MAX),
    setting!("repl-timeout", repl_timeout_secs, 1..INT_MAX),
    setting!("replica-announce-ip"("slave-announce-ip"), replica_announce_ip, text),
    setting!("replica-announce-port"("slave-announce-port"), replica_announce_port, 0..65_535),
    setting!("replica-announced", replica_announced, bool),
    setting!("replica-ignore-maxmemory"("slave-ignore-maxmemory"), replica_ignore_maxmemory, bool),
    setting!("replica-priority"("slave-priority"), replica_priority, 0..INT_MAX),
    setting!("replica-read-only"("slave-read-only"), replica_read_only, bool),
    setting!("replica-serve-stale-data"("slave-serve-stale-data"), replica_serve_stale_data, bool),
    Setting {
        name: "replicaof",
        old_name: "slaveof",
        get: |c| c.replicaof.as_ref().map(|addr| format!("{} {}", addr.host, addr.port)).unwrap_or_default(),
        set: |c, v| address(v).map(|addr| c.replicaof = addr),
    },
    setting!("requirepass", requirepass, text),
    Setting {
        name: "save",
        old_name: "",
        get: |c| SavePoint::print_all(&c.save),
        set: |c, v| SavePoint::parse_all(v).map(|points| c.save = points),
    },
    setting!("set-max-intset-entries", set_max_intset_entries, 0..i64::MAX),
    setting!("zset-max-listpack-entries"("zset-max-ziplist-entries"), zset_max_listpack_entries, 0..i64::MAX),
    setting!("zset-max-listpack-value"("zset-max-ziplist-value"), zset_max_listpack_value, bytes 0..i64::MAX),
];

/// Settings that cannot be changed while the server runs, or not by CONFIG SET.
const AT_START: [&str; 5] = ["databases", "enable-debug-command", "port", "rdbchecksum", "replicaof"];

/// Settings that may only be changed where `enable-protected-configs` lets (`PROTECTED_CONFIG`).
pub(super) const PROTECTED: [&str; 2] = ["dbfilename", "dir"];

/// Settings that only their very names find (`HIDDEN_CONFIG`).
pub(super) const HIDDEN: [&str; 3] = ["key-load-delay", "loading-process-events-interval-bytes", "rdb-key-save-delay"];

/// A setting that was found by its name.
#[derive(Clone, Copy)]
pub(super) enum Found {
    Setting(&'static Setting),
    Kept(Kept),
}

impl Found {
    pub(super) fn find(name: &str) -> Result<Found, ConfigError> {
        let is_it = |known: &str| !known.is_empty() && known.eq_ignore_ascii_case(name);
        let setting = SETTINGS.iter().find(|setting| is_it(setting.name) || is_it(setting.old_name));
        let found = setting.map(Found::Setting).or_else(|| Kept::find(name).map(Found::Kept));
        found.ok_or_else(|| ConfigError::Unknown { name: name.into() })
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Found::Setting(setting) => setting.name,
            Found::Kept(kept) => kept.name,
        }
    }

    pub(super) fn is_at_start(&self) -> bool {
        match self {
            Found::Setting(setting) => AT_START.contains(&setting.name),
            Found::Kept(kept) => kept.is_fixed,
        }
    }

    pub(super) fn set(&self, config: &mut Config, value: &str) -> Result<(), String> {
        match self {
            Found::Setting(setting) => (setting.set)(config, value),
            Found::Kept(kept) => kept.read(value).map(|value| {
                config.kept.insert(kept.name, value);
            }),
        }
    }
}

pub(super) fn yes_or_no(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("argument must be 'yes' or 'no'".into()),
    }
}

pub(super) fn integer(value: &str, min: i64, max: i64) -> Result<i64, String> {
    let number = crate::wire::decimal(value.as_bytes()).ok_or("argument couldn't be parsed into an integer")?;
    if number < min || number > max {
        return Err(format!("argument must be between {min} and {max} inclusive"));
    }
    Ok(number)
}

fn one_of(value: &str, choices: &[&str]) -> Result<String, String> {
    match choices.iter().find(|choice| choice.eq_ignore_ascii_case(value)) {
        Some(choice) => Ok((*choice).into()),
        None => Err(format!("argument(s) must be one of the following: {}", choices.join(", "))),
    }
}

/// `host port`, or `no one`.
fn address(value: &str) -> Result<Option<Addr>, String> {
    let (host, port) = value.trim().split_once(' ').ok_or("wrong number of arguments")?;
    if host.eq_ignore_ascii_case("no") && port.eq_ignore_ascii_case("one") {
        return Ok(None);
    }
    let port = port.trim().parse().ok().filter(|port| *port > 0);
    port.map(|port| Some(Addr { host: host.into(), port })).ok_or_else(|| "Invalid master port".into())
}

fn byte_count(value: &str, min: u64, max: i64) -> Result<u64, String> {
    let bytes = memory(value).ok_or("argument must be a memory value")?;
    if bytes < min || bytes > max as u64 {
        return Err(format!("argument must be between {min} and {max} inclusive"));
    }
    Ok(bytes)
}

/// A count of bytes with Redis' units: `1mb`, `16kb`, `100` (`memtoull`).
pub fn memory(value: &str) -> Option<u64> {
    let lower = value.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match &lower[digits.len()..] {
        "" | "b" => 1,
        "k" => 1_000,
        "kb" => 1 << 10,
        "m" => 1_000_000,
        "mb" => 1 << 20,
        "g" => 1_000_000_000,
        "gb" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}
