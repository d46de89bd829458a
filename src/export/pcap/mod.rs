//! The wire of a run as a capture file that Wireshark and tcpdump open.
//!
//! Rule: every packet stands at the moment at which it left. The bytes are those of the run; TCP around them is what a
//! system would have sent: a handshake when a node calls, an acknowledgement when bytes arrive, FIN when a process closes
//! its end, RST when a link is cut or a call is refused. What a silent link holds is not sent again and again.

mod packet;

use crate::sim::{Entry, Segment, Talking, What, World};
use crate::story::Telling;
use crate::time::Time;
use packet::{ACK, FIN, PAYLOAD_MAX, PSH, Packet, RST, SYN};
use std::collections::{BTreeMap, btree_map};

/// The capture of a run from one moment to another, both included.
pub fn pcap(telling: &Telling, from: Time, to: Time) -> Vec<u8> {
    let mut capture = Capture { out: packet::file_header(), talks: BTreeMap::new(), count: 0, from, now: Time(0) };
    telling.timeline.find(Time(0), &mut |entries, world| {
        if world.now() > to {
            return true;
        }
        capture.note(entries, world);
        false
    });
    capture.out
}

struct Capture {
    out: Vec<u8>,
    talks: BTreeMap<u64, Talk>,
    count: u16,
    /// Nothing is written before this, but what was said is counted.
    from: Time,
    now: Time,
}

/// A connection, as far as packets of it were written.
struct Talk {
    ports: [u16; 2],
    is_answered: bool,
    is_known: bool,
    has_closed: [bool; 2],
    /// Bytes that each end sent, and those of the other that reached it; with SYN and FIN.
    sent: [u32; 2],
    received: [u32; 2],
}

impl Capture {
    /// What happened at a moment, and the world after it.
    fn note(&mut self, entries: &[Entry], world: &World) {
        self.now = world.now();
        let talking: BTreeMap<u64, Talking> = world.connections().map(|talking| (talking.number, talking)).collect();
        // What stood before ends before something new begins, as when a link is cut and called again at once.
        let known: Vec<u64> = self.talks.keys().copied().collect();
        self.pass(entries, |connection| known.contains(&connection));
        let gone: Vec<u64> = known.iter().filter(|number| !talking.contains_key(number)).copied().collect();
        gone.into_iter().for_each(|number| self.end(number));
        for talking in talking.values() {
            self.open(talking);
        }
        self.pass(entries, |connection| !known.contains(&connection));
        for talking in talking.values() {
            for end in [0, 1] {
                if talking.has_closed[end] {
                    self.close(talking.number, end);
                }
            }
        }
    }

    /// Bytes that left and arrived, on some of the connections.
    fn pass(&mut self, entries: &[Entry], is_meant: impl Fn(u64) -> bool) {
        for entry in entries {
            match &entry.what {
                What::Sent(segment) if is_meant(segment.connection) => self.send(segment),
                What::Arrived(segment) if is_meant(segment.connection) => self.arrive(segment),
                _ => {}
            }
        }
    }

    /// A call, its answer, and the caller's thanks, as far as they are new.
    fn open(&mut self, talking: &Talking) {
        let number = talking.number;
        if let btree_map::Entry::Vacant(place) = self.talks.entry(number) {
            place.insert(Talk {
                ports: talking.ends.map(|(_, port)| port),
                is_answered: false,
                is_known: false,
                has_closed: [false; 2],
                sent: [0; 2],
                received: [0; 2],
            });
            self.write(number, 0, SYN, &[]);
        }
        if talking.is_answered {
            self.answer(number);
        }
        if talking.is_known {
            self.know(number);
        }
    }

    fn answer(&mut self, number: u64) {
        if let Some(talk) = self.talks.get_mut(&number).filter(|talk| !talk.is_answered) {
            talk.is_answered = true;
            talk.received[1] = talk.sent[0];
            self.write(number, 1, SYN | ACK, &[]);
        }
    }

    fn know(&mut self, number: u64) {
        self.answer(number);
        if let Some(talk) = self.talks.get_mut(&number).filter(|talk| !talk.is_known) {
            talk.is_known = true;
            talk.received[0] = talk.received[0].max(1);
            self.write(number, 0, ACK, &[]);
        }
    }

    fn send(&mut self, segment: &Segment) {
        let (number, end) = (segment.connection, usize::from(segment.from != segment.dialler));
        // Who speaks knows that the connection stands.
        if end == 0 {
            self.know(number)
        } else {
            self.answer(number)
        }
        let pieces = segment.bytes.chunks(PAYLOAD_MAX);
        let last = pieces.len().saturating_sub(1);
        for (n, piece) in pieces.enumerate() {
            self.write(number, end, if n == last { PSH | ACK } else { ACK }, piece);
        }
    }

    fn arrive(&mut self, segment: &Segment) {
        let (number, end) = (segment.connection, usize::from(segment.to != segment.dialler));
        if let Some(talk) = self.talks.get_mut(&number) {
            talk.received[end] = 1_u32.wrapping_add(segment.at as u32).wrapping_add(segment.bytes.len() as u32);
            self.write(number, end, ACK, &[]);
        }
    }

    /// An end says that it sends no more.
    fn close(&mut self, number: u64, end: usize) {
        if let Some(talk) = self.talks.get_mut(&number).filter(|talk| !talk.has_closed[end]) {
            talk.has_closed[end] = true;
            self.write(number, end, FIN | ACK, &[]);
        }
    }

    /// The connection is gone.
    fn end(&mut self, number: u64) {
        let Some(talk) = self.talks.get_mut(&number) else { return };
        match (talk.is_answered, talk.has_closed) {
            // Nobody answers there.
            (false, _) => {
                talk.received[1] = talk.sent[0];
                self.write(number, 1, RST | ACK, &[]);
            }
            (true, [false, false]) => {
                self.write(number, 0, RST | ACK, &[]);
                self.write(number, 1, RST | ACK, &[]);
            }
            (true, closed) => {
                let (first, other) = if closed[0] { (0, 1) } else { (1, 0) };
                talk.received[other] = talk.sent[first];
                self.close(number, other);
                if let Some(talk) = self.talks.get_mut(&number) {
                    talk.received[first] = talk.sent[other];
                    self.write(number, first, ACK, &[]);
                }
            }
        }
        self.talks.remove(&number);
    }

    /// A packet from one end, now.
    fn write(&mut self, number: u64, end: usize, flags: u8, payload: &[u8]) {
        let Some(talk) = self.talks.get_mut(&number) else { return };
        let other = 1 - end;
        // Numbers begin where the connection's own number says, so that no two are alike.
        let begin = |end: usize| (number as u32).wrapping_mul(0x0100_0193).wrapping_add(end as u32 * 0x4000_0000);
        let packet = Packet {
            at: self.now,
            ports: [talk.ports[end], talk.ports[other]],
            seq: begin(end).wrapping_add(talk.sent[end]),
            ack: if flags & ACK == 0 { 0 } else { begin(other).wrapping_add(talk.received[end]) },
            flags,
            payload,
            id: self.count,
        };
        if self.now >= self.from {
            packet.write(&mut self.out);
            self.count = self.count.wrapping_add(1);
        }
        let counted = payload.len() as u32 + u32::from(flags & (SYN | FIN) != 0);
        talk.sent[end] = talk.sent[end].wrapping_add(counted);
    }
}
