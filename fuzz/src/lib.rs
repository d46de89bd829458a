//! What the fuzz targets share: how bytes are cut, and a node whose host is the fuzzer.
//!
//! Rule: a target is given bytes and nothing else; whatever it decides, it decides by them.

mod cuts;
mod rig;

pub use cuts::cuts;
pub use rig::{Op, Rig, ops, write_op};
