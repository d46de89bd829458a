//! A browser window and the few things that tests do with it.

use crate::server::{Server, Wasm};
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take on a slow machine.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// A window on a page of its own server.
pub struct Window {
    pub client: Client,
    pub server: Server,
    port: u16,
}

/// chromedriver, ended with the test.
struct Driver {
    process: Child,
    port: u16,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Driver {
    fn start() -> Driver {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is needed: install the packages chromium and chromium-driver");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        // "ChromeDriver was started successfully on port 34567."
        let started = lines.map_while(Result::ok).find_map(|line| {
            line.split_once("successfully on port ").and_then(|(_, port)| port.trim_end_matches('.').parse().ok())
        });
        Driver { process, port: started.expect("chromedriver says which port it listens on") }
    }
}

/// Runs a test in a window of this size, CSS pixels, on the page at `address` (query and hash).
pub fn visit(size: (u32, u32), address: &str, wasm: Wasm, test: impl AsyncFnOnce(&Window)) {
    visit_with(size, address, wasm, &[], test);
}

/// As [`visit`], with more switches for the browser.
pub fn visit_with(size: (u32, u32), address: &str, wasm: Wasm, switches: &[&str], test: impl AsyncFnOnce(&Window)) {
    open(Server::start(wasm), size, address, switches, async |window| {
        if wasm == Wasm::Serve {
            window.until("the program has taken over", "return !!document.querySelector('[data-ready]')").await;
        } else {
            window.until("the page is there", "return !!document.querySelector('#app')?.firstElementChild").await;
        }
        test(window).await;
    });
}

/// Opens an address of a server in a new browser, and waits for nothing.
pub fn open(server: Server, size: (u32, u32), address: &str, switches: &[&str], test: impl AsyncFnOnce(&Window)) {
    let driver = Driver::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let client = ClientBuilder::new(connector)
            .capabilities(capabilities(size, switches).as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .expect("Chromium starts: install the package chromium");
        let window = Window { client, server, port: driver.port };
        window.client.goto(&format!("{}{address}", window.server.base)).await.unwrap();
        test(&window).await;
        let _ = window.client.close().await;
    });
}

fn capabilities((width, height): (u32, u32), switches: &[&str]) -> Value {
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
    let mut args: Vec<String> = args.into_iter().map(String::from).collect();
    args.push(format!("--window-size={width},{height}"));
    // The window's frame takes some room; this makes the page itself that large.
    let metrics = json!({ "width": width, "height": height, "pixelRatio": 1.0, "touch": false, "mobile": false });
    json!({
        "goog:chromeOptions": { "args": args, "mobileEmulation": { "deviceMetrics": metrics } },
        "pageLoadStrategy": "none",
    })
}

impl Window {
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// A command of the DevTools protocol, which WebDriver passes on.
    pub async fn devtools(&self, command: &str, parameters: Value) {
        let session = self.client.session_id().await.unwrap().expect("there is a session");
        let body = json!({ "cmd": command, "params": parameters }).to_string();
        let request = format!(
            "POST /session/{session}/goog/cdp/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut status = String::new();
        BufReader::new(stream).read_line(&mut status).unwrap();
        assert!(status.contains(" 200 "), "{command}: {status}");
    }

    pub async fn text(&self, script: &str) -> String {
        self.run(script).await.as_str().unwrap_or_default().to_string()
    }

    pub async fn number(&self, script: &str) -> f64 {
        self.run(script).await.as_f64().unwrap_or(f64::NAN)
    }

    /// Waits until a script returns true.
    pub async fn until(&self, what: &str, script: &str) {
        let begun = Instant::now();
        while self.run(script).await != Value::Bool(true) {
            if begun.elapsed() > DEADLINE {
                let body = self.text("return document.body.innerText.slice(0, 600)").await;
                panic!("waited in vain until {what}; the page says: {body}");
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Presses a key where the focus is.
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    }

    pub async fn click(&self, css: &str) {
        self.client.find(Locator::Css(css)).await.unwrap_or_else(|e| panic!("{css}: {e}")).click().await.unwrap();
    }

    /// Puts the focus on the player itself.
    pub async fn focus_player(&self) {
        self.run("document.querySelector('[role=region]').focus()").await;
    }

    /// `link lost · step 31 of 49`, in whatever case it is shown.
    pub async fn eyebrow(&self) -> String {
        self.text("return document.querySelector('.eyebrow')?.textContent ?? ''").await.to_lowercase()
    }
}
