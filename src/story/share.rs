//! Addresses: which page, which moment, how it is presented.
//!
//! Rule: presentation stands in the query, content in the hash. A moment is a virtual time, a note's name or `end`,
//! never a step's number. A link carries scenario and moment, never state, so it opens the same moment in a later
//! release. Links come from anywhere: sizes are bounded, and what cannot be read is said.
//!
//! ```text
//! #/                                        the start page
//! #/lesson/losing-the-link?at=7.214s        a built-in lesson at a moment
//! #/lab                                     the laboratory; #/lab/a-chain a ready one, #/lab/losing-the-link a lesson
//! #/glossary                                what the words mean
//! #/recording?at=7.214s                     a moment of the recording that is open
//! ?embed&theme=dark#/lesson/…               the embedded form
//! ?view=sequence&tab=node#/lesson/…         what is looked at
//! #v1:z:<payload>?at=7.214s                 a whole lesson or laboratory: deflate (`packing.rs`), then base64url
//! #v1:p:<payload>                           the same as the small program writes it: postcard, then base64url
//! ```

use super::lesson::Lesson;
#[cfg(feature = "complete")]
use super::packing;
use super::panels::Panels;
use super::source::{LessonError, SOURCE_MAX, parse_duration};
use super::view::View;
use crate::time::Time;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// The longest hash that is read, characters.
const HASH_MAX: usize = SOURCE_MAX * 2;

/// A moment of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum At {
    /// From the beginning.
    After(Duration),
    Note(String),
    End,
}

impl At {
    pub fn parse(text: &str) -> Option<At> {
        match text {
            "end" => Some(At::End),
            _ => parse_duration(text).map(At::After).or_else(|| {
                let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic())
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
                is_name.then(|| At::Note(text.into()))
            }),
        }
    }

    /// The moment `at` of a run that began at `start`.
    pub fn of(at: Time, start: Time) -> At {
        At::After(at.since(start))
    }
}

/// `7.214s`, as short as it can be.
impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::End => f.write_str("end"),
            At::Note(name) => f.write_str(name),
            At::After(after) => {
                let text = format!("{}.{:06}", after.as_secs(), after.subsec_micros());
                write!(f, "{}s", text.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }
}

/// What is to be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    Start,
    Glossary,
    /// A built-in lesson by its name.
    Lesson {
        name: String,
        at: Option<At>,
    },
    /// A lesson that the link brings along.
    Carried {
        lesson: Box<Carried>,
        at: Option<At>,
    },
    /// The laboratory: a ready one, or one that begins as a lesson of the course; without a name, the first of the ready ones.
    Lab {
        name: Option<String>,
        at: Option<At>,
    },
    /// A recording that was opened from a file. The link leads nowhere without the file.
    Recording {
        at: Option<At>,
    },
}

/// A lesson's text, and what was made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    pub file: String,
    pub text: String,
    pub lesson: Lesson,
}

/// How it is to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presentation {
    pub embed: bool,
    pub theme: Theme,
    /// Whether the page asks before it shows, if the address says so.
    pub questions: Option<bool>,
    /// What the embedded form shows beside the picture, if the address says so.
    pub panels: Option<Panels>,
    /// Texts are larger than usual. What else the address says of the look, `static/opens.js` tells the style sheet.
    pub large: bool,
    pub view: View,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// As the reader's system says.
    #[default]
    Auto,
    Light,
    Dark,
}

/// An address, understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    pub presentation: Presentation,
    pub page: Page,
}

/// Why a link cannot be opened.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkError {
    TooLong { characters: usize },
    UnknownPlace { hash: String },
    UnknownVersion { found: String },
    UnknownCodec { found: String },
    Damaged { why: &'static str },
    NoSuchLesson { name: String },
    BadMoment { text: String },
    Lesson(LessonError),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::TooLong { characters } => {
                write!(f, "This link has {characters} characters; at most {HASH_MAX} are read.")
            }
            LinkError::UnknownPlace { hash } => {
                write!(
                    f,
                    "This link leads to “{hash}”, which is no place here. There are #/, #/lesson/NAME, #/lab and #/glossary."
                )
            }
            LinkError::UnknownVersion { found } => write!(
                f,
                "This link is of version “{found}”; this page reads version v1. A newer replscope may open it."
            ),
            LinkError::UnknownCodec { found } => {
                write!(
                    f,
                    "This link is packed with the codec “{found}”; this page reads p and z. A newer replscope may open it."
                )
            }
            LinkError::Damaged { why } => {
                write!(f, "This link is damaged: {why}. Perhaps it was cut off when it was copied.")
            }
            LinkError::NoSuchLesson { name } => write!(f, "There is no lesson “{name}”."),
            LinkError::BadMoment { text } => {
                write!(f, "“{text}” is no moment. A moment is a time such as 7.214s, the name of a note, or end.")
            }
            LinkError::Lesson(error) => write!(f, "The lesson in this link has a mistake: {error}"),
        }
    }
}

impl std::error::Error for LinkError {}

