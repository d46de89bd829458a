//! Snapshots: the RDB file format, version 10.
//!
//! Rule: the reader yields items with the bytes they were read from and stops at the first thing it cannot be sure of;
//! the writer writes what Redis 7.0.15 would. Mirrors rdb.c.
//!
//! - `reader` with `cursor`: bytes to items; `error`: what can be wrong with them; `fields`: bytes explained;
//! - `writer` with `encode`: items to bytes;
//! - `payload`: one value by itself, as DUMP and RESTORE have it;
//! - `value`: the values, written; `collections`: read.

#[cfg(feature = "complete")]
mod collections;
mod cursor;
mod encode;
mod error;
mod fields;
mod payload;
mod reader;
mod value;
mod writer;

pub use error::{RdbError, RdbErrorKind};
pub(super) use fields::fields;
pub use payload::{PayloadError, dump, restore};
pub use reader::Reader;
pub use value::{ListNode, Value};
pub use writer::Writer;

use super::Bytes;

/// What a file consists of.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A named fact about the file.
    Aux {
        key: Bytes,
        value: Bytes,
    },
    /// What follows is in this database.
    SelectDb(u64),
    /// How many keys, and keys with expiry, follow.
    ResizeDb {
        keys: u64,
        expires: u64,
    },
    Entry {
        key: Bytes,
        value: Value,
        expire_at_ms: Option<i64>,
    },
    /// The end, with the checksum found there (0: none).
    End {
        checksum: u64,
    },
}

/// The version that Redis 7.0 writes, and the last that it reads.
const VERSION_MAX: u32 = 10;

/// The first version that ends with a checksum.
const VERSION_WITH_CHECKSUM: u32 = 5;

/// Bytes that stand where the type of a key's value could, and announce something else (`RDB_OPCODE_…`, rdb.h).
mod opcode {
    pub const IDLE: u8 = 0xF8;
    pub const FREQ: u8 = 0xF9;
    pub const AUX: u8 = 0xFA;
    pub const RESIZE_DB: u8 = 0xFB;
    pub const EXPIRE_MS: u8 = 0xFC;
    pub const EXPIRE_SECS: u8 = 0xFD;
    pub const SELECT_DB: u8 = 0xFE;
    pub const EOF: u8 = 0xFF;
}
