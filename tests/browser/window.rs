//! A browser window and the few things that tests do with it.

use crate::browser::{Browser, Session};
use crate::driver::Driver;
use crate::server::{Server, Wasm};
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long anything may take on a slow machine.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Width and height, CSS pixels.
pub type Size = (u32, u32);

/// A window on a page of its own server.
pub struct Window {
    pub client: Client,
    pub server: Server,
    pub session: Session,
    browser: Browser,
}

/// Runs a test in a window of this size on the page at `address` (query and hash).
pub fn visit(size: Size, address: &str, wasm: Wasm, test: impl AsyncFnOnce(&Window)) {
    visit_with(size, address, wasm, &[], test);
}

/// As [`visit`], with more switches for the browser.
pub fn visit_with(size: Size, address: &str, wasm: Wasm, switches: &[&str], test: impl AsyncFnOnce(&Window)) {
    open(Server::start(wasm), size, address, switches, async |window| {
        if wasm != Wasm::Withhold {
            window.until("the program has taken over", READY).await;
        } else {
            window.until("the page is there", "return !!document.querySelector('#app')?.firstElementChild").await;
        }
        test(window).await;
        window.nothing_went_wrong().await;
    });
}

/// The address for a test that begins with another page than the server's.
pub const NOWHERE: &str = "about:blank";

/// The program has drawn the page, since it was loaded last, and the whole one has if the small one gives way to it.
pub const READY: &str = "return !!document.querySelector('[data-ready]') && !document.querySelector('.fetching, [data-fetching]') && !window.isOld";

/// Opens an address of a server in a new browser, and waits for nothing.
pub fn open(server: Server, size: Size, address: &str, switches: &[&str], test: impl AsyncFnOnce(&Window)) {
    let browser = Browser::chosen();
    let driver = Driver::start(browser);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let client = ClientBuilder::new(connector)
            .capabilities(browser.capabilities(switches).as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .unwrap_or_else(|why| panic!("{browser:?} does not start: {why}"));
        let id = client.session_id().await.unwrap().expect("there is a session");
        driver.session.replace(Some(id.clone()));
        let session = Session { port: driver.port, id, said: driver.said.clone() };
        let window = Window { client, server, session, browser };
        window.resize(size).await;
        if address != NOWHERE {
            window.client.goto(&format!("{}{address}", window.server.base)).await.unwrap();
        }
        test(&window).await;
    });
}

impl Window {
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs the body of an `async` function of `given`, and waits for what it returns.
    pub async fn run_async(&self, body: &str, given: Value) -> Value {
        let script = format!(
            "const [given, done] = arguments; (async () => {{ {body} }})().then(done, e => done('failed: ' + e))"
        );
        self.client.execute_async(&script, vec![given]).await.unwrap_or_else(|error| panic!("{body}: {error}"))
    }

    /// Makes the page itself this large, whatever frame the window has.
    pub async fn resize(&self, size: Size) {
        self.browser.resize(&self.session, size);
    }

    /// As if the reader's system asked for this, such as `prefers-color-scheme` and `dark`.
    pub async fn prefer(&self, feature: &str, value: &str) {
        self.browser.prefer(&self.session, feature, value);
    }

    /// Sees that nothing went wrong unseen: no request was for something else than the page, and nothing was refused,
    /// thrown or complained of on the console.
    pub async fn nothing_went_wrong(&self) {
        let asked = self.server.asked();
        assert!(asked.iter().all(|line| line.starts_with("200 ") || line.starts_with("held ")), "{asked:?}");
        let errors = self.browser.errors(&self.session);
        assert!(errors.is_empty(), "{errors:#?}");
    }

    /// What this project's scripts warned of on the console since it was asked last.
    pub async fn warnings(&self) -> Vec<String> {
        let said = self.browser.warnings(&self.session);
        said.into_iter().filter(|line| line.contains("replscope: ")).collect()
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
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the text of the first element that `css` finds is `wanted`.
    pub async fn until_text(&self, css: &str, wanted: &str) {
        let script =
            format!("return document.querySelector({}).textContent.trim() === {}", json!(css), json!(wanted.trim()));
        self.until(&format!("{css} is “{wanted}”"), &script).await;
    }

    /// Loads the page again, and waits until it is there.
    pub async fn reload(&self) {
        // As a reader does it: WebDriver's own way leaves a service worker out in Firefox.
        self.run("window.isOld = true; location.reload()").await;
        self.until("the program has taken over again", READY).await;
    }

    pub async fn set_hash(&self, hash: &str) {
        self.run(&format!("location.hash = {}", json!(hash))).await;
    }

    /// Presses a key where the focus is.
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    }

    pub async fn click(&self, css: &str) {
        let begun = Instant::now();
        loop {
            let found = self.client.find(Locator::Css(css)).await.unwrap_or_else(|e| panic!("{css}: {e}"));
            match found.click().await {
                Ok(()) => return,
                // It was drawn anew between being found and being pressed.
                Err(error) if error.is_stale_element_reference() && begun.elapsed() < DEADLINE => {}
                Err(error) => panic!("{css}: {error}"),
            }
        }
    }

    /// Puts the focus on the first element that `css` finds.
    pub async fn focus(&self, css: &str) {
        self.run(&format!("document.querySelector({}).focus()", json!(css))).await;
    }

    /// Puts the focus on the player itself.
    pub async fn focus_player(&self) {
        self.focus("[role=region]").await;
    }

    /// `link lost · step 31 of 49`, in whatever case it is shown.
    pub async fn eyebrow(&self) -> String {
        self.text("return document.querySelector('.eyebrow')?.textContent ?? ''").await.to_lowercase()
    }
}
