//! Draws the stage: links below, cards, messages above.

use super::card::card;
use super::link::link;
use super::message::message;
use super::pick::Pick;
use crate::scene::geometry::px;
use crate::scene::Detail;
use crate::scene::stage::Stage;
use crate::time::Time;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct StageProps {
    pub stage: Rc<Stage>,
    /// The moment at which messages are drawn.
    pub at: Time,
    #[prop_or_default]
    pub pick: Callback<Pick>,
}

#[component]
pub fn StageView(props: &StageProps) -> Html {
    let stage = &*props.stage;
    let (width, height) = (px(stage.size.width), px(stage.size.height));
    let words = stage.cards.iter().all(|c| c.detail != Detail::Mark);
    html! {
        <svg class="stage" viewBox={format!("0 0 {width} {height}")} {width} {height} role="group" aria-label="Nodes and links"
            aria-hidden={(!words).then_some("true")}>
            <g class="links">{ for stage.links.iter().map(|l| link(l, words)) }</g>
            <g class="cards">{ for stage.cards.iter().map(|c| card(c, &props.pick)) }</g>
            <g class="messages">{ for stage.messages.iter().map(|m| message(m, props.at, words, &props.pick)) }</g>
        </svg>
    }
}
