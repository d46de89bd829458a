//! What can be wrong with a snapshot, and at which byte.

use std::fmt;

/// A snapshot that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RdbError {
    /// Offset in the file.
    pub at: u64,
    pub kind: RdbErrorKind,
}

/// The kinds of faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RdbErrorKind {
    Truncated {
        wanted: u64,
    },
    BadMagic,
    UnsupportedVersion {
        found: String,
    },
    BadLength {
        byte: u8,
    },
    BadLzf,
    /// A value whose inside is wrong.
    BadValue {
        what: &'static str,
    },
    Checksum {
        stored: u64,
        computed: u64,
    },
    /// A kind of value or section that Redis knows and the model does not.
    Unsupported {
        byte: u8,
        name: &'static str,
    },
    UnknownType {
        byte: u8,
    },
    DatabaseOutOfRange {
        number: u64,
    },
    TrailingBytes {
        count: u64,
    },
}

impl RdbError {
    pub fn database_out_of_range(at: u64, number: u64) -> RdbError {
        RdbError { at, kind: RdbErrorKind::DatabaseOutOfRange { number } }
    }
}

impl RdbErrorKind {
    /// What Redis 7.0 calls a type of value, or a section, that the model does not have (rdb.h). A program that was built
    /// without collections has none of those either.
    pub(super) fn not_modelled(byte: u8) -> RdbErrorKind {
        let name = match byte {
            6 => "a module's value (RDB_TYPE_MODULE)",
            7 => "a module's value (RDB_TYPE_MODULE_2)",
            15 => "a stream (RDB_TYPE_STREAM_LISTPACKS)",
            19 => "a stream (RDB_TYPE_STREAM_LISTPACKS_2)",
            20 => "a set of Redis 7.2 (RDB_TYPE_SET_LISTPACK)",
            21 => "a stream of Redis 7.2 (RDB_TYPE_STREAM_LISTPACKS_3)",
            22..=25 => "a hash of Redis 7.4 whose fields expire (RDB_TYPE_HASH_METADATA)",
            0xF5 => "a function library (RDB_OPCODE_FUNCTION2)",
            0xF6 => "a function library (RDB_OPCODE_FUNCTION)",
            0xF7 => "a module's data (RDB_OPCODE_MODULE_AUX)",
            _ => match super::value::collection(byte) {
                Some(name) => name,
                None => return RdbErrorKind::UnknownType { byte },
            },
        };
        RdbErrorKind::Unsupported { byte, name }
    }
}

impl fmt::Display for RdbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: ", self.at)?;
        match &self.kind {
            RdbErrorKind::Truncated { wanted } => {
                write!(f, "the snapshot ends here, {wanted} more bytes were expected")
            }
            RdbErrorKind::BadMagic => write!(f, "not a snapshot: it must begin with REDIS and four digits"),
            RdbErrorKind::UnsupportedVersion { found } => {
                write!(f, "RDB version {found}; versions 1 to {} are read", super::VERSION_MAX)
            }
            RdbErrorKind::BadLength { byte } => write!(f, "{byte:#04x} does not begin a length"),
            RdbErrorKind::BadLzf => write!(f, "a compressed string that cannot be expanded to its length"),
            RdbErrorKind::BadValue { what } => write!(f, "{what}"),
            RdbErrorKind::Checksum { stored, computed } => {
                write!(f, "the checksum is {stored:016x}, the bytes give {computed:016x}")
            }
            RdbErrorKind::Unsupported { byte, name } => {
                write!(f, "{name}, type {byte:#04x}, is not modelled")
            }
            RdbErrorKind::UnknownType { byte } => {
                write!(f, "{byte:#04x} is no type that Redis 7.0 knows")
            }
            RdbErrorKind::DatabaseOutOfRange { number } => {
                write!(f, "database {number} does not exist")
            }
            RdbErrorKind::TrailingBytes { count } => write!(f, "{count} bytes follow the end"),
        }
    }
}

impl std::error::Error for RdbError {}
