//! From a projector to a small phone, light and dark: nothing sticks out, nothing overlaps, everything can be read, hit
//! and named. The checks are in `audit.js`.

use crate::model::{hash_of, telling};
use crate::server::Wasm;
use crate::window::{DEADLINE, Size, Window, visit};
use replscope::story::{Telling, builtin};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const AUDIT: &str = include_str!("audit.js");
/// A control for a mouse, and one for a thumb, CSS pixels.
const MOUSE: u32 = 24;
const THUMB: u32 = 44;

/// The page measures itself once it is there, so the first look may come too early.
pub async fn is_faultless(window: &Window, what: &str, nodes: usize, target: u32) {
    let begun = Instant::now();
    loop {
        let faults = window.run_async(AUDIT, json!({ "nodes": nodes, "target": target })).await;
        if faults == Value::Array(vec![]) {
            return;
        }
        assert!(begun.elapsed() < DEADLINE / 10, "{what}: {faults:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Moments of a lesson: where its notes speak.
fn moments(telling: &Telling) -> Vec<String> {
    telling.cues().map(|(_, name)| name.to_owned()).collect()
}

async fn goes_to(window: &Window, telling: &mut Telling, at: &str) {
    window.set_hash(&hash_of(&telling.lesson.clone(), at)).await;
    let frame = crate::model::frame_at(telling, at);
    window.until_text(".eyebrow", &telling.narration(&frame).eyebrow).await;
}

fn target((width, _): Size) -> u32 {
    if width < 500 { THUMB } else { MOUSE }
}

#[test]
fn every_size_holds_the_lesson() {
    let sizes = [(1920, 1080), (1440, 900), (1024, 768), (1280, 600), (768, 1024), (390, 844), (360, 740), (320, 640)];
    let mut telling = telling("losing-the-link");
    visit(sizes[0], "#/lesson/losing-the-link", Wasm::Serve, async |window| {
        for size in sizes {
            window.resize(size).await;
            for at in ["5.8s", "end"] {
                goes_to(window, &mut telling, at).await;
                is_faultless(window, &format!("{size:?} at {at}"), 3, target(size)).await;
            }
        }
    });
}

#[test]
fn every_note_of_every_lesson_can_be_read() {
    for (size, theme) in [((1440, 900), "light"), ((390, 844), "dark")] {
        visit(size, "#/", Wasm::Serve, async |window| {
            window.prefer("prefers-color-scheme", theme).await;
            for lesson in builtin() {
                let nodes = lesson.scenario.setup.hosts.len();
                let mut telling = Telling::new(lesson);
                for at in moments(&telling) {
                    goes_to(window, &mut telling, &at).await;
                    let what = format!("{size:?} {theme}, {} at {at}", telling.lesson.name);
                    is_faultless(window, &what, nodes, target(size)).await;
                }
            }
        });
    }
}

#[test]
fn every_tab_can_be_read() {
    for (size, theme) in [((1440, 900), "dark"), ((320, 640), "light")] {
        visit(size, "#/lesson/losing-the-link?at=partial", Wasm::Serve, async |window| {
            window.prefer("prefers-color-scheme", theme).await;
            for tab in ["Node", "INFO", "Decision", "Wire"] {
                window.click(&format!("#tab-{tab}")).await;
                is_faultless(window, &format!("{size:?} {theme}, {tab}"), 3, target(size)).await;
            }
        });
    }
}

#[test]
fn the_start_page_can_be_read() {
    visit((1440, 900), "#/", Wasm::Serve, async |window| {
        for size in [(1920, 1080), (1440, 900), (390, 844), (320, 640)] {
            window.resize(size).await;
            for theme in ["light", "dark"] {
                window.prefer("prefers-color-scheme", theme).await;
                // The large picture is of three nodes; the small ones are decoration.
                is_faultless(window, &format!("start page, {size:?} {theme}"), 3, MOUSE).await;
            }
        }
    });
}

/// As WCAG 1.4.12 has it: a reader sets more room between lines, paragraphs, letters and words.
const SPACED: &str = "const sheet = new CSSStyleSheet(); \
    sheet.replaceSync('body *:not(svg *) { line-height: 1.5 !important; letter-spacing: 0.12em !important; \
    word-spacing: 0.16em !important } p { margin-bottom: 2em !important }'); document.adoptedStyleSheets = [sheet]";

#[test]
fn more_space_in_the_text_and_twice_the_size_lose_nothing() {
    visit((1440, 900), "?questions=off#/lesson/losing-the-link?at=5.8s", Wasm::Serve, async |window| {
        window.until("it is there", "return !!document.querySelector('.panel')").await;
        window.run(SPACED).await;
        // A desktop, the same at 200 %, and a phone.
        for size in [(1440, 900), (720, 450), (390, 844)] {
            window.resize(size).await;
            is_faultless(window, &format!("{size:?}, spaced"), 3, target(size)).await;
            // Nothing is cut off where it cannot be scrolled to.
            let cut = "return [...document.querySelectorAll('.header *, .panel *, .transport *')] \
                .filter(e => !e.closest('svg, .unseen, select, dialog') && e.checkVisibility()) \
                .filter(e => ['hidden', 'clip'].includes(getComputedStyle(e).overflowX) && getComputedStyle(e).textOverflow !== 'ellipsis') \
                .filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) \
                .map(e => e.outerHTML.slice(0, 100))";
            assert_eq!(window.run(cut).await, json!([]), "{size:?}");
        }
    });
}

#[test]
fn the_other_views_can_be_read_too() {
    for (size, theme) in [((1440, 900), "light"), ((1920, 1080), "dark"), ((390, 844), "light")] {
        for view in ["sequence", "offsets"] {
            let address = format!("?questions=off&view={view}#/lesson/losing-the-link?at=5.8s");
            visit(size, &address, Wasm::Serve, async |window| {
                window.prefer("prefers-color-scheme", theme).await;
                window.until("it is there", "return !!document.querySelector('.big-view svg')").await;
                is_faultless(window, &format!("{view}, {size:?} {theme}"), 0, target(size)).await;
            });
        }
    }
}

/// Ways to spoil the page, and the word that the audit must find for each.
const SPOILED: [(&str, &str); 7] = [
    ("document.querySelector('h1').style.color = '#999'", "contrast"),
    ("document.querySelector('[data-node=node-b] .name').style.fill = '#888'", "contrast"),
    ("document.querySelector('.count, .clock').style.fontSize = '11px'", "11 px high"),
    ("document.querySelector('.header').style.width = '2000px'", "too wide"),
    ("document.querySelector('[aria-label=Play]').removeAttribute('aria-label')", "has no name"),
    ("document.querySelector('[aria-label=\"Next step\"]').style.height = '20px'", "20 px"),
    ("document.querySelector('[data-node=node-b]').setAttribute('transform', 'translate(40 300)')", "overlaps"),
];

#[test]
fn the_audit_sees_what_is_wrong() {
    visit((1440, 900), "#/lesson/losing-the-link?at=5.8s", Wasm::Serve, async |window| {
        for (spoil, word) in SPOILED {
            is_faultless(window, "before", 3, MOUSE).await;
            window.run(spoil).await;
            let faults = window.run_async(AUDIT, json!({ "nodes": 3, "target": MOUSE })).await;
            let found = faults.as_array().unwrap().iter().any(|fault| fault.as_str().unwrap().contains(word));
            assert!(found, "{spoil}: {faults:#}");
            window.reload().await;
        }
    });
}
