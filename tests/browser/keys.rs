//! The player's keys: what each does, and when it is somebody else's.

use crate::model::{clock, telling};
use crate::server::Wasm;
use crate::window::{Window, visit};
use replscope::story::Telling;
use replscope::time::Time;
use serde_json::{Value, json};
use std::time::Duration;

const RIGHT: &str = "\u{E014}";
const LEFT: &str = "\u{E012}";
const SHIFT_RIGHT: &str = "\u{E008}\u{E014}";
const SHIFT_LEFT: &str = "\u{E008}\u{E012}";
const HOME: &str = "\u{E011}";
const END: &str = "\u{E010}";
const ESCAPE: &str = "\u{E00C}";
const ENTER: &str = "\u{E007}";

const CLOCK: &str = "return document.querySelector('.clock').textContent";
const PLAYS: &str = "return !!document.querySelector('[aria-label=Pause]')";

/// Where keys that move lead to, one after the other, from the beginning.
fn journey(telling: &Telling) -> Vec<(&'static str, Time)> {
    let (timeline, pace) = (&telling.timeline, &telling.pace);
    let step = |n: usize| timeline.steps()[n].at;
    let phase = |n: usize| step(timeline.runs()[n].first);
    let tenth = |n: f64| pace.to_virtual(pace.length_ms() * n / 10.0);
    let quarter = Duration::from_micros(step(1).since(step(0)).as_micros() as u64 / 4);
    vec![
        (RIGHT, step(1)),
        (RIGHT, step(2)),
        (LEFT, step(1)),
        (HOME, step(0)),
        (".", step(0) + quarter),
        (".", step(0) + quarter + quarter),
        (",", step(0) + quarter),
        (LEFT, step(0)),
        (SHIFT_RIGHT, phase(1)),
        (SHIFT_RIGHT, phase(2)),
        (SHIFT_LEFT, phase(1)),
        (END, timeline.end()),
        ("5", tenth(5.0)),
        ("9", tenth(9.0)),
        ("0", step(0)),
    ]
}

#[test]
fn keys_move_through_the_run() {
    let telling = telling("losing-the-link");
    visit((1440, 900), "?questions=off#/lesson/losing-the-link", Wasm::Serve, async |window| {
        // The player has the focus from the beginning.
        for (keys, at) in journey(&telling) {
            window.press(keys).await;
            window.until_text(".clock", &clock(&telling, at)).await;
        }
        window.press("?").await;
        window.until("help is open", "return !!document.querySelector('dialog[open]')").await;
        assert_eq!(keeps_still(window, "dialog[open] button", json!({ "key": "ArrowRight" })).await, Value::Bool(true));
        window.press(ESCAPE).await;
        window.until("help is closed", "return !document.querySelector('dialog[open]')").await;
        window.press(" ").await;
        window.until("it plays", PLAYS).await;
        window.press(" ").await;
        window.until("it stands", "return !!document.querySelector('[aria-label=Play]')").await;
    });
}

/// Whether a key on the first element that `css` finds changes nothing, and is left to the browser.
async fn keeps_still(window: &Window, css: &str, key: Value) -> Value {
    let body = "const look = () => document.querySelector('.clock').textContent + !!document.querySelector('[aria-label=Pause]'); \
                const before = look(), key = new KeyboardEvent('keydown', { ...given.key, bubbles: true, cancelable: true }); \
                const left = document.querySelector(given.css).dispatchEvent(key); \
                for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame); \
                return left && look() === before";
    window.run_async(body, json!({ "css": css, "key": key })).await
}

#[test]
fn keys_that_are_not_the_players_are_left_alone() {
    visit((1440, 900), "#/lesson/losing-the-link?at=5.8s", Wasm::Serve, async |window| {
        let player = "[role=region]";
        for modifier in ["ctrlKey", "altKey", "metaKey"] {
            for key in ["ArrowRight", "ArrowLeft", " ", "Home", "End", "5", ".", "?"] {
                let event = json!({ "key": key, modifier: true });
                assert_eq!(keeps_still(window, player, event).await, true, "{modifier} {key}");
            }
        }
        let others = [
            (player, "a"),
            (player, "Enter"),
            (player, "Escape"),
            (player, "Tab"),
            ("body", " "),
            ("body", "ArrowRight"),
            ("select", "ArrowRight"),
            ("select", "5"),
            ("button[aria-label='Next step']", " "),
            ("button[aria-label='Next step']", "Enter"),
            ("[role=tab]", " "),
            ("a.home", " "),
        ];
        for (css, key) in others {
            assert_eq!(keeps_still(window, css, json!({ "key": key })).await, true, "“{key}” on {css}");
        }
    });
}

#[test]
fn a_focused_button_owns_space_and_enter() {
    let telling = telling("losing-the-link");
    visit((1440, 900), "?questions=off#/lesson/losing-the-link", Wasm::Serve, async |window| {
        let step = |n: usize| clock(&telling, telling.timeline.steps()[n].at);
        window.focus("[aria-label='Next step']").await;
        for (key, n) in [(" ", 1), (ENTER, 2)] {
            window.press(key).await;
            window.until_text(".clock", &step(n)).await;
            assert_eq!(window.run(PLAYS).await, false);
        }
        window.press(RIGHT).await;
        window.until_text(".clock", &step(3)).await;
        // A node of the picture is a button too.
        window.focus("[data-node=node-b]").await;
        window.press(" ").await;
        window
            .until(
                "it is chosen",
                "return document.querySelector('[data-node=node-b]').getAttribute('aria-pressed') === 'true'",
            )
            .await;
        assert_eq!(window.run(PLAYS).await, false);
        assert_eq!(window.text(CLOCK).await, step(3));
    });
}
