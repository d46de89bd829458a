//! The bytes of a message, each field explained on pointing at it.

use super::element::{El, el};
use super::figures::figures;
use super::words;
use crate::scene::panel::{FieldLook, Figure, WireField, WirePanel, WireRow};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

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
        let explained = explained.setter();
        use_effect_with(props.wire.clone(), move |_| explained.set(None));
    }
    let Some(wire) = &props.wire else {
        let nothing = el("p").class("nothing").text("No message is sent or arrives at this step.");
        return el("div").child(nothing).children(figures(&props.figures)).into();
    };
    let explain = {
        let explained = explained.setter();
        Callback::from(move |meaning: String| explained.set(Some(meaning)))
    };
    let hidden = (wire.hidden_rows > 0)
        .then(|| el("p").class("wire-hidden").text(format!("and {} more lines", wire.hidden_rows)));
    let bytes = el("div")
        .class(format!("wire {}", wire.kind.class()))
        .attr("role", "table")
        .attr("aria-label", words::BYTES_OF_MESSAGE);
    let meaning = (*explained).clone().unwrap_or_else(|| words::POINT_AT_FIELD.to_owned());
    el("div")
        .child(el("p").class("wire-heading").text(wire.heading.clone()))
        .child(bytes.children(wire.rows.iter().map(|r| row(r, &explain))).children(hidden))
        .child(el("p").class("meaning").attr("aria-live", "polite").text(meaning))
        .children(figures(&props.figures))
        .into()
}

fn row(row: &WireRow, explain: &Callback<String>) -> El {
    let fields =
        el("span").class("wire-fields").attr("role", "cell").children(row.fields.iter().map(|f| field(f, explain)));
    let offset = el("span").class("wire-offset").attr("role", "rowheader").text(row.offset.to_string());
    el("div").class("wire-row").attr("role", "row").child(offset).child(fields)
}

fn field(field: &WireField, explain: &Callback<String>) -> El {
    let class = match field.look {
        FieldLook::Frame => "field frame",
        FieldLook::Value => "field value",
        FieldLook::Ending => "field ending",
        FieldLook::Unknown => "field unknown",
    };
    let meaning = field.meaning.clone();
    let said = explain.reform(move |_: Event| meaning.clone());
    let button =
        el("button").attr("type", "button").class(class).attr("title", field.meaning.clone()).text(field.text.clone());
    [ListenerKind::onpointerenter, ListenerKind::onfocus, ListenerKind::onclick]
        .into_iter()
        .fold(button, |b, kind| b.on(kind, said.clone()))
}
