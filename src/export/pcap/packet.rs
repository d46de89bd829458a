//! A TCP segment in an IPv4 packet in a record of a capture file.
//! Forms: pcap 2.4 with microseconds and LINKTYPE_RAW, RFC 791, RFC 9293; checksums as RFC 1071.

use crate::time::Time;

/// The file's header: byte order mark, version 2.4, no time zone, any length, raw IP.
pub fn file_header() -> Vec<u8> {
    let words: [u32; 6] = [0xa1b2_c3d4, 2 | 4 << 16, 0, 0, 262_144, 101];
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

pub const FIN: u8 = 0x01;
pub const SYN: u8 = 0x02;
pub const RST: u8 = 0x04;
pub const PSH: u8 = 0x08;
pub const ACK: u8 = 0x10;

/// All nodes have the address that the model gives them.
const ADDRESS: [u8; 4] = [127, 0, 0, 1];
/// Behind a SYN: a maximum segment size of 1,460, and windows in units of 128 bytes.
const OPTIONS: [u8; 8] = [2, 4, 0x05, 0xb4, 3, 3, 7, 0];
const HEADERS: usize = 40;
/// Bytes of payload in a packet, at most.
pub const PAYLOAD_MAX: usize = 1_460;

/// One packet.
pub struct Packet<'a> {
    pub at: Time,
    /// From and to.
    pub ports: [u16; 2],
    pub seq: u32,
    pub ack: u32,
    pub flags: u8,
    pub payload: &'a [u8],
    /// Counts the packets, as a sender does.
    pub id: u16,
}

impl Packet<'_> {
    /// Appends the record.
    pub fn write(&self, out: &mut Vec<u8>) {
        let options: &[u8] = if self.flags & SYN == 0 { &[] } else { &OPTIONS };
        let length = HEADERS + options.len() + self.payload.len();
        let (seconds, micros) = (self.at.0 / 1_000_000, self.at.0 % 1_000_000);
        for word in [seconds as u32, micros as u32, length as u32, length as u32] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out.extend_from_slice(&ip(length as u16, self.id));
        let mut tcp = Vec::with_capacity(length - 20);
        self.ports.iter().for_each(|port| tcp.extend_from_slice(&port.to_be_bytes()));
        tcp.extend_from_slice(&self.seq.to_be_bytes());
        tcp.extend_from_slice(&self.ack.to_be_bytes());
        tcp.push(((20 + options.len() as u8) / 4) << 4);
        tcp.push(self.flags);
        // Window, checksum (to come), urgent pointer.
        tcp.extend_from_slice(&[0xff, 0xff, 0, 0, 0, 0]);
        tcp.extend_from_slice(options);
        tcp.extend_from_slice(self.payload);
        let sum = checksum(&[&pseudo(tcp.len() as u16), &tcp]);
        tcp[16..18].copy_from_slice(&sum.to_be_bytes());
        out.extend_from_slice(&tcp);
    }
}

fn ip(length: u16, id: u16) -> [u8; 20] {
    let ([l1, l2], [i1, i2]) = (length.to_be_bytes(), id.to_be_bytes());
    let [a, b, c, d] = ADDRESS;
    // Version and length of header, no service; not to be broken; 64 hops; TCP.
    let mut header = [0x45, 0, l1, l2, i1, i2, 0x40, 0, 64, 6, 0, 0, a, b, c, d, a, b, c, d];
    let sum = checksum(&[&header]);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    header
}

/// What TCP's checksum covers besides the segment.
fn pseudo(length: u16) -> [u8; 12] {
    let ([l1, l2], [a, b, c, d]) = (length.to_be_bytes(), ADDRESS);
    [a, b, c, d, a, b, c, d, 0, 6, l1, l2]
}

/// The complement of the sum of 16-bit words. All parts but the last have an even length.
pub fn checksum(parts: &[&[u8]]) -> u16 {
    let words = parts.iter().flat_map(|part| part.chunks(2));
    let mut sum: u32 = words.map(|word| u32::from(word[0]) << 8 | word.get(1).map_or(0, |b| u32::from(*b))).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}
