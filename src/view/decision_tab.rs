//! The rule by which a master answered PSYNC, with the numbers put in.

use crate::scene::panel::{DecisionPanel, Outcome};
use yew::prelude::*;

/// The rule, its conditions and the answer.
pub fn decision_tab(panel: &DecisionPanel) -> Html {
    html! {
        <section class="decision" aria-label="Decision">
            <h3>{ &panel.question }</h3>
            if let Some(when) = &panel.when {
                <p class="when">{ when }</p>
            }
            <ul>
                { for panel.conditions.iter().map(|c| {
                    let (class, sign, word) = match c.outcome {
                        Outcome::Yes => ("yes", "✓", "true"),
                        Outcome::No => ("no", "✗", "false"),
                        Outcome::NotReached => ("not-reached", "–", "not reached"),
                    };
                    html! {
                        <li class={class}>
                            <span class="outcome" role="img" aria-label={word}>{ sign }</span>
                            <span>
                                { &c.text }
                                <code>{ &c.numbers }</code>
                                if c.outcome == Outcome::NotReached {
                                    <em>{ " not reached" }</em>
                                }
                            </span>
                        </li>
                    }
                }) }
            </ul>
            <p class={classes!("answer", if panel.full { "full" } else { "partial" })}>
                <code>{ &panel.answer }</code>{ " " }{ &panel.then }
            </p>
        </section>
    }
}
