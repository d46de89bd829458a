//! What `render` is given: a file, a lesson's name, or a link. All of them become a run.

use super::{Part, Run};
use crate::scene::Ledger;
use crate::story::recording::{Opening, READ_SIZE, RecordingError};
use crate::story::{
    At, Laboratory, Lesson, LessonError, LinkError, Page, Presentation, Theme, Topology, course, find_lesson,
};
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Records that are rebuilt at a time.
const RECORDS: u64 = 1_000_000;
/// What the page opens as its laboratory.
const FIRST_LAB: Topology = Topology::TwoLevels;

/// What is to be rendered, and what a link says of it.
pub struct Source {
    pub run: Run,
    pub at: Option<At>,
    pub part: Option<Part>,
    pub is_dark: bool,
    /// The laboratory that the run is made in: it goes on as far as is asked for.
    lab: Option<Laboratory<Ledger>>,
}

/// Why there is nothing to render.
#[derive(Debug)]
pub enum SourceError {
    Unknown { name: String },
    File { name: String, error: std::io::Error },
    NotText { name: String },
    Lesson { name: String, error: LessonError },
    Recording { name: String, error: RecordingError },
    Link(LinkError),
    NoRun { hash: String },
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SourceError::Unknown { name } => {
                write!(
                    f,
                    "{name} is no file and no lesson; accepted: a lesson's text, a recording (.jsonl), a link (#…), or"
                )?;
                let names: Vec<String> = course().into_iter().map(|heading| heading.name).collect();
                write!(f, " {}", names.join(", "))
            }
            SourceError::File { name, error } => write!(f, "{name} cannot be read: {error}"),
            SourceError::NotText { name } => {
                write!(f, "{name} is not UTF-8; accepted: a lesson's text, or a recording named .jsonl")
            }
            SourceError::Lesson { name, error } => write!(f, "{name}: {error}"),
            SourceError::Recording { name, error } => write!(f, "{name}: {error}"),
            SourceError::Link(error) => error.fmt(f),
            SourceError::NoRun { hash } => write!(f, "{hash} leads to no run; accepted: #/lesson/NAME, #/lab, #v1:…"),
        }
    }
}

impl SourceError {
    pub fn status(&self) -> u8 {
        match self {
            SourceError::Unknown { .. } | SourceError::Link(_) | SourceError::NoRun { .. } => 2,
            _ => 1,
        }
    }
}

impl Source {
    /// Finds and runs it.
    pub fn find(name: &str) -> Result<Source, SourceError> {
        if let Some(at) = name.find('#') {
            return Source::link(&name[..at], &name[at..]);
        }
        let path = Path::new(name);
        if path.is_file() {
            return if path.extension().is_some_and(|ending| ending == "jsonl") { recording(path) } else { text(path) };
        }
        let bare = name.strip_suffix(".txt").unwrap_or(name);
        let bare = bare.split_once('-').filter(|(n, _)| n.parse::<u32>().is_ok()).map_or(bare, |(_, rest)| rest);
        let lesson = find_lesson(bare).ok_or_else(|| SourceError::Unknown { name: name.into() })?;
        Ok(Source::of(Run::new(lesson)))
    }

    fn of(run: Run) -> Source {
        Source { run, at: None, part: None, is_dark: false, lab: None }
    }

    /// A lesson that is a laboratory is shown as the page shows it: on its last branch.
    fn of_lesson(lesson: Lesson) -> Source {
        if !lesson.is_laboratory && lesson.branches.is_empty() {
            return Source::of(Run::new(lesson));
        }
        let lab = Laboratory::new(lesson);
        Source { run: run_of(&lab), lab: Some(lab), at: None, part: None, is_dark: false }
    }

    fn link(address: &str, hash: &str) -> Result<Source, SourceError> {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let part = query.split('&').find_map(|switch| Part::named(switch.strip_prefix("view=")?));
        let is_dark = Presentation::parse(query).theme == Theme::Dark;
        let (lesson, at, is_lab) = match Page::parse(hash).map_err(SourceError::Link)? {
            Page::Lesson { name, at } => (find_lesson(&name), at, false),
            Page::Carried { lesson, at } => (Some(lesson.lesson), at, false),
            Page::Lab { name, at } => {
                let name = name.unwrap_or_default();
                let ready = || Lesson::parse("laboratory.txt", &Topology::named(&name).unwrap_or(FIRST_LAB).text());
                (find_lesson(&name).or_else(|| ready().ok()), at, true)
            }
            _ => (None, None, false),
        };
        let lesson = lesson.ok_or_else(|| SourceError::NoRun { hash: hash.chars().take(60).collect() })?;
        let mut source = if is_lab {
            let lab = Laboratory::new(lesson);
            Source { lab: Some(lab.clone()), ..Source::of(run_of(&lab)) }
        } else {
            Source::of_lesson(lesson)
        };
        at.iter().for_each(|at| source.reach(at));
        Ok(Source { at, part, is_dark, ..source })
    }

    /// Computes a laboratory's run to a moment.
    pub fn reach(&mut self, at: &At) {
        if let (Some(lab), At::After(after)) = (&mut self.lab, at)
            && lab.reach(self.run.start + *after)
        {
            self.run = run_of(lab);
        }
    }
}

fn run_of(lab: &Laboratory<Ledger>) -> Run {
    Run::of(lab.telling().clone(), lab.witness().clone())
}

fn text(path: &Path) -> Result<Source, SourceError> {
    let name = || path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| SourceError::File { name: name(), error })?;
    let text = String::from_utf8(bytes).map_err(|_| SourceError::NotText { name: name() })?;
    let file = path.file_name().map_or_else(String::new, |file| file.to_string_lossy().into_owned());
    let lesson = Lesson::parse(&file, &text).map_err(|error| SourceError::Lesson { name: name(), error })?;
    Ok(Source::of_lesson(lesson))
}

fn recording(path: &Path) -> Result<Source, SourceError> {
    let name = path.display().to_string();
    let failed = |error| SourceError::File { name: name.clone(), error };
    let mut file = File::open(path).map_err(failed)?;
    let mut opening = Opening::default();
    let mut buffer = vec![0; READ_SIZE];
    while opening.fault().is_none() {
        match file.read(&mut buffer).map_err(failed)? {
            0 => break,
            length => opening.push(&buffer[..length]),
        }
    }
    let mut rebuilding = opening.end(&name).map_err(|error| SourceError::Recording { name: name.clone(), error })?;
    let mut ledger = Ledger::default();
    while !rebuilding.advance(RECORDS, |entries, world| ledger.note(entries, world)) {}
    Ok(Source::of(Run::of(rebuilding.finish().0, ledger)))
}
