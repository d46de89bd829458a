//! chromedriver: starts and ends browsers, and passes commands on to them.
//!
//! Rule: what was started is ended, also when a test fails: chromedriver is asked to stop, which closes its browsers, and
//! the files that they leave behind are deleted.

use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long closing browsers may take.
const SHUTDOWN: Duration = Duration::from_secs(10);

/// How often it is tried: the free port that it found may be taken before it listens there, and then it ends.
const TRIES: u32 = 5;

/// A running chromedriver.
pub struct Driver {
    process: Child,
    pub port: u16,
    /// For the files of its browsers.
    folder: PathBuf,
}

impl Driver {
    pub fn start() -> Driver {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("replscope-browser-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (process, port) =
            (0..TRIES).find_map(|_| launch(&folder)).expect("chromedriver starts and says which port it listens on");
        Driver { process, port, folder }
    }

    /// Whether it ended by itself in time.
    fn has_stopped(&mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < SHUTDOWN {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

/// A chromedriver and its port, unless it ended before it had one.
fn launch(folder: &Path) -> Option<(Child, u16)> {
    let mut process = Command::new("chromedriver")
        .arg("--port=0")
        .env("TMPDIR", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is needed: install the packages chromium and chromium-driver");
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    // "ChromeDriver was started successfully on port 34567."
    let port = lines.map_while(Result::ok).find_map(|line| {
        line.split_once("successfully on port ").and_then(|(_, port)| port.trim_end_matches('.').parse().ok())
    });
    if port.is_none() {
        process.wait().unwrap();
    }
    Some((process, port?))
}

impl Drop for Driver {
    fn drop(&mut self) {
        if request(self.port, "GET", "/shutdown", &Value::Null).is_err() || !self.has_stopped() {
            // It is gone already, or it hangs.
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A command that the WebDriver client has no name for; its answer.
pub fn command(port: u16, path: &str, body: &Value) -> Value {
    let mut answer = request(port, "POST", path, body).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(answer["value"]["error"].is_null(), "{path}: {answer}");
    answer["value"].take()
}

fn request(port: u16, method: &str, path: &str, body: &Value) -> io::Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(SHUTDOWN))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        answer.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    answer.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body).unwrap_or_default())
}

/// What a browser is started with.
pub fn capabilities(switches: &[&str]) -> Value {
    let mut args = vec![
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
    ];
    args.extend(switches);
    json!({
        "goog:chromeOptions": { "args": args },
        "goog:loggingPrefs": { "browser": "ALL" },
        "pageLoadStrategy": "none",
    })
}
