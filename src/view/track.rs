//! Draws the timeline and lets the reader drag along it.

use super::browser;
use super::element::{Anchor, El, el, group, text};
use super::stage::canvas;
use super::words;
use crate::scene::geometry::{Point, px, translate};
use crate::scene::track::Track;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Event, PointerEvent};
use yew::Callback;
use yew::virtual_dom::ListenerKind;

/// What the timeline is drawn from.
pub struct TrackView<'a> {
    pub track: &'a Rc<Track>,
    /// The moment of play, ms; while playing the clock moves the thumb between renders.
    pub play_ms: f64,
    pub step: usize,
    pub steps: usize,
    /// The step in a sentence.
    pub sentence: &'a str,
    /// The reader has dragged to this moment of play.
    pub seek: &'a Callback<f64>,
}

/// What shows the moment `play_ms`, as element, attribute and value: also set by the clock on every frame. The thumb
/// stands there, and a veil lies on what is still to come.
pub fn marks(track: &Track, play_ms: f64) -> [(&'static str, &'static str, String); 3] {
    let x = track.x(play_ms);
    [
        ("thumb", "transform", translate(Point { x, y: 0.0 })),
        ("veil", "x", px(x)),
        ("veil", "width", px(track.size.width - x)),
    ]
}

/// The timeline as a slider.
pub fn track(view: TrackView) -> El {
    let track = &**view.track;
    let now = track.x(view.play_ms);
    let runs = track
        .bars
        .iter()
        .map(|bar| el("rect").class(format!("run {}", phase_class(bar.name))).rect(bar.x, 11.0, bar.width, 10.0, 4.0));
    let ticks =
        track.ticks.iter().map(|&x| el("line").class("tick").at("x1", x).at("x2", x).attr("y1", "14").attr("y2", "18"));
    let names = track.bars.iter().filter(|b| b.labelled).map(|bar| {
        let current = bar.x <= now && now < bar.x + bar.width + 2.0;
        text(if current { "run-name current" } else { "run-name" }, Anchor::Start, bar.x + 5.0, 47.0, bar.name)
    });
    let [thumb, veil_x, veil_width] = marks(track, view.play_ms);
    let veil = el("rect").class(veil_x.0).attr("y", "10").attr("height", "12").attr(veil_x.1, veil_x.2);
    let thumb = group(thumb.0)
        .attr(thumb.1, thumb.2)
        .child(el("line").attr("y1", "1").attr("y2", "29"))
        .child(el("circle").attr("cy", "16").attr("r", "7"));
    canvas("track", track.size)
        .attr("role", "slider")
        .attr("tabindex", "0")
        .attr("aria-label", words::TIMELINE)
        .attr("aria-valuemin", "1")
        .attr("aria-valuemax", view.steps.to_string())
        .attr("aria-valuenow", (view.step + 1).to_string())
        .attr("aria-valuetext", view.sentence.to_owned())
        .on(ListenerKind::onpointerdown, drag(&view, true))
        .on(ListenerKind::onpointermove, drag(&view, false))
        .child(group("runs").children(runs))
        .child(group("ticks").children(ticks))
        .child(veil.attr(veil_width.1, veil_width.2))
        .child(thumb)
        .child(group("names").children(names))
}

fn drag(view: &TrackView, down: bool) -> Callback<Event> {
    let (track, seek) = (view.track.clone(), view.seek.clone());
    Callback::from(move |event: Event| {
        let Some(pointer) = event.dyn_ref::<PointerEvent>() else { return };
        let Some(element) = event.target().and_then(browser::element).and_then(|e| e.closest(".track").ok().flatten())
        else {
            return;
        };
        if pointer.button() > 0 || (!down && pointer.buttons() & 1 == 0) {
            return;
        }
        if down {
            // A pointer that is gone by now cannot be held; the drag then ends at the edge.
            let _ = element.set_pointer_capture(pointer.pointer_id());
        }
        let x = f64::from(pointer.client_x()) - element.get_bounding_client_rect().left();
        seek.emit(track.play_ms(x));
    })
}

/// The style sheet's name of a phase.
fn phase_class(name: &str) -> String {
    format!("phase-{}", name.replace(' ', "-"))
}
