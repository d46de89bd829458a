//! replscope: how Redis replication works, shown by nodes that really replicate.
//!
//! Imports go down only: `view → export → scene → story → sim → node → wire → {time, rng}`.

// The small program that the page starts with leaves rows of tables out; what only they use is not reached then.
#![cfg_attr(not(feature = "complete"), allow(dead_code, unused_imports))]

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
#[cfg(feature = "complete")]
pub mod export;
pub mod measure;
pub mod node;
pub mod rng;
pub mod scene;
pub mod sim;
pub mod story;
pub mod time;
mod vec_map;
#[cfg(feature = "web")]
pub mod view;
pub mod wire;
