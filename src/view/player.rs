//! The player: a lesson on its stage, with panel and transport.

use super::browser;
#[cfg(feature = "complete")]
use super::calculator::Calculator;
use super::clock::use_clock;
use super::controls::{Controls, Handles};
use super::element::{El, el};
use super::embed;
#[cfg(feature = "complete")]
use super::embedding::Embedding;
use super::ending::ending;
use super::header::{Place, header};
use super::help::help;
#[cfg(feature = "complete")]
use super::lab::{self, Bench, Editor, WhatIf};
use super::panel::{self, Inside, panel};
use super::playback::{self, Action, Moments, Motion, Playback};
use super::question::{Outcome, Question};
use super::record::{self, Record};
use super::run::Run;
use super::sharing::{Taking, use_sharing};
use super::sizes::use_size;
use super::stage::stage;
use super::tape::TapeView;
use super::track::TrackView;
use super::transport::{Transport, transport};
#[cfg(feature = "complete")]
use super::views;
use super::whole;
use super::words;
use crate::node::COMPLETE;
use crate::scene::geometry::Size;
use crate::scene::{Focus, Room, Scene, text};
#[cfg(feature = "complete")]
use crate::sim::NodeId;
#[cfg(feature = "complete")]
use crate::story::terms_in;
use crate::story::{At, Narration, Page, Panels, View};
use crate::time::Time;
use gloo_timers::callback::Timeout;
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

#[derive(Clone, Properties, PartialEq)]
pub struct PlayerProps {
    pub run: Rc<Run>,
    /// The moment to open at; every new visit moves the player there.
    pub at: Time,
    pub visit: u32,
    pub embed: bool,
    /// What an embedded player shows beside the picture, if it is told.
    #[prop_or_default]
    pub panels: Option<Panels>,
    /// Texts are larger than usual.
    #[prop_or_default]
    pub large: bool,
    /// It only shows how an embedded player would look: the address and what is kept are somebody else's.
    #[prop_or_default]
    pub preview: bool,
    /// Does the page ask before it shows?
    pub asks: bool,
    /// A link leads to it for others too; not to a recording.
    pub shared: bool,
    /// A first picture, for wide and for narrow windows: the style sheet shows the one that fits.
    pub still: bool,
    /// The tab to begin with.
    #[prop_or(panel::WIRE)]
    pub tab: &'static str,
    /// Makes the hash of a moment.
    pub hash_of: Callback<Time, String>,
    pub complain: Callback<String>,
    /// What stands in the middle at first.
    #[prop_or_default]
    pub view: View,
    /// The laboratory that the run is made in, if it is.
    #[cfg(feature = "complete")]
    #[prop_or_default]
    pub bench: Option<Rc<Bench>>,
}

/// The picture's room, and the timeline's, until the browser has told the real ones.
const FIRST_ROOM: Size = Size { width: 1044.0, height: 730.0 };
const FIRST_TRACK: Size = Size { width: 1400.0, height: 56.0 };
/// A narrower picture stands above the panel, and the page scrolls.
const BESIDE_PANEL: f64 = 860.0;
/// The picture's height where the page scrolls.
const SCROLLING_HEIGHT: f64 = 620.0;
/// The room on a phone, before its browser has told.
const NARROW_ROOM: Room = Room { width: 390.0, height: SCROLLING_HEIGHT, tape: true, framed: false };
/// The panel's inside, for what is as large as the picture elsewhere.
#[cfg(feature = "complete")]
const IN_PANEL: Size = Size { width: 352.0, height: 440.0 };
/// The height of what stands below a laboratory's stage.
const BENCH: f64 = 232.0;
/// The lesson that is about the backlog's size.
#[cfg(feature = "complete")]
const CALCULATED: &str = "the-backlog-is-too-small";
/// A hash is written this long after the last move, so that holding an arrow key does not flood the browser.
const HASH_DELAY_MS: u32 = 250;

