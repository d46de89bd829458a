//! What is on screen: Yew draws the scene. It decides nothing.
//!
//! Rule: this is the only floor that knows Yew, web-sys or wasm-bindgen. Components also render where there is no
//! browser: only effects and event handlers ask for one (`browser`).
//!
//! - `app`: which page is open; `start`: the start page; `player`: a lesson;
//! - `playback`: where the reader is, every change of time an action; `clock`: play; `controls`, `keys`, `swipe`; `run`: the lesson's run;
//! - `stage`, `card`, `link`, `message`, `tape`, `track`: what the scene laid out, as SVG;
//! - `views`: what may stand in the stage's place, `sequence` in `sequence_view`, and `chart`;
//! - `room`: how much there is for the picture; `explained`: terms below the narration;
//! - `panel`, `tabs` and the `*_tab`s, `figures`, `prose`: words and bytes;
//! - `element`: makes elements without the macro's weight; `pick`: what can be pointed at;
//! - `asking`, `question`, `guess`, `ending`: what is asked, where, and what came of it; `record` keeps it; `words`: every text of the interface;
//! - `lab`: the laboratory; `workshop`: what it changes in the player;
//! - `embed`: the embedded form, and what passes between it and the page around it; `embedding`: the dialog that writes
//!   what to put into that page;
//! - `glossary`: what the words mean; `calculator`: how large a backlog must be;
//! - `opening`: a recording out of a file;
//! - `picture`: a moment as a picture that stands alone; `exporting`: that, and a run, as a file;
//! - `whole`: how the small program gives way to the whole one;
//! - `sharing`: the link and the files that can be taken along; `download` gives them to the browser;
//! - `stopped`: what is said when the program cannot say it;
//! - `header`, `transport`, `help`, `banner`, `icon`: the frame around it.

mod app;
mod asking;
mod banner;
mod browser;
#[cfg(feature = "complete")]
mod calculator;
mod card;
#[cfg(feature = "complete")]
mod chart;
mod clock;
mod conformance;
mod controls;
mod decision_tab;
#[cfg(feature = "complete")]
mod download;
mod element;
mod embed;
#[cfg(feature = "complete")]
mod embedding;
mod ending;
mod explained;
#[cfg(feature = "complete")]
mod exporting;
mod figures;
#[cfg(feature = "complete")]
mod glossary;
#[cfg(feature = "complete")]
mod guess;
mod header;
mod help;
mod icon;
mod info_tab;
mod keys;
#[cfg(feature = "complete")]
mod lab;
mod link;
mod message;
mod node_tab;
mod opening;
mod panel;
mod pick;
#[cfg(feature = "complete")]
mod picture;
mod playback;
mod player;
#[cfg(all(not(target_arch = "wasm32"), feature = "complete"))]
mod prerender;
mod prose;
mod question;
mod record;
mod room;
mod run;
#[cfg(feature = "complete")]
mod sequence;
#[cfg(feature = "complete")]
mod sequence_view;
mod sharing;
mod sizes;
mod stage;
mod start;
#[cfg(not(target_arch = "wasm32"))]
mod stopped;
mod swipe;
mod tabs;
mod tape;
mod track;
mod transport;
#[cfg(feature = "complete")]
mod views;
mod whole;
mod wire_tab;
mod wish;
mod words;
mod workshop;

pub use app::{App, AppProps};
#[cfg(feature = "complete")]
pub use exporting::{Wanted, export};
#[cfg(feature = "complete")]
pub use picture::{Part, SIZES, Shot, picture};
#[cfg(all(not(target_arch = "wasm32"), feature = "complete"))]
pub use prerender::{page, pictures, prerender, stills};
pub use run::Run;
#[cfg(not(target_arch = "wasm32"))]
pub use stopped::stopped;

/// Puts the page in the place of what was rendered beforehand.
pub fn mount() {
    let Some(root) = browser::app_root() else { return };
    root.set_inner_html("");
    whole::adopt_styles();
    // So that whoever waits for the program can see that it is here.
    let _ = root.set_attribute("data-ready", "");
    let props = AppProps { query: browser::query(), hash: browser::hash(), still: false };
    whole::keep(yew::Renderer::<App>::with_root_and_props(root, props).render());
}
