//! The start page: what this is, and the course.

use super::browser;
use super::conformance::COMPARED;
use super::element::{El, el};
use super::header::header;
use super::icon::{Icon, icon};
use super::opening;
use super::record;
use super::run::Run;
use super::sizes;
use super::stage::stage;
use super::wish;
use super::words;
use crate::node::COMPLETE;
use crate::scene::geometry::Size;
use crate::scene::stage::Stage;
use crate::story::{At, Heading, Lesson, Page, Progress, builtin, course};
use crate::time::Time;
use gloo_timers::callback::Timeout;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use yew::prelude::*;
use yew::virtual_dom::{ListenerKind, VNode};

/// The lesson that the large picture is taken from.
const HERO: &str = "losing-the-link";
const HERO_HEIGHT: f64 = 344.0;
/// A small picture; the style sheet stretches it.
const STAMP: Size = Size { width: 440.0, height: 96.0 };
/// Small pictures are made one after the other, so that the page can be used meanwhile.
const PAUSE_MS: u32 = 20;

/// A moment of a lesson, laid out small.
pub fn stamp(run: &Run) -> (Stage, Time) {
    let at = run.showpiece();
    (run.still(at, STAMP, false), at)
}

/// A small picture: drawn here, or, as SVG, when the page was built.
#[derive(Clone)]
enum Picture {
    Drawn(Rc<(Stage, Time)>),
    Ready(String),
}

/// The pictures that were made when the page was built: the small program does not have all lessons.
fn fetch(then: impl FnOnce(Vec<(String, Picture)>) + 'static) {
    let then = Closure::once_into_js(move |text: JsValue| {
        let text = text.as_string().unwrap_or_default();
        let lines = text.lines().filter_map(|line| line.split_once('\t'));
        then(lines.map(|(name, svg)| (name.to_owned(), Picture::Ready(svg.to_owned()))).collect());
    });
    browser::call("replscopePictures", &then, &JsValue::NULL);
}

#[component]
pub fn Start() -> Html {
    let lessons = use_memo((), |()| builtin());
    let (room, size) = sizes::use_size(Size { width: 640.0, height: HERO_HEIGHT });
    let hero =
        use_memo((), |()| lessons.iter().find(|l| l.name == HERO).or(lessons.first()).map(|l| Run::new(l.clone())));
    let headings = use_memo((), |()| course());
    let progress = use_state_eq(Progress::default);
    {
        let progress = progress.setter();
        use_effect_with((), move |()| progress.set(record::progress()));
    }
    let pictures = use_state(Vec::<(String, Picture)>::new);
    {
        let (lessons, pictures) = (lessons.clone(), pictures.clone());
        use_effect_with(pictures.len(), move |&done| {
            if !COMPLETE && done == 0 {
                let pictures = pictures.setter();
                fetch(move |ready| pictures.set(ready));
            }
            let next = lessons.get(done).filter(|_| COMPLETE).cloned();
            let timeout = next.map(|lesson| {
                Timeout::new(PAUSE_MS, move || {
                    let drawn = (lesson.name.clone(), Picture::Drawn(Rc::new(stamp(&Run::new(lesson)))));
                    pictures.set(pictures.iter().cloned().chain([drawn]).collect());
                })
            });
            move || drop(timeout)
        });
    }
    let first = lessons.first().map(|lesson| {
        let go = el("a")
            .class("tool first")
            .attr("href", link(lesson, None))
            // Who presses a button with this sign wants to see it play.
            .on(ListenerKind::onclick, Callback::from(|_| wish::want()))
            .child(icon(Icon::Play))
            .text(words::START_COURSE);
        let lab = el("a").class("tool").attr("href", Page::Lab { name: None, at: None }.hash()).text(words::OPEN_LAB);
        el("p").class("invitation").child(go).child(lab)
    });
    let ask = el("button").class("tool labelled").button(words::OPEN_FILE, Callback::from(|_| opening::ask()));
    let own = el("p").class("own").text(words::OWN).child(ask.child(icon(Icon::Open)).text(words::OPEN_FILE));
    let compared = el("p").class("compared").text(words::compared(COMPARED.0, COMPARED.1));
    let words = el("div")
        .child(el("h1").text(words::HEADLINE))
        .child(el("p").class("lead").text(words::LEAD))
        .children(first)
        .child(compared)
        .child(own);
    let hero = el("div").class("hero").reference(&room).children(hero.iter().flat_map(|run| picture(run, size.width)));
    let next = headings.iter().find(|heading| !progress.of(&heading.name).done).filter(|_| !progress.is_empty());
    let cards = headings.iter().map(|heading| {
        let picture = pictures.iter().find(|(name, _)| *name == heading.name).map(|(_, picture)| picture);
        card(heading, picture, &progress, next.is_some_and(|next| next.name == heading.name))
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
    let words = words::at_this_moment(run.lesson.number, &run.lesson.title);
    let way = el("a").attr("href", link(&run.lesson, Some(At::of(at, run.start)))).text(words);
    [stage(&still, at, &Callback::noop()), way]
}

/// A lesson of the course; its picture may not be there yet.
fn card(heading: &Heading, picture: Option<&Picture>, progress: &Progress, is_next: bool) -> El {
    let room = el("div").class("lesson-picture");
    let picture = match picture {
        None => room,
        Some(Picture::Drawn(drawn)) => room.child(stage(&drawn.0, drawn.1, &Callback::noop())),
        Some(Picture::Ready(svg)) => room.nodes([VNode::from_html_unchecked(svg.clone().into())]),
    };
    let mark = progress.of(&heading.name);
    let state = match () {
        _ if mark.done => ("lesson-state done", words::done(mark.right, mark.asked)),
        _ if is_next => ("lesson-state next", words::CONTINUE_HERE.to_owned()),
        _ if mark.asked > 0 => ("lesson-state", words::BEGUN.to_owned()),
        _ => ("lesson-state", words::minutes(heading.minutes)),
    };
    let state = el("p").child(el("span").class(state.0).text(state.1));
    let title = el("h3").child(el("span").text(heading.number.to_string())).text(heading.title.clone());
    let words = el("div").class("lesson-words").child(title).child(el("p").text(heading.summary.clone()));
    let page = Page::Lesson { name: heading.name.clone(), at: None };
    el("li")
        .class(if is_next { "lesson is-next" } else { "lesson" })
        .attr("data-lesson", heading.name.clone())
        .key(heading.name.clone())
        .child(el("a").attr("href", page.hash()).child(picture).child(words.child(state)))
}
