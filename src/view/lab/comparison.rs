//! Two branches side by side at the same moment: their stages, and what differs in data, offsets and ids.

use super::super::browser;
use super::super::element::{El, el};
use super::super::run::Run;
use super::super::stage::stage;
use super::super::words;
use super::bench::Bench;
use crate::scene::geometry::Size;
use crate::scene::text::clock;
use std::rc::Rc;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// A stage of the two.
const PICTURE: Size = Size { width: 560.0, height: 250.0 };

/// The class by which the browser finds the dialog.
const CLASS: &str = "comparison";

#[derive(Properties, PartialEq)]
pub struct ComparisonProps {
    pub bench: Rc<Bench>,
    /// What stands at the right at first; at the left is the branch that is shown.
    pub other: Option<usize>,
    pub close: Callback<()>,
}

#[component]
pub fn Comparison(props: &ComparisonProps) -> Html {
    let bench = &props.bench;
    let (left, right) = (use_state_eq(|| bench.branch()), use_state_eq(|| props.other));
    use_effect_with((), |()| {
        browser::set_dialog(CLASS, true);
    });
    let at = bench.at();
    let [a, b] = [*left, *right].map(|branch| bench.elsewhere(branch));
    let names: Vec<String> =
        std::iter::once(None).chain((0..bench.branches().len()).map(Some)).map(|n| bench.branch_name(n)).collect();
    let side = |label: &'static str, chosen: &UseStateHandle<Option<usize>>, run: &Option<Rc<Run>>| {
        let choose = {
            let chosen = chosen.setter();
            browser::on_choice(move |n| chosen.set(n.checked_sub(1)))
        };
        let place = chosen.map_or(0, |n| n + 1);
        let options = names
            .iter()
            .enumerate()
            .map(|(n, name)| el("option").maybe("selected", (n == place).then_some("")).text(name.clone()));
        let list =
            el("select").class("tool").attr("aria-label", label).on(ListenerKind::onchange, choose).children(options);
        let picture = run.as_ref().map(|run| {
            let still = run.still(at, PICTURE, true);
            el("div").class("comparison-stage").attr("aria-hidden", "true").attr("inert", "").child(stage(
                &still,
                at,
                &Callback::noop(),
            ))
        });
        el("div").class("side").child(list).children(picture)
    };
    let rows = match (&a, &b) {
        (Some(a), Some(b)) => bench.compare(a, b),
        _ => vec![],
    };
    let said = el("p")
        .class("how")
        .attr("role", "status")
        .text(words::differences_at(rows.len(), &clock(at.since(bench.run().start).as_micros() as u64)));
    let heads = [words::NODE.to_owned(), words::WHAT.to_owned(), bench.branch_name(*left), bench.branch_name(*right)];
    let head = el("tr").children(heads.map(|word| el("th").attr("scope", "col").text(word)));
    let mut last = String::new();
    let body: Vec<El> = rows
        .into_iter()
        .map(|row| {
            let name = if row.name == last { String::new() } else { row.name.clone() };
            last = row.name;
            let first = el("th").attr("scope", "row").text(name);
            el("tr").child(first).children([row.point.text(), row.a, row.b].map(|cell| el("td").text(cell)))
        })
        .collect();
    let table = (!body.is_empty()).then(|| {
        let table = el("table").child(el("thead").child(head)).child(el("tbody").children(body));
        el("div")
            .class("comparison-rows")
            .attr("tabindex", "0")
            .attr("role", "region")
            .attr("aria-label", words::DIFFERENCES)
            .child(table)
    });
    let close = props.close.reform(|_: Event| ());
    let sides = el("div").class("sides").child(side(words::LEFT_BRANCH, &left, &a)).child(side(
        words::RIGHT_BRANCH,
        &right,
        &b,
    ));
    el("dialog")
        .class(CLASS)
        .attr("aria-label", words::COMPARE_TWO)
        .on(ListenerKind::onclose, close)
        .child(el("div").class("dialog-heading").child(el("h2").text(words::COMPARE_TWO)).child(close_button(CLASS)))
        .child(sides)
        .child(said)
        .child(el("div").children(table))
        .into()
}

/// The way out of a dialog. The browser closes it, and so gives the focus back.
pub fn close_button(class: &'static str) -> El {
    let close = Callback::from(move |_: Event| browser::set_dialog(class, false));
    el("button").class("tool").attr("type", "button").on(ListenerKind::onclick, close).text(words::CLOSE)
}
