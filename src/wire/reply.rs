//! What a server answers: RESP2 replies.
//!
//! Rule: an error's text begins with its code. Mirrors what networking.c writes (`addReply…`), and what redis-cli prints
//! (`cliFormatReplyTTY`, redis-cli.c).

use super::Bytes;
use super::command::push_header;
use std::fmt::Write;

/// A reply of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Simple(Bytes),
    Error(Bytes),
    Integer(i64),
    Bulk(Bytes),
    NullBulk,
    Array(Vec<Reply>),
    NullArray,
    /// Answers that follow each other without being parts of one.
    Several(Vec<Reply>),
}

impl Reply {
    pub fn ok() -> Reply {
        Reply::simple("OK")
    }

    pub fn simple(text: &str) -> Reply {
        Reply::Simple(text.as_bytes().into())
    }

    /// `text` begins with the code: `ERR …`. Line breaks would end the reply early, so they become spaces, as in Redis.
    pub fn error(text: impl AsRef<[u8]>) -> Reply {
        let one_line = |byte: &u8| if matches!(byte, b'\r' | b'\n') { b' ' } else { *byte };
        Reply::Error(text.as_ref().iter().map(one_line).collect())
    }

    pub fn bulk(bytes: impl AsRef<[u8]>) -> Reply {
        Reply::Bulk(bytes.as_ref().into())
    }

    pub fn int(number: i64) -> Reply {
        Reply::Integer(number)
    }

    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Reply::Simple(text) => push_line(out, b'+', text),
            Reply::Error(text) => push_line(out, b'-', text),
            Reply::Integer(number) => push_line(out, b':', number.to_string().as_bytes()),
            Reply::NullBulk => out.extend_from_slice(b"$-1\r\n"),
            Reply::NullArray => out.extend_from_slice(b"*-1\r\n"),
            Reply::Bulk(bytes) => {
                push_header(out, b'$', bytes.len() as u64);
                out.extend_from_slice(bytes);
                out.extend_from_slice(b"\r\n");
            }
            Reply::Several(replies) => replies.iter().for_each(|reply| reply.encode(out)),
            Reply::Array(items) => {
                push_header(out, b'*', items.len() as u64);
                items.iter().for_each(|item| item.encode(out));
            }
        }
    }

    /// As redis-cli prints it on a terminal, without the last line break.
    pub fn redis_cli_text(&self) -> String {
        let mut text = String::new();
        self.print(0, &mut text);
        text
    }

    fn print(&self, indent: usize, text: &mut String) {
        // Writing to a String cannot fail.
        let _ = match self {
            Reply::Simple(line) => write!(text, "{}", String::from_utf8_lossy(line)),
            Reply::Error(line) => write!(text, "(error) {}", String::from_utf8_lossy(line)),
            Reply::Integer(number) => write!(text, "(integer) {number}"),
            Reply::Bulk(bytes) => write!(text, "{}", super::quoted(bytes)),
            Reply::NullBulk | Reply::NullArray => write!(text, "(nil)"),
            Reply::Several(replies) => {
                for (n, reply) in replies.iter().enumerate() {
                    text.push_str(if n > 0 { "\n" } else { "" });
                    reply.print(indent, text);
                }
                Ok(())
            }
            Reply::Array(items) if items.is_empty() => write!(text, "(empty array)"),
            Reply::Array(items) => {
                let width = items.len().to_string().len();
                for (n, item) in items.iter().enumerate() {
                    let margin = if n == 0 { 0 } else { indent };
                    let _ = write!(text, "{:margin$}{:>width$}) ", "", n + 1);
                    item.print(indent + width + 2, text);
                    if n + 1 < items.len() {
                        text.push('\n');
                    }
                }
                Ok(())
            }
        };
    }
}

fn push_line(out: &mut Vec<u8>, kind: u8, text: &[u8]) {
    out.push(kind);
    out.extend_from_slice(text);
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_printed_as_redis_cli_prints_them() {
        let row = |n: i64| Reply::Array(vec![Reply::int(n), Reply::Array(vec![Reply::bulk("a"), Reply::NullBulk])]);
        let mut rows: Vec<Reply> = (1..=8).map(Reply::int).collect();
        rows.extend([row(9), Reply::Array(vec![])]);
        let cases = [
            (Reply::ok(), "OK"),
            (Reply::int(-2), "(integer) -2"),
            (Reply::bulk(b"a\"\\\n\r\t\x07\x08\x00\xff"), r#""a\"\\\n\r\t\a\b\x00\xff""#),
            (Reply::error("ERR no"), "(error) ERR no"),
            (Reply::NullArray, "(nil)"),
            (Reply::Array(vec![]), "(empty array)"),
            (
                Reply::Array(vec![row(1), row(2)]),
                "1) 1) (integer) 1\n   2) 1) \"a\"\n      2) (nil)\n2) 1) (integer) 2\n   2) 1) \"a\"\n      2) (nil)",
            ),
            (
                Reply::Array(rows),
                " 1) (integer) 1\n 2) (integer) 2\n 3) (integer) 3\n 4) (integer) 4\n 5) (integer) 5\n 6) (integer) 6\n 7) (integer) 7\n 8) (integer) 8\n 9) 1) (integer) 9\n    2) 1) \"a\"\n       2) (nil)\n10) (empty array)",
            ),
        ];
        for (reply, text) in cases {
            assert_eq!(reply.redis_cli_text(), text);
        }
    }

    #[test]
    fn an_error_stays_on_its_line() {
        let mut out = vec![];
        Reply::error("ERR a\r\n+OK\n").encode(&mut out);
        assert_eq!(out, b"-ERR a  +OK \r\n");
    }
}
