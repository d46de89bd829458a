//! A replica follows the stream: applies each command, counts its bytes, passes them on.
//!
//! Rule: bytes are appended to our own backlog and sent to our own replicas exactly as they came, and only once they
//! are applied. So offsets and ids are the same all the way down a chain. Inside MULTI the offset stands still and
//! jumps at EXEC. A command of the master is never refused for being a write, and never answered.
//! Mirrors `processInputBuffer`, `commandProcessed` and `replicationFeedStreamFromMasterStream`.

use super::replica::{LinkState, MasterLink};
use super::{Event, LostReason, Node};
use crate::time::Time;
use crate::wire::{Bytes, Request};

impl Node {
    /// Bytes of the stream.
    pub(super) fn read_stream(&mut self, bytes: &[u8], now: Time) {
        let Some(link) = &mut self.master else { return };
        link.last_io = now;
        link.follow.unapplied.extend_from_slice(bytes);
        link.follow.decoder.push(bytes);
        loop {
            let Some(link) = &mut self.master else { return };
            match link.follow.decoder.next() {
                Ok(Some(request)) => self.apply(request, now),
                Ok(None) => return,
                Err(error) => {
                    return self.lose_stream(
                        format!("the master's stream cannot be read: {error}"),
                        LostReason::Ended,
                        now,
                    );
                }
            }
        }
    }

    /// After nonsense nobody knows where the stream stands, so the place in it is given up (`CLIENT_PROTOCOL_ERROR`).
    pub(super) fn lose_stream(&mut self, why: String, reason: LostReason, now: Time) {
        self.give_up(why, reason, now);
        if let Some(link) = &mut self.master {
            link.cached = None;
        }
    }

    fn apply(&mut self, request: Request, now: Time) {
        let Some(link) = &mut self.master else { return };
        let args: Vec<Bytes> = request.args.iter().map(|arg| arg.bytes.clone()).collect();
        let name = args.first().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
        let queued = match (name.as_slice(), &mut link.follow.multi) {
            (b"multi", multi) => {
                *multi = Some(vec![]);
                vec![]
            }
            (b"exec", multi) => multi.take().unwrap_or_default(),
            (_, Some(multi)) => {
                multi.push(request);
                vec![]
            }
            (_, None) => vec![request],
        };
        for command in queued {
            self.apply_one(command.args.into_iter().map(|arg| arg.bytes).collect(), now);
        }
        let follows = |link: &MasterLink| link.state == LinkState::Connected && link.follow.multi.is_none();
        if self.master.as_ref().is_some_and(follows) {
            self.commit(args);
        }
    }

    fn apply_one(&mut self, args: Vec<Bytes>, now: Time) {
        let Some(link) = &mut self.master else { return };
        match args.as_slice() {
            [name, db] if name.eq_ignore_ascii_case(b"SELECT") => {
                let db = crate::wire::decimal(db).and_then(|n| u8::try_from(n).ok());
                link.follow.db = db.filter(|db| *db < self.keyspace.databases()).unwrap_or(link.follow.db);
            }
            [name, option, ..] if name.eq_ignore_ascii_case(b"REPLCONF") && option.eq_ignore_ascii_case(b"GETACK") => {
                self.send_ack()
            }
            _ => self.run_from_master(args, now),
        }
    }

    /// What was read up to here is applied: it counts, and goes on to whoever follows us.
    fn commit(&mut self, args: Vec<Bytes>) {
        let Some(link) = &mut self.master else { return };
        let undecoded = link.follow.decoder.buffered();
        let applied = link.follow.unapplied.len().saturating_sub(undecoded);
        let bytes: Vec<u8> = link.follow.unapplied.drain(..applied).collect();
        let start = self.history.offset + 1;
        self.append_to_stream(&bytes);
        let (id, end) = (self.history.id, self.history.offset);
        self.emit(Event::Applied { id, start, end, args });
        self.note_dataset();
    }
}
