//! The laboratory: a run that its reader makes by doing, with everything that a lesson's player shows.
//!
//! Rule: what is done becomes a line of the laboratory's text (`story::Laboratory`), so the address carries all of it.
//!
//! - `bench`: the laboratory behind the page; `strip`: what stands below the stage: `tools`, `console`, `branches`;
//! - `what_if`, `editor`: tabs of the panel.

mod bench;
mod branches;
mod console;
mod editor;
mod strip;
mod tools;
mod what_if;

pub use bench::Bench;
pub use editor::Editor;
pub use strip::strip;
pub use what_if::WhatIf;

use super::player::Player;
use crate::story::{At, Lesson, Page, Presentation};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct LabProps {
    pub lesson: Rc<Lesson>,
    /// Its address as long as nothing was done.
    pub page: Page,
    pub at: Option<At>,
    pub visit: u32,
    /// The tab to begin with.
    pub tab: &'static str,
    /// How it is shown: embedded, it is only looked at.
    pub presentation: Presentation,
    pub complain: Callback<String>,
}

#[component]
pub fn Lab(props: &LabProps) -> Html {
    let changed = {
        let shown = use_force_update();
        Callback::from(move |()| shown.force_update())
    };
    let bench = {
        let (lesson, page, complain) = (props.lesson.clone(), props.page.clone(), props.complain.clone());
        use_memo((), move |()| Bench::new((*lesson).clone(), page, changed, complain))
    };
    let run = bench.run();
    let at = props.at.as_ref().map_or(run.start, |at| run.moment(at).unwrap_or_else(|(at, _)| at));
    let hash_of = {
        let bench = bench.clone();
        Callback::from(move |at| bench.hash(at))
    };
    let Presentation { embed, panels, large, .. } = props.presentation;
    html! {
        <Player {run} {at} visit={props.visit} {embed} {panels} {large} asks=false shared=true still=false tab={props.tab} {hash_of} complain={props.complain.clone()} bench={Some(bench)} />
    }
}
