//! Somebody else's page, on another origin than the player's, which shows lessons.
//!
//! Rule: its own policy is as strict as `docs/embedding/README.md` says that one may be, so that a test fails where more is
//! needed.

use crate::server::Server;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

/// A page's script: it keeps what it is told, by messages and by events of the element.
const SCRIPT: &str = "\
    window.heard = [];
    const keep = (type, data, from) => heard.push({ type, data, from });
    addEventListener('message', e => keep(e.data.type, e.data.data, e.source));
    for (const element of document.querySelectorAll('repl-scope'))
        for (const type of ['ready', 'step', 'end', 'answer', 'error'])
            element.addEventListener(type, e => keep('event ' + type, e.detail, element));
    window.tell = (type, data, version = 1) => document.querySelector('iframe').contentWindow.postMessage({ type, data, version }, '*');
    window.last = type => heard.filter(m => m.type === type).at(-1)?.data;
    window.count = type => heard.filter(m => m.type === type).length;
";

/// A frame beside the player, which would like to be obeyed.
const OTHER: &str = "addEventListener('message', () => \
    parent.document.querySelector('#named').contentWindow.postMessage({ type: 'next', version: 1 }, '*'))";

const STYLE: &str = "body { margin: 0 0 3000px; } iframe { border: 0; } repl-scope { margin-bottom: 10px; }";

/// A running server of one page; its thread ends with the process.
pub struct Embedder {
    port: u16,
}

impl Embedder {
    /// Serves a page with this in its body. A file of a lesson lies beside it.
    pub fn start(body: &str, player: &Server) -> Embedder {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let origin = player.origin();
        let policy = format!(
            "default-src 'none'; script-src 'self' {origin}; style-src 'self'; img-src {origin}; frame-src 'self' {origin}; \
             connect-src 'self'; base-uri 'none'; form-action 'none'"
        );
        let page = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Handbook</title>\
             <link rel=\"stylesheet\" href=\"page.css\">{body}<script src=\"page.js\"></script></html>"
        );
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let copy = stream.try_clone().unwrap();
                let mut lines = BufReader::new(copy).lines().map_while(Result::ok);
                let path = lines.next().and_then(|line| line.split(' ').nth(1).map(str::to_owned)).unwrap_or_default();
                lines.take_while(|line| !line.is_empty()).for_each(drop);
                let (kind, body) = match path.as_str() {
                    "/page.js" => ("text/javascript", SCRIPT),
                    "/page.css" => ("text/css", STYLE),
                    "/other.html" => ("text/html", "<!doctype html><script src=\"other.js\"></script>"),
                    "/other.js" => ("text/javascript", OTHER),
                    "/lesson.txt" => ("text/plain", crate::embed::OWN_LESSON),
                    "/favicon.ico" => ("image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
                    _ => ("text/html; charset=utf-8", page.as_str()),
                };
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nContent-Security-Policy: {policy}\r\n\
                     Connection: close\r\n\r\n",
                    body.len()
                );
                // A browser that went away does not matter.
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
            }
        });
        Embedder { port }
    }

    /// Its address on another site than the player's.
    pub fn url(&self) -> String {
        format!("http://localhost:{}/", self.port)
    }

    /// Its address on the player's site, but of another origin: the browser runs both in one process.
    pub fn near_url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}
