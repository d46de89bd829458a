//! Keys, play, and what a reader who wants no motion sees.

use crate::server::Wasm;
use crate::window::{Window, visit, visit_with};

const RIGHT: &str = "\u{E014}";
const LEFT: &str = "\u{E012}";
const SHIFT: &str = "\u{E008}";
const CONTROL: &str = "\u{E009}";
const HOME: &str = "\u{E011}";
const END: &str = "\u{E010}";
const ESCAPE: &str = "\u{E00C}";

const PLAYS: &str = "return !!document.querySelector('[aria-label=Pause]')";

async fn step(window: &Window) -> u32 {
    let eyebrow = window.eyebrow().await;
    let number = eyebrow.split("step ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
    number.unwrap_or_else(|| panic!("no step in “{eyebrow}”"))
}

async fn comes_to(window: &Window, wanted: u32) {
    let script =
        format!("return document.querySelector('.eyebrow').textContent.toLowerCase().includes('step {wanted} of')");
    window.until(&format!("step {wanted} is shown"), &script).await;
}

#[test]
fn keys_move_through_the_run() {
    visit((1440, 900), "#/lesson/losing-the-link", Wasm::Serve, async |window| {
        window.focus_player().await;
        assert_eq!(step(window).await, 1);
        assert_eq!(window.run(PLAYS).await, false, "nothing plays until asked");
        for (keys, wanted) in [(RIGHT, 2), (RIGHT, 3), (LEFT, 2), (HOME, 1)] {
            window.press(keys).await;
            comes_to(window, wanted).await;
        }
        window.press(END).await;
        window.until("the end is shown", "return (e => { const m = e.match(/step (\\d+) of (\\d+)/i); return !!m && m[1] === m[2] })(document.querySelector('.eyebrow').textContent)").await;
        let last = step(window).await;
        window.press(HOME).await;
        comes_to(window, 1).await;
        window.press(&format!("{SHIFT}{RIGHT}")).await;
        window
            .until(
                "a phase further",
                "return !document.querySelector('.eyebrow').textContent.toLowerCase().includes('step 1 of')",
            )
            .await;
        let phase = step(window).await;
        assert!(phase > 1 && phase < last);
        window.press(&format!("{CONTROL}{RIGHT}")).await;
        assert_eq!(step(window).await, phase, "a key with a modifier is not ours");
        window.press("5").await;
        window
            .until(
                "half way",
                &format!(
                    "return !document.querySelector('.eyebrow').textContent.toLowerCase().includes('step {phase} of')"
                ),
            )
            .await;
        window.press("?").await;
        window.until("help is open", "return !!document.querySelector('dialog[open]')").await;
        window.press(ESCAPE).await;
        window.until("help is closed", "return !document.querySelector('dialog[open]')").await;
    });
}

#[test]
fn play_moves_messages_and_pause_stops_them() {
    visit((1440, 900), "#/lesson/losing-the-link?at=4.9s", Wasm::Serve, async |window| {
        window.focus_player().await;
        window.press(" ").await;
        window.until("it plays", PLAYS).await;
        // Where the messages are, over some frames.
        window
            .run("window.seen = new Set(); (function look() { document.querySelectorAll('[data-segment]').forEach(e => window.seen.add(e.getAttribute('transform'))); requestAnimationFrame(look) })()")
            .await;
        window.until("a message moved", "return window.seen.size > 5").await;
        window.press(" ").await;
        window.until("it stands", "return !document.querySelector('[aria-label=Pause]')").await;
        let clock = "return document.querySelector('.clock')?.textContent ?? ''";
        let at = window.text(clock).await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(window.text(clock).await, at);
    });
}

#[test]
fn without_motion_play_goes_in_steps() {
    let switches = ["--force-prefers-reduced-motion"];
    visit_with((1440, 900), "#/lesson/losing-the-link?at=4.9s", Wasm::Serve, &switches, async |window| {
        window
            .run("window.seen = new Set(); (function look() { document.querySelectorAll('[data-segment]').forEach(e => window.seen.add(e.dataset.segment + e.getAttribute('transform'))); requestAnimationFrame(look) })()")
            .await;
        let before = step(window).await;
        window.focus_player().await;
        window.press(" ").await;
        window
            .until(
                "it went on",
                &format!(
                    "return !document.querySelector('.eyebrow').textContent.toLowerCase().includes('step {before} of')"
                ),
            )
            .await;
        window.press(" ").await;
        let places = window.number("return window.seen.size").await;
        let segments = window.number("return new Set([...window.seen].map(s => s.split('t')[0])).size").await;
        assert!(places <= segments * 2.0, "{places} places of {segments} messages");
    });
}
