//! The start page: what this is, and the course.

use super::header::Header;
use super::lesson_card::LessonCard;
use super::run::Run;
use super::sizes;
use super::stage::StageView;
use crate::scene::geometry::Size;
use crate::story::{At, Lesson, Page, builtin};
use std::rc::Rc;
use yew::prelude::*;

/// The lesson that the large picture is taken from.
const HERO: &str = "losing-the-link";

#[derive(Properties, PartialEq)]
pub struct StartProps {
    pub complain: Callback<String>,
}

#[component]
pub fn Start(props: &StartProps) -> Html {
    let lessons = use_memo((), |()| builtin().into_iter().map(Rc::new).collect::<Vec<_>>());
    let hero = lessons.iter().find(|l| l.name == HERO).or(lessons.first());
    let count = lessons.len();
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
                            <p class="invitation"><a class="tool first" href={link(first, None)}>{ super::icon::icon(super::icon::Icon::Play) }{ "Start with lesson 1" }</a></p>
                        }
                    </div>
                    if let Some(lesson) = hero {
                        <Hero lesson={lesson.clone()} />
                    }
                </section>
                <section aria-label="The course">
                    <h2>{ "The course" }<span>{ format!("{count} lessons · each one is a run of real nodes") }</span></h2>
                    <ul class="course">
                        { for lessons.iter().enumerate().map(|(i, lesson)| html! {
                            <LessonCard key={lesson.name.clone()} lesson={lesson.clone()} href={link(lesson, None)} place={i as u32} />
                        }) }
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

#[derive(Properties, PartialEq)]
struct HeroProps {
    lesson: Rc<Lesson>,
}

/// A moment of a lesson, as large as there is room.
#[component]
fn Hero(props: &HeroProps) -> Html {
    let run = use_memo(props.lesson.clone(), |lesson| Run::new((**lesson).clone()));
    let (room, size) = sizes::use_size(Size { width: 640.0, height: 344.0 });
    let at = run.showpiece();
    let stage = use_memo((run.clone(), size.width), |(run, width)| {
        Rc::new(run.still(at, Size { width: *width, height: 344.0 }, true))
    });
    html! {
        <div class="hero" ref={room}>
            <StageView stage={(*stage).clone()} {at} />
            <a href={link(&props.lesson, Some(At::of(at, run.start)))}>{ format!("Lesson {}: {}, at this moment", props.lesson.number, props.lesson.title) }</a>
        </div>
    }
}
