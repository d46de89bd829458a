//! The page: which of its pages is open, and what there is to say about the address.
//!
//! Rule: the address decides what is shown. One that cannot be read is said to be so, and what is on screen stays.

use super::banner::{banner, update};
use super::browser::{self, Listening};
use super::element::el;
#[cfg(feature = "complete")]
use super::glossary::Glossary;
#[cfg(feature = "complete")]
use super::lab::Lab;
use super::opening::Opener;
use super::panel;
use super::player::Player;
use super::run::Run;
use super::start::Start;
use super::transport::full_link;
use super::whole;
use super::words;
use crate::node::COMPLETE;
#[cfg(feature = "complete")]
use crate::story::Topology;
use crate::story::{At, Lesson, LinkError, Page, Presentation, Theme, View, find_lesson};
use crate::time::Time;
use std::rc::Rc;
use wasm_bindgen::JsValue;
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

/// What the page's script for updates calls the way to the newer page, when there is one.
const UPDATE: &str = "replscopeUpdate";

/// What is on screen; without a lesson it is the start page.
#[derive(Clone, Default)]
struct Shown {
    lesson: Option<Open>,
    /// The laboratory that is open instead.
    #[cfg(feature = "complete")]
    lab: Option<OpenLab>,
    /// The glossary is open instead.
    #[cfg(feature = "complete")]
    glossary: bool,
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
    let is_old = use_state_eq(|| false);
    {
        let (dispatch, is_old) = (shown.dispatcher(), is_old.setter());
        use_effect_with((), move |()| {
            // Perhaps it was said before this program was here to hear it.
            is_old.set(browser::has(UPDATE));
            let heard = Listening::to_window(&["hashchange", "replscope-update"], move |event| match &*event.type_() {
                "hashchange" => dispatch.dispatch(Change::Hash(browser::hash())),
                _ => is_old.set(true),
            });
            move || drop(heard)
        });
    }
    use_effect_with(presentation.theme as u8, move |_| match presentation.theme {
        Theme::Auto => {}
        Theme::Light => browser::set_theme("light"),
        Theme::Dark => browser::set_theme("dark"),
    });
    let title = match &shown.lesson {
        #[cfg(feature = "complete")]
        None if shown.lab.is_some() => words::TITLE_LAB.to_owned(),
        #[cfg(feature = "complete")]
        None if shown.glossary => words::TITLE_GLOSSARY.to_owned(),
        None => words::TITLE.to_owned(),
        Some(open) => format!("{} · replscope", open.run.lesson.title),
    };
    use_effect_with(title, |title| browser::set_title(title));

    let change = {
        let dispatch = shown.dispatcher();
        Callback::from(move |change| dispatch.dispatch(change))
    };
    {
        let complain = change.reform(Change::Complain);
        // So does one that asks for another view than the stage, or for the panel of an embedded one.
        let asks_more = presentation.inspects() || (presentation.view != View::Stage && shown.lesson.is_some());
        let wants_whole = shown.wants_whole || (asks_more && !COMPLETE);
        use_effect_with(wants_whole, move |wants| {
            if *wants {
                whole::start(move |why| complain.emit(why));
            }
        });
    }
    let content = match &shown.lesson {
        None => shown.without_lesson(&props.query, &change, presentation),
        Some(open @ Open { page, run, at, visit }) => {
            let (page, start) = (page.clone(), run.start);
            let hash_of = Callback::from(move |at| at_moment(&page, At::of(at, start)).hash());
            let complain = change.reform(Change::Complain);
            html! { <Player key={Rc::as_ptr(run) as usize} run={run.clone()} at={*at} visit={*visit} embed={presentation.embed} panels={presentation.panels} large={presentation.large} asks={presentation.asks()} shared={!matches!(open.page, Page::Recording { .. })} still={props.still} view={presentation.view} tab={panel::asked(&props.query)} {hash_of} {complain} /> }
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
    let old = is_old.then(|| {
        let reload = Callback::from(|_| browser::call(UPDATE, &JsValue::NULL, &JsValue::NULL));
        update(reload, &Callback::from(move |()| is_old.set(false)))
    });
    let notices = shown.complaint.as_ref().map(|text| banner(text, &dismiss)).or(old);
    let notices = el("div").class("notices").children(notices);
    html! { <>{ content }{ for opener }{ notices }</> }
}

impl Shown {
    /// The laboratory, or the start page. A frame has no room for that, and leads to it.
    fn without_lesson(&self, _query: &str, _change: &Callback<Change>, presentation: Presentation) -> Html {
        #[cfg(feature = "complete")]
        if let Some(OpenLab { page, lesson, at, visit }) = &self.lab {
            let complain = _change.reform(Change::Complain);
            return html! { <Lab key={*visit} lesson={lesson.clone()} page={page.clone()} at={at.clone()} visit={*visit} {presentation} tab={panel::asked(_query)} {complain} /> };
        }
        #[cfg(feature = "complete")]
        if self.glossary {
            return html! { <Glossary /> };
        }
        match presentation.embed {
            // It comes with the whole program.
            _ if self.wants_whole => el("p").class("fetching").attr("role", "status").text(words::FETCHING).into(),
            false => html! { <Start /> },
            true => full_link("./".into()).into(),
        }
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
                    || Lesson::parse("laboratory.txt", &Topology::named(name).unwrap_or(Topology::Empty).text());
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
            Err(LinkError::Lesson(_)) if !COMPLETE => Shown { wants_whole: true, ..self.clone() },
            Err(LinkError::UnknownCodec { found }) if !COMPLETE && found == "z" => {
                Shown { wants_whole: true, ..self.clone() }
            }
            Err(error) => Shown { complaint: Some(error.to_string()), wants_whole: false, ..self.clone() },
        }
    }

    fn open_lesson(&self, mut page: Page) -> Shown {
        if matches!(page, Page::Lab { .. } | Page::Glossary) && !COMPLETE {
            return Shown { wants_whole: true, ..self.clone() };
        }
        #[cfg(feature = "complete")]
        if page == Page::Glossary {
            return Shown { glossary: true, recording: self.recording.clone(), ..Shown::default() };
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
                None => return Shown { complaint: Some(words::NO_RECORDING.into()), ..self.clone() },
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
        Page::Start | Page::Glossary | Page::Recording { .. } | Page::Lab { .. } => None,
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
