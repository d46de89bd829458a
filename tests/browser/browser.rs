//! The browsers that the tests run in, and what each of them wants said in its own way.
//!
//! Rule: a test does not know which browser it runs in (`REPLSCOPE_BROWSER`; Chromium if it is not set). What WebDriver has no
//! command for, Chromium is told by DevTools and Firefox by a script in its own window, and both then do the same.

use crate::driver::{self, Said};
use crate::window::Size;
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    Chromium,
    Firefox,
}

use Browser::{Chromium, Firefox};

/// What Firefox's own window calls the page and the window around it.
const FIREFOX_WINDOW: &str = "const [given] = arguments; \
    const window = Services.wm.getMostRecentWindow('navigator:browser'); \
    const page = window.gBrowser.selectedBrowser; ";

/// Everything that Firefox noted as an error of a page: scripts that failed, what a policy refused. What it says of its own
/// chrome is none of the page's.
const FIREFOX_ERRORS: &str = "return Services.console.getMessageArray() \
    .filter(m => m instanceof Ci.nsIScriptError && !(m.flags & Ci.nsIScriptError.warningFlag)) \
    .filter(m => /^(https?|file):/.test(m.sourceName)).map(m => m.errorMessage)";

impl Browser {
    /// The one that the environment names.
    pub fn chosen() -> Browser {
        match std::env::var("REPLSCOPE_BROWSER").as_deref() {
            Err(_) | Ok("chromium") => Chromium,
            Ok("firefox") => Firefox,
            Ok(other) => panic!("REPLSCOPE_BROWSER is chromium or firefox, not {other}"),
        }
    }

    /// The program that passes WebDriver's commands on, its arguments, and what it says before the port it listens on.
    pub fn driver(self) -> (&'static str, &'static [&'static str], &'static str) {
        match self {
            Chromium => ("chromedriver", &["--port=0"], "successfully on port "),
            Firefox => ("geckodriver", &["--port=0", "--allow-system-access"], "Listening on 127.0.0.1:"),
        }
    }

    /// Whether the driver closes its browsers when it is asked to end; otherwise every session is ended before it.
    pub fn shuts_down(self) -> bool {
        self == Chromium
    }

    /// What a browser is started with. The page may be waited for as the test likes.
    pub fn capabilities(self, switches: &[&str]) -> Value {
        match self {
            Chromium => {
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
            Firefox => json!({
                "moz:firefoxOptions": {
                    "args": ["-headless"],
                    // What a page says is heard on Firefox's own output.
                    "prefs": { "devtools.console.stdout.content": true },
                },
                "pageLoadStrategy": "none",
            }),
        }
    }

    /// Makes the page this large, whatever frame the window has.
    pub fn resize(self, session: &Session, (width, height): Size) {
        match self {
            Chromium => {
                let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
                session.devtools("Emulation.setDeviceMetricsOverride", metrics);
            }
            Firefox => {
                let script = "for (const side of ['width', 'height']) for (const bound of ['min', 'max']) \
                                  page.style.setProperty(`${bound}-${side}`, `${given[side]}px`, 'important');";
                session.in_firefox(script, json!({ "width": width, "height": height }));
            }
        }
    }

    /// As if the reader's system asked for this, such as `prefers-color-scheme` and `dark`.
    pub fn prefer(self, session: &Session, feature: &str, value: &str) {
        match (self, feature) {
            (Chromium, _) => {
                let features = json!({ "features": [{ "name": feature, "value": value }] });
                session.devtools("Emulation.setEmulatedMedia", features);
            }
            (Firefox, "prefers-color-scheme") => {
                session.in_firefox("page.browsingContext.prefersColorSchemeOverride = given;", json!(value));
            }
            (Firefox, "prefers-reduced-motion") => {
                let script = "Services.prefs.setIntPref('ui.prefersReducedMotion', given);";
                session.in_firefox(script, json!(u8::from(value == "reduce")));
            }
            (Firefox, other) => panic!("Firefox is not told of {other} yet"),
        }
    }

    /// What the page warned of on the console since it was asked last.
    pub fn warnings(self, session: &Session) -> Vec<String> {
        match self {
            Chromium => {
                let said = session.command("se/log", &json!({ "type": "browser" }));
                let said = said.as_array().unwrap().iter().filter(|entry| entry["level"] == "WARNING");
                said.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
            }
            Firefox => {
                let mut said = session.said.lock().unwrap();
                said.extract_if(.., |line| line.starts_with("console.warn: ")).collect()
            }
        }
    }

    /// What went wrong in the page, as the browser's console has it.
    pub fn errors(self, session: &Session) -> Vec<Value> {
        match self {
            Chromium => {
                let said = session.command("se/log", &json!({ "type": "browser" }));
                let said = said.as_array().unwrap().iter();
                said.filter(|entry| entry["level"] == "SEVERE").cloned().collect()
            }
            Firefox => session.in_firefox(FIREFOX_ERRORS, Value::Null).as_array().unwrap().clone(),
        }
    }
}

/// A browser that a driver has started.
pub struct Session {
    /// The driver's port.
    pub port: u16,
    pub id: String,
    pub said: Said,
}

impl Session {
    /// A command that the WebDriver client has no name for; its answer.
    pub fn command(&self, path: &str, body: &Value) -> Value {
        driver::command(self.port, &format!("/session/{}/{path}", self.id), body)
    }

    /// What assistive technology is told of an element: its `computedrole` or its `computedlabel`.
    pub fn told(&self, element: &str, what: &str) -> String {
        let path = format!("/session/{}/element/{element}/{what}", self.id);
        driver::question(self.port, &path).as_str().unwrap_or_default().to_owned()
    }

    /// A command of the DevTools protocol, which chromedriver passes on.
    pub fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.command("goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    /// Runs a script in Firefox's own window, with the page there as `page`.
    fn in_firefox(&self, script: &str, given: Value) -> Value {
        self.command("moz/context", &json!({ "context": "chrome" }));
        let body = json!({ "script": format!("{FIREFOX_WINDOW}{script}"), "args": [given] });
        let answer = self.command("execute/sync", &body);
        self.command("moz/context", &json!({ "context": "content" }));
        answer
    }
}
