//! Strings as rows of bits: one bit, counts, positions, operations on whole strings.
//!
//! Rule: the first bit is the highest of the first byte. What changes nothing is not propagated. Mirrors bitops.c.

use super::Answer;
use super::int;
use super::string_parts::{is_crossed, replace, window};
use super::strings::STRING_MAX;
use crate::node::call::{Call, CommandError};
use crate::node::keyspace::Entry;
use crate::node::value::Value;
use crate::wire::{Bytes, decimal};

/// The byte and the mask of a bit; the first bit is the highest of the first byte.
fn bit_place(call: &Call) -> Result<(usize, u8), CommandError> {
    let wrong = || CommandError::new("ERR bit offset is not an integer or out of range");
    let offset = decimal(&call.arg(2)).filter(|n| (0..(STRING_MAX as i64) << 3).contains(n)).ok_or_else(wrong)?;
    Ok(((offset >> 3) as usize, 0x80 >> (offset & 7)))
}

pub fn setbit(call: &mut Call) -> Answer {
    let (byte, mask) = bit_place(call)?;
    let wrong = || CommandError::new("ERR bit is not an integer or out of range");
    let on = decimal(&call.arg(3)).filter(|bit| matches!(bit, 0 | 1)).ok_or_else(wrong)? == 1;
    let key = call.arg(1);
    let old = call.lookup_string(&key)?.cloned();
    let was = old.as_ref().and_then(|text| text.get(byte)).copied().unwrap_or(0);
    if (was & mask != 0) != on || old.as_ref().is_none_or(|text| text.len() <= byte) {
        let mut text = old.unwrap_or_default().to_vec();
        text.resize(text.len().max(byte + 1), 0);
        text[byte] = if on { was | mask } else { was & !mask };
        replace(call, key, text);
    } else if let Some(text) = old {
        // What is there was made ready to be changed, though it is not.
        call.modify(&key, &mut |value| *value = Value::Raw(text.clone()));
    }
    int(i64::from(was & mask != 0))
}

pub fn getbit(call: &mut Call) -> Answer {
    let (byte, mask) = bit_place(call)?;
    let key = call.arg(1);
    let text = call.lookup_string(&key)?;
    int(i64::from(text.and_then(|text| text.get(byte)).is_some_and(|byte| byte & mask != 0)))
}

pub fn bitcount(call: &mut Call) -> Answer {
    let key = call.arg(1);
    let Some(text) = call.lookup_string(&key)?.cloned() else {
        return int(0);
    };
    let bits = match call.args.len() {
        2 => 0..text.len() * 8,
        n @ (4 | 5) => {
            let (first, last) = (call.int(2)?, call.int(3)?);
            let unit = match call.option(4).as_slice() {
                // Crossed ends are seen before the unit is looked at.
                _ if n == 4 || is_crossed(first, last) => 8,
                b"BYTE" => 8,
                b"BIT" => 1,
                _ => return Err(CommandError::SYNTAX),
            };
            let units = if is_crossed(first, last) { 0..0 } else { window(first, last, text.len() * 8 / unit) };
            units.start * unit..units.end * unit
        }
        _ => return Err(CommandError::SYNTAX),
    };
    let ones = |n: usize| match text.get(n).copied().unwrap_or(0) {
        byte if bits.start <= n * 8 && n * 8 + 8 <= bits.end => i64::from(byte.count_ones()),
        byte => (0..8).filter(|bit| byte & (0x80 >> bit) != 0 && bits.contains(&(n * 8 + bit))).count() as i64,
    };
    int((bits.start / 8..bits.end.div_ceil(8)).map(ones).sum())
}

pub fn bitpos(call: &mut Call) -> Answer {
    let (key, wanted) = (call.arg(1), call.int(2)?);
    if !matches!(wanted, 0 | 1) {
        return Err(CommandError::new("ERR The bit argument must be 1 or 0."));
    }
    let Some(text) = call.lookup_string(&key)?.cloned() else {
        return int(-wanted);
    };
    let args = call.args.len();
    let (mut bits, mut unit) = (0..text.len() * 8, 8);
    if args > 6 {
        return Err(CommandError::SYNTAX);
    }
    if args > 3 {
        let first = call.int(3)?;
        if args == 6 {
            unit = match call.option(5).as_slice() {
                b"BIT" => 1,
                b"BYTE" => 8,
                _ => return Err(CommandError::SYNTAX),
            };
        }
        let last = if args > 4 { call.int(4)? } else { -1 };
        let units = window(first, last, text.len() * 8 / unit);
        bits = units.start * unit..units.end * unit;
    }
    if bits.is_empty() {
        return int(-1);
    }
    let found = bits.clone().find(|bit| bit_of(&text, *bit) == wanted as u64);
    match found {
        Some(bit) => int(bit as i64),
        // A string goes on with zeros, unless its end was named.
        None if wanted == 0 && args < 5 => int(text.len() as i64 * 8),
        None => int(-1),
    }
}

fn bit_of(text: &[u8], bit: usize) -> u64 {
    text.get(bit / 8).map_or(0, |byte| u64::from(byte >> (7 - bit % 8) & 1))
}

pub fn bitop(call: &mut Call) -> Answer {
    let join: fn(u8, u8) -> u8 = match call.option(1).as_slice() {
        b"AND" => |a, b| a & b,
        b"OR" => |a, b| a | b,
        // One string alone is left as it is.
        b"XOR" if call.args.len() == 4 => |a, _| a,
        b"XOR" => |a, b| a ^ b,
        b"NOT" if call.args.len() == 4 => |a, _| !a,
        b"NOT" => return Err(CommandError::new("ERR BITOP NOT must be called with a single source key.")),
        _ => return Err(CommandError::SYNTAX),
    };
    let mut sources: Vec<Bytes> = vec![];
    for n in 3..call.args.len() {
        sources.push(call.lookup_string(&call.arg(n))?.cloned().unwrap_or_default());
    }
    let len = sources.iter().map(|source| source.len()).max().unwrap_or(0);
    let byte = |source: &Bytes, n: usize| source.get(n).copied().unwrap_or(0);
    let joined = (0..len).map(|n| match &sources[..] {
        [source] => join(byte(source, n), byte(source, n)),
        sources => sources.iter().map(|source| byte(source, n)).reduce(join).unwrap_or(0),
    });
    let (target, joined): (Bytes, Vec<u8>) = (call.arg(2), joined.collect());
    if len > 0 {
        call.lookup(&target);
        call.put(call.db, target, Entry { value: Value::Raw(joined.into()), expire_at_ms: None });
    } else {
        call.delete(&target);
    }
    int(len as i64)
}
