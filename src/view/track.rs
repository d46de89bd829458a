//! Draws the timeline and lets the reader drag along it.

use super::browser;
use crate::scene::geometry::{Point, px, translate};
use crate::scene::track::Track;
use std::rc::Rc;
use web_sys::{Element, PointerEvent};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct TrackProps {
    pub track: Rc<Track>,
    /// The moment of play, ms; while playing the clock moves the thumb between renders.
    pub play_ms: f64,
    pub step: usize,
    pub steps: usize,
    /// The step in a sentence.
    pub sentence: AttrValue,
    /// The reader has dragged to this moment of play.
    pub seek: Callback<f64>,
}

/// The place of the thumb, as a transform: also set by the clock on every frame.
pub fn thumb(track: &Track, play_ms: f64) -> String {
    translate(Point { x: track.x(play_ms), y: 0.0 })
}

#[component]
pub fn TrackView(props: &TrackProps) -> Html {
    let track = &*props.track;
    let (width, height) = (px(track.size.width), px(track.size.height));
    let drag = |down: bool| {
        let (track, seek) = (props.track.clone(), props.seek.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(element) = event.current_target().and_then(browser::element) else { return };
            if event.button() > 0 || (!down && event.buttons() & 1 == 0) {
                return;
            }
            if down {
                // A pointer that is gone by now cannot be held; the drag then ends at the edge.
                let _ = Element::set_pointer_capture(&element, event.pointer_id());
            }
            let x = f64::from(event.client_x()) - element.get_bounding_client_rect().left();
            seek.emit(track.play_ms(x));
        })
    };
    let now = track.x(props.play_ms);
    html! {
        <svg class="track" viewBox={format!("0 0 {width} {height}")} width={width.clone()} {height} role="slider" tabindex="0" aria-label="Timeline"
            aria-valuemin="1" aria-valuemax={props.steps.to_string()} aria-valuenow={(props.step + 1).to_string()}
            aria-valuetext={props.sentence.clone()} onpointerdown={drag(true)} onpointermove={drag(false)}>
            { for track.bars.iter().map(|bar| html! {
                <rect class={classes!("run", phase_class(bar.name))} x={px(bar.x)} y="11" width={px(bar.width)} height="10" rx="4" />
            }) }
            { for track.ticks.iter().map(|&x| html! { <line class="tick" x1={px(x)} x2={px(x)} y1="14" y2="18" /> }) }
            <g class="thumb" transform={thumb(track, props.play_ms)}>
                <rect class="veil" y="10" {width} height="12" />
                <line y1="1" y2="29" />
                <circle cy="16" r="7" />
            </g>
            { for track.bars.iter().filter(|b| b.labelled).map(|bar| {
                let current = bar.x <= now && now < bar.x + bar.width + 2.0;
                html! { <text class={classes!("run-name", current.then_some("current"))} x={px(bar.x + 5.0)} y="47">{ bar.name }</text> }
            }) }
        </svg>
    }
}

/// The style sheet's name of a phase.
fn phase_class(name: &str) -> String {
    format!("phase-{}", name.replace(' ', "-"))
}
