//! A dataset with everything that strings can be: numbers in each of their encodings, bytes, large and empty values.

use super::client::Client;

const INTEGERS: [&str; 12] = [
    "0",
    "-1",
    "127",
    "-129",
    "32767",
    "-32769",
    "2147483647",
    "-2147483649",
    "9223372036854775807",
    "-0",
    "007",
    "12345678901",
];

/// Fills databases 0, 1, 9 and 15.
pub fn fill(client: &mut Client) {
    for (n, number) in INTEGERS.iter().enumerate() {
        client.ok(&format!("SET integer:{n} {number}"));
    }
    client.ok("SET empty \"\"");
    client.ok("SET float 3.14159");
    let all_bytes: Vec<u8> = (0..=255).collect();
    assert_eq!(client.ask(&[b"SET", &all_bytes, &all_bytes]), b"+OK\r\n");
    // Compressible: a real server writes these as LZF, with short and with long back references.
    assert_eq!(client.ask(&[b"SET", b"same", &[b'a'; 5000]]), b"+OK\r\n");
    assert_eq!(
        client.ask(&[b"SET", b"words", b"abcabcabd abcabcabe xyz 0123456789 ".repeat(300).as_slice()]),
        b"+OK\r\n"
    );
    client.ok("SELECT 1");
    client.ok("SET login token EX 10000");
    client.ok("SET far 1 PXAT 4102444800123");
    client.ok("SELECT 9");
    assert_eq!(client.ask(&[b"SET", b"megabyte", &noise(1 << 20)]), b"+OK\r\n");
    client.ok("SELECT 15");
    for n in 0..200 {
        client.ok(&format!("SET key:{n} value:{n}"));
    }
    client.ok("SELECT 0");
}

/// Bytes that do not compress.
pub fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    })
    .take(len)
    .collect()
}
