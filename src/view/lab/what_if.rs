//! If it happened now: what each return would cost, what each promotion would lose, and running on until something happens.

use super::super::element::{El, el};
use super::super::playback::Action;
use super::super::run::Run;
use super::super::words;
use super::bench::Bench;
use crate::scene::text::bytes;
use crate::sim::NodeId;
use crate::story::{Cost, Outlook, Promotion, Return, Until, display_name, reason_text};
use crate::time::Time;
use crate::wire::printable;
use std::rc::Rc;
use web_sys::HtmlInputElement;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

#[derive(Properties, PartialEq)]
pub struct WhatIfProps {
    pub bench: Rc<Bench>,
    pub run: Rc<Run>,
    pub at: Time,
    pub seek: Callback<Action>,
}

#[component]
pub fn WhatIf(props: &WhatIfProps) -> Html {
    let outlook = use_memo((props.run.clone(), props.run.moments.step_at(props.at)), |_| props.bench.outlook(props.at));
    let Outlook { returns, promotions } = &*outlook;
    let names = props.bench.names();
    let name = |id: NodeId| names.get(id.index()).map_or_else(String::new, |name| display_name(name));
    let returns = card(words::RETURNS, returns.iter().map(|one| return_row(one, name(one.node))));
    let promotions = card(words::PROMOTIONS, promotions.iter().map(|one| promotion_row(one, name(one.node))));
    el("div")
        .class("what-if")
        .child(el("p").class("how").text(words::RUN_AHEAD))
        .child(returns)
        .child(promotions)
        .child(html! { <RunUntil bench={props.bench.clone()} at={props.at} seek={props.seek.clone()} /> })
        .into()
}

fn card(title: &'static str, rows: impl Iterator<Item = El>) -> El {
    let rows: Vec<El> = rows.collect();
    let nothing = rows.is_empty().then(|| el("p").class("nothing").text(words::NO_REPLICA));
    el("section").class("what-card").child(el("h3").text(title)).child(el("dl").children(rows)).children(nothing)
}

fn return_row(one: &Return, name: String) -> El {
    let (class, said, why) = match &one.cost {
        Cost::Partial { bytes: count } => ("good", format!("partial · {}", bytes(*count)), None),
        Cost::Full { reason, bytes: count } => {
            let size = count.map_or_else(String::new, |count| format!(" · {}", bytes(count)));
            ("bad", format!("full{size}"), Some(reason_text(*reason).to_owned()))
        }
        Cost::None(why) => ("bad", "no return".to_owned(), Some(why.text())),
    };
    let why = why.map(|why| el("small").text(why));
    el("div").child(el("dt").text(name)).child(el("dd").class(class).text(said).children(why))
}

fn promotion_row(one: &Promotion, name: String) -> El {
    let class = if one.lost == 0 { "good" } else { "bad" };
    let said = words::loses(one.lost);
    let list = (!one.writes.is_empty()).then(|| {
        let writes = one.writes.iter().map(|write| {
            let text: Vec<String> = write.args.iter().map(|arg| printable(arg)).collect();
            el("li").child(el("code").text(text.join(" ")))
        });
        el("details").child(el("summary").text(words::WHICH)).child(el("ul").children(writes))
    });
    el("div").child(el("dt").text(name)).child(el("dd").class(class).text(said).children(list))
}

#[derive(Properties, PartialEq)]
struct RunUntilProps {
    bench: Rc<Bench>,
    at: Time,
    seek: Callback<Action>,
}

#[component]
fn RunUntil(props: &RunUntilProps) -> Html {
    let chosen = use_state_eq(|| 0_usize);
    let said = use_state_eq(String::new);
    let field = use_node_ref();
    let radios = words::UNTIL.into_iter().enumerate().map(|(n, word)| {
        let chosen = chosen.clone();
        let is_chosen = *chosen == n;
        let choose = Callback::from(move |_: Event| chosen.set(n));
        let input = el("input").attr("type", "radio").attr("name", "until").maybe("checked", is_chosen.then_some(""));
        el("label").class("choice").child(input.on(ListenerKind::onchange, choose)).child(el("span").text(word))
    });
    let own = (*chosen == words::UNTIL.len() - 1).then(|| {
        let input = el("input").class("condition").attr("type", "text").attr("aria-label", words::CONDITION);
        input.attr("placeholder", words::CONDITION_LIKE).attr("spellcheck", "false").reference(&field)
    });
    let run = {
        let (bench, at, seek, said, chosen) =
            (props.bench.clone(), props.at, props.seek.clone(), said.clone(), *chosen);
        Callback::from(move |event: Event| {
            event.prevent_default();
            let until = match chosen {
                0 => Ok(Until::FullResync),
                1 => Ok(Until::Divergence),
                2 => Ok(Until::LostWrite),
                _ => {
                    let text = field.cast::<HtmlInputElement>().map(|field| field.value()).unwrap_or_default();
                    Until::parse(&text, &bench.run().lesson).map_err(|error| error.to_string())
                }
            };
            match until.and_then(|until| bench.run_until(at, &until)) {
                Ok(found) => {
                    said.set(String::new());
                    seek.emit(Action::Seek(found));
                }
                Err(why) => said.set(why),
            }
        })
    };
    el("form")
        .class("what-card run-until")
        .on(ListenerKind::onsubmit, run)
        .child(el("fieldset").child(el("legend").text(words::RUN_UNTIL)).children(radios).children(own))
        .child(el("p").attr("role", "status").text((*said).clone()))
        .child(el("button").class("tool first").attr("type", "submit").text(words::RUN))
        .into()
}
