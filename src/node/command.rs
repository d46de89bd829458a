//! The table of commands: name, how many arguments, what kind, who runs it.
//!
//! Rule: what every command has in common is decided from this table, before its handler runs. Arity counts the name; a
//! negative one means at least so many. Mirrors `redisCommandTable` (commands.c) and `lookupCommand` (server.c).

use super::call::{Call, CommandError};
use super::commands::{
    acl, auth, bitfield, bits, clients, connection, dump, expiry, functions, hashes, introspection, keys, lists,
    object, persistence, pubsub, replication, scan, server, set_algebra, sets, sort, sorted_set_algebra,
    sorted_set_pops, sorted_set_ranges, sorted_sets, string_parts, strings, waiting,
};
#[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
use super::script;
use crate::wire::Reply;

/// What a command may do and when it may run (`CMD_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags(u16);

impl Flags {
    pub const WRITE: Flags = Flags(1);
    pub const READONLY: Flags = Flags(2);
    pub const FAST: Flags = Flags(4);
    /// Runs on a replica whose data may be stale although it shall not serve such (`CMD_STALE`).
    pub const STALE: Flags = Flags(8);
    pub const ADMIN: Flags = Flags(16);
    /// May not be queued by MULTI (`CMD_NO_MULTI`).
    pub const NO_MULTI: Flags = Flags(32);
    /// Is not queued by MULTI but runs at once: what opens, closes and leaves a transaction.
    pub const AT_ONCE: Flags = Flags(64);

    /// Runs before the connection has said who it is (`CMD_NO_AUTH`).
    pub const NO_AUTH: Flags = Flags(1 << 12);
    /// Runs on a connection that listens to messages.
    pub const FOR_LISTENERS: Flags = Flags(1 << 13);

