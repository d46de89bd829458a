//! Draws a node's card.

use super::element::{Anchor, El, el, group, text as words};
use super::pick::Pick;
use crate::scene::Detail;
use crate::scene::card::{Anatomy, Card, CardRole};
use crate::scene::geometry::{Point, translate};
use crate::scene::text::{self, Face};
use yew::Callback;

/// The width of the dot that stands for a state, and of the room after it, px.
const DOT: f64 = 13.0;
/// The least width of a card whose role stands in a pill, px.
const PILL_FROM: f64 = 168.0;

/// The card as a group of SVG elements; choosing it emits its node.
pub fn card(card: &Card, pick: &Callback<Pick>) -> El {
    let (width, height) = (card.rect.width, card.rect.height);
    let detail = match card.detail {
        Detail::Full => "full",
        Detail::Small => "small",
        Detail::Compact => "compact",
        Detail::Tiny => "tiny",
        Detail::Line => "line",
        Detail::Mark => "mark",
    };
    let chosen = if card.selected { " selected" } else { "" };
    let (inset, radius) = if height < 80.0 { (8.0, 8.0) } else { (12.0, 12.0) };
    let outline = group(format!("card {detail} {}{chosen}", card.hue.class()))
        .attr("transform", translate(Point { x: card.rect.x, y: card.rect.y }))
        .child(el("rect").class("face").rect(0.0, 0.0, width, height, radius))
        .child(el("rect").class("bar").rect(0.0, inset, 4.0, height - 2.0 * inset, 2.0));
    if card.detail == Detail::Mark {
        return outline;
    }
    let anatomy = card.detail.anatomy(height);
    #[cfg(feature = "complete")]
    if !card.members.is_empty() {
        return several(card, &anatomy, pick);
    }
    let outline = outline
        .key(card.name.clone())
        .attr("data-node", card.name.clone())
        .attr("data-role", card.role.data())
        .maybe("data-offset", card.offset.map(|o| o.to_string()))
        .maybe("data-replid", card.id.as_ref().map(|id| id.full.clone()))
        .maybe("data-link", card.link)
        .attr("aria-pressed", if card.selected { "true" } else { "false" })
        .picks(pick, Pick::Node(card.node), name(card));
    let outline = header(outline, card, &anatomy);
    let outline = numbers(outline, card, &anatomy);
    let outline = keys(outline, card, &anatomy);
    status(outline, card, &anatomy)
}

/// The card of nodes that stand together; choosing it lets them stand one by one.
#[cfg(feature = "complete")]
fn several(card: &Card, anatomy: &Anatomy, pick: &Callback<Pick>) -> El {
    let (width, height) = (card.rect.width, card.rect.height);
    let below = [8.0, 4.0].map(|by| el("rect").class("face below").rect(by, by, width, height, 10.0));
    let outline = group("card several hue-x")
        .attr("transform", translate(Point { x: card.rect.x, y: card.rect.y }))
        .children(below)
        .child(el("rect").class("face").rect(0.0, 0.0, width, height, 10.0))
        .key(format!("{} of {}", card.name, card.node.0))
        .attr("data-group", card.members.len().to_string())
        .attr("aria-expanded", "false")
        .picks(pick, Pick::Group(card.node), name(card));
    let outline = header(outline, card, anatomy);
    // The smallest have room for how many there are.
    let outline = if card.detail == Detail::Tiny { outline } else { numbers(outline, card, anatomy) };
    status(outline, card, anatomy)
}

/// What the card says, in words.
pub fn name(card: &Card) -> String {
    let role = match card.role {
        CardRole::Master => "master",
        CardRole::Replica => "replica",
        CardRole::Down => "down",
    };
    let offset = card.offset.map_or(String::new(), |o| format!(", offset {}", text::grouped(o)));
    format!("{}, {role}{offset}, {}", card.name, card.status)
}

fn header(into: El, card: &Card, a: &Anatomy) -> El {
    let right = card.rect.width - a.pad + 4.0;
    let left = if card.detail == Detail::Line { a.pad + DOT } else { a.pad };
    let into = into.child(words("name", Anchor::Start, left, a.name_y, card.name.clone()).at("font-size", a.name_size));
    if card.detail >= Detail::Tiny {
        return into;
    }
    let word = card.role.word();
    let name_end = a.pad + text::width(&card.name, Face::Bold, a.name_size);
    let role_width = text::width(word, Face::Bold, 12.0);
    let roomy = card.detail != Detail::Compact;
    let port_room = right - role_width - 26.0 - name_end;
    let into = if roomy && port_room >= text::width(&card.port, Face::Mono, 12.0) {
        into.child(words("port", Anchor::Start, name_end + 6.0, a.name_y, card.port.clone()))
    } else {
        into
    };
    // Without the pill's own colour where there is no room for it.
    if roomy && card.rect.width >= PILL_FROM && name_end + role_width + 22.0 <= right {
        let pill = el("rect").class("role-pill").rect(
            right - role_width - 14.0,
            a.name_y - 15.0,
            role_width + 14.0,
            20.0,
            10.0,
        );
        into.child(pill).child(words("role", Anchor::Middle, right - role_width / 2.0 - 7.0, a.name_y - 0.5, word))
    } else {
        into.child(words("role", Anchor::End, right, a.name_y - 0.5, word))
    }
}

