//! The bytes of a message, each field explained on pointing at it.

use super::figures::figures;
use crate::scene::panel::{FieldLook, Figure, WireField, WirePanel, WireRow};
use crate::scene::text::grouped;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct WireTabProps {
    /// None if no message belongs to this moment.
    pub wire: Option<WirePanel>,
    pub figures: Vec<Figure>,
}

#[component]
pub fn WireTab(props: &WireTabProps) -> Html {
    let explained = use_state_eq(|| None::<String>);
    {
        let explained = explained.clone();
        use_effect_with(props.wire.clone(), move |_| explained.set(None));
    }
    let Some(wire) = &props.wire else {
        return html! {
            <>
                <p class="nothing">{ "No message is sent or arrives at this step." }</p>
                { figures(&props.figures) }
            </>
        };
    };
    let point = |field: &WireField| {
        let (explained, meaning) = (explained.clone(), field.meaning.clone());
        move || explained.set(Some(meaning.clone()))
    };
    html! {
        <>
            <p class="wire-heading">{ &wire.heading }</p>
            <div class={classes!("wire", wire.kind.class())} role="table" aria-label="Bytes of the message">
                { for wire.rows.iter().map(|r| row(r, &point)) }
                if wire.hidden_rows > 0 {
                    <p class="wire-hidden">{ format!("and {} more lines", grouped(wire.hidden_rows as u64)) }</p>
                }
            </div>
            <p class="meaning" aria-live="polite">
                { explained.as_ref().cloned().unwrap_or_else(|| "point at a field to see what it means".to_owned()) }
            </p>
            { figures(&props.figures) }
        </>
    }
}

fn row<F: Fn() + Clone + 'static>(row: &WireRow, point: &impl Fn(&WireField) -> F) -> Html {
    html! {
        <div class="wire-row" role="row">
            <span class="wire-offset" role="rowheader">{ row.offset.to_string() }</span>
            <span class="wire-fields" role="cell">
                { for row.fields.iter().map(|field| {
                    let look = match field.look {
                        FieldLook::Frame => "frame",
                        FieldLook::Value => "value",
                        FieldLook::Ending => "ending",
                        FieldLook::Unknown => "unknown",
                    };
                    let (over, focus, click) = (point(field), point(field), point(field));
                    html! {
                        <button type="button" class={classes!("field", look)} title={field.meaning.clone()}
                            onpointerenter={Callback::from(move |_| over())} onfocus={Callback::from(move |_| focus())}
                            onclick={Callback::from(move |_| click())}>{ &field.text }</button>
                    }
                }) }
            </span>
        </div>
    }
}
