//! Break points: the run goes on until something happens.

use super::super::browser;
use super::super::element::{El, el};
use super::super::playback::Action;
use super::super::words;
use super::bench::Bench;
use crate::sim::NodeId;
use crate::story::Until;
use crate::time::Time;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

#[derive(Properties, PartialEq)]
pub struct RunUntilProps {
    pub bench: Rc<Bench>,
    pub at: Time,
}

/// The places of what needs more than to be chosen.
const OFFSET: usize = 3;
const CONDITION: usize = 4;

#[component]
pub fn RunUntil(props: &RunUntilProps) -> Html {
    let chosen = use_state_eq(|| 0_usize);
    let said = use_state_eq(String::new);
    let node = use_state_eq(|| None::<NodeId>);
    let root = use_node_ref();
    let world = props.bench.world();
    let ids: Vec<NodeId> = world.node_ids().collect();
    // Somebody who follows, if there is one.
    let replica = ids.iter().copied().find(|id| {
        world.host(*id).and_then(|host| host.node.as_ref()).is_some_and(|node| node.master_link().is_some())
    });
    let node_now = node.filter(|id| ids.contains(id)).or(replica).or(ids.first().copied());
    let radios = words::UNTIL.into_iter().enumerate().map(|(n, word)| {
        let chosen = chosen.clone();
        let is_chosen = *chosen == n;
        let choose = Callback::from(move |_: Event| chosen.set(n));
        let input = el("input").attr("type", "radio").attr("name", "until").maybe("checked", is_chosen.then_some(""));
        el("label").class("choice").child(input.on(ListenerKind::onchange, choose)).child(el("span").text(word))
    });
    let more = match *chosen {
        OFFSET => Some(offset_fields(props, &ids, node_now, &node)),
        CONDITION => {
            let input = el("input").class("condition").attr("type", "text").attr("aria-label", words::CONDITION);
            let input = input.attr("placeholder", words::CONDITION_LIKE).attr("spellcheck", "false");
            Some(
                el("div").child(input.attr("name", "condition")).child(el("p").class("how").text(words::CONDITION_HOW)),
            )
        }
        _ => None,
    };
    let run = {
        let (bench, said, chosen, root) = (props.bench.clone(), said.clone(), *chosen, root.clone());
        Callback::from(move |event: Event| {
            event.prevent_default();
            let text = |name: &str| {
                let field = root.cast::<Element>()?.query_selector(&format!("[name={name}]")).ok()??;
                Some(field.dyn_into::<HtmlInputElement>().ok()?.value())
            };
            let until = match chosen {
                0 => Ok(Until::FullResync),
                1 => Ok(Until::LostWrite),
                2 => Ok(Until::Divergence),
                OFFSET => node_now
                    .zip(text("offset").and_then(|text| text.trim().replace(',', "").parse().ok()))
                    .map(|(node, offset)| Until::Offset { node, offset })
                    .ok_or_else(|| words::WHICH_OFFSET.to_owned()),
                _ => Until::parse(&text("condition").unwrap_or_default(), &bench.run().lesson)
                    .map_err(|error| error.to_string()),
            };
            match until.and_then(|until| bench.run_until(&until)) {
                Ok(found) => {
                    said.set(words::found_at(&crate::scene::text::clock(
                        found.since(bench.run().start).as_micros() as u64
                    )));
                    bench.go(Action::Seek(found));
                }
                Err(why) => said.set(why),
            }
        })
    };
    let fields =
        el("fieldset").child(el("legend").text(words::RUN_UNTIL)).children(radios).child(el("div").children(more));
    el("form")
        .class("what-card run-until")
        .reference(&root)
        .on(ListenerKind::onsubmit, run)
        .child(fields)
        .child(el("p").attr("role", "status").text((*said).clone()))
        .child(el("button").class("tool first").attr("type", "submit").text(words::RUN))
        .into()
}

/// Which node, and which byte of the stream.
fn offset_fields(
    props: &RunUntilProps,
    ids: &[NodeId],
    chosen: Option<NodeId>,
    node: &UseStateHandle<Option<NodeId>>,
) -> El {
    let choose = {
        let (node, ids) = (node.setter(), ids.to_vec());
        browser::on_choice(move |n| node.set(ids.get(n).copied()))
    };
    let options = ids
        .iter()
        .map(|id| el("option").maybe("selected", (Some(*id) == chosen).then_some("")).text(props.bench.name(*id)));
    let list = el("select").class("tool").attr("aria-label", words::OFFSET_OF).on(ListenerKind::onchange, choose);
    let world = props.bench.world();
    let now = chosen.and_then(|id| world.host(id)?.node.as_ref().map(|node| node.offset())).unwrap_or(0);
    let field = el("input").class("condition").attr("type", "text").attr("inputmode", "numeric").attr("name", "offset");
    let field = field.attr("aria-label", words::WHICH_OFFSET).attr("placeholder", (now + 1_000).to_string());
    el("div").class("offset-fields").child(list.children(options)).child(field)
}
