//! The player: a lesson on its stage, with panel and transport.

use super::asking::{Guess, use_asking};
use super::browser;
use super::clock::use_clock;
use super::controls::{Controls, Handles};
use super::element::{El, el};
use super::embed;
use super::ending::ending;
use super::explained;
use super::header::{Place, header};
use super::help::help;
#[cfg(feature = "complete")]
use super::lab::Bench;
use super::panel::{self, Inside, panel};
use super::playback::{Action, Moments, Motion, Playback};
use super::record;
use super::room::{FIRST_ROOM, FIRST_TRACK, Form, NARROW_ROOM};
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
use super::wish::{use_giving_way, use_wish};
use super::words;
use super::workshop::{self, is_laboratory};
use crate::node::COMPLETE;
use crate::scene::{Focus, Room, Scene, text};
use crate::story::{At, Narration, Panels, View};
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
    /// The tab to begin with, if the address names one.
    #[prop_or_default]
    pub tab: Option<&'static str>,
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
    /// What was done in it last: it is drawn anew then.
    #[cfg(feature = "complete")]
    #[prop_or_default]
    pub said: String,
}

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
    let asking = use_asking();
    let record = &asking.record;
    let focus = use_state_eq(Focus::default);
    let tab = use_state_eq(|| props.tab.unwrap_or_else(|| workshop::first_tab(props)));
    #[cfg(feature = "complete")]
    let view = use_state_eq(|| props.view);
    let root = use_node_ref();
    let down = use_memo((), |()| Default::default());
    let (picture, picture_size) = use_size(FIRST_ROOM);
    let (track_room, track_size) = use_size(FIRST_TRACK);
    let form = Form { embed: props.embed, laboratory: is_laboratory(props) };
    let room = if props.embed { embed::room(picture_size, props.panels, props.large) } else { form.room(picture_size) };
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
    let (open_embedding, embedding) = embed::use_dialog(props, playback.at);
    use_focus(&root, props.embed);
    let progress = record::use_kept(&run.lesson, &playback, record, !props.preview);
    use_whole(props, &playback);
    use_run(props, &playback);
    use_wish(&playback);
    use_giving_way(props, &playback);

    let controls = Controls::new(Handles {
        run,
        live: &live,
        playback: &playback,
        focus: &focus,
        tab: &tab,
        hash_of: &props.hash_of,
    });
    #[cfg(feature = "complete")]
    workshop::attend(props, playback.at, &controls);
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
    let guess = asking.guess(run, &playback, scene.tape.last_byte());
    let drawing = Drawing { room, at: playback.at, focus: *focus, guess: guess.clone() };
    let drawn = drawn(props, scene, drawing, &controls);
    #[cfg(feature = "complete")]
    let shown = views::Shown { run, at: playback.at, focus: *focus, pick: &controls.pick };
    #[cfg(feature = "complete")]
    let drawn = match shown.large(*view, room) {
        // What stands below a laboratory's stage stays there.
        Some(view) => std::iter::once(view).chain(workshop::below(props, playback.at, *focus)).collect(),
        None => drawn,
    };
    let class = if form.is_large(picture_size) { "picture large" } else { "picture" };
    let picture = el("div").class(class).reference(&picture).swipes(&down, &controls.act);
    #[cfg(feature = "complete")]
    let picture = picture.children((!props.embed && !props.still).then(|| views::switch(&view)));
    let picture = if props.still {
        let (narrow, _) = run.shot(playback.at, &focus, &NARROW_ROOM);
        let drawing = Drawing { room: NARROW_ROOM, at: playback.at, focus: *focus, guess: None };
        let narrow = self::drawn(props, &narrow, drawing, &controls);
        let both = [("when-wide", drawn), ("when-narrow", narrow)];
        picture.children(both.map(|(class, drawn)| el("div").class(class).nodes(drawn)))
    } else {
        picture.nodes(drawn)
    };
    let question = asking.question(props, &playback, &root, focus.node, guess);
    let is_over = COMPLETE && playback.is_told() && run.lesson.number > 0 && !props.embed;
    let ending = is_over.then(|| ending(run, &playback.moments, record, &progress).into());
    let more = tabs_of(props, &playback, *focus, *tab, scene, &controls);
    let panel = if props.embed {
        embed::side(question, props.panels, scene, more, *tab, &controls)
    } else {
        let after = explained::terms(narration).into_iter().chain(question);
        let after = after.chain(explained::calculator(run, playback.is_told())).chain(ending);
        let after: Vec<Html> = after.collect();
        let inside = Inside { more, scene, narration, remarks: &run.remarks, after: &after, pick: &controls.pick };
        Some(panel(inside, *tab, &controls.choose_tab))
    };
    let (share, sharing) = use_sharing(Taking { props, focus: *focus, live: &live, link: &controls.link });
    let above = Above { share, at: playback.at, focus: *focus, embed: open_embedding };
    let class = match (props.embed, &panel) {
        (false, _) => "player",
        (true, None) => "player embed",
        (true, Some(_)) => "player embed with-side",
    };
    let player = el("div").class(class);
    let player = if hears { embed::tell(player, run, &playback, narration, record) } else { player };
    player
        .reference(&root)
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", words::lesson(&run.lesson.title))
        .on(ListenerKind::onkeydown, controls.key.clone())
        .child(top(props, narration, above))
        .child(el("div").class("body").child(picture.key("picture")).children(panel))
        .child(transport(bar))
        .child(told)
        // In an element of their own, so that one that comes or goes leaves the others as they are.
        .child(el("div").class("dialogs").child(help()).nodes(embedding).nodes(sharing))
        .into()
}

