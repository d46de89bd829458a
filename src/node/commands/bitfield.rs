//! BITFIELD: integers of any width within a string.
//!
//! Rule: what an operation cannot hold wraps around, stops at the limit, or is not done, as OVERFLOW says. Mirrors bitops.c
//! (`bitfieldGeneric`, `checkSignedBitfieldOverflow`).

use super::Answer;
use super::strings::STRING_MAX;
use crate::node::call::{Call, CommandError};
use crate::node::keyspace::Entry;
use crate::node::value::Value;
use crate::wire::{Reply, decimal};

const WRONG_TYPE: &str =
    "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";

/// Which bits, and how they are an integer.
#[derive(Clone, Copy)]
struct Field {
    offset: usize,
    bits: u32,
    signed: bool,
}

#[derive(Clone, Copy)]
enum Overflow {
    Wrap,
    Saturate,
    Fail,
}

#[derive(Clone, Copy)]
enum Operation {
    Get,
    Set(i64, Overflow),
    Increase(i64, Overflow),
}

impl Field {
    fn parse(kind: &[u8], offset: &[u8]) -> Result<Field, CommandError> {
        let bits = decimal(kind.get(1..).unwrap_or_default()).unwrap_or(0);
        let (signed, bits) = match (kind.first(), bits) {
            (Some(b'i'), 1..=64) => (true, bits),
            (Some(b'u'), 1..=63) => (false, bits),
            _ => return Err(CommandError::new(WRONG_TYPE)),
        };
        // `#2` is the third field of this width.
        let place = match offset.strip_prefix(b"#") {
            Some(number) => decimal(number).map(|number: i64| number.wrapping_mul(bits)),
            None => decimal(offset),
        };
        let place = place.filter(|place| (0..(STRING_MAX as i64) << 3).contains(place));
        let offset = place.ok_or(CommandError::new("ERR bit offset is not an integer or out of range"))? as usize;
        Ok(Field { offset, bits: bits as u32, signed })
    }

    fn places(self) -> impl Iterator<Item = (usize, u32)> {
        (self.offset..self.offset + self.bits as usize).map(|bit| (bit / 8, 7 - bit as u32 % 8))
    }

    fn read(self, text: &[u8]) -> i64 {
        let bit = |(byte, shift): (usize, u32)| text.get(byte).map_or(0, |byte| i64::from(byte >> shift & 1));
        self.wrap(self.places().fold(0, |sum, place| sum << 1 | bit(place)))
    }

    fn write(self, text: &mut [u8], value: i64) {
        for (n, (byte, shift)) in self.places().enumerate() {
            let bit = (value >> (self.bits as usize - 1 - n) & 1) as u8;
            text[byte] = text[byte] & !(1 << shift) | bit << shift;
        }
    }

    /// The lowest bits, and the sign that they say.
    fn wrap(self, value: i64) -> i64 {
        let unused = 64 - self.bits;
        if self.signed { value << unused >> unused } else { ((value as u64) << unused >> unused) as i64 }
    }

    /// The limit that a sum is beyond, if it is.
    fn limit(self, value: i64, by: i64) -> Option<i64> {
        if !self.signed {
            let max = (1_u64 << self.bits) - 1;
            let value = value as u64;
            let is_over = value > max || (by > 0 && by as u64 > max - value);
            let is_under = by < 0 && by < 0_u64.wrapping_sub(value) as i64;
            return if is_over { Some(max as i64) } else { is_under.then_some(0) };
        }
        let max = i64::MAX >> (64 - self.bits);
        let min = -max - 1;
        // These overflow for a value far outside, and are compared all the same.
        let (room, room_below) = (max.wrapping_sub(value), min.wrapping_sub(value));
        let is_narrow = self.bits < 64;
        if value > max || (by > room && (is_narrow || (value >= 0 && by > 0))) {
            return Some(max);
        }
        let is_under = value < min || (by < room_below && (is_narrow || (value < 0 && by < 0)));
        is_under.then_some(min)
    }

