//! The page: which of its pages is open, and what there is to say about the address.
//!
//! Rule: the address decides what is shown. One that cannot be read is said to be so, and what is on screen stays.

use super::banner::banner;
use super::browser::{self, Listening};
use super::element::el;
#[cfg(feature = "complete")]
use super::lab::Lab;
use super::opening::Opener;
use super::panel;
use super::player::Player;
use super::run::Run;
use super::start::Start;
use super::whole;
use crate::node::COMPLETE;
#[cfg(feature = "complete")]
use crate::story::Topology;
use crate::story::{At, Lesson, LinkError, Page, Presentation, Theme, find_lesson};
use crate::time::Time;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// The address at the start: query and hash.
    pub query: String,
    pub hash: String,
    /// A first picture, to be looked at until the program is here.
    #[prop_or_default]
    pub still: bool,
}

/// A lesson that is open.
#[derive(Clone)]
struct Open {
    /// Its address, without a moment.
    page: Page,
    run: Rc<Run>,
    /// The moment that the address names, and how many addresses were opened before it: the same one may be asked for
    /// again after the reader has moved on.
    at: Time,
    visit: u32,
}

/// A laboratory that is open: what it began with.
#[cfg(feature = "complete")]
#[derive(Clone)]
struct OpenLab {
    page: Page,
    lesson: Rc<Lesson>,
    at: Option<At>,
    visit: u32,
}

const NO_RECORDING: &str =
    "This address is a moment of a recording, and a recording is only in its file: open the file again to see it.";

/// What is on screen; without a lesson it is the start page.
#[derive(Clone, Default)]
struct Shown {
    lesson: Option<Open>,
    /// The laboratory that is open instead.
    #[cfg(feature = "complete")]
    lab: Option<OpenLab>,
    /// What there is to say about the address.
    complaint: Option<String>,
    /// The recording that was opened last: its address leads back to it.
    recording: Option<Rc<Run>>,
    /// The address asks for what only the whole program can show.
    wants_whole: bool,
}

/// What changes it.
enum Change {
    /// The address has this hash now.
    Hash(String),
    /// A recording was opened.
    Recording(Rc<Run>),
    Complain(String),
    Dismiss,
}

impl Reducible for Shown {
    type Action = Change;

    fn reduce(self: Rc<Shown>, change: Change) -> Rc<Shown> {
        let complaint = match change {
            Change::Hash(hash) => return Rc::new(self.open(&hash)),
            Change::Recording(run) => {
                let shown = Shown { recording: Some(run), ..Shown::default() };
                return Rc::new(shown.open_lesson(Page::Recording { at: None }));
            }
            Change::Complain(text) => Some(text),
            Change::Dismiss => None,
        };
        Rc::new(Shown { complaint, wants_whole: false, ..(*self).clone() })
    }
}

#[component]
pub fn App(props: &AppProps) -> Html {
    let presentation = Presentation::parse(&props.query);
    let shown = use_reducer(|| Shown::default().open(&props.hash));
    {
        let dispatch = shown.dispatcher();
        use_effect_with((), move |()| {
            let heard =
                Listening::to_window(&["hashchange"], move |_| dispatch.dispatch(Change::Hash(browser::hash())));
            move || drop(heard)
        });
    }
    use_effect_with(presentation.theme as u8, move |_| match presentation.theme {
        Theme::Auto => {}
        Theme::Light => browser::set_theme("light"),
        Theme::Dark => browser::set_theme("dark"),
    });
    #[cfg(feature = "complete")]
    let laboratory = shown.lab.is_some();
    #[cfg(not(feature = "complete"))]
    let laboratory = false;
    let title = match &shown.lesson {
        None if laboratory => "Laboratory · replscope".to_owned(),
        None => "replscope: how Redis replication works".to_owned(),
        Some(open) => format!("{} · replscope", open.run.lesson.title),
    };
    use_effect_with(title, |title| browser::set_title(title));

    let change = {
        let dispatch = shown.dispatcher();
        Callback::from(move |change| dispatch.dispatch(change))
    };
    {
        let complain = change.reform(Change::Complain);
        use_effect_with(shown.wants_whole, move |wants| {
            if *wants {
                whole::start(move |why| complain.emit(why));
            }
        });
    }
    let content = match &shown.lesson {
        None => shown.without_lesson(&props.query, &change),
        Some(open @ Open { page, run, at, visit }) => {
            let (page, start) = (page.clone(), run.start);
            let hash_of = Callback::from(move |at| at_moment(&page, At::of(at, start)).hash());
            let complain = change.reform(Change::Complain);
            html! { <Player key={Rc::as_ptr(run) as usize} run={run.clone()} at={*at} visit={*visit} embed={presentation.embed} asks={presentation.asks()} shared={!matches!(open.page, Page::Recording { .. })} still={props.still} tab={panel::asked(&props.query)} {hash_of} {complain} /> }
        }
    };
    let opener = (!presentation.embed && !props.still).then(|| {
        let opened = change.reform(|run| {
            browser::set_hash(&Page::Recording { at: None }.hash());
            Change::Recording(run)
        });
        html! { <Opener {opened} complain={change.reform(Change::Complain)} /> }
    });
    // The notices have an element of their own, so that one that comes or goes leaves the page as it is.
    let dismiss = change.reform(|()| Change::Dismiss);
    let notices = el("div").class("notices").children(shown.complaint.as_ref().map(|text| banner(text, &dismiss)));
    html! { <>{ content }{ for opener }{ notices }</> }
}

