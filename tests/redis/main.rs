//! The model against a real Redis: `replscope node` and `redis-server` 7.0.15 on the sockets of this machine.
//!
//! Rule: a real server is the oracle. Whatever can be compared byte by byte is; nothing is skipped. Every test has its
//! own processes, ports and directories, and waits for a state with a deadline, never for a time.

// A test that cannot go on stops, and so do the functions it calls.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod bench;
mod chain;
mod client;
mod command_line;
mod conformance;
mod dataset;
mod fields;
mod follow;
mod full;
mod garbage;
mod handshake;
mod network;
mod partial;
mod psync2;
mod random_commands;
mod random_lists;
mod record;
mod redis_cli;
mod replies;
mod server;
mod snapshots;
#[path = "../transcript/mod.rs"]
mod transcript;
mod values;
mod wait;
