//! What only the laboratory says.

use crate::scene::text::{bytes, clock, grouped};
use crate::story::{Cost, Load, Topology};
use crate::time::Time;

pub const FAULTS: &str = "Faults";
pub const ADD_NODE: &str = "Node";
pub const BEGIN: &str = "Begin …";

pub const FOLLOW: &str = "Replicate from …";
pub const FAILOVER: &str = "FAILOVER to a replica";
pub const ADD_REPLICA: &str = "Add a replica";
pub const RESTART: &str = "Restart";
pub const RESTART_EMPTY: &str = "Restart without its file";
pub const REMOVE: &str = "Remove";
pub const RESUME: &str = "Let it run on";
pub const PAUSE: &str = "Let it stand still";
pub const CRASH: &str = "Crash";
pub const PROMOTE: &str = "Promote to master";
pub const LOAD: &str = "Load …";
pub const SETTINGS: &str = "Settings …";
pub const TYPE_COMMAND: &str = "Type a command …";
pub const HEAL: &str = "Heal";
pub const CUT: &str = "Cut";
pub const BLACK_HOLE: &str = "Black hole";
pub const SLOW: &str = "Slow …";
pub const AS_BEFORE: &str = "As fast as before";
pub const NOTHING_TO_DO: &str = "Nothing can be done here now.";
pub const LATENCY: &str = "Latency, ms";
pub const BANDWIDTH: &str = "Bytes a second (empty: no limit)";
pub const SLOW_DOWN: &str = "Slow down";

pub const NEW_NODE: &str = "new node";
pub const CARRY_NEW: &str = "Drop it on a node to add a replica, or beside the nodes to add a master.";
pub const PUT_BACK: &str = "Nothing was changed.";
pub const SPREADS: &str = "How nodes share the stage";
pub const TOGETHER: &str = "Together";
pub const EACH_ITS_CARD: &str = "One by one";

pub const BEGIN_WITH: &str = "Begin with";
pub const FIRST_NODE: &str = "Add a node";
pub const FROM_LESSON: &str = "A lesson …";
pub const FROM_FILE: &str = "Open a file …";

pub const CONSOLE: &str = "Console";
pub const CONSOLE_OF: &str = "Whose console";
pub const REPLIES: &str = "Commands and replies";
pub const COMMANDS: &str = "Commands";
pub const NO_REPLY_YET: &str = "(no reply yet)";
pub const NO_NODE: &str = "There is no node yet.";
pub const TRY: &str = "SET order:17 paid    (Tab completes, help explains)";
pub const UNBALANCED: &str = "Invalid argument(s)";

pub const BRANCHES: &str = "Branches";
pub const NO_BRANCH: &str = "Go back in time and do something: it begins a branch.";
pub const RENAME: &str = "Another name for this branch";
pub const COMPARE: &str = "Compare …";
pub const COMPARE_TWO: &str = "Two branches at the same moment";
pub const LEFT_BRANCH: &str = "Branch on the left";
pub const RIGHT_BRANCH: &str = "Branch on the right";
pub const DIFFERENCES: &str = "What differs";
pub const NODE: &str = "node";
pub const WHAT: &str = "what";

pub const FIND_SETTING: &str = "Find a setting";
pub const NO_SETTINGS: &str = "A process that does not run has no settings to change.";
pub const NO_REPLY: &str = "No reply: the process stands still.";

pub const RATE: &str = "Commands a second";
pub const KEY_COUNT: &str = "Keys";
pub const VALUE_SIZE: &str = "Value, bytes";
pub const MIX: &str = "Mix of commands, by weight";
pub const RUNNING: &str = "Running";
pub const START: &str = "Start";
pub const CHANGE: &str = "Change";
pub const STOP: &str = "Stop";

pub const RUN_AHEAD: &str = "Computed by running each return ahead on this branch.";
pub const RETURNS: &str = "Each replica's return";
pub const PROMOTIONS: &str = "Promote, and lose";
pub const NO_RETURN: &str = "no return";
pub const NO_REPLICA: &str = "There is no replica now.";
pub const WHICH: &str = "which";
pub const CHANGED: &str = "Changed in this step";
pub const RUN_UNTIL: &str = "Run until";
pub const UNTIL: [&str; 5] = [
    "a full resynchronization starts",
    "an acknowledged write is lost",
    "a replica takes a write of its own",
    "a node reaches an offset …",
    "something else happens …",
];
pub const OFFSET_OF: &str = "Node";
pub const WHICH_OFFSET: &str = "An offset, such as 1200";
pub const CONDITION: &str = "What is to happen";
pub const CONDITION_LIKE: &str = "a answers PSYNC from b full";
pub const CONDITION_HOW: &str = "As in a lesson: a runs SET x · b sends PSYNC · a answers PSYNC from b full · b is promoted · b loads the snapshot.";
pub const RUN: &str = "Run";
pub const NOT_FOUND: &str = "It does not happen in the next ten minutes, if nothing else is done.";
pub const TOO_MUCH: &str = "The search was given up: too much happens in between.";

pub const TEXT: &str = "The laboratory's text";
pub const TEXT_IS_ALL: &str = "This text is the whole laboratory. Change it, save it, open another one. claim and note lines make a lesson of it.";
pub const OPEN_TEXT: &str = "Run this text";
pub const SAVE: &str = "Save as a file";

