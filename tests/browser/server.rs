//! A static file server for the built page, under a path, with the strict policy that an embedder may set.
//!
//! Rule: it remembers what the page asked for, so that a test can say that nothing else was. What the service worker fetches to
//! keep it is no request of the page's.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Where the page stands on its host.
const PREFIX: &str = "/docs/redis/replscope/";

/// What a host with a strict policy sends along.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'";

/// A running server; its threads end with the process.
pub struct Server {
    pub base: String,
    asked: Arc<Mutex<Vec<String>>>,
    is_gone: Arc<AtomicBool>,
    is_held: Arc<AtomicBool>,
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
    /// The whole program comes when the test lets it ([`Server::let_whole`]).
    HoldWhole,
}

impl Server {
    /// Where the built page is.
    pub fn dist() -> PathBuf {
        let dist = std::env::var("REPLSCOPE_DIST")
            .expect("REPLSCOPE_DIST names the built page; `cargo xtask test` builds it and sets it");
        let dist = PathBuf::from(dist);
        assert!(dist.join("index.html").is_file(), "no page in {}: run `cargo xtask build`", dist.display());
        dist
    }

    /// Serves the built page.
    pub fn start(wasm: Wasm) -> Server {
        Server::of(Server::dist(), wasm)
    }

    /// Serves a folder under the path.
    pub fn of(dist: PathBuf, wasm: Wasm) -> Server {
        Server::at(PREFIX, dist, wasm)
    }

    /// Serves somebody else's site, which has its own rules and the whole host.
    pub fn site(folder: PathBuf) -> Server {
        Server::at("/", folder, Wasm::Serve)
    }

    fn at(prefix: &'static str, dist: PathBuf, wasm: Wasm) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}{prefix}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(vec![]));
        let is_gone = Arc::new(AtomicBool::new(false));
        let is_held = Arc::new(AtomicBool::new(wasm == Wasm::HoldWhole));
        let (log, gone, held) = (asked.clone(), is_gone.clone(), is_held.clone());
        std::thread::spawn(move || {
            // A network that is gone closes what is opened.
            for stream in listener.incoming().flatten().filter(|_| !gone.load(Ordering::Relaxed)) {
                let (dist, log, held) = (dist.clone(), log.clone(), held.clone());
                std::thread::spawn(move || answer(stream, prefix, &dist, (wasm, &held), &log));
            }
        });
        Server { base, asked, is_gone, is_held }
    }

    /// From now on nothing is answered, as without a network.
    pub fn leave(&self) {
        self.is_gone.store(true, Ordering::Relaxed);
    }

    /// Lets the whole program go that was held.
    pub fn let_whole(&self) {
        self.is_held.store(false, Ordering::Relaxed);
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        self.base.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
    }

    /// Status and path of everything that was asked for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    prefix: &str,
    dist: &Path,
    (wasm, held): (Wasm, &AtomicBool),
    log: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let request = lines.next()?.ok()?;
    let headers: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let is_kept = headers.iter().any(|line| {
        let line = line.to_ascii_lowercase();
        line.starts_with("service-worker:") || line.starts_with("referer:") && line.ends_with("/service-worker.js")
    });
    let path = request.split(' ').nth(1)?.split('?').next()?.to_string();
    if wasm == Wasm::Withhold && path.ends_with(".wasm") {
        log.lock().ok()?.push(format!("held {path}"));
        loop {
            std::thread::park();
        }
    }
    while path.contains("/whole-") && held.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(10));
    }
    // What a browser asks every host for that shows it something else than a page.
    let asked_for = if path == "/favicon.ico" { format!("{prefix}icon-192.png") } else { path.clone() };
    let name = asked_for.strip_prefix(prefix).map(|name| {
        let index = if name.is_empty() || name.ends_with('/') { "index.html" } else { "" };
        format!("{name}{index}")
    });
    let is_lost = match wasm {
        Wasm::Lose => path.ends_with(".wasm"),
        Wasm::LoseWhole => path.contains("/whole-"),
        Wasm::Serve | Wasm::Withhold | Wasm::HoldWhole => false,
    };
    let body =
        name.filter(|name| !name.contains("..") && !is_lost).and_then(|name| std::fs::read(dist.join(name)).ok());
    let status = if body.is_some() { "200 OK" } else { "404 Not Found" };
    if !is_kept {
        log.lock().ok()?.push(format!("{} {path}", &status[..3]));
    }
    let kind = match path.rsplit('.').next()? {
        "wasm" => "application/wasm",
        "js" => "text/javascript",
        "css" => "text/css",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        _ => "text/html; charset=utf-8",
    };
    let body = body.unwrap_or_default();
    let length = body.len();
    let policy = if prefix == PREFIX { format!("Content-Security-Policy: {POLICY}\r\n") } else { String::new() };
    // As docs/hosting.md recommends: what has a hash in its name is kept, and a sandboxed frame may read it all.
    let keep = if is_hashed(&path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{policy}Cache-Control: {keep}\r\n\
         Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()
}

/// `page-0123456789abcdef_bg.wasm`.
fn is_hashed(path: &str) -> bool {
    let parts = path.rsplit('/').next().unwrap_or_default().split(['-', '_', '.']);
    parts.into_iter().any(|part| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}
