//! How much room there is for the picture, and how large it is drawn in it.

use super::workshop::BENCH;
use crate::scene::Room;
use crate::scene::geometry::Size;

/// The picture's room, and the timeline's, until the browser has told the real ones.
pub const FIRST_ROOM: Size = Size { width: 1044.0, height: 730.0 };
pub const FIRST_TRACK: Size = Size { width: 1400.0, height: 56.0 };
/// A narrower picture stands above the panel, and the page scrolls.
const BESIDE_PANEL: f64 = 860.0;
/// The picture's height where the page scrolls.
const SCROLLING_HEIGHT: f64 = 620.0;
/// The room on a phone, before its browser has told.
pub const NARROW_ROOM: Room = Room { width: 390.0, height: SCROLLING_HEIGHT, tape: true, framed: false };
/// A picture of this size is looked at from a distance, and drawn so much larger.
const PROJECTED: Size = Size { width: 1380.0, height: 720.0 };
const LARGE: f64 = 1.25;
/// In which form a player is shown; how much room the embedded one has, it says itself (`embed`).
#[derive(Clone, Copy)]
pub struct Form {
    pub embed: bool,
    pub laboratory: bool,
}

impl Form {
    /// The room to lay the picture out in, in a frame of this size.
    pub fn room(self, size: Size) -> Room {
        let scrolls = size.width < BESIDE_PANEL;
        let height = if scrolls { SCROLLING_HEIGHT } else { size.height };
        if self.laboratory {
            // What can be done takes the place of the tape.
            let height = if scrolls { height } else { (height - BENCH).max(BENCH) };
            return Room { width: size.width, height, tape: false, framed: false };
        }
        let scale = if self.is_large(size) { LARGE } else { 1.0 };
        Room { width: size.width / scale, height: height / scale, tape: true, framed: false }
    }

    /// On a projector the picture is laid out in less room and drawn larger.
    pub fn is_large(self, size: Size) -> bool {
        size.width >= PROJECTED.width && size.height >= PROJECTED.height && !self.embed && !self.laboratory
    }
}