pub fn about(topology: Topology) -> &'static str {
    match topology {
        Topology::Empty => "nothing yet",
        Topology::OneReplica => "master and replica",
        Topology::ThreeReplicas => "one master",
        Topology::Chain => "a replica of a replica",
        Topology::TwoLevels => "seven nodes",
    }
}

pub fn link_of(a: &str, b: &str) -> String {
    format!("Link {a} – {b}")
}

pub fn slow_link(a: &str, b: &str, now: &str) -> String {
    format!("Link {a} – {b}: {now} now")
}

pub fn follows_which(name: &str) -> String {
    format!("{name} replicates from")
}

/// A cost in a few words.
pub fn cost(cost: &Cost) -> String {
    match cost {
        Cost::Partial { bytes: count } => format!("partial · {}", bytes(*count)),
        Cost::Full { bytes: Some(count), .. } => format!("full · {}", bytes(*count)),
        Cost::Full { bytes: None, .. } => "full · not through in 70 s".into(),
        Cost::None(why) => why.text(),
    }
}

/// So long it would still be so.
pub fn and_left(cost: &str, left: &str) -> String {
    format!("{cost} · {left} left")
}

pub fn carry_to(name: &str) -> String {
    format!("{name}: drop it on the node that it shall replicate from. Escape puts it back.")
}

pub fn would_follow(name: &str, master: &str, cost: &str) -> String {
    format!("{name} would replicate from {master}: {cost}")
}

pub fn follows_already(name: &str, master: &str) -> String {
    format!("{name} replicates from {master} already.")
}

pub fn would_ring(name: &str, master: &str) -> String {
    format!("{master} is below {name}: the two would follow each other, and nobody would be the master.")
}

pub fn would_go(name: &str) -> String {
    format!("{name} would be taken away for good.")
}

pub fn would_join(master: Option<&str>) -> String {
    match master {
        Some(master) => format!("A new replica of {master} would join."),
        None => "A new master would join.".into(),
    }
}

pub fn around(name: Option<&str>) -> String {
    name.map_or_else(|| "Around one".into(), |name| format!("Around {name}"))
}

pub fn nodes(count: usize) -> String {
    format!("{count} nodes")
}

pub fn console_of(prompt: &str) -> String {
    format!("Command for {}", prompt.trim_end_matches('>'))
}

/// As redis-cli says it.
pub fn could_not_connect(address: &str) -> String {
    format!("Could not connect to Redis at {address}: Connection refused")
}

pub fn cannot(why: &str) -> String {
    format!("This cannot be done: {why}.")
}

/// What was done, and the branch that it began.
pub fn done_is(what: &str, branch: Option<&str>) -> String {
    match branch {
        None => format!("Done: {what}."),
        Some(branch) => format!("Done: {what}. This began {branch}."),
    }
}

pub fn load_is(name: &str, rate: u32) -> String {
    match rate {
        0 => format!("no load on {name}"),
        _ => format!("{rate} commands a second for {name}"),
    }
}

pub fn on_branch(name: &str) -> String {
    format!("now on {name}")
}

pub fn renamed(name: &str) -> String {
    format!("the branch is called {name}")
}

pub fn remove_branch(name: &str) -> String {
    format!("Remove {name} and what leaves it")
}

/// A branch for those who hear it.
pub fn branch_is(name: &str, began: Option<&str>) -> String {
    match began {
        None => format!("{name}, from the beginning"),
        Some(began) => format!("{name}, begun at {began}"),
    }
}

pub fn differences_at(count: usize, at: &str) -> String {
    match count {
        0 => format!("At {at} both are the same."),
        1 => format!("1 difference at {at}"),
        _ => format!("{count} differences at {at}"),
    }
}

pub fn settings_of(name: &str) -> String {
    format!("{name}, with Redis' own names. A change is a CONFIG SET at this moment.")
}

pub fn default_is(value: &str) -> String {
    if value.is_empty() { "default: none".into() } else { format!("default: {value}") }
}

pub fn other_settings(count: usize) -> String {
    format!("{count} others")
}

pub fn no_load(name: &str) -> String {
    format!("Nobody writes to {name} now.")
}

pub fn load_of(name: &str) -> String {
    format!("Load of {name}")
}

/// A load that runs.
pub fn load_runs(load: &Load, start: Time) -> String {
    let mix = if load.mix.is_empty() { "SET".to_owned() } else { load.mix_text().replace(',', ", ") };
    let from = clock((start + load.from).since(start).as_micros() as u64);
    format!(
        "{} a second since {from}: {mix}; {} keys, values of {}",
        load.rate,
        grouped(u64::from(load.keys)),
        bytes(load.value_bytes)
    )
}

/// Tells loads apart.
pub fn load_key(load: &Load) -> String {
    format!("{} {} {} {} {:?}", load.rate, load.keys, load.value_bytes, load.mix_text(), load.from)
}

pub fn loses(count: usize) -> String {
    match count {
        0 => "nothing".into(),
        1 => "1 acknowledged write".into(),
        _ => format!("{count} acknowledged writes"),
    }
}

pub fn and_more(count: usize) -> String {
    format!("and {count} more")
}

pub fn which_writes(name: &str) -> String {
    format!("Which writes {name} does not have")
}

pub fn found_at(clock: &str) -> String {
    format!("It happens at {clock}.")
}

pub fn go_to_line(line: usize) -> String {
    format!("Go to line {line}")
}
