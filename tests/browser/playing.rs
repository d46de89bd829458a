//! Play: what moves, what stops it, and what a reader sees who wants no motion.

use crate::server::Wasm;
use crate::window::{Window, visit};
use std::time::Duration;

const LESSON: &str = "#/lesson/losing-the-link?at=4.9s";
const PLAYS: &str = "return !!document.querySelector('[aria-label=Pause]')";
const CLOCK: &str = "return document.querySelector('.clock').textContent";

/// Notes, on every frame, where each message and the thumb are: as many places as were seen of each.
const WATCH: &str = "window.seen = {}; (function look() { \
    for (const e of document.querySelectorAll('[data-segment], .thumb')) \
        (seen[e.dataset.segment ?? 'thumb'] ??= new Set()).add(e.getAttribute('transform')); \
    requestAnimationFrame(look) })()";
const MOST_PLACES: &str =
    "return Math.max(0, ...Object.entries(seen).filter(([name]) => name !== 'thumb').map(([, places]) => places.size))";

/// Waits, and sees that the clock stood still meanwhile.
async fn stands(window: &Window) {
    let at = window.text(CLOCK).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(window.text(CLOCK).await, at);
}

#[test]
fn play_moves_messages_and_pause_stops_them() {
    visit((1440, 900), LESSON, Wasm::Serve, async |window| {
        stands(window).await;
        assert_eq!(window.run(PLAYS).await, false, "nothing plays until asked");
        window.run(WATCH).await;
        window.click("[aria-label=Play]").await;
        window.until("it plays", PLAYS).await;
        window.until("a message moved", &format!("{MOST_PLACES} > 5")).await;
        window.until("the timeline too", "return seen.thumb.size > 5").await;
        let told = "return document.querySelector('p.unseen[aria-live=polite]').textContent";
        assert_eq!(window.text(told).await, "", "play is not read out step by step");
        window.click("[aria-label=Pause]").await;
        window.until("it stands", "return !!document.querySelector('[aria-label=Play]')").await;
        stands(window).await;
        // Where it stopped is in the address.
        window.until("the address follows", "return !location.hash.endsWith('at=4.9s')").await;
    });
}

#[test]
fn play_ends_at_the_end_and_starts_over() {
    visit((1440, 900), "#/lesson/losing-the-link?at=9.7s", Wasm::Serve, async |window| {
        window.run("document.querySelector('.speed').selectedIndex = 4; document.querySelector('.speed').dispatchEvent(new Event('change', { bubbles: true }))").await;
        window.click("[aria-label=Play]").await;
        window.until_text(".clock", "00:10.000").await;
        window.until("it stands", "return !!document.querySelector('[aria-label=Play]')").await;
        window.click("[aria-label=Play]").await;
        window.until("it starts over", "return document.querySelector('.clock').textContent < '00:05'").await;
    });
}

#[test]
fn without_motion_play_goes_in_steps() {
    visit((1440, 900), LESSON, Wasm::Serve, async |window| {
        window.prefer("prefers-reduced-motion", "reduce").await;
        window.run(WATCH).await;
        let before = window.eyebrow().await;
        window.click("[aria-label=Play]").await;
        for step in ["it went on", "and on"] {
            let eyebrow = window.eyebrow().await;
            let script = format!("return document.querySelector('.eyebrow').textContent.toLowerCase() !== '{eyebrow}'");
            window.until(step, &script).await;
        }
        window.click("[aria-label=Pause]").await;
        assert_ne!(window.eyebrow().await, before);
        // A message has one place at each step that it lives through.
        let places = window.number(MOST_PLACES).await;
        let clock_places = window.number("return seen.thumb.size").await;
        assert!((1.0..=5.0).contains(&places) && clock_places <= 6.0, "{places} places, {clock_places} of the thumb");
    });
}
