//! A static file server for the built page, under a path, with the strict policy that an embedder may set.
//!
//! Rule: it remembers what was asked for, so that a test can say that nothing else was.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// Where the page stands on its host.
const PREFIX: &str = "/docs/redis/replscope/";

/// What a host with a strict policy sends along.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'";

/// A running server; its threads end with the process.
pub struct Server {
    pub base: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// What a server does with the program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wasm {
    Serve,
    /// It is never answered: the page is as it is before the program arrives.
    Withhold,
    /// It is not found.
    Lose,
    /// The small program is served; the whole one is not found.
    LoseWhole,
}

impl Server {
    /// Serves the built page.
    pub fn start(wasm: Wasm) -> Server {
        let dist = std::env::var("REPLSCOPE_DIST")
            .expect("REPLSCOPE_DIST names the built page; `cargo xtask test` builds it and sets it");
        let dist = PathBuf::from(dist);
        assert!(dist.join("index.html").is_file(), "no page in {}: run `cargo xtask build`", dist.display());
        Server::of(dist, wasm)
    }

    /// Serves a folder.
    pub fn of(dist: PathBuf, wasm: Wasm) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}{PREFIX}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(vec![]));
        let log = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (dist, log) = (dist.clone(), log.clone());
                std::thread::spawn(move || answer(stream, &dist, wasm, &log));
            }
        });
        Server { base, asked }
    }

    /// Status and path of everything that was asked for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, dist: &std::path::Path, wasm: Wasm, log: &Mutex<Vec<String>>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let request = lines.next()?.ok()?;
    while lines.next()?.ok().is_some_and(|line| !line.is_empty()) {}
    let path = request.split(' ').nth(1)?.split('?').next()?.to_string();
    if wasm == Wasm::Withhold && path.ends_with(".wasm") {
        log.lock().ok()?.push(format!("held {path}"));
        loop {
            std::thread::park();
        }
    }
    let name = path.strip_prefix(PREFIX).map(|name| if name.is_empty() { "index.html" } else { name });
    let is_lost = match wasm {
        Wasm::Lose => path.ends_with(".wasm"),
        Wasm::LoseWhole => path.contains("/whole-"),
        Wasm::Serve | Wasm::Withhold => false,
    };
    let body =
        name.filter(|name| !name.contains("..") && !is_lost).and_then(|name| std::fs::read(dist.join(name)).ok());
    let status = if body.is_some() { "200 OK" } else { "404 Not Found" };
    log.lock().ok()?.push(format!("{} {path}", &status[..3]));
    let kind = match path.rsplit('.').next()? {
        "wasm" => "application/wasm",
        "js" => "text/javascript",
        "css" => "text/css",
        "svg" => "image/svg+xml",
        _ => "text/html; charset=utf-8",
    };
    let body = body.unwrap_or_default();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nContent-Security-Policy: {POLICY}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()
}
