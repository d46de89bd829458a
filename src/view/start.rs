//! The start page: what this is, and the course.

use super::browser;
use super::element::{El, el};
use super::header::header;
use super::icon::{Icon, icon};
use super::opening;
use super::record;
use super::run::Run;
use super::sizes;
use super::stage::stage;
use super::words;
use crate::scene::geometry::Size;
use crate::scene::stage::Stage;
use crate::story::{At, Heading, Lesson, Page, Progress, builtin, course};
use crate::time::Time;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;
use yew::virtual_dom::{ListenerKind, VNode};

const TITLE: &str = "See what Redis replication really sends.";
const LEAD: &str = "Step through the handshake, the snapshot, every propagated command and every byte of catch-up. The nodes on this \
    page are a working implementation: put one on a socket, and a real redis-server replicates from it.";
const OWN: &str = "Look at a link of your own: record it with replscope record, then open the file, or drop it here. It is \
    rebuilt on this page and never leaves your device. ";
/// The lesson that the large picture is taken from.
const HERO: &str = "losing-the-link";
const HERO_HEIGHT: f64 = 344.0;
/// A small picture; the style sheet stretches it.
const STAMP: Size = Size { width: 440.0, height: 96.0 };
/// Small pictures are made one after the other, so that the page can be used meanwhile.
const PAUSE_MS: u32 = 20;

type Still = Rc<(Stage, Time)>;

thread_local! {
    /// Pictures of lessons that stood on the page before this program came, by the lesson's name.
    static PREPARED: RefCell<Vec<(String, String)>> = const { RefCell::new(Vec::new()) };
}

/// Remembers the pictures that stand on the page: they were made from the same runs when the page was built, and this
/// program may not have all lessons.
pub fn remember(root: &Element) {
    let found = browser::all(root, ".lesson[data-lesson]").into_iter().filter_map(|card| {
        let picture = card.query_selector(".lesson-picture").ok()??.inner_html();
        (!picture.is_empty()).then(|| (card.get_attribute("data-lesson").unwrap_or_default(), picture))
    });
    PREPARED.set(found.collect());
}

#[component]
pub fn Start() -> Html {
    let lessons = use_memo((), |()| builtin());
    let (room, size) = sizes::use_size(Size { width: 640.0, height: HERO_HEIGHT });
    let hero =
        use_memo((), |()| lessons.iter().find(|l| l.name == HERO).or(lessons.first()).map(|l| Run::new(l.clone())));
    let headings = use_memo((), |()| course());
    let prepared = use_memo((), |()| PREPARED.with_borrow(Clone::clone));
    let progress = use_state_eq(Progress::default);
    {
        let progress = progress.setter();
        use_effect_with((), move |()| progress.set(record::progress()));
    }
    let stamps = use_state(Vec::<Still>::new);
    {
        let (lessons, stamps) = (lessons.clone(), stamps.clone());
        let is_prepared = prepared.len() >= headings.len();
        use_effect_with(stamps.len(), move |&done| {
            let next = lessons.get(done).filter(|_| !is_prepared).cloned();
            let timeout = next.map(|lesson| {
                Timeout::new(PAUSE_MS, move || {
                    let run = Run::new(lesson);
                    let at = run.showpiece();
                    let still = Rc::new((run.still(at, STAMP, false), at));
                    stamps.set(stamps.iter().cloned().chain([still]).collect());
                })
            });
            move || drop(timeout)
        });
    }
    let first = lessons.first().map(|lesson| {
        let go = el("a")
            .class("tool first")
            .attr("href", link(lesson, None))
            .child(icon(Icon::Play))
            .text("Start with lesson 1");
        el("p").class("invitation").child(go)
    });
    let ask = el("button").class("tool labelled").button("Open a recording", Callback::from(|_| opening::ask()));
    let own = el("p").class("own").text(OWN).child(ask.child(icon(Icon::Open)).text("Open a recording"));
    let words =
        el("div").child(el("h1").text(TITLE)).child(el("p").class("lead").text(LEAD)).children(first).child(own);
    let hero = el("div").class("hero").reference(&room).children(hero.iter().flat_map(|run| picture(run, size.width)));
    let next = headings.iter().find(|heading| !progress.of(&heading.name).done).filter(|_| !progress.is_empty());
    let cards = headings.iter().map(|heading| {
        let stamp = lessons.iter().position(|lesson| lesson.name == heading.name).and_then(|n| stamps.get(n));
        let ready = prepared.iter().find(|(name, _)| *name == heading.name).map(|(_, picture)| picture.as_str());
        card(heading, ready, stamp, &progress, next.is_some_and(|next| next.name == heading.name))
    });
    let cards = el("ul").class("course").children(cards);
    let count = el("span").text(words::lessons(headings.len()));
    let clear = (!progress.is_empty()).then(|| {
        let progress = progress.setter();
        let clear = Callback::from(move |_: Event| {
            record::clear();
            progress.set(Progress::default());
        });
        el("button").class("quiet").attr("type", "button").on(ListenerKind::onclick, clear).text(words::CLEAR)
    });
    let heading = el("div").class("course-heading");
    let heading = heading.child(el("h2").text(words::COURSE).child(count)).children(clear);
    let course = el("section").attr("aria-label", words::COURSE).child(heading).child(cards);
    let page = el("div").class("start-page").child(el("section").class("intro").child(words).child(hero)).child(course);
    el("div").class("start").child(header(None)).child(page).into()
}

/// The address of a lesson, at a moment or at its beginning.
fn link(lesson: &Lesson, at: Option<At>) -> String {
    Page::Lesson { name: lesson.name.clone(), at }.hash()
}

/// A moment of a lesson, as large as there is room, and the way there.
fn picture(run: &Run, width: f64) -> [El; 2] {
    let at = run.showpiece();
    let still = run.still(at, Size { width, height: HERO_HEIGHT }, true);
    let words = format!("Lesson {}: {}, at this moment", run.lesson.number, run.lesson.title);
    let way = el("a").attr("href", link(&run.lesson, Some(At::of(at, run.start)))).text(words);
    [stage(&still, at, &Callback::noop()), way]
}

/// A lesson of the course; its picture was prepared, or is made here, or is not there yet.
fn card(heading: &Heading, ready: Option<&str>, stamp: Option<&Still>, progress: &Progress, is_next: bool) -> El {
    let picture = el("div").class("lesson-picture");
    let picture = match ready {
        Some(ready) => picture.nodes([VNode::from_html_unchecked(ready.to_owned().into())]),
        None => picture.children(stamp.map(|s| stage(&s.0, s.1, &Callback::noop()))),
    };
    let mark = progress.of(&heading.name);
    let state = match () {
        _ if mark.done => Some(("lesson-state done", words::done(mark.right, mark.asked))),
        _ if is_next => Some(("lesson-state next", words::CONTINUE_HERE.to_owned())),
        _ if mark.asked > 0 => Some(("lesson-state", words::BEGUN.to_owned())),
        _ => None,
    };
    let state = state.map(|(class, said)| el("p").child(el("span").class(class).text(said)));
    let title = el("h3").child(el("span").text(heading.number.to_string())).text(heading.title.clone());
    let words = el("div").class("lesson-words").child(title).child(el("p").text(heading.summary.clone()));
    let page = Page::Lesson { name: heading.name.clone(), at: None };
    el("li")
        .class(if is_next { "lesson is-next" } else { "lesson" })
        .attr("data-lesson", heading.name.clone())
        .key(heading.name.clone())
        .child(el("a").attr("href", page.hash()).child(picture).child(words.children(state)))
}