#[component]
pub fn Player(props: &PlayerProps) -> Html {
    let run = &props.run;
    let playback = {
        let (moments, at, asks) = (run.moments.clone(), props.at, props.asks);
        use_reducer(move || {
            let silent = || Rc::new(Moments { gates: vec![], ..(*moments).clone() });
            Playback::new(if asks { moments.clone() } else { silent() }, at)
        })
    };
    let record = use_state_eq(Record::default);
    let reading = use_state_eq(|| None::<usize>);
    let focus = use_state_eq(Focus::default);
    let tab = use_state_eq(|| props.tab);
    #[cfg(feature = "complete")]
    let view = use_state_eq(|| props.view);
    let root = use_node_ref();
    let down = use_memo((), |()| Default::default());
    let (picture, picture_size) = use_size(FIRST_ROOM);
    let (track_room, track_size) = use_size(FIRST_TRACK);
    let room = room(picture_size, props);
    let shot = {
        let run = run.clone();
        use_memo((run.clone(), playback.step, *focus, room), move |(_, step, focus, room)| {
            let at = run.moments.steps.get(*step).copied().unwrap_or(run.start);
            #[cfg(target_arch = "wasm32")]
            browser::note("data-trying", &At::of(at, run.start).to_string());
            run.shot(at, focus, room)
        })
    };
    {
        let at = At::of(playback.at, run.start).to_string();
        use_effect_with(at, |at| browser::note("data-good", at));
    }
    let (scene, narration) = &*shot;
    let track = {
        let labels = !props.embed && track_size.width > 500.0;
        use_memo((run.clone(), track_size.width, labels), |(run, width, labels)| Rc::new(run.track(*width, *labels)))
    };
    let seen = use_state_eq(|| true);
    let live = use_clock(run, &scene.stage, &track, &playback, &root, *seen);
    let hears = embed::use_orders(props, &live, &playback, &seen);
    use_address(props, &playback);
    let (open_embedding, embedding) = use_embedding(props, playback.at);
    use_focus(&root, props.embed);
    let progress = record::use_kept(&run.lesson, &playback, &record, !props.preview);
    use_whole(props, &playback);
    use_run(props, &playback);
    use_wish(&playback);

    let controls = Controls::new(Handles {
        run,
        live: &live,
        playback: &playback,
        focus: &focus,
        tab: &tab,
        hash_of: &props.hash_of,
    });
    let sentence = format!("{}: {}", narration.eyebrow, narration.title);
    let is_told = playback.by_hand && playback.motion == Motion::Paused;
    let told = el("p").class("unseen").attr("aria-live", "polite").text(if is_told {
        sentence.clone()
    } else {
        String::new()
    });
    let bar = Transport {
        motion: playback.motion,
        speed: playback.speed,
        clock: text::clock(playback.at.since(run.start).as_micros() as u64),
        track: TrackView {
            track: &track,
            play_ms: run.pace.to_play_ms(playback.at),
            step: playback.step,
            steps: run.moments.steps.len(),
            sentence: &sentence,
            seek: &controls.seek,
        },
        controls: &controls,
        track_room,
        #[cfg(feature = "complete")]
        views: (!props.embed).then(|| views::switch(&view)),
        full_link: props.embed.then(|| format!("?{}", props.hash_of.emit(playback.at))),
    };
    let drawn = drawn(scene, room, playback.at, &controls);
    #[cfg(feature = "complete")]
    let shown = views::Shown { run, at: playback.at, focus: *focus, pick: &controls.pick };
    #[cfg(feature = "complete")]
    let drawn = shown.large(*view, room).map_or(drawn, |view| vec![view]);
    let picture = el("div").class("picture").reference(&picture).swipes(&down, &controls.act);
    #[cfg(feature = "complete")]
    let picture = picture.children((!props.embed && !props.still).then(|| views::switch(&view)));
    let picture = if props.still {
        let (narrow, _) = run.shot(playback.at, &focus, &NARROW_ROOM);
        let narrow = self::drawn(&narrow, NARROW_ROOM, playback.at, &controls);
        let both = [("when-wide", drawn), ("when-narrow", narrow)];
        picture.children(both.map(|(class, drawn)| el("div").class(class).nodes(drawn)))
    } else {
        picture.nodes(drawn)
    };
    let question = question(props, &playback, &Asking { record: &record, reading: &reading }, &root, *focus, scene);
    let is_over = COMPLETE && playback.at >= run.moments.end && run.lesson.number > 0 && !props.embed;
    let ending = is_over.then(|| ending(run, &playback.moments, &record, &progress).into());
    let picture = laboratory(props, picture, &playback, *focus, scene, &controls);
    let more = tabs_of(props, &playback, *focus, *tab, &controls);
    let panel = if props.embed {
        embed::side(question, props.panels, scene, more, *tab, &controls)
    } else {
        let calculator = calculator(run, playback.at >= run.moments.end);
        let after = terms(narration).into_iter().chain(question).chain(calculator).chain(ending);
        let after: Vec<Html> = after.collect();
        let inside = Inside { more, scene, narration, remarks: &run.remarks, after: &after, pick: &controls.pick };
        Some(panel(inside, *tab, &controls.choose_tab))
    };
    let (share, sharing) = use_sharing(Taking { props, focus: *focus, live: &live, link: &controls.link });
    let above = Above { share, at: playback.at, width: picture_size.width, embed: open_embedding };
    let class = match (props.embed, &panel) {
        (false, _) => "player",
        (true, None) => "player embed",
        (true, Some(_)) => "player embed with-side",
    };
    let player = el("div").class(class);
    let player = if hears { embed::tell(player, run, &playback, narration, &record) } else { player };
    player
        .reference(&root)
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", words::lesson(&run.lesson.title))
        .on(ListenerKind::onkeydown, controls.key.clone())
        .child(top(props, narration, above))
        .child(el("div").class("body").child(picture).children(panel))
        .child(transport(bar))
        .child(told)
        .child(help())
        .nodes(embedding)
        .nodes(sharing)
        .into()
}

