//! The model, held against the rules of replication: nodes in a simulated network, no server, no browser.

// A test that cannot go on stops, and so do the functions it calls.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod cluster;
mod first_sync;
mod invariants;
mod lessons;
mod network;
mod recording;
mod recordings;
mod rewrites;
