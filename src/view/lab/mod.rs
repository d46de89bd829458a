//! The laboratory: a run that its reader makes by doing, with everything that a lesson's player shows.
//!
//! Rule: what is done becomes a line of the laboratory's text (`story::Laboratory`), so the address carries all of it.
//!
//! - `bench`: the laboratory behind the page; `log`: what its consoles show;
//! - `board`: the stage, where `hand` drags cards and `carry` says what would come of it; `acts` and `menu`: what can be done;
//! - `strip`: what stands below it: `console`, `branches`; `comparison` of two branches;
//! - `what_if`, `until`, `settings`, `load`, `editor`: tabs of the panel;
//! - `beginnings`: what a laboratory can begin with.

mod acts;
mod beginnings;
mod bench;
mod board;
mod branches;
mod carry;
mod comparison;
mod console;
mod editor;
mod hand;
mod load;
mod log;
mod menu;
mod settings;
mod strip;
mod until;
mod what_if;

pub use bench::{Bench, Hands};
pub use board::Board;
pub use strip::{looked_at, strip};

use super::browser;
use super::element::{El, el};
use super::icon::{Icon, icon};
use super::panel;
use super::player::Player;
use super::words;
use crate::scene::panel::Figure;
use crate::sim::NodeId;
use crate::story::{At, Lesson, Page, Presentation};
use crate::time::Time;
use beginnings::beginnings;
use comparison::Comparison;
use editor::Editor;
use load::LoadTab;
use menu::Menu;
use settings::Settings;
use std::rc::Rc;
use what_if::WhatIf;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

pub use super::panel::LOAD as LOAD_TAB;

/// What a menu is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Thing {
    Node(NodeId),
    Link(NodeId, NodeId),
    /// All faults that are at hand: of the chosen node, and of every link.
    Faults(NodeId),
}

impl Thing {
    fn name(&self, bench: &Bench) -> String {
        match self {
            Thing::Node(node) | Thing::Faults(node) => bench.name(*node),
            Thing::Link(a, b) => words::link_of(&bench.name(*a), &bench.name(*b)),
        }
    }
}

/// What the laboratory is asked to open above the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    Menu {
        thing: Thing,
        x: f64,
        y: f64,
        back: String,
    },
    /// What to begin with.
    Begin,
    /// The branch that is shown beside another.
    Compare(Option<usize>),
}

#[derive(Properties, PartialEq)]
pub struct LabProps {
    pub lesson: Rc<Lesson>,
    /// Its address as long as nothing was done.
    pub page: Page,
    pub at: Option<At>,
    pub visit: u32,
    /// The tab to begin with, if the address names one.
    pub tab: Option<&'static str>,
    /// How it is shown: embedded, it is only looked at.
    pub presentation: Presentation,
    pub complain: Callback<String>,
}

#[component]
pub fn Lab(props: &LabProps) -> Html {
    let asked = use_state_eq(|| None::<Asked>);
    let changed = {
        let shown = use_force_update();
        Callback::from(move |()| shown.force_update())
    };
    let bench = {
        let (lesson, page, complain) = (props.lesson.clone(), props.page.clone(), props.complain.clone());
        let ask = {
            let asked = asked.setter();
            Callback::from(move |what| asked.set(Some(what)))
        };
        use_memo((), move |()| Bench::new((*lesson).clone(), page, changed, complain, ask))
    };
    let run = bench.run();
    let at = props.at.as_ref().map_or(run.start, |at| run.moment(at).unwrap_or_else(|(at, _)| at));
    let hash_of = {
        let bench = bench.clone();
        Callback::from(move |at| bench.hash(at))
    };
    let said = bench.said();
    // In an element of its own, so that what comes or goes leaves the player as it is.
    let above = asked.as_ref().map(|what| above(&bench, what, &asked));
    let Presentation { embed, panels, large, .. } = props.presentation;
    html! { <>
        <Player {run} {at} visit={props.visit} {embed} {panels} {large} asks=false shared=true still=false tab={props.tab} {hash_of} complain={props.complain.clone()} bench={(!embed).then_some(bench)} {said} />
        <div class="above">{ for above }</div>
    </> }
}

