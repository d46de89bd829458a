//! The start page: what this is, and the course.

use super::element::{El, el};
use super::header::header;
use super::icon::{Icon, icon};
use super::opening;
use super::run::Run;
use super::sizes;
use super::stage::stage;
use crate::scene::geometry::Size;
use crate::scene::stage::Stage;
use crate::story::{At, Lesson, Page, builtin};
use crate::time::Time;
use gloo_timers::callback::Timeout;
use std::rc::Rc;
use yew::prelude::*;

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

#[component]
pub fn Start() -> Html {
    let lessons = use_memo((), |()| builtin());
    let (room, size) = sizes::use_size(Size { width: 640.0, height: HERO_HEIGHT });
    let hero =
        use_memo((), |()| lessons.iter().find(|l| l.name == HERO).or(lessons.first()).map(|l| Run::new(l.clone())));
    let stamps = use_state(Vec::<Still>::new);
    {
        let (lessons, stamps) = (lessons.clone(), stamps.clone());
        use_effect_with(stamps.len(), move |&done| {
            let next = lessons.get(done).cloned();
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
    let course =
        el("ul").class("course").children(lessons.iter().enumerate().map(|(i, lesson)| card(lesson, stamps.get(i))));
    let count = el("span").text(format!("{} lessons · each one is a run of real nodes", lessons.len()));
    let course =
        el("section").attr("aria-label", "The course").child(el("h2").text("The course").child(count)).child(course);
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

/// A lesson of the course.
fn card(lesson: &Lesson, still: Option<&Still>) -> El {
    let picture = el("div").class("lesson-picture").children(still.map(|s| stage(&s.0, s.1, &Callback::noop())));
    let title = el("h3").child(el("span").text(lesson.number.to_string())).text(lesson.title.clone());
    let words = el("div").class("lesson-words").child(title).child(el("p").text(lesson.summary.clone()));
    el("li")
        .class("lesson")
        .key(lesson.name.clone())
        .child(el("a").attr("href", link(lesson, None)).child(picture).child(words))
}
