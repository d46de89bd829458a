//! replscope: how Redis replication works, shown by nodes that really replicate.
pub mod rng;
pub mod time;
pub mod wire;
