//! FAILOVER: a master hands over to one of its replicas without losing a write.
//!
//! | state | waits for |
//! |---|---|
//! | WaitingForSync | a replica that has acknowledged everything; nobody may write meanwhile |
//! | InProgress | the replica to accept `PSYNC … FAILOVER`, by which it becomes the master |
//!
//! Rule: it ends with this node as the other's replica, or with everything as it was. Looked at ten times a second.
//! Mirrors `failoverCommand`, `updateFailoverStatus`, `abortFailover` and `clearFailoverState` (replication.c).

use super::call::CommandError;
use super::decisions::{Decision, FailoverStep};
use super::io::Addr;
use super::pause::{PauseKind, PausePurpose};
use super::{Event, Node, ReplicaState, Role};
use crate::time::Time;

/// How far a failover has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailoverState {
    WaitingForSync,
    InProgress,
}

/// A failover under way.
#[derive(Clone, Debug)]
pub struct Failover {
    pub state: FailoverState,
    /// The replica that takes over; `None`: the first that has everything.
    pub target: Option<Addr>,
    /// Goes on without an acknowledgement once the time is over.
    pub force: bool,
    pub until: Option<Time>,
}

/// What FAILOVER asks for.
pub(super) struct FailoverRequest {
    pub target: Option<Addr>,
    pub force: bool,
    pub timeout_ms: Option<u64>,
}

impl Node {
    /// The failover under way, if there is one.
    pub fn failover(&self) -> Option<&Failover> {
        self.failover.as_ref()
    }

    /// As INFO names it (`getFailoverStateString`).
    pub(super) fn failover_name(&self) -> &'static str {
        match self.failover.as_ref().map(|failover| failover.state) {
            None => "no-failover",
            Some(FailoverState::WaitingForSync) => "waiting-for-sync",
            Some(FailoverState::InProgress) => "failover-in-progress",
        }
    }

    pub(super) fn is_failing_over(&self) -> bool {
        self.failover.as_ref().is_some_and(|failover| failover.state == FailoverState::InProgress)
    }

    pub(super) fn begin_failover(&mut self, request: FailoverRequest, now: Time) -> Result<(), CommandError> {
        let refused = |why: &'static str| Err(CommandError::from_text(why));
        if self.failover.is_some() {
            return refused("ERR FAILOVER already in progress.");
        }
        if self.role() == Role::Replica {
            return refused("ERR FAILOVER is not valid when server is a replica.");
        }
        if self.replica_order.is_empty() {
            return refused("ERR FAILOVER requires connected replicas.");
        }
        if request.force && (request.timeout_ms.is_none() || request.target.is_none()) {
            return refused("ERR FAILOVER with force option requires both a timeout and target HOST and IP.");
        }
        match request.target.as_ref().map(|target| self.replica_state_at(target)) {
            Some(None) => return refused("ERR FAILOVER target HOST and PORT is not a replica."),
            Some(Some(state)) if state != ReplicaState::Online => {
                return refused("ERR FAILOVER target replica is not online.");
            }
            _ => {}
        }
        let until = request.timeout_ms.map(|ms| now + std::time::Duration::from_millis(ms));
        self.failover = Some(Failover {
            state: FailoverState::WaitingForSync,
            target: request.target,
            force: request.force,
            until,
        });
        self.pause(PausePurpose::Failover, PauseKind::Write, Time::NEVER);
        self.note_step(None, Some(FailoverState::WaitingForSync), None, now);
        self.emit(Event::FailoverStarted);
        Ok(())
    }

    fn replica_state_at(&self, addr: &Addr) -> Option<ReplicaState> {
        let is_it = |host: &str, port| host.eq_ignore_ascii_case(&addr.host) && port == addr.port;
        self.replicas().find(|r| is_it(&r.addr.host, r.addr.port)).map(|r| r.state)
    }

    /// The cron's part (`updateFailoverStatus`).
    pub(super) fn update_failover(&mut self, now: Time) {
        let Some(failover) = self.failover.clone().filter(|f| f.state == FailoverState::WaitingForSync) else {
            return;
        };
        if failover.until.is_some_and(|until| until <= now) {
            return match failover.target {
                Some(target) if failover.force => self.fail_over_to(target, true, now),
                _ => self.abort_failover("Replica never caught up before timeout", now),
            };
        }
        let offset = self.history.offset;
        let has_all = |r: &&super::ReplicaClient| r.ack_offset == offset;
        let is_wanted = |r: &&super::ReplicaClient| {
            failover
                .target
                .as_ref()
                .is_none_or(|to| to.host.eq_ignore_ascii_case(&r.addr.host) && to.port == r.addr.port)
        };
        let found = self.replicas().filter(has_all).find(is_wanted).map(|r| r.addr.clone());
        if let Some(target) = found {
            self.fail_over_to(failover.target.unwrap_or(target), false, now);
        }
    }

    fn fail_over_to(&mut self, target: Addr, forced: bool, now: Time) {
        if let Some(failover) = &mut self.failover {
            failover.state = FailoverState::InProgress;
            failover.target = Some(target.clone());
        }
        self.note_step(Some(FailoverState::WaitingForSync), Some(FailoverState::InProgress), None, now);
        self.emit(Event::FailingOver { to: target.clone(), forced });
        self.become_replica(target, now);
    }

    /// Everything is as it was before; if this node was a replica already it takes another id (`abortFailover`).
    pub(super) fn abort_failover(&mut self, why: &'static str, now: Time) {
        let Some(state) = self.failover.as_ref().map(|failover| failover.state) else { return };
        self.note_step(Some(state), None, Some(why), now);
        if state == FailoverState::InProgress {
            self.become_master(now);
        }
        self.emit(Event::FailoverAborted { why });
        self.end_failover(now);
    }

    /// The target has taken over.
    pub(super) fn complete_failover(&mut self, now: Time) {
        self.note_step(Some(FailoverState::InProgress), None, None, now);
        self.end_failover(now);
    }

    fn note_step(
        &mut self,
        from: Option<FailoverState>,
        to: Option<FailoverState>,
        aborted: Option<&'static str>,
        now: Time,
    ) {
        let Some(failover) = self.failover.clone() else { return };
        self.decided(|node| {
            Decision::Failover(FailoverStep {
                from,
                to,
                target: failover.target,
                force: failover.force,
                until: failover.until,
                now,
                offset: node.history.offset,
                replicas: node.acked(),
                aborted,
            })
        });
    }

    /// `clearFailoverState`: who wanted to write goes on, and is told that this is a replica now.
    fn end_failover(&mut self, now: Time) {
        if self.failover.take().is_some() {
            self.unpause(PausePurpose::Failover, now);
        }
    }
}