/// What the header, or the caption of the embedded form, needs to know.
struct Above {
    /// Takes this moment along.
    share: Callback<Event>,
    at: Time,
    width: f64,
    /// Opens the Embed dialog.
    embed: Option<Callback<()>>,
}

/// What was asked in this run.
#[derive(Clone, Copy)]
struct Asking<'a> {
    record: &'a UseStateHandle<Record>,
    /// The question whose answer is being read.
    reading: &'a UseStateHandle<Option<usize>>,
}

/// What the words mean that the narration sets in bold.
fn terms(_narration: &Narration) -> Option<Html> {
    #[cfg(feature = "complete")]
    {
        let terms = terms_in(&_narration.body);
        let names: Vec<&str> = terms.iter().map(|term| term.name).collect();
        let rows =
            terms.iter().map(|term| el("div").child(el("dt").text(term.name)).child(el("dd").prose(&term.body())));
        let list = el("dl").children(rows);
        let summary = el("summary").text(super::words::terms(&names));
        let all = el("a").attr("href", Page::Glossary.hash()).text(super::words::ALL_TERMS);
        let all = el("p").child(all);
        (!terms.is_empty()).then(|| el("details").class("terms").child(summary).child(list).child(all).into())
    }
    #[cfg(not(feature = "complete"))]
    None
}

/// What a lesson lets the reader compute.
fn calculator(_run: &Run, is_over: bool) -> Option<Html> {
    #[cfg(feature = "complete")]
    if _run.lesson.name == CALCULATED {
        return Some(html! { <Calculator open={is_over} /> });
    }
    let _ = is_over;
    None
}

/// What a laboratory has below its stage.
fn laboratory(
    props: &PlayerProps,
    picture: El,
    playback: &Playback,
    focus: Focus,
    scene: &Scene,
    controls: &Controls,
) -> El {
    #[cfg(feature = "complete")]
    if let Some(bench) = &props.bench {
        let node = focus.node.or(scene.stage.cards.first().map(|card| card.node)).unwrap_or(NodeId(0));
        return picture.child(lab::strip(bench, node, playback.at, &controls.act));
    }
    let _ = (props, playback, focus, scene, controls);
    picture
}

/// The tabs that only the whole program has, and those of a laboratory.
fn tabs_of(
    props: &PlayerProps,
    playback: &Playback,
    focus: Focus,
    tab: &'static str,
    controls: &Controls,
) -> Vec<(&'static str, Html)> {
    #[cfg(feature = "complete")]
    let mut tabs = {
        let shown = views::Shown { run: &props.run, at: playback.at, focus, pick: &controls.pick };
        let is_shown = tab == panel::SEQUENCE;
        let drawn = if is_shown { shown.view(View::Sequence, IN_PANEL) } else { Html::default() };
        vec![(panel::SEQUENCE, drawn)]
    };
    #[cfg(feature = "complete")]
    if let Some(bench) = &props.bench {
        let (run, at, seek) = (props.run.clone(), playback.at, controls.act.clone());
        let what_if = html! { <WhatIf bench={bench.clone()} run={run.clone()} {at} {seek} /> };
        let text = html! { <Editor bench={bench.clone()} {run} /> };
        tabs.extend([(panel::WHAT_IF, what_if), (panel::TEXT, text)]);
    }
    #[cfg(feature = "complete")]
    return tabs;
    #[cfg(not(feature = "complete"))]
    {
        let _ = (props, playback, focus, tab, controls);
        vec![]
    }
}

