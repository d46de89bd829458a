//! A moment or a whole run as something that can be carried away: a picture, a text, a file of packets.
//!
//! Rule: pure. What goes in is what the page shows or a run that was told; what comes out is bytes, the same ones in the
//! page and on the command line. Whatever a run holds may be hostile to the format: each writer quotes by the rules of
//! its own format, and none by leaving something out.
//!
//! - `format`: what there is;
//! - `picture`: a drawing by itself, its style sheet resolved into attributes; `sheet` reads the style sheet, `tree` is
//!   the drawing; `xml` quotes;
//! - `steps` tells a run; `markdown`, `csv`, `json`, `mermaid` and `handout` write it; `clock`: its moments;
//! - `pcap`: the wire, for Wireshark;
//! - `qr`: a link for a lecture hall.

mod clock;
mod csv;
mod format;
mod handout;
mod json;
mod markdown;
mod mermaid;
mod pcap;
mod picture;
mod qr;
mod sheet;
mod steps;
mod tree;
mod xml;

pub use csv::csv;
pub use format::Format;
pub use handout::handout;
pub use json::json;
pub use markdown::markdown;
pub use mermaid::mermaid;
pub use pcap::pcap;
pub use picture::{Backdrop, Colours, Picture, unread_styles};
pub use qr::{QR_MAX, QrCode, qr};
pub use steps::{Steps, steps};
pub use tree::{Element, Node};
