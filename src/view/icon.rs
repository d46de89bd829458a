//! The signs on buttons, drawn with lines on a grid of 16.

use super::element::{El, el, path};

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Play,
    Pause,
    Next,
    Previous,
    NextPhase,
    PreviousPhase,
    Share,
    Theme,
    Close,
    Open,
    Bolt,
    Book,
    #[cfg(feature = "complete")]
    Plus,
    #[cfg(feature = "complete")]
    Begin,
    Leave,
    Frame,
}

/// The sign as SVG, hidden from those who hear the button's name.
pub fn icon(icon: Icon) -> El {
    let (d, filled) = match icon {
        Icon::Play => ("M4 2.5 L13 8 L4 13.5 Z", true),
        Icon::Pause => ("M4 3 h3 v10 h-3 z M9.5 3 h3 v10 h-3 z", true),
        Icon::Next => ("M5.5 4 L11 8 L5.5 12 Z", false),
        Icon::Previous => ("M10.5 4 L5 8 L10.5 12 Z", false),
        Icon::NextPhase => ("M4 4 L9.5 8 L4 12 Z M12 3.5 V12.5", false),
        Icon::PreviousPhase => ("M12 4 L6.5 8 L12 12 Z M4 3.5 V12.5", false),
        Icon::Share => ("M8 10 V2 M5 4.5 L8 1.8 L11 4.5 M4.5 7 H2.5 V14 H13.5 V7 H11.5", false),
        Icon::Theme => ("M8 2 A6 6 0 0 1 8 14 Z", true),
        Icon::Open => ("M2 13.5 V3 H6 L7.5 5 H14 V13.5 Z", false),
        Icon::Bolt => ("M9 1.5 L3.5 9 H7.5 L6.5 14.5 L12.5 6.5 H8.5 Z", false),
        Icon::Book => (
            "M8 4 C6 2.5 3.5 2.5 2 3 V13 C3.5 12.5 6 12.5 8 14 C10 12.5 12.5 12.5 14 13 V3 C12.5 2.5 10 2.5 8 4 Z M8 4 V14",
            false,
        ),
        #[cfg(feature = "complete")]
        Icon::Plus => ("M8 3 V13 M3 8 H13", false),
        #[cfg(feature = "complete")]
        Icon::Begin => {
            ("M2.5 5.5 h4 v5 h-4 z M10 2 h3.5 v4 H10 z M10 10 h3.5 v4 H10 z M6.5 8 L10 4 M6.5 8 L10 12", false)
        }
        Icon::Leave => ("M9.5 2.5 H13.5 V6.5 M13.5 2.5 L7.5 8.5 M12 9.5 V13.5 H2.5 V4 H6.5", false),
        Icon::Frame => ("M5 4 L1.5 8 L5 12 M11 4 L14.5 8 L11 12 M9 3 L7 13", false),
        Icon::Close => ("M4 4 L12 12 M12 4 L4 12", false),
    };
    let svg = el("svg").class(if filled { "icon filled" } else { "icon" }).attr("viewBox", "0 0 16 16");
    let ring = (icon == Icon::Theme).then(|| el("circle").attr("cx", "8").attr("cy", "8").attr("r", "6"));
    let svg = svg.attr("width", "16").attr("height", "16").attr("aria-hidden", "true");
    svg.children(ring).child(path("line", d))
}
