//! Nonsense on the socket: both servers answer the same bytes with the same bytes, and go on.

use super::server::{Kind, Server};

/// What a client sends before it closes. Long ones are made below.
const BYTES: &[&[u8]] = &[
    b"",
    b"\r\n",
    b"\n",
    b"PING",
    b"PING\n",
    b"PING\r\n",
    b"  PING  \r\n",
    b"\r\n\r\nPING\r\n",
    b"PING\r\nPING\r\n",
    b"PI\rNG\r\n",
    b"ping \"a b\" \r\n",
    b"ECHO \"a\\x41\\n\\\"\"\r\n",
    b"ECHO 'a\\'b\\n'\r\n",
    b"ECHO \"open\r\n",
    b"ECHO 'open\r\n",
    b"ECHO \"a\"b\r\n",
    b"ECHO 'a'b\r\n",
    b"ECHO a\"b\"\r\n",
    b"ECHO a\0b\r\n",
    b"\0\r\n",
    b"\0PING\r\nPING\r\n",
    b"\xff\xfe\r\n",
    b"*\r\n",
    b"*a\r\n",
    b"*1a\r\n",
    b"* 1\r\n",
    b"*+1\r\n",
    b"*01\r\n$4\r\nPING\r\n",
    b"*0\r\nPING\r\n",
    b"*-1\r\nPING\r\n",
    b"*-10\r\nPING\r\n",
    b"*1\r\n$4\r\nPING\r\n",
    b"*1\n$4\nPING\n",
    b"*1\rX$4\rXPINGXX",
    b"*1\r\n$4\r\nPINGxxPING\r\n",
    b"*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\n",
    b"*1\r\n$4\r\nPI",
    b"*1\r\n$4\r\n",
    b"*1\r\n$4",
    b"*1\r\n",
    b"*1",
    b"*2\r\n$4\r\nECHO\r\n",
    b"*1\r\n$0\r\n\r\n",
    b"*1\r\n:4\r\nPING\r\n",
    b"*1\r\n\xff4\r\nPING\r\n",
    b"*1\r\n\r\nPING\r\n",
    b"*1\r\nPING\r\n",
    b"*1\r\n$\r\nPING\r\n",
    b"*1\r\n$a\r\nPING\r\n",
    b"*1\r\n$-1\r\n",
    b"*1\r\n$+4\r\nPING\r\n",
    b"*1\r\n$536870912\r\n",
    b"*1\r\n$536870913\r\n",
    b"*1\r\n$99999999999999999999\r\n",
    b"*2147483647\r\n",
    b"*2147483648\r\n",
    b"*99999999999999999999\r\n",
    b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\n\r\n\0\r\nGET k\r\n",
    b"GET\r\n*1\r\n!\r\nPING\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST / HTTP/1.1\r\n\r\n",
    b"Host: localhost\r\nPING\r\n",
    b"PSYNC ? abc\r\n",
    b"PSYNC ?\r\nPING\r\n",
    b"SYNC now\r\n",
    b"QUIT\r\nPING\r\n",
    b"QUIT now\r\nPING\r\n",
    b"MULTI\r\nQUIT\r\nPING\r\n",
    b"MULTI\r\nPSYNC ? -1\r\nSYNC\r\nEXEC\r\n",
    b"REPLCONF ack 5\r\nPING\r\n",
    b"REPLCONF getack *\r\nPING\r\n",
    b"$4\r\nPING\r\n",
    b"+PING\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
];

/// Requests at and beyond a limit; each just so long that a server reads it whole before it answers.
fn long_ones() -> Vec<Vec<u8>> {
    let inline = |len: usize| vec![b'x'; len];
    vec![
        [inline(60_000), b"\r\nPING\r\n".to_vec()].concat(),
        inline(65_536),
        inline(65_537),
        [b"*".to_vec(), vec![b'1'; 65_536]].concat(),
        [b"*1\r\n$".to_vec(), vec![b'1'; 65_537]].concat(),
        [b"*1\r\n$".to_vec(), vec![b'1'; 100], b"\r\n".to_vec()].concat(),
        [b"*1\r\n$200\r\n".to_vec(), inline(200), b"\r\nPING\r\n".to_vec()].concat(),
        [
            b"*3\r\n$200\r\n".to_vec(),
            inline(200),
            b"\r\n$3\r\na\r\n\r\n$150\r\n".to_vec(),
            inline(150),
            b"\r\n".to_vec(),
        ]
        .concat(),
        b"*1\r\n$4\r\nPING\r\n".repeat(1_000),
    ]
}

#[test]
fn both_servers_answer_nonsense_alike_and_go_on() {
    let mut servers = [Kind::Redis, Kind::Model].map(|kind| Server::start(kind, &[]));
    let all = BYTES.iter().map(|bytes| bytes.to_vec()).chain(long_ones());
    let mut differences = vec![];
    for bytes in all {
        let [real, model] = servers.each_ref().map(|server| {
            let mut client = server.client();
            client.send(&bytes);
            client.rest()
        });
        if real != model {
            let shown = bytes.escape_ascii().to_string();
            let shown = shown.get(..200).unwrap_or(&shown);
            differences.push(format!("{shown}\n  redis: {}\n  model: {}", real.escape_ascii(), model.escape_ascii()));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    for server in &mut servers {
        assert!(server.is_running());
        assert_eq!(server.client().line("PING"), b"+PONG\r\n");
    }
}

#[test]
fn a_request_in_pieces_is_one_request() {
    let request = b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\n1\r\n34\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nINCR k\r\n";
    let server = Server::start(Kind::Model, &[]);
    let mut client = server.client();
    for byte in request {
        client.send(&[*byte]);
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let answer = String::from_utf8_lossy(&client.rest()).into_owned();
    assert_eq!(answer, "+OK\r\n$5\r\n1\r\n34\r\n-ERR value is not an integer or out of range\r\n");
}