/// What was asked for: a menu, or a dialog.
fn above(bench: &Rc<Bench>, what: &Asked, asked: &UseStateHandle<Option<Asked>>) -> Html {
    let close = {
        let (asked, back) = (
            asked.setter(),
            match what {
                Asked::Menu { back, .. } => back.clone(),
                Asked::Begin | Asked::Compare(_) => String::new(),
            },
        );
        Callback::from(move |()| {
            asked.set(None);
            if !back.is_empty() {
                browser::focus_back(&back);
            }
        })
    };
    match what {
        Asked::Menu { thing, x, y, back } => {
            let (asked, back, place) = (asked.setter(), back.clone(), (*x, *y));
            let go = Callback::from(move |thing: Option<Thing>| match thing {
                None => close.emit(()),
                Some(thing) => asked.set(Some(Asked::Menu { thing, x: place.0, y: place.1, back: back.clone() })),
            });
            html! { <Menu key={format!("{thing:?}")} bench={bench.clone()} thing={thing.clone()} x={*x} y={*y} {go} /> }
        }
        Asked::Begin => html! { <Beginning bench={bench.clone()} {close} /> },
        Asked::Compare(other) => html! { <Comparison bench={bench.clone()} other={*other} {close} /> },
    }
}

#[derive(Properties, PartialEq)]
struct BeginningProps {
    bench: Rc<Bench>,
    close: Callback<()>,
}

/// The class by which the browser finds the dialog.
const BEGINNING: &str = "beginning-dialog";

/// What to begin with, above a laboratory that is open.
#[component]
fn Beginning(props: &BeginningProps) -> Html {
    use_effect_with((), |()| browser::set_dialog(BEGINNING, true));
    let close = props.close.reform(|_: Event| ());
    el("dialog")
        .class(BEGINNING)
        .attr("aria-label", words::BEGIN_WITH)
        .on(ListenerKind::onclose, close)
        .child(beginnings(&props.bench))
        .child(comparison::close_button(BEGINNING))
        .into()
}

/// What the header has for the laboratory.
pub fn header_tools(bench: &Rc<Bench>, node: Option<NodeId>) -> Vec<El> {
    let button = |class: &'static str, word: &'static str, sign: Icon, pressed: Callback<Event>| {
        let button = el("button").class(class).attr("type", "button").attr("aria-label", word).attr("title", word);
        button.on(ListenerKind::onclick, pressed).child(icon(sign)).child(el("span").text(word))
    };
    let begin = {
        let bench = bench.clone();
        Callback::from(move |_: Event| bench.ask.emit(Asked::Begin))
    };
    let add = {
        let bench = bench.clone();
        Callback::from(move |_: Event| bench.add(node))
    };
    let faults = node.map(|node| {
        let bench = bench.clone();
        let open = Callback::from(move |event: Event| {
            let target = event.target().and_then(browser::element);
            let button = target.and_then(|target| target.closest(".faults").ok().flatten());
            let (x, y, _, height) = button.as_ref().map_or((0.0, 0.0, 0.0, 0.0), browser::box_of);
            bench.open_menu(Thing::Faults(node), (x, y + height + 6.0), ".faults".into());
        });
        button("tool labelled faults", words::FAULTS, Icon::Bolt, open).attr("aria-haspopup", "menu")
    });
    let add = button("tool labelled", words::ADD_NODE, Icon::Plus, add).attr("data-new-node", "");
    let begin = button("tool labelled", words::BEGIN, Icon::Begin, begin).attr("aria-haspopup", "dialog");
    faults.into_iter().chain([add, begin]).collect()
}

/// The laboratory's tabs.
pub fn tabs(bench: &Rc<Bench>, node: Option<NodeId>, at: Time, figures: &[Figure]) -> Vec<(&'static str, Html)> {
    let run = bench.run();
    let (what_bench, figures) = (bench.clone(), figures.to_vec());
    let what_if = html! { <WhatIf bench={what_bench} run={run.clone()} {at} {figures} /> };
    let settings = html! { <Settings bench={bench.clone()} {node} {at} run={run.clone()} /> };
    let load = html! { <LoadTab bench={bench.clone()} {node} {at} run={run.clone()} /> };
    let text = html! { <Editor bench={bench.clone()} {run} /> };
    vec![(panel::WHAT_IF, what_if), (panel::SETTINGS, settings), (panel::LOAD, load), (panel::TEXT, text)]
}
