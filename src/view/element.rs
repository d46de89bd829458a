//! Makes elements by calls instead of by `html!`.
//!
//! Why: the macro writes a good deal of program for every element, and what a reader downloads has a budget. `html!` is
//! used for components only.

use crate::scene::geometry::px;
use std::rc::Rc;
use web_sys::Event;
use yew::virtual_dom::{Key, Listener, ListenerKind, VNode, VTag, VText};
use yew::{AttrValue, Callback, NodeRef};

/// An element being made.
pub struct El(Box<VTag>);

/// An element with this tag.
pub fn el(tag: &'static str) -> El {
    El(Box::new(VTag::new(tag)))
}

/// A group of SVG elements.
pub fn group(class: impl Into<AttrValue>) -> El {
    el("g").attr("class", class)
}

impl El {
    pub fn attr(mut self, name: &'static str, value: impl Into<AttrValue>) -> El {
        self.0.add_attribute(name, value.into());
        self
    }

    /// An attribute that may be missing.
    pub fn maybe(self, name: &'static str, value: Option<impl Into<AttrValue>>) -> El {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// What stands in a field, whatever was typed there before.
    pub fn value(mut self, text: String) -> El {
        self.0.set_value(Some(AttrValue::from(text)));
        self
    }

    pub fn class(self, class: impl Into<AttrValue>) -> El {
        self.attr("class", class)
    }

    /// A length, px.
    pub fn at(self, name: &'static str, length: f64) -> El {
        self.attr(name, px(length))
    }

    /// Place and size of an SVG rectangle, and the radius of its corners.
    pub fn rect(self, x: f64, y: f64, width: f64, height: f64, radius: f64) -> El {
        self.at("x", x).at("y", y).at("width", width).at("height", height).at("rx", radius)
    }

    pub fn key(mut self, key: impl Into<Key>) -> El {
        self.0.key = Some(key.into());
        self
    }

    pub fn text(self, text: impl Into<AttrValue>) -> El {
        self.child(VText::new(text.into()))
    }

    pub fn child(mut self, child: impl Into<VNode>) -> El {
        self.0.add_child(child.into());
        self
    }

    pub fn children(self, children: impl IntoIterator<Item = El>) -> El {
        children.into_iter().fold(self, El::child)
    }

    pub fn nodes(self, nodes: impl IntoIterator<Item = VNode>) -> El {
        nodes.into_iter().fold(self, El::child)
    }

    /// Makes the element a button, which calls `pressed`.
    pub fn button(self, name: &'static str, pressed: Callback<Event>) -> El {
        let labelled = self.attr("type", "button").attr("aria-label", name).attr("title", name);
        labelled.on(ListenerKind::onclick, pressed)
    }

    /// Gives the element to `node` once it is there.
    pub fn reference(mut self, node: &NodeRef) -> El {
        self.0.node_ref = node.clone();
        self
    }

    /// Calls `heard` on an event of this kind.
    pub fn on(mut self, kind: ListenerKind, heard: Callback<Event>) -> El {
        self.0.add_listener(Rc::new(On { kind, heard }));
        self
    }
}

impl From<El> for VNode {
    fn from(element: El) -> VNode {
        (*element.0).into()
    }
}

struct On {
    kind: ListenerKind,
    heard: Callback<Event>,
}

impl Listener for On {
    fn kind(&self) -> ListenerKind {
        self.kind.clone()
    }

    fn handle(&self, event: Event) {
        self.heard.emit(event);
    }

    fn passive(&self) -> bool {
        false
    }
}

/// A text of SVG: the left end, middle or right end of its baseline is at `x`.
pub fn text(class: &'static str, anchor: Anchor, x: f64, y: f64, words: impl Into<AttrValue>) -> El {
    let anchor = match anchor {
        Anchor::Start => None,
        Anchor::Middle => Some("middle"),
        Anchor::End => Some("end"),
    };
    el("text").class(class).maybe("text-anchor", anchor).at("x", x).at("y", y).text(words)
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// A path of SVG.
pub fn path(class: &'static str, d: impl Into<AttrValue>) -> El {
    el("path").class(class).attr("d", d)
}
