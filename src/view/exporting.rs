//! A moment or a run as a file: the same bytes in the page and on the command line.
//!
//! Rule: what is drawn comes from `picture`, everything else from the run alone. Pixels are made elsewhere, from the SVG:
//! by a canvas in the page, by a library on the command line.

use super::picture::{Part, Shot, picture};
use super::run::Run;
use crate::export::{self, Backdrop, Colours, Format};
use crate::time::Time;

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    pub format: Format,
    /// Of a picture: the moment, what of it, its size.
    pub shot: Shot,
    pub colours: Colours,
    pub backdrop: Backdrop,
    /// Of a run: from one moment to another, both included.
    pub from: Time,
    pub to: Time,
}

/// The size of a handout's stage; with the stream below it, two steps find room on a page.
const ON_PAPER: (f64, f64) = (840.0, 250.0);

/// The file. For a format of pixels, the SVG that they are made from.
pub fn export(run: &Run, wanted: &Wanted) -> Vec<u8> {
    let Wanted { format, shot, colours, backdrop, from, to } = wanted;
    let steps = || run.tell(|telling| export::steps(telling, *from, *to));
    match format {
        Format::Svg | Format::Png | Format::Gif => picture(run, shot).svg(*colours, *backdrop).into_bytes(),
        Format::Mermaid => export::mermaid(&steps()).into_bytes(),
        Format::Markdown => export::markdown(&steps()).into_bytes(),
        Format::Csv => export::csv(&steps()).into_bytes(),
        Format::Json => export::json(&steps()).into_bytes(),
        Format::Pcap => run.tell(|telling| export::pcap(telling, *from, *to)),
        Format::Html => {
            // The run is told while it is drawn: each has one of its own.
            let mut telling = run.tell(|telling| telling.clone());
            let mut draw = |at| {
                let (width, height) = ON_PAPER;
                let shots = [Part::Stage, Part::Tape].map(|part| Shot { width, height, ..Shot::new(part, at) });
                shots.map(|shot| picture(run, &shot).svg(Colours::Light, Backdrop::Opaque)).concat()
            };
            export::handout(&mut telling, *from, *to, &mut draw).into_bytes()
        }
    }
}
