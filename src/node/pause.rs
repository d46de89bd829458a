//! Clients are made to wait: for an operator, for a failover, for the end of the process.
//!
//! Rule: there may be a pause for each purpose; together they last as long as the longest and are as strict as the
//! strictest. Meanwhile nothing expires and nobody asks replicas for acknowledgements. Replicas are never paused.
//! Mirrors `pauseClients`, `unpauseClients` and `checkClientPauseTimeoutAndReturnIfPaused` (networking.c).

use super::Node;
use super::command::{Command, Flags};
use super::facts::Facts;
use crate::time::Time;

/// What has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PauseKind {
    /// What may change the dataset or be propagated.
    Write,
    All,
}

/// Who asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PausePurpose {
    ByCommand,
    Failover,
    Shutdown,
}

/// A pause for each purpose, and when it ends.
pub(super) type Pauses = [Option<(PauseKind, Time)>; 3];

impl Node {
    pub(super) fn pause(&mut self, purpose: PausePurpose, kind: PauseKind, until: Time) {
        let pause = &mut self.pauses[purpose as usize];
        *pause = Some(match *pause {
            None => (kind, until),
            Some((was_kind, was_until)) => (kind.max(was_kind), until.max(was_until)),
        });
    }

    /// Ends one pause; if there is no other, whoever was made to wait goes on.
    pub(super) fn unpause(&mut self, purpose: PausePurpose, now: Time) {
        if self.pauses[purpose as usize].take().is_some() && self.paused(now).is_none() {
            self.resume_postponed(now);
        }
    }

    /// What has to wait now, if anything.
    pub(super) fn paused(&self, now: Time) -> Option<PauseKind> {
        self.pauses.iter().flatten().filter(|(_, until)| *until > now).map(|(kind, _)| *kind).max()
    }

    /// Until the end of a pause is noticed, no key is deleted because its time has passed.
    pub(super) fn is_any_pause(&self) -> bool {
        self.pauses.iter().any(Option::is_some)
    }

    pub(super) fn next_pause_end(&self) -> Time {
        self.pauses.iter().flatten().map(|(_, until)| *until).fold(Time::NEVER, Time::min)
    }

    /// Pauses whose time is over end.
    pub(super) fn end_pauses(&mut self, now: Time) {
        for purpose in [PausePurpose::ByCommand, PausePurpose::Failover, PausePurpose::Shutdown] {
            if self.pauses[purpose as usize].is_some_and(|(_, until)| until <= now) {
                self.unpause(purpose, now);
            }
        }
    }

    /// Does this command have to wait? `queued`: what EXEC would run.
    pub(super) fn must_wait(&self, commands: &[&'static Command], now: Time) -> bool {
        match self.paused(now) {
            None => false,
            Some(PauseKind::All) => true,
            Some(PauseKind::Write) => commands.iter().any(|command| may_replicate(command)),
        }
    }
}

/// Could the stream grow by this command? Scripts may write, messages are passed on.
fn may_replicate(command: &Command) -> bool {
    command.flags.has(Flags::WRITE)
        || Facts::find(command.name.as_bytes()).is_some_and(|facts| facts.has_flag("may_replicate"))
}
