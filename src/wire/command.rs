//! How a command is written: an array of bulk strings, which is also how it stands in the replication stream.

/// `*<n>\r\n`, then `$<len>\r\n<bytes>\r\n` for each argument.
pub fn encode_command<A: AsRef<[u8]>>(args: &[A]) -> Vec<u8> {
    let body: usize = args.iter().map(|arg| arg.as_ref().len() + 16).sum();
    let mut bytes = Vec::with_capacity(body + 16);
    push_header(&mut bytes, b'*', args.len() as u64);
    for arg in args {
        push_header(&mut bytes, b'$', arg.as_ref().len() as u64);
        bytes.extend_from_slice(arg.as_ref());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// A type byte, a decimal number, CR LF; without the machinery of formatting, because every byte of a stream comes by.
pub(super) fn push_header(bytes: &mut Vec<u8>, kind: u8, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    bytes.push(kind);
    bytes.extend_from_slice(&digits[at..]);
    bytes.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::encode_command;

    #[test]
    fn a_command_is_an_array_of_its_words() {
        let no_words: [&str; 0] = [];
        assert_eq!(encode_command(&no_words), b"*0\r\n");
        assert_eq!(encode_command(&["PING"]), b"*1\r\n$4\r\nPING\r\n");
        let long = "x".repeat(100);
        let expected = format!("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$100\r\n{long}\r\n");
        assert_eq!(encode_command(&["SET", "", &long]), expected.as_bytes());
    }
}