/// What a `v1:p:` payload is made of. Its fields are frozen; a new one needs a new version.
#[derive(Serialize, Deserialize)]
struct Payload {
    file: String,
    text: String,
    at: Option<At>,
}

impl Address {
    /// Reads an address from its query (with or without `?`) and hash (with or without `#`).
    pub fn parse(query: &str, hash: &str) -> Result<Address, LinkError> {
        Ok(Address { presentation: Presentation::parse(query), page: Page::parse(hash)? })
    }
}

impl Presentation {
    /// Does the page ask before it shows? An embedded one only if it is told to.
    pub fn asks(&self) -> bool {
        self.questions.unwrap_or(!self.embed)
    }

    /// The query of a link to what is looked at: the view that a query asks for, and a tab.
    pub fn look(query: &str, tab: Option<&str>) -> String {
        let view = query.trim_start_matches('?').split('&').filter(|switch| switch.starts_with("view="));
        let tab = tab.map(|tab| format!("tab={}", tab.to_ascii_lowercase()));
        let switches: Vec<String> = view.map(str::to_owned).chain(tab).collect();
        if switches.is_empty() { String::new() } else { format!("?{}", switches.join("&")) }
    }

    /// Does it show what only the whole program has?
    pub fn inspects(&self) -> bool {
        self.embed && self.panels.is_some_and(|panels| panels.tabs() > 0)
    }

    /// Unknown switches are left aside: a newer embedder may set what an older page does not know. An embedded page says
    /// so on the console (`static/protocol.js`).
    pub fn parse(query: &str) -> Presentation {
        let mut presentation = Presentation::default();
        for switch in query.trim_start_matches('?').split('&') {
            match switch {
                "embed" | "embed=1" | "embed=true" => presentation.embed = true,
                "theme=light" => presentation.theme = Theme::Light,
                "theme=dark" => presentation.theme = Theme::Dark,
                "questions=on" => presentation.questions = Some(true),
                "questions=off" => presentation.questions = Some(false),
                "text=large" => presentation.large = true,
                other => match other.strip_prefix("panels=") {
                    Some(list) => presentation.panels = Some(Panels::parse(list)),
                    None => presentation.view = View::named(other).unwrap_or(presentation.view),
                },
            }
        }
        presentation
    }
}

impl Page {
    pub fn parse(hash: &str) -> Result<Page, LinkError> {
        let hash = hash.trim_start_matches('#');
        if hash.len() > HASH_MAX {
            return Err(LinkError::TooLong { characters: hash.len() });
        }
        if let Some(path) = hash.strip_prefix('/') {
            return Page::parse_path(path);
        }
        match hash.split_once(':') {
            _ if hash.is_empty() => Ok(Page::Start),
            Some(("v1", packed)) => Page::unpack(packed),
            Some((version, _)) if version.len() <= 8 && version.starts_with('v') => {
                Err(LinkError::UnknownVersion { found: version.into() })
            }
            _ => Err(LinkError::UnknownPlace { hash: shown(hash) }),
        }
    }

    fn parse_path(path: &str) -> Result<Page, LinkError> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let at = moment(query);
        match path.trim_end_matches('/').split_once('/') {
            None if path.is_empty() => Ok(Page::Start),
            None if path == "glossary" => Ok(Page::Glossary),
            None if path == "lab" => Ok(Page::Lab { name: None, at: at? }),
            Some(("lab", name)) if is_laboratory(name) => Ok(Page::Lab { name: Some(name.into()), at: at? }),
            Some(("lab", name)) => Err(LinkError::NoSuchLesson { name: shown(name) }),
            None if path == "recording" => Ok(Page::Recording { at: at? }),
            Some(("lesson", name)) if super::library::exists(name) => Ok(Page::Lesson { name: name.into(), at: at? }),
            Some(("lesson", name)) => Err(LinkError::NoSuchLesson { name: shown(name) }),
            _ => Err(LinkError::UnknownPlace { hash: shown(&format!("/{path}")) }),
        }
    }

    fn unpack(packed: &str) -> Result<Page, LinkError> {
        let (codec, payload) = packed.split_once(':').ok_or(LinkError::Damaged { why: "it names no codec" })?;
        let (payload, switches) = payload.split_once('?').unwrap_or((payload, ""));
        // The small program does not unpack what the whole one packs: it gives way to it.
        let is_short = cfg!(feature = "complete") && codec == "z";
        if codec != "p" && !is_short {
            return Err(LinkError::UnknownCodec { found: shown(codec) });
        }
        let bytes =
            URL_SAFE_NO_PAD.decode(payload).map_err(|_| LinkError::Damaged { why: "its payload is not base64url" })?;
        let asked = moment(switches)?;
        #[cfg(feature = "complete")]
        if is_short {
            let (file, text) = packing::unpack(&bytes).map_err(|why| LinkError::Damaged { why })?;
            let lesson = Lesson::parse(&file, &text).map_err(LinkError::Lesson)?;
            return Ok(Page::Carried { lesson: Box::new(Carried { file, text, lesson }), at: asked });
        }
        let (payload, rest): (Payload, &[u8]) =
            postcard::take_from_bytes(&bytes).map_err(|_| LinkError::Damaged { why: "its payload ends too early" })?;
        if !rest.is_empty() {
            return Err(LinkError::Damaged { why: "something follows its payload" });
        }
        let Payload { file, text, at } = payload;
        let lesson = Lesson::parse(&file, &text).map_err(LinkError::Lesson)?;
        Ok(Page::Carried { lesson: Box::new(Carried { file, text, lesson }), at: asked.or(at) })
    }

    /// The hash, with `#`.
    pub fn hash(&self) -> String {
        let suffix = |at: &Option<At>| at.as_ref().map_or_else(String::new, |at| format!("?at={at}"));
        match self {
            Page::Start => "#/".into(),
            Page::Glossary => "#/glossary".into(),
            Page::Lesson { name, at } => format!("#/lesson/{name}{}", suffix(at)),
            Page::Recording { at } => format!("#/recording{}", suffix(at)),
            Page::Lab { name, at } => {
                let name = name.as_ref().map_or_else(String::new, |name| format!("/{name}"));
                format!("#/lab{name}{}", suffix(at))
            }
            Page::Carried { lesson, at } => {
                #[cfg(feature = "complete")]
                if let Some(packed) = packing::pack(&lesson.file, &lesson.text) {
                    return format!("#v1:z:{}{}", URL_SAFE_NO_PAD.encode(packed), suffix(at));
                }
                let payload = Payload { file: lesson.file.clone(), text: lesson.text.clone(), at: at.clone() };
                // Strings and numbers can always be written to a growing buffer.
                let bytes = postcard::to_allocvec(&payload).unwrap_or_default();
                format!("#v1:p:{}", URL_SAFE_NO_PAD.encode(bytes))
            }
        }
    }
}

