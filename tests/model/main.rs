//! The model, held against the rules of replication: nodes in a simulated network, no server, no browser.

mod first_sync;
mod lessons;
mod recording;
mod recordings;
mod rewrites;
