//! If it happened now: what each return would cost, what each promotion would lose, and running on until something happens.

use super::super::element::{El, el};
use super::super::figures::figures;
use super::super::run::Run;
use super::super::words;
use super::bench::Bench;
use super::menu::cost_note;
use super::until::RunUntil;
use crate::scene::panel::Figure;
use crate::scene::text::duration;
use crate::sim::NodeId;
use crate::story::{Cost, Outlook, Promotion, Return, reason_text};
use crate::time::Time;
use crate::wire::printable;
use std::rc::Rc;
use std::time::Duration;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct WhatIfProps {
    pub bench: Rc<Bench>,
    pub run: Rc<Run>,
    pub at: Time,
    /// What this step changed.
    pub figures: Vec<Figure>,
}

#[component]
pub fn WhatIf(props: &WhatIfProps) -> Html {
    let outlook = use_memo((props.run.clone(), props.run.moments.step_at(props.at)), |_| {
        let outlook = props.bench.outlook(props.at);
        let left = props.bench.time_left(props.at, &outlook);
        (outlook, left)
    });
    let (Outlook { returns, promotions }, left) = &*outlook;
    let left = |node: NodeId| left.iter().find(|(other, _)| *other == node).map(|(_, left)| *left);
    let names = props.bench.names();
    let name = |id: NodeId| names.get(id.index()).map_or_else(String::new, |name| crate::story::display_name(name));
    let returns = card(words::RETURNS, returns.iter().map(|one| return_row(one, name(one.node), left(one.node))));
    let promotions = card(words::PROMOTIONS, promotions.iter().map(|one| promotion_row(one, name(one.node))));
    let changed: Vec<Figure> = props.figures.iter().filter(|figure| figure.was.is_some()).cloned().collect();
    let changed =
        figures(&changed).map(|list| el("section").class("what-card").child(el("h3").text(words::CHANGED)).child(list));
    el("div")
        .class("what-if")
        .child(el("p").class("how").text(words::RUN_AHEAD))
        .child(returns)
        .child(promotions)
        .child(html! { <RunUntil bench={props.bench.clone()} at={props.at} /> })
        // In an element of its own, so that what is asked above stays as it is.
        .child(el("div").children(changed))
        .into()
}

fn card(title: &'static str, rows: impl Iterator<Item = El>) -> El {
    let rows: Vec<El> = rows.collect();
    let nothing = rows.is_empty().then(|| el("p").class("nothing").text(words::NO_REPLICA));
    el("section").class("what-card").child(el("h3").text(title)).child(el("dl").children(rows)).children(nothing)
}

fn return_row(one: &Return, name: String, left: Option<Duration>) -> El {
    let (class, said) = match (cost_note(&one.cost), left) {
        ((_, said), Some(left)) => ("soon", words::and_left(&said, &duration(left.as_micros() as u64))),
        (said, None) => said,
    };
    let why = match &one.cost {
        Cost::Full { reason, .. } => Some(reason_text(*reason).to_owned()),
        Cost::None(why) => Some(why.text()),
        Cost::Partial { .. } => None,
    };
    let said = if matches!(one.cost, Cost::None(_)) { words::NO_RETURN.to_owned() } else { said };
    let why = why.map(|why| el("small").text(why));
    el("div").child(el("dt").text(name)).child(el("dd").class(class).text(said).children(why))
}

fn promotion_row(one: &Promotion, name: String) -> El {
    let class = if one.lost == 0 { "good" } else { "bad" };
    let said = words::loses(one.lost);
    let more = one.lost.saturating_sub(one.writes.len());
    let list = (!one.writes.is_empty()).then(|| {
        let writes = one.writes.iter().map(|write| {
            let text: Vec<String> = write.args.iter().map(|arg| printable(arg)).collect();
            el("li").child(el("code").text(text.join(" ")))
        });
        let more = (more > 0).then(|| el("li").text(words::and_more(more)));
        let summary = el("summary").attr("aria-label", words::which_writes(&name)).text(words::WHICH);
        el("details").child(summary).child(el("ul").children(writes).children(more))
    });
    el("div").child(el("dt").text(name)).child(el("dd").class(class).text(said).children(list))
}
