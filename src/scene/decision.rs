//! The rules by which nodes choose, with the numbers of one case put in.
//!
//! Rule: the conditions stand in the order in which Redis asks them; the one that decides is the last that has an
//! outcome, and what comes after it is shown as not reached. Every number comes from the decision's value.
//! One file for each family of rules: `psync`; `snapshot`, `stream`, `clients`, `links`. `costs` weighs what a return
//! would cost now.

#[cfg(feature = "complete")]
mod clients;
#[cfg(feature = "complete")]
mod costs;
#[cfg(feature = "complete")]
mod links;
mod psync;
#[cfg(feature = "complete")]
mod snapshot;
#[cfg(feature = "complete")]
mod stream;

#[cfg(feature = "complete")]
pub use costs::costs;

use super::ledger::Case;
use super::nodes::name_of;
use super::panel::{Condition, DecisionPanel, Outcome};
use crate::node::Addr;
use crate::sim::{NodeId, World};

/// The names of those who take part.
pub struct Names<'a> {
    world: &'a World,
    /// Who decides.
    me: String,
}

impl Names<'_> {
    pub fn new(world: &World, me: NodeId) -> Names<'_> {
        Names { world, me: name_of(world, me) }
    }

    fn of(&self, addr: &Addr) -> String {
        self.world.find(addr).map_or_else(|| addr.to_string(), |id| name_of(self.world, id))
    }
}

/// The panel of one case.
pub fn panel(case: &Case, names: &Names) -> DecisionPanel {
    match case {
        Case::Psync(decision) => psync::panel(decision, &names.me),
        #[cfg(feature = "complete")]
        Case::Rule(decision) => rule(decision, names),
    }
}

#[cfg(feature = "complete")]
fn rule(decision: &crate::node::Decision, names: &Names) -> DecisionPanel {
    use crate::node::Decision;
    match decision {
        Decision::Trim(d) => stream::trim(d, names),
        Decision::Shift { old, new, offset, second_offset } => {
            stream::shift([old, new], *offset, *second_offset, names)
        }
        Decision::Buffer(d) => stream::buffer(d, names),
        Decision::Attach(d) => snapshot::attach(d, names),
        Decision::PutOnline(d) => snapshot::put_online(d, names),
        Decision::StartStream { replica, acked, held } => snapshot::start_stream(replica, *acked, *held, names),
        Decision::Expiry(d) => clients::expiry(d, names),
        Decision::Wait(d) => clients::wait(d, names),
        Decision::TooFewReplicas(d) => clients::too_few_replicas(d, names),
        Decision::Stale(d) => clients::stale(d, names),
        Decision::ReadOnly { command } => clients::read_only(command, names),
        Decision::Failover(d) => links::failover(d, names),
        Decision::Silence(d) => links::silence(d, names),
    }
}

fn condition(outcome: Outcome, text: impl Into<String>, numbers: impl Into<String>) -> Condition {
    Condition { outcome, text: text.into(), numbers: numbers.into() }
}

/// Conditions being written down: after one that decides, the others are not reached.
#[cfg(feature = "complete")]
#[derive(Default)]
struct Rule {
    rows: Vec<Condition>,
    decided: bool,
}

#[cfg(feature = "complete")]
impl Rule {
    /// One that must hold for the rule to go on.
    fn must(&mut self, holds: bool, text: impl Into<String>, numbers: impl Into<String>) {
        self.row(holds, !holds, text, numbers);
    }

    /// One that ends the rule if it holds.
    fn suffices(&mut self, holds: bool, text: impl Into<String>, numbers: impl Into<String>) {
        self.row(holds, holds, text, numbers);
    }

    fn row(&mut self, holds: bool, decides: bool, text: impl Into<String>, numbers: impl Into<String>) {
        let outcome = match (self.decided, holds) {
            (true, _) => Outcome::NotReached,
            (_, true) => Outcome::Yes,
            (_, false) => Outcome::No,
        };
        self.decided |= decides;
        self.rows.push(condition(outcome, text, numbers));
    }
}

/// `160 > 128 is true`, with units and all.
#[cfg(feature = "complete")]
fn is(comparison: String, holds: bool) -> String {
    format!("{comparison} is {holds}")
}

/// `1 byte`, `2 bytes`.
#[cfg(feature = "complete")]
fn count(n: u64, one: &str) -> String {
    format!("{} {one}{}", super::text::grouped(n), if n == 1 { "" } else { "s" })
}