/// Goes over to another run in the place of the one before, and has more of it computed when it comes to its end.
#[hook]
fn use_run(props: &PlayerProps, playback: &UseReducerHandle<Playback>) {
    let dispatch = playback.dispatcher();
    let moments = props.run.moments.clone();
    let is_laboratory = is_laboratory(props);
    use_effect_with(props.run.clone(), move |_| {
        if is_laboratory {
            dispatch.dispatch(Action::Run(moments));
        }
    });
    #[cfg(feature = "complete")]
    {
        let bench = props.bench.clone();
        use_effect_with(playback.at, move |at| bench.iter().for_each(|bench| bench.reach(*at)));
    }
}

/// Plays at once where the reader asked for that on the way here.
#[hook]
fn use_wish(playback: &UseReducerHandle<Playback>) {
    let dispatch = playback.dispatcher();
    use_effect_with((), move |()| {
        if playback::is_wanted() {
            dispatch.dispatch(Action::Play);
        }
    });
}

/// The question of this moment, if one is open or was answered here.
fn question(
    props: &PlayerProps,
    playback: &UseReducerHandle<Playback>,
    asking: &Asking,
    root: &NodeRef,
    focus: Focus,
    scene: &Scene,
) -> Option<Html> {
    if !COMPLETE {
        return None;
    }
    let Asking { record, reading } = *asking;
    let here = || playback.moments.gates.iter().filter(|gate| gate.step == playback.step).map(|gate| gate.question);
    let was_answered = |number: &usize| matches!(record.of(*number), Some(Outcome::Answered { .. }));
    // What was just answered stays until the reader goes on, also where another question waits.
    let read = reading.filter(|number| here().any(|other| other == *number));
    let number = read.or(playback.asking()).or_else(|| here().filter(was_answered).last())?;
    let go_on = {
        let (dispatch, root, reading) = (playback.dispatcher(), root.clone(), reading.setter());
        let is_last = playback.asking().is_none();
        Callback::from(move |()| {
            reading.set(None);
            root.cast::<Element>().iter().for_each(browser::focus);
            if is_last {
                dispatch.dispatch(Action::NextStep);
            }
        })
    };
    let settle = {
        let (record, dispatch, root, reading) = (record.clone(), playback.dispatcher(), root.clone(), reading.setter());
        Callback::from(move |outcome| {
            record.set(record.with(number, outcome));
            dispatch.dispatch(Action::Settle(number));
            reading.set(Some(number));
            if outcome == Outcome::Skipped {
                reading.set(None);
                root.cast::<Element>().iter().for_each(browser::focus);
                // As far as the next question, if it is asked here too.
                dispatch.dispatch(Action::NextStep);
            }
        })
    };
    let last_byte = scene.tape.last_byte();
    Some(html! {
        <Question key={number} run={props.run.clone()} {number} {last_byte} pointed={focus.node} outcome={record.of(number)} held={playback.held} {settle} {go_on} />
    })
}

/// The room to lay the picture out in.
fn room(size: Size, props: &PlayerProps) -> Room {
    let scrolls = size.width < BESIDE_PANEL && !props.embed;
    let height = if scrolls { SCROLLING_HEIGHT } else { size.height };
    if is_laboratory(props) {
        // What can be done takes the place of the tape.
        return Room {
            width: size.width,
            height: if scrolls { height } else { (height - BENCH).max(BENCH) },
            tape: false,
            framed: false,
        };
    }
    if props.embed {
        return embed::room(size, props.panels, props.large);
    }
    Room { width: size.width, height, tape: true, framed: false }
}

fn is_laboratory(_props: &PlayerProps) -> bool {
    #[cfg(feature = "complete")]
    return _props.bench.is_some();
    #[cfg(not(feature = "complete"))]
    false
}

