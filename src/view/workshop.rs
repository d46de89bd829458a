//! What a laboratory changes in the player around it. Without one, and in the small program, everything is a lesson's.

#[cfg(feature = "complete")]
use super::controls::Controls;
use super::element::El;
#[cfg(feature = "complete")]
use super::lab::{self, Board, Hands};
use super::panel;
use super::player::PlayerProps;
use crate::scene::Focus;
#[cfg(feature = "complete")]
use crate::scene::Scene;
use crate::story::{At, Page};
#[cfg(feature = "complete")]
use crate::story::{Carried, Lesson};
use crate::time::Time;
#[cfg(feature = "complete")]
use yew::prelude::*;

/// The height of what stands below a laboratory's stage.
pub const BENCH: f64 = 214.0;

pub fn is_laboratory(_props: &PlayerProps) -> bool {
    #[cfg(feature = "complete")]
    return _props.bench.is_some();
    #[cfg(not(feature = "complete"))]
    false
}

/// A laboratory begins with what would happen, all others with the bytes.
pub fn first_tab(props: &PlayerProps) -> &'static str {
    #[cfg(feature = "complete")]
    if is_laboratory(props) {
        return panel::WHAT_IF;
    }
    let _ = props;
    panel::WIRE
}

/// Lets the laboratory know what is shown, and what it may ask for.
#[cfg(feature = "complete")]
pub fn attend(props: &PlayerProps, at: Time, controls: &Controls) {
    let Some(bench) = &props.bench else { return };
    let (pick, choose_tab, go) = (controls.pick.clone(), controls.choose_tab.clone(), controls.act.clone());
    bench.attend(Hands { at, pick, choose_tab, go });
}

/// The stage and what stands below it, in the place of stage and tape.
#[cfg(feature = "complete")]
pub fn drawn(props: &PlayerProps, scene: &Scene, at: Time, focus: Focus, controls: &Controls) -> Option<Vec<Html>> {
    let bench = props.bench.as_ref()?;
    let (stage, pick) = (scene.stage.clone(), controls.pick.clone());
    let board = html! { <Board bench={bench.clone()} {stage} {at} {focus} {pick} /> };
    Some(std::iter::once(board).chain(below(props, at, focus)).collect())
}

/// What stands below the stage, or below another view.
#[cfg(feature = "complete")]
pub fn below(props: &PlayerProps, at: Time, focus: Focus) -> Option<Html> {
    let bench = props.bench.as_ref()?;
    Some(lab::strip(bench, lab::looked_at(bench, focus.node, at), at).into())
}

/// The way from a lesson into the laboratory, at a moment. A recording has no text that could be gone on with.
pub fn way_in(props: &PlayerProps, at: Time) -> Option<Page> {
    if !props.shared || is_laboratory(props) {
        return None;
    }
    let (lesson, at) = (&props.run.lesson, Some(At::of(at, props.run.start)));
    if lesson.number > 0 {
        return Some(Page::Lab { name: Some(lesson.name.clone()), at });
    }
    #[cfg(feature = "complete")]
    {
        // One that a file or a link brought goes on as a text of its own.
        let lesson = Lesson { is_laboratory: true, ..Lesson::clone(lesson) };
        let (file, text) = ("laboratory.txt".to_owned(), lesson.text().ok()?);
        Some(Page::Carried { lesson: Box::new(Carried { file, text, lesson }), at })
    }
    #[cfg(not(feature = "complete"))]
    None
}

/// What the header has for it.
pub fn tools(_props: &PlayerProps, _at: Time, _focus: Focus) -> Vec<El> {
    #[cfg(feature = "complete")]
    if let Some(bench) = &_props.bench {
        return lab::header_tools(bench, lab::looked_at(bench, _focus.node, _at));
    }
    vec![]
}

/// Its tabs.
#[cfg(feature = "complete")]
pub fn tabs(props: &PlayerProps, scene: &Scene, at: Time, focus: Focus) -> Vec<(&'static str, Html)> {
    let tabs = |bench| lab::tabs(bench, lab::looked_at(bench, focus.node, at), at, &scene.figures);
    props.bench.as_ref().map_or_else(Vec::new, tabs)
}