impl Shown {
    /// The laboratory, or the start page.
    fn without_lesson(&self, _query: &str, _change: &Callback<Change>) -> Html {
        #[cfg(feature = "complete")]
        if let Some(OpenLab { page, lesson, at, visit }) = &self.lab {
            let complain = _change.reform(Change::Complain);
            return html! { <Lab key={*visit} lesson={lesson.clone()} page={page.clone()} at={at.clone()} visit={*visit} tab={panel::asked(_query)} {complain} /> };
        }
        html! { <Start /> }
    }

    /// Opens a laboratory, if that is what a page is.
    #[cfg(feature = "complete")]
    fn open_lab(&self, page: &Page) -> Option<Shown> {
        let (lesson, at) = match page {
            Page::Carried { lesson, at } if lesson.lesson.is_laboratory || !lesson.lesson.branches.is_empty() => {
                (lesson.lesson.clone(), at)
            }
            Page::Lab { name, at } => {
                let name = name.as_deref().unwrap_or_default();
                let ready =
                    || Lesson::parse("laboratory.txt", &Topology::named(name).unwrap_or(Topology::TwoLevels).text());
                (find_lesson(name).or_else(|| ready().ok())?, at)
            }
            _ => return None,
        };
        let visit = self.lab.as_ref().map_or(0, |lab| lab.visit + 1);
        let lab = OpenLab { page: page.clone(), lesson: Rc::new(lesson), at: at.clone(), visit };
        Some(Shown { lab: Some(lab), recording: self.recording.clone(), ..Shown::default() })
    }

    /// What the hash asks for.
    fn open(&self, hash: &str) -> Shown {
        match Page::parse(hash) {
            Ok(Page::Start) => Shown { recording: self.recording.clone(), ..Shown::default() },
            Ok(page) => self.open_lesson(page),
            // Perhaps it has branches, or nodes that join, or is packed short: those the whole program can read.
            Err(LinkError::Lesson(_) | LinkError::UnknownCodec { .. }) if !COMPLETE => {
                Shown { wants_whole: true, ..self.clone() }
            }
            Err(error) => Shown { complaint: Some(error.to_string()), wants_whole: false, ..self.clone() },
        }
    }

    fn open_lesson(&self, mut page: Page) -> Shown {
        if matches!(page, Page::Lab { .. }) && !COMPLETE {
            return Shown { wants_whole: true, ..self.clone() };
        }
        #[cfg(feature = "complete")]
        if let Some(shown) = self.open_lab(&page) {
            return shown;
        }
        let (Page::Lesson { at, .. } | Page::Carried { at, .. } | Page::Recording { at }) = &mut page else {
            return Shown::default();
        };
        let at = at.take();
        // Perhaps only another moment of what is open already.
        let already = self.lesson.as_ref().filter(|open| open.page.hash() == page.hash());
        let run = match (&page, already) {
            (Page::Recording { .. }, _) => match &self.recording {
                Some(run) => run.clone(),
                None => return Shown { complaint: Some(NO_RECORDING.into()), ..self.clone() },
            },
            (_, Some(open)) => open.run.clone(),
            _ => {
                // The address was read as one of a lesson that there is, here or in the whole program.
                match lesson_of(&page).filter(whole::is_here_for) {
                    None => return Shown { wants_whole: true, ..self.clone() },
                    Some(lesson) => Rc::new(Run::new(lesson)),
                }
            }
        };
        let (at, complaint) = match at.map(|at| run.moment(&at)) {
            None => (run.start, None),
            Some(Ok(at)) => (at, None),
            Some(Err((at, error))) => (at, Some(error.to_string())),
        };
        let visit = self.lesson.as_ref().map_or(0, |open| open.visit + 1);
        let lesson = Some(Open { page, run, at, visit });
        Shown { lesson, complaint, recording: self.recording.clone(), ..Shown::default() }
    }
}

fn lesson_of(page: &Page) -> Option<Lesson> {
    match page {
        Page::Carried { lesson, .. } => Some(lesson.lesson.clone()),
        Page::Lesson { name, .. } => find_lesson(name),
        Page::Start | Page::Recording { .. } | Page::Lab { .. } => None,
    }
}

/// The same page at a moment.
fn at_moment(page: &Page, moment: At) -> Page {
    let mut page = page.clone();
    if let Page::Lesson { at, .. } | Page::Carried { at, .. } | Page::Recording { at } = &mut page {
        *at = Some(moment);
    }
    page
}
