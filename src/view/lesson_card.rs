//! A lesson of the course, with a small picture of one of its moments.

use super::run::Run;
use super::stage::StageView;
use crate::scene::geometry::Size;
use crate::scene::stage::Stage;
use crate::story::Lesson;
use crate::time::Time;
use gloo_timers::callback::Timeout;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct LessonCardProps {
    pub lesson: Rc<Lesson>,
    pub href: AttrValue,
    /// In the course, from 0: pictures are made one after the other, so that the page can be used meanwhile.
    pub place: u32,
}

/// The picture's size; the style sheet stretches it.
const SIZE: Size = Size { width: 440.0, height: 96.0 };

#[component]
pub fn LessonCard(props: &LessonCardProps) -> Html {
    let lesson = &props.lesson;
    let picture = use_state(|| None::<(Rc<Stage>, Time)>);
    {
        let picture = picture.setter();
        use_effect_with((lesson.clone(), props.place), move |(lesson, place)| {
            let lesson = lesson.clone();
            let timeout = Timeout::new(30 + 30 * place, move || {
                let run = Run::new((*lesson).clone());
                let at = run.showpiece();
                picture.set(Some((Rc::new(run.still(at, SIZE, false)), at)));
            });
            move || drop(timeout)
        });
    }
    html! {
        <li class="lesson">
            <a href={props.href.clone()}>
                <div class="lesson-picture">
                    if let Some((stage, at)) = &*picture {
                        <StageView stage={stage.clone()} at={*at} />
                    }
                </div>
                <div class="lesson-words">
                    <h3><span>{ lesson.number.to_string() }</span>{ &lesson.title }</h3>
                    <p>{ &lesson.summary }</p>
                </div>
            </a>
        </li>
    }
}
