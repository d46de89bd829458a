//! The model's side of the comparison: what the page must show, computed natively.

use replscope::node::{LinkState, Role};
use replscope::scene::text;
use replscope::sim::World;
use replscope::story::{At, Frame, Lesson, Telling, display_name, find_lesson};
use replscope::time::Time;
use serde_json::{Value, json};
use std::rc::Rc;

/// A built-in lesson with its run.
pub fn telling(name: &str) -> Telling {
    Telling::new(find_lesson(name).unwrap_or_else(|| panic!("there is no lesson {name}")))
}

/// The address of a moment of a lesson.
pub fn hash_of(lesson: &Lesson, at: &str) -> String {
    format!("#/lesson/{}?at={at}", lesson.name)
}

/// The step that a link to this moment opens.
pub fn frame_at(telling: &mut Telling, at: &str) -> Rc<Frame> {
    let at = telling.moment(&At::parse(at).unwrap()).unwrap();
    telling.timeline.frame(at)
}

/// What the page's clock shows at this moment.
pub fn clock(telling: &Telling, at: Time) -> String {
    text::clock(at.since(telling.timeline.start()).as_micros() as u64)
}

/// What the elements of the nodes say of themselves.
pub const NODES: &str = "[...document.querySelectorAll('[data-node]')].map(e => e.dataset)\
                         .map(d => [d.node, d.role, d.offset ?? null, d.replid ?? null, d.link ?? null]).sort()";

/// What they must say.
pub fn nodes(world: &World) -> Value {
    let mut nodes: Vec<Value> = world
        .hosts()
        .iter()
        .map(|host| {
            let name = display_name(&host.name);
            let Some(node) = &host.node else { return json!([name, "down", null, null, null]) };
            let role = if node.role() == Role::Master { "master" } else { "replica" };
            let link = node.master_link().map(|link| if link.state == LinkState::Connected { "up" } else { "down" });
            json!([name, role, node.offset().to_string(), node.history().id.to_string(), link])
        })
        .collect();
    nodes.sort_by_key(|node| node[0].to_string());
    Value::Array(nodes)
}
