//! A moment as a picture that stands alone: what the components draw, given to `export`.
//!
//! Rule: drawn by the same functions as the page, so that it shows what the page shows.

use super::card;
use super::element::El;
use super::run::Run;
use super::sequence::{HEADS, diagram, heads};
use super::stage::{canvas, stage};
use super::tape::{Said, tape};
use crate::export::{Element, Node, Picture};
use crate::scene::geometry::Size;
use crate::scene::{Focus, Room, sequence};
use crate::time::Time;
use yew::Callback;
use yew::virtual_dom::VNode;

/// What of a moment is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// Nodes, links, and messages on their way.
    #[default]
    Stage,
    /// The replication stream by offset.
    Tape,
    /// Messages between the nodes, time downwards.
    Sequence,
}

impl Part {
    pub const ALL: [Part; 3] = [Part::Stage, Part::Tape, Part::Sequence];

    pub fn name(self) -> &'static str {
        match self {
            Part::Stage => "stage",
            Part::Tape => "tape",
            Part::Sequence => "sequence",
        }
    }

    pub fn named(name: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// Which picture of a run is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shot {
    pub part: Part,
    pub at: Time,
    /// The room to lay it out in, px. A picture may be higher: a tape and a sequence are as high as they have to be, and
    /// a stage with many nodes is too.
    pub width: f64,
    pub height: f64,
    /// What is chosen in it.
    pub focus: Focus,
}

/// The least and the greatest width and height of a picture, px.
pub const SIZES: std::ops::RangeInclusive<u32> = 240..=4096;

/// A longer sequence diagram ends here, px.
const SEQUENCE_MAX: f64 = 8_192.0;

impl Shot {
    /// A picture of a usual size.
    pub fn new(part: Part, at: Time) -> Shot {
        Shot { part, at, width: 960.0, height: 480.0, focus: Focus::default() }
    }
}

/// Draws it.
pub fn picture(run: &Run, shot: &Shot) -> Picture {
    let Shot { part, at, width, height, focus } = *shot;
    let (scene, narration) = run.shot(at, &focus, &Room { width, height, tape: false, framed: false });
    let idle = Callback::noop();
    let drawn = match part {
        Part::Stage => stage(&scene.stage, at, &idle),
        Part::Tape => tape(&scene.tape, Said { hint: None, pointed: None }, &idle, &Callback::noop()),
        Part::Sequence => sequence(run, shot),
    };
    let nodes = scene.stage.cards.iter().map(card::name).collect::<Vec<_>>().join("; ");
    let moment = crate::scene::text::clock(at.since(run.start).as_micros() as u64);
    let title = format!("{} · {moment} · {}", run.lesson.title, narration.title.trim_end_matches('.'));
    Picture { drawing: tree(drawn), title, description: format!("{} {nodes}.", narration.spoken()) }
}

/// The whole diagram below the names of its nodes.
fn sequence(run: &Run, shot: &Shot) -> El {
    let Shot { at, width, focus, .. } = *shot;
    let plan = run.plan(1.0);
    let (top, bottom) = (0.0, SEQUENCE_MAX);
    let view = sequence::View { at, start: run.start, node: focus.node, message: focus.message, top, bottom };
    let sequence = run.sequence(&plan, &view, width);
    let size = Size { width, height: (sequence.height + HEADS).min(SEQUENCE_MAX) };
    let idle = Callback::noop();
    let below = diagram(&sequence, &idle).at("y", HEADS);
    canvas("sequence-picture", size).child(heads(&sequence, &idle)).child(below)
}

/// What was drawn, as a tree.
fn tree(drawn: El) -> Element {
    let mut nodes = vec![];
    push(&mut nodes, &drawn.into());
    match nodes.pop() {
        Some(Node::Element(element)) => element,
        _ => Element::default(),
    }
}

fn push(into: &mut Vec<Node>, node: &VNode) {
    match node {
        VNode::VTag(tag) => {
            let attributes = tag.attributes.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let mut children = vec![];
            tag.children().into_iter().for_each(|child| push(&mut children, child));
            into.push(Node::Element(Element { tag: tag.tag().to_owned(), attributes, children }));
        }
        VNode::VText(text) => into.push(Node::Text(text.text.to_string())),
        VNode::VList(list) => list.iter().for_each(|child| push(into, child)),
        // A drawing is made of elements and texts only.
        _ => {}
    }
}