/// What the header, or the caption of the embedded form, needs to know.
struct Above {
    /// Takes this moment along.
    share: Callback<Event>,
    at: Time,
    focus: Focus,
    /// Opens the Embed dialog.
    embed: Option<Callback<()>>,
}

/// The tabs that only the whole program has, and those of a laboratory.
fn tabs_of(
    props: &PlayerProps,
    playback: &Playback,
    focus: Focus,
    tab: &'static str,
    scene: &Scene,
    controls: &Controls,
) -> Vec<(&'static str, Html)> {
    #[cfg(feature = "complete")]
    let mut tabs = {
        let shown = views::Shown { run: &props.run, at: playback.at, focus, pick: &controls.pick };
        let is_shown = tab == panel::SEQUENCE;
        let drawn = if is_shown { shown.view(View::Sequence, views::IN_PANEL) } else { Html::default() };
        vec![(panel::SEQUENCE, drawn)]
    };
    #[cfg(feature = "complete")]
    tabs.extend(workshop::tabs(props, scene, playback.at, focus));
    #[cfg(feature = "complete")]
    return tabs;
    #[cfg(not(feature = "complete"))]
    {
        let _ = (props, playback, focus, tab, scene, controls);
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

/// What is drawn in the middle.
struct Drawing {
    room: Room,
    at: Time,
    focus: Focus,
    guess: Option<Guess>,
}

/// The stage, and the tape below it.
fn drawn(props: &PlayerProps, scene: &Scene, drawing: Drawing, controls: &Controls) -> Vec<Html> {
    let Drawing { room, at, focus, guess } = drawing;
    #[cfg(feature = "complete")]
    if let Some(drawn) = workshop::drawn(props, scene, at, focus, controls) {
        return drawn;
    }
    let stage = stage(&scene.stage, at, &controls.pick).into();
    let (tape, pick) = (scene.tape.clone(), controls.pick.clone());
    #[cfg(feature = "complete")]
    let tape = room.tape.then(|| html! { <TapeView {tape} {pick} {guess} /> });
    #[cfg(not(feature = "complete"))]
    let (tape, _) = (room.tape.then(|| html! { <TapeView {tape} {pick} /> }), (props, focus, guess));
    [stage].into_iter().chain(tape).collect()
}

/// What stands above the picture: the header, or the caption of the embedded form.
fn top(props: &PlayerProps, narration: &Narration, above: Above) -> El {
    let Above { share, at, focus, embed } = above;
    let lesson = &props.run.lesson;
    if props.embed {
        return embed::caption(narration, props.panels);
    }
    let name = if lesson.number > 0 { format!("{} · {}", lesson.number, lesson.title) } else { lesson.title.clone() };
    let experiment = workshop::way_in(props, at).map(|page| page.hash());
    let shelf = match (is_laboratory(props), props.shared) {
        (true, _) => words::SHELF_LAB,
        (_, true) => words::SHELF_LESSONS,
        _ => words::SHELF_RECORDINGS,
    };
    let tools = workshop::tools(props, at, focus);
    header(Some(Place { name, shelf, experiment, share, tools, embed: embed.filter(|_| props.shared) }))
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
        let write = (motion == Motion::Paused && is_told).then(|| {
            let was = browser::hash();
            Timeout::new(HASH_DELAY_MS, move || {
                // Who has gone elsewhere meanwhile is not led back.
                if browser::hash() == was {
                    browser::replace_hash(&hash_of.emit(at));
                }
            })
        });
        move || drop(write)
    });
}

/// A question is for the whole program; without it, nothing is asked.
#[hook]
fn use_whole(props: &PlayerProps, playback: &UseReducerHandle<Playback>) {
    let (dispatch, complain) = (playback.dispatcher(), props.complain.clone());
    let hash = if COMPLETE { String::new() } else { props.hash_of.emit(playback.at) };
    // What was predicted is told at the end, by the whole one too.
    let is_over = props.asks && props.run.lesson.number > 0 && playback.is_told();
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