fn numbers(into: El, card: &Card, a: &Anatomy) -> El {
    let right = card.rect.width - a.pad + 4.0;
    let offset = card.offset.map_or("–".to_owned(), text::grouped);
    if card.detail >= Detail::Tiny {
        let name_end = a.pad + DOT + text::width(&card.name, Face::Bold, a.name_size) + 4.0;
        if card.detail == Detail::Line && name_end + text::width(&offset, Face::Mono, a.offset_size) > right {
            return into;
        }
        return into.child(words("offset", Anchor::End, right, a.offset_y, offset).at("font-size", a.offset_size));
    }
    let mut into = into.child(words("offset", Anchor::Start, a.pad, a.offset_y, offset).at("font-size", a.offset_size));
    if let Some(y) = a.label_y {
        into = into.child(words("label", Anchor::Start, a.pad, y, "offset"));
        if let Some(id) = &card.id {
            let wide = text::width(&id.short, Face::Mono, 12.0) + 28.0;
            let chip = group(format!("chip {}", id.hue.class()))
                .attr("transform", translate(Point { x: right - wide, y: a.offset_y - 16.0 }))
                .child(el("title").text(id.full.clone()))
                .child(el("rect").class("chip-face").rect(0.0, 0.0, wide, 21.0, 5.0))
                .child(el("rect").class("chip-mark").rect(6.0, 5.5, 10.0, 10.0, 2.5))
                .child(words("chip-text", Anchor::Start, 21.0, 15.0, id.short.clone()));
            into = into.child(words("label", Anchor::End, right, y, "replication id")).child(chip);
        }
    }
    if a.rule_y > 0.0 {
        let rule = el("line").class("rule").at("x1", a.pad - 2.0).at("x2", right).at("y1", a.rule_y).at("y2", a.rule_y);
        into = into.child(rule);
    }
    into
}

fn keys(mut into: El, card: &Card, a: &Anatomy) -> El {
    let right = card.rect.width - a.pad;
    let row = |i: usize| a.first_key_y + a.key_pitch * i as f64;
    for (i, key) in card.keys.iter().enumerate() {
        let mut line = group(if key.changed { "key changed" } else { "key" });
        if key.changed {
            let mark = el("rect").class("key-mark");
            line = line.child(mark.rect(
                a.pad - 7.0,
                row(i) - a.key_pitch + 6.0,
                right - a.pad + 14.0,
                a.key_pitch - 1.0,
                4.0,
            ));
        }
        let line = line.child(words("key-name", Anchor::Start, a.pad, row(i), key.name.clone()));
        into = into.child(line.child(words("key-value", Anchor::End, right, row(i), key.value.clone())));
    }
    if card.more_keys > 0 {
        into = into.child(words(
            "key-more",
            Anchor::Start,
            a.pad,
            row(card.keys.len()),
            format!("and {} more", card.more_keys),
        ));
    }
    into
}

fn status(mut into: El, card: &Card, a: &Anatomy) -> El {
    let y = card.rect.height - a.status_up;
    let wide = card.rect.width - 2.0 * a.pad;
    if let Some(share) = card.progress.filter(|_| card.detail < Detail::Line) {
        into = into
            .child(el("rect").class("progress-room").rect(a.pad, y - 21.0, wide, 6.0, 3.0))
            .child(el("rect").class("progress").rect(a.pad, y - 21.0, wide * share, 6.0, 3.0));
    }
    let dot = el("circle").class(format!("dot {}", card.tone.class())).at("cx", a.pad + 4.0).at("cy", y - 4.0);
    let dot = dot.attr("r", "4");
    if card.detail == Detail::Line {
        // The state in words is in the card's name.
        return into.child(dot);
    }
    let status = text::fit(&card.status, Face::Sans, 12.0, wide - DOT);
    into.child(dot).child(words("status", Anchor::Start, a.pad + 15.0, y, status))
}
