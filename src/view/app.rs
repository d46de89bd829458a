//! The page: which of its pages is open, and what there is to say about the address.
//!
//! Rule: the address decides what is shown. One that cannot be read is said to be so, and what is on screen stays.

use super::banner::banner;
use super::browser::{self, Listening};
use super::element::el;
use super::player::Player;
use super::run::Run;
use super::start::Start;
use crate::story::{At, Page, Presentation, Theme, find_lesson};
use crate::time::Time;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// The address at the start: query and hash.
    #[prop_or_default]
    pub query: AttrValue,
    #[prop_or_default]
    pub hash: AttrValue,
}

/// What is on screen.
#[derive(Clone, PartialEq)]
enum Shown {
    Start,
    Lesson {
        /// Its address, without a moment.
        page: Page,
        run: Rc<Run>,
        at: Time,
    },
}

#[component]
pub fn App(props: &AppProps) -> Html {
    let presentation = use_memo(props.query.clone(), |query| Presentation::parse(query));
    let first = use_memo(props.hash.clone(), |hash| open(&Shown::Start, hash));
    let shown = use_state_eq(|| first.0.clone());
    let complaint = use_state_eq(|| first.1.clone());
    {
        let (shown, complaint) = (shown.clone(), complaint.clone());
        use_effect_with(shown.clone(), move |now| {
            let now = now.clone();
            let heard = Listening::to_window("hashchange", move || {
                let (next, complain) = open(&now, &browser::hash());
                shown.set(next);
                complaint.set(complain);
            });
            move || drop(heard)
        });
    }
    {
        let theme = presentation.theme;
        use_effect_with(theme, move |theme| match theme {
            Theme::Auto => {}
            Theme::Light => browser::set_theme("light"),
            Theme::Dark => browser::set_theme("dark"),
        });
    }
    let title = match &*shown {
        Shown::Start => "replscope: how Redis replication works".to_owned(),
        Shown::Lesson { run, .. } => format!("{} · replscope", run.lesson.title),
    };
    use_effect_with(title, |title| browser::set_title(title));

    let complain = {
        let complaint = complaint.clone();
        Callback::from(move |text: String| complaint.set(Some(text)))
    };
    let dismiss = {
        let complaint = complaint.clone();
        Callback::from(move |()| complaint.set(None))
    };
    let content = match &*shown {
        Shown::Start => html! { <Start {complain} /> },
        Shown::Lesson { page, run, at } => {
            let (page, start) = (page.clone(), run.start);
            let hash_of = Callback::from(move |at| at_moment(&page, At::of(at, start)).hash());
            html! { <Player key={Rc::as_ptr(run) as usize} run={run.clone()} at={*at} embed={presentation.embed} {hash_of} {complain} /> }
        }
    };
    // The notices have an element of their own, so that one that comes or goes leaves the page as it is.
    let notices = el("div").class("notices").children(complaint.as_ref().map(|text| banner(text, &dismiss)));
    html! { <>{ content }{ notices }</> }
}

/// What the hash asks for, and what there is to say about it.
fn open(now: &Shown, hash: &str) -> (Shown, Option<String>) {
    match Page::parse(hash) {
        Ok(Page::Start) => (Shown::Start, None),
        Ok(page) => open_lesson(now, page),
        Err(error) => (now.clone(), Some(error.to_string())),
    }
}

fn open_lesson(now: &Shown, mut page: Page) -> (Shown, Option<String>) {
    let (Page::Lesson { at, .. } | Page::Carried { at, .. }) = &mut page else { return (Shown::Start, None) };
    let at = at.take();
    let run = match now {
        // Only another moment of what is open already.
        Shown::Lesson { page: open, run, .. } if *open == page => run.clone(),
        _ => {
            let lesson = match &page {
                Page::Carried { lesson, .. } => Some(lesson.lesson.clone()),
                Page::Lesson { name, .. } => find_lesson(name),
                Page::Start => None,
            };
            match lesson {
                Some(lesson) => Rc::new(Run::new(lesson)),
                // The address was read as one of a lesson that there is.
                None => return (now.clone(), None),
            }
        }
    };
    let (at, complaint) = match at.map(|at| run.moment(&at)) {
        None => (run.start, None),
        Some(Ok(at)) => (at, None),
        Some(Err((at, error))) => (at, Some(error.to_string())),
    };
    (Shown::Lesson { page, run, at }, complaint)
}

/// The same page at a moment.
fn at_moment(page: &Page, moment: At) -> Page {
    let mut page = page.clone();
    if let Page::Lesson { at, .. } | Page::Carried { at, .. } = &mut page {
        *at = Some(moment);
    }
    page
}
