//! What a lesson claims, and whether it is so.
//!
//! Rule: a claim is about the run, never about the picture. It says what it found when it does not hold.
//!
//! ```text
//! claim c resyncs partial                 the last answer to c's PSYNC
//! claim c equals a at end                 same dataset and offset
//! claim a offset 233 at 7s
//! claim b link up at 5s                   or down
//! claim b holds hits 41 at end            or: b lacks hits at end
//! claim a info sync_partial_ok 1 at end   a field of INFO
//! claim lost 1                            acknowledged writes that are gone
//! claim happens a trims                   a condition is met; claim never …: it is not
//! ```

use super::condition::{Condition, reason_text};
use super::scenario::Scenario;
use super::source::{LessonError, Word, Words, problem, written};
use super::timeline::Timeline;
use crate::node::{Event, LinkState, Node, PsyncVerdict};
use crate::sim::{Entry, NodeId, What, World};
use crate::time::Time;
use std::time::Duration;

/// When a claim is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    At(Duration),
    End,
}

impl When {
    /// The moment in a run.
    pub fn of(self, scenario: &Scenario) -> Time {
        match self {
            When::At(after) => scenario.start() + after,
            When::End => scenario.end(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Resyncs { node: NodeId, partial: bool },
    Equals { node: NodeId, other: NodeId, when: When },
    Offset { node: NodeId, offset: u64, when: When },
    Link { node: NodeId, up: bool, when: When },
    Holds { node: NodeId, key: String, value: Option<String>, when: When },
    Info { node: NodeId, field: String, value: String, when: When },
    Lost { writes: u64 },
    Happens { condition: Condition, never: bool },
}

/// Something that a lesson says is so.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// As it is written.
    pub text: String,
    kind: Kind,
}

/// What checking a claim brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub claim: String,
    /// `None`: it holds. Else what was found instead.
    pub found: Option<String>,
}

const CLAIMS: &str = "NODE resyncs partial|full, NODE equals NODE, NODE offset N, NODE link up|down, NODE holds KEY VALUE, NODE lacks KEY, NODE info FIELD VALUE, lost N, happens CONDITION, never CONDITION";

type FindNode<'a> = &'a dyn Fn(&Words, &Word) -> Result<NodeId, LessonError>;

impl Claim {
    pub fn parse(words: &mut Words, node: FindNode) -> Result<Claim, LessonError> {
        let text = written(words.clone());
        let first = words.expect(CLAIMS)?;
        let kind = match first.text.as_str() {
            "lost" => Kind::Lost { writes: words.number("a number of writes")? },
            "happens" => Kind::Happens { condition: Condition::parse(words, node)?, never: false },
            "never" => Kind::Happens { condition: Condition::parse(words, node)?, never: true },
            _ => {
                let subject = node(words, &first)?;
                Kind::parse(words, subject, node)?
            }
        };
        words.finish("the end of the line")?;
        Ok(Claim { text, kind })
    }

    /// Checks all claims of a lesson in one run.
    pub fn check_all(claims: &[Claim], scenario: &Scenario) -> (Vec<Verdict>, Timeline) {
        let mut met = vec![0_u32; claims.len()];
        let mut answers: Vec<(NodeId, PsyncVerdict)> = vec![];
        let mut moments: Vec<(usize, Result<(), String>)> = vec![];
        let mut last_world: Option<World> = None;
        let timeline = Timeline::watch(scenario.clone(), &mut |entries, world| {
            for (n, claim) in claims.iter().enumerate() {
                // A moment's state is that before anything later happens.
                if let (Some(at), Some(before)) = (claim.moment(scenario), &last_world)
                    && at < world.now()
                    && !moments.iter().any(|(m, _)| *m == n)
                {
                    moments.push((n, claim.kind.holds(before, at)));
                }
                if let Kind::Happens { condition, .. } = &claim.kind {
                    met[n] += entries.iter().filter(|entry| condition.matches(entry, world)).count() as u32;
                }
            }
            answers.extend(entries.iter().filter_map(|entry| answer(entry, world)));
            last_world = Some(world.clone());
            false
        });
        let verdicts = claims.iter().enumerate().map(|(n, claim)| {
            let early = moments.iter().find(|(m, _)| *m == n).map(|(_, result)| result.clone());
            let result = early.unwrap_or_else(|| claim.judge(met[n], &answers, &timeline, scenario));
            Verdict { claim: claim.text.clone(), found: result.err() }
        });
        (verdicts.collect(), timeline)
    }

    fn moment(&self, scenario: &Scenario) -> Option<Time> {
        let when = match &self.kind {
            Kind::Equals { when, .. }
            | Kind::Offset { when, .. }
            | Kind::Link { when, .. }
            | Kind::Holds { when, .. }
            | Kind::Info { when, .. } => *when,
            _ => return None,
        };
        Some(when.of(scenario))
    }

