//! Draws the tape: the replication stream by byte offset.

use super::pick::{Pick, on_key};
use crate::scene::geometry::px;
use crate::scene::tape::{Bracket, Caret, Fork, MarginNote, Segment, Tape};
use crate::scene::text::{self, Face, grouped};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct TapeProps {
    pub tape: Rc<Tape>,
    pub pick: Callback<Pick>,
}

#[component]
pub fn TapeView(props: &TapeProps) -> Html {
    let pointed = use_state_eq(|| None::<String>);
    let tape = &*props.tape;
    let (width, height) = (px(tape.size.width), px(tape.size.height));
    let title = "Replication stream";
    let heading_x = tape.left + text::width(title, Face::Bold, 13.5) + 7.0;
    let hint = pointed.as_ref().cloned().unwrap_or_else(|| {
        if tape.segments.is_empty() { String::new() } else { "point at a command for its bytes · click it to jump to the step that wrote it".to_owned() }
    });
    let hint = text::fit(&hint, Face::Sans, 12.0, tape.size.width - 2.0 * tape.left);
    html! {
        <svg class="tape" viewBox={format!("0 0 {width} {height}")} {width} {height} role="group" aria-label={title}>
            <text class="tape-title" x={px(tape.left)} y={px(tape.heading_y)}>{ title }</text>
            <text class="tape-heading" x={px(heading_x)} y={px(tape.heading_y)}>
                { text::fit(&tape.heading, Face::Sans, 12.0, tape.size.width - tape.left - heading_x) }
            </text>
            { tape.bracket.as_ref().map(bracket) }
            if let Some((count, x, y)) = tape.earlier {
                <text class="earlier" y={px(y + 4.0)} x={px(x)}><title>{ format!("{count} earlier commands") }</title>{ "…" }</text>
            }
            { for tape.segments.iter().map(|s| segment(s, &props.pick, &pointed)) }
            { tape.fork.as_ref().map(fork) }
            { for tape.notes.iter().map(margin_note) }
            { for tape.carets.iter().map(caret) }
            <text class="tape-hint" x={px(tape.left)} y={px(tape.hint_y)}>{ hint }</text>
        </svg>
    }
}

fn segment(s: &Segment, pick: &Callback<Pick>, pointed: &UseStateHandle<Option<String>>) -> Html {
    let what = Pick::Moment(s.at);
    let said = format!("{} · bytes {} – {} · {}", s.words, grouped(s.start), grouped(s.end), text::bytes(s.end + 1 - s.start));
    let point = |to: Option<String>| {
        let pointed = pointed.clone();
        move || pointed.set(to.clone())
    };
    let (over, out) = (point(Some(said.clone())), point(None));
    let (focus, blur) = (over.clone(), out.clone());
    let hue = s.hue.map(|h| h.class());
    let r = s.rect;
    html! {
        <g key={format!("{}-{}", s.start, hue.unwrap_or_default())} class={classes!("segment", s.age.class(), hue)} role="button" tabindex="0"
            aria-label={format!("{said}: go to the step that wrote it")} data-start={s.start.to_string()} data-end={s.end.to_string()}
            onclick={pick.reform(move |_| what)} onkeydown={on_key(pick, what)}
            onpointerenter={Callback::from(move |_| over())} onpointerleave={Callback::from(move |_| out())}
            onfocus={Callback::from(move |_| focus())} onblur={Callback::from(move |_| blur())}>
            <rect class="all" x={px(r.x)} y={px(r.y)} width={px(r.width)} height={px(r.height)} rx="4" />
            if s.kept_x > r.x && s.kept_x < r.right() {
                <path class="kept-part" d={format!("M{} {} h{} a4 4 0 0 1 4 4 v{} a4 4 0 0 1 -4 4 h{} z", px(s.kept_x), px(r.y),
                    px((r.right() - s.kept_x - 4.0).max(0.0)), px(r.height - 8.0), px(-(r.right() - s.kept_x - 4.0).max(0.0)))} />
            }
            <text text-anchor="middle" x={px(r.centre().x)} y={px(r.centre().y + 4.0)}>{ &s.label }</text>
        </g>
    }
}

