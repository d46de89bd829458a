//! The model, held against the rules of replication: nodes in a simulated network, no server, no browser.

// A test that cannot go on stops, and so do the functions it calls.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod cluster;
mod exports;
mod first_sync;
mod garbage;
mod growing;
mod invariants;
mod kept_links;
mod laboratory;
mod lesson_texts;
mod lessons;
mod links;
mod many;
mod network;
mod outlook;
mod playback;
mod psync2;
mod questions;
mod recording;
mod recordings;
mod rewrites;
mod timeline;
#[path = "../transcript/mod.rs"]
mod transcript;
mod writing;
