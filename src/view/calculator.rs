//! How large must the backlog be? A calculator for the reader's own numbers.
//!
//! Rule: it shows the formula with the numbers put in; a number that makes no sense is said to be so beside its field, and
//! nothing is computed from it.

use super::browser;
use super::element::{El, el};
use super::words;
use crate::scene::text;
use crate::story::sizing::{self, Load, Sizing};
use std::ops::RangeInclusive;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// The fields: what is asked, what is accepted, and what stands there first.
const FIELDS: [(&str, RangeInclusive<u64>, &str); 4] = [
    (words::WRITES_A_SECOND, sizing::RATES, "1000"),
    (words::BYTES_A_WRITE, sizing::BYTES, "100"),
    (words::OUTAGE, sizing::OUTAGES, "60"),
    (words::RESERVE, sizing::RESERVES, "2"),
];

#[derive(Properties, PartialEq)]
pub struct CalculatorProps {
    /// It is seen without being opened.
    pub open: bool,
}

#[component]
pub fn Calculator(props: &CalculatorProps) -> Html {
    let typed = use_state_eq(|| FIELDS.map(|(_, _, first)| first.to_owned()));
    let numbers: Vec<Option<u64>> =
        FIELDS.iter().zip(typed.iter()).map(|((_, accepted, _), text)| sizing::read(text, accepted)).collect();
    let fields = FIELDS.iter().enumerate().map(|(n, (name, accepted, _))| {
        let change = {
            let typed = typed.clone();
            browser::on_value(move |text| {
                let mut all = (*typed).clone();
                all[n] = text;
                typed.set(all);
            })
        };
        let is_wrong = numbers[n].is_none();
        let wrong = format!("sizing-{n}");
        let input = el("input")
            .attr("type", "text")
            .attr("inputmode", "numeric")
            .attr("value", FIELDS[n].2)
            .attr("autocomplete", "off")
            .maybe("aria-invalid", is_wrong.then_some("true"))
            .attr("aria-describedby", wrong.clone())
            .on(ListenerKind::oninput, change);
        let hint = if is_wrong { words::accepted(*accepted.start(), *accepted.end()) } else { String::new() };
        let hint = el("em").attr("id", wrong).class("bad").text(hint);
        el("p").child(el("label").child(el("span").text(*name)).child(input)).child(hint)
    });
    let load = match numbers[..] {
        [Some(rate), Some(bytes), Some(outage), Some(reserve)] => Some(Load { rate, bytes, outage, reserve }),
        _ => None,
    };
    let result = el("div").attr("role", "status").class("sizing");
    let result = match load {
        Some(load) => result.children(answer(&load, &load.sizing())),
        None => result.child(el("p").text(words::NOTHING_COMPUTED)),
    };
    el("details")
        .class("calculator")
        .maybe("open", props.open.then_some(""))
        .child(el("summary").text(words::CALCULATOR))
        .child(el("p").text(words::MEASURE_IT))
        .child(el("div").class("sizing-fields").children(fields))
        .child(result)
        .into()
}

fn answer(load: &Load, sizing: &Sizing) -> [El; 4] {
    let grouped = text::grouped;
    let formula = words::formula(
        [load.rate, load.bytes, load.outage, load.reserve].map(grouped),
        &grouped(sizing.missed * load.reserve),
    );
    let setting = format!("repl-backlog-size {}mb", sizing.size >> 20);
    [
        el("p").child(el("code").text(formula)),
        el("p").child(el("strong").child(el("code").text(setting))),
        el("p").text(words::in_blocks(sizing.blocks, &grouped(sizing.size), &grouped(sizing.most))),
        el("p").text(words::usual_lasts(&text::duration(sizing.usual_lasts * 100_000))),
    ]
}
