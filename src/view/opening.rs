//! Opening a file that the reader chose or dropped, or that the system opens with this page: a recording is read and
//! rebuilt, while the page stays alive; a lesson goes into the address, which then carries it.
//!
//! Rule: the file stays on the reader's device. It is read a slice at a time and rebuilt for a part of each frame of the
//! screen; what is on screen stays there until all is ready, and for good if the reader cancels or the file is no good.

use super::browser::{self, Frames, Listening};
use super::element::{El, el};
use super::run::Run;
use super::whole;
use super::words;
use crate::node::REBUILDS;
use crate::scene::Ledger;
use crate::story::recording::{FILE_MAX, Opening, Rebuilding};
use crate::story::{Carried, Lesson, Page, SOURCE_MAX};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::{Event, File};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// Bytes read at a time; a lesson has less.
const SLICE: u64 = 1 << 20;
/// How much of a frame is used, ms.
const BUDGET_MS: f64 = 12.0;
/// Records between two looks at the clock.
const RECORDS: u64 = 20;
/// The field for files, wherever it is asked for.
const FIELD: &str = "recording-file";

#[derive(Properties, PartialEq)]
pub struct OpenerProps {
    pub opened: Callback<Rc<Run>>,
    pub complain: Callback<String>,
}

/// What is being opened, and how far that is.
#[derive(Clone, PartialEq)]
struct Underway {
    name: String,
    percent: u32,
}

/// A file being opened.
struct Job {
    file: File,
    cancelled: Rc<Cell<bool>>,
    underway: UseStateHandle<Option<Underway>>,
    opened: Callback<Rc<Run>>,
    complain: Callback<String>,
    frames: RefCell<Option<Frames>>,
}

/// Asks for a file, as if the field had been pressed.
pub fn ask() {
    browser::press(FIELD);
}

/// The field for a file, what is dropped on the page, and the progress.
#[component]
pub fn Opener(props: &OpenerProps) -> Html {
    let underway = use_state_eq(|| None::<Underway>);
    let cancelled = use_mut_ref(|| Rc::new(Cell::new(false)));
    let open = {
        let (underway, cancelled) = (underway.clone(), cancelled.clone());
        let (opened, complain) = (props.opened.clone(), props.complain.clone());
        Callback::from(move |file: File| {
            if !REBUILDS {
                // The whole program opens it.
                browser::leave_file(&file);
                let complain = complain.clone();
                return whole::start(move |why| complain.emit(why));
            }
            // Another file takes the place of the one that is being opened.
            let mine = Rc::new(Cell::new(false));
            cancelled.replace(mine.clone()).set(true);
            let (opened, complain, underway) = (opened.clone(), complain.clone(), underway.clone());
            Rc::new(Job { file, cancelled: mine, underway, opened, complain, frames: RefCell::new(None) }).begin();
        })
    };
    {
        let open = open.clone();
        use_effect_with((), move |()| {
            browser::left_file().into_iter().for_each(|file| open.emit(file));
            let given = Listening::to_files(move |file| open.emit(file));
            move || drop(given)
        });
    }
    let chosen = open.reform(|file| file);
    let choose = Callback::from(move |event: Event| {
        if let Some(file) = browser::chosen_file(&event) {
            chosen.emit(file);
        }
    });
    let field = el("input").attr("type", "file").attr("id", FIELD).class("unseen").attr("tabindex", "-1");
    let field = field
        .attr("accept", ".replscope,.jsonl,.txt")
        .attr("aria-label", words::OPEN_FILE)
        .on(ListenerKind::onchange, choose);
    let stop = {
        let underway = underway.clone();
        Callback::from(move |_: Event| {
            cancelled.borrow().set(true);
            underway.set(None);
        })
    };
    el("div").class("opener").child(field).children(underway.as_ref().map(|underway| progress(underway, stop))).into()
}

fn progress(underway: &Underway, stop: Callback<Event>) -> El {
    let words = words::opening(&underway.name);
    let bar = el("progress").attr("max", "100").attr("value", underway.percent.to_string());
    let bar = bar.attr("aria-label", words.clone());
    let cancel = el("button").class("tool labelled").button("Cancel", stop).text("Cancel");
    el("div").class("banner").attr("role", "status").child(el("p").text(words)).child(bar).child(cancel)
}

impl Job {
    fn begin(self: Rc<Job>) {
        let size = self.file.size();
        if size > FILE_MAX as f64 {
            return self.fail(&words::too_large(FILE_MAX));
        }
        self.show(0.0);
        self.read_on(Opening::default(), 0);
    }

    /// Reading is half of it, rebuilding the other.
    fn show(&self, part: f64) {
        self.underway.set(Some(Underway { name: self.file.name(), percent: (part * 100.0) as u32 }));
    }

    fn fail(&self, why: &str) {
        self.underway.set(None);
        self.complain.emit(format!("{} cannot be opened: {why}. What is on screen stays.", self.file.name()));
    }

    fn read_on(self: Rc<Job>, mut opening: Opening, from: u64) {
        let size = self.file.size() as u64;
        if from >= size || opening.fault().is_some() {
            return match opening.end(&self.file.name()) {
                Ok(rebuilding) => self.rebuild(rebuilding),
                Err(error) => self.fail(&error.to_string()),
            };
        }
        let to = (from + SLICE).min(size);
        let file = self.file.clone();
        browser::read_slice(&file, from, to, move |bytes| match bytes {
            _ if self.cancelled.get() => {}
            None => self.fail(words::UNREADABLE),
            Some(bytes) if from == 0 && is_lesson(&bytes) => self.open_lesson(bytes),
            Some(bytes) => {
                opening.push(&bytes);
                self.show(to as f64 / size as f64 / 2.0);
                self.read_on(opening, to);
            }
        });
    }

    /// The address carries it, and what the address says is opened.
    fn open_lesson(&self, bytes: Vec<u8>) {
        if self.file.size() > SOURCE_MAX as f64 {
            return self.fail(&format!("it is larger than {SOURCE_MAX} bytes, the most that a lesson may have"));
        }
        let Ok(text) = String::from_utf8(bytes) else {
            return self.fail("it is no text in UTF-8, as a lesson is, and no recording");
        };
        let file = self.file.name();
        match Lesson::parse(&file, &text) {
            Ok(lesson) => {
                self.underway.set(None);
                let lesson = Box::new(Carried { file, text, lesson });
                browser::set_hash(&Page::Carried { lesson, at: None }.hash());
            }
            Err(error) => self.fail(&format!("as a lesson it has a mistake in {error}")),
        }
    }

    fn rebuild(self: Rc<Job>, rebuilding: Rebuilding) {
        let mut rebuilding = Some(rebuilding);
        let mut ledger = Ledger::default();
        let job = self.clone();
        let frames = Frames::run(move |_| {
            let Some(mut running) = rebuilding.take().filter(|_| !job.cancelled.get()) else {
                return drop(job.frames.take());
            };
            let until = browser::now_ms() + BUDGET_MS;
            while browser::now_ms() < until {
                if running.advance(RECORDS, |entries, world| ledger.note(entries, world)) {
                    let (telling, _) = running.finish();
                    job.underway.set(None);
                    return job.opened.emit(Rc::new(Run::of(telling, std::mem::take(&mut ledger))));
                }
            }
            job.show(0.5 + running.progress() / 2.0);
            rebuilding = Some(running);
        });
        self.frames.replace(Some(frames));
    }
}

/// A recording is JSON Lines, so its first character is a brace; no lesson begins so.
fn is_lesson(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first().is_some_and(|first| *first != b'{')
}
