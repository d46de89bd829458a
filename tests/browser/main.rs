//! The built page in a real browser: headless Chromium or Firefox, driven over WebDriver, served from under a path.
//!
//! Rule: what the page shows is compared with the model, computed here natively. `cargo xtask test` builds the page and
//! says where it is (`REPLSCOPE_DIST`); a missing page or browser is a failure, never a skip.

// A test that cannot go on stops, and so do the functions it calls.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod addresses;
mod alone;
mod bench;
mod browser;
mod crash;
mod driver;
mod embed;
mod embed_figures;
mod embedder;
mod first_picture;
mod focus;
mod hands;
mod keys;
mod lab;
mod layout;
mod lessons;
mod model;
mod offline;
mod playing;
mod questions;
mod recording;
mod screenshots;
mod server;
mod sharing;
mod single;
mod sites;
mod tabs;
mod themes;
mod views;
mod whole;
mod window;
