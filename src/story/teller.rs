//! The sentences that are made from events.
//!
//! Rule: every number in a sentence comes out of an event, or out of the node that it speaks of.

use super::condition::reason_text;
use super::narration::display_name;
use super::speech::{commands, typed};
use crate::node::{Addr, Event, Flags, LinkState, LostReason, Node, PsyncDecision};
use crate::node::{PsyncVerdict, ReplicaState, Role, find_command};
use crate::sim::{Action, Cargo, Entry, NodeId, Segment, What, World};
use crate::wire::{Bytes, ReplId, printable};

/// A title and a text with markup.
type Words = (String, String);

/// Characters of an argument that a title shows.
const SHOWN: usize = 24;

/// Puts what happened in one step into words.
pub(super) struct Teller<'a> {
    pub world: &'a World,
    pub entries: &'a [Entry],
}

impl Teller<'_> {
    pub fn tell(&self, entry: &Entry) -> Option<Words> {
        let me = self.name(entry.node);
        match &entry.what {
            What::Event(event) => self.event(entry.node, &me, event),
            What::Sent(segment) => Some(self.sent(&me, segment)),
            What::Arrived(segment) => Some(self.arrived(&me, segment)),
            What::Fault(action) => Some(self.fault(action)),
            What::Refused { .. } => Some(refused(&me)),
            What::Dialled { to } => Some(words(
                format!("{me} calls {}", self.name(*to)),
                "A TCP connection is being made; the first word comes when it stands.",
            )),
            What::Differs(difference) => Some(words(
                format!("{me} says something else than the model would"),
                format!(
                    "At byte {} of this direction: expected `{}`, found `{}`. The picture goes on from what was recorded.",
                    difference.at, difference.expected, difference.found
                ),
            )),
            What::Answered { args, reply, .. } => {
                let reply = printable(reply.split(|byte| *byte == b'\r').next().unwrap_or_default());
                Some(words(
                    format!("{me} answers {}", typed(args, 40)),
                    format!("A client waited for this: `{reply}`."),
                ))
            }
            What::Lost(_) | What::Trusted(_) => None,
        }
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.world.host(id)?.node.as_ref()
    }

    fn name(&self, id: NodeId) -> String {
        self.world.host(id).map_or_else(|| "a node".into(), |host| display_name(&host.name))
    }

    fn at(&self, addr: &Addr) -> String {
        self.world.find(addr).map_or_else(|| addr.to_string(), |id| self.name(id))
    }

    fn master_of(&self, id: NodeId) -> String {
        let link = self.node(id).and_then(Node::master_link);
        link.map_or_else(|| "its master".into(), |link| self.at(&link.addr))
    }

    fn event(&self, id: NodeId, me: &str, event: &Event) -> Option<Words> {
        Some(match event {
            Event::SyncFailed { why } => {
                words(format!("{me} cannot follow"), format!("{why}. It keeps the data it has and will try again."))
            }
            Event::RoleChanged { to, .. } => self.role(id, me, *to)?,
            Event::PsyncDecided(decision) => self.decision(me, decision),
            Event::LinkLost { reason: LostReason::Refused } => refused(me),
            Event::LinkLost { reason } => words(
                format!("{me} loses its master"),
                format!("{} It remembers id and offset, to ask for the rest later.", reason_of(*reason)),
            ),
            Event::ReplicaLost { addr, reason, .. } => words(
                format!("{me} loses {}", self.at(addr)),
                format!("{} The master goes on alone; the backlog remembers the bytes.", reason_of(*reason)),
            ),
            Event::KeyExpired { key, .. } => words(
                format!("{} expires on {me}", printable(key)),
                "The master deletes the key and tells the stream: `DEL`. A replica never decides this by itself.",
            ),
            Event::BacklogTrimmed { from, first } => words(
                format!("The backlog of {me} lets go of its oldest bytes"),
                format!(
                    "Bytes {from} – {} are gone. A replica that needs one of them can no longer continue.",
                    first - 1
                ),
            ),
            Event::CommandRun { args, reply_is_error, .. } => self.command(id, me, args, *reply_is_error),
            Event::Propagated { start, end, args, .. } => words(
                format!("{me} adds {} to the stream", typed(args, SHOWN)),
                format!(
                    "Bytes {start} – {end}. No client sent this: the master did, and it counts like any other command."
                ),
            ),
            Event::Applied { .. } => self.applied(id)?,
            Event::Acked { offset, .. } => words(
                format!("{me} hears an acknowledgement"),
                format!("Everything up to byte {offset} is applied over there."),
            ),
            Event::LinkStateChanged { to: LinkState::Connect, .. } => {
                words(format!("{me} waits"), "Its cron will call the master again within a second.")
            }
            Event::NotModelled { what } => words(
                format!("{me} meets something that is not modelled"),
                format!("{what}. It is shown as bytes; the dataset on this page lacks it from here on."),
            ),
            _ => return self.snapshot(id, me, event),
        })
    }

    /// What concerns a snapshot, or makes it unnecessary.
    fn snapshot(&self, id: NodeId, me: &str, event: &Event) -> Option<Words> {
        Some(match event {
            Event::SnapshotStarted { offset, keys } => words(
                format!("{me} forks to save a snapshot"),
                format!(
                    "The child writes {} as of offset {offset}. Writes that come now go into the stream, behind the snapshot.",
                    counted(*keys, "key")
                ),
            ),
            Event::SnapshotSaved { bytes } => words(
                format!("{me} has the snapshot ready"),
                match self.node(id).is_some_and(|node| node.config().repl_diskless_sync) {
                    true => format!("{bytes} bytes. They go straight to the replicas, as fast as those take them."),
                    false => format!("{bytes} bytes. On disk, their length is known and goes in front."),
                },
            ),
            Event::ReplicaStateChanged { addr, to: ReplicaState::Online, .. } => words(
                format!("{me} puts {} online", self.at(addr)),
                "Everything it needs has left; from now on it gets each write as it happens. It may still be loading.",
            ),
            Event::FullResync { id, offset } => words(
                format!("{me} will get a snapshot"),
                format!(
                    "`+FULLRESYNC {} {offset}`: it keeps what it has until all of the snapshot is here.",
                    id.short()
                ),
            ),
            Event::PartialAccepted { offset, new_id: Some(id), .. } => words(
                format!("{me} may continue"),
                format!("The history goes on under the name `{}`; byte {} comes next.", id.short(), offset + 1),
            ),
            Event::PartialAccepted { offset, .. } => words(
                format!("{me} may continue"),
                format!("`+CONTINUE`: nothing is thrown away, byte {} comes next.", offset + 1),
            ),
            Event::SnapshotAnnounced { bytes: Some(bytes) } => {
                words(format!("{me} learns the length"), format!("{bytes} bytes of snapshot follow."))
            }
            Event::SnapshotAnnounced { bytes: None } => words(
                format!("{me} learns how the snapshot will end"),
                "It is written straight to the socket, so its length is not known; a mark of 40 characters will end it.",
            ),
            Event::SnapshotLoaded { id, offset, keys, .. } => words(
                format!("{me} loads the snapshot"),
                format!(
                    "What it held is gone; now it holds {}, as its master did at offset {offset} of history `{}`. From here on it follows the stream.",
                    counted(*keys, "key"),
                    id.short()
                ),
            ),
            _ => return None,
        })
    }

    fn role(&self, id: NodeId, me: &str, to: Role) -> Option<Words> {
        if to == Role::Replica {
            return Some(words(
                format!("{me} becomes a replica of {}", self.master_of(id)),
                "It offers its own history first: as a master it had an id and an offset, and perhaps they can be continued.",
            ));
        }
        let history = self.node(id)?.history();
        let second = history.second_offset.unwrap_or(0);
        Some(words(
            format!("{me} is a master now"),
            format!(
                "It takes the new replication id `{}` and keeps `{}` as its second one, valid up to byte {second}.",
                history.id.short(),
                history.id2.short()
            ),
        ))
    }

    fn command(&self, id: NodeId, me: &str, args: &[Bytes], is_error: bool) -> Words {
        let command = typed(args, SHOWN);
        if is_error {
            return words(format!("{me} refuses {command}"), "The client gets an error; nothing changes.");
        }
        let spans = self.entries.iter().filter(|entry| entry.node == id).filter_map(|entry| match &entry.what {
            What::Event(Event::Propagated { start, end, .. }) => Some((*start, *end)),
            _ => None,
        });
        let spans: Vec<(u64, u64)> = spans.collect();
        let is_write = args.first().and_then(|name| find_command(name)).is_some_and(|row| row.flags.has(Flags::WRITE));
        let body = match (spans.first(), spans.last()) {
            (Some((start, _)), Some((_, end))) => {
                format!(
                    "The command runs, then its effect joins the stream: {}. The offset moves `{} → {end}`.",
                    counted(end + 1 - start, "byte"),
                    start - 1
                )
            }
            _ if is_write && self.node(id).is_some_and(|node| node.backlog().is_none()) => {
                "It runs. No replica has ever attached, so there is no stream and nothing is counted.".into()
            }
            _ => "A command that changes nothing is not propagated: the offset stays.".into(),
        };
        words(format!("{me} runs {command}"), body)
    }

    /// Every node that applied something in this step, and how far they came.
    fn applied(&self, id: NodeId) -> Option<Words> {
        let mut names: Vec<String> = vec![];
        let (mut first, mut last, mut command) = (u64::MAX, 0, None);
        for entry in self.entries {
            let What::Event(Event::Applied { start, end, args, .. }) = &entry.what else {
                continue;
            };
            let name = self.name(entry.node);
            if !names.contains(&name) {
                names.push(name);
            }
            if entry.node == id {
                (first, last, command) = (first.min(*start), *end, Some(typed(args, SHOWN)));
            }
        }
        let verb = if names.len() == 1 { "applies" } else { "apply" };
        let bytes = counted(last.checked_sub(first)? + 1, "byte");
        Some(words(
            format!("{} {verb} {}", names.join(" and "), command?),
            format!("The offset moves `{} → {last}`: {bytes}, counted by both sides alike.", first - 1),
        ))
    }

    fn decision(&self, me: &str, decision: &PsyncDecision) -> Words {
        let replica = self.at(&decision.replica);
        match decision.verdict {
            PsyncVerdict::Partial { bytes } => words(
                format!("{me} lets {replica} continue"),
                format!(
                    "It asked for byte {} on. The id is known and the byte is in the backlog: `+CONTINUE`, and {}.",
                    decision.asked_offset,
                    counted(bytes, "byte")
                ),
            ),
            PsyncVerdict::Full { reason } => words(
                format!("{me} cannot let {replica} continue"),
                format!("A full resynchronization is needed: {}.", reason_text(reason)),
            ),
        }
    }

    fn sent(&self, me: &str, segment: &Segment) -> Words {
        let (to, what) = (self.name(segment.to), first_words(segment));
        let bytes = counted(segment.bytes.len() as u64, "byte");
        match segment.cargo {
            Cargo::Ack => words(
                format!("{me} acknowledges"),
                format!("`{what}`: everything up to this byte is applied. {to} does not answer that."),
            ),
            Cargo::Handshake => words(format!("{me} says {what}"), format!("{bytes} to {to}.")),
            Cargo::Reply => {
                words(format!("{me} answers {what}"), format!("{bytes} to {to}; they are not part of the stream."))
            }
            Cargo::Preamble => {
                words(format!("{me} announces the snapshot"), format!("`{what}`: what follows are not commands."))
            }
            Cargo::Snapshot { from, total } => {
                let end = from + segment.bytes.len() as u64;
                let of = total.map_or_else(String::new, |total| format!(" of {total}"));
                words(
                    format!("{me} sends the snapshot"),
                    format!("Bytes {} – {end}{of} are on their way to {to}.", from + 1),
                )
            }
            Cargo::Stream { start, end } => {
                words(format!("{me} sends {what}"), format!("Bytes {start} – {end} of the stream, to {to}."))
            }
            Cargo::Keepalive => words(format!("{me} shows that it lives"), "A lone line feed; it does not count."),
        }
    }

    fn arrived(&self, me: &str, segment: &Segment) -> Words {
        let from = self.name(segment.from);
        let what = match segment.cargo {
            Cargo::Snapshot { .. } => "a piece of the snapshot".to_string(),
            _ => first_words(segment),
        };
        words(format!("{me} receives {what}"), format!("{} from {from}.", counted(segment.bytes.len() as u64, "byte")))
    }

    fn fault(&self, action: &Action) -> Words {
        let name = |id: &NodeId| self.name(*id);
        let both = |a: &NodeId, b: &NodeId| format!("{} and {}", name(a), name(b));
        match action {
            Action::Cut { a, b } => words(
                format!("The link between {} is cut", both(a, b)),
                "Both sides see the connection reset. What was on its way is lost.",
            ),
            Action::BlackHole { a, b } => words(
                format!("Nothing passes between {} any more", both(a, b)),
                "No reset, only silence: neither side can know yet. `repl-timeout` will tell them.",
            ),
            Action::Heal { a, b } => words(
                format!("The link between {} is whole again", both(a, b)),
                "The replica will notice at its next attempt, within a second.",
            ),
            Action::Slow { a, b, latency, .. } => words(
                format!("The link between {} changes", both(a, b)),
                format!("It takes {} ms now, one way.", latency.as_millis()),
            ),
            Action::Pause { node } => {
                words(format!("{} stands still", name(node)), "The process is stopped; its connections stay open.")
            }
            Action::Resume { node } => words(format!("{} goes on", name(node)), "It handles what has waited for it."),
            Action::Crash { node } => {
                words(format!("{} is killed", name(node)), "Its memory is gone. What its RDB file holds stays.")
            }
            Action::Restart { node, keep_rdb: true } => {
                words(format!("{} starts again", name(node)), "It loads the RDB file it finds.")
            }
            Action::Restart { node, .. } => {
                words(format!("{} starts again", name(node)), "It finds no file and is empty.")
            }
            #[cfg(feature = "complete")]
            Action::Add { node, replicaof: Some(master), .. } => words(
                format!("{} joins", name(node)),
                format!(
                    "A new process that is to replicate from {}. It has no history: it will ask for everything.",
                    name(master)
                ),
            ),
            #[cfg(feature = "complete")]
            Action::Add { node, .. } => {
                words(format!("{} joins", name(node)), "A new process, empty, with a history of its own.")
            }
            #[cfg(feature = "complete")]
            Action::Remove { node } => words(
                format!("{} is taken away", name(node)),
                "Its process ends and does not come back. What only it held is lost.",
            ),
            Action::Recorded(_) => words("The recording goes on".into(), ""),
            Action::Command { node, args } => words(format!("{} is asked {}", name(node), typed(args, SHOWN)), ""),
        }
    }
}

