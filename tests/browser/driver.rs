//! chromedriver or geckodriver: starts and ends browsers, and passes commands on to them.
//!
//! Rule: what was started is ended, also when a test fails: the driver is asked to stop, or its session is, which closes
//! the browser, and the files that it leaves behind are deleted.

use crate::browser::Browser;
use serde_json::Value;
use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long closing browsers may take.
const SHUTDOWN: Duration = Duration::from_secs(10);

/// How often it is tried: the free port that it found may be taken before it listens there, and then it ends.
const TRIES: u32 = 5;

pub type Said = Arc<Mutex<Vec<String>>>;

/// A running driver.
pub struct Driver {
    process: Child,
    browser: Browser,
    pub port: u16,
    /// What it and its browsers have said, line by line.
    pub said: Said,
    /// The browser that it started, once it has.
    pub session: RefCell<Option<String>>,
    /// For the files of its browsers.
    folder: PathBuf,
}

impl Driver {
    pub fn start(browser: Browser) -> Driver {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("replscope-browser-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (process, port, said) = (0..TRIES)
            .find_map(|_| launch(browser, &folder))
            .expect("the browser's driver starts and says which port it listens on");
        Driver { process, browser, port, said, session: RefCell::new(None), folder }
    }

    /// Asks for the end: of the driver with its browsers, or of the one browser.
    fn close(&self) -> bool {
        let session = self.session.borrow();
        match session.as_ref().filter(|_| !self.browser.shuts_down()) {
            Some(session) => request(self.port, "DELETE", &format!("/session/{session}"), &Value::Null).is_ok(),
            None => request(self.port, "GET", "/shutdown", &Value::Null).is_ok(),
        }
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

/// A driver, its port, and what it will say, unless it ended before it had a port.
fn launch(browser: Browser, folder: &Path) -> Option<(Child, u16, Said)> {
    let (program, args, before_port) = browser.driver();
    let mut process = Command::new(program)
        .args(args)
        .env("TMPDIR", folder)
        // Firefox without a screen: room for every size that a test asks for.
        .envs([("MOZ_HEADLESS_WIDTH", "2000"), ("MOZ_HEADLESS_HEIGHT", "1400")])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|why| panic!("{program} is needed, and `cargo xtask test` sets it up: {why}"));
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once(before_port)?;
        port.trim_end_matches('.').parse().ok()
    });
    if port.is_none() {
        process.wait().unwrap();
    }
    // A driver whose words nobody reads would stop at a full pipe.
    let said = Said::default();
    let heard = said.clone();
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| heard.lock().unwrap().push(line)));
    Some((process, port?, said))
}

impl Drop for Driver {
    fn drop(&mut self) {
        if !self.close() || !self.browser.shuts_down() || !self.has_stopped() {
            // It is gone already, or it hangs, or it waits for another session.
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A command that the WebDriver client has no name for; its answer.
pub fn command(port: u16, path: &str, body: &Value) -> Value {
    asked(port, "POST", path, body)
}

/// A question that changes nothing; its answer.
pub fn question(port: u16, path: &str) -> Value {
    asked(port, "GET", path, &Value::Null)
}

fn asked(port: u16, method: &str, path: &str, body: &Value) -> Value {
    let mut answer = request(port, method, path, body).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(answer["value"]["error"].is_null(), "{path}: {answer}");
    answer["value"].take()
}

fn request(port: u16, method: &str, path: &str, body: &Value) -> io::Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(SHUTDOWN))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
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
