//! Writing a snapshot. Mirrors `rdbSaveRio` and `rdbSaveKeyValuePair` (rdb.c).

use super::length::{push_length, push_string};
use super::{VERSION_MAX, opcode};
use crate::wire::crc64;

/// Writes a file from front to end; the caller keeps Redis' order of sections.
#[derive(Clone, Debug)]
pub struct Writer {
    out: Vec<u8>,
}

impl Default for Writer {
    fn default() -> Writer {
        Writer::new()
    }
}

impl Writer {
    pub fn new() -> Writer {
        Writer {
            out: format!("REDIS{VERSION_MAX:04}").into_bytes(),
        }
    }

    pub fn aux(&mut self, key: &[u8], value: &[u8]) {
        self.out.push(opcode::AUX);
        push_string(&mut self.out, key);
        push_string(&mut self.out, value);
    }

    pub fn select_db(&mut self, number: u64) {
        self.out.push(opcode::SELECT_DB);
        push_length(&mut self.out, number);
    }

    pub fn resize_db(&mut self, keys: u64, expires: u64) {
        self.out.push(opcode::RESIZE_DB);
        push_length(&mut self.out, keys);
        push_length(&mut self.out, expires);
    }

    pub fn string(&mut self, key: &[u8], value: &[u8], expire_at_ms: Option<i64>) {
        if let Some(at) = expire_at_ms {
            self.out.push(opcode::EXPIRE_MS);
            self.out.extend_from_slice(&at.to_le_bytes());
        }
        self.out.push(0);
        push_string(&mut self.out, key);
        push_string(&mut self.out, value);
    }

    /// The whole file, with its checksum.
    pub fn finish(mut self) -> Vec<u8> {
        self.out.push(opcode::EOF);
        let checksum = crc64(0, &self.out);
        self.out.extend_from_slice(&checksum.to_le_bytes());
        self.out
    }
}