fn words(title: String, body: impl Into<String>) -> Words {
    (title, body.into())
}

fn refused(me: &str) -> Words {
    words(
        format!("{me} is refused"),
        "Nobody answers there. It will try again at the next tick of its cron, in at most a second.",
    )
}

fn reason_of(reason: LostReason) -> &'static str {
    match reason {
        LostReason::Closed => "The connection was reset.",
        LostReason::Timeout => "Nothing was heard for `repl-timeout` seconds.",
        LostReason::Refused => "Nobody answered.",
        LostReason::Ended => "The connection was closed on purpose.",
        LostReason::BufferLimit => "Its output buffer held more than `client-output-buffer-limit` allows.",
        LostReason::NotModelled => "What the master sent is not modelled here.",
    }
}

/// `1 byte`, `38 bytes`.
fn counted(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// The first command, or the first line, of what a segment carries.
pub fn first_words(segment: &Segment) -> String {
    if let Cargo::Snapshot { from, total } = segment.cargo {
        let end = from + segment.bytes.len() as u64;
        return total.map_or_else(|| format!("RDB {end} B"), |total| format!("RDB {end} of {total} B"));
    }
    let commands = commands(&segment.bytes);
    if commands.is_empty() {
        let line = segment.bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
        return shorten_ids(&printable(line));
    }
    let words: Vec<String> = commands.iter().map(|args| shorten_ids(&typed(args, 40))).collect();
    words.join(" · ")
}

/// A replication id in a line is shown by its ends.
fn shorten_ids(text: &str) -> String {
    let words = text.split(' ').map(|word| match ReplId::parse(word.as_bytes()) {
        Some(id) => id.short(),
        None => word.to_string(),
    });
    words.collect::<Vec<_>>().join(" ")
}
