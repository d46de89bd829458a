//! What was said on a connection, as lines of text in which only that is replaced which no two runs share.
//!
//! Rule: replaced are replication ids and the marks of diskless snapshots (numbered as they appear), whole seconds in
//! INFO, the time and the memory in a snapshot, the order of its keys, and the order of the elements of values whose
//! encoding has none. Where the pieces of a connection were cut does not matter; every other byte does.

mod ids;
mod seconds;
mod snapshot;
mod wire;

pub use ids::number_ids;
pub use seconds::without_seconds;
pub use wire::{Line, said_by_master, said_by_replica};
