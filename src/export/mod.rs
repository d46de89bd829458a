//! A moment or a whole run as something that can be carried away: a picture, a text, a file of packets.
//!
//! Rule: pure. What goes in is what the page shows or a run that was told; what comes out is bytes, the same ones in the
//! page and on the command line. Whatever a run holds may be hostile to the format: each writer quotes by the rules of
//! its own format, and none by leaving something out.
//!
//! - `picture`: a drawing by itself, its style sheet resolved into attributes; `sheet` reads the style sheet, `tree` is
//!   the drawing; `xml` quotes.

mod picture;
mod sheet;
mod tree;
mod xml;

pub use picture::{Backdrop, Colours, Picture, unread_styles};
pub use tree::{Element, Node};
