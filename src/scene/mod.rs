//! The picture of one moment: a pure function of the timeline, the step, what the reader looks at, and the room there is.
//!
//! Rule: everything on screen is read from the world of the step and laid out here, in CSS pixels; the view above only
//! draws it. Nothing here knows a browser, a clock or a colour's value.

pub mod card;
pub mod geometry;
pub mod layout;
pub mod message;
pub mod paint;
pub mod panel;
pub mod stage;
pub mod tape;
pub mod text;
pub mod track;
