//! The rule by which a master answered PSYNC, with the numbers put in.

use super::element::{El, el};
use crate::scene::panel::{Condition, DecisionPanel, Outcome};

/// The rule, its conditions and the answer.
pub fn decision_tab(panel: &DecisionPanel) -> El {
    let answer = el("p").class(if panel.full { "answer full" } else { "answer partial" });
    el("section")
        .class("decision")
        .attr("aria-label", "Decision")
        .child(el("h3").text(panel.question.clone()))
        .children(panel.when.as_ref().map(|when| el("p").class("when").text(when.clone())))
        .child(el("ul").children(panel.conditions.iter().map(condition)))
        .child(answer.child(el("code").text(panel.answer.clone())).text(format!(" {}", panel.then)))
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
