//! The page, rendered to text without a browser: names for those who hear it, places for those who test it, and a style
//! sheet whose colours can be told apart.

// A test that cannot go on stops, and so do the functions it calls.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod contrast;
mod decisions;
mod export;
mod html;
mod names;
mod pictures;
mod render;
mod sequence;
mod snapshots;