    /// The sum, held as OVERFLOW says; `None`: not at all.
    fn add(self, value: i64, by: i64, overflow: Overflow) -> Option<i64> {
        match (self.limit(value, by), overflow) {
            (Some(_), Overflow::Fail) => None,
            (Some(limit), Overflow::Saturate) => Some(limit),
            _ => Some(self.wrap(value.wrapping_add(by))),
        }
    }
}

/// The operations that the arguments ask for.
fn operations(call: &Call) -> Result<Vec<(Field, Operation)>, CommandError> {
    let (mut operations, mut overflow, mut n) = (vec![], Overflow::Wrap, 2);
    while n < call.args.len() {
        let behind = call.args.len() - n - 1;
        let (name, field) = (call.option(n), || Field::parse(&call.arg(n + 1), &call.arg(n + 2)));
        let (taken, operation) = match name.as_slice() {
            b"GET" if behind >= 2 => (3, (field()?, Operation::Get)),
            b"SET" if behind >= 3 => (4, (field()?, Operation::Set(call.int(n + 3)?, overflow))),
            b"INCRBY" if behind >= 3 => (4, (field()?, Operation::Increase(call.int(n + 3)?, overflow))),
            b"OVERFLOW" if behind >= 1 => {
                overflow = match call.option(n + 1).as_slice() {
                    b"WRAP" => Overflow::Wrap,
                    b"SAT" => Overflow::Saturate,
                    b"FAIL" => Overflow::Fail,
                    _ => return Err(CommandError::new("ERR Invalid OVERFLOW type specified")),
                };
                n += 2;
                continue;
            }
            _ => return Err(CommandError::SYNTAX),
        };
        operations.push(operation);
        n += taken;
    }
    Ok(operations)
}

pub fn bitfield(call: &mut Call) -> Answer {
    let operations = operations(call)?;
    run(call, operations)
}

pub fn bitfield_ro(call: &mut Call) -> Answer {
    let operations = operations(call)?;
    let writes = operations.iter().any(|(_, operation)| !matches!(operation, Operation::Get));
    let key = call.arg(1);
    if writes {
        return Err(CommandError::new("ERR BITFIELD_RO only supports the GET subcommand"));
    }
    call.lookup_string(&key)?;
    run(call, operations)
}

fn run(call: &mut Call, operations: Vec<(Field, Operation)>) -> Answer {
    let key = call.arg(1);
    let old = call.lookup_string(&key)?.cloned();
    let writes = operations.iter().filter(|(_, operation)| !matches!(operation, Operation::Get));
    let room = writes.map(|(field, _)| (field.offset + field.bits as usize - 1) / 8 + 1).max();
    let mut text = old.as_deref().unwrap_or_default().to_vec();
    text.resize(text.len().max(room.unwrap_or(0)), 0);
    let has_grown = old.as_ref().is_none_or(|old| old.len() != text.len());
    let (mut changes, mut replies) = (0, vec![]);
    for (field, operation) in operations {
        let before = field.read(&text);
        let (after, is_set) = match operation {
            Operation::Get => (Some(before), true),
            Operation::Set(value, overflow) => (field.add(value, 0, overflow), true),
            Operation::Increase(by, overflow) => (field.add(before, by, overflow), false),
        };
        if let Some(after) = after
            && !matches!(operation, Operation::Get)
        {
            field.write(&mut text, after);
            changes += u64::from(has_grown || before != after);
        }
        replies.push(after.map_or(Reply::NullBulk, |after| Reply::int(if is_set { before } else { after })));
    }
    if room.is_some() {
        // Room is made even if nothing is written into it; that is no change, and no replica is told.
        let expire_at_ms = call.lookup(&key).and_then(|entry| entry.expire_at_ms);
        call.put(call.db, key, Entry { value: Value::Raw(text.into()), expire_at_ms });
        call.set_changes(changes);
    }
    Ok(Some(Reply::Array(replies)))
}
