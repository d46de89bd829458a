//! The settings of a node: Redis' names, values and defaults. A change is a CONFIG SET at the moment that is shown.
//!
//! Rule: whether a value is accepted is asked of the node; what it answers is shown beside the field, and only what it
//! accepts becomes a line of the laboratory.

use super::super::browser;
use super::super::element::{El, el};
use super::super::run::Run;
use super::super::words;
use super::acts;
use super::bench::Bench;
use super::log::reply_text;
use crate::node::Config;
use crate::scene::order;
use crate::sim::{Action, NodeId};
use crate::time::Time;
use std::rc::Rc;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// What replication has to do with besides all that begins with `repl`, in the order in which they are shown.
const OF_REPLICATION: [&str; 8] = [
    "min-replicas-to-write",
    "min-replicas-max-lag",
    "masteruser",
    "masterauth",
    "requirepass",
    "client-output-buffer-limit",
    "save",
    "maxmemory",
];

#[derive(Properties, PartialEq)]
pub struct SettingsProps {
    pub bench: Rc<Bench>,
    pub node: Option<NodeId>,
    pub at: Time,
    pub run: Rc<Run>,
}

/// A setting as it is now.
struct Setting {
    name: String,
    value: String,
    default: String,
}

/// A value that the node did not take, and what it said.
#[derive(Clone, PartialEq)]
struct Refused {
    node: NodeId,
    name: String,
    value: String,
    error: String,
}

#[component]
pub fn Settings(props: &SettingsProps) -> Html {
    let wanted = use_state_eq(String::new);
    let refused = use_state_eq(|| None::<Refused>);
    let world = props.run.world(props.at);
    let host = props.node.and_then(|node| world.host(node));
    let (Some(node), Some(process)) = (props.node, host.and_then(|host| host.node.as_ref())) else {
        return el("p").class("nothing").text(words::NO_SETTINGS).into();
    };
    let defaults = Config::default();
    let all =
        process.config().get(&[b"*"]).into_iter().filter(|(name, _)| !is_older_name(name)).map(|(name, value)| {
            let default = defaults.get(&[name.as_bytes()]).pop().map(|(_, value)| value).unwrap_or_default();
            Setting { name, value, default }
        });
    let mut all: Vec<Setting> = all.filter(|one| one.name.contains(&*wanted.to_ascii_lowercase())).collect();
    order::by_key(&mut all, rank);
    let change = {
        let (bench, refused) = (props.bench.clone(), refused.clone());
        Callback::from(move |(name, value): (String, String)| {
            let Action::Command { args, .. } = acts::command(node, &["CONFIG", "SET", &name, &value]) else { return };
            match bench.would_answer(node, &args) {
                Some(reply) if reply.starts_with(b"-") => {
                    refused.set(Some(Refused { node, name, value, error: reply_text(&reply) }));
                }
                None => refused.set(Some(Refused { node, name, value, error: words::NO_REPLY.into() })),
                Some(_) => {
                    refused.set(None);
                    bench.act(Action::Command { node, args });
                }
            }
        })
    };
    let refused = refused.as_ref().filter(|refused| refused.node == node);
    let row = |setting: &Setting| row(setting, refused.filter(|refused| refused.name == setting.name), &change);
    let is_near = |setting: &&Setting| rank(setting) < FAR;
    let near: Vec<El> = all.iter().filter(is_near).map(row).collect();
    let far: Vec<El> = all.iter().filter(|setting| !is_near(setting)).map(row).collect();
    let search = el("input")
        .attr("type", "search")
        .class("condition")
        .attr("aria-label", words::FIND_SETTING)
        .attr("placeholder", words::FIND_SETTING)
        .attr("spellcheck", "false")
        .on(ListenerKind::oninput, browser::on_value(move |text| wanted.set(text)));
    let others = (!far.is_empty()).then(|| {
        let summary = el("summary").text(words::other_settings(far.len()));
        el("details").child(summary).child(el("div").class("settings").children(far))
    });
    el("div")
        .class("settings-tab")
        .child(el("p").class("how").text(words::settings_of(&props.bench.name(node))))
        .child(search)
        .child(el("div").class("settings").children(near))
        .child(el("div").children(others))
        .into()
}

/// What was changed stands first, then what replication has to do with.
fn rank(setting: &Setting) -> usize {
    if setting.value != setting.default {
        return 0;
    }
    let listed = OF_REPLICATION.iter().position(|name| *name == setting.name);
    match listed {
        _ if setting.name.starts_with("repl-") => 1,
        _ if setting.name.starts_with("replica-") => 3,
        Some(place) => {
            if place < 2 {
                2
            } else {
                4 + place
            }
        }
        None => FAR,
    }
}

/// The rank of those that replication has nothing to do with.
const FAR: usize = 100;

/// Settings that were renamed are shown once.
fn is_older_name(name: &str) -> bool {
    name.contains("slave") || name.contains("ziplist")
}

fn row(setting: &Setting, refused: Option<&Refused>, change: &Callback<(String, String)>) -> El {
    let Setting { name, value, default } = setting;
    let (id, note) = (format!("setting-{name}"), format!("note-{name}"));
    let is_changed = value != default;
    let said = match refused {
        Some(refused) => el("small").class("bad").attr("role", "alert").text(refused.error.clone()),
        None => el("small").text(words::default_is(default)),
    };
    let emit = {
        let (change, name, value) = (change.clone(), name.clone(), value.clone());
        move |text: String| {
            if text != value {
                change.emit((name.clone(), text));
            }
        }
    };
    let field = match value.as_str() {
        "yes" | "no" => {
            let option = |word: &'static str| el("option").maybe("selected", (word == value).then_some("")).text(word);
            let choose = browser::on_choice(move |n| emit(["yes", "no"][n.min(1)].to_owned()));
            el("select").on(ListenerKind::onchange, choose).children(["yes", "no"].map(option))
        }
        _ => el("input")
            .attr("type", "text")
            .attr("spellcheck", "false")
            .attr("autocomplete", "off")
            .value(refused.map_or(value, |refused| &refused.value).clone())
            .on(ListenerKind::onchange, browser::on_value(emit)),
    };
    let field = field
        .attr("id", id.clone())
        .attr("name", name.clone())
        .attr("aria-describedby", note.clone())
        .maybe("aria-invalid", refused.map(|_| "true"));
    el("div")
        .class(if is_changed { "setting changed" } else { "setting" })
        .key(name.clone())
        .child(el("label").attr("for", id).text(name.clone()))
        .child(field)
        .child(said.attr("id", note))
}