/// The moment that the switches behind a page's name ask for, if they do.
fn moment(switches: &str) -> Result<Option<At>, LinkError> {
    let text = switches.split('&').find_map(|switch| switch.strip_prefix("at="));
    text.map(|text| At::parse(text).ok_or_else(|| LinkError::BadMoment { text: shown(text) })).transpose()
}

/// Is there a laboratory that is called so: a ready one, or a lesson to begin with? The small program has none, and takes
/// any name for one: the whole program knows.
fn is_laboratory(name: &str) -> bool {
    #[cfg(feature = "complete")]
    let is_ready = super::topology::Topology::named(name).is_some();
    #[cfg(not(feature = "complete"))]
    let is_ready = true;
    is_ready || super::library::exists(name)
}

/// At most forty characters of what somebody wrote, for a message.
fn shown(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_they_are_read() {
        for text in ["7.214s", "0s", "end", "the-master-keeps-writing", "7.000001s", "120s"] {
            assert_eq!(At::parse(text).map(|at| at.to_string()).as_deref(), Some(text));
        }
        assert_eq!(At::parse("250ms").map(|at| at.to_string()).as_deref(), Some("0.25s"));
        assert_eq!(["", "-1s", "?", "7", "a b"].map(At::parse), [const { None }; 5]);
    }

    #[test]
    fn links_that_cannot_be_opened_say_why() {
        let said = |hash: &str| Page::parse(hash).map(|_| ()).unwrap_err().to_string();
        assert!(said("#v9:p:AA").contains("version “v9”"));
        assert!(said("#v1:y:AA").contains("codec “y”"));
        assert!(said("#v1:z:AA").contains("ends too early") && said("#v1:z:AAAA!").contains("base64url"));
        assert!(said("#v1:p:AA!").contains("base64url"));
        assert!(said("#v1:p:BQ").contains("ends too early"));
        assert!(said("#/lesson/nosuch").contains("“nosuch”"));
        assert!(said("#/lesson/losing-the-link?at=soon%21").contains("no moment"));
        assert!(said("#nonsense").contains("#nonsense") || said("#nonsense").contains("nonsense"));
        assert!(said(&"x".repeat(HASH_MAX + 1)).contains("characters"));
    }

    #[test]
    fn a_link_keeps_what_is_looked_at_and_not_how() {
        assert_eq!(Presentation::look("", None), "");
        assert_eq!(Presentation::look("?embed&view=sequence&theme=dark", None), "?view=sequence");
        assert_eq!(Presentation::look("?questions=off", Some("INFO")), "?tab=info");
    }

    #[test]
    fn a_carried_lesson_comes_back_whole() {
        let text = "title  Two\nnode a 6379\nnode b 6380\nat 1s b> REPLICAOF 127.0.0.1 6379\n";
        let lesson = Lesson::parse("two.txt", text).unwrap();
        let carried = Carried { file: "two.txt".into(), text: text.into(), lesson };
        let page = Page::Carried { lesson: Box::new(carried), at: Some(At::End) };
        let hash = page.hash();
        assert_eq!(Page::parse(&hash), Ok(page));
        for cut in 1..hash.len() {
            // Every shorter link is an error or another page, never a panic.
            let _ = Page::parse(&hash[..cut]);
        }
    }
}
