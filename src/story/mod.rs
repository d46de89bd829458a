//! Runs as stories: a script and its timeline, lessons and what they claim, words for what happened, links to moments.
//!
//! Rule: a past is never edited. A [`Timeline`] is computed once, forwards; every moment of it is reached again by
//! replaying from the nearest snapshot. Words are made from events and numbers here; `scene` only arranges them.

mod ask;
#[cfg(feature = "complete")]
mod branch;
#[cfg(feature = "complete")]
mod breakpoint;
mod claim;
#[cfg(feature = "complete")]
mod compare;
mod condition;
#[cfg(feature = "complete")]
mod glossary;
#[cfg(feature = "complete")]
mod growth;
mod key;
#[cfg(feature = "complete")]
mod laboratory;
mod lesson;
mod library;
mod load;
mod narration;
#[cfg(feature = "complete")]
mod outlook;
mod pace;
#[cfg(feature = "complete")]
mod packing;
mod panels;
mod phase;
mod progress;
pub mod recording;
mod scenario;
mod share;
#[cfg(feature = "complete")]
pub mod sizing;
#[cfg(feature = "complete")]
mod snippet;
mod source;
pub mod speech;
mod teller;
mod telling;
mod timeline;
#[cfg(feature = "complete")]
mod topology;
mod view;
#[cfg(feature = "complete")]
mod writing;

pub use ask::{Answer, Ask, AskKind, Choice};
#[cfg(feature = "complete")]
pub use branch::Branch;
#[cfg(feature = "complete")]
pub use breakpoint::{Found, Until};
pub use claim::{Claim, Verdict};
#[cfg(feature = "complete")]
pub use compare::{Difference, Point, compare};
pub use condition::{Condition, reason_text};
#[cfg(feature = "complete")]
pub use glossary::{Term, terms, terms_in};
pub use key::{Cue, Truth};
#[cfg(feature = "complete")]
pub use laboratory::{Change, Laboratory, Refused, Witness};
pub use lesson::{Lesson, Note};
pub use library::{Heading, builtin, course, find as find_lesson, texts as lesson_texts};
pub use load::Load;
#[cfg(feature = "complete")]
pub use load::LoadCommand;
pub use narration::{Inline, Narration, display_name, markup};
#[cfg(feature = "complete")]
pub use outlook::{Cost, NoReturn, Outlook, Promotion, Return, reply, repoint, time_left};
pub use pace::Pace;
pub use panels::Panels;
pub use phase::Phase;
pub use progress::{Mark, Progress};
pub use scenario::{Scenario, ScriptLine};
pub use share::{Address, At, Carried, LinkError, Page, Presentation, Theme};
#[cfg(feature = "complete")]
pub use snippet::{Snippet, Tool};
pub use source::{LessonError, SOURCE_MAX};
pub use teller::first_words;
pub use telling::{NoSuchMoment, Telling};
pub use timeline::{Frame, PhaseRun, See, Step, Timeline};
#[cfg(feature = "complete")]
pub use topology::Topology;
pub use view::View;
#[cfg(feature = "complete")]
pub use writing::Unwritable;
