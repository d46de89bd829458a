//! Break points: run until something happens.
//!
//! Rule: a moment is found by going through the run again, moment by moment, so it is the first one and none is passed
//! over.

use super::condition::Condition;
use super::lesson::Lesson;
use super::source::{LessonError, Word, Words};
use super::timeline::Timeline;
use crate::node::{Event, Flags, PsyncVerdict, Role, find_command};
use crate::sim::{Entry, NodeId, What, World};
use crate::time::Time;

/// What to run until.
#[derive(Clone, Debug, PartialEq)]
pub enum Until {
    /// A master answers `+FULLRESYNC`.
    FullResync,
    /// A replica runs a write of its own client: from then on it is no longer its master's copy.
    Divergence,
    /// A write that was acknowledged is in no surviving history any more.
    LostWrite,
    /// A condition of a lesson's grammar is met; `2nd` counts from where the search begins.
    Condition(Condition),
    /// The node's offset is this one, or beyond it.
    Offset { node: NodeId, offset: u64 },
}

/// Where a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    At(Time),
    /// It does not happen by then.
    NotBy(Time),
    /// The search was given up there: it asked for too many inputs.
    TooMuch(Time),
}

impl Until {
    /// Reads a condition, such as `a answers PSYNC from c full`.
    pub fn parse(text: &str, lesson: &Lesson) -> Result<Until, LessonError> {
        let find = |words: &Words, word: &Word| {
            let wrong = || words.wrong(word, format!("there is no node '{}'", word.text), lesson.names().join(", "));
            lesson.node_id(&word.text).ok_or_else(wrong)
        };
        let mut words = Words::split(text, 1)?;
        Condition::parse(&mut words, &find).map(Until::Condition)
    }

    /// The first moment behind another, in a run as far as it is computed.
    pub fn find(&self, timeline: &Timeline, behind: Time) -> Option<Time> {
        self.search(timeline, behind, &mut 0)
    }

    /// As [`Until::find`]; `times`: how often the condition was met so far.
    pub(super) fn search(&self, timeline: &Timeline, behind: Time, times: &mut u64) -> Option<Time> {
        if *self == Until::LostWrite {
            let lost = timeline.checks().lost_writes().iter().map(|write| write.at);
            return lost.filter(|at| *at > behind).min();
        }
        timeline.find(behind, &mut |entries, world| match self {
            Until::Condition(condition) => {
                *times += entries.iter().filter(|entry| condition.matches(entry, world)).count() as u64;
                *times >= u64::from(condition.nth)
            }
            Until::Offset { node, offset } => {
                world.host(*node).and_then(|host| host.node.as_ref()).is_some_and(|node| node.offset() >= *offset)
            }
            Until::FullResync => entries.iter().any(is_full),
            Until::Divergence => entries.iter().any(|entry| diverges(entry, world)),
            Until::LostWrite => false,
        })
    }
}

fn is_full(entry: &Entry) -> bool {
    match &entry.what {
        What::Event(Event::PsyncDecided(decision)) => matches!(decision.verdict, PsyncVerdict::Full { .. }),
        _ => false,
    }
}

fn diverges(entry: &Entry, world: &World) -> bool {
    let What::Event(Event::CommandRun { args, reply_is_error: false, .. }) = &entry.what else { return false };
    let writes = args.first().and_then(|name| find_command(name)).is_some_and(|row| row.flags.has(Flags::WRITE));
    let node = world.host(entry.node).and_then(|host| host.node.as_ref());
    writes && node.is_some_and(|node| node.role() == Role::Replica)
}