fn bracket(b: &Bracket) -> Html {
    // The label interrupts the line where it stands on it.
    let (gap_from, gap_to) = (b.gap.0.max(b.from), b.gap.1.min(b.to));
    let mut d = if b.open { format!("M{} {}", px(b.from), px(b.y)) } else { format!("M{} {} V{}", px(b.from), px(b.y + 9.0), px(b.y)) };
    if gap_from > b.from {
        d.push_str(&format!(" H{}", px(gap_from)));
    }
    if gap_to < b.to {
        d.push_str(&format!(" M{} {} H{}", px(gap_to), px(b.y), px(b.to)));
    }
    let end = format!(" M{} {} V{}", px(b.to), px(b.y), px(b.y + 9.0));
    html! {
        <g class="bracket">
            <path d={d + &end} />
            <text text-anchor="middle" x={px(b.label_x)} y={px(b.y + 4.5)}>{ &b.label }</text>
        </g>
    }
}

fn caret(c: &Caret) -> Html {
    let (x, y) = (c.x, c.y);
    let first = c.labels.first();
    let top = first.map_or(y, |l| l.y) - 14.0;
    html! {
        <g key={c.offset} class={classes!("caret", first.map(|l| l.hue.class()))}>
            if top - y > 20.0 {
                <path class="caret-stem" d={format!("M{} {} V{}", px(x), px(y + 10.0), px(top))} />
            }
            if c.before {
                <path class="caret-tip" d={format!("M{} {} l10 -6 v12 z", px(x - 6.0), px(y + 6.0))} />
            } else {
                <path class="caret-tip" d={format!("M{} {} l6.5 11 h-13 z", px(x), px(y))} />
            }
            { for c.labels.iter().map(|l| html! {
                <text key={l.name.clone()} class={classes!("caret-name", l.hue.class())} data-caret={l.name.clone()} data-at={c.offset.to_string()} x={px(l.x)} y={px(l.y)}>{ &l.name }</text>
            }) }
            <text class="caret-offset" text-anchor="middle" x={px(c.label_x)} y={px(c.offset_y)}>{ grouped(c.offset) }</text>
        </g>
    }
}

fn margin_note(n: &MarginNote) -> Html {
    html! {
        <g class={classes!("margin-note", n.hue.class())}>
            <path d={format!("M{} {} V{} M{} {} H{}", px(n.edge), px(n.top), px(n.y + 2.0), px(n.edge), px(n.y - 4.0), px(n.caret))} />
            <text text-anchor={if n.left { "end" } else { "start" }} x={px(n.text_x)} y={px(n.y)}>{ &n.text }</text>
        </g>
    }
}

fn fork(f: &Fork) -> Html {
    html! {
        <g class="fork">
            <line class="fork-line" x1={px(f.x)} x2={px(f.x)} y1={px(f.top)} y2={px(f.bottom)} />
            <text class="fork-title" text-anchor="end" x={px(f.x - 8.0)} y={px(f.label_y)}>{ "promotion" }</text>
            <text class="fork-note" x={px(f.x + 2.0)} y={px(f.label_y)}>{ format!("second_repl_offset {}", grouped(f.offset)) }</text>
            { for f.branches.iter().map(|b| {
                let bend = (b.from.0 + b.to.0) / 2.0;
                let d = format!("M{} {} C{} {} {} {} {} {}", px(b.from.0), px(b.from.1), px(bend), px(b.from.1), px(bend), px(b.to.1), px(b.to.0), px(b.to.1));
                html! {
                    <g class={classes!("branch", b.hue.class())}>
                        <path {d} />
                        <text class="branch-title" x={px(b.label_x)} y={px(b.label_y)}>{ &b.title }</text>
                        <text class="branch-note" x={px(b.label_x)} y={px(b.label_y + 16.0)}>{ &b.note }</text>
                    </g>
                }
            }) }
        </g>
    }
}