    const fn and(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    pub fn has(self, flag: Flags) -> bool {
        self.0 & flag.0 != 0
    }
}

pub(super) type Run = fn(&mut Call) -> Result<Option<Reply>, CommandError>;

/// A row of the table.
pub struct Command {
    /// In lower case.
    pub name: &'static str,
    pub arity: i8,
    pub flags: Flags,
    /// Where the keys are, as COMMAND says: first, last (negative: from the end), step.
    pub keys: (i8, i8, i8),
    /// Of a container such as CONFIG: its rows, named in full, `config|get`.
    pub subcommands: &'static [Command],
    pub(super) run: Run,
}

const fn command(name: &'static str, arity: i8, flags: Flags, keys: (i8, i8, i8), run: Run) -> Command {
    Command { name, arity, flags, keys, subcommands: &[], run }
}

const fn container(row: Command, subcommands: &'static [Command]) -> Command {
    Command { subcommands, ..row }
}

const NO_KEY: (i8, i8, i8) = (0, 0, 0);
const ONE_KEY: (i8, i8, i8) = (1, 1, 1);
const TWO_KEYS: (i8, i8, i8) = (1, 2, 1);
const ALL_KEYS: (i8, i8, i8) = (1, -1, 1);
const WRITE_FAST: Flags = Flags::WRITE.and(Flags::FAST);
const READ_FAST: Flags = Flags::READONLY.and(Flags::FAST);
const ADMIN_STALE: Flags = Flags::ADMIN.and(Flags::STALE);
const STALE_FAST: Flags = Flags::STALE.and(Flags::FAST);
const LISTEN: Flags = Flags::STALE.and(Flags::FOR_LISTENERS);
const ENTRY: Flags = STALE_FAST.and(Flags::NO_AUTH);
const TRANSACTION: Flags = STALE_FAST.and(Flags::AT_ONCE);

static ACL: &[Command] = &[
    command("acl|cat", -2, Flags::STALE, NO_KEY, acl::cat),
    command("acl|deluser", -3, ADMIN_STALE, NO_KEY, acl::deluser),
    command("acl|dryrun", -4, ADMIN_STALE, NO_KEY, acl::dryrun),
    command("acl|genpass", -2, Flags::STALE, NO_KEY, acl::genpass),
    command("acl|getuser", 3, ADMIN_STALE, NO_KEY, acl::getuser),
    command("acl|help", 2, Flags::STALE, NO_KEY, acl::acl_help),
    command("acl|list", 2, ADMIN_STALE, NO_KEY, acl::list),
    command("acl|load", 2, ADMIN_STALE, NO_KEY, acl::no_file),
    command("acl|log", -2, ADMIN_STALE, NO_KEY, acl::log),
    command("acl|save", 2, ADMIN_STALE, NO_KEY, acl::no_file),
    command("acl|setuser", -3, ADMIN_STALE, NO_KEY, acl::setuser),
    command("acl|users", 2, ADMIN_STALE, NO_KEY, acl::users),
    command("acl|whoami", 2, Flags::STALE, NO_KEY, acl::whoami),
];

static CLIENT: &[Command] = &[
    command("client|caching", 3, Flags::STALE, NO_KEY, clients::caching),
    command("client|getname", 2, Flags::STALE, NO_KEY, clients::getname),
    command("client|getredir", 2, Flags::STALE, NO_KEY, clients::getredir),
    command("client|help", 2, Flags::STALE, NO_KEY, clients::client_help),
    command("client|id", 2, Flags::STALE, NO_KEY, clients::id),
    command("client|info", 2, Flags::STALE, NO_KEY, clients::info),
    command("client|kill", -3, ADMIN_STALE, NO_KEY, clients::kill),
    command("client|list", -2, ADMIN_STALE, NO_KEY, clients::list),
    command("client|no-evict", 3, ADMIN_STALE, NO_KEY, clients::no_evict),
    command("client|pause", -3, ADMIN_STALE, NO_KEY, waiting::client_pause),
    command("client|reply", 3, Flags::STALE, NO_KEY, clients::reply),
    command("client|setname", 3, Flags::STALE, NO_KEY, clients::setname),
    command("client|tracking", -3, Flags::STALE, NO_KEY, clients::tracking),
    command("client|trackinginfo", 2, Flags::STALE, NO_KEY, clients::trackinginfo),
    command("client|unblock", -3, ADMIN_STALE, NO_KEY, waiting::client_unblock),
    command("client|unpause", 2, ADMIN_STALE, NO_KEY, waiting::client_unpause),
];

static COMMAND: &[Command] = &[
    command("command|count", 2, Flags::STALE, NO_KEY, introspection::count),
    command("command|docs", -2, Flags::STALE, NO_KEY, introspection::docs),
    command("command|getkeys", -4, Flags::STALE, NO_KEY, introspection::getkeys),
    command("command|getkeysandflags", -4, Flags::STALE, NO_KEY, introspection::getkeysandflags),
    command("command|help", 2, Flags::STALE, NO_KEY, introspection::command_help),
    command("command|info", -2, Flags::STALE, NO_KEY, introspection::info),
    command("command|list", -2, Flags::STALE, NO_KEY, introspection::list),
];

static CONFIG: &[Command] = &[
    command("config|get", -3, ADMIN_STALE, NO_KEY, server::config_get),
    command("config|help", 2, Flags::STALE, NO_KEY, server::config_help),
    command("config|resetstat", 2, ADMIN_STALE, NO_KEY, server::config_resetstat),
    command("config|rewrite", 2, ADMIN_STALE, NO_KEY, server::config_rewrite),
    command("config|set", -4, ADMIN_STALE, NO_KEY, server::config_set),
];

static FUNCTION: &[Command] = &[
    command("function|delete", 3, Flags::WRITE, NO_KEY, functions::delete),
    command("function|flush", -2, Flags::WRITE, NO_KEY, functions::flush),
    command("function|kill", 2, Flags::STALE, NO_KEY, functions::kill),
    command("function|list", -2, Flags(0), NO_KEY, functions::list),
    command("function|load", -3, Flags::WRITE, NO_KEY, functions::load),
    command("function|stats", 2, Flags::STALE, NO_KEY, functions::stats),
];

static MEMORY: &[Command] = &[command("memory|usage", -3, Flags::READONLY, (2, 2, 1), object::memory_usage)];

static OBJECT: &[Command] = &[
    command("object|encoding", 3, Flags::READONLY, (2, 2, 1), object::encoding),
    command("object|freq", 3, Flags::READONLY, (2, 2, 1), object::freq),
    command("object|help", 2, Flags::STALE, NO_KEY, object::help),
    command("object|idletime", 3, Flags::READONLY, (2, 2, 1), object::idletime),
    command("object|refcount", 3, Flags::READONLY, (2, 2, 1), object::refcount),
];

static PUBSUB: &[Command] = &[
    command("pubsub|channels", -2, Flags::STALE, NO_KEY, pubsub::channels),
    command("pubsub|help", 2, Flags::STALE, NO_KEY, pubsub::pubsub_help),
    command("pubsub|numpat", 2, Flags::STALE, NO_KEY, pubsub::numpat),
    command("pubsub|numsub", -2, Flags::STALE, NO_KEY, pubsub::numsub),
    command("pubsub|shardchannels", -2, Flags::STALE, NO_KEY, pubsub::shardchannels),
    command("pubsub|shardnumsub", -2, Flags::STALE, NO_KEY, pubsub::shardnumsub),
];

#[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
static SCRIPT: &[Command] = &[
    command("script|exists", -3, Flags(0), NO_KEY, script::exists),
    command("script|flush", -2, Flags(0), NO_KEY, script::flush),
    command("script|kill", 2, Flags(0), NO_KEY, script::kill),
    command("script|load", 3, Flags::STALE, NO_KEY, script::load),
];

/// Every command, by name.
pub static TABLE: &[Command] = &[
    #[cfg(feature = "complete")]
    container(command("acl", -2, Flags::STALE, NO_KEY, needs_subcommand), ACL),
    #[cfg(feature = "complete")]
    command("append", 3, WRITE_FAST, ONE_KEY, strings::append),
    #[cfg(feature = "complete")]
    command("auth", -2, ENTRY, NO_KEY, auth::auth),
    #[cfg(feature = "complete")]
    command("bgsave", -1, Flags::ADMIN, NO_KEY, persistence::bgsave),
    #[cfg(feature = "complete")]
    command("bitcount", -2, Flags::READONLY, ONE_KEY, bits::bitcount),
    #[cfg(feature = "complete")]
    command("bitfield", -2, Flags::WRITE, ONE_KEY, bitfield::bitfield),
    #[cfg(feature = "complete")]
    command("bitfield_ro", -2, READ_FAST, ONE_KEY, bitfield::bitfield_ro),
    #[cfg(feature = "complete")]
    command("bitop", -4, Flags::WRITE, (2, -1, 1), bits::bitop),
    #[cfg(feature = "complete")]
    command("bitpos", -3, Flags::READONLY, ONE_KEY, bits::bitpos),
    #[cfg(feature = "complete")]
    command("blmove", 6, Flags::WRITE, (1, 2, 1), waiting::blmove),
    #[cfg(feature = "complete")]
    command("blmpop", -5, Flags::WRITE, NO_KEY, waiting::blmpop),
    #[cfg(feature = "complete")]
    command("blpop", -3, Flags::WRITE, (1, -2, 1), waiting::blpop),
    #[cfg(feature = "complete")]
    command("brpop", -3, Flags::WRITE, (1, -2, 1), waiting::brpop),
    #[cfg(feature = "complete")]
    command("brpoplpush", 4, Flags::WRITE, (1, 2, 1), waiting::brpoplpush),
    #[cfg(feature = "complete")]
    command("bzmpop", -5, Flags::WRITE, NO_KEY, sorted_set_pops::bzmpop),
    #[cfg(feature = "complete")]
    command("bzpopmax", -3, WRITE_FAST, (1, -2, 1), sorted_set_pops::bzpopmax),
    #[cfg(feature = "complete")]
    command("bzpopmin", -3, WRITE_FAST, (1, -2, 1), sorted_set_pops::bzpopmin),
    #[cfg(feature = "complete")]
    container(command("client", -2, Flags::STALE, NO_KEY, needs_subcommand), CLIENT),
    #[cfg(feature = "complete")]
    container(command("command", -1, Flags::STALE, NO_KEY, introspection::command), COMMAND),
    #[cfg(feature = "complete")]
    container(command("config", -2, ADMIN_STALE, NO_KEY, needs_subcommand), CONFIG),
    #[cfg(feature = "complete")]
    command("copy", -3, Flags::WRITE, TWO_KEYS, keys::copy),
    #[cfg(feature = "complete")]
    command("dbsize", 1, READ_FAST, NO_KEY, keys::dbsize),
    #[cfg(feature = "complete")]
    command("debug", -2, ADMIN_STALE, NO_KEY, server::debug),
    #[cfg(feature = "complete")]
    command("decr", 2, WRITE_FAST, ONE_KEY, strings::decr),
    #[cfg(feature = "complete")]
    command("decrby", 3, WRITE_FAST, ONE_KEY, strings::decrby),
    command("del", -2, Flags::WRITE, (1, -1, 1), keys::del),
    #[cfg(feature = "complete")]
    command("discard", 1, TRANSACTION, NO_KEY, connection::discard),
    #[cfg(feature = "complete")]
    command("dump", 2, Flags::READONLY, ONE_KEY, dump::dump),
    #[cfg(feature = "complete")]
    command("echo", 2, STALE_FAST, NO_KEY, connection::echo),
    #[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
    command("eval", -3, Flags::STALE, NO_KEY, script::eval),
    #[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
    command("eval_ro", -3, Flags::STALE.and(Flags::READONLY), NO_KEY, script::eval),
    #[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
    command("evalsha", -3, Flags::STALE, NO_KEY, script::evalsha),
    #[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
    command("evalsha_ro", -3, Flags::STALE.and(Flags::READONLY), NO_KEY, script::evalsha),
    #[cfg(feature = "complete")]
    command("exec", 1, Flags::STALE.and(Flags::AT_ONCE), NO_KEY, connection::exec),
    command("exists", -2, READ_FAST, (1, -1, 1), keys::exists),
    command("expire", -3, WRITE_FAST, ONE_KEY, expiry::expire),
    #[cfg(feature = "complete")]
    command("expireat", -3, WRITE_FAST, ONE_KEY, expiry::expireat),
    #[cfg(feature = "complete")]
    command("expiretime", 2, READ_FAST, ONE_KEY, expiry::expiretime),
    #[cfg(feature = "complete")]
    command("failover", -1, ADMIN_STALE, NO_KEY, waiting::failover),
    #[cfg(feature = "complete")]
    command("flushall", -1, Flags::WRITE, NO_KEY, keys::flushall),
    #[cfg(feature = "complete")]
    command("flushdb", -1, Flags::WRITE, NO_KEY, keys::flushdb),
    #[cfg(feature = "complete")]
    container(command("function", -2, Flags(0), NO_KEY, needs_subcommand), FUNCTION),
    command("get", 2, READ_FAST, ONE_KEY, strings::get),
    #[cfg(feature = "complete")]
    command("getbit", 3, READ_FAST, ONE_KEY, bits::getbit),
    #[cfg(feature = "complete")]
    command("getdel", 2, WRITE_FAST, ONE_KEY, strings::getdel),
    #[cfg(feature = "complete")]
    command("getex", -2, WRITE_FAST, ONE_KEY, string_parts::getex),
    #[cfg(feature = "complete")]
    command("getrange", 4, Flags::READONLY, ONE_KEY, string_parts::getrange),
    #[cfg(feature = "complete")]
    command("getset", 3, WRITE_FAST, ONE_KEY, strings::getset),
    #[cfg(feature = "complete")]
    command("hdel", -3, WRITE_FAST, ONE_KEY, hashes::hdel),
    #[cfg(feature = "complete")]
    command("hello", -1, ENTRY, NO_KEY, auth::hello),
    #[cfg(feature = "complete")]
    command("hexists", 3, READ_FAST, ONE_KEY, hashes::hexists),
    #[cfg(feature = "complete")]
    command("hget", 3, READ_FAST, ONE_KEY, hashes::hget),
    #[cfg(feature = "complete")]
    command("hgetall", 2, Flags::READONLY, ONE_KEY, hashes::hgetall),
    #[cfg(feature = "complete")]
    command("hincrby", 4, WRITE_FAST, ONE_KEY, hashes::hincrby),
    #[cfg(feature = "complete")]
    command("hincrbyfloat", 4, WRITE_FAST, ONE_KEY, hashes::hincrbyfloat),
    #[cfg(feature = "complete")]
    command("hkeys", 2, Flags::READONLY, ONE_KEY, hashes::hkeys),
    #[cfg(feature = "complete")]
    command("hlen", 2, READ_FAST, ONE_KEY, hashes::hlen),
    #[cfg(feature = "complete")]
    command("hmget", -3, READ_FAST, ONE_KEY, hashes::hmget),
    #[cfg(feature = "complete")]
    command("hmset", -4, WRITE_FAST, ONE_KEY, hashes::hmset),
    #[cfg(feature = "complete")]
    command("hrandfield", -2, Flags::READONLY, ONE_KEY, hashes::hrandfield),
    #[cfg(feature = "complete")]
    command("hscan", -3, Flags::READONLY, ONE_KEY, scan::hscan),
    #[cfg(feature = "complete")]
    command("hset", -4, WRITE_FAST, ONE_KEY, hashes::hset),
    #[cfg(feature = "complete")]
    command("hsetnx", 4, WRITE_FAST, ONE_KEY, hashes::hsetnx),
    #[cfg(feature = "complete")]
    command("hstrlen", 3, READ_FAST, ONE_KEY, hashes::hstrlen),
    #[cfg(feature = "complete")]
    command("hvals", 2, Flags::READONLY, ONE_KEY, hashes::hvals),
    command("incr", 2, WRITE_FAST, ONE_KEY, strings::incr),
    #[cfg(feature = "complete")]
    command("incrby", 3, WRITE_FAST, ONE_KEY, strings::incrby),
    #[cfg(feature = "complete")]
    command("incrbyfloat", 3, WRITE_FAST, ONE_KEY, strings::incrbyfloat),
    #[cfg(feature = "complete")]
    command("info", -1, Flags::STALE, NO_KEY, server::info),
    #[cfg(feature = "complete")]
    command("keys", 2, Flags::READONLY, NO_KEY, keys::keys),
    #[cfg(feature = "complete")]
    command("lastsave", 1, STALE_FAST, NO_KEY, persistence::lastsave),
    #[cfg(feature = "complete")]
    command("lindex", 3, Flags::READONLY, ONE_KEY, lists::lindex),
    #[cfg(feature = "complete")]
    command("linsert", 5, Flags::WRITE, ONE_KEY, lists::linsert),
    #[cfg(feature = "complete")]
    command("llen", 2, READ_FAST, ONE_KEY, lists::llen),
    #[cfg(feature = "complete")]
    command("lmove", 5, Flags::WRITE, (1, 2, 1), lists::lmove),
    #[cfg(feature = "complete")]
    command("lmpop", -4, Flags::WRITE, NO_KEY, lists::lmpop),
    #[cfg(feature = "complete")]
    command("lpop", -2, WRITE_FAST, ONE_KEY, lists::lpop),
    #[cfg(feature = "complete")]
    command("lpos", -3, Flags::READONLY, ONE_KEY, lists::lpos),
    #[cfg(feature = "complete")]
    command("lpush", -3, WRITE_FAST, ONE_KEY, lists::lpush),
    #[cfg(feature = "complete")]
    command("lpushx", -3, WRITE_FAST, ONE_KEY, lists::lpushx),
    #[cfg(feature = "complete")]
    command("lrange", 4, Flags::READONLY, ONE_KEY, lists::lrange),
    #[cfg(feature = "complete")]
    command("lrem", 4, Flags::WRITE, ONE_KEY, lists::lrem),
    #[cfg(feature = "complete")]
    command("lset", 4, Flags::WRITE, ONE_KEY, lists::lset),
    #[cfg(feature = "complete")]
    command("ltrim", 4, Flags::WRITE, ONE_KEY, lists::ltrim),
    #[cfg(feature = "complete")]
    container(command("memory", -2, Flags(0), NO_KEY, needs_subcommand), MEMORY),
    #[cfg(feature = "complete")]
    command("mget", -2, READ_FAST, (1, -1, 1), string_parts::mget),
    #[cfg(feature = "complete")]
    command("move", 3, WRITE_FAST, ONE_KEY, keys::move_),
    #[cfg(feature = "complete")]
    command("mset", -3, Flags::WRITE, (1, -1, 2), strings::mset),
    #[cfg(feature = "complete")]
    command("msetnx", -3, Flags::WRITE, (1, -1, 2), string_parts::msetnx),
    #[cfg(feature = "complete")]
    command("multi", 1, TRANSACTION, NO_KEY, connection::multi),
    #[cfg(feature = "complete")]
    container(command("object", -2, Flags(0), NO_KEY, needs_subcommand), OBJECT),
    #[cfg(feature = "complete")]
    command("persist", 2, WRITE_FAST, ONE_KEY, expiry::persist),
    command("pexpire", -3, WRITE_FAST, ONE_KEY, expiry::pexpire),
    command("pexpireat", -3, WRITE_FAST, ONE_KEY, expiry::pexpireat),
    #[cfg(feature = "complete")]
    command("pexpiretime", 2, READ_FAST, ONE_KEY, expiry::pexpiretime),
    command("ping", -1, Flags::FAST.and(Flags::FOR_LISTENERS), NO_KEY, connection::ping),
    #[cfg(feature = "complete")]
    command("psetex", 4, Flags::WRITE, ONE_KEY, strings::psetex),
    #[cfg(feature = "complete")]
    command("psubscribe", -2, LISTEN, NO_KEY, pubsub::psubscribe),
    command("psync", -3, Flags::ADMIN.and(Flags::NO_MULTI), NO_KEY, super::psync::sync),
    command("pttl", 2, READ_FAST, ONE_KEY, expiry::pttl),
    #[cfg(feature = "complete")]
    command("publish", 3, STALE_FAST, NO_KEY, pubsub::publish),
    #[cfg(feature = "complete")]
    container(command("pubsub", -2, Flags::STALE, NO_KEY, needs_subcommand), PUBSUB),
    #[cfg(feature = "complete")]
    command("punsubscribe", -1, LISTEN, NO_KEY, pubsub::punsubscribe),
    #[cfg(feature = "complete")]
    command("quit", -1, TRANSACTION.and(Flags::NO_AUTH).and(Flags::FOR_LISTENERS), NO_KEY, connection::quit),
    #[cfg(feature = "complete")]
    command("randomkey", 1, Flags::READONLY, NO_KEY, keys::randomkey),
    #[cfg(feature = "complete")]
    command("rename", 3, Flags::WRITE, (1, 2, 1), keys::rename),
    #[cfg(feature = "complete")]
    command("renamenx", 3, WRITE_FAST, TWO_KEYS, keys::renamenx),
    command("replconf", -1, ADMIN_STALE, NO_KEY, replication::replconf),
    command("replicaof", 3, ADMIN_STALE, NO_KEY, replication::replicaof),
    #[cfg(feature = "complete")]
    command("reset", 1, TRANSACTION.and(Flags::NO_AUTH).and(Flags::FOR_LISTENERS), NO_KEY, auth::reset),
    #[cfg(feature = "complete")]
    command("restore", -4, Flags::WRITE, ONE_KEY, dump::restore),
    #[cfg(feature = "complete")]
    command("role", 1, STALE_FAST, NO_KEY, replication::role),
    #[cfg(feature = "complete")]
    command("rpop", -2, WRITE_FAST, ONE_KEY, lists::rpop),
    #[cfg(feature = "complete")]
    command("rpoplpush", 3, Flags::WRITE, (1, 2, 1), lists::rpoplpush),
    #[cfg(feature = "complete")]
    command("rpush", -3, WRITE_FAST, ONE_KEY, lists::rpush),
    #[cfg(feature = "complete")]
    command("rpushx", -3, WRITE_FAST, ONE_KEY, lists::rpushx),
    #[cfg(feature = "complete")]
    command("sadd", -3, WRITE_FAST, ONE_KEY, sets::sadd),
    #[cfg(feature = "complete")]
    command("save", 1, Flags::ADMIN.and(Flags::NO_MULTI), NO_KEY, persistence::save),
    #[cfg(feature = "complete")]
    command("scan", -2, Flags::READONLY, NO_KEY, scan::scan),
    #[cfg(feature = "complete")]
    command("scard", 2, READ_FAST, ONE_KEY, sets::scard),
    #[cfg(all(feature = "complete", not(target_arch = "wasm32")))]
    container(command("script", -2, Flags(0), NO_KEY, needs_subcommand), SCRIPT),
    #[cfg(feature = "complete")]
    command("sdiff", -2, Flags::READONLY, ALL_KEYS, set_algebra::sdiff),
    #[cfg(feature = "complete")]
    command("sdiffstore", -3, Flags::WRITE, ALL_KEYS, set_algebra::sdiffstore),
    command("select", 2, STALE_FAST, NO_KEY, connection::select),
    command("set", -3, Flags::WRITE, ONE_KEY, strings::set),
    #[cfg(feature = "complete")]
    command("setbit", 4, Flags::WRITE, ONE_KEY, bits::setbit),
    #[cfg(feature = "complete")]
    command("setex", 4, Flags::WRITE, ONE_KEY, strings::setex),
    command("setnx", 3, WRITE_FAST, ONE_KEY, strings::setnx),
    #[cfg(feature = "complete")]
    command("setrange", 4, Flags::WRITE, ONE_KEY, string_parts::setrange),
    #[cfg(feature = "complete")]
    command("shutdown", -1, ADMIN_STALE.and(Flags::NO_MULTI), NO_KEY, waiting::shutdown),
    #[cfg(feature = "complete")]
    command("sinter", -2, Flags::READONLY, ALL_KEYS, set_algebra::sinter),
    #[cfg(feature = "complete")]
    command("sintercard", -3, Flags::READONLY, NO_KEY, set_algebra::sintercard),
    #[cfg(feature = "complete")]
    command("sinterstore", -3, Flags::WRITE, ALL_KEYS, set_algebra::sinterstore),
    #[cfg(feature = "complete")]
    command("sismember", 3, READ_FAST, ONE_KEY, sets::sismember),
    command("slaveof", 3, ADMIN_STALE, NO_KEY, replication::replicaof),
    #[cfg(feature = "complete")]
    command("smembers", 2, Flags::READONLY, ONE_KEY, set_algebra::sinter),
    #[cfg(feature = "complete")]
    command("smismember", -3, READ_FAST, ONE_KEY, sets::smismember),
    #[cfg(feature = "complete")]
    command("smove", 4, WRITE_FAST, TWO_KEYS, sets::smove),
    #[cfg(feature = "complete")]
    command("sort", -2, Flags::WRITE, ONE_KEY, sort::sort),
    #[cfg(feature = "complete")]
    command("sort_ro", -2, Flags::READONLY, ONE_KEY, sort::sort_ro),
    #[cfg(feature = "complete")]
    command("spop", -2, WRITE_FAST, ONE_KEY, sets::spop),
    #[cfg(feature = "complete")]
    command("spublish", 3, STALE_FAST, ONE_KEY, pubsub::spublish),
    #[cfg(feature = "complete")]
    command("srandmember", -2, Flags::READONLY, ONE_KEY, sets::srandmember),
    #[cfg(feature = "complete")]
    command("srem", -3, WRITE_FAST, ONE_KEY, sets::srem),
    #[cfg(feature = "complete")]
    command("sscan", -3, Flags::READONLY, ONE_KEY, scan::sscan),
    #[cfg(feature = "complete")]
    command("ssubscribe", -2, LISTEN, ALL_KEYS, pubsub::ssubscribe),
    #[cfg(feature = "complete")]
    command("strlen", 2, READ_FAST, ONE_KEY, strings::strlen),
    #[cfg(feature = "complete")]
    command("subscribe", -2, LISTEN, NO_KEY, pubsub::subscribe),
    #[cfg(feature = "complete")]
    command("substr", 4, Flags::READONLY, ONE_KEY, string_parts::getrange),
    #[cfg(feature = "complete")]
    command("sunion", -2, Flags::READONLY, ALL_KEYS, set_algebra::sunion),
    #[cfg(feature = "complete")]
    command("sunionstore", -3, Flags::WRITE, ALL_KEYS, set_algebra::sunionstore),
    #[cfg(feature = "complete")]
    command("sunsubscribe", -1, LISTEN, ALL_KEYS, pubsub::sunsubscribe),
    #[cfg(feature = "complete")]
    command("swapdb", 3, WRITE_FAST, NO_KEY, keys::swapdb),
    command("sync", 1, Flags::ADMIN.and(Flags::NO_MULTI), NO_KEY, super::psync::sync),
    #[cfg(feature = "complete")]
    command("time", 1, STALE_FAST, NO_KEY, server::time),
    #[cfg(feature = "complete")]
    command("touch", -2, READ_FAST, ALL_KEYS, keys::exists),
    command("ttl", 2, READ_FAST, ONE_KEY, expiry::ttl),
    #[cfg(feature = "complete")]
    command("type", 2, READ_FAST, ONE_KEY, keys::type_),
    command("unlink", -2, WRITE_FAST, (1, -1, 1), keys::del),
    #[cfg(feature = "complete")]
    command("unsubscribe", -1, LISTEN, NO_KEY, pubsub::unsubscribe),
    #[cfg(feature = "complete")]
    command("unwatch", 1, STALE_FAST, NO_KEY, connection::unwatch),
    #[cfg(feature = "complete")]
    command("wait", 3, Flags::FAST, NO_KEY, waiting::wait),
    #[cfg(feature = "complete")]
    command("watch", -2, TRANSACTION, (1, -1, 1), connection::watch),
    #[cfg(feature = "complete")]
    command("zadd", -4, WRITE_FAST, ONE_KEY, sorted_sets::zadd),
    #[cfg(feature = "complete")]
    command("zcard", 2, READ_FAST, ONE_KEY, sorted_sets::zcard),
    #[cfg(feature = "complete")]
    command("zcount", 4, READ_FAST, ONE_KEY, sorted_set_ranges::zcount),
    #[cfg(feature = "complete")]
    command("zdiff", -3, Flags::READONLY, NO_KEY, sorted_set_algebra::zdiff),
    #[cfg(feature = "complete")]
    command("zdiffstore", -4, Flags::WRITE, ONE_KEY, sorted_set_algebra::zdiffstore),
    #[cfg(feature = "complete")]
    command("zincrby", 4, WRITE_FAST, ONE_KEY, sorted_sets::zincrby),
    #[cfg(feature = "complete")]
    command("zinter", -3, Flags::READONLY, NO_KEY, sorted_set_algebra::zinter),
    #[cfg(feature = "complete")]
    command("zintercard", -3, Flags::READONLY, NO_KEY, sorted_set_algebra::zintercard),
    #[cfg(feature = "complete")]
    command("zinterstore", -4, Flags::WRITE, ONE_KEY, sorted_set_algebra::zinterstore),
    #[cfg(feature = "complete")]
    command("zlexcount", 4, READ_FAST, ONE_KEY, sorted_set_ranges::zlexcount),
    #[cfg(feature = "complete")]
    command("zmpop", -4, Flags::WRITE, NO_KEY, sorted_set_pops::zmpop),
    #[cfg(feature = "complete")]
    command("zmscore", -3, READ_FAST, ONE_KEY, sorted_sets::zmscore),
    #[cfg(feature = "complete")]
    command("zpopmax", -2, WRITE_FAST, ONE_KEY, sorted_set_pops::zpopmax),
    #[cfg(feature = "complete")]
    command("zpopmin", -2, WRITE_FAST, ONE_KEY, sorted_set_pops::zpopmin),
    #[cfg(feature = "complete")]
    command("zrandmember", -2, Flags::READONLY, ONE_KEY, sorted_sets::zrandmember),
    #[cfg(feature = "complete")]
    command("zrange", -4, Flags::READONLY, ONE_KEY, sorted_set_ranges::zrange),
    #[cfg(feature = "complete")]
    command("zrangebylex", -4, Flags::READONLY, ONE_KEY, sorted_set_ranges::zrangebylex),
    #[cfg(feature = "complete")]
    command("zrangebyscore", -4, Flags::READONLY, ONE_KEY, sorted_set_ranges::zrangebyscore),
    #[cfg(feature = "complete")]
    command("zrangestore", -5, Flags::WRITE, TWO_KEYS, sorted_set_ranges::zrangestore),
    #[cfg(feature = "complete")]
    command("zrank", 3, READ_FAST, ONE_KEY, sorted_sets::zrank),
    #[cfg(feature = "complete")]
    command("zrem", -3, WRITE_FAST, ONE_KEY, sorted_sets::zrem),
    #[cfg(feature = "complete")]
    command("zremrangebylex", 4, Flags::WRITE, ONE_KEY, sorted_set_ranges::zremrangebylex),
    #[cfg(feature = "complete")]
    command("zremrangebyrank", 4, Flags::WRITE, ONE_KEY, sorted_set_ranges::zremrangebyrank),
    #[cfg(feature = "complete")]
    command("zremrangebyscore", 4, Flags::WRITE, ONE_KEY, sorted_set_ranges::zremrangebyscore),
    #[cfg(feature = "complete")]
    command("zrevrange", -4, Flags::READONLY, ONE_KEY, sorted_set_ranges::zrevrange),
    #[cfg(feature = "complete")]
    command("zrevrangebylex", -4, Flags::READONLY, ONE_KEY, sorted_set_ranges::zrevrangebylex),
    #[cfg(feature = "complete")]
    command("zrevrangebyscore", -4, Flags::READONLY, ONE_KEY, sorted_set_ranges::zrevrangebyscore),
    #[cfg(feature = "complete")]
    command("zrevrank", 3, READ_FAST, ONE_KEY, sorted_sets::zrevrank),
    #[cfg(feature = "complete")]
    command("zscan", -3, Flags::READONLY, ONE_KEY, scan::zscan),
    #[cfg(feature = "complete")]
    command("zscore", 3, READ_FAST, ONE_KEY, sorted_sets::zscore),
    #[cfg(feature = "complete")]
    command("zunion", -3, Flags::READONLY, NO_KEY, sorted_set_algebra::zunion),
    #[cfg(feature = "complete")]
    command("zunionstore", -4, Flags::WRITE, ONE_KEY, sorted_set_algebra::zunionstore),
];

/// CLIENT or CONFIG alone: their arity has refused it.
fn needs_subcommand(_: &mut Call) -> Result<Option<Reply>, CommandError> {
    Err(CommandError::SYNTAX)
}

/// The row of a command, whatever the case of its name.
pub fn find(name: &[u8]) -> Option<&'static Command> {
    let lower = name.to_ascii_lowercase();
    TABLE.binary_search_by(|row| row.name.as_bytes().cmp(&lower)).ok().and_then(|n| TABLE.get(n))
}

/// A row is told by its name.
impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Command {
    /// The row of a container's subcommand, whatever the case of its name.
    pub fn find_subcommand(&self, name: &[u8]) -> Option<&'static Command> {
        self.subcommands
            .iter()
            .find(|row| row.name.split_once('|').is_some_and(|(_, sub)| name.eq_ignore_ascii_case(sub.as_bytes())))
    }

    /// Is this a possible number of arguments, the name among them?
    pub fn accepts(&self, args: usize) -> bool {
        let least = usize::from(self.arity.unsigned_abs());
        if self.arity < 0 { args >= least } else { args == least }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(TABLE.is_sorted_by(|a, b| a.name < b.name));
        assert!(find(b"PsYnC").is_some_and(|row| row.accepts(3) && !row.accepts(2)));
        assert!(find(b"nosuch").is_none());
    }
}
