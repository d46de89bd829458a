//! The picture of one moment: a pure function of the run, the step, what the reader looks at, and the room there is.
//!
//! Rule: everything on screen is read from the world of the step and laid out here, in CSS pixels; the view above only
//! draws it. Nothing here knows a browser, a clock or a colour's value.
//!
//! - `compose` makes a [`Scene`]; `ledger` remembers what only a whole run tells;
//! - `layout`, `nodes`, `links`, `message`, `card`, `stage`: the stage;
//! - `strip` reads the stream from the world, `tape` lays it out; `track` is the timeline;
//! - `sequence`: the sequence diagram; `chart`: offsets over time; `marks` and `readings` are what they tell;
//! - `wire`, `inside`, `decision` fill the panel's tabs, whose shapes are in `panel`;
//! - `gather` puts many nodes together; `sketch` is a topology without a run; `twigs` lays out the branches of a run;
//! - `past` and `blocks` tell what a node went through and what its backlog is made of;
//! - `geometry`, `text`, `order`, `paint`, `states`, `topology`: what the others share.

#[cfg(feature = "complete")]
mod blocks;
pub mod card;
#[cfg(feature = "complete")]
pub mod chart;
mod compose;
mod decision;
#[cfg(feature = "complete")]
mod gather;
pub mod geometry;
mod inside;
mod layout;
mod ledger;
mod links;
#[cfg(feature = "complete")]
mod marks;
pub mod message;
mod nodes;
pub mod order;
pub mod paint;
pub mod panel;
#[cfg(feature = "complete")]
mod past;
#[cfg(feature = "complete")]
mod readings;
#[cfg(feature = "complete")]
pub mod sequence;
#[cfg(feature = "complete")]
mod sketch;
pub mod stage;
mod states;
mod strip;
pub mod tape;
pub mod text;
mod topology;
pub mod track;
#[cfg(feature = "complete")]
pub mod twigs;
mod wire;

pub use compose::{Focus, Room, Scene, compose, still, track_of};
#[cfg(feature = "complete")]
pub use gather::Spread;
pub use layout::Detail;
pub use ledger::Ledger;
#[cfg(feature = "complete")]
pub use sketch::{Sketch, sketch};