/// The stage, and the tape below it.
fn drawn(scene: &Scene, room: Room, at: Time, controls: &Controls) -> Vec<Html> {
    let stage = stage(&scene.stage, at, &controls.pick).into();
    let tape = room.tape.then(|| html! { <TapeView tape={scene.tape.clone()} pick={controls.pick.clone()} /> });
    [stage].into_iter().chain(tape).collect()
}

/// What stands above the picture: the header, or the caption of the embedded form.
fn top(props: &PlayerProps, narration: &Narration, above: Above) -> El {
    let Above { share, at, width, embed } = above;
    let lesson = &props.run.lesson;
    if props.embed {
        return embed::caption(narration, props.panels, width, props.large);
    }
    let name = if lesson.number > 0 { format!("{} · {}", lesson.number, lesson.title) } else { lesson.title.clone() };
    // A recording has no text that could be gone on with.
    let has_text = props.shared && lesson.number > 0 && !is_laboratory(props);
    let experiment =
        has_text.then(|| Page::Lab { name: Some(lesson.name.clone()), at: Some(At::of(at, props.run.start)) }.hash());
    let shelf = match (is_laboratory(props), props.shared) {
        (true, _) => words::SHELF_LAB,
        (_, true) => words::SHELF_LESSONS,
        _ => words::SHELF_RECORDINGS,
    };
    header(Some(Place { name, shelf, experiment, share, embed: embed.filter(|_| props.shared) }))
}

/// What opens the Embed dialog, and the dialog while it is open.
#[hook]
fn use_embedding(_props: &PlayerProps, _at: Time) -> (Option<Callback<()>>, Option<Html>) {
    #[cfg(feature = "complete")]
    {
        let opened_at = use_state_eq(|| None::<Time>);
        let (open, close) = (opened_at.setter(), opened_at.setter());
        let dialog = opened_at.map(|at| {
            let PlayerProps { run, hash_of, complain, .. } = _props.clone();
            let (hash, closed) = (hash_of.emit(at), Callback::from(move |()| close.set(None)));
            html! { <Embedding {run} {at} {hash} {hash_of} {closed} {complain} /> }
        });
        (Some(Callback::from(move |()| open.set(Some(_at)))), dialog)
    }
    #[cfg(not(feature = "complete"))]
    (None, None)
}

/// Goes where a link leads while the player is open, and writes into the address where the reader has stopped.
#[hook]
fn use_address(props: &PlayerProps, playback: &UseReducerHandle<Playback>) {
    let dispatch = playback.dispatcher();
    let is_first = use_mut_ref(|| true);
    let at = props.at;
    use_effect_with(props.visit, move |_| {
        if !is_first.replace(false) {
            dispatch.dispatch(Action::Seek(at));
        }
    });
    let hash_of = props.hash_of.clone();
    // A laboratory's address says what was done, too.
    let is_told = (playback.by_hand || is_laboratory(props)) && !props.preview;
    use_effect_with((playback.at, playback.motion, is_told, props.run.clone()), move |&(at, motion, is_told, _)| {
        let write = (motion == Motion::Paused && is_told)
            .then(|| Timeout::new(HASH_DELAY_MS, move || browser::replace_hash(&hash_of.emit(at))));
        move || drop(write)
    });
}

/// A question is for the whole program; without it, nothing is asked.
#[hook]
fn use_whole(props: &PlayerProps, playback: &UseReducerHandle<Playback>) {
    let (dispatch, complain) = (playback.dispatcher(), props.complain.clone());
    let hash = if COMPLETE { String::new() } else { props.hash_of.emit(playback.at) };
    // What was predicted is told at the end, by the whole one too.
    let is_over = props.asks && props.run.lesson.number > 0 && playback.at >= playback.moments.end;
    use_effect_with((playback.asking(), is_over), move |&(asking, is_over)| {
        if COMPLETE || (asking.is_none() && !is_over) {
            return;
        }
        // It opens where the address is.
        browser::replace_hash(&hash);
        whole::start(move |why| {
            asking.into_iter().for_each(|number| dispatch.dispatch(Action::Settle(number)));
            complain.emit(why);
        });
    });
}

/// The keys work at once, but not in a page that this one is only a part of.
#[hook]
fn use_focus(root: &NodeRef, embed: bool) {
    let root = root.clone();
    use_effect_with((), move |()| {
        if let Some(player) = root.cast::<Element>().filter(|_| !embed) {
            browser::focus(&player);
        }
    });
}
