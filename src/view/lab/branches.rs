//! The branches: what was done otherwise, from which moment on, and what differs on another one.

use super::super::browser;
use super::super::element::{El, el};
use super::super::playback::Action;
use super::super::words;
use super::bench::Bench;
use crate::scene::text::clock;
use crate::story::{Page, Topology};
use crate::time::Time;
use std::rc::Rc;
use std::time::Duration;
use web_sys::Event;
use yew::Callback;
use yew::virtual_dom::ListenerKind;

/// The tree of branches at a moment.
pub fn branches(bench: &Rc<Bench>, at: Time, seek: &Callback<Action>) -> El {
    let all = bench.branches();
    let shown = bench.branch();
    let start = bench.run().start;
    let row = |number: Option<usize>, name: &str, began: Option<Duration>, depth: usize| {
        let go = {
            let (bench, seek) = (bench.clone(), seek.clone());
            Callback::from(move |_: Event| {
                // A branch is looked at from its beginning on.
                let at = began.map_or(at, |began| at.max(start + began));
                bench.switch(number, at);
                seek.emit(Action::Seek(at));
            })
        };
        let when = began.map(|began| el("small").text(clock(began.as_micros() as u64)));
        let button = el("button")
            .attr("type", "button")
            .class(if number == shown { "branch shown" } else { "branch" })
            .attr("aria-pressed", if number == shown { "true" } else { "false" })
            .on(ListenerKind::onclick, go)
            .child(el("span").class("twig").attr("aria-hidden", "true").text("└ ".repeat(usize::from(depth > 0))))
            .text(name.to_owned())
            .children(when);
        let remove = number.map(|number| {
            let bench = bench.clone();
            let remove = Callback::from(move |_: Event| bench.remove(number, at));
            let named =
                el("button").class("quiet").attr("type", "button").attr("aria-label", words::remove_branch(name));
            named.on(ListenerKind::onclick, remove).text("×")
        });
        let rename = number.filter(|_| number == shown).map(|number| {
            let bench = bench.clone();
            let renamed = browser::on_value(move |name| bench.rename(number, &name));
            let field = el("input").attr("type", "text").attr("maxlength", "40").attr("value", name.to_owned());
            field.attr("aria-label", words::RENAME).on(ListenerKind::onchange, renamed)
        });
        let differs = (number != shown).then(|| {
            let rows = bench.compare(number, at);
            el("span").class("differs").text(words::differences(rows.len()))
        });
        el("li")
            .class(format!("depth-{}", depth.min(6)))
            .child(button)
            .children(rename)
            .children(differs)
            .children(remove)
    };
    let depth = |mut n: usize| {
        let mut depth = 1;
        while let Some(parent) = all[n].1 {
            (n, depth) = (parent, depth + 1);
        }
        depth
    };
    let mut rows = vec![row(None, words::TRUNK, None, 0)];
    // Children stand below their parent.
    let mut order: Vec<usize> = vec![];
    fn below(parent: Option<usize>, all: &[(String, Option<usize>, Duration)], order: &mut Vec<usize>) {
        for n in (0..all.len()).filter(|n| all[*n].1 == parent) {
            order.push(n);
            below(Some(n), all, order);
        }
    }
    below(None, &all, &mut order);
    rows.extend(order.into_iter().map(|n| row(Some(n), &all[n].0, Some(all[n].2), depth(n))));
    el("section")
        .class("branches")
        .attr("aria-label", words::BRANCHES)
        .child(el("div").class("branches-heading").child(el("h3").text(words::BRANCHES)).child(beginnings()))
        .child(el("ul").children(rows))
        .children(comparison(bench, at))
}

/// What differs between the branch that is shown and the one it left.
fn comparison(bench: &Rc<Bench>, at: Time) -> Option<El> {
    let shown = bench.branch()?;
    let parent = bench.branches().get(shown)?.1;
    let rows = bench.compare(parent, at);
    let head = el("tr").children(
        [words::NODE, words::WHAT, words::HERE, words::THERE].map(|word| el("th").attr("scope", "col").text(word)),
    );
    let body = rows
        .into_iter()
        .map(|row| el("tr").children([row.name, row.point.text(), row.a, row.b].map(|cell| el("td").text(cell))));
    let table = el("table").child(el("thead").child(head)).child(el("tbody").children(body));
    Some(el("details").child(el("summary").text(words::COMPARE)).child(table))
}

/// The ready laboratories to begin with.
fn beginnings() -> El {
    let first = el("option").attr("value", "").attr("selected", "").text(words::TOPOLOGY);
    let ready = std::iter::once(first).chain(Topology::ALL.map(|topology| el("option").text(topology.title())));
    let begin = browser::on_choice(|n| {
        if let Some(topology) = n.checked_sub(1).and_then(|n| Topology::ALL.get(n)) {
            browser::set_hash(&Page::Lab { name: Some(topology.name()), at: None }.hash());
        }
    });
    let begin = el("select").class("tool small").attr("aria-label", words::TOPOLOGY).on(ListenerKind::onchange, begin);
    begin.children(ready)
}
