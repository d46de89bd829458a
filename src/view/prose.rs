//! Draws a note's text.

use crate::story::Inline;
use yew::prelude::*;

/// The text as one run of inline elements.
pub fn inline(body: &[Inline]) -> Html {
    html! { <>{ for body.iter().map(part) }</> }
}

fn part(part: &Inline) -> Html {
    match part {
        Inline::Text(text) => html! { text },
        Inline::Strong(text) => html! { <strong>{ text }</strong> },
        Inline::Code(text) => html! { <code>{ text }</code> },
    }
}
