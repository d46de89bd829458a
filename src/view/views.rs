//! What may stand in the stage's place: the sequence diagram, the chart of offsets.
//!
//! Rule: the choice stands in the address' query, so that a link shows the same.

use super::browser;
use super::chart::ChartView;
use super::element::{El, el};
use super::pick::Pick;
use super::run::Run;
use super::sequence_view::SequenceView;
use super::words;
use crate::scene::geometry::Size;
use crate::scene::{Focus, Room};
use crate::story::View;
use crate::time::Time;
use std::rc::Rc;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// The panel's inside, for what is as large as the picture elsewhere.
pub const IN_PANEL: Size = Size { width: 352.0, height: 440.0 };

/// Of what, and when.
pub struct Shown<'a> {
    pub run: &'a Rc<Run>,
    pub at: Time,
    pub focus: Focus,
    pub pick: &'a Callback<Pick>,
}

impl Shown<'_> {
    /// What stands in the picture's room, unless that is the stage.
    pub fn large(&self, view: View, room: Room) -> Option<Html> {
        let size = Size { width: room.width, height: room.height };
        (view != View::Stage).then(|| self.view(view, size))
    }

    /// A view in a frame of about this size.
    pub fn view(&self, view: View, first: Size) -> Html {
        let (run, at, focus, pick) = (self.run.clone(), self.at, self.focus, self.pick.clone());
        match view {
            View::Offsets => html! { <ChartView {run} {at} {focus} {pick} {first} /> },
            View::Stage | View::Sequence => html! { <SequenceView {run} {at} {focus} {pick} {first} /> },
        }
    }
}

/// The switch between the views.
pub fn switch(view: &UseStateHandle<View>) -> El {
    let names = [words::STAGE_VIEW, words::SEQUENCE_VIEW, words::OFFSETS_VIEW];
    let buttons = View::ALL.into_iter().zip(names).map(|(other, name)| {
        let setter = view.setter();
        let choose = Callback::from(move |_: Event| {
            setter.set(other);
            browser::replace_query(&other.in_query(&browser::query()));
        });
        let button = el("button").class("tool").attr("type", "button").on(ListenerKind::onclick, choose);
        button.attr("aria-pressed", if other == **view { "true" } else { "false" }).text(name)
    });
    el("div").class("views").attr("role", "group").attr("aria-label", words::VIEWS).children(buttons)
}