    fn judge(
        &self,
        met: u32,
        answers: &[(NodeId, PsyncVerdict)],
        timeline: &Timeline,
        scenario: &Scenario,
    ) -> Result<(), String> {
        match &self.kind {
            Kind::Resyncs { node, partial } => match answers.iter().rev().find(|(id, _)| id == node) {
                None => Err("no PSYNC of it was answered".into()),
                Some((_, PsyncVerdict::Partial { .. })) if *partial => Ok(()),
                Some((_, PsyncVerdict::Full { .. })) if !*partial => Ok(()),
                Some((_, PsyncVerdict::Partial { bytes })) => Err(problem!("partial, {bytes} bytes")),
                Some((_, PsyncVerdict::Full { reason })) => Err(problem!("full: {}", reason_text(*reason))),
            },
            Kind::Lost { writes } => {
                let lost = timeline.checks().lost_writes().len() as u64;
                if lost == *writes { Ok(()) } else { Err(problem!("{lost} writes were lost")) }
            }
            Kind::Happens { condition, never: false } if condition.is_start() || met >= condition.nth => Ok(()),
            Kind::Happens { never: true, .. } if met == 0 => Ok(()),
            Kind::Happens { .. } => Err(problem!("it happened {met} times")),
            _ => self.kind.holds(timeline.last_world(), self.moment(scenario).unwrap_or(scenario.end())),
        }
    }
}

/// A PSYNC that was answered: whose, and how.
fn answer(entry: &Entry, world: &World) -> Option<(NodeId, PsyncVerdict)> {
    let What::Event(Event::PsyncDecided(decision)) = &entry.what else {
        return None;
    };
    Some((world.find(&decision.replica)?, decision.verdict))
}

impl Kind {
    fn parse(words: &mut Words, node: NodeId, find: FindNode) -> Result<Kind, LessonError> {
        let verb = words.expect(CLAIMS)?;
        Ok(match verb.text.as_str() {
            "resyncs" => {
                let how = words.expect("partial or full")?;
                match how.text.as_str() {
                    "partial" => Kind::Resyncs { node, partial: true },
                    "full" => Kind::Resyncs { node, partial: false },
                    _ => {
                        return Err(words.wrong(
                            &how,
                            problem!("'{}' is no way to resynchronize", how.text),
                            "partial or full",
                        ));
                    }
                }
            }
            "equals" => {
                let other = words.expect("a node's name")?;
                Kind::Equals { node, other: find(words, &other)?, when: when(words)? }
            }
            "offset" => Kind::Offset { node, offset: words.number("an offset")?, when: when(words)? },
            "link" => {
                let state = words.expect("up or down")?;
                let up = match state.text.as_str() {
                    "up" => true,
                    "down" => false,
                    _ => {
                        return Err(words.wrong(
                            &state,
                            problem!("'{}' is no state of a link", state.text),
                            "up or down",
                        ));
                    }
                };
                Kind::Link { node, up, when: when(words)? }
            }
            "holds" => {
                let (key, value) = (words.expect("a key")?.text, words.expect("a value")?.text);
                Kind::Holds { node, key, value: Some(value), when: when(words)? }
            }
            "lacks" => Kind::Holds { node, key: words.expect("a key")?.text, value: None, when: when(words)? },
            "info" => {
                let (field, value) = (words.expect("a field of INFO")?.text, words.expect("a value")?.text);
                Kind::Info { node, field, value, when: when(words)? }
            }
            _ => {
                return Err(words.wrong(&verb, problem!("'{}' is nothing that can be claimed", verb.text), CLAIMS));
            }
        })
    }

    /// Does a claim about a moment hold in the world of that moment?
    fn holds(&self, world: &World, at: Time) -> Result<(), String> {
        let get = |id: NodeId| {
            world.host(id).and_then(|host| host.node.as_ref()).ok_or_else(|| "the process is not running".to_string())
        };
        match self {
            Kind::Equals { node, other, .. } => {
                let (a, b) = (get(*node)?, get(*other)?);
                let (digest, other_digest) = (a.keyspace().digest(), b.keyspace().digest());
                expect(a.offset() == b.offset(), || problem!("offsets {} and {}", a.offset(), b.offset()))?;
                expect(digest == other_digest, || problem!("digests {digest} and {other_digest}"))
            }
            Kind::Offset { node, offset, .. } => {
                let found = get(*node)?.offset();
                expect(found == *offset, || problem!("offset {found}"))
            }
            Kind::Link { node, up, .. } => {
                let state = get(*node)?.master_link().map_or(LinkState::None, |link| link.state);
                expect((state == LinkState::Connected) == *up, || problem!("link state {state:?}"))
            }
            Kind::Holds { node, key, value, .. } => {
                let found = string_at(get(*node)?, key);
                expect(found == *value, || found.clone().map_or("no such key".into(), |found| problem!("'{found}'")))
            }
            Kind::Info { node, field, value, .. } => {
                let node = get(*node)?;
                let text = ["replication", "stats"].map(|section| node.info(at, section)).concat();
                let found = text
                    .lines()
                    .filter_map(|line| line.split_once(':'))
                    .find(|(name, _)| name == field)
                    .map(|(_, value)| value.to_string());
                expect(found.as_ref() == Some(value), || found.clone().unwrap_or_else(|| problem!("no field {field}")))
            }
            Kind::Resyncs { .. } | Kind::Lost { .. } | Kind::Happens { .. } => Ok(()),
        }
    }
}

fn expect(holds: bool, found: impl Fn() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(found()) }
}

fn string_at(node: &Node, key: &str) -> Option<String> {
    let value = &node.keyspace().get(0, key.as_bytes())?.value;
    Some(value.as_string().map_or_else(|| value.to_string(), |text| String::from_utf8_lossy(text).into_owned()))
}

/// `at TIME` or `at end`; without it, the end.
pub(super) fn when(words: &mut Words) -> Result<When, LessonError> {
    if !words.take_if("at") || words.take_if("end") {
        return Ok(When::End);
    }
    words.duration().map(When::At)
}
