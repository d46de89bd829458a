//! The branches as a tree: what was done otherwise, from which moment on, and the way to each.

use super::super::browser;
use super::super::element::{Anchor, El, el, group, path, text as svg_text};
use super::super::sizes::use_size;
use super::super::stage::canvas;
use super::super::words;
use super::Asked;
use super::bench::Bench;
use crate::scene::geometry::Size;
use crate::scene::text::clock;
use crate::scene::twigs::{Told, Twig, Twigs, lay_out};
use crate::time::Time;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// Until the browser has told.
const FIRST: Size = Size { width: 320.0, height: 100.0 };

#[derive(Properties, PartialEq)]
pub struct BranchesProps {
    pub bench: Rc<Bench>,
    pub at: Time,
    /// So that another run is drawn anew.
    pub run: Rc<super::super::run::Run>,
}

#[component]
pub fn Branches(props: &BranchesProps) -> Html {
    let (room, size) = use_size(FIRST);
    let bench = &props.bench;
    let (shown, all) = (bench.branch(), bench.branches());
    let seconds = |time: Duration| time.as_secs_f64();
    let now = seconds(props.at.since(props.run.start));
    let trunk = Told { name: bench.trunk(), parent: None, from: 0.0, to: seconds(bench.last_act(None)) };
    let told = all.iter().enumerate().map(|(n, (name, parent, from))| Told {
        name: name.clone(),
        parent: *parent,
        from: seconds(*from),
        to: seconds(bench.last_act(Some(n))),
    });
    let told: Vec<Told> = told.collect();
    let tree = lay_out(&trunk, &told, shown, now, size.width);
    let began = |branch: Option<usize>| branch.and_then(|n| all.get(n)).map(|(_, _, at)| *at);
    let picture = picture(&tree, |twig| {
        let name = words::branch_is(&twig.name, began(twig.branch).map(|at| clock(at.as_micros() as u64)).as_deref());
        draw(twig, twig.branch == shown, name, size.width, bench)
    });
    let compare = (!all.is_empty()).then(|| {
        let other = shown.map_or(Some(0), |n| all.get(n).and_then(|(_, parent, _)| *parent));
        let bench = bench.clone();
        let compare = Callback::from(move |_: Event| bench.ask.emit(Asked::Compare(other)));
        el("button")
            .class("tool small compare")
            .attr("type", "button")
            .on(ListenerKind::onclick, compare)
            .text(words::COMPARE)
    });
    let rename = shown.map(|branch| {
        let renaming = bench.clone();
        let renamed = browser::on_value(move |name| renaming.rename(branch, name.trim()));
        let field = el("input").attr("type", "text").attr("maxlength", "40").attr("value", bench.branch_name(shown));
        field.attr("aria-label", words::RENAME).on(ListenerKind::onchange, renamed)
    });
    let remove = shown.map(|branch| {
        let removing = bench.clone();
        let remove = Callback::from(move |_: Event| removing.remove(branch));
        let name = words::remove_branch(&bench.branch_name(shown));
        let button = el("button").class("tool small").attr("type", "button").attr("aria-label", name.clone());
        button.attr("title", name).on(ListenerKind::onclick, remove).text("×")
    });
    let none = all.is_empty().then(|| el("p").class("how").text(words::NO_BRANCH));
    el("section")
        .class("branches")
        .attr("aria-label", words::BRANCHES)
        .child(el("div").class("branches-heading").child(el("h3").text(words::BRANCHES)).children(compare))
        .child(el("div").class("twigs-room").child(el("div").class("twigs-width").reference(&room)).child(picture))
        .child(el("div").class("branch-tools").children(none).children(rename).children(remove))
        .into()
}

fn picture(tree: &Twigs, draw: impl Fn(&Twig) -> El) -> El {
    canvas("twigs", tree.size)
        .attr("role", "group")
        .attr("aria-label", words::BRANCHES)
        .children(tree.twigs.iter().map(draw))
}

fn draw(twig: &Twig, is_shown: bool, name: String, width: f64, bench: &Rc<Bench>) -> El {
    let go = {
        let (bench, branch) = (bench.clone(), twig.branch);
        move || bench.switch(branch)
    };
    let by_key = {
        let go = go.clone();
        Callback::from(move |event: Event| {
            let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
            if matches!(key.as_deref(), Some("Enter" | " ")) {
                event.prevent_default();
                go();
            }
        })
    };
    let fork = twig.fork.map(|at| el("circle").class("fork").at("cx", at.x).at("cy", at.y).attr("r", "4.5"));
    let now = twig.now.map(|at| el("circle").class("now").at("cx", at.x).at("cy", at.y).attr("r", "6"));
    group(format!("twig {}{}", twig.hue.class(), if is_shown { " shown" } else { "" }))
        .key(twig.branch.map_or_else(|| "trunk".to_owned(), |n| n.to_string()))
        .attr("role", "button")
        .attr("tabindex", "0")
        .attr("aria-pressed", if is_shown { "true" } else { "false" })
        .attr("aria-label", name)
        .attr("data-branch", twig.name.clone())
        .on(ListenerKind::onclick, Callback::from(move |_: Event| go()))
        .on(ListenerKind::onkeydown, by_key)
        .child(el("rect").class("twig-room").rect(2.0, twig.y, width - 4.0, 34.0, 6.0))
        .child(path("twig-line", twig.path.clone()))
        .children(fork)
        .children(now)
        .child(svg_text("twig-name", Anchor::Start, twig.name_at.x, twig.name_at.y, twig.label.clone()))
}
