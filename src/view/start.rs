//! The start page: what this is, and the course.

use super::header::Header;
use super::icon::{Icon, icon};
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

/// The lesson that the large picture is taken from.
const HERO: &str = "losing-the-link";
const HERO_HEIGHT: f64 = 344.0;
/// A small picture; the style sheet stretches it.
const STAMP: Size = Size { width: 440.0, height: 96.0 };
/// Small pictures are made one after the other, so that the page can be used meanwhile.
const PAUSE_MS: u32 = 20;

#[derive(Properties, PartialEq)]
pub struct StartProps {
    pub complain: Callback<String>,
}

type Still = Rc<(Stage, Time)>;

#[component]
pub fn Start(props: &StartProps) -> Html {
    let lessons = use_memo((), |()| builtin());
    let (room, size) = sizes::use_size(Size { width: 640.0, height: HERO_HEIGHT });
    let hero = use_memo((), |()| lessons.iter().find(|l| l.name == HERO).or(lessons.first()).map(|l| Run::new(l.clone())));
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
    html! {
        <div class="start">
            <Header complain={props.complain.clone()} />
            <div class="start-page">
                <section class="intro">
                    <div>
                        <h1>{ "See what Redis replication really sends." }</h1>
                        <p class="lead">
                            { "Step through the handshake, the snapshot, every propagated command and every byte of catch-up. The nodes on this page are a working implementation: put one on a socket, and a real redis-server replicates from it." }
                        </p>
                        if let Some(first) = lessons.first() {
                            <p class="invitation"><a class="tool first" href={link(first, None)}>{ icon(Icon::Play) }{ "Start with lesson 1" }</a></p>
                        }
                    </div>
                    <div class="hero" ref={room}>{ hero.as_ref().as_ref().map(|run| picture(run, size.width)) }</div>
                </section>
                <section aria-label="The course">
                    <h2>{ "The course" }<span>{ format!("{} lessons · each one is a run of real nodes", lessons.len()) }</span></h2>
                    <ul class="course">
                        { for lessons.iter().enumerate().map(|(i, lesson)| card(lesson, stamps.get(i))) }
                    </ul>
                </section>
            </div>
        </div>
    }
}

/// The address of a lesson, at a moment or at its beginning.
fn link(lesson: &Lesson, at: Option<At>) -> String {
    Page::Lesson { name: lesson.name.clone(), at }.hash()
}

/// A moment of a lesson, as large as there is room.
fn picture(run: &Run, width: f64) -> Html {
    let at = run.showpiece();
    let still = run.still(at, Size { width, height: HERO_HEIGHT }, true);
    html! {
        <>
            { stage(&still, at, &Callback::noop()) }
            <a href={link(&run.lesson, Some(At::of(at, run.start)))}>{ format!("Lesson {}: {}, at this moment", run.lesson.number, run.lesson.title) }</a>
        </>
    }
}

/// A lesson of the course.
fn card(lesson: &Lesson, still: Option<&Still>) -> Html {
    html! {
        <li key={lesson.name.clone()} class="lesson">
            <a href={link(lesson, None)}>
                <div class="lesson-picture">{ still.map(|s| stage(&s.0, s.1, &Callback::noop())) }</div>
                <div class="lesson-words">
                    <h3><span>{ lesson.number.to_string() }</span>{ &lesson.title }</h3>
                    <p>{ &lesson.summary }</p>
                </div>
            </a>
        </li>
    }
}
