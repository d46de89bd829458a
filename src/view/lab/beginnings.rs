//! What a laboratory can begin with: a ready topology, a lesson, a file; each with its picture or its name.

use super::super::browser;
use super::super::element::{El, el};
use super::super::icon::{Icon, icon};
use super::super::opening;
use super::super::stage::canvas;
use super::super::words;
use super::bench::Bench;
use crate::scene::geometry::Size;
use crate::scene::sketch;
use crate::story::{Page, Topology, course};
use std::rc::Rc;
use yew::Callback;
use yew::virtual_dom::ListenerKind;

/// The small picture of a topology.
const PICTURE: Size = Size { width: 150.0, height: 76.0 };

/// The ways to begin. Only an empty laboratory offers a node of its own.
pub fn beginnings(bench: &Rc<Bench>) -> El {
    let ready = Topology::ALL.into_iter().map(|topology| {
        let way = Page::Lab { name: Some(topology.name()), at: None }.hash();
        let way = el("a").class("beginning").attr("href", way).attr("data-topology", topology.name());
        way.child(picture(topology))
            .child(el("strong").text(topology.title()))
            .child(el("small").text(words::about(topology)))
    });
    let add = {
        let bench = bench.clone();
        let add = Callback::from(move |_| bench.add(None));
        el("button")
            .class("tool labelled")
            .attr("type", "button")
            .attr("data-new-node", "")
            .on(ListenerKind::onclick, add)
    };
    let add = bench
        .run()
        .world(bench.at())
        .node_ids()
        .next()
        .is_none()
        .then(|| add.child(icon(Icon::Plus)).text(words::FIRST_NODE));
    let lessons = course().into_iter().map(|heading| {
        el("option").attr("value", heading.name.clone()).text(format!("{} · {}", heading.number, heading.title))
    });
    let begin = browser::on_choice(|n| {
        if let Some(heading) = n.checked_sub(1).and_then(|n| course().into_iter().nth(n)) {
            browser::set_hash(&Page::Lab { name: Some(heading.name), at: None }.hash());
        }
    });
    let first = el("option").attr("value", "").attr("selected", "").text(words::FROM_LESSON);
    let lesson = el("select").class("tool").attr("aria-label", words::FROM_LESSON).on(ListenerKind::onchange, begin);
    let file = Callback::from(|_| opening::ask());
    let file = el("button").class("tool labelled").attr("type", "button").on(ListenerKind::onclick, file);
    let file = file.child(icon(Icon::Open)).text(words::FROM_FILE);
    el("div")
        .class("beginnings")
        .child(el("h2").text(words::BEGIN_WITH))
        .child(el("div").class("ready").children(ready))
        .child(el("p").class("ways").children(add).child(lesson.child(first).children(lessons)).child(file))
}

fn picture(topology: Topology) -> El {
    let parents: Vec<Option<usize>> = topology.masters().iter().map(|up| up.map(usize::from)).collect();
    let drawn = sketch(&parents, PICTURE);
    let lines = drawn.lines.into_iter().map(|line| el("path").class("sketch-line").attr("d", line));
    let cards = drawn.cards.into_iter().map(|(card, hue)| {
        el("rect").class(format!("sketch-card {}", hue.class())).rect(card.x, card.y, card.width, card.height, 4.0)
    });
    canvas("sketch", PICTURE).attr("aria-hidden", "true").children(lines).children(cards)
}
