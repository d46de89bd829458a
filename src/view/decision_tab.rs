//! The rule by which a node chose, with the numbers put in, and the ways to its other choices.

use super::element::{El, el};
use super::pick::Pick;
use super::words;
use crate::scene::Scene;
use crate::scene::panel::{Condition, DecisionPage, Outcome};
use yew::Callback;

/// The decision of the step, or the last one before it.
pub fn decision_tab(scene: &Scene, _pick: &Callback<Pick>) -> El {
    let decision = match &scene.decision {
        Some(page) => decision(page),
        None => el("p").class("nothing").text("Nothing has been decided yet."),
    };
    let tab = el("div");
    #[cfg(feature = "complete")]
    let tab = tab.child(whole::turns(&scene.turns, _pick));
    let tab = tab.child(decision);
    #[cfg(feature = "complete")]
    let tab = tab.children(whole::costs(&scene.costs));
    tab
}

fn decision(page: &DecisionPage) -> El {
    let panel = &page.panel;
    let answer = el("p").class(format!("answer {}", panel.tone.class()));
    let each = (!panel.each.is_empty()).then(|| el("ul").class("each").children(panel.each.iter().map(condition)));
    el("section")
        .class("decision")
        .attr("aria-label", words::DECISION)
        .child(el("h3").text(panel.question.clone()))
        .children(page.when.as_ref().map(|when| el("p").class("when").text(when.clone())))
        .child(el("ul").children(panel.conditions.iter().map(condition)))
        .children(each)
        .child(answer.child(el("code").text(panel.answer.clone())).text(format!(" {}", panel.then)))
        .child(el("p").class("mirrors").text("mirrors ").child(el("code").text(panel.mirrors)))
}

fn condition(c: &Condition) -> El {
    let (class, sign, word) = match c.outcome {
        Outcome::Yes => ("yes", "✓", "true"),
        Outcome::No => ("no", "✗", "false"),
        Outcome::NotReached => ("not-reached", "–", "not reached"),
    };
    let sign = el("span").class("outcome").attr("role", "img").attr("aria-label", word).text(sign);
    let unreached = (c.outcome == Outcome::NotReached).then(|| el("em").text("not reached"));
    let words = el("span").text(c.text.clone()).child(el("code").text(c.numbers.clone())).children(unreached);
    el("li").class(class).child(sign).child(words)
}

/// What only the whole program can tell.
#[cfg(feature = "complete")]
mod whole {
    use super::super::icon::{Icon, icon};
    use super::words;
    use super::{Callback, El, Pick, el};
    use crate::scene::panel::{Cost, DecisionTurns};
    use crate::time::Time;

    pub fn turns(turns: &DecisionTurns, pick: &Callback<Pick>) -> El {
        let button = |name: &'static str, sign: Icon, to: Option<(usize, Time)>| {
            let pick = pick.clone();
            let turn = Callback::from(move |_| {
                if let Some((number, at)) = to {
                    pick.emit(Pick::Decision(number, at));
                }
            });
            // It keeps the focus at the last one, so it is not disabled but says so.
            el("button")
                .class("tool")
                .button(name, turn)
                .maybe("aria-disabled", to.is_none().then_some("true"))
                .child(icon(sign))
        };
        el("div")
            .class("turns")
            .attr("role", "group")
            .attr("aria-label", words::DECISIONS)
            .child(button(words::PREVIOUS_DECISION, Icon::Previous, turns.previous))
            .child(el("p").attr("aria-live", "polite").text(turns.place.clone()))
            .child(button(words::NEXT_DECISION, Icon::Next, turns.next))
    }

    pub fn costs(costs: &[Cost]) -> Option<El> {
        let row = |cost: &Cost| {
            let text = el("dd").class(cost.tone.class()).text(cost.text.clone());
            el("div").child(el("dt").text(cost.name.clone())).child(text)
        };
        (!costs.is_empty()).then(|| {
            el("section")
                .class("costs")
                .attr("aria-label", words::COSTS)
                .child(el("h3").text(words::COSTS))
                .child(el("dl").children(costs.iter().map(row)))
        })
    }
}
