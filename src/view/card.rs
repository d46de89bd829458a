//! Draws a node's card.

use super::pick::{Pick, on_key};
use crate::scene::card::{Anatomy, Card, CardRole};
use crate::scene::geometry::{Point, px, translate};
use crate::scene::Detail;
use crate::scene::text::{self, Face};
use yew::prelude::*;

/// The card as a group of SVG elements; choosing it emits its node.
pub fn card(card: &Card, pick: &Callback<Pick>) -> Html {
    let what = Pick::Node(card.node);
    let at = Point { x: card.rect.x, y: card.rect.y };
    let (width, height) = (card.rect.width, card.rect.height);
    let onclick = pick.reform(move |_| what);
    let detail = match card.detail {
        Detail::Full => "full",
        Detail::Small => "small",
        Detail::Compact => "compact",
        Detail::Tiny => "tiny",
        Detail::Mark => "mark",
    };
    let anatomy = card.detail.anatomy(height);
    let inset = if height < 80.0 { 8.0 } else { 12.0 };
    let outline = html! {
        <>
            <rect class="face" width={px(width)} height={px(height)} rx={if height < 80.0 { "8" } else { "12" }} />
            <rect class="bar" y={px(inset)} width="4" height={px(height - 2.0 * inset)} rx="2" />
        </>
    };
    if card.detail == Detail::Mark {
        return html! { <g class={classes!("card", detail, card.hue.class())} transform={translate(at)}>{ outline }</g> };
    }
    html! {
        <g key={card.name.clone()} class={classes!("card", detail, card.hue.class(), card.selected.then_some("selected"))}
            transform={translate(at)} role="button" tabindex="0" aria-pressed={card.selected.to_string()}
            aria-label={name(card)} data-node={card.name.clone()} data-role={card.role.data()}
            data-offset={card.offset.map(|o| o.to_string())} data-replid={card.id.as_ref().map(|id| id.full.clone())}
            {onclick} onkeydown={on_key(pick, what)}>
            { outline }
            { header(card, &anatomy) }
            { numbers(card, &anatomy) }
            { keys(card, &anatomy) }
            { status(card, &anatomy) }
        </g>
    }
}

fn name(card: &Card) -> String {
    let role = match card.role {
        CardRole::Master => "master",
        CardRole::Replica => "replica",
        CardRole::Down => "down",
    };
    let offset = card.offset.map_or(String::new(), |o| format!(", offset {}", text::grouped(o)));
    format!("{}, {role}{offset}, {}", card.name, card.status)
}

fn header(card: &Card, a: &Anatomy) -> Html {
    let right = card.rect.width - a.pad + 4.0;
    let name = html! { <text class="name" x={px(a.pad)} y={px(a.name_y)} font-size={px(a.name_size)}>{ &card.name }</text> };
    if card.detail == Detail::Tiny {
        return name;
    }
    let word = card.role.word();
    let name_end = a.pad + text::width(&card.name, Face::Bold, a.name_size);
    let role_width = text::width(word, Face::Bold, 12.0);
    // Without the pill's own colour where there is no room for it.
    let pill = card.detail != Detail::Compact && name_end + role_width + 22.0 <= right;
    let port_room = right - role_width - 26.0 - name_end;
    let port = port_room >= text::width(&card.port, Face::Mono, 12.0) && card.detail != Detail::Compact;
    html! {
        <>
            { name }
            if port {
                <text class="port" x={px(name_end + 6.0)} y={px(a.name_y)}>{ &card.port }</text>
            }
            if pill {
                <rect class="role-pill" x={px(right - role_width - 14.0)} y={px(a.name_y - 15.0)}
                    width={px(role_width + 14.0)} height="20" rx="10" />
            }
            <text class="role" text-anchor={if pill { "middle" } else { "end" }}
                x={px(if pill { right - role_width / 2.0 - 7.0 } else { right })} y={px(a.name_y - 0.5)}>{ word }</text>
        </>
    }
}

fn numbers(card: &Card, a: &Anatomy) -> Html {
    let right = card.rect.width - a.pad + 4.0;
    let offset = card.offset.map_or("–".to_owned(), text::grouped);
    if card.detail == Detail::Tiny {
        return html! { <text class="offset" text-anchor="end" x={px(right)} y={px(a.offset_y)} font-size={px(a.offset_size)}>{ offset }</text> };
    }
    html! {
        <>
            if let Some(y) = a.label_y {
                <text class="label" x={px(a.pad)} y={px(y)}>{ "offset" }</text>
                if card.id.is_some() {
                    <text class="label" text-anchor="end" x={px(right)} y={px(y)}>{ "replication id" }</text>
                }
            }
            <text class="offset" x={px(a.pad)} y={px(a.offset_y)} font-size={px(a.offset_size)}>{ offset }</text>
            if let (Some(id), true) = (&card.id, a.label_y.is_some()) {
                <g class={classes!("chip", id.hue.class())}
                    transform={translate(Point { x: right - chip_width(&id.short), y: a.offset_y - 16.0 })}>
                    <title>{ &id.full }</title>
                    <rect class="chip-face" width={px(chip_width(&id.short))} height="21" rx="5" />
                    <rect class="chip-mark" x="6" y="5.5" width="10" height="10" rx="2.5" />
                    <text class="chip-text" x="21" y="15">{ &id.short }</text>
                </g>
            }
            if a.rule_y > 0.0 {
                <line class="rule" x1={px(a.pad - 2.0)} x2={px(right)} y1={px(a.rule_y)} y2={px(a.rule_y)} />
            }
        </>
    }
}

fn chip_width(id: &str) -> f64 {
    text::width(id, Face::Mono, 12.0) + 28.0
}

fn keys(card: &Card, a: &Anatomy) -> Html {
    let right = card.rect.width - a.pad;
    let row = |i: usize| a.first_key_y + a.key_pitch * i as f64;
    html! {
        <>
            { for card.keys.iter().enumerate().map(|(i, key)| html! {
                <g key={i} class={classes!("key", key.changed.then_some("changed"))}>
                    if key.changed {
                        <rect class="key-mark" x={px(a.pad - 7.0)} y={px(row(i) - a.key_pitch + 6.0)}
                            width={px(right - a.pad + 14.0)} height={px(a.key_pitch - 1.0)} rx="4" />
                    }
                    <text class="key-name" x={px(a.pad)} y={px(row(i))}>{ &key.name }</text>
                    <text class="key-value" text-anchor="end" x={px(right)} y={px(row(i))}>{ &key.value }</text>
                </g>
            }) }
            if card.more_keys > 0 {
                <text class="key-more" x={px(a.pad)} y={px(row(card.keys.len()))}>{ format!("and {} more", card.more_keys) }</text>
            }
        </>
    }
}

fn status(card: &Card, a: &Anatomy) -> Html {
    let y = card.rect.height - a.status_up;
    let wide = card.rect.width - 2.0 * a.pad;
    html! {
        <>
            if let Some(share) = card.progress {
                <rect class="progress-room" x={px(a.pad)} y={px(y - 21.0)} width={px(wide)} height="6" rx="3" />
                <rect class="progress" x={px(a.pad)} y={px(y - 21.0)} width={px(wide * share)} height="6" rx="3" />
            }
            <circle class={classes!("dot", card.tone.class())} cx={px(a.pad + 4.0)} cy={px(y - 4.0)} r="4" />
            <text class="status" x={px(a.pad + 15.0)} y={px(y)}>
                { text::fit(&card.status, Face::Sans, 12.0, wide - 13.0) }
            </text>
        </>
    }
}
