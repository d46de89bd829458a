//! A short list of numbers with what they were before this step.

use crate::scene::panel::Figure;
use yew::prelude::*;

/// The list; nothing if it is empty.
pub fn figures(figures: &[Figure]) -> Html {
    if figures.is_empty() {
        return Html::default();
    }
    html! {
        <dl class="figures">
            { for figures.iter().map(|f| html! {
                <div key={f.name.clone()}>
                    <dt>{ &f.name }</dt>
                    <dd class={f.was.is_some().then_some("changed")}>
                        if let Some(was) = &f.was {
                            <span class="was">{ was }{ " → " }</span>
                        }
                        { &f.now }
                    </dd>
                </div>
            }) }
        </dl>
    }
}
