//! One node from inside: the state of its link to its master, its replicas, its backlog.

use super::element::{El, el};
use super::figures::figures;
use super::pick::Pick;
use super::words;
use crate::scene::panel::{NodePanel, ReplicaRow, StateRow};
use yew::Callback;

/// The node's panel.
pub fn node_tab(panel: &NodePanel, _pick: &Callback<Pick>) -> El {
    let section = |title: &'static str, content: El| [el("h3").text(title), content];
    let states = (!panel.states.is_empty()).then(|| el("ol").class("states").children(panel.states.iter().map(state)));
    let replicas = (!panel.replicas.is_empty()).then(|| replicas(&panel.replicas));
    let tab = el("div")
        .child(el("p").class("wire-heading").text(panel.heading.clone()))
        .children(panel.note.as_ref().map(|note| el("p").class("nothing").text(note.clone())))
        .children(states.map(|s| section(words::ITS_LINK, s)).into_iter().flatten());
    #[cfg(feature = "complete")]
    let tab = tab.children(past::path(&panel.past, _pick));
    let tab = tab.children(replicas.map(|r| section(words::ITS_REPLICAS, r)).into_iter().flatten());
    #[cfg(feature = "complete")]
    let tab = tab.children(panel.past.replicas.iter().map(|chain| past::chain(chain, _pick)));
    let tab = tab.children(figures(&panel.backlog).map(|f| section(words::ITS_BACKLOG, f)).into_iter().flatten());
    #[cfg(feature = "complete")]
    let tab = tab.children(panel.past.blocks.as_ref().map(past::blocks));
    tab
}

fn state(s: &StateRow) -> El {
    let waits = s.current.then(|| el("span").text(s.waits_for));
    let class = match (s.current, s.entered.is_empty()) {
        (true, _) => "current",
        (false, false) => "passed",
        (false, true) => "other",
    };
    let entered = (!s.entered.is_empty()).then(|| el("time").text(s.entered.clone()));
    let row = el("li").class(class).maybe("aria-current", s.current.then_some("step"));
    row.child(el("code").text(s.name)).children(waits).children(entered)
}

fn replicas(rows: &[ReplicaRow]) -> El {
    let head = ["replica", "state", "acknowledged", "lag"].map(|name| el("th").attr("scope", "col").text(name));
    let row = |r: &ReplicaRow| {
        let cells = [r.state.to_owned(), r.offset.clone(), r.lag.clone()].map(|cell| el("td").text(cell));
        el("tr").child(el("th").attr("scope", "row").text(r.name.clone())).children(cells)
    };
    let head = el("thead").child(el("tr").children(head));
    el("table").class("replicas").child(head).child(el("tbody").children(rows.iter().map(row)))
}

/// What only the whole program can tell.
#[cfg(feature = "complete")]
mod past {
    use super::super::element::{Anchor, group, text};
    use super::super::stage::canvas;
    use super::{Callback, El, Pick, el, words};
    use crate::scene::panel::{Attempt, BlockCell, Blocks, Chain, ChainLink, NodePast, PassedState};
    use yew::virtual_dom::ListenerKind;

    /// The states that the link passed, each a way to its moment.
    pub fn path(past: &NodePast, pick: &Callback<Pick>) -> Option<El> {
        let state = |s: &PassedState| {
            let (pick, at) = (pick.clone(), Pick::Moment(s.at));
            let go = el("button")
                .attr("type", "button")
                .on(ListenerKind::onclick, Callback::from(move |_| pick.emit(at)))
                .child(el("time").text(s.clock.clone()))
                .child(el("code").text(s.name));
            el("li").class(if s.current { "current" } else { "passed" }).child(go)
        };
        let attempt = |a: &Attempt| el("li").child(el("ol").children(a.states.iter().map(state)));
        let earlier = match past.earlier {
            0 => None,
            1 => Some("after 1 earlier attempt".to_owned()),
            n => Some(format!("after {n} earlier attempts")),
        };
        (!past.attempts.is_empty()).then(|| {
            el("details")
                .class("path")
                .child(el("summary").text(words::PATH_TAKEN))
                .children(earlier.map(|said| el("p").class("when").text(said)))
                .child(el("ol").class("attempts").children(past.attempts.iter().map(attempt)))
        })
    }

    /// A replica's states as its master sees them.
    pub fn chain(chain: &Chain, pick: &Callback<Pick>) -> El {
        let link = |l: &ChainLink| {
            let class = match (l.current, l.entered.is_some()) {
                (true, _) => "current",
                (false, true) => "passed",
                (false, false) => "other",
            };
            let name = el("code").text(l.name);
            let row = el("li").class(class).maybe("aria-current", l.current.then_some("step"));
            match &l.entered {
                None => row.child(name).child(el("span").text("–")),
                Some((at, clock)) => {
                    let (pick, at) = (pick.clone(), Pick::Moment(*at));
                    let go = el("button").attr("type", "button");
                    let go = go.on(ListenerKind::onclick, Callback::from(move |_| pick.emit(at)));
                    row.child(name).child(go.child(el("time").text(clock.clone())))
                }
            }
        };
        el("div")
            .class("chain")
            .child(el("p").text(words::how_it_sees(&chain.name)))
            .child(el("ol").children(chain.links.iter().map(link)))
    }

    /// The backlog's blocks, and the same in words.
    pub fn blocks(blocks: &Blocks) -> El {
        let label = words::blocks(&blocks.heading);
        let hidden = blocks.hidden.map(|(count, rect)| {
            text("words", Anchor::Middle, rect.centre().x, rect.centre().y + 4.0, format!("… {count} …"))
        });
        let picture = canvas("blocks", blocks.size)
            .attr("role", "img")
            .attr("aria-label", label)
            .children(blocks.cells.iter().map(cell))
            .children(hidden);
        let text = el("details")
            .class("path")
            .child(el("summary").text(words::BLOCKS_IN_WORDS))
            .child(el("ol").class("blocks-text").children(blocks.text.iter().map(|line| el("li").text(line.clone()))));
        let section = el("div").class("backlog-blocks").child(el("p").text(blocks.heading.clone())).child(picture);
        if blocks.text.is_empty() { section } else { section.child(text) }
    }

    fn cell(cell: &BlockCell) -> El {
        let r = cell.rect;
        let pins = cell.pins.iter().map(|(name, hue)| {
            let class = format!("pin {}", hue.class());
            text("pin", Anchor::Start, r.x + 2.0, r.bottom() + 14.0, name.clone()).class(class)
        });
        group(if cell.trimmed { "block trimmed" } else { "block" })
            .child(el("title").text(cell.title.clone()))
            .child(el("rect").class("all").rect(r.x, r.y, r.width, r.height, 4.0))
            .child(el("rect").class("filled").rect(r.x, r.y, cell.filled, r.height, 4.0))
            .child(text("first", Anchor::Start, r.x + 6.0, r.y + 16.0, cell.first.clone()))
            .child(text("size", Anchor::Start, r.x + 6.0, r.y + 31.0, cell.bytes.clone()))
            .children(pins)
    }
}
